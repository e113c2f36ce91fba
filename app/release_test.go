//go:build linux

package app_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"cmc/api"
	"cmc/api/central"
	"cmc/app"
	"cmc/app/drafts"
	"cmc/app/keychain/keychaintest"
)

// A service stops serving a version while somebody's words wait on their computer. The old program is told before it signs in; what
// waited is there, and goes, when the newer one signs in.
func TestAVersionThatIsNoLongerServed(t *testing.T) {
	keychaintest.Empty(t)
	data := t.TempDir()
	w := &ward{t: t, log: &lockedBuffer{}}
	open := func(r api.Releases) {
		var err error
		w.service, err = central.Open(t.Context(), central.Options{DataDir: data, Training: true, Now: w.now, Client: r})
		require.NoError(t, err)
	}
	open(api.Releases{Newest: "1.5.0"})
	w.served()
	handler := func() http.Handler { return w.service.Handler() }
	w.web.Config.Handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { handler().ServeHTTP(rw, r) })

	profile := t.TempDir()
	desk := func(version string) *app.Desk {
		d, err := app.New(app.Params{ProfileDir: profile, Version: version})
		require.NoError(t, err)
		require.NoError(t, d.SetAddress("http://"+w.line.addr()))
		return d
	}
	old := desk("1.4.0")
	signIn(t, old, "carehome", true)
	plan := draftOf(t, old)
	w.line.cut()
	e := old.Edit(plan)
	text(e, "preferred_name", "Persimmon")
	await(t, e, "kept", func(s drafts.Status) bool { return s.State == drafts.StateKept })
	require.NoError(t, old.Close())

	w.service.Hush()
	require.NoError(t, w.service.Close())
	open(api.Releases{Newest: "1.5.0", Oldest: "1.5.0"})
	w.line.mend()

	old = desk("1.4.0")
	_, found, err := old.Resume(t.Context())
	require.False(t, found)
	require.True(t, api.IsCode(err, api.CodeUpdate), "%v", err)
	require.Contains(t, app.NotResumed(err), "the service needs 1.5.0 or a later one. What you wrote on this computer is kept")
	_, err = old.SignIn(t.Context(), "carehome", "training", true)
	require.True(t, api.IsCode(err, api.CodeUpdate), "%v", err)
	require.NoError(t, old.Close())

	// The service refuses too, whatever the program thinks of itself.
	c, err := api.NewClient(w.web.URL, api.ClientOptions{UserAgent: "cmc/1.4.0 (windows)"})
	require.NoError(t, err)
	_, err = c.SignIn(t.Context(), api.Credentials{Username: "carehome", Password: "training"})
	require.True(t, api.IsCode(err, api.CodeUpdate), "%v", err)
	_, err = c.StartSSO(t.Context(), api.StartSSO{})
	require.True(t, api.IsCode(err, api.CodeUpdate), "%v", err)
	_, err = c.SignInSSO(t.Context(), api.SSOAnswer{})
	require.True(t, api.IsCode(err, api.CodeUpdate), "%v", err)

	newer := desk("1.5.0")
	defer newer.Close()
	_, found, err = newer.Resume(t.Context())
	require.NoError(t, err)
	require.True(t, found, "the sign-in that was kept goes on")
	until(t, "what was written", func() bool { return w.atService("carehome", plan.ID)["preferred_name"].Text == "Persimmon" })
}
