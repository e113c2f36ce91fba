package wizard

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"cmc/app/drafts"
	"cmc/forms"
	"cmc/forms/plan/plantest"
	"cmc/ui/control"
	"cmc/ui/focus"
)

// hands are a person at the keyboard: they see what has the ring and press keys, and know of nothing else.
type hands struct {
	t *testing.T
	o *open
}

func (h *hands) key(names ...fyne.KeyName) {
	for _, n := range names {
		f := h.o.win.Canvas().Focused()
		require.NotNil(h.t, f, "nothing has the keyboard")
		if n == fyne.KeyTab {
			h.o.win.Canvas().FocusNext()
			continue
		}
		f.TypedKey(&fyne.KeyEvent{Name: n})
	}
}

func (h *hands) write(words string) {
	for _, r := range words {
		h.o.win.Canvas().Focused().TypedRune(r)
	}
}

// tabTo presses Tab until the ring is in a question.
func (h *hands) tabTo(id string) {
	h.t.Helper()
	for range 80 {
		if h.o.w.editing.Item == id {
			return
		}
		h.key(fyne.KeyTab)
	}
	h.t.Fatalf("Tab does not come to %s", id)
}

// choose goes down a list of round buttons and presses Space.
func (h *hands) choose(code string) {
	h.t.Helper()
	r, ok := h.o.win.Canvas().Focused().(*control.Radio)
	require.True(h.t, ok, "the ring is in no list of round buttons")
	n := slices.IndexFunc(r.Options(), func(o control.Option) bool { return o.ID == code })
	require.GreaterOrEqual(h.t, n, 0, code)
	for range n {
		h.key(fyne.KeyDown)
	}
	h.key(fyne.KeySpace)
}

// A whole step is filled with Tab, the arrows, Space, Enter and letters: round buttons, boxes to tick, words, a date and a time
// typed, a date chosen from the month. Going on is left to Ctrl+Enter, which the window hands to Next.
func TestAStepIsFilledByKeyboardAlone(t *testing.T) {
	light(t)
	o := start(t, forms.Answers{"plan_cohorts": forms.ChoicesAnswer("eol"), "plan_type": forms.ChoiceAnswer("full"),
		"birth_date": forms.TextAnswer("1941-06-09")}, 1280, 664)
	h := &hands{t, o}
	o.w.Show("diagnosis", "", "")
	o.w.Next()
	require.Equal(t, "resuscitation", o.w.Step())
	require.NotNil(t, o.win.Canvas().Focused(), "the first question has the keyboard")
	h.tabTo("cpr_decision")
	h.choose("dnacpr")
	h.tabTo("cpr_reason")
	h.key(fyne.KeySpace)
	h.tabTo("cpr_reason_text")
	h.write("She said so herself.")
	h.tabTo("cpr_date")
	h.key(fyne.KeyTab, fyne.KeyReturn, fyne.KeyLeft, fyne.KeyLeft, fyne.KeyReturn) // Choose; two days back; the time is next
	h.write("1030")
	h.tabTo("cpr_decided_by")
	h.write("Dr Amina Osei")
	h.tabTo("cpr_decided_role")
	h.choose("gp")
	h.tabTo("cpr_decided_regno")
	h.write("7654321")
	for range 200 { // every other question: the first answer of each list, a word in each box
		h.key(fyne.KeyTab)
		at, f := o.w.editing, o.win.Canvas().Focused()
		it := o.w.def.Item(at.Item)
		if f == nil || it == nil || it.InStep().ID != "resuscitation" || !o.e.Answers()[at.Item].Blank() || at.Row != "" {
			if it == nil || !slices.Contains(focus.Order(o.w.pages["resuscitation"].scroll), f) {
				break
			}
			continue
		}
		switch f.(type) {
		case *control.Radio, *control.Tick:
			h.key(fyne.KeySpace)
		case *control.Entry:
			switch it.Kind {
			case forms.Text, forms.LongText:
				h.write("As said")
			case forms.Date, forms.DateTime:
				h.key(fyne.KeyTab, fyne.KeyReturn, fyne.KeyReturn)
			}
		}
	}
	a := o.e.Answers()
	require.Equal(t, "dnacpr", a["cpr_decision"].Text)
	require.Equal(t, "She said so herself.", a["cpr_reason_text"].Text)
	require.Equal(t, "2026-11-20T10:30:00Z", a["cpr_date"].Text)
	require.Equal(t, "gp", a["cpr_decided_role"].Text)
	require.Equal(t, "7654321", a["cpr_decided_regno"].Text)
	for _, sec := range o.w.def.Step("resuscitation").Sections {
		for _, it := range sec.Items {
			if it.Kind == forms.Choice || it.Kind == forms.YesNo || it.Kind == forms.Choices || it.Kind == forms.LongText {
				if o.w.reader.Visible(it.ID) && o.w.reader.Needs(it, forms.ForApproval) && !slices.Contains(approverOnly, it.ID) && !it.System {
					require.False(t, o.w.reader.Blank(it.ID), "the keyboard gave no answer to %s", it.ID)
				}
			}
		}
	}
}

// Tab goes through every step in the order in which its questions are read, with every question open that hangs on another, and
// every entry of every list: down the page, and from left to right on a line.
func TestTabOrderIsReadingOrderWithEverythingOpen(t *testing.T) {
	light(t)
	for name, a := range map[string]forms.Answers{"fullest": plantest.Fullest(today), "example": plantest.Example(today), "empty": {}} {
		o := start(t, a, 1280, 664)
		for _, st := range o.w.def.Steps {
			if !o.w.relevant(st.ID) {
				continue
			}
			o.w.open(st.ID)
			p := o.w.pages[st.ID]
			openAll(p)
			scrollThrough(p)
			place := fyne.CurrentApp().Driver().AbsolutePositionForObject
			var last fyne.Position
			var lastHeight float32
			lastAt := drafts.At{}
			for i, f := range focus.Order(p.scroll) {
				obj := f.(fyne.CanvasObject)
				at := place(obj)
				below := at.Y >= last.Y+lastHeight-1
				beside := at.X > last.X && at.Y < last.Y+lastHeight && at.Y+obj.Size().Height > last.Y
				require.True(t, i == 0 || below || beside, "%s, %s: Tab %d (%T) at %v is neither below nor right of %v", name, st.ID, i, f, at, last)
				o.win.Canvas().Focus(f)
				if e := o.w.editing; e != lastAt && e.Item != "" && lastAt.Item != "" && e.Group == lastAt.Group && e.Row == lastAt.Row {
					require.Less(t, order(o, lastAt), order(o, e), "%s: %s comes after %s", st.ID, lastAt.Item, e.Item)
				}
				lastAt = o.w.editing
				last, lastHeight = place(obj), obj.Size().Height
			}
		}
	}
}

// order is the place of an item in the form.
func order(o *open, at drafts.At) int {
	n := 0
	for it := range o.w.def.Items() {
		if it.ID == at.Item {
			return n
		}
		n++
	}
	return -1
}
