package forms_test

// What may change here: how an answer reads for a person.

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"

	"cmc/forms"
)

func TestWords(t *testing.T) {
	d := testForm(t)
	for name, c := range map[string]struct {
		item string
		a    forms.Answer
		want string
	}{
		"blank":           {"family_name", forms.Answer{}, ""},
		"text":            {"family_name", forms.TextAnswer("Smith"), "Smith"},
		"unknown":         {"family_name", forms.StateAnswer(forms.Unknown), "Unknown"},
		"not discussed":   {"place", forms.StateAnswer(forms.NotDiscussed), "Not discussed"},
		"declined":        {"place", forms.StateAnswer(forms.Declined), "Declined to say"},
		"not applicable":  {"place", forms.StateAnswer(forms.NotApplicable), "Not applicable"},
		"withheld":        {"place", forms.StateAnswer(forms.Withheld), "Recorded (hidden)"},
		"choice":          {"cpr_decision", forms.ChoiceAnswer("dnacpr"), "Not for attempted cardiopulmonary resuscitation"},
		"choice gone":     {"cpr_decision", forms.ChoiceAnswer("old_code"), "old_code"},
		"choices":         {"convey_for", forms.ChoicesAnswer("pain", "old_code", "fracture"), "a fracture; uncontrolled pain; old_code"},
		"yes":             {"lives_alone", forms.BoolAnswer(true), "Yes"},
		"no":              {"lives_alone", forms.BoolAnswer(false), "No"},
		"whole":           {"akps", forms.NumberAnswer(40), "40"},
		"decimal":         {"weight", forms.NumberAnswer(62.5), "62.5 kg"},
		"large":           {"weight", forms.NumberAnswer(1e6), "1000000 kg"},
		"date":            {"birth_date", forms.TextAnswer("1941-06-09"), "09-Jun-1941"},
		"month":           {"diagnosed", forms.TextAnswer("2019-03"), "Mar-2019"},
		"year":            {"diagnosed", forms.TextAnswer("2019"), "2019"},
		"time in summer":  {"last_seen", forms.TextAnswer("2026-07-01T13:02:00Z"), "01-Jul-2026 14:02"},
		"time unreadable": {"last_seen", forms.TextAnswer("soon"), "soon"},
		"NHS number":      {"nhs_number", forms.TextAnswer("9990009600"), "999 000 9600"},
		"phone":           {"phone", forms.TextAnswer("020 7946 0100"), "020 7946 0100"},
		"address":         {"address_usual", forms.AddressAnswer(forms.PostalAddress{Lines: []string{"1 Test Street", "", "London"}, Postcode: "SE1 0AA"}), "1 Test Street, London, SE1 0AA"},
		"coded":           {"language_main", forms.CodedAnswer(forms.CodedText{Text: "Polish", Code: "pl"}), "Polish"},
		"coded, no words": {"language_main", forms.CodedAnswer(forms.CodedText{Code: "pl"}), "Code pl"},
		"secret":          {"key_safe", forms.TextAnswer("4711"), "Recorded (hidden)"},
		"secret unknown":  {"key_safe", forms.StateAnswer(forms.Unknown), "Unknown"},
		"sensitive":       {"hazard_note", forms.TextAnswer("x"), "Recorded (hidden)"},
		"file":            {"photo", forms.FileAnswer(forms.FileRef{Name: "form.pdf", SHA256: "x"}), "form.pdf"},
		"file, no name":   {"photo", forms.FileAnswer(forms.FileRef{SHA256: "x"}), "A file without a name"},
		"one row":         {"contacts", forms.RowsAnswer(forms.Row{ID: "a"}), "1 entry"},
		"rows":            {"contacts", forms.RowsAnswer(forms.Row{ID: "a"}, forms.Row{ID: "b"}), "2 entries"},
		"ref":             {"call_first", forms.TextAnswer("contacts/c1"), "Another entry"},
	} {
		assert.Equal(t, c.want, forms.Words(d.Item(c.item), c.a), name)
	}
}

func TestWordsOfAReference(t *testing.T) {
	d := testForm(t)
	a := fullPlan()
	first := func() string { return forms.NewReader(d, a, today).Rows("anticipated_problems")[0].Words("call_first") }
	assert.Equal(t, "Ann Smith", first())
	delete(a["contacts"].Rows[0].Answers, "contact_name")
	assert.Equal(t, "People to call", first(), "a row without a title is called by its group")
	a.SetRows("contacts", a["contacts"].Rows[1:]...)
	assert.Equal(t, "An entry that is no longer in the plan", first())
}

// Ids are eight letters and digits, and do not come twice.
func TestNewRowID(t *testing.T) {
	form := regexp.MustCompile(`^[a-z0-9]{8}$`)
	seen := map[string]bool{}
	for range 10000 {
		id := forms.NewRowID()
		if !form.MatchString(id) || seen[id] {
			t.Fatal(id)
		}
		seen[id] = true
	}
}

// A copy says the same and shares nothing: changing all of it leaves the first as it was.
func TestCloneSharesNothing(t *testing.T) {
	d := testForm(t)
	rapid.Check(t, func(t *rapid.T) {
		a := anyPlan(d, "plan").Draw(t, "plan")
		raw, err := a.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		b := a.Clone()
		if !a.Equal(b) {
			t.Fatal("the copy differs")
		}
		spoil(b)
		if after, _ := a.MarshalJSON(); string(after) != string(raw) {
			t.Fatal("the first changed with the copy")
		}
	})
}

func spoil(a forms.Answers) {
	for id, v := range a {
		for i := range v.Codes {
			v.Codes[i] = "spoilt"
		}
		if v.Number != nil {
			*v.Number = -1
		}
		if v.Bool != nil {
			*v.Bool = !*v.Bool
		}
		if v.Coded != nil {
			v.Coded.Text = "spoilt"
		}
		if v.Address != nil {
			v.Address.Postcode = "spoilt"
			for i := range v.Address.Lines {
				v.Address.Lines[i] = "spoilt"
			}
		}
		if v.File != nil {
			v.File.Name = "spoilt"
		}
		for i := range v.Rows {
			spoil(v.Rows[i].Answers)
			v.Rows[i].ID = "spoilt"
		}
		delete(a, id)
	}
}
