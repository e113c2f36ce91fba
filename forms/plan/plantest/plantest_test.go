package plantest

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"cmc/forms"
	"cmc/forms/plan"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

var today = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

func stops(a forms.Answers) []forms.Problem {
	var out []forms.Problem
	for _, p := range forms.Validate(plan.Definition(), a, today, forms.ForApproval) {
		if p.Severity == forms.Stop {
			out = append(out, p)
		}
	}
	return out
}

func TestMinimalMayBeApproved(t *testing.T) {
	a := Minimal(today)
	require.Empty(t, stops(a))
	require.Equal(t, "rapid", a[plan.PlanType].Text)
	require.Less(t, len(a), 60)
}

func TestFullestMayBeApproved(t *testing.T) {
	for name, a := range map[string]forms.Answers{"fullest": Fullest(today), "widest": Widest(today)} {
		require.Empty(t, stops(a), name)
		require.Len(t, []rune(a[plan.MattersMost].Text), plan.Definition().Item(plan.MattersMost).MaxChars)
		require.Len(t, a[plan.Medicines].Rows, plan.Definition().Item(plan.Medicines).MaxRows)
		require.Greater(t, len(a), 250, name)
	}
}

func TestRandomMayBeApproved(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := Draw(t, today)
		if p := stops(a); len(p) > 0 {
			t.Fatalf("%d problems stop it, the first: %+v", len(p), p[0])
		}
		r := forms.NewReader(plan.Definition(), a, today)
		for id := range a {
			if !r.Visible(id) {
				t.Fatalf("%s has an answer and is not asked", id)
			}
		}
	})
}

// TestRandomLeavesNothingOut has seeds of its own: chance alone would leave out the rarest now and then.
func TestRandomLeavesNothingOut(t *testing.T) {
	seen := map[string]bool{}
	for seed := range uint64(300) {
		a := Random(rand.New(rand.NewPCG(seed, 1)), today)
		seen[a[plan.CPRDecision].Text] = true
		seen[a[plan.PlanType].Text] = true
		seen[a[plan.CapacityForPlan].Text] = true
		title := a[plan.Title].Text
		require.Equal(t, strings.TrimSpace(title), title, "as the form would keep it")
	}
	for _, code := range []string{plan.CPRAttempt, plan.CPRDoNotAttempt, plan.CPRModifiedChild, plan.CPRNoDecision, plan.TypeRapid, plan.TypeFull, plan.CapacityLacks} {
		require.True(t, seen[code], "no random plan has %s", code)
	}
}

func TestExampleMayBeApprovedAsItStands(t *testing.T) {
	for _, p := range forms.Validate(plan.Definition(), Example(today), today, forms.ForApproval) {
		require.Equal(t, forms.Advise, p.Severity, "%+v", p)
	}
	require.Equal(t, 100, plan.Quality(forms.NewReader(plan.Definition(), Example(today), today)).Total)
}
