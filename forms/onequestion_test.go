package forms_test

// What may change here: the promise of the house that a question is written once. If a face of the plan ever needs a second
// place to know of a question, this test has to fail.

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cmc/forms"
)

// One entry in one file, and the question is in the form, in its place, checked, stored, compared and printed.
func TestOneEntryInOneFileIsEnough(t *testing.T) {
	const entry = `      - id: oxygen_target
        kind: text
        label: What is the oxygen target?
        short: Oxygen target
        max: 20
        need: answer
        print: {block: baseline, order: 9, label: Oxygen target}
`
	before := testForm(t)
	files := testFiles(t)
	replaceIn(t, files, "02-care.yaml", "      - {id: weight,", entry+"      - {id: weight,")
	after, err := forms.Load(files, ".", testHooks())
	require.NoError(t, err)

	ids := func(d *forms.Definition) (out []string) {
		for it := range d.Items() {
			out = append(out, it.ID)
		}
		return out
	}
	want := ids(before)
	want = slices.Insert(want, slices.Index(want, "weight"), "oxygen_target")
	assert.Equal(t, want, ids(after), "it stands in the form, in its place")
	assert.Equal(t, "What is the oxygen target?", after.Item("oxygen_target").Label)

	missing := forms.Validate(after, fullPlan(), today, forms.ForApproval)
	require.Len(t, missing, 1, "it is asked for")
	assert.Equal(t, "Answer “Oxygen target”", missing[0].Words)
	assert.Equal(t, 1, forms.Progress(after, fullPlan(), today)[1].Missing, "and counted")
	assert.Empty(t, forms.Validate(before, fullPlan(), today, forms.ForApproval))

	patch := []byte(`{"oxygen_target":{"value":"88-92 %"}}`)
	a, problems, err := forms.ApplyPatch(after, fullPlan(), patch)
	require.NoError(t, err)
	assert.Empty(t, problems, "it can be saved")
	_, problems, err = forms.ApplyPatch(before, fullPlan(), patch)
	require.NoError(t, err)
	assert.Len(t, problems, 1, "and could not be before")
	assert.Empty(t, forms.Validate(after, a, today, forms.ForApproval))

	_, problems, err = forms.Decode(after, []byte(`{"oxygen_target":{"value":"`+strings.Repeat("x", 21)+`"}}`))
	require.NoError(t, err)
	require.Len(t, problems, 1, "its own limits hold")
	assert.Equal(t, "Use 20 characters or fewer: 1 too many", problems[0].Words)

	changes := forms.Diff(after, fullPlan(), a, today, false)
	assert.Equal(t, []forms.Change{{Item: "oxygen_target", Step: "care", Section: "escalation", Label: "Oxygen target", New: "88-92 %"}}, changes, "it is compared")

	assert.Contains(t, page(forms.Summarise(after, a, approved(), today)), "*Oxygen target* 88-92 %.", "it is printed")
	assert.NotContains(t, page(forms.Summarise(before, a, approved(), today)), "88-92", "and was not before")
}

// The same inside a repeating group.
func TestOneEntryInARowIsEnough(t *testing.T) {
	files := testFiles(t)
	replaceIn(t, files, "02-care.yaml", "          - {id: emergency,", "          - {id: relation, kind: text, label: Relation, need: approve, print: {}}\n          - {id: emergency,")
	d, err := forms.Load(files, ".", testHooks())
	require.NoError(t, err)
	assert.Len(t, forms.Validate(d, fullPlan(), today, forms.ForApproval), 3, "each row is asked")
	a, problems, err := forms.ApplyPatch(d, fullPlan(), []byte(`{"contacts":{"rows":{"c1":{"answers":{"relation":{"value":"daughter"}}}}}}`))
	require.NoError(t, err)
	assert.Empty(t, problems)
	changes := forms.Diff(d, fullPlan(), a, today, false)
	require.Len(t, changes, 1)
	assert.Equal(t, "Ann Smith", changes[0].RowTitle)
	assert.Contains(t, page(forms.Summarise(d, a, approved(), today)), "*Ann Smith*, 07700 900123, daughter\n")
}

// A plan written under an older version of the form stays readable under its own definition, whatever the newer one says.
func TestVersionsDoNotTouchEachOther(t *testing.T) {
	old := testForm(t)
	files := testFiles(t)
	replaceIn(t, files, "definition.yaml", `"1.0"`, `"2.0"`)
	replaceIn(t, files, "01-person.yaml", "      - {id: title, kind: text, label: Title, max: 20}\n", "")
	newer, err := forms.Load(files, ".", testHooks())
	require.NoError(t, err)
	assert.Equal(t, "test-form@2.0", newer.Name())
	raw, err := fullPlan().MarshalJSON()
	require.NoError(t, err)
	_, problems, err := forms.Decode(old, raw)
	require.NoError(t, err)
	assert.Empty(t, problems)
	_, problems, err = forms.Decode(newer, raw)
	require.NoError(t, err)
	require.Len(t, problems, 1)
	assert.Equal(t, "title", problems[0].Item)
}
