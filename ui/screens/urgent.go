package screens

// What may change here: the page of urgent care. It is read at arm's length by somebody in a hurry: nothing moves, nothing is
// asked before the summary is up.

import (
	"context"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cmc/api"
	"cmc/app"
	"cmc/forms"
	"cmc/forms/plan"
	"cmc/ui/control"
	"cmc/ui/message"
	"cmc/ui/theme"
)

// Urgent is the summary of the live version, with print, save and the crew's two taps.
type Urgent struct {
	d       Deps
	plan    *api.Plan
	object  *fyne.Container
	banner  *control.Stack
	page    *control.Page
	body    *control.Stack
	summary *forms.Summary
	blocks  []shownBlock
	first   fyne.Focusable
	used    *control.Button
	bottom  *control.Stack
	age     ageing
	cancel  func()
	closed  bool
}

// NewUrgent makes the page.
func NewUrgent(d Deps, p *api.Plan) *Urgent {
	u := &Urgent{d: d, plan: p}
	u.banner = control.VStack(0, control.PatientBanner(BannerOf(p.Patient, d.Desk.Now()), StatusTag(p)))
	u.body = control.VStack(0).Inset(5, 14, 14, 14)
	u.page = control.Scroll(u.body)
	u.bottom = foot(u.offers()...)
	u.age.watch(d, p.ID)
	u.age.again, u.age.aged, u.age.gone = func() { u.load(true) }, u.aged, u.over
	u.object = container.New(&pageWithFoot{}, control.VStack(0, u.age.band, u.banner), u.page, u.bottom)
	u.cancel = d.Desk.Subscribe(func(e api.Event) {
		if concerns(e, p.ID) {
			fyne.Do(func() { u.load(e.PlanID == "") })
		}
	})
	u.load(false)
	return u
}

func (u *Urgent) can(action string) bool { return slices.Contains(u.plan.Actions, action) }

// offers are what can be done, as the plan's actions say.
func (u *Urgent) offers() []fyne.CanvasObject {
	var left, right []fyne.CanvasObject
	left = append(left, control.Secondary("Back", u.d.Back))
	if u.can("print") {
		p := control.Primary("Print", u.Print)
		u.first = p
		right = append(right, control.Secondary("Save PDF", u.save), p)
	}
	if u.can("feedback") {
		u.used = control.Secondary("Used", u.sayUsed)
		left = append(left, u.used, control.Secondary("Could not use, because...", u.sayNotUsed))
	}
	return append(append(left, control.Spacer()), right...)
}

// foot is the bar at the bottom of a page.
func foot(objs ...fyne.CanvasObject) *control.Stack {
	return control.VStack(0, control.HStack(12, objs...)).Inset(8, 20, 8, 20).Ground(theme.Paper).Line(control.Top, 1)
}

// load reads the live summary. It is read again whenever the plan changes, or may have changed while no news came (perhaps):
// what is on screen is never stale without saying so.
func (u *Urgent) load(perhaps bool) {
	if u.closed {
		return
	}
	again := u.summary != nil || u.age.over
	var s *forms.Summary
	var p *api.Plan
	u.d.Work("Reading the summary...", func(ctx context.Context) (err error) {
		if again {
			if p, err = u.d.Desk.OpenPlan(ctx, u.plan.ID); err != nil {
				return err
			}
		}
		s, err = u.d.Desk.Summary(ctx, u.plan.ID)
		return err
	}, func(err error) {
		if u.closed {
			return
		}
		if perhaps && again && app.IsUnsure(err) {
			return // nothing is known to have changed: it stays, says its age after a minute (ageing), and is asked for when the line stands
		}
		if err != nil && app.IsAway(err) && u.d.OpenKept(u.plan.ID, err) {
			return
		}
		if err != nil {
			u.gone(err)
			return
		}
		if p != nil {
			u.plan = p
		}
		if u.age.over {
			u.bottom.Set(control.HStack(12, u.offers()...))
		}
		u.age.fresh(s.Header.AsAt)
		u.summary = s
		u.banner.Set(control.CrewBanner(s.Banner)) // the strip says the state
		u.draw(*s)
	})
}

func (u *Urgent) draw(s forms.Summary) {
	view, blocks := summaryView(s, false, u.reveals())
	u.blocks = blocks
	u.body.Set(view)
	u.object.Refresh()
}

// aged shows the summary as it was, while the service cannot be reached.
func (u *Urgent) aged(age app.Aged) {
	was := u.summary.Strip
	if s := u.summary.Kept(age.AsAt, u.d.Desk.Now(), "", ""); !slices.Equal(s.Strip, was) { // the review came due meanwhile
		u.summary = &s
		u.draw(s)
		return
	}
	u.object.Refresh()
}

// over takes a summary off the screen that is past the limit of what is read without a connection.
func (u *Urgent) over(err error) {
	u.summary = nil
	u.banner.Set()
	u.body.Set(overCard(err))
	again := control.Primary("Look at the live plan", func() { u.load(false) })
	u.first = again
	u.bottom.Set(control.HStack(12, control.Secondary("Back", u.d.Back), control.Spacer(), again))
	u.object.Refresh()
}

// Look brings the page up to date: live, old, or gone.
func (u *Urgent) Look() { u.age.look() }

// gone takes the summary off the screen: what may no longer be used must not stand there.
func (u *Urgent) gone(err error) {
	u.summary = nil
	u.age.fresh(time.Time{})
	u.body.Set(control.ErrorCard("The summary cannot be shown", control.Body("Do not act on what you remember of it. Call the person's practice.")))
	u.object.Refresh()
	u.d.Say.Error(err)
}

// reveals are the links that show a masked answer, in the block where it belongs.
func (u *Urgent) reveals() map[string]fyne.CanvasObject {
	if u.plan.Published == nil {
		return nil
	}
	if a, ok := u.plan.Published.Answers[plan.KeySafeCode]; !ok || a.State != forms.Withheld && a.Text == "" {
		return nil
	}
	return map[string]fyne.CanvasObject{"access": control.NewLink("Show the key safe code...", u.reveal)}
}

func (u *Urgent) reveal() {
	u.d.Say.AskWords(message.Question{
		Title: "Show the key safe code", Words: "Who looked, when and why is kept, and the practice can read it.", Label: "Reason",
		Hint: "For example: nobody answers the door.", Min: 5, Max: 300, Yes: "Show the code", Key: u.plan.ID + "/reveal",
		Do: func(reason string, done func(error)) {
			var r api.Revealed
			u.d.Work("Asking for the code...", func(ctx context.Context) (err error) {
				r, err = u.d.Desk.Reveal(ctx, u.plan, api.Reveal{Item: plan.KeySafeCode, Reason: reason})
				return err
			}, func(err error) {
				done(err)
				if err == nil {
					u.d.Say.Notice("Key safe code: " + r.Value + "\nIt is not printed and not kept on this computer.")
				}
			})
		},
	})
}

// sayUsed is the first of the crew's two taps.
func (u *Urgent) sayUsed() {
	u.used.SetBusy("Sending...")
	u.feedback(api.Feedback{Outcome: "used"}, func(err error) {
		u.used.Ready()
		if err != nil {
			u.d.Say.Error(err)
			return
		}
		u.d.Say.Notice("Thank you.\nThe practice will see that the plan was used.")
	})
}

// sayNotUsed is the second.
func (u *Urgent) sayNotUsed() {
	u.d.Say.AskWords(message.Question{
		Title: "Could not use the plan", Words: "Your words go to the practice, so that the plan can be put right.", Label: "Because",
		Hint: "For example: the phone number was wrong.", Min: 3, Max: 500, Yes: "Send", Key: u.plan.ID + "/feedback",
		Do: func(reason string, done func(error)) {
			u.feedback(api.Feedback{Outcome: "could_not_use", Reason: reason}, func(err error) {
				done(err)
				if err == nil {
					u.d.Say.Notice("Thank you.\nThe practice has been told what to put right.")
				}
			})
		},
	})
}

func (u *Urgent) feedback(f api.Feedback, done func(error)) {
	u.d.Work("Sending...", func(ctx context.Context) error {
		_, err := u.d.Desk.Feedback(ctx, u.plan, f)
		return err
	}, done)
}

// Print prints the page (Ctrl+P).
func (u *Urgent) Print() {
	if u.can("print") && !u.age.over {
		printJob(u.d, u.age.prepare(u.version()))
	}
}

func (u *Urgent) save() { saveJob(u.d, u.age.prepare(u.version())) }

// version is that of the summary; 0: there is none.
func (u *Urgent) version() int {
	if u.summary == nil {
		return 0
	}
	return u.summary.Header.Version
}

// Summary is what is shown, or nil.
func (u *Urgent) Summary() *forms.Summary { return u.summary }

// Plan is the id of the plan that is shown.
func (u *Urgent) Plan() string { return u.plan.ID }

// Blocks are the ids of the blocks on the page, from the top.
func (u *Urgent) Blocks() []string {
	blocks := slices.Clone(u.blocks)
	slices.SortStableFunc(blocks, func(a, b shownBlock) int { return int(u.top(a.object) - u.top(b.object)) })
	var ids []string
	for _, b := range blocks {
		ids = append(ids, b.id)
	}
	return ids
}

func (u *Urgent) top(o fyne.CanvasObject) float32 {
	d := fyne.CurrentApp().Driver()
	return d.AbsolutePositionForObject(o).Y - d.AbsolutePositionForObject(u.page).Y + u.page.Offset()
}

// BottomOf is how far down the page a block ends.
func (u *Urgent) BottomOf(id string) float32 {
	for _, b := range u.blocks {
		if b.id == id {
			return u.top(b.object) + b.object.Size().Height
		}
	}
	return 0
}

// Room is how much of the page is seen without scrolling.
func (u *Urgent) Room() float32 { return u.page.Size().Height }

// Object is what is drawn.
func (u *Urgent) Object() fyne.CanvasObject { return u.object }

// Focus goes to Print.
func (u *Urgent) Focus() {
	if u.first != nil {
		u.d.Window.Canvas().Focus(u.first)
	}
}

// Help says what the page is for.
func (u *Urgent) Help() []string {
	return []string{
		"This is the approved plan as a crew reads it. Its blocks always stand in the same order and place.",
		"\"Used\" and \"Could not use\" tell the practice what became of the plan. Page Down shows the rest.",
	}
}

// Close ends the page.
func (u *Urgent) Close() {
	u.closed = true
	u.age.close()
	u.cancel()
}

// pageWithFoot lays out a banner, a page that scrolls, and a foot.
type pageWithFoot struct{}

// Layout places the three.
func (*pageWithFoot) Layout(objs []fyne.CanvasObject, size fyne.Size) {
	top, bottom := control.HeightFor(objs[0], size.Width), control.HeightFor(objs[2], size.Width)
	objs[0].Move(fyne.NewPos(0, 0))
	objs[0].Resize(fyne.NewSize(size.Width, top))
	objs[1].Move(fyne.NewPos(0, top))
	objs[1].Resize(fyne.NewSize(size.Width, max(size.Height-top-bottom, 1)))
	objs[2].Move(fyne.NewPos(0, size.Height-bottom))
	objs[2].Resize(fyne.NewSize(size.Width, bottom))
}

// MinSize asks for little.
func (*pageWithFoot) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(480, 300) }
