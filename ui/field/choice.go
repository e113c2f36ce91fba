package field

// What may change here: one answer of several. Up to seven are radio buttons, and any number when a mistake could kill; more
// are a box that filters as one types.

import (
	"fyne.io/fyne/v2"

	"cmc/forms"
	"cmc/ui/control"
)

// mostRadios is the greatest number of answers that are shown at once.
const mostRadios = 7

func init() {
	kinds[forms.Choice] = func(f *frame) body {
		options := optionsOf(f.it)
		if f.it.Critical || len(options) <= mostRadios {
			return newRadios(f, options)
		}
		return newPicker(f, options)
	}
}

func optionsOf(it *forms.Item) []control.Option {
	options := make([]control.Option, len(it.Options))
	for i, o := range it.Options {
		options[i] = control.Option{ID: o.Code, Label: o.Label, Hint: o.Hint}
	}
	return options
}

// offered leaves out the options that do not apply now; the one that was chosen stays to be seen.
func offered(it *forms.Item, r forms.Reader, chosen string) []control.Option {
	var options []control.Option
	for _, o := range it.Options {
		if o.Code == chosen || r.Holds(o.When) {
			options = append(options, control.Option{ID: o.Code, Label: o.Label, Hint: o.Hint})
		}
	}
	return options
}

func conditional(it *forms.Item) bool {
	for _, o := range it.Options {
		if o.When != nil {
			return true
		}
	}
	return false
}

type radios struct {
	f     *frame
	radio *control.Radio
	moves bool // options come and go
}

func newRadios(f *frame, options []control.Option) *radios {
	r := &radios{f: f, moves: conditional(f.it)}
	r.radio = control.NewRadio(options, func(id string) { f.set(forms.ChoiceAnswer(id)) })
	return r
}

func (r *radios) follow(reader forms.Reader, a forms.Answer) {
	if r.moves {
		r.radio.SetOptions(offered(r.f.it, reader, a.Text))
	}
}

func (r *radios) object() fyne.CanvasObject     { return r.radio }
func (r *radios) show(a forms.Answer, _ string) { r.radio.Choose(a.Text) }
func (r *radios) answer() forms.Answer          { return forms.ChoiceAnswer(r.radio.Chosen()) }
func (r *radios) first() fyne.Focusable         { return r.radio }

// A picker is a box over a list of answers of which one must be taken.
type picker struct {
	f      *frame
	filter *control.Filter
	moves  bool
}

const fromTheList = "Choose one of the answers in the list"

func newPicker(f *frame, options []control.Option) *picker {
	p := &picker{f: f, filter: control.NewFilter(options, false), moves: conditional(f.it)}
	p.filter.Entry.Wide(420).Ghost("Type a few letters, or press Down")
	f.wire(p.filter.Entry, false, nil)
	p.filter.OnTyped = func(s string) {
		o, ok := p.filter.Match(s)
		switch {
		case ok:
			f.set(forms.ChoiceAnswer(o.ID))
		case forms.CleanText(s, false) == "":
			f.clear()
		default:
			f.half(s, fromTheList, false)
		}
	}
	p.filter.OnChosen = func(id string) { f.set(forms.ChoiceAnswer(id)) }
	return p
}

func (p *picker) follow(reader forms.Reader, a forms.Answer) {
	if p.moves {
		p.filter.SetOptions(offered(p.f.it, reader, a.Text))
	}
}

func (p *picker) object() fyne.CanvasObject { return p.filter }

func (p *picker) show(a forms.Answer, raw string) {
	if raw != "" {
		p.f.bad = fromTheList
		p.filter.Entry.SetText(raw)
		return
	}
	label := ""
	for _, o := range p.filter.Options() {
		if o.ID == a.Text {
			label = o.Label
		}
	}
	p.filter.Entry.SetText(label)
}

func (p *picker) answer() forms.Answer {
	o, _ := p.filter.Match(p.filter.Entry.Text())
	return forms.ChoiceAnswer(o.ID)
}

func (p *picker) first() fyne.Focusable { return p.filter.Entry }
func (p *picker) mark(wrong bool)       { p.filter.Entry.SetWrong(wrong) }
