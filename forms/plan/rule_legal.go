package plan

// What may change here: rules X11 to X14 and X21 of domain.md 5: consent, capacity, advance decisions, attorneys, children.

import (
	"strings"
	"time"

	"cmc/forms"
	"cmc/forms/nhs"
)

// ruleX11BestInterests: without capacity the plan says how it is lacking, who assessed it and when, who was consulted, why
// the plan is in the person's best interests, and whether an advocate is involved. So it does when capacity could not be
// determined and others decided. The person's own consent counts only when
// it was given before capacity was lost.
func ruleX11BestInterests(r forms.Reader) []forms.Problem {
	if !r.Is(CapacityForPlan, CapacityLacks) && !(r.Is(CapacityForPlan, CapacityIndeterminate) && r.Is(ConsentStatus, ConsentBestInterests)) {
		return nil
	}
	out := missing(r, "The capacity assessment is not complete",
		CapacityReason, CapacityAssessor, CapacityAssessedOn, BIConsulted, BIIMCA, BIRationale)
	if r.State(BIConsulted) == forms.NotApplicable && isOneOf(r, BIIMCA, "not_needed", "unknown") {
		out = append(out, forms.Problem{Item: BIIMCA, Words: "There is nobody to consult, so an independent advocate must be involved or asked for"})
	}
	if r.Is(ConsentBasis, "patient") {
		agreed, lost := r.Text(ConsentDate), r.Text(CapacityAssessedOn)
		if agreed != "" && lost != "" && agreed >= lost {
			out = append(out, forms.Problem{Item: ConsentBasis, Words: "The person lacked capacity on the date of consent. Say who decided for them, or correct the date"})
		}
	}
	return out
}

// ruleX12Binding tells the writer when the advance decision will be shown as wishes to be considered, and why.
func ruleX12Binding(r forms.Reader) []forms.Problem {
	if !r.Is(ADRTStatus, ADRTPresent) || ADRTBinds(r) {
		return nil
	}
	for _, c := range [...]struct{ id, words string }{
		{ADRTLifeSustaining, "it says that it applies even if life is at risk"},
		{ADRTWritten, "it is in writing"},
		{ADRTSigned, "it is signed"},
		{ADRTWitnessed, "it is witnessed"},
	} {
		if v, ok := r.Bool(c.id); !ok || !v {
			return problem(c.id, "Crews will read the advance decision as wishes to be considered, because it is not recorded that "+c.words)
		}
	}
	return problem(ADRTDate, "Crews will read the advance decision as wishes to be considered, because it is not recorded that it was made at 18 or older")
}

// ruleX13Attorney: an attorney or deputy without authority over life-sustaining treatment does not decide about it, and the
// dates of an advance decision and a power of attorney say which prevails.
func ruleX13Attorney(r forms.Reader) []forms.Problem {
	var out []forms.Problem
	switch r.Text(LPAType) {
	case LPAHealthWelfare, LPADeputy:
		out = problem(LPAType, "Crews will read that this attorney or deputy does not decide about resuscitation and life-sustaining treatment")
		maker := strings.TrimSpace(r.Text(CPRDecidedBy))
		for _, row := range r.Rows(LPAPeople) {
			if name := strings.TrimSpace(row.Text(LPAName)); name != "" && strings.EqualFold(name, maker) {
				out = append(out, forms.Problem{Item: CPRDecidedBy, Severity: forms.Confirm,
					Words: "This attorney or deputy has no authority to decide about resuscitation. Name the clinician who decided"})
				break
			}
		}
	case LPAWithLifeSustaining:
		if !r.Is(ADRTStatus, ADRTPresent) {
			return nil
		}
		made, given := r.Text(ADRTDate), r.Text(LPADate)
		switch {
		case made == "" || given == "":
			out = problem(LPADate, "Enter both dates: an advance decision made after the power of attorney prevails over it")
		case made == given:
			out = problem(LPADate, "The advance decision and the power of attorney are of the same day. Find out which came first, and write it into the circumstances")
		case made > given && !ADRTBinds(r):
			out = problem(ADRTDate, "The advance decision was made after the power of attorney, but as recorded it does not bind and does not prevail. Crews will read both dates")
		case made > given:
			out = problem(ADRTDate, "The advance decision was made after the power of attorney and prevails. Crews will read both dates")
		default:
			out = problem(LPADate, "The power of attorney is later than the advance decision and may override it. Crews will read both dates")
		}
	}
	return out
}

// ruleX14Under18: no advance decision, parents or the child involved as ReSPECT C1 to C3 say, the child's module answered;
// modified resuscitation only for a child.
func ruleX14Under18(r forms.Reader) []forms.Problem {
	age, known := r.Age()
	if !known {
		return nil
	}
	var out []forms.Problem
	if age >= 18 {
		if r.Is(CPRDecision, CPRModifiedChild) && offered(r, CPRDecision, CPRModifiedChild) {
			out = problem(CPRDecision, "Modified resuscitation is for people under 18 only")
		}
		return out
	}
	if r.Is(ADRTStatus, ADRTPresent) {
		out = append(out, forms.Problem{Item: ADRTStatus, Words: "Somebody under 18 cannot make an advance decision to refuse treatment. Record their wishes as a statement"})
	}
	if v := r.Text(Involvement); v != "" && v != "C1" && v != "C2" && v != "C3" {
		out = append(out, forms.Problem{Item: Involvement, Words: "For somebody under 18, choose how they and those with parental responsibility were involved"})
	}
	return append(out, missing(r, "Needed for somebody under 18", ParentalResponsibility)...)
}

// offered says whether an option may be chosen now; one that may not is told of by the engine.
func offered(r forms.Reader, id, code string) bool {
	o := r.Def().Item(id).Option(code)
	return o != nil && r.Holds(o.When)
}

// ruleX21Consent: without consent, or a decision in the person's best interests, nothing is approved. Refusal and withdrawal
// record the reason given; the service then takes the plan out of urgent view at once.
func ruleX21Consent(r forms.Reader) []forms.Problem {
	switch r.Text(ConsentStatus) {
	case ConsentRefused:
		return append(problem(ConsentStatus, "The person refused consent: the plan cannot be approved or shared"), missing(r, "Record the reason", ConsentEndedReason)...)
	case ConsentWithdrawn:
		return append(problem(ConsentStatus, "Consent was withdrawn: the plan cannot be approved, and urgent services may no longer see it"), missing(r, "Record the reason", ConsentEndedReason)...)
	case ConsentNotYetAsked:
		return problem(ConsentStatus, "Ask for consent, or record why the plan is in the person's best interests, before the plan is approved")
	}
	return nil
}

// earlier compares two moments in RFC 3339; false when either is none.
func earlier(a, b string) bool {
	x, err1 := time.Parse(time.RFC3339, a)
	y, err2 := time.Parse(time.RFC3339, b)
	return err1 == nil && err2 == nil && x.Before(y)
}

// daysFrom gives a day as people read it, so many days from another.
func daysFrom(day time.Time, days int) string {
	return nhs.FormatDate(day.AddDate(0, 0, days).Format(time.DateOnly))
}
