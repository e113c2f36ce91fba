package central

// What may change here: what the service does that a hazard of docs/safety/hazard-log.md names as a control, where no other
// test holds it.

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cmc/api"
	"cmc/api/central/account"
	"cmc/api/central/lifecycle"
)

// on says whether a plan is on a list of somebody, and with which row.
func (w *ward) on(list, username, planID string) (api.WorklistRow, bool) {
	w.t.Helper()
	delete(w.people, username) // a session may have ended meanwhile
	rows, err := w.as(username).Worklist(context.Background(), list)
	require.NoError(w.t, err)
	at := slices.IndexFunc(rows.Items, func(row api.WorklistRow) bool { return row.PlanID == planID })
	if at < 0 {
		return api.WorklistRow{}, false
	}
	return rows.Items[at], true
}

// H09: no route decides about more than one person at a time.
func TestNothingIsDecidedInBulk(t *testing.T) {
	w := openWard(t, nil)
	_, _, body := w.raw(get, "/openapi.json", nil, "")
	var description struct {
		Paths map[string]map[string]struct{} `json:"paths"`
	}
	require.NoError(t, json.Unmarshal(body, &description))
	decided := 0
	for path, item := range description.Paths {
		if strings.HasPrefix(path, "/v1/sessions") {
			continue
		}
		for method := range item {
			for _, event := range lifecycle.Events {
				if method != "get" && strings.HasSuffix(path, "/"+string(event)) {
					decided++
					assert.Equal(t, "/v1/plans/{id}/"+string(event), path, "one plan, named in the path")
				}
			}
		}
	}
	assert.Greater(t, decided, 10)
}

// H11: an approval carries the approver's registration number, and without one there is none.
func TestAnApprovalCarriesANumber(t *testing.T) {
	w := openWard(t, nil)
	ctx := context.Background()
	hashed, err := account.HashTraining("training")
	require.NoError(t, err)
	_, err = w.s.Accounts().AddHashed(ctx, account.NewUser{Username: "nonumber", Name: "Dr No Number", Role: api.RoleGP, RoleTitle: "GP", ODS: "X99001"}, hashed)
	require.NoError(t, err)
	p := w.begin("gp", w.without("X99001"))
	p, err = w.as("gp").Submit(ctx, p.ID, api.Submit{}, p.Etag)
	require.NoError(t, err)
	_, err = w.as("nonumber").Approve(ctx, p.ID, w.approval(), p.Etag)
	assert.Contains(t, refused(t, err, api.CodeForbidden).Title, "registration number")
	p, err = w.as("gp").Approve(ctx, p.ID, w.approval(), p.Etag)
	require.NoError(t, err)
	assert.NotNil(t, p.Published)
}

// H13: with the notice of a death every list that asks somebody to do something lets go of the plan at once, and there is
// nothing left to send, change or approve.
func TestNobodyIsRemindedOfAPersonWhoHasDied(t *testing.T) {
	w := openWard(t, nil)
	ctx := context.Background()
	p := w.live()
	require.NoError(t, w.as("gp").Feedback(ctx, p.ID, api.Feedback{Outcome: "could_not_use", Reason: "Nobody answered"}))
	due, err := time.Parse(time.DateOnly, p.ReviewDue)
	require.NoError(t, err)
	w.clock.forward(due.Add(36 * time.Hour).Sub(w.clock.now()))
	asking := []string{"flagged", "review-due"}
	for _, list := range asking {
		_, on := w.on(list, "gp", p.ID)
		require.True(t, on, list)
	}
	_, err = w.as("gp").Deceased(ctx, p.ID, api.Death{Date: p.ReviewDue})
	require.NoError(t, err)
	for _, list := range append(asking, "to-approve", "sent-back", "my-drafts") {
		_, on := w.on(list, "gp", p.ID)
		assert.False(t, on, list)
	}
	p, err = w.as("gp").Plan(ctx, p.ID)
	require.NoError(t, err)
	for _, action := range []string{"save", "submit", "approve", "amend"} {
		assert.NotContains(t, p.Actions, action)
	}
}

// H30: a death that was notified for the wrong person is taken back, and crews read the plan as before.
func TestAMistakenDeathIsTakenBack(t *testing.T) {
	w := openWard(t, nil)
	ctx := context.Background()
	gp, urgent := w.as("gp"), w.as("urgent")
	p := w.live()
	_, err := urgent.Open(ctx, p.ID, "999 call")
	require.NoError(t, err)
	before, err := urgent.Summary(ctx, p.ID, "")
	require.NoError(t, err)
	_, err = urgent.Deceased(ctx, p.ID, api.Death{Date: "2026-11-21", Place: "home"})
	require.NoError(t, err)
	_, err = urgent.Resume(ctx, p.ID, "He opened the door")
	refused(t, err, api.CodeForbidden)
	_, err = gp.Resume(ctx, p.ID, "")
	refused(t, err, api.CodeInvalid)
	p, err = gp.Resume(ctx, p.ID, "He opened the door")
	require.NoError(t, err)
	assert.Equal(t, "approved", p.Status)
	assert.Empty(t, p.Patient.DeathDate)
	after, err := urgent.Summary(ctx, p.ID, "")
	require.NoError(t, err)
	assert.Equal(t, before, after)
	_, err = gp.Amend(ctx, p.ID, "")
	require.NoError(t, err)
}

// H45: a change that was begun and forgotten does not hide that the review of the live version is due.
func TestAReviewIsRemindedWhileAChangeWaits(t *testing.T) {
	w := openWard(t, nil)
	ctx := context.Background()
	p := w.live()
	_, err := w.as("gp").Amend(ctx, p.ID, "")
	require.NoError(t, err)
	_, on := w.on("review-due", "gp", p.ID)
	require.False(t, on, "it is not due yet")
	due, err := time.Parse(time.DateOnly, p.ReviewDue)
	require.NoError(t, err)
	w.clock.forward(due.Add(36 * time.Hour).Sub(w.clock.now()))
	row, on := w.on("review-due", "gp", p.ID)
	require.True(t, on)
	assert.True(t, row.Alarm)
	assert.Equal(t, "Review overdue, a change is being written", row.Words)
	counts, err := w.as("gp").Worklists(ctx)
	require.NoError(t, err)
	list, err := w.as("gp").Worklist(ctx, "review-due")
	require.NoError(t, err)
	for _, one := range counts.Items {
		if one.Name == "review-due" {
			assert.Equal(t, len(list.Items), one.Count)
		}
	}
}

// H29: urgent care that looks somebody up, by number or by name, learns that there is a plan and that it is suspended, and nothing else
// of it; nobody else is told anything new, and once the suspension ends there is a plan like any other.
func TestASuspendedPlanIsToldOf(t *testing.T) {
	w := openWard(t, nil)
	ctx := context.Background()
	p := w.live()
	gp, urgent := w.as("gp"), w.as("urgent")
	byNumber := api.PatientSearch{NHSNumber: p.Patient.NHSNumber}
	byName := api.PatientSearch{FamilyName: p.Patient.FamilyName, GivenName: p.Patient.GivenName, BirthDate: p.Patient.BirthDate}
	found := func(c *api.Client, in api.PatientSearch) api.Patient {
		list, err := c.SearchPatients(ctx, in)
		require.NoError(t, err)
		at := slices.IndexFunc(list.Items, func(one api.Patient) bool { return one.ID == p.Patient.ID })
		require.GreaterOrEqual(t, at, 0)
		return list.Items[at]
	}
	assert.False(t, found(urgent, byNumber).Suspended)
	_, err := urgent.Open(ctx, p.ID, "999 call") // an opening that still stands gives no more
	require.NoError(t, err)
	_, err = gp.Suspend(ctx, p.ID, "The family doubts the decision")
	require.NoError(t, err)
	for _, in := range []api.PatientSearch{byNumber, byName} {
		one := found(urgent, in)
		assert.True(t, one.Suspended)
		assert.Nil(t, one.Plan)
		assert.Empty(t, one.WayIn)
		raw, err := json.Marshal(one)
		require.NoError(t, err)
		assert.NotContains(t, string(raw), p.ID)
		assert.NotContains(t, string(raw), "doubts")
	}
	for name, do := range map[string]func() error{
		"plan":    func() error { _, err := urgent.Plan(ctx, p.ID); return err },
		"summary": func() error { _, err := urgent.Summary(ctx, p.ID, ""); return err },
		"open":    func() error { _, err := urgent.Open(ctx, p.ID, "999 call"); return err },
	} {
		assert.Contains(t, refused(t, do(), api.CodeNotFound).Detail, "call the person's GP practice", name)
	}
	assert.False(t, found(gp, byNumber).Suspended, "who sees the plan sees its state")
	assert.Equal(t, "suspended", found(gp, byNumber).Plan.Status)
	stranger := found(w.as("carehome"), byNumber)
	assert.False(t, stranger.Suspended)
	assert.Nil(t, stranger.Plan)

	_, err = gp.Resume(ctx, p.ID, "It was cleared up")
	require.NoError(t, err)
	one := found(urgent, byNumber)
	assert.False(t, one.Suspended)
	require.NotNil(t, one.Plan)
	_, err = gp.Withdraw(ctx, p.ID, "Consent was withdrawn")
	require.NoError(t, err)
	assert.False(t, found(urgent, byNumber).Suspended, "what was withdrawn is told of to nobody in urgent care")
}
