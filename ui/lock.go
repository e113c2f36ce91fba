package ui

// What may change here: when the window hides everything, and what comes back. Why a computer counts as left is package
// app/idle's; who may open it again is app.Desk's.

import (
	"context"
	"maps"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cmc/app"
	"cmc/app/idle"
	"cmc/ui/control"
	"cmc/ui/message"
	"cmc/ui/screens"
)

// A cover lies in place of everything while the window is locked: what it hides is no part of the window then, so that nothing
// of it can be drawn or written into.
type cover struct {
	page   *screens.Lock
	say    *message.Sayer
	screen screens.Screen // what was open
	behind fyne.Focusable // what had the keyboard on it
	typed  fyne.Focusable // what had the keyboard, perhaps in a message
}

// tickEvery is how often it is asked whether somebody is still there.
const tickEvery = time.Second

// watch begins to watch over the window.
func (w *Window) watch() {
	w.idle = idle.Begin(w.desk.LockAfter(), idle.At(w.o.Now()))
	ticker := time.NewTicker(tickEvery)
	go func() {
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				fyne.Do(w.Tick)
			case <-w.desk.Closed():
				return
			}
		}
	}()
	if w.o.Away != nil {
		w.o.Away(func() { fyne.Do(func() { w.lock("This computer was locked or asleep.") }) })
	}
}

// Tick is time passing: the window calls it each second.
func (w *Window) Tick() {
	w.idle.Limit(w.desk.LockAfter())
	if w.stopDemo != nil { // invented patients, shown to people who only watch
		w.Touched()
		return
	}
	w.away(w.idle.Tick(idle.At(w.o.Now())))
}

// Touched is a sign of a person: each key, each tap, each move of the pointer. cmd/cmc hears them all.
func (w *Window) Touched() {
	if why := w.idle.Touch(idle.At(w.o.Now())); why != idle.No {
		w.away(why)
		return
	}
	if w.locked == nil {
		w.desk.Used()
	}
}

func (w *Window) away(why idle.Why) {
	switch why {
	case idle.Nobody:
		w.lock("Nobody had used it for a while.")
	case idle.Slept:
		w.lock("This computer was asleep.")
	default:
		return
	}
	w.idle = idle.Begin(w.desk.LockAfter(), idle.At(w.o.Now()))
}

// Locked is the page that covers a locked window, or nil.
func (w *Window) Locked() *screens.Lock {
	if w.locked == nil {
		return nil
	}
	return w.locked.page
}

// Lock hides everything at once.
func (w *Window) Lock() { w.lock("You locked it.") }

// lock covers the window. why is a sentence.
func (w *Window) lock(why string) {
	if _, choosing := w.screen.(*screens.Position); choosing && !w.signedIn() {
		w.SignOut() // nothing is open yet: whoever it is begins again
		return
	}
	if w.locked != nil || !w.signedIn() || w.stopDemo != nil {
		return
	}
	w.desk.Lock()
	c := w.win.Canvas()
	cov := &cover{screen: w.screen, say: message.New(w.win)}
	w.locked = cov
	for _, o := range c.Overlays().List() {
		if !w.say.Shows(o) { // a menu
			c.Overlays().Remove(o)
		}
	}
	cov.typed = c.Focused()
	w.say.Hold()
	cov.behind = c.Focused()
	cov.page = screens.NewLock(w.coverDeps(cov), *w.user, why, w.provider, w.helpDesk, w.training, w.unlocked)
	band := newBar(nil, nil, nil)
	band.set("", "", false, false, false, w.training)
	if !w.training {
		band.Hide()
	}
	w.win.SetContent(container.NewStack(container.New(&underBanner{}, band, cov.page.Object()), cov.say.Strip()))
	cov.page.Focus()
	control.Work(func(ctx context.Context) error { w.desk.SealUp(ctx); return nil }, func(error) {})
}

// coverDeps is what the page of a locked window is given: the desk, and a strip of its own.
func (w *Window) coverDeps(cov *cover) screens.Deps {
	return screens.Deps{Desk: w.desk, Window: w.win, Say: cov.say, Version: w.o.Version, Work: workWith(cov.say)}
}

// unlocked goes on for whoever has proved who they are.
func (w *Window) unlocked(got app.Unlocked) {
	cov := w.locked
	cov.page.Close()
	cov.say.Clear()
	w.locked = nil
	w.idle = idle.Begin(w.desk.LockAfter(), idle.At(w.o.Now()))
	w.win.SetContent(w.all)
	if got.Same {
		w.user = &got.User
		w.furniture()
		if cov.screen == w.screen && cov.behind != nil {
			w.win.Canvas().Focus(cov.behind)
		} else if w.screen != nil {
			w.screen.Focus()
		}
		w.say.Release()
		if cov.typed != nil && cov.typed != cov.behind && w.say.Open() {
			w.win.Canvas().Focus(cov.typed)
		}
		w.openLinked()
		return
	}
	w.leave(true)
	w.say.Release()
	w.home(got.SignIn)
}

// An aside is what a person had written outside the form when their session ended, or when somebody else signed in at the locked
// window. It is in memory alone, and for them alone.
type aside struct{ kept, asked map[string]string }

func (w *Window) setAside(userID string) {
	one := aside{maps.Clone(w.kept), w.say.TakeKept()}
	maps.Copy(one.asked, w.asked)
	w.asides[userID] = one
}

// takeUp gives a person back what was set aside for them. Words typed into a question come back when its plan is opened.
func (w *Window) takeUp(userID string) {
	one := w.asides[userID]
	delete(w.asides, userID)
	maps.Copy(w.kept, one.kept)
	w.asked = one.asked
}

// giveBack puts the words about a plan back into the questions about it.
func (w *Window) giveBack(planID string) {
	for key, words := range w.asked {
		if planID != "" && strings.HasPrefix(key, planID) {
			w.say.GiveKept(map[string]string{key: words})
			delete(w.asked, key)
		}
	}
}
