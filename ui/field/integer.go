package field

// What may change here: numbers with their unit.

import (
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"cmc/forms"
	"cmc/ui/control"
)

func init() { kinds[forms.Integer] = newNumber }

type number struct {
	f     *frame
	box   *control.Row
	entry *control.Entry
}

func newNumber(f *frame) body {
	n := &number{f: f, entry: control.NewEntry().Wide(110)}
	n.box = control.HStack(10, n.entry)
	if f.it.Unit != "" {
		n.box.Set(n.entry, control.Body(f.it.Unit))
	}
	f.wire(n.entry, false, nil)
	n.entry.OnChanged = n.typed
	return n
}

func readNumber(s string) (float64, bool) {
	s = strings.NewReplacer(" ", "", ",", "").Replace(strings.TrimSpace(s))
	v, err := strconv.ParseFloat(s, 64)
	return v, err == nil && v < 1e12 && v > -1e12 && !strings.ContainsAny(s, "eExXpPnN")
}

func (n *number) complaint() string {
	return "Enter \u201c" + n.f.it.ShortLabel() + "\u201d as a number"
}

func (n *number) typed(s string) {
	v, ok := readNumber(s)
	switch {
	case strings.TrimSpace(s) == "":
		n.f.clear()
	case !ok:
		n.f.half(s, n.complaint(), false)
	default:
		n.f.set(forms.NumberAnswer(v))
	}
}

func (n *number) object() fyne.CanvasObject { return n.box }

func (n *number) show(a forms.Answer, raw string) {
	switch {
	case raw != "":
		n.f.bad = n.complaint()
		n.entry.SetText(raw)
	case a.Number == nil:
		n.entry.SetText("")
	default:
		n.entry.SetText(strconv.FormatFloat(*a.Number, 'f', -1, 64))
	}
}

func (n *number) answer() forms.Answer {
	if v, ok := readNumber(n.entry.Text()); ok {
		return forms.NumberAnswer(v)
	}
	return forms.Answer{}
}

func (n *number) first() fyne.Focusable { return n.entry }
func (n *number) mark(wrong bool)       { n.entry.SetWrong(wrong) }
