//go:build linux

package app_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cmc/api"
	"cmc/api/central/account"
	"cmc/app/drafts"
)

// What somebody wrote in one of their positions does not go in the name of another: it waits, says why, and goes once they work in
// that position again.
func TestWordsGoInThePositionInWhichTheyWereWritten(t *testing.T) {
	for name, keeps := range map[string]bool{"kept": true, "only in this window": false} {
		t.Run(name, func(t *testing.T) { wordsWaitForTheirPosition(t, keeps) })
	}
}

func wordsWaitForTheirPosition(t *testing.T, keeps bool) {
	w := openWard(t)
	require.NoError(t, w.service.Accounts().AddPosition(t.Context(), account.NewPosition{Username: "carehome", Role: api.RoleCommunityNurse, RoleTitle: "Bank nurse", ODS: "VX991"}))
	profile, want := t.TempDir(), drafts.StateKept
	if !keeps {
		want = drafts.StateUnkept
		require.NoError(t, os.WriteFile(filepath.Join(profile, "kept"), nil, 0o600)) // a folder cannot be made here
	}
	d := w.desk(profile)
	in := signIn(t, d, "carehome", false)
	require.True(t, in.Choose)
	require.Len(t, in.User.Positions, 2)
	first, second := in.User.Positions[0], in.User.Positions[1]
	if first.RoleTitle == "Bank nurse" {
		first, second = second, first
	}
	_, err := d.ChoosePosition(t.Context(), first.ID)
	require.NoError(t, err)
	plan := draftOf(t, d)
	e := d.Edit(plan)
	w.line.cut()
	text(e, "preferred_name", "Persimmon")
	await(t, e, "waiting", func(s drafts.Status) bool { return s.State == want })
	_ = d.SignOut(t.Context()) // the service does not hear of it
	w.line.mend()
	signIn(t, d, "carehome", false)
	_, err = d.ChoosePosition(t.Context(), second.ID)
	require.NoError(t, err)
	eventually(t, d, "why it waits", func() bool {
		waiting := d.Waiting()
		return len(waiting) == 1 && strings.Contains(waiting[0].Why+waiting[0].Do, "Choose that position, and it goes.") && strings.Contains(waiting[0].Why, first.RoleTitle)
	})
	time.Sleep(time.Second)
	require.Empty(t, w.atService("gp", plan.ID)["preferred_name"].Text)
	open, err := d.OpenPlan(t.Context(), plan.ID) // looked at in the other position, it does not go either
	require.NoError(t, err)
	e = d.Edit(open)
	require.Equal(t, "Persimmon", e.Answers()["preferred_name"].Text)
	got := await(t, e, "refused", func(s drafts.Status) bool { return s.State == drafts.StateRefused })
	require.Contains(t, got.Words, "You wrote this as "+first.RoleTitle)
	time.Sleep(time.Second)
	require.Empty(t, w.atService("gp", plan.ID)["preferred_name"].Text)
	e.Leave()
	_, err = d.ChoosePosition(t.Context(), first.ID)
	require.NoError(t, err)
	eventually(t, d, "an empty outbox", func() bool { return len(d.Waiting()) == 0 && d.Where().Waiting == 0 })
	require.Equal(t, "Persimmon", w.atService("gp", plan.ID)["preferred_name"].Text)
}

// What is only half typed was written in no position yet: who opens the plan in another one goes on from it.
func TestHalfTypedWordsHoldNothingBack(t *testing.T) {
	w := openWard(t)
	require.NoError(t, w.service.Accounts().AddPosition(t.Context(), account.NewPosition{Username: "carehome", Role: api.RoleCommunityNurse, RoleTitle: "Bank nurse", ODS: "VX991"}))
	d := w.desk(t.TempDir())
	in := signIn(t, d, "carehome", false)
	_, err := d.ChoosePosition(t.Context(), in.User.Positions[0].ID)
	require.NoError(t, err)
	plan := draftOf(t, d)
	e := d.Edit(plan)
	e.SetTyped(drafts.At{Item: "birth_date"}, "31-Febr")
	time.Sleep(time.Second)
	_, err = d.ChoosePosition(t.Context(), in.User.Positions[1].ID)
	require.NoError(t, err)
	plan, err = d.OpenPlan(t.Context(), plan.ID)
	require.NoError(t, err)
	e = d.Edit(plan)
	words, _ := e.Typed(drafts.At{Item: "birth_date"})
	require.Equal(t, "31-Febr", words)
	text(e, "preferred_name", "Persimmon")
	await(t, e, "saved", saved)
	require.Equal(t, "Persimmon", w.atService("gp", plan.ID)["preferred_name"].Text)
}

// The position in which somebody wrote was taken from them meanwhile: nobody can choose it any more. The words wait until they have the plan
// before them, and go as what they are now.
func TestWordsOfAPositionThatIsGone(t *testing.T) {
	w := openWard(t)
	book := w.service.Accounts()
	require.NoError(t, book.AddPosition(t.Context(), account.NewPosition{Username: "carehome", Role: api.RoleCommunityNurse, RoleTitle: "Bank nurse", ODS: "VX991"}))
	d := w.desk(t.TempDir())
	in := signIn(t, d, "carehome", false)
	for _, one := range in.User.Positions {
		if one.RoleTitle == "Bank nurse" {
			_, err := d.ChoosePosition(t.Context(), one.ID)
			require.NoError(t, err)
		}
	}
	require.Equal(t, "Bank nurse", d.User().RoleTitle)
	plan := draftOf(t, d)
	e := d.Edit(plan)
	w.line.cut()
	text(e, "preferred_name", "Persimmon")
	await(t, e, "kept", func(s drafts.Status) bool { return s.State == drafts.StateKept })
	_ = d.SignOut(t.Context())
	require.NoError(t, book.RemovePosition(t.Context(), "carehome", api.RoleCommunityNurse, "VX991"))
	w.line.mend()
	require.False(t, signIn(t, d, "carehome", false).Choose)
	eventually(t, d, "what to do", func() bool {
		waiting := d.Waiting()
		return len(waiting) == 1 && waiting[0].Do == "Open the plan, and it goes as what you are now." && strings.Contains(waiting[0].Why, "no longer have")
	})
	require.Empty(t, w.atService("gp", plan.ID)["preferred_name"].Text)
	plan, err := d.OpenPlan(t.Context(), plan.ID)
	require.NoError(t, err)
	e = d.Edit(plan)
	await(t, e, "saved", saved)
	require.Equal(t, "Persimmon", w.atService("gp", plan.ID)["preferred_name"].Text)
}
