package plan

// What may change here: rules X01 (call first), X17 and X18 of domain.md 5, and P05: getting in, and getting through.

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

// ruleP05DoNotContact: a crew rings whoever is to be called first without reading on.
func ruleP05DoNotContact(r forms.Reader) []forms.Problem {
	var out []forms.Problem
	look := func(in forms.Reader, id string) {
		if group, row, ok := in.Ref(id); ok && group == Contacts && row.Is(ContactRoles, RoleDoNotContact) {
			out = append(out, forms.Problem{Item: id, Row: in.RowID(), Words: "This person is marked \u201cdo not contact\u201d. Choose somebody else to call first"})
		}
	}
	look(r, CallFirstInHours)
	look(r, CallFirstOOH)
	for _, row := range r.Rows(AnticipatedProblems) {
		look(row, CallFirst)
	}
	return out
}

var plainDigits = regexp.MustCompile(`^[0-9]+$`)

// ruleX17KeySafe: a code that looks like a phone number, a postcode or a year of birth was probably typed into the wrong box,
// or is too easily guessed. The code stands in no other answer, because those are printed and exported.
func ruleX17KeySafe(r forms.Reader) []forms.Problem {
	out := writtenCodes(r)
	code := strings.TrimSpace(r.Text(KeySafeCode))
	if code == "" {
		return out
	}
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
	return out
}

// ways are the texts that say where things are: a code is most likely to be written there, and each is printed.
var ways = map[string]bool{KeySafeLocation: true, AccessNotes: true, CrewHazardsText: true, UrgentBanner: true,
	JICLocation: true, CPRDocumentLocation: true, ADRTLocation: true}

// writtenCodes finds the key safe code, and what looks like a code, in texts. The code itself stops approval where things
// are found, and in any text that speaks of a code or a key; elsewhere the same figures may be a year or a measure. A code
// that was kept when the answer about the way in changed still opens the door.
func writtenCodes(r forms.Reader) []forms.Problem {
	code := ""
	if a, ok := r.Answers()[KeySafeCode]; ok && a.State == forms.Answered {
		code = strings.TrimSpace(a.Text)
	}
	var out []forms.Problem
	eachText(r, func(in forms.Reader, it *forms.Item, text string) {
		found := forms.Problem{Item: it.ID, Row: in.RowID()}
		held := len(code) >= 3 && holdsCode(text, code)
		switch {
		case held && (speaksOfCode.MatchString(text) || ways[it.ID] && len(code) >= 4):
			found.Severity, found.Words = forms.Stop, "The key safe code must not stand here: this is printed. Take it out"
		case held && len(code) >= 4:
			found.Words = "The key safe code seems to stand here, and this may be printed. Take it out if it is the code"
		case looksLikeCode(text):
			found.Words = "This looks like a code for getting in, and it may be printed. Write it as the key safe code and nowhere else"
		default:
			return
		}
		if in.Visible(it.ID) {
			out = append(out, found)
		}
	})
	return out
}

var speaksOfCode = regexp.MustCompile(`(?i)\b(?:code|pin|combination|key|keys|keysafe|keypad|keybox|lockbox|door)\b`)

// What a code for getting in looks like: three to eight figures, perhaps with a letter at either end, said to be a code or
// said of a key safe. Postcodes, telephone numbers and years alone are none of these.
const (
	figures = `[a-z]?[0-9](?:[ -]?[0-9]){2,7}[a-z]?\b`
	safe    = `key[ -]?(?:safe|box|pad)|lock[ -]?box`
)

var codeLike = regexp.MustCompile(`(?i)\b(?:code|pin|combination)\b(?:\W+(?:is|for|to|of|the|front|back|main|outer|inner|key|safe|box|pad|door|gate|entry)\b)*\W{1,4}` + figures +
	`|\b(?:` + safe + `)\W{0,4}(?:\b(?:is|no|number|nr)\W{1,3})?\b` + figures +
	`|\b` + figures + `\W{1,3}(?:(?:is|for|opens|to|on)\W+)*(?:the\W+)?(?:` + safe + `)\b`)

// looksLikeCode is codeLike, asked only of texts that could hold one: it runs at every keystroke.
func looksLikeCode(text string) bool {
	figures := 0
	for i := 0; i < len(text) && figures < 3; i++ {
		if '0' <= text[i] && text[i] <= '9' {
			figures++
		}
	}
	return figures == 3 && namesCode(text) && codeLike.MatchString(text)
}

// namesCode says whether a text holds one of the words that codeLike looks for.
func namesCode(text string) bool {
	for i := 0; i+3 <= len(text); i++ {
		word := ""
		switch text[i] | 0x20 {
		case 'c':
			if word = "code"; text[i+2]|0x20 == 'm' {
				word = "combination"
			}
		case 'k':
			word = "key"
		case 'l':
			word = "lock"
		case 'p':
			word = "pin"
		default:
			continue
		}
		if len(text)-i >= len(word) && strings.EqualFold(text[i:i+len(word)], word) {
			return true
		}
	}
	return false
}

// holdsCode says whether the code stands in a text by itself, in capitals or not, and not as part of a longer number or word.
func holdsCode(text, code string) bool {
	if code == "" {
		return false
	}
	for i := 0; i+len(code) <= len(text); i++ {
		if lowerByte(text[i]) != lowerByte(code[0]) || i > 0 && alphanumeric(text[i-1]) {
			continue
		}
		end := i + len(code)
		if strings.EqualFold(text[i:end], code) && (end == len(text) || !alphanumeric(text[end])) {
			return true
		}
	}
	return false
}

func lowerByte(b byte) byte {
	if 'A' <= b && b <= 'Z' {
		return b + 'a' - 'A'
	}
	return b
}

func alphanumeric(b byte) bool {
	b = lowerByte(b)
	return '0' <= b && b <= '9' || 'a' <= b && b <= 'z' || b >= 0x80
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
