package api

import (
	"crypto/tls"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cmc/api/networktest"
)

// A wrong password is shown to a proxy once, whatever is asked how often and by how many clients; the right one at once.
func TestAProxyIsAskedOnceWithAWrongPassword(t *testing.T) {
	ca := networktest.NewAuthority(t)
	service := networktest.Secured(t, "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{ca.Sign(time.Now().Add(time.Hour), networktest.Away)}}, http.HandlerFunc(info))
	p := networktest.NewProxy(t, &networktest.Proxy{Ways: map[string]string{networktest.Away + ":443": service.Listener.Addr().String()}, Basic: "ward:right"})
	password := "wrong"
	ways := NewProxies(func(*url.URL) (*url.URL, error) {
		to := *p.URL
		to.User = url.UserPassword("ward", password)
		return &to, nil
	})
	client := func() *Client {
		c, err := NewClient("https://"+networktest.Away, ClientOptions{Timeout: 5 * time.Second, RootCAs: ca.Pool, Proxies: ways})
		require.NoError(t, err)
		return c
	}
	first := client()
	for range 3 {
		assert.Equal(t, HopProxyAuth, hopIn(t, first))
		assert.Equal(t, HopProxyAuth, hopIn(t, client()))
	}
	assert.Equal(t, 1, p.Tried())
	ways.Forget()
	assert.Equal(t, HopProxyAuth, hopIn(t, first))
	assert.Equal(t, 2, p.Tried())
	password = "right"
	assert.Empty(t, hopIn(t, first), "a client that is open goes on with the new one")
	_, err := first.Service(t.Context())
	require.NoError(t, err)
	here, err := NewClient(server(t, info).URL, ClientOptions{Timeout: time.Second, Proxies: ways})
	require.NoError(t, err)
	before := p.Asked()
	assert.Empty(t, hopIn(t, here))
	assert.Equal(t, before, p.Asked(), "this computer is never asked through a proxy")
	password = "wrong"
	var u *Unreachable
	_, err = client().Service(t.Context())
	require.ErrorAs(t, err, &u)
	assert.NotContains(t, u.Technical()+u.Error(), "wrong", "no password is in an error")
	assert.NotContains(t, u.Technical(), "ward")
}

// The environment names a proxy, as on a computer where an administrator has set one for every program.
func TestTheEnvironmentNamesAProxy(t *testing.T) {
	ca := networktest.NewAuthority(t)
	service := networktest.Secured(t, "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{ca.Sign(time.Now().Add(time.Hour), networktest.Away)}}, http.HandlerFunc(info))
	p := networktest.NewProxy(t, &networktest.Proxy{Ways: map[string]string{networktest.Away + ":443": service.Listener.Addr().String()}, Basic: "ward:right"})
	ask := func(address string) Hop {
		c, err := NewClient(address, ClientOptions{Timeout: 5 * time.Second, RootCAs: ca.Pool})
		require.NoError(t, err)
		c.openPort = "1"
		return hopIn(t, c)
	}
	t.Setenv("HTTPS_PROXY", "http://ward:right@"+p.URL.Host)
	t.Setenv("NO_PROXY", "")
	assert.Empty(t, ask("https://"+networktest.Away))
	assert.Equal(t, []string{networktest.Away + ":443"}, p.Opened())
	assert.Equal(t, HopWrongName, ask(service.URL), "this computer is asked directly")
	assert.Equal(t, 1, p.Tried())
	t.Setenv("NO_PROXY", ".example.nhs.uk")
	assert.Equal(t, HopName, ask("https://"+networktest.Away), "an exception is asked directly")
	assert.Equal(t, 1, p.Tried())
}
