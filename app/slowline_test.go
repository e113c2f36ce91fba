//go:build linux

package app_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cmc/api/networktest"
	"cmc/app"
	"cmc/app/drafts"
	"cmc/app/keychain/keychaintest"
)

// At a bedside with 256 kbit/s and 300 ms there and back, somebody signs in, fills a whole plan, and reads it again. At no moment are
// they told that there is no connection.
func TestAWholePlanOverASlowLine(t *testing.T) {
	keychaintest.Empty(t)
	w := openWard(t)
	d, err := app.New(app.Params{ProfileDir: t.TempDir(), Version: "test"})
	require.NoError(t, err)
	t.Cleanup(func() { _ = d.Close() })
	slow := networktest.Slow(t, w.web.Listener.Addr().String(), 256_000/8, 150*time.Millisecond)
	require.NoError(t, d.SetAddress("http://"+slow))
	signIn(t, d, "carehome", false)
	plan := draftOf(t, d)
	e := d.Edit(plan)
	var mu sync.Mutex
	var said []string
	defer e.OnStatus(func(s drafts.Status) {
		mu.Lock()
		defer mu.Unlock()
		said = append(said, s.Words)
	})()
	fill(t, e)
	await(t, e, "saved", saved)
	require.NoError(t, e.Flush(t.Context()))
	again, err := d.OpenPlan(t.Context(), plan.ID)
	require.NoError(t, err)
	require.Greater(t, len(again.Draft.Answers), 100)
	_, err = d.Worklists(t.Context())
	require.NoError(t, err)
	mu.Lock()
	defer mu.Unlock()
	for _, words := range said {
		require.False(t, strings.Contains(words, "connection") || strings.Contains(words, "does not answer"), words)
	}
}
