package ui_test

// What may change here: what is proved about the desktop over a central service that runs by itself, as cmc-central does in
// a practice, and that can go away.

import (
	"bufio"
	"context"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"cmc/app"
	"cmc/app/drafts"
	"cmc/app/keychain/keychaintest"
	"cmc/forms"
	"cmc/ui"
	"cmc/ui/screens"
	"cmc/ui/tour"
)

// apart is a cmc-central in a process of its own, with invented people.
type apart struct {
	t             *testing.T
	program, data string
	address       string
	running       *exec.Cmd
}

func newApart(t *testing.T) *apart {
	t.Helper()
	c := &apart{t: t, program: filepath.Join(t.TempDir(), "cmc-central"), data: filepath.Join(t.TempDir(), "data")}
	said, err := exec.Command("go", "build", "-o", c.program, "cmc/cmd/cmc-central").CombinedOutput()
	require.NoError(t, err, string(said))
	c.address = c.start("127.0.0.1:0")
	t.Cleanup(c.stop)
	return c
}

// start serves on an address of this computer, and gives it with its port.
func (c *apart) start(on string) string {
	c.t.Helper()
	c.running = exec.Command(c.program, "serve", "--training", "--data", c.data, "--addr", on)
	out, err := c.running.StdoutPipe()
	require.NoError(c.t, err)
	require.NoError(c.t, c.running.Start())
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if _, address, found := strings.Cut(lines.Text(), "ready at "); found {
			go func() {
				for lines.Scan() { // so that it never waits for its reader
				}
			}()
			return address
		}
	}
	c.t.Fatal("the service never became ready")
	return ""
}

// stop kills it: no goodbye.
func (c *apart) stop() {
	_ = c.running.Process.Kill()
	_ = c.running.Wait()
}

// again starts it where it was.
func (c *apart) again() { c.start(strings.TrimPrefix(c.address, "http://")) }

// newHouseAt is a house whose desk speaks to a service elsewhere.
func newHouseAt(t *testing.T, address string, change ...func(*app.Params)) *house {
	t.Helper()
	t.Setenv("LANG", "en_GB.UTF-8")
	keychaintest.Empty(t)
	a := newThreadApp(t)
	h := &house{t: t, profile: t.TempDir(), thread: a.thread}
	p := app.Params{ProfileDir: h.profile, Version: "test"}
	for _, c := range change {
		c(&p)
	}
	desk, err := app.New(p)
	require.NoError(t, err)
	h.desk = desk
	t.Cleanup(func() { _ = desk.Close() })
	require.NoError(t, desk.SetAddress(address))
	h.w = ui.NewWindow(a, desk, ui.Options{Version: "test"})
	h.w.Fyne().Resize(fyne.NewSize(1280, 800))
	h.w.Start()
	h.until("the list of people to be", func() bool {
		s, ok := h.w.Screen().(*screens.SignIn)
		return ok && s.Person("gp") != nil
	})
	return h
}

// TestTheMainJobOverAServiceOfItsOwn writes, sends, reviews, approves, reads and saves over a cmc-central in another process.
func TestTheMainJobOverAServiceOfItsOwn(t *testing.T) {
	c := newApart(t)
	h := newHouseAt(t, c.address)
	pdf := filepath.Join(h.profile, "page.pdf")
	ended := make(chan error, 1)
	go func() {
		ended <- tour.Run(context.Background(), tour.Params{Window: h.w, Do: fyne.DoAndWait, Paper: aLetter(t, h.profile), PDF: pdf})
	}()
	var err error
	h.until("the end", func() bool {
		select {
		case err = <-ended:
			return true
		default:
			return false
		}
	})
	require.NoError(t, err)
	require.FileExists(t, pdf)
}

// TestTheServiceGoesAwayAndComesBack kills the service under an open form. What is typed then is kept and said to be kept,
// and goes to the service by itself once it is there again.
func TestTheServiceGoesAwayAndComesBack(t *testing.T) {
	c := newApart(t)
	h := newHouseAt(t, c.address)
	h.signIn("carehome")
	h.open(grace)
	h.until("the form", func() bool { _, ok := h.w.Screen().(*ui.Form); return ok })
	f := h.w.Screen().(*ui.Form)
	at := drafts.At{Item: "urgent_banner"}
	f.Editor().Set(at, forms.TextAnswer("Said while it was there."))
	h.until("the words are at the service", func() bool { return f.Editor().Status().State == drafts.StateSaved })

	c.stop()
	const words = "Said while it was away."
	f.Editor().Set(at, forms.TextAnswer(words))
	h.until("the word that they are kept", func() bool { return f.Editor().Status().State == drafts.StateKept })
	require.Contains(t, f.Editor().Status().Words, "Not saved: ")
	require.Contains(t, f.Editor().Status().Words, "Kept on this computer.")
	require.Equal(t, words, f.Editor().Answers()["urgent_banner"].Text)
	require.False(t, h.w.Messages().Open(), "nobody is stopped from writing")

	// Elsewhere it is said in a sentence with a way on.
	h.w.Go(app.Place{Screen: screens.MyWorkScreen})
	h.until("the page", func() bool { _, ok := h.w.Screen().(*screens.MyWork); return ok })
	h.until("the way on", func() bool { return h.reaches("Try again") })
	again, ok := h.canvas().Focused().(fyne.CanvasObject)
	require.True(t, ok)
	require.Greater(t, fyne.CurrentApp().Driver().AbsolutePositionForObject(again).Y, float32(150), "it stands under the title")
	h.ctrl(fyne.KeyK)
	h.until("the find page", func() bool { _, ok := h.w.Screen().(*screens.Find); return ok })
	h.typed(edith)
	h.until("what went wrong, and what goes on all the same", func() bool {
		return strings.Contains(h.reads(), "Nobody can be looked for") && h.reaches("Start a plan without the connection")
	})

	c.again()
	h.until("the words at the service", func() bool { return f.Editor().Status().State == drafts.StateSaved })
	p, err := h.desk.OpenPlan(context.Background(), f.Editor().PlanID())
	require.NoError(t, err)
	require.Equal(t, words, p.Draft.Answers["urgent_banner"].Text)
}

// TestTheServiceGoesAwayInReview says in a review that nothing was approved, and lets the same approval be given later.
func TestTheServiceGoesAwayInReview(t *testing.T) {
	c := newApart(t)
	h := newHouseAt(t, c.address)
	r := openReview(h)
	for _, tick := range r.Ticks() {
		h.canvas().Focus(tick)
		h.key(fyne.KeySpace)
	}
	h.canvas().Focus(r.Password().Focusable())
	h.typed(trainingWay)
	require.False(t, r.ApproveButton().Disabled())
	c.stop()
	h.canvas().Focus(r.ApproveButton())
	h.key(fyne.KeyReturn)
	h.until("what went wrong", func() bool { return h.w.Messages().Open() })
	h.w.Messages().CloseAll()
	require.Same(t, screens.Screen(r), h.w.Screen(), "the review stays")
	for _, tick := range r.Ticks() {
		require.True(t, tick.On(), "the checks stay ticked: the plan has not changed")
	}
	c.again()
	h.canvas().Focus(r.Password().Focusable())
	h.typed(trainingWay)
	h.canvas().Focus(r.ApproveButton())
	h.key(fyne.KeyReturn)
	h.until("what became of it", func() bool { return h.w.Messages().Open() })
	h.key(fyne.KeyReturn)
	h.until("my work", func() bool { _, ok := h.w.Screen().(*screens.MyWork); return ok })
}

// endSessions gives an account a new password, which ends every session of it.
func (c *apart) endSessions(username, password string) {
	c.t.Helper()
	command := exec.Command(c.program, "users", "set-password", "--data", c.data, "--username", username)
	command.Stdin = strings.NewReader(password + "\n")
	said, err := command.CombinedOutput()
	require.NoError(c.t, err, string(said))
}

// TestTheSessionEndsInReview says on the sign-in page why the person is there again, and loses no word of theirs.
func TestTheSessionEndsInReview(t *testing.T) {
	c := newApart(t)
	h := newHouseAt(t, c.address)
	r := openReview(h)
	first := r.Changes().Items[0]
	r.Comment(first.Item, first.Row)
	const words = "Who was there when this was decided?"
	h.typed(words)
	const password = "another good password"
	c.endSessions("gp", password)
	h.w.Go(app.Place{Screen: screens.MyWorkScreen})
	h.until("the sign-in page", func() bool { _, ok := h.w.Screen().(*screens.SignIn); return ok })
	h.until("the people to be", func() bool { s, ok := h.w.Screen().(*screens.SignIn); return ok && s.Person("gp") != nil })
	require.NotEmpty(t, h.w.Screen().(*screens.SignIn).Why())
	h.press("Sign in with a user name")
	h.typed("gp")
	h.key(fyne.KeyReturn)
	h.typed(password)
	h.key(fyne.KeyReturn)
	h.myWork()
	h.open(johnSmith)
	h.until("the review", func() bool { r, ok := h.w.Screen().(*screens.Review); return ok && len(r.Changes().Items) > 0 })
	h.w.Screen().(*screens.Review).Comment(first.Item, first.Row)
	require.Equal(t, words, h.canvas().Focused().(interface{ Text() string }).Text())
}
