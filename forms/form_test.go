package forms_test

// What may change here: the small form that the tests of this package work on, and plans under it. It has every kind and
// every way of printing; the real plan has its own tests in forms/plan.

import (
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"cmc/forms"
)

// today is the day of every test: a Sunday, in the evening, so that a slip of zone shows.
var today = time.Date(2026, 11, 22, 23, 30, 0, 0, time.UTC)

// testHooks are the Go parts of the small form.
func testHooks() forms.Hooks {
	return forms.Hooks{
		Checks: map[string]func(forms.Answer) string{
			"no_lions": func(a forms.Answer) string {
				if strings.Contains(strings.ToLower(a.Text), "lion") {
					return "Tell the council about the lion first"
				}
				return ""
			},
		},
		Computed: map[string]func(forms.Reader) []forms.Span{
			"access": func(r forms.Reader) []forms.Span {
				if r.Blank("key_safe") {
					return nil
				}
				return []forms.Span{{Text: " "}, {Text: " Key safe: see "}, {Text: "the live"}, {Text: ""}, {Text: " plan "}, {Text: "\n"}} // spaces between spans count
			},
		},
		Rules: []forms.CrossRule{
			{ID: "X06", Title: "Attempt with comfort", Level: forms.Stop, Check: func(r forms.Reader) []forms.Problem {
				if r.Is("cpr_decision", "attempt") && r.Is("ceiling", "comfort") {
					return []forms.Problem{{Item: "ceiling", Words: "Comfort only does not go with attempting CPR"}}
				}
				return nil
			}},
			{ID: "X18", Title: "Same phone", Level: forms.Confirm, Check: func(r forms.Reader) []forms.Problem {
				var out []forms.Problem
				for _, row := range r.Rows("contacts") {
					if row.Text("contact_phone") != "" && row.Text("contact_phone") == r.Text("phone") {
						out = append(out, forms.Problem{Item: "contact_phone", Row: row.RowID(), Words: "Is there another phone?"})
					}
				}
				return out
			}},
		},
	}
}

// testFiles copies the files of the small form, so that a test can change one.
func testFiles(t testing.TB) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{}
	dir := os.DirFS("testdata/form")
	names, err := fs.Glob(dir, "*.yaml")
	require.NoError(t, err)
	for _, n := range names {
		b, err := fs.ReadFile(dir, n)
		require.NoError(t, err)
		files[n] = &fstest.MapFile{Data: b}
	}
	return files
}

func testForm(t testing.TB) *forms.Definition {
	t.Helper()
	d, err := forms.Load(testFiles(t), ".", testHooks())
	require.NoError(t, err)
	return d
}

// replaceIn changes one file of the small form; the old words must be there.
func replaceIn(t testing.TB, files fstest.MapFS, name, old, new string) {
	t.Helper()
	s := string(files[name].Data)
	require.Contains(t, s, old)
	files[name] = &fstest.MapFile{Data: []byte(strings.Replace(s, old, new, 1))}
}

// fullPlan has nothing wrong and nothing missing. The person is invented, the number in the range for tests.
func fullPlan() forms.Answers {
	a := forms.Answers{}
	a.SetChoice("plan_type", "full")
	a.SetText("family_name", "Smith")
	a.SetText("given_name", "John")
	a.SetText("title", "Mr")
	a.SetText("preferred_name", "Jack")
	a.SetText("birth_date", "1941-06-09")
	a.SetChoice("gender_admin", "1")
	a.SetText("nhs_number", "9990009600")
	a.SetAddress("address_usual", forms.PostalAddress{Lines: []string{"1 Test Street", "London"}, Postcode: "SE1 0AA"})
	a.SetAddress("address_current", forms.PostalAddress{Lines: []string{"Elm House care home", "room 12"}, Postcode: "SE1 0AA"})
	a.SetCoded("language_main", forms.CodedText{Text: "English", System: "urn:iso:std:iso:639", Code: "en"})
	a.SetChoice("interpreter_needed", "no")
	a.SetText("phone", "020 7946 0100")
	a.SetText("key_safe", "4711")
	a.SetText("hazard_note", "Very private")
	a.SetChoice("cpr_decision", "dnacpr")
	a.SetText("cpr_date", "2026-11-20")
	a.SetText("cpr_reason", "Unlikely to succeed")
	a.SetBool("patient_aware", true)
	a.SetChoice("ceiling", "home")
	a.SetChoices("convey_for", "choking", "fracture")
	a.SetNumber("akps", 40)
	a.SetNumber("weight", 62.5)
	a.SetText("place", "Here")
	a.SetText("own_words", "Not the hospital again.\nI want my window")
	problem := func(id, name, action, call string) forms.Row {
		r := forms.Row{ID: id, Answers: forms.Answers{}}
		r.Answers.SetCoded("problem", forms.CodedText{Text: name})
		r.Answers.SetText("action", action)
		if call != "" {
			r.Answers.SetText("call_first", "contacts/"+call)
		}
		return r
	}
	a.SetRows("anticipated_problems",
		problem("p1", "Breathless", "Sit up, fan.", "c1"),
		problem("p2", "Chest infection", "Start what is in the cupboard.", "c2"),
		problem("p3", "Fall, no injury", "Lift with hoist, stay here.", ""),
		problem("p4", "Constipation", "Call the nurse.", ""),
		problem("p5", "Confusion", "Look for infection.", ""))
	contact := func(id, name, phone string, emergency bool) forms.Row {
		r := forms.Row{ID: id, Answers: forms.Answers{}}
		r.Answers.SetText("contact_name", name)
		r.Answers.SetText("contact_phone", phone)
		r.Answers.SetBool("emergency", emergency)
		return r
	}
	a.SetRows("contacts",
		contact("c1", "Ann Smith", "07700 900123", true),
		contact("c2", "Peter Smith", "07700 900145", true),
		contact("c3", "Far Cousin", "07700 900146", false))
	a.SetBool("lives_alone", false)
	return a
}
