package forms

// What may change here: how the id of a row is made. Ids that were given stay as they are for ever.

import "crypto/rand"

// rowIDLetters has 32 letters and digits that are not mistaken for each other.
const rowIDLetters = "0123456789abcdefghjkmnpqrstvwxyz"

// NewRowID makes the id of a new row: eight letters and digits from the system's random source. It is the one function of
// this package that is not pure.
func NewRowID() string {
	var b [8]byte
	if _, err := rand.Read(b[:]); err != nil {
		panic(err) // crypto/rand ends the program itself when the system has no randomness
	}
	for i := range b {
		b[i] = rowIDLetters[int(b[i])%len(rowIDLetters)]
	}
	return string(b[:])
}
