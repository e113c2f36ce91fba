package wizard

import (
	"testing"

	"fyne.io/fyne/v2"

	"cmc/app/drafts"
	"cmc/forms"
	"cmc/forms/plan"
	"cmc/forms/plan/plantest"
	"cmc/ui/control"

	"github.com/stretchr/testify/require"
)

// retype puts other words into a box, key by key, and leaves it.
func retype(t testing.TB, o *open, at drafts.At, words string) {
	t.Helper()
	o.w.land(at)
	e := entryAt(t, o, at)
	for range e.Text() {
		e.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEnd})
		e.TypedKey(&fyne.KeyEvent{Name: fyne.KeyBackspace})
	}
	for _, r := range words {
		e.TypedRune(r)
	}
	o.win.Canvas().Unfocus()
}

func stepState(o *open, step string) string {
	for _, s := range o.w.progress {
		if s.Step == step {
			return s.State
		}
	}
	return ""
}

// A number that was right and is mistyped later is gone from the plan: the plan does not go on without it.
func TestAMistypedAnswerKeepsThePlanFromBeingSent(t *testing.T) {
	light(t)
	for item, c := range map[string]struct{ typed, field, words string }{
		plan.UsualSpO2:    {"86-88", "Enter “Usual SpO2” as a number", "Usual SpO2: “86-88” is not a number yet"},
		plan.FunctionDate: {"31-Feb-2020", "", "Function assessed on: “31-Feb-2020” is not a date yet"},
	} {
		o := start(t, plantest.Example(today), 1280, 664)
		at := drafts.At{Item: item}
		step := o.w.def.Item(item).InStep().ID
		require.True(t, o.w.ready())
		retype(t, o, at, c.typed)
		require.True(t, o.e.Answers()[item].Blank())
		f := o.w.pages[step].find(at)
		require.NotEmpty(t, f.Message())
		require.NotEqual(t, c.words, f.Message(), "the field has a sentence of its own")
		if c.field != "" {
			require.Equal(t, c.field, f.Message())
		}
		require.Equal(t, forms.StepAttention, stepState(o, step))
		o.w.Show(checkStep, "", "")
		require.Equal(t, control.Attention, o.w.steps.rows[step].mark.State())
		require.False(t, o.w.ready())
		require.True(t, o.w.foot.send.Disabled())
		require.Equal(t, "1 problem to solve first", o.w.foot.hint.String(), "what is half typed is not missing as well")
		box := o.w.pages[checkStep].check.box
		require.NotContains(t, texts(box), "Nothing is missing")
		require.Contains(t, texts(box), "There is a problem")
		o.w.Next()
		require.Empty(t, o.d.sent)
		link := links(box)[c.words]
		require.NotNil(t, link, c.words)
		link.Tapped(nil)
		require.Equal(t, step, o.w.Step())
		require.Equal(t, f.First(), o.win.Canvas().Focused())
	}
}

func TestAMistypedAnswerThatIsPutRightOrClearedStopsNothing(t *testing.T) {
	light(t)
	o := start(t, plantest.Example(today), 1280, 664)
	at := drafts.At{Item: plan.UsualSpO2}
	for _, words := range []string{"88", ""} {
		retype(t, o, at, "86-88")
		require.False(t, o.w.ready())
		retype(t, o, at, words)
		require.True(t, o.w.ready(), words)
	}
	o.w.Show(checkStep, "", "")
	require.Contains(t, texts(o.w.pages[checkStep].check.box), "Nothing is missing")
	o.w.Next()
	require.Len(t, o.d.sent, 1)
}

// Words that were kept half typed and are in the form again after a restart stop it too, also where the other person's version
// was chosen meanwhile and the words are gone.
func TestWhatWasHalfTypedBeforeARestartStops(t *testing.T) {
	light(t)
	e := newEditor(t, plantest.Example(today))
	at := drafts.At{Item: plan.UsualSpO2}
	e.Clear(at)
	e.SetTyped(at, "86-88")
	o := startWith(t, e, 1280, 664)
	require.False(t, o.w.ready())
	e.SetTyped(at, "")
	o.w.status(e.Status())
	require.True(t, o.w.ready())
}

// What nobody is asked now, what stood in an entry that is gone, and what this person cannot write holds nobody up.
func TestHalfTypedWordsThatNobodyCanReachStopNothing(t *testing.T) {
	light(t)
	e := newEditor(t, plantest.Example(today))
	e.SetTyped(drafts.At{Group: "contacts", Row: "gone0000", Item: "contact_phone"}, "07")
	hidden := ""
	r := forms.NewReader(e.Definition(), e.Answers(), today)
	for it := range e.Definition().Items() {
		if it.Kind == forms.Date && it.InGroup() == nil && !it.System && !r.Visible(it.ID) {
			hidden = it.ID
			break
		}
	}
	require.NotEmpty(t, hidden)
	e.SetTyped(drafts.At{Item: hidden}, "31-Feb")
	o := startWith(t, e, 1280, 664)
	require.True(t, o.w.ready())

	e.SetTyped(drafts.At{Item: plan.UsualSpO2}, "86-88")
	o.w.changed(drafts.At{Item: plan.UsualSpO2})
	require.False(t, o.w.ready())
	o.w.d.Locked = func(it *forms.Item) bool { return it.ID == plan.UsualSpO2 }
	o.w.changed(drafts.At{Item: plan.UsualSpO2})
	require.True(t, o.w.ready())
}

func TestHalfTypedWordsInAnEntryAreNamedAfterIt(t *testing.T) {
	light(t)
	o := start(t, plantest.Fullest(today), 1280, 664)
	var at drafts.At
	o.w.asked(func(it *forms.Item, place drafts.At, r forms.Reader) {
		if at.Item == "" && place.Row != "" && (it.Kind == forms.Date || it.Kind == forms.PartialDate) && !it.System && r.Title() != "" {
			at = place
		}
	})
	require.NotEmpty(t, at.Item)
	row, _ := o.w.reader.Row(at.Group, at.Row)
	title := row.Title()
	o.e.SetTyped(at, "31-Feb-2020")
	o.w.changed(at)
	o.w.Show(checkStep, "", "")
	words := title + ": " + o.w.def.Item(at.Item).ShortLabel() + ": “31-Feb-2020” is not a date yet"
	link := links(o.w.pages[checkStep].check.box)[words]
	require.NotNil(t, link, words)
	link.Tapped(nil)
	require.Equal(t, o.w.pages[o.w.Step()].find(at).First(), o.win.Canvas().Focused())
}
