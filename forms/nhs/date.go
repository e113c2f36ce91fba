package nhs

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // Windows has no zone database; a summary's times must be London's everywhere
	"unicode"
)

// What may change here: which typed forms are understood, and the words. Day before month always, whatever the computer's
// region says (CUI date guide): 9/6/41 is the ninth of June and never the sixth of September.

// The kinds of refusal that only a date knows, in the order in which they are looked for (GOV.UK date pattern: missing
// parts, then not a real date, then out of range).
var (
	ErrDateParts = errors.New("nhs: a part of the date is missing")
	ErrNoSuchDay = errors.New("nhs: no such day")
	ErrYearRange = errors.New("nhs: year out of range")
)

// Years outside these are slips of the keyboard: nobody alive was born before the first, nothing is planned after the last.
const (
	firstYear = 1850
	lastYear  = 2199
)

var london = func() *time.Location {
	l, err := time.LoadLocation("Europe/London")
	if err != nil {
		panic("nhs: Europe/London is embedded and cannot be missing: " + err.Error())
	}
	return l
}()

// London returns the zone in which every time is shown.
func London() *time.Location { return london }

// ParseDate reads a whole date as typed, day before month: 09-Jun-1941, 9/6/1941, 9.6.41, 090641, 09061941, 9 June 1941, 9th
// June 1941, June 9 1941 or 1941-06-09. A two-digit year is the latest one that does not put the date after today. The result is
// midnight UTC of that day: a date, with no zone. It returns ErrEmpty, ErrLetters, ErrDateParts, ErrNoSuchDay or
// ErrYearRange; it does not refuse a future date.
func ParseDate(s string, today time.Time) (time.Time, error) {
	return parseWhole(s, func(d, m, yy int) int { return pastYear(d, m, yy, today) })
}

// ParseFutureDate is ParseDate for dates to come (review, expiry): a two-digit year is the one within the next 80 years, or
// else the last 19.
func ParseFutureDate(s string, today time.Time) (time.Time, error) {
	return parseWhole(s, func(_, _, yy int) int { return futureYear(yy, today) })
}

// ParsePartialDate reads a date of which only the year, or the year and month, may be known: 2019, Mar 2019, 03/2019, 2019-03, or
// any form of ParseDate. It returns 2006, 2006-01 or 2006-01-02. A year on its own must have four digits.
func ParsePartialDate(s string, today time.Time) (string, error) {
	p, err := readParts(s)
	if err != nil {
		return "", err
	}
	switch {
	case p.day == 0 && p.month == 0 && p.year != 0 && p.four:
		if err := checkYear(p.year); err != nil {
			return "", err
		}
		return fmt.Sprintf("%04d", p.year), nil
	case p.day == 0 && p.month != 0 && p.hasYear:
		y := p.year
		if !p.four {
			y = pastYear(1, p.month, y, today)
		}
		if err := checkMonth(p.month); err != nil {
			return "", err
		}
		if err := checkYear(y); err != nil {
			return "", err
		}
		return fmt.Sprintf("%04d-%02d", y, p.month), nil
	case !p.hasYear:
		return "", refuse(ErrDateParts, "The date must include a year")
	}
	t, err := wholeDate(p, func(d, m, yy int) int { return pastYear(d, m, yy, today) })
	if err != nil {
		return "", err
	}
	return t.Format(time.DateOnly), nil
}

func parseWhole(s string, century func(d, m, yy int) int) (time.Time, error) {
	p, err := readParts(s)
	if err != nil {
		return time.Time{}, err
	}
	return wholeDate(p, century)
}

// parts are the numbers found in a typed date; 0 for a day or month that was not given.
type parts struct {
	day, month, year int
	hasYear          bool // year may be 00
	four             bool // the year had four digits
}

// readParts finds day, month and year by position and shape, without judging whether they are a real date.
func readParts(s string) (parts, error) {
	words, err := splitDate(s)
	if err != nil {
		return parts{}, err
	}
	var p parts
	var numbers []string
	name := -1 // how many numbers stood before the name of the month
	for _, w := range words {
		if !unicode.IsLetter([]rune(w)[0]) {
			numbers = append(numbers, w)
			continue
		}
		m := monthNamed(w)
		if m == 0 || name >= 0 {
			return p, refuse(ErrLetters, "Enter a date like 9 6 1941 or 9 June 1941")
		}
		p.month, name = m, len(numbers)
	}
	for _, n := range numbers {
		if len(n) > 8 {
			return p, refuse(ErrLength, "Enter a date like 9 6 1941 or 9 June 1941")
		}
	}
	switch {
	case name >= 0 && len(numbers) == 0:
		return p, nil
	case name >= 0 && len(numbers) == 1:
		// "June 1941" and "June 41" are a month and a year; "9 June", "June 9" and even "32 June" are a day and a month. "Mar
		// 19" could be either: it counts as a day, so that the year is asked for.
		n := numbers[0]
		if v := number(n); len(n) > 2 || name == 0 && (v > 31 || v == 0) {
			return p, p.setYear(n)
		}
		p.day = number(n)
		return p, nil
	case name >= 0 && len(numbers) == 2:
		if len(numbers[0]) == 4 { // 1941 June 9
			numbers[0], numbers[1] = numbers[1], numbers[0]
		}
		p.day = number(numbers[0])
		if len(numbers[0]) > 2 {
			return p, refuse(ErrNoSuchDay, "The day must be a number from 1 to 31")
		}
		if p.day == 0 {
			return p, refuse(ErrNoSuchDay, "The day must be a number from 1 to 31")
		}
		return p, p.setYear(numbers[1])
	case name < 0 && len(numbers) == 1:
		return p.fromOneNumber(numbers[0])
	case name < 0 && len(numbers) == 2:
		return p.fromTwoNumbers(numbers[0], numbers[1])
	case name < 0 && len(numbers) == 3:
		if len(numbers[0]) == 4 { // 1941-06-09
			numbers[0], numbers[2] = numbers[2], numbers[0]
		}
		if len(numbers[0]) > 2 || number(numbers[0]) == 0 {
			return p, refuse(ErrNoSuchDay, "The day must be a number from 1 to 31")
		}
		if len(numbers[1]) > 2 || number(numbers[1]) == 0 {
			return p, refuse(ErrNoSuchDay, "The month must be a number from 1 to 12")
		}
		p.day, p.month = number(numbers[0]), number(numbers[1])
		return p, p.setYear(numbers[2])
	}
	return p, refuse(ErrShape, "Enter one date, like 9 6 1941 or 9 June 1941")
}

func (p parts) fromOneNumber(n string) (parts, error) {
	switch len(n) {
	case 8, 6: // 09061941, 090641
		p.day, p.month = number(n[:2]), number(n[2:4])
		if p.day == 0 {
			return p, refuse(ErrNoSuchDay, "The day must be a number from 1 to 31")
		}
		if p.month == 0 {
			return p, refuse(ErrNoSuchDay, "The month must be a number from 1 to 12")
		}
		return p, p.setYear(n[4:])
	case 4:
		return p, p.setYear(n)
	case 1, 2:
		p.day = number(n)
		return p, nil
	}
	return p, refuse(ErrLength, "Enter a date like 9 6 1941 or 9 June 1941")
}

func (p parts) fromTwoNumbers(a, b string) (parts, error) {
	switch {
	case len(a) == 4 && len(b) <= 2: // 2019-03
		a, b = b, a
		fallthrough
	case len(b) == 4 && len(a) <= 2: // 03/2019
		p.month = number(a)
		if p.month == 0 {
			return p, refuse(ErrNoSuchDay, "The month must be a number from 1 to 12")
		}
		return p, p.setYear(b)
	case len(a) <= 2 && len(b) <= 2: // 9/6
		p.day, p.month = number(a), number(b)
		return p, nil
	}
	return p, refuse(ErrLength, "Enter a date like 9 6 1941 or 9 June 1941")
}

func (p *parts) setYear(n string) error {
	switch len(n) {
	case 4:
		p.four = true
	case 2:
	default:
		return refuse(ErrYearRange, "The year must have 4 numbers")
	}
	p.year, p.hasYear = number(n), true
	return nil
}

func wholeDate(p parts, century func(d, m, yy int) int) (time.Time, error) {
	var missing []string
	if p.day == 0 {
		missing = append(missing, "a day")
	}
	if p.month == 0 {
		missing = append(missing, "a month")
	}
	if !p.hasYear {
		missing = append(missing, "a year")
	}
	if len(missing) > 0 {
		return time.Time{}, refuse(ErrDateParts, "The date must include "+strings.Join(missing, " and "))
	}
	if err := checkMonth(p.month); err != nil {
		return time.Time{}, err
	}
	m := time.Month(p.month)
	if p.day > 31 {
		return time.Time{}, refuse(ErrNoSuchDay, "The day must be a number from 1 to 31")
	}
	if p.day > daysIn(p.month, 2000) { // in no year
		return time.Time{}, refuse(ErrNoSuchDay, fmt.Sprintf("%d %s is not a real date", p.day, m))
	}
	y := p.year
	if !p.four {
		y = century(p.day, p.month, y)
	}
	if err := checkYear(y); err != nil {
		return time.Time{}, err
	}
	if p.day > daysIn(p.month, y) {
		return time.Time{}, refuse(ErrNoSuchDay, "29 February is not a real date in that year: check the year")
	}
	return time.Date(y, m, p.day, 0, 0, 0, 0, time.UTC), nil
}

func checkMonth(m int) error {
	if m < 1 || m > 12 {
		return refuse(ErrNoSuchDay, "The month must be a number from 1 to 12")
	}
	return nil
}

func checkYear(y int) error {
	if y < firstYear || y > lastYear {
		return refuse(ErrYearRange, fmt.Sprintf("The year must be between %d and %d", firstYear, lastYear))
	}
	return nil
}

func daysIn(month, year int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// pastYear completes a two-digit year to the latest one in which the day is not after today.
func pastYear(d, m, yy int, today time.Time) int {
	ty, tm, td := today.In(london).Date()
	y := ty - ty%100 + yy
	if y > ty || y == ty && (m > int(tm) || m == int(tm) && d > td) {
		y -= 100
	}
	return y
}

// futureYear completes a two-digit year to the one that lies from 19 years ago to 80 years from now.
func futureYear(yy int, today time.Time) int {
	first := today.In(london).Year() - 19
	return first + ((yy-first)%100+100)%100
}

var monthNames = [...]string{"january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"}

// monthNamed understands the English name of a month, in full or from its first three letters on; 0 when it is none.
func monthNamed(w string) int {
	w = strings.ToLower(w)
	if len(w) < 3 {
		return 0
	}
	for i, name := range monthNames {
		if strings.HasPrefix(name, w) {
			return i + 1
		}
	}
	return 0
}

// splitDate cuts a typed date into numbers and words. "9th" is 9, "09Jun1941" is three parts.
func splitDate(s string) ([]string, error) {
	if len(s) > 64 {
		return nil, refuse(ErrLength, "Enter a date like 9 6 1941 or 9 June 1941")
	}
	var words []string
	kind := 0 // 1 digits, 2 letters
	for _, r := range s {
		k := 0
		switch {
		case '0' <= r && r <= '9':
			k = 1
		case 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z':
			k = 2
		case separator(r):
		default:
			return nil, refuse(ErrLetters, "Enter a date like 9 6 1941 or 9 June 1941")
		}
		if k != 0 {
			if k == kind {
				words[len(words)-1] += string(r)
			} else {
				words = append(words, string(r))
			}
		}
		kind = k
	}
	kept := words[:0]
	for i, w := range words {
		switch strings.ToLower(w) {
		case "st", "nd", "rd", "th":
			if i > 0 && allDigits(words[i-1]) && len(words[i-1]) <= 2 {
				continue
			}
		case "of":
			if i > 0 && i < len(words)-1 {
				continue
			}
		}
		kept = append(kept, w)
	}
	if len(kept) == 0 {
		return nil, refuse(ErrEmpty, "Enter a date")
	}
	return kept, nil
}

func number(digits string) int {
	n, err := strconv.Atoi(digits)
	if err != nil {
		return 0 // at most eight digits come here, so this cannot be
	}
	return n
}

// FormatDate shows a stored date (2006-01-02, 2006-01 or 2006) as 09-Jun-1941, Mar-2019 or 2019. The names of months are
// English whatever the computer's region (CUI date guide 0006, 0010). Anything else comes back unchanged.
func FormatDate(iso string) string {
	switch len(iso) {
	case 10:
		if t, err := time.Parse(time.DateOnly, iso); err == nil {
			return t.Format("02-Jan-2006")
		}
	case 7:
		if t, err := time.Parse("2006-01", iso); err == nil {
			return t.Format("Jan-2006")
		}
	}
	return iso
}

// FormatDateTime shows a moment in London time, to the minute: 12-Jan-2026 14:02. The zero time is "".
func FormatDateTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(london).Format("02-Jan-2006 15:04")
}
