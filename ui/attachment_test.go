package ui_test

// What may change here: what is proved about copies of documents, from the form to the service and back.

import (
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"cmc/app"
	"cmc/ui"
	"cmc/ui/screens"
)

var letter = []byte("%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\nstartxref\n9\n%%EOF\n")

// aLetter puts a letter into a folder and gives its path.
func aLetter(t *testing.T, folder string) string {
	t.Helper()
	path := filepath.Join(folder, "letter.pdf")
	require.NoError(t, os.WriteFile(path, letter, 0o600))
	return path
}

// With the keyboard alone, in the real window, to the real service and back.
func TestACopyGoesFromTheFormToTheService(t *testing.T) {
	h := newHouse(t)
	folder := t.TempDir()
	path := aLetter(t, folder)
	h.signIn("carehome")
	h.until("the list", func() bool { m, ok := h.w.Screen().(*screens.MyWork); return ok && m.Loaded() })
	h.open(grace)
	h.until("the form", func() bool { _, ok := h.w.Screen().(*ui.Form); return ok })
	form := h.w.Screen().(*ui.Form)
	form.Wizard().Show("check", "attachments", "")
	h.press("Add a copy")
	h.press("Choose a file...")
	h.until("the box", func() bool { return h.canvas().Focused() != nil && nameOf(h.canvas().Focused()) == "(box)" })
	h.typed(path)
	h.key(fyne.KeyReturn)
	sum := ""
	h.until("the file at the service", func() bool {
		for _, row := range form.Editor().Answers()["attachments"].Rows {
			if file := row.Answers["att_file"].File; file != nil && file.Name == "letter.pdf" {
				sum = file.SHA256
			}
		}
		return sum != ""
	})
	require.NoError(t, form.Editor().Flush(t.Context()))
	require.Empty(t, form.Editor().Status().Problems, "the service takes the answer")
	out := filepath.Join(folder, "out.pdf")
	require.NoError(t, h.desk.SaveAttachment(t.Context(), form.Editor().PlanID(), sum, out))
	got, err := os.ReadFile(out)
	require.NoError(t, err)
	require.Equal(t, letter, got)

	// Whoever reads the plan opens it from there.
	t.Setenv("HOME", folder)
	h.w.Go(app.Place{Screen: screens.OverviewScreen, PlanID: form.Editor().PlanID()})
	h.until("the plan", func() bool { _, ok := h.w.Screen().(*screens.Overview); return ok })
	h.press("Open a copy of letter.pdf...")
	h.until("the question where it goes", func() bool { return h.canvas().Focused() != nil && nameOf(h.canvas().Focused()) == "(box)" })
	h.press("Save")
	saved := filepath.Join(folder, "copy-of-document.pdf")
	h.until("the copy", func() bool { _, err := os.Stat(saved); return err == nil })
	got, err = os.ReadFile(saved)
	require.NoError(t, err)
	require.Equal(t, letter, got)
}
