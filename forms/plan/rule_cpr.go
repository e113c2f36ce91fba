package plan

// What may change here: rules X02 to X09 of domain.md 5, with the clinical safety officer's agreement. The reasons of each
// are in the hazard log: H02, H03, H05, H09 of domain.md 11.1.

import (
	"strings"
	"unicode"

	"cmc/forms"
)

// ruleX02DecisionComplete: not attempting resuscitation needs reason, date, decision maker, review, awareness, discussion,
// and where the paper form is, or that there is none.
func ruleX02DecisionComplete(r forms.Reader) []forms.Problem {
	if !isOneOf(r, CPRDecision, CPRDoNotAttempt, CPRModifiedChild) {
		return nil
	}
	return missing(r, "The resuscitation decision is not complete",
		CPRReason, CPRReasonText, CPRModifiedDetail, CPRDate, CPRDecidedBy, CPRDecidedRole, CPRDecidedRegNo, CPRReview, CPRReviewDate,
		CPRPatientAware, CPRFamilyAware, CPRPatientDiscussed, CPRPatientNotDiscussedReason, CPRFamilyDiscussed,
		CPRFamilyDiscussedWho, CPRDocument, CPRDocumentLocation)
}

// ruleX03Endorsement: a decision maker who is not of a senior role needs the endorsement of one who is. Until then the summary
// says so, and tells crews to attempt resuscitation (cprHeadline).
func ruleX03Endorsement(r forms.Reader) []forms.Problem {
	if !isOneOf(r, CPRDecision, CPRDoNotAttempt, CPRModifiedChild) || r.Text(CPRDecidedRole) == "" || seniorRole(r.Text(CPRDecidedRole)) {
		return nil
	}
	if r.Text(CPREndorsedBy) == "" {
		return problem(CPREndorsedBy, "A GP, consultant, hospice doctor or practitioner with that authority must endorse the resuscitation decision. Until then crews are told to attempt resuscitation")
	}
	made, endorsed := r.Text(CPRDate), r.Text(CPREndorsedAt)
	if made != "" && endorsed != "" && earlier(endorsed, made) {
		return problem(CPREndorsedAt, "The endorsement cannot be earlier than the decision")
	}
	return missing(r, "The endorsement is not complete", CPREndorsedRole, CPREndorsedAt)
}

// ruleX04NotDiscussed: the person has capacity and was not told. Reviewers see it and the audit keeps it (the CQC found
// decisions without involvement, domain.md S54).
func ruleX04NotDiscussed(r forms.Reader) []forms.Problem {
	if r.Is(CPRDecision, CPRDoNotAttempt) && r.Is(CapacityForPlan, CapacityHas) && r.Is(CPRPatientDiscussed, "no") {
		return problem(CPRPatientDiscussed, "The person can decide, and the decision not to attempt resuscitation was not discussed with them. Reviewers will see the reason")
	}
	return nil
}

// ruleX05IndividualReason: a reason that names only age, disability, learning disability, autism, dementia or frailty is no
// reason.
func ruleX05IndividualReason(r forms.Reader) []forms.Problem {
	if !r.Is(CPRDecision, CPRDoNotAttempt) {
		return nil
	}
	if text := r.Text(CPRReasonText); text != "" && blanketReason(text) {
		return problem(CPRReasonText, "Age, disability, learning disability, autism, dementia or frailty alone is no reason. Write what resuscitation would mean for this person")
	}
	return nil
}

// blanketWords are the words that name a group and not a person; plainWords carry no meaning of their own.
var (
	blanketWords = wordSet(`age aged ages old older elderly elder advanced advancing senior geriatric years year yrs yr yo
		disability disabilities disabled disabling handicap handicapped learning intellectual difficulty difficulties ld lds
		autism autistic asd asperger aspergers down downs syndrome trisomy
		dementia demented alzheimer alzheimers vascular lewy body bodies
		frail frailty cfs score rockwood clinical scale physical mental special needs wheelchair user`)
	plainWords = wordSet(`a an the of to and or with in on by at for from as is are was were be been being has have had having
		this that these those it its he him his she her hers they them their theirs patient patients person persons resident
		residents man woman gentleman lady male female child adult due because since reason reasons owing given only just simply
		very severe severely moderate moderately mild mildly extreme extremely significant profound profoundly advanced late early
		stage end known diagnosis diagnosed condition level grade s not cpr resuscitation dnacpr dnar appropriate suitable
		suffers suffering lives living years over under about related general generally so too more most much also both
		i we you no yes none n na nil see above`)
)

func wordSet(s string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(s) {
		set[w] = true
	}
	return set
}

// blanketReason says whether nothing is left of a text but the names of groups, numbers and little words.
func blanketReason(text string) bool {
	for _, w := range strings.FieldsFunc(strings.ToLower(strings.NewReplacer("'", "", "\u2019", "").Replace(text)), func(c rune) bool { return !unicode.IsLetter(c) }) {
		if !blanketWords[w] && !plainWords[w] {
			return false
		}
	}
	return true
}

// ruleX06AttemptWithComfort: a crew cannot act on both (Oregon's registry refuses the pair, domain.md S38).
func ruleX06AttemptWithComfort(r forms.Reader) []forms.Problem {
	if r.Is(CPRDecision, CPRAttempt) && r.Is(Ceiling, CeilingComfort) {
		return problem(Ceiling, "Treatment: \u201ccomfort only\u201d contradicts \u201cattempt resuscitation\u201d. Change one of them")
	}
	return nil
}

// ruleX07AttemptAtHome: possible, but unusual enough to be confirmed in words.
func ruleX07AttemptAtHome(r forms.Reader) []forms.Problem {
	if r.Is(CPRDecision, CPRAttempt) && r.Is(Ceiling, CeilingCommunityReversible) {
		return problem(Ceiling, "Treatment: resuscitation would be attempted, but admission is to be avoided. Confirm in words that both are meant")
	}
	return nil
}

// ruleX08AdvanceDecision: an advance decision that refuses resuscitation stands beside no other decision than not to attempt
// it, because a crew would read both. One that was retracted says when, and who witnessed that.
func ruleX08AdvanceDecision(r forms.Reader) []forms.Problem {
	switch r.Text(ADRTStatus) {
	case ADRTRetracted:
		return missing(r, "The retraction is not complete", ADRTRetractedOn, ADRTRetractedWitness)
	case ADRTPresent:
	default:
		return nil
	}
	refuses, known := r.Bool(ADRTRefusesCPR)
	var out []forms.Problem
	switch {
	case known && refuses && r.Is(CPRDecision, CPRAttempt):
		out = problem(CPRDecision, "Resuscitation: \u201cattempt\u201d contradicts the advance decision, which refuses it")
	case known && refuses && isOneOf(r, CPRDecision, CPRNoDecision, CPRNotAppropriateNow):
		out = problem(CPRDecision, "Resuscitation: the advance decision refuses it, but crews would be told to attempt it. Record the decision")
	case known && !refuses && r.Is(CPRReason, "adrt"):
		out = problem(CPRReason, "Resuscitation: the reason names the advance decision, which is recorded as not refusing it")
	}
	if !known || !refuses {
		for _, row := range r.Rows(ADRTTreatments) {
			if namesCPR(row.Text(ADRTTreatment)) {
				out = append(out, forms.Problem{Item: ADRTTreatment, Row: row.RowID(), Severity: forms.Confirm,
					Words: "This refusal names resuscitation, but the advance decision is recorded as not refusing it"})
			}
		}
	}
	return out
}

func namesCPR(text string) bool {
	text = strings.ToLower(text)
	for _, w := range []string{"resuscitat", "cardiopulmonary", "chest compression"} {
		if strings.Contains(text, w) {
			return true
		}
	}
	for _, w := range strings.FieldsFunc(text, func(c rune) bool { return !unicode.IsLetter(c) }) {
		if w == "cpr" {
			return true
		}
	}
	return false
}

// ruleX09Conveyance: a level of treatment without hospital does not go with "whenever needed".
func ruleX09Conveyance(r forms.Reader) []forms.Problem {
	if !r.Is(Conveyance, ConveyAny) {
		return nil
	}
	switch r.Text(Ceiling) {
	case CeilingComfort:
		return problem(Conveyance, "Hospital: \u201cwhenever it is clinically needed\u201d contradicts \u201ccomfort only\u201d")
	case CeilingCommunityReversible:
		return problem(Conveyance, "Hospital: \u201cwhenever it is clinically needed\u201d contradicts \u201cavoid admission\u201d")
	}
	return nil
}
