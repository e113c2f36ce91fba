package screens

// What may change here: how an approver who signed in at the identity provider proves again who they are.

import (
	"context"
	"strings"

	"cmc/api"
	"cmc/app"
	"cmc/forms/nhs"
	"cmc/ui/control"
	"cmc/ui/theme"
)

// A proof is the part of the review page that stands where others type their password.
type proof struct {
	d       Deps
	plan    func() *api.Plan
	changed func() // the proof came or went
	stack   *control.Stack
	button  *control.Button
	words   *control.Text
	wrong   *control.Text
	wrongly string // the words of wrong
	stop    *control.Link

	got    api.Proof
	etag   string // of the plan that it is for
	cancel func() // of the browser that is open; nil: none
	closed bool
}

func newProof(d Deps, plan func() *api.Plan, changed func()) *proof {
	p := &proof{d: d, plan: plan, changed: changed}
	p.button = control.Secondary("Prove it is you", p.prove)
	p.words = control.Small("You sign in again in your browser. It holds for five minutes, for this plan as you see it.")
	p.wrong = control.Words("", 14, true, theme.Red)
	p.wrong.Hide()
	p.stop = control.NewLink("Cancel", p.giveUp)
	p.stop.Hide()
	p.stack = control.VStack(6, control.Strong("Your signature"), control.HStack(14, p.button, p.stop), p.wrong, p.words)
	return p
}

// ready says whether a proof for the plan as it is now is here and still holds.
func (p *proof) ready() bool {
	return p.got.Proof != "" && p.etag == p.plan().Etag && p.d.Desk.Now().Before(p.got.ExpiresAt)
}

// say writes what is wrong.
func (p *proof) say(words string) {
	p.wrongly = words
	p.wrong.SetText(words)
	control.Reveal(p.wrong, words != "")
}

// forget drops the proof: it was used, or is about another content.
func (p *proof) forget() {
	p.got, p.etag = api.Proof{}, ""
	p.words.SetText("You sign in again in your browser. It holds for five minutes, for this plan as you see it.")
	p.changed()
}

func (p *proof) prove() {
	if p.cancel != nil {
		return
	}
	p.forget()
	p.say("")
	plan := p.plan()
	p.button.SetBusy("Finish in your browser...")
	control.Reveal(p.stop, true)
	var got api.Proof
	p.cancel = control.Work(func(ctx context.Context) (err error) {
		got, err = p.d.Desk.Prove(ctx, plan)
		return err
	}, func(err error) {
		p.cancel = nil
		if p.closed {
			return
		}
		p.button.Ready()
		control.Reveal(p.stop, false)
		if err != nil {
			e := app.Explain(err)
			switch {
			case e.Cancelled:
			case e.SignInAgain:
				p.d.Say.Error(err)
			default:
				p.say(strings.TrimSpace(e.What + " " + e.Means + " " + e.Do))
			}
			return
		}
		p.got, p.etag = got, plan.Etag
		p.words.SetText("Proved. It holds until " + nhs.FormatDateTime(got.ExpiresAt) + ", for this plan as you see it.")
		p.changed()
	})
}

// giveUp stops waiting for the browser.
func (p *proof) giveUp() {
	if p.cancel != nil {
		p.cancel()
	}
}

func (p *proof) close() {
	p.closed = true
	p.giveUp()
}
