//go:build !windows

package ui_test

// What may change here: what is proved about the locked window: that it shows nothing, who opens it, and what is there again.

import (
	"context"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/require"

	"cmc/api"
	"cmc/app"
	"cmc/app/drafts"
	"cmc/app/printing/printingtest"
	"cmc/forms"
	"cmc/ui"
	"cmc/ui/control"
	"cmc/ui/screens"
)

// A lever moves the clock by which the window is left idle, and locks the computer.
type lever struct {
	mu    sync.Mutex
	ahead time.Duration
	lock  func()
}

func (l *lever) now() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return time.Now().Add(l.ahead)
}

// pass lets time pass in steps that a computer which is awake makes.
func (h *house) pass(l *lever, d time.Duration) {
	for ; d > 0; d -= 20 * time.Second {
		l.mu.Lock()
		l.ahead += min(d, 20*time.Second)
		l.mu.Unlock()
		h.w.Tick()
	}
}

func newLockable(t *testing.T) (*house, *lever) {
	l := &lever{}
	h := newHouse(t, func(o *ui.Options) {
		o.Now = l.now
		o.Away = func(lock func()) { l.lock = lock }
	})
	return h, l
}

// shown is every word in the window: its content, what lies over it, and its title.
func (h *house) shown() string {
	var out strings.Builder
	out.WriteString(h.w.Fyne().Title() + "\n")
	var look func(o fyne.CanvasObject)
	look = func(o fyne.CanvasObject) {
		switch o := o.(type) { // also what is hidden: nothing of it may be there
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
	for _, o := range append([]fyne.CanvasObject{h.canvas().Content()}, h.canvas().Overlays().List()...) {
		look(o)
	}
	return strings.ReplaceAll(out.String(), "\u00a0", " ")
}

// sealed fails the test unless the window is locked and shows nothing of Grace Achebe, whose plan was open.
func (h *house) sealed(why string) {
	h.t.Helper()
	require.NotNil(h.t, h.w.Locked(), "the window is locked")
	all := h.shown()
	require.Contains(h.t, all, why)
	for _, word := range []string{"ACHEBE", "Achebe", grace[:3] + " " + grace[3:6], "Persimmon", "NHS No", "Born"} {
		require.NotContains(h.t, all, word)
	}
	require.Empty(h.t, h.canvas().Overlays().List(), "no dialog and no menu")
}

// writing opens Grace's form as the care-home nurse, and leaves half a date in a box that has the keyboard.
func (h *house) writing() (*ui.Form, *control.Entry) {
	h.t.Helper()
	h.signIn("carehome")
	h.open(grace)
	h.until("the form", func() bool { _, ok := h.w.Screen().(*ui.Form); return ok })
	f := h.w.Screen().(*ui.Form)
	f.Wizard().Show("consent", "consent_date", "")
	h.until("the box", func() bool { _, ok := h.canvas().Focused().(*control.Entry); return ok })
	box := h.canvas().Focused().(*control.Entry)
	for len(box.Text()) > 0 {
		h.key(fyne.KeyBackspace)
	}
	h.typed("31-Febr")
	require.Contains(h.t, h.shown(), "ACHEBE", "the test tests something")
	return f, box
}

func (h *house) unlock(name, password string) {
	h.t.Helper()
	user, secret := h.w.Locked().Inputs()
	if name != user.Text() {
		user.SetText("")
		h.canvas().Focus(user.Focusable())
		h.typed(name)
	}
	h.canvas().Focus(secret.Focusable())
	h.typed(password)
	h.key(fyne.KeyReturn)
}

// Five idle minutes: nothing is shown until the password is there, and the half-typed date is where it was.
func TestAnIdleWindowShowsNothing(t *testing.T) {
	h, l := newLockable(t)
	f, box := h.writing()
	h.pass(l, 4*time.Minute)
	h.w.Touched()
	h.pass(l, 4*time.Minute+50*time.Second)
	require.Nil(t, h.w.Locked(), "a key began it anew")
	h.pass(l, 20*time.Second)
	h.sealed("Nobody had used it")
	require.Contains(t, h.shown(), ui.TrainingWords)
	h.picture("locked")
	require.True(t, h.desk.Locked())
	_, secret := h.w.Locked().Inputs()
	require.Same(t, secret.Focusable(), h.canvas().Focused(), "the password has the keyboard")

	// No key of the window leads anywhere, and what arrives late stays behind the lock.
	for _, key := range []fyne.KeyName{fyne.KeyK, fyne.KeyS, fyne.KeyP} {
		h.ctrl(key)
	}
	h.key(fyne.KeyF1, fyne.KeyEscape)
	h.w.Messages().Notice("ACHEBE, Grace")
	h.sealed("Nobody had used it")
	h.unlock("carehome", "wrong")
	h.until("why not", func() bool { return h.w.Locked().Wrong() != "" })
	require.Contains(t, h.w.Locked().Wrong(), "password is wrong")
	h.picture("locked-wrong")
	h.sealed("Nobody had used it")

	h.unlock("carehome", trainingWay)
	h.until("the window", func() bool { return h.w.Locked() == nil })
	require.Same(t, screens.Screen(f), h.w.Screen())
	require.True(t, h.w.Messages().Open(), "the notice waited")
	h.key(fyne.KeyReturn)
	require.Same(t, box, h.canvas().Focused(), "the same box has the keyboard")
	require.Equal(t, "31-Febr", box.Text())
	h.typed("u")
	require.Equal(t, "31-Febru", box.Text(), "and goes on where it was")
	require.False(t, h.desk.Locked())
	f.Editor().Set(drafts.At{Item: "urgent_banner"}, forms.TextAnswer("Still written."))
	h.until("the words at the service", func() bool { return f.Editor().Status().State == drafts.StateSaved })
	h.pass(l, 5*time.Minute)
	h.sealed("Nobody had used it")
}

// Every way in which the computer is left.
func TestTheWindowLocksAtOnce(t *testing.T) {
	h, l := newLockable(t)
	_, box := h.writing()
	for _, way := range []struct {
		why string
		do  func()
	}{
		{"You locked it.", func() { h.ctrl(fyne.KeyL) }},
		{"This computer was locked or asleep.", func() { l.lock() }},
		{"This computer was asleep.", func() {
			l.mu.Lock()
			l.ahead += time.Minute
			l.mu.Unlock()
			h.w.Touched() // the key that wakes it
		}},
	} {
		way.do()
		h.until("the lock", func() bool { return h.w.Locked() != nil })
		h.sealed(way.why)
		h.unlock("carehome", trainingWay)
		h.until("the window", func() bool { return h.w.Locked() == nil })
		require.Same(t, box, h.canvas().Focused())
		require.Equal(t, "31-Febr", box.Text())
	}
}

// A question with half an answer, a menu over it, and a print dialog.
func TestDialogsAndMenusAreHidden(t *testing.T) {
	printingtest.Start(t, "Ward")
	h, _ := newLockable(t)
	h.signIn("urgent")
	u := h.openUrgent(aliceTwin, "HARTLEY, Alice (Miss)")
	h.press("Print")
	h.until("the printers", func() bool { return h.w.Messages().Open() })
	h.ctrl(fyne.KeyL)
	require.NotNil(t, h.w.Locked())
	require.Empty(t, h.canvas().Overlays().List())
	require.NotContains(t, h.shown(), "HARTLEY")
	h.unlock("urgent", trainingWay)
	h.until("the window", func() bool { return h.w.Locked() == nil })
	require.False(t, h.w.Messages().Open(), "the print dialog was closed")
	require.Same(t, screens.Screen(u), h.w.Screen())

	h.press("Could not use, because...")
	h.until("the question", func() bool { return h.w.Messages().Open() })
	box := h.canvas().Focused().(*control.Entry)
	h.typed("Miss Hartley")
	box.TappedSecondary(&fyne.PointEvent{AbsolutePosition: fyne.NewPos(300, 300)})
	require.Len(t, h.canvas().Overlays().List(), 2)
	h.ctrl(fyne.KeyL)
	require.Empty(t, h.canvas().Overlays().List())
	require.NotContains(t, strings.ToLower(h.shown()), "hartley")
	h.unlock("urgent", trainingWay)
	h.until("the window", func() bool { return h.w.Locked() == nil })
	require.Len(t, h.canvas().Overlays().List(), 1, "the question, and no menu")
	require.Same(t, box, h.canvas().Focused())
	require.Equal(t, "Miss Hartley", box.Text())
}

// Somebody else signs in at the locked window and never sees what the first one wrote, who finds it again.
func TestSomebodyElseAtALockedWindow(t *testing.T) {
	h, _ := newLockable(t)
	f, _ := h.writing()
	f.Editor().Set(drafts.At{Item: "preferred_name"}, forms.TextAnswer("Persimmon"))
	h.ctrl(fyne.KeyL)
	h.sealed("You locked it.")
	h.unlock("nurse", trainingWay)
	h.until("the other's work", func() bool { return h.w.Locked() == nil && h.desk.User().Username == "nurse" })
	h.myWork()
	require.NotContains(t, h.shown(), "Persimmon")
	h.w.Back()
	h.myWork()
	_, form := h.w.Screen().(*ui.Form)
	require.False(t, form, "nothing leads back to the first one's page")

	h.ctrl(fyne.KeyL)
	h.unlock("carehome", trainingWay)
	h.until("the first one's work", func() bool { return h.w.Locked() == nil && h.desk.User().Username == "carehome" })
	h.open(grace)
	h.until("the form", func() bool { _, ok := h.w.Screen().(*ui.Form); return ok })
	again := h.w.Screen().(*ui.Form).Editor()
	require.Equal(t, "Persimmon", again.Answers()["preferred_name"].Text)
	raw, ok := again.Typed(drafts.At{Item: "consent_date"})
	require.True(t, ok)
	require.Equal(t, "31-Febr", raw)
}

// Words in a question, and outside the form, are one person's: somebody else at the locked window never has them, and their
// writer has them again.
func TestWordsInAQuestionAreOnePersons(t *testing.T) {
	h, _ := newLockable(t)
	h.signIn("urgent")
	u := h.openUrgent(aliceTwin, "HARTLEY, Alice (Miss)")
	h.press("Could not use, because...")
	h.until("the question", func() bool { return h.w.Messages().Open() })
	h.typed("The phone number was wrong")
	h.ctrl(fyne.KeyL)
	h.unlock("gp", trainingWay)
	h.until("the other's work", func() bool { return h.w.Locked() == nil && h.desk.User().Username == "gp" })
	require.False(t, h.w.Messages().Open())
	require.NotContains(t, h.shown(), "phone number was wrong")
	h.ctrl(fyne.KeyL)
	h.unlock("urgent", trainingWay)
	h.until("the first one's work", func() bool { return h.w.Locked() == nil && h.desk.User().Username == "urgent" })
	h.w.Go(app.Place{Screen: screens.UrgentScreen, PlanID: u.Plan()})
	h.until("the summary", func() bool { u, ok := h.w.Screen().(*screens.Urgent); return ok && u.Summary() != nil })
	h.press("Could not use, because...")
	h.until("the question", func() bool { return h.w.Messages().Open() })
	require.Equal(t, "The phone number was wrong", h.canvas().Focused().(*control.Entry).Text())
}

// The service ended the session while the window was locked: whoever opens it begins a new one, and goes on in the same box.
func TestTheSessionEndsBehindTheLock(t *testing.T) {
	h, _ := newLockable(t)
	f, box := h.writing()
	h.ctrl(fyne.KeyL)
	h.w.Messages().Error(&api.Problem{Type: api.TypeOf(api.CodeUnauthenticated), Status: 401})
	h.sealed("You locked it.")
	h.unlock("carehome", trainingWay)
	h.until("the window", func() bool { return h.w.Locked() == nil })
	require.Same(t, screens.Screen(f), h.w.Screen())
	require.Same(t, box, h.canvas().Focused())
	_, err := h.desk.Worklists(context.Background())
	require.NoError(t, err)
}

// With text of 150 and 200 per cent everything on the page is reached and comes into view.
func TestTheLockFitsLargeText(t *testing.T) {
	for _, size := range []int{150, 200} {
		h := newHouse(t, func(o *ui.Options) { o.TextSize = size })
		h.signIn("carehome")
		h.myWork()
		h.ctrl(fyne.KeyL)
		h.picture("locked-" + strconv.Itoa(size))
		for _, words := range []string{"(box)", "Unlock"} {
			h.focusOn(words)
			o, ok := h.canvas().Focused().(fyne.CanvasObject)
			require.True(t, ok)
			top := fyne.CurrentApp().Driver().AbsolutePositionForObject(o).Y
			require.GreaterOrEqual(t, top, float32(0), words)
			require.LessOrEqual(t, top+o.Size().Height, float32(800), words)
		}
	}
}
