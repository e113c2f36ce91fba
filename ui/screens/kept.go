package screens

// What may change here: how plans look that were kept on this computer and are read while the service cannot be asked. Their age
// stands on every page and moves on by itself; what is past its limit, or was taken out of use, leaves the screen.

import (
	"context"
	"slices"
	"strconv"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cmc/api"
	"cmc/app"
	"cmc/app/printing"
	"cmc/forms/nhs"
	"cmc/ui/control"
	"cmc/ui/theme"
)

// KeptTitle stands over the plans that are kept on this computer.
const KeptTitle = "Approved plans as kept on this computer"

// ageEvery is how often the age on the screen is looked at again.
const ageEvery = 10 * time.Second

// A KeptPage is the summary of a plan as it was kept on this computer.
type KeptPage struct {
	d      Deps
	planID string
	object *fyne.Container
	top    *control.Stack
	body   *control.Stack
	foot   *control.Stack
	first  fyne.Focusable
	shown  *app.KeptPlan // nil: it may not be shown any more
	words  string        // of the band, as they are drawn
	timer  *time.Timer
	asking bool
	cancel func()
	closed bool
}

// NewKept makes the page of a plan that the desk gave to be read (app.Desk.OpenKept).
func NewKept(d Deps, p app.KeptPlan) *KeptPage {
	k := &KeptPage{d: d, planID: p.PlanID}
	k.top, k.body = control.VStack(0), control.VStack(0).Inset(5, 14, 14, 14)
	print := control.Primary("Print", k.Print)
	k.first = print
	k.foot = foot(control.Secondary("Back", d.Back), control.Secondary("Look at the live plan", k.live), control.Spacer(),
		control.Secondary("Save PDF", k.save), print)
	k.object = container.New(&pageWithFoot{}, k.top, control.Scroll(k.body), k.foot)
	k.draw(p)
	k.cancel = d.Desk.Subscribe(func(api.Event) { fyne.Do(k.live) }) // the service speaks again
	k.wait()
	return k
}

// wait looks at the page again in a while.
func (k *KeptPage) wait() {
	k.timer = time.AfterFunc(ageEvery, func() { fyne.Do(k.Look) })
}

// Look brings the page up to date: older, changed, or gone.
func (k *KeptPage) Look() {
	if k.closed {
		return
	}
	k.timer.Stop()
	defer k.wait()
	if k.shown == nil {
		return
	}
	p, err := k.d.Desk.LookKept(k.planID)
	if err != nil {
		k.gone(err)
		return
	}
	k.draw(p)
}

// draw shows the plan with its age across the top. What has not changed is left as it stands, so that a reader keeps the place.
func (k *KeptPage) draw(p app.KeptPlan) {
	band := keptBand(p)
	if k.shown == nil || k.shown.Version != p.Version || !slices.Equal(k.shown.Summary.Strip, p.Summary.Strip) || k.shown.AsAt != p.AsAt {
		view, _ := summaryView(p.Summary, false, nil)
		k.body.Set(view)
	}
	other := k.shown == nil || k.shown.Summary.Banner != p.Summary.Banner
	k.shown = &p
	if words := p.Summary.Header.Kept + p.Changed; other || words != k.words {
		k.words = words
		k.top.Set(band, control.CrewBanner(p.Summary.Banner))
		k.object.Refresh()
	}
}

// keptBand is the band over what is not live.
func keptBand(p app.KeptPlan) fyne.CanvasObject {
	return notLive(p.Summary.Header.Kept, "Kept on this computer; it is erased "+keptUntil(p)+". "+mayBeChanged, p.Changed)
}

// mayBeChanged is what to do about what is not live.
const mayBeChanged = "A decision may have been changed since: call the practice when you can."

// notLive is the band across the top of a page that is not live: how old it is, until when it stands, and what is known to have changed.
func notLive(age, until, changed string) fyne.CanvasObject {
	objs := []fyne.CanvasObject{control.Words(age, 19, true, theme.WarnInk), control.Words(until, 15, false, theme.WarnInk)}
	if changed != "" {
		objs = append(objs, control.Words(changed, 16, true, theme.Red))
	}
	return control.VStack(1, objs...).Inset(7, 16, 7, 16).Ground(theme.WarnFill).Bordered(theme.WarnEdge, 3, 0)
}

// keptUntil is when a page is erased.
func keptUntil(p app.KeptPlan) string { return "at " + nhs.FormatDateTime(p.Until) }

// gone takes the plan off the screen: what may no longer be used must not stand there, and nothing is left to print or save.
func (k *KeptPage) gone(err error) {
	k.shown, k.words = nil, ""
	live := control.Primary("Look at the live plan", k.live)
	k.first = live
	k.foot.Set(control.HStack(12, control.Secondary("Back", k.d.Back), control.Spacer(), live))
	e := app.Explain(err)
	k.top.Set()
	k.body.Set(control.ErrorCard("This copy cannot be shown any more", control.Body(e.What), control.Body(e.Means+" "+e.Do)))
	k.object.Refresh()
}

// live asks the service for the plan as it is now, and opens that.
func (k *KeptPage) live() {
	if k.closed || k.asking {
		return
	}
	k.asking = true
	k.d.Work("Looking at the live plan...", func(ctx context.Context) error {
		_, err := k.d.Desk.Summary(ctx, k.planID)
		return err
	}, func(err error) {
		k.asking = false
		switch {
		case k.closed:
		case err == nil:
			k.d.Go(app.Place{Screen: UrgentScreen, PlanID: k.planID})
		case app.IsAway(err) || app.Explain(err).Cancelled:
			k.Look() // still nobody to ask
		default: // the service says that it is not to be used
			k.gone(err)
			k.d.Say.Error(err)
		}
	})
}

// Print prints the page (Ctrl+P).
func (k *KeptPage) Print() {
	if k.shown != nil {
		printJob(k.d, func(ctx context.Context) (*printing.Job, error) { return k.d.Desk.PrintKept(ctx, k.planID) })
	}
}

func (k *KeptPage) save() {
	if k.shown != nil {
		saveJob(k.d, func(ctx context.Context) (*printing.Job, error) { return k.d.Desk.PrintKept(ctx, k.planID) })
	}
}

// Shown is what is on the page; nil: it may not be shown any more.
func (k *KeptPage) Shown() *app.KeptPlan { return k.shown }

// Band is what stands across the top.
func (k *KeptPage) Band() string { return k.words }

// Object is what is drawn.
func (k *KeptPage) Object() fyne.CanvasObject { return k.object }

// Focus goes to Print, or to the live plan when there is nothing left to print.
func (k *KeptPage) Focus() { k.d.Window.Canvas().Focus(k.first) }

// Help says what the page is for.
func (k *KeptPage) Help() []string {
	return []string{
		"This is the approved plan as it was when this computer last spoke with the central service. The band on top says when that was.",
		"When the connection is back, the live plan opens by itself. A printed page says its age across the top.",
	}
}

// Close ends the page.
func (k *KeptPage) Close() {
	k.closed = true
	k.cancel()
	k.timer.Stop()
}

// keptList shows the plans that are kept on this computer in a list of a page that the service could not fill; nil: there are none to
// be shown, and nothing to be said of it.
func keptList(d Deps, why error, list *rowList) fyne.CanvasObject {
	plans, err := d.Desk.Kept(why)
	if app.NothingKept(err) {
		return nil
	}
	if err != nil {
		e := app.Explain(err)
		return control.ErrorCard(e.What, control.Body(e.Means+" "+e.Do))
	}
	now := d.Desk.Now()
	specs := make([]rowSpec, 0, len(plans.Items))
	for _, p := range plans.Items {
		tone := statusTone[p.Status]
		if p.Alarm {
			tone = control.Alarm
		}
		person := personLines(p.Patient, now, false)
		state := []fyne.CanvasObject{control.HStack(8, control.Tag(p.Words, tone), control.Body("version "+strconv.Itoa(p.Version)))}
		age := []fyne.CanvasObject{control.Strong("Not live"), control.Body(p.Age)}
		if p.Changed != "" {
			age = append(age, control.Words("Changed since", 15, true, theme.Red))
		}
		var content fyne.CanvasObject
		if d.narrow() {
			content = control.VStack(5, person, control.VStack(1, state...), control.VStack(1, age...))
		} else {
			content = control.Columns(10, []float32{40, 28, 32}, person, control.VStack(1, state...), control.VStack(1, age...))
		}
		specs = append(specs, rowSpec{key: p.PlanID, words: nameOf(p.Patient), content: content})
	}
	list.set(specs, d.Window.Canvas())
	head := []fyne.CanvasObject{control.Words(KeptTitle, 18, true, theme.WarnInk), control.Words("NOT LIVE: "+plans.Age+". A decision may have been changed since. Enter opens one.", 15, true, theme.WarnInk)}
	if plans.LeftOut > 0 {
		head = append(head, control.Words(leftOut(plans.LeftOut), 15, false, theme.WarnInk))
	}
	return control.VStack(0, control.VStack(2, head...).Inset(8, 12, 8, 12).Ground(theme.WarnFill).Bordered(theme.WarnEdge, 2, 4), list.stack)
}

// leftOut says that people are missing, so that nobody takes silence for "no plan".
func leftOut(n int) string {
	if n == 1 {
		return "1 more of your people has a plan that is not kept here: call the practice, or read the paper copy."
	}
	return strconv.Itoa(n) + " more of your people have plans that are not kept here: call the practice, or read the paper copy."
}
