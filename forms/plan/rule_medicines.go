package plan

// What may change here: rules X10 and X16 of domain.md 5, and their days.

import (
	"strconv"
	"time"

	"cmc/forms"
)

// The days of rule X16 (domain.md 5; proposals, docs/decisions.md).
const (
	medicinesListDays = 28
	jicExpiryDays     = 14
)

// ruleX10JustInCase: somebody who wants to die at home or in a care home, and has weeks or days, may need just-in-case
// medicines.
func ruleX10JustInCase(r forms.Reader) []forms.Problem {
	if !isOneOf(r, PPD1, "home", "usual_residence", "care_home", "nursing_home", "residential_home") ||
		!isOneOf(r, Prognosis, PrognosisDays, PrognosisWeeks) || !r.Is(JICStatus, JICNotConsidered) {
		return nil
	}
	return problem(JICStatus, "The person wishes to die where they live and time may be short: just-in-case medicines have not been considered")
}

// ruleX16InDate: a medicines list of more than 28 days, or a box that expires within 14, is checked before it is trusted.
func ruleX16InDate(r forms.Reader) []forms.Problem {
	var out []forms.Problem
	if d, err := time.Parse(time.DateOnly, r.Text(MedListDate)); err == nil {
		if days := int(r.Today().Sub(d).Hours() / 24); days > medicinesListDays {
			out = append(out, forms.Problem{Item: MedListDate, Words: "Medicines were listed " + strconv.Itoa(days) + " days ago. Check the list"})
		}
	}
	if d, err := time.Parse(time.DateOnly, r.Text(JICExpiry)); err == nil && isOneOf(r, JICStatus, JICIssued, JICUsed) {
		switch days := int(d.Sub(r.Today()).Hours() / 24); {
		case days < 0:
			out = append(out, forms.Problem{Item: JICExpiry, Words: "Just-in-case medicines have expired. Have them replaced"})
		case days <= jicExpiryDays:
			out = append(out, forms.Problem{Item: JICExpiry, Words: "Just-in-case medicines expire within " + strconv.Itoa(jicExpiryDays) + " days. Have them replaced"})
		}
	}
	return out
}
