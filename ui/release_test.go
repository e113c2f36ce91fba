package ui_test

// What may change here: what is proved about a program that is older than the service wants.

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"cmc/api"
	"cmc/api/central"
	"cmc/app"
	"cmc/app/keychain/keychaintest"
	"cmc/ui"
)

// A newer version is a quiet line; one that is wanted stands in the place of the boxes, before anybody has typed.
func TestTheSignInPageTellsOfANewerVersion(t *testing.T) {
	t.Setenv("LANG", "en_GB.UTF-8")
	for _, c := range []struct {
		version, says string
		may           bool
	}{
		{"1.3.9", "This program is version 1.3.9, and the service needs 1.4.0 or a later one. What you wrote on this computer is kept", false},
		{"1.4.2", "Version 1.5.0 of this program is there. Ask your help desk for it.", true},
	} {
		keychaintest.Empty(t)
		service, err := central.Open(context.Background(), central.Options{DataDir: t.TempDir(), Training: true, Client: api.Releases{Newest: "1.5.0", Oldest: "1.4.0"}})
		require.NoError(t, err)
		web := httptest.NewServer(service.Handler())
		a := newThreadApp(t)
		h := &house{t: t, profile: t.TempDir(), thread: a.thread}
		h.desk, err = app.New(app.Params{ProfileDir: h.profile, Version: c.version})
		require.NoError(t, err)
		require.NoError(t, h.desk.SetAddress(web.URL))
		h.w = ui.NewWindow(a, h.desk, ui.Options{Version: c.version})
		h.w.Fyne().Resize(fyne.NewSize(1280, 800))
		h.w.Start()
		h.until(c.says, func() bool { return strings.Contains(strings.Join(strings.Fields(h.reads()), " "), c.says) })
		names := h.walk()
		if c.may {
			require.Contains(t, names, "Sign in with a user name")
		} else {
			require.Equal(t, []string{"Practise with invented patients", "Connection"}, names, "there is nothing to type into")
			require.Contains(t, h.reads(), "Update this program")
		}
		require.NoError(t, h.desk.Close())
		service.Hush()
		web.CloseClientConnections()
		web.Close()
		require.NoError(t, service.Close())
	}
}
