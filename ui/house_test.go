package ui_test

// What may change here: the house that the tests of the window live in: the real desk and the real service in this process,
// spoken to over loopback, with invented people.

import (
	"context"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/require"

	"cmc/api/central"
	"cmc/app"
	"cmc/app/keychain/keychaintest"
	"cmc/ui"
	"cmc/ui/control"
	"cmc/ui/screens"
)

const patience = 20 * time.Second

// A thread is the drawing thread of a test: what fyne.Do brings from other goroutines waits in it until the test's own
// goroutine runs it, as the window's loop does. Fyne's own driver for tests runs it on the goroutine that it comes from.
type thread struct {
	fyne.Driver
	queue chan func()
}

// threadApp is the application of a test with that driver.
type threadApp struct {
	fyne.App
	thread *thread
}

func (a *threadApp) Driver() fyne.Driver { return a.thread }

func newThreadApp(t *testing.T) *threadApp {
	t.Helper()
	inner := test.NewTempApp(t)
	a := &threadApp{App: inner, thread: &thread{Driver: inner.Driver(), queue: make(chan func(), 1000)}}
	fyne.SetCurrentApp(a)
	t.Cleanup(func() { fyne.SetCurrentApp(inner) })
	return a
}

func (d *thread) DoFromGoroutine(f func(), wait bool) {
	if !wait {
		d.queue <- f
		return
	}
	done := make(chan struct{})
	d.queue <- func() { defer close(done); f() }
	<-done
}

// run does what waits, and gives it a moment when nothing does.
func (d *thread) run() {
	select {
	case f := <-d.queue:
		f()
	case <-time.After(5 * time.Millisecond):
	}
}

// house is a window over a training service of its own.
type house struct {
	t       *testing.T
	w       *ui.Window
	desk    *app.Desk
	thread  *thread
	profile string
	cut     atomic.Bool // the line to the service is cut
}

func newHouse(t *testing.T, change ...func(*ui.Options)) *house {
	t.Helper()
	t.Setenv("LANG", "en_GB.UTF-8")
	keychaintest.Empty(t)
	a := newThreadApp(t)
	h := &house{t: t, profile: t.TempDir(), thread: a.thread}
	h.openDesk()
	o := ui.Options{Version: "test", Training: true}
	for _, c := range change {
		c(&o)
	}
	h.w = ui.NewWindow(a, h.desk, o)
	h.w.Fyne().Resize(fyne.NewSize(1280, 800))
	h.w.Start()
	h.until("the list of people to be", func() bool {
		s, ok := h.w.Screen().(*screens.SignIn)
		return ok && s.Person("gp") != nil
	})
	return h
}

// openDesk opens a desk on the house's profile, over a service whose database lives there too.
func (h *house) openDesk() {
	data := filepath.Join(h.profile, "service")
	desk, err := app.New(app.Params{
		ProfileDir: h.profile, Version: "test",
		Host: func(ctx context.Context) (app.Hosted, error) {
			service, err := central.Open(ctx, central.Options{DataDir: data, Training: true, HelpDesk: "020 7946 0100"})
			if err != nil {
				return app.Hosted{}, err
			}
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				return app.Hosted{}, err
			}
			server := &http.Server{ReadHeaderTimeout: time.Second, Handler: http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				if h.cut.Load() {
					panic(http.ErrAbortHandler) // the connection breaks, without an answer
				}
				service.Handler().ServeHTTP(rw, r)
			})}
			go func() { _ = server.Serve(listener) }()
			return app.Hosted{Address: "http://" + listener.Addr().String(), Close: func() error {
				service.Hush()
				_ = server.Close()
				return service.Close()
			}}, nil
		},
	})
	require.NoError(h.t, err)
	h.desk = desk
	h.t.Cleanup(func() { _ = desk.Close() })
}

// until waits for what should appear.
func (h *house) until(what string, ok func() bool) {
	h.t.Helper()
	for end := time.Now().Add(patience); !ok(); h.thread.run() {
		if time.Now().After(end) {
			h.t.Fatalf("%s did not appear; the window reads: %s", what, strings.Join(strings.Fields(h.reads()+" "+overlay(h)), " "))
		}
	}
}

func (h *house) canvas() fyne.Canvas { return h.w.Fyne().Canvas() }

// signIn becomes one of the practice accounts.
func (h *house) signIn(account string) {
	h.t.Helper()
	s, ok := h.w.Screen().(*screens.SignIn)
	require.True(h.t, ok)
	h.canvas().Focus(s.Person(account))
	h.key(fyne.KeyReturn)
	h.until("the first page", func() bool { _, still := h.w.Screen().(*screens.SignIn); return !still && h.w.Screen() != nil })
}

// key presses a key on what has the keyboard, or else on the window.
func (h *house) key(names ...fyne.KeyName) {
	for _, n := range names {
		ev := &fyne.KeyEvent{Name: n}
		if f := h.canvas().Focused(); f != nil {
			f.TypedKey(ev)
		} else {
			h.canvas().OnTypedKey()(ev)
		}
	}
}

// ctrl presses a key with Ctrl. The canvas of tests passes no shortcuts on; the real window's test does (cmd/cmc).
func (h *house) ctrl(key fyne.KeyName) {
	h.w.TypedShortcut(&desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierShortcutDefault})
}

func (h *house) typed(words string) {
	for _, r := range words {
		f := h.canvas().Focused()
		require.NotNil(h.t, f, "nothing has the keyboard")
		f.TypedRune(r)
	}
}

// walk gives the names of everything that the Tab key reaches, once round.
func (h *house) walk() []string {
	c := h.canvas()
	c.Unfocus()
	var names []string
	seen := map[fyne.Focusable]bool{}
	for range 400 {
		c.FocusNext()
		f := c.Focused()
		if f == nil || seen[f] {
			break
		}
		seen[f] = true
		names = append(names, nameOf(f))
	}
	return names
}

func nameOf(f fyne.Focusable) string {
	switch f := f.(type) {
	case *control.Entry:
		return "(box)"
	case *control.Radio:
		return "(choice)"
	case *control.Chip:
		return "(list)"
	case interface{ Words() string }:
		return f.Words()
	case interface{ Text() string }:
		return f.Text()
	}
	return "(row)"
}

// focusOn puts the keyboard on what is called so.
func (h *house) focusOn(words string) {
	h.t.Helper()
	c := h.canvas()
	for range 400 {
		if f := c.Focused(); f != nil && nameOf(f) == words {
			return
		}
		c.FocusNext()
	}
	h.t.Fatalf("Tab does not reach %q", words)
}

func (h *house) press(words string) {
	h.t.Helper()
	h.focusOn(words)
	h.key(fyne.KeyReturn)
}

// find looks for a person by NHS number.
func (h *house) find(number string) *screens.Find {
	h.t.Helper()
	h.ctrl(fyne.KeyK)
	h.until("the find page", func() bool { _, ok := h.w.Screen().(*screens.Find); return ok })
	f := h.w.Screen().(*screens.Find)
	h.typed(number)
	h.until("the person", func() bool { return len(f.Found()) > 0 })
	return f
}

func (h *house) myWork() *screens.MyWork {
	h.t.Helper()
	h.until("my work", func() bool { m, ok := h.w.Screen().(*screens.MyWork); return ok && m.Loaded() })
	return h.w.Screen().(*screens.MyWork)
}

// reaches says whether the Tab key leads to what is called so.
func (h *house) reaches(words string) bool {
	c := h.canvas()
	for range 400 {
		if f := c.Focused(); f != nil && nameOf(f) == words {
			return true
		}
		c.FocusNext()
	}
	return false
}
