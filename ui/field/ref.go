package field

// What may change here: an answer that is one of the rows of another question, such as one of the contacts.

import (
	"fmt"
	"strings"

	"fyne.io/fyne/v2"

	"cmc/forms"
	"cmc/ui/control"
)

func init() { kinds[forms.Ref] = newRef }

type ref struct {
	f       *frame
	box     *control.Stack
	radio   *control.Radio
	picker  *picker
	none    *control.Text
	options []control.Option
	asked   bool
	held    string
}

func newRef(f *frame) body { return &ref{f: f, box: control.VStack(0)} }

func (r *ref) follow(reader forms.Reader, a forms.Answer) {
	var options []control.Option
	found := false
	times := map[string]int{}
	for _, group := range r.f.it.RefTo {
		for _, row := range reader.Rows(group) {
			times[row.Title()]++
		}
	}
	for _, group := range r.f.it.RefTo {
		in := r.f.b.Definition.Item(group)
		for i, row := range reader.Rows(group) {
			title := row.Title()
			if title == "" {
				continue
			}
			if times[title] > 1 { // two people of one name must be told apart
				title = fmt.Sprintf("%s (%s, number %d)", title, strings.ToLower(in.ShortLabel()), i+1)
			}
			id := group + "/" + row.RowID()
			found = found || id == a.Text
			options = append(options, control.Option{ID: id, Label: title, Hint: in.ShortLabel()})
		}
	}
	if a.Text != "" && !found {
		options = append(options, control.Option{ID: a.Text, Label: "An entry that is no longer in the plan"})
	}
	if r.asked && same(options, r.options) {
		return
	}
	r.asked, r.options = true, options
	switch {
	case len(options) == 0:
		r.radio, r.picker = nil, nil
		r.none = control.Muted("Nothing to choose from yet: " + r.where())
		r.box.Set(r.none)
	case r.f.it.Critical || len(options) <= mostRadios:
		r.picker = nil
		if r.radio == nil {
			r.radio = control.NewRadio(options, func(id string) { r.held = id; r.f.set(forms.TextAnswer(id)) })
			r.box.Set(r.radio)
		}
		r.radio.SetOptions(options)
		r.radio.Choose(a.Text)
	default:
		r.radio = nil
		if r.picker == nil {
			r.picker = newPicker(r.f, options)
			r.picker.moves = false
			r.box.Set(r.picker.filter)
		}
		r.picker.filter.SetOptions(options)
		raw, _ := r.f.b.Draft.Typed(r.f.at)
		r.picker.show(a, raw)
	}
}

// where says in which step entries to choose from are written.
func (r *ref) where() string {
	words := "add one under "
	for i, group := range r.f.it.RefTo {
		if i > 0 {
			words += " or "
		}
		it := r.f.b.Definition.Item(group)
		words += "\u201c" + it.ShortLabel() + "\u201d"
		if st := it.InStep(); st != r.f.it.InStep() {
			words += " in " + st.Title
		}
	}
	return words + "."
}

func same(a, b []control.Option) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func (r *ref) object() fyne.CanvasObject { return r.box }

func (r *ref) show(a forms.Answer, raw string) {
	r.held = a.Text
	switch {
	case r.radio != nil:
		r.radio.Choose(a.Text)
	case r.picker != nil:
		r.picker.show(a, raw)
	}
}

func (r *ref) answer() forms.Answer {
	switch {
	case r.radio != nil:
		return forms.TextAnswer(r.radio.Chosen())
	case r.picker != nil:
		return r.picker.answer()
	}
	return forms.TextAnswer(r.held)
}

func (r *ref) first() fyne.Focusable {
	switch {
	case r.radio != nil:
		return r.radio
	case r.picker != nil:
		return r.picker.first()
	}
	return nil
}

func (r *ref) mark(wrong bool) {
	if r.picker != nil {
		r.picker.mark(wrong)
	}
}
