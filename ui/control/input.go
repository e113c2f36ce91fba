package control

// What may change here: a box with its label, its hint and its error, in that order from the top.

import "fyne.io/fyne/v2"

// An Input is a labelled box to write in.
type Input struct {
	Stack
	Entry *Entry
	label *Text
	hint  *Text
	err   *Text
	full  bool // the error is the box's own: something was not taken

	// OnChanged, when set, is called after each change that a person makes.
	OnChanged func(text string)
	// OnSubmit, when set, is called on Enter.
	OnSubmit func(text string)
}

// NewInput makes a labelled box of one line. The hint may be empty.
func NewInput(label, hint string) *Input { return newInput(label, hint, NewEntry()) }

// NewPassword makes a labelled box that shows dots.
func NewPassword(label, hint string) *Input { return newInput(label, hint, NewEntry().Secret(true)) }

// TextArea makes a labelled box of several lines; a counter shows what may still be written, none when limit is 0.
func TextArea(label, hint string, rows, limit int) *Input {
	return newInput(label, hint, NewTextArea(rows, limit))
}

func newInput(label, hint string, e *Entry) *Input {
	in := &Input{Entry: e, label: Strong(label), hint: Hint(hint), err: ErrorText("")}
	in.hint.Hidden = hint == ""
	in.err.Hidden = true
	in.start(in, 4, []fyne.CanvasObject{in.label, in.hint, in.err, e})
	e.OnChanged = func(s string) {
		if in.full {
			in.SetError("")
		}
		if in.OnChanged != nil {
			in.OnChanged(s)
		}
	}
	e.OnSubmit = func(s string) {
		if in.OnSubmit != nil {
			in.OnSubmit(s)
		}
	}
	e.OnRefused = func(words string) {
		in.SetError(words)
		in.full = true
	}
	return in
}

// Text gives what is written.
func (in *Input) Text() string { return in.Entry.Text() }

// SetText replaces what is written.
func (in *Input) SetText(s string) { in.Entry.SetText(s) }

// SetError says what is wrong, under the label; an empty sentence clears it.
func (in *Input) SetError(words string) {
	in.full = false
	in.err.SetText(words)
	in.Entry.SetWrong(words != "")
	Reveal(in.err, words != "")
}

// Error gives the sentence that is shown.
func (in *Input) Error() string {
	if in.err.Hidden {
		return ""
	}
	return in.err.String()
}

// SetHint changes the hint.
func (in *Input) SetHint(s string) {
	in.hint.SetText(s)
	Reveal(in.hint, s != "")
}

// Focus gives the box the keyboard.
func (in *Input) Focus() {
	if c := canvasOf(in.Entry); c != nil {
		c.Focus(in.Entry)
	}
}

// Enable has the box take words again.
func (in *Input) Enable() { in.Entry.Enable() }

// Disable has it take none.
func (in *Input) Disable() { in.Entry.Disable() }

// Focusable gives what takes the keyboard.
func (in *Input) Focusable() fyne.Focusable { return in.Entry }
