package ui_test

// What may change here: what is proved about the ways in: the browser, positions, and the proof that signs an approval.

import (
	"context"
	"net/http/httptest"
	"testing"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"cmc/api"
	"cmc/api/central"
	"cmc/api/central/account"
	"cmc/api/central/signon/signontest"
	"cmc/app"
	"cmc/app/preset"
	"cmc/ui/screens"
)

// newFederated is a house whose service has an identity provider: Dr Haddad, a GP of the practice of gp, and Jo Several, who holds two
// positions.
func newFederated(t *testing.T, change ...func(*app.Params)) (*house, *central.Service, *signontest.Provider) {
	t.Helper()
	several := signontest.Person("Jo Several", "R0260 X99001", "R8000 XA9")
	delete(several, "selected_roleid")
	p := signontest.Start(t, signontest.Options{Accounts: map[string]map[string]any{
		"910000000001": signontest.Person("Dr Noor Haddad", "R0260 X99001"), "910000000002": several, "910000000003": signontest.Person("No Role")}})
	service, err := central.Open(context.Background(), central.Options{DataDir: t.TempDir(), Training: true,
		SSO: &central.SSO{Issuer: p.Issuer, ClientID: signontest.ClientID, Secret: signontest.Secret}})
	require.NoError(t, err)
	_, err = service.Accounts().Add(context.Background(), account.NewUser{Username: "noor.haddad", Name: "Dr Noor Haddad", Role: api.RoleGP, RoleTitle: "GP partner",
		RegNumber: "0000058", ODS: "X99001", Issuer: p.Issuer, Subject: "910000000001"})
	require.NoError(t, err)
	web := httptest.NewServer(service.Handler())
	t.Cleanup(func() {
		service.Hush()
		web.CloseClientConnections()
		web.Close()
		require.NoError(t, service.Close())
	})
	h := newHouseAt(t, web.URL, change...)
	h.press("Sign in with a user name")
	h.until("the button of the provider", func() bool { return h.reaches("Sign in with NHS CIS2") })
	return h, service, p
}

func (h *house) signInPage() *screens.SignIn {
	h.t.Helper()
	s, ok := h.w.Screen().(*screens.SignIn)
	require.True(h.t, ok)
	return s
}

func TestSigningInWithTheBrowserAndChangingPosition(t *testing.T) {
	h, _, _ := newFederated(t)
	s := h.signInPage()
	h.picture("sign-in")
	// A browser that does not open: said under its button.
	t.Setenv("BROWSER", "/no/such/browser")
	h.press("Sign in with NHS CIS2")
	h.until("the sentence under the button", func() bool { return s.SSOWrong() != "" })
	require.Contains(t, s.SSOWrong(), "did not open a browser")
	h.picture("sign-in-no-browser")
	// One that does not come back: the page waits, and the person may give up.
	t.Setenv("BROWSER", "/bin/true")
	h.press("Sign in with NHS CIS2")
	require.True(t, s.Waiting())
	h.picture("sign-in-waiting")
	h.press("Cancel")
	h.until("the way in again", func() bool { return !s.Waiting() && h.reaches("Sign in with NHS CIS2") })
	require.Empty(t, s.SSOWrong(), "nothing went wrong")
	// Somebody for whom there is no role here.
	signontest.UseChromium(t, "910000000003")
	h.press("Sign in with NHS CIS2")
	h.until("why not", func() bool { return s.SSOWrong() != "" })
	require.Contains(t, s.SSOWrong(), "no role that this service knows")
	// And somebody with two.
	signontest.UseChromium(t, "910000000002")
	h.press("Sign in with NHS CIS2")
	h.until("the positions", func() bool { _, ok := h.w.Screen().(*screens.Position); return ok })
	p := h.w.Screen().(*screens.Position)
	require.Len(t, p.Choice().Options(), 2)
	require.Empty(t, p.Choice().Chosen(), "none is chosen for anybody")
	h.press("Work in this position")
	require.Equal(t, "Choose a position.", p.Wrong())
	h.picture("position")
	h.takePosition(p, "ambulance")
	h.press("Work in this position")
	h.until("the first page", func() bool { _, ok := h.w.Screen().(*screens.Find); return ok })
	require.Contains(t, h.desk.User().Organisation.Name, "Ambulance")
	h.press("Change position")
	h.until("the positions again", func() bool { _, ok := h.w.Screen().(*screens.Position); return ok })
	h.picture("position-change")
	p = h.w.Screen().(*screens.Position)
	require.NotEmpty(t, p.Choice().Chosen(), "the present one")
	h.press("Stay as I am")
	h.until("where they were", func() bool { _, ok := h.w.Screen().(*screens.Find); return ok })
	h.press("Change position")
	h.until("the positions again", func() bool { _, ok := h.w.Screen().(*screens.Position); return ok })
	h.takePosition(h.w.Screen().(*screens.Position), "practice")
	h.press("Work in this position")
	h.myWork()
	require.Equal(t, api.RoleGP, h.desk.User().Role)
	h.picture("my-work")
	h.press("Sign out")
	h.until("the way in", func() bool { _, ok := h.w.Screen().(*screens.SignIn); return ok })
}

// takePosition chooses the position whose organisation's name or role begins so.
func (h *house) takePosition(p *screens.Position, what string) {
	h.t.Helper()
	kinds := map[string]string{"ambulance": "Example Ambulance Service", "practice": "Riverside Practice"}
	for _, o := range p.Choice().Options() {
		if len(o.Label) >= len(kinds[what]) && o.Label[len(o.Label)-len(kinds[what]):] == kinds[what] {
			h.canvas().Focus(p.Choice())
			for range p.Choice().Options() {
				h.key(fyne.KeyDown, fyne.KeySpace)
				if p.Choice().Chosen() == o.ID {
					break
				}
			}
			require.Equal(h.t, o.ID, p.Choice().Chosen())
			return
		}
	}
	h.t.Fatalf("%s is not among %v", what, p.Choice().Options())
}

func TestApprovingWithAProof(t *testing.T) {
	h, _, _ := newFederated(t)
	signontest.UseChromium(t, "910000000001")
	h.press("Sign in with NHS CIS2")
	h.myWork()
	h.open(johnSmith)
	h.until("the review", func() bool { r, ok := h.w.Screen().(*screens.Review); return ok && len(r.Changes().Items) > 0 })
	r := h.w.Screen().(*screens.Review)
	require.NotNil(t, r.ProofButton())
	for _, tick := range r.Ticks() {
		h.canvas().Focus(tick)
		h.key(fyne.KeySpace)
	}
	r.Due().SetText("")
	h.canvas().Focus(r.Due().Focusable())
	h.typed(h.desk.Now().AddDate(0, 0, 14).Format("02-Jan-2006"))
	require.True(t, r.ApproveButton().Disabled(), "nothing is signed yet")
	// Given up, and somebody else at the browser.
	t.Setenv("BROWSER", "/bin/true")
	h.press("Prove it is you")
	require.True(t, h.reaches("Cancel"))
	h.press("Cancel")
	h.until("the button again", func() bool { return !r.Proving() })
	require.Empty(t, r.ProofWrong(), "nothing went wrong")
	signontest.UseChromium(t, "910000000002")
	h.press("Prove it is you")
	h.until("whose proof it was", func() bool { return r.ProofWrong() != "" })
	require.Contains(t, r.ProofWrong(), "Somebody else signed in")
	require.True(t, r.ApproveButton().Disabled())
	h.picture("proof-refused")
	// The person, and the plan is published.
	signontest.UseChromium(t, "910000000001")
	h.press("Prove it is you")
	h.until("the proof", func() bool { return !r.ApproveButton().Disabled() })
	h.picture("proof")
	h.canvas().Focus(r.ApproveButton())
	h.key(fyne.KeyReturn)
	h.until("my work, or why not", func() bool {
		_, ok := h.w.Screen().(*screens.MyWork)
		return ok || r.ProofWrong() != "" || h.w.Messages().Open()
	})
	h.picture("published")
	h.myWork()
}

// Where an administrator wants single sign-on alone, neither the way in nor the lock asks for a name and a password.
func TestSingleSignOnAlone(t *testing.T) {
	h, _, _ := newFederated(t, func(p *app.Params) { p.Preset = preset.Preset{SSOOnly: true} })
	h.picture("sign-in-sso-only")
	for _, there := range []string{"User name", "Password", "Sign in"} {
		require.NotContains(t, h.walk(), there)
	}
	signontest.UseChromium(t, "910000000001")
	h.press("Sign in with NHS CIS2")
	h.until("the first page", func() bool { _, still := h.w.Screen().(*screens.SignIn); return !still && h.w.Screen() != nil })
	h.ctrl(fyne.KeyL)
	h.until("the lock", func() bool { return h.w.Locked() != nil })
	h.picture("lock-sso-only")
	require.Contains(t, h.walk(), "Unlock with NHS CIS2")
	require.NotContains(t, h.walk(), "Password")
}
