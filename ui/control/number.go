package control

// What may change here: which runs of words stay on one line.

import (
	"regexp"
	"strings"
)

// number is an NHS number, or a phone number of this country, as forms writes them, in groups.
var number = regexp.MustCompile(`\b\d{3} \d{3} \d{4}\b|\b0\d{2,5} \d{3,6}( \d{3,4})?\b`)

// Whole gives the words with every NHS number and phone number in them kept on one line: a number is read aloud, or
// dialled, in one go. Any goroutine may call it.
func Whole(words string) string {
	return number.ReplaceAllStringFunc(words, func(n string) string { return strings.ReplaceAll(n, " ", "\u00a0") })
}
