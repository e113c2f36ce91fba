package field

// What may change here: how an NHS number is typed. It groups itself as it grows; a wrong check digit is said at once (H01).

import (
	"strings"

	"fyne.io/fyne/v2"

	"cmc/forms"
	"cmc/forms/nhs"
	"cmc/ui/control"
)

func init() { kinds[forms.NHSNumber] = newNHSNumber }

type nhsNumber struct {
	f     *frame
	entry *control.Entry
}

func newNHSNumber(f *frame) body {
	n := &nhsNumber{f: f, entry: control.NewEntry().Wide(180)}
	f.wire(n.entry, false, nil)
	n.entry.OnChanged = n.typed
	return n
}

func digitsIn(s string) int {
	n := 0
	for _, r := range s {
		if r >= '0' && r <= '9' {
			n++
		}
	}
	return n
}

func (n *nhsNumber) typed(s string) {
	if grouped := nhs.FormatNHSNumberPartial(s); grouped != s {
		before := digitsIn(string([]rune(s)[:n.entry.Caret()]))
		n.entry.Replace(grouped, afterDigits(grouped, before))
		s = grouped
	}
	digits, err := nhs.ParseNHSNumber(s)
	switch {
	case strings.TrimSpace(s) == "":
		n.f.clear()
	case err != nil:
		n.f.half(s, err.Error(), digitsIn(s) >= 10)
	default:
		n.f.set(forms.TextAnswer(digits))
	}
}

// afterDigits gives the place behind the n-th digit.
func afterDigits(s string, n int) int {
	at := 0
	for i, r := range []rune(s) {
		if n == 0 {
			break
		}
		if r >= '0' && r <= '9' {
			n--
		}
		at = i + 1
	}
	return at
}

func (n *nhsNumber) object() fyne.CanvasObject { return n.entry }

func (n *nhsNumber) show(a forms.Answer, raw string) {
	if raw != "" {
		if _, err := nhs.ParseNHSNumber(raw); err != nil {
			n.f.bad = err.Error()
		}
		n.entry.SetText(raw)
		return
	}
	n.entry.SetText(nhs.FormatNHSNumber(a.Text))
}

func (n *nhsNumber) answer() forms.Answer {
	digits, err := nhs.ParseNHSNumber(n.entry.Text())
	if err != nil {
		return forms.Answer{}
	}
	return forms.TextAnswer(digits)
}

func (n *nhsNumber) first() fyne.Focusable { return n.entry }
func (n *nhsNumber) mark(wrong bool)       { n.entry.SetWrong(wrong) }
