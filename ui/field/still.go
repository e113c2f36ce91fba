package field

// What may change here: how an answer looks that is shown and never typed.

import (
	"fyne.io/fyne/v2"

	"cmc/forms"
	"cmc/ui/control"
)

type still struct {
	f    *frame
	text *control.Text
	held forms.Answer
}

func newStill(f *frame) body { return &still{f: f, text: control.Muted("Not recorded")} }

func (s *still) object() fyne.CanvasObject { return s.text }

func (s *still) show(a forms.Answer, _ string) { s.held = a }

func (s *still) follow(r forms.Reader, _ forms.Answer) {
	words := r.Words(s.f.it.ID)
	if words == "" {
		words = "Not recorded"
	}
	s.text.SetText(words)
}

func (s *still) answer() forms.Answer  { return s.held }
func (s *still) first() fyne.Focusable { return nil }
