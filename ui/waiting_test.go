package ui_test

// What may change here: what the window shows while there is no connection.

import (
	"context"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"cmc/api"
	"cmc/app"
	"cmc/app/drafts"
	"cmc/app/outbox"
	"cmc/forms"
	"cmc/forms/plan"
	"cmc/ui"
	"cmc/ui/screens"
)

// A plan is started with no connection, through the window: it is written in, My work shows that it is only on this computer,
// the foot says where the words are, and all of it is there when the connection is back.
func TestAPlanBegunWithoutAConnection(t *testing.T) {
	h := newHouse(t)
	h.signIn("carehome")
	h.myWork()
	h.until("the foot", func() bool { return strings.Contains(h.w.WhereWords(), "saved centrally") })
	h.cut.Store(true)
	n := api.NewPlan{Answers: forms.Answers{plan.FamilyName: forms.TextAnswer("Ashbourne"), plan.GivenName: forms.TextAnswer("Quillon"),
		plan.BirthDate: forms.TextAnswer("1938-04-02"), plan.PlanCohorts: forms.ChoicesAnswer("frailty"), plan.PlanType: forms.ChoiceAnswer("full")}}
	p, err := h.desk.StartPlan(context.Background(), n)
	require.NoError(t, err)
	require.True(t, outbox.IsHere(p.ID))
	h.until("the card", func() bool { m, ok := h.w.Screen().(*screens.MyWork); return ok && len(m.Waiting()) == 1 })
	h.until("the foot", func() bool {
		return strings.HasPrefix(h.w.WhereWords(), "Kept on this computer.") && strings.Contains(h.w.WhereWords(), "wait")
	})
	h.picture("waiting-mywork")
	h.press("Open")
	h.until("the form", func() bool { f, ok := h.w.Screen().(*ui.Form); return ok && f.Editor().PlanID() == p.ID })
	require.Empty(t, h.w.WhereWords(), "the form says it itself")
	f := h.w.Screen().(*ui.Form)
	require.Equal(t, "Ashbourne", f.Editor().Answers()[plan.FamilyName].Text)
	h.until("its status", func() bool { return strings.Contains(f.Editor().Status().Words, "Kept on this computer.") })
	h.picture("waiting-form")
	h.w.Go(app.Place{Screen: screens.MyWorkScreen})
	h.until("my work", func() bool { _, ok := h.w.Screen().(*screens.MyWork); return ok })
	h.cut.Store(false)
	f.Editor().Retry()
	h.until("an empty card", func() bool { return len(h.w.Screen().(*screens.MyWork).Waiting()) == 0 })
	h.until("the plan among the drafts", func() bool { return h.w.Screen().(*screens.MyWork).Count("my-drafts") == 1 })
	h.until("the foot", func() bool { return strings.Contains(strings.ToLower(h.w.WhereWords()), "saved centrally") })
}

// Somebody else started the plan first: the window offers to open that plan with the words that were written here.
func TestTheWindowOffersThePlanThatIsThere(t *testing.T) {
	h := newHouse(t)
	h.signIn("carehome")
	h.myWork()
	n := api.NewPlan{Answers: forms.Answers{plan.NHSNumber: forms.TextAnswer("9990004013"), plan.FamilyName: forms.TextAnswer("Cedarholme"), plan.GivenName: forms.TextAnswer("Quillon"),
		plan.BirthDate: forms.TextAnswer("1938-04-02"), plan.PlanCohorts: forms.ChoicesAnswer("frailty"), plan.PlanType: forms.ChoiceAnswer("full")}}
	theirs, err := client(t, h.desk.Address(), "carehome").CreatePlan(context.Background(), n, "")
	require.NoError(t, err)
	there := theirs.ID
	h.cut.Store(true)
	p, err := h.desk.StartPlan(context.Background(), n)
	require.NoError(t, err)
	h.w.Go(app.Place{Screen: screens.PlanScreen, PlanID: p.ID})
	h.until("the form", func() bool { _, ok := h.w.Screen().(*ui.Form); return ok })
	f := h.w.Screen().(*ui.Form)
	f.Editor().Set(drafts.At{Item: "preferred_name"}, forms.TextAnswer("Mine"))
	h.until("its status", func() bool { return strings.Contains(f.Editor().Status().Words, "Kept on this computer.") })
	h.cut.Store(false)
	f.Editor().Retry()
	h.until("the question", func() bool { return h.w.Messages().Open() })
	h.picture("waiting-existing")
	h.press(screens.BringWords)
	h.until("that plan", func() bool { g, ok := h.w.Screen().(*ui.Form); return ok && g.Editor().PlanID() == there })
	g := h.w.Screen().(*ui.Form)
	h.until("the words in it", func() bool { return g.Editor().Answers()["preferred_name"].Text == "Mine" })
}

// A plan is started from the find page without a connection, by hand alone: the page says that nobody can be looked for and what
// goes on all the same.
func TestStartingFromFindWithoutAConnection(t *testing.T) {
	h := newHouse(t)
	h.signIn("carehome")
	h.myWork()
	h.ctrl(fyne.KeyK)
	h.until("the find page", func() bool { _, ok := h.w.Screen().(*screens.Find); return ok })
	h.cut.Store(true)
	h.typed("Foxglove 2/4/1938")
	h.key(fyne.KeyReturn)
	h.until("the offer", func() bool { return strings.Contains(h.reads(), "Nobody can be looked for") })
	h.picture("waiting-find")
	h.press("Start a plan without the connection")
	h.until("the start page", func() bool { _, ok := h.w.Screen().(*screens.Start); return ok })
	s := h.w.Screen().(*screens.Start)
	h.focusOn("(box)")
	for range 2 { // the number is not known, the family name is there
		h.canvas().FocusNext()
	}
	h.typed("Quillon")
	h.focusOn(s.Cohort("frailty").Text())
	h.key(fyne.KeySpace)
	h.canvas().Focus(s.Depth())
	h.key(fyne.KeySpace)
	h.press("Start the plan")
	h.until("the form", func() bool { f, ok := h.w.Screen().(*ui.Form); return ok && outbox.IsHere(f.Editor().PlanID()) })
	f := h.w.Screen().(*ui.Form)
	require.Equal(t, "Foxglove", f.Editor().Answers()[plan.FamilyName].Text)
	h.cut.Store(false)
	f.Editor().Retry()
	h.until("the plan at the service", func() bool { return !outbox.IsHere(f.Editor().PlanID()) })
}

// What the service refuses for good stands in My work with the reason and the words, until it is put away.
func TestWhatIsRefusedIsShownWithItsWords(t *testing.T) {
	h := newHouse(t)
	h.signIn("carehome")
	h.myWork()
	n := api.NewPlan{Answers: forms.Answers{plan.FamilyName: forms.TextAnswer("Ironbark"), plan.GivenName: forms.TextAnswer("Quillon"),
		plan.BirthDate: forms.TextAnswer("1938-04-02"), plan.PlanCohorts: forms.ChoicesAnswer("frailty"), plan.PlanType: forms.ChoiceAnswer("full")}}
	p, err := h.desk.StartPlan(context.Background(), n)
	require.NoError(t, err)
	h.cut.Store(true)
	e := h.desk.Edit(p)
	e.Set(drafts.At{Item: "preferred_name"}, forms.TextAnswer("Persimmon"))
	h.until("it kept", func() bool { return e.Status().State == drafts.StateKept })
	h.cut.Store(false)
	safety := client(t, h.desk.Address(), "safety")
	_, err = safety.Open(context.Background(), p.ID, "Asked to look")
	require.NoError(t, err)
	_, err = safety.EnterInError(context.Background(), p.ID, "Begun for the wrong person")
	require.NoError(t, err)
	e.Retry()
	h.until("the card", func() bool { m := h.w.Screen().(*screens.MyWork).Waiting(); return len(m) == 1 && m[0].Refused })
	h.until("the foot", func() bool { return strings.Contains(h.w.WhereWords(), "One plan needs you") })
	h.picture("waiting-refused")
	h.press(screens.ReadWords)
	h.until("the words", func() bool { return h.w.Messages().Open() })
	h.picture("waiting-words")
	h.key(fyne.KeyReturn)
	h.press(screens.PutAwayWords)
	h.until("the question", func() bool { return h.w.Messages().Open() })
	h.picture("waiting-putaway")
	h.press(screens.PutAwayWords)
	h.until("an empty card", func() bool { return len(h.w.Screen().(*screens.MyWork).Waiting()) == 0 })
	h.until("the foot", func() bool { return strings.Contains(strings.ToLower(h.w.WhereWords()), "saved centrally") })
}
