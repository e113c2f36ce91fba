package central

import (
	"bytes"
	"context"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cmc/api"
)

// The main job, over HTTP, through the client that the desktop uses.
func TestTheMainJob(t *testing.T) {
	w := openWard(t, nil)
	ctx := context.Background()
	home, gp, urgent := w.as("carehome"), w.as("gp"), w.as("urgent")

	person := w.without("VX991")
	found, err := home.SearchPatients(ctx, api.PatientSearch{NHSNumber: person.NHSNumber})
	require.NoError(t, err)
	require.Len(t, found.Items, 1)
	assert.Nil(t, found.Items[0].Plan)

	p := w.begin("carehome", person)
	assert.Equal(t, "draft", p.Status)
	assert.Contains(t, p.Actions, "submit")
	assert.NotContains(t, p.Actions, "approve")

	// Nothing of a draft is seen by urgent care.
	seen, err := urgent.SearchPatients(ctx, api.PatientSearch{NHSNumber: person.NHSNumber})
	require.NoError(t, err)
	assert.Nil(t, seen.Items[0].Plan)
	_, err = urgent.Plan(ctx, p.ID)
	refused(t, err, api.CodeNotFound)

	gaps, err := home.Problems(ctx, p.ID)
	require.NoError(t, err)
	for _, one := range gaps.Items {
		t.Log(one.Severity, one.Rule, one.Item, one.Words)
	}
	p, err = home.Submit(ctx, p.ID, api.Submit{Note: "Please look at the allergies"}, p.Etag)
	require.NoError(t, err)
	assert.Equal(t, "in_review", p.Status)
	_, err = home.PatchDraft(ctx, p.ID, []byte(`{"title":{"value":"Mr"}}`), p.Etag, "")
	refused(t, err, api.CodeForbidden)

	list, err := gp.Worklist(ctx, "to-approve")
	require.NoError(t, err)
	assert.True(t, slices.ContainsFunc(list.Items, func(row api.WorklistRow) bool { return row.PlanID == p.ID }))

	p, err = gp.Plan(ctx, p.ID)
	require.NoError(t, err)
	assert.Contains(t, p.Actions, "approve")
	_, err = gp.Changes(ctx, p.ID, "draft", false)
	require.NoError(t, err)
	preview, err := gp.Summary(ctx, p.ID, "draft")
	require.NoError(t, err)
	assert.True(t, preview.Header.Draft)

	p, err = gp.Approve(ctx, p.ID, w.approval(), p.Etag)
	require.NoError(t, err)
	assert.Equal(t, "approved", p.Status)
	require.NotNil(t, p.Published)
	assert.Equal(t, 1, p.Published.Number)
	assert.Regexp(t, `^[0-9A-F]{4}-[0-9A-F]{4}$`, p.Published.Hash)
	assert.Nil(t, p.Draft)

	// Urgent care finds it, says why, reads and prints.
	seen, err = urgent.SearchPatients(ctx, api.PatientSearch{NHSNumber: person.NHSNumber})
	require.NoError(t, err)
	require.NotNil(t, seen.Items[0].Plan)
	assert.True(t, seen.Items[0].NeedsReason)
	_, err = urgent.Summary(ctx, p.ID, "")
	refused(t, err, api.CodeReason)
	_, err = urgent.Open(ctx, p.ID, "999 call")
	require.NoError(t, err)
	summary, err := urgent.Summary(ctx, p.ID, "")
	require.NoError(t, err)
	assert.False(t, summary.Header.Draft)
	assert.Len(t, summary.Blocks, 10)
	page, err := urgent.SummaryPDF(ctx, p.ID)
	require.NoError(t, err)
	assert.True(t, bytes.HasPrefix(page, []byte("%PDF-")))
	require.NoError(t, urgent.Printed(ctx, p.ID, 1))
	require.NoError(t, urgent.Feedback(ctx, p.ID, api.Feedback{Outcome: "could_not_use", Reason: "Nobody could find the form"}))
	flagged, err := gp.Worklist(ctx, "flagged")
	require.NoError(t, err)
	assert.True(t, slices.ContainsFunc(flagged.Items, func(row api.WorklistRow) bool { return row.PlanID == p.ID }))

	// Withdrawn, it is gone from urgent care at once, and says why to those who may know.
	_, err = gp.Withdraw(ctx, p.ID, "Consent was withdrawn")
	require.NoError(t, err)
	_, err = urgent.Summary(ctx, p.ID, "")
	refused(t, err, api.CodeNotFound)
	_, err = urgent.SummaryPDF(ctx, p.ID)
	refused(t, err, api.CodeNotFound)
	_, err = urgent.Plan(ctx, p.ID)
	refused(t, err, api.CodeNotFound)
	p, err = gp.Plan(ctx, p.ID)
	require.NoError(t, err)
	assert.Equal(t, "Consent was withdrawn", p.Reason)

	log, err := gp.AccessLog(ctx, p.ID)
	require.NoError(t, err)
	var actions []string
	for _, one := range log.Items {
		actions = append(actions, one.Action)
	}
	for _, want := range []string{"create", "save", "submit", "view", "approve", "open", "summary", "print", "feedback", "withdraw"} {
		assert.Contains(t, actions, want)
	}
}
