package plan

// What may change here: rules X15 and X20 of domain.md 5.

import (
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
