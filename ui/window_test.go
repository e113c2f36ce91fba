package ui_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"cmc/api"
	"cmc/app"
	"cmc/forms"
	"cmc/ui"
	"cmc/ui/screens"
	"cmc/ui/theme"
	"cmc/ui/tour"
)

// Invented people of assets/training.
const (
	johnSmith   = "9990009600" // waits for approval over version 6
	edith       = "9990508259" // has no plan
	aliceTwin   = "9990057605" // approved
	wrongDigit  = "9990009601"
	titleOfAll  = "Coordinate My Care"
	trainingWay = "training"
)

func TestSignInSaysWhatIsWrongUnderTheField(t *testing.T) {
	h := newHouse(t)
	s := h.w.Screen().(*screens.SignIn)
	h.press("Sign in with a user name")
	user, password := s.Inputs()
	require.Same(t, user.Focusable(), h.canvas().Focused(), "the first box has the keyboard")

	h.press("Sign in")
	require.Equal(t, "Type your user name.", user.Error())
	require.Empty(t, password.Error())

	h.canvas().Focus(user.Focusable())
	h.typed("gp")
	h.key(fyne.KeyReturn)
	require.Same(t, password.Focusable(), h.canvas().Focused(), "Enter goes on to the password")
	h.key(fyne.KeyReturn)
	require.Equal(t, "Type your password.", password.Error())

	h.typed("wrong")
	h.key(fyne.KeyReturn)
	h.until("the sentence under the password", func() bool {
		return strings.Contains(password.Error(), "not right") || strings.Contains(password.Error(), "wrong")
	})
	require.Empty(t, user.Error())
	require.False(t, h.w.Messages().Open(), "it is said under the field, not in a message")
	require.Equal(t, "wrong", password.Text(), "nothing that was typed is lost")

	password.SetText(trainingWay)
	h.canvas().Focus(password.Focusable())
	h.key(fyne.KeyReturn)
	h.myWork()
}

func TestEveryPageIsWalkedWithTheKeyboard(t *testing.T) {
	h := newHouse(t)
	s := h.w.Screen().(*screens.SignIn)
	require.Same(t, s.Person("carehome"), h.canvas().Focused(), "the first of the main job has the keyboard")
	walked := h.walk()
	require.Len(t, walked, 12, "ten people, and two links")
	require.Equal(t, []string{"Sign in with a user name", "Connection"}, walked[10:])

	h.signIn("gp")
	h.myWork()
	furniture := []string{ui.FindWords, "Sign out", "My work", "Find a patient", "Practice list", "Reports", "Training", "Settings", "Help"}
	walked = h.walk()
	require.Equal(t, furniture, walked[:len(furniture)], "bar, then rail, then page")
	require.Equal(t, "(list)", walked[len(furniture)], "then the lists")
	require.Equal(t, 1, countRows(walked[len(furniture):]), "the rows are one stop, the arrows move in it")

	h.ctrl(fyne.KeyK)
	h.until("the find page", func() bool { _, ok := h.w.Screen().(*screens.Find); return ok })
	require.Equal(t, append(slices.Clone(furniture), "(box)", "Find"), h.walk())

	h.press("Settings")
	h.until("the settings", func() bool { _, ok := h.w.Screen().(*screens.Settings); return ok })
	require.Equal(t, append(slices.Clone(furniture), "(choice)", "(choice)", "Connection..."), h.walk())
}

func countRows(walked []string) int {
	n := 0
	for _, w := range walked {
		if strings.Contains(w, ", ") && strings.ToUpper(w[:3]) == w[:3] {
			n++
		}
	}
	return n
}

func TestMyWorkOpensWithEnter(t *testing.T) {
	h := newHouse(t)
	h.signIn("gp")
	m := h.myWork()
	require.NotEmpty(t, m.Rows())
	i := slices.IndexFunc(m.Rows(), func(r api.WorklistRow) bool { return r.Patient.NHSNumber == johnSmith })
	require.GreaterOrEqual(t, i, 0, "John Smith waits for the GP")
	m.Focus()
	h.key(fyne.KeyHome)
	for range i {
		h.key(fyne.KeyDown)
	}
	h.key(fyne.KeyReturn)
	h.until("the review", func() bool { _, ok := h.w.Screen().(*screens.Review); return ok })
	require.Equal(t, titleOfAll, h.w.Fyne().Title(), "the title names no patient")
}

// openReview opens the review of John Smith's plan as the GP.
func openReview(h *house) *screens.Review {
	h.signIn("gp")
	m := h.myWork()
	for _, r := range m.Rows() {
		if r.Patient.NHSNumber == johnSmith {
			h.w.Go(placeOf(r.PlanID))
		}
	}
	h.until("the review", func() bool { r, ok := h.w.Screen().(*screens.Review); return ok && len(r.Changes().Items) > 0 })
	return h.w.Screen().(*screens.Review)
}

func TestApproveOpensOnlyWhenEverythingIsThere(t *testing.T) {
	h := newHouse(t)
	r := openReview(h)
	button := r.ApproveButton()
	for _, tick := range r.Ticks() {
		require.False(t, tick.On(), "no check is ticked for anybody")
	}
	r.Due().SetText("")
	h.canvas().Focus(r.Due().Focusable())
	h.typed("31-Feb")
	require.True(t, button.Disabled())
	h.canvas().Focus(r.Password().Focusable())
	h.typed("not it")
	for i, tick := range r.Ticks() {
		require.True(t, button.Disabled(), "before tick %d", i)
		h.canvas().Focus(tick)
		h.key(fyne.KeySpace)
	}
	require.True(t, button.Disabled(), "31-Feb is no date")
	r.Due().SetText("")
	h.canvas().Focus(r.Due().Focusable())
	h.typed(h.desk.Now().AddDate(0, 0, 400).Format("02-Jan-2006"))
	require.True(t, button.Disabled(), "too far away")
	require.Contains(t, r.Due().Error(), "At most")
	r.Due().SetText("")
	h.typed(h.desk.Now().AddDate(0, 0, 14).Format("02-Jan-2006"))
	require.Empty(t, r.Due().Error())
	require.False(t, button.Disabled(), "five ticks, a date and a password")
	h.canvas().Focus(r.Ticks()[2])
	h.key(fyne.KeySpace)
	require.True(t, button.Disabled(), "a tick taken back closes it")
	h.key(fyne.KeySpace)

	h.canvas().Focus(button)
	h.key(fyne.KeyReturn)
	h.until("the sentence under the password", func() bool { return r.Password().Error() != "" })
	require.Same(t, h.w.Screen(), screens.Screen(r), "a wrong password approves nothing")
	require.True(t, button.Disabled(), "the password is typed anew")

	h.canvas().Focus(r.Password().Focusable())
	h.typed(trainingWay)
	h.canvas().Focus(button)
	h.key(fyne.KeyReturn)
	h.until("the word that it is live", func() bool { return h.w.Messages().Open() })
	h.key(fyne.KeyReturn)
	m := h.myWork()
	require.False(t, slices.ContainsFunc(m.Rows(), func(r api.WorklistRow) bool { return r.Patient.NHSNumber == johnSmith }))
}

func TestSendBackNeedsAReasonAndLosesNoWord(t *testing.T) {
	h := newHouse(t)
	r := openReview(h)
	h.press("Send back...")
	require.True(t, h.w.Messages().Open())
	h.press("Send back")
	require.True(t, h.w.Messages().Open(), "without a reason it stays")
	h.focusOn("(box)")
	h.typed("Say who was there")
	h.ctrl(fyne.KeyK)
	require.Same(t, screens.Screen(r), h.w.Screen(), "behind a message the window's keys rest")
	h.key(fyne.KeyEscape)
	require.False(t, h.w.Messages().Open())
	h.press("Send back...")
	h.focusOn("(box)")
	require.Equal(t, "Say who was there", h.canvas().Focused().(interface{ Text() string }).Text(), "Esc loses no word")
	h.press("Send back")
	h.until("the word that it went back", func() bool { return h.w.Messages().Open() && nameOf(h.canvas().Focused()) == "OK" })
	h.key(fyne.KeyReturn)
	m := h.myWork()
	require.NotContains(t, h.walk(), "Go on where you left off", "there is nothing to go on with")
	require.False(t, slices.ContainsFunc(m.Rows(), func(r api.WorklistRow) bool { return r.Patient.NHSNumber == johnSmith }))
}

func TestUrgentViewShowsTheBlocksInOrder(t *testing.T) {
	h := newHouse(t)
	h.signIn("urgent")
	h.until("the find page", func() bool { _, ok := h.w.Screen().(*screens.Find); return ok })
	f := h.find(aliceTwin)
	require.Len(t, f.Found(), 1)
	f.Object() // the row has the keyboard
	h.focusOn("HARTLEY, Alice (Miss)")
	h.key(fyne.KeyReturn)
	h.until("the summary or why", func() bool {
		u, ok := h.w.Screen().(*screens.Urgent)
		return ok && u.Summary() != nil || h.w.Messages().Open()
	})
	if h.w.Messages().Open() {
		h.typed("999 call to the address")
		h.press("Open the record")
		h.until("the summary", func() bool { u, ok := h.w.Screen().(*screens.Urgent); return ok && u.Summary() != nil })
	}
	u := h.w.Screen().(*screens.Urgent)
	var want []string
	want = append(want, "strip")
	for _, b := range forms.SummaryBlocks {
		want = append(want, b.ID)
	}
	want = append(want, "footer")
	require.Len(t, want, 12, "domain.md 6: the strip with the banner, ten blocks, the footer")
	require.Equal(t, want, u.Blocks())
	require.LessOrEqual(t, u.BottomOf("call"), u.Room(), "nothing up to whom to call needs scrolling on 1280x800")
	require.Equal(t, titleOfAll, h.w.Fyne().Title())
	place := u.Summary().Banner.Where
	require.NotEmpty(t, place)
	require.Contains(t, strings.Join(strings.Fields(h.reads()), " "), "Now at "+place, "where the person is now: domain.md 6, block 1")
	h.picture("urgent-100")

	h.press("Could not use, because...")
	h.typed("The number was wrong")
	h.press("Send")
	h.until("the thanks", func() bool { return h.w.Messages().Open() && nameOf(h.canvas().Focused()) == "OK" })
}

func TestFindSaysAWrongCheckDigitAtOnce(t *testing.T) {
	h := newHouse(t)
	h.signIn("gp")
	h.myWork()
	h.ctrl(fyne.KeyK)
	h.until("the find page", func() bool { _, ok := h.w.Screen().(*screens.Find); return ok })
	f := h.w.Screen().(*screens.Find)
	h.typed(wrongDigit[:9])
	require.Empty(t, f.Box().Error(), "half a number is no mistake")
	require.Equal(t, "999 000 960", f.Box().Text(), "the number is grouped as it is typed")
	h.typed(wrongDigit[9:])
	require.NotEmpty(t, f.Box().Error())
	require.Empty(t, f.Found())
	f.Box().SetText("")
	f.Box().SetError("")
	h.canvas().Focus(f.Box().Focusable())
	h.typed("Smith 9/6/41")
	h.key(fyne.KeyReturn)
	h.until("the people", func() bool { return len(f.Found()) > 0 })
	require.True(t, f.Found()[0].SameName, "several are called Smith")
}

func TestThePlaceIsOfferedAgain(t *testing.T) {
	h := newHouse(t)
	openReview(h)
	h.press("Sign out")
	h.until("the sign-in page", func() bool { s, ok := h.w.Screen().(*screens.SignIn); return ok && s.Person("gp") != nil })
	h.signIn("gp")
	h.myWork()
	h.press("Go on where you left off")
	h.until("the review", func() bool { _, ok := h.w.Screen().(*screens.Review); return ok })
}

func TestMyWorkRefreshesByItself(t *testing.T) {
	h := newHouse(t)
	h.signIn("carehome")
	m := h.myWork()
	before := len(m.Rows())
	found, err := h.desk.Search(context.Background(), api.PatientSearch{NHSNumber: edith})
	require.NoError(t, err)
	_, err = h.desk.StartPlan(context.Background(), api.NewPlan{PatientID: found.Items[0].ID, Answers: forms.Answers{
		"plan_cohorts": forms.ChoicesAnswer("frailty"), "plan_type": forms.ChoiceAnswer("rapid"),
	}})
	require.NoError(t, err)
	h.until("the new count", func() bool { return m.Count("my-drafts") > 0 })
	require.Len(t, m.Rows(), before, "the list that is open stays open")
}

// TestTheMainJob does with the keyboard what a person does: write, send, review, approve, read, save.
func TestTheMainJob(t *testing.T) {
	h := newHouse(t)
	pdf := h.profile + "/page.pdf"
	var err error
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		err = tour.Run(context.Background(), tour.Params{Window: h.w, Do: fyne.DoAndWait, Paper: aLetter(t, h.profile), PDF: pdf})
	}()
	h.until("the end", func() bool {
		select {
		case <-ended:
			return true
		default:
			return false
		}
	})
	require.NoError(t, err)
	require.FileExists(t, pdf)
}

func TestLargeTextNeverPushesTheWindowOverItsEdge(t *testing.T) {
	h := newHouse(t)
	for _, size := range []int{100, 150, 200} {
		fyne.CurrentApp().Settings().SetTheme(theme.New(theme.Light, float32(size)/100))
		least := h.w.Fyne().Content().MinSize()
		require.LessOrEqual(t, least.Width, float32(1280), size)
		require.LessOrEqual(t, least.Height, float32(720), size)
	}
}

func placeOf(planID string) app.Place { return app.Place{Screen: screens.PlanScreen, PlanID: planID} }

// Whoever followed a link signs in first, and is then at its plan; whoever signs in after them is not.
func TestALinkLeadsToItsPlan(t *testing.T) {
	h := newHouse(t)
	h.signIn("carehome")
	h.open(grace)
	h.until("the plan", func() bool { return h.w.Place().PlanID != "" })
	plan := h.w.Place().PlanID // the training service gives its plans the same names each time
	h = newHouse(t, func(o *ui.Options) { o.Plan = plan })
	h.signIn("carehome")
	h.until("the plan of the link", func() bool { return h.w.Place().PlanID == plan && strings.Contains(h.shown(), "ACHEBE") })
	h.press("Sign out")
	h.until("the way in", func() bool { _, ok := h.w.Screen().(*screens.SignIn); return ok })
	h.signIn("gp")
	h.myWork()
	require.Empty(t, h.w.Place().PlanID)
}
