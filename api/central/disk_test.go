package central

import (
	"context"
	"encoding/json"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cmc/api"
)

// A full disk: the database may grow by a few pages and no further.
func TestAFullDisk(t *testing.T) {
	ctx := context.Background()
	w := openWard(t, nil)
	p, err := w.as("gp").CreatePlan(ctx, api.NewPlan{PatientID: w.without("X99001").ID}, "")
	require.NoError(t, err)
	dir := w.s.options.DataDir
	reopen := func(pages int) {
		w.s.Hush()
		w.web.Close()
		require.NoError(t, w.s.Close())
		var err error
		w.s, err = Open(ctx, Options{DataDir: dir, Training: true, Now: w.clock.now, MaxPages: pages})
		require.NoError(t, err)
		w.web = httptest.NewServer(w.s.Handler())
		clear(w.people)
	}
	size := func() int {
		file, err := os.Stat(Database(dir))
		require.NoError(t, err)
		return int(file.Size() / 4096)
	}
	reopen(0)
	reopen(size() + 24)
	gp := w.as("gp")
	words := strings.Repeat("She likes the garden. ", 20)
	kept := p
	for n := range 200 {
		patch, err := json.Marshal(map[string]any{"urgent_banner": map[string]any{"value": words[:100-n%50]}})
		require.NoError(t, err)
		next, err := gp.PatchDraft(ctx, p.ID, patch, kept.Etag, "")
		if err == nil {
			kept = next
			continue
		}
		refusal := refused(t, err, api.CodeUnavailable)
		assert.Equal(t, 503, refusal.Status)
		assert.Contains(t, refusal.Detail, "Nothing was saved")
		status, headers, body := w.raw(get, "/healthz", nil, "")
		assert.Equal(t, 200, status, "%v %s", headers, body)

		reopen(0)
		now, err := w.as("gp").Plan(ctx, p.ID)
		require.NoError(t, err)
		assert.Equal(t, kept.Etag, now.Etag)
		assert.True(t, kept.Draft.Answers.Equal(now.Draft.Answers), "nothing half saved")
		_, err = w.as("gp").PatchDraft(ctx, p.ID, patch, now.Etag, "")
		require.NoError(t, err, "with room again, the same save is kept")
		_, err = VerifyAudit(ctx, Options{DataDir: dir})
		require.NoError(t, err)
		return
	}
	t.Fatal("the disk never filled")
}

func TestTrainingAndRealNeverMix(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	s, err := Open(ctx, Options{DataDir: dir, Training: true})
	require.NoError(t, err)
	require.NoError(t, s.Close())
	_, err = Open(ctx, Options{DataDir: dir})
	require.ErrorIs(t, err, ErrHoldsTraining)
	s, err = Open(ctx, Options{DataDir: dir, Training: true})
	require.NoError(t, err)
	require.NoError(t, s.Close())

	dir = t.TempDir()
	s, err = Open(ctx, Options{DataDir: dir})
	require.NoError(t, err)
	accounts, err := s.Accounts().Users(ctx)
	require.NoError(t, err)
	assert.Empty(t, accounts, "a real service starts empty")
	require.NoError(t, s.Close())
	_, err = Open(ctx, Options{DataDir: dir, Training: true})
	require.ErrorIs(t, err, ErrHoldsReal)
}
