package central

// What may change here: what is proved about a service whose PostgreSQL hangs, is slow, or answers into nothing. One that is gone is
// in postgres_test.go.

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cmc/api"
	"cmc/api/central/store/storetest"
)

// soon waits until something is so.
func soon(t *testing.T, what string, is func() bool) {
	t.Helper()
	require.Eventually(t, is, time.Minute, 20*time.Millisecond, what)
}

// A machine whose database hangs (each process of it is stopped, and its address still takes connections) refuses everybody in words
// within the time that a request has, and says that it is not ready. When the database goes on, so does the service: nobody restarts
// it, nothing was half saved, no connection is left over, and who listened hears again.
func TestADatabaseThatHangs(t *testing.T) {
	cluster := storetest.NewCluster(t, nil)
	address := cluster.CreateDatabase(t)
	w := openWard(t, func(o *Options) {
		o.DataDir, o.Database = "", address
		o.Limits.Time = 500 * time.Millisecond
		o.Chores = time.Hour
	})
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	gp, urgent := w.as("gp"), w.as("urgent")
	live := w.live()
	_, err := urgent.Open(ctx, live.ID, "999 call")
	require.NoError(t, err)
	p, err := gp.Amend(ctx, live.ID, "A change")
	require.NoError(t, err)
	heard := gp.Events(ctx)
	require.Equal(t, "worklists", (<-heard).Kind)

	thaw := sync.OnceFunc(cluster.Freeze())
	t.Cleanup(thaw) // so that a failure leaves nothing that cannot be ended
	// What is under way at that moment is answered too, before a desktop gives up (15 seconds), and without its asking twice.
	asker := &http.Client{Timeout: 12 * time.Second}
	request, err := http.NewRequest(get, w.web.URL+"/v1/plans/"+p.ID, nil)
	require.NoError(t, err)
	request.Header.Set("Authorization", "Bearer "+gp.Token())
	answer, err := asker.Do(request)
	require.NoError(t, err, "nobody waits for a database that hangs")
	require.NoError(t, answer.Body.Close())
	assert.Equal(t, 503, answer.StatusCode)
	patch := []byte(`{"urgent_banner":{"value":"Persimmon by the stove"}}`)
	for what, do := range map[string]func() error{
		"reading": func() error { _, err := gp.Plan(ctx, p.ID); return err },
		"saving":  func() error { _, err := gp.PatchDraft(ctx, p.ID, patch, p.Etag, "the-key"); return err },
		"a crew":  func() error { _, err := urgent.Summary(ctx, p.ID, ""); return err },
		"searching": func() error {
			_, err := urgent.SearchPatients(ctx, api.PatientSearch{NHSNumber: p.Patient.NHSNumber})
			return err
		},
		"signing in": func() error {
			_, err := w.guest().SignIn(ctx, api.Credentials{Username: "nurse", Password: "training"})
			return err
		},
	} {
		refusal := refused(t, do(), api.CodeUnavailable)
		assert.Equal(t, 503, refusal.Status, what)
		assert.Contains(t, refusal.Detail, "Nothing was saved", what)
	}
	status, _, _ := w.raw(get, "/healthz", nil, "")
	assert.Equal(t, 200, status, "the service itself lives")
	status, _, _ = w.raw(get, "/readyz", nil, "")
	assert.Equal(t, 503, status, "and says that it cannot serve")

	thaw()
	soon(t, "the service being ready", func() bool {
		status, _, _ := w.raw(get, "/readyz", nil, "")
		return status == 200
	})
	var now *api.Plan
	soon(t, "a reading", func() (ok bool) { // of several connections, some are still found to be broken
		now, err = gp.Plan(ctx, p.ID)
		return err == nil
	})
	assert.Equal(t, p.Etag, now.Etag, "nothing was half saved")
	saved, err := gp.PatchDraft(ctx, p.ID, patch, p.Etag, "the-key")
	require.NoError(t, err, "the same save, under the same key")
	assert.Equal(t, "Persimmon by the stove", saved.Draft.Answers["urgent_banner"].Text)
	_, err = urgent.Summary(ctx, p.ID, "")
	require.NoError(t, err)
	_, err = gp.Discard(api.WithMatch(ctx, saved.Etag), p.ID, "Dropped")
	require.NoError(t, err)
	for e := range heard { // ends with the test
		if e.PlanID == p.ID && e.Status == "approved" {
			break
		}
	}
	soon(t, "no more connections than there may be", func() bool {
		n, err := strconv.Atoi(storetest.Ask(t, address, "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'cmc-central'"))
		return err == nil && n <= 16+2+2
	})
	assert.Contains(t, w.logged(), "the database cannot keep it")
	for _, secret := range []string{cluster.Password(), p.Patient.FamilyName, p.Patient.NHSNumber, "Persimmon"} {
		assert.NotContains(t, w.logged(), secret)
	}
	_, err = VerifyAudit(ctx, w.s.options)
	require.NoError(t, err)
}

// A wire is the way to a database, which can be made slow, and can lose the answer to a COMMIT.
type wire struct {
	delay atomic.Int64 // for each packet in one direction, in nanoseconds
	lose  atomic.Bool  // the next answer to a COMMIT, and its connection with it
	lost  atomic.Int64
}

// toDatabase gives the address of a database by the wire.
func (l *wire) toDatabase(t *testing.T, address string) string {
	t.Helper()
	parsed, err := url.Parse(address)
	require.NoError(t, err)
	there := parsed.Host
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			in, err := listener.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", there)
			if err != nil {
				_ = in.Close()
				continue
			}
			var drop atomic.Bool
			go l.carry(in, out, func(packet []byte) bool {
				if bytes.Contains(packet, []byte("COMMIT\x00")) && l.lose.CompareAndSwap(true, false) {
					drop.Store(true)
				}
				return true
			})
			go l.carry(out, in, func([]byte) bool {
				if drop.Load() {
					l.lost.Add(1)
				}
				return !drop.Load()
			})
		}
	}()
	parsed.Host = listener.Addr().String()
	return parsed.String()
}

// carry passes on what comes, while pass says so, and then closes both ends.
func (l *wire) carry(from, to net.Conn, pass func([]byte) bool) {
	defer from.Close()
	defer to.Close()
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		if err != nil || !pass(buffer[:n]) {
			return
		}
		time.Sleep(time.Duration(l.delay.Load()))
		if _, err := to.Write(buffer[:n]); err != nil {
			return
		}
	}
}

// A slow way to the database makes everything slow and nothing wrong. One that is slower than a request may take is refused in words,
// and with its speed back everything goes on.
func TestASlowDatabase(t *testing.T) {
	l := &wire{}
	address := storetest.Database(t)
	w := openWard(t, func(o *Options) {
		o.DataDir, o.Database = "", l.toDatabase(t, address)
		o.Limits.Time = 1500 * time.Millisecond
		o.Chores = time.Hour
	})
	ctx := context.Background()
	gp := w.as("gp")
	p := w.begin("gp", w.without("X99001"))

	l.delay.Store(int64(10 * time.Millisecond))
	p, err := gp.PatchDraft(ctx, p.ID, []byte(`{"urgent_banner":{"value":"Deaf in one ear"}}`), p.Etag, "")
	require.NoError(t, err, "slowly, it is kept")
	_, err = gp.Worklists(ctx)
	require.NoError(t, err)

	l.delay.Store(int64(time.Second)) // there and back is more than a request may take
	_, err = gp.Plan(ctx, p.ID)
	assert.Contains(t, refused(t, err, api.CodeUnavailable).Detail, "Nothing was saved")

	l.delay.Store(0)
	soon(t, "the service going on", func() bool { _, err := gp.Plan(ctx, p.ID); return err == nil })
	now, err := gp.Plan(ctx, p.ID)
	require.NoError(t, err)
	assert.Equal(t, p.Etag, now.Etag)
	assert.Equal(t, "Deaf in one ear", now.Draft.Answers["urgent_banner"].Text)
	assert.NotContains(t, w.logged(), "Deaf in")
}

// The line breaks after the database was asked to keep a change and before it could say that it did. The service does not say that
// nothing was saved: it says that it does not know. Asked again under the same key it gives the first answer, and the change is there
// once.
func TestAnAnswerOfTheDatabaseIsLost(t *testing.T) {
	l := &wire{}
	w := openWard(t, func(o *Options) {
		o.DataDir, o.Database = "", l.toDatabase(t, storetest.Database(t))
		o.Chores = time.Hour
	})
	ctx := context.Background()
	gp := w.as("gp")
	p := w.begin("gp", w.without("X99001"))

	headers := w.bearer("gp")
	headers["Idempotency-Key"] = "the-key"
	say := func() (int, string) {
		status, _, answer := w.raw(post, "/v1/plans/"+p.ID+"/comments", headers, `{"item": "urgent_banner", "text": "Quince by the door"}`)
		return status, string(answer)
	}
	time.Sleep(2 * flushEvery) // until no line of looking is to be flushed: its answer would be the one that is lost
	l.lose.Store(true)
	status, answer := say()
	require.EqualValues(t, 1, l.lost.Load())
	assert.Equal(t, 503, status)
	assert.Contains(t, answer, "The service cannot say whether this was kept.")
	assert.NotContains(t, answer, "Nothing was saved")
	status, answer = say()
	require.Equal(t, 200, status, answer)
	now, err := gp.Plan(ctx, p.ID)
	require.NoError(t, err)
	require.Len(t, now.Draft.Comments, 1, "once, though it was asked for twice")
	assert.Contains(t, w.logged(), "the database may have kept it")
	assert.NotContains(t, w.logged(), "Quince")
	_, err = VerifyAudit(ctx, w.s.options)
	require.NoError(t, err)
}
