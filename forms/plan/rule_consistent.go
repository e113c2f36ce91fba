package plan

// What may change here: the plan's own rules P01 to P09 but P05: answers that a reader could not act on together (hazard H05),
// or that do not belong in a plan. They go beyond the list of domain.md 5; docs/decisions.md says why.

import (
	"regexp"
	"strconv"

	"cmc/forms"
)

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
		case "ventilation":
			if accepted && r.Text(Ceiling) != "" && !isOneOf(r, Ceiling, CeilingFullICU, CeilingNotDiscussed) {
				out = append(out, forms.Problem{Item: InterventionPref, Row: row.RowID(), Words: "Ventilation is accepted here, but the level of treatment excludes intensive care"})
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
	age, known := r.Age()
	if known && age >= 18 && r.Is(ConsentBasis, "parent") {
		add(ConsentBasis, "Nobody has parental responsibility for an adult. Say who decided")
	}
	agreed := func(words string) {
		out = append(out, forms.Problem{Item: PatientAgreedVersion, Severity: forms.Confirm, Words: words})
	}
	switch {
	case r.Is(CapacityForPlan, CapacityLacks) && r.Is(PatientAgreedVersion, "agreed"):
		agreed("The person is recorded as not able to decide, and as agreeing with this version")
	case r.Is(CapacityForPlan, CapacityHas) && isOneOf(r, PatientAgreedVersion, "proxy_agreed", "best_interests") && !(known && age < 18):
		agreed("The person can decide, but somebody else is recorded as agreeing with this version")
	}
	if r.Is(ConsentBasis, "lpa") && isOneOf(r, LPAType, LPAProperty, LPAEnduring, LPANone, LPAUnknown) {
		out = append(out, forms.Problem{Item: ConsentBasis, Severity: forms.Confirm,
			Words: "An attorney for health is said to have agreed, but none is recorded"})
	}
	return out
}

// ruleP04NoDeath: a date of death in the answers turns the summary of somebody who lives into that of somebody who died. The
// service records a death by itself, with who told of it.
func ruleP04NoDeath(r forms.Reader) []forms.Problem {
	if r.Text(DeceasedDate) == "" {
		return nil
	}
	return problem(DeceasedDate, "A plan with a date of death cannot be approved. Take the date out; if the person has died, choose \u201cThe person has died\u201d on the plan's page")
}

// ruleP06Shared: approval shows a plan to urgent care at once, so that consent must cover it.
func ruleP06Shared(r forms.Reader) []forms.Problem {
	switch {
	case r.Blank(ShareScope), r.Is(ShareScope, ShareUrgentCare):
		return nil
	case r.State(ShareScope) != forms.Answered:
		return []forms.Problem{{Item: ShareScope, Severity: forms.Confirm, Words: "Approval shows the plan to urgent care at once, and it is not recorded that the person agreed to that"}}
	}
	return problem(ShareScope, "Urgent care is not among those with whom the plan may be shared, and approval would show it to them at once. Ask again, or do not approve")
}

// ruleP07Assessed: the law presumes that somebody of 16 or older can decide until it is established that they cannot (Mental
// Capacity Act 2005, sections 1 and 2), so that nobody else decides before.
func ruleP07Assessed(r forms.Reader) []forms.Problem {
	if age, known := r.Age(); known && age < 16 {
		return nil
	}
	if !r.Is(ConsentStatus, ConsentBestInterests) && !isOneOf(r, ConsentBasis, "lpa", "deputy", "best_interests") {
		return nil
	}
	switch r.Text(CapacityForPlan) {
	case CapacityNotAssessed:
		return problem(CapacityForPlan, "Others decided for the person, but their capacity was not assessed. Assess it, or ask the person")
	case CapacityIndeterminate:
		return []forms.Problem{{Item: CapacityForPlan, Severity: forms.Confirm, Words: "Others decided for the person, although their capacity could not be determined"}}
	}
	return nil
}

// ruleP08OxygenTarget: too much oxygen harms some people and too little harms others, so that the places where an oxygen
// level to aim for is written say the same.
func ruleP08OxygenTarget(r forms.Reader) []forms.Problem {
	low, hasLow := r.Number(SpO2TargetLow)
	high, hasHigh := r.Number(SpO2TargetHigh)
	if hasLow && hasHigh && low > high {
		return problem(SpO2TargetHigh, "The oxygen level to aim for is the wrong way round: the lower one comes first")
	}
	var out []forms.Problem
	var first *[2]int
	if hasLow && hasHigh {
		first = &[2]int{int(low), int(high)}
	}
	for _, id := range []string{OxygenTarget, TargetSpO2} {
		aim, ok := oxygenLevels(r.Text(id))
		switch {
		case !ok:
		case first == nil:
			first = &aim
		case aim != *first:
			out = append(out, forms.Problem{Item: id, Severity: forms.Confirm, Words: "This oxygen level to aim for differs from the one written elsewhere in the plan"})
		}
	}
	return out
}

var wholeNumber = regexp.MustCompile(`[0-9]+`)

// oxygenLevels reads the lowest and the highest oxygen level in percent out of words; levels of less than 50 are none.
func oxygenLevels(words string) (levels [2]int, ok bool) {
	for _, s := range wholeNumber.FindAllString(words, -1) {
		n, err := strconv.Atoi(s)
		if err != nil || n < 50 || n > 100 {
			continue
		}
		if !ok {
			levels = [2]int{n, n}
		}
		levels, ok = [2]int{min(levels[0], n), max(levels[1], n)}, true
	}
	return levels, ok
}

// ruleP09ComfortWithoutDecision: the same page would say "attempt CPR" and "comfort only" (see X06); but not having talked
// about it yet is no mistake, so that it is confirmed.
func ruleP09ComfortWithoutDecision(r forms.Reader) []forms.Problem {
	if isOneOf(r, CPRDecision, CPRNoDecision, CPRNotAppropriateNow) && r.Is(Ceiling, CeilingComfort) {
		return problem(CPRDecision, "Resuscitation: crews would be told to attempt it, and that treatment is for comfort only. Record a decision if there is one")
	}
	return nil
}
