package plan_test

import (
	"fmt"
	"strings"
	"testing"

	"cmc/forms"
	"cmc/forms/plan"
	"cmc/forms/plan/plantest"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestTheExampleReadsAsInThePicture holds the words of the twelve blocks (domain.md 6).
func TestTheExampleReadsAsInThePicture(t *testing.T) {
	a := example()
	for id, want := range map[string]string{
		"cpr": `Do NOT attempt CPR
Unlikely to succeed. Decided 20-Nov-2026 by Dr Amina Osei, GP; review with plan.
The person and the family know. ReSPECT form: nurses' office, blue folder.
`,
		"treatment": `Treat at home, care home or hospice; avoid admission.
Antibiotics by mouth and oxygen here; no drip, no intensive care.
Focus: a balance of prolonging life and comfort.
Take to hospital only for: a fracture, choking, pain that cannot be controlled here.
If taken: St Example's, ward 4.
`,
		"legal": `
Attorney with life-sustaining authority: Ann Smith, daughter, 07700 900 123 (decides only if capacity is lost).
No advance decision to refuse treatment. Has capacity for this plan (20-Nov-2026).
`,
		"problems": `
Breathless | Signs: Cannot finish a sentence. Do: Sit up, fan, oxygen to 88-92 %. Medicine from the just-in-case box as charted. | First: Heart-failure nurse 020 7946 0103 | 
Chest infection | Rescue antibiotics are in the cupboard; start, review in 48 h at home. | First: Riverside Practice by-pass 020 7946 0101 | 
Fall, no injury | Lift with hoist, observe, stay here. | First: Duty nurse 020 7946 0110 | 
2 more problems in the full plan`,
		"allergies": `
⚠ Known allergies: penicillin (rash, confirmed); codeine (vomiting).
Must not stop: furosemide; apixaban (list of 20-Nov-2026).
No oxygen at home. No syringe pump. Implanted defibrillator is switched off (02-Sep-2026).
`,
		"jic": `
In the home: treatment room cupboard. Chart signed and in the home. Earliest expiry 03-Mar-2027.
`,
		"call": `
In hours Riverside Practice by-pass 020 7946 0101.
Out of hours Hospice advice line 020 7946 0199.
Ann Smith, daughter, next of kin, emergency contact, main carer, attorney 07700 900 123
Peter Smith, son 07700 900 145
`,
		"access": `
Front desk. Staffed day and night. Lift to floor 1.
Hazards: none known.
Lives in a care home.
`,
		"baseline": `
Heart failure, stage 4; kidney disease; type 2 diabetes.
Frailty scale 7 (living with severe frailty). Walks with a frame. Knows family, not the date.
Usual: SpO2 90 %, target 88-92 %, BP 98/60, pulse 64.
`,
		"place": `
Care: where they live now. Death: where they live now; second choice hospice.
“Not the hospital again, please. I want my window.”
What matters: Ann being told at once. Test match on the radio.
Wishes to avoid: Choking.
`,
	} {
		require.Equal(t, want, block(a, id), id)
	}
}

// TestCrewWords holds what a crew reads for each decision (domain.md 6, block 2 and 3).
func TestCrewWords(t *testing.T) {
	for code, want := range map[string]string{
		plan.CPRAttempt: "Attempt CPR", plan.CPRDoNotAttempt: "Do NOT attempt CPR", plan.CPRNoDecision: "No decision recorded - attempt CPR",
		plan.CPRNotAppropriateNow: "No decision recorded - attempt CPR",
	} {
		require.Equal(t, want, headline(example(choose(plan.CPRDecision, code)), "cpr"), code)
	}
	require.Equal(t, "No decision recorded - attempt CPR", headline(forms.Answers{}, "cpr"))
	for code, want := range map[string]string{
		plan.CeilingFullICU: "Full active treatment, including intensive care.", plan.CeilingFullNoICU: "Active hospital treatment, but not intensive care.",
		plan.CeilingHospitalReversible: "Hospital for reversible problems, ward level only.", plan.CeilingComfort: "Symptom control and comfort only.",
		plan.CeilingNotDiscussed: "Level of treatment not discussed.",
	} {
		require.Equal(t, want, headline(example(choose(plan.Ceiling, code)), "treatment"), code)
	}
	for code, want := range map[string]string{
		plan.ConveyAny: "Take to hospital whenever it is clinically needed.", plan.ConveyNotDiscussed: "Going to hospital: not discussed.",
		plan.ConveyAvoid: "Avoid hospital if at all possible. Call first: in hours Riverside Practice by-pass 020 7946 0101; out of hours Hospice advice line 020 7946 0199. Take to hospital only for: a fracture",
	} {
		require.Contains(t, block(example(choose(plan.Conveyance, code)), "treatment"), want)
	}
	require.Contains(t, block(example(choose(plan.CPRPatientAware, "not_aware")), "cpr"), "The person does NOT know. The family knows.")
	require.Contains(t, block(example(set(plan.CPRFamilyAware, forms.StateAnswer(forms.NotDiscussed))), "cpr"), "The person knows. Whether the family knows: Not discussed.")
	require.Contains(t, block(example(choose(plan.CPRDocument, "NONE")), "cpr"), "No paper form.")
	require.Contains(t, block(example(choose(plan.CPRReview, "indefinite")), "cpr"), "GP; stands unless things change.")
	require.Contains(t, block(example(choose(plan.CPRReview, "on_date"), write(plan.CPRReviewDate, day(9))), "cpr"), "GP; review on 01-Dec-2026.")
	attempt := block(example(choose(plan.CPRDecision, plan.CPRAttempt)), "cpr")
	require.Contains(t, attempt, "Decided 20-Nov-2026 by Dr Amina Osei, GP.")
	require.NotContains(t, attempt, "Unlikely")
	nurse := all(choose(plan.CPRDecidedRole, "nurse"), write(plan.CPRDecidedBy, "Rose Okafor"))
	require.Contains(t, block(example(nurse), "cpr"), "by Rose Okafor, nurse or practitioner; review with plan. A senior clinician has not endorsed it.")
}

// TestNothingIsBlank holds that blocks 2 to 9 of an empty plan say "Not recorded", and never nothing (domain.md 6).
func TestNothingIsBlank(t *testing.T) {
	for _, id := range []string{"treatment", "legal", "problems", "allergies", "jic", "call", "access", "baseline", "place"} {
		require.Contains(t, block(forms.Answers{}, id), "Not recorded", id)
	}
	empty := block(forms.Answers{}, "legal")
	for _, s := range []string{"Attorney: Not recorded.", "Advance decision to refuse treatment: Not recorded.", "Capacity: Not recorded."} {
		require.Contains(t, empty, s)
	}
	require.Contains(t, block(forms.Answers{}, "treatment"), "Going to hospital: Not recorded.")
	require.Contains(t, block(forms.Answers{}, "allergies"), "Allergies: Not recorded.")
	// "Unknown" and its like are said so, never as no.
	a := example(set(plan.ADRTStatus, forms.StateAnswer(forms.NotDiscussed)), set(plan.LPAType, forms.StateAnswer(forms.Declined)),
		set(plan.JICStatus, forms.StateAnswer(forms.Unknown)), set(plan.AccessMethod, forms.StateAnswer(forms.Unknown)),
		set(plan.CrewHazards, forms.StateAnswer(forms.Unknown)), set(plan.Mobility, forms.StateAnswer(forms.Unknown)))
	require.Contains(t, block(a, "legal"), "Advance decision to refuse treatment: Not discussed.")
	require.Contains(t, block(a, "legal"), "Attorney: Declined to say.")
	require.Contains(t, block(a, "jic"), "Unknown.")
	require.Contains(t, block(a, "access"), "Getting in: Unknown.")
	require.Contains(t, block(a, "access"), "Hazards: Unknown.")
	require.Contains(t, block(a, "baseline"), "Getting about: Unknown.")
	require.Contains(t, block(example(set(plan.LivesWith, forms.StateAnswer(forms.Unknown))), "access"), "Lives with: Unknown.")
	require.Equal(t, "Not recorded", headline(forms.Answers{}, "treatment"))
}

func TestOtherWordsOfTheSummary(t *testing.T) {
	for id, want := range map[string]string{"none_known": "No known allergies.", "not_recorded": "Allergies not recorded.", "unavailable": "Allergies unavailable."} {
		require.Contains(t, block(example(choose(plan.AllergyStatus, id)), "allergies"), "\n"+want+"\n")
	}
	require.Contains(t, block(example(set(plan.TubesLines, forms.ChoicesAnswer("laryngectomy", "peg"))), "allergies"), "Breathes through the neck only (laryngectomy).")
	require.Contains(t, block(example(set(plan.TubesLines, forms.ChoicesAnswer("urinary_catheter", "peg"))), "allergies"), "Has PEG feeding tube; urinary catheter.")
	pump := all(say(plan.SyringePump, true), write(plan.SyringePumpContents, "as charted"), write(plan.SyringePumpPhone, "020 7946 0177"))
	require.Contains(t, block(example(pump), "allergies"), "Syringe pump running: as charted; team 020 7946 0177.")
	oxygen := all(say(plan.OxygenHome, true), write(plan.OxygenFlow, "as charted"), write(plan.OxygenTarget, "88-92 %"))
	require.Contains(t, block(example(oxygen), "allergies"), "Oxygen at home: as charted; target 88-92 %.")
	require.Contains(t, block(example(choose(plan.ICDPacemaker, "icd_active")), "allergies"), "Implanted defibrillator is ON.")
	require.Contains(t, block(example(choose(plan.InterpreterNeeded, "yes"), choose(plan.LanguageMain, "pl"), choose(plan.InterpreterMode, "phone")), "access"), "Interpreter needed: Polish, by phone.")
	cornish := example(choose(plan.LanguageMain, "other"), write(plan.LanguageOther, "Cornish"))
	require.Equal(t, "Cornish, no interpreter needed", forms.Summarise(plan.Definition(), cornish, forms.Header{}, today).Banner.Language)
	delete(cornish, plan.LanguageOther)
	require.Equal(t, "Another language, no interpreter needed", forms.Summarise(plan.Definition(), cornish, forms.Header{}, today).Banner.Language)
	polish := example(choose(plan.LanguageMain, "pl"), write(plan.LanguageOther, "Cornish")) // of a language chosen before
	require.Equal(t, "Polish, no interpreter needed", forms.Summarise(plan.Definition(), polish, forms.Header{}, today).Banner.Language)
	require.Contains(t, block(example(set(plan.CrewHazards, forms.ChoicesAnswer("violence", "dog")), write(plan.CrewHazardsText, "Bites")), "access"), "Hazards: dog; risk of violence. Bites.")
	require.Contains(t, block(example(choose(plan.LivesWith, "alone"), write(plan.Dependants, "a son of nine")), "access"), "Lives alone. Depends on this person: a son of nine.")
	require.Contains(t, block(example(choose(plan.ProblemsForeseen, "none_foreseen")), "problems"), "No particular problems foreseen.")
	require.Contains(t, block(example(lacking), "legal"), "Does not have capacity for this plan (20-Nov-2026). Plan made in the person's best interests.")
	require.NotContains(t, block(example(lacking), "legal"), "only if capacity is lost")
	require.Contains(t, block(example(write(plan.PracticeBypassPhone, "020 7946 0166")), "call"), "Practice, for professionals only: 020 7946 0166.")
	dont := inRow(plan.Contacts, 1, set(plan.ContactRoles, forms.ChoicesAnswer("do_not_contact")))
	require.NotContains(t, block(example(dont), "call"), "Peter")
	require.Contains(t, block(example(dont), "call"), "1 more contact in the full plan")
	treat := set(plan.Interventions, forms.RowsAnswer(
		forms.Row{ID: "int00001", Answers: forms.Answers{plan.Intervention: forms.ChoiceAnswer("dialysis"), plan.InterventionPref: forms.ChoiceAnswer("decline")}},
		forms.Row{ID: "int00002", Answers: forms.Answers{plan.Intervention: forms.ChoiceAnswer("niv"), plan.InterventionPref: forms.ChoiceAnswer("trial"), plan.InterventionNote: forms.TextAnswer("two days")}},
		forms.Row{ID: "int00003", Answers: forms.Answers{plan.Intervention: forms.ChoiceAnswer("surgery"), plan.InterventionPref: forms.ChoiceAnswer("decline")}}))
	require.Contains(t, block(example(treat), "treatment"), "Declines: dialysis; surgery. For a limited time: mask ventilation. Notes on these are in the full plan.")
}

// TestWhomToCallWhenHospitalIsAvoided holds that a crew at night reads a number that is answered at night.
func TestWhomToCallWhenHospitalIsAvoided(t *testing.T) {
	avoid := choose(plan.Conveyance, plan.ConveyAvoid)
	require.Contains(t, block(example(avoid), "treatment"), "out of hours Hospice advice line 020 7946 0199")
	require.Contains(t, block(example(avoid, write(plan.CallFirstInHours, "care_team/tea00003")), "treatment"), "possible. Call first: Hospice advice line 020 7946 0199. Take")
	require.Contains(t, block(example(avoid, without(plan.CallFirstOOH)), "treatment"), "0101; out of hours Not recorded.")
	require.Contains(t, block(example(avoid, without(plan.CallFirstOOH, plan.CallFirstInHours)), "treatment"), "Call first: Not recorded.")
	// Nobody is rung who must not be, whatever an older plan says.
	dont := all(write(plan.CallFirstOOH, "contacts/con00002"), inRow(plan.Contacts, 1, set(plan.ContactRoles, forms.ChoicesAnswer(plan.RoleDoNotContact))))
	require.Contains(t, block(example(dont), "call"), "Out of hours Peter Smith: DO NOT CONTACT.")
	require.NotContains(t, fmt.Sprintf("%+v", forms.Summarise(plan.Definition(), example(avoid, dont), forms.Header{}, today)), "07700 900 145")
}

func TestReviewOfTheDecisionThatIsPast(t *testing.T) {
	on := func(days int) change {
		return all(choose(plan.CPRReview, "on_date"), write(plan.CPRReviewDate, day(days)))
	}
	require.Contains(t, block(example(on(-1)), "cpr"), "GP; REVIEW WAS DUE 21-Nov-2026.")
	require.Contains(t, block(example(on(0)), "cpr"), "GP; review on 22-Nov-2026.")
}

func TestAttorneysWhoMustAgree(t *testing.T) {
	require.NotContains(t, block(example(), "legal"), "must agree")
	require.Contains(t, block(example(inRow(plan.LPAPeople, 0, choose(plan.LPAActs, "jointly"))), "legal"), "07700 900 123 (all must agree)")
	require.NotContains(t, block(example(inRow(plan.LPAPeople, 0, choose(plan.LPAActs, "severally"))), "legal"), "must agree")
}

func TestAttorneyWhoseDocumentNobodySaw(t *testing.T) {
	require.Contains(t, block(example(say(plan.LPASeen, false)), "legal"), "Attorney with life-sustaining authority, DOCUMENT NOT SEEN: Ann Smith")
	require.Contains(t, block(example(without(plan.LPASeen)), "legal"), "Whether the document was seen: Not recorded.")
	require.Contains(t, block(example(set(plan.LPASeen, forms.StateAnswer(forms.Unknown))), "legal"), "Whether the document was seen: Unknown.")
	require.NotContains(t, block(example(), "legal"), "document")
	require.NotContains(t, strings.ToLower(block(example(choose(plan.LPAType, plan.LPANone), say(plan.LPASeen, false)), "legal")), "document")
}

// TestMedicinesAndDevicesAreNeverBlank holds that what was not asked is told apart from no (domain.md 6, block 6).
func TestMedicinesAndDevicesAreNeverBlank(t *testing.T) {
	a := block(example(choose(plan.PlanType, plan.TypeRapid), without(plan.OxygenHome, plan.SyringePump, plan.ICDPacemaker, plan.Medicines)), "allergies")
	for _, s := range []string{"Must not stop: Not recorded.", "Oxygen at home and syringe pump: Not recorded.", "Implanted heart device: Not recorded."} {
		require.Contains(t, a, s)
		require.Contains(t, block(forms.Answers{}, "allergies"), s)
	}
	require.Contains(t, block(example(without(plan.OxygenHome)), "allergies"), "Oxygen at home: Not recorded. No syringe pump.")
	require.Contains(t, block(example(without(plan.SyringePump)), "allergies"), "No oxygen at home. Syringe pump: Not recorded.")
	require.Contains(t, block(example(set(plan.ICDPacemaker, forms.StateAnswer(forms.NotDiscussed))), "allergies"), "Implanted heart device: Not discussed.")
	require.Contains(t, block(example(choose(plan.ICDPacemaker, "none")), "allergies"), "No implanted heart device.")
	require.Contains(t, block(example(choose(plan.MedListStatus, "none")), "allergies"), "Must not stop: No medicines.")
	require.Contains(t, block(example(choose(plan.MedListStatus, "see_gp_record")), "allergies"), "Must not stop: Not listed here; see the GP record.")
	// "None" needs an answer for every medicine.
	no := func(i int) change { return inRow(plan.Medicines, i, say(plan.MedCritical, false)) }
	require.Contains(t, block(example(no(0), no(1)), "allergies"), "Must not stop: Not recorded.")
	require.Contains(t, block(example(no(0), no(1), no(2)), "allergies"), "Must not stop: None of those listed (list of 20-Nov-2026).")
	require.Contains(t, block(example(no(0), no(1), no(2), choose(plan.MedListStatus, "partial")), "allergies"), "None of those listed; the list is not complete (list of")
}

// TestProblemSaysSignsAndLevel holds block 5 of domain.md 6: signs, action, call first, and the level of treatment of 4.13.
func TestProblemSaysSignsAndLevel(t *testing.T) {
	level := func(code string) change {
		return inRow(plan.AnticipatedProblems, 0, choose(plan.TreatmentLevel, code))
	}
	require.Contains(t, block(example(level(plan.CeilingComfort)), "problems"), "as charted. Treatment for this: symptom control and comfort only. |")
	require.NotContains(t, block(example(level(plan.CeilingCommunityReversible)), "problems"), "Treatment for this", "it is the level of the plan")
	require.Contains(t, block(example(level(plan.CeilingNotDiscussed)), "problems"), "Treatment for this: not discussed.")
	require.Contains(t, block(example(inRow(plan.AnticipatedProblems, 0, without(plan.ActionClinician))), "problems"), "Breathless | Signs: Cannot finish a sentence. |")
	for _, b := range forms.Summarise(plan.Definition(), example(), forms.Header{}, today).Blocks {
		if b.ID == "problems" {
			require.Equal(t, []forms.Span{{Text: "Signs:", Strong: true}, {Text: " Cannot finish a sentence. "}}, b.Lines[0].Columns[1][:2])
			require.Subset(t, b.Lines[0].Items, []string{plan.TriggerSigns, plan.ActionClinician, plan.TreatmentLevel})
			require.Less(t, b.Lines[0].Weight, b.Lines[1].Weight, "the first problem stays longest")
		}
	}
}

// TestCountsInsteadOfCuts holds that a list which is too long is counted, never cut (domain.md 6 and 5 X24).
func TestCountsInsteadOfCuts(t *testing.T) {
	rows := func(id string, n int) forms.Answer {
		list := make([]forms.Row, n)
		for i := range list {
			list[i] = forms.Row{ID: fmt.Sprintf("row%05d", i), Answers: forms.Answers{id: forms.CodedAnswer(forms.CodedText{Text: fmt.Sprintf("entry %d", i+1)})}}
		}
		return forms.RowsAnswer(list...)
	}
	require.Contains(t, block(example(set(plan.OtherDiagnoses, rows(plan.OtherDiagnosis, 7))), "baseline"), "entry 6; and 1 more condition in the full plan.")
	require.Contains(t, block(example(set(plan.OtherDiagnoses, rows(plan.OtherDiagnosis, 9))), "baseline"), "entry 6; and 3 more conditions in the full plan.")
	require.Contains(t, block(example(set(plan.Allergies, rows(plan.AllergySubstance, 30))), "allergies"), "entry 30.")
	long := strings.Repeat("x", 120)
	list := make([]forms.Row, 8)
	for i := range list {
		list[i] = forms.Row{ID: fmt.Sprintf("row%05d", i), Answers: forms.Answers{plan.AllergySubstance: forms.CodedAnswer(forms.CodedText{Text: long})}}
	}
	require.Contains(t, block(example(set(plan.Allergies, forms.RowsAnswer(list...))), "allergies"), "; and 4 more allergies in the full plan.")
}

// TestSummaryNeverHoldsSecrets draws plans and looks for the key safe code and the sensitive answers.
func TestSummaryNeverHoldsSecrets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := plantest.Draw(t, today)
		a.SetChoice(plan.AccessMethod, "key_safe")
		a.SetText(plan.KeySafeCode, "Q7QZX9")
		a.SetText(plan.SafeguardingText, "Q7QZX9")
		a.SetText(plan.JICCDRisk, "Q7QZX9")
		s := fmt.Sprintf("%+v", forms.Summarise(plan.Definition(), a, forms.Header{}, today))
		if strings.Contains(s, "Q7QZX9") || strings.ContainsRune(s, '\uFFFD') {
			t.Fatal("the summary holds a secret, or a broken character")
		}
	})
}

// BenchmarkKeystroke is the share of a keystroke that the fullest plan takes: checks, progress, summary and quality.
func BenchmarkKeystroke(b *testing.B) {
	a := plantest.Fullest(today)
	for b.Loop() {
		r := reader(a)
		r.Progress(r.Validate(forms.ForApproval))
		r.Summarise(forms.Header{})
		plan.Quality(r)
	}
}
