package ui_test

// What may change here: what is proved about links that are followed while the window is open. How they get here is app/handover's.

import (
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"cmc/api"
	"cmc/app/drafts"
	"cmc/app/printing/printingtest"
	"cmc/ui"
	"cmc/ui/control"
	"cmc/ui/screens"
)

// linked is a house to which links come, and the plans of two people whom a care-home nurse works for.
type linked struct {
	*house
	*lever
	follow         func(planID string)
	restored       int
	theirs, others string
}

func newLinked(t *testing.T) *linked {
	t.Helper()
	l := &linked{lever: &lever{}}
	l.house = newHouse(t, func(o *ui.Options) {
		o.Now = l.lever.now
		o.Links = func(follow func(string)) { l.follow = follow }
		o.Restore = func() { l.restored++ }
	})
	l.signIn("carehome")
	rows := l.myWork().Rows()
	at := func(number string) string {
		i := slices.IndexFunc(rows, func(r api.WorklistRow) bool { return r.Patient.NHSNumber == number })
		require.GreaterOrEqual(t, i, 0)
		return rows[i].PlanID
	}
	l.theirs = at(grace)
	i := slices.IndexFunc(rows, func(r api.WorklistRow) bool { return r.PlanID != l.theirs })
	require.GreaterOrEqual(t, i, 0)
	l.others = rows[i].PlanID
	l.press("Sign out")
	l.until("the way in", func() bool { _, ok := l.w.Screen().(*screens.SignIn); return ok })
	return l
}

// stays says that for a while the window does not go to a plan.
func (l *linked) stays(planID string) {
	l.t.Helper()
	for end := time.Now().Add(time.Second); time.Now().Before(end); l.thread.run() {
		require.NotEqual(l.t, planID, l.w.Place().PlanID)
	}
}

func (l *linked) arrives(planID string) {
	l.t.Helper()
	l.until("the plan of the link", func() bool { return l.w.Place().PlanID == planID })
}

// From the form, in the middle of a word: the link's plan opens, and the word is there when the person comes back.
func TestALinkIsFollowedInTheOpenWindow(t *testing.T) {
	l := newLinked(t)
	f, _ := l.writing()
	go l.follow(l.theirs) // what is open already
	l.until("the window in front", func() bool { return l.restored == 1 })
	for end := time.Now().Add(time.Second); time.Now().Before(end); l.thread.run() {
		require.Same(t, screens.Screen(f), l.w.Screen(), "and is not opened anew over what is being typed")
	}
	go l.follow(l.others)
	l.arrives(l.others)
	require.Equal(t, 2, l.restored)
	l.w.Back()
	l.until("the form", func() bool { again, ok := l.w.Screen().(*ui.Form); return ok && again.Editor().PlanID() == l.theirs })
	raw, ok := l.w.Screen().(*ui.Form).Editor().Typed(drafts.At{Item: "consent_date"})
	require.True(t, ok)
	require.Equal(t, "31-Febr", raw)
}

func TestALinkWaitsUntilTheWindowIsUnlocked(t *testing.T) {
	l := newLinked(t)
	l.writing()
	l.ctrl(fyne.KeyL)
	go l.follow(l.others)
	l.until("the window in front", func() bool { return l.restored == 1 })
	l.stays(l.others)
	l.sealed("You locked it.")
	l.unlock("carehome", trainingWay)
	l.arrives(l.others)
}

// A question with half an answer stays until it is answered.
func TestALinkTakesNoQuestionAway(t *testing.T) {
	printingtest.Start(t, "Ward")
	l := newLinked(t)
	l.signIn("urgent")
	u := l.openUrgent(aliceTwin, "HARTLEY, Alice (Miss)")
	l.press("Could not use, because...")
	l.until("the question", func() bool { return l.w.Messages().Open() })
	l.typed("The phone number was wrong")
	go l.follow(l.theirs)
	l.until("the window in front", func() bool { return l.restored == 1 })
	l.stays(l.theirs)
	require.Same(t, screens.Screen(u), l.w.Screen())
	require.Equal(t, "The phone number was wrong", l.canvas().Focused().(*control.Entry).Text())
	l.key(fyne.KeyEscape)
	l.until("the plan, or why it is asked for", func() bool { return l.w.Place().PlanID == l.theirs || l.w.Messages().Open() })
}

// What is said on the screen is read first.
func TestALinkWaitsUntilAMessageIsRead(t *testing.T) {
	l := newLinked(t)
	l.writing()
	l.w.Messages().Notice("Read this first.")
	go l.follow(l.others)
	l.until("the window in front", func() bool { return l.restored == 1 })
	l.stays(l.others)
	require.True(t, l.w.Messages().Open())
	l.key(fyne.KeyEscape)
	l.arrives(l.others)
}

// Nobody is signed in: whoever comes next is led there, but not whoever comes a quarter of an hour later.
func TestALinkWaitsForASignIn(t *testing.T) {
	l := newLinked(t)
	go l.follow(l.theirs)
	l.until("the window in front", func() bool { return l.restored == 1 })
	l.signIn("carehome")
	l.arrives(l.theirs)
	l.press("Sign out")
	l.until("the way in", func() bool { _, ok := l.w.Screen().(*screens.SignIn); return ok })
	go l.follow(l.theirs)
	l.until("the window in front", func() bool { return l.restored == 2 })
	l.mu.Lock()
	l.ahead += 16 * time.Minute
	l.mu.Unlock()
	l.signIn("carehome")
	l.myWork()
	l.stays(l.theirs)
}
