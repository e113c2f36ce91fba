package nhs

import (
	"regexp"
	"strings"
)

// What may change here: which registers are known (domain.md 8: GMC 7 digits; NMC 2 digits, letter, 4 digits, letter; HCPC
// 2 letters and up to 6 digits).

// The registers that CheckRegNumber tells apart.
const (
	GMC  = "GMC"
	NMC  = "NMC"
	HCPC = "HCPC"
)

var registers = []struct {
	kind  string
	shape *regexp.Regexp
}{
	{GMC, regexp.MustCompile(`^[0-9]{7}$`)},
	{NMC, regexp.MustCompile(`^[0-9]{2}[A-Z][0-9]{4}[A-Z]$`)},
	{HCPC, regexp.MustCompile(`^[A-Z]{2}[0-9]{1,6}$`)},
}

// CheckRegNumber reads the registration number of a doctor, nurse or other registered professional, with or without the
// register's name before it and spaces within, and returns the register (GMC, NMC or HCPC) and the number in upper case without spaces. It
// returns ErrEmpty or ErrShape. Only the shape is checked: no register is asked.
func CheckRegNumber(s string) (kind, norm string, err error) {
	if len(s) > 64 {
		return "", "", refuse(ErrShape, regWords)
	}
	var b strings.Builder
	for _, r := range strings.ToUpper(s) {
		if !separator(r) && r != ':' {
			b.WriteRune(r)
		}
	}
	norm = b.String()
	for _, g := range registers {
		norm = strings.TrimPrefix(norm, g.kind)
	}
	if norm == "" {
		return "", "", refuse(ErrEmpty, "Enter a registration number")
	}
	for _, g := range registers {
		if g.shape.MatchString(norm) {
			return g.kind, norm, nil
		}
	}
	return "", "", refuse(ErrShape, regWords)
}

const regWords = "Registration number must be a GMC number (7 digits), an NMC PIN (like 12A3456B) or an HCPC number (like PA12345)"
