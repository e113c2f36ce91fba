package field

// What may change here: any number of answers of several: ticks.

import (
	"fyne.io/fyne/v2"

	"cmc/forms"
	"cmc/ui/control"
)

func init() { kinds[forms.Choices] = newTicks }

type ticks struct {
	f     *frame
	box   *control.Stack
	ticks []*control.Tick
	moves bool
}

func newTicks(f *frame) body {
	t := &ticks{f: f, box: control.VStack(0), moves: conditional(f.it)}
	objs := make([]fyne.CanvasObject, len(f.it.Options))
	for i, o := range f.it.Options {
		tick := control.NewTick(o.Label, o.Hint, func(bool) { f.write(t.answer()) })
		t.ticks = append(t.ticks, tick)
		objs[i] = tick
	}
	t.box.Add(objs...)
	return t
}

func (t *ticks) follow(r forms.Reader, a forms.Answer) {
	if !t.moves {
		return
	}
	for i, o := range t.f.it.Options {
		on := r.Holds(o.When)
		for _, c := range a.Codes {
			on = on || c == o.Code
		}
		control.Reveal(t.ticks[i], on)
	}
}

func (t *ticks) object() fyne.CanvasObject { return t.box }

func (t *ticks) show(a forms.Answer, _ string) {
	for i, o := range t.f.it.Options {
		on := false
		for _, c := range a.Codes {
			on = on || c == o.Code
		}
		t.ticks[i].Set(on)
	}
}

func (t *ticks) answer() forms.Answer {
	var codes []string
	for i, o := range t.f.it.Options {
		if t.ticks[i].On() {
			codes = append(codes, o.Code)
		}
	}
	return forms.ChoicesAnswer(codes...)
}

func (t *ticks) first() fyne.Focusable {
	for _, tick := range t.ticks {
		if tick.Visible() {
			return tick
		}
	}
	return nil
}
