package api

import (
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// through makes a client for the service of a name that only the proxy knows.
func through(t *testing.T, p *proxy, ca *authority) *Client {
	t.Helper()
	c, err := NewClient("https://"+away, ClientOptions{Timeout: 5 * time.Second, RootCAs: ca.pool})
	require.NoError(t, err)
	c.transport.Proxy = http.ProxyURL(p.url)
	return c
}

func TestWhichHopOfAProxyFailed(t *testing.T) {
	ca := newAuthority(t)
	service := secured(t, "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{ca.sign(time.Now().Add(time.Hour), away)}}, info)
	ways := map[string]string{away + ":443": service.Listener.Addr().String()}

	open := newProxy(t, &proxy{ways: ways})
	assert.Empty(t, hopIn(t, through(t, open, ca)))
	assert.Equal(t, []string{away + ":443"}, open.opened, "it went through the proxy")

	for name, want := range map[string]struct {
		proxy *proxy
		hop   Hop
	}{
		"wants a name":              {&proxy{ways: ways, basic: "user:secret"}, HopProxyAuth},
		"wants a domain's sign-in":  {&proxy{ways: ways, offers: []string{"Negotiate", "NTLM"}}, HopProxyScheme},
		"takes either":              {&proxy{ways: ways, offers: []string{"NTLM", `Basic realm="x"`}}, HopProxyAuth},
		"refuses":                   {&proxy{status: http.StatusForbidden}, HopProxyNo},
		"does not know the name":    {&proxy{}, HopProxyOnward},
		"does not reach it":         {&proxy{ways: map[string]string{away + ":443": "127.0.0.1:1"}}, HopProxyOnward},
		"wants terms agreed to":     {&proxy{status: http.StatusNetworkAuthenticationRequired}, HopPortal},
		"sends people to its terms": {&proxy{status: http.StatusFound, where: "http://portal.example/"}, HopPortal},
	} {
		p := newProxy(t, want.proxy)
		assert.Equal(t, want.hop, hopIn(t, through(t, p, ca)), name)
		if want.hop != HopProxyOnward {
			assert.EqualValues(t, 1, p.asked.Load(), "%s: asked once", name)
		}
	}

	gone := newProxy(t, &proxy{})
	gone.url.Host = "127.0.0.1:1"
	assert.Equal(t, HopProxy, hopIn(t, through(t, gone, ca)))
	gone.url.Host = "proxy.invalid:3128"
	assert.Equal(t, HopProxy, hopIn(t, through(t, gone, ca)), "its name, not the service's, was not found")
}

func TestWhichHopOfTheEncryptionFailed(t *testing.T) {
	ca := newAuthority(t)
	good := ca.sign(time.Now().Add(time.Hour))
	for name, want := range map[string]struct {
		config *tls.Config
		hop    Hop
	}{
		"as it should be": {&tls.Config{Certificates: []tls.Certificate{good}}, ""},
		"TLS 1.2":         {&tls.Config{Certificates: []tls.Certificate{good}, MaxVersion: tls.VersionTLS12}, ""},
		"TLS 1.1":         {&tls.Config{Certificates: []tls.Certificate{good}, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}, HopOldTLS},
		"TLS 1.0":         {&tls.Config{Certificates: []tls.Certificate{good}, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS10}, HopOldTLS},
		"a stranger's":    {&tls.Config{Certificates: []tls.Certificate{newAuthority(t).sign(time.Now().Add(time.Hour))}}, HopTLS},
		"another name's":  {&tls.Config{Certificates: []tls.Certificate{ca.sign(time.Now().Add(time.Hour), "other.example.nhs.uk")}}, HopWrongName},
		"expired":         {&tls.Config{Certificates: []tls.Certificate{ca.sign(time.Now().Add(-time.Hour))}}, HopExpired},
	} {
		for _, at := range []string{"127.0.0.1:0", "[::1]:0"} {
			s := secured(t, at, want.config, info)
			c, err := NewClient(s.URL, ClientOptions{Timeout: 5 * time.Second, RootCAs: ca.pool})
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
	ca := newAuthority(t)
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

	trusted := &tls.Config{Certificates: []tls.Certificate{ca.sign(time.Now().Add(time.Hour))}}
	strange := &tls.Config{Certificates: []tls.Certificate{newAuthority(t).sign(time.Now().Add(time.Hour))}}
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
		s := secured(t, "127.0.0.1:0", want.config, info)
		var asked *http.Request
		open := server(t, func(w http.ResponseWriter, r *http.Request) {
			asked = r
			want.open(w, r)
		})
		c, err := NewClient(s.URL, ClientOptions{Timeout: 5 * time.Second, RootCAs: ca.pool})
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
