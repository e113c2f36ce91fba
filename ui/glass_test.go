package ui_test

// What may change here: what is proved about opening a record in an emergency, and about reviewing that.

import (
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"cmc/ui/control"
	"cmc/ui/screens"
)

// picture leaves what is on the window in the folder that CMC_PICTURES names, for a person to look at.
func (h *house) picture(name string) {
	dir := os.Getenv("CMC_PICTURES")
	if dir == "" {
		return
	}
	file, err := os.Create(filepath.Join(dir, name+".png"))
	require.NoError(h.t, err)
	require.NoError(h.t, png.Encode(file, h.canvas().Capture()))
	require.NoError(h.t, file.Close())
}

// choose takes the answer with a place in the group that has the keyboard.
func (h *house) choose(place int) {
	h.t.Helper()
	_, ok := h.canvas().Focused().(*control.Radio)
	require.True(h.t, ok, "the choices have the keyboard")
	for range place {
		h.key(fyne.KeyDown)
	}
	h.key(fyne.KeySpace)
}

// A nurse of a care home opens the record of somebody who does not live there: the reason, the second question, and the
// approved plan as a crew reads it. The GP then reviews it from the worklist.
func TestOpeningInAnEmergency(t *testing.T) {
	h := newHouse(t)
	h.signIn("carehome")
	f := h.find(aliceTwin)
	require.Equal(t, "break_glass", f.Found()[0].WayIn)
	h.picture("glass-found")
	h.key(fyne.KeyReturn)
	h.until("the question", func() bool { return h.w.Messages().Open() })
	h.press("Open in an emergency")
	h.picture("glass-wrong")
	require.True(t, h.w.Messages().Open(), "nothing is opened without a reason")
	h.until("the keyboard", func() bool {
		_, ok := h.canvas().Focused().(*control.Radio)
		if !ok {
			h.canvas().FocusNext()
		}
		return ok
	})
	h.choose(0)
	h.focusOn("(box)")
	h.typed("Fell in our garden, does not wake up")
	h.picture("glass-asked")
	h.press("Open in an emergency")
	h.until("the second question", func() bool { return h.reaches("Do not open it") })
	h.picture("glass-second")
	_, still := h.w.Screen().(*screens.Find)
	require.True(t, still, "nothing is open yet")
	h.press("Open the record")
	h.until("the summary", func() bool { u, ok := h.w.Screen().(*screens.Urgent); return ok && u.Summary() != nil })
	h.picture("glass-opened")
	require.False(t, h.reaches("Open the form"))

	h.press("Back")
	h.until("the find page again", func() bool { _, ok := h.w.Screen().(*screens.Find); return ok })
	h.press("Sign out")
	h.until("the sign-in", func() bool { _, ok := h.w.Screen().(*screens.SignIn); return ok })
	h.until("the people", func() bool { return h.w.Screen().(*screens.SignIn).Person("gp") != nil })
	h.signIn("gp")
	m := h.myWork()
	require.Equal(t, 1, m.Count("emergency-openings"))
	h.focusOn("(list)")
	for range 12 {
		c, ok := h.canvas().Focused().(*control.Chip)
		if ok && c.Words() == "Emergency openings" {
			break
		}
		h.canvas().FocusNext()
	}
	h.key(fyne.KeyReturn)
	h.until("the opening", func() bool { return len(m.Rows()) == 1 && m.Rows()[0].Words == "Emergency opening" })
	m.Focus()
	h.picture("glass-list")
	h.key(fyne.KeyReturn)
	h.until("the review", func() bool { return h.w.Messages().Open() })
	h.choose(0)
	h.picture("glass-review")
	h.press("Keep the review")
	h.until("an empty list", func() bool { return !h.w.Messages().Open() && m.Count("emergency-openings") == 0 })
}
