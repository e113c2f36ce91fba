package central

// What may change here: what is proved about a service whose database is slow or stuck, and whose clock jumps. A full disk is in
// disk_test.go; a service that is killed, in cmd/cmc-central.

import (
	"context"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cmc/api"
	"cmc/api/central/account"
	"cmc/api/central/store"
)

// stuck is a database that answers nothing while it is closed, as one behind a broken network does.
type stuck struct {
	store.Store
	mu   sync.Mutex
	gate chan struct{} // nil: it answers
}

func (s *stuck) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gate = make(chan struct{})
}

func (s *stuck) open() {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.gate)
	s.gate = nil
}

func (s *stuck) wait(ctx context.Context) error {
	s.mu.Lock()
	gate := s.gate
	s.mu.Unlock()
	if gate == nil {
		return nil
	}
	select {
	case <-gate:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *stuck) Read(ctx context.Context, fn func(store.Tx) error) error {
	if err := s.wait(ctx); err != nil {
		return err
	}
	return s.Store.Read(ctx, fn)
}

func (s *stuck) Once(ctx context.Context, fn func(store.Tx) error) error {
	if err := s.wait(ctx); err != nil {
		return err
	}
	return s.Store.Once(ctx, fn)
}

func (s *stuck) Write(ctx context.Context, fn func(store.Tx) error) error {
	if err := s.wait(ctx); err != nil {
		return err
	}
	return s.Store.Write(ctx, fn)
}

func (s *stuck) WriteSoon(ctx context.Context, fn func(store.Tx) error) error {
	if err := s.wait(ctx); err != nil {
		return err
	}
	return s.Store.WriteSoon(ctx, fn)
}

// A database that does not answer costs a clear refusal and nothing else: nobody waits for ever, nothing is half saved, the log
// holds nobody's words, and with the database back everything goes on without a restart.
func TestADatabaseThatDoesNotAnswer(t *testing.T) {
	db := &stuck{}
	w := openWard(t, func(o *Options) {
		o.Limits.Time = 300 * time.Millisecond
		o.wrap = func(st store.Store) store.Store { db.Store = st; return db }
	})
	ctx := context.Background()
	t.Cleanup(func() {
		if db.gate != nil {
			db.open() // so that a failure does not hang
		}
	})
	gp, urgent := w.as("gp"), w.as("urgent")
	live := w.live()
	_, err := urgent.Open(ctx, live.ID, "999 call")
	require.NoError(t, err)
	p, err := gp.Amend(ctx, live.ID, "A change")
	require.NoError(t, err)

	db.close()
	patch := []byte(`{"urgent_banner":{"value":"Persimmon by the stove"}}`)
	for what, do := range map[string]func() error{
		"reading": func() error { _, err := gp.Plan(ctx, p.ID); return err },
		"saving":  func() error { _, err := gp.PatchDraft(ctx, p.ID, patch, p.Etag, "the-key"); return err },
		"a crew":  func() error { _, err := urgent.Summary(ctx, p.ID, ""); return err },
		"a list":  func() error { _, err := gp.Worklists(ctx); return err },
	} {
		refusal := refused(t, do(), api.CodeUnavailable)
		assert.Equal(t, 503, refusal.Status, what)
		assert.Contains(t, refusal.Detail, "Nothing was saved", what)
	}
	status, _, _ := w.raw(get, "/healthz", nil, "")
	assert.Equal(t, 200, status, "it lives, and says so")

	db.open()
	now, err := gp.Plan(ctx, p.ID)
	require.NoError(t, err, "no restart was needed")
	assert.Equal(t, p.Etag, now.Etag)
	saved, err := gp.PatchDraft(ctx, p.ID, patch, p.Etag, "the-key")
	require.NoError(t, err, "the same save, under the same key")
	assert.Equal(t, "Persimmon by the stove", saved.Draft.Answers["urgent_banner"].Text)
	_, err = urgent.Summary(ctx, p.ID, "")
	require.NoError(t, err)
	assert.NotContains(t, w.logged(), "Persimmon")
}

// One writer that hangs, as a slow disk makes it, must not hold the others beyond their time: they are refused, and go on when
// it is done.
func TestAWriterThatHangs(t *testing.T) {
	w := openWard(t, func(o *Options) { o.Limits.Time = 300 * time.Millisecond })
	ctx := context.Background()
	gp := w.as("gp")
	p, err := gp.Amend(ctx, w.live().ID, "A change")
	require.NoError(t, err)
	hangs, done := make(chan struct{}), make(chan error, 1)
	begun := make(chan struct{})
	go func() {
		done <- w.s.store.Write(ctx, func(store.Tx) error {
			close(begun)
			<-hangs
			return nil
		})
	}()
	<-begun
	var once sync.Once
	letGo := func() { once.Do(func() { close(hangs) }) }
	t.Cleanup(letGo)
	patch := []byte(`{"urgent_banner":{"value":"Deaf in one ear"}}`)
	_, err = gp.PatchDraft(ctx, p.ID, patch, p.Etag, "the-key")
	assert.Equal(t, 503, refused(t, err, api.CodeUnavailable).Status)
	letGo()
	require.NoError(t, <-done)
	_, err = gp.PatchDraft(ctx, p.ID, patch, p.Etag, "the-key")
	require.NoError(t, err)
}

// The server's clock jumps a year ahead and back again. Sessions of the wrong time end, locks of the wrong time do not hold, what
// is live stays live, and the audit is whole.
func TestTheClockJumps(t *testing.T) {
	const year = 365 * 24 * time.Hour
	w := openWard(t, nil)
	ctx := context.Background()
	live := w.live()
	before := w.as("gp")

	w.clock.forward(year)
	_, err := before.Me(ctx)
	refused(t, err, api.CodeUnauthenticated)
	clear(w.people)
	ahead := w.as("gp")
	now, err := ahead.Plan(ctx, live.ID)
	require.NoError(t, err)
	require.NotNil(t, now.Published)
	assert.Equal(t, "overdue", now.Status, "a review date that has passed is said, and takes nothing away")
	_, err = w.as("urgent").Open(ctx, live.ID, "999 call")
	require.NoError(t, err)
	_, err = w.as("hospice").Open(ctx, live.ID, "Referred to us")
	require.NoError(t, err)
	_, err = w.as("carehome").BreakGlass(ctx, live.ID, api.BreakGlass{Code: "other", Reason: "Found in our garden", Confirmed: true})
	require.NoError(t, err)
	stranger, err := api.NewClient(w.web.URL, api.ClientOptions{})
	require.NoError(t, err)
	for range account.MaxFailures {
		_, err = stranger.SignIn(ctx, api.Credentials{Username: "nurse", Password: "not this one"})
		require.Error(t, err)
	}
	_, err = stranger.SignIn(ctx, api.Credentials{Username: "nurse", Password: "training"})
	refused(t, err, api.CodeLocked)

	w.clock.forward(-year)
	_, err = ahead.Me(ctx)
	refused(t, err, api.CodeUnauthenticated)
	_, err = stranger.SignIn(ctx, api.Credentials{Username: "nurse", Password: "training"})
	require.NoError(t, err, "nobody stays locked for a year")
	clear(w.people)
	for username, code := range map[string]string{"urgent": api.CodeReason, "hospice": api.CodeReason, "carehome": api.CodeBreakGlass} {
		_, err = w.as(username).Plan(ctx, live.ID)
		refused(t, err, code) // nobody keeps a record open for a year
		_, err = w.as(username).Summary(ctx, live.ID, "")
		refused(t, err, code)
	}
	_, err = w.as("urgent").Open(ctx, live.ID, "999 call")
	require.NoError(t, err)
	_, err = w.as("urgent").Summary(ctx, live.ID, "")
	require.NoError(t, err, "opened again, as ever")
	now, err = w.as("gp").Plan(ctx, live.ID)
	require.NoError(t, err)
	require.NotNil(t, now.Published)
	assert.Equal(t, live.Published.Hash, now.Published.Hash)

	dir := w.s.options.DataDir
	w.s.Hush()
	w.web.Close()
	require.NoError(t, w.s.Close())
	_, err = VerifyAudit(ctx, Options{DataDir: dir})
	require.NoError(t, err)
	w.s, err = Open(ctx, Options{DataDir: dir, Training: true, Now: w.clock.now})
	require.NoError(t, err)
	w.web = httptest.NewServer(w.s.Handler())
}
