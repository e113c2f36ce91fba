package forms_test

// What may change here: what a reviewer is told about two versions.

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"cmc/forms"
)

func TestDiffSaysWhatChanged(t *testing.T) {
	d := testForm(t)
	for name, c := range map[string]struct {
		change func(forms.Answers)
		want   []forms.Change
	}{
		"nothing": {func(forms.Answers) {}, nil},
		"text": {func(a forms.Answers) { a.SetText("title", "Dr") },
			[]forms.Change{{Item: "title", Step: "person", Section: "identity", Label: "Title", Old: "Mr", New: "Dr"}}},
		"date": {func(a forms.Answers) { a.SetText("birth_date", "1941-06-10") },
			[]forms.Change{{Item: "birth_date", Step: "person", Section: "identity", Label: "Born", Old: "09-Jun-1941", New: "10-Jun-1941"}}},
		"gone": {func(a forms.Answers) { delete(a, "title") },
			[]forms.Change{{Item: "title", Step: "person", Section: "identity", Label: "Title", Old: "Mr"}}},
		"to a state": {func(a forms.Answers) { a.SetState("place", forms.Declined) },
			[]forms.Change{{Item: "place", Step: "care", Section: "escalation", Label: "Preferred place of care", Old: "Here", New: "Declined to say"}}},
		"choice": {func(a forms.Answers) { a.SetChoice("ceiling", "comfort") },
			[]forms.Change{{Item: "ceiling", Step: "care", Section: "escalation", Label: "Level of treatment", Old: "Treat at home; avoid admission", New: "Comfort only", Critical: true}}},
		"what hangs on it": {func(a forms.Answers) { a.SetChoice("cpr_decision", "attempt") }, []forms.Change{
			{Item: "cpr_decision", Step: "care", Section: "cpr", Label: "CPR decision", Old: "Not for attempted cardiopulmonary resuscitation", New: "For attempted cardiopulmonary resuscitation", Critical: true, Guarded: true},
			{Item: "cpr_reason", Step: "care", Section: "cpr", Label: "Reason", Old: "Unlikely to succeed", New: "Unlikely to succeed", Guarded: true, Hidden: true},
			{Item: "patient_aware", Step: "care", Section: "cpr", Label: "The person knows", Old: "Yes", New: "Yes", Guarded: true, Hidden: true}}},
		"a secret": {func(a forms.Answers) { a.SetText("key_safe", "0815") },
			[]forms.Change{{Item: "key_safe", Step: "person", Section: "reach", Label: "Key safe code", Old: "Recorded (hidden)", New: "Recorded (hidden), changed"}}},
		"options in another order": {func(a forms.Answers) { a.SetChoices("convey_for", "fracture", "choking") }, nil},
		"in a row": {func(a forms.Answers) { a["contacts"].Rows[0].Answers.SetText("contact_phone", "07700 900999") },
			[]forms.Change{{Item: "contact_phone", Group: "contacts", Row: "c1", RowTitle: "Ann Smith", Step: "care", Section: "problems", Label: "Phone", Old: "07700 900123", New: "07700 900999"}}},
		"rows changed places": {func(a forms.Answers) { r := a["contacts"].Rows; r[0], r[1] = r[1], r[0] },
			[]forms.Change{{Item: "contacts", Step: "care", Section: "problems", Label: "People to call, order", Old: "Ann Smith; Peter Smith; Far Cousin", New: "Peter Smith; Ann Smith; Far Cousin"}}},
		"row gone": {func(a forms.Answers) { a.SetRows("contacts", a["contacts"].Rows[:2]...) }, []forms.Change{
			{Item: "contact_name", Group: "contacts", Row: "c3", RowTitle: "Far Cousin", Step: "care", Section: "problems", Label: "Name", Old: "Far Cousin"},
			{Item: "contact_phone", Group: "contacts", Row: "c3", RowTitle: "Far Cousin", Step: "care", Section: "problems", Label: "Phone", Old: "07700 900146"},
			{Item: "emergency", Group: "contacts", Row: "c3", RowTitle: "Far Cousin", Step: "care", Section: "problems", Label: "Call in an emergency?", Old: "No"}}},
		"row new": {func(a forms.Answers) {
			r := forms.Row{ID: "n", Answers: forms.Answers{}}
			r.Answers.SetText("contact_name", "New")
			a.SetRows("contacts", append([]forms.Row{r}, a["contacts"].Rows...)...)
		}, []forms.Change{{Item: "contact_name", Group: "contacts", Row: "n", RowTitle: "New", Step: "care", Section: "problems", Label: "Name", New: "New"}}},
		"row new, empty": {func(a forms.Answers) { a.SetRows("contacts", append(a["contacts"].Rows, forms.Row{ID: "n"})...) },
			[]forms.Change{{Item: "contacts", Group: "contacts", Row: "n", RowTitle: "People to call 4", Step: "care", Section: "problems", Label: "People to call", New: "An entry without answers"}}},
		"whom to call": {func(a forms.Answers) { a["anticipated_problems"].Rows[0].Answers.SetText("call_first", "contacts/c2") },
			[]forms.Change{{Item: "call_first", Group: "anticipated_problems", Row: "p1", RowTitle: "Breathless", Step: "care", Section: "problems", Label: "Call first", Old: "Ann Smith", New: "Peter Smith"}}},
	} {
		t.Run(name, func(t *testing.T) {
			b := fullPlan()
			c.change(b)
			assert.Empty(t, cmp.Diff(c.want, forms.Diff(d, fullPlan(), b, today, false)))
			all := forms.Diff(d, fullPlan(), b, today, true)
			var changed []forms.Change
			for _, c := range all {
				if !c.Same {
					changed = append(changed, c)
				}
			}
			assert.Empty(t, cmp.Diff(c.want, changed), "with all answers the changes are the same")
			assert.Greater(t, len(all), 25)
		})
	}
}

// An order is told in the names of its own time, and can be seen even between two entries of one name.
func TestDiffOfOrder(t *testing.T) {
	d := testForm(t)
	b := fullPlan()
	r := b["contacts"].Rows
	r[0].Answers.SetText("contact_name", "Ann Brown")
	r[0], r[1] = r[1], r[0]
	changes := forms.Diff(d, fullPlan(), b, today, false)
	require.NotEmpty(t, changes)
	assert.Equal(t, "Ann Smith; Peter Smith; Far Cousin", changes[0].Old)
	assert.Equal(t, "Peter Smith; Ann Brown; Far Cousin", changes[0].New)

	twins := func(ids ...string) forms.Answers {
		a := forms.Answers{}
		var rows []forms.Row
		for _, id := range ids {
			row := forms.Row{ID: id, Answers: forms.Answers{}}
			row.Answers.SetText("contact_name", "Ann Smith")
			rows = append(rows, row)
		}
		a.SetRows("contacts", rows...)
		return a
	}
	changes = forms.Diff(d, twins("a", "b"), twins("b", "a"), today, false)
	require.Len(t, changes, 1)
	assert.Equal(t, "Ann Smith; Ann Smith, changed", changes[0].New)
}

func TestDiffOfRowsToState(t *testing.T) {
	d := testForm(t)
	a, b := fullPlan(), fullPlan()
	a.SetRows("contacts", a["contacts"].Rows[:1]...)
	delete(a["contacts"].Rows[0].Answers, "contact_phone")
	delete(a["contacts"].Rows[0].Answers, "emergency")
	b.SetState("contacts", forms.Unknown)
	a["anticipated_problems"] = forms.Answer{}
	b["anticipated_problems"] = forms.Answer{}
	assert.Empty(t, cmp.Diff([]forms.Change{
		{Item: "contacts", Step: "care", Section: "problems", Label: "People to call", New: "Unknown"},
		{Item: "contact_name", Group: "contacts", Row: "c1", RowTitle: "Ann Smith", Step: "care", Section: "problems", Label: "Name", Old: "Ann Smith"},
	}, forms.Diff(d, a, b, today, false)))
}

func TestNoLongerApplies(t *testing.T) {
	d := testForm(t)
	a := fullPlan()
	a.SetChoice("cpr_decision", "attempt")
	a["anticipated_problems"].Rows[0].Answers.SetText("warning", "Blue lips")
	var got []string
	for _, c := range forms.NoLongerApplies(d, a, today) {
		assert.True(t, c.Hidden)
		got = append(got, c.Item+" "+c.Row+" "+c.Old)
	}
	assert.Equal(t, []string{"cpr_reason  Unlikely to succeed", "patient_aware  Yes", "warning p1 Blue lips"}, got)
	assert.Empty(t, forms.NoLongerApplies(d, fullPlan(), today))
}

// Nothing changed, nothing told; something changed, something told; and the other way round the words change sides.
func TestDiffFindsEveryChange(t *testing.T) {
	d := testForm(t)
	rapid.Check(t, func(t *rapid.T) {
		a := anyPlan(d, "old").Draw(t, "old")
		b := anyEdit(t, d, a)
		if same := forms.Diff(d, a, a.Clone(), today, false); len(same) > 0 {
			t.Fatalf("one plan differs from itself: %+v", same)
		}
		changes := forms.Diff(d, a, b, today, false)
		if a.Equal(b) != (len(changes) == 0) {
			t.Fatalf("equal %v, changes %+v", a.Equal(b), changes)
		}
		back := forms.Diff(d, b, a, today, false)
		if len(changes) != len(back) {
			t.Fatalf("%d changes there, %d back: %s", len(changes), len(back), cmp.Diff(changes, back))
		}
		for _, c := range changes {
			if c.Label == "" || c.Step == "" || c.Section == "" || c.Old == "" && c.New == "" {
				t.Fatalf("half a change: %+v", c)
			}
			if c.Old == c.New && !c.Hidden {
				t.Fatalf("a change that cannot be seen: %+v", c)
			}
		}
	})
}

// The words of a secret never leave, in any comparison.
func TestDiffKeepsSecrets(t *testing.T) {
	d := testForm(t)
	b := fullPlan()
	b.SetText("key_safe", "0815")
	b.SetText("hazard_note", "More private")
	for _, c := range forms.Diff(d, fullPlan(), b, today, true) {
		for _, secret := range []string{"4711", "0815", "rivate"} {
			assert.NotContains(t, c.Old+c.New, secret)
		}
	}
	require.Equal(t, "Recorded (hidden)", forms.Words(d.Item("key_safe"), b["key_safe"]))
	require.Equal(t, "Recorded (hidden)", forms.NewReader(d, b, today).Words("hazard_note"))
}
