package screens

// What may change here: which answers a reviewer reads first. That a question is critical is the definition's (forms/plan).

import (
	"cmp"
	"slices"

	"cmc/forms"
	"cmc/forms/plan"
)

// mattersMost stands over the answers that could harm most if they were wrong.
const mattersMost = "Decisions that matter most"

// foremost are the decisions that a crew acts on before all others, in the order of the summary (domain.md 6): whether to
// resuscitate, what an advance decision refuses, how far to treat, whether to take to hospital, what must not be given.
var foremost = []string{
	plan.CPRDecision, "cpr_modified_detail", "adrt_refuses_cpr", plan.Ceiling, "conveyance", "adrt_status", "capacity_for_plan", "lpa_type",
	"allergy_status", "allergies", "jic_chart", "call_first_in_hours", "call_first_ooh",
}

// decides says whether a wrong answer here could harm: every critical question, and the allergies themselves. What did not
// change, or counts no more, stays among the rest.
func decides(c forms.Change) bool {
	return !c.Same && !c.Hidden && (c.Critical || c.Item == "allergies" || c.Group == "allergies")
}

// readingOrder gives the places of the changes in the order in which they are read: what decides first, then the rest in the
// order of the form; and how many of them decide. The rows of a group stay together.
func readingOrder(changes []forms.Change) (order []int, decisive int) {
	var rest []int
	for i, c := range changes {
		if decides(c) {
			order = append(order, i)
		} else {
			rest = append(rest, i)
		}
	}
	rank := func(i int) int {
		of := changes[i].Item
		if changes[i].Group == "allergies" {
			of = changes[i].Group
		}
		if at := slices.Index(foremost, of); at >= 0 {
			return at
		}
		return len(foremost)
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(rank(a), rank(b)) })
	return append(order, rest...), len(order)
}
