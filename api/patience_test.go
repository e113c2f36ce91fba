package api

import (
	"bytes"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cmc/api/networktest"
	"cmc/forms"
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

// A large copy goes out and comes in for as long as it moves: longer than the client waits for a line on which nothing does, and than
// any time that was ever set for the whole. A line that stops in the middle, either way, is noticed long before the whole would be through.
func TestALargeCopyOverASlowLine(t *testing.T) {
	const limit = time.Second
	content := bytes.Repeat([]byte("%PDF-1.4"), 3<<20/8)
	stop := make(chan struct{})
	plain := server(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.Contains(r.URL.Path, "dead"):
			_, _ = w.Write(content[:300<<10])
			w.(http.Flusher).Flush()
			<-stop
		case r.Method == http.MethodPost:
			raw, _ := io.ReadAll(r.Body)
			sum := sha256.Sum256(raw)
			_ = json.NewEncoder(w).Encode(forms.FileRef{MediaType: "application/pdf", Size: int64(len(raw)), SHA256: hex.EncodeToString(sum[:])})
		default:
			_, _ = w.Write(content)
		}
	})
	t.Cleanup(func() { close(stop) })
	c, err := NewClient("http://"+networktest.Slow(t, plain.Listener.Addr().String(), 1<<20, 50*time.Millisecond), ClientOptions{Timeout: limit, slowest: 512 << 10})
	require.NoError(t, err)
	took := func(most time.Duration, do func() error) error {
		began := time.Now()
		err := do()
		assert.Less(t, time.Since(began), most)
		return err
	}
	began := time.Now()
	ref, err := c.Attach(t.Context(), "p", "letter.pdf", content)
	require.NoError(t, err)
	assert.Greater(t, time.Since(began), 2*limit)
	began = time.Now()
	got, err := c.Attachment(t.Context(), "p", ref.SHA256)
	require.NoError(t, err)
	assert.True(t, bytes.Equal(content, got))
	assert.Greater(t, time.Since(began), 2*limit)
	var u *Unreachable
	dead, err := net.Listen("tcp", "127.0.0.1:0") // it takes a little, and no more; the whole would be waited for twice as long
	require.NoError(t, err)
	t.Cleanup(func() { _ = dead.Close() })
	go func() {
		conn, err := dead.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		_ = conn.(*net.TCPConn).SetReadBuffer(8 << 10)
		_, _ = io.CopyN(io.Discard, conn, 300<<10)
		<-stop
	}()
	there, err := NewClient("http://"+dead.Addr().String(), ClientOptions{Timeout: limit, slowest: 512 << 10})
	require.NoError(t, err)
	require.ErrorAs(t, took(5*time.Second, func() error { _, err := there.Attach(t.Context(), "dead", "letter.pdf", content); return err }), &u)
	assert.Equal(t, HopTime, u.Hop)
	require.ErrorAs(t, took(3*time.Second, func() error { _, err := c.Attachment(t.Context(), "dead", ref.SHA256); return err }), &u)
	assert.Equal(t, HopTime, u.Hop)
}
