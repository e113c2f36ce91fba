package field

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"cmc/api"
	"cmc/forms"
	"cmc/forms/plan"
	"cmc/ui/control"
	"cmc/ui/theme"

	"github.com/stretchr/testify/require"
)

// queue is a driver whose drawing thread is the test's own goroutine, as it is in the window.
type queue struct {
	fyne.Driver
	work chan func()
}

type queueApp struct {
	fyne.App
	q *queue
}

func (a queueApp) Driver() fyne.Driver { return a.q }

func (q *queue) DoFromGoroutine(f func(), _ bool) { q.work <- f }

// until runs what waits for the drawing thread, until something is so.
func (q *queue) until(t *testing.T, what string, so func() bool) {
	t.Helper()
	for end := time.After(10 * time.Second); !so(); {
		select {
		case f := <-q.work:
			f()
		case <-end:
			t.Fatal("waited for: " + what)
		}
	}
}

// shelf takes files as the service does: by what the disk holds. It waits when it is told to.
type shelf struct {
	wait chan struct{}
	fail error
	kept map[string][]byte
}

func (s *shelf) Attach(ctx context.Context, path string) (forms.FileRef, error) {
	if s.wait != nil {
		select {
		case <-s.wait:
		case <-ctx.Done():
			return forms.FileRef{}, ctx.Err()
		}
	}
	if s.fail != nil {
		return forms.FileRef{}, s.fail
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return forms.FileRef{}, err
	}
	sum := strings.Repeat("ab", 32)
	s.kept[sum] = raw
	return forms.FileRef{Name: filepath.Base(path), MediaType: "application/pdf", Size: int64(len(raw)), SHA256: sum}, nil
}

func (s *shelf) Save(_ context.Context, sum, path string) error {
	return os.WriteFile(path, s.kept[sum], 0o600)
}

type fileForm struct {
	*form
	*file
	q     *queue
	shelf *shelf
}

func newFileForm(t *testing.T) *fileForm {
	t.Helper()
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	inner := test.NewTempApp(t)
	inner.Settings().SetTheme(theme.New(theme.Light, 1))
	q := &queue{Driver: inner.Driver(), work: make(chan func(), 100)}
	fyne.SetCurrentApp(queueApp{inner, q})
	t.Cleanup(func() { fyne.SetCurrentApp(inner) })
	def := plan.Definition()
	f := &fileForm{form: &form{def: def, m: newMemory(forms.Answers{})}, q: q, shelf: &shelf{kept: map[string][]byte{}}}
	b := &Binding{Draft: f.m, Definition: def, Files: f.shelf, Focus: func(o fyne.Focusable) { f.win.Canvas().Focus(o) }}
	f.list = NewList([]*forms.Item{def.Item(plan.AttFile)}, "", "", b)
	f.win = inner.NewWindow("")
	f.win.SetContent(control.Scroll(f.list.Box))
	t.Cleanup(f.win.Close)
	f.win.Resize(fyne.NewSize(640, 800))
	f.file = f.list.Fields[0].(*frame).body.(*file)
	return f
}

func (f *fileForm) press(key fyne.KeyName) {
	f.win.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: key})
}

// With the keyboard alone: choose, go through folders, send, and have a copy back.
func TestAFileIsChosenSentAndOpenedAgain(t *testing.T) {
	f := newFileForm(t)
	home, _ := os.UserHomeDir()
	downloads := filepath.Join(home, "Downloads")
	require.NoError(t, os.MkdirAll(filepath.Join(downloads, "Letters"), 0o700))
	for _, name := range []string{"old.pdf", "notes.txt", ".hidden.pdf", "Letters/advance decision.PDF"} {
		require.NoError(t, os.WriteFile(filepath.Join(downloads, name), []byte("%PDF-"+strings.Repeat("x", 2043)), 0o600))
	}
	f.choose.Tapped(nil)
	require.Same(t, f.filter.Entry, f.win.Canvas().Focused())
	f.q.until(t, "the folder", func() bool { return len(f.filter.Options()) > 0 })
	var labels []string
	for _, o := range f.filter.Options() {
		labels = append(labels, o.Label)
	}
	require.Equal(t, []string{"old.pdf", "Letters", "The folder above"}, labels, "only what can be sent")

	f.press(fyne.KeyDown)
	f.press(fyne.KeyDown)
	f.press(fyne.KeyDown)
	f.press(fyne.KeyReturn)
	f.q.until(t, "the inner folder", func() bool { return f.where.String() == "In "+filepath.Join(downloads, "Letters") })
	require.True(t, f.filter.Open(), "it shows what is in it")
	for _, r := range "adv" {
		f.win.Canvas().Focused().TypedRune(r)
	}
	f.press(fyne.KeyDown)
	f.shelf.wait = make(chan struct{})
	f.press(fyne.KeyReturn)
	require.True(t, f.sending.Visible())
	require.Equal(t, "advance decision.PDF", f.name.String())
	f.q.until(t, "the size", func() bool { return f.said.String() == "Sending 2 KB..." })
	require.Empty(t, f.m.a, "nothing is answered before it is there")
	close(f.shelf.wait)
	f.q.until(t, "it is there", func() bool { return f.said.String() == "Attached." })
	require.Equal(t, "advance decision.PDF", f.m.a[plan.AttFile].File.Name)
	require.Equal(t, "advance decision.PDF, 2 KB", f.name.String())
	require.Same(t, f.choose, f.win.Canvas().Focused())

	f.open.Tapped(nil)
	f.q.until(t, "where it goes", func() bool { return f.keeper.Visible() })
	target := filepath.Join(downloads, "copy-of-document.pdf")
	require.Equal(t, target, f.target.Text(), "its name says nothing of anybody")
	f.press(fyne.KeyReturn)
	f.q.until(t, "the copy", func() bool { return strings.HasPrefix(f.said.String(), "Saved.") })
	got, err := os.ReadFile(target)
	require.NoError(t, err)
	require.Equal(t, f.shelf.kept[f.held.File.SHA256], got)
	f.open.Tapped(nil)
	f.q.until(t, "another name", func() bool { return f.keeper.Visible() })
	require.Equal(t, filepath.Join(downloads, "copy-of-document-2.pdf"), f.target.Text(), "nothing is overwritten unasked")
	f.press(fyne.KeyEscape)
	require.False(t, f.keeper.Visible())
}

func TestAFileThatDoesNotGo(t *testing.T) {
	f := newFileForm(t)
	path := filepath.Join(t.TempDir(), "a.pdf")
	require.NoError(t, os.WriteFile(path, []byte("%PDF-"), 0o600))
	f.choose.Tapped(nil)
	f.press(fyne.KeyReturn)
	require.Contains(t, f.wrong.String(), "Choose a file")
	f.press(fyne.KeyEscape)
	require.False(t, f.finder.Visible())
	require.Same(t, f.choose, f.win.Canvas().Focused())

	f.shelf.fail = &api.Problem{Type: api.TypeOf(api.CodeInvalid), Title: "This is not a PDF, JPEG or PNG file.", Status: 415}
	f.typed(`"` + path + `"`)
	f.q.until(t, "the refusal", func() bool { return strings.Contains(f.wrong.String(), "not a PDF, JPEG or PNG") })
	require.Empty(t, f.m.a)
	require.False(t, f.name.Visible(), "nothing looks attached")
	require.True(t, f.idle.Visible())

	f.shelf.fail, f.shelf.wait = errors.New("never"), make(chan struct{})
	f.typed(path)
	f.q.until(t, "sending", func() bool { return f.stop != nil })
	f.press(fyne.KeyReturn) // on Stop
	f.q.until(t, "it has stopped", func() bool { return f.stop == nil })
	require.Empty(t, f.wrong.String(), "one's own wish is no error")
	require.True(t, f.idle.Visible())
}

// Whoever knows the path types it at once, before the folder was looked into: not one letter of it goes.
func TestWhatIsTypedWhileAFolderIsReadStays(t *testing.T) {
	f := newFileForm(t)
	home, _ := os.UserHomeDir()
	require.NoError(t, os.WriteFile(filepath.Join(home, "letter.pdf"), []byte("%PDF-"), 0o600))
	f.choose.Tapped(nil)
	for _, r := range "/media/stick/plan.pdf" {
		f.win.Canvas().Focused().TypedRune(r)
	}
	require.Empty(t, f.filter.Options(), "the folder was not read yet")
	f.q.until(t, "the folder", func() bool { return len(f.filter.Options()) > 0 })
	require.Equal(t, "/media/stick/plan.pdf", f.filter.Entry.Text())
}
