package field

// What may change here: a copy of a document: how it is chosen, sent and opened again.

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"cmc/app"
	"cmc/forms"
	"cmc/ui/control"
)

func init() { kinds[forms.File] = newFile }

// Files sends copies of documents for the plan that is being written, and fetches them. Its methods block and are called off
// the drawing thread.
type Files interface {
	// Attach sends the file at a path and gives its description for the answer.
	Attach(ctx context.Context, path string) (forms.FileRef, error)
	// Save writes a copy that was attached, named by its sum, into a file.
	Save(ctx context.Context, sha256, path string) error
}

// file has four faces: nothing chosen or something held, choosing, sending, and saying where a copy goes. All of it is in the
// page, so that Tab, Enter and Esc do in it what they do everywhere.
type file struct {
	f    *frame
	box  *control.Stack
	name *control.Text // what is held, or is being sent

	idle   *control.Row
	choose *control.Button
	open   *control.Button

	finder *control.Stack
	where  *control.Text
	filter *control.Filter
	folder string

	sending *control.Row

	keeper *control.Stack
	target *control.Input

	said, wrong *control.Text
	held        forms.Answer
	stop        func() // ends what is under way; nil: nothing is
}

func newFile(f *frame) body {
	b := &file{f: f, name: control.Strong("")}
	b.name.Hidden = true
	if f.b.Files == nil {
		b.box = control.VStack(4, b.name, control.Muted("Files cannot be sent from here. Write in the plan where the paper copy is kept."))
		return b
	}
	b.choose = control.Secondary("Choose a file...", b.find).Compact()
	b.open = control.Secondary("Open a copy...", b.ask).Compact()
	b.open.Hidden = true
	b.idle = control.HStack(10, b.choose, b.open)

	b.where = control.Muted("")
	b.filter = control.NewFilter(nil, true)
	b.filter.OnChosen = b.take
	b.filter.Entry.Ghost("Name of the file, or press Down for the list")
	b.filter.Entry.OnSubmit = b.typed
	b.filter.Entry.OnRefused = func(words string) { b.say("", words) }
	escapes(b.filter.Entry, b.rest)
	b.finder = control.VStack(6, b.where, b.filter, control.HStack(10,
		control.Secondary("Send this file", func() { b.typed(b.filter.Entry.Text()) }).Compact(), control.NewLink("Cancel", b.rest)))

	b.sending = control.HStack(10, control.NewLink("Stop", func() {
		if b.stop != nil {
			b.stop()
		}
	}))

	b.target = control.NewInput("Where does the copy go?", "Only you can read it there. Delete it when you have used it.")
	b.target.OnSubmit = func(string) { b.save() }
	escapes(b.target.Entry, b.rest)
	b.keeper = control.VStack(6, b.target, control.HStack(10, control.Secondary("Save the copy", b.save).Compact(), control.NewLink("Cancel", b.rest)))

	b.said, b.wrong = control.Muted(""), control.ErrorText("")
	b.box = control.VStack(6, b.wrong, b.name, b.said, b.idle, b.finder, b.sending, b.keeper)
	for _, o := range []fyne.CanvasObject{b.said, b.wrong, b.finder, b.sending, b.keeper} {
		o.(interface{ Hide() }).Hide()
	}
	return b
}

// escapes gives Esc a meaning in a box, once the box itself has none for it.
func escapes(e *control.Entry, do func()) {
	before := e.Key
	e.Key = func(ev *fyne.KeyEvent) bool {
		if before != nil && before(ev) {
			return true
		}
		if ev.Name == fyne.KeyEscape {
			do()
			return true
		}
		return false
	}
}

func (b *file) object() fyne.CanvasObject { return b.box }
func (b *file) answer() forms.Answer      { return b.held }

func (b *file) first() fyne.Focusable {
	switch {
	case b.f.b.Files == nil:
		return nil
	case b.finder.Visible():
		return b.filter.Entry
	case b.keeper.Visible():
		return b.target.Entry
	}
	return b.choose
}

func (b *file) show(a forms.Answer, _ string) {
	b.held = a
	words := ""
	if a.File != nil {
		words = a.File.Name + ", " + sizeWords(a.File.Size)
	}
	if b.stop != nil {
		return // what is being sent stands there
	}
	b.name.SetText(words)
	control.Reveal(b.name, words != "")
	if b.f.b.Files == nil {
		return
	}
	b.choose.SetText("Choose a file...")
	if words != "" {
		b.choose.SetText("Choose another file...")
	}
	control.Reveal(b.open, words != "")
}

// face shows one of the four faces.
func (b *file) face(one fyne.CanvasObject) {
	for _, o := range []fyne.CanvasObject{b.idle, b.finder, b.sending, b.keeper} {
		control.Reveal(o, o == one)
	}
}

// say writes what has happened, or what went wrong, under the label.
func (b *file) say(words, wrong string) {
	b.said.SetText(words)
	control.Reveal(b.said, words != "")
	b.wrong.SetText(wrong)
	control.Reveal(b.wrong, wrong != "")
}

// rest goes back to what is held, and gives the keyboard back.
func (b *file) rest() {
	b.face(b.idle)
	b.show(b.held, "")
	b.f.b.focus(b.choose)
}

// find begins choosing, in the folder where files usually come in.
func (b *file) find() {
	b.say("", "")
	b.face(b.finder)
	b.filter.Entry.SetText("")
	b.f.b.focus(b.filter.Entry)
	if b.folder == "" {
		b.folder = app.UsualFolder()
	}
	b.enter(b.folder, false)
}

// enter looks into a folder and lists what can be chosen there. open shows the list at once. What is typed while it looks
// stays.
func (b *file) enter(folder string, open bool) {
	var entries []app.FolderEntry
	before := b.filter.Entry.Text()
	control.Work(func(ctx context.Context) (err error) {
		folder, entries, err = app.Folder(ctx, folder)
		return err
	}, func(err error) {
		if err != nil {
			b.say("", "This folder cannot be read. Type another one, or choose one above it.")
			return
		}
		b.say("", "")
		b.folder = folder
		b.where.SetText("In " + folder)
		if b.filter.Entry.Text() == before {
			b.filter.Entry.SetText("")
		}
		b.filter.SetOptions(folderLines(folder, entries))
		if open && b.finder.Visible() && !b.filter.Open() {
			b.filter.Entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
		}
	})
}

// take follows a line of the list.
func (b *file) take(path string) {
	if folder, is := strings.CutPrefix(path, folderMark); is {
		b.enter(folder, true)
		return
	}
	b.send(path)
}

// typed follows what was written: a name in the folder, or a whole path, of a file or of a folder.
func (b *file) typed(words string) {
	path := strings.Trim(strings.TrimSpace(words), `"`) // file managers copy paths with quotation marks
	if path == "" {
		b.say("", "Choose a file from the list, or type its name.")
		return
	}
	if o, found := b.filter.Match(words); found {
		b.take(o.ID)
		return
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(b.folder, path)
	}
	folder := false
	control.Work(func(context.Context) error {
		info, err := os.Stat(path)
		folder = err == nil && info.IsDir()
		return nil
	}, func(error) {
		if folder {
			b.enter(path, true)
			return
		}
		b.send(path)
	})
}

// send sends a file. What was held stays until the new one is at the service.
func (b *file) send(path string) {
	if b.stop != nil {
		return
	}
	b.say("", "")
	b.name.SetText(filepath.Base(path))
	control.Reveal(b.name, true)
	var ref forms.FileRef
	stop := control.Work(func(ctx context.Context) error {
		if info, err := os.Stat(path); err == nil {
			size := info.Size()
			fyne.Do(func() {
				if b.stop != nil {
					b.say("Sending "+sizeWords(size)+"...", "")
				}
			})
		}
		var err error
		ref, err = b.f.b.Files.Attach(ctx, path)
		return err
	}, func(err error) {
		b.stop = nil
		if err != nil {
			b.say("", "")
			b.rest()
			if told := app.Explain(err); !told.Cancelled {
				b.say("", sentences(told.What, told.Means, told.Do))
			}
			return
		}
		b.held = forms.FileAnswer(ref)
		b.f.set(b.held)
		b.rest()
		b.say("Attached.", "")
	})
	b.stop = stop
	b.face(b.sending)
	b.say("Sending...", "")
	b.f.b.focus(b.sending.Objects()[0].(*control.Link))
}

// ask asks where a copy goes, with a free name that says nothing about anybody.
func (b *file) ask() {
	if b.held.File == nil {
		return
	}
	b.say("", "")
	ending := map[string]string{"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}[b.held.File.MediaType]
	path := ""
	control.Work(func(ctx context.Context) (err error) {
		path, err = app.FreeCopyName(ctx, ending)
		return err
	}, func(error) {
		b.target.SetText(path)
		b.target.SetError("")
		b.face(b.keeper)
		b.f.b.focus(b.target.Entry)
	})
}

// save writes the copy.
func (b *file) save() {
	path := strings.TrimSpace(b.target.Text())
	if path == "" || !filepath.IsAbs(path) {
		b.target.SetError("Type where the copy goes, with its folder.")
		b.f.b.focus(b.target.Entry)
		return
	}
	if b.stop != nil || b.held.File == nil {
		return
	}
	sum := b.held.File.SHA256
	b.stop = control.Work(func(ctx context.Context) error { return b.f.b.Files.Save(ctx, sum, path) }, func(err error) {
		b.stop = nil
		b.rest()
		switch told := app.Explain(err); {
		case err == nil:
			b.say("Saved. "+path, "")
		case told.Cancelled:
			b.say("", "")
		default:
			b.say("", sentences(told.What, told.Means, told.Do))
		}
	})
	b.face(b.sending)
	b.say("Fetching the copy...", "")
	b.f.b.focus(b.sending.Objects()[0].(*control.Link))
}

func (b *file) mark(wrong bool) {
	if b.filter != nil {
		b.filter.Entry.SetWrong(wrong && b.finder.Visible())
	}
}

func sentences(all ...string) string {
	return strings.Join(slices.DeleteFunc(all, func(s string) bool { return s == "" }), " ")
}

// sizeWords is a size for people.
func sizeWords(bytes int64) string {
	const kilo, mega = 1 << 10, 1 << 20
	switch {
	case bytes >= mega:
		return fmt.Sprintf("%.1f MB", float64(bytes)/mega)
	case bytes >= kilo:
		return fmt.Sprintf("%d KB", bytes/kilo)
	}
	return fmt.Sprintf("%d bytes", bytes)
}

// folderMark begins the id of a line that is a folder; no path holds it.
const folderMark = "\x00"

// maxListed is the most lines of a folder; the others are found by typing their names.
const maxListed = 500

// folderLines are the lines of a folder: its files and folders, and the one above.
func folderLines(folder string, entries []app.FolderEntry) []control.Option {
	var lines []control.Option
	for _, e := range entries[:min(len(entries), maxListed)] {
		if e.Folder {
			lines = append(lines, control.Option{ID: folderMark + e.Path, Label: e.Name, Hint: "Folder"})
			continue
		}
		lines = append(lines, control.Option{ID: e.Path, Label: e.Name, Hint: sizeWords(e.Size) + ", " + e.At.Format("02-Jan-2006")})
	}
	if above := filepath.Dir(folder); above != folder {
		lines = append(lines, control.Option{ID: folderMark + above, Label: "The folder above", Hint: above})
	}
	return lines
}
