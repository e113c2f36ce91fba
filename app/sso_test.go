//go:build linux

package app_test

import (
	"context"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cmc/api"
	"cmc/api/central"
	"cmc/api/central/account"
	"cmc/api/central/signon/signontest"
	"cmc/api/central/store"
	"cmc/app"
	"cmc/app/browser"
	"cmc/app/keychain/keychaintest"
)

// openReal is a real service, not a training one, with an identity provider and two organisations.
func openReal(t *testing.T) (*ward, *signontest.Provider) {
	t.Helper()
	several := signontest.Person("Jo Several", "R0260 A12345", "R8000 XA9")
	delete(several, "selected_roleid")
	p := signontest.Start(t, signontest.Options{Accounts: map[string]map[string]any{
		"910000000001": signontest.Person("Dr Noor Haddad", "R0260 A12345"), "910000000002": several}})
	w := &ward{t: t, log: &lockedBuffer{}}
	var err error
	w.service, err = central.Open(t.Context(), central.Options{DataDir: t.TempDir(), Now: w.now,
		SSO: &central.SSO{Issuer: p.Issuer, ClientID: signontest.ClientID, Secret: signontest.Secret}})
	require.NoError(t, err)
	book := w.service.Accounts()
	for _, o := range []store.Organisation{{ODS: "A12345", Name: "The practice", Kind: "gp_practice"}, {ODS: "XA9", Name: "The ambulance", Kind: "ambulance"}} {
		require.NoError(t, book.PutOrganisation(t.Context(), o))
	}
	_, err = book.Add(t.Context(), account.NewUser{Username: "local", Name: "Dr Local", Role: api.RoleGP, RoleTitle: "GP", ODS: "A12345", Password: "a long enough password"})
	require.NoError(t, err)
	w.served()
	return w, p
}

// secrets are all that the keychain holds, as a program from outside sees it.
func secrets(t *testing.T) string {
	t.Helper()
	for try := 0; ; try++ {
		out, err := exec.Command("secret-tool", "search", "--all", "--unlock", "service", "Coordinate My Care").CombinedOutput()
		if err != nil && try < 5 && strings.Contains(string(out), "No such secret item") {
			continue // it went between being found and being read
		}
		require.NoError(t, err, string(out))
		return string(out)
	}
}

// TestSigningInInTheBrowser goes the desktop's whole way, through a real Chromium and a real keychain.
func TestSigningInInTheBrowser(t *testing.T) {
	keychaintest.Empty(t)
	w, p := openReal(t)
	profile := t.TempDir()
	d := w.desk(profile)
	signontest.UseChromium(t, "910000000001")
	in, err := d.SignInSSO(t.Context(), true)
	require.NoError(t, err)
	assert.Equal(t, []any{"Dr Noor Haddad", "sso", false}, []any{in.User.Name, in.User.Signs, in.Choose})
	_, err = d.Worklists(t.Context())
	require.NoError(t, err)
	kept := secrets(t)
	assert.Contains(t, kept, "session ")
	refresh, _ := p.Last()["refresh_token"].(string)
	require.NotEmpty(t, refresh)
	assert.NotContains(t, kept, refresh, "the provider's token is the service's")
	require.NoError(t, d.Close())

	// A restart: nothing is typed and no browser is opened.
	t.Setenv("BROWSER", "/no/such/browser")
	d = w.desk(profile)
	again, found, err := d.Resume(t.Context())
	require.NoError(t, err)
	require.True(t, found)
	assert.Equal(t, in.User.ID, again.User.ID)
	require.NoError(t, d.Close())

	// After another restart the provider says no (the person has gone there): nobody is resumed, and the token is forgotten.
	p.SetAccounts(map[string]map[string]any{})
	w.forward(account.RefreshEvery + time.Second)
	p.SetClock(account.RefreshEvery + time.Second)
	d = w.desk(profile)
	_, found, err = d.Resume(t.Context())
	require.NoError(t, err)
	assert.False(t, found)
	out, _ := exec.Command("secret-tool", "search", "--all", "service", "Coordinate My Care").CombinedOutput()
	assert.NotContains(t, string(out), "session ")
}

func TestChoosingAndChangingThePosition(t *testing.T) {
	keychaintest.Empty(t)
	w, _ := openReal(t)
	profile := t.TempDir()
	d := w.desk(profile)
	signontest.UseChromium(t, "910000000002")
	in, err := d.SignInSSO(t.Context(), true)
	require.NoError(t, err)
	require.True(t, in.Choose)
	require.Len(t, in.User.Positions, 2)
	assert.Empty(t, d.User().ID, "nobody works at this desk yet")
	_, err = d.Worklists(t.Context())
	require.ErrorIs(t, err, app.ErrSignedOut)
	require.NoError(t, d.Close())
	d = w.desk(profile) // closed before choosing: the next start asks again
	in, found, err := d.Resume(t.Context())
	require.NoError(t, err)
	require.True(t, found && in.Choose)
	as := map[api.Role]string{}
	for _, one := range in.User.Positions {
		as[one.Role] = one.ID
	}
	_, err = d.ChoosePosition(t.Context(), "no such position")
	require.True(t, api.IsCode(err, api.CodeForbidden), "%v", err)
	in, err = d.ChoosePosition(t.Context(), as[api.RoleUrgentClinician])
	require.NoError(t, err)
	assert.False(t, in.Choose)
	assert.Equal(t, "The ambulance", d.User().Organisation.Name)
	// Another position later, and one that is not theirs changes nothing.
	_, err = d.ChoosePosition(t.Context(), as[api.RoleGP])
	require.NoError(t, err)
	assert.Contains(t, d.User().May, "approve")
	_, err = d.ChoosePosition(t.Context(), "no such position")
	require.True(t, api.IsCode(err, api.CodeForbidden), "%v", err)
	assert.Equal(t, api.RoleGP, d.User().Role)
	_, err = d.Worklists(t.Context())
	require.NoError(t, err)
	require.NoError(t, d.SignOut(t.Context()))
	_, found, err = d.Resume(t.Context())
	require.NoError(t, err)
	assert.False(t, found)
}

// TestAStrangersGuessesDoNotKeepTheDeskOut: the pass in the keychain.
func TestAStrangersGuessesDoNotKeepTheDeskOut(t *testing.T) {
	keychaintest.Empty(t)
	w, _ := openReal(t)
	d := w.desk(t.TempDir())
	_, err := d.SignIn(t.Context(), "Local", "a long enough password", false)
	require.NoError(t, err)
	require.NoError(t, d.SignOut(t.Context()))
	assert.Contains(t, secrets(t), "device ")
	stranger, err := api.NewClient(w.web.URL, api.ClientOptions{})
	require.NoError(t, err)
	for range account.MaxFailures {
		_, err = stranger.SignIn(t.Context(), api.Credentials{Username: "local", Password: "wrong"})
	}
	require.True(t, api.IsCode(err, api.CodeLocked), "%v", err)
	_, err = stranger.SignIn(t.Context(), api.Credentials{Username: "local", Password: "a long enough password"})
	require.True(t, api.IsCode(err, api.CodeLocked), "%v", err)
	_, err = d.SignIn(t.Context(), "local", "a long enough password", false)
	require.NoError(t, err, "from the very network that is locked")
}

func TestTheBrowserThatDoesNotComeBack(t *testing.T) {
	keychaintest.Empty(t)
	w, _ := openReal(t)
	d := w.desk(t.TempDir())
	t.Setenv("BROWSER", "/no/such/browser")
	_, err := d.SignInSSO(t.Context(), false)
	require.ErrorIs(t, err, browser.ErrNoBrowser)
	t.Setenv("BROWSER", "/bin/true")
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { _, err := d.SignInSSO(ctx, false); ended <- err }()
	cancel()
	require.True(t, app.Explain(<-ended).Cancelled)
}
