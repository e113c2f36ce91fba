package screens

// What may change here: what the head of an open form says of its plan's state while the service is not heard. When that is, is the desk's
// (app.Desk.Silent).

import (
	"context"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"cmc/api"
	"cmc/forms"
	"cmc/ui/control"
)

// A StatusWatch is the tag with a plan's state over a page that stays open without the service: the form. While the service is not heard
// it says as at when the state was so, and that a version was live, not that it is. When the service is there again it is asked.
type StatusWatch struct {
	Tag     *control.TagLabel
	Changed func() // after the words have changed, which may take more room; nil: nobody wants to know

	d      Deps
	plan   func() *api.Plan
	asAt   time.Time // when the state was heard last; zero: before this program was started
	seen   time.Time // when the service was last asked for the plan itself, and gave it; zero: not by this program
	stale  bool      // the service is to be asked before the state is called what it is
	asking bool
	closed bool
	timer  *time.Timer
}

// WatchStatus makes the tag, and looks at it now and then until Close. plan is the plan as it is known at any moment; remembered says that
// the service was not asked for it. On the drawing thread.
func WatchStatus(d Deps, plan func() *api.Plan, remembered bool) *StatusWatch {
	w := &StatusWatch{Tag: StatusTag(plan()), d: d, plan: plan, stale: remembered}
	if !remembered {
		w.asAt = d.Desk.Heard()
		w.seen = w.asAt
	}
	w.Look()
	return w
}

// Look brings the tag up to date. On the drawing thread.
func (w *StatusWatch) Look() {
	if w.closed {
		return
	}
	if w.timer != nil {
		w.timer.Stop()
	}
	w.timer = time.AfterFunc(ageEvery, func() { fyne.Do(w.Look) })
	before := w.Tag.String()
	defer func() {
		if w.Changed != nil && w.Tag.String() != before {
			w.Changed()
		}
	}()
	silent := w.d.Desk.Silent()
	// Also when the line of news is silent while the service answers: somebody may have saved, and nobody said so.
	if !silent && (w.stale || w.d.Desk.Unheard(w.seen)) && !w.d.Desk.Locked() {
		w.ask()
	}
	p := w.plan()
	if p.Published == nil && p.Status == "draft" { // whoever writes it knows: nobody else has seen it
		w.Tag.Say(p.StatusWords, statusTone[p.Status])
		return
	}
	w.stale = w.stale || silent
	if !w.stale {
		w.asAt = w.d.Desk.Heard()
		w.Tag.Say(p.StatusWords, statusTone[p.Status])
		return
	}
	was := strings.ReplaceAll(p.StatusWords, "stays live", "was live")
	if w.asAt.IsZero() {
		w.Tag.Say("When last connected: "+was, control.Warn)
		return
	}
	w.Tag.Say(upper(forms.AsAt(w.asAt, w.d.Desk.Now()))+": "+was, control.Warn)
}

// ask asks the service for the plan, which the plan as it is known here takes in; without a word when it does not answer. Nobody looks at a
// locked desk, and the audit would say that somebody did.
func (w *StatusWatch) ask() {
	if w.asking {
		return
	}
	w.asking = true
	id, at := w.plan().ID, w.d.Desk.Now()
	control.Work(func(ctx context.Context) error {
		_, err := w.d.Desk.OpenPlan(ctx, id)
		return err
	}, func(err error) {
		w.asking = false
		if err == nil && !w.closed {
			w.stale, w.seen = false, at
			w.Look()
		}
	})
}

// Close ends the watch.
func (w *StatusWatch) Close() {
	w.closed = true
	w.timer.Stop()
}
