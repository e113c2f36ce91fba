package plan

// What may change here: rules X15 and X20 of domain.md 5, and P10.

import (
	"strconv"
	"time"

	"cmc/forms"
)

// ruleX15ReviewLimit: the next review is not later than the limits of ReviewLimit allow.
func ruleX15ReviewLimit(r forms.Reader) []forms.Problem {
	due, err := time.Parse(time.DateOnly, r.Text(ReviewDue))
	if err != nil {
		return nil
	}
	days, why := ReviewLimit(r)
	if !due.After(r.Today().AddDate(0, 0, days)) {
		return nil
	}
	return problem(ReviewDue, "Review by "+daysFrom(r.Today(), days)+" at the latest: "+why)
}

// prognosisDays says for how long a prognosis holds (domain.md 4.7, prognosis_date: "expires").
var prognosisDays = map[string]int{PrognosisDays: 7, PrognosisWeeks: 28, PrognosisMonths: 90}

// ruleP10PrognosisRecent: a prognosis that has run out sets the wrong day of review, and may hide that time is short.
func ruleP10PrognosisRecent(r forms.Reader) []forms.Problem {
	made, err := time.Parse(time.DateOnly, r.Text(PrognosisDate))
	limit, ok := prognosisDays[r.Text(Prognosis)]
	if err != nil || !ok || !made.Before(r.Today().AddDate(0, 0, -limit)) {
		return nil
	}
	return problem(PrognosisDate, "This prognosis was made more than "+strconv.Itoa(limit)+" days ago. Judge again how long the person is likely to live")
}

// ruleX20Attachments: a copy that says something else than the plan stops approval; one that nobody compared is confirmed.
func ruleX20Attachments(r forms.Reader) []forms.Problem {
	var out []forms.Problem
	for _, row := range r.Rows(Attachments) {
		switch row.Text(AttMatchesPlan) {
		case "no":
			out = append(out, forms.Problem{Item: AttMatchesPlan, Row: row.RowID(), Words: "This copy does not say the same as the plan. Correct one of them before the plan is approved"})
		case "not_checked":
			out = append(out, forms.Problem{Item: AttMatchesPlan, Row: row.RowID(), Severity: forms.Confirm, Words: "Nobody has compared this copy with the plan"})
		}
	}
	return out
}
