package forms_test

// What may change here: what counts on the day.

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"cmc/forms"
)

func TestReaderAnswers(t *testing.T) {
	d := testForm(t)
	r := forms.NewReader(d, fullPlan(), today)
	assert.Equal(t, "Smith", r.Text("family_name"))
	assert.Equal(t, "English", r.Text("language_main"))
	assert.True(t, r.Is("cpr_decision", "dnacpr"))
	assert.True(t, r.Is("convey_for", "fracture"))
	assert.False(t, r.Is("convey_for", "pain"))
	assert.Equal(t, []string{"dnacpr"}, r.Codes("cpr_decision"))
	assert.Equal(t, []string{"choking", "fracture"}, r.Codes("convey_for"))
	assert.Nil(t, r.Codes("family_name"))
	n, ok := r.Number("akps")
	assert.True(t, ok)
	assert.Equal(t, 40.0, n)
	_, ok = r.Number("family_name")
	assert.False(t, ok)
	v, ok := r.Bool("lives_alone")
	assert.True(t, ok)
	assert.False(t, v)
	_, ok = r.Bool("nothing")
	assert.False(t, ok)
	assert.True(t, r.Blank("email"))
	assert.True(t, r.Blank("nothing"))
	assert.Equal(t, time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC), r.Today())
	assert.Same(t, d, r.Def())
}

func TestReaderStates(t *testing.T) {
	a := fullPlan()
	a.SetState("place", forms.NotDiscussed)
	r := forms.NewReader(testForm(t), a, today)
	_, ok := r.Get("place")
	assert.False(t, ok, "not discussed is no value")
	assert.False(t, r.Blank("place"), "and is not blank")
	assert.Equal(t, forms.NotDiscussed, r.State("place"))
	assert.Equal(t, "Not discussed", r.Words("place"))
	assert.Equal(t, "", r.Text("place"))
	assert.Equal(t, forms.Answered, r.State("email"))
}

func TestReaderAge(t *testing.T) {
	d := testForm(t)
	for _, c := range []struct {
		born string
		want int
		ok   bool
	}{
		{"1941-06-09", 85, true}, {"2008-11-22", 18, true}, {"2008-11-23", 17, true}, {"2026-11-22", 0, true},
		{"2026-11-23", 0, false}, {"", 0, false}, {"2008-02-30", 0, false},
	} {
		a := forms.Answers{}
		a.SetText("birth_date", c.born)
		age, ok := forms.NewReader(d, a, today).Age()
		assert.Equal(t, c.ok, ok, c.born)
		assert.Equal(t, c.want, age, c.born)
	}
}

// A person may only be seen as a child from the day of birth to the eve of the eighteenth birthday.
func TestStepIsHiddenByItsRule(t *testing.T) {
	d := testForm(t)
	a := fullPlan()
	a.SetText("school", "Test School")
	assert.False(t, forms.NewReader(d, a, today).Visible("school"))
	a.SetText("birth_date", "2008-11-23")
	assert.True(t, forms.NewReader(d, a, today).Visible("school"))
	assert.True(t, forms.NewReader(d, a, today).Visible("teacher"), "the state of school is answered")
	assert.False(t, forms.NewReader(d, a, today.AddDate(0, 0, 1)).Visible("school"), "today is a parameter")
	delete(a, "birth_date")
	assert.False(t, forms.NewReader(d, a, today).Visible("school"), "without a date of birth there is no age")
	assert.False(t, forms.NewReader(d, a, today).Visible("nothing"))
}

// A hidden answer counts for nothing, for rules that depend on it too.
func TestHiddenAnswersCountForNothing(t *testing.T) {
	d := testForm(t)
	a := fullPlan()
	r := forms.NewReader(d, a, today)
	assert.Equal(t, "Unlikely to succeed", r.Text("cpr_reason"))
	a.SetChoice("cpr_decision", "attempt")
	r = forms.NewReader(d, a, today)
	assert.False(t, r.Visible("cpr_reason"))
	assert.Equal(t, "", r.Text("cpr_reason"))
	assert.Equal(t, "", r.Words("cpr_reason"))
	assert.True(t, r.Blank("cpr_reason"))
	assert.True(t, r.Visible("cpr_date"))
	assert.False(t, r.Holds(&forms.Rule{Item: "cpr_reason", Op: forms.OpExists}))
	assert.True(t, r.Holds(&forms.Rule{Item: "cpr_reason", Op: forms.OpNotEqual, Value: "Unlikely to succeed"}))
}

func TestReaderRows(t *testing.T) {
	d := testForm(t)
	a := fullPlan()
	a["anticipated_problems"].Rows[1].Answers.SetBool("severe", true)
	r := forms.NewReader(d, a, today)
	rows := r.Rows("anticipated_problems")
	require.Len(t, rows, 5)
	assert.Equal(t, "p2", rows[1].RowID())
	assert.Equal(t, "", r.RowID())
	assert.Equal(t, "Chest infection", rows[1].Text("problem"))
	assert.Equal(t, "Chest infection", rows[1].Title())
	assert.Equal(t, "Smith", rows[1].Text("family_name"), "a row sees the whole plan after itself")
	assert.Equal(t, "", r.Text("problem"), "the plan does not see into rows")
	assert.True(t, rows[1].Visible("warning"), "its own row says severe")
	assert.False(t, rows[0].Visible("warning"))
	assert.Equal(t, "", rows[0].Text("contact_name"), "one row does not see into another")
	assert.Equal(t, "", rows[1].Top().RowID())

	group, row, ok := rows[0].Ref("call_first")
	require.True(t, ok)
	assert.Equal(t, "contacts", group)
	assert.Equal(t, "Ann Smith", row.Text("contact_name"))
	assert.Equal(t, "Ann Smith", rows[0].Words("call_first"))
	_, _, ok = rows[2].Ref("call_first")
	assert.False(t, ok)
	_, _, ok = rows[0].Ref("problem")
	assert.False(t, ok)
	rows[2].Answers().SetText("call_first", "contacts/gone")
	_, _, ok = forms.NewReader(d, a, today).Rows("anticipated_problems")[2].Ref("call_first")
	assert.False(t, ok)
	_, ok = r.Row("contacts", "c2")
	assert.True(t, ok)
	_, ok = r.Row("contacts", "p2")
	assert.False(t, ok)
	assert.Nil(t, r.Rows("family_name"))
}

func TestRules(t *testing.T) {
	d := testForm(t)
	a := fullPlan()
	a.SetState("place", forms.Declined)
	r := forms.NewReader(d, a, today)
	is := func(item string, op forms.Op, v any) *forms.Rule { return &forms.Rule{Item: item, Op: op, Value: v} }
	for name, c := range map[string]struct {
		rule *forms.Rule
		want bool
	}{
		"none":                    {nil, true},
		"exists":                  {is("family_name", forms.OpExists, nil), true},
		"exists not":              {is("email", forms.OpExists, nil), false},
		"exists not, a state":     {is("place", forms.OpExists, nil), false},
		"exists rows":             {is("contacts", forms.OpExists, nil), true},
		"unknown item":            {is("nothing", forms.OpEqual, "x"), false},
		"unknown item is not":     {is("nothing", forms.OpNotEqual, "x"), true},
		"equal":                   {is("cpr_decision", forms.OpEqual, "dnacpr"), true},
		"not equal":               {is("cpr_decision", forms.OpNotEqual, "dnacpr"), false},
		"none is not equal":       {is("email", forms.OpNotEqual, "x"), true},
		"none is not less":        {is("diagnosed", forms.OpLess, "2026"), false},
		"any chosen":              {is("convey_for", forms.OpEqual, "choking"), true},
		"none chosen":             {is("convey_for", forms.OpEqual, "pain"), false},
		"not chosen":              {is("convey_for", forms.OpNotEqual, "pain"), true},
		"one chosen is in":        {is("convey_for", forms.OpIn, []any{"pain", "choking"}), true},
		"in":                      {is("cpr_decision", forms.OpIn, []any{"attempt", "dnacpr"}), true},
		"not in":                  {is("cpr_decision", forms.OpIn, []any{"attempt"}), false},
		"number":                  {is("akps", forms.OpEqual, 40), true},
		"number as decimal":       {is("akps", forms.OpEqual, 40.0), true},
		"number less":             {is("akps", forms.OpLess, 50), true},
		"number more":             {is("akps", forms.OpMore, 40), false},
		"number in":               {is("akps", forms.OpIn, []any{10, 40}), true},
		"number as text":          {is("akps", forms.OpEqual, "40"), false},
		"code as number":          {is("gender_admin", forms.OpLess, 2), true},
		"yes":                     {is("patient_aware", forms.OpEqual, true), true},
		"yes is not no":           {is("patient_aware", forms.OpEqual, false), false},
		"no in":                   {is("lives_alone", forms.OpIn, []any{false}), true},
		"date less":               {is("cpr_date", forms.OpLess, "2026-11-21"), true},
		"date more":               {is("cpr_date", forms.OpMore, "2026-11-21"), false},
		"coded by its code":       {is("language_main", forms.OpEqual, "en"), true},
		"coded by its words":      {is("language_main", forms.OpEqual, "English"), true},
		"age":                     {is("@age", forms.OpMore, 84), true},
		"age exists":              {is("@age", forms.OpExists, nil), true},
		"state":                   {is("@state:place", forms.OpEqual, "declined"), true},
		"state answered":          {is("@state:title", forms.OpEqual, "answered"), true},
		"state of blank":          {is("@state:email", forms.OpExists, nil), false},
		"state of blank is not":   {is("@state:email", forms.OpNotEqual, "declined"), true},
		"state of nothing":        {is("@state:nothing", forms.OpExists, nil), false},
		"in any row":              {is("emergency", forms.OpEqual, false), true},
		"in any row not":          {is("contact_name", forms.OpEqual, "Nobody"), false},
		"in no row":               {is("contact_name", forms.OpNotEqual, "Nobody"), true},
		"in some row, so not not": {is("contact_name", forms.OpNotEqual, "Ann Smith"), false},
		"all":                     {&forms.Rule{All: []*forms.Rule{is("title", forms.OpExists, nil), is("email", forms.OpExists, nil)}}, false},
		"any":                     {&forms.Rule{Any: []*forms.Rule{is("email", forms.OpExists, nil), is("title", forms.OpExists, nil)}}, true},
		"any none":                {&forms.Rule{Any: []*forms.Rule{is("email", forms.OpExists, nil)}}, false},
		"not":                     {&forms.Rule{Not: is("email", forms.OpExists, nil)}, true},
	} {
		assert.Equal(t, c.want, r.Holds(c.rule), name)
	}
	rows := r.Rows("contacts")
	assert.True(t, rows[0].Holds(is("emergency", forms.OpEqual, true)))
	assert.False(t, rows[0].Holds(is("emergency", forms.OpEqual, false)), "inside a row only that row counts")
	assert.True(t, rows[2].Holds(is("emergency", forms.OpEqual, false)))
}

// What is asked never goes round in circles: whatever the answers, a second look in any order sees the same.
func TestFlowTerminates(t *testing.T) {
	d := testForm(t)
	var ids []string
	for it := range d.Items() {
		ids = append(ids, it.ID)
	}
	rapid.Check(t, func(t *rapid.T) {
		a := anyPlan(d, "plan").Draw(t, "plan")
		r := forms.NewReader(d, a, today)
		first := map[string]bool{}
		for _, id := range ids {
			first[id] = r.Visible(id)
		}
		other := forms.NewReader(d, a, today)
		for _, group := range rapid.Permutation([]string{"contacts", "anticipated_problems"}).Draw(t, "rows first") {
			for _, row := range other.Rows(group) {
				for _, id := range ids {
					if seen := row.Visible(id); d.Item(id).InGroup() == nil && seen != first[id] {
						t.Fatalf("%s is seen differently from a row", id)
					}
				}
			}
		}
		for _, id := range rapid.Permutation(ids).Draw(t, "order") {
			if other.Visible(id) != first[id] {
				t.Fatalf("%s is seen and not seen", id)
			}
		}
		// Taking out what does not count changes nothing that is asked: so one pass is enough, always.
		for _, id := range ids {
			if !first[id] {
				delete(a, id)
			}
		}
		last := forms.NewReader(d, a, today)
		for _, id := range ids {
			if last.Visible(id) != first[id] {
				t.Fatalf("%s depends on a hidden answer", id)
			}
		}
	})
}

// Any rule at all ends, on any answers, and only OpNotEqual and "not" hold where nothing is answered.
func FuzzRules(f *testing.F) {
	d := testForm(f)
	f.Add("akps", "=", "40", 40.0, uint8(0))
	f.Add("@state:place", "in", "declined", 0.0, uint8(1))
	f.Add("@age", "<", "", 18.0, uint8(2))
	full := forms.NewReader(d, fullPlan(), today)
	empty := forms.NewReader(d, forms.Answers{}, today)
	f.Fuzz(func(t *testing.T, item, op, text string, n float64, kind uint8) {
		values := []any{text, n, int(n), true, nil, []any{text, n, false}}
		rule := &forms.Rule{Item: item, Op: forms.Op(op), Value: values[int(kind)%len(values)]}
		v := full.Holds(rule)
		if full.Holds(&forms.Rule{Not: rule}) == v || full.Holds(&forms.Rule{All: []*forms.Rule{rule, rule}}) != v {
			t.Fatal("not and all do not agree")
		}
		if empty.Holds(rule) && rule.Op != forms.OpNotEqual && rule.Item != "" {
			t.Fatalf("holds without an answer: %+v", rule)
		}
		for _, row := range full.Rows("contacts") {
			row.Holds(rule)
		}
	})
}

func FuzzLoad(f *testing.F) {
	files := testFiles(f)
	for _, file := range files {
		f.Add(string(file.Data))
	}
	f.Add("step: x\ntitle: X\nsections: [{section: x, title: X, items: [{id: a, kind: text, label: A, when: {item: a, op: exists}}]}]")
	f.Fuzz(func(t *testing.T, step string) {
		files := testFiles(t)
		files["03-child.yaml"].Data = []byte(step)
		d, err := forms.Load(files, ".", testHooks())
		if err != nil {
			return
		}
		look(d, fullPlan())
		look(d, forms.Answers{})
	})
}
