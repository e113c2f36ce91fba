package wizard

// What may change here: the foot of the form: back, where the words are, and on.

import (
	"fmt"

	"cmc/app/drafts"
	"cmc/ui/control"
	"cmc/ui/theme"
)

type foot struct {
	w     *Wizard
	box   *control.Stack
	saved *control.Text
	hint  *control.Text
	next  *control.Button
	send  *control.Button
	busy  bool
}

func newFoot(w *Wizard) *foot {
	f := &foot{w: w, saved: control.Words("", 14, false, theme.Muted), hint: control.Small("Ctrl+Enter")}
	f.next = control.Primary("Save and continue", w.Next)
	f.send = control.Primary("Send", w.send)
	f.send.Hidden = true
	row := control.HStack(16, control.Secondary("Back", w.Previous), control.Grow(180, f.saved), f.hint, f.next, f.send)
	f.box = control.VStack(0, row).Inset(8, 20, 8, 20).Ground(theme.Paper).Line(control.Top, 1)
	return f
}

// status says where the words are, with a sign before the words where all is well.
func (f *foot) status(s drafts.Status) {
	words, colour := s.Words, theme.Muted
	switch s.State {
	case drafts.StateSaved:
		if !s.At.IsZero() {
			words = "\u2713 " + words
		}
	case drafts.StateKept:
		colour = theme.Amber
	case drafts.StateUnkept, drafts.StateConflict, drafts.StateRefused:
		colour = theme.Red
	}
	f.saved.SetText(words)
	f.saved.SetColour(colour)
}

func (f *foot) update() {
	last := f.w.now == checkStep
	control.Reveal(f.next, !last)
	control.Reveal(f.send, last)
	if !last {
		f.hint.SetText("Ctrl+Enter")
		return
	}
	f.send.SetText("Send to " + f.w.reviewer())
	n, why := f.w.blocking(), f.w.refused()
	switch {
	case why != "":
		f.hint.SetText(why)
	case n == 1:
		f.hint.SetText("1 problem to solve first")
	case n > 1:
		f.hint.SetText(fmt.Sprintf("%d problems to solve first", n))
	default:
		f.hint.SetText("Ctrl+Enter")
	}
	if n > 0 || why != "" || f.busy {
		f.send.Disable()
	} else {
		f.send.Enable()
	}
}
