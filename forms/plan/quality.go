package plan

// What may change here: the quality score of domain.md 5 (100 points; a proposal, docs/decisions.md). It is feedback to the
// people who write plans, never a measure of care.

import (
	"time"
	"unicode/utf8"

	"cmc/forms"
)

// A Score says how complete and how usable a plan is, of 100 points.
type Score struct {
	Total int
	Parts []ScorePart // always all of them, in the same order; their Of adds up to 100
}

// A ScorePart is one part of the score, in words for the person who writes the plan.
type ScorePart struct {
	ID     string
	Words  string // what it takes: "How far to treat and when to go to hospital are in specific words"
	Points int
	Of     int
}

// approvalItems are the twelve items of the approval minimum (domain.md 4.27), four points each. Each holds the ids that
// must have an answer that counts; one of a group in scales.
var approvalItems = []struct {
	id, words string
	all       []string
	any       []string
}{
	{"person", "Who the person is, where they live and their practice", []string{NHSNumber, FamilyName, GivenName, BirthDate, SexAtBirth, AddressUsual, ResidenceType, PracticeODS, PracticeName, PracticePhone, UsualGPName}, nil},
	{"consent", "Consent: what was decided, by whom and when", []string{ConsentStatus, ConsentBasis, ConsentDate}, nil},
	{"capacity", "Whether the person can decide about this plan", []string{CapacityForPlan}, nil},
	{"diagnosis", "The main diagnosis and the short story", []string{PrimaryDiagnosis, ClinicalSummary}, nil},
	{"function", "One scale of what the person can do", nil, []string{CFS, WHOPS, AKPS}},
	{"cpr", "The resuscitation decision", []string{CPRDecision}, nil},
	{"treatment", "The level of treatment, and going to hospital", []string{Ceiling, Conveyance}, nil},
	{"allergies", "Allergies", []string{AllergyStatus}, nil},
	{"medicines", "How complete the medicines list is", []string{MedListStatus}, nil},
	{"people", "The main carer, and whom to call first", []string{MainCarerExists, CallFirstInHours, CallFirstOOH}, nil},
	{"language", "Language and interpreter", []string{LanguageMain, InterpreterNeeded}, nil},
	{"agreement", "Who was involved, and agreement to this version", []string{Involvement, PatientAgreedVersion}, nil},
}

// specificWords is how many characters say something specific.
const specificWords = 15

// Quality scores a plan (domain.md 5).
func Quality(r forms.Reader) Score {
	var s Score
	add := func(id, words string, of int, earned bool) {
		p := ScorePart{ID: id, Words: words, Of: of}
		if earned {
			p.Points = of
			s.Total += of
		}
		s.Parts = append(s.Parts, p)
	}
	for _, it := range approvalItems {
		add(it.id, it.words, 4, given(r, it.all, it.any))
	}
	add("ceiling_words", "The level of treatment is in specific words", 5, specificCeiling(r))
	add("conveyance_words", "When to go to hospital is in specific words", 5, specificConveyance(r))
	add("problems", "Two problems or more, each with what a clinician does", 12, problemsWithAction(r) >= 2)
	add("jic", "Where the just-in-case medicines are, or that there are none", 6, jicPlace(r))
	add("access", "How to get in", 6, has(r, AccessMethod))
	add("own_words", "The person's own words", 8, ownWords(r))
	add("review", "The review is not overdue", 6, r.Text(ReviewDue) >= r.Today().Format(time.DateOnly))
	add("out_of_hours", "A number that answers out of hours", 4, refPhone(r, CallFirstOOH) != "")
	return s
}

// has says that there is a value, not only "unknown".
func has(r forms.Reader, id string) bool {
	_, ok := r.Get(id)
	return ok
}

func given(r forms.Reader, all, one []string) bool {
	for _, id := range all {
		if !has(r, id) {
			return false
		}
	}
	for _, id := range one {
		if has(r, id) {
			return true
		}
	}
	return len(one) == 0
}

func specificCeiling(r forms.Reader) bool {
	return has(r, Ceiling) && !r.Is(Ceiling, CeilingNotDiscussed) && utf8.RuneCountInString(r.Text(CeilingText)) >= specificWords
}

// specificConveyance is also satisfied by "whenever it is clinically needed", which needs no reasons.
func specificConveyance(r forms.Reader) bool {
	switch r.Text(Conveyance) {
	case ConveyAny:
		return true
	case ConveySelected, ConveyAvoid:
		return utf8.RuneCountInString(r.Text(ConveyanceReasons)) >= specificWords
	}
	return false
}

func problemsWithAction(r forms.Reader) int {
	n := 0
	for _, row := range r.Rows(AnticipatedProblems) {
		if row.Text(Problem) != "" && row.Text(ActionClinician) != "" {
			n++
		}
	}
	return n
}

func jicPlace(r forms.Reader) bool {
	return r.Is(JICStatus, JICNotAppropriate) || r.Is(JICStatus, JICReturned) || r.Text(JICLocation) != ""
}

// ownWords are words of the person or of somebody who speaks for them, not a clinician's.
func ownWords(r forms.Reader) bool {
	if r.Text(PPDText) != "" {
		return true
	}
	if r.Is(AuthorAboutMe, "clinician") {
		return false
	}
	return r.Text(MattersMost) != "" || r.Text(FearsAvoid) != "" || r.Text(AboutMe) != ""
}

// refPhone is the number of the person or service that a field refers to; "" when there is none.
func refPhone(r forms.Reader, id string) string {
	group, row, ok := r.Ref(id)
	switch {
	case !ok:
		return ""
	case group == Contacts:
		return or(row.Text(ContactPhone), row.Text(ContactPhone2))
	}
	return row.Text(TeamPhone)
}
