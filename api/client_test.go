package api

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func client(t *testing.T, base string, timeout time.Duration) *Client {
	t.Helper()
	c, err := NewClient(base, ClientOptions{Timeout: timeout})
	require.NoError(t, err)
	return c
}

// server is a line to a service that behaves as told; what a real one answers is tested with the real one.
func server(t *testing.T, answer http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(answer)
	t.Cleanup(s.Close)
	return s
}

func TestAddresses(t *testing.T) {
	for base, good := range map[string]bool{
		"https://cmc.example.org": true, "https://cmc.example.org/": true, "http://127.0.0.1:8443": true, "http://localhost:1": true,
		"http://[::1]:1": true, "http://cmc.example.org": false, "cmc.example.org": false, "": false, "ftp://x": false, "http://192.0.2.1": false,
		"https://u:p@cmc.example.org": false, "https://cmc.example.org?x=1": false,
	} {
		_, err := NewClient(base, ClientOptions{})
		assert.Equal(t, good, err == nil, base)
	}
}

func TestWhatIsRepeated(t *testing.T) {
	var calls atomic.Int64
	var keys []string
	s := server(t, func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		keys = append(keys, r.Header.Get("Idempotency-Key"))
		w.WriteHeader(http.StatusBadGateway)
	})
	c := client(t, s.URL, time.Second)
	ctx := context.Background()
	count := func(call func() error) int64 {
		calls.Store(0)
		keys = nil
		require.Error(t, call())
		return calls.Load()
	}
	assert.EqualValues(t, 3, count(func() error { _, err := c.Me(ctx); return err }))
	assert.EqualValues(t, 3, count(func() error { _, err := c.PatchDraft(ctx, "p", []byte("{}"), `"1"`, "key"); return err }))
	assert.Equal(t, []string{"key", "key", "key"}, keys)
	assert.EqualValues(t, 3, count(func() error { _, err := c.Amend(ctx, "p", ""); return err }))
	assert.NotEmpty(t, keys[0])
	assert.Equal(t, keys[0], keys[2], "one key for one call")
	assert.EqualValues(t, 1, count(func() error { _, err := c.SignIn(ctx, Credentials{}); return err }), "a password is sent once")
	assert.EqualValues(t, 1, count(func() error { _, err := c.SearchPatients(ctx, PatientSearch{}); return err }))
}

// A busy service is asked once: who called waits as long as it says, and decides.
func TestABusyServiceIsAskedOnce(t *testing.T) {
	var calls atomic.Int64
	var status int
	s := server(t, func(w http.ResponseWriter, _ *http.Request) {
		calls.Add(1)
		code := map[int]string{http.StatusServiceUnavailable: CodeUnavailable, http.StatusTooManyRequests: CodeTooMany}[status]
		w.Header().Set("Content-Type", "application/problem+json")
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(Problem{Type: TypeOf(code), Title: "Busy.", Status: status, RetryAfter: 7})
	})
	c := client(t, s.URL, time.Second)
	ctx := context.Background()
	for _, status = range []int{http.StatusServiceUnavailable, http.StatusTooManyRequests} {
		for _, call := range []func() error{
			func() error { _, err := c.Summary(ctx, "p", ""); return err },
			func() error { _, err := c.PatchDraft(ctx, "p", []byte("{}"), `"1"`, "key"); return err },
			func() error { _, err := c.SignIn(ctx, Credentials{}); return err },
		} {
			calls.Store(0)
			var p *Problem
			require.ErrorAs(t, call(), &p)
			assert.Equal(t, 7, p.RetryAfter)
			assert.EqualValues(t, 1, calls.Load())
		}
	}
}

func TestNoAnswer(t *testing.T) {
	ctx := context.Background()
	hop := func(err error) Hop {
		var u *Unreachable
		require.ErrorAs(t, err, &u)
		assert.NotEmpty(t, u.Technical())
		assert.Regexp(t, `^[A-Z].*\.$`, u.Error())
		return u.Hop
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	closed := "http://" + listener.Addr().String()
	require.NoError(t, listener.Close())
	_, err = client(t, closed, time.Second).Me(ctx)
	assert.Equal(t, HopRefused, hop(err))

	slow := server(t, func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-time.After(2 * time.Second):
		}
	})
	_, err = client(t, slow.URL, 50*time.Millisecond).SearchPatients(ctx, PatientSearch{})
	assert.Equal(t, HopTime, hop(err))
	stopped, stop := context.WithTimeout(ctx, 30*time.Millisecond)
	defer stop()
	_, err = client(t, slow.URL, time.Second).Me(stopped)
	require.ErrorIs(t, err, context.DeadlineExceeded)

	broken := server(t, func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err == nil {
			_ = conn.Close()
		}
	})
	_, err = client(t, broken.URL, time.Second).SearchPatients(ctx, PatientSearch{})
	assert.Equal(t, HopBroken, hop(err))

	stranger := server(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/v1/me":
			http.Redirect(w, r, "/elsewhere", http.StatusFound)
		case "/v1/service":
			_, _ = io.WriteString(w, `{"hello":"world"}`)
		case "/v1/worklists":
			_, _ = io.WriteString(w, `<html>`)
		default:
			http.Error(w, "no", http.StatusTeapot)
		}
	})
	c := client(t, stranger.URL, time.Second)
	_, err = c.Me(ctx)
	assert.Equal(t, HopAnswer, hop(err), "a redirect is not followed")
	_, err = c.Service(ctx)
	assert.Equal(t, HopAnswer, hop(err))
	_, err = c.Worklists(ctx)
	assert.Equal(t, HopPortal, hop(err), "a page")
	_, err = c.Plan(ctx, "p")
	assert.Equal(t, HopAnswer, hop(err))
}

func TestTheTokenStaysInMemoryAndGoesNowhereElse(t *testing.T) {
	var seen string
	s := server(t, func(w http.ResponseWriter, r *http.Request) {
		seen = r.Header.Get("Authorization")
		if r.Method == http.MethodDelete {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		assert.NoError(t, json.NewEncoder(w).Encode(Session{Token: "secret", User: User{ID: "u"}}))
	})
	c := client(t, s.URL, time.Second)
	_, err := c.SignIn(context.Background(), Credentials{Username: "a", Password: "b"})
	require.NoError(t, err)
	assert.Empty(t, seen)
	_, err = c.Me(context.Background())
	require.NoError(t, err)
	assert.Equal(t, "Bearer secret", seen)
	require.NoError(t, c.SignOut(context.Background()))
	assert.Empty(t, c.Token())
}

func TestProblems(t *testing.T) {
	s := server(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(http.StatusPreconditionFailed)
		assert.NoError(t, json.NewEncoder(w).Encode(Problem{Type: TypeOf(CodeConflict), Title: "Someone else saved.", Detail: "Compare.", Etag: `"2"`}))
	})
	_, err := client(t, s.URL, time.Second).Plan(context.Background(), "a/b?c")
	require.True(t, IsCode(err, CodeConflict))
	assert.False(t, IsUnreachable(err))
	assert.EqualError(t, err, "Someone else saved. Compare.")
	assert.Empty(t, (&Problem{Type: "about:blank"}).Code())
}

// Something between client and service takes in the line of events and hands nothing on: the line is asked for anew.
func TestALineOnWhichNothingComesIsGivenUp(t *testing.T) {
	var lines, words atomic.Int64
	s := server(t, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusOK)
		w.(http.Flusher).Flush()
		if lines.Add(1) == 1 {
			for range 4 { // it stands as long as anything comes
				_, _ = io.WriteString(w, ": still here\n\n")
				w.(http.Flusher).Flush()
				time.Sleep(100 * time.Millisecond)
			}
			<-r.Context().Done()
			return
		}
		_, _ = io.WriteString(w, "data: {\"kind\":\"end\"}\n\n")
	})
	c, err := NewClient(s.URL, ClientOptions{quiet: 300 * time.Millisecond, LineHeard: func() { words.Add(1) }})
	require.NoError(t, err)
	for range c.Events(context.Background()) {
	}
	assert.EqualValues(t, 2, lines.Load())
	assert.GreaterOrEqual(t, words.Load(), int64(5))
}

func TestEventsComeAgainAfterABreak(t *testing.T) {
	var lines atomic.Int64
	s := server(t, func(w http.ResponseWriter, _ *http.Request) {
		n := lines.Add(1)
		if n == 3 {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		_, _ = io.WriteString(w, ": still here\n\ndata: {\"kind\":\"worklists\"}\n\ndata: nonsense\n\n")
	})
	c := client(t, s.URL, time.Second)
	heard := 0
	for e := range c.Events(context.Background()) {
		assert.Equal(t, "worklists", e.Kind)
		heard++
	}
	assert.Equal(t, 2, heard, "until the session ends")
}
