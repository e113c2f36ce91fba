package plan_test

import (
	"testing"

	"cmc/forms"
	"cmc/forms/plan"

	"github.com/stretchr/testify/require"
)

func TestPatientOf(t *testing.T) {
	require.Equal(t, plan.Identity{
		NHSNumber: "9990009600", FamilyName: "Smith", GivenName: "John", Title: "Mr", Preferred: "Jack", BirthDate: "1941-06-09",
		Gender: "1", SexAtBirth: "1", PracticeODS: "Y99001", PracticeName: "Riverside Practice", HolderODS: "Y99001",
		Where: "Elm House care home, room 12, 4 Elm Road, SE1 0AA",
	}, plan.PatientOf(example()))
	require.Equal(t, "Y99001", plan.PatientOf(example(without(plan.HolderOrgODS))).HolderODS)
	away := example(say(plan.AddressDiffers, true), set(plan.AddressCurrent, forms.AddressAnswer(forms.PostalAddress{Lines: []string{"2 Oak Road"}})))
	require.Equal(t, "2 Oak Road", plan.PatientOf(away).Where)
	away.SetBool(plan.AddressDiffers, false)
	require.Contains(t, plan.PatientOf(away).Where, "Elm House")
	require.Equal(t, plan.Identity{}, plan.PatientOf(nil))
	require.Empty(t, plan.PatientOf(example(set(plan.Title, forms.StateAnswer(forms.Unknown)))).Title)
}

func TestPlaceMet(t *testing.T) {
	died := all(write(plan.DeceasedDate, day(-1)), choose(plan.DeathPlace, "care_home"))
	require.Equal(t, plan.PlaceUnknown, plan.PlaceMet(reader(example())))
	require.Equal(t, plan.PlaceMetFirst, plan.PlaceMet(reader(example(died)))) // "where they live now" is a nursing home
	require.Equal(t, plan.PlaceMetSecond, plan.PlaceMet(reader(example(died, choose(plan.DeathPlace, "hospice")))))
	require.Equal(t, plan.PlaceNotMet, plan.PlaceMet(reader(example(died, choose(plan.DeathPlace, "ed")))))
	require.Equal(t, plan.PlaceNotMet, plan.PlaceMet(reader(example(died, choose(plan.DeathPlace, "home")))))
	require.Equal(t, plan.PlaceUnknown, plan.PlaceMet(reader(example(died, choose(plan.DeathPlace, "unknown")))))
	for _, none := range []string{"no_preference", "undecided", "unable", "declined", "not_appropriate"} {
		require.Equal(t, plan.PlaceNoPreference, plan.PlaceMet(reader(example(died, choose(plan.PPD1, none)))), none)
	}
	require.Equal(t, plan.PlaceMetFirst, plan.PlaceMet(reader(example(died, choose(plan.PPD1, "home"), choose(plan.DeathPlace, "home")))))
	require.Equal(t, plan.PlaceMetFirst, plan.PlaceMet(reader(example(died, choose(plan.ResidenceType, "own_home"), choose(plan.DeathPlace, "home")))))
	// The outcome is asked only after death, and the date of death is one answer, shown in both places.
	r := reader(example(died))
	require.True(t, r.Visible(plan.DeathPlace))
	require.False(t, reader(example()).Visible(plan.DeathPlace))
	require.Equal(t, "21-Nov-2026", plan.Hooks().Computed["death_date"](r)[0].Text)
	require.Equal(t, "Yes, the first choice", plan.Hooks().Computed["death_ppd_met"](r)[0].Text)
}

func TestOverdue(t *testing.T) {
	_, over := plan.Overdue(reader(example()))
	require.False(t, over)
	_, over = plan.Overdue(reader(example(write(plan.ReviewDue, day(0)))))
	require.False(t, over)
	since, over := plan.Overdue(reader(example(write(plan.ReviewDue, day(-1)))))
	require.True(t, over)
	require.Equal(t, day(-1), since)
}
