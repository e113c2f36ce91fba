package forms_test

// What may change here: how long a keystroke, a save and a comparison may take.

import (
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"cmc/forms"
)

// largeForm has about as many questions as the whole urgent care plan, with conditions and full groups.
func largeForm(t testing.TB) (*forms.Definition, forms.Answers) {
	t.Helper()
	files := testFiles(t)
	a := fullPlan()
	for step := range 20 {
		name := string(rune('a' + step))
		var b strings.Builder
		b.WriteString("step: large-" + name + "\ntitle: Large\nwhen: {item: family_name, op: exists}\nsections:\n  - section: large-" + name + "\n    title: Large\n    when: {any: [{item: '@age', op: '>', value: 17}, {item: cpr_decision, op: in, value: [dnacpr, attempt]}]}\n    items:\n")
		for i := range 25 {
			id := "large_" + name + string(rune('a'+i))
			b.WriteString("      - {id: " + id + ", kind: longtext, label: Question, need: answer, when: {all: [{item: place, op: exists}, {not: {item: ceiling, op: '=', value: comfort}}]}, print: {block: baseline, label: Question, unknown: Not recorded}}\n")
			a.SetText(id, "An answer of about the length that people write, with é and more.")
		}
		files["1"+string(rune('0'+step%10))+"-large-"+name+".yaml"] = &fstest.MapFile{Data: []byte(b.String())}
	}
	d, err := forms.Load(files, ".", testHooks())
	require.NoError(t, err)
	rows := a["anticipated_problems"].Rows
	for len(rows) < 10 {
		r := rows[0]
		r.ID = "more" + string(rune('a'+len(rows)))
		rows = append(rows, r)
	}
	a.SetRows("anticipated_problems", rows...)
	contacts := a["contacts"].Rows
	for len(contacts) < 50 {
		r := contacts[0]
		r.ID = "more" + string(rune('A'+len(contacts)))
		contacts = append(contacts, r)
	}
	a.SetRows("contacts", contacts...)
	return d, a
}

// BenchmarkKeystroke is what one keystroke costs with the live preview open. It has to stay under 4 ms on a practice's
// computer; the drawing thread has 8.
func BenchmarkKeystroke(b *testing.B) {
	d, a := largeForm(b)
	b.ReportAllocs()
	for b.Loop() {
		forms.Validate(d, a, today, forms.ForApproval)
		forms.Progress(d, a, today)
		forms.Summarise(d, a, approved(), today)
	}
}

func BenchmarkSave(b *testing.B) {
	d, a := largeForm(b)
	changed := a.Clone()
	changed.SetText("place", "There")
	b.ReportAllocs()
	for b.Loop() {
		p, err := forms.MakePatch(a, changed)
		if err != nil {
			b.Fatal(err)
		}
		if _, _, err := forms.ApplyPatch(d, a, p); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDiff(b *testing.B) {
	d, a := largeForm(b)
	changed := a.Clone()
	changed.SetText("place", "There")
	b.ReportAllocs()
	for b.Loop() {
		if len(forms.Diff(d, a, changed, today, false)) != 1 {
			b.Fatal("one change")
		}
	}
}

// A definition is shared by every request and every screen. The race detector holds that nothing in it moves.
func TestDefinitionIsShared(t *testing.T) {
	d := testForm(t)
	raw, err := fullPlan().MarshalJSON()
	require.NoError(t, err)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			a, _, err := forms.Decode(d, raw)
			if err != nil {
				t.Error(err)
				return
			}
			look(d, a)
			a.SetChoice("cpr_decision", "attempt")
			look(d, a)
		})
	}
	all.Wait()
}
