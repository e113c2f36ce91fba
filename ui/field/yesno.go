package field

// What may change here: yes or no.

import (
	"fyne.io/fyne/v2"

	"cmc/forms"
	"cmc/ui/control"
)

func init() { kinds[forms.YesNo] = newYesNo }

type yesNo struct{ radio *control.Radio }

func newYesNo(f *frame) body {
	return &yesNo{control.NewRadio([]control.Option{{ID: "yes", Label: "Yes"}, {ID: "no", Label: "No"}}, func(id string) {
		f.set(forms.BoolAnswer(id == "yes"))
	})}
}

func (y *yesNo) object() fyne.CanvasObject { return y.radio }

func (y *yesNo) show(a forms.Answer, _ string) {
	switch {
	case a.Bool == nil:
		y.radio.Choose("")
	case *a.Bool:
		y.radio.Choose("yes")
	default:
		y.radio.Choose("no")
	}
}

func (y *yesNo) answer() forms.Answer {
	if id := y.radio.Chosen(); id != "" {
		return forms.BoolAnswer(id == "yes")
	}
	return forms.Answer{}
}

func (y *yesNo) first() fyne.Focusable { return y.radio }
