package tour

// What may change here: how each kind of question is answered at the keyboard. What is answered is in script.go.

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"cmc/app/drafts"
	"cmc/forms"
	"cmc/ui"
	"cmc/ui/control"
)

// A fill is the answer to one question.
type fill struct {
	item  string
	text  string      // typed: words, a date, a number, the path of a file; for an address the lines, then the postcode on the last
	code  string      // of a choice
	codes []string    // of choices
	yes   string      // "yes" or "no"
	state forms.State // "Not known", "Not discussed"
	ref   string      // the title of the row that is meant
	rows  [][]fill    // of a repeating group
}

// form is the guided form that is open.
func (h *hand) form() *ui.Form {
	var f *ui.Form
	h.on(func() { f, _ = h.p.Window.Screen().(*ui.Form) })
	if f == nil {
		h.fail("the form is not open")
	}
	return f
}

// answer answers one question of the open form, and waits until the answer has arrived in the plan.
func (h *hand) answer(f *ui.Form, group, row string, a fill) {
	if h.err != nil {
		return
	}
	was := h.step
	defer func() { h.step = was }()
	h.step = was + ", " + a.item
	it := f.Editor().Definition().Item(a.item)
	if it == nil {
		h.fail("there is no such question")
		return
	}
	at := drafts.At{Group: group, Row: row, Item: a.item}
	h.on(func() { f.Land(it.InStep().ID, at) })
	if a.rows != nil {
		h.fillRows(f, it, a)
		return
	}
	h.until("the question", func() bool { return h.canvas().Focused() != nil })
	switch {
	case a.state != "":
		h.pick(it, a.state)
	case it.Kind == forms.Choice:
		h.choose(it, a.code)
	case it.Kind == forms.Choices:
		for _, code := range a.codes {
			o := it.Option(code)
			if o == nil {
				h.fail("there is no answer %q", code)
				return
			}
			h.tick(o.Label)
		}
	case it.Kind == forms.YesNo:
		h.radio(a.yes)
	case it.Kind == forms.Ref:
		h.radioOf(func(o control.Option) bool { return o.Label == a.ref })
	case it.Kind == forms.Address:
		lines := strings.Split(a.text, "\n")
		h.clear()
		h.typed(strings.Join(lines[:len(lines)-1], "\n"))
		h.next()
		h.clear()
		h.typed(lines[len(lines)-1])
		h.next()
	case it.Kind == forms.DateTime:
		day, hour, _ := strings.Cut(a.text, " ")
		h.clear()
		h.typed(day)
		h.next()
		h.box() // a button that opens a calendar may stand between the two
		h.clear()
		h.typed(hour)
		h.next()
	case it.Kind == forms.File:
		h.press("Choose a file...")
		h.until("the box for its name", func() bool { _, ok := h.canvas().Focused().(*control.Entry); return ok })
		h.clear()
		h.typed(a.text)
		h.key(fyne.KeyReturn)
	default:
		h.clear()
		h.typed(a.text)
		h.next()
	}
	h.until("the answer to "+a.item, func() bool { return arrived(it, a, f.Editor().Answers(), at) })
}

// arrived says whether the plan holds what was typed.
func arrived(it *forms.Item, a fill, all forms.Answers, at drafts.At) bool {
	in := all
	if at.Group != "" {
		in = nil
		for _, r := range all[at.Group].Rows {
			if r.ID == at.Row {
				in = r.Answers
			}
		}
	}
	got, ok := in[at.Item]
	switch {
	case !ok || got.Blank():
		return false
	case a.state != "":
		return got.State == a.state
	case it.Kind == forms.Choice:
		return got.Text == a.code
	case it.Kind == forms.Choices:
		return len(got.Codes) == len(a.codes) && !slices.ContainsFunc(a.codes, func(c string) bool { return !slices.Contains(got.Codes, c) })
	case it.Kind == forms.YesNo:
		return got.Bool != nil && *got.Bool == (a.yes == "yes")
	case it.Kind == forms.Text, it.Kind == forms.LongText:
		return got.Text == a.text
	case it.Kind == forms.Coded:
		return got.Coded != nil && got.Coded.Text == a.text
	}
	return true
}

// choose chooses an answer: with the arrows among radio buttons, by typing where the list is long.
func (h *hand) choose(it *forms.Item, code string) {
	o := it.Option(code)
	if o == nil {
		h.fail("there is no answer %q", code)
		return
	}
	long := false
	h.on(func() { _, long = h.canvas().Focused().(*control.Entry) })
	if long {
		h.clear()
		h.typed(o.Label)
		h.next()
		return
	}
	h.radioOf(func(r control.Option) bool { return r.ID == code })
}

// radio chooses by id or label.
func (h *hand) radio(words string) {
	h.radioOf(func(o control.Option) bool {
		return strings.EqualFold(o.ID, words) || strings.EqualFold(o.Label, words)
	})
}

func (h *hand) radioOf(right func(control.Option) bool) {
	down := -1
	h.until("the choice", func() bool {
		r, ok := h.canvas().Focused().(*control.Radio)
		if !ok {
			return false
		}
		down = slices.IndexFunc(r.Options(), right)
		return down >= 0
	})
	h.key(fyne.KeyHome)
	for range max(down, 0) {
		h.key(fyne.KeyDown)
	}
	h.look()
	h.key(fyne.KeySpace)
}

// pick says "Not known", "Not discussed" and the like.
func (h *hand) pick(it *forms.Item, state forms.State) {
	right := slices.Index(it.States, state)
	if right < 0 {
		h.fail("the question has no answer %q", state)
		return
	}
	if !h.tab(func(f fyne.Focusable) bool { _, ok := f.(*control.Pills); return ok }) {
		h.fail("the answers without a value are not there")
		return
	}
	for range right {
		h.key(fyne.KeyRight)
	}
	h.key(fyne.KeySpace)
}

// fillRows adds the rows of a repeating group and answers what is in them.
func (h *hand) fillRows(f *ui.Form, it *forms.Item, a fill) {
	for _, row := range a.rows {
		before := 0
		h.on(func() { before = len(f.Editor().Answers()[it.ID].Rows) })
		if !h.tab(func(f fyne.Focusable) bool {
			_, ok := f.(*control.Button)
			return ok && strings.HasPrefix(name(f), "Add ") && !off(f)
		}) {
			h.fail("an entry cannot be added")
			return
		}
		h.key(fyne.KeyReturn)
		id := ""
		h.until("a new entry", func() bool {
			rows := f.Editor().Answers()[it.ID].Rows
			if len(rows) <= before {
				return false
			}
			id = rows[len(rows)-1].ID
			return true
		})
		for _, in := range row {
			h.answer(f, it.ID, id, in)
		}
	}
}
