package field

// What may change here: words with a code where one is known. The words are what was said; a code stays only while the words
// are those that it came with.

import (
	"fyne.io/fyne/v2"

	"cmc/forms"
	"cmc/ui/control"
)

func init() { kinds[forms.Coded] = newCoded }

type coded struct {
	filter *control.Filter
	held   forms.CodedText
}

func newCoded(f *frame) body {
	c := &coded{filter: control.NewFilter(suggestions(f.it), true)}
	c.filter.Entry.Wide(lineWidth(f.it.MaxChars))
	f.wire(c.filter.Entry, false, nil)
	changed := func(string) { f.write(c.answer()) }
	c.filter.OnTyped, c.filter.OnChosen = changed, changed
	return c
}

func (c *coded) object() fyne.CanvasObject { return c.filter }

func (c *coded) show(a forms.Answer, _ string) {
	c.held = forms.CodedText{}
	if a.Coded != nil {
		c.held = *a.Coded
	}
	c.filter.Entry.SetText(c.held.Text)
}

func (c *coded) answer() forms.Answer {
	words := forms.CleanText(c.filter.Entry.Text(), false)
	switch words {
	case "":
		return forms.Answer{}
	case c.held.Text:
		return forms.CodedAnswer(c.held)
	}
	return forms.CodedAnswer(forms.CodedText{Text: words})
}

func (c *coded) first() fyne.Focusable { return c.filter.Entry }
func (c *coded) mark(wrong bool)       { c.filter.Entry.SetWrong(wrong) }
