package api

// The networks that the tests of the client are played in: a private authority, a proxy that opens ways as RFC 9110 says, and
// services that encrypt as they are told. All of it real, on loopback.

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// away is the name of a service that only the proxies of these tests know.
const away = "cmc.example.nhs.uk"

// An authority signs certificates that nobody trusts who was not told to.
type authority struct {
	t    *testing.T
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pool *x509.CertPool
	pem  []byte
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "An authority of one network"}, IsCA: true,
		NotBefore: time.Now().Add(-72 * time.Hour), NotAfter: time.Now().Add(72 * time.Hour), BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	cert, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	a := &authority{t: t, cert: cert, key: key, pool: x509.NewCertPool(), pem: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})}
	a.pool.AddCert(cert)
	return a
}

// sign gives a certificate for names and this computer, good until then.
func (a *authority) sign(until time.Time, names ...string) tls.Certificate {
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

// secured serves over TLS as config says, at an address of this computer.
func secured(t *testing.T, at string, config *tls.Config, answer http.HandlerFunc) *httptest.Server {
	t.Helper()
	listener, err := net.Listen("tcp", at)
	require.NoError(t, err)
	s := &httptest.Server{Listener: listener, TLS: config, Config: &http.Server{Handler: answer, ErrorLog: log.New(io.Discard, "", 0)}}
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

// info answers as the service does when it is asked what it is.
func info(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(ServiceInfo{Name: "Coordinate My Care", Definition: "urgent-care-plan@1.0"})
}

// A proxy opens ways to other computers for those whom it knows.
type proxy struct {
	url    *url.URL
	ways   map[string]string // where a name really is
	basic  string            // "name:password" that it asks for; "": nothing
	offers []string          // how it says that one may sign in
	status int               // what it answers to everybody; 0: it opens the way
	where  string            // the Location that goes with it

	asked  atomic.Int64
	mu     sync.Mutex
	opened []string
}

func newProxy(t *testing.T, p *proxy) *proxy {
	t.Helper()
	s := httptest.NewServer(p)
	t.Cleanup(s.Close)
	var err error
	p.url, err = url.Parse(s.URL)
	require.NoError(t, err)
	return p
}

func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.asked.Add(1)
	if p.where != "" {
		w.Header().Set("Location", p.where)
	}
	if p.status != 0 {
		http.Error(w, "no", p.status)
		return
	}
	if p.basic != "" || len(p.offers) > 0 {
		want := "Basic " + base64.StdEncoding.EncodeToString([]byte(p.basic))
		if p.basic == "" || r.Header.Get("Proxy-Authorization") != want {
			offers := p.offers
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
	to, known := p.ways[r.Host]
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

// hopIn asks the service what it is, and says which hop failed.
func hopIn(t *testing.T, c *Client) Hop {
	t.Helper()
	_, err := c.Reach(t.Context())
	if err == nil {
		return ""
	}
	var u *Unreachable
	require.ErrorAs(t, err, &u)
	assert.NotEmpty(t, u.Technical())
	assert.Regexp(t, `^[A-Z].*\.$`, u.Error())
	return u.Hop
}

// portOf is the port of a server of this computer.
func portOf(s *httptest.Server) string { return s.URL[strings.LastIndex(s.URL, ":")+1:] }
