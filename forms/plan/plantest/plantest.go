// Package plantest makes urgent care plans for tests: the emptiest and the fullest that may be approved, and any number of
// random ones between. Every plan that it makes passes forms.Validate for approval with no problem that stops; a test of
// this package holds that. The people are invented: their NHS numbers lie in 999 000 0000 to 999 999 9999, which are never
// issued.
//
// Contract: a result depends on the arguments alone, is the caller's own, and holds no answer to a question that is not
// asked. Only tests import this package.
package plantest

// What may change here: how a plan is put together, when the plan's questions or rules change.

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"cmc/forms"
	"cmc/forms/nhs"
	"cmc/forms/plan"

	"pgregory.net/rapid"
)

// Minimal is the emptiest plan that may be approved: a rapid plan with the approval minimum of domain.md 4.27 and short
// answers.
func Minimal(today time.Time) forms.Answers {
	m := newMaker(rand.New(rand.NewPCG(1, 1)), today, least)
	m.alphabet = []string{"Ann", "Rose", "Peter", "Elm"}
	return m.make()
}

// Fullest is the largest plan that may be approved: every question that one adult can be asked has an answer of the
// greatest length, and every list has as many rows as it may.
func Fullest(today time.Time) forms.Answers {
	return newMaker(rand.New(rand.NewPCG(2, 2)), today, most).make()
}

// Widest is Fullest with the widest letter of the Latin alphabet in every text: what takes the most room on paper.
func Widest(today time.Time) forms.Answers {
	m := newMaker(rand.New(rand.NewPCG(3, 3)), today, most)
	m.alphabet = []string{"W"}
	return m.make()
}

// Random is a plan that may be approved, different for each state of the source: any length of answer, letters of many
// languages, children and adults, every decision that the rules allow.
func Random(rng *rand.Rand, today time.Time) forms.Answers {
	return newMaker(rng, today, anySize(rng)).make()
}

// Draw is Random for property tests.
func Draw(t *rapid.T, today time.Time) forms.Answers {
	seed := rapid.Uint64().Draw(t, "seed")
	return Random(rand.New(rand.NewPCG(seed, seed^0x9e3779b97f4a7c15)), today)
}

// A size says how much a plan holds.
type size struct {
	rapid    bool
	optional float64 // how likely a question is answered that need not be
	states   float64 // how likely "unknown" and the like stand for a value, where they may
	max      bool    // texts of the greatest length, lists of the most rows
	short    bool    // texts of a word or two, lists of one row
}

var (
	least = size{rapid: true, short: true}
	most  = size{optional: 1, max: true}
)

func anySize(rng *rand.Rand) size {
	return size{
		rapid:    rng.IntN(4) == 0,
		optional: []float64{0, 0.2, 0.5, 0.9, 1}[rng.IntN(5)],
		states:   []float64{0, 0.2, 0.6}[rng.IntN(3)],
		max:      rng.IntN(12) == 0,
		short:    rng.IntN(6) == 0,
	}
}

// A maker puts one plan together.
type maker struct {
	rng      *rand.Rand
	today    time.Time
	size     size
	alphabet []string
	d        *forms.Definition
	a        forms.Answers
	child    bool
	lacks    bool
	rows     int
}

// words are the pieces of which texts are made: English, the accents of people's names, signs that clinicians use, and
// long and wide words.
var words = []string{
	"the", "and", "with", "at", "home", "nurse", "comfort", "Ann", "daughter", "breathless", "fan", "cupboard", "W", "WWWW", "i",
	"Łukasz", "Żółć", "Dvořák", "Ñuñoa", "Åse", "Þór", "Siân", "Gwŷr", "O'Brien-Smythe", "Müßiggang", "Αθηνά", "Ольга", "≥ 92 %",
	"88-92 %", "½", "µg", "37 °C", "≤", "±", "→", "“gently”", "…", "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch",
}

func newMaker(rng *rand.Rand, today time.Time, s size) *maker {
	y, mth, dd := today.Date()
	return &maker{rng: rng, today: time.Date(y, mth, dd, 0, 0, 0, 0, time.UTC), size: s, alphabet: words, d: plan.Definition(), a: forms.Answers{}}
}

// make decides what the rules tie together, then answers everything else in the order of the form, until nothing more is
// asked.
func (m *maker) make() forms.Answers {
	m.person()
	m.decisions()
	m.people()
	for range 6 {
		before := len(m.a)
		r := forms.NewReader(m.d, m.a, m.today)
		for it := range m.d.Items() {
			if it.InGroup() == nil {
				m.answer(r, it)
			}
		}
		if len(m.a) == before {
			break
		}
	}
	m.a.SetText(plan.ReviewDue, "")
	limit, _ := plan.ReviewLimit(forms.NewReader(m.d, m.a, m.today))
	m.a.SetText(plan.ReviewDue, m.date(1+m.rng.IntN(limit)))
	m.prune()
	return m.a
}

// person is who the plan is for.
func (m *maker) person() {
	number, ok := "", false
	for !ok {
		number, ok = nhs.MakeTestNHSNumber(m.rng.IntN(900_000))
	}
	m.a.SetText(plan.NHSNumber, number)
	m.a.SetChoice(plan.NHSNumberStatus, plan.NHSNumberVerified)
	m.child = !m.size.max && !m.size.short && m.rng.IntN(8) == 0
	age := 18 + m.rng.IntN(90)
	if m.child {
		age = m.rng.IntN(18)
	}
	m.a.SetText(plan.BirthDate, m.today.AddDate(-age, 0, -m.rng.IntN(300)-1).Format(time.DateOnly))
	m.child = age < 18 && m.today.AddDate(-18, 0, 0).Format(time.DateOnly) < m.a[plan.BirthDate].Text
	m.a.SetChoice(plan.PlanType, plan.TypeFull)
	if m.size.rapid {
		m.a.SetChoice(plan.PlanType, plan.TypeRapid)
	}
	cohorts := m.some(m.d.Item(plan.PlanCohorts), 1)
	if m.child && !slices.Contains(cohorts, "paediatric") {
		cohorts = append(cohorts, "paediatric")
	}
	m.a.SetChoices(plan.PlanCohorts, cohorts...)
}

// decisions are the answers that the rules across fields tie together.
func (m *maker) decisions() {
	a := m.a
	m.lacks = !m.size.short && !m.child && (m.size.max || m.rng.IntN(3) == 0)
	switch {
	case m.child:
		a.SetChoice(plan.ConsentStatus, plan.ConsentGiven)
		a.SetChoice(plan.ConsentBasis, "parent")
		a.SetChoice(plan.Involvement, []string{"C1", "C2", "C3"}[m.rng.IntN(3)])
		a.SetChoice(plan.CapacityForPlan, plan.CapacityNotAssessed)
		a.SetChoice(plan.ADRTStatus, plan.ADRTAbsent)
		a.SetChoice(plan.PatientAgreedVersion, "proxy_agreed")
	case m.lacks:
		a.SetChoice(plan.ConsentStatus, plan.ConsentBestInterests)
		a.SetChoice(plan.ConsentBasis, "best_interests")
		a.SetChoice(plan.Involvement, "B")
		a.SetChoice(plan.CapacityForPlan, plan.CapacityLacks)
		a.SetChoice(plan.BIIMCA, "involved")
		a.SetChoice(plan.PatientAgreedVersion, "best_interests")
	default:
		a.SetChoice(plan.ConsentStatus, plan.ConsentGiven)
		a.SetChoice(plan.ConsentBasis, "patient")
		a.SetChoice(plan.Involvement, []string{"A", "D"}[m.rng.IntN(2)])
		a.SetChoice(plan.CapacityForPlan, []string{plan.CapacityHas, plan.CapacityIndeterminate, plan.CapacityNotAssessed}[m.rng.IntN(3)])
		if m.size.short {
			a.SetChoice(plan.Involvement, "A")
			a.SetChoice(plan.CapacityForPlan, plan.CapacityHas)
		}
	}
	cpr := []string{plan.CPRAttempt, plan.CPRDoNotAttempt, plan.CPRDoNotAttempt, plan.CPRNotAppropriateNow, plan.CPRNoDecision}[m.rng.IntN(5)]
	switch {
	case m.size.max:
		cpr = plan.CPRDoNotAttempt
	case m.size.short:
		cpr = plan.CPRNoDecision
	case m.child && m.rng.IntN(2) == 0:
		cpr = plan.CPRModifiedChild
	}
	a.SetChoice(plan.CPRDecision, cpr)
	if cpr == plan.CPRDoNotAttempt || cpr == plan.CPRModifiedChild {
		role := m.one(m.d.Item(plan.CPRDecidedRole))
		if m.size.max {
			role = "other" // the one that needs endorsement too
		}
		a.SetChoice(plan.CPRDecidedRole, role)
	}
	decided := m.rng.IntN(20)
	a.SetText(plan.CPRDate, m.moment(decided+1))
	most := m.d.Item(plan.CPREndorsedBy).MaxChars
	a.SetText(plan.CPREndorsedBy, m.fit("E"+m.text(most), most)) // X03: asked only where it is needed, and never who decided
	a.SetText(plan.CPREndorsedAt, m.moment(decided))
	ceilings := []string{plan.CeilingFullICU, plan.CeilingFullNoICU, plan.CeilingHospitalReversible, plan.CeilingCommunityReversible, plan.CeilingNotDiscussed}
	if cpr != plan.CPRAttempt {
		ceilings = append(ceilings, plan.CeilingComfort)
	}
	ceiling := ceilings[m.rng.IntN(len(ceilings))]
	conveys := []string{plan.ConveyAny, plan.ConveySelected, plan.ConveyAvoid, plan.ConveyNotDiscussed}
	convey := conveys[m.rng.IntN(len(conveys))]
	if m.size.max {
		ceiling, convey = plan.CeilingCommunityReversible, plan.ConveyAvoid
	}
	a.SetChoice(plan.Ceiling, ceiling)
	a.SetChoice(plan.Conveyance, convey)
	if m.size.max {
		a.SetChoice(plan.ADRTStatus, plan.ADRTPresent)
		a.SetChoice(plan.LPAType, plan.LPAWithLifeSustaining)
		a.SetChoice(plan.AllergyStatus, plan.AllergiesKnown)
		a.SetChoice(plan.MedListStatus, "complete_as_of")
		a.SetChoice(plan.JICStatus, plan.JICIssued)
		a.SetChoice(plan.ProblemsForeseen, "some")
		a.SetChoice(plan.MainCarerExists, "yes")
		a.SetChoice(plan.AccessMethod, "key_safe")
		a.SetChoice(plan.ICDPacemaker, "icd_deactivated")
		a.SetChoice(plan.InterpreterNeeded, "yes")
		a.SetChoice(plan.LanguageMain, "other")
		a.SetChoice(plan.ResidenceType, "care_home_nursing")
		a.SetChoice(plan.Prognosis, plan.PrognosisMonths)
		a.SetChoice(plan.PPC1, "home")
		a.SetChoice(plan.PPD1, "home")
		a.SetBool(plan.AddressDiffers, true)
		a.SetBool(plan.OxygenHome, true)
		a.SetBool(plan.SyringePump, true)
		a.SetChoices(plan.CrewHazards, "dog", "oxygen_smoking", "hoarding", "violence", "firearms", "infection")
	}
	if m.size.short {
		a.SetChoice(plan.AllergyStatus, "none_known")
		a.SetChoice(plan.MedListStatus, "see_gp_record")
		a.SetChoice(plan.Ceiling, plan.CeilingFullICU)
		a.SetChoice(plan.Conveyance, plan.ConveyAny)
		a.SetChoice(plan.ResidenceType, "own_home")
		a.SetChoice(plan.MainCarerExists, "no")
		if m.size.rapid {
			a.SetChoice(plan.ADRTStatus, plan.ADRTAbsent)
			a.SetChoice(plan.LanguageMain, "en")
			a.SetChoice(plan.InterpreterNeeded, "no")
		}
	}
	// X08: an advance decision that refuses resuscitation goes with no other decision than not to attempt it.
	a.SetBool(plan.ADRTRefusesCPR, cpr == plan.CPRDoNotAttempt && (m.size.max || m.rng.IntN(2) == 0))
}

// people are the rows that other answers point at.
func (m *maker) people() {
	for _, id := range []string{plan.Contacts, plan.CareTeam} {
		it := m.d.Item(id)
		n := 1
		if !m.size.short {
			n = m.rowCount(it)
		}
		m.a.SetRows(id, m.makeRows(it, n)...)
		rows := m.a[id].Rows
		phone := plan.ContactPhone
		if id == plan.CareTeam {
			phone = plan.TeamPhone
		}
		rows[0].Answers.SetText(phone, m.phone())
	}
	ref := plan.CareTeam + "/" + m.a[plan.CareTeam].Rows[0].ID
	m.a.SetText(plan.CallFirstInHours, ref)
	first := m.a[plan.Contacts].Rows[0]
	if m.rng.IntN(2) == 0 && !slices.Contains(first.Answers[plan.ContactRoles].Codes, plan.RoleDoNotContact) {
		ref = plan.Contacts + "/" + first.ID
	}
	m.a.SetText(plan.CallFirstOOH, ref)
}

// answer gives an answer to one question that has none, if it is to have one.
func (m *maker) answer(r forms.Reader, it *forms.Item) {
	if it.Kind == forms.Computed || it.System || it.Kind == forms.Group && !it.Repeats || it.ID == plan.DeceasedDate {
		return
	}
	if it.Section() != nil && it.Section().ID == "outcome" {
		return
	}
	if _, have := m.a[it.ID]; have || !r.Visible(it.ID) {
		return
	}
	needed := r.Needs(it, forms.ForApproval)
	if !needed && m.rng.Float64() >= m.size.optional {
		return
	}
	if it.Kind == forms.Group {
		if len(it.States) > 0 && m.rng.Float64() < m.size.states {
			m.a.SetState(it.ID, it.States[m.rng.IntN(len(it.States))])
			return
		}
		m.a.SetRows(it.ID, m.makeRows(it, m.rowCount(it))...)
		return
	}
	m.a.Set(it.ID, m.value(r, it))
}

func (m *maker) makeRows(it *forms.Item, n int) []forms.Row {
	rows := make([]forms.Row, n)
	var order []int
	if it.ID == plan.Interventions {
		order = m.rng.Perm(len(m.d.Item(plan.Intervention).Options)) // P01: one treatment has one decision
	}
	for i := range rows {
		m.rows++
		id := "row" + strconv.Itoa(10000+m.rows)
		rows[i] = forms.Row{ID: id, Answers: forms.Answers{}}
		if order != nil {
			rows[i].Answers.SetChoice(plan.Intervention, m.d.Item(plan.Intervention).Options[order[i]].Code)
		}
		for range 3 {
			m.a[it.ID] = forms.RowsAnswer(rows[i]) // only while the row's own questions are looked at
			row, ok := forms.NewReader(m.d, m.a, m.today).Row(it.ID, id)
			if !ok {
				break
			}
			before := len(rows[i].Answers)
			for _, c := range it.Items {
				if _, have := rows[i].Answers[c.ID]; have || c.Kind == forms.Computed || c.System || !row.Visible(c.ID) {
					continue
				}
				if row.Needs(c, forms.ForApproval) || m.rng.Float64() < m.size.optional {
					rows[i].Answers.Set(c.ID, m.value(row, c))
				}
			}
			if len(rows[i].Answers) == before {
				break
			}
		}
	}
	delete(m.a, it.ID)
	return rows
}

func (m *maker) rowCount(it *forms.Item) int {
	switch {
	case m.size.max:
		return it.MaxRows
	case m.size.short:
		return 1
	}
	return 1 + m.rng.IntN(min(it.MaxRows, 6))
}

// value makes a right answer to one question.
func (m *maker) value(r forms.Reader, it *forms.Item) forms.Answer {
	if len(it.States) > 0 && it.Need == forms.NeedAnswer && m.rng.Float64() < m.size.states {
		return forms.StateAnswer(it.States[m.rng.IntN(len(it.States))])
	}
	switch it.ID {
	case plan.UsualBP:
		return forms.TextAnswer("124/68")
	case plan.CareHomeODS:
		return forms.TextAnswer("VN123")
	case plan.Title:
		return forms.TextAnswer(strings.Trim(m.text(it.MaxChars), ".… ")) // no full stop, and no space where one stood
	case plan.SpO2TargetLow:
		return forms.NumberAnswer(88)
	case plan.SpO2TargetHigh:
		return forms.NumberAnswer(92)
	case plan.AttMatchesPlan:
		return forms.ChoiceAnswer("yes")
	case plan.CPRReasonText:
		return forms.TextAnswer(m.fit("Advanced heart failure; it would not restore a life he would want. "+m.text(it.MaxChars), it.MaxChars))
	case plan.CPRReason:
		codes := []string{"unlikely_success", "not_best_interests", "patient_refusal"}[:1+m.rng.IntN(3)]
		if refuses := m.a[plan.ADRTRefusesCPR]; m.a[plan.ADRTStatus].Text == plan.ADRTPresent && refuses.Bool != nil && *refuses.Bool {
			codes = append(codes, "adrt") // X08: only one that refuses resuscitation is a reason
		}
		return forms.ChoicesAnswer(codes...)
	case plan.CrewHazards:
		return forms.ChoicesAnswer("none_known")
	case plan.ShareScope:
		return forms.ChoicesAnswer(slices.Compact(append([]string{plan.ShareUrgentCare}, m.some(it, 1)...))...) // P06
	}
	if it.ID == plan.ContactRoles && m.size.max {
		return forms.ChoicesAnswer("next_of_kin", "emergency_contact", "main_carer", "attorney", "keyholder", "lives_with")
	}
	switch it.Kind {
	case forms.Choice:
		for range 50 {
			code := m.one(it)
			if o := it.Option(code); r.Holds(o.When) {
				return forms.ChoiceAnswer(code)
			}
		}
		return forms.Answer{}
	case forms.Choices:
		codes := m.some(it, 1)
		codes = slices.DeleteFunc(codes, func(c string) bool { return !r.Holds(it.Option(c).When) })
		if len(codes) == 0 {
			codes = []string{it.Options[0].Code}
		}
		return forms.ChoicesAnswer(codes...)
	case forms.YesNo:
		return forms.BoolAnswer(m.size.max || m.rng.IntN(2) == 0)
	case forms.Date:
		if it.Past {
			return forms.TextAnswer(m.date(-m.rng.IntN(100)))
		}
		return forms.TextAnswer(m.date(1 + m.rng.IntN(300)))
	case forms.PartialDate:
		s := m.date(-m.rng.IntN(3000) - 1)
		return forms.TextAnswer(s[:[]int{4, 7, 10}[m.rng.IntN(3)]])
	case forms.DateTime:
		return forms.TextAnswer(m.moment(m.rng.IntN(60)))
	case forms.Integer, forms.Decimal:
		low, high := 1.0, 100.0
		if it.Min != nil {
			low = *it.Min
		}
		if it.Max != nil {
			high = *it.Max
		}
		n := low + float64(m.rng.IntN(int(high-low)+1))
		return forms.NumberAnswer(min(n, high))
	case forms.Phone:
		return forms.TextAnswer(m.phone())
	case forms.Email:
		return forms.TextAnswer("sian." + strconv.Itoa(m.rng.IntN(1000)) + "@example.org")
	case forms.ODS:
		return forms.TextAnswer("Y" + strconv.Itoa(10000+m.rng.IntN(90000)))
	case forms.RegNumber:
		return forms.TextAnswer(strconv.Itoa(1000000 + m.rng.IntN(9000000)))
	case forms.NHSNumber:
		return forms.TextAnswer(m.a[plan.NHSNumber].Text)
	case forms.Address:
		n := 1 + m.rng.IntN(5)
		if m.size.max {
			n = 5
		}
		lines := make([]string, n)
		for i := range lines {
			lines[i] = m.text(50)
		}
		return forms.AddressAnswer(forms.PostalAddress{Lines: lines, Postcode: "SE1 0AA"})
	case forms.Coded:
		return forms.CodedAnswer(forms.CodedText{Text: m.text(it.MaxChars)})
	case forms.File:
		return forms.FileAnswer(forms.FileRef{Name: "scan.pdf", MediaType: "application/pdf", Size: 1000, SHA256: strings.Repeat("ab", 32)})
	case forms.Ref:
		for _, group := range it.RefTo {
			// P05: nobody is called who must not be.
			rows := slices.DeleteFunc(slices.Clone(m.a[group].Rows), func(row forms.Row) bool {
				return slices.Contains(row.Answers[plan.ContactRoles].Codes, plan.RoleDoNotContact)
			})
			if len(rows) > 0 {
				return forms.TextAnswer(group + "/" + rows[m.rng.IntN(len(rows))].ID)
			}
		}
		return forms.Answer{}
	case forms.Secret:
		return forms.TextAnswer(m.fit("C"+strconv.Itoa(m.rng.IntN(10000))+"X", it.MaxChars))
	}
	return forms.TextAnswer(m.text(it.MaxChars))
}

// prune takes away answers to questions that are not asked.
func (m *maker) prune() {
	for range 6 {
		r := forms.NewReader(m.d, m.a, m.today)
		gone := false
		for id := range m.a {
			if !r.Visible(id) {
				delete(m.a, id)
				gone = true
			}
		}
		if !gone {
			return
		}
	}
}

func (m *maker) one(it *forms.Item) string { return it.Options[m.rng.IntN(len(it.Options))].Code }

func (m *maker) some(it *forms.Item, least int) []string {
	var codes []string
	for _, o := range it.Options {
		if m.size.max || m.rng.IntN(len(it.Options)) < 2 {
			codes = append(codes, o.Code)
		}
	}
	if m.size.short {
		codes = nil
	}
	if len(codes) < least {
		codes = []string{m.one(it)}
	}
	return codes
}

func (m *maker) phone() string {
	return []string{"020 7946 0101", "07700 900 123", "0131 496 0123", "+44 20 7946 0199 ext 12345", "111"}[m.rng.IntN(5)]
}

// date is a day so many days from today.
func (m *maker) date(days int) string { return m.today.AddDate(0, 0, days).Format(time.DateOnly) }

// moment is noon, so many days ago: late enough that no time zone makes it another day, never later than today.
func (m *maker) moment(daysAgo int) string {
	return m.today.AddDate(0, 0, -daysAgo).Add(12 * time.Hour).Format(time.RFC3339)
}

// text makes words of at most so many characters, and of just as many when the plan is to be the largest.
func (m *maker) text(limit int) string {
	n := 1 + m.rng.IntN(limit)
	switch {
	case m.size.max, !m.size.short && m.rng.IntN(4) == 0:
		n = limit
	case m.size.short, m.rng.IntN(3) == 0:
		n = min(limit, 1+m.rng.IntN(20))
	}
	var b strings.Builder
	for count := 0; count < n; {
		w := m.alphabet[m.rng.IntN(len(m.alphabet))]
		if b.Len() > 0 && len(m.alphabet) > 1 {
			w = " " + w
		}
		b.WriteString(w)
		count += len([]rune(w))
	}
	return m.fit(b.String(), n)
}

// fit cuts to a number of characters and leaves no space at the end: a letter takes its place.
func (m *maker) fit(s string, limit int) string {
	runes := []rune(s)
	if len(runes) > limit {
		runes = runes[:limit]
	}
	if last := len(runes) - 1; last >= 0 && runes[last] == ' ' {
		runes[last] = 'a'
	}
	return string(runes)
}
