package api

import (
	"crypto/tls"
	"net"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cmc/api/networktest"
)

// A proxy that speaks SOCKS5 looks the name up itself, and its refusals are told apart as those of the other proxies are.
func TestAProxyThatSpeaksSOCKS(t *testing.T) {
	ca := networktest.NewAuthority(t)
	service := networktest.Secured(t, "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{ca.Sign(time.Now().Add(time.Hour), networktest.Away)}}, http.HandlerFunc(info))
	ways := map[string]string{networktest.Away + ":443": service.Listener.Addr().String()}
	for name, one := range map[string]struct {
		proxy          *networktest.SOCKS
		name, password string
		hop            Hop
		refused        int
	}{
		"open":                     {&networktest.SOCKS{Ways: ways}, "", "", "", 0},
		"open, with an account":    {&networktest.SOCKS{Ways: ways}, "ward", "secret", "", 0},
		"with a password":          {&networktest.SOCKS{Ways: ways, Account: "ward:secret"}, "ward", "secret", "", 0},
		"with a wrong password":    {&networktest.SOCKS{Ways: ways, Account: "ward:secret"}, "ward", "wrong", HopProxyAuth, 1},
		"without one":              {&networktest.SOCKS{Ways: ways, Account: "ward:secret"}, "", "", HopProxyAuth, 0},
		"with Kerberos alone":      {&networktest.SOCKS{Ways: ways, Only: 1}, "ward", "secret", HopProxyScheme, 0},
		"forbids it":               {&networktest.SOCKS{Reply: 2}, "", "", HopProxyNo, 0},
		"has no way":               {&networktest.SOCKS{}, "", "", HopProxyOnward, 0},
		"the service is not there": {&networktest.SOCKS{Reply: 5}, "", "", HopProxyOnward, 0},
		"the network is not there": {&networktest.SOCKS{Reply: 3}, "", "", HopProxyOnward, 0},
		"something is wrong in it": {&networktest.SOCKS{Reply: 1}, "", "", HopProxyOnward, 0},
	} {
		p := networktest.NewSOCKS(t, one.proxy)
		c, _ := asking(t, "https://"+networktest.Away, p.URL, ca, one.name, one.password)
		for range 2 {
			assert.Equal(t, one.hop, hopIn(t, c), name)
		}
		assert.Equal(t, one.refused, p.Refused(), "%s: a wrong one is shown once", name)
	}
	gone := &url.URL{Scheme: "socks5", Host: "127.0.0.1:1"}
	c, _ := asking(t, "https://"+networktest.Away, gone, ca, "", "")
	assert.Equal(t, HopProxy, hopIn(t, c))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Write([]byte("HTTP/1.1 400 Bad Request\r\n\r\n"))
			_, _ = conn.Read(make([]byte, 100))
			_ = conn.Close()
		}
	}()
	c, _ = asking(t, "https://"+networktest.Away, &url.URL{Scheme: "socks5", Host: listener.Addr().String()}, ca, "", "")
	assert.Equal(t, HopProxy, hopIn(t, c), "it is there and speaks something else")
}
