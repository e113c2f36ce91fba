package lifecycle

// What may change here: what the server's clock does to a plan.

import "time"

// The spans of domain.md 10.1.
const (
	ReviewNearDays = 28 // before the review date: review_due
	LapseDays      = 60 // after death was notified: closed
	ISODate        = "2006-01-02"
)

// RemindOn is the day from which the review of a version is near: 28 days before it is due, but not before half of the time
// since the approval has gone. A rapid plan, due in 28 days, is therefore approved for two weeks before anybody is reminded;
// a reminder that stands from the first day is read by nobody. The result is "" when reviewDue is no date.
func RemindOn(approvedAt time.Time, reviewDue string) string {
	due, err := time.Parse(ISODate, reviewDue)
	if err != nil {
		return ""
	}
	near := due.AddDate(0, 0, -ReviewNearDays)
	if !approvedAt.IsZero() {
		approved := day(approvedAt)
		days := int(due.Sub(approved).Hours() / 24)
		if half := approved.AddDate(0, 0, (days+1)/2); half.After(near) && !half.After(due) {
			near = half
		}
	}
	return near.Format(ISODate)
}

// Review is when a live version is reviewed: Due, and RemindOn from which that is near. Both are dates, or "".
type Review struct{ Due, RemindOn string }

// Clock is the event that the server's clock makes of a plan now, or "" when there is none: since is when its state was
// reached. A review date that is today is near, not passed.
func Clock(state State, review Review, since, now time.Time) Event {
	today := day(now)
	switch state {
	case Approved, ReviewDue:
		if _, err := time.Parse(ISODate, review.Due); err != nil {
			return ""
		}
		on := today.Format(ISODate) // dates in this form sort as they follow each other
		if on > review.Due {
			return ReviewPassed
		}
		if state == Approved && review.RemindOn != "" && on >= review.RemindOn {
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
func Effective(state State, review Review, since, now time.Time) State {
	for range 3 {
		event := Clock(state, review, since, now)
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
func OfLive(state State, review Review, now time.Time) State {
	switch state {
	case Amending, InReview, Approved, ReviewDue, Overdue:
		return Effective(Approved, review, now, now)
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
