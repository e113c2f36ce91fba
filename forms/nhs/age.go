package nhs

import (
	"fmt"
	"time"
)

// What may change here: nothing without a new edition of the CUI guide (tables 7 and 8 of the patient banner guide).

// Years returns the whole years from born to on, both as days in London; negative when on is before born. Somebody born on 29
// February is a year older on 1 March of a common year.
func Years(born, on time.Time) int {
	by, bm, bd := born.In(london).Date()
	oy, om, od := on.In(london).Date()
	n := oy - by
	if om < bm || om == bm && od < bd {
		n--
	}
	return n
}

// Age shows how old somebody born at that moment is, in the units of the CUI table: minutes under 2 hours (45min), hours under
// 2 days (26hrs), days under 4 weeks (12d), weeks and days under a year (4w 1d), months and days under 2 years (13m 8d), years
// and months under 18 (4y 1m), then years (85y). It is "" when on is before born.
func Age(born, on time.Time) string {
	d := on.Sub(born)
	switch {
	case d < 0:
		return ""
	case d < 2*time.Hour:
		return fmt.Sprintf("%dmin", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%dhrs", int(d.Hours()))
	}
	return AgeOn(born, on)
}

// Born shows a stored date of birth with the age that follows it in the banner: "09-Jun-1941 (85y)". The label "Born" is
// the caller's. As no time of birth is kept, a newborn's age is in days. A date that is incomplete, to come or not
// understood is shown with no age.
func Born(born string, on time.Time) string {
	t, err := time.Parse(time.DateOnly, born)
	if err != nil || on.IsZero() || dayNumber(on) < dayNumber(t) {
		return FormatDate(born)
	}
	return FormatDate(born) + " (" + AgeOn(t, on) + ")"
}

// AgeOn is Age for somebody of whom only the day of birth, or of death, is known: under 4 weeks it counts days (0d, 1d), never
// hours. It is "" when on is before born.
func AgeOn(born, on time.Time) string {
	days := dayNumber(on) - dayNumber(born)
	if days < 0 {
		return ""
	}
	years := Years(born, on)
	switch {
	case days < 28:
		return fmt.Sprintf("%dd", days)
	case years < 1:
		return fmt.Sprintf("%dw %dd", days/7, days%7)
	}
	months, rest := monthsAndDays(born, on)
	switch {
	case years < 2:
		return fmt.Sprintf("%dm %dd", months, rest)
	case years < 18:
		return fmt.Sprintf("%dy %dm", years, months%12)
	}
	return fmt.Sprintf("%dy", years)
}

// monthsAndDays counts whole calendar months, then the days after the last of them.
func monthsAndDays(born, on time.Time) (months, days int) {
	by, bm, bd := born.In(london).Date()
	oy, om, od := on.In(london).Date()
	months = (oy-by)*12 + int(om) - int(bm)
	if od < bd {
		months--
	}
	// The day on which the last whole month was reached; the 31st of a short month is the 1st of the next.
	reached := time.Date(by, bm+time.Month(months), bd, 0, 0, 0, 0, time.UTC)
	days = dayNumber(on) - dayNumber(reached)
	return months, max(days, 0)
}

// dayNumber counts days, so that summer time never makes a day of 23 hours.
func dayNumber(t time.Time) int {
	y, m, d := t.In(london).Date()
	return int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}
