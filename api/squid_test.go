//go:build linux

package api

import (
	"crypto/tls"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cmc/api/networktest"
)

// The proxy that most networks have, as Debian ships it: with names and passwords in a file, and with Samba's helper for NTLM, as
// Windows domains have it, which is given one account here instead of a domain. (Squid's own, ntlm_fake_auth, believes everybody, and
// names a place outside its challenge.)
func TestARealSquid(t *testing.T) {
	ca := networktest.NewAuthority(t)
	service := networktest.Secured(t, "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{ca.Sign(time.Now().Add(time.Hour), networktest.Away)}, NextProtos: []string{"h2", "http/1.1"}}, http.HandlerFunc(info))
	address := "https://" + networktest.Away + ":" + portOf(service)
	const rest = "acl known proxy_auth REQUIRED\nhttp_access allow CONNECT known\n"
	basic, log := networktest.Squid(t, func(folder string) string {
		path := filepath.Join(folder, "passwords")
		require.NoError(t, os.WriteFile(path, []byte("ward:$1$cmcsalt0$"+squidHash+"\n"), 0o644))
		return "auth_param basic program " + networktest.Helpers + "basic_ncsa_auth " + path + "\nauth_param basic realm the network\n" + rest
	})
	domain := func(scheme string) (*url.URL, string) {
		return networktest.Squid(t, func(folder string) string {
			path := filepath.Join(folder, "smb.conf")
			words := "[global]\nserver role = standalone\nworkgroup = SURGERY\nlog file = " + folder + "/samba.log\n"
			for _, kept := range []string{"private dir", "state directory", "cache directory", "lock directory"} {
				words += kept + " = " + folder + "\n"
			}
			require.NoError(t, os.WriteFile(path, []byte(words), 0o644))
			return "auth_param " + scheme + " program /usr/bin/ntlm_auth --helper-protocol=" + map[string]string{"ntlm": "squid-2.5-ntlmssp", "negotiate": "gss-spnego"}[scheme] +
				" --configfile=" + path + " --domain=SURGERY --username=a.osei --password=right\n" + rest
		})
	}
	ntlm, ntlmLog := domain("ntlm")
	shut, _ := networktest.Squid(t, func(string) string { return "" })

	c, _ := asking(t, address, basic, ca, "ward", "right")
	assert.Empty(t, hopIn(t, c))
	knows := func(log, who string) {
		service.CloseClientConnections() // squid writes of a way when it ends
		assert.Eventually(t, func() bool {
			raw, err := os.ReadFile(log)
			return err == nil && strings.Contains(string(raw), who)
		}, 5*time.Second, 20*time.Millisecond, "squid knows who came")
	}
	knows(log, " ward ")
	c, _ = asking(t, address, basic, ca, "ward", "wrong")
	assert.Equal(t, HopProxyAuth, hopIn(t, c))
	c, _ = asking(t, address, basic, ca, "", "")
	assert.Equal(t, HopProxyAuth, hopIn(t, c))
	c, _ = asking(t, address, shut, ca, "", "")
	assert.Equal(t, HopProxyNo, hopIn(t, c))
	c, _ = asking(t, "https://"+networktest.Away+":1", basic, ca, "ward", "right")
	assert.Equal(t, HopProxyOnward, hopIn(t, c))

	c, _ = asking(t, address, ntlm, ca, "", "")
	assert.Equal(t, HopProxyAuth, hopIn(t, c))
	c, _ = asking(t, address, ntlm, ca, `SURGERY\a.osei`, "wrong")
	assert.Equal(t, HopProxyAuth, hopIn(t, c))
	c, _ = asking(t, address, ntlm, ca, `SURGERY\a.osei`, "right")
	assert.Empty(t, hopIn(t, c))
	knows(ntlmLog, "a.osei")

	inside, insideLog := domain("negotiate")
	c, _ = asking(t, address, inside, ca, `SURGERY\a.osei`, "wrong")
	assert.Equal(t, HopProxyAuth, hopIn(t, c))
	c, _ = asking(t, address, inside, ca, `SURGERY\a.osei`, "right")
	assert.Empty(t, hopIn(t, c))
	knows(insideLog, "a.osei")
}

// squidHash is "right", hashed as squid's file of passwords has it.
const squidHash = "ebTqESYWa.ob3oVS88Ton/"
