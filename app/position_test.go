//go:build linux

package app_test

import (
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
	w := openWard(t)
	require.NoError(t, w.service.Accounts().AddPosition(t.Context(), account.NewPosition{Username: "carehome", Role: api.RoleCareHome, RoleTitle: "Bank nurse", ODS: "VX992"}))
	d := w.desk(t.TempDir())
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
	await(t, e, "kept", func(s drafts.Status) bool { return s.State == drafts.StateKept })
	_ = d.SignOut(t.Context()) // the service does not hear of it
	w.line.mend()
	signIn(t, d, "carehome", false)
	_, err = d.ChoosePosition(t.Context(), second.ID)
	require.NoError(t, err)
	eventually(t, d, "why it waits", func() bool {
		waiting := d.Waiting()
		return len(waiting) == 1 && waiting[0].Do == "Choose that position, and it goes." && !waiting[0].Refused
	})
	require.Contains(t, d.Waiting()[0].Why, first.RoleTitle)
	time.Sleep(time.Second)
	require.Empty(t, w.atService("gp", plan.ID)["preferred_name"].Text)
	_, err = d.ChoosePosition(t.Context(), first.ID)
	require.NoError(t, err)
	eventually(t, d, "an empty outbox", func() bool { return len(d.Waiting()) == 0 && d.Where().Waiting == 0 })
	require.Equal(t, "Persimmon", w.atService("gp", plan.ID)["preferred_name"].Text)
}
