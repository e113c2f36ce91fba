package ui_test

// What may change here: what is proved about how the window offers the report of a crash.

import (
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"cmc/ui"
)

// The next start says that the program stopped, shows the report, copies it, and deletes it when it is told to; until then it
// offers it again.
func TestTheReportOfACrashIsOffered(t *testing.T) {
	h := newHouse(t)
	require.False(t, h.w.Messages().Open(), "nothing has happened")
	path := filepath.Join(h.profile, "crash-20261126-031502-77.txt")
	text := "Coordinate My Care stopped unexpectedly.\nTime: 2026-11-26 03:15:02 UTC\nIt had run for: 2h4m0s\nVersion: test\nSystem: linux/amd64, go1.26.8\nKind: panic\n\nWhere it stopped:\n  cmc/ui/wizard.(*Wizard).Show wizard.go:212\n  cmc/ui.(*Window).show window.go:301\n"
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	start := func() {
		h.w = ui.NewWindow(fyne.CurrentApp(), h.desk, ui.Options{Version: "test", Training: true})
		h.w.Fyne().Resize(fyne.NewSize(1280, 800))
		h.w.Start()
		h.until("the offer", func() bool { return h.w.Messages().Open() })
	}
	start()
	h.picture("crash-offered")
	h.press("Not now")
	require.FileExists(t, path)
	start()
	h.press("Show it")
	require.True(t, h.w.Messages().Open())
	h.picture("crash-shown")
	h.press("Copy it")
	require.Equal(t, text, fyne.CurrentApp().Clipboard().Content())
	require.FileExists(t, path)
	start()
	h.press("Delete it")
	h.until("it is gone", func() bool { _, err := os.Stat(path); return os.IsNotExist(err) })
	require.False(t, h.w.Messages().Open())
}
