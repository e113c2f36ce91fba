package forms

// What may change here: how a summary says that it does not come from the service now, but was kept somewhere.

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"cmc/forms/nhs"
)

// AsAt says when something was true that is not live, and how long ago that is: "as at 14:02, 3 hours ago", and of another day
// "as at 25-Nov-2026 14:02, 13 hours 5 minutes ago".
func AsAt(at, now time.Time) string {
	return "as at " + clockOf(at, now) + ", " + Age(at, now) + " ago"
}

// Age is how long ago a moment is: "3 hours 10 minutes". What is less than a minute, or in the future, is "less than a minute".
func Age(at, now time.Time) string {
	minutes := int(now.Sub(at) / time.Minute)
	hours := minutes / 60
	count := func(n int, one string) string {
		if n == 1 {
			return "1 " + one
		}
		return strconv.Itoa(n) + " " + one + "s"
	}
	switch {
	case minutes < 1:
		return "less than a minute"
	case hours < 1:
		return count(minutes, "minute")
	case minutes%60 == 0:
		return count(hours, "hour")
	}
	return count(hours, "hour") + " " + count(minutes%60, "minute")
}

// clockOf is the time of day of a moment, with its date when that is another one than today's.
func clockOf(at, now time.Time) string {
	words := nhs.FormatDateTime(at)
	day, clock, _ := strings.Cut(words, " ")
	if today, _, _ := strings.Cut(nhs.FormatDateTime(now), " "); day == today && clock != "" {
		return clock
	}
	return words
}

// Kept is a summary that was true at asAt, as it is shown now from a copy: it says across the top that it is not live, and how old it
// is, and a review that has come due meanwhile is overdue. by and org name who puts it on paper; on screen by is "".
func (s Summary) Kept(asAt, now time.Time, by, org string) Summary {
	s.Strip, s.Footer = slices.Clone(s.Strip), slices.Clone(s.Footer)
	s.Header.AsAt = asAt
	s.Header.Kept = "NOT LIVE: " + AsAt(asAt, now)
	if by != "" {
		s.Header.Kept = "NOT LIVE: as at " + nhs.FormatDateTime(asAt) + ", " + Age(asAt, now) + " before it was printed"
		s.Header.PrintedBy, s.Header.PrintedOrg, s.Header.PrintedAt = by, org, now.Truncate(time.Second)
		s.Footer = footer(s.Header)
	}
	if due, today := s.Header.ReviewDue, now.In(nhs.London()).Format(time.DateOnly); due != "" && due < today && len(s.Strip) > 2 && strings.HasPrefix(s.Strip[2], "Review by ") {
		s.Strip[2] = strings.Replace(s.Strip[2], "Review by ", "REVIEW OVERDUE since ", 1)
		s.Header.Status = "overdue"
	}
	return s
}
