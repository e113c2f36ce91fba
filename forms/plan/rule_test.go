package plan_test

import (
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"cmc/forms"
	"cmc/forms/plan"
	"cmc/forms/plan/plantest"

	"github.com/stretchr/testify/require"
)

var today = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

// change is one way in which a test makes the example plan differ.
type change func(forms.Answers)

func set(id string, v forms.Answer) change { return func(a forms.Answers) { a.Set(id, v) } }
func choose(id, code string) change        { return set(id, forms.ChoiceAnswer(code)) }
func write(id, text string) change         { return set(id, forms.TextAnswer(text)) }
func say(id string, v bool) change         { return set(id, forms.BoolAnswer(v)) }
func without(ids ...string) change {
	return func(a forms.Answers) {
		for _, id := range ids {
			delete(a, id)
		}
	}
}
func all(cs ...change) change {
	return func(a forms.Answers) {
		for _, c := range cs {
			c(a)
		}
	}
}
func inRow(group string, i int, c change) change {
	return func(a forms.Answers) {
		own := a.Clone()[group] // the rows may be another test's too
		c(own.Rows[i].Answers)
		a[group] = own
	}
}
func day(days int) string { return today.AddDate(0, 0, days).Format(time.DateOnly) }

// example is the example plan with changes.
func example(cs ...change) forms.Answers {
	a := plantest.Example(today)
	all(cs...)(a)
	return a
}

func reader(a forms.Answers) forms.Reader { return forms.NewReader(plan.Definition(), a, today) }

// found are the findings of one rule for approval.
func found(a forms.Answers, rule string) []forms.Problem {
	var out []forms.Problem
	for _, p := range forms.Validate(plan.Definition(), a, today, forms.ForApproval) {
		if p.Rule == rule {
			out = append(out, p)
		}
	}
	return out
}

// against expects that the rule finds one thing, on this field and of this severity.
func against(t *testing.T, rule, item string, severity forms.Severity, cs ...change) forms.Problem {
	t.Helper()
	got := found(example(cs...), rule)
	for _, p := range got {
		if p.Item == item {
			require.Equal(t, severity, p.Severity, p.Words)
			require.NotEmpty(t, p.Words)
			require.NotEmpty(t, p.Step)
			return p
		}
	}
	t.Fatalf("%s says nothing about %s; it says %+v", rule, item, got)
	return forms.Problem{}
}

// none expects that the rule finds nothing.
func none(t *testing.T, rule string, cs ...change) {
	t.Helper()
	require.Empty(t, found(example(cs...), rule))
}

// gap expects that approval asks for the field.
func gap(t *testing.T, item string, cs ...change) {
	t.Helper()
	for _, p := range found(example(cs...), "X01") {
		if p.Item == item && p.Gap && p.Severity == forms.Stop {
			return
		}
	}
	t.Fatalf("nothing asks for %s", item)
}

func TestTheRulesAreAllThere(t *testing.T) {
	var ids []string
	for _, r := range plan.Rules {
		require.NotEmpty(t, r.Title)
		ids = append(ids, r.ID)
	}
	// X22 and X23 are the service's and the guarded mark's, X24 the lengths'.
	require.Equal(t, strings.Fields("X01 X02 X03 X04 X05 X06 X07 X08 X09 X10 X11 X12 X13 X14 X15 X16 X17 X18 X19 X20 X21 X25 P01 P02 P03 P04 P05 P06 P07 P08 P09 P10 P11 P12"), ids)
	levels := map[string]forms.Severity{}
	for _, r := range plan.Rules {
		levels[r.ID] = r.Level
	}
	for id, want := range map[string]forms.Severity{
		"X02": forms.Stop, "X03": forms.Stop, "X04": forms.Confirm, "X05": forms.Stop, "X06": forms.Stop, "X07": forms.Confirm,
		"X08": forms.Stop, "X09": forms.Confirm, "X10": forms.Confirm, "X11": forms.Stop, "X12": forms.Advise, "X13": forms.Advise,
		"X14": forms.Stop, "X15": forms.Stop, "X16": forms.Confirm, "X17": forms.Confirm, "X18": forms.Confirm, "X19": forms.Stop,
		"X20": forms.Stop, "X21": forms.Stop, "X25": forms.Advise,
	} {
		require.Equal(t, want, levels[id], id)
	}
}

// TestNoFindingHoldsAnAnswer holds that no sentence repeats what was typed.
func TestNoFindingHoldsAnAnswer(t *testing.T) {
	const mark = "Qqzzx"
	a := plantest.Example(today)
	for id, v := range a {
		if v.Text != "" && plan.Definition().Item(id).Kind == forms.Text {
			v.Text = mark + " DNAR " + mark
			a[id] = v
		}
	}
	a.SetText(plan.CPRReasonText, "Frailty")
	for _, p := range forms.Validate(plan.Definition(), a, today, forms.ForApproval) {
		require.NotContains(t, p.Words, mark)
	}
}

func TestX01CallFirstHasNumber(t *testing.T) {
	none(t, "X01")
	against(t, "X01", plan.CallFirstInHours, forms.Stop, inRow(plan.CareTeam, 1, without(plan.TeamPhone)))
	against(t, "X01", plan.CallFirstOOH, forms.Stop, inRow(plan.CareTeam, 2, set(plan.TeamPhone, forms.StateAnswer(forms.Unknown))))
	none(t, "X01", write(plan.CallFirstOOH, "contacts/con00001"), inRow(plan.Contacts, 0, all(set(plan.ContactPhone, forms.StateAnswer(forms.Unknown)), write(plan.ContactPhone2, "07700 900 188"))))
}

// TestX01EveryGapAtOnce holds that an empty full plan lists everything, each with its field.
func TestX01EveryGapAtOnce(t *testing.T) {
	a := forms.Answers{plan.PlanType: forms.ChoiceAnswer(plan.TypeFull)}
	items := map[string]bool{}
	for _, p := range found(a, "X01") {
		require.True(t, p.Gap)
		items[p.Item] = true
	}
	for _, id := range []string{plan.PlanCohorts, plan.FamilyName, plan.NHSNumber, plan.ConsentStatus, plan.CapacityForPlan, plan.PrimaryDiagnosis,
		plan.CPRDecision, plan.Ceiling, plan.Conveyance, plan.AllergyStatus, plan.MedListStatus, plan.MainCarerExists, plan.CallFirstOOH,
		plan.LanguageMain, plan.Involvement, plan.ReviewDue, plan.PPD1, plan.Cognition, plan.ADRTStatus, plan.JICStatus, plan.Religion} {
		require.True(t, items[id], id)
	}
	require.Greater(t, len(items), 60)
	a.SetChoice(plan.PlanType, plan.TypeRapid)
	rapid := len(found(a, "X01"))
	require.Less(t, rapid, 45)
	require.Greater(t, rapid, 30)
}

func TestX02DecisionComplete(t *testing.T) {
	none(t, "X02")
	for _, id := range []string{plan.CPRReason, plan.CPRReasonText, plan.CPRDate, plan.CPRDecidedBy, plan.CPRDecidedRole, plan.CPRDecidedRegNo,
		plan.CPRReview, plan.CPRPatientAware, plan.CPRFamilyAware, plan.CPRPatientDiscussed, plan.CPRFamilyDiscussed,
		plan.CPRFamilyDiscussedWho, plan.CPRDocument, plan.CPRDocumentLocation} {
		gap(t, id, without(id))
		gap(t, id, without(id), choose(plan.PlanType, plan.TypeRapid), write(plan.ReviewDue, day(20)))
	}
	gap(t, plan.CPRPatientNotDiscussedReason, choose(plan.CPRPatientDiscussed, "no"))
	gap(t, plan.CPRReviewDate, choose(plan.CPRReview, "on_date"))
	for _, form := range []string{"RESPECT", "DNACPR", "PEACE", "TEP"} {
		gap(t, plan.CPRDocumentLocation, choose(plan.CPRDocument, form), without(plan.CPRDocumentLocation))
	}
	// None is an answer to where the form is.
	a := example(choose(plan.CPRDocument, "NONE"), without(plan.CPRDocumentLocation))
	require.Empty(t, found(a, "X01"))
	// Another decision needs none of it.
	a = example(choose(plan.CPRDecision, plan.CPRNoDecision), without(plan.CPRReason, plan.CPRDate, plan.CPRDecidedBy, plan.CPRDecidedRole, plan.CPRDecidedRegNo, plan.CPRDocument))
	require.Empty(t, found(a, "X01"))
}

// TestX02HoldsWhenTheYAMLIsLoosened takes the needs out of the definition: the rule must still hold.
func TestX02HoldsWhenTheYAMLIsLoosened(t *testing.T) {
	d := loosened(t, "04-resuscitation.yaml")
	a := example(without(plan.CPRReason, plan.CPRDate, plan.CPRDocumentLocation))
	got := map[string]forms.Problem{}
	for _, p := range forms.Validate(d, a, today, forms.ForApproval) {
		if p.Rule == "X02" {
			got[p.Item] = p
		}
	}
	require.Len(t, got, 3)
	require.Equal(t, "Say where the resuscitation form is kept", got[plan.CPRDocumentLocation].Words)
	require.Equal(t, forms.Stop, got[plan.CPRReason].Severity)
}

// loosened is the plan's definition with every need taken out of one file.
func loosened(t *testing.T, file string) *forms.Definition {
	t.Helper()
	dir := os.DirFS(".")
	names, err := fs.Glob(dir, "*.yaml")
	require.NoError(t, err)
	m := fstest.MapFS{}
	for _, name := range names {
		raw, err := fs.ReadFile(dir, name)
		require.NoError(t, err)
		if name == file {
			var lines []string
			for _, l := range strings.Split(string(raw), "\n") {
				trimmed := strings.TrimSpace(l)
				if strings.HasPrefix(trimmed, "need: ") || strings.HasPrefix(trimmed, "need_when: ") {
					continue
				}
				for _, need := range []string{", need: approve", ", need: answer"} {
					l = strings.ReplaceAll(l, need, "")
				}
				if i := strings.Index(l, ", need_when: {"); i >= 0 {
					j := i + len(", need_when: ")
					for depth := 0; j < len(l); j++ {
						depth += strings.Count(l[j:j+1], "{") - strings.Count(l[j:j+1], "}")
						if depth == 0 {
							break
						}
					}
					l = l[:i] + l[j+1:]
				}
				lines = append(lines, l)
			}
			raw = []byte(strings.Join(lines, "\n"))
		}
		m[name] = &fstest.MapFile{Data: raw}
	}
	d, err := forms.Load(m, ".", plan.Hooks())
	require.NoError(t, err)
	return d
}

func TestX03Endorsement(t *testing.T) {
	for _, role := range []string{plan.RoleGP, plan.RoleConsultant, plan.RoleHospiceDoctor, plan.RoleAdvancedNurse} {
		none(t, "X03", choose(plan.CPRDecidedRole, role))
	}
	endorsed := all(write(plan.CPREndorsedBy, "Dr Mark Hill"), choose(plan.CPREndorsedRole, plan.RoleConsultant), write(plan.CPREndorsedRegNo, "1234567"), write(plan.CPREndorsedAt, today.AddDate(0, 0, -1).Format(time.RFC3339)))
	for _, role := range []string{"other_doctor", "nurse", "other"} {
		against(t, "X03", plan.CPREndorsedBy, forms.Stop, choose(plan.CPRDecidedRole, role))
		a := example(choose(plan.CPRDecidedRole, role), endorsed)
		require.Empty(t, found(a, "X03"))
		require.Empty(t, found(a, "X01"))
	}
	// The summary says so until then, and a crew attempts resuscitation.
	require.Equal(t, "DNACPR recorded, NOT YET ENDORSED - attempt CPR", headline(example(choose(plan.CPRDecidedRole, "nurse")), "cpr"))
	require.Equal(t, "DNACPR recorded, NOT YET ENDORSED - attempt CPR", headline(example(without(plan.CPRDecidedRole)), "cpr"))
	require.Equal(t, "Do NOT attempt CPR", headline(example(choose(plan.CPRDecidedRole, "nurse"), endorsed), "cpr"))
	require.Equal(t, "DNACPR recorded, NOT YET ENDORSED - attempt CPR", headline(example(choose(plan.CPRDecidedRole, "nurse"), endorsed, without(plan.CPREndorsedAt)), "cpr"))
	// An endorsement cannot come before the decision.
	against(t, "X03", plan.CPREndorsedAt, forms.Stop, choose(plan.CPRDecidedRole, "nurse"), endorsed, write(plan.CPREndorsedAt, today.AddDate(0, 0, -9).Format(time.RFC3339)))
	none(t, "X03", choose(plan.CPRDecidedRole, "nurse"), choose(plan.CPRDecision, plan.CPRAttempt))
	// Nobody endorses their own decision.
	against(t, "X03", plan.CPREndorsedBy, forms.Stop, choose(plan.CPRDecidedRole, "nurse"), endorsed, write(plan.CPRDecidedBy, "Rose Okafor"), write(plan.CPREndorsedBy, " rose okafor"))
}

func TestX04NotDiscussed(t *testing.T) {
	none(t, "X04")
	not := all(choose(plan.CPRPatientDiscussed, "no"), write(plan.CPRPatientNotDiscussedReason, "Would cause physical harm"))
	against(t, "X04", plan.CPRPatientDiscussed, forms.Confirm, not)
	// Nobody has shown that they cannot decide: the law presumes that they can.
	for _, code := range []string{plan.CapacityIndeterminate, plan.CapacityNotAssessed} {
		against(t, "X04", plan.CPRPatientDiscussed, forms.Confirm, not, choose(plan.CapacityForPlan, code))
		none(t, "X04", not, choose(plan.CapacityForPlan, code), write(plan.BirthDate, "2011-03-04")) // 15: not presumed
		against(t, "X04", plan.CPRPatientDiscussed, forms.Confirm, not, choose(plan.CapacityForPlan, code), write(plan.BirthDate, "2009-03-04"))
	}
	// Who cannot decide has others who are told.
	none(t, "X04", not, lacking)
	alone := choose(plan.CPRFamilyDiscussed, "no")
	against(t, "X04", plan.CPRFamilyDiscussed, forms.Confirm, lacking, alone)
	against(t, "X04", plan.CPRFamilyDiscussed, forms.Confirm, child, alone)
	none(t, "X04", alone)
	for _, code := range []string{"none_to_consult", "patient_declined"} {
		none(t, "X04", lacking, choose(plan.CPRFamilyDiscussed, code))
	}
	none(t, "X04", not, choose(plan.CPRDecision, plan.CPRAttempt))
	gap(t, plan.CPRPatientNotDiscussedReason, not, without(plan.CPRPatientNotDiscussedReason))
}

func TestX06AttemptWithComfort(t *testing.T) {
	none(t, "X06")
	attempt := choose(plan.CPRDecision, plan.CPRAttempt)
	against(t, "X06", plan.Ceiling, forms.Stop, attempt, choose(plan.Ceiling, plan.CeilingComfort))
	none(t, "X06", choose(plan.Ceiling, plan.CeilingComfort))
	for _, c := range []string{plan.CeilingFullICU, plan.CeilingFullNoICU, plan.CeilingHospitalReversible, plan.CeilingCommunityReversible, plan.CeilingNotDiscussed} {
		none(t, "X06", attempt, choose(plan.Ceiling, c))
	}
}

func TestX07AttemptAtHome(t *testing.T) {
	none(t, "X07")
	against(t, "X07", plan.Ceiling, forms.Confirm, choose(plan.CPRDecision, plan.CPRAttempt))
	none(t, "X07", choose(plan.CPRDecision, plan.CPRAttempt), choose(plan.Ceiling, plan.CeilingFullNoICU))
}

// refusal is an advance decision that binds, and refuses resuscitation.
var refusal = all(choose(plan.ADRTStatus, plan.ADRTPresent), say(plan.ADRTRefusesCPR, true), say(plan.ADRTLifeSustaining, true), say(plan.ADRTWritten, true),
	say(plan.ADRTSigned, true), say(plan.ADRTWitnessed, true), write(plan.ADRTDate, "2024-05-01"), write(plan.ADRTCircumstances, "Whatever the cause"),
	write(plan.ADRTLocation, "With his solicitor"), set(plan.ADRTTreatments, forms.RowsAnswer(forms.Row{ID: "ref00001", Answers: forms.Answers{plan.ADRTTreatment: forms.TextAnswer("Any resuscitation")}})))

func TestX08AdvanceDecision(t *testing.T) {
	none(t, "X08")
	none(t, "X08", refusal)
	for _, code := range []string{plan.CPRAttempt, plan.CPRNoDecision, plan.CPRNotAppropriateNow} {
		against(t, "X08", plan.CPRDecision, forms.Stop, refusal, choose(plan.CPRDecision, code))
	}
	none(t, "X08", choose(plan.CPRDecision, plan.CPRAttempt), choose(plan.Ceiling, plan.CeilingFullICU))
	against(t, "X08", plan.CPRReason, forms.Stop, refusal, say(plan.ADRTRefusesCPR, false), set(plan.CPRReason, forms.ChoicesAnswer("adrt")))
	p := against(t, "X08", plan.ADRTTreatment, forms.Confirm, refusal, say(plan.ADRTRefusesCPR, false))
	require.Equal(t, "ref00001", p.Row)
	require.Equal(t, plan.ADRTTreatments, p.Group)
	none(t, "X08", refusal, say(plan.ADRTRefusesCPR, false), inRow(plan.ADRTTreatments, 0, write(plan.ADRTTreatment, "Tube feeding")))
	// A retraction says when, and who witnessed it.
	gap(t, plan.ADRTRetractedOn, choose(plan.ADRTStatus, plan.ADRTRetracted))
	gap(t, plan.ADRTRetractedWitness, choose(plan.ADRTStatus, plan.ADRTRetracted))
	a := example(choose(plan.ADRTStatus, plan.ADRTRetracted), write(plan.ADRTRetractedOn, day(-9)), write(plan.ADRTRetractedWitness, "Rose Okafor, nurse"))
	require.Empty(t, found(a, "X01"))
}

func TestX09Conveyance(t *testing.T) {
	none(t, "X09")
	anywhere := choose(plan.Conveyance, plan.ConveyAny)
	against(t, "X09", plan.Conveyance, forms.Confirm, anywhere)
	against(t, "X09", plan.Conveyance, forms.Confirm, anywhere, choose(plan.Ceiling, plan.CeilingComfort))
	for _, c := range []string{plan.CeilingFullICU, plan.CeilingFullNoICU, plan.CeilingHospitalReversible} {
		none(t, "X09", anywhere, choose(plan.Ceiling, c))
	}
	avoid := choose(plan.Conveyance, plan.ConveyAvoid)
	none(t, "X09", avoid)
	for _, c := range []string{plan.CeilingFullICU, plan.CeilingFullNoICU} {
		against(t, "X09", plan.Conveyance, forms.Confirm, avoid, choose(plan.Ceiling, c))
	}
}

func TestX10JustInCase(t *testing.T) {
	none(t, "X10")
	soon := all(choose(plan.JICStatus, plan.JICNotConsidered), choose(plan.Prognosis, plan.PrognosisWeeks))
	against(t, "X10", plan.JICStatus, forms.Confirm, soon)
	against(t, "X10", plan.JICStatus, forms.Confirm, soon, choose(plan.Prognosis, plan.PrognosisDays), choose(plan.PPD1, "home"))
	none(t, "X10", soon, choose(plan.PPD1, "hospital"))
	none(t, "X10", soon, choose(plan.Prognosis, plan.PrognosisMonths))
	none(t, "X10", soon, choose(plan.JICStatus, plan.JICPrescribed))
}

// lacking is somebody without capacity, with everything that is then needed.
var lacking = all(choose(plan.PatientAgreedVersion, "best_interests"), choose(plan.CapacityForPlan, plan.CapacityLacks), write(plan.CapacityReason, "Cannot weigh what was explained"),
	choose(plan.ConsentStatus, plan.ConsentBestInterests), choose(plan.ConsentBasis, "best_interests"), write(plan.BIRationale, "He always said so"),
	choose(plan.BIIMCA, "not_needed"), choose(plan.Involvement, "B"), set(plan.BIConsulted, forms.RowsAnswer(forms.Row{ID: "bi000001",
		Answers: forms.Answers{plan.BIName: forms.TextAnswer("Ann Smith"), plan.BIRelationship: forms.TextAnswer("daughter")}})))

func TestX11BestInterests(t *testing.T) {
	a := example(lacking)
	require.Empty(t, found(a, "X11"))
	require.Empty(t, found(a, "X01"))
	for _, id := range []string{plan.CapacityReason, plan.CapacityAssessor, plan.CapacityAssessedOn, plan.BIConsulted, plan.BIIMCA, plan.BIRationale} {
		gap(t, id, lacking, without(id))
		gap(t, id, lacking, without(id), choose(plan.PlanType, plan.TypeRapid))
	}
	// The person's own consent counts only from before the loss.
	own := all(lacking, choose(plan.ConsentStatus, plan.ConsentGiven), choose(plan.ConsentBasis, "patient"))
	against(t, "X11", plan.ConsentBasis, forms.Stop, own)
	none(t, "X11", own, write(plan.ConsentDate, day(-3)))
	// Nobody to consult means an advocate.
	alone := all(lacking, set(plan.BIConsulted, forms.StateAnswer(forms.NotApplicable)))
	against(t, "X11", plan.BIIMCA, forms.Stop, alone)
	against(t, "X11", plan.BIIMCA, forms.Stop, alone, choose(plan.BIIMCA, "unknown"))
	none(t, "X11", alone, choose(plan.BIIMCA, "involved"))
	none(t, "X11", alone, choose(plan.BIIMCA, "requested"))
	none(t, "X11")
	// When it could not be determined and others decided, the same is asked.
	unsure := all(lacking, choose(plan.CapacityForPlan, plan.CapacityIndeterminate))
	require.Empty(t, found(example(unsure), "X01"))
	none(t, "X11", unsure)
	for _, id := range []string{plan.BIConsulted, plan.BIIMCA, plan.BIRationale} {
		gap(t, id, unsure, without(id))
	}
	against(t, "X11", plan.BIIMCA, forms.Stop, unsure, set(plan.BIConsulted, forms.StateAnswer(forms.NotApplicable)))
	// And the rule holds by itself.
	d := loosened(t, "02-consent.yaml")
	var ids []string
	for _, p := range forms.Validate(d, example(lacking, without(plan.CapacityReason, plan.BIRationale)), today, forms.ForApproval) {
		if p.Rule == "X11" {
			ids = append(ids, p.Item)
		}
	}
	require.Equal(t, []string{plan.CapacityReason, plan.BIRationale}, ids)
}

func TestX12Binding(t *testing.T) {
	none(t, "X12")
	none(t, "X12", refusal)
	require.True(t, plan.ADRTBinds(reader(example(refusal))))
	for _, id := range []string{plan.ADRTLifeSustaining, plan.ADRTWritten, plan.ADRTSigned, plan.ADRTWitnessed} {
		against(t, "X12", id, forms.Advise, refusal, say(id, false))
		against(t, "X12", id, forms.Advise, refusal, without(id))
		a := example(refusal, say(id, false))
		require.False(t, plan.ADRTBinds(reader(a)))
		require.Contains(t, block(a, "legal"), "wishes to be considered, not binding")
	}
	against(t, "X12", plan.ADRTDate, forms.Advise, refusal, write(plan.ADRTDate, "1959-06-08")) // a day before 18
	none(t, "X12", refusal, write(plan.ADRTDate, "1959-06-09"))
	require.Contains(t, block(example(refusal), "legal"), "Advance decision to refuse treatment, binding, refuses CPR: 01-May-2024.")
}

func TestX13Attorney(t *testing.T) {
	none(t, "X13")
	for _, kind := range []string{plan.LPAHealthWelfare, plan.LPADeputy} {
		against(t, "X13", plan.LPAType, forms.Advise, choose(plan.LPAType, kind))
		against(t, "X13", plan.CPRDecidedBy, forms.Confirm, choose(plan.LPAType, kind), write(plan.CPRDecidedBy, "ann smith"))
		require.Contains(t, block(example(choose(plan.LPAType, kind)), "legal"), "NOT for life-sustaining treatment: Ann Smith")
	}
	for _, kind := range []string{plan.LPAProperty, plan.LPAEnduring, plan.LPANone} {
		none(t, "X13", choose(plan.LPAType, kind))
		require.NotContains(t, block(example(choose(plan.LPAType, kind)), "legal"), "Ann Smith")
	}
	against(t, "X13", plan.ADRTDate, forms.Advise, refusal) // 2024, after the power of 2023
	require.Contains(t, block(example(refusal), "legal"), "Made after the power of attorney of 17-Apr-2023: it prevails.")
	against(t, "X13", plan.LPADate, forms.Advise, refusal, write(plan.ADRTDate, "2020-01-01"))
	require.Contains(t, block(example(refusal, write(plan.ADRTDate, "2020-01-01")), "legal"), "The later power of attorney of 17-Apr-2023 may override it.")
	against(t, "X13", plan.LPADate, forms.Advise, refusal, without(plan.LPADate))
	// One that does not bind does not prevail, and of one day nobody knows which came first.
	unsigned := all(refusal, say(plan.ADRTSigned, false))
	require.Contains(t, against(t, "X13", plan.ADRTDate, forms.Advise, unsigned).Words, "does not prevail")
	require.Contains(t, block(example(unsigned), "legal"), "not binding, refuses CPR: 01-May-2024. The power of attorney is of 17-Apr-2023.")
	require.NotContains(t, block(example(unsigned), "legal"), "prevails")
	require.Contains(t, block(example(unsigned, write(plan.ADRTDate, "2020-01-01")), "legal"), "The later power of attorney of 17-Apr-2023 may override it.")
	sameDay := all(refusal, write(plan.ADRTDate, "2023-04-17"))
	against(t, "X13", plan.LPADate, forms.Advise, sameDay)
	require.Contains(t, block(example(sameDay), "legal"), "of the same day: which came first is not recorded.")
	require.NotContains(t, block(example(sameDay), "legal"), "later")
}

// child is a plan for somebody of nine.
var child = all(write(plan.BirthDate, "2017-03-04"), choose(plan.Involvement, "C3"), choose(plan.WHOPS, "3"), set(plan.PlanCohorts, forms.ChoicesAnswer("paediatric")),
	set(plan.ParentalResponsibility, forms.RowsAnswer(forms.Row{ID: "par00001", Answers: forms.Answers{
		plan.PRName: forms.TextAnswer("Ann Smith"), plan.PRRelationship: forms.TextAnswer("mother"), plan.PRPhone: forms.TextAnswer("07700 900 123")}})),
	write(plan.School, "Elm School"), set(plan.WeightBasedDoses, forms.StateAnswer(forms.NotApplicable)), set(plan.Siblings, forms.StateAnswer(forms.Unknown)),
	choose(plan.LPAType, plan.LPANone))

func TestX14Under18(t *testing.T) {
	none(t, "X14")
	a := example(child)
	require.Empty(t, found(a, "X14"))
	require.Empty(t, found(a, "X01"))
	against(t, "X14", plan.ADRTStatus, forms.Stop, child, refusal)
	for _, code := range []string{"A", "B", "D"} {
		against(t, "X14", plan.Involvement, forms.Stop, child, choose(plan.Involvement, code))
	}
	for _, code := range []string{"C1", "C2", "C3"} {
		none(t, "X14", child, choose(plan.Involvement, code))
	}
	gap(t, plan.ParentalResponsibility, child, without(plan.ParentalResponsibility))
	gap(t, plan.ParentalResponsibility, child, without(plan.ParentalResponsibility), set(plan.PlanCohorts, forms.ChoicesAnswer("ltc"))) // whatever the cohort
	modified := all(choose(plan.CPRDecision, plan.CPRModifiedChild), write(plan.CPRModifiedDetail, "Breaths by mask only"))
	none(t, "X14", child, modified)
	require.Equal(t, "Modified CPR - see detail", headline(example(child, modified), "cpr"))
	// On the eighteenth birthday no more: the engine does not offer the option.
	a = example(child, modified, write(plan.BirthDate, "2008-11-22"))
	require.Condition(t, func() bool {
		for _, p := range forms.Validate(plan.Definition(), a, today, forms.ForApproval) {
			if p.Item == plan.CPRDecision && p.Severity == forms.Stop {
				return true
			}
		}
		return false
	})
}

func TestX15ReviewLimit(t *testing.T) {
	none(t, "X15")
	for _, c := range []struct {
		days int
		cs   change
	}{
		{14, choose(plan.Prognosis, plan.PrognosisDays)}, {14, choose(plan.Prognosis, plan.PrognosisWeeks)},
		{90, choose(plan.Prognosis, plan.PrognosisMonths)}, {180, choose(plan.Prognosis, plan.PrognosisYear)},
		{365, choose(plan.Prognosis, "year_plus")}, {365, choose(plan.Prognosis, "uncertain")}, {365, without(plan.Prognosis)},
		{28, choose(plan.PlanType, plan.TypeRapid)},
		{14, all(choose(plan.PlanType, plan.TypeRapid), choose(plan.Prognosis, plan.PrognosisWeeks))}, // the least of those that apply
		{28, all(choose(plan.PlanType, plan.TypeRapid), choose(plan.Prognosis, plan.PrognosisMonths))},
	} {
		days, why := plan.ReviewLimit(reader(example(c.cs)))
		require.Equal(t, c.days, days)
		require.NotEmpty(t, why)
		none(t, "X15", c.cs, write(plan.ReviewDue, day(c.days)))
		p := against(t, "X15", plan.ReviewDue, forms.Stop, c.cs, write(plan.ReviewDue, day(c.days+1)))
		require.Contains(t, p.Words, why)
	}
}

func TestX16InDate(t *testing.T) {
	none(t, "X16")
	none(t, "X16", write(plan.MedListDate, day(-28)))
	p := against(t, "X16", plan.MedListDate, forms.Confirm, write(plan.MedListDate, day(-34)))
	require.Equal(t, "Medicines were listed 34 days ago. Check the list", p.Words)
	against(t, "X16", plan.MedListDate, forms.Confirm, write(plan.MedListDate, day(-29)))
	none(t, "X16", write(plan.JICExpiry, day(15)))
	against(t, "X16", plan.JICExpiry, forms.Confirm, write(plan.JICExpiry, day(14)))
	p = against(t, "X16", plan.JICExpiry, forms.Confirm, write(plan.JICExpiry, day(-1)))
	require.Contains(t, p.Words, "have expired")
	require.Contains(t, block(example(write(plan.JICExpiry, day(-1))), "jic"), "EXPIRED 21-Nov-2026")
	none(t, "X16", write(plan.JICExpiry, day(1)), choose(plan.JICStatus, plan.JICReturned))
	none(t, "X16", write(plan.MedListDate, day(-99)), choose(plan.MedListStatus, "see_gp_record")) // there is no list
}

// keySafe is a home with a key safe.
func keySafe(code string) change {
	return all(choose(plan.AccessMethod, "key_safe"), write(plan.KeySafeCode, code), write(plan.KeySafeLocation, "left of the door"))
}

func TestX17KeySafe(t *testing.T) {
	for _, code := range []string{"4471", "C2580", "19411", "0609X", "3000"} {
		none(t, "X17", keySafe(code))
	}
	for _, code := range []string{"020 7946 0101", "07700900123", "SE1 0AA", "se10aa", "1941", "2026"} {
		against(t, "X17", plan.KeySafeCode, forms.Confirm, keySafe(code))
	}
	// The code stands in nothing that is printed.
	against(t, "X17", plan.AccessNotes, forms.Stop, keySafe("4471"), write(plan.AccessNotes, "Second floor; code 4471, then left"))
	against(t, "X17", plan.KeySafeLocation, forms.Stop, keySafe("C2580Y"), write(plan.KeySafeLocation, "by the door (c2580y)"))
	none(t, "X17", keySafe("4471"), write(plan.AccessNotes, "Flat 44, meter 144710"))
	for _, id := range []string{plan.JICLocation, plan.CPRDocumentLocation, plan.CrewHazardsText, plan.UrgentBanner} {
		against(t, "X17", id, forms.Stop, keySafe("4471"), write(id, "cupboard, 4471"))
	}
	against(t, "X17", plan.ADRTLocation, forms.Stop, refusal, keySafe("4471"), write(plan.ADRTLocation, "box 4471"))
	p := against(t, "X17", plan.ActionClinician, forms.Stop, keySafe("4471"), inRow(plan.AnticipatedProblems, 1, write(plan.ActionClinician, "Go in with code 4471")))
	require.Equal(t, "pro00002", p.Row)
	require.NotContains(t, p.Words, "4471")
	against(t, "X17", plan.ClinicalSummary, forms.Confirm, keySafe("2019X"), write(plan.ClinicalSummary, "Unit 2019x"))
	against(t, "X17", plan.ClinicalSummary, forms.Confirm, keySafe("3019"), write(plan.ClinicalSummary, "Weighed 3019 g at birth")) // perhaps no code
	against(t, "X17", plan.AccessNotes, forms.Stop, keySafe("447"), write(plan.AccessNotes, "key safe, then 447"))
	none(t, "X17", keySafe("447"), write(plan.AccessNotes, "Bus 447 stops here"))
	// It opens the door even when another way in was chosen later.
	against(t, "X17", plan.AccessNotes, forms.Stop, keySafe("4471"), choose(plan.AccessMethod, "concierge"), write(plan.AccessNotes, "or 4471"))
	none(t, "X17", keySafe("4471"), write(plan.CrewHazardsText, ""), write(plan.JICCDRisk, "4471"))              // nobody is shown it
	none(t, "X17", keySafe("4471"), choose(plan.AccessMethod, "concierge"), write(plan.KeySafeLocation, "4471")) // not asked for now
	// What looks like a code is asked about, with or without one in its box.
	for _, text := range []string{"Key safe code 4321", "key safe: 4321", "Keysafe 4-3-2-1 by the door", "code is C2580Y", "Code for the front door: 1209", "PIN 1209",
		"4321 opens the key safe", "lock box no. 771", "combination 12 34", "keypad 1234"} {
		against(t, "X17", plan.AccessNotes, forms.Confirm, write(plan.AccessNotes, text))
		against(t, "X17", plan.ActionClinician, forms.Confirm, inRow(plan.AnticipatedProblems, 0, write(plan.ActionClinician, text)))
	}
	for _, text := range []string{"Flat 12, floor 3", "Postcode SE1 0AA, flat 1234", "Ring 020 7946 0103, ask for the key", "Key safe left of the door, see the live plan for the code",
		"what3words index.home.raft", "Bus 1234 stops outside", "The code is with the nurse", "Key safe at number 17", "Key with Mrs Hall, 07700 900 145", "keys: flat 1021"} {
		none(t, "X17", write(plan.AccessNotes, text))
	}
	a := example(keySafe("4471"))
	s := forms.Summarise(plan.Definition(), a, forms.Header{}, today)
	require.NotContains(t, fmt.Sprintf("%+v", s), "4471")
	require.Contains(t, block(a, "access"), "Key safe: see the live plan for the code.")
}

func TestX18EmergencyNumber(t *testing.T) {
	none(t, "X18")
	p := against(t, "X18", plan.ContactPhone, forms.Confirm, inRow(plan.Contacts, 0, write(plan.ContactPhone, "+44 20 7946 0110")))
	require.Equal(t, "con00001", p.Row)
	require.Equal(t, plan.Contacts, p.Group)
	none(t, "X18", inRow(plan.Contacts, 0, all(write(plan.ContactPhone, "020 7946 0110"), write(plan.ContactPhone2, "07700 900 155"))))
	none(t, "X18", inRow(plan.Contacts, 1, write(plan.ContactPhone, "020 7946 0110"))) // the son is no emergency contact
}

func TestX19Identity(t *testing.T) {
	none(t, "X19")
	against(t, "X19", plan.NHSMatchReason, forms.Stop, choose(plan.NHSNumberStatus, "02"))
	against(t, "X19", plan.NHSMatchReason, forms.Stop, without(plan.NHSNumberStatus))
	signed := all(choose(plan.NHSNumberStatus, "02"), write(plan.NHSMatchReason, "Passport and pension book"), write(plan.NHSMatchBy, "Rose Okafor, nurse"))
	none(t, "X19", signed)
	against(t, "X19", plan.NHSMatchReason, forms.Stop, signed, without(plan.NHSMatchBy))
	against(t, "X19", plan.BirthDate, forms.Stop, write(plan.BirthDate, "1900-01-01"))
	against(t, "X19", plan.DeceasedDate, forms.Stop, write(plan.DeceasedDate, "1941-06-08"))
}

type index map[string]plan.IndexRecord

func (ix index) FindByNHSNumber(n string) (plan.IndexRecord, bool) { r, ok := ix[n]; return r, ok }

func TestX19AgainstThePatientIndex(t *testing.T) {
	right := plan.IndexRecord{NHSNumber: "9990009600", FamilyName: "SMITH", GivenName: "John", BirthDate: "1941-06-09"}
	check := func(rec plan.IndexRecord, cs ...change) map[string]forms.Severity {
		out := map[string]forms.Severity{}
		for _, p := range plan.CheckIndex(reader(example(cs...)), index{"9990009600": rec}) {
			require.Equal(t, "X19", p.Rule)
			require.Equal(t, "person", p.Step)
			require.NotContains(t, p.Words, "Smith")
			out[p.Item] = p.Severity
		}
		return out
	}
	require.Empty(t, check(right))
	other := right
	other.BirthDate = "1941-06-10" // a twin of another day
	require.Equal(t, map[string]forms.Severity{plan.BirthDate: forms.Stop}, check(other))
	other = right
	other.FamilyName = "SMYTH"
	require.Equal(t, map[string]forms.Severity{plan.FamilyName: forms.Stop}, check(other))
	for stored, typed := range map[string]string{"O'BRIEN-SMYTHE": "Obrien Smythe", "DVORAK": "Dvořák", "ŻÓŁĆ": "żółć"} {
		other.FamilyName = stored
		require.Empty(t, check(other, write(plan.FamilyName, typed)), stored)
	}
	other = right
	other.OtherPlan = true
	require.Equal(t, map[string]forms.Severity{plan.NHSNumber: forms.Stop}, check(other))
	signed := all(write(plan.NHSMatchReason, "Passport"), write(plan.NHSMatchBy, "Rose"), choose(plan.NHSNumberStatus, "05"))
	other = right
	other.FamilyName = "JONES"
	require.Equal(t, map[string]forms.Severity{plan.FamilyName: forms.Confirm}, check(other, signed))
	// Another number never passes, signed or not, however alike the names are.
	other = right
	other.NHSNumber = "9990019207"
	require.Equal(t, map[string]forms.Severity{plan.NHSNumber: forms.Stop}, check(other, signed))
	// Not in the index.
	require.Equal(t, map[string]forms.Severity{plan.NHSNumber: forms.Stop}, check(right, write(plan.NHSNumber, "9990019207")))
	require.Equal(t, map[string]forms.Severity{plan.NHSNumber: forms.Confirm}, check(right, signed, write(plan.NHSNumber, "9990019207")))
	require.Empty(t, check(right, without(plan.NHSNumber)))
}

func attached(matches string) change {
	return set(plan.Attachments, forms.RowsAnswer(forms.Row{ID: "att00001", Answers: forms.Answers{
		plan.AttKind: forms.ChoiceAnswer("respect"), plan.AttCapturedOn: forms.TextAnswer(day(-3)), plan.AttMatchesPlan: forms.ChoiceAnswer(matches),
		plan.AttFile: forms.FileAnswer(forms.FileRef{Name: "form.pdf", MediaType: "application/pdf", Size: 10, SHA256: strings.Repeat("0", 64)}),
	}}))
}

func TestX20Attachments(t *testing.T) {
	none(t, "X20")
	none(t, "X20", attached("yes"))
	p := against(t, "X20", plan.AttMatchesPlan, forms.Stop, attached("no"))
	require.Equal(t, "att00001", p.Row)
	against(t, "X20", plan.AttMatchesPlan, forms.Confirm, attached("not_checked"))
}

func TestX21Consent(t *testing.T) {
	none(t, "X21")
	none(t, "X21", lacking)
	for _, code := range []string{plan.ConsentRefused, plan.ConsentWithdrawn} {
		against(t, "X21", plan.ConsentStatus, forms.Stop, choose(plan.ConsentStatus, code))
		against(t, "X21", plan.ConsentEndedReason, forms.Stop, choose(plan.ConsentStatus, code))
		got := found(example(choose(plan.ConsentStatus, code), write(plan.ConsentEndedReason, "Wants nothing shared")), "X21")
		require.Len(t, got, 1)
	}
	against(t, "X21", plan.ConsentStatus, forms.Stop, choose(plan.ConsentStatus, plan.ConsentNotYetAsked))
}

func TestX25Abbreviations(t *testing.T) {
	none(t, "X25")
	for text, long := range map[string]string{
		"DNAR in place": "do not attempt resuscitation", "PPD home": "preferred place of death", "EoL care": "end of life",
		"for TLC.": "comfort and symptom control", "ask (NOK)": "next of kin",
	} {
		p := against(t, "X25", plan.MattersMost, forms.Advise, write(plan.MattersMost, text))
		require.Contains(t, p.Words, long)
	}
	p := against(t, "X25", plan.ActionClinician, forms.Advise, inRow(plan.AnticipatedProblems, 1, write(plan.ActionClinician, "See the TEP")))
	require.Equal(t, "pro00002", p.Row)
	against(t, "X25", plan.PrimaryDiagnosis, forms.Advise, set(plan.PrimaryDiagnosis, forms.CodedAnswer(forms.CodedText{Text: "EOL"})))
	for _, text := range []string{"the eol of it", "SOBER", "TLCX", "ANN", "Jic", "the ppd", "ŁUKASZ", "X-DNARE"} {
		none(t, "X25", write(plan.MattersMost, text))
	}
}

// treatments are specific treatments with their decisions, in pairs.
func treatments(pairs ...string) change {
	var list []forms.Row
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, forms.Row{ID: fmt.Sprintf("int%05d", i/2+1), Answers: forms.Answers{plan.Intervention: forms.ChoiceAnswer(pairs[i]), plan.InterventionPref: forms.ChoiceAnswer(pairs[i+1])}})
	}
	return set(plan.Interventions, forms.RowsAnswer(list...))
}

func TestP01OneDecision(t *testing.T) {
	none(t, "P01")
	none(t, "P01", treatments("dialysis", "decline", "surgery", "accept"))
	none(t, "P01", treatments("dialysis", "decline", "dialysis", "decline"))
	p := against(t, "P01", plan.InterventionPref, forms.Stop, treatments("dialysis", "decline", "surgery", "accept", "dialysis", "trial"))
	require.Equal(t, "int00003", p.Row)
}

func TestP02TreatmentFitsLevel(t *testing.T) {
	none(t, "P02", treatments("itu", "decline", "hospital_admission", "decline"))
	against(t, "P02", plan.InterventionPref, forms.Confirm, treatments("itu", "accept"))
	against(t, "P02", plan.InterventionPref, forms.Confirm, treatments("itu", "trial"), choose(plan.Ceiling, plan.CeilingFullNoICU))
	none(t, "P02", treatments("itu", "accept"), choose(plan.Ceiling, plan.CeilingFullICU))
	against(t, "P02", plan.InterventionPref, forms.Confirm, treatments("hospital_admission", "decline"), choose(plan.Conveyance, plan.ConveyAny))
	against(t, "P02", plan.InterventionPref, forms.Confirm, treatments("hospital_admission", "accept"), choose(plan.Ceiling, plan.CeilingComfort))
	none(t, "P02", treatments("hospital_admission", "accept"))
	against(t, "P02", plan.InterventionPref, forms.Confirm, treatments("ventilation", "accept"))
	none(t, "P02", treatments("ventilation", "accept"), choose(plan.Ceiling, plan.CeilingFullICU))
	none(t, "P02", treatments("niv", "accept"))
}

func TestP03WhoDecides(t *testing.T) {
	none(t, "P03")
	none(t, "P03", lacking)
	none(t, "P03", child)
	against(t, "P03", plan.ConsentStatus, forms.Stop, lacking, choose(plan.CapacityForPlan, plan.CapacityHas))
	for _, basis := range []string{"lpa", "deputy", "best_interests"} {
		against(t, "P03", plan.ConsentBasis, forms.Stop, choose(plan.ConsentBasis, basis))
	}
	against(t, "P03", plan.Involvement, forms.Stop, choose(plan.Involvement, "B"))
	against(t, "P03", plan.Involvement, forms.Stop, lacking, choose(plan.Involvement, "A"))
	against(t, "P03", plan.ConsentBasis, forms.Stop, lacking, choose(plan.ConsentBasis, "patient"))
	none(t, "P03", choose(plan.CapacityForPlan, plan.CapacityIndeterminate), choose(plan.ConsentStatus, plan.ConsentBestInterests), choose(plan.ConsentBasis, "lpa"), choose(plan.Involvement, "B"))
	against(t, "P03", plan.ConsentBasis, forms.Stop, choose(plan.ConsentBasis, "parent"))
	none(t, "P03", child, choose(plan.ConsentBasis, "parent"))
	none(t, "P03", lacking, choose(plan.ConsentBasis, "lpa"))
	for _, kind := range []string{plan.LPAProperty, plan.LPAEnduring, plan.LPANone, plan.LPAUnknown} {
		against(t, "P03", plan.ConsentBasis, forms.Confirm, lacking, choose(plan.ConsentBasis, "lpa"), choose(plan.LPAType, kind))
	}
	agrees := func(code string) change { return choose(plan.PatientAgreedVersion, code) }
	against(t, "P03", plan.PatientAgreedVersion, forms.Confirm, lacking, agrees("agreed"))
	for _, code := range []string{"proxy_agreed", "best_interests"} {
		against(t, "P03", plan.PatientAgreedVersion, forms.Confirm, agrees(code))
		none(t, "P03", lacking, agrees(code))
		none(t, "P03", child, agrees(code))
	}
}

func TestP04NoDeath(t *testing.T) {
	none(t, "P04")
	none(t, "P04", set(plan.DeceasedDate, forms.Answer{}))
	p := against(t, "P04", plan.DeceasedDate, forms.Stop, write(plan.DeceasedDate, day(-1)))
	require.Contains(t, p.Words, "The person has died")
}

func TestP05DoNotContact(t *testing.T) {
	dont := inRow(plan.Contacts, 1, set(plan.ContactRoles, forms.ChoicesAnswer("next_of_kin", plan.RoleDoNotContact)))
	none(t, "P05", dont)
	none(t, "P05", write(plan.CallFirstOOH, "contacts/con00002"))
	for _, id := range []string{plan.CallFirstInHours, plan.CallFirstOOH} {
		against(t, "P05", id, forms.Stop, dont, write(id, "contacts/con00002"))
		none(t, "P05", dont, write(id, "contacts/con00001"))
	}
	p := against(t, "P05", plan.CallFirst, forms.Stop, dont, inRow(plan.AnticipatedProblems, 2, write(plan.CallFirst, "contacts/con00002")))
	require.Equal(t, "pro00003", p.Row)
	require.Equal(t, plan.AnticipatedProblems, p.Group)
}

func TestP06Shared(t *testing.T) {
	none(t, "P06")
	none(t, "P06", without(plan.ShareScope)) // the rapid plan does not ask
	none(t, "P06", set(plan.ShareScope, forms.ChoicesAnswer(plan.ShareUrgentCare, "no_research")))
	for _, codes := range [][]string{{"hospital", "care_home"}, {"no_research"}} {
		against(t, "P06", plan.ShareScope, forms.Stop, set(plan.ShareScope, forms.ChoicesAnswer(codes...)))
	}
	for _, s := range []forms.State{forms.Unknown, forms.NotDiscussed, forms.Declined} {
		against(t, "P06", plan.ShareScope, forms.Confirm, set(plan.ShareScope, forms.StateAnswer(s)))
	}
}

func TestP07Assessed(t *testing.T) {
	none(t, "P07")
	none(t, "P07", lacking)
	none(t, "P07", child)
	capacity := func(code string) change { return choose(plan.CapacityForPlan, code) }
	against(t, "P07", plan.CapacityForPlan, forms.Stop, lacking, capacity(plan.CapacityNotAssessed))
	against(t, "P07", plan.CapacityForPlan, forms.Confirm, lacking, capacity(plan.CapacityIndeterminate))
	for _, basis := range []string{"lpa", "deputy", "best_interests"} {
		against(t, "P07", plan.CapacityForPlan, forms.Stop, capacity(plan.CapacityNotAssessed), choose(plan.ConsentBasis, basis))
	}
	none(t, "P07", capacity(plan.CapacityNotAssessed))                                                     // the person agreed
	none(t, "P07", child, capacity(plan.CapacityNotAssessed), choose(plan.ConsentBasis, "best_interests")) // nine years old
	against(t, "P07", plan.CapacityForPlan, forms.Stop, lacking, capacity(plan.CapacityNotAssessed), write(plan.BirthDate, "2010-11-22"))
	none(t, "P07", lacking, capacity(plan.CapacityNotAssessed), write(plan.BirthDate, "2010-11-23"))
	against(t, "P07", plan.CapacityForPlan, forms.Stop, lacking, capacity(plan.CapacityNotAssessed), without(plan.BirthDate))
}

func TestP08OxygenTarget(t *testing.T) {
	none(t, "P08")
	levels := func(low, high float64) change {
		return all(set(plan.SpO2TargetLow, forms.NumberAnswer(low)), set(plan.SpO2TargetHigh, forms.NumberAnswer(high)))
	}
	oxygen := func(words string) change { return all(say(plan.OxygenHome, true), write(plan.OxygenTarget, words)) }
	lung := func(words string) change {
		return all(set(plan.PlanCohorts, forms.ChoicesAnswer("ltc")), write(plan.TargetSpO2, words))
	}
	against(t, "P08", plan.SpO2TargetHigh, forms.Stop, levels(92, 88))
	none(t, "P08", levels(90, 90))
	for _, words := range []string{"88-92 %", "88 to 92", "between 88 % and 92 %", "92-88", "88-92 % on 2 l/min, 28 % mask", "as charted", ""} {
		none(t, "P08", oxygen(words))
		none(t, "P08", lung(words))
	}
	for _, words := range []string{"94-98 %", "above 92 %", "88", "88-92 %, 85 when walking"} {
		against(t, "P08", plan.OxygenTarget, forms.Confirm, oxygen(words))
		against(t, "P08", plan.TargetSpO2, forms.Confirm, lung(words))
	}
	// Without usual observations the two texts are compared with each other; a text that is not asked for counts for nothing.
	bare := without(plan.SpO2TargetLow, plan.SpO2TargetHigh)
	none(t, "P08", bare, oxygen("94-98"))
	against(t, "P08", plan.TargetSpO2, forms.Confirm, bare, oxygen("94-98"), lung("88-92"))
	none(t, "P08", oxygen("94-98"), say(plan.OxygenHome, false))
}

func TestP09ComfortWithoutDecision(t *testing.T) {
	none(t, "P09", choose(plan.Ceiling, plan.CeilingComfort))
	for _, code := range []string{plan.CPRNoDecision, plan.CPRNotAppropriateNow} {
		against(t, "P09", plan.CPRDecision, forms.Confirm, choose(plan.CPRDecision, code), choose(plan.Ceiling, plan.CeilingComfort))
		none(t, "P09", choose(plan.CPRDecision, code))
	}
}

func TestP10PrognosisRecent(t *testing.T) {
	none(t, "P10")
	for code, days := range map[string]int{plan.PrognosisDays: 7, plan.PrognosisWeeks: 28, plan.PrognosisMonths: 90} {
		none(t, "P10", choose(plan.Prognosis, code), write(plan.PrognosisDate, day(-days)))
		p := against(t, "P10", plan.PrognosisDate, forms.Confirm, choose(plan.Prognosis, code), write(plan.PrognosisDate, day(-days-1)))
		require.Contains(t, p.Words, fmt.Sprint(days))
	}
	for _, code := range []string{plan.PrognosisYear, "year_plus", "uncertain", "not_discussed"} {
		none(t, "P10", choose(plan.Prognosis, code), write(plan.PrognosisDate, day(-400)))
	}
}

func TestP11DecisionFits(t *testing.T) {
	none(t, "P11")
	unwanted := set(plan.CPRReason, forms.ChoicesAnswer("patient_refusal"))
	none(t, "P11", unwanted)
	against(t, "P11", plan.CPRReason, forms.Confirm, unwanted, choose(plan.CPRPatientDiscussed, "no"), write(plan.CPRPatientNotDiscussedReason, "Asleep"))
	against(t, "P11", plan.CPRReason, forms.Confirm, unwanted, lacking)
	against(t, "P11", plan.ICDPacemaker, forms.Advise, choose(plan.ICDPacemaker, "icd_active"))
	none(t, "P11", choose(plan.ICDPacemaker, "icd_active"), choose(plan.CPRDecision, plan.CPRAttempt))
}

func TestP12LearningDisability(t *testing.T) {
	none(t, "P12")
	for words, cohorts := range map[string][]string{"has a learning disability,": {"eol", "learning_disability"}, "is autistic,": {"autism"},
		"has a learning disability and is autistic,": {"autism", "learning_disability"}} {
		with := set(plan.PlanCohorts, forms.ChoicesAnswer(cohorts...))
		p := against(t, "P12", plan.CPRDecision, forms.Advise, with)
		require.Contains(t, p.Words, words)
		against(t, "P12", plan.CPRDecision, forms.Advise, with, choose(plan.CPRDecision, plan.CPRModifiedChild))
		for _, code := range []string{plan.CPRAttempt, plan.CPRNoDecision, plan.CPRNotAppropriateNow} {
			none(t, "P12", with, choose(plan.CPRDecision, code))
		}
	}
}

func headline(a forms.Answers, id string) string {
	for _, b := range forms.Summarise(plan.Definition(), a, forms.Header{}, today).Blocks {
		if b.ID == id {
			return b.Headline
		}
	}
	return ""
}

// block is the text of one block of the summary.
func block(a forms.Answers, id string) string {
	var s strings.Builder
	for _, b := range forms.Summarise(plan.Definition(), a, forms.Header{}, today).Blocks {
		if b.ID != id {
			continue
		}
		s.WriteString(b.Headline + "\n")
		for _, l := range b.Lines {
			for _, c := range l.Columns {
				for _, sp := range c {
					s.WriteString(sp.Text)
				}
				s.WriteString(" | ")
			}
			for _, sp := range l.Spans {
				s.WriteString(sp.Text)
			}
			s.WriteString("\n")
		}
		s.WriteString(b.More)
	}
	return s.String()
}
