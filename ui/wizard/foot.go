package wizard

// What may change here: the foot of the form: back, where the words are, and on.

import (
	"fmt"
	"unicode/utf8"

	"cmc/app/drafts"
	"cmc/ui/control"
	"cmc/ui/theme"
)

type foot struct {
	w     *Wizard
	box   *control.Stack
	saved *control.Text
	over  *control.Text // the same over the buttons, where there is no room for long words between them
	hint  *control.Text
	under *control.Text   // on a narrow window: the hint under where the words are, since there is no room beside the button
	read  *control.Button // on a narrow window: what a crew will read
	next  *control.Button
	send  *control.Button
	busy  bool
	tight bool // there is no room for long words: the buttons would take two rows, and the questions have few as it is
}

// tightBelow is the width of the form, at 100 % text, below which the words of the foot are the short ones: 200 % text on 1280 pixels.
const tightBelow = 720

func newFoot(w *Wizard) *foot {
	f := &foot{w: w, saved: control.Words("", 14, false, theme.Muted), over: control.Words("", 14, false, theme.Muted), hint: control.Small("Ctrl+Enter"), under: control.Small("")}
	f.under.Hidden, f.over.Hidden = true, true
	f.next = control.Primary("Save and continue", w.Next)
	f.send = control.Primary("Send", w.send)
	f.send.Hidden = true
	f.read = control.Secondary(crewWords, w.toggleSheet).Compact()
	f.read.Hidden = true
	row := control.HStack(16, control.Secondary("Back", w.Previous), control.Grow(110, control.VStack(0, f.saved, f.under)), f.read, f.hint, f.next, f.send)
	f.box = control.VStack(4, f.over, row).Inset(8, 20, 8, 20).Ground(theme.Paper).Line(control.Top, 1)
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
	for _, t := range []*control.Text{f.saved, f.over} {
		t.SetText(words)
		t.SetColour(colour)
	}
	f.makeRoom()
}

// longWords is how many signs are too many for the room between the buttons where it is tight: they would take more lines than the buttons.
const longWords = 48

// makeRoom puts where the words are over the buttons, or between them.
func (f *foot) makeRoom() {
	over := f.tight && utf8.RuneCountInString(f.over.String()) > longWords
	control.Reveal(f.over, over)
	control.Reveal(f.saved, !over)
}

// fit chooses the words for a width, in units of 100 % text.
func (f *foot) fit(width float32) {
	if tight := width < tightBelow; tight != f.tight {
		f.tight = tight
		f.update()
		f.makeRoom()
	}
}

func (f *foot) update() {
	last := f.w.now == checkStep
	narrow := !f.w.preview.On
	control.Reveal(f.read, narrow)
	words, back := crewWords, "Back to the questions"
	if f.tight {
		words, back = "Crew's page", "Questions"
	}
	if f.w.sheet != nil {
		words = back
	}
	if f.read.Text() != words {
		f.read.SetText(words)
	}
	control.Reveal(f.next, !last)
	control.Reveal(f.send, last)
	control.Reveal(f.hint, !narrow)
	control.Reveal(f.under, narrow && last)
	if !last {
		f.hint.SetText("Ctrl+Enter")
		return
	}
	if words := "Send to " + f.w.reviewer(); words != f.send.Text() {
		f.send.SetText(words)
	}
	wrong, gaps := f.w.blocking()
	n, why := wrong+gaps, f.w.refused()
	switch {
	case why != "":
		f.hint.SetText(why)
	case n > 0:
		f.hint.SetText(toDo(wrong, gaps))
	default:
		f.hint.SetText("Ctrl+Enter")
	}
	f.under.SetText(f.hint.String())
	if n > 0 || why != "" || f.busy {
		f.send.Disable()
	} else {
		f.send.Enable()
	}
}

// toDo says what keeps a plan from being sent: "2 problems to solve first", "1 problem to solve, 5 answers missing".
func toDo(wrong, gaps int) string {
	problems := "1 problem to solve"
	if wrong != 1 {
		problems = fmt.Sprintf("%d problems to solve", wrong)
	}
	switch {
	case gaps == 0:
		return problems + " first"
	case wrong == 0:
		return missing(gaps)
	}
	return problems + ", " + missing(gaps)
}
