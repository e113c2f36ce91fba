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

// asking makes a client for the service of a name that only a proxy knows, with an account for that proxy ("": none).
func asking(t *testing.T, address string, proxy *url.URL, ca *networktest.Authority, name, password string) (*Client, *Proxies) {
	t.Helper()
	ways := NewProxies(func(*url.URL) (*url.URL, error) {
		to := *proxy
		if name != "" {
			to.User = url.UserPassword(name, password)
		}
		return &to, nil
	})
	c, err := NewClient(address, ClientOptions{Timeout: 5 * time.Second, RootCAs: ca.Pool, Proxies: ways})
	require.NoError(t, err)
	c.openPort = "1"
	return c, ways
}

// A proxy of a Windows domain lets in who proves an account on one connection, spoken as itself or inside Negotiate, and nobody else.
// It is reckoned after, so that only the right answer to the right challenge opens the way.
func TestAProxyOfADomain(t *testing.T) {
	ca := networktest.NewAuthority(t)
	service := networktest.Secured(t, "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{ca.Sign(time.Now().Add(time.Hour), networktest.Away)}}, http.HandlerFunc(info))
	ways := map[string]string{networktest.Away + ":443": service.Listener.Addr().String()}
	const password = "pässword: of the domain"
	for name, one := range map[string]struct {
		ntlm           *networktest.NTLM
		name, password string
		hop            Hop
		refused        int
	}{
		"as itself":                 {&networktest.NTLM{}, `SURGERY\a.osei`, password, "", 0},
		"with another case":         {&networktest.NTLM{}, `surgery\A.Osei`, password, "", 0},
		"by address":                {&networktest.NTLM{}, `a.osei@SURGERY`, password, "", 0},
		"inside Negotiate":          {&networktest.NTLM{Within: "Negotiate"}, `SURGERY\a.osei`, password, "", 0},
		"before Basic":              {&networktest.NTLM{Also: []string{`Basic realm="x"`}}, `SURGERY\a.osei`, password, "", 0},
		"Negotiate first":           {&networktest.NTLM{Also: []string{"Negotiate"}}, `SURGERY\a.osei`, password, "", 0},
		"a wrong password":          {&networktest.NTLM{}, `SURGERY\a.osei`, "wrong", HopProxyAuth, 1},
		"a wrong one in Negotiate":  {&networktest.NTLM{Within: "Negotiate"}, `SURGERY\a.osei`, "wrong", HopProxyAuth, 1},
		"another domain":            {&networktest.NTLM{}, `OTHER\a.osei`, password, HopProxyAuth, 1},
		"no account":                {&networktest.NTLM{}, "", "", HopProxyAuth, 0},
		"no account, in Negotiate":  {&networktest.NTLM{Within: "Negotiate"}, "", "", HopProxyAuth, 0},
		"a proxy that breaks off":   {&networktest.NTLM{Breaks: true}, `SURGERY\a.osei`, password, HopProxy, 0},
		"a wrong one, not as Basic": {&networktest.NTLM{Also: []string{`Basic realm="x"`}}, `SURGERY\a.osei`, "wrong", HopProxyAuth, 1},
	} {
		t.Run(name, func(t *testing.T) {
			one.ntlm.Domain, one.ntlm.Name, one.ntlm.Password = "SURGERY", "a.osei", password
			p := networktest.NewProxy(t, &networktest.Proxy{Ways: ways, NTLM: one.ntlm})
			c, _ := asking(t, "https://"+networktest.Away, p.URL, ca, one.name, one.password)
			for range 3 {
				assert.Equal(t, one.hop, hopIn(t, c))
			}
			assert.Equal(t, one.refused, one.ntlm.Refused(), "a wrong one is shown once: a domain locks accounts")
			var u *Unreachable
			if _, err := c.Service(t.Context()); one.hop != "" {
				require.ErrorAs(t, err, &u)
				assert.Equal(t, one.refused > 0, u.ProxyRefusedAccount())
				for _, secret := range []string{"wrong", password, "osei"} {
					assert.NotContains(t, u.Technical(), secret)
				}
			}
		})
	}
	// One that speaks Kerberos alone.
	both := networktest.NewProxy(t, &networktest.Proxy{Ways: ways, Basic: "ward:secret", Offers: []string{"Negotiate", `Basic realm="x"`}})
	c, _ := asking(t, "https://"+networktest.Away, both.URL, ca, "ward", "secret")
	assert.Empty(t, hopIn(t, c), "it takes Basic too")
	for _, offers := range [][]string{{"Negotiate"}, {"Digest realm=x"}, {"Kerberos"}} {
		p := networktest.NewProxy(t, &networktest.Proxy{Ways: ways, Offers: offers})
		c, _ := asking(t, "https://"+networktest.Away, p.URL, ca, `SURGERY\a.osei`, password)
		assert.Equal(t, HopProxyScheme, hopIn(t, c), offers)
	}
}

// A password is not shown, readable, to a proxy that has not asked for one so.
func TestAPasswordIsShownToWhoAsksForIt(t *testing.T) {
	ca := networktest.NewAuthority(t)
	service := networktest.Secured(t, "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{ca.Sign(time.Now().Add(time.Hour), networktest.Away)}}, http.HandlerFunc(info))
	ways := map[string]string{networktest.Away + ":443": service.Listener.Addr().String()}
	open := networktest.NewProxy(t, &networktest.Proxy{Ways: ways})
	c, _ := asking(t, "https://"+networktest.Away, open.URL, ca, "ward", "secret")
	assert.Empty(t, hopIn(t, c))
	assert.Zero(t, open.Tried(), "who asks for nothing is shown nothing")
	digest := networktest.NewProxy(t, &networktest.Proxy{Ways: ways, Offers: []string{"Digest realm=x"}})
	c, _ = asking(t, "https://"+networktest.Away, digest.URL, ca, "ward", "secret")
	assert.Equal(t, HopProxyScheme, hopIn(t, c))
	assert.Zero(t, digest.Tried())
	basic := networktest.NewProxy(t, &networktest.Proxy{Ways: ways, Basic: "ward:secret"})
	c, proxies := asking(t, "https://"+networktest.Away, basic.URL, ca, "ward", "secret")
	assert.Empty(t, hopIn(t, c))
	assert.Equal(t, 2, basic.Asked())
	again, err := NewClient("https://"+networktest.Away, ClientOptions{Timeout: 5 * time.Second, RootCAs: ca.Pool, Proxies: proxies})
	require.NoError(t, err)
	assert.Empty(t, hopIn(t, again))
	assert.Equal(t, 3, basic.Asked(), "what a proxy wants is known from then on")
}
