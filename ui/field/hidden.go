package field

// What may change here: how an answer is asked for that the service hides from everybody until they say why, and how another
// one is written in its place by people who do not see it.

import (
	"fyne.io/fyne/v2"

	"cmc/forms"
	"cmc/ui/control"
)

// hidden stands in the place of an answer that this person does not see. Nothing is typed over it by accident.
type hidden struct {
	box   *control.Row
	again *control.Link // opens the question for another answer; nil: this person does not write it
	ask   *control.Link
}

func newHidden(f *frame) body {
	h := &hidden{}
	parts := []fyne.CanvasObject{control.Muted(forms.StateWords(forms.Withheld))}
	if f.b.Reveal != nil {
		h.ask = control.NewLink("Show it...", func() { f.b.Reveal(f.at, f.it) })
		parts = append(parts, h.ask)
	}
	if !f.b.locked(f.it) {
		h.again = control.NewLink("Write another answer", func() {
			f.anew = true
			f.open()
			f.b.focus(f.body.first())
		})
		parts = append(parts, h.again)
	}
	h.box = control.HStack(14, parts...)
	return h
}

func (h *hidden) object() fyne.CanvasObject { return h.box }
func (h *hidden) show(forms.Answer, string) {}
func (h *hidden) answer() forms.Answer      { return forms.StateAnswer(forms.Withheld) }
func (h *hidden) first() fyne.Focusable {
	switch {
	case h.ask != nil:
		return h.ask
	case h.again != nil:
		return h.again
	}
	return nil
}

// shut puts the hidden answer in the place of the question.
func (f *frame) shut() { f.become(newHidden) }

// open asks the question again.
func (f *frame) open() { f.become(f.ask) }

func (f *frame) become(make func(*frame) body) {
	i := f.bodyIndex()
	f.box.Remove(f.body.object())
	f.body, f.drawn = make(f), false
	f.box.Insert(i, f.body.object())
	if f.foot != nil {
		control.Reveal(f.foot, !f.isHidden())
	}
}

func (f *frame) isHidden() bool {
	_, is := f.body.(*hidden)
	return is
}

// empty takes the value away: where the service has an answer that is hidden from this person, that one stands again.
func (f *frame) empty() {
	if f.b.Draft.Hidden(f.at) {
		f.shown = forms.StateAnswer(forms.Withheld)
		f.b.Draft.Set(f.at, f.shown)
		return
	}
	f.shown = forms.Answer{}
	f.b.Draft.Clear(f.at)
}
