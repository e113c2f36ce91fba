package plan_test

import (
	"strings"
	"testing"

	"cmc/forms"
	"cmc/forms/plan"

	"github.com/stretchr/testify/require"
)

func TestChecksOfOneValue(t *testing.T) {
	checks := plan.Hooks().Checks
	for name, c := range map[string]struct{ right, wrong []string }{
		"no_full_stop":   {[]string{"Mr", "Dr", ""}, []string{"Mr.", "Dr. "}},
		"blood_pressure": {[]string{"98/60", "160/100"}, []string{"98", "60/98", "98-60", "400/90", "98/60 mmHg"}},
		"ods_or_cqc":     {[]string{"VN123", "1-123456789", "1-1234567890"}, []string{"1-12", "VN 123!", "ABCDEFGHIJKL"}},
		"no_identifiers": {[]string{"Call the hospice 020 7946 0103 first", "Ring 07700 900 123", "Twins: look twice"}, []string{"NHS 999 000 9600", "9990009600", "see 999-000-9600."}},
		"birth_date":     {[]string{"1941-06-09", "1901-01-01"}, []string{"1889-12-31"}},
	} {
		for _, s := range c.right {
			require.Empty(t, checks[name](forms.TextAnswer(s)), "%s: %s", name, s)
		}
		for _, s := range c.wrong {
			require.NotEmpty(t, checks[name](forms.TextAnswer(s)), "%s: %s", name, s)
		}
	}
	require.Empty(t, checks["none_alone"](forms.ChoicesAnswer("none_known")))
	require.Empty(t, checks["none_alone"](forms.ChoicesAnswer("dog", "firearms")))
	require.NotEmpty(t, checks["none_alone"](forms.ChoicesAnswer("none_known", "dog")))
	file := forms.FileRef{Name: "a.pdf", MediaType: "application/pdf", Size: 10 << 20, SHA256: strings.Repeat("0", 64)}
	require.Empty(t, checks["attachment"](forms.FileAnswer(file)))
	file.Size++
	require.NotEmpty(t, checks["attachment"](forms.FileAnswer(file)))
	file.Size, file.MediaType = 1, "text/html"
	require.NotEmpty(t, checks["attachment"](forms.FileAnswer(file)))
}

// TestBadAnswersOfThePlan holds that what nobody could mean is refused at the field (issue 2, bad input).
func TestBadAnswersOfThePlan(t *testing.T) {
	for _, c := range []struct {
		item string
		with change
	}{
		{plan.NHSNumber, write(plan.NHSNumber, "9990009601")},
		{plan.BirthDate, write(plan.BirthDate, day(1))},
		{plan.BirthDate, write(plan.BirthDate, "1941-02-31")},
		{plan.ReviewDue, write(plan.ReviewDue, day(-1))},
		{plan.CPRDate, write(plan.CPRDate, "2027-01-01T10:00:00Z")},
		{plan.CPRReviewDate, all(choose(plan.CPRReview, "on_date"), write(plan.CPRReviewDate, day(-1)))},
		{plan.UrgentBanner, write(plan.UrgentBanner, strings.Repeat("x", 141))},
		{plan.CPRReasonText, write(plan.CPRReasonText, strings.Repeat("é", 501))},
		{plan.FamilyName, write(plan.FamilyName, strings.Repeat("x", 36))},
		{plan.CPRDecision, choose(plan.CPRDecision, "dnr")},
		{plan.CPRDecision, set(plan.CPRDecision, forms.StateAnswer(forms.Unknown))}, // "no decision" is said by an option
		{plan.AllergyStatus, set(plan.AllergyStatus, forms.StateAnswer(forms.Unknown))},
		{plan.CFS, choose(plan.CFS, "10")},
		{plan.AKPS, choose(plan.AKPS, "0")}, // dead, and no date of death
		{plan.CrewHazards, set(plan.CrewHazards, forms.ChoicesAnswer("none_known", "dog"))},
		{plan.CallFirstOOH, write(plan.CallFirstOOH, "care_team/nobody00")},
		{plan.UsualSpO2, set(plan.UsualSpO2, forms.NumberAnswer(101))},
		{plan.CPRReason, set(plan.CPRReason, forms.ChoicesAnswer("adrt"))}, // there is no advance decision
	} {
		var stopped bool
		for _, p := range forms.Validate(plan.Definition(), example(c.with), today, forms.ForApproval) {
			stopped = stopped || p.Item == c.item && p.Severity == forms.Stop && !p.Gap
		}
		require.True(t, stopped, c.item)
	}
}
