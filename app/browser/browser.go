// Package browser sends a person's own browser to an identity provider and hears it come back (RFC 8252).
//
// Contract:
//   - Listen waits on this computer's loopback only, for one answer with the state that it is told, and for nothing else. It tells
//     the browser's page nothing but to go back to the program.
//   - Open starts the system's browser, with https addresses and those of this computer only. It does not wait for it.
//   - Nothing here is kept or logged: an answer holds a code.
package browser

// What may change here: how the browser is opened, and what its page says when it comes back.

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"time"
)

// The outcomes other than success.
var (
	ErrNoBrowser = errors.New("this computer did not open a browser")
	ErrAddress   = errors.New("the address for the browser is not safe")
	ErrRefused   = errors.New("the identity provider refused, or the person did")
	ErrListen    = errors.New("this computer does not let a program listen to itself")
)

// A Listener waits for the browser to come back. Close it.
type Listener struct {
	socket net.Listener
	server *http.Server
	state  chan string
	heard  chan heard
	ended  sync.WaitGroup
}

type heard struct {
	code string
	err  error
}

// Listen begins to listen, on a port that is free.
func Listen() (*Listener, error) {
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrListen, err)
	}
	l := &Listener{socket: socket, state: make(chan string, 1), heard: make(chan heard, 1)}
	l.server = &http.Server{Handler: http.HandlerFunc(l.answer), ReadHeaderTimeout: 5 * time.Second, MaxHeaderBytes: 32 << 10}
	l.ended.Go(func() { _ = l.server.Serve(socket) }) // always an error: that it was closed
	return l, nil
}

// Redirect is the address to which the browser comes back.
func (l *Listener) Redirect() string { return "http://" + l.socket.Addr().String() + "/callback" }

// Wait gives the code of the answer that carries the state. It refuses with ErrRefused, or the context's error.
func (l *Listener) Wait(ctx context.Context, state string) (code string, err error) {
	l.state <- state
	select {
	case h := <-l.heard:
		return h.code, h.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// Close ends listening, once the page that is under way is written.
func (l *Listener) Close() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if l.server.Shutdown(ctx) != nil {
		_ = l.server.Close()
	}
	l.ended.Wait()
}

// answer takes what the browser brings. A page of another program or site, which does not know the state, changes nothing.
func (l *Listener) answer(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
	if r.Host != l.socket.Addr().String() || r.Method != http.MethodGet || r.URL.Path != "/callback" {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	var state string
	select {
	case state = <-l.state:
		l.state <- state
	default: // nobody waits yet
	}
	q := r.URL.Query()
	if state == "" || subtle.ConstantTimeCompare([]byte(q.Get("state")), []byte(state)) != 1 {
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, page("This page belongs to no sign-in.", "Go back to Coordinate My Care and start again."))
		return
	}
	out := heard{code: q.Get("code")}
	if q.Get("error") != "" || out.code == "" {
		out = heard{err: ErrRefused}
		fmt.Fprint(w, page("You were not signed in.", "Go back to Coordinate My Care. You can close this page."))
	} else {
		fmt.Fprint(w, page("Go back to Coordinate My Care.", "You can close this page."))
	}
	select {
	case l.heard <- out:
	default: // a second answer
	}
}

func page(title, words string) string {
	return `<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>Coordinate My Care</title><style>body{font:18px/1.5 Arial,sans-serif;` +
		`color:#212b32;background:#f0f4f5;margin:0}h1{background:#005eb8;color:#fff;font-size:26px;margin:0;padding:24px 32px}p{padding:8px 32px}</style></head>` +
		`<body><h1>` + title + `</h1><p>` + words + `</p></body></html>`
}

// Challenge is the PKCE challenge of a verifier (RFC 7636, S256).
func Challenge(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// Open opens an address in the person's browser. On Linux, BROWSER names another than the desktop's.
func Open(address string) error {
	to, err := url.Parse(address)
	if err != nil || to.Host == "" || to.User != nil || strings.ContainsAny(address, " \"'\\<>\n\r") ||
		to.Scheme != "https" && !(to.Scheme == "http" && (to.Hostname() == "127.0.0.1" || to.Hostname() == "::1")) {
		return ErrAddress
	}
	name, args := "xdg-open", []string{address}
	switch runtime.GOOS {
	case "windows":
		name, args = "rundll32", []string{"url.dll,FileProtocolHandler", address}
	case "darwin":
		name = "open"
	default:
		if own := os.Getenv("BROWSER"); own != "" {
			name = own
		}
	}
	command := exec.Command(name, args...)
	if err := command.Start(); err != nil {
		return fmt.Errorf("%w: %w", ErrNoBrowser, err)
	}
	go func() { _ = command.Wait() }() // the browser lives as long as it likes
	return nil
}
