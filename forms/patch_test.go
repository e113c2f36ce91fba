package forms_test

// What may change here: that a save carries exactly what changed, and that one bad field never loses the others.

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"cmc/forms"
)

func TestMakePatchSaysOnlyWhatChanged(t *testing.T) {
	old := fullPlan()
	for name, c := range map[string]struct {
		change func(forms.Answers)
		want   string
	}{
		"nothing":        {func(forms.Answers) {}, `{}`},
		"text":           {func(a forms.Answers) { a.SetText("title", "Dr") }, `{"title":{"value":"Dr"}}`},
		"new":            {func(a forms.Answers) { a.SetText("email", "a@example.org") }, `{"email":{"value":"a@example.org"}}`},
		"gone":           {func(a forms.Answers) { delete(a, "title") }, `{"title":null}`},
		"blank is gone":  {func(a forms.Answers) { a["title"] = forms.TextAnswer("  ") }, `{"title":null}`},
		"value to state": {func(a forms.Answers) { a.SetState("place", forms.Unknown) }, `{"place":{"state":"unknown","value":null}}`},
		"postcode gone": {func(a forms.Answers) {
			a.SetAddress("address_usual", forms.PostalAddress{Lines: []string{"1 Test Street", "London"}})
		}, `{"address_usual":{"value":{"postcode":null}}}`},
		"same options in another order": {func(a forms.Answers) { a.SetChoices("convey_for", "fracture", "choking") }, `{}`},
		"in a row":                      {func(a forms.Answers) { a["contacts"].Rows[1].Answers.SetText("contact_phone", "1") }, `{"contacts":{"rows":{"c2":{"answers":{"contact_phone":{"value":"1"}}}}}}`},
		"row gone":                      {func(a forms.Answers) { a.SetRows("contacts", a["contacts"].Rows[:2]...) }, `{"contacts":{"rows":{"c3":null}}}`},
		"rows swapped": {func(a forms.Answers) { r := a["contacts"].Rows; r[0], r[1] = r[1], r[0] },
			`{"contacts":{"rows":{"c1":{"order":2},"c2":{"order":1}}}}`},
		"rows to state": {func(a forms.Answers) { a.SetState("contacts", forms.Unknown) }, `{"contacts":{"rows":null,"state":"unknown"}}`},
	} {
		t.Run(name, func(t *testing.T) {
			b := old.Clone()
			c.change(b)
			p, err := forms.MakePatch(old, b)
			require.NoError(t, err)
			assert.JSONEq(t, c.want, string(p))
			got, problems, err := forms.ApplyPatch(testForm(t), old, p)
			require.NoError(t, err)
			assert.Empty(t, problems)
			assert.True(t, got.Equal(b), cmp.Diff(b, got))
		})
	}
}

func TestApplyPatchIsForgivingAboutStateAndValue(t *testing.T) {
	d := testForm(t)
	old := fullPlan()
	a, problems, err := forms.ApplyPatch(d, old, []byte(`{"place":{"state":"unknown"}}`))
	require.NoError(t, err)
	assert.Empty(t, problems)
	assert.Equal(t, forms.StateAnswer(forms.Unknown), a["place"], "the value goes when only a state is sent")
	a, problems, err = forms.ApplyPatch(d, a, []byte(`{"place":{"value":"Here"},"contacts":{"state":"unknown"}}`))
	require.NoError(t, err)
	assert.Empty(t, problems)
	assert.Equal(t, forms.TextAnswer("Here"), a["place"])
	assert.Equal(t, forms.StateAnswer(forms.Unknown), a["contacts"])
	a, problems, err = forms.ApplyPatch(d, a, []byte(`{"contacts":{"rows":{"n":{"answers":{"contact_name":{"value":"N"}}}}}}`))
	require.NoError(t, err)
	assert.Empty(t, problems)
	assert.Equal(t, "N", a["contacts"].Rows[0].Answers["contact_name"].Text)
	assert.True(t, old.Equal(fullPlan()), "the old answers are not touched")

	// Rows left behind under a state are gone, and do not come back with a new row.
	left := fullPlan()
	left["contacts"] = forms.Answer{State: forms.Unknown, Rows: left["contacts"].Rows}
	a, _, err = forms.ApplyPatch(d, left, []byte(`{"contacts":{"state":null,"rows":{"n":{}}}}`))
	require.NoError(t, err)
	assert.Len(t, a["contacts"].Rows, 1)
}

func TestApplyPatchKeepsTheOldAnswerWhereTheNewIsBad(t *testing.T) {
	d := testForm(t)
	old := fullPlan()
	a, problems, err := forms.ApplyPatch(d, old, []byte(`{
		"cpr_decision":{"value":"perhaps"}, "birth_date":{"value":"1941-02-31"}, "title":{"value":"Dr"}, "colour":{"value":1}, "akps": 7,
		"contacts":{"rows":{
			"c1":{"answers":{"contact_phone":{"value":"\u200b"},"contact_name":{"value":"Ann Brown"}}},
			"c2":{"order":"first"},
			"new one":{"answers":{}},
			"n2":{"answers":{"contact_name":{"value":"New"}}}}}}`))
	require.NoError(t, err)
	var at []string
	for _, p := range problems {
		at = append(at, p.Item+"/"+p.Row)
	}
	assert.ElementsMatch(t, []string{"cpr_decision/", "birth_date/", "akps/", "colour/", "contact_phone/c1", "contacts/c2", "contacts/"}, at)
	want := fullPlan()
	want.SetText("title", "Dr")
	want["contacts"].Rows[0].Answers.SetText("contact_name", "Ann Brown")
	n := forms.Row{ID: "n2", Answers: forms.Answers{}}
	n.Answers.SetText("contact_name", "New")
	want.SetRows("contacts", append(want["contacts"].Rows, n)...)
	assert.Empty(t, cmp.Diff(want, a))
}

// A text that is too long is told, and kept: a draft loses nothing.
func TestApplyPatchKeepsTooLong(t *testing.T) {
	d := testForm(t)
	const long = "A name that is longer than thirty-five letters"
	a, problems, err := forms.ApplyPatch(d, fullPlan(), []byte(`{"family_name":{"value":"`+long+`"}}`))
	require.NoError(t, err)
	require.Len(t, problems, 1)
	assert.Equal(t, "length", problems[0].Rule)
	assert.Equal(t, "Use 35 characters or fewer: 11 too many", problems[0].Words)
	assert.Equal(t, long, a["family_name"].Text)
}

// A change of one answer does not look at the others, so that an old fault never blocks a save.
func TestApplyPatchLooksOnlyAtWhatItNames(t *testing.T) {
	d := testForm(t)
	old := fullPlan()
	old["gone_question"] = forms.TextAnswer("from another version")
	a, problems, err := forms.ApplyPatch(d, old, []byte(`{"title":{"value":"Dr"}}`))
	require.NoError(t, err)
	assert.Empty(t, problems)
	assert.Equal(t, "from another version", a["gone_question"].Text)
	a, problems, err = forms.ApplyPatch(d, old, []byte(`{"gone_question":null}`))
	require.NoError(t, err)
	assert.Empty(t, problems, "it may go")
	assert.True(t, a.Equal(fullPlan()))
	_, problems, err = forms.ApplyPatch(d, old, []byte(`{"gone_question":{"value":"x"}}`))
	require.NoError(t, err)
	assert.Len(t, problems, 1)
}

// For any two plans, and for any plan and an edit of it, the patch turns the one into the other.
func TestPatchTurnsOldIntoNew(t *testing.T) {
	d := testForm(t)
	rapid.Check(t, func(t *rapid.T) {
		a := anyPlan(d, "old").Draw(t, "old")
		var b forms.Answers
		if rapid.Bool().Draw(t, "an edit") {
			b = anyEdit(t, d, a)
		} else {
			b = anyPlan(d, "new").Draw(t, "new")
		}
		before := a.Clone()
		p, err := forms.MakePatch(a, b)
		if err != nil {
			t.Fatal(err)
		}
		got, problems, err := forms.ApplyPatch(d, a, p)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range problems {
			if p.Rule != "length" {
				t.Fatalf("problem %v", p)
			}
		}
		if !got.Equal(b) {
			t.Fatalf("patch %s differs: %s", p, cmp.Diff(b, got))
		}
		if !a.Equal(before) {
			t.Fatal("the old answers were touched")
		}
		if none, _ := forms.MakePatch(got, b); string(none) != "{}" {
			t.Fatalf("after it, something is left: %s", none)
		}
		if same := a.Equal(b); same != (string(p) == "{}") {
			t.Fatalf("equal %v, but the patch is %s", same, p)
		}
	})
}

// Two people who change different answers of one plan both keep what they wrote, whoever is first.
func TestPatchesOfDifferentAnswersCommute(t *testing.T) {
	d := testForm(t)
	old := fullPlan()
	one := []byte(`{"title":{"value":"Dr"},"contacts":{"rows":{"c1":{"answers":{"contact_name":{"value":"Ann Brown"}}}}}}`)
	two := []byte(`{"place":{"state":"declined"},"contacts":{"rows":{"c1":{"answers":{"contact_phone":{"value":"0"}}},"n":{"order":4,"answers":{}}}}}`)
	apply := func(a forms.Answers, p []byte) forms.Answers {
		out, problems, err := forms.ApplyPatch(d, a, p)
		require.NoError(t, err)
		require.Empty(t, problems)
		return out
	}
	assert.Empty(t, cmp.Diff(apply(apply(old, one), two), apply(apply(old, two), one)))
}

func FuzzApplyPatch(f *testing.F) {
	d := testForm(f)
	for _, s := range []string{`{}`, `{"title":null}`, `{"contacts":{"rows":{"c1":null,"x":{"answers":{"emergency":{"value":true}}}}}}`, `{"place":{"state":"unknown"}}`} {
		f.Add([]byte(s))
	}
	old := fullPlan()
	f.Fuzz(func(t *testing.T, patch []byte) {
		a, _, err := forms.ApplyPatch(d, old, patch)
		if err != nil {
			return
		}
		// Whatever was asked for, the result is a plan that can be stored; and the same patch again changes nothing more,
		// but for rows that it places.
		raw, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		b, _, err := forms.Decode(d, raw)
		if err != nil || !a.Equal(b) {
			t.Fatalf("%v: %s", err, raw)
		}
		p, err := forms.MakePatch(old, a)
		if err != nil {
			t.Fatal(err)
		}
		c, _, err := forms.ApplyPatch(d, old, p)
		if err != nil || !c.Equal(a) {
			t.Fatalf("the patch %s made again as %s", patch, p)
		}
		look(d, a)
	})
}
