package wizard

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"cmc/app/drafts"
	"cmc/forms"
	"cmc/forms/plan"
	"cmc/forms/plan/plantest"
	"cmc/forms/summary"

	"github.com/stretchr/testify/require"
)

// A sign that the page cannot print is said at its field, in its step and on the last page, before anything is sent.
func TestASignThatThePageCannotPrintIsSaidAtItsField(t *testing.T) {
	light(t)
	for _, words := range []string{"Wants to be at home \U0001F600", "\u674E\u660E\u674E\u660E", "\u05E9\u05DC\u05D5\u05DD", "\u0633\u0644\u0627\u0645"} {
		o := start(t, plantest.Example(today), 1280, 664)
		later := make(chan func(), 8)
		o.w.d.Do = func(do func()) { later <- do }
		at := drafts.At{Item: plan.MattersMost}
		step := o.w.def.Item(at.Item).InStep().ID
		require.True(t, o.w.ready())
		retype(t, o, at, words)
		f := o.w.pages[step].find(at)
		for f.Message() == "" {
			select {
			case do := <-later:
				do()
			case <-time.After(20 * time.Second):
				t.Fatalf("the form never says that %q cannot be printed: %v, %v", words, o.e.Answers()[at.Item], o.w.problems)
			}
		}
		require.Contains(t, f.Message(), "cannot print the character")
		require.Equal(t, forms.StepAttention, stepState(o, step))
		o.w.Show(checkStep, "", "")
		require.False(t, o.w.ready())
		require.True(t, o.w.foot.send.Disabled())
		require.Equal(t, "1 problem to solve first", o.w.foot.hint.String(), "one for a field, however many signs there are")
		o.w.Next()
		require.Empty(t, o.d.sent)
		link := links(o.w.pages[checkStep].check.box)[f.Message()]
		require.NotNil(t, link)
		link.Tapped(nil)
		require.Equal(t, f.First(), o.win.Canvas().Focused())

		retype(t, o, at, "Wants to be at home")
		o.w.Show(checkStep, "", "")
		require.True(t, o.w.ready())
		o.w.Next()
		require.Len(t, o.d.sent, 1)
	}
}

// Who goes to the last page and sends at once, before any pause, is told too.
func TestTheLastPageWaitsForItsOwnFinding(t *testing.T) {
	light(t)
	o := start(t, plantest.Example(today), 1280, 664)
	retype(t, o, drafts.At{Item: "preferred_name"}, "Mags \U0001F600")
	o.w.Show(checkStep, "", "")
	o.w.Next()
	require.Empty(t, o.d.sent)
	require.Equal(t, "person", o.w.problems[len(o.w.problems)-1].Step)
	require.Equal(t, "preferred_name", o.w.problems[len(o.w.problems)-1].Item)
}

// The summary names a line by its first field: the form finds the one that holds the sign, and the entry that it stands in.
func TestASignInAnEntryIsFoundInThatEntry(t *testing.T) {
	light(t)
	a := plantest.Example(today)
	rows := a["contacts"].Rows
	last := rows[len(rows)-1]
	last.Answers.SetText("contact_phone", "07700 900123")
	last.Answers.SetText("contact_name", "Ann \u674E")
	o := start(t, a, 1280, 664)
	o.w.Show(checkStep, "", "")
	require.False(t, o.w.ready())
	p := o.w.problems[len(o.w.problems)-1]
	require.Equal(t, drafts.At{Group: "contacts", Row: last.ID, Item: "contact_name"}, placeOf(p))
	o.w.land(placeOf(p))
	require.Equal(t, o.w.pages["people"].find(placeOf(p)).First(), o.win.Canvas().Focused())
}

// A plan that has no room on its page names the text to shorten, and is not sent.
func TestAPlanThatHasNoRoomOnItsPageSaysWhatToShorten(t *testing.T) {
	light(t)
	o := start(t, crowded(t), 1280, 664)
	o.w.Show(checkStep, "", "")
	require.False(t, o.w.ready())
	p := o.w.problems[len(o.w.problems)-1]
	require.Equal(t, "X24", p.Rule)
	require.Contains(t, p.Words, "no room")
	require.NotEmpty(t, p.Step)
	o.w.land(placeOf(p))
	require.Equal(t, p.Step, o.w.Step())
	require.NotNil(t, o.w.pages[p.Step].find(placeOf(p)), placeOf(p))
	require.NotEmpty(t, o.w.pages[p.Step].find(placeOf(p)).Message())
}

// crowded is a plan whose page cannot be printed because it is too full.
func crowded(t testing.TB) forms.Answers {
	t.Helper()
	a := plantest.Fullest(today)
	long := strings.Repeat("Wide words, WWWWWWWWWW. ", 400)
	for it := range plan.Definition().Items() {
		if it.Kind != forms.LongText && it.Kind != forms.Text || it.InGroup() != nil || a[it.ID].Blank() {
			continue
		}
		a.SetText(it.ID, long)
		if strings.Contains(fmt.Sprint(summary.Check(forms.Summarise(plan.Definition(), a, forms.Header{}, today))), "no room") {
			return a
		}
	}
	t.Fatal("there is room for everything")
	return nil
}
