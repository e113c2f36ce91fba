package wizard

// What may change here: the page that checks and sends. What is a problem, and its words, come from package forms.

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"cmc/api"
	"cmc/app"
	"cmc/forms"
	"cmc/forms/plan"
	"cmc/ui/control"
	"cmc/ui/message"
	"cmc/ui/theme"
)

type check struct {
	w      *Wizard
	box    *control.Stack
	note   *control.Stack
	words  *control.Input
	firstL *control.Link
	drawn  []forms.Problem
	whole  map[string]bool // steps of which every gap is listed, not only the first few
	known  bool
}

func newCheck(w *Wizard) *check {
	c := &check{w: w, box: control.VStack(12), whole: map[string]bool{}}
	c.words = control.TextArea("Is there anything that the reviewer should know?", "It goes with the plan to the reviewer and is not part of it.", 2, 1000)
	c.note = control.Card("", c.words)
	return c
}

// The service lets a plan be sent although these are open: only the approver can give them (the review date, the match of the
// NHS number, the endorsement of X03). It decides; this list keeps the button from refusing what it would take.
var approverOnly = []string{plan.ReviewDue, plan.NHSNumberStatus, plan.NHSMatchReason, plan.NHSMatchBy,
	plan.CPREndorsedBy, plan.CPREndorsedRole, plan.CPREndorsedRegNo, plan.CPREndorsedAt}

func forApprover(p forms.Problem) bool {
	return p.Rule == "X03" || p.Rule == "X19" || p.Gap && slices.Contains(approverOnly, p.Item)
}

// blocking counts what keeps the plan from being sent: what is wrong, and what is missing.
func (w *Wizard) blocking() (wrong, gaps int) {
	for _, p := range w.problems {
		switch {
		case p.Severity != forms.Stop || forApprover(p):
		case p.Gap:
			gaps++
		default:
			wrong++
		}
	}
	return wrong, gaps
}

// ready says whether nothing keeps the plan from being sent.
func (w *Wizard) ready() bool {
	wrong, gaps := w.blocking()
	return wrong+gaps == 0
}

// refused is why this person may not send the plan, or "".
func (w *Wizard) refused() string {
	p := w.d.Editor.Plan()
	if slices.Contains(p.Actions, "submit") {
		return ""
	}
	if why := p.Refused["submit"]; why != "" {
		return why
	}
	return "This plan cannot be sent now."
}

// reviewer names who gets the plan.
func (w *Wizard) reviewer() string {
	if name := w.d.Editor.Plan().Holder.Name; name != "" {
		return name
	}
	return "review"
}

func (c *check) lead() string {
	score := plan.Quality(c.w.reader)
	words := fmt.Sprintf("Quality %d of 100.", score.Total)
	if c.w.last > 0 {
		words += fmt.Sprintf(" The last approved plan had %d.", c.w.last)
	}
	return words
}

func (c *check) first() fyne.Focusable {
	if c.firstL == nil {
		return nil
	}
	return c.firstL
}

// update lists what there is to do. The list is made again only when it differs.
func (c *check) update() {
	if c.known && slices.Equal(c.drawn, c.w.problems) {
		return
	}
	c.known, c.drawn = true, slices.Clone(c.w.problems)
	c.firstL = nil
	var wrong, gaps, later, confirm, advice []forms.Problem
	for _, p := range c.w.problems {
		switch {
		case forApprover(p):
			later = append(later, p)
		case p.Gap:
			gaps = append(gaps, p)
		case p.Severity == forms.Stop:
			wrong = append(wrong, p)
		case p.Severity == forms.Confirm:
			confirm = append(confirm, p)
		default:
			advice = append(advice, p)
		}
	}
	var cards []fyne.CanvasObject
	if len(wrong) > 0 {
		card := control.ErrorCard("There is a problem", control.Hint("These stop the plan from being sent."))
		for _, p := range wrong {
			card.Add(control.VStack(0, c.link(p, theme.Red, true), control.Hint(c.where(p))))
		}
		cards = append(cards, card)
	}
	if len(gaps) > 0 {
		cards = append(cards, c.gaps(gaps))
	}
	if len(confirm)+len(advice) > 0 {
		card := control.Card("Advice", control.Hint("These do not stop the plan from being sent."))
		for _, p := range confirm {
			card.Add(c.row("Confirm", control.Warn, p,
				control.NewLink("Still right", func() { c.w.confirm(p) }), control.NewLink("Update", func() { c.w.land(placeOf(p)) })))
		}
		for _, p := range advice {
			card.Add(c.row("Advice", control.Info, p, control.NewLink("Look at it", func() { c.w.land(placeOf(p)) })))
		}
		cards = append(cards, card)
	}
	if len(later) > 0 {
		card := control.Card("For the person who approves", control.Hint("You can send the plan with these open."))
		for _, p := range later {
			card.Add(c.link(p, theme.Blue, false))
		}
		cards = append(cards, card)
	}
	if len(wrong)+len(gaps) == 0 {
		words := "Nothing is missing and nothing is wrong. The plan can be sent."
		if len(confirm) > 0 {
			words = "Nothing is missing. Confirm or update what follows, then send the plan."
		}
		cards = append([]fyne.CanvasObject{control.VStack(0, control.HStack(10, control.NewMark(control.Done, ""),
			control.Grow(200, control.Strong(words)))).
			Inset(14, 20, 14, 20).Ground(theme.GoodFill).Bordered(theme.GoodEdge, 1, 6)}, cards...)
	}
	c.box.Set(cards...)
}

// Lists of gaps up to this long are written out; of longer ones each step shows its first few.
const (
	calm     = 8
	firstFew = 3
)

// gaps lists what is missing, by step. A long list shows how much is missing in each step and the first few of it.
func (c *check) gaps(gaps []forms.Problem) fyne.CanvasObject {
	hint := "\u201cUnknown\u201d or \u201cnot discussed\u201d is an answer."
	if len(gaps) > calm {
		hint = missing(len(gaps)) + ". " + hint
	}
	card := control.Card("Still to answer", control.Hint(hint))
	for len(gaps) > 0 {
		step, n := gaps[0].Step, 1
		for n < len(gaps) && gaps[n].Step == step {
			n++
		}
		of, shown := gaps[:n], gaps[:n]
		if len(c.drawnGaps()) > calm && n > firstFew+1 && !c.whole[step] {
			shown = of[:firstFew]
		}
		gaps = gaps[n:]
		title := c.where(of[0])
		group := control.VStack(3, control.Rich(14, control.Span{Text: title, Strong: true}, control.Span{Text: "  " + missing(n), Muted: true}))
		for _, p := range shown {
			group.Add(c.link(p, theme.Blue, false))
		}
		if len(shown) < n {
			group.Add(control.NewLink(fmt.Sprintf("Show all %d", n), func() { c.showAll(step) }).Sized(14, false))
		}
		card.Add(group.Inset(4, 0, 0, 0))
	}
	return card
}

// drawnGaps are the gaps on the page.
func (c *check) drawnGaps() []forms.Problem {
	var out []forms.Problem
	for _, p := range c.drawn {
		if p.Gap && !forApprover(p) {
			out = append(out, p)
		}
	}
	return out
}

// showAll writes out the gaps of a step; the keyboard goes to the first one that was not there before.
func (c *check) showAll(step string) {
	c.whole[step] = true
	c.known = false
	c.update()
	n := 0
	for _, p := range c.drawnGaps() {
		if p.Step != step {
			continue
		}
		if n++; n == firstFew+1 {
			words := c.entryWords(p)
			control.Walk(c.box, func(o fyne.CanvasObject) bool {
				l, ok := o.(*control.Link)
				if ok && l.Text() == words {
					c.w.focus(l)
				}
				return !ok || l.Text() != words
			})
		}
	}
}

func (c *check) row(tag string, tone control.Tone, p forms.Problem, links ...*control.Link) fyne.CanvasObject {
	objs := []fyne.CanvasObject{control.Tag(tag, tone), control.Grow(220, control.VStack(0, control.Body(c.entryWords(p)), control.Hint(c.where(p))))}
	for _, l := range links {
		objs = append(objs, l)
	}
	return control.HStack(12, objs...).AlignTop()
}

func (c *check) link(p forms.Problem, colour theme.Name, strong bool) *control.Link {
	l := control.NewLink(c.entryWords(p), func() { c.w.land(placeOf(p)) }).Sized(15, strong).Coloured(colour)
	if c.firstL == nil {
		c.firstL = l
	}
	return l
}

// entryWords are the words of a problem, with the name of the entry that it is about.
func (c *check) entryWords(p forms.Problem) string {
	if p.Group == "" || p.Row == "" {
		return p.Words
	}
	if row, ok := c.w.reader.Row(p.Group, p.Row); ok {
		if title := strings.TrimSpace(row.Title()); title != "" {
			return title + ": " + p.Words
		}
	}
	return p.Words
}

func (c *check) where(p forms.Problem) string {
	if st := c.w.def.Step(p.Step); st != nil {
		return st.Title
	}
	return ""
}

// confirm asks why something that looks odd is still right, and has the answer kept.
func (w *Wizard) confirm(p forms.Problem) {
	w.d.Say.AskWords(message.Question{
		Title: "Still right", Words: p.Words, Label: "Why is it still right?", Hint: "The reason is kept with the plan.",
		Min: 3, Max: 300, Yes: "Confirm", Key: w.d.Editor.PlanID() + " confirm " + p.Rule + " " + p.Item + " " + p.Row,
		Do: func(reason string, done func(error)) {
			w.d.Work("Keeping your reason...", func(ctx context.Context) error {
				_, err := w.d.Service.ConfirmProblem(ctx, w.d.Editor.Plan(), api.Confirm{Rule: p.Rule, Item: p.Item, Row: p.Row, Reason: reason})
				return err
			}, func(err error) {
				if app.IsWaiting(err) { // it is kept here, and counts in this window already
					if !w.closed {
						w.waits[[3]string{p.Rule, p.Item, p.Row}] = true
					}
					err = nil
				}
				done(err)
				if err == nil && !w.closed {
					w.changed(w.editing)
				}
			})
		},
	})
}

// send sends the plan for review.
func (w *Wizard) send() {
	if w.now != checkStep || w.foot.busy || !w.ready() || w.refused() != "" {
		return
	}
	c := w.pages[checkStep].check
	w.foot.busy = true
	w.foot.send.SetBusy("Sending...")
	var sent *api.Plan
	w.d.Work("Sending the plan...", func(ctx context.Context) (err error) {
		sent, err = w.d.Service.Submit(ctx, w.d.Editor.Plan(), api.Submit{Note: strings.TrimSpace(c.words.Text())})
		return err
	}, func(err error) {
		w.foot.busy = false
		w.foot.send.Ready()
		if w.closed {
			return
		}
		w.foot.update()
		waits := app.IsWaiting(err)
		if err != nil && !waits {
			w.d.Say.Error(err)
			return
		}
		c.words.SetText("")
		if waits && w.d.Sent != nil {
			w.d.Sent(nil, "The plan waits on this computer.\nThere is no connection to the central service just now. It is sent to "+w.reviewer()+" by itself when the connection is back.")
		} else if w.d.Sent != nil {
			w.d.Sent(sent, "The plan was sent to "+w.reviewer()+".")
		}
	})
}
