package field

// What may change here: several lines of words.

import (
	"fyne.io/fyne/v2"

	"cmc/forms"
	"cmc/ui/control"
)

func init() { kinds[forms.LongText] = newArea }

type area struct{ entry *control.Entry }

func newArea(f *frame) body {
	rows := 3
	if f.it.MaxChars > 0 && f.it.MaxChars <= 200 {
		rows = 2
	}
	a := &area{control.NewTextArea(rows, f.it.MaxChars)}
	f.wire(a.entry, true, nil)
	a.entry.OnChanged = func(s string) { f.write(forms.TextAnswer(forms.CleanText(s, true))) }
	return a
}

func (a *area) object() fyne.CanvasObject     { return a.entry }
func (a *area) show(v forms.Answer, _ string) { a.entry.SetText(v.Text) }
func (a *area) answer() forms.Answer          { return forms.TextAnswer(forms.CleanText(a.entry.Text(), true)) }
func (a *area) first() fyne.Focusable         { return a.entry }
func (a *area) mark(wrong bool)               { a.entry.SetWrong(wrong) }
