package store

// What may change here: when two written names count as one.

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Key makes the key by which names of people and organisations are found: letters and digits only, no accents, no case. "O'Brien" and
// "OBRIEN" are one. It is "" for a name without any. What is kept under a key must be written again when this changes.
func Key(name string) string {
	var key strings.Builder
	for _, r := range norm.NFKD.String(name) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			key.WriteRune(unicode.ToLower(r))
		}
	}
	return folded.Replace(key.String())
}

// folded are letters that have no plain letter in them for Unicode, and do for people. "ı" is the small i of Turkish without its dot.
var folded = strings.NewReplacer("ß", "ss", "ø", "o", "ł", "l", "đ", "d", "æ", "ae", "œ", "oe", "ı", "i", "þ", "th", "ð", "d")
