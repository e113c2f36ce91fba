package ui

// What may change here: how the guided form (package wizard) stands in the window: under the patient banner, with its words
// safe in the editor whatever happens to the window.

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cmc/api"
	"cmc/app"
	"cmc/app/drafts"
	"cmc/forms"
	"cmc/ui/control"
	"cmc/ui/screens"
	"cmc/ui/wizard"
)

// Form is the guided form of one plan. It is a screens.Screen.
type Form struct {
	w      *Window
	plan   *api.Plan
	editor *drafts.Editor
	wizard *wizard.Wizard
	said   *reviewed
	state  *screens.StatusWatch
	object *fyne.Container
	place  app.Place
	asked  bool // whether to open the plan that the person has already
	signIn bool // asked to sign in again
	cancel func()
}

// newForm opens the form at a place. It returns nil when the plan was written under a definition that this program does not
// know. remembered says that the service was not asked for the plan.
func newForm(d screens.Deps, w *Window, plan *api.Plan, at app.Place, remembered bool) *Form {
	editor := w.desk.Edit(plan)
	if editor == nil {
		return nil
	}
	f := &Form{w: w, plan: plan, editor: editor, place: at}
	f.wizard = wizard.New(wizard.Deps{
		Editor: editor, Service: w.desk, Window: w.win, Say: w.say, Training: w.training || w.desk.Training(), Work: d.Work, Now: w.desk.Now,
		Leave: d.Back,
		Sent: func(_ *api.Plan, words string) {
			w.desk.KeepPlace(app.Place{}) // there is nothing to go on with
			w.Go(w.homePlace())
			w.say.Notice(words)
		},
		Remember: func(p app.Place) {
			f.place = p
			if w.screen == screens.Screen(f) {
				w.remember(p)
				w.desk.KeepPlace(p)
			}
		},
		FullPage: func(s forms.Summary) { screens.ShowSummary(d, s) },
	})
	f.state = screens.WatchStatus(d, editor.Plan, remembered)
	banner := control.PatientBanner(screens.BannerOf(plan.Patient, w.desk.Now()), f.state.Tag)
	f.said = newReviewed(d, f)
	f.object = container.New(&underBanner{}, banner, f.said.object, f.wizard.Object())
	f.state.Changed = func() { f.object.Refresh() }
	if at.Step != "" || at.Item != "" {
		f.wizard.Show(at.Step, at.Item, at.Row)
	}
	f.cancel = w.desk.OnWhere(func() {
		fyne.Do(func() {
			f.askExisting(d)
			f.askSignIn()
		})
	})
	f.askExisting(d)
	return f
}

// askExisting offers, once, to go on in the plan that the person of a plan begun here has already.
func (f *Form) askExisting(d screens.Deps) {
	if f.said.closed || f.asked {
		return
	}
	for _, one := range f.w.desk.Waiting() {
		if one.PlanID == f.editor.PlanID() && one.Existing != "" && !one.Into {
			f.asked = true
			screens.AskExisting(d, one.PlanID)
		}
	}
}

// askSignIn says, once, that the session has ended. The person goes on writing as long as they like.
func (f *Form) askSignIn() {
	if f.said.closed || f.signIn || !f.w.desk.Where().SignIn {
		return
	}
	why := f.w.desk.Ended()
	if why == nil { // signed in again this very moment
		return
	}
	f.signIn = true
	ended := app.Explain(why)
	f.w.say.Ask(ended.What, "What you wrote is kept on this computer. Sign in again, and it is sent.", "Sign in again", "Go on writing", func() {
		f.w.signedOut(ended.What + " " + ended.Means)
	})
}

// Editor holds the words that are being written.
func (f *Form) Editor() *drafts.Editor { return f.editor }

// Wizard is the guided form itself.
func (f *Form) Wizard() *wizard.Wizard { return f.wizard }

// Land goes to a question, as a link to it does.
func (f *Form) Land(step string, at drafts.At) {
	item := at.Item
	if item == "" {
		item = at.Group
	}
	f.wizard.Show(step, item, at.Row)
}

// Object is what is drawn.
func (f *Form) Object() fyne.CanvasObject { return f.object }

// Focus goes to the remembered question, or to the first.
func (f *Form) Focus() {
	if f.place.Item != "" {
		f.wizard.Show(f.place.Step, f.place.Item, f.place.Row)
		return
	}
	f.wizard.Focus()
}

// Save keeps and sends everything now (Ctrl+S).
func (f *Form) Save() { f.wizard.Save() }

// Next goes to the next step (Ctrl+Enter).
func (f *Form) Next() { f.wizard.Next() }

// Print prints the page of the live version (Ctrl+P), where there is one.
func (f *Form) Print() {
	if f.plan.Published != nil && slices.Contains(f.plan.Actions, "print") {
		screens.PrintPlan(f.w.deps(), f.plan.ID)
	}
}

// ShowWhy opens "Why we ask" of the question that is being answered, for F1.
func (f *Form) ShowWhy() bool { return f.wizard.ShowWhy() }

// Help says what the page is for.
func (f *Form) Help() []string { return f.wizard.Help() }

// Close ends what runs for the form. The words stay in the editor, which sends them.
func (f *Form) Close() {
	f.said.closed = true
	f.cancel()
	f.state.Close()
	f.wizard.Close()
}

// Look brings what the head says of the plan's state up to date now, as happens by itself every few seconds. On the drawing thread.
func (f *Form) Look() { f.state.Look() }

// Comments are what the reviewer said, with what waits for an answer first.
func (f *Form) Comments() []api.Comment { return f.said.comments() }

// Reviewed opens what the reviewer said; false: nothing was said.
func (f *Form) Reviewed() bool { return f.said.open() }

// underBanner lays out the patient banner, what a reviewer said where there is anything, and what is below them.
type underBanner struct{}

// Layout places the three.
func (*underBanner) Layout(objs []fyne.CanvasObject, size fyne.Size) {
	var top float32
	for _, o := range objs[:len(objs)-1] {
		if !o.Visible() {
			continue
		}
		h := control.HeightFor(o, size.Width)
		place(o, 0, top, size.Width, h)
		top += h
	}
	place(objs[len(objs)-1], 0, top, size.Width, max(size.Height-top, 1))
}

// MinSize asks for little.
func (*underBanner) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(480, 300) }

// Escape closes what a crew will read where it stands in place of the questions, and says whether it did.
func (f *Form) Escape() bool { return f.wizard.Escape() }
