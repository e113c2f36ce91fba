package ui_test

// What may change here: what is proved about the connection page.

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"cmc/api"
	"cmc/api/networktest"
	"cmc/app"
	"cmc/app/preset"
	"cmc/ui/control"
)

// Whoever cannot reach the service reads which part of the way failed, and what to do.
func TestTheConnectionPageNamesWhatFailed(t *testing.T) {
	portal := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "<!DOCTYPE html><title>Welcome to our guest network</title>")
	}))
	t.Cleanup(portal.Close)
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	h := newHouse(t)
	h.press("Sign in with a user name")
	for address, words := range map[string]string{
		portal.URL: "A web page of this network answered instead of the central service. Open any page in your browser, and do what the network asks.",
		gone.URL:   "Its computer answers, but the service does not run there. You can go on writing. If this lasts, check the address under Connection, or call your help desk.",
	} {
		h.press("Connection")
		h.typed(address)
		h.key(fyne.KeyReturn)
		h.says(words)
		h.press("Close")
	}
}

// An address that an administrator has settled is shown and cannot be changed; the way there can.
func TestTheConnectionPageShowsASettledAddress(t *testing.T) {
	c := newApart(t)
	h := newHouseAt(t, c.address, func(p *app.Params) { p.Preset = preset.Preset{Address: c.address, Fixed: true} })
	h.press("Sign in with a user name")
	h.press("Connection")
	require.Contains(t, overlay(h), "Your organisation has settled it for this computer.")
	h.picture("connection-settled")
	h.typed("https://elsewhere.example") // what has the keyboard takes no words
	h.press("Use this connection")
	h.until("the end of it", func() bool { return len(h.canvas().Overlays().List()) == 0 })
	require.Equal(t, c.address, h.desk.Address())
}

// A proxy is typed where somebody looks for it, and what it wants is asked for under its own box.
func TestTheConnectionPageAsksForWhatTheProxyWants(t *testing.T) {
	p := networktest.NewProxy(t, &networktest.Proxy{Basic: "ward:secret"})
	h := newHouse(t)
	h.press("Sign in with a user name")
	h.press("Connection")
	h.typed("https://" + networktest.Away)
	require.NotContains(t, overlay(h), "User name for the proxy", "who needs none is not asked")
	h.press("Proxy and certificate authority")
	h.canvas().FocusNext()
	h.typed(p.URL.Host)
	h.key(fyne.KeyReturn)
	h.until("what the proxy wants", func() bool {
		return strings.Contains(overlay(h), "The proxy of this network wants a name and a password")
	})
	h.typed("ward")
	h.canvas().FocusNext()
	h.typed("secret")
	h.key(fyne.KeyReturn)
	h.until("the next hop", func() bool {
		return strings.Contains(strings.Join(strings.Fields(overlay(h)), " "), "The proxy of this network does not reach the central service.")
	})
	// What answers stands beside the address, where the keyboard goes, though boxes below it are open.
	h.focusOn("Close")
	h.key(fyne.KeyReturn)
	h.press("Connection")
	h.typed(h.desk.Address())
	h.press("Proxy and certificate authority")
	h.press("Test")
	h.until("the service", func() bool { return strings.Contains(overlay(h), "● Connected to ") })
	box, ok := h.canvas().Focused().(*control.Entry)
	require.True(t, ok)
	require.Equal(t, h.desk.Address(), box.Text())
}

// atTheProxyBox is a window in which the address of a service far away was typed, and the keyboard is where a proxy is typed.
func atTheProxyBox(t *testing.T) *house {
	t.Helper()
	h := newHouse(t)
	h.press("Sign in with a user name")
	h.press("Connection")
	h.typed("https://" + networktest.Away)
	h.press("Proxy and certificate authority")
	h.canvas().FocusNext()
	return h
}

// says waits until the box on the screen says something.
func (h *house) says(words string) {
	h.t.Helper()
	h.until(words, func() bool { return strings.Contains(strings.Join(strings.Fields(overlay(h)), " "), words) })
}

// Whose account of a Windows domain is not taken reads that, and what to do; the right one goes on to the next hop.
func TestTheConnectionPageSaysThatAnAccountIsNotTaken(t *testing.T) {
	p := networktest.NewProxy(t, &networktest.Proxy{NTLM: &networktest.NTLM{Domain: "SURGERY", Name: "a.osei", Password: "right"}})
	kerberos := networktest.NewProxy(t, &networktest.Proxy{Offers: []string{"Negotiate"}})
	h := atTheProxyBox(t)
	h.typed(kerberos.URL.Host)
	h.key(fyne.KeyReturn)
	h.says("The proxy of this network takes only Kerberos, or another way of signing in that this program does not have. Ask your help desk for a proxy that takes NTLM or a password")
	again := func(words string) { // what is wrong in a box has the keyboard
		h.canvas().Focused().(*control.Entry).SetText("")
		h.typed(words)
	}
	again(p.URL.Host)
	h.key(fyne.KeyReturn)
	h.says("The proxy of this network wants a name and a password, or others than it was given. Type them under Connection, as DOMAIN\\name where it is an account of Windows.")
	h.typed("SURGERY\\a.osei")
	h.canvas().FocusNext()
	h.typed("wrong")
	h.key(fyne.KeyReturn)
	h.says("The proxy of this network does not take the name and the password that it was given. Type them again under Connection")
	h.picture("connection-account-not-taken")
	h.canvas().FocusNext()
	again("right")
	h.key(fyne.KeyReturn)
	h.says("The proxy of this network does not reach the central service.")
	require.Equal(t, 1, p.NTLM.Refused())
}

// A proxy of SOCKS is typed like the others, and what it refuses is said in the same sentences.
func TestTheConnectionPageTakesSOCKS(t *testing.T) {
	p := networktest.NewSOCKS(t, &networktest.SOCKS{Account: "ward:right"})
	h := atTheProxyBox(t)
	h.typed(p.URL.String())
	h.key(fyne.KeyReturn)
	h.says("The proxy of this network wants a name and a password")
	h.typed("ward")
	h.canvas().FocusNext()
	h.typed("wrong")
	h.key(fyne.KeyReturn)
	h.says("The proxy of this network does not take the name and the password that it was given.")
	h.canvas().FocusNext()
	h.canvas().Focused().(*control.Entry).SetText("")
	h.typed("right")
	h.key(fyne.KeyReturn)
	h.says("The proxy of this network does not reach the central service.")
}

// A name and a password that are kept for a proxy can be taken away again, with the keyboard alone: out of the keychain too, so that
// the next start does not know them.
func TestTheConnectionPageForgetsAnAccount(t *testing.T) {
	c := newApart(t)
	h := newHouseAt(t, c.address)
	p := networktest.NewProxy(t, &networktest.Proxy{Basic: "ward:secret"})
	notice, err := h.desk.SetRoute(t.Context(), app.Route{Address: c.address, Proxy: p.URL.Host, Name: "ward", Password: "secret"})
	require.NoError(t, err)
	require.Empty(t, notice)
	hop := func() api.Hop {
		_, err := h.desk.TryRoute(t.Context(), app.Route{Address: "https://" + networktest.Away, Proxy: p.URL.Host})
		var u *api.Unreachable
		require.ErrorAs(t, err, &u)
		return u.Hop
	}
	require.Equal(t, api.HopProxyOnward, hop(), "what is kept opens the proxy")
	h.press("Sign in with a user name")
	h.press("Connection")
	const forget = "Forget the name and the password that are kept for this proxy"
	h.press(forget)
	h.says("● The name and the password for " + p.URL.Host + " are forgotten.")
	h.picture("connection-forgotten")
	require.Equal(t, api.HopProxyAuth, hop())
	h.press(forget)
	h.says("● No name and no password are kept for " + p.URL.Host + ".")
	h.press("Close")
	require.NoError(t, h.desk.Close())
	h.desk, err = app.New(app.Params{ProfileDir: h.profile, Version: "test"})
	require.NoError(t, err)
	t.Cleanup(func() { _ = h.desk.Close() })
	require.Equal(t, api.HopProxyAuth, hop(), "nor after the next start")
}
