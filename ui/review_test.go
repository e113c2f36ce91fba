package ui_test

// What may change here: what is proved about the way between a writer and a reviewer.

import (
	"context"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"cmc/api"
	"cmc/app/drafts"
	"cmc/forms"
	"cmc/ui"
	"cmc/ui/screens"
)

// Invented people of assets/training.
const (
	rahima = "9990048002" // a first plan waits for approval
	grace  = "9990279535" // sent back to the care home with comments
)

// open opens a plan of the list on the page.
func (h *house) open(number string) {
	h.t.Helper()
	m := h.myWork()
	i := slices.IndexFunc(m.Rows(), func(r api.WorklistRow) bool { return r.Patient.NHSNumber == number })
	require.GreaterOrEqual(h.t, i, 0, "%s is not in the list", number)
	h.w.Go(placeOf(m.Rows()[i].PlanID))
}

func TestAReviewBeginsWithWhatCouldHarm(t *testing.T) {
	h := newHouse(t)
	h.signIn("gp")
	h.open(rahima)
	h.until("the review", func() bool { r, ok := h.w.Screen().(*screens.Review); return ok && len(r.Changes().Items) > 0 })
	r := h.w.Screen().(*screens.Review)
	shown, decisive := r.Shown()
	require.Len(t, shown, len(r.Changes().Items), "every answer is there")
	require.Greater(t, decisive, 5)
	require.Equal(t, "cpr_decision", shown[0].Item)
	at := func(item string) int {
		return slices.IndexFunc(shown, func(c forms.Change) bool { return c.Item == item })
	}
	require.Less(t, at("cpr_decision"), at("ceiling"))
	require.Less(t, at("ceiling"), at("allergy_status"))
	last := 0
	steps := h.stepOrder()
	for i, c := range shown {
		harms := c.Critical || c.Group == "allergies" || c.Item == "allergies"
		require.Equal(t, i < decisive, harms && !c.Hidden && !c.Same, "%s stands on the wrong side", c.Item)
		if i >= decisive {
			require.GreaterOrEqual(t, slices.Index(steps, c.Step), last, "%s: the rest is in the order of the form", c.Item)
			last = slices.Index(steps, c.Step)
		}
	}
}

func (h *house) stepOrder() []string {
	def, err := h.desk.Search(context.Background(), api.PatientSearch{NHSNumber: rahima})
	require.NoError(h.t, err)
	p, err := h.desk.OpenPlan(context.Background(), def.Items[0].Plan.ID)
	require.NoError(h.t, err)
	e := h.desk.Edit(p)
	defer func() { _ = e.End(context.Background()) }()
	var out []string
	for _, s := range e.Definition().Steps {
		out = append(out, s.ID)
	}
	return out
}

func TestACommentIsMarkedAsAnswered(t *testing.T) {
	h := newHouse(t)
	r := openReview(h)
	c := r.Changes().Items[0]
	r.Comment(c.Item, c.Row)
	h.typed("Who was there?")
	h.press("Add the comment")
	h.until("the comment is sent", func() bool { return len(r.CommentsOn(c.Item, c.Row)) == 1 })
	require.False(t, r.CommentsOn(c.Item, c.Row)[0].Done)
	r.Comment(c.Item, c.Row)
	h.press(screens.DoneWords)
	h.until("it is answered", func() bool { return r.CommentsOn(c.Item, c.Row)[0].Done })
	require.False(t, h.w.Messages().Open())
}

func TestAWriterSeesWhatTheReviewerSaid(t *testing.T) {
	h := newHouse(t)
	h.signIn("carehome")
	h.open(grace)
	h.until("the form", func() bool { _, ok := h.w.Screen().(*ui.Form); return ok })
	f := h.w.Screen().(*ui.Form)
	waiting := 0
	for _, k := range f.Comments() {
		if !k.Done {
			waiting++
		}
	}
	require.Equal(t, 2, waiting, "the training plan that was sent back has two comments")
	h.press("2 comments wait for an answer")
	require.True(t, h.w.Messages().Open())
	k := f.Comments()[0]
	h.key(fyne.KeyReturn) // the first is the way to its field
	require.False(t, h.w.Messages().Open())
	it := f.Editor().Definition().Item(k.Item)
	require.Equal(t, it.InStep().ID, f.Wizard().Step(), "it leads to the step of the field")

	require.True(t, f.Reviewed())
	h.press(screens.DoneWords)
	h.until("one is left", func() bool { return !f.Comments()[0].Done && f.Comments()[1].Done })
	h.key(fyne.KeyEscape)
	require.False(t, h.w.Messages().Open())
	h.focusOn("1 comment waits for an answer")

	// Marking it changed the plan at the service; what is written goes on being saved.
	f.Editor().Set(drafts.At{Item: "urgent_banner"}, forms.TextAnswer("Hears badly on the left."))
	h.until("the words are at the service", func() bool {
		return f.Editor().Status().State == drafts.StateSaved && f.Editor().Status().Waiting == 0
	})
}
