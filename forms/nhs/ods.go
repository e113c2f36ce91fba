package nhs

import "strings"

// What may change here: nothing. An ODS code is opaque: 1 to 10 letters or digits, never parsed, never re-used (domain.md 8).

// ParseODS reads an organisation code and returns it in upper case. The code is not looked up and its shape says nothing. It
// returns ErrEmpty, ErrLetters or ErrLength.
func ParseODS(s string) (string, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return "", refuse(ErrEmpty, "Enter an organisation code")
	}
	b := []byte(s)
	for i, c := range b {
		switch {
		case 'a' <= c && c <= 'z':
			b[i] = c - 'a' + 'A'
		case 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		default:
			return "", refuse(ErrLetters, "Organisation code must only include letters and numbers, like Y99001")
		}
	}
	if len(b) > 10 {
		return "", refuse(ErrLength, "Organisation code must be 10 characters or fewer")
	}
	return string(b), nil
}
