package api

import (
	"bytes"
	"crypto/tls"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cmc/api/networktest"
)

// A long answer and a long request over a slow line take longer than the client waits for a dead one, and arrive. A line on which
// nothing moves any more, before the answer or in the middle of it, is given up.
func TestASlowLineIsNotADeadOne(t *testing.T) {
	const limit = time.Second
	words := strings.Repeat("a", 56<<10)
	half := make(chan struct{})
	answer := func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json")
		switch r.URL.Path {
		case "/v1/me":
			_, _ = io.WriteString(w, `{"name":"`+words+`"}`)
		case "/v1/worklists":
			_, _ = io.WriteString(w, `{"items":[`)
			w.(http.Flusher).Flush()
			<-half
		case "/v1/patients/search":
			<-half
		default:
			_, _ = io.WriteString(w, `{"id":"p"}`)
		}
	}
	ca := networktest.NewAuthority(t)
	secure := networktest.Secured(t, "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{ca.Sign(time.Now().Add(time.Hour))}, NextProtos: []string{"h2", "http/1.1"}}, http.HandlerFunc(answer))
	plain := server(t, answer)
	t.Cleanup(func() { close(half) })
	for name, base := range map[string]string{"http/1.1": "http://" + networktest.Slow(t, plain.Listener.Addr().String(), 32<<10, 100*time.Millisecond),
		"h2": "https://" + networktest.Slow(t, secure.Listener.Addr().String(), 32<<10, 100*time.Millisecond)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, err := NewClient(base, ClientOptions{Timeout: limit, RootCAs: ca.Pool})
			require.NoError(t, err)
			me, err := c.Me(t.Context())
			require.NoError(t, err)
			assert.Equal(t, words, me.Name)
			_, err = c.PatchDraft(t.Context(), "p", bytes.Repeat([]byte("b"), 56<<10), `"1"`, "key")
			require.NoError(t, err)
			var u *Unreachable
			_, err = c.SearchPatients(t.Context(), PatientSearch{})
			require.ErrorAs(t, err, &u)
			assert.Equal(t, HopTime, u.Hop, "no answer begins")
			_, err = c.Worklists(t.Context())
			require.ErrorAs(t, err, &u)
			assert.Equal(t, HopTime, u.Hop, "it stops in the middle: %v", u.Err)
		})
	}
}
