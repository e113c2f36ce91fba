package wizard

import (
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"cmc/app/drafts"
	"cmc/forms"
	"cmc/forms/plan/plantest"
	"cmc/ui/control"
	"cmc/ui/theme"
)

// columnOf is the room of the middle at 1280 wide.
const columnOf = 1280 - 252 - previewWidth

// BenchmarkStep builds and lays out each step of the fullest plan, every entry of every list open, and reports step-ms for each.
// The figure is the largest of them: 16 ms at most.
func BenchmarkStep(b *testing.B) {
	themedBench(b)
	o := start(b, plantest.Fullest(today), 1280, 664)
	for _, st := range o.w.def.Steps {
		b.Run(st.ID, func(b *testing.B) {
			for b.Loop() {
				buildStep(o, st)
			}
			b.ReportMetric(perRun(b), "step-ms")
		})
	}
}

// BenchmarkLargestStep measures every step in turn and reports as step-ms the median of the one that takes longest.
func BenchmarkLargestStep(b *testing.B) {
	themedBench(b)
	o := start(b, plantest.Fullest(today), 1280, 664)
	took := map[string][]time.Duration{}
	for b.Loop() {
		for _, st := range o.w.def.Steps {
			begin := time.Now()
			buildStep(o, st)
			took[st.ID] = append(took[st.ID], time.Since(begin))
		}
	}
	largest, which := time.Duration(0), ""
	for id, all := range took {
		slices.Sort(all)
		if median := all[len(all)/2]; median > largest {
			largest, which = median, id
		}
	}
	b.ReportMetric(float64(largest)/1e6, "step-ms")
	b.Log("the largest step is", which)
}

// buildStep makes a step from nothing, with everything in it open, and lays it out.
func buildStep(o *open, st *forms.Step) {
	p := newPage(o.w, st)
	p.update()
	openAll(p)
	p.scroll.Resize(fyne.NewSize(columnOf, 604))
}

// openAll opens every entry of every list of a step.
func openAll(p *page) {
	for _, s := range p.sections {
		for _, f := range s.list.Fields {
			if l, ok := f.(interface{ OpenAll() }); ok {
				l.OpenAll()
			}
		}
	}
}

func perRun(b *testing.B) float64 { return float64(b.Elapsed()) / 1e6 / float64(b.N) }

// BenchmarkKey is a keystroke in a field with the preview beside it, reported as key-ms: 8 ms of the drawing thread at most.
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
	b.ReportMetric(perRun(b), "key-ms")
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
	b.ReportMetric(perRun(b), "key-ms")
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
