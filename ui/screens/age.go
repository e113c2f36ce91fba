package screens

// What may change here: what a page that the service gave says of itself when it still stands there after the service has gone. When it
// counts as gone, how old the page is, and when it must go, is the desk's (app.Desk.Aged).

import (
	"context"
	"time"

	"fyne.io/fyne/v2"

	"cmc/app"
	"cmc/app/printing"
	"cmc/forms/nhs"
	"cmc/ui/control"
)

// ageing watches a page of the service's that stands on the screen: live, then with its age across the top, then gone. When the
// service is there again the page is read anew.
type ageing struct {
	d      Deps
	planID string
	band   *control.Stack // over the page; nothing is in it while the page is live
	asAt   time.Time      // when what the page shows was asked for; zero: it shows nothing
	tried  time.Time      // when the service was last heard as the page was asked for anew
	words  string         // of the band, as they are drawn
	over   bool           // the page is past its limit and was taken away
	closed bool
	timer  *time.Timer

	again func()         // asks for the page anew, without a word when nobody answers
	aged  func(app.Aged) // the band was drawn
	gone  func(error)    // the page may not be shown any more
}

// watch begins to look at the page now and then.
func (a *ageing) watch(d Deps, planID string) {
	a.d, a.planID, a.band = d, planID, control.VStack(0)
	a.wait()
}

func (a *ageing) wait() {
	a.timer = time.AfterFunc(ageEvery, func() { fyne.Do(a.look) })
}

// look brings the page up to date: live, old, or gone.
func (a *ageing) look() {
	if a.closed {
		return
	}
	a.timer.Stop()
	defer a.wait()
	if a.asAt.IsZero() {
		return
	}
	age, old, err := a.d.Desk.Aged(a.planID, a.asAt)
	switch {
	case !old:
		// Also when the line of news is silent while the service answers: a decision may have been changed, and nobody said so.
		if heard := a.d.Desk.Heard(); (a.old() || a.d.Desk.Unheard(a.asAt)) && !heard.Equal(a.tried) && !a.d.Desk.Locked() {
			a.tried = heard
			a.again()
		}
	case a.over:
	case err != nil:
		a.over, a.words = true, ""
		a.band.Set()
		a.gone(err)
	case age.Words != a.words:
		a.words = age.Words
		a.band.Set(notLive(age.Words, "The central service cannot be reached. This page goes at "+nhs.FormatDateTime(age.Until)+". "+mayBeChanged, ""))
		a.aged(age)
	}
}

// old says whether the page is not live, as far as it says.
func (a *ageing) old() bool { return a.over || a.words != "" }

// fresh says that the page shows what was asked for at a time; none: it shows nothing.
func (a *ageing) fresh(asAt time.Time) {
	a.asAt, a.words, a.over = asAt, "", false
	a.band.Set()
}

// close ends the watch.
func (a *ageing) close() {
	a.closed = true
	a.timer.Stop()
}

// prepare makes the page for paper. While the page on the screen is not live it is the same version as it is kept to be read offline,
// with its age across the top; without such a copy only the service gives one, so that no page is printed without a word of its age
// or a line in the audit.
func (a *ageing) prepare(version int) func(context.Context) (*printing.Job, error) {
	desk, planID, old := a.d.Desk, a.planID, a.words != ""
	return func(ctx context.Context) (*printing.Job, error) {
		if old {
			if kept, err := desk.LookKept(planID); err == nil && kept.Version == version {
				return desk.PrintKept(ctx, planID)
			}
		}
		return desk.PreparePrint(ctx, planID)
	}
}

// overCard stands where a page stood that may not be shown any more.
func overCard(err error) fyne.CanvasObject {
	e := app.Explain(err)
	return control.ErrorCard("This page cannot be shown any more", control.Body(e.What), control.Body(e.Means+" "+e.Do))
}
