//go:build linux

package app_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cmc/app"
	"cmc/app/preset"
)

func presetDesk(t *testing.T, profile string, p preset.Preset) *app.Desk {
	t.Helper()
	d, err := app.New(app.Params{ProfileDir: profile, Version: "test", Preset: p})
	require.NoError(t, err)
	t.Cleanup(func() { _ = d.Close() })
	return d
}

// Where an administrator has settled the service, nobody types its address, and nobody chooses another one. What they settle
// afterwards counts at the next start.
func TestAnAdministratorSettlesTheService(t *testing.T) {
	w := openWard(t)
	profile := t.TempDir()
	here := "http://" + w.line.addr()
	d := presetDesk(t, profile, preset.Preset{Address: here, Fixed: true})
	signIn(t, d, "carehome", false)
	for _, err := range []error{d.SetAddress("http://127.0.0.1:1"), second(d.SetRoute(t.Context(), app.Route{Address: "http://127.0.0.1:1"}))} {
		require.ErrorIs(t, err, app.ErrFixedAddress)
		require.Contains(t, app.Explain(err).What, "Your organisation has settled")
	}
	require.Equal(t, "carehome", d.User().Username, "a refused address signs nobody out")
	require.NoError(t, second(d.SetRoute(t.Context(), app.Route{Address: here, Proxy: "none"})), "the way there is theirs to choose")
	require.NoError(t, d.Close())
	raw, err := os.ReadFile(filepath.Join(profile, "settings.json"))
	require.NoError(t, err)
	require.NotContains(t, string(raw), w.line.addr())

	require.Equal(t, "http://other.example", presetDesk(t, profile, preset.Preset{Address: "http://other.example"}).Address())
}

// An address that came with the installation is a beginning: the person's own stays theirs, until a policy says otherwise.
func TestAnInstallationIsABeginning(t *testing.T) {
	w := openWard(t)
	profile := t.TempDir()
	d := presetDesk(t, profile, preset.Preset{Address: "http://127.0.0.1:1"})
	require.Equal(t, "http://127.0.0.1:1", d.Address())
	require.NoError(t, d.SetAddress("http://"+w.line.addr()))
	require.NoError(t, d.Close())
	require.Equal(t, "http://"+w.line.addr(), presetDesk(t, profile, preset.Preset{Address: "http://127.0.0.1:1"}).Address())
	require.Equal(t, "http://127.0.0.1:1", presetDesk(t, profile, preset.Preset{Address: "http://127.0.0.1:1", Fixed: true}).Address())
}

// An administrator may have the window lock sooner than the service says, and never later.
func TestAnAdministratorLocksSooner(t *testing.T) {
	profile := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(profile, "settings.json"), []byte(`{"lock": 8}`), 0o600)) // as a service said
	for minutes, want := range map[int]time.Duration{0: 8, 3: 3, 15: 8} {
		require.Equal(t, want*time.Minute, presetDesk(t, profile, preset.Preset{LockMinutes: minutes}).LockAfter(), minutes)
	}
}

func second[T any](_ T, err error) error { return err }
