package nhs

import (
	"regexp"
	"strings"
)

// What may change here: the shapes of UK postcodes (Royal Mail Programmers' Guide; the inward part never uses C I K M O V).

var (
	postcodeShape = regexp.MustCompile(`^([A-Z]{1,2}[0-9][A-Z0-9]?|ASCN|BBND|BIQQ|FIQQ|PCRN|SIQQ|STHL|TDCU|TKCA)([0-9][ABD-HJLNP-UW-Z]{2})$`)
	pseudoShape   = regexp.MustCompile(`^(ZZ99)([0-9][A-Z0-9][A-Z0-9])$`) // NHS: ZZ99 3VZ is "no fixed abode"
	bfpoShape     = regexp.MustCompile(`^BFPO([0-9]{1,4})$`)
)

// ParsePostcode reads a UK postcode, British Forces and NHS pseudo-postcodes (ZZ99 3VZ, no fixed abode) included, and returns
// it in upper case with its one space: SE1 0AA, GIR 0AA, BFPO 57. It returns ErrEmpty or ErrShape. Whether the postcode
// exists is not checked.
func ParsePostcode(s string) (string, error) {
	if len(s) > 64 {
		return "", refuse(ErrShape, postcodeWords)
	}
	var b strings.Builder
	for _, r := range strings.ToUpper(s) {
		if !separator(r) {
			b.WriteRune(r)
		}
	}
	p := b.String()
	if p == "" {
		return "", refuse(ErrEmpty, "Enter a postcode")
	}
	if p == "GIR0AA" {
		return "GIR 0AA", nil
	}
	if m := bfpoShape.FindStringSubmatch(strings.Replace(p, "BFPOCO", "BFPO", 1)); m != nil {
		return "BFPO " + m[1], nil
	}
	for _, shape := range []*regexp.Regexp{postcodeShape, pseudoShape} {
		if m := shape.FindStringSubmatch(p); m != nil {
			return m[1] + " " + m[2], nil
		}
	}
	return "", refuse(ErrShape, postcodeWords)
}

const postcodeWords = "Enter a full UK postcode, like SE1 0AA"
