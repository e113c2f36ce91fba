package plan_test

// What may change here: reasons that are refused and reasons that are taken (rule X05, hazard H09). A text that a clinician
// had to fight with belongs into the second list; one that slipped through, into the first.

import (
	"strings"
	"testing"

	"cmc/forms"
	"cmc/forms/plan"
	"cmc/forms/plan/plantest"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// groups are names of groups of people; none is a reason.
var groups = []string{
	"Frailty", "frail, elderly", "Severe frailty (CFS 8).", "Age 91", "Advanced age", "Old age and dementia", "dementia", "85 yrs", "85 y/o", "in her nineties",
	"Severe learning disability", "Down's syndrome", "Down\u2019s syndrome", "Patient has autism.", "She is disabled", "Due to her age and frailty",
	"LEARNING DISABILITIES", "Alzheimer's", "Alzheimer's disease", "wheelchair user", "end stage dementia", "Vascular dementia", "Lewy body dementia", "Mixed dementia",
	"Nursing home resident with dementia", "Learning disability, non verbal", "Learning disability, non-verbal", "frail, bedbound", "Lives in a care home",
	"Resident of a nursing home, doubly incontinent, needs all care", "Profound and multiple learning disabilities, PMLD", "Autistic spectrum disorder",
	"Cerebral palsy", "Bed bound and fully dependent for all activities of daily living", "Cannot communicate", "Elderly, poor mobility", "Deaf and blind",
	"Hearing loss, memory loss", "Octogenarian", "Cognitive impairment", "Physically and mentally disabled", "Progressive dementia, unable to speak",
	"a hoist", "Nonverbal and immobile", "Very old and very frail now", "Frailty syndrome, Rockwood 8", "Mental health problems",
}

// individual are reasons as clinicians write them: each says what resuscitation would do, what the person has, or wants.
var individual = []string{
	"Advanced heart failure; would not restore a life he would want.", "Metastatic lung cancer", "Vascular disease", "Heart disease",
	"Frailty with three cardiac arrests this year; ribs would break and he would not leave hospital", "Multiple sclerosis", "Cerebral haemorrhage",
	"Dementia with repeated aspiration pneumonia; dying now", "He told his daughter and me that he does not want it", "Terminal illness", "Dying",
	"Age is not the reason: ejection fraction of 10 %", "He would not survive", "It would not help him", "She will not live long", "Will not work",
	"His body is failing", "Would cause pain without benefit", "She has refused", "He said no", "Patient's own wish", "Her decision", "She does not wish it",
	"End of life care", "Unlikely to succeed", "Futile", "Advanced Parkinson's disease, poor swallow", "Severe emphysema", "End stage kidney failure",
	"Living with motor neurone disease", "Stroke with hemiplegia", "Severe frailty and it would break her ribs", "Loss of heart muscle", "Poor prognosis",
	"Comfort care only", "Talked to her: she wants to go in her own bed", "Care home resident who asked us not to", "Moved from hospital to die at home",
}

func TestX05IndividualReason(t *testing.T) {
	for _, text := range append([]string{"...", "n/a", "see above", "Not appropriate", "12345", "DNACPR"}, groups...) {
		against(t, "X05", plan.CPRReasonText, forms.Stop, write(plan.CPRReasonText, text))
	}
	for _, text := range individual {
		none(t, "X05", write(plan.CPRReasonText, text))
	}
	none(t, "X05", write(plan.CPRReasonText, "Frailty"), choose(plan.CPRDecision, plan.CPRAttempt))
}

// TestX05HoldsForAnyMixture joins names of groups in any number, order and case: none becomes a reason by company. With one
// real reason among them, all of it is a reason.
func TestX05HoldsForAnyMixture(t *testing.T) {
	refused := func(text string) bool { return len(found(example(write(plan.CPRReasonText, text)), "X05")) > 0 }
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.SampledFrom(groups), 1, 5).Draw(t, "groups")
		between := rapid.SampledFrom([]string{", ", " and ", ". ", "; ", " with ", " - ", "\n"}).Draw(t, "between")
		text := strings.Join(parts, between)
		switch rapid.IntRange(0, 2).Draw(t, "case") {
		case 1:
			text = strings.ToUpper(text)
		case 2:
			text = strings.ToLower(text)
		}
		if !refused(text) {
			t.Fatalf("taken: %q", text)
		}
		at := rapid.IntRange(0, len(parts)).Draw(t, "at")
		real := rapid.SampledFrom(individual).Draw(t, "reason")
		mixed := append(append(append([]string{}, parts[:at]...), real), parts[at:]...)
		if text := strings.Join(mixed, between); refused(text) {
			t.Fatalf("refused: %q", text)
		}
	})
}

func TestX05TakesTheReasonOfTheExample(t *testing.T) {
	require.Empty(t, found(plantest.Example(today), "X05"))
}
