package tour

// What may change here: how the keyboard is used: finding things with Tab, typing, waiting for what should appear.

import (
	"context"
	"errors"
	"fmt"
	"image"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"cmc/app/drafts"
	"cmc/ui"
	"cmc/ui/control"
)

// Params are what a tour needs.
type Params struct {
	Window  *ui.Window
	Do      func(func())                                 // runs on the drawing thread and waits for it
	Picture func() image.Image                           // takes a picture of the window, on the drawing thread
	Keep    func(name string, picture image.Image) error // keeps a picture; nil: none are taken
	Paper   string                                       // a file that is attached as a copy of a document; empty: none is
	PDF     string                                       // where the page is saved, with its folder
	Printer string                                       // where the page is printed; empty: nowhere
	Pace    time.Duration                                // with captions, and this long on each; 0: as fast as the window can
	Wait    time.Duration                                // for anything that should appear; 0: 20 seconds
}

// hand is the hand at the keyboard. The first thing that goes wrong is kept in err, and everything after it does nothing.
type hand struct {
	ctx   context.Context
	p     Params
	step  string // what is being done, for the sentence about what went wrong
	shots int
	err   error
}

func (h *hand) fail(format string, args ...any) {
	if h.err == nil {
		h.err = fmt.Errorf("%s: %s", h.step, fmt.Sprintf(format, args...))
	}
}

// on runs f on the drawing thread.
func (h *hand) on(f func()) {
	if h.err == nil {
		h.p.Do(f)
	}
}

func (h *hand) canvas() fyne.Canvas { return h.p.Window.Fyne().Canvas() }

// rest waits, or ends when the tour is stopped.
func (h *hand) rest(d time.Duration) {
	if d <= 0 || h.err != nil {
		return
	}
	select {
	case <-time.After(d):
	case <-h.ctx.Done():
		h.err = h.ctx.Err()
	}
}

// until waits until ok, asked on the drawing thread, says yes.
func (h *hand) until(what string, ok func() bool) {
	limit := time.Now().Add(h.p.Wait)
	for h.err == nil {
		yes := false
		h.on(func() { yes = ok() })
		if yes {
			return
		}
		if time.Now().After(limit) {
			h.fail("%s did not appear", what)
			return
		}
		h.rest(10 * time.Millisecond)
	}
}

// name is what a control is called.
func name(f fyne.Focusable) string {
	switch f := f.(type) {
	case *control.Entry:
		return ""
	case interface{ Words() string }:
		return f.Words()
	case interface{ Text() string }:
		return f.Text()
	}
	return ""
}

// most is more than the things on any page.
const most = 600

// tab presses Tab until what has the keyboard is the right thing, once round the page at most.
func (h *hand) tab(right func(fyne.Focusable) bool) bool {
	found := false
	h.on(func() {
		c := h.canvas()
		seen := map[fyne.Focusable]bool{}
		for range most {
			f := c.Focused()
			if f != nil && right(f) {
				found = true
				return
			}
			if f != nil {
				if seen[f] {
					return
				}
				seen[f] = true
			}
			c.FocusNext()
			if c.Focused() == nil {
				return
			}
		}
	})
	return found
}

// reach puts the keyboard on the control with these words, when it appears.
func (h *hand) reach(words string) {
	limit := time.Now().Add(h.p.Wait)
	for h.err == nil {
		if h.tab(func(f fyne.Focusable) bool { return name(f) == words && !off(f) }) {
			return
		}
		if time.Now().After(limit) {
			h.fail("%q is not on the page, or cannot be pressed", words)
			return
		}
		h.rest(20 * time.Millisecond)
	}
}

func off(f fyne.Focusable) bool {
	d, ok := f.(fyne.Disableable)
	return ok && d.Disabled()
}

// press presses the control with these words.
func (h *hand) press(words string) {
	h.reach(words)
	h.look()
	h.key(fyne.KeyReturn)
}

// open opens the row with these words of the list on the page: Tab leads into the list, Down moves in it.
func (h *hand) open(words string) {
	limit := time.Now().Add(h.p.Wait)
	for h.err == nil {
		if h.tab(listed) {
			h.key(fyne.KeyHome)
			for range most {
				right, moved := false, false
				h.on(func() {
					c := h.canvas()
					f := c.Focused()
					if right = f != nil && name(f) == words; right || f == nil {
						return
					}
					f.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
					moved = c.Focused() != f
				})
				if right {
					h.look()
					h.key(fyne.KeyReturn)
					return
				}
				if !moved {
					break
				}
			}
		}
		if time.Now().After(limit) {
			h.fail("%q is not in the list", words)
			return
		}
		h.rest(50 * time.Millisecond)
	}
}

func listed(f fyne.Focusable) bool { _, ok := f.(interface{ Listed() }); return ok }

// tick ticks the box with these words.
func (h *hand) tick(words string) {
	h.reach(words)
	h.key(fyne.KeySpace)
}

// key presses one key on what has the keyboard, or on the window when nothing has.
func (h *hand) key(names ...fyne.KeyName) {
	for _, n := range names {
		h.on(func() {
			c := h.canvas()
			ev := &fyne.KeyEvent{Name: n}
			if f := c.Focused(); f != nil {
				f.TypedKey(ev)
			} else if typed := c.OnTypedKey(); typed != nil {
				typed(ev)
			}
		})
	}
}

// shortcut presses a key with Ctrl.
func (h *hand) shortcut(key fyne.KeyName) {
	h.on(func() {
		s := &desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierShortcutDefault}
		c := h.canvas()
		w, able := c.(fyne.Shortcutable)
		switch f, ok := c.Focused().(fyne.Shortcutable); {
		case !able: // a canvas that passes no shortcuts on, as in tests
			h.p.Window.TypedShortcut(s)
		case ok:
			f.TypedShortcut(s)
		default:
			w.TypedShortcut(s)
		}
	})
}

// typed types words into what has the keyboard.
func (h *hand) typed(words string) {
	if h.err != nil {
		return
	}
	each := time.Duration(0)
	if h.p.Pace > 0 {
		each = min(h.p.Pace/60, 40*time.Millisecond)
	}
	put := func(r rune) {
		f := h.canvas().Focused()
		switch {
		case f == nil:
			h.err = errors.New(h.step + ": nothing has the keyboard")
		case r == '\n':
			f.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
		default:
			f.TypedRune(r)
		}
	}
	if each == 0 {
		h.on(func() {
			for _, r := range words {
				put(r)
			}
		})
		return
	}
	for _, r := range words {
		h.on(func() { put(r) })
		h.rest(each)
	}
}

// clear empties the box that has the keyboard.
func (h *hand) clear() {
	h.on(func() {
		e, ok := h.canvas().Focused().(*control.Entry)
		if !ok {
			return
		}
		e.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEnd})
		for range len([]rune(e.Text())) {
			e.TypedKey(&fyne.KeyEvent{Name: fyne.KeyBackspace})
		}
	})
}

// box presses Tab until a box to type in has the keyboard.
func (h *hand) box() {
	if !h.tab(func(f fyne.Focusable) bool { _, ok := f.(*control.Entry); return ok }) {
		h.fail("there is no box to type in")
	}
}

// next presses Tab.
func (h *hand) next() { h.on(func() { h.canvas().FocusNext() }) }

// look leaves people a moment to see where the keyboard is.
func (h *hand) look() {
	if h.p.Pace > 0 {
		h.rest(min(h.p.Pace/4, 600*time.Millisecond))
	}
}

// say shows a caption and waits at the pace.
func (h *hand) say(words string) {
	if h.p.Pace == 0 {
		return
	}
	h.on(func() { h.p.Window.Caption(words) })
	h.rest(h.p.Pace)
}

// shot takes a picture of the window, when nothing is under way any more and what was changed has been drawn.
func (h *hand) shot(name string) {
	if h.p.Keep == nil || h.err != nil {
		return
	}
	h.until("a quiet window", func() bool { return !h.p.Window.Messages().Busy() })
	h.until("the words at the service", func() bool {
		f, ok := h.p.Window.Screen().(*ui.Form)
		return !ok || f.Editor().Status().State == drafts.StateSaved
	})
	for range 3 { // frames
		h.on(func() { h.p.Window.Fyne().Content().Refresh() })
		h.rest(40 * time.Millisecond)
	}
	var picture image.Image
	h.on(func() { picture = h.p.Picture() })
	if h.err != nil {
		return
	}
	h.shots++
	if err := h.p.Keep(fmt.Sprintf("%02d-%s.png", h.shots, name), picture); err != nil {
		h.fail("the picture was not kept: %v", err)
	}
}
