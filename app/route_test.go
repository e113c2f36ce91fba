//go:build linux

package app_test

import (
	"crypto/tls"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cmc/api"
	"cmc/api/networktest"
	"cmc/app"
	"cmc/app/keychain/keychaintest"
)

// A network has a proxy that wants a name and a password, and an authority of its own. Both are set once; the password is in the real
// keychain and nowhere else, and the next start needs nobody.
func TestAWayThroughAProxyThatWantsAPassword(t *testing.T) {
	keychaintest.Empty(t)
	w := openWard(t)
	ca := networktest.NewAuthority(t)
	service := networktest.Secured(t, "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{ca.Sign(time.Now().Add(time.Hour), networktest.Away)}}, w.service.Handler())
	p := networktest.NewProxy(t, &networktest.Proxy{Ways: map[string]string{networktest.Away + ":443": service.Listener.Addr().String()}, Basic: "ward-7:a secret: of the network"})
	profile := t.TempDir()
	authority := filepath.Join(t.TempDir(), "authority.pem")
	require.NoError(t, os.WriteFile(authority, ca.PEM, 0o600))

	hop := func(err error) api.Hop {
		var u *api.Unreachable
		require.ErrorAs(t, err, &u)
		return u.Hop
	}
	d := w.desk(profile)
	r := app.Route{Address: "https://" + networktest.Away, Proxy: p.URL.Host}
	_, err := d.TryRoute(t.Context(), r)
	require.Equal(t, api.HopProxyAuth, hop(err))
	r.Name, r.Password = "ward-7", "wrong"
	_, err = d.TryRoute(t.Context(), r)
	require.Equal(t, api.HopProxyAuth, hop(err))
	require.Equal(t, 1, p.Tried(), "it was tried once")
	r.Password = "a secret: of the network"
	_, err = d.TryRoute(t.Context(), r)
	require.Equal(t, api.HopTLS, hop(err), "the proxy lets it through; the authority is not known")
	r.Authority = filepath.Join(profile, "none.pem")
	_, err = d.TryRoute(t.Context(), r)
	require.ErrorIs(t, err, app.ErrNoAuthority)
	r.Authority = os.Args[0]
	_, err = d.TryRoute(t.Context(), r)
	require.ErrorIs(t, err, app.ErrBadAuthority)
	r.Authority = authority
	info, err := d.TryRoute(t.Context(), r)
	require.NoError(t, err)
	require.True(t, info.Training)
	notice, err := d.SetRoute(t.Context(), r)
	require.NoError(t, err)
	require.Empty(t, notice)
	signIn(t, d, "gp", false)
	require.NoError(t, d.Close())

	again := w.desk(profile)
	require.Equal(t, app.Route{Address: r.Address, Proxy: p.URL.Host, Authority: authority}, again.Route())
	before := p.Asked()
	signIn(t, again, "gp", false)
	require.Greater(t, p.Asked(), before, "through the proxy again")
	_, err = again.SetRoute(t.Context(), app.Route{Address: r.Address, Proxy: p.URL.Host, Authority: authority, Name: "ward-7", Password: "wrong now"})
	require.NoError(t, err)
	before = p.Tried()
	for range 3 {
		_, err = again.SignIn(t.Context(), "gp", "training", false)
		require.Equal(t, api.HopProxyAuth, hop(err))
	}
	require.Equal(t, before+1, p.Tried(), "a wrong password is not shown to the network again and again")
	require.NoError(t, again.Close())

	err = filepath.WalkDir(profile, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		for _, secret := range []string{"a secret", "wrong now", "ward-7"} {
			require.NotContains(t, string(raw), secret, path)
		}
		return err
	})
	require.NoError(t, err)
	for _, secret := range []string{"a secret", "wrong now", "ward-7"} {
		require.NotContains(t, w.log.String(), secret)
	}
}

// What cannot be used is said in a sentence, and nothing is kept of it.
func TestAWayThatCannotBeUsed(t *testing.T) {
	w := openWard(t)
	d := w.desk(t.TempDir())
	for _, r := range []app.Route{
		{Proxy: "proxy.example.nhs.uk"}, {Proxy: "http://ward:secret@proxy:3128"}, {Proxy: "http://proxy:3128/proxy.pac"},
		{Proxy: "none", Name: "ward"},
	} {
		r.Address = d.Address()
		_, err := d.TryRoute(t.Context(), r)
		require.Error(t, err, r.Proxy)
		said := app.Explain(err)
		require.True(t, strings.HasSuffix(said.What, "."))
		require.NotContains(t, said.What, "Something went wrong")
		require.NotContains(t, said.What+said.Do, "secret")
		_, err = d.SetRoute(t.Context(), r)
		require.Error(t, err)
		require.Empty(t, d.Route().Proxy)
	}
}
