package forms_test

// What may change here: what is refused from outside, and that nothing is lost on the way through JSON.

import (
	"encoding/json"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"cmc/forms"
)

func TestDecodeReadsWhatIsStored(t *testing.T) {
	d := testForm(t)
	raw, err := json.Marshal(fullPlan())
	require.NoError(t, err)
	back, problems, err := forms.Decode(d, raw)
	require.NoError(t, err)
	assert.Empty(t, problems)
	assert.Empty(t, cmp.Diff(fullPlan(), back))
}

// The stored form is for ever: this text may never have to change.
func TestStoredForm(t *testing.T) {
	d := testForm(t)
	const stored = `{"akps":{"value":40},"anticipated_problems":{"rows":{"p1":{"answers":{"problem":{"value":{"text":"Fall"}},"severe":{"value":true}},"order":1},"p2":{"answers":{},"order":2}}},` +
		`"convey_for":{"value":["fracture","pain"]},"cpr_decision":{"value":"dnacpr"},"family_name":{"value":"O'Brien <& Co>"},` +
		`"home_address":{"value":{"lines":["1 Test Street"],"postcode":"SE1 0AA"}},"language_main":{"value":{"code":"en","system":"urn:x","text":"English"}},` +
		`"photo":{"value":{"media_type":"application/pdf","name":"form.pdf","sha256":"ab","size":12}},"place":{"state":"not_discussed"},"weight":{"value":62.5}}`
	want := strings.Replace(stored, "home_address", "address_usual", 1)
	a, problems, err := forms.Decode(d, []byte(want))
	require.NoError(t, err)
	assert.Empty(t, problems)
	assert.Equal(t, forms.NotDiscussed, a["place"].State)
	assert.Equal(t, 40.0, *a["akps"].Number)
	assert.Equal(t, []string{"fracture", "pain"}, a["convey_for"].Codes)
	assert.Equal(t, "1 Test Street", a["address_usual"].Address.Lines[0])
	assert.Equal(t, "p1", a["anticipated_problems"].Rows[0].ID)
	assert.True(t, *a["anticipated_problems"].Rows[0].Answers["severe"].Bool)
	assert.Len(t, a["anticipated_problems"].Rows, 2, "a row without answers is a row")
	raw, err := a.MarshalJSON()
	require.NoError(t, err)
	// address_usual now stands elsewhere in the order of names, so compare as JSON and the rest as bytes.
	assert.JSONEq(t, want, string(raw))
	assert.Contains(t, string(raw), `"O'Brien <& Co>"`)

	var plain forms.Answers
	require.NoError(t, json.Unmarshal([]byte(want), &plain))
	assert.Empty(t, cmp.Diff(a, plain), "reading without a definition gives the same")
}

func TestDecodeTellsWhatIsWrongAndKeepsTheRest(t *testing.T) {
	d := testForm(t)
	long := strings.Repeat("é", 36)
	for name, c := range map[string]struct {
		raw, item, row, rule, words string
		kept                        bool
	}{
		"unknown name":            {`{"colour":{"value":"red"}}`, "colour", "", "shape", "no such question", false},
		"unknown odd name":        {`{"Mr Smith 0":{"value":"red"}}`, "", "", "shape", "no such question", false},
		"not an object":           {`{"family_name":"Smith"}`, "family_name", "", "shape", "wrong form", false},
		"null":                    {`{"family_name":null}`, "family_name", "", "shape", "wrong form", false},
		"two halves":              {`{"family_name":{"value":"x","state":"unknown"}}`, "family_name", "", "shape", "wrong form", false},
		"number for text":         {`{"family_name":{"value":7}}`, "family_name", "", "shape", "wrong form", false},
		"text for number":         {`{"akps":{"value":"40"}}`, "akps", "", "shape", "wrong form", false},
		"number too big":          {`{"akps":{"value":1e999}}`, "akps", "", "shape", "wrong form", false},
		"text for yes or no":      {`{"lives_alone":{"value":"yes"}}`, "lives_alone", "", "shape", "wrong form", false},
		"text for list":           {`{"convey_for":{"value":"pain"}}`, "convey_for", "", "shape", "wrong form", false},
		"no such option":          {`{"cpr_decision":{"value":"DNACPR"}}`, "cpr_decision", "", "shape", "Choose one of the answers", false},
		"no such option list":     {`{"convey_for":{"value":["pain","rain"]}}`, "convey_for", "", "shape", "Choose one of the answers", false},
		"option twice":            {`{"convey_for":{"value":["pain","pain"]}}`, "convey_for", "", "shape", "Choose one of the answers", false},
		"no such state":           {`{"place":{"state":"perhaps"}}`, "place", "", "shape", "wrong form", false},
		"withheld":                {`{"place":{"state":"withheld"}}`, "place", "", "withheld", "leave it out", false},
		"31 February":             {`{"birth_date":{"value":"1941-02-31"}}`, "birth_date", "", "format", "Enter “Born” as a real date", false},
		"typed date":              {`{"birth_date":{"value":"09-Jun-1941"}}`, "birth_date", "", "format", "real date", false},
		"partial for full":        {`{"birth_date":{"value":"1941-06"}}`, "birth_date", "", "format", "real date", false},
		"time without zone":       {`{"last_seen":{"value":"2026-01-02T15:04:00"}}`, "last_seen", "", "format", "date and time", false},
		"month 13":                {`{"diagnosed":{"value":"2020-13"}}`, "diagnosed", "", "format", "a month or a year", false},
		"control":                 {`{"family_name":{"value":"Smi\u0007th"}}`, "family_name", "", "format", "hidden or control", false},
		"tab":                     {`{"family_name":{"value":"Smi\tth"}}`, "family_name", "", "format", "hidden or control", false},
		"line break in a line":    {`{"family_name":{"value":"Smi\nth"}}`, "family_name", "", "format", "hidden or control", false},
		"carriage return":         {`{"own_words":{"value":"a\r\nb"}}`, "own_words", "", "format", "hidden or control", false},
		"zero width":              {`{"family_name":{"value":"Smi\u200bth"}}`, "family_name", "", "format", "hidden or control", false},
		"bidi":                    {`{"family_name":{"value":"\u202eSmith"}}`, "family_name", "", "format", "hidden or control", false},
		"lone surrogate":          {`{"family_name":{"value":"\ud800"}}`, "family_name", "", "format", "hidden or control", false},
		"hidden in a code":        {`{"language_main":{"value":{"text":"English","code":"e\u200dn"}}}`, "language_main", "", "format", "hidden or control", false},
		"hidden in an address":    {`{"address_usual":{"value":{"lines":["1 Test\u2066 Street"]}}}`, "address_usual", "", "format", "hidden or control", false},
		"unknown part":            {`{"language_main":{"value":{"text":"English","flag":"x"}}}`, "language_main", "", "shape", "wrong form", false},
		"too long":                {`{"family_name":{"value":"` + long + `"}}`, "family_name", "", "length", "Use 35 characters or fewer: 1 too many", true},
		"far too long":            {`{"own_words":{"value":"` + strings.Repeat("a", forms.MaxValueBytes+1) + `"}}`, "own_words", "", "length", "Use 300 characters or fewer: 65237 too many", false},
		"answer of a plain group": {`{"home":{"value":"x"}}`, "home", "", "shape", "holds no answer of its own", false},
		"answer of computed":      {`{"access_line":{"value":"x"}}`, "access_line", "", "shape", "holds no answer of its own", false},
		"child at the top":        {`{"contact_name":{"value":"x"}}`, "contact_name", "", "shape", "no such question", false},
		"value for rows":          {`{"contacts":{"value":"x"}}`, "contacts", "", "shape", "wrong form", false},
		"bad row id":              {`{"contacts":{"rows":{"a b":{"order":1}}}}`, "contacts", "", "shape", "has an id that cannot be used", false},
		"row not an object":       {`{"contacts":{"rows":{"a":7}}}`, "contacts", "a", "shape", "wrong form", false},
		"row with more":           {`{"contacts":{"rows":{"a":{"order":1,"colour":2}}}}`, "contacts", "a", "shape", "wrong form", false},
		"order in words":          {`{"contacts":{"rows":{"a":{"order":"first"}}}}`, "contacts", "a", "shape", "wrong form", false},
		"wrong in a row":          {`{"contacts":{"rows":{"a":{"order":1,"answers":{"emergency":{"value":"no"}}}}}}`, "emergency", "a", "shape", "wrong form", true},
		"top item in a row":       {`{"contacts":{"rows":{"a":{"order":1,"answers":{"phone":{"value":"1"}}}}}}`, "phone", "a", "shape", "no such question", true},
	} {
		t.Run(name, func(t *testing.T) {
			// A good answer stands beside the bad one, and must stay.
			raw := strings.Replace(c.raw, "{", `{"title":{"value":"Mr"},`, 1)
			a, problems, err := forms.Decode(d, []byte(raw))
			require.NoError(t, err)
			require.Len(t, problems, 1)
			p := problems[0]
			assert.Equal(t, c.item, p.Item)
			assert.Equal(t, c.row, p.Row)
			assert.Equal(t, c.rule, p.Rule)
			assert.Equal(t, forms.Stop, p.Severity)
			assert.Contains(t, p.Words, c.words)
			assert.NotContains(t, p.Words, "Smith")
			assert.Equal(t, "Mr", a["title"].Text)
			if c.row == "" && c.item != "" {
				assert.Equal(t, c.kept, len(a) == 2, "kept %v", a)
			}
			if c.row != "" {
				assert.Equal(t, "contacts", p.Group)
			}
		})
	}
}

func TestDecodeRefusesWhatCannotBeRead(t *testing.T) {
	d := testForm(t)
	for name, raw := range map[string]string{
		"nothing":        "",
		"not JSON":       "family name: Smith",
		"cut off":        `{"family_name":{"value":"Smith"`,
		"a list":         `[]`,
		"null":           `null`,
		"two":            `{} {}`,
		"a brace more":   `{}}`,
		"a bracket more": `{} ]`,
		"a tail":         `{}x`,
		"a name twice":   `{"title":{"value":"Mr"},"title":{"value":"Mrs"}}`,
		"twice deep":     `{"title":{"value":"Mr","value":"Mrs"}}`,
		"bad UTF-8":      "{\"title\":{\"value\":\"\xff\"}}",
		"too deep":       strings.Repeat(`{"a":`, 40) + "1" + strings.Repeat("}", 40),
		"too deep lists": strings.Repeat(`[`, 100000),
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := forms.Decode(d, []byte(raw))
			require.Error(t, err)
			assert.NotContains(t, err.Error(), "Smith")
			_, _, err = forms.ApplyPatch(d, fullPlan(), []byte(raw))
			require.Error(t, err)
		})
	}
	_, _, err := forms.Decode(d, []byte(`{"title":{"value":"`+strings.Repeat("a", forms.MaxPlanBytes)+`"}}`))
	require.ErrorIs(t, err, forms.ErrTooLarge)
}

func TestDecodeTellsProblemsInTheOrderOfTheForm(t *testing.T) {
	d := testForm(t)
	_, problems, err := forms.Decode(d, []byte(`{"zzz":{},"place":{"value":1},"aaa":{},"title":{"value":1},"contacts":{"value":1}}`))
	require.NoError(t, err)
	var ids []string
	for _, p := range problems {
		ids = append(ids, p.Item)
	}
	assert.Equal(t, []string{"title", "place", "contacts", "aaa", "zzz"}, ids)
}

// Rows keep the order that they were given, and two with one order stand by id.
func TestRowOrder(t *testing.T) {
	d := testForm(t)
	a, problems, err := forms.Decode(d, []byte(`{"contacts":{"rows":{"b":{"order":2},"d":{},"c":{"order":1.5},"a":{"order":2}}}}`))
	require.NoError(t, err)
	assert.Empty(t, problems)
	var ids []string
	for _, r := range a["contacts"].Rows {
		ids = append(ids, r.ID)
	}
	assert.Equal(t, []string{"c", "a", "b", "d"}, ids)
}

// What is read back says exactly what was written, with and without the definition, and again and again.
func TestJSONRoundTrip(t *testing.T) {
	d := testForm(t)
	rapid.Check(t, func(t *rapid.T) {
		a := anyPlan(d, "plan").Draw(t, "plan")
		raw, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		b, problems, err := forms.Decode(d, raw)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range problems {
			if p.Rule != "length" {
				t.Fatalf("problem %v", p)
			}
		}
		if !a.Equal(b) || !b.Equal(a) {
			t.Fatalf("differs: %s", cmp.Diff(a, b))
		}
		var plain forms.Answers
		if err := json.Unmarshal(raw, &plain); err != nil {
			t.Fatal(err)
		}
		if !plain.Equal(a) {
			t.Fatalf("differs without a definition: %s", cmp.Diff(a, plain))
		}
		again, err := json.Marshal(b)
		if err != nil || string(again) != string(raw) {
			t.Fatalf("written again: %s, %v", again, err)
		}
	})
}

func FuzzDecode(f *testing.F) {
	d := testForm(f)
	raw, _ := json.Marshal(fullPlan())
	f.Add(raw)
	f.Add([]byte(`{"contacts":{"rows":{"a":{"order":1,"answers":{"emergency":{"value":"no"}}}}}}`))
	f.Add([]byte(`{"place":{"state":"unknown"},"x":{},"akps":{"value":1e999}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		a, problems, err := forms.Decode(d, raw)
		if err != nil {
			return
		}
		for _, p := range problems {
			if p.Words == "" || p.Rule == "" || p.Severity != forms.Stop {
				t.Fatalf("half a problem: %+v", p)
			}
		}
		// Whatever came in, what is kept can be written, read back the same, and looked at.
		out, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		b, _, err := forms.Decode(d, out)
		if err != nil || !a.Equal(b) {
			t.Fatalf("%v: %s", err, out)
		}
		look(d, a)
	})
}

// look calls everything that looks at a plan: none of it may fail, whatever the answers.
func look(d *forms.Definition, a forms.Answers) {
	forms.Validate(d, a, today, forms.ForApproval)
	forms.Progress(d, a, today)
	forms.Summarise(d, a, forms.Header{}, today)
	forms.Diff(d, a, forms.Answers{}, today, true)
	forms.NoLongerApplies(d, a, today)
	for it := range d.Items() {
		forms.Words(it, a[it.ID])
	}
}

// JSON null leaves what is there, as encoding/json asks of every type; a missing draft is read as no answers.
func TestUnmarshalNull(t *testing.T) {
	var holder struct{ Answers forms.Answers }
	require.NoError(t, json.Unmarshal([]byte(`{"Answers":null}`), &holder))
	assert.Empty(t, holder.Answers)
	raw, err := json.Marshal(holder)
	require.NoError(t, err)
	assert.Equal(t, `{"Answers":{}}`, string(raw))
	var one forms.Answer
	require.NoError(t, json.Unmarshal([]byte(`null`), &one))
	require.NoError(t, json.Unmarshal([]byte(`{}`), &one))
	assert.True(t, one.Blank())
	for _, bad := range []string{`{"value":null}`, `{"value":{}}`, `{"value":[1]}`, `{"state":1}`, `{"rows":[]}`, `{"rows":{"a":1}}`, `{"x":1}`, `7`, `{"value":{"lines":"x"}}`} {
		require.Error(t, json.Unmarshal([]byte(bad), &one), bad)
	}
}

// Answers that end up in a log by mistake say how many they are, and nothing else.
func TestAnswersAreNotLogged(t *testing.T) {
	var b strings.Builder
	log := slog.New(slog.NewTextHandler(&b, nil))
	a := fullPlan()
	log.Info("saved", "answers", a, "answer", a["family_name"], "row", a["contacts"].Rows[0])
	assert.Contains(t, b.String(), "answers=\"28 answers\"")
	for _, secret := range []string{"Smith", "4711", "9990009600"} {
		assert.NotContains(t, b.String(), secret)
	}
}
