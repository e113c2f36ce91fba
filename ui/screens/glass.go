package screens

// What may change here: how a record is opened in an emergency, and how such an opening is reviewed. Who may, and the words of
// the second question, are the service's.

import (
	"context"
	"errors"
	"strings"
	"unicode/utf8"

	"fyne.io/fyne/v2"

	"cmc/api"
	"cmc/app"
	"cmc/forms/nhs"
	"cmc/ui/control"
)

// emergencyList is the worklist of openings that wait for review.
const emergencyList = "emergency-openings"

// fewest is how many characters words must have for others to understand them.
const fewest = 10

func optionsOf(list []api.BreakGlassReason) []control.Option {
	var out []control.Option
	for _, one := range list {
		out = append(out, control.Option{ID: one.Code, Label: one.Words})
	}
	return out
}

// AskBreakGlass asks why a record is opened in an emergency, asks again in the service's words, and gives the plan on. What
// was typed stays when the second answer is no.
func AskBreakGlass(d Deps, planID string, opened func(*api.Plan)) {
	kept, keptCode := planID+"/glass", planID+"/glass-code"
	words := control.TextArea("Why can care not wait?", "For example: found unconscious in our day room, no family here.", 3, 300)
	words.SetText(d.Kept[kept])
	why := control.ErrorText("")
	why.Hide()
	code := control.NewRadio(optionsOf(api.BreakGlassReasons), func(string) { control.Reveal(why, false); d.Say.Relayout() })
	code.Choose(d.Kept[keptCode])
	keep := func() { d.Kept[kept], d.Kept[keptCode] = words.Text(), code.Chosen() }
	var shut func()
	var act *control.Button
	ask := func(confirmed bool, after func(*api.Plan, error)) {
		in := api.BreakGlass{Code: code.Chosen(), Reason: strings.TrimSpace(words.Text()), Confirmed: confirmed}
		var p *api.Plan
		d.Work("Asking to open the record...", func(ctx context.Context) (err error) {
			p, err = d.Desk.BreakGlass(ctx, planID, in)
			return err
		}, func(err error) { after(p, err) })
	}
	done := func(p *api.Plan, err error) {
		if err != nil {
			d.Say.Error(err)
			return
		}
		delete(d.Kept, kept)
		delete(d.Kept, keptCode)
		opened(p)
	}
	act = control.Danger("Open in an emergency", func() {
		control.Reveal(why, code.Chosen() == "")
		why.SetText("Choose one of the reasons.")
		words.SetError("")
		if utf8.RuneCountInString(strings.TrimSpace(words.Text())) < fewest {
			words.SetError("Write it so that a colleague understands it tomorrow.")
		}
		d.Say.Relayout()
		if code.Chosen() == "" || words.Error() != "" {
			return
		}
		keep()
		act.SetBusy("Asking...")
		ask(false, func(p *api.Plan, err error) {
			act.Ready()
			shut()
			var second *api.Problem
			if !app.NeedsConfirming(err) || !errors.As(err, &second) {
				done(p, err)
				return
			}
			d.Say.Ask(second.Title, second.Detail, "Open the record", "Do not open it", func() { ask(true, done) })
		})
	})
	stay := control.Secondary("Cancel", func() { keep(); shut() })
	body := control.VStack(12, control.Body("Your organisation does not look after this person. If care cannot wait, you can open the approved plan for twelve hours."),
		control.Strong("What is it about?"), code, why, words)
	shut = d.Say.Custom("Open in an emergency", body, 560, code, keep, stay, act)
}

// reviewOpenings shows the openings of one plan that wait, one after the other, and keeps what was found.
func reviewOpenings(d Deps, planID string, changed func()) {
	var queue api.BreakGlassQueue
	d.Work("Reading who opened the record...", func(ctx context.Context) (err error) {
		queue, err = d.Desk.EmergencyOpenings(ctx)
		return err
	}, func(err error) {
		if err != nil {
			d.Say.Error(err)
			return
		}
		for _, one := range queue.Items {
			if one.PlanID == planID && one.Review == nil {
				reviewOpening(d, one, changed)
				return
			}
		}
		changed() // somebody else was quicker
	})
}

func reviewOpening(d Deps, one api.BreakGlassOpening, changed func()) {
	note := control.TextArea("What was found?", "Whom you asked, and what they said. It may be empty when it was right.", 3, 1000)
	why := control.ErrorText("")
	why.Hide()
	outcome := control.NewRadio(optionsOf(api.BreakGlassOutcomes), func(string) { control.Reveal(why, false); d.Say.Relayout() })
	var shut func()
	var act *control.Button
	act = control.Primary("Keep the review", func() {
		note.SetError("")
		control.Reveal(why, outcome.Chosen() == "")
		why.SetText("Choose what was found.")
		if text := strings.TrimSpace(note.Text()); text == "" && outcome.Chosen() != api.BreakGlassOutcomes[0].Code {
			note.SetError("Say in a few words what was found.")
		}
		d.Say.Relayout()
		if outcome.Chosen() == "" || note.Error() != "" {
			return
		}
		act.SetBusy("Keeping...")
		d.Work("Keeping the review...", func(ctx context.Context) error {
			_, err := d.Desk.ReviewOpening(ctx, one.ID, api.BreakGlassReviewed{Outcome: outcome.Chosen(), Note: strings.TrimSpace(note.Text())})
			return err
		}, func(err error) {
			act.Ready()
			if err != nil {
				e := app.Explain(err)
				if e.SignInAgain {
					shut()
					d.Say.Error(err)
				} else if !e.Cancelled {
					note.SetError(strings.TrimSpace(e.What + " " + e.Means))
					d.Say.Relayout()
				}
				return
			}
			shut()
			changed()
		})
	})
	later := control.Secondary("Later", func() { shut() })
	facts := []fyne.CanvasObject{personLines(one.Patient, d.Desk.Now(), false), control.Gap(2),
		control.Body("Opened " + nhs.FormatDateTime(one.At) + " by " + one.Who + ", " + one.Org + "."),
		control.Body(one.CodeWords + "."), control.Body("\u201c" + one.Reason + "\u201d")}
	body := control.VStack(12, control.VStack(4, facts...), control.Strong("Was it right?"), outcome, why, note)
	shut = d.Say.Custom("Opened in an emergency", body, 560, outcome, nil, later, act)
}
