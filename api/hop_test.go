package api

import (
	"crypto/tls"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cmc/api/networktest"
)

// info answers as the service does when it is asked what it is.
func info(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(ServiceInfo{Name: "Coordinate My Care", Definition: "urgent-care-plan@1.0"})
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

// through makes a client for the service of a name that only the proxy knows.
func through(t *testing.T, p *networktest.Proxy, ca *networktest.Authority) *Client {
	t.Helper()
	c, err := NewClient("https://"+networktest.Away, ClientOptions{Timeout: 5 * time.Second, RootCAs: ca.Pool,
		Proxies: NewProxies(func(*url.URL) (*url.URL, error) { return p.URL, nil })})
	require.NoError(t, err)
	return c
}

func TestWhichHopOfAProxyFailed(t *testing.T) {
	ca := networktest.NewAuthority(t)
	service := networktest.Secured(t, "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{ca.Sign(time.Now().Add(time.Hour), networktest.Away)}}, http.HandlerFunc(info))
	ways := map[string]string{networktest.Away + ":443": service.Listener.Addr().String()}

	open := networktest.NewProxy(t, &networktest.Proxy{Ways: ways})
	assert.Empty(t, hopIn(t, through(t, open, ca)))
	assert.Equal(t, []string{networktest.Away + ":443"}, open.Opened(), "it went through the proxy")

	for name, want := range map[string]struct {
		proxy *networktest.Proxy
		hop   Hop
	}{
		"wants a name":              {&networktest.Proxy{Ways: ways, Basic: "user:secret"}, HopProxyAuth},
		"wants a domain's sign-in":  {&networktest.Proxy{Ways: ways, Offers: []string{"Negotiate", "NTLM"}}, HopProxyAuth},
		"wants what is not here":    {&networktest.Proxy{Ways: ways, Offers: []string{"Digest realm=x"}}, HopProxyScheme},
		"takes either":              {&networktest.Proxy{Ways: ways, Offers: []string{"NTLM", `Basic realm="x"`}}, HopProxyAuth},
		"refuses":                   {&networktest.Proxy{Status: http.StatusForbidden}, HopProxyNo},
		"does not know the name":    {&networktest.Proxy{}, HopProxyOnward},
		"does not reach it":         {&networktest.Proxy{Ways: map[string]string{networktest.Away + ":443": "127.0.0.1:1"}}, HopProxyOnward},
		"wants terms agreed to":     {&networktest.Proxy{Status: http.StatusNetworkAuthenticationRequired}, HopPortal},
		"sends people to its terms": {&networktest.Proxy{Status: http.StatusFound, Where: "http://portal.example/"}, HopPortal},
	} {
		p := networktest.NewProxy(t, want.proxy)
		assert.Equal(t, want.hop, hopIn(t, through(t, p, ca)), name)
		if want.hop != HopProxyOnward {
			assert.Equal(t, 1, p.Asked(), "%s: asked once", name)
		}
	}

	gone := networktest.NewProxy(t, &networktest.Proxy{})
	gone.URL.Host = "127.0.0.1:1"
	assert.Equal(t, HopProxy, hopIn(t, through(t, gone, ca)))
	gone.URL.Host = "proxy.invalid:3128"
	assert.Equal(t, HopProxy, hopIn(t, through(t, gone, ca)), "its name, not the service's, was not found")
}

func TestWhichHopOfTheEncryptionFailed(t *testing.T) {
	ca := networktest.NewAuthority(t)
	good := ca.Sign(time.Now().Add(time.Hour))
	for name, want := range map[string]struct {
		config *tls.Config
		hop    Hop
	}{
		"as it should be": {&tls.Config{Certificates: []tls.Certificate{good}}, ""},
		"TLS 1.2":         {&tls.Config{Certificates: []tls.Certificate{good}, MaxVersion: tls.VersionTLS12}, ""},
		"TLS 1.1":         {&tls.Config{Certificates: []tls.Certificate{good}, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}, HopOldTLS},
		"TLS 1.0":         {&tls.Config{Certificates: []tls.Certificate{good}, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS10}, HopOldTLS},
		"a stranger's":    {&tls.Config{Certificates: []tls.Certificate{networktest.NewAuthority(t).Sign(time.Now().Add(time.Hour))}}, HopTLS},
		"another name's":  {&tls.Config{Certificates: []tls.Certificate{ca.Sign(time.Now().Add(time.Hour), "other.example.nhs.uk")}}, HopWrongName},
		"expired":         {&tls.Config{Certificates: []tls.Certificate{ca.Sign(time.Now().Add(-time.Hour))}}, HopExpired},
	} {
		for _, at := range []string{"127.0.0.1:0", "[::1]:0"} {
			s := networktest.Secured(t, at, want.config, http.HandlerFunc(info))
			c, err := NewClient(s.URL, ClientOptions{Timeout: 5 * time.Second, RootCAs: ca.Pool})
			require.NoError(t, err)
			c.openPort = "1" // no portal
			assert.Equal(t, want.hop, hopIn(t, c), "%s at %s", name, at)
		}
	}
	plain := server(t, info)
	c := client(t, "https://"+plain.Listener.Addr().String(), time.Second)
	c.openPort = "1"
	assert.Equal(t, HopAnswer, hopIn(t, c), "it does not encrypt")
}

// A guest network answers in the place of everything: with its page, with a way to its page, or, where one asks over TLS, with
// its own certificate, so that only a question without encryption shows it.
func TestAPortalInBetween(t *testing.T) {
	ca := networktest.NewAuthority(t)
	page := func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "<!DOCTYPE html><title>Welcome</title>")
	}
	away := func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://login.portal.example/?next=x", http.StatusFound)
	}
	terms := func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "agree first", http.StatusNetworkAuthenticationRequired)
	}
	home := func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://"+r.Host+"/", http.StatusMovedPermanently)
	}
	for name, portal := range map[string]http.HandlerFunc{"page": page, "elsewhere": away, "terms": terms} {
		assert.Equal(t, HopPortal, hopIn(t, client(t, server(t, portal).URL, time.Second)), name)
	}
	assert.Equal(t, HopAnswer, hopIn(t, client(t, server(t, home).URL, time.Second)), "the same computer over TLS is no portal")

	trusted := &tls.Config{Certificates: []tls.Certificate{ca.Sign(time.Now().Add(time.Hour))}}
	strange := &tls.Config{Certificates: []tls.Certificate{networktest.NewAuthority(t).Sign(time.Now().Add(time.Hour))}}
	for name, want := range map[string]struct {
		config *tls.Config
		open   http.HandlerFunc
		hop    Hop
	}{
		"a portal's certificate, and its way": {strange, away, HopPortal},
		"a portal's certificate, and terms":   {strange, terms, HopPortal},
		"a stranger without a portal":         {strange, home, HopTLS},
		"the service beside a web page":       {strange, page, HopTLS},
		"the service itself":                  {trusted, away, ""},
	} {
		s := networktest.Secured(t, "127.0.0.1:0", want.config, http.HandlerFunc(info))
		var asked *http.Request
		open := server(t, func(w http.ResponseWriter, r *http.Request) {
			asked = r
			want.open(w, r)
		})
		c, err := NewClient(s.URL, ClientOptions{Timeout: 5 * time.Second, RootCAs: ca.Pool})
		require.NoError(t, err)
		c.SetToken("secret")
		c.openPort = portOf(open)
		assert.Equal(t, want.hop, hopIn(t, c), name)
		if want.hop == "" {
			assert.Nil(t, asked, "a service that answers is not looked around")
			continue
		}
		require.NotNil(t, asked, name)
		assert.Equal(t, "/", asked.URL.String())
		assert.Empty(t, asked.Header.Get("Authorization"), "nothing goes along")
	}
}

func TestWhatStandsBeforeTheService(t *testing.T) {
	for status, want := range map[int]Hop{502: HopGateway, 503: HopGateway, 504: HopGateway, 404: HopAnswer, 500: HopAnswer} {
		s := server(t, func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "<html>", status) })
		assert.Equal(t, want, hopIn(t, client(t, s.URL, time.Second)), "%d", status)
	}
	c := client(t, "https://no-such-name.invalid", time.Second)
	assert.Equal(t, HopName, hopIn(t, c))
}

func TestOverIPv6(t *testing.T) {
	listener, err := net.Listen("tcp", "[::1]:0")
	require.NoError(t, err)
	s := &httptest.Server{Listener: listener, Config: &http.Server{Handler: http.HandlerFunc(info)}}
	s.Start()
	t.Cleanup(s.Close)
	assert.Empty(t, hopIn(t, client(t, s.URL, time.Second)))
	require.NoError(t, listener.Close())
	assert.Equal(t, HopRefused, hopIn(t, client(t, s.URL, time.Second)))
}

// trustChild names the address that the child of TestAnAuthorityOfTheComputersStore asks.
const trustChild = "CMC_TEST_TRUST_CHILD"

// An authority that an administrator put into the computer's own store is trusted without a word, in a program that starts then.
func TestAnAuthorityOfTheComputersStore(t *testing.T) {
	if address := os.Getenv(trustChild); address != "" {
		c, err := NewClient(address, ClientOptions{Timeout: 5 * time.Second})
		require.NoError(t, err)
		c.openPort = "1"
		t.Logf("hop=%q", hopIn(t, c))
		return
	}
	ca := networktest.NewAuthority(t)
	s := networktest.Secured(t, "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{ca.Sign(time.Now().Add(time.Hour))}}, http.HandlerFunc(info))
	store := filepath.Join(t.TempDir(), "authorities.pem")
	for says, content := range map[string][]byte{`hop="tls"`: networktest.NewAuthority(t).PEM, `hop=""`: ca.PEM} {
		require.NoError(t, os.WriteFile(store, content, 0o600))
		child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestAnAuthorityOfTheComputersStore$", "-test.v")
		child.Env = append(os.Environ(), trustChild+"="+s.URL, "SSL_CERT_FILE="+store, "SSL_CERT_DIR="+t.TempDir())
		out, err := child.CombinedOutput()
		require.NoError(t, err, "%s", out)
		assert.Contains(t, string(out), says)
	}
}
