package plan_test

import (
	"testing"

	"cmc/forms"
	"cmc/forms/plan"
	"cmc/forms/plan/plantest"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestQualityAddsUpTo100(t *testing.T) {
	s := plan.Quality(reader(forms.Answers{}))
	of, fours := 0, 0
	for _, p := range s.Parts {
		of += p.Of
		require.NotEmpty(t, p.Words)
		if p.Of == 4 && p.ID != "out_of_hours" {
			fours++
		}
	}
	require.Equal(t, 100, of)
	require.Equal(t, 12, fours) // twelve approval items of four points each
	require.Equal(t, 0, s.Total)
	require.Equal(t, 100, plan.Quality(reader(example())).Total)
}

func TestQualityPartByPart(t *testing.T) {
	away := forms.StateAnswer(forms.Unknown)
	for _, c := range []struct {
		part   string
		points int
		cs     change
	}{
		{"person", 4, without(plan.PracticePhone)},
		{"person", 4, without(plan.ResidenceType)},
		{"consent", 4, without(plan.ConsentDate)},
		{"capacity", 4, without(plan.CapacityForPlan)},
		{"diagnosis", 4, without(plan.ClinicalSummary)},
		{"function", 4, without(plan.CFS)},
		{"cpr", 4, without(plan.CPRDecision)},
		{"allergies", 4, without(plan.AllergyStatus)},
		{"medicines", 4, without(plan.MedListStatus)},
		{"language", 4, without(plan.InterpreterNeeded)},
		{"agreement", 4, without(plan.Involvement)},
		{"ceiling_words", 5, write(plan.CeilingText, "As agreed")},
		{"conveyance_words", 5, write(plan.ConveyanceReasons, "if needed")},
		{"problems", 12, func(a forms.Answers) { a.SetRows(plan.AnticipatedProblems, a[plan.AnticipatedProblems].Rows[:1]...) }},
		{"jic", 6, without(plan.JICLocation)},
		{"access", 6, set(plan.AccessMethod, away)},
		{"review", 6, write(plan.ReviewDue, day(-1))},
		{"out_of_hours", 4, inRow(plan.CareTeam, 2, set(plan.TeamPhone, away))},
		{"own_words", 8, without(plan.PPDText, plan.MattersMost, plan.FearsAvoid)},
		{"own_words", 8, all(without(plan.PPDText), choose(plan.AuthorAboutMe, "clinician"))},
	} {
		s := plan.Quality(reader(example(c.cs)))
		require.Equal(t, 100-c.points, s.Total, c.part)
		for _, p := range s.Parts {
			if p.ID == c.part {
				require.Zero(t, p.Points, c.part)
				require.Equal(t, c.points, p.Of)
			} else {
				require.Equal(t, p.Of, p.Points, p.ID)
			}
		}
	}
	// Another scale, reasons that need no words, and no need for a box count as much.
	for _, cs := range []change{
		all(without(plan.CFS), choose(plan.WHOPS, "2")),
		choose(plan.Conveyance, plan.ConveyAny),
		choose(plan.JICStatus, plan.JICNotAppropriate),
		without(plan.MattersMost, plan.FearsAvoid), // the words about the place are the person's
		write(plan.ReviewDue, day(0)),
	} {
		require.Equal(t, 100, plan.Quality(reader(example(cs))).Total)
	}
}

func TestQualityOfAnyPlan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := plan.Quality(reader(plantest.Draw(t, today)))
		sum := 0
		for _, p := range s.Parts {
			if p.Points != 0 && p.Points != p.Of {
				t.Fatalf("%s is neither earned nor not", p.ID)
			}
			sum += p.Points
		}
		if sum != s.Total || s.Total < 44 || s.Total > 100 { // whatever may be approved has nearly all approval items
			t.Fatalf("total %d of parts %d", s.Total, sum)
		}
	})
}
