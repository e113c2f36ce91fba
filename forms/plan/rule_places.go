package plan

// What may change here: rules X01 (call first), X17 and X18 of domain.md 5: getting in, and getting through.

import (
	"regexp"
	"strconv"
	"strings"

	"cmc/forms"
	"cmc/forms/nhs"
)

// ruleX01CallFirstHasNumber: the approval minimum is two call-first numbers (domain.md 4.27), not two names.
func ruleX01CallFirstHasNumber(r forms.Reader) []forms.Problem {
	var out []forms.Problem
	for _, id := range []string{CallFirstInHours, CallFirstOOH} {
		if _, _, ok := r.Ref(id); ok && refPhone(r, id) == "" {
			out = append(out, forms.Problem{Item: id, Words: "Enter a phone number for whoever is to be called first"})
		}
	}
	return out
}

var plainDigits = regexp.MustCompile(`^[0-9]+$`)

// ruleX17KeySafe: a code that looks like a phone number, a postcode or a year of birth was probably typed into the wrong box,
// or is too easily guessed. The code stands in no other answer, because those are printed and exported.
func ruleX17KeySafe(r forms.Reader) []forms.Problem {
	code := strings.TrimSpace(r.Text(KeySafeCode))
	if code == "" {
		return nil
	}
	var out []forms.Problem
	looks := func(like string) {
		out = append(out, forms.Problem{Item: KeySafeCode, Words: "The key safe code looks like " + like + ". Check that it is the code"})
	}
	digits := digitsOf(code)
	_, phoneErr := nhs.CheckPhone(code)
	_, postErr := nhs.ParsePostcode(code)
	year, _ := strconv.Atoi(code)
	switch {
	case phoneErr == nil && len(digits) >= 9:
		looks("a phone number")
	case postErr == nil:
		looks("a postcode")
	case plainDigits.MatchString(code) && len(code) == 4 && year >= 1900 && year <= r.Today().Year():
		looks("a year of birth")
	}
	if len(code) >= 4 {
		for _, id := range []string{KeySafeLocation, AccessNotes, CrewHazardsText, UrgentBanner} {
			if holdsCode(r.Text(id), code) {
				out = append(out, forms.Problem{Item: id, Severity: forms.Stop, Words: "The key safe code must not stand here: this is printed. Take it out"})
			}
		}
	}
	return out
}

// holdsCode says whether the code stands in a text by itself, not as part of a longer number or word.
func holdsCode(text, code string) bool {
	text, code = strings.ToUpper(text), strings.ToUpper(code)
	for from := 0; ; {
		i := strings.Index(text[from:], code)
		if i < 0 {
			return false
		}
		i += from
		end := i + len(code)
		if (i == 0 || !alphanumeric(text[i-1])) && (end == len(text) || !alphanumeric(text[end])) {
			return true
		}
		from = i + 1
	}
}

func alphanumeric(b byte) bool {
	return '0' <= b && b <= '9' || 'A' <= b && b <= 'Z' || b >= 0x80
}

// ruleX18EmergencyNumber: when nobody answers at the person's number, an emergency contact with only the same number is no
// help.
func ruleX18EmergencyNumber(r forms.Reader) []forms.Problem {
	own := map[string]bool{}
	for _, id := range []string{PhoneHome, PhoneMobile} {
		if n := dialled(r.Text(id)); n != "" {
			own[n] = true
		}
	}
	if len(own) == 0 {
		return nil
	}
	var out []forms.Problem
	for _, row := range r.Rows(Contacts) {
		if !row.Is(ContactRoles, "emergency_contact") {
			continue
		}
		first, second := dialled(row.Text(ContactPhone)), dialled(row.Text(ContactPhone2))
		if first != "" && own[first] && (second == "" || own[second]) {
			out = append(out, forms.Problem{Item: ContactPhone, Row: row.RowID(), Words: "The emergency contact has only the person's own number. Ask for another"})
		}
	}
	return out
}

// dialled is a number as it is dialled in the UK: digits only, 0 for +44, without an extension.
func dialled(phone string) string {
	phone, _, _ = strings.Cut(phone, " ext ")
	digits := digitsOf(phone)
	if strings.HasPrefix(strings.TrimSpace(phone), "+44") {
		digits = "0" + strings.TrimPrefix(digits, "44")
	}
	return digits
}

func digitsOf(s string) string {
	return strings.Map(func(c rune) rune {
		if '0' <= c && c <= '9' {
			return c
		}
		return -1
	}, s)
}
