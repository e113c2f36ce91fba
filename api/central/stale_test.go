package central

// What may change here: that no write of a plan is the last one by chance. Every route that changes a plan is in one of the lists
// below; a new one that is in none fails TestEveryWriteIsSorted.

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cmc/api"
	"cmc/api/central/store"
	"cmc/forms/plan"
)

// The writes that change what somebody may have seen otherwise. They are refused to who has not seen the plan as it is.
var (
	needTag = []string{"patch-draft", "submit", "return", "approve", "discard"} // no tag, no write: they change, hand on or drop words
	takeTag = []string{"take-up", "amend", "withdraw", "suspend", "resume", "deceased", "close-record", "enter-in-error", "confirm-problem"}
)

// The writes that only add something: they take nobody's place, whatever the writer had seen.
var addOnly = []string{
	"open", "break-glass", // who opened the record, and why
	"comment", "comment-done", // words of one's own beside the plan
	"attach",                          // a copy by its sum; the answer that names it goes with patch-draft
	"printed", "revealed", "feedback", // what was done with the plan
}

func TestEveryWriteIsSorted(t *testing.T) {
	w := openWard(t, nil)
	_, _, raw := w.raw(http.MethodGet, "/openapi.json", nil, "")
	var described struct {
		Paths map[string]map[string]struct {
			OperationID string `json:"operationId"`
		} `json:"paths"`
	}
	require.NoError(t, json.Unmarshal(raw, &described))
	var found []string
	for path, methods := range described.Paths {
		if !strings.HasPrefix(path, "/v1/plans/{id}") {
			continue
		}
		for method, one := range methods {
			if method != "get" {
				found = append(found, one.OperationID)
			}
		}
	}
	assert.ElementsMatch(t, slices.Concat(needTag, takeTag, addOnly), found)
}

// whole is all that the service has of a plan, for who may see everything.
func (w *ward) whole(id string) string {
	w.t.Helper()
	p, err := w.as("gp").Plan(context.Background(), id)
	require.NoError(w.t, err)
	raw, err := json.Marshal(p)
	require.NoError(w.t, err)
	return string(raw)
}

// A write with a stale tag is refused, says so, and changes nothing; with none, those that need one are refused too; and with
// the right one it is done.
func TestAStaleWriteChangesNothing(t *testing.T) {
	w := openWard(t, nil)
	ctx := context.Background()
	gp := w.as("gp")
	done := map[string]bool{}
	write := func(name string, p *api.Plan, do func(ctx context.Context, tag string) (*api.Plan, error)) *api.Plan {
		t.Helper()
		done[name] = true
		was := w.whole(p.ID)
		_, err := do(api.WithMatch(ctx, `"0"`), `"0"`)
		stale := refused(t, err, api.CodeConflict)
		assert.Equal(t, p.Etag, stale.Etag, name)
		assert.Contains(t, stale.Detail, "Nothing of yours is lost", name)
		assert.Equal(t, p.Draft != nil, len(stale.Theirs) > 0, "%s: the answer holds what the other person wrote", name)
		if slices.Contains(needTag, name) {
			_, err = do(ctx, "")
			refused(t, err, api.CodePrecondition)
		}
		assert.Equal(t, was, w.whole(p.ID), "%s changed something", name)
		after, err := do(api.WithMatch(ctx, p.Etag), p.Etag)
		if name == "confirm-problem" { // there is nothing to confirm in this plan; the tag was taken
			refused(t, err, api.CodeInvalid)
			return p
		}
		require.NoError(t, err, name)
		return after
	}
	reason := "Asked by the family"
	step := func(id string, do func(ctx context.Context, id, reason string) (*api.Plan, error)) func(context.Context, string) (*api.Plan, error) {
		return func(ctx context.Context, _ string) (*api.Plan, error) { return do(ctx, id, reason) }
	}

	p := w.begin("gp", w.without("X99001"))
	p = write("patch-draft", p, func(ctx context.Context, tag string) (*api.Plan, error) {
		return gp.PatchDraft(ctx, p.ID, []byte(`{"preferred_name":{"value":"Edie"}}`), tag, "")
	})
	p = write("confirm-problem", p, func(ctx context.Context, _ string) (*api.Plan, error) {
		return gp.ConfirmProblem(ctx, p.ID, api.Confirm{Rule: "X17", Item: plan.KeySafeCode, Reason: reason})
	})
	send := func(ctx context.Context, tag string) (*api.Plan, error) {
		return gp.Submit(ctx, p.ID, api.Submit{}, tag)
	}
	p = write("submit", p, send)
	p = write("return", p, func(ctx context.Context, tag string) (*api.Plan, error) {
		return gp.Return(ctx, p.ID, api.Return{Reason: reason}, tag)
	})
	require.NoError(t, w.s.store.Write(ctx, func(tx store.Tx) error { // as if a patient had sent it
		stored, err := tx.Plan(p.ID)
		if err != nil {
			return err
		}
		stored.Status = "submitted"
		return tx.UpdatePlan(stored)
	}))
	p = write("take-up", p, func(ctx context.Context, _ string) (*api.Plan, error) { return gp.TakeUp(ctx, p.ID) })
	p, err := send(ctx, p.Etag)
	require.NoError(t, err)
	p = write("approve", p, func(ctx context.Context, tag string) (*api.Plan, error) {
		return gp.Approve(ctx, p.ID, w.approval(), tag)
	})
	p = write("amend", p, step(p.ID, gp.Amend))
	p = write("discard", p, step(p.ID, gp.Discard))
	p = write("suspend", p, step(p.ID, gp.Suspend))
	p = write("resume", p, step(p.ID, gp.Resume))
	p = write("deceased", p, func(ctx context.Context, _ string) (*api.Plan, error) { return gp.Deceased(ctx, p.ID, api.Death{}) })
	write("close-record", p, step(p.ID, gp.CloseRecord))
	w = openWard(t, nil)
	gp = w.as("gp")
	p = w.live()
	write("withdraw", p, step(p.ID, gp.Withdraw))
	w = openWard(t, nil)
	p = w.live()
	_, err = w.as("safety").Open(ctx, p.ID, "Asked to look") // who has no part in the care says why first
	require.NoError(t, err)
	write("enter-in-error", p, step(p.ID, w.as("safety").EnterInError))

	for _, name := range slices.Concat(needTag, takeTag) {
		assert.True(t, done[name], "%s was not tried", name)
	}
}

// A plan that is read again is not older than the answer to the save that it has: times are said as finely as they are kept.
func TestAPlanReadAgainIsNotOlder(t *testing.T) {
	w := openWard(t, nil)
	ctx := context.Background()
	w.clock.forward(123456 * time.Nanosecond)
	p := w.begin("gp", w.without("X99001"))
	again, err := w.as("gp").Plan(ctx, p.ID)
	require.NoError(t, err)
	assert.True(t, again.Draft.ChangedAt.Equal(p.Draft.ChangedAt), "%s %s", p.Draft.ChangedAt, again.Draft.ChangedAt)
	noted, err := w.as("gp").Comment(ctx, p.ID, api.Comment{Text: "Ask the son"})
	require.NoError(t, err)
	assert.True(t, noted.Draft.ChangedAt.Equal(p.Draft.ChangedAt))
}
