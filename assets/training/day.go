package training

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // moments are London's wherever the program runs
)

// What may change here: which placeholders there are. The files use them all.

var (
	placeholder = regexp.MustCompile(`\{(today|then)((?:[+-][0-9]+[dwmy]?)*)(?: ([0-2][0-9]:[0-5][0-9])| (month|year))?\}`)
	offset      = regexp.MustCompile(`([+-][0-9]+)([dwmy]?)`)
)

// A day is the day on which people practise, as midnight UTC, the day of the plan that is being read ("then"), and London's
// zone.
type day struct {
	date, then time.Time
	london     *time.Location
}

func newDay(now time.Time) day {
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		panic("training: Europe/London is embedded and cannot be missing: " + err.Error())
	}
	y, m, d := now.In(london).Date()
	return day{date: time.Date(y, m, d, 0, 0, 0, 0, time.UTC), london: london}
}

// fill replaces every placeholder in s: by the form that is stored when it is all of s, else by the form that people read.
func (d day) fill(s string) (string, error) {
	var bad error
	out := placeholder.ReplaceAllStringFunc(s, func(p string) string {
		m := placeholder.FindStringSubmatch(p)
		date := d.date
		if m[1] == "then" {
			if date = d.then; date.IsZero() {
				bad = fmt.Errorf("%s outside a plan", p)
			}
		}
		for _, o := range offset.FindAllStringSubmatch(m[2], -1) {
			n, err := strconv.Atoi(o[1])
			if err != nil {
				bad = err
			}
			switch o[2] {
			case "w":
				date = date.AddDate(0, 0, 7*n)
			case "m":
				date = date.AddDate(0, n, 0)
			case "y":
				date = date.AddDate(n, 0, 0)
			default:
				date = date.AddDate(0, 0, n)
			}
		}
		stored := p == s
		switch {
		case m[3] != "":
			clock, err := time.Parse("15:04", m[3])
			if err != nil {
				bad = err
			}
			at := time.Date(date.Year(), date.Month(), date.Day(), clock.Hour(), clock.Minute(), 0, 0, d.london)
			if stored {
				return at.UTC().Format(time.RFC3339)
			}
			return at.Format("02-Jan-2006 15:04")
		case m[4] == "month" && stored:
			return date.Format("2006-01")
		case m[4] == "month":
			return date.Format("Jan-2006")
		case m[4] == "year":
			return date.Format("2006")
		case stored:
			return date.Format(time.DateOnly)
		}
		return date.Format("02-Jan-2006")
	})
	if strings.Contains(out, "{today") || strings.Contains(out, "{then") {
		bad = fmt.Errorf("a placeholder that is not understood in %q", s)
	}
	return out, bad
}

// at is the same day with the day of a plan, the one on which at falls in London.
func (d day) at(then time.Time) day {
	y, m, dd := then.In(d.london).Date()
	d.then = time.Date(y, m, dd, 0, 0, 0, 0, time.UTC)
	return d
}

// moment reads a placeholder with a time, or a day's placeholder as noon in London. "" is the zero time.
func (d day) moment(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	out, err := d.fill(s)
	if err != nil {
		return time.Time{}, err
	}
	if at, err := time.Parse(time.RFC3339, out); err == nil {
		return at, nil
	}
	date, err := time.Parse(time.DateOnly, out)
	if err != nil {
		return time.Time{}, fmt.Errorf("%q is no day", s)
	}
	return time.Date(date.Year(), date.Month(), date.Day(), 12, 0, 0, 0, d.london).UTC(), nil
}
