package forms_test

// What may change here: which findings the engine makes by itself, their words and their order.

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"cmc/forms"
)

func TestFullPlanHasNoProblems(t *testing.T) {
	d := testForm(t)
	assert.Empty(t, forms.Validate(d, fullPlan(), today, forms.ForSave))
	assert.Empty(t, forms.Validate(d, fullPlan(), today, forms.ForApproval))
}

func TestEmptyPlanTellsEveryGapAtOnce(t *testing.T) {
	d := testForm(t)
	gaps := func(scope forms.Scope) (ids []string) {
		for _, p := range forms.Validate(d, nil, today, scope) {
			assert.True(t, p.Gap)
			assert.Equal(t, "X01", p.Rule)
			assert.Equal(t, forms.Stop, p.Severity)
			assert.NotEmpty(t, p.Step)
			ids = append(ids, p.Item)
		}
		return ids
	}
	assert.Equal(t, []string{"family_name", "given_name", "birth_date"}, gaps(forms.ForSave))
	assert.Equal(t, []string{"family_name", "given_name", "birth_date", "nhs_number", "cpr_decision", "ceiling", "place",
		"anticipated_problems", "lives_alone"}, gaps(forms.ForApproval))
}

func TestGapWords(t *testing.T) {
	d := testForm(t)
	ps := forms.Validate(d, nil, today, forms.ForApproval)
	words := map[string]string{}
	for _, p := range ps {
		words[p.Item] = p.Words
	}
	assert.Equal(t, "Answer “Born”", words["birth_date"])
	assert.Equal(t, "Choose whether CPR should be attempted", words["cpr_decision"], "the definition's own words come first")
}

func TestStatesAsAnswers(t *testing.T) {
	d := testForm(t)
	check := func(id string, s forms.State) []forms.Problem {
		a := fullPlan()
		a.SetState(id, s)
		return forms.Validate(d, a, today, forms.ForApproval)
	}
	for _, s := range []forms.State{forms.Unknown, forms.NotDiscussed, forms.Declined, forms.NotApplicable, forms.Withheld} {
		assert.Empty(t, check("place", s), "%s answers a need for an answer", s)
	}
	ps := check("patient_aware", forms.NotApplicable)
	require.Len(t, ps, 1, "but only when it is offered")
	assert.Equal(t, "“Not applicable” is not one of the answers offered for “The person knows”", ps[0].Words)
	ps = check("cpr_decision", forms.Unknown)
	require.Len(t, ps, 1, "a need for a value is not answered by unknown")
	assert.Equal(t, "shape", ps[0].Rule)
	assert.Empty(t, check("cpr_decision", forms.Withheld), "what the service masked is there")
}

// A state that is offered still leaves a gap where a real value is needed.
func TestOfferedStateLeavesAGap(t *testing.T) {
	files := testFiles(t)
	replaceIn(t, files, "01-person.yaml", "label: NHS number, need: approve", "label: NHS number, need: approve, states: [unknown]")
	d, err := forms.Load(files, ".", testHooks())
	require.NoError(t, err)
	a := fullPlan()
	a.SetState("nhs_number", forms.Unknown)
	ps := forms.Validate(d, a, today, forms.ForApproval)
	require.Len(t, ps, 1)
	assert.True(t, ps[0].Gap)
	assert.Empty(t, forms.Validate(d, a, today, forms.ForSave))
}

// In a rapid plan only the approval minimum is needed (domain.md 4.27), and the draft minimum always.
func TestRapidPlanNeedsLess(t *testing.T) {
	d := testForm(t)
	a := forms.Answers{}
	a.SetChoice("plan_type", "rapid")
	var ids []string
	for _, p := range forms.Validate(d, a, today, forms.ForApproval) {
		ids = append(ids, p.Item)
	}
	assert.Equal(t, []string{"family_name", "given_name", "birth_date", "nhs_number", "cpr_decision", "ceiling"}, ids)
	assert.True(t, forms.NewReader(d, a, today).Visible("place"), "everything may still be answered")
}

// What the service sets is never asked of a person.
func TestSystemItemsAreNotNeeded(t *testing.T) {
	files := testFiles(t)
	replaceIn(t, files, "01-person.yaml", "label: E-mail", "label: E-mail, need: approve, system: true")
	d, err := forms.Load(files, ".", testHooks())
	require.NoError(t, err)
	assert.Empty(t, forms.Validate(d, fullPlan(), today, forms.ForApproval))
}

// A time belongs to the day that it has in London.
func TestTimesAreOfTheLondonDay(t *testing.T) {
	d := testForm(t)
	a := fullPlan()
	a.SetText("last_seen", "2026-07-01T23:30:00Z") // half past midnight on 2 July in London
	a.SetText("cpr_date", "2026-06-01")
	seen := func(day int) []forms.Problem {
		return forms.ValidateItem(d, a, "", "last_seen", time.Date(2026, 7, day, 12, 0, 0, 0, time.UTC))
	}
	assert.Len(t, seen(1), 1)
	assert.Empty(t, seen(2))
}

func TestNeedWhen(t *testing.T) {
	d := testForm(t)
	a := fullPlan()
	delete(a, "cpr_date")
	assert.Len(t, forms.Validate(d, a, today, forms.ForApproval), 1)
	a.SetChoice("cpr_decision", "attempt")
	assert.Empty(t, forms.Validate(d, a, today, forms.ForApproval))
}

func TestValues(t *testing.T) {
	d := testForm(t)
	text := func(id, v string) func(forms.Answers) { return func(a forms.Answers) { a.SetText(id, v) } }
	for name, c := range map[string]struct {
		set         func(forms.Answers)
		item        string
		rule, words string
	}{
		"too long":          {text("given_name", strings.Repeat("é", 47)), "given_name", "length", "Use 35 characters or fewer: 12 too many"},
		"just right":        {text("given_name", strings.Repeat("é", 35)), "", "", ""},
		"hidden":            {text("given_name", "Jo\u200bhn"), "given_name", "format", "hidden or control"},
		"lines in a line":   {text("given_name", "Jo\nhn"), "given_name", "format", "hidden or control"},
		"lines in lines":    {text("cpr_reason", "one\ntwo"), "", "", ""},
		"no such option":    {text("ceiling", "moon"), "ceiling", "shape", "Choose one of the answers offered for “Level of treatment”"},
		"not offered":       {text("cpr_decision", "modified_child"), "cpr_decision", "shape", "“For modified CPR (child only)” cannot be chosen"},
		"no such choices":   {func(a forms.Answers) { a.SetChoices("convey_for", "moon") }, "convey_for", "shape", "Choose one of"},
		"below":             {func(a forms.Answers) { a.SetNumber("akps", -10) }, "akps", "range", "“Karnofsky score” must be between 0 and 100"},
		"above":             {func(a forms.Answers) { a.SetNumber("weight", 301) }, "weight", "range", "“Weight” must be between 1 and 300 kg"},
		"not whole":         {func(a forms.Answers) { a.SetNumber("akps", 40.5) }, "akps", "format", "must be a whole number"},
		"not a step":        {func(a forms.Answers) { a.SetNumber("akps", 45) }, "akps", "range", "in steps of 10"},
		"no such day":       {text("birth_date", "1941-02-31"), "birth_date", "format", "Enter “Born” as a real date, like 09-Jun-2026"},
		"tomorrow":          {text("cpr_date", "2026-11-23"), "cpr_date", "range", "“Decided” cannot be after today"},
		"today":             {text("cpr_date", "2026-11-22"), "", "", ""},
		"yesterday":         {text("review_due", "2026-11-21"), "review_due", "range", "“Review by” cannot be before today"},
		"review today":      {text("review_due", "2026-11-22"), "", "", ""},
		"next month":        {text("diagnosed", "2026-12"), "diagnosed", "range", "cannot be after today"},
		"this month":        {text("diagnosed", "2026-11"), "", "", ""},
		"this year":         {text("diagnosed", "2026"), "", "", ""},
		"next year":         {text("diagnosed", "2027"), "diagnosed", "range", "cannot be after today"},
		"year 19":           {text("diagnosed", "0019"), "diagnosed", "range", "Check the year of"},
		"time to come":      {text("last_seen", "2026-11-23T00:10:00Z"), "last_seen", "range", "cannot be after today"},
		"time today":        {text("last_seen", "2026-11-22T23:10:00Z"), "", "", ""},
		"NHS number":        {text("nhs_number", "9990009601"), "nhs_number", "format", "NHS number"},
		"NHS number spaced": {text("nhs_number", "999 000 9600"), "nhs_number", "format", "ten digits without spaces"},
		"phone":             {text("phone", "12"), "phone", "format", ""},
		"e-mail":            {text("email", "nobody"), "email", "format", ""},
		"practice":          {text("practice_ods", "!"), "practice_ods", "format", ""},
		"registration":      {text("clinician_number", "1"), "clinician_number", "format", ""},
		"six lines":         {func(a forms.Answers) { a.SetAddress("address_usual", forms.PostalAddress{Lines: make6()}) }, "address_usual", "length", "five lines or fewer"},
		"long line": {func(a forms.Answers) {
			a.SetAddress("address_usual", forms.PostalAddress{Lines: []string{strings.Repeat("é", 50), strings.Repeat("é", 51)}})
		}, "address_usual", "length", "50"},
		"postcode": {func(a forms.Answers) {
			a.SetAddress("address_usual", forms.PostalAddress{Lines: []string{"x"}, Postcode: "1"})
		}, "address_usual", "format", ""},
		"code alone":      {func(a forms.Answers) { a.SetCoded("language_main", forms.CodedText{System: "x", Code: "en"}) }, "language_main", "shape", "Enter the words for"},
		"code of nothing": {func(a forms.Answers) { a.SetCoded("language_main", forms.CodedText{Text: "x", Code: "en"}) }, "language_main", "shape", "The code for"},
		"SNOMED": {func(a forms.Answers) {
			a.SetCoded("language_main", forms.CodedText{Text: "x", System: "http://snomed.info/sct", Code: "439569005"})
		}, "language_main", "shape", "The code for"},
		"file": {func(a forms.Answers) {
			a["photo"] = forms.FileAnswer(forms.FileRef{Name: "x", MediaType: "a/b", SHA256: "ab"})
		}, "photo", "shape", "wrong form"},
		"check":               {func(a forms.Answers) { a.SetBool("lives_alone", true); a.SetText("pets", "A lion") }, "pets", "format", "Tell the council"},
		"ref":                 {func(a forms.Answers) { a["anticipated_problems"].Rows[0].Answers.SetText("call_first", "contacts/zz") }, "call_first", "shape", "is no longer in the plan"},
		"wrong field, text":   {func(a forms.Answers) { a["title"] = forms.NumberAnswer(1) }, "title", "shape", "wrong form"},
		"wrong field, number": {func(a forms.Answers) { a["akps"] = forms.TextAnswer("40") }, "akps", "shape", "wrong form"},
		"wrong field, list":   {func(a forms.Answers) { a["convey_for"] = forms.TextAnswer("pain") }, "convey_for", "shape", "wrong form"},
		"wrong field, rows":   {func(a forms.Answers) { a["anticipated_problems"] = forms.TextAnswer("x") }, "anticipated_problems", "shape", "wrong form"},
		"wrong field, coded":  {func(a forms.Answers) { a["language_main"] = forms.TextAnswer("x") }, "language_main", "shape", "wrong form"},
		"wrong field, place":  {func(a forms.Answers) { a["address_usual"] = forms.TextAnswer("x") }, "address_usual", "shape", "wrong form"},
		"wrong field":         {func(a forms.Answers) { a["lives_alone"] = forms.TextAnswer("yes") }, "lives_alone", "shape", "wrong form"},
		"row needs":           {func(a forms.Answers) { delete(a["contacts"].Rows[1].Answers, "contact_name") }, "contact_name", "X01", "Answer “Name”"},
		"row needs by row": {func(a forms.Answers) {
			a["anticipated_problems"].Rows[2].Answers.SetBool("severe", true)
			delete(a["anticipated_problems"].Rows[2].Answers, "action")
		}, "action", "X01", "Answer “What to do”"},
		"too many rows":    {func(a forms.Answers) { a.SetRows("anticipated_problems", manyRows(12)...) }, "anticipated_problems", "range", "Keep to 10 entries or fewer in “What may happen”: 2 too many"},
		"rule across":      {func(a forms.Answers) { a.SetChoice("cpr_decision", "attempt"); a.SetChoice("ceiling", "comfort") }, "ceiling", "X06", "does not go with"},
		"rule across rows": {func(a forms.Answers) { a.SetText("phone", "07700 900145") }, "contact_phone", "X18", "another phone"},
	} {
		t.Run(name, func(t *testing.T) {
			a := fullPlan()
			c.set(a)
			ps := forms.Validate(d, a, today, forms.ForApproval)
			if c.item == "" {
				assert.Empty(t, ps)
				return
			}
			require.Len(t, ps, 1)
			p := ps[0]
			assert.Equal(t, c.item, p.Item)
			assert.Equal(t, c.rule, p.Rule)
			assert.Contains(t, p.Words, c.words)
			assert.Equal(t, d.Item(c.item).InStep().ID, p.Step)
			saved := forms.Validate(d, a, today, forms.ForSave)
			if strings.HasPrefix(p.Rule, "X") {
				assert.Empty(t, saved, "a draft may have gaps and contradictions")
			} else {
				assert.Equal(t, ps, saved, "the same words on saving")
			}
			if p.Rule != "X06" && p.Rule != "X18" {
				assert.Equal(t, ps, forms.ValidateItem(d, a, p.Row, p.Item, today), "the same words beside the field")
			}
			if g := d.Item(c.item).InGroup(); g != nil {
				assert.Equal(t, g.ID, p.Group)
				assert.NotEmpty(t, p.Row)
			} else {
				assert.Empty(t, p.Row)
			}
			for _, sorry := range []string{"please", "Please", "invalid", "Invalid", "sorry", "Sorry", "oops", "Oops", "!"} {
				assert.NotContains(t, p.Words, sorry)
			}
		})
	}
}

func make6() []string { return []string{"1", "2", "3", "4", "5", "6"} }

func manyRows(n int) (rows []forms.Row) {
	for i := range n {
		r := forms.Row{ID: string(rune('a' + i)), Answers: forms.Answers{}}
		r.Answers.SetCoded("problem", forms.CodedText{Text: "x"})
		rows = append(rows, r)
	}
	return rows
}

func TestValidateItemKnowsItsPlace(t *testing.T) {
	d := testForm(t)
	a := fullPlan()
	assert.Nil(t, forms.ValidateItem(d, a, "", "nothing", today))
	assert.Nil(t, forms.ValidateItem(d, a, "zz", "contact_name", today), "no such row")
	assert.Nil(t, forms.ValidateItem(d, a, "", "school", today), "hidden")
	delete(a["contacts"].Rows[1].Answers, "contact_name")
	assert.Nil(t, forms.ValidateItem(d, a, "c1", "contact_name", today))
	assert.Len(t, forms.ValidateItem(d, a, "c2", "contact_name", today), 1)
}

func TestProblemsStandInTheOrderOfTheForm(t *testing.T) {
	d := testForm(t)
	a := fullPlan()
	delete(a, "nhs_number")
	a.SetChoice("cpr_decision", "attempt")
	a.SetChoice("ceiling", "comfort")  // X06 at ceiling
	a.SetText("phone", "07700 900123") // X18 at contacts/c1
	delete(a["contacts"].Rows[0].Answers, "contact_name")
	a["contacts"].Rows[1].Answers.SetText("contact_phone", "1")
	delete(a, "lives_alone")
	var got []string
	for _, p := range forms.Validate(d, a, today, forms.ForApproval) {
		got = append(got, p.Rule+" "+p.Item+" "+p.Row)
	}
	assert.Equal(t, []string{"X01 nhs_number ", "X06 ceiling ", "X01 contact_name c1", "X18 contact_phone c1", "format contact_phone c2", "X01 lives_alone "}, got)
}

// Hidden items have no problems, whatever stands in them.
func TestHiddenItemsHaveNoProblems(t *testing.T) {
	d := testForm(t)
	rapid.Check(t, func(t *rapid.T) {
		a := anyPlan(d, "plan").Draw(t, "plan")
		r := forms.NewReader(d, a, today)
		for _, scope := range []forms.Scope{forms.ForSave, forms.ForApproval} {
			for _, p := range forms.Validate(d, a, today, scope) {
				at := r
				if p.Row != "" && p.Item != p.Group {
					row, ok := r.Row(p.Group, p.Row)
					if !ok {
						t.Fatalf("%+v is in no row", p)
					}
					at = row
				}
				if !at.Visible(p.Item) {
					t.Fatalf("%+v is hidden", p)
				}
				if p.Step != d.Item(p.Item).InStep().ID || p.Words == "" || p.Severity == "" || p.Rule == "" {
					t.Fatalf("%+v is half a problem", p)
				}
			}
		}
	})
}

// The findings depend on what the answers are, not on how or when they came; and what is found for saving is found for
// approval too.
func TestValidateIsAFunctionOfTheAnswers(t *testing.T) {
	d := testForm(t)
	rapid.Check(t, func(t *rapid.T) {
		a := anyPlan(d, "plan").Draw(t, "plan")
		want := forms.Validate(d, a, today, forms.ForApproval)
		ids := make([]string, 0, len(a))
		for id := range a {
			ids = append(ids, id)
		}
		slices.Sort(ids)
		b := forms.Answers{}
		for _, id := range rapid.Permutation(ids).Draw(t, "order") {
			b[id] = a[id].Clone()
			forms.Validate(d, b, today, forms.ForApproval) // looking on the way leaves no trace
		}
		if diff := cmp.Diff(want, forms.Validate(d, b, today, forms.ForApproval)); diff != "" {
			t.Fatal(diff)
		}
		morning := time.Date(2026, 11, 22, 0, 1, 0, 0, time.FixedZone("x", 3600))
		if diff := cmp.Diff(want, forms.Validate(d, b, morning, forms.ForApproval)); diff != "" {
			t.Fatal("the time of day counts: ", diff)
		}
		for _, p := range forms.Validate(d, a, today, forms.ForSave) {
			if !slices.Contains(want, p) {
				t.Fatalf("%+v would be found on saving but not on approval", p)
			}
		}
	})
}

func TestProgress(t *testing.T) {
	d := testForm(t)
	states := func(a forms.Answers) (out []string) {
		for _, s := range forms.Progress(d, a, today) {
			out = append(out, s.State)
		}
		return out
	}
	assert.Equal(t, []string{"not_started", "not_started", "not_started"}, states(nil))
	assert.Equal(t, []string{"done", "done", "not_started"}, states(fullPlan()))

	a := fullPlan()
	delete(a, "nhs_number")
	a.SetNumber("akps", 45)
	delete(a, "place")
	p := forms.Progress(d, a, today)
	assert.Equal(t, forms.StepProgress{Step: "person", Relevant: true, State: "gaps", Missing: 1, Answered: 14}, p[0])
	assert.Equal(t, "attention", p[1].State)
	assert.Equal(t, 1, p[1].Wrong)
	assert.Equal(t, 1, p[1].Missing)
	assert.False(t, p[2].Relevant)
	a.SetText("birth_date", "2020-01-01")
	p = forms.Progress(d, a, today)
	assert.True(t, p[2].Relevant)
	assert.Equal(t, 1, p[2].Missing)

	// A hidden answer is not counted.
	a = fullPlan()
	before := forms.Progress(d, a, today)[1].Answered
	a.SetChoice("cpr_decision", "attempt")
	assert.Equal(t, before-2, forms.Progress(d, a, today)[1].Answered)

	// Advice does not hold a step up; a question to confirm does.
	h := testHooks()
	h.Rules = []forms.CrossRule{{ID: "X25", Level: forms.Advise, Check: func(forms.Reader) []forms.Problem { return []forms.Problem{{Item: "place", Words: "Write it out"}} }}}
	d2, err := forms.Load(testFiles(t), ".", h)
	require.NoError(t, err)
	assert.Equal(t, "done", forms.Progress(d2, fullPlan(), today)[1].State)
}
