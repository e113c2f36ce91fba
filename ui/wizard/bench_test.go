package wizard

import (
	"testing"

	"fyne.io/fyne/v2"

	"cmc/app/drafts"
	"cmc/forms/plan/plantest"
	"cmc/ui/control"
	"cmc/ui/theme"
)

// columnOf is the room of the middle at 1280 wide.
const columnOf = 1280 - 252 - previewWidth

// BenchmarkStep builds and lays out each step of the fullest plan; the largest of them must take 16 ms or less.
func BenchmarkStep(b *testing.B) {
	themedBench(b)
	o := start(b, plantest.Fullest(today), 1280, 664)
	for _, st := range o.w.def.Steps {
		b.Run(st.ID, func(b *testing.B) {
			for b.Loop() {
				o.w.checked[st.ID] = false
				p := newPage(o.w, st)
				p.update()
				p.scroll.Resize(fyne.NewSize(columnOf, 604))
			}
		})
	}
}

// BenchmarkKey is a keystroke in a field with the preview beside it; it must take 8 ms or less of the drawing thread.
func BenchmarkKey(b *testing.B) {
	themedBench(b)
	o := start(b, plantest.Fullest(today), 1280, 664)
	o.w.Show("resuscitation", "cpr_reason_text", "")
	e := entryAt(b, o, drafts.At{Item: "cpr_reason_text"})
	n := 0
	for b.Loop() {
		if n++; n%2 == 0 {
			e.TypedRune('a')
		} else {
			e.TypedKey(&fyne.KeyEvent{Name: fyne.KeyBackspace})
		}
	}
}

// BenchmarkKeyInARow is a keystroke in one of many medicines, with half of the plan's answers missing.
func BenchmarkKeyInARow(b *testing.B) {
	themedBench(b)
	a := plantest.Fullest(today)
	for _, row := range a["medicines"].Rows[1:] {
		delete(row.Answers, "med_name")
	}
	o := start(b, a, 1280, 664)
	first := a["medicines"].Rows[0].ID
	o.w.Show("medicines", "med_name", first)
	e := entryAt(b, o, drafts.At{Group: "medicines", Row: first, Item: "med_name"})
	n := 0
	for b.Loop() {
		if n++; n%2 == 0 {
			e.TypedRune('a')
		} else {
			e.TypedKey(&fyne.KeyEvent{Name: fyne.KeyBackspace})
		}
	}
}

func entryAt(t testing.TB, o *open, at drafts.At) *control.Entry {
	t.Helper()
	f := o.w.pages[o.w.now].find(at)
	if f == nil {
		t.Fatalf("no field at %v", at)
	}
	e, ok := f.First().(*control.Entry)
	if !ok {
		t.Fatalf("the field at %v takes no words", at)
	}
	return e
}

func themedBench(b *testing.B) { themed(b, theme.Light, 1) }
