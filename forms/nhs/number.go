package nhs

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
)

// What may change here: which separators are taken away, and the words. The arithmetic is the NHS Data Dictionary's.

// The kinds of refusal that only an NHS number knows.
var (
	ErrCheckDigit = errors.New("nhs: the check digit does not fit")
	ErrAllSame    = errors.New("nhs: ten identical digits")
)

const testPrefix = "999" // 999 000 0000 to 999 999 9999 is never issued (domain.md 8)

// ParseNHSNumber reads an NHS number as typed or pasted, with spaces, dashes, dots or slashes anywhere, and returns its ten
// digits (CUI NUM-0017). Old-format and temporary numbers, which hold letters, are refused (NUM-0018). It returns ErrEmpty,
// ErrLetters, ErrLength, ErrAllSame or ErrCheckDigit.
func ParseNHSNumber(s string) (string, error) {
	var b strings.Builder
	for _, r := range s {
		switch {
		case '0' <= r && r <= '9':
			b.WriteRune(r)
		case separator(r):
		case unicode.IsLetter(r):
			return "", refuse(ErrLetters, "NHS number must be 10 digits, with no letters. Old-style and temporary numbers cannot be used")
		default:
			return "", refuse(ErrLetters, "NHS number must only include digits and spaces, like 999 000 9600")
		}
	}
	d := b.String()
	switch {
	case d == "":
		return "", refuse(ErrEmpty, "Enter an NHS number")
	case len(d) < 10:
		return "", refuse(ErrLength, "NHS number must be 10 digits. This one is too short")
	case len(d) > 10:
		return "", refuse(ErrLength, "NHS number must be 10 digits. This one is too long")
	case strings.Count(d, d[:1]) == 10:
		return "", refuse(ErrAllSame, "NHS number cannot be the same digit ten times")
	}
	check, ok := checkDigit(d[:9])
	if !ok || check != d[9] {
		return "", refuse(ErrCheckDigit, "Check the NHS number: one or more of its digits is wrong")
	}
	return d, nil
}

// checkDigit is the modulus 11 check of the NHS Data Dictionary: weights 10 to 2; false where the check would be 10.
func checkDigit(nine string) (byte, bool) {
	sum := 0
	for i := range 9 {
		sum += int(nine[i]-'0') * (10 - i)
	}
	switch c := 11 - sum%11; c {
	case 11:
		return '0', true
	case 10:
		return 0, false
	default:
		return byte('0' + c), true
	}
}

// FormatNHSNumber shows ten digits in the groups 3 3 4 with single spaces: "999 000 9600" (CUI NUM-0002). Anything that is
// not ten digits comes back unchanged, never cut (NUM-0001).
func FormatNHSNumber(digits string) string {
	if len(digits) != 10 || !allDigits(digits) {
		return digits
	}
	return digits[:3] + " " + digits[3:6] + " " + digits[6:]
}

// FormatNHSNumberPartial re-groups a number while it is being typed (CUI NUM-0015): "99900096" becomes "999 000 96". Text
// with anything but digits and separators comes back unchanged, so that nothing a person typed is lost.
func FormatNHSNumberPartial(s string) string {
	var b strings.Builder
	n := 0
	for _, r := range s {
		switch {
		case '0' <= r && r <= '9':
			if n == 3 || n == 6 {
				b.WriteByte(' ')
			}
			b.WriteRune(r)
			n++
		case separator(r):
		default:
			return s
		}
	}
	return b.String()
}

// IsTestNHSNumber says whether ten digits lie in the range that is never issued, 999 000 0000 to 999 999 9999, which every
// invented person uses.
func IsTestNHSNumber(digits string) bool {
	return len(digits) == 10 && allDigits(digits) && strings.HasPrefix(digits, testPrefix)
}

// MakeTestNHSNumber returns the number whose first nine digits are 999 000 000 plus n, with its check digit. It is false
// when n is outside 0 to 999,999, or when the check digit would be 10, so that no such number exists.
func MakeTestNHSNumber(n int) (string, bool) {
	if n < 0 || n > 999_999 {
		return "", false
	}
	nine := fmt.Sprintf("%s%06d", testPrefix, n)
	c, ok := checkDigit(nine)
	if !ok {
		return "", false
	}
	return nine + string(c), true
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// separator says whether r is a space or a mark that people and documents put between groups of digits.
func separator(r rune) bool {
	return unicode.IsSpace(r) || unicode.Is(unicode.Pd, r) || strings.ContainsRune("./_,−\u00ad\u200b\u2060\ufeff", r)
}
