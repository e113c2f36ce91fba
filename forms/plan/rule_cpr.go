package plan

// What may change here: rules X02 to X09 of domain.md 5, and P12, with the clinical safety officer's agreement. The reasons of each
// are in the hazard log: H02, H03, H05, H09 of domain.md 11.1.

import (
	"slices"
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
	if strings.EqualFold(strings.TrimSpace(r.Text(CPREndorsedBy)), strings.TrimSpace(r.Text(CPRDecidedBy))) {
		return problem(CPREndorsedBy, "Nobody endorses their own decision. Name the senior clinician who did, or correct the role of who decided")
	}
	made, endorsed := r.Text(CPRDate), r.Text(CPREndorsedAt)
	if made != "" && endorsed != "" && earlier(endorsed, made) {
		return problem(CPREndorsedAt, "The endorsement cannot be earlier than the decision")
	}
	return missing(r, "The endorsement is not complete", CPREndorsedRole, CPREndorsedAt)
}

// ruleX04NotDiscussed: the person was not told, and has capacity or is presumed to have it (Mental Capacity Act 2005, section
// 1: until it is established that they lack it); or cannot decide, and nobody close to them was told. Under 16 the law
// presumes nothing, so that those with parental responsibility are asked about. Reviewers see it and the audit keeps it (the
// CQC found decisions without involvement, domain.md S54).
func ruleX04NotDiscussed(r forms.Reader) []forms.Problem {
	if !isOneOf(r, CPRDecision, CPRDoNotAttempt, CPRModifiedChild) {
		return nil
	}
	age, known := r.Age()
	young := known && age < 16
	var out []forms.Problem
	if r.Is(CPRPatientDiscussed, "no") {
		switch {
		case r.Is(CapacityForPlan, CapacityHas):
			out = problem(CPRPatientDiscussed, "The person can decide, and the decision to limit resuscitation was not discussed with them. Reviewers will see the reason")
		case !young && isOneOf(r, CapacityForPlan, CapacityIndeterminate, CapacityNotAssessed):
			out = problem(CPRPatientDiscussed, "Nobody has established that the person cannot decide, and the decision to limit resuscitation was not discussed with them. Reviewers will see the reason")
		}
	}
	if r.Is(CPRFamilyDiscussed, "no") && (young || r.Is(CapacityForPlan, CapacityLacks)) {
		words := "The person cannot decide, and the decision to limit resuscitation was not discussed with family or carers. Reviewers will see it"
		if young {
			words = "The decision to limit a child's resuscitation was not discussed with the family. Reviewers will see it"
		}
		out = append(out, forms.Problem{Item: CPRFamilyDiscussed, Words: words})
	}
	return out
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

// blanketWords are the words that name a group and not a person: age, disability, learning disability, autism, dementia and
// frailty, with where such people live and what they need help with. plainWords carry no meaning of their own. A word that
// can say what resuscitation would do, or what somebody wants, belongs in neither: one such word makes a text a reason.
var (
	blanketWords = wordSet(`age aged ages ageing aging old older oldest elderly elder elders advanced advancing senior geriatric years
		year yrs yr yo y o octogenarian nonagenarian centenarian seventies eighties nineties pensioner
		disability disabilities disabled disabling handicap handicaps handicapped retarded retardation
		learning intellectual intellectually developmental development delay difficulty difficulties ld lds pmld sld mld
		autism autistic asd asc spectrum disorder disorders adhd neurodivergent neurodiverse asperger aspergers
		down downs syndrome trisomy
		dementia demented alzheimer alzheimers frontotemporal senile senility
		cognitive cognitively cognition impaired impairment impairments memory forgetful confused confusion
		frail frailer frailty cfs efi score rockwood clinical scale index physical physically mental mentally health special user
		wheelchair hoist hoisted paraplegia paraplegic tetraplegia tetraplegic quadriplegia quadriplegic hemiplegia hemiplegic
		paralysed paralysis amputee deaf deafness blind blindness hearing sight vision visual visually sensory
		verbal nonverbal mute speech speak speaks speaking talk talks talking communicate communicates communicating communication
		bed bedbound bedfast bedridden chair chairbound housebound bound immobile immobility mobility mobile walk walks walking
		dependent dependant dependence dependency incontinent incontinence doubly
		nursing care cared caring carer carers home homes residential institution institutionalised emi`)
	plainWords = wordSet(`a an the of to and or with without in on by at for from as is are was were be been being has have had having
		this that these those it its he him his she her hers they them their theirs patient patients pt pts person persons people
		resident residents client man woman gentleman lady male female m f child adult boy girl
		due because since reason reasons owing given only just simply purely
		very quite rather severe severely moderate moderately mild mildly extreme extremely significant significantly profound
		profoundly advanced late early poor reduced limited increasing increasingly progressive worsening general generally
		stage end known diagnosis diagnosed condition conditions level grade s t not cpr resuscitation dnacpr dnar dnr
		appropriate suitable type kind problem problems issue issues history background
		suffers suffering suffer lives living resides stays staying under over about related so too more most much also both
		lifelong permanent permanently now always already become becoming becomes getting who which
		would will should can cannot cant could do does did unable needs need needing requires requiring require required
		full fully total totally complete completely all everything every any other others
		hour hours day daily night activities adl adls personal two one three four
		i we you no non yes none n na nil see above`)
	// blanketPhrases are names of groups whose words by themselves could be of an illness.
	blanketPhrases = strings.NewReplacer("alzheimers disease", "dementia", "alzheimer disease", "dementia", "vascular dementia", "dementia",
		"mixed dementia", "dementia", "lewy body", "dementia", "lewy bodies", "dementia", "cerebral palsy", "disability",
		"spina bifida", "disability", "multiple learning", "learning", "multiple disabilities", "disability", "hearing loss", "deaf",
		"sight loss", "blind", "memory loss", "dementia", "loss of memory", "dementia")
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
	words := strings.FieldsFunc(strings.ToLower(strings.NewReplacer("'", "", "\u2019", "").Replace(text)), func(c rune) bool { return !unicode.IsLetter(c) })
	for _, w := range strings.Fields(blanketPhrases.Replace(strings.Join(words, " "))) {
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

// ruleX09Conveyance: a level of treatment without hospital does not go with "whenever needed", nor full treatment in hospital
// with avoiding it.
func ruleX09Conveyance(r forms.Reader) []forms.Problem {
	if r.Is(Conveyance, ConveyAvoid) && isOneOf(r, Ceiling, CeilingFullICU, CeilingFullNoICU) {
		return problem(Conveyance, "Hospital: \u201cavoid if at all possible\u201d contradicts full treatment in hospital")
	}
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

// ruleP11DecisionFits: the person's own refusal is known from the person, and a defibrillator that is on goes on giving shocks to
// somebody whose heart is not to be started again.
func ruleP11DecisionFits(r forms.Reader) []forms.Problem {
	if !r.Is(CPRDecision, CPRDoNotAttempt) {
		return nil
	}
	var out []forms.Problem
	if r.Is(CPRReason, "patient_refusal") {
		switch {
		case r.Is(CPRPatientDiscussed, "no"):
			out = problem(CPRReason, "The reason is that the person does not want resuscitation, but it was not discussed with them. Say in words how their wish is known")
		case r.Is(CapacityForPlan, CapacityLacks):
			out = problem(CPRReason, "The reason is that the person does not want resuscitation, but they cannot decide now. Say in words when they said so")
		}
	}
	if r.Is(ICDPacemaker, "icd_active") {
		out = append(out, forms.Problem{Item: ICDPacemaker, Severity: forms.Advise, Words: "The defibrillator is on and may give shocks while resuscitation is not attempted. Say whether switching it off was discussed"})
	}
	return out
}

// ruleP12LearningDisability: resuscitation is limited for somebody with a learning disability, or who is autistic. It stops nothing: the
// reviewer is told to look, as governance does afterwards (hazard H09, "LD flag to reviewer"; the finding of the CQC, domain.md S54).
func ruleP12LearningDisability(r forms.Reader) []forms.Problem {
	if !isOneOf(r, CPRDecision, CPRDoNotAttempt, CPRModifiedChild) {
		return nil
	}
	who := ""
	cohorts := r.Codes(PlanCohorts)
	disability, autism := slices.Contains(cohorts, "learning_disability"), slices.Contains(cohorts, "autism")
	switch {
	case disability && autism:
		who = "The person has a learning disability and is autistic"
	case disability:
		who = "The person has a learning disability"
	case autism:
		who = "The person is autistic"
	default:
		return nil
	}
	return problem(CPRDecision, who+", which is never a reason to limit resuscitation. Look whether the reason is about this person, and who was involved")
}
