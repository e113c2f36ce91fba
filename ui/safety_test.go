//go:build !windows

package ui_test

// What may change here: what the window does that a hazard of docs/safety/hazard-log.md names as a control.

import (
	"context"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/require"

	"cmc/api"
	"cmc/app"
	"cmc/forms/plan"
	"cmc/ui"
	"cmc/ui/screens"
)

// reads is every word that is drawn in the window now, in the order in which it is drawn, with plain spaces.
func (h *house) reads() string { return wordsIn(h.canvas().Content()) }

// wordsIn is every word that is drawn in an object.
func wordsIn(root fyne.CanvasObject) string {
	var out strings.Builder
	var look func(o fyne.CanvasObject)
	look = func(o fyne.CanvasObject) {
		if o == nil || !o.Visible() {
			return
		}
		switch o := o.(type) {
		case *canvas.Text:
			out.WriteString(o.Text + "\n")
		case *fyne.Container:
			for _, one := range o.Objects {
				look(one)
			}
		case fyne.Widget:
			for _, one := range test.WidgetRenderer(o).Objects() {
				look(one)
			}
		}
	}
	look(root)
	return strings.ReplaceAll(out.String(), "\u00a0", " ")
}

// client is another person at another computer.
func client(t *testing.T, address, who string) *api.Client {
	t.Helper()
	c, err := api.NewClient(address, api.ClientOptions{})
	require.NoError(t, err)
	_, err = c.SignIn(context.Background(), api.Credentials{Username: who, Password: "training"})
	require.NoError(t, err)
	return c
}

// H01: twins, and people of one name, are told apart by two identifiers before a record is opened.
func TestAFoundPersonShowsTwoIdentifiers(t *testing.T) {
	h := newHouse(t)
	h.signIn("gp")
	h.myWork()
	h.ctrl(fyne.KeyK)
	h.until("the find page", func() bool { _, ok := h.w.Screen().(*screens.Find); return ok })
	f := h.w.Screen().(*screens.Find)
	h.typed("Hartley " + hartleysBorn(h))
	h.key(fyne.KeyReturn)
	h.until("the twins", func() bool { return len(f.Found()) == 2 })
	page := h.reads()
	require.Contains(t, page, "Check both identifiers before you open.")
	require.Equal(t, 2, strings.Count(page, "Same surname"))
	for _, p := range f.Found() {
		require.NotEmpty(t, p.NHSNumber)
		require.Contains(t, page, "HARTLEY, "+p.GivenName)
		require.Contains(t, page, p.NHSNumber[:3]+" "+p.NHSNumber[3:6]+" "+p.NHSNumber[6:])
	}
	require.Equal(t, 2, strings.Count(page, "Born "), page)
}

func hartleysBorn(h *house) string {
	c := client(h.t, h.desk.Address(), "gp")
	found, err := c.SearchPatients(context.Background(), api.PatientSearch{NHSNumber: aliceTwin})
	require.NoError(h.t, err)
	return found.Items[0].BirthDate
}

// H01: whatever is done with a plan, the window says whose it is, and shows one person at a time.
func TestEveryScreenOfAPlanSaysWhoseItIs(t *testing.T) {
	h := newHouse(t)
	h.signIn("gp")
	m := h.myWork()
	var plan string
	for _, r := range m.Rows() {
		if r.Patient.NHSNumber == johnSmith {
			plan = r.PlanID
		}
	}
	require.NotEmpty(t, plan)
	number := johnSmith[:3] + " " + johnSmith[3:6] + " " + johnSmith[6:]
	for _, screen := range []string{screens.ReviewScreen, screens.OverviewScreen, screens.UrgentScreen, screens.WizardScreen} {
		h.w.Go(app.Place{Screen: screen, PlanID: plan})
		h.until("the screen "+screen, func() bool {
			return !h.w.Messages().Open() && h.w.Place().Screen == screen && strings.Contains(h.reads(), number)
		})
		page := h.reads()
		require.Contains(t, page, "SMITH, John", screen)
		require.Contains(t, page, "Born", screen)
		require.NotContains(t, page, "HARTLEY", screen)
	}
	f := h.find(aliceTwin)
	require.Len(t, f.Found(), 1)
	require.NotContains(t, h.reads(), "SMITH, John", "the person before is gone from the window")
}

// H02: a page that may no longer be used leaves the screen of a crew by itself.
func TestWhatMayNoLongerBeUsedLeavesTheScreen(t *testing.T) {
	h := newHouse(t)
	h.signIn("urgent")
	u := h.openUrgent(aliceTwin, "HARTLEY, Alice (Miss)")
	gp := client(t, h.desk.Address(), "gp")
	suspend(t, gp, u.Plan())
	h.until("an empty page", func() bool { return u.Summary() == nil })
	require.Contains(t, h.reads(), "Do not act on what you remember of it.")
}

func suspend(t *testing.T, c *api.Client, plan string) {
	t.Helper()
	_, err := c.Suspend(context.Background(), plan, "The family doubts the decision")
	if api.IsCode(err, api.CodeReason) {
		_, err = c.Open(context.Background(), plan, "Asked by the family")
		require.NoError(t, err)
		_, err = c.Suspend(context.Background(), plan, "The family doubts the decision")
	}
	require.NoError(t, err)
}

// H26: the line to the service was broken while the plan was suspended. What stands on the screen of a crew stays while nothing
// is known, and goes as soon as the line stands again, although nobody says any more which plan has changed.
func TestAPageThatMissedTheNewsIsReadAgain(t *testing.T) {
	c := newApart(t)
	h := newHouseAt(t, c.address)
	h.signIn("urgent")
	u := h.openUrgent(aliceTwin, "HARTLEY, Alice (Miss)")
	c.stop()
	elsewhere := c.start("127.0.0.1:0")
	suspend(t, client(t, elsewhere, "gp"), u.Plan())
	h.thread.run()
	require.NotNil(t, u.Summary(), "a broken line takes no plan from a crew")
	c.stop()
	c.again()
	h.until("an empty page", func() bool { return u.Summary() == nil })
}

// H28: the ticks of an approver were about what stood there. When somebody changes the draft meanwhile, none is left.
func TestTicksAreAboutWhatWasSeen(t *testing.T) {
	h := newHouse(t)
	r := openReview(h)
	for _, tick := range r.Ticks() {
		h.canvas().Focus(tick)
		h.key(fyne.KeySpace)
		require.True(t, tick.On())
	}
	gp := client(t, h.desk.Address(), "gp")
	p, err := gp.Plan(context.Background(), h.w.Place().PlanID)
	require.NoError(t, err)
	_, err = gp.PatchDraft(context.Background(), p.ID, []byte(`{"urgent_banner":{"value":"Somebody else wrote this"}}`), p.Etag, "")
	require.NoError(t, err)
	h.until("no tick", func() bool {
		for _, tick := range r.Ticks() {
			if tick.On() {
				return false
			}
		}
		return true
	})
}

// H23: in training every page says so.
func TestTrainingIsSaidOnEveryPage(t *testing.T) {
	h := newHouse(t)
	require.Contains(t, h.reads(), ui.TrainingWords)
	h.signIn("gp")
	m := h.myWork()
	require.Contains(t, h.reads(), ui.TrainingWords)
	for _, place := range []app.Place{{Screen: screens.FindScreen}, {Screen: screens.SettingsScreen}, {Screen: screens.TrainingScreen},
		{Screen: screens.OverviewScreen, PlanID: m.Rows()[0].PlanID}} {
		h.w.Go(place)
		h.until("the page", func() bool { return h.w.Place().Screen == place.Screen })
		require.Contains(t, h.reads(), ui.TrainingWords, place.Screen)
	}
}

// H29: a plan that is hidden for safety is not told of; but nobody reads that there is none.
func TestACrewIsNeverToldThatThereIsNoPlan(t *testing.T) {
	h := newHouse(t)
	h.signIn("urgent")
	u := h.openUrgent(aliceTwin, "HARTLEY, Alice (Miss)")
	suspend(t, client(t, h.desk.Address(), "gp"), u.Plan())
	h.until("an empty page", func() bool { return u.Summary() == nil })
	if h.w.Messages().Open() {
		h.key(fyne.KeyEscape)
	}
	f := h.find(aliceTwin)
	require.Len(t, f.Found(), 1)
	require.Contains(t, h.reads(), "Plan suspended")
	require.Contains(t, h.reads(), "Call the GP practice")
	h.focusOn("HARTLEY, Alice (Miss)")
	h.key(fyne.KeyReturn)
	h.until("what to do", func() bool { return h.w.Messages().Open() })
	require.Contains(t, strings.Join(strings.Fields(overlay(h)), " "), "Do not rely on a page that was printed or sent earlier.")
	h.key(fyne.KeyEscape)

	// One that was withdrawn is told of to nobody in urgent care, and still not as "no plan".
	gp := client(t, h.desk.Address(), "gp")
	_, err := gp.Withdraw(context.Background(), u.Plan(), "Consent was withdrawn")
	require.NoError(t, err)
	h.find(aliceTwin)
	h.until("the person as they are now", func() bool { return strings.Contains(h.reads(), "No plan that you can open") })
	require.NotContains(t, h.reads(), "No plan yet")
}

// H09: whoever approves is told to look when resuscitation is limited for somebody with a learning disability, or who is autistic.
func TestTheReviewerIsToldOfALearningDisability(t *testing.T) {
	h := newHouse(t)
	openReview(h)
	require.NotContains(t, h.reads(), "Look at this before you approve")
	gp := client(t, h.desk.Address(), "gp")
	found, err := gp.SearchPatients(context.Background(), api.PatientSearch{NHSNumber: johnSmith})
	require.NoError(t, err)
	p, err := gp.Plan(context.Background(), found.Items[0].Plan.ID)
	require.NoError(t, err)
	require.Equal(t, "dnacpr", p.Draft.Answers[plan.CPRDecision].Text)
	_, err = gp.PatchDraft(context.Background(), p.ID, []byte(`{"plan_cohorts": {"value": ["eol", "learning_disability"]}}`), p.Etag, "")
	require.NoError(t, err)
	h.until("the card", func() bool { return strings.Contains(h.reads(), "Look at this before you approve") })
	require.Contains(t, strings.Join(strings.Fields(h.reads()), " "), "The person has a learning disability, which is never a reason to limit resuscitation.")
}
