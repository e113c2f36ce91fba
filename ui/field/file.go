package field

// What may change here: a copy of a document.

import (
	"fyne.io/fyne/v2"

	"cmc/forms"
	"cmc/ui/control"
)

func init() { kinds[forms.File] = newFile }

// The service keeps descriptions of files and not yet the files themselves, so nothing can be chosen here. It says what can
// be done instead, and shows a description that is there.
type file struct {
	box  *control.Stack
	name *control.Text
	held forms.Answer
}

func newFile(f *frame) body {
	b := &file{name: control.Body("")}
	b.name.Hidden = true
	b.box = control.VStack(4, b.name,
		control.Muted("Files cannot be sent from this computer yet. Remove this entry, and write in the plan where the paper copy is kept."))
	return b
}

func (b *file) object() fyne.CanvasObject { return b.box }

func (b *file) show(a forms.Answer, _ string) {
	b.held = a
	words := ""
	if a.File != nil {
		words = a.File.Name
	}
	b.name.SetText(words)
	control.Reveal(b.name, words != "")
}

func (b *file) answer() forms.Answer  { return b.held }
func (b *file) first() fyne.Focusable { return nil }
