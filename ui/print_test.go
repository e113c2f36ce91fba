//go:build !windows

package ui_test

// What may change here: what is proved about printing: from the button to what comes out of a printer.

import (
	"bytes"
	"testing"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"cmc/app/printing/printingtest"
	"cmc/ui/screens"
)

// openUrgent opens the page of a person as a crew does, with a reason where one is asked for.
func (h *house) openUrgent(number, words string) *screens.Urgent {
	h.t.Helper()
	h.until("the find page", func() bool { _, ok := h.w.Screen().(*screens.Find); return ok })
	h.find(number)
	h.focusOn(words)
	h.key(fyne.KeyReturn)
	h.until("the summary or why", func() bool {
		u, ok := h.w.Screen().(*screens.Urgent)
		return ok && u.Summary() != nil || h.w.Messages().Open()
	})
	if h.w.Messages().Open() {
		h.typed("999 call to the address")
		h.press("Open the record")
		h.until("the summary", func() bool { u, ok := h.w.Screen().(*screens.Urgent); return ok && u.Summary() != nil })
	}
	return h.w.Screen().(*screens.Urgent)
}

func TestAPageIsPrinted(t *testing.T) {
	press := printingtest.Start(t, "Ward", "Office")
	press.Admin(t, "-d", "Office")
	h := newHouse(t)
	h.signIn("urgent")
	h.openUrgent(aliceTwin, "HARTLEY, Alice (Miss)")

	h.press("Print")
	h.until("the printers", func() bool { return h.w.Messages().Open() })
	h.focusOn("(choice)")
	h.key(fyne.KeyDown, fyne.KeySpace) // the usual one stands first: Office, then Ward
	h.focusOn("(box)")
	h.key(fyne.KeyEnd, fyne.KeyBackspace)
	h.typed("0")
	h.press("Print")
	require.True(t, h.w.Messages().Open(), "no copies is no order")
	h.focusOn("(box)")
	h.key(fyne.KeyEnd, fyne.KeyBackspace)
	h.typed("2")
	h.press("Print")
	h.until("what became of it", func() bool { return h.w.Messages().Open() && nameOf(h.canvas().Focused()) == "OK" })
	page := press.Printed(t, "Ward")
	require.True(t, bytes.HasPrefix(page, []byte("%PDF-")), "the printer got the page")
	require.Contains(t, string(page), "%%EOF")
	h.key(fyne.KeyReturn)
	require.False(t, h.w.Messages().Open())
}

func TestNoPrinterIsSaidInASentence(t *testing.T) {
	printingtest.Start(t)
	h := newHouse(t)
	h.signIn("urgent")
	u := h.openUrgent(aliceTwin, "HARTLEY, Alice (Miss)")
	h.press("Print")
	h.until("the sentence", func() bool { return h.w.Messages().Open() && nameOf(h.canvas().Focused()) == "OK" })
	h.key(fyne.KeyReturn)
	require.Same(t, screens.Screen(u), h.w.Screen(), "the summary stays on the screen")
}
