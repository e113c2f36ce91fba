package forms_test

// What may change here: what a definition may say, and what Load answers to a wrong one.

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cmc/forms"
)

func TestLoadReadsTheFormInOrder(t *testing.T) {
	d := testForm(t)
	assert.Equal(t, "test-form@1.0", d.Name())
	var ids []string
	for it := range d.Items() {
		ids = append(ids, it.ID)
	}
	at := func(id string) int { return slices.Index(ids, id) }
	assert.Equal(t, 0, at("plan_type"))
	assert.Less(t, at("email"), at("cpr_decision"), "files stand in the order of their names")
	assert.Equal(t, at("anticipated_problems")+1, at("problem"), "children follow their group")
	assert.Less(t, at("call_first"), at("contacts"))

	it := d.Item("action")
	require.NotNil(t, it)
	assert.Equal(t, "anticipated_problems", it.Parent().ID)
	assert.Equal(t, "anticipated_problems", it.InGroup().ID)
	assert.Equal(t, "problems", it.Section().ID)
	assert.Equal(t, "care", it.InStep().ID)
	assert.Nil(t, d.Item("lives_alone").InGroup(), "a group that does not repeat keeps its answers at the top")
	assert.Nil(t, d.Item("nobody"))
	assert.Nil(t, d.Step("nobody"))
	assert.Equal(t, "Care", d.Step("care").Title)
}

func TestLoadFillsWhatIsLeftOut(t *testing.T) {
	d := testForm(t)
	assert.Equal(t, 35, d.Item("family_name").MaxChars, "max on a text is a number of characters")
	assert.Nil(t, d.Item("family_name").Max)
	assert.Equal(t, 200, d.Item("preferred_name").MaxChars)
	assert.Equal(t, 100.0, *d.Item("akps").Max, "max on a number is a number")
	assert.Zero(t, d.Item("akps").MaxChars)
	assert.Equal(t, []forms.State{forms.Unknown, forms.NotDiscussed, forms.Declined}, d.Item("patient_aware").States)
	assert.Empty(t, d.Item("family_name").States)
	assert.Equal(t, 50, d.Item("contacts").MaxRows)
	assert.Equal(t, "CPR decision", d.Item("cpr_decision").ShortLabel())
	assert.Equal(t, "Family name", d.Item("family_name").ShortLabel())
}

// Every wrong definition is refused, with words that say where.
func TestLoadRefuses(t *testing.T) {
	const person, care, child = "01-person.yaml", "02-care.yaml", "03-child.yaml"
	for name, c := range map[string]struct{ file, old, new, want string }{
		"unknown key":               {person, "label: Family name,", "label: Family name, colour: red,", person + ":9: field colour not found"},
		"wrong type":                {child, "section: child", "section: {}", child + ":5:"},
		"duplicate key":             {child, "title: School\n", "title: School\n    title: School\n", child + ":7:"},
		"second document":           {child, "step: child", "---\nstep: child\n---\nstep: more", "one file holds one document"},
		"duplicate item":            {child, "id: teacher", "id: school", `item school: the id is used twice`},
		"duplicate step":            {child, "step: child", "step: care", `step care: the id is used twice`},
		"duplicate section":         {child, "section: child", "section: cpr", `section cpr: the id is used twice`},
		"bad id":                    {child, "id: teacher", "id: Teacher", "item Teacher: the id is missing or"},
		"no kind":                   {child, "id: teacher, kind: text", "id: teacher", `item teacher: the kind "" does not exist`},
		"no label":                  {child, "label: Teacher,", "", "item teacher: the label is missing"},
		"bad need":                  {child, "need: approve", "need: always", `item school: the need "always" does not exist`},
		"need_when alone":           {child, "need: approve", "need_when: {item: phone, op: exists}", "item school: need_when without need"},
		"options missing":           {person, ", options: [{code: full, label: Full plan}, {code: rapid, label: Rapid plan}]", "", "item plan_type: the options are missing"},
		"options on text":           {child, "kind: text, label: Teacher", "kind: text, options: [{code: a, label: A}], label: Teacher", "item teacher: only choice and choices have options"},
		"option twice":              {person, "code: rapid", "code: full", `item plan_type: the option "full" is there twice`},
		"option without label":      {person, ", label: Rapid plan", "", `item plan_type: the option "rapid" has no label`},
		"wrong SNOMED":              {care, "439569004", "439569005", `item cpr_decision: the SNOMED CT code "439569005" has a wrong check digit`},
		"critical list":             {care, "- {code: attempt,", "- {code: a1, label: A}\n          - {code: a2, label: A}\n          - {code: a3, label: A}\n          - {code: a4, label: A}\n          - {code: a5, label: A}\n          - {code: attempt,", "item cpr_decision: a critical choice has 7 radio buttons at most, this has 8"},
		"rule on nothing":           {child, `"@state:school"`, `"@state:scool"`, `item teacher: a rule names "@state:scool", which does not exist`},
		"rule with two halves":      {child, `when: {item: "@age",`, `when: {not: {item: phone, op: exists}, item: "@age",`, "step child: a rule has exactly one of"},
		"rule with no half":         {child, `when: {item: "@age", op: "<", value: 18}`, `when: {}`, "step child: a rule has exactly one of"},
		"unknown operator":          {child, `op: "<"`, `op: "<="`, `step child: the operator "<=" does not exist`},
		"rule on an option unknown": {care, "op: in, value: [home, comfort]", "op: in, value: [house]", "item convey_for: a rule compares ceiling with house, which is none of its options"},
		"rule with unquoted code":   {care, `when: {item: cpr_decision, op: exists}`, `when: {item: gender_admin, op: "=", value: 1}`, "item cpr_date: a rule compares gender_admin with 1"},
		"exists with value":         {care, `when: {item: cpr_decision, op: exists}`, `when: {item: cpr_decision, op: exists, value: x}`, "exists takes no value"},
		"yes or no with text":       {care, `{item: lives_alone, op: "=", value: true}`, `{item: lives_alone, op: "=", value: "yes"}`, "item pets: a rule compares lives_alone, which is yes or no"},
		"itself":                    {child, `"@state:school"`, "teacher", "item teacher: whether it is asked depends on itself"},
		"itself by its section":     {child, "title: School\n", "title: School\n    when: {item: teacher, op: exists}\n", "whether it is asked depends on itself"},
		"itself by its group":       {care, "        label: The home\n", "        label: The home\n        when: {item: lives_alone, op: exists}\n", "whether it is asked depends on itself"},
		"itself by age":             {person, "label: Date of birth,", `label: Date of birth, when: {item: "@age", op: ">", value: 1},`, "item birth_date: whether it is asked depends on itself"},
		"check unknown":             {care, "no_lions", "no_tigers", `item pets: the check "no_tigers" does not exist`},
		"computed unknown":          {care, "compute: access", "compute: egress", `item access_line: the computed words "egress" do not exist`},
		"computed missing":          {care, "compute: access, ", "", "item access_line: compute goes with kind computed"},
		"ref to nothing":            {care, "ref_to: [contacts]", "ref_to: [home]", `item call_first: ref_to names "home", which is not a repeating group`},
		"ref_to missing":            {care, "ref_to: [contacts], ", "", "item call_first: ref_to goes with kind ref"},
		"row title":                 {care, "row_title: problem", "row_title: contact_name", `item anticipated_problems: row_title names "contact_name", which is not in the group`},
		"group in group":            {care, "- {id: severe,", "- {id: inner, kind: group, repeats: true, label: X, items: [{id: inmost, kind: text, label: X}]}\n          - {id: severe,", "item inner: a repeating group cannot stand inside another"},
		"empty group":               {child, "kind: text, label: Teacher", "kind: group, label: Teacher", "item teacher: the group has no items"},
		"need on a plain group":     {care, "label: The home", "label: The home\n        need: answer", "item home: a group that does not repeat has no answer of its own"},
		"block unknown":             {care, "block: access, order: 1", "block: excess, order: 1", `item lives_alone: the block "excess" does not exist`},
		"style unknown":             {care, "style: quote", "style: cursive", `item own_words: the style "cursive" does not exist`},
		"secret printed":            {person, "label: Key safe code,", "label: Key safe code, print: {block: access},", "item key_safe: secret and sensitive answers are never printed"},
		"sensitive printed":         {person, "sensitive: true", "sensitive: true, print: {block: access}", "item hazard_note: secret and sensitive answers are never printed"},
		"child prints, group not":   {care, "print: {block: call, order: 1, rows: 2, more: \"more contact|more contacts\", only: {item: emergency, op: \"=\", value: true}}", "", `item contact_name: it prints, but its group "contacts" does not`},
		"past and future":           {care, "future: true", "future: true, past: true", "item review_due: a date cannot be both"},
		"past on text":              {child, "label: Teacher,", "label: Teacher, past: true,", "item teacher: past and future are for dates"},
		"min above max":             {care, "min: 0, max: 100", "min: 101, max: 100", "item akps: min is more than max"},
		"max 0":                     {person, "max: 35, need: save, rapid: true, admin: true", "max: 0", "item family_name: max must be 1 or more"},
		"state unknown":             {care, "states: [unknown, not_discussed", "states: [unknown, perhaps", `item place: the state "perhaps" cannot be offered`},
		"withheld offered":          {care, "states: [unknown, not_discussed", "states: [unknown, withheld", `item place: the state "withheld" cannot be offered`},
		"empty item":                {child, "- {id: teacher", "-\n      - {id: teacher", "an item of section child is empty"},
		"empty section":             {child, "sections:\n", "sections:\n  -\n", "a section of step child is empty"},
		"empty option":              {person, "options: [{code: full", "options: [~, {code: full", "an option of plan_type is empty"},
		"empty rule":                {child, `when: {item: "@age", op: "<", value: 18}`, `when: {all: [~]}`, "a rule of step child is empty"},
		"no title":                  {child, "title: Children and young people", "", "step child: the title is missing"},
		"version as a number":       {"definition.yaml", `version: "1.0"`, "version: one", `definition: the version "one" is not like 1.0`},
		"definition unknown key":    {"definition.yaml", "title:", "titel:", "definition.yaml:3: field titel not found"},
	} {
		t.Run(name, func(t *testing.T) {
			files := testFiles(t)
			replaceIn(t, files, c.file, c.old, c.new)
			d, err := forms.Load(files, ".", testHooks())
			require.Error(t, err)
			assert.Nil(t, d)
			assert.Contains(t, err.Error(), c.want)
		})
	}
}

func TestLoadTellsEveryFaultAtOnce(t *testing.T) {
	files := testFiles(t)
	replaceIn(t, files, "03-child.yaml", "label: Teacher,", "past: true,")
	replaceIn(t, files, "02-care.yaml", "no_lions", "no_tigers")
	_, err := forms.Load(files, ".", testHooks())
	require.Error(t, err)
	for _, want := range []string{"item teacher: the label", "item teacher: past and", "item pets: the check"} {
		assert.Contains(t, err.Error(), want)
	}
	assert.Len(t, strings.Split(err.Error(), "\n"), 3)
}

func TestLoadAsksForItsFiles(t *testing.T) {
	_, err := forms.Load(fstest.MapFS{}, "nowhere", forms.Hooks{})
	require.Error(t, err)

	files := testFiles(t)
	files["child.yaml"] = &fstest.MapFile{Data: []byte("step: x")}
	_, err = forms.Load(files, ".", testHooks())
	require.ErrorContains(t, err, "child.yaml: a step's file is named like 01-person.yaml")

	files = testFiles(t)
	files["04-empty.yaml"] = &fstest.MapFile{}
	_, err = forms.Load(files, ".", testHooks())
	require.ErrorContains(t, err, "04-empty.yaml: the file is empty")

	deep := fstest.MapFS{}
	for name, f := range testFiles(t) {
		deep["a/b/"+name] = f
	}
	_, err = forms.Load(deep, "a/b", testHooks())
	require.NoError(t, err)
}

func TestHooksAreChecked(t *testing.T) {
	h := testHooks()
	h.Rules = append(h.Rules, forms.CrossRule{ID: "X99", Level: "sometimes"})
	_, err := forms.Load(testFiles(t), ".", h)
	require.ErrorContains(t, err, "rule X99: there is nothing to call")
	require.ErrorContains(t, err, `rule X99: the level "sometimes"`)
}
