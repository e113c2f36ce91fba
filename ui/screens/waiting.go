package screens

// What may change here: how plans look for which something waits on this computer. What waits, and why, is the desk's
// (app.Waiting).

import (
	"context"
	"strconv"
	"time"

	"fyne.io/fyne/v2"

	"cmc/app"
	"cmc/app/drafts"
	"cmc/forms/nhs"
	"cmc/ui/control"
)

// WaitingTitle stands over the plans for which something waits on this computer.
const WaitingTitle = "Only on this computer"

// Words of the buttons beside what waits.
const (
	BringWords   = "Open it with my words"
	ReadWords    = "Read what I wrote"
	PutAwayWords = "Put it away"
)

// waitingCard shows what waits on this computer, each with its way on.
func waitingCard(d Deps, waits []app.Waiting, open func(key string), again func()) fyne.CanvasObject {
	objs := []fyne.CanvasObject{control.Muted("What you wrote is safe here, and goes by itself when the connection is back. What needs you is marked.")}
	for _, one := range waits {
		objs = append(objs, waitingRow(d, one, open, again))
	}
	return control.Card(WaitingTitle+" ("+strconv.Itoa(len(waits))+")", objs...)
}

// waitingRow is one plan, what waits for it, why, and what can be done.
func waitingRow(d Deps, one app.Waiting, open func(key string), again func()) fyne.CanvasObject {
	tone := control.Info
	if one.Why != "" {
		tone = control.Alarm
	}
	tags := []fyne.CanvasObject{control.Tag(one.Words, tone)}
	if !one.Since.IsZero() {
		tags = append(tags, control.Small("Since "+since(one.Since, d.Desk.Now())))
	}
	says := []fyne.CanvasObject{personLines(one.Patient, d.Desk.Now(), false), control.HStack(10, tags...)}
	if one.Why != "" {
		says = append(says, control.Body(one.Why))
	}
	if one.Do != "" {
		says = append(says, control.Body(one.Do))
	}
	buttons := []fyne.CanvasObject{control.Secondary("Open", func() { open(one.PlanID) }).Compact()}
	switch {
	case one.Into:
		says = append(says, control.Body("What you wrote comes into that plan as soon as you can write in it: start a change of it."))
		buttons = []fyne.CanvasObject{control.Secondary("Open that plan", func() { open(one.Existing) }).Compact()}
	case one.Existing != "":
		buttons = append(buttons, control.Secondary(BringWords, func() { bringInto(d, one.PlanID) }).Compact())
	}
	if one.Answers > 0 && one.Why != "" {
		buttons = append(buttons, control.Secondary(ReadWords, func() { readWaiting(d, one) }).Compact())
	}
	if one.Refused {
		buttons = append(buttons, control.Secondary(PutAwayWords, func() { putAway(d, one, again) }).Compact())
	}
	return control.VStack(6, append(says, control.HStack(10, buttons...))...).Inset(10, 0, 4, 0).Line(control.Top, 1)
}

// since writes a time of today as 04:12, any other in full.
func since(at, now time.Time) string {
	if drafts.Today(at).Equal(drafts.Today(now)) {
		return at.In(nhs.London()).Format("15:04")
	}
	return nhs.FormatDateTime(at)
}

// readWaiting shows the words of a plan that the service does not have: also when the plan itself does not open any more.
func readWaiting(d Deps, one app.Waiting) {
	rows := []fyne.CanvasObject{control.Muted("These answers are on this computer, and not at the central service."), newCompareHead("At the service", "You wrote", false)}
	for _, c := range d.Desk.Unsent(one.PlanID) {
		rows = append(rows, newCompareRow(c, nil, false))
	}
	var shut func()
	ok := control.Primary("Close", func() { shut() })
	shut = d.Say.Custom(nameOf(one.Patient), control.VStack(0, rows...), 900, ok, nil, ok)
}

// putAway asks once more before what the service refused is taken off this computer.
func putAway(d Deps, one app.Waiting, again func()) {
	words := "The central service does not take what you asked for. Put the request away? Nothing that was saved changes."
	if one.Answers > 0 {
		words = "The central service does not take what you wrote, and it is nowhere else. Tell somebody who can write in the plan first. It cannot be brought back."
	}
	d.Say.Ask("Put this away?", words, PutAwayWords, "Keep it", func() {
		d.Work("Putting it away...", func(ctx context.Context) error { return d.Desk.PutAway(ctx, one.PlanID) }, func(err error) {
			d.Say.Error(err)
			again()
		})
	})
}

// bringInto takes what was written in a plan that was begun here into the plan that the person has already, and opens it.
func bringInto(d Deps, planID string) {
	into := ""
	d.Work("Taking your words there...", func(ctx context.Context) (err error) {
		into, err = d.Desk.BringInto(ctx, planID)
		return err
	}, func(err error) {
		if into == "" {
			d.Say.Error(err)
			return
		}
		d.Go(app.Place{Screen: PlanScreen, PlanID: into}) // what is to be chosen there, it says itself
	})
}

// AskExisting says that somebody for whom a plan was begun here has one already, and offers to open it with what was written.
func AskExisting(d Deps, planID string) {
	d.Say.Ask("This person has a plan already",
		"Somebody started it before yours could be sent. What you wrote is safe on this computer. Open that plan with what you wrote? Where both say something, you choose.",
		BringWords, "Not now", func() { bringInto(d, planID) })
}
