package field

// What may change here: how an address is typed: up to five lines in one box, so that a whole address can be pasted, and the
// postcode.

import (
	"strings"

	"fyne.io/fyne/v2"

	"cmc/forms"
	"cmc/forms/nhs"
	"cmc/ui/control"
)

func init() { kinds[forms.Address] = newAddress }

const addressLines = 5

type address struct {
	f        *frame
	box      *control.Stack
	lines    *control.Entry
	postcode *control.Entry
}

func newAddress(f *frame) body {
	a := &address{f: f, lines: control.NewTextArea(addressLines, 0), postcode: control.NewEntry().Wide(140)}
	f.wire(a.lines, true, nil)
	f.wire(a.postcode, false, a.left)
	changed := func(string) { f.write(a.answer()) }
	a.lines.OnChanged, a.postcode.OnChanged = changed, changed
	a.box = control.VStack(4, control.Hint("Up to five lines, without the postcode."), a.lines.Wide(420), control.Gap(4), control.Strong("Postcode"), a.postcode)
	return a
}

func (a *address) left() {
	if norm, err := nhs.ParsePostcode(a.postcode.Text()); err == nil && norm != a.postcode.Text() {
		a.postcode.SetText(norm)
		a.f.write(a.answer())
	}
}

func (a *address) object() fyne.CanvasObject { return a.box }

func (a *address) show(v forms.Answer, _ string) {
	if v.Address == nil {
		a.lines.SetText("")
		a.postcode.SetText("")
		return
	}
	a.lines.SetText(strings.Join(v.Address.Lines, "\n"))
	a.postcode.SetText(v.Address.Postcode)
}

func (a *address) answer() forms.Answer {
	v := forms.PostalAddress{Postcode: strings.TrimSpace(a.postcode.Text())}
	if text := strings.TrimRight(forms.CleanText(a.lines.Text(), true), "\n "); text != "" {
		v.Lines = strings.Split(text, "\n")
	}
	if len(v.Lines) == 0 && v.Postcode == "" {
		return forms.Answer{}
	}
	return forms.AddressAnswer(v)
}

func (a *address) first() fyne.Focusable { return a.lines }

func (a *address) mark(wrong bool) {
	a.lines.SetWrong(wrong)
	a.postcode.SetWrong(wrong)
}
