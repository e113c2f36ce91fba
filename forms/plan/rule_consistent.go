package plan

// What may change here: the plan's own rules P01 to P03: pairs of answers that a reader could not act on together (hazard H05).
// They go beyond the list of domain.md 5; docs/decisions.md says why.

import "cmc/forms"

// ruleP01OneDecision: one treatment has one decision.
func ruleP01OneDecision(r forms.Reader) []forms.Problem {
	var out []forms.Problem
	decided := map[string]string{}
	for _, row := range r.Rows(Interventions) {
		what, pref := row.Text(Intervention), row.Text(InterventionPref)
		if what == "" || pref == "" {
			continue
		}
		if before, ok := decided[what]; ok && before != pref {
			out = append(out, forms.Problem{Item: InterventionPref, Row: row.RowID(), Words: "This treatment is listed twice with different decisions. Keep one"})
		}
		decided[what] = pref
	}
	return out
}

// ruleP02TreatmentFitsLevel: a treatment that is accepted lies within the level of treatment, and one that is declined is not
// asked for by another answer.
func ruleP02TreatmentFitsLevel(r forms.Reader) []forms.Problem {
	var out []forms.Problem
	for _, row := range r.Rows(Interventions) {
		accepted := isOneOf(row, InterventionPref, "accept", "trial")
		switch row.Text(Intervention) {
		case "itu":
			if accepted && r.Text(Ceiling) != "" && !isOneOf(r, Ceiling, CeilingFullICU, CeilingNotDiscussed) {
				out = append(out, forms.Problem{Item: InterventionPref, Row: row.RowID(), Words: "Intensive care is accepted here, but the level of treatment excludes it"})
			}
		case "hospital_admission":
			if row.Is(InterventionPref, "decline") && r.Is(Conveyance, ConveyAny) {
				out = append(out, forms.Problem{Item: InterventionPref, Row: row.RowID(), Words: "Hospital admission is declined here, but the person would be taken to hospital whenever needed"})
			}
			if accepted && r.Is(Ceiling, CeilingComfort) {
				out = append(out, forms.Problem{Item: InterventionPref, Row: row.RowID(), Words: "Hospital admission is accepted here, but the level of treatment is comfort only"})
			}
		}
	}
	return out
}

// ruleP03WhoDecides: nobody decides for a person who has capacity, and a person without it does not decide alone.
func ruleP03WhoDecides(r forms.Reader) []forms.Problem {
	var out []forms.Problem
	add := func(id, words string) { out = append(out, forms.Problem{Item: id, Words: words}) }
	switch r.Text(CapacityForPlan) {
	case CapacityHas:
		switch {
		case r.Is(ConsentStatus, ConsentBestInterests):
			add(ConsentStatus, "The person can decide, so the plan needs their own consent, not a best-interests decision")
		case isOneOf(r, ConsentBasis, "lpa", "deputy", "best_interests"):
			add(ConsentBasis, "The person can decide, so nobody else consents for them")
		}
		if r.Is(Involvement, "B") {
			add(Involvement, "The person can decide: choose how they were involved themselves")
		}
	case CapacityLacks:
		if r.Is(Involvement, "A") {
			add(Involvement, "The person is recorded as not able to decide, but as having capacity and fully involved. Correct one of them")
		}
	}
	if r.Is(ConsentStatus, ConsentBestInterests) && r.Is(ConsentBasis, "patient") {
		add(ConsentBasis, "Consent is a best-interests decision, so say who made it")
	}
	return out
}
