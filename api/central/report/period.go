package report

// What may change here: which days a report is about.

import (
	"errors"
	"time"

	"cmc/forms/nhs"
)

// A Period is the first and the last day of a report, at midnight UTC.
type Period struct{ First, Last time.Time }

// The errors of ParsePeriod.
var (
	ErrFrom  = errors.New("This is not a day. Write it like 2026-01-31")
	ErrTo    = errors.New("This is not a day. Write it like 2026-01-31")
	ErrOrder = errors.New("The first day comes after the last one")
	ErrMonth = errors.New("Ask for at least one whole month that has ended")
)

// ParsePeriod reads the days of a report; both may be empty: the twelve months up to today. whole brings them to whole calendar
// months that have ended: whoever could move the period by one day, or look again tomorrow, would see in the difference what a
// small number hides.
func ParsePeriod(from, to string, today time.Time, whole bool) (Period, error) {
	p := Period{Last: today}
	var err error
	if to != "" {
		if p.Last, err = time.Parse(time.DateOnly, to); err != nil {
			return p, ErrTo
		}
	}
	if whole {
		if p.Last.After(today) {
			p.Last = today
		}
		next := p.Last.AddDate(0, 0, 1)
		p.Last = monthOf(next).AddDate(0, 0, -1) // the last day of a month: itself, or that of the month before
		if !p.Last.Before(today) {
			p.Last = monthOf(today).AddDate(0, 0, -1)
		}
	}
	switch {
	case from != "":
		if p.First, err = time.Parse(time.DateOnly, from); err != nil {
			return p, ErrFrom
		}
		if whole && p.First.Day() != 1 {
			p.First = monthOf(p.First).AddDate(0, 1, 0)
		}
	case whole:
		p.First = monthOf(p.Last).AddDate(0, -11, 0)
	default:
		p.First = p.Last.AddDate(-1, 0, 1)
	}
	if p.First.After(p.Last) {
		if whole {
			return p, ErrMonth
		}
		return p, ErrOrder
	}
	return p, nil
}

// monthOf is the first day of the month of a day.
func monthOf(day time.Time) time.Time {
	return time.Date(day.Year(), day.Month(), 1, 0, 0, 0, 0, time.UTC)
}

// Moments are the period in London's time: from is in it, until is not.
func (p Period) Moments() (from, until time.Time) {
	midnight := func(d time.Time) time.Time {
		return time.Date(d.Year(), d.Month(), d.Day(), 0, 0, 0, 0, nhs.London()).UTC()
	}
	return midnight(p.First), midnight(p.Last.AddDate(0, 0, 1))
}
