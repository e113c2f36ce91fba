package screens

// What may change here: how each action of a plan is offered in words and what it asks for before it is done. Which actions
// there are for this person now is Plan.Actions; why not is Plan.Refused. There is no rule here.

import (
	"context"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"cmc/api"
	"cmc/app"
	"cmc/forms/nhs"
	"cmc/forms/plan"
	"cmc/ui/control"
	"cmc/ui/message"
)

// An action is one thing that can be done to a plan from a page that only reads it.
type action struct {
	id      string // in Plan.Actions
	words   string // on the button
	explain string // what it means, in the question
	label   string // over the box for the reason; empty: "Reason"
	least   int    // characters of the reason; 0: it may be empty, and then nothing is asked
	yes     string // on the button of the question; empty: words
	danger  bool   // hides the plan from urgent care or ends it
	do      func(ctx context.Context, d *app.Desk, p *api.Plan, reason string) (*api.Plan, error)
}

func decided(f func(*app.Desk, context.Context, *api.Plan, api.Decide) (*api.Plan, error)) func(context.Context, *app.Desk, *api.Plan, string) (*api.Plan, error) {
	return func(ctx context.Context, d *app.Desk, p *api.Plan, reason string) (*api.Plan, error) {
		return f(d, ctx, p, api.Decide{Reason: reason})
	}
}

// actions are all that a page may offer, in the order of its buttons. Print, feedback, comment, submit, return and approve
// have their own pages.
var actions = []action{
	{id: "take-up", words: "Start a draft from this", do: func(ctx context.Context, d *app.Desk, p *api.Plan, _ string) (*api.Plan, error) {
		return d.TakeUp(ctx, p)
	}},
	{id: "amend", words: "Change this plan...", explain: "A draft opens beside the live version. Crews go on seeing the live version until the draft is approved.",
		label: "Why is it changed?", least: 3, yes: "Open a draft", do: decided((*app.Desk).Amend)},
	{id: "discard", words: "Discard the draft...", explain: "The draft is dropped. The live version stays as it is.", least: 3, danger: true, do: decided((*app.Desk).Discard)},
	{id: "resume", words: "Put back into use...", explain: "Urgent care sees the plan again at once.", least: 3, do: decided((*app.Desk).ResumePlan)},
	{id: "close", words: "Close the record...", explain: "The plan can only be read from then on.", least: 3, do: decided((*app.Desk).CloseRecord)},
	{id: "deceased", words: "The person has died..."},
	{id: "withdraw", words: "Withdraw the plan...", explain: "Consent was withdrawn. Urgent care stops seeing the plan at once.", least: 3, danger: true, do: decided((*app.Desk).Withdraw)},
	{id: "suspend", words: "Suspend for safety...", explain: "Urgent care stops seeing the plan at once and is told to call the practice.", least: 3, danger: true, do: decided((*app.Desk).Suspend)},
	{id: "error", words: "Entered in error...", explain: "The plan is marked as entered in error for the wrong person or by mistake. Everyone who viewed it is listed.", least: 3, danger: true, do: decided((*app.Desk).EnterInError)},
}

// actionButtons are the buttons for what a plan offers now. changed is called with the plan afterwards.
func actionButtons(d Deps, p *api.Plan, changed func(*api.Plan)) []fyne.CanvasObject {
	var out []fyne.CanvasObject
	for _, a := range actions {
		if slices.Contains(p.Actions, a.id) {
			out = append(out, control.Secondary(a.words, func() { perform(d, p, a, changed) }))
		}
	}
	return out
}

// perform asks what an action needs to know, does it, and gives the plan as it is then.
func perform(d Deps, p *api.Plan, a action, changed func(*api.Plan)) {
	words := strings.TrimSuffix(a.words, "...")
	if a.id == "deceased" {
		askDeath(d, p, changed)
		return
	}
	if a.least == 0 {
		var after *api.Plan
		d.Work(words+"...", func(ctx context.Context) (err error) {
			after, err = a.do(ctx, d.Desk, p, "")
			return err
		}, func(err error) {
			if err != nil {
				d.Say.Error(err)
				return
			}
			changed(after)
		})
		return
	}
	label, yes := a.label, a.yes
	if label == "" {
		label = "Reason"
	}
	if yes == "" {
		yes = words
	}
	d.Say.AskWords(message.Question{
		Title: words, Words: nameOf(p.Patient) + ", NHS No. " + numberOf(p.Patient) + ". " + a.explain,
		Label: label, Hint: "The words are kept with the plan.", Min: a.least, Yes: yes, Key: p.ID + "/" + a.id, Danger: a.danger,
		Do: func(reason string, done func(error)) {
			var after *api.Plan
			d.Work(words+"...", func(ctx context.Context) (err error) {
				after, err = a.do(ctx, d.Desk, p, reason)
				return err
			}, func(err error) {
				done(err)
				if err == nil {
					changed(after)
				}
			})
		},
	})
}

// placesOfDeath are the options of the plan's own question.
func placesOfDeath() []control.Option {
	var out []control.Option
	if it := plan.Definition().Item(plan.DeathPlace); it != nil {
		for _, o := range it.Options {
			out = append(out, control.Option{ID: o.Code, Label: o.Label})
		}
	}
	return out
}

// askDeath notifies that the person has died.
func askDeath(d Deps, p *api.Plan, changed func(*api.Plan)) {
	when := control.NewInput("Date of death", "For example "+nhs.FormatDate(d.Desk.Now().Format(time.DateOnly))+". Leave it empty if it is not known.")
	where := control.NewRadio(placesOfDeath(), nil)
	var shut func()
	var act *control.Button
	stay := control.Secondary("Cancel", func() { shut() })
	act = control.Danger("Notify the death", func() {
		date := ""
		if typed := strings.TrimSpace(when.Text()); typed != "" {
			day, err := nhs.ParseDate(typed, d.Desk.Now())
			if err != nil {
				when.SetError(err.Error())
				d.Say.Relayout()
				return
			}
			date = day.Format(time.DateOnly)
		}
		when.SetError("")
		act.SetBusy("Sending...")
		var after *api.Plan
		d.Work("Notifying the death...", func(ctx context.Context) (err error) {
			after, err = d.Desk.Deceased(ctx, p, api.Death{Date: date, Place: where.Chosen()})
			return err
		}, func(err error) {
			act.Ready()
			if err != nil {
				if e := app.Explain(err); !e.SignInAgain && !e.Cancelled {
					when.SetError(strings.TrimSpace(e.What + " " + e.Do))
					d.Say.Relayout()
					return
				}
				shut()
				d.Say.Error(err)
				return
			}
			shut()
			changed(after)
		})
	})
	body := control.VStack(14, control.Body(nameOf(p.Patient)+", NHS No. "+numberOf(p.Patient)+". The plan stays to be read, marked that the person has died. Tasks end."),
		when, control.Strong("Where?"), where)
	shut = d.Say.Custom("The person has died", body, 0, when.Focusable(), nil, stay, act)
}

// AskOpening asks why a record that is not the person's own is opened, and gives the reason on.
func AskOpening(d Deps, planID string, open func(reason string)) {
	d.Say.AskWords(message.Question{
		Title: "Why do you open this record?",
		Words: "This person is not registered with you. Your reason is kept, with your name and the time, and the person's practice can read it.",
		Label: "Reason", Hint: "For example: called to this address, 999 incident.", Min: 5, Max: 300, Yes: "Open the record", Key: planID + "/open",
		Do: func(reason string, done func(error)) {
			done(nil)
			open(reason)
		},
	})
}
