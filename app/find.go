package app

// What may change here: how the one find box reads what is typed.

import (
	"errors"
	"regexp"
	"strings"
	"time"
	"unicode"

	"cmc/api"
	"cmc/app/drafts"
	"cmc/forms/nhs"
)

// ParseFind reads the find box: an NHS number ("999 000 9600"), or a name and a date of birth ("Smith 9/6/41",
// "smith, john 09-Jun-1941"). The zero search without an error means: half typed, go on. An error is a sentence for the
// field and means that going on cannot make it right; a whole NHS number with a wrong check digit is one. It never blocks.
func (d *Desk) ParseFind(typed string) (api.PatientSearch, error) {
	return parseFind(typed, drafts.Today(d.Now()))
}

// FindNeeds says in a sentence what is still missing when a person presses Enter on something half typed; "" when nothing
// is.
func (d *Desk) FindNeeds(typed string) string {
	search, err := d.ParseFind(typed)
	switch {
	case err != nil:
		return Explain(err).What
	case search != api.PatientSearch{}:
		return ""
	}
	typed = strings.TrimSpace(typed)
	switch {
	case typed == "":
		return "Type an NHS number, or a name and a date of birth."
	case !strings.ContainsFunc(typed, unicode.IsLetter):
		return "An NHS number has 10 digits."
	case !strings.ContainsFunc(typed, unicode.IsDigit):
		return "Add the date of birth, for example 09-Jun-1941."
	}
	return "Finish the date of birth, for example 09-Jun-1941."
}

var errNotBornYet = &nhs.Error{Kind: errors.New("a birth to come"), Words: "A date of birth is not in the future"}

func parseFind(typed string, today time.Time) (api.PatientSearch, error) {
	typed = strings.Join(strings.Fields(typed), " ")
	if typed == "" {
		return api.PatientSearch{}, nil
	}
	if digits, ok := numberTyped(typed); ok {
		if len(digits) < 10 {
			return api.PatientSearch{}, nil
		}
		number, err := nhs.ParseNHSNumber(typed)
		if err != nil {
			return api.PatientSearch{}, err
		}
		return api.PatientSearch{NHSNumber: number}, nil
	}
	name, date := splitFind(typed, today)
	search := readName(name)
	if date == "" {
		return api.PatientSearch{}, nil
	}
	born, err := nhs.ParseDate(date, today)
	if err != nil {
		if canBecomeDate(date, today) {
			return api.PatientSearch{}, nil
		}
		return api.PatientSearch{}, err
	}
	if born.After(today) {
		return api.PatientSearch{}, errNotBornYet
	}
	if search.FamilyName == "" {
		return api.PatientSearch{}, nil
	}
	search.BirthDate = born.Format(time.DateOnly)
	return search, nil
}

// numberTyped gives the digits when what is typed is, or begins, an NHS number.
func numberTyped(typed string) (digits string, ok bool) {
	var out strings.Builder
	for _, r := range typed {
		switch {
		case r >= '0' && r <= '9':
			out.WriteRune(r)
		case r == ' ', r == '-', r == '\u00a0', r == '\u2010', r == '\u2011', r == '\u2013':
		default:
			return "", false
		}
	}
	return out.String(), true
}

// splitFind parts a name from a date, whichever stands first.
func splitFind(typed string, today time.Time) (name, date string) {
	first := strings.IndexFunc(typed, unicode.IsDigit)
	if first < 0 {
		return typed, ""
	}
	if first > 0 {
		return strings.Trim(typed[:first], " ,;"), strings.TrimSpace(typed[first:])
	}
	words := strings.Split(typed, " ")
	for n := len(words) - 1; n > 0; n-- {
		date := strings.Trim(strings.Join(words[:n], " "), ",;")
		if _, err := nhs.ParseDate(date, today); err == nil {
			return strings.Join(words[n:], " "), date
		}
	}
	return "", typed
}

// particles belong to the family name that follows them.
var particles = map[string]bool{"van": true, "der": true, "den": true, "de": true, "von": true, "la": true, "le": true, "di": true,
	"da": true, "dos": true, "del": true, "al": true, "el": true, "bin": true, "ben": true, "st": true, "mac": true, "mc": true, "o'": true}

// readName reads "Smith", "smith, john", "SMITH John" and "John Smith".
func readName(name string) api.PatientSearch {
	name = strings.Trim(name, " ,;")
	if family, given, ok := strings.Cut(name, ","); ok {
		return api.PatientSearch{FamilyName: strings.TrimSpace(family), GivenName: strings.TrimSpace(given)}
	}
	words := strings.Fields(name)
	if len(words) < 2 {
		return api.PatientSearch{FamilyName: name}
	}
	capitals := 0
	for capitals < len(words) && isCapitals(words[capitals]) {
		capitals++
	}
	if capitals > 0 && capitals < len(words) {
		return api.PatientSearch{FamilyName: strings.Join(words[:capitals], " "), GivenName: strings.Join(words[capitals:], " ")}
	}
	from := len(words) - 1
	for from > 0 && particles[strings.ToLower(words[from-1])] {
		from--
	}
	return api.PatientSearch{FamilyName: strings.Join(words[from:], " "), GivenName: strings.Join(words[:from], " ")}
}

func isCapitals(word string) bool {
	letters := 0
	for _, r := range word {
		if unicode.IsLower(r) {
			return false
		}
		if unicode.IsLetter(r) {
			letters++
		}
	}
	return letters > 1
}

// How a date that is being typed may go on. With each separator in turn in the place of the stroke.
var goOn = []string{"", "/", "0", "1", "2", "4", "9", "00", "40", "41", "96", "000", "940", "941", "1940", "1941", "2000", "/1940", "/1941", "/2000",
	"1/1940", "1/1941", "0/1941", "2/1941", "6/1940", "/1/1940", "/1/1941", "1/1/1941", "0/1/1941", "61941", "061941", "11940", "11941", "01941", "21941", "011941", "1011941",
	"0/01/01", "/01/01", "01/01", "1/01", "6/09", "06/09", "/06/09", "1/09", "/01", "01", "0/01", "2/01"}

var lastWord = regexp.MustCompile(`^(.*?)(\pL+)$`)

var months = []string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December", "Sept"}

// canBecomeDate says whether some way of typing on makes a date.
func canBecomeDate(typed string, today time.Time) bool {
	begins := []string{typed}
	if m := lastWord.FindStringSubmatch(typed); m != nil {
		begins = nil
		for _, month := range months {
			if len(m[2]) <= len(month) && strings.EqualFold(month[:len(m[2])], m[2]) {
				begins = append(begins, m[1]+month)
			}
		}
	}
	for _, begin := range begins {
		for _, sep := range []string{"/", "-", " ", "."} {
			for _, more := range goOn {
				if _, err := nhs.ParseDate(begin+strings.ReplaceAll(more, "/", sep), today); err == nil {
					return true
				}
			}
		}
	}
	return false
}
