package plan

// What may change here: how soon a plan must be reviewed (domain.md 5 X15; the days are proposals, docs/decisions.md).

import "cmc/forms"

// The limits in days.
const (
	reviewSoon  = 14
	reviewRapid = 28
	reviewMonth = 90
	reviewYear  = 180
	reviewLong  = 365
)

// ReviewLimit is the greatest number of days from today until the next review, and why: the least of the limits that apply
// (domain.md 5 X15).
func ReviewLimit(r forms.Reader) (days int, why string) {
	days, why = reviewLong, "every plan is reviewed within a year"
	shorter := func(n int, reason string) {
		if n < days {
			days, why = n, reason
		}
	}
	switch r.Text(Prognosis) {
	case PrognosisDays, PrognosisWeeks:
		shorter(reviewSoon, "the prognosis is days or weeks")
	case PrognosisMonths:
		shorter(reviewMonth, "the prognosis is months")
	case PrognosisYear:
		shorter(reviewYear, "the prognosis is about one year")
	}
	if r.Is(PlanType, TypeRapid) {
		shorter(reviewRapid, "it is a rapid plan")
	}
	return days, why
}
