package central

import (
	"context"
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cmc/api"
	"cmc/api/central/account"
	"cmc/api/central/audit"
)

// at is a client of a computer, whose name it tells.
func (w *ward) at(workstation string) *api.Client {
	w.t.Helper()
	c, err := api.NewClient(w.web.URL, api.ClientOptions{Workstation: workstation})
	require.NoError(w.t, err)
	return c
}

// Every line of a session says at which computer it was begun; clinical safety reads it, nobody else does, and the chain holds it.
func TestTheAuditNamesTheComputer(t *testing.T) {
	w := openWard(t, nil)
	ctx := context.Background()
	p := w.live() // by desks that told no name
	here := api.NewWorkstation()
	c := w.at(here)
	_, err := c.SignIn(ctx, api.Credentials{Username: "gp", Password: "wrong wrong wrong"})
	refused(t, err, api.CodeWrongPassword)
	assert.Equal(t, []string{audit.SignInFail, here}, []string{w.newest(1)[0].Action, w.newest(1)[0].Workstation}, "guessing leaves it too")
	session, err := c.SignIn(ctx, api.Credentials{Username: "gp", Password: "training"})
	require.NoError(t, err)
	_, err = c.SearchPatients(ctx, api.PatientSearch{NHSNumber: p.Patient.NHSNumber})
	require.NoError(t, err)
	_, err = c.Plan(ctx, p.ID)
	require.NoError(t, err)
	_, err = c.Amend(ctx, p.ID, "A new diagnosis")
	require.NoError(t, err)
	lines := w.newest(4)
	for i, want := range []string{"amend", audit.View, audit.Search, audit.SignIn} {
		assert.Equal(t, []string{want, here}, []string{lines[i].Action, lines[i].Workstation})
	}

	safety := w.as("safety")
	_, err = safety.Open(ctx, p.ID, "A complaint")
	require.NoError(t, err)
	named := func(who *api.Client) (out int) {
		log, err := who.AccessLog(ctx, p.ID)
		require.NoError(t, err)
		for _, one := range log.Items {
			if one.Workstation != "" {
				assert.Equal(t, here, one.Workstation)
				out++
			}
		}
		return out
	}
	assert.Equal(t, 3, named(safety), "found, looked, amended; those from before name none")
	assert.Zero(t, named(w.as("gp")))
	assert.Zero(t, named(w.as("practiceadmin")))
	told, err := w.as("gp").AccessLogFor(ctx, p.ID)
	require.NoError(t, err)
	for _, one := range told.Items {
		assert.Empty(t, one.Workstation, "in the list for the person")
	}

	require.NoError(t, w.s.book.AddPosition(ctx, account.NewPosition{Username: "gp", Role: api.RoleHospiceNurse, ODS: "XH901"}))
	me, err := c.Me(ctx)
	require.NoError(t, err)
	require.Len(t, me.Positions, 2)
	_, err = c.ChoosePosition(ctx, me.Positions[1].ID)
	require.NoError(t, err)
	assert.Equal(t, []string{audit.Position, here}, []string{w.newest(1)[0].Action, w.newest(1)[0].Workstation}, "another position, the same computer")
	require.NoError(t, c.SignOut(ctx))
	assert.Equal(t, []string{audit.SignOut, here}, []string{w.newest(1)[0].Action, w.newest(1)[0].Workstation})
	assert.NotContains(t, w.logged(), here)
	assert.NotEmpty(t, session.Token)

	// Whoever owns the database cannot move what was done to another computer unseen.
	end, err := VerifyAudit(ctx, w.s.options)
	require.NoError(t, err)
	drop := `DROP TRIGGER audit_no_update`
	if w.s.options.Database != "" {
		drop = `DROP TRIGGER audit_no_change ON audit`
	}
	require.NoError(t, w.behind(drop, fmt.Sprintf(`UPDATE audit SET workstation = %s WHERE seq = %d`, quoted(api.NewWorkstation()), end.Seq-1)))
	_, err = VerifyAudit(ctx, w.s.options)
	assert.ErrorContains(t, err, fmt.Sprintf("line %d was changed", end.Seq-1))
}

// What is not such a name, the name of a host or of a person, comes into no line.
func TestOnlyARandomNameIsTaken(t *testing.T) {
	w := openWard(t, nil)
	for _, name := range []string{"RECEPTION-PC2", "k7qf-2mzp-xw3a", "K7QF-2MZP-XW3A\n", "K7QF-2MZP-XW3A-K7QF", "Dr Ann", "0000-1111-8888"} {
		assert.False(t, api.IsWorkstation(name), name)
		body := fmt.Sprintf(`{"username": "gp", "password": "training", "workstation": %q}`, name)
		status, _, answer := w.raw(post, "/v1/sessions", map[string]string{"Content-Type": "application/json"}, body)
		assert.Equal(t, http.StatusUnprocessableEntity, status, name)
		assert.NotContains(t, string(answer), name)
	}
	for range 50 {
		assert.True(t, api.IsWorkstation(api.NewWorkstation()))
	}
	for _, name := range []string{"", api.NewWorkstation()} {
		body := fmt.Sprintf(`{"username": "gp", "password": "training", "workstation": %q}`, name)
		status, _, _ := w.raw(post, "/v1/sessions", map[string]string{"Content-Type": "application/json"}, body)
		assert.Equal(t, http.StatusOK, status)
		assert.Equal(t, name, w.newest(1)[0].Workstation)
	}
}
