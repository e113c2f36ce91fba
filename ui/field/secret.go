package field

// What may change here: a secret shows as dots until somebody asks to see it.

import (
	"fyne.io/fyne/v2"

	"cmc/forms"
	"cmc/ui/control"
)

func init() { kinds[forms.Secret] = newSecret }

type secret struct {
	box   *control.Row
	entry *control.Entry
	link  *control.Link
	shown bool
}

func newSecret(f *frame) body {
	s := &secret{entry: control.NewEntry().Wide(220).Secret(true)}
	s.link = control.NewLink("Show", s.toggle)
	s.box = control.HStack(14, s.entry, s.link)
	f.wire(s.entry, false, nil)
	s.entry.OnChanged = func(v string) { f.write(forms.TextAnswer(forms.CleanText(v, false))) }
	return s
}

func (s *secret) toggle() {
	s.shown = !s.shown
	s.entry.Secret(!s.shown)
	if s.shown {
		s.link.SetText("Hide")
	} else {
		s.link.SetText("Show")
	}
}

func (s *secret) object() fyne.CanvasObject     { return s.box }
func (s *secret) show(a forms.Answer, _ string) { s.entry.SetText(a.Text) }
func (s *secret) answer() forms.Answer {
	return forms.TextAnswer(forms.CleanText(s.entry.Text(), false))
}
func (s *secret) first() fyne.Focusable { return s.entry }
func (s *secret) mark(wrong bool)       { s.entry.SetWrong(wrong) }
