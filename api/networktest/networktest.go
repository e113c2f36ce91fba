// Package networktest is the networks that tests are played in: a private authority, a proxy that opens ways as RFC 9110 says, and
// servers that encrypt as they are told. All of it is real, on loopback.
package networktest

// What may change here: how such a network behaves. What is asked through it is the tests' own.

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Away is the name of a service that only the proxies of these tests know.
const Away = "cmc.example.nhs.uk"

// An Authority signs certificates that nobody trusts who was not told to.
type Authority struct {
	Pool *x509.CertPool // that trusts it
	PEM  []byte         // its certificate

	t    *testing.T
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// NewAuthority makes one.
func NewAuthority(t *testing.T) *Authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "An authority of one network"}, IsCA: true,
		NotBefore: time.Now().Add(-72 * time.Hour), NotAfter: time.Now().Add(72 * time.Hour), BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	cert, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	a := &Authority{t: t, cert: cert, key: key, Pool: x509.NewCertPool(), PEM: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})}
	a.Pool.AddCert(cert)
	return a
}

// Sign gives a certificate for names and this computer, good until then.
func (a *Authority) Sign(until time.Time, names ...string) tls.Certificate {
	a.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(a.t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: "A service"},
		NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: until, DNSNames: names}
	if len(names) == 0 {
		template.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, &key.PublicKey, a.key)
	require.NoError(a.t, err)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// Secured serves over TLS as config says, at an address of this computer.
func Secured(t *testing.T, at string, config *tls.Config, answer http.Handler) *httptest.Server {
	t.Helper()
	listener, err := net.Listen("tcp", at)
	require.NoError(t, err)
	s := &httptest.Server{Listener: listener, TLS: config, Config: &http.Server{Handler: answer, ErrorLog: log.New(io.Discard, "", 0)}}
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

// A Proxy opens ways to other computers for those whom it knows.
type Proxy struct {
	URL    *url.URL          // where it is, without a name or a password
	Ways   map[string]string // where a name with its port really is
	Basic  string            // "name:password" that it asks for; "": nothing
	Offers []string          // how it says that one may sign in
	Status int               // what it answers to everybody; 0: it opens the way
	Where  string            // the Location that goes with it
	NTLM   *NTLM             // the account of a domain that it asks for; nil: none

	asked  atomic.Int64
	tried  atomic.Int64
	mu     sync.Mutex
	opened []string
}

// NewProxy starts it.
func NewProxy(t *testing.T, p *Proxy) *Proxy {
	t.Helper()
	s := httptest.NewUnstartedServer(p)
	s.Config.ConnContext = func(ctx context.Context, _ net.Conn) context.Context {
		return context.WithValue(ctx, talkKey{}, &talk{})
	}
	s.Start()
	t.Cleanup(s.Close)
	var err error
	p.URL, err = url.Parse(s.URL)
	require.NoError(t, err)
	return p
}

// ServeHTTP opens a way.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.asked.Add(1)
	if r.Header.Get("Proxy-Authorization") != "" {
		p.tried.Add(1)
	}
	if p.Where != "" {
		w.Header().Set("Location", p.Where)
	}
	if p.Status != 0 {
		http.Error(w, "no", p.Status)
		return
	}
	if p.NTLM != nil && !p.NTLM.admits(w, r) {
		return
	}
	if p.Basic != "" || len(p.Offers) > 0 {
		want := "Basic " + base64.StdEncoding.EncodeToString([]byte(p.Basic))
		if p.Basic == "" || r.Header.Get("Proxy-Authorization") != want {
			offers := p.Offers
			if len(offers) == 0 {
				offers = []string{`Basic realm="the network"`}
			}
			w.Header()["Proxy-Authenticate"] = offers
			http.Error(w, "who are you?", http.StatusProxyAuthRequired)
			return
		}
	}
	if r.Method != http.MethodConnect {
		http.Error(w, "only CONNECT", http.StatusMethodNotAllowed)
		return
	}
	to, known := p.Ways[r.Host]
	if !known {
		http.Error(w, "no such name", http.StatusBadGateway)
		return
	}
	far, err := net.Dial("tcp", to)
	if err != nil {
		http.Error(w, "not reached", http.StatusBadGateway)
		return
	}
	defer far.Close()
	p.mu.Lock()
	p.opened = append(p.opened, r.Host)
	p.mu.Unlock()
	w.WriteHeader(http.StatusOK)
	near, buffered, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	defer near.Close()
	go func() {
		_, _ = io.Copy(far, buffered)
		_ = far.(*net.TCPConn).CloseWrite()
	}()
	_, _ = io.Copy(near, far)
}

// Slow gives an address of this computer behind which target is, over a line that carries so many bytes a second each way and keeps
// each for so long. All connections share the line, as they do at a bedside.
func Slow(t *testing.T, target string, perSecond int, each time.Duration) (address string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	up, down := &way{perSecond: perSecond, each: each}, &way{perSecond: perSecond, each: each}
	var open sync.Map
	t.Cleanup(func() {
		_ = listener.Close()
		open.Range(func(conn, _ any) bool { _ = conn.(net.Conn).Close(); return true })
	})
	go func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", target)
			if err != nil {
				_ = near.Close()
				continue
			}
			for _, conn := range []net.Conn{near, far} {
				open.Store(conn, true)
				_ = conn.(*net.TCPConn).SetReadBuffer(max(8<<10, perSecond/8)) // what waits, waits on the other side
			}
			go up.carry(far, near)
			go down.carry(near, far)
		}
	}()
	return listener.Addr().String()
}

// A way is one direction of a slow line.
type way struct {
	perSecond int
	each      time.Duration

	mu   sync.Mutex
	free time.Time // when what was taken in has left
}

// piece is what is on its way, and when it arrives.
type piece struct {
	bytes []byte
	at    time.Time
}

// carry carries what comes from one side to the other, until either ends.
func (w *way) carry(to, from net.Conn) {
	travelling := make(chan piece, 16)
	go func() {
		defer to.Close()
		for p := range travelling {
			time.Sleep(time.Until(p.at))
			if _, err := to.Write(p.bytes); err != nil {
				_ = from.Close()
			}
		}
	}()
	defer close(travelling)
	for {
		buffer := make([]byte, max(1400, w.perSecond/50))
		n, err := from.Read(buffer)
		if n > 0 {
			w.mu.Lock()
			if now := time.Now(); w.free.Before(now) {
				w.free = now
			}
			w.free = w.free.Add(time.Duration(n) * time.Second / time.Duration(w.perSecond))
			leaves := w.free
			w.mu.Unlock()
			travelling <- piece{buffer[:n], leaves.Add(w.each)}
			time.Sleep(time.Until(leaves)) // no more is taken in than leaves
		}
		if err != nil {
			return
		}
	}
}

// Asked is how often it was asked, with or without success.
func (p *Proxy) Asked() int { return int(p.asked.Load()) }

// Tried is how often it was shown something to sign in with, with or without success.
func (p *Proxy) Tried() int { return int(p.tried.Load()) }

// Opened are the ways that it opened, by name and port.
func (p *Proxy) Opened() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.opened...)
}
