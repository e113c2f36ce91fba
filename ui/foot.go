package ui

// What may change here: the foot of the window, which says where a person's words are.

import (
	"fmt"
	"sync/atomic"

	"fyne.io/fyne/v2"

	"cmc/app"
	"cmc/ui/control"
	"cmc/ui/screens"
	"cmc/ui/theme"
)

// foot is one line under every page. The form says it of its own plan itself: there the line is of other plans alone.
type foot struct {
	box   *control.Stack
	words *control.Text
}

func newFoot() *foot {
	f := &foot{words: control.Words("", 13, false, theme.Muted)}
	f.box = control.VStack(0, f.words).Inset(5, 20, 5, 20).Ground(theme.Paper).Line(control.Top, 1)
	f.box.Hide()
	return f
}

// set says where the words are.
func (f *foot) set(where app.Where) {
	words, colour := where.Words, theme.Muted
	switch {
	case !where.Safe:
		colour = theme.Red
	case where.Waiting > 0:
		colour = theme.Amber
	default:
		words = "\u2713 " + words
	}
	if f.words.String() != words {
		f.words.SetText(words)
	}
	f.words.SetColour(colour)
}

// where brings the foot up to date. A crew that only reads has it only while something waits.
func (w *Window) where() {
	show := w.signedIn()
	switch s := w.screen.(type) {
	case *Form:
		others := 0
		for _, one := range w.desk.Waiting() {
			if one.PlanID != s.editor.PlanID() {
				others++
			}
		}
		show = show && others > 0
		w.foot.set(app.Where{Words: besides(others), Waiting: others, Safe: true})
	case *screens.Urgent:
		now := w.desk.Where()
		show = show && now.Waiting > 0
		w.foot.set(now)
	default:
		w.foot.set(w.desk.Where())
	}
	if w.foot.box.Visible() != show {
		if show {
			w.foot.box.Show()
		} else {
			w.foot.box.Hide()
		}
		w.win.Content().Refresh()
	}
}

// besides says under the form that words for other plans wait, too.
func besides(n int) string {
	if n == 1 {
		return "Besides this plan, one other waits on this computer: see My work."
	}
	return fmt.Sprintf("Besides this plan, %d others wait on this computer: see My work.", n)
}

// askSignIn asks to sign in again when the session has ended while something waits. It does so at once only where nothing can be
// half typed; elsewhere the foot says it.
func (w *Window) askSignIn() {
	if _, work := w.screen.(*screens.MyWork); work && w.signedIn() && !w.say.Open() && w.desk.Where().SignIn {
		w.say.Error(w.desk.Ended())
	}
}

// moved gives what the desk calls when words have moved. Calls that come while one waits for the drawing thread are one.
func (w *Window) moved() func() {
	var waits atomic.Bool
	return func() {
		if !waits.Swap(true) {
			fyne.Do(func() {
				waits.Store(false)
				w.where()
				w.askSignIn()
			})
		}
	}
}

// WhereWords are what the foot of the window says; "" where there is none.
func (w *Window) WhereWords() string {
	if !w.foot.box.Visible() {
		return ""
	}
	return w.foot.words.String()
}
