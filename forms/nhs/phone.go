package nhs

import (
	"regexp"
	"strings"
	"unicode"
)

// What may change here: the shapes of UK numbers (Ofcom, National Telephone Numbering Plan) and the short numbers that a plan may name.

// shortNumbers may be dialled as they stand: emergency, NHS 111, police 101, power cuts 105, NHS 119, Samaritans 116 123, Childline.
var shortNumbers = map[string]bool{"999": true, "112": true, "111": true, "101": true, "105": true, "119": true, "116123": true, "08001111": true}

var extension = regexp.MustCompile(`(?i)[\s,;]*(?:extension|extn|ext|x)[\s.:]*([0-9]{1,6})\s*$`)

// CheckPhone reads a phone number and returns it as the person grouped it, with single spaces instead of dashes, dots and
// brackets, "+44" instead of "0044" and without "(0)", and an extension as "ext 12". UK numbers are checked by length and
// first digits; a number abroad must begin with + and its country; 999, 111 and the like pass; 18001 before a number
// (Relay UK) is kept. An internal number on its own is refused, because a crew cannot dial it. It returns ErrEmpty,
// ErrLetters, ErrLength or ErrShape.
func CheckPhone(s string) (norm string, err error) {
	if len(s) > 100 {
		return "", refuse(ErrLength, "Phone number is too long")
	}
	if !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsSpace(r) }) {
		return "", refuse(ErrEmpty, "Enter a phone number")
	}
	ext := ""
	if m := extension.FindStringSubmatchIndex(s); m != nil {
		ext = s[m[2]:m[3]]
		s = s[:m[0]]
	}
	if t := strings.TrimSpace(s); strings.HasPrefix(t, "+") || strings.HasPrefix(t, "0044") {
		s = strings.ReplaceAll(s, "(0)", " ")
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case '0' <= r && r <= '9':
			b.WriteRune(r)
		case r == '+':
			if strings.ContainsAny(b.String(), "+0123456789") {
				return "", refuse(ErrShape, phoneWords)
			}
			b.WriteRune(r)
		case separator(r), r == '(', r == ')':
			b.WriteByte(' ')
		default:
			return "", refuse(ErrLetters, "Phone number must only include numbers, spaces and an extension, like 020 7946 0123 ext 12")
		}
	}
	norm = squeeze(b.String())
	norm = strings.Replace(norm, "+ ", "+", 1)
	if rest, ok := strings.CutPrefix(norm, "0044"); ok { // no other 00: "00700 900123" is a slip, not a number abroad
		norm = "+44" + rest
	}
	if rest, ok := strings.CutPrefix(norm, "+44"); ok { // the 0 of "+44 020 7946 0123" cannot be dialled
		if t, ok := strings.CutPrefix(strings.TrimSpace(rest), "0"); ok {
			norm = "+44 " + strings.TrimSpace(t)
		}
	}
	digits := strings.ReplaceAll(norm, " ", "")
	if strings.Trim(digits, "+") == "" {
		return "", refuse(ErrEmpty, "Enter a phone number")
	}
	if err := checkDialled(digits); err != nil {
		return "", err
	}
	if ext != "" {
		norm += " ext " + ext
	}
	return norm, nil
}

const phoneWords = "Enter a phone number like 020 7946 0123, 07700 900123 or +44 20 7946 0123"

// ukShapes are the lengths and first digits of UK numbers, with the leading 0.
var ukShapes = regexp.MustCompile(`^(?:01[0-9]{8,9}|02[0-9]{9}|03[0-9]{9}|05[0-9]{8,9}|07[0-9]{9}|08[0-9]{8,9}|09[0-9]{9})$`)

func checkDialled(digits string) error {
	digits = strings.TrimPrefix(digits, "18001")
	if shortNumbers[digits] {
		return nil
	}
	if rest, ok := strings.CutPrefix(digits, "+44"); ok {
		digits = "0" + rest
	} else if rest, ok := strings.CutPrefix(digits, "+"); ok {
		if len(rest) < 8 || len(rest) > 15 || rest[0] == '0' {
			return refuse(ErrLength, "A phone number outside the UK must begin with + and its country code, and have 8 to 15 digits")
		}
		return nil
	}
	switch {
	case digits == "":
		return refuse(ErrEmpty, "Enter a phone number")
	case len(digits) <= 7:
		return refuse(ErrLength, "Enter the whole phone number with its area code. An internal or local number cannot be dialled by a crew")
	case digits[0] != '0':
		return refuse(ErrShape, "A UK phone number must begin with 0 or +44, like 020 7946 0123")
	case len(digits) < 10:
		return refuse(ErrLength, "Phone number is too short. "+phoneWords)
	case len(digits) > 11:
		return refuse(ErrLength, "Phone number is too long. "+phoneWords)
	case !ukShapes.MatchString(digits):
		return refuse(ErrShape, phoneWords)
	}
	return nil
}
