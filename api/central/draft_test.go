package central

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cmc/api"
	"cmc/api/central/account"
	"cmc/api/central/store"
	"cmc/forms"
	"cmc/forms/plan"
)

func TestTwoPlansForOnePerson(t *testing.T) {
	w := openWard(t, nil)
	ctx := context.Background()
	person := w.without("X99001")
	first, err := w.as("gp").CreatePlan(ctx, api.NewPlan{PatientID: person.ID}, "")
	require.NoError(t, err)

	_, err = w.as("gp").CreatePlan(ctx, api.NewPlan{PatientID: person.ID}, "")
	assert.Equal(t, first.ID, refused(t, err, api.CodeDuplicate).PlanID)

	// By the NHS number with the family name and the date of birth.
	typed := forms.Answers{}
	typed.SetText(plan.NHSNumber, person.NHSNumber)
	typed.SetText(plan.FamilyName, person.FamilyName)
	typed.SetText(plan.GivenName, "Quite")
	typed.SetText(plan.BirthDate, person.BirthDate)
	_, err = w.as("gp").CreatePlan(ctx, api.NewPlan{Answers: typed}, "")
	assert.Equal(t, first.ID, refused(t, err, api.CodeDuplicate).PlanID)

	// And when the number is typed later into the draft of somebody thought to be new.
	delete(typed, plan.NHSNumber)
	second, err := w.as("gp").CreatePlan(ctx, api.NewPlan{Answers: typed}, "")
	require.NoError(t, err)
	_, err = w.as("gp").PatchDraft(ctx, second.ID, []byte(`{"nhs_number":{"value":"`+person.NHSNumber+`"}}`), second.Etag, "")
	assert.Equal(t, first.ID, refused(t, err, api.CodeDuplicate).PlanID)
	again, err := w.as("gp").Plan(ctx, second.ID)
	require.NoError(t, err)
	assert.Equal(t, second.Etag, again.Etag, "nothing was changed")
}

func TestADraftOfSomebodyNewMovesToTheirEntry(t *testing.T) {
	w := openWard(t, nil)
	ctx := context.Background()
	person := w.without("X99001")
	typed := forms.Answers{}
	typed.SetText(plan.FamilyName, person.FamilyName)
	typed.SetText(plan.GivenName, person.GivenName)
	typed.SetText(plan.BirthDate, person.BirthDate)
	p, err := w.as("gp").CreatePlan(ctx, api.NewPlan{Answers: typed}, "")
	require.NoError(t, err)
	assert.NotEqual(t, person.ID, p.Patient.ID, "names alone never match anybody")
	p, err = w.as("gp").PatchDraft(ctx, p.ID, []byte(`{"nhs_number":{"value":"`+person.NHSNumber+`"}}`), p.Etag, "")
	require.NoError(t, err)
	assert.Equal(t, person.ID, p.Patient.ID)
	assert.Equal(t, "01", p.Draft.Answers[plan.NHSNumberStatus].Text)
	found, err := w.as("gp").SearchPatients(ctx, api.PatientSearch{FamilyName: person.FamilyName, GivenName: person.GivenName, BirthDate: person.BirthDate})
	require.NoError(t, err)
	assert.Len(t, found.Items, 1, "the entry made for somebody new is gone")
}

// One digit typed wrongly is somebody else's NHS number. It never brings their record, and never takes the plan to them (H01).
func TestAWrongNumberNeverBringsSomebodyElse(t *testing.T) {
	w := openWard(t, nil)
	ctx := context.Background()
	gp := w.as("gp")
	other := w.without("X99001")
	typed := forms.Answers{}
	typed.SetText(plan.FamilyName, "Newcomer")
	typed.SetText(plan.GivenName, "Dora")
	typed.SetText(plan.BirthDate, "1922-02-02")
	withNumber := typed.Clone()
	withNumber.SetText(plan.NHSNumber, other.NHSNumber)
	_, err := gp.CreatePlan(ctx, api.NewPlan{Answers: withNumber}, "")
	assert.Equal(t, "body.answers.nhs_number", refused(t, err, api.CodeInvalid).Fields[0].Location)

	// Typed into a draft, the number is kept as it was typed, and the plan stays with its own person.
	p, err := gp.CreatePlan(ctx, api.NewPlan{Answers: typed}, "")
	require.NoError(t, err)
	own := p.Patient.ID
	p, err = gp.PatchDraft(ctx, p.ID, []byte(`{"nhs_number":{"value":"`+other.NHSNumber+`"},"nhs_match_reason":{"value":"Passport seen"},"nhs_match_by":{"value":"Dr Osei, GP"}}`), p.Etag, "")
	require.NoError(t, err)
	assert.Equal(t, own, p.Patient.ID)
	assert.Equal(t, "Newcomer", p.Patient.FamilyName)
	assert.Empty(t, p.Patient.NHSNumber, "the index keeps one person for one number")
	assert.Equal(t, other.NHSNumber, p.Draft.Answers[plan.NHSNumber].Text)
	gaps, err := gp.Problems(ctx, p.ID)
	require.NoError(t, err)
	at := slices.IndexFunc(gaps.Items, func(one forms.Problem) bool { return one.Rule == "X19" && one.Item == plan.NHSNumber })
	require.GreaterOrEqual(t, at, 0)
	assert.Equal(t, forms.Stop, gaps.Items[at].Severity, "a signature does not give somebody another person's number")
	found, err := gp.SearchPatients(ctx, api.PatientSearch{NHSNumber: other.NHSNumber})
	require.NoError(t, err)
	assert.Equal(t, other.ID, found.Items[0].ID)
	assert.Nil(t, found.Items[0].Plan)

	// Corrected, it is the number of the plan's own person.
	p, err = gp.PatchDraft(ctx, p.ID, []byte(`{"nhs_number":{"value":"9998001021"}}`), p.Etag, "")
	require.NoError(t, err)
	assert.Equal(t, own, p.Patient.ID)
	assert.Equal(t, "9998001021", p.Patient.NHSNumber)
}

// Two people may both have got as far as "7540".
func TestHalfANumberMatchesNobody(t *testing.T) {
	w := openWard(t, nil)
	ctx := context.Background()
	for i, number := range []string{"7540", "7540", "9998001006", "\u0669\u0669\u0669", "999 800 1021", "9998001021"} {
		typed := forms.Answers{}
		typed.SetText(plan.NHSNumber, number)
		typed.SetText(plan.FamilyName, "Newcomer")
		typed.SetText(plan.GivenName, "Dora")
		typed.SetText(plan.BirthDate, "1922-02-02")
		p, err := w.as("carehome").CreatePlan(ctx, api.NewPlan{Answers: typed}, "")
		switch i {
		case 4: // a whole number, as it is written on letters
			require.NoError(t, err)
			assert.Equal(t, "9998001021", p.Patient.NHSNumber)
		case 5:
			refused(t, err, api.CodeDuplicate)
		default:
			require.NoError(t, err, number)
			assert.Empty(t, p.Patient.NHSNumber, number)
			assert.Equal(t, number, p.Draft.Answers[plan.NHSNumber].Text, "what was typed is kept")
		}
	}
}

func TestNoPlanIsStartedForSomebodyWhoHasDied(t *testing.T) {
	w := openWard(t, nil)
	ctx := context.Background()
	p := w.live()
	_, err := w.as("gp").Deceased(ctx, p.ID, api.Death{Date: "2026-11-21", Place: "home"})
	require.NoError(t, err)
	_, err = w.as("gp").CloseRecord(ctx, p.ID, "All is written")
	require.NoError(t, err)
	_, err = w.as("gp").CreatePlan(ctx, api.NewPlan{PatientID: p.Patient.ID}, "")
	assert.Equal(t, "This person has died. A plan cannot be started.", refused(t, err, api.CodeState).Title)
}

func TestSavingADraft(t *testing.T) {
	w := openWard(t, nil)
	ctx := context.Background()
	c := w.as("carehome")
	p, err := c.CreatePlan(ctx, api.NewPlan{PatientID: w.without("VX991").ID}, "")
	require.NoError(t, err)

	saved, err := c.PatchDraft(ctx, p.ID, []byte(`{"preferred_name":{"value":"Bertie"}}`), p.Etag, "")
	require.NoError(t, err)
	assert.NotEqual(t, p.Etag, saved.Etag)
	assert.Equal(t, "Bertie", saved.Draft.Answers[plan.PreferredName].Text)
	stamp := saved.Draft.Recorded["person"]
	assert.Equal(t, "Grace Mbeki", stamp.By)
	assert.Equal(t, "VX991", stamp.Org)
	assert.Equal(t, "typed", stamp.Source)

	t.Run("stale", func(t *testing.T) {
		_, err := c.PatchDraft(ctx, p.ID, []byte(`{"preferred_name":{"value":"Albert"}}`), p.Etag, "")
		refusal := refused(t, err, api.CodeConflict)
		assert.Equal(t, http.StatusPreconditionFailed, refusal.Status)
		assert.Equal(t, saved.Etag, refusal.Etag)
		var theirs api.Draft
		require.NoError(t, json.Unmarshal(refusal.Theirs, &theirs))
		assert.Equal(t, "Bertie", theirs.Answers[plan.PreferredName].Text)
	})
	t.Run("without a tag", func(t *testing.T) {
		_, err := c.PatchDraft(ctx, p.ID, []byte(`{"title":{"value":"Mr"}}`), "", "")
		assert.Equal(t, http.StatusPreconditionRequired, refused(t, err, api.CodePrecondition).Status)
		_, err = c.PatchDraft(ctx, p.ID, []byte(`{"title":{"value":"Mr"}}`), "*", "")
		refused(t, err, api.CodeConflict)
	})
	t.Run("no change", func(t *testing.T) {
		same, err := c.PatchDraft(ctx, p.ID, []byte(`{"preferred_name":{"value":"Bertie"}}`), saved.Etag, "")
		require.NoError(t, err)
		assert.Equal(t, saved.Etag, same.Etag)
	})
	for name, one := range map[string]struct{ body, code, item string }{
		"unknown field":       {`{"favourite_colour":{"value":"blue"}}`, api.CodeInvalid, "favourite_colour"},
		"wrong type":          {`{"family_name":{"value":7}}`, api.CodeInvalid, "family_name"},
		"not an object":       {`{"family_name":"Smith"}`, api.CodeInvalid, "family_name"},
		"no such option":      {`{"cpr_decision":{"value":"maybe"}}`, api.CodeInvalid, "cpr_decision"},
		"no such date":        {`{"birth_date":{"value":"1941-02-31"}}`, api.CodeInvalid, "birth_date"},
		"control characters":  {`{"given_name":{"value":"A\u0007da"}}`, api.CodeInvalid, "given_name"},
		"zero width":          {`{"given_name":{"value":"A\u200bda"}}`, api.CodeInvalid, "given_name"},
		"bidirectional":       {`{"given_name":{"value":"A\u202eda"}}`, api.CodeInvalid, "given_name"},
		"set by the service":  {`{"nhs_number_status":{"value":"02"}}`, api.CodeInvalid, "nhs_number_status"},
		"hidden sent back":    {`{"key_safe_code":{"state":"withheld"}}`, api.CodeInvalid, "key_safe_code"},
		"a megabyte":          {`{"clinical_summary":{"value":"` + strings.Repeat("a", 1<<20) + `"}}`, api.CodeInvalid, "clinical_summary"},
		"more than a plan":    {`{"clinical_summary":{"value":"` + strings.Repeat("a", 5<<19) + `"}}`, api.CodeTooLarge, ""},
		"more than a request": {`{"clinical_summary":{"value":"` + strings.Repeat("a", 4<<20) + `"}}`, api.CodeTooLarge, ""},
		"not JSON":            {`{"title":`, api.CodeInvalid, ""},
		"a list":              {`[]`, api.CodeInvalid, ""},
		"the name gone":       {`{"family_name":null}`, api.CodeInvalid, "family_name"},
		"twice the same name": {`{"title":{"value":"Mr"},"title":{"value":"Mrs"}}`, api.CodeInvalid, ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.PatchDraft(ctx, p.ID, []byte(one.body), saved.Etag, "")
			refusal := refused(t, err, one.code)
			if one.item != "" {
				require.NotEmpty(t, refusal.Fields)
				assert.Equal(t, "body."+one.item, refusal.Fields[0].Location)
				assert.NotEmpty(t, refusal.Fields[0].Message)
			}
			now, err := c.Plan(ctx, p.ID)
			require.NoError(t, err)
			assert.Equal(t, saved.Etag, now.Etag, "nothing was kept")
		})
	}
	t.Run("longer than its field is kept and named", func(t *testing.T) {
		long, err := c.PatchDraft(ctx, p.ID, []byte(`{"preferred_name":{"value":"`+strings.Repeat("Bertie ", 10)+`x"}}`), saved.Etag, "")
		require.NoError(t, err)
		gaps, err := c.Problems(ctx, p.ID)
		require.NoError(t, err)
		named := false
		for _, one := range gaps.Items {
			named = named || one.Item == plan.PreferredName && one.Severity == forms.Stop
		}
		assert.True(t, named, "X24")
		_, err = c.Submit(ctx, p.ID, api.Submit{}, long.Etag)
		refused(t, err, api.CodeInvalid)
	})
}

func TestAKeyIsAnsweredOnce(t *testing.T) {
	w := openWard(t, nil)
	ctx := context.Background()
	c := w.as("gp")
	person := w.without("X99001")
	first, err := c.CreatePlan(ctx, api.NewPlan{PatientID: person.ID}, "key-1")
	require.NoError(t, err)
	again, err := c.CreatePlan(ctx, api.NewPlan{PatientID: person.ID}, "key-1")
	require.NoError(t, err)
	assert.Equal(t, first.ID, again.ID)
	_, err = c.CreatePlan(ctx, api.NewPlan{PatientID: person.ID, Reason: "other"}, "key-1")
	refused(t, err, api.CodeInvalid)

	saved, err := c.PatchDraft(ctx, first.ID, []byte(`{"title":{"value":"Mr"}}`), first.Etag, "key-2")
	require.NoError(t, err)
	repeat, err := c.PatchDraft(ctx, first.ID, []byte(`{"title":{"value":"Mr"}}`), first.Etag, "key-2")
	require.NoError(t, err, "the repeat of a save is no conflict")
	assert.Equal(t, saved.Etag, repeat.Etag)
	assert.Equal(t, saved, repeat, "the first answer")

	// The key is its owner's.
	_, err = w.as("hospice").CreatePlan(ctx, api.NewPlan{PatientID: person.ID, Reason: "asked"}, "key-1")
	refused(t, err, api.CodeDuplicate)
}

// What a desktop without a connection asked for may come again weeks after its answer was lost. It is still done once: a comment is
// not said twice, and a plan that was sent for review and came back is not sent again.
func TestAKeyIsKnownForWeeks(t *testing.T) {
	w := openWard(t, nil)
	ctx := context.Background()
	p := w.begin("carehome", w.without("VX991"))
	say := api.WithKey(ctx, "say")
	p, err := w.as("carehome").Comment(say, p.ID, api.Comment{Text: "Her daughter comes on Monday"})
	require.NoError(t, err)
	send, tag := api.WithKey(ctx, "send"), p.Etag
	sent, err := w.as("carehome").Submit(send, p.ID, api.Submit{Note: "At last"}, tag)
	require.NoError(t, err)
	_, err = w.as("gp").Return(ctx, p.ID, api.Return{Reason: "The allergies are missing"}, sent.Etag)
	require.NoError(t, err)

	w.clock.forward(60 * 24 * time.Hour)
	require.NoError(t, w.s.Chores(ctx))
	later := w.guest()
	_, err = later.SignIn(ctx, api.Credentials{Username: "carehome", Password: "training"})
	require.NoError(t, err)
	_, err = later.Comment(say, p.ID, api.Comment{Text: "Her daughter comes on Monday"})
	require.NoError(t, err)
	_, err = later.Submit(send, p.ID, api.Submit{Note: "At last"}, tag)
	require.NoError(t, err)
	now, err := later.Plan(ctx, p.ID)
	require.NoError(t, err)
	assert.Len(t, now.Draft.Comments, 2, "the comment, and the note that went with the plan")
	assert.NotEqual(t, "in_review", now.Status)
}

func TestWhoWritesWhat(t *testing.T) {
	w := openWard(t, nil)
	ctx := context.Background()
	p := w.begin("gp", w.without("X99001"))

	t.Run("the administrator corrects names, not medicine", func(t *testing.T) {
		c := w.as("practiceadmin")
		seen, err := c.Plan(ctx, p.ID)
		require.NoError(t, err)
		assert.NotContains(t, seen.Draft.Answers, plan.CPRDecision)
		assert.Contains(t, seen.Draft.Answers, plan.FamilyName)
		_, err = c.PatchDraft(ctx, p.ID, []byte(`{"cpr_decision":{"value":"attempt"}}`), seen.Etag, "")
		refused(t, err, api.CodeInvalid)
		seen, err = c.PatchDraft(ctx, p.ID, []byte(`{"preferred_name":{"value":"Bob"}}`), seen.Etag, "")
		require.NoError(t, err)
		_, err = c.Submit(ctx, p.ID, api.Submit{}, seen.Etag)
		refused(t, err, api.CodeForbidden)
		_, err = c.Summary(ctx, p.ID, "draft")
		refused(t, err, api.CodeForbidden)
		_, err = c.Problems(ctx, p.ID)
		refused(t, err, api.CodeForbidden)
	})
	t.Run("others", func(t *testing.T) {
		for username, code := range map[string]string{"urgent": api.CodeNotFound, "admin": api.CodeNotFound, "commissioner": api.CodeNotFound,
			"carehome": api.CodeNotFound, "hospice": api.CodeReason, "hilllanegp": api.CodeReason, "safety": api.CodeReason} {
			_, err := w.as(username).Plan(ctx, p.ID)
			refused(t, err, code)
			_, err = w.as(username).PatchDraft(ctx, p.ID, []byte(`{"title":{"value":"Mr"}}`), p.Etag, "")
			refused(t, err, code)
		}
		_, err := w.as("carehome").Open(ctx, p.ID, "I would like to")
		refused(t, err, api.CodeNotFound)
		_, err = w.as("admin").SearchPatients(ctx, api.PatientSearch{NHSNumber: p.Patient.NHSNumber})
		refused(t, err, api.CodeForbidden)
		_, err = w.as("urgent").CreatePlan(ctx, api.NewPlan{PatientID: p.Patient.ID}, "")
		refused(t, err, api.CodeForbidden)
	})
	t.Run("a claim reads and writes, and does not approve", func(t *testing.T) {
		c := w.as("hilllanegp")
		seen, err := c.Open(ctx, p.ID, "Covering for the practice")
		require.NoError(t, err)
		assert.Contains(t, seen.Actions, "save")
		seen, err = c.Submit(ctx, p.ID, api.Submit{}, seen.Etag)
		require.NoError(t, err)
		_, err = c.Approve(ctx, p.ID, w.approval(), seen.Etag)
		refused(t, err, api.CodeForbidden)
		assert.NotEmpty(t, seen.Refused["approve"])
	})
}

func TestCreatingRefuses(t *testing.T) {
	w := openWard(t, nil)
	ctx := context.Background()
	c := w.as("gp")
	_, err := c.CreatePlan(ctx, api.NewPlan{}, "")
	assert.Equal(t, "body.patient_id", refused(t, err, api.CodeInvalid).Fields[0].Location)
	_, err = c.CreatePlan(ctx, api.NewPlan{PatientID: "nobody"}, "")
	assert.Equal(t, "body.patient_id", refused(t, err, api.CodeInvalid).Fields[0].Location)
	only := forms.Answers{}
	only.SetText(plan.FamilyName, "Example")
	_, err = c.CreatePlan(ctx, api.NewPlan{Answers: only}, "")
	p := refused(t, err, api.CodeInvalid)
	assert.Len(t, p.Fields, 2)
	assert.Equal(t, "body.answers.given_name", p.Fields[0].Location)
	_, err = w.as("hilllanegp").CreatePlan(ctx, api.NewPlan{PatientID: w.without("X99001").ID}, "")
	refused(t, err, api.CodeReason)
}

func TestConfirmationsLapseWithTheirAnswer(t *testing.T) {
	w := openWard(t, nil)
	ctx := context.Background()
	c := w.as("gp")
	p := w.begin("gp", w.without("X99001"))
	_, err := c.ConfirmProblem(ctx, p.ID, api.Confirm{Rule: "X07", Item: plan.CPRDecision, Reason: "It is so"})
	refused(t, err, api.CodeInvalid)

	// A key safe code that looks like a year asks for a confirmation (X17).
	p, err = c.PatchDraft(ctx, p.ID, []byte(`{"access_method":{"value":"key_safe"},"key_safe_code":{"value":"1941"},"key_safe_location":{"value":"Left of the door"}}`), p.Etag, "")
	require.NoError(t, err)
	gaps, err := c.Problems(ctx, p.ID)
	require.NoError(t, err)
	var ask *forms.Problem
	for i := range gaps.Items {
		if gaps.Items[i].Severity == forms.Confirm {
			ask = &gaps.Items[i]
		}
	}
	require.NotNil(t, ask, "%+v", gaps.Items)
	p, err = c.ConfirmProblem(ctx, p.ID, api.Confirm{Rule: ask.Rule, Item: ask.Item, Row: ask.Row, Reason: "It was read back"})
	require.NoError(t, err)
	require.Len(t, p.Draft.Confirmed, 1)
	assert.Equal(t, "Dr Amina Osei (GP partner)", p.Draft.Confirmed[0].By)
	p, err = c.PatchDraft(ctx, p.ID, []byte(`{"`+ask.Item+`":{"value":"1942"}}`), p.Etag, "")
	require.NoError(t, err)
	assert.Empty(t, p.Draft.Confirmed, "another answer is not confirmed yet")
	p, err = c.Submit(ctx, p.ID, api.Submit{}, p.Etag)
	require.NoError(t, err)
	_, err = c.Approve(ctx, p.ID, w.approval(), p.Etag)
	assert.Equal(t, "answers."+ask.Item, refused(t, err, api.CodeInvalid).Fields[0].Location)
}

// FuzzPatchDraft holds that no patch, whatever is in it, panics, half saves, or leaves a draft that cannot be read.
func FuzzPatchDraft(f *testing.F) {
	for _, seed := range []string{`{}`, `{"title":{"value":"Mr"}}`, `{"contacts":{"rows":{"a":{"order":1,"answers":{"contact_name":{"value":"Ann"}}}}}}`,
		`{"contacts":{"rows":{"a":null}}}`, `{"title":null}`, `[]`, `{"title":{"state":"unknown"}}`, `{"birth_date":{"value":"1941-02-31"}}`, "{\"\x00\":1}"} {
		f.Add([]byte(seed))
	}
	w := openWardFor(f)
	id, holder := w.fuzzed()
	f.Fuzz(func(t *testing.T, body []byte) {
		ctx := context.Background()
		before, err := w.s.view(ctx, holder, id)
		require.NoError(t, err)
		after, err := w.s.patch(ctx, holder, id, body, before.Etag, "")
		if err != nil {
			p := w.s.problemOf(ctx, err)
			require.Less(t, p.Status, 500, "%s", p.Error())
			after = before
		}
		now, err := w.s.view(ctx, holder, id)
		require.NoError(t, err)
		require.Equal(t, after.Etag, now.Etag)
		raw, err := json.Marshal(now.Draft.Answers)
		require.NoError(t, err)
		_, problems, err := forms.Decode(plan.Definition(), raw)
		require.NoError(t, err)
		for _, one := range problems {
			require.Equal(t, "length", one.Rule, "%s", one.Words)
		}
	})
}

func openWardFor(f *testing.F) *ward {
	w := &ward{clock: newTestClock(), people: map[string]*api.Client{}}
	var err error
	w.s, err = Open(context.Background(), Options{DataDir: f.TempDir(), Training: true, Now: w.clock.now})
	require.NoError(f, err)
	f.Cleanup(func() { _ = w.s.Close() })
	return w
}

// fuzzed gives the draft that is fuzzed and who writes it.
func (w *ward) fuzzed() (string, *caller) {
	ctx := context.Background()
	in, err := w.s.book.SignIn(ctx, account.Entry{Username: "gp", Password: "training"})
	if err != nil {
		panic(err)
	}
	c := w.s.caller(in.Holder)
	var id string
	if err := w.s.store.Read(ctx, func(tx store.Tx) error {
		found, err := tx.List(store.Filter{Statuses: []string{"draft"}, HolderODS: "X99001", Limit: 1})
		if err == nil && len(found) > 0 {
			id = found[0].Plan.ID
		}
		return err
	}); err != nil || id == "" {
		panic("no draft to fuzz")
	}
	return id, c
}
