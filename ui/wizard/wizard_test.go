package wizard

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"cmc/api"
	"cmc/app/drafts"
	"cmc/forms"
	"cmc/forms/plan/plantest"
	"cmc/ui/control"
	"cmc/ui/field"
	"cmc/ui/focus"
	"cmc/ui/theme"

	"github.com/stretchr/testify/require"
)

func light(t testing.TB) { themed(t, theme.Light, 1) }

func links(o fyne.CanvasObject) map[string]*control.Link {
	found := map[string]*control.Link{}
	control.Walk(o, func(o fyne.CanvasObject) bool {
		if l, ok := o.(*control.Link); ok {
			found[l.Text()] = l
		}
		return true
	})
	return found
}

func texts(o fyne.CanvasObject) string {
	var b strings.Builder
	control.Walk(o, func(o fyne.CanvasObject) bool {
		switch x := o.(type) {
		case *control.Text:
			b.WriteString(x.String() + "\n")
		case *control.TagLabel:
			b.WriteString(x.Text() + "\n")
		}
		return true
	})
	return b.String()
}

// scrollThrough shows every part of a page once, so that everything in it has its place (control.Page.Deferring).
func scrollThrough(p *page) {
	for y := float32(0); y < p.scroll.Content().Size().Height; y += p.scroll.Size().Height {
		p.scroll.ScrollTo(y)
	}
	p.scroll.ScrollTo(0)
}

// Tab goes through every thing that takes the keyboard, in reading order, and each shows itself.
func TestTabFollowsReadingOrder(t *testing.T) {
	light(t)
	o := start(t, plantest.Fullest(today), 1280, 664)
	c := o.win.Canvas()
	for _, st := range o.w.def.Steps {
		if !o.w.relevant(st.ID) {
			continue
		}
		o.w.open(st.ID)
		p := o.w.pages[st.ID]
		want := focus.Order(p.scroll)
		require.NotEmpty(t, want, st.ID)
		c.Focus(want[0])
		lastY := float32(-1e9)
		for i, f := range want {
			require.Equal(t, f, c.Focused(), "%s: Tab %d", st.ID, i)
			obj := f.(fyne.CanvasObject)
			pos := fyne.CurrentApp().Driver().AbsolutePositionForObject(obj)
			y := pos.Y + p.scroll.Offset()
			require.GreaterOrEqual(t, y, lastY-40, "%s: Tab %d goes up the page", st.ID, i)
			lastY = y
			top, bottom := pos.Y, pos.Y+obj.Size().Height
			require.Less(t, top, float32(604), "%s: Tab %d is below what is seen", st.ID, i)
			require.Greater(t, bottom, float32(0), "%s: Tab %d is above what is seen", st.ID, i)
			require.True(t, ringed(obj), "%s: Tab %d shows no ring", st.ID, i)
			c.FocusNext()
			require.False(t, ringed(obj), "%s: Tab %d keeps its ring", st.ID, i)
		}
	}
}

func ringed(o fyne.CanvasObject) bool {
	r, ok := o.(interface{ Ringed() bool })
	return ok && r.Ringed()
}

func TestOpeningAStepKeepsItsPage(t *testing.T) {
	light(t)
	o := start(t, john(t), 1280, 664)
	o.w.Show("home", "", "")
	first := o.w.pages["home"]
	o.w.Show("person", "", "")
	o.w.Show("home", "", "")
	require.Same(t, first, o.w.pages["home"])
}

func TestALinkLandsInItsField(t *testing.T) {
	light(t)
	o := start(t, john(t), 1280, 664)
	o.w.Show("check", "", "")
	link := links(o.w.pages["check"].check.box)["Enter the main diagnosis"]
	require.NotNil(t, link)
	link.Tapped(nil)
	require.Equal(t, "diagnosis", o.w.Step())
	want := o.w.pages["diagnosis"].find(drafts.At{Item: "primary_diagnosis"})
	require.Equal(t, want.First(), o.win.Canvas().Focused())
	require.Equal(t, "Enter the main diagnosis", want.Message(), "what is missing is said beside the field in the same words")
	pos := fyne.CurrentApp().Driver().AbsolutePositionForObject(want.Object())
	require.GreaterOrEqual(t, pos.Y, float32(0))
	require.Less(t, pos.Y+want.Object().Size().Height, float32(604))
}

func TestEveryProblemHasAFieldToLandIn(t *testing.T) {
	light(t)
	for _, a := range []forms.Answers{{}, john(t), plantest.Minimal(today)} {
		o := start(t, a, 1280, 664)
		for _, p := range o.w.problems {
			o.w.land(placeOf(p))
			require.Equal(t, p.Step, o.w.Step(), p.Words)
			require.NotNil(t, o.w.pages[o.w.Step()].find(placeOf(p)), p.Words)
		}
	}
}

func TestALinkOpensTheEntryItIsAbout(t *testing.T) {
	light(t)
	o := start(t, john(t), 1280, 664)
	o.w.Show("people", "contact_phone", "aaaa0002")
	f := o.w.pages["people"].find(drafts.At{Group: "contacts", Row: "aaaa0002", Item: "contact_phone"})
	require.Equal(t, f.First(), o.win.Canvas().Focused())
	require.Greater(t, o.w.pages["people"].scroll.Offset(), float32(0))
	o.w.Show("people", "contacts", "aaaa0001")
	require.NotEqual(t, f.First(), o.win.Canvas().Focused())
	o.w.Show("people", "contact_phone", "gone0000")
	require.NotNil(t, o.win.Canvas().Focused(), "an entry that is gone lands in its list")
}

func TestThePreviewFollowsEachKey(t *testing.T) {
	light(t)
	o := start(t, john(t), 1280, 664)
	o.w.Show("people", "contact_name", "aaaa0001")
	e := entryAt(t, o, drafts.At{Group: "contacts", Row: "aaaa0001", Item: "contact_name"})
	for _, r := range " QC" {
		e.TypedRune(r)
	}
	require.Contains(t, o.w.preview.Words("call"), "Ann Smith QC")
	require.Equal(t, []string{"call"}, o.w.preview.Marked())
	require.Equal(t, fyne.Focusable(e), o.win.Canvas().Focused())
	require.Equal(t, "Ann Smith QC", o.e.Answers()["contacts"].Rows[0].Answers["contact_name"].Text)
	o.w.Show("resuscitation", "cpr_decision", "")
	require.Equal(t, []string{"cpr"}, o.w.preview.Marked())
}

func TestANarrowWindowHasNoPreview(t *testing.T) {
	light(t)
	o := start(t, john(t), 1100, 664)
	require.False(t, o.w.preview.On)
	o.win.Resize(fyne.NewSize(1280, 664))
	require.True(t, o.w.preview.On)
	require.Contains(t, o.w.preview.Words("cpr"), "Do NOT attempt CPR")
}

func TestStepsSayWhereTheyAreInShapeAndWords(t *testing.T) {
	light(t)
	o := start(t, john(t), 1280, 664)
	o.w.Show("home", "", "")
	l := o.w.steps
	require.Equal(t, control.Here, l.rows["home"].mark.State())
	require.Equal(t, "You are here", l.rows["home"].state.String())
	for _, s := range o.w.progress {
		if !s.Relevant || s.Step == "home" || s.Step == checkStep {
			continue
		}
		r := l.rows[s.Step]
		switch s.State {
		case forms.StepGaps:
			require.Equal(t, control.Gaps, r.mark.State())
			require.Contains(t, r.state.String(), "missing")
		case forms.StepNotStarted:
			require.Equal(t, control.NotStarted, r.mark.State())
			require.Equal(t, "Not started", r.state.String())
		}
	}
	require.True(t, l.rows["frailty"].row.Visible())
	require.False(t, l.rows["paediatric"].row.Visible())
}

func TestAMistakeOnACohortIsUndoneInTheList(t *testing.T) {
	light(t)
	o := start(t, john(t), 1280, 664)
	o.w.Show("person", "plan_cohorts", "")
	ticks := focus.Order(o.w.pages["person"].find(drafts.At{Item: "plan_cohorts"}).Object())
	ticks[2].TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace}) // dementia
	require.True(t, o.w.relevant("dementia-ld-autism"))
	require.True(t, o.w.steps.rows["dementia-ld-autism"].row.Visible())
	ticks[2].TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	require.False(t, o.w.steps.rows["dementia-ld-autism"].row.Visible())
}

func TestGapsAreSaidOnceTheStepWasLeft(t *testing.T) {
	light(t)
	o := start(t, forms.Answers{}, 1280, 664)
	f := o.w.pages["person"].find(drafts.At{Item: "family_name"})
	require.Empty(t, f.Message())
	o.w.Next()
	require.Equal(t, "consent", o.w.Step())
	o.w.Previous()
	require.Equal(t, "person", o.w.Step())
	require.Equal(t, "Enter the family name", f.Message())
}

func TestWhatOnlyTheApproverCanGiveHoldsNobodyUp(t *testing.T) {
	light(t)
	a := plantest.Minimal(today)
	delete(a, "nhs_number_status")
	delete(a, "nhs_match_reason")
	delete(a, "nhs_match_by")
	o := start(t, a, 1280, 664)
	require.True(t, slices.ContainsFunc(o.w.problems, func(p forms.Problem) bool { return p.Rule == "X19" && !p.Gap }))
	require.True(t, o.w.ready())
	require.Equal(t, forms.StepDone, o.w.progress[0].State)
	f := o.w.pages["person"].find(drafts.At{Item: "nhs_match_reason"})
	require.Empty(t, f.Message(), "nobody is told off before they began")
	o.w.Show(checkStep, "", "")
	require.False(t, o.w.foot.send.Disabled())
	require.Contains(t, texts(o.w.pages[checkStep].check.box), "For the person who approves")
}

func TestStepsGoOnWhenTheOpenOneIsNoLongerAsked(t *testing.T) {
	light(t)
	o := start(t, john(t), 1280, 664)
	o.w.Show("frailty", "", "")
	o.e.Set(drafts.At{Item: "plan_cohorts"}, forms.ChoicesAnswer("eol"))
	o.w.status(o.e.Status())
	require.False(t, o.w.relevant("frailty"))
	o.w.Next()
	require.Equal(t, checkStep, o.w.Step())
	o.w.Previous()
	require.Equal(t, "support", o.w.Step())
	left := false
	o.w.d.Leave = func() { left = true }
	o.w.Show("person", "", "")
	o.w.Previous()
	require.True(t, left)
}

func TestSendWaitsForProblems(t *testing.T) {
	light(t)
	o := start(t, john(t), 1280, 664)
	o.w.Show(checkStep, "", "")
	require.True(t, o.w.foot.send.Disabled())
	require.Contains(t, o.w.foot.hint.String(), "answers missing")
	o.w.Next()
	require.Empty(t, o.d.sent)
}

func TestWhatIsToDoIsSaidInWords(t *testing.T) {
	for want, n := range map[string][2]int{"1 problem to solve first": {1, 0}, "2 problems to solve first": {2, 0}, "1 answer missing": {0, 1},
		"1 problem to solve, 5 answers missing": {1, 5}} {
		require.Equal(t, want, toDo(n[0], n[1]))
	}
}

// Seventy gaps are a calm page: each step says how many it misses and shows the first few; all of them are a key away.
func TestManyGapsStayCalm(t *testing.T) {
	light(t)
	o := start(t, forms.Answers{}, 1280, 664)
	o.w.Show(checkStep, "", "")
	c := o.w.pages[checkStep].check
	per := map[string]int{}
	for _, p := range c.drawnGaps() {
		per[p.Step]++
	}
	require.Greater(t, len(c.drawnGaps()), 30)
	count := func() int {
		n := 0
		for _, f := range focus.Order(c.box) {
			if _, ok := f.(*control.Link); ok {
				n++
			}
		}
		return n
	}
	before := count()
	require.LessOrEqual(t, before, (firstFew+1)*len(per)+2)
	step := ""
	for id, n := range per {
		require.Contains(t, texts(c.box), o.w.def.Step(id).Title+"  "+missing(n))
		if n > firstFew+1 {
			step = id
		}
	}
	for id, n := range per { // of steps that miss the same number, links finds the last
		if n == per[step] && slices.Index(o.w.shown(), id) > slices.Index(o.w.shown(), step) {
			step = id
		}
	}
	all := links(c.box)[fmt.Sprintf("Show all %d", per[step])]
	require.NotNil(t, all)
	o.win.Canvas().Focus(all)
	all.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	require.Equal(t, before-1+per[step]-firstFew, count())
	l, ok := o.win.Canvas().Focused().(*control.Link)
	require.True(t, ok, "the keyboard is on the first that was not there before")
	l.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	require.Equal(t, step, o.w.Step())

	few := start(t, plantest.Minimal(today), 1280, 664)
	few.e.Clear(drafts.At{Item: "family_name"})
	few.w.changed(drafts.At{Item: "family_name"})
	few.w.Show(checkStep, "", "")
	require.NotContains(t, texts(few.w.pages[checkStep].check.box), "Show all")
}

// At 200 % text on a window of 1280 pixels the foot is one row, so that two thirds of the window are left for the plan.
func TestTheFootIsOneRowAtLargeText(t *testing.T) {
	light(t)
	o := start(t, john(t), 640, 360)
	o.w.Show("resuscitation", "", "")
	foot := o.w.foot
	row := func() []float32 {
		return []float32{foot.read.Position().Y + foot.read.Size().Height/2, foot.next.Position().Y + foot.next.Size().Height/2}
	}
	picture(t, o.win, "tight")
	require.Equal(t, "Crew's page", foot.read.Text())
	require.Equal(t, row()[0], row()[1], "in one row")
	foot.read.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	require.Equal(t, "Questions", foot.read.Text())
	require.Equal(t, row()[0], row()[1], "in one row")
	height := foot.box.Size().Height
	foot.status(drafts.Status{State: drafts.StateRefused, Words: "Not saved. You wrote this as Nurse in charge of Elm House care home. Choose that position, and it goes. Kept on this computer. 1 change waits."})
	picture(t, o.win, "tight-long")
	require.True(t, foot.over.Visible() && !foot.saved.Visible(), "long words stand over the buttons")
	require.Less(t, foot.box.Size().Height, 2*height, "and leave room for the questions")
	foot.status(drafts.Status{State: drafts.StateSaved, Words: "Nothing written yet"})
	require.True(t, foot.saved.Visible() && !foot.over.Visible())
}

// On a narrow window a button shows what a crew will read, and the way back.
func TestANarrowWindowShowsTheSummaryInPlaceOfTheQuestions(t *testing.T) {
	light(t)
	o := start(t, john(t), 1100, 664)
	o.w.Show("resuscitation", "", "")
	read := o.w.foot.read
	require.True(t, read.Visible())
	require.Equal(t, "What a crew will read", read.Text())
	o.win.Canvas().Focus(read)
	read.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	require.Contains(t, o.w.sheet.Words("cpr"), "Do NOT attempt CPR")
	picture(t, o.win, "narrow-read")
	require.Equal(t, fyne.Focusable(read), o.win.Canvas().Focused())
	require.Equal(t, "Back to the questions", read.Text())
	read.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	require.Nil(t, o.w.sheet)
	picture(t, o.win, "narrow")
	read.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	o.w.Next()
	require.Equal(t, "resuscitation", o.w.Step(), "going on from the summary goes back to the questions")
	require.Nil(t, o.w.sheet)
	require.False(t, o.w.Escape(), "there is nothing to close")
	read.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	require.True(t, o.w.Escape())
	require.Nil(t, o.w.sheet)
	read.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	o.win.Resize(fyne.NewSize(1280, 664))
	require.Nil(t, o.w.sheet)
	require.False(t, read.Visible())
}

func TestSendSends(t *testing.T) {
	light(t)
	o := start(t, plantest.Minimal(today), 1280, 664)
	o.w.Show(checkStep, "", "")
	require.True(t, o.w.ready())
	require.False(t, o.w.foot.send.Disabled())
	require.Equal(t, "Send to Riverside Practice", o.w.foot.send.Text())
	sent := ""
	o.w.d.Sent = func(_ *api.Plan, words string) { sent = words }
	o.w.pages[checkStep].check.words.SetText("Please look at the phone numbers.")
	o.w.Next()
	require.Equal(t, []api.Submit{{Note: "Please look at the phone numbers."}}, o.d.sent)
	require.Equal(t, "The plan was sent to Riverside Practice.", sent)
}

func TestProblemsStandInTheirOwnGroups(t *testing.T) {
	light(t)
	a := plantest.Minimal(today)
	delete(a, "family_name")
	o := start(t, a, 1280, 664)
	o.w.problems = append(o.w.problems,
		forms.Problem{Item: "conveyance", Step: "resuscitation", Rule: "X06", Severity: forms.Stop, Words: "The two contradict each other"},
		forms.Problem{Item: "med_list_date", Step: "medicines", Rule: "X16", Severity: forms.Confirm, Words: "Medicines were listed 34 days ago"})
	o.w.now = checkStep
	c := newCheck(o.w)
	c.update()
	words := texts(c.box)
	require.Contains(t, words, "There is a problem")
	require.Contains(t, words, "Still to answer")
	require.Contains(t, words, "Advice")
	found := links(c.box)
	require.Contains(t, found, "The two contradict each other")
	require.Contains(t, found, "Enter the family name")
	require.Contains(t, found, "Still right")
	require.Contains(t, found, "Update")
	require.Less(t, strings.Index(words, "There is a problem"), strings.Index(words, "Still to answer"))
	require.Less(t, strings.Index(words, "Still to answer"), strings.Index(words, "Advice"))
}

// The page does not say that nothing is wrong while something odd waits for a word.
func TestSomethingOddIsNotCalledRight(t *testing.T) {
	light(t)
	a := plantest.Example(today)
	o := start(t, a, 1280, 664)
	o.w.Show(checkStep, "", "")
	require.Contains(t, texts(o.w.pages[checkStep].check.box), "nothing is wrong")
	a.SetChoice("conveyance", "convey_any")
	o = start(t, a, 1280, 664)
	o.w.Show(checkStep, "", "")
	words := texts(o.w.pages[checkStep].check.box)
	require.NotContains(t, words, "nothing is wrong")
	require.Contains(t, words, "Confirm or update what follows")
	require.True(t, o.w.ready(), "and yet it may be sent")
}

func TestWhatWasConfirmedIsNotAskedAgain(t *testing.T) {
	light(t)
	o := start(t, john(t), 1280, 664)
	p := forms.Problem{Item: "med_list_date", Rule: "X16", Severity: forms.Confirm}
	o.e.Plan().Draft.Confirmed = []api.Confirmation{{Rule: "X16", Item: "med_list_date"}}
	require.Empty(t, o.w.unconfirmed([]forms.Problem{p}))
	p.Severity = forms.Stop
	require.Len(t, o.w.unconfirmed([]forms.Problem{p}), 1, "what stops cannot be confirmed away")
}

func TestAConflictIsChosenFieldByField(t *testing.T) {
	light(t)
	o := start(t, john(t), 1280, 664)
	at, by := drafts.At{Item: "preferred_name"}, drafts.At{Item: "cpr_decision"}
	who, when := "Dr Amina Osei, Riverside Practice", time.Date(2026, 11, 25, 10, 42, 0, 0, time.UTC)
	conflict := &drafts.Conflict{By: who, At: when, Fields: []drafts.Clash{
		{At: at, By: who, When: when, Label: "Preferred name", Base: forms.TextAnswer("Jack"), Theirs: forms.TextAnswer("Johnny"), Mine: forms.TextAnswer("John"), InBase: true, InTheirs: true, InMine: true},
		{At: by, By: who, When: when, Label: "Decision", Guarded: true, News: true, Theirs: forms.ChoiceAnswer("dnacpr"), InTheirs: true},
	}}
	o.w.Show("person", "family_name", "")
	typing := o.win.Canvas().Focused()
	o.w.clash.show(conflict)
	require.True(t, o.w.clash.page.Visible())
	require.Equal(t, typing, o.win.Canvas().Focused(), "nobody is taken from what they write")
	require.Contains(t, texts(o.w.clash.page), "Saved by Dr Amina Osei, Riverside Practice, 25-Nov-2026 10:42. Nothing is lost. There are 2 answers to choose.")

	press := func(label string) {
		t.Helper()
		found := false
		control.Walk(o.win.Canvas().Content(), func(obj fyne.CanvasObject) bool {
			if b, ok := obj.(*control.Button); ok && b.Text() == label && b.Visible() {
				b.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
				found = true
			}
			return !found
		})
		require.True(t, found, label)
	}
	press("Look at both and choose")
	require.True(t, o.w.clash.open)
	require.False(t, o.w.clash.page.Visible(), "the band has done its work")
	first, second := o.w.clash.choices[0], o.w.clash.choices[1]
	require.Equal(t, "Preferred name", first.name)
	words := texts(o.w.clash.box)
	for _, want := range []string{"BEFORE", "Jack", "THEIRS: Dr Amina Osei, 25-Nov-2026 10:42", "Johnny", "YOURS", "John", "Only they changed this", "NOT THEIRS: put back what was before", "0 of 2 chosen"} {
		require.Contains(t, words, want)
	}
	key := func(name fyne.KeyName) { o.win.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: name}) }
	require.Equal(t, fyne.Focusable(first.theirs.box), o.win.Canvas().Focused(), "the keyboard is at the first choice")
	require.Empty(t, o.w.clash.choose, "nothing is chosen for anybody")
	require.True(t, o.w.clash.button.Disabled())
	o.win.Canvas().FocusNext()
	require.Equal(t, fyne.Focusable(first.mine.box), o.win.Canvas().Focused(), "Tab goes from theirs to yours")
	key(fyne.KeySpace)
	require.Equal(t, "\u2713 This stands", first.mine.state.String())
	require.Equal(t, "Not chosen: kept as a note", first.theirs.state.String())
	key(fyne.KeyUp)
	require.Equal(t, fyne.Focusable(first.theirs.box), o.win.Canvas().Focused())
	require.Equal(t, map[drafts.At]bool{at: true}, o.w.clash.choose, "an arrow chooses nothing")
	key(fyne.KeyReturn)
	require.Equal(t, map[drafts.At]bool{at: false}, o.w.clash.choose)
	require.True(t, o.w.clash.button.Disabled(), "one is still to be chosen")

	require.True(t, o.w.Escape(), "Escape goes back to the questions")
	require.False(t, o.w.clash.open)
	require.True(t, o.w.clash.page.Visible())
	o.w.clash.look()
	require.Equal(t, fyne.Focusable(second.theirs.box), o.win.Canvas().Focused(), "what was chosen stays, and the next is asked")
	key(fyne.KeyReturn)
	require.False(t, o.w.clash.button.Disabled())
	require.Equal(t, map[drafts.At]bool{at: false, by: false}, o.w.clash.choose)

	again := *conflict // they save once more: what was chosen against other words is asked again
	again.Fields = slices.Clone(conflict.Fields)
	again.Fields[0].Theirs = forms.TextAnswer("Jonny")
	o.w.clash.show(&again)
	require.Equal(t, map[drafts.At]bool{by: false}, o.w.clash.choose)
	require.True(t, o.w.clash.open, "the choices stay where they are")
	again.Fields = slices.Clone(again.Fields) // a third person has written one of them
	again.Fields[1].By, again.Fields[1].When = "Grace Mbeki, Elm House", when.Add(-time.Hour)
	o.w.clash.show(&again)
	words = texts(o.w.clash.box)
	require.Contains(t, words, "Saved by Dr Amina Osei and Grace Mbeki. Nothing is lost.")
	require.Contains(t, words, "THEIRS: Dr Amina Osei, 25-Nov-2026 10:42")
	require.Contains(t, words, "THEIRS: Grace Mbeki, 25-Nov-2026 09:42")
	o.w.clash.show(nil)
	require.False(t, o.w.clash.page.Visible())
	require.False(t, o.w.clash.open)
	require.Equal(t, o.w.pages["person"].scroll, o.w.frame.Middle(), "the questions are back")
}

func TestTheFootSaysWhereTheWordsAre(t *testing.T) {
	light(t)
	o := start(t, john(t), 1280, 664)
	o.w.foot.status(drafts.Status{State: drafts.StateSaved, At: today, Words: "Saved centrally at 14:02"})
	require.Equal(t, "✓ Saved centrally at 14:02", o.w.foot.saved.String())
	o.w.foot.status(drafts.Status{State: drafts.StateKept, Words: "Not saved: no connection. Kept on this computer."})
	require.Equal(t, "Not saved: no connection. Kept on this computer.", o.w.foot.saved.String())
}

func TestWhyWeAskOpensWithF1(t *testing.T) {
	light(t)
	o := start(t, john(t), 1280, 664)
	o.w.Show("resuscitation", "cpr_decision", "")
	require.NotContains(t, texts(o.w.Object()), "A crew has seconds to read this")
	require.True(t, o.w.ShowWhy())
	require.Contains(t, texts(o.w.Object()), "A crew has seconds to read this")
}

// Nothing is cut off at any text size: every line of every step stays within the width of its column.
func TestNothingIsCutOffAtTwiceTheSize(t *testing.T) {
	for _, scale := range []float32{1, 1.5, 2} {
		themed(t, theme.Light, scale)
		o := start(t, john(t), 1280, 800)
		for _, st := range o.w.def.Steps {
			if !o.w.relevant(st.ID) {
				continue
			}
			o.w.open(st.ID)
			p := o.w.pages[st.ID]
			width := p.scroll.Size().Width
			n := 0
			each(p.scroll.Content(), 0, func(obj fyne.CanvasObject, x float32) {
				if words, ok := obj.(*canvas.Text); ok && words.Text != "" {
					n++
					end := x + fyne.MeasureText(words.Text, words.TextSize, words.TextStyle).Width
					require.LessOrEqual(t, end, width, "%s at %.1f: %q", st.ID, scale, words.Text)
				}
			})
			require.Greater(t, n, 5)
		}
	}
}

func each(o fyne.CanvasObject, x float32, do func(fyne.CanvasObject, float32)) {
	if !o.Visible() {
		return
	}
	do(o, x)
	if w, ok := o.(fyne.Widget); ok {
		for _, child := range test.WidgetRenderer(w).Objects() {
			each(child, x+child.Position().X, do)
		}
	}
}

func TestNoStepForgetsASection(t *testing.T) {
	light(t)
	o := start(t, plantest.Fullest(today), 1280, 664)
	for _, st := range o.w.def.Steps {
		o.w.open(st.ID)
		var ids []string
		for _, s := range o.w.pages[st.ID].sections {
			s.list.Each(func(f field.Field) { ids = append(ids, f.Item().ID) })
		}
		for _, sec := range st.Sections {
			for _, it := range sec.Items {
				if it.Kind != forms.Computed {
					require.True(t, slices.Contains(ids, it.ID), it.ID)
				}
			}
		}
	}
}

// Who shows a hidden answer sees all that was written there, and who chose.
func TestAllThatWasHiddenIsShown(t *testing.T) {
	at := time.Date(2026, 11, 27, 14, 2, 0, 0, time.UTC)
	got := revealedWords("Key safe code", api.Revealed{Value: "1111", Unchosen: []api.Unchosen{{Value: "2222", By: "Dr Amina Osei, GP", At: at}}})
	require.Equal(t, "Key safe code: 1111\nAlso written here: 2222 (Dr Amina Osei, GP chose another, 27-Nov-2026 14:02)\nIt is hidden again, and not kept on this computer.", got)
	require.Contains(t, revealedWords("Key safe code", api.Revealed{Unchosen: []api.Unchosen{{Value: "2222"}}}), "Nothing is recorded there now.")
}
