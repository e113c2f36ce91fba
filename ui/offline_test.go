//go:build !windows

package ui_test

// What may change here: what the window shows while the central service cannot be reached, and what it says of its age.

import (
	"context"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"cmc/api"
	"cmc/api/central"
	"cmc/app"
	"cmc/app/drafts"
	"cmc/app/keychain/keychaintest"
	"cmc/assets/training"
	"cmc/forms"
	"cmc/ui"
	"cmc/ui/screens"
)

// A night is a service that can be stopped and started, and a clock that it shares with the desk.
type night struct {
	t       *testing.T
	data    string
	address string
	service *central.Service
	server  *http.Server

	muffled atomic.Bool // nothing comes on the line of events, while requests go through

	mu sync.Mutex
	at time.Time
}

// A muffler takes in what the service says on the line of events, as a proxy does that waits for its end.
type muffler struct {
	http.ResponseWriter
	n *night
}

func (m muffler) Write(p []byte) (int, error) {
	if m.n.muffled.Load() {
		return len(p), nil
	}
	return m.ResponseWriter.Write(p)
}

func (m muffler) Unwrap() http.ResponseWriter { return m.ResponseWriter }

func (n *night) handler() http.Handler {
	whole := n.service.Handler()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v1/events" {
			w = muffler{w, n}
		}
		whole.ServeHTTP(w, r)
	})
}

func newNight(t *testing.T) *night {
	t.Helper()
	n := &night{t: t, data: t.TempDir(), at: time.Date(2026, 11, 25, 14, 2, 0, 0, time.UTC)}
	n.start()
	t.Cleanup(n.stop)
	return n
}

func (n *night) now() time.Time {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.at
}

func (n *night) forward(by time.Duration) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.at = n.at.Add(by)
}

func (n *night) start() {
	n.t.Helper()
	var err error
	n.service, err = central.Open(context.Background(), central.Options{DataDir: n.data, Training: true, Now: n.now})
	require.NoError(n.t, err)
	at := "127.0.0.1:0"
	if n.address != "" {
		at = strings.TrimPrefix(n.address, "http://")
	}
	listener, err := net.Listen("tcp", at)
	require.NoError(n.t, err)
	n.address = "http://" + listener.Addr().String()
	n.server = &http.Server{Handler: n.handler(), ReadHeaderTimeout: time.Second}
	go func() { _ = n.server.Serve(listener) }()
}

func (n *night) stop() {
	if n.service == nil {
		return
	}
	n.service.Hush()
	_ = n.server.Close()
	require.NoError(n.t, n.service.Close())
	n.service = nil
}

// house is a window at that service.
func (n *night) house(textSize int) *house {
	n.t.Helper()
	n.t.Setenv("LANG", "en_GB.UTF-8")
	keychaintest.Empty(n.t)
	a := newThreadApp(n.t)
	h := &house{t: n.t, profile: n.t.TempDir(), thread: a.thread}
	n.open(h, a, textSize)
	h.until("the list of people to be", func() bool {
		s, ok := h.w.Screen().(*screens.SignIn)
		return ok && s.Person("gp") != nil
	})
	return h
}

func (n *night) open(h *house, a fyne.App, textSize int) {
	n.t.Helper()
	desk, err := app.New(app.Params{ProfileDir: h.profile, Version: "test", Now: n.now})
	require.NoError(n.t, err)
	h.desk = desk
	n.t.Cleanup(func() { _ = desk.Close() })
	if desk.Address() == "" {
		require.NoError(n.t, desk.SetAddress(n.address))
	}
	h.w = ui.NewWindow(a, desk, ui.Options{Version: "test", TextSize: textSize})
	h.w.Fyne().Resize(fyne.NewSize(1280, 800))
	h.w.Start()
}

// away takes the service away once the desk has what may be read without it.
func (n *night) away(h *house) []app.KeptPlan {
	n.t.Helper()
	var plans app.KeptPlans
	h.until("what may be read offline", func() bool {
		var err error
		plans, err = h.desk.Kept(&api.Unreachable{Hop: api.HopConnect})
		return err == nil
	})
	n.stop()
	return plans.Items
}

func (h *house) keptPage() *screens.KeptPage {
	h.t.Helper()
	h.until("the kept plan", func() bool { _, ok := h.w.Screen().(*screens.KeptPage); return ok })
	return h.w.Screen().(*screens.KeptPage)
}

// At 4 am, without a connection: the list and the page say on their face that they are not live, and how old they are; the age moves
// on; past the limit nothing stands there; and the live plan comes back by itself.
func TestReadingWithoutAConnection(t *testing.T) {
	for name, size := range map[string]int{"100": 100, "150": 150} {
		t.Run(name, func(t *testing.T) {
			n := newNight(t)
			h := n.house(size)
			h.signIn("carehome")
			m := h.myWork()
			plans := n.away(h)
			require.NotEmpty(t, plans)
			n.forward(45 * time.Minute)
			h.press("My work")
			h.until("the list of what is kept", func() bool { return strings.Contains(h.reads(), screens.KeptTitle) })
			_ = m
			said := strings.Join(strings.Fields(h.reads()), " ")
			require.Contains(t, said, "NOT LIVE: as at 14:02, 45 minutes ago")
			require.Contains(t, said, "There is no connection to the central service.")
			require.GreaterOrEqual(t, strings.Count(said, "as at 14:02, 45 minutes ago"), 2, "each row says it too")
			require.Contains(t, said, strings.ToUpper(plans[0].Patient.FamilyName))
			h.picture("offline-list-" + name)

			list := h.w.Screen().(*screens.MyWork)
			list.Focus()
			h.key(fyne.KeyReturn)
			k := h.keptPage()
			require.NotNil(t, k.Shown())
			said = strings.Join(strings.Fields(h.reads()), " ")
			require.Contains(t, said, "NOT LIVE: as at 14:02, 45 minutes ago")
			require.Contains(t, said, "it is erased at 26-Nov-2026 02:02")
			require.Contains(t, said, strings.ToUpper(k.Shown().Patient.FamilyName))
			require.Contains(t, said, "Call first")
			require.NotEmpty(t, k.Shown().Summary.Banner.Where)
			require.Contains(t, said, "Now at "+k.Shown().Summary.Banner.Where)
			h.picture("offline-page-" + name)

			n.forward(10 * time.Minute)
			k.Look()
			require.Contains(t, strings.Join(strings.Fields(h.reads()), " "), "NOT LIVE: as at 14:02, 55 minutes ago")

			n.start()
			h.until("the live plan, by itself", func() bool {
				u, ok := h.w.Screen().(*screens.Urgent)
				return ok && u.Summary() != nil
			})
			require.NotContains(t, h.reads(), "NOT LIVE")

			n.away(h)
			n.forward(3 * time.Hour)
			h.w.Go(app.Place{Screen: screens.UrgentScreen, PlanID: plans[0].PlanID})
			h.until("the age of what is kept", func() bool {
				page, ok := h.w.Screen().(*screens.KeptPage)
				if ok {
					k = page
				}
				return ok && strings.Contains(page.Band(), "3 hours")
			})
			h.picture("offline-old-" + name)
			n.forward(12 * time.Hour)
			k.Look()
			require.Nil(t, k.Shown())
			said = h.reads()
			require.NotContains(t, said, strings.ToUpper(plans[0].Patient.FamilyName))
			require.NotContains(t, said, "Call first")
			require.Contains(t, strings.Join(strings.Fields(said), " "), "past its limit")
			require.NotContains(t, said, "Print", "nothing is left to print")
			require.NotContains(t, said, "Save PDF")
			h.picture("offline-over-" + name)
			h.press("Back")
			h.until("the page", func() bool { return strings.Contains(strings.Join(strings.Fields(h.reads()), " "), "past its limit") })
		})
	}
}

// Started without a connection, the window goes on for who was kept signed in, and says first that nothing is live.
func TestStartingWithoutAConnection(t *testing.T) {
	n := newNight(t)
	h := n.house(100)
	_, err := h.desk.SignIn(context.Background(), "carehome", "training", true)
	require.NoError(t, err)
	plans := n.away(h)
	require.NoError(t, h.desk.Close())
	n.forward(20 * time.Minute)
	n.open(h, fyne.CurrentApp(), 100)
	h.until("what it says first", func() bool { return h.w.Messages().Open() })
	said := strings.Join(strings.Fields(h.reads()+overlay(h)), " ")
	require.Contains(t, said, "as at 14:02, 20 minutes ago")
	h.w.Messages().CloseAll()
	h.until("the list of what is kept", func() bool { return strings.Contains(h.reads(), screens.KeptTitle) })
	h.w.Go(app.Place{Screen: screens.PlanScreen, PlanID: plans[0].PlanID})
	require.NotNil(t, h.keptPage().Shown())
	require.NoError(t, h.desk.Close())

	// Past the limit the sign-in page says why there is nothing.
	n.forward(12 * time.Hour)
	n.open(h, fyne.CurrentApp(), 100)
	h.until("the reason", func() bool {
		s, ok := h.w.Screen().(*screens.SignIn)
		return ok && strings.Contains(s.Why(), "past its limit")
	})
}

// overlay is what the messages over the page say.
func overlay(h *house) string {
	var out strings.Builder
	for _, o := range h.canvas().Overlays().List() {
		out.WriteString(wordsIn(o))
	}
	return out.String()
}

// A plan that was taken out of use while its copy is on screen leaves the screen as soon as the service can say so.
func TestACopyThatMayNotBeUsedLeavesTheScreen(t *testing.T) {
	n := newNight(t)
	h := n.house(100)
	h.signIn("carehome")
	h.myWork()
	plans := n.away(h)
	h.w.Go(app.Place{Screen: screens.PlanScreen, PlanID: plans[0].PlanID})
	require.NotNil(t, h.keptPage().Shown())
	n.start()
	gp := client(t, n.address, "gp")
	_, err := gp.Suspend(context.Background(), plans[0].PlanID, "Two decisions contradict each other")
	require.NoError(t, err)
	h.until("the end of the copy", func() bool {
		switch s := h.w.Screen().(type) {
		case *screens.KeptPage:
			return s.Shown() == nil
		case *screens.Urgent:
			return s.Summary() == nil
		}
		return true
	})
	h.w.Messages().CloseAll()
	require.NotContains(t, h.reads(), "Do NOT attempt CPR")
}

// A change of a live plan is being written when the line goes. The form goes on; the pages that say what is approved are not drawn
// from what the program remembers: they are copies that say their age, and past the limit there is none.
func TestWithoutAConnectionOnlyTheFormOpensFromMemory(t *testing.T) {
	n := newNight(t)
	h := n.house(100)
	h.signIn("carehome")
	h.myWork()
	var id string
	var live *api.Plan
	h.until("a plan to be changed, kept to be read offline", func() bool {
		plans, _ := h.desk.Kept(&api.Unreachable{Hop: api.HopConnect})
		for _, one := range plans.Items {
			var err error
			if live, err = h.desk.OpenPlan(context.Background(), one.PlanID); err == nil && slices.Contains(live.Actions, "amend") {
				id = one.PlanID
				return true
			}
		}
		return false
	})
	h.w.Go(app.Place{Screen: screens.PlanScreen, PlanID: id})
	h.until("the plan", func() bool { _, ok := h.w.Screen().(*screens.Overview); return ok })
	_, err := h.desk.Amend(context.Background(), live, api.Decide{Reason: "A new telephone number"})
	require.NoError(t, err)
	h.w.Go(app.Place{Screen: screens.WizardScreen, PlanID: id})
	h.until("the form", func() bool { _, ok := h.w.Screen().(*ui.Form); return ok })
	n.stop()
	h.w.Screen().(*ui.Form).Editor().Set(drafts.At{Item: "preferred_name"}, forms.TextAnswer("Persimmon"))
	n.forward(3 * time.Hour)

	h.w.Back()
	h.until("another page", func() bool { _, form := h.w.Screen().(*ui.Form); return !form })
	require.NotNil(t, h.keptPage().Shown())
	require.Contains(t, strings.Join(strings.Fields(h.reads()), " "), "NOT LIVE: as at 14:02, 3 hours ago")
	for _, kind := range []string{screens.OverviewScreen, screens.UrgentScreen, screens.ReviewScreen} {
		h.w.Go(app.Place{Screen: screens.MyWorkScreen})
		h.until("my work", func() bool { _, ok := h.w.Screen().(*screens.MyWork); return ok })
		h.w.Go(app.Place{Screen: kind, PlanID: id})
		require.NotNil(t, h.keptPage().Shown(), kind)
	}
	for _, kind := range []string{screens.WizardScreen, screens.PlanScreen} {
		h.w.Go(app.Place{Screen: screens.MyWorkScreen})
		h.until("my work", func() bool { _, ok := h.w.Screen().(*screens.MyWork); return ok })
		h.w.Go(app.Place{Screen: kind, PlanID: id})
		h.until("the form with the words", func() bool {
			f, ok := h.w.Screen().(*ui.Form)
			return ok && f.Editor().Answers()["preferred_name"].Text == "Persimmon"
		})
	}
	h.picture("offline-form")

	n.forward(10 * time.Hour)
	h.w.Go(app.Place{Screen: screens.MyWorkScreen})
	h.w.Go(app.Place{Screen: screens.OverviewScreen, PlanID: id})
	h.until("the reason", func() bool { return strings.Contains(strings.Join(strings.Fields(overlay(h)), " "), "past its limit") })
	require.NotContains(t, h.reads(), "attempt CPR")
}

// A lookedAt is a page that tells how old it is.
type lookedAt interface{ Look() }

// look has the open page look how old it is, and gives what the window reads then.
func (h *house) look() string {
	h.w.Screen().(lookedAt).Look()
	return strings.Join(strings.Fields(h.reads()), " ")
}

// A live page stands on the screen when the line goes. After a minute it says its age, which moves on; the paper says it too; when the
// line is back it is read anew; and past the limit it is gone.
func TestALivePageThatStaysSaysItsAge(t *testing.T) {
	for _, kind := range []string{screens.UrgentScreen, screens.OverviewScreen} {
		t.Run(kind, func(t *testing.T) {
			n := newNight(t)
			h := n.house(100)
			h.signIn("carehome")
			h.myWork()
			plan := n.away(h)[1]
			n.start()
			h.w.Go(app.Place{Screen: kind, PlanID: plan.PlanID})
			h.until("the page", func() bool {
				return strings.Contains(h.reads(), "attempt CPR") && strings.Contains(h.reads(), "Call first")
			})
			require.NotContains(t, h.look(), "NOT LIVE")
			n.stop()
			n.forward(59 * time.Second)
			require.NotContains(t, h.look(), "NOT LIVE", "a line that is broken for a moment")
			n.forward(2 * time.Second)
			require.Contains(t, h.look(), "NOT LIVE: as at 14:02, 1 minute ago")
			n.forward(29 * time.Minute)
			said := h.look()
			require.Contains(t, said, "NOT LIVE: as at 14:02, 30 minutes ago")
			require.NotContains(t, said, "1 minute ago")
			require.Contains(t, said, "This page goes at 26-Nov-2026 02:02. A decision may have been changed since")
			require.Contains(t, said, "Call first")
			h.picture("offline-stays-" + kind)
			require.Contains(t, h.saved(), "NOT LIVE: as at 25-Nov-2026 14:02, 30 minutes before it was printed")

			n.start()
			screen := h.w.Screen()
			h.until("the live page, by itself", func() bool { return !strings.Contains(h.look(), "NOT LIVE") })
			require.Same(t, screen, h.w.Screen())
			require.Contains(t, h.look(), "As held centrally at 25-Nov-2026 14:32.")

			n.stop()
			n.forward(12*time.Hour - time.Minute)
			require.Contains(t, h.look(), "NOT LIVE: as at 25-Nov-2026 14:32, 11 hours 59 minutes ago")
			n.forward(time.Minute)
			said = h.look()
			require.NotContains(t, said, strings.ToUpper(plan.Patient.FamilyName))
			require.NotContains(t, said, "attempt CPR")
			require.Contains(t, said, "past its limit")
			require.NotContains(t, said, "Print", "nothing is left to print")
			h.ctrl(fyne.KeyP)
			require.False(t, h.w.Messages().Open())
			h.picture("offline-stays-over-" + kind)
		})
	}
}

// saved saves the open page as PDF, and gives its words.
func (h *house) saved() string {
	h.t.Helper()
	path := filepath.Join(h.t.TempDir(), "page.pdf")
	h.press("Save PDF")
	h.until("where it goes", func() bool { return h.w.Messages().Open() })
	h.focusOn("(box)")
	h.key(fyne.KeyEnd)
	for range 200 {
		h.key(fyne.KeyBackspace)
	}
	h.typed(path)
	h.press("Save")
	h.until("the file", func() bool { return nameOf(h.canvas().Focused()) == "OK" })
	h.key(fyne.KeyReturn)
	words, err := exec.Command("pdftotext", "-layout", path, "-").Output()
	require.NoError(h.t, err)
	return strings.Join(strings.Fields(string(words)), " ")
}

// A crew keeps no copies. What stands on its screen says its age all the same, goes past the same limit, and is not put on paper
// without the service.
func TestACrewsPageSaysItsAge(t *testing.T) {
	n := newNight(t)
	h := n.house(150)
	h.signIn("urgent")
	u := h.openUrgent(aliceTwin, "HARTLEY, Alice (Miss)")
	require.Contains(t, strings.Join(strings.Fields(h.reads()), " "), "Now at "+u.Summary().Banner.Where)
	h.picture("urgent-150")
	n.stop()
	n.forward(40 * time.Minute)
	require.Contains(t, h.look(), "NOT LIVE: as at 14:02, 40 minutes ago")
	require.NotNil(t, u.Summary())
	h.picture("offline-stays-crew")
	h.press("Print")
	h.until("why not", func() bool { return strings.Contains(overlay(h), "There is no connection") })
	h.w.Messages().CloseAll()
	n.forward(11*time.Hour + 20*time.Minute)
	require.Contains(t, h.look(), "past its limit")
	require.NotContains(t, h.reads(), "erased", "nothing was kept")
	require.Nil(t, u.Summary())
	require.NotContains(t, h.reads(), "HARTLEY")
}

// Requests go through and the line of news is silent: a page does not count as live on the word of other requests. It is asked for
// anew after a minute, and a decision that was taken back meanwhile leaves the screen.
func TestAPageWithoutNewsIsAskedForAnew(t *testing.T) {
	n := newNight(t)
	h := n.house(100)
	h.signIn("urgent")
	u := h.openUrgent(aliceTwin, "HARTLEY, Alice (Miss)")
	n.muffled.Store(true)
	gp := n.by("gp")
	_, err := gp.Suspend(context.Background(), u.Plan(), "The family doubts the decision")
	require.NoError(t, err)
	n.noNews(h)
	h.until("the plan to leave the screen", func() bool { return strings.Contains(h.look(), "The summary cannot be shown") })
	require.Nil(t, u.Summary())
}

// noNews is more than a minute in which nothing comes on the line of events, while other requests are answered.
func (n *night) noNews(h *house) {
	n.t.Helper()
	for range 3 {
		n.forward(22 * time.Second)
		h.look()
		h.until("an answer", func() bool { return !h.desk.Heard().Before(n.now()) })
	}
	n.forward(5 * time.Second)
}

// serve has the window work for a while.
func (h *house) serve(d time.Duration) {
	h.t.Helper()
	begun := time.Now()
	h.until("time to pass", func() bool { return time.Since(begun) > d })
}

// by is somebody at another computer.
func (n *night) by(username string) *api.Client {
	n.t.Helper()
	c, err := api.NewClient(n.address, api.ClientOptions{})
	require.NoError(n.t, err)
	_, err = c.SignIn(context.Background(), api.Credentials{Username: username, Password: "training"})
	require.NoError(n.t, err)
	return c
}

// Requests go through and the line of news is silent: an open form takes in what somebody else saves all the same, a minute later.
func TestAFormWithoutNewsIsAskedForAnew(t *testing.T) {
	n := newNight(t)
	h := n.house(100)
	h.signIn("carehome")
	h.open(grace)
	h.until("the form", func() bool { _, ok := h.w.Screen().(*ui.Form); return ok })
	e := h.w.Screen().(*ui.Form).Editor()
	n.muffled.Store(true)
	other := n.by("carehome")
	plan, err := other.Plan(context.Background(), e.PlanID())
	require.NoError(t, err)
	_, err = other.PatchDraft(context.Background(), plan.ID, []byte(`{"preferred_name":{"value":"Persimmon"}}`), plan.Etag, "")
	require.NoError(t, err)
	n.noNews(h)
	h.until("the other's words", func() bool { h.look(); return e.Answers()["preferred_name"].Text == "Persimmon" })
}

// While the window is locked nothing that it hides is asked for anew, whatever is heard of it and however old it grows: the audit would say
// that somebody read it. What happened meanwhile is on the screen when it is opened.
func TestALockedWindowAsksForNoPage(t *testing.T) {
	n := newNight(t)
	h := n.house(100)
	h.signIn("urgent")
	u := h.openUrgent(aliceTwin, "HARTLEY, Alice (Miss)")
	gp := n.by("gp")
	read := func() (times int) {
		log, err := gp.AccessLog(context.Background(), u.Plan())
		require.NoError(t, err)
		for _, one := range log.Items {
			if one.Action == "view" || one.Action == "summary" {
				times++
			}
		}
		return times
	}
	h.serve(2 * time.Second) // the line of news stands by now, and the page was asked for again on its word
	before := read()
	require.Positive(t, before)
	h.w.Lock()
	require.NotNil(t, h.w.Locked())
	_, err := gp.Amend(context.Background(), u.Plan(), "")
	require.NoError(t, err)
	h.serve(2 * time.Second) // for what must not happen
	require.Equal(t, before, read(), "after news")
	n.stop()
	n.forward(40 * time.Minute)
	h.until("the page to be old", func() bool { u.Look(); return h.desk.Silent() })
	n.start()
	h.until("the service to be heard", func() bool { u.Look(); return !h.desk.Silent() })
	u.Look()
	h.serve(2 * time.Second)
	gp = n.by("gp")
	require.Equal(t, before, read(), "of an old page")
	_, err = gp.Suspend(context.Background(), u.Plan(), "The family doubts the decision")
	require.NoError(t, err)
	h.unlock("urgent", "training")
	h.until("the plan to leave the screen", func() bool { return strings.Contains(h.look(), "The summary cannot be shown") })
	require.Nil(t, u.Summary())
}

// People who were found stand there with what is known of their plans. A minute later it says as at when, and without the service that it is
// not live; nobody is looked for again by itself.
func TestFoundPeopleSayHowOldTheyAre(t *testing.T) {
	n := newNight(t)
	h := n.house(150)
	h.signIn("carehome")
	f := h.find("9990009600")
	require.NotContains(t, h.look(), "As at")
	n.forward(18 * time.Minute)
	h.look() // asks whether the service is there
	h.until("that it is", func() bool { return !h.desk.Silent() })
	require.Contains(t, h.look(), "As at 14:02, 18 minutes ago. Look again")
	h.picture("found-as-at")
	n.stop()
	n.forward(40 * time.Minute)
	require.Contains(t, h.look(), "NOT LIVE: as at 14:02, 58 minutes ago")
	h.picture("found-not-live")
	n.start()
	h.until("the service again", func() bool { h.look(); return !h.desk.Silent() })
	require.NotContains(t, h.look(), "NOT LIVE")
	require.Contains(t, h.look(), "As at 14:02, 58 minutes ago. Look again")
	require.NotEmpty(t, f.Found())
}

// Without the service somebody who was seen before is not said to have no plan: they had none when last looked for.
func TestWhoWasSeenBeforeMayHaveAPlanByNow(t *testing.T) {
	n := newNight(t)
	h := n.house(100)
	h.signIn("carehome")
	without := ""
	for _, one := range h.trainees() {
		if one.NHSNumber == "" || one.DeathDate != "" || one.CareHome != h.desk.User().Organisation.ODS {
			continue
		}
		found, err := h.desk.Search(context.Background(), api.PatientSearch{NHSNumber: one.NHSNumber})
		require.NoError(t, err)
		if len(found.Items) == 1 && found.Items[0].Plan == nil && !found.Items[0].Suspended {
			without = one.NHSNumber
		}
	}
	require.NotEmpty(t, without)
	h.find(without)
	require.Contains(t, h.look(), "No plan yet")
	n.stop()
	h.press("Find")
	h.until("who was seen before", func() bool { return strings.Contains(h.look(), "Found here before") })
	require.Contains(t, h.look(), "No plan when last looked for")
	require.NotContains(t, h.look(), "No plan yet")
	h.picture("found-before")
}

// trainees are the people of the training service.
func (h *house) trainees() []training.Person {
	h.t.Helper()
	people, _, _, _, err := training.Load(time.Now())
	require.NoError(h.t, err)
	return people
}

// The lists of My work do not stand there as if they were live: without the service what is kept takes their place, and while only the line of
// news is silent they are asked for anew.
func TestListsAreNotLiveForEver(t *testing.T) {
	n := newNight(t)
	h := n.house(100)
	h.signIn("carehome")
	m := h.myWork()
	h.serve(2 * time.Second) // the line of news stands by now, and the lists were read again on its word
	n.muffled.Store(true)
	other := n.by("gp")
	i := slices.IndexFunc(m.Rows(), func(r api.WorklistRow) bool { return r.Patient.NHSNumber == grace })
	require.GreaterOrEqual(t, i, 0)
	plan, err := other.Plan(context.Background(), m.Rows()[i].PlanID)
	require.NoError(t, err)
	_, err = other.Discard(api.WithMatch(context.Background(), plan.Etag), plan.ID, "Nothing has changed after all")
	require.NoError(t, err)
	n.noNews(h)
	h.until("the list as it is", func() bool {
		h.look()
		return !slices.ContainsFunc(m.Rows(), func(r api.WorklistRow) bool { return r.Patient.NHSNumber == grace })
	})
	n.away(h)
	n.forward(30 * time.Minute)
	h.until("what is kept", func() bool { return strings.Contains(h.look(), "NOT LIVE: as at 14:") })
	require.Contains(t, h.look(), "There is no connection to the central service")
	n.muffled.Store(false)
	n.start()
	h.until("the lists again", func() bool { return !strings.Contains(h.look(), "NOT LIVE") && len(m.Rows()) > 0 })
}

// The form of a change stays open when the line goes, so that nobody stops writing. Its head does not go on saying that a version is
// live: it says that it was, and as at when; and that nothing is known of it when the form was opened from memory.
func TestTheFormDoesNotCallAVersionLiveFromMemory(t *testing.T) {
	n := newNight(t)
	h := n.house(100)
	gp := n.by("gp")
	found, err := gp.SearchPatients(context.Background(), api.PatientSearch{NHSNumber: aliceTwin})
	require.NoError(t, err)
	id := found.Items[0].Plan.ID
	_, err = gp.Amend(context.Background(), id, "")
	require.NoError(t, err)
	h.signIn("gp")
	h.w.Go(app.Place{Screen: screens.WizardScreen, PlanID: id})
	h.until("the form", func() bool { _, ok := h.w.Screen().(*ui.Form); return ok })
	require.Contains(t, h.look(), "Version 2 stays live")
	n.stop()
	n.forward(30 * time.Second)
	require.Contains(t, h.look(), "Version 2 stays live", "a break of the line is no news")
	n.forward(40 * time.Minute)
	require.Contains(t, h.look(), "As at 14:02, 40 minutes ago: Draft. Version 2 was live")
	require.NotContains(t, h.reads(), "stays live")
	h.picture("form-not-live")
	h.w.Go(app.Place{Screen: screens.MyWorkScreen})
	h.w.Go(app.Place{Screen: screens.WizardScreen, PlanID: id})
	h.until("the form from memory", func() bool { _, ok := h.w.Screen().(*ui.Form); return ok })
	require.Contains(t, h.look(), "When last connected: Draft. Version 2 was live")
	n.start()
	h.until("the state as it is", func() bool { return strings.Contains(h.look(), "stays live") })
}

// A computer is closed over a page and opened again: the page says how old it is before anything is asked, and is read anew.
func TestAPageThatWasSleptOverIsNotLive(t *testing.T) {
	n := newNight(t)
	h := n.house(100)
	h.signIn("urgent")
	h.openUrgent(aliceTwin, "HARTLEY, Alice (Miss)")
	n.forward(40 * time.Minute)
	require.Contains(t, h.look(), "NOT LIVE: as at 14:02, 40 minutes ago")
	h.until("the live page", func() bool { return !strings.Contains(h.look(), "NOT LIVE") })
	require.Contains(t, h.look(), "As held centrally at 25-Nov-2026 14:42.")
}

// Whoever approves compares with a live version that may have been changed: the comparison says its age, and what was written stays.
func TestAReviewThatStaysSaysItsAge(t *testing.T) {
	n := newNight(t)
	h := n.house(100)
	h.signIn("gp")
	h.open(rahima)
	h.until("the review", func() bool { r, ok := h.w.Screen().(*screens.Review); return ok && len(r.Changes().Items) > 0 })
	r := h.w.Screen().(*screens.Review)
	r.Due().SetText("01-Dec-2026")
	n.stop()
	n.forward(30 * time.Minute)
	require.Contains(t, h.look(), "NOT LIVE: as at 14:02, 30 minutes ago")
	h.picture("offline-stays-review")
	n.start()
	h.until("the live comparison", func() bool { return !strings.Contains(h.look(), "NOT LIVE") })
	require.Same(t, screens.Screen(r), h.w.Screen())
	require.Equal(t, "01-Dec-2026", r.Due().Text())
	n.stop()
	n.forward(12 * time.Hour)
	h.look()
	h.until("another page", func() bool { _, ok := h.w.Screen().(*screens.MyWork); return ok })
	require.Contains(t, overlay(h), "past its limit")
}
