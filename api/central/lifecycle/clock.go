package lifecycle

// What may change here: what the server's clock does to a plan.

import "time"

// The spans of domain.md 10.1.
const (
	ReviewNearDays = 28 // before the review date: review_due
	LapseDays      = 60 // after death was notified: closed
	ISODate        = "2006-01-02"
)

// Clock is the event that the server's clock makes of a plan now, or "" when there is none: since is when its state was
// reached, reviewDue a date or "". A review date that is today is near, not passed.
func Clock(state State, reviewDue string, since, now time.Time) Event {
	today := day(now)
	switch state {
	case Approved, ReviewDue:
		due, err := time.Parse(ISODate, reviewDue)
		if err != nil {
			return ""
		}
		if today.After(due) {
			return ReviewPassed
		}
		if state == Approved && !today.Before(due.AddDate(0, 0, -ReviewNearDays)) {
			return ReviewNear
		}
	case Deceased:
		if !today.Before(day(since).AddDate(0, 0, LapseDays)) {
			return Lapse
		}
	}
	return ""
}

// Effective is the state that the plan is in now, whether or not the clock's event was written yet.
func Effective(state State, reviewDue string, since, now time.Time) State {
	for range 3 {
		event := Clock(state, reviewDue, since, now)
		if event == "" {
			return state
		}
		row, found := Next(state, event, Facts{Live: true})
		if !found {
			return state
		}
		state = row.To
	}
	return state
}

// OfLive is the state of the live version by itself, as its summary shows it: while a draft stands beside it (amending,
// in_review) it is approved, review_due or overdue all the same.
func OfLive(state State, reviewDue string, now time.Time) State {
	switch state {
	case Amending, InReview, Approved, ReviewDue, Overdue:
		return Effective(Approved, reviewDue, now, now)
	}
	return state
}

// day is midnight of the day that it is in London, since that is the day that people there mean.
func day(t time.Time) time.Time {
	t = t.In(london)
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

// Today is the clinical day at now: the date in London, at midnight UTC.
func Today(now time.Time) time.Time { return day(now) }
