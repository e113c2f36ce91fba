package app_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cmc/app"
)

func TestAFolderOffersWhatCanBeAttached(t *testing.T) {
	dir := t.TempDir()
	for i, name := range []string{"old.pdf", "new.JPG", "letter.doc", ".hidden.pdf"} {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte("x"), 0o600))
		at := time.Date(2026, 1, 1+i, 0, 0, 0, 0, time.UTC)
		require.NoError(t, os.Chtimes(path, at, at))
	}
	require.NoError(t, os.Mkdir(filepath.Join(dir, "scans"), 0o700))

	in, entries, err := app.Folder(t.Context(), filepath.Join(dir, "gone", "further"))
	require.NoError(t, err)
	require.Equal(t, dir, in, "the nearest folder above that is there")
	var names []string
	for _, e := range entries {
		names = append(names, e.Name)
	}
	require.Equal(t, []string{"new.JPG", "old.pdf", "scans"}, names)

	ended, end := context.WithCancel(t.Context())
	end()
	_, _, err = app.Folder(ended, dir)
	require.ErrorIs(t, err, context.Canceled)
}

func TestACopyNeverTakesTheNameOfAFileThatIsThere(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	first, err := app.FreeCopyName(t.Context(), ".pdf")
	require.NoError(t, err)
	require.Equal(t, filepath.Join(home, "copy-of-document.pdf"), first)
	require.NoError(t, os.WriteFile(first, []byte("x"), 0o600))
	second, err := app.FreeCopyName(t.Context(), ".pdf")
	require.NoError(t, err)
	require.Equal(t, filepath.Join(home, "copy-of-document-2.pdf"), second)
}
