package central

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cmc/api"
	"cmc/api/central/seal"
	"cmc/api/central/store"
	"cmc/forms"
	"cmc/forms/plan"
)

// The sensitive answers that the tests write, each a word that stands nowhere else.
const (
	safeCode    = "QX7731"
	safeguards  = "Zauberwort: money has gone from the purse"
	misuse      = "Zirkonium is kept from the grandson"
	secretLines = "77 Quellenstrasse"
)

func hiddenPatch() string {
	return `{"access_method":{"value":"key_safe"},"key_safe_code":{"value":"` + safeCode + `"},"key_safe_location":{"value":"Left of the door"},` +
		`"safeguarding":{"value":"adult"},"safeguarding_text":{"value":"` + safeguards + `"},"jic_cd_risk":{"value":"` + misuse + `"}}`
}

// withHidden is a draft of the GP's with hidden answers in it.
func (w *ward) withHidden() *api.Plan {
	w.t.Helper()
	p := w.begin("gp", w.without("X99001"))
	p, err := w.as("gp").PatchDraft(context.Background(), p.ID, []byte(hiddenPatch()), p.Etag, "")
	require.NoError(w.t, err)
	return p
}

func state(p *api.Plan, item string) string {
	a, there := p.Draft.Answers[item]
	switch {
	case !there:
		return "none"
	case a.State == forms.Withheld:
		return "hidden"
	}
	return a.Text
}

// Nobody sees a hidden answer by opening a draft: not another author, not the reviewer. Who typed it does, for a shift, until
// the draft is sent.
func TestAnAuthorSeesWhatTheyTyped(t *testing.T) {
	w := openWard(t, nil)
	ctx := context.Background()
	p := w.withHidden()
	w.staff("second", api.RoleGP, "X99001")
	nurse := w.as("second")
	see := func(c *api.Client) string {
		seen, err := c.Plan(ctx, p.ID)
		require.NoError(t, err)
		return state(seen, plan.KeySafeCode) + " " + state(seen, "safeguarding_text")
	}
	assert.Equal(t, safeCode+" "+safeguards, see(w.as("gp")))
	assert.Equal(t, "hidden hidden", see(nurse))

	// Somebody else's word takes the place of it.
	seen, err := nurse.Plan(ctx, p.ID)
	require.NoError(t, err)
	_, err = nurse.PatchDraft(ctx, p.ID, []byte(`{"key_safe_code":{"value":"NEW 1"}}`), seen.Etag, "")
	require.NoError(t, err)
	assert.Equal(t, "NEW 1 hidden", see(nurse))
	assert.Equal(t, "hidden "+safeguards, see(w.as("gp")))

	w.clock.forward(12*time.Hour + time.Minute)
	clear(w.people)
	assert.Equal(t, "hidden hidden", see(w.as("gp")), "after a shift")

	seen, err = w.as("gp").Plan(ctx, p.ID)
	require.NoError(t, err)
	seen, err = w.as("gp").PatchDraft(ctx, p.ID, []byte(`{"key_safe_code":{"value":"NEW 2"}}`), seen.Etag, "")
	require.NoError(t, err)
	assert.Equal(t, "NEW 2", state(seen, plan.KeySafeCode))
	_, err = w.as("gp").Submit(ctx, p.ID, api.Submit{}, seen.Etag)
	require.NoError(t, err)
	assert.Equal(t, "hidden hidden", see(w.as("gp")), "it has left their hands")
}

// A draft is written by people who do not see its hidden answers, and none is lost or mixed by that.
func TestWritingWithoutSeeing(t *testing.T) {
	w := openWard(t, nil)
	ctx := context.Background()
	p := w.withHidden()
	w.staff("second", api.RoleGP, "X99001")
	other := w.as("second")
	kept := func() forms.Answers {
		var out forms.Answers
		require.NoError(t, w.s.store.Read(ctx, func(tx store.Tx) error {
			d, err := tx.Draft(p.ID)
			if err != nil {
				return err
			}
			out, err = answers(d.Answers)
			return err
		}))
		return out
	}
	seen, err := other.Plan(ctx, p.ID)
	require.NoError(t, err)

	// What the desktop makes of an unrelated change names no hidden answer.
	next := seen.Draft.Answers.Clone()
	next.SetText(plan.PreferredName, "Bob")
	patch, err := forms.MakePatch(seen.Draft.Answers, next)
	require.NoError(t, err)
	seen, err = other.PatchDraft(ctx, p.ID, patch, seen.Etag, "")
	require.NoError(t, err)
	assert.Equal(t, safeCode, kept()[plan.KeySafeCode].Text)

	// Sent back as it was seen it changes nothing, and the rest is kept. What was never hidden cannot be sent as hidden.
	seen, err = other.PatchDraft(ctx, p.ID, []byte(`{"key_safe_code":{"state":"withheld"},"title":{"value":"Dr"}}`), seen.Etag, "")
	require.NoError(t, err)
	assert.Equal(t, safeCode, kept()[plan.KeySafeCode].Text)
	assert.Equal(t, "Dr", kept()["title"].Text)
	_, err = other.PatchDraft(ctx, p.ID, []byte(`{"title":{"state":"withheld"}}`), seen.Etag, "")
	refused(t, err, api.CodeInvalid)
	assert.Equal(t, "Dr", kept()["title"].Text)

	// Written over, from what was seen, in the patch that the desktop makes.
	next = seen.Draft.Answers.Clone()
	next.SetText(plan.KeySafeCode, "1111")
	patch, err = forms.MakePatch(seen.Draft.Answers, next)
	require.NoError(t, err)
	before := seen.Etag
	seen, err = other.PatchDraft(ctx, p.ID, patch, seen.Etag, "")
	require.NoError(t, err)
	assert.Equal(t, "1111", kept()[plan.KeySafeCode].Text)
	assert.Equal(t, "1111", state(seen, plan.KeySafeCode))
	assert.Equal(t, "hidden", state(seen, "safeguarding_text"))

	// The GP, who was elsewhere, learns which hidden answer has another value now, and not which.
	_, err = w.as("gp").PatchDraft(ctx, p.ID, []byte(`{"key_safe_code":{"value":"2222"}}`), before, "")
	var theirs api.Draft
	conflict := refused(t, err, api.CodeConflict)
	require.NoError(t, json.Unmarshal(conflict.Theirs, &theirs))
	assert.Equal(t, []string{plan.KeySafeCode}, theirs.HiddenSince)
	assert.Equal(t, forms.Withheld, theirs.Answers[plan.KeySafeCode].State)
	assert.NotContains(t, string(conflict.Theirs), "1111")
	theirs = api.Draft{}
	_, err = other.PatchDraft(ctx, p.ID, []byte(`{"title":{"value":"Mrs"}}`), before, "")
	require.NoError(t, json.Unmarshal(refused(t, err, api.CodeConflict).Theirs, &theirs))
	assert.Empty(t, theirs.HiddenSince, "one's own are no surprise")

	// Typing the same value as the hidden one looks like any change: nobody finds out by trying.
	same, err := w.as("gp").PatchDraft(ctx, p.ID, []byte(`{"key_safe_code":{"value":"1111"}}`), seen.Etag, "")
	require.NoError(t, err)
	assert.NotEqual(t, seen.Etag, same.Etag)

	// Taken away, it is gone; and said to be unknown, it is that.
	same, err = other.PatchDraft(ctx, p.ID, []byte(`{"safeguarding_text":null}`), same.Etag, "")
	require.NoError(t, err)
	assert.Equal(t, "none", state(same, "safeguarding_text"))
	assert.Equal(t, misuse, kept()["jic_cd_risk"].Text)
}

// Every reader has to ask, with a reason that is kept.
func TestRevealingInADraft(t *testing.T) {
	w := openWard(t, nil)
	ctx := context.Background()
	p := w.withHidden()
	w.staff("second", api.RoleGP, "X99001")
	other := w.as("second")
	shown, err := other.Revealed(ctx, p.ID, api.Reveal{Item: plan.KeySafeCode, Reason: "To check it at the door", Draft: true})
	require.NoError(t, err)
	assert.Equal(t, safeCode, shown.Value)
	_, err = other.Revealed(ctx, p.ID, api.Reveal{Item: plan.KeySafeCode, Reason: "To check it at the door"})
	refused(t, err, api.CodeNotFound)
	_, err = other.Revealed(ctx, p.ID, api.Reveal{Item: plan.FamilyName, Reason: "To check it at the door", Draft: true})
	refused(t, err, api.CodeInvalid)
	_, err = w.as("practiceadmin").Revealed(ctx, p.ID, api.Reveal{Item: plan.KeySafeCode, Reason: "To check it at the door", Draft: true})
	refused(t, err, api.CodeForbidden)
	_, err = w.as("hospice").Revealed(ctx, p.ID, api.Reveal{Item: plan.KeySafeCode, Reason: "To check it at the door", Draft: true})
	refused(t, err, api.CodeReason)
	log, err := w.as("gp").AccessLog(ctx, p.ID)
	require.NoError(t, err)
	n := 0
	for _, one := range log.Items {
		if one.Action == "reveal" {
			n++
			assert.Equal(t, "To check it at the door", one.Reason)
		}
	}
	assert.Equal(t, 1, n, "one line for each that was shown, none for one that was not")
	seen, err := other.Plan(ctx, p.ID)
	require.NoError(t, err)
	assert.Equal(t, "hidden", state(seen, plan.KeySafeCode), "shown once is not shown for ever")
}

// A record that the national index marks: where the person is and their practice are hidden from everybody, on every way out.
func TestAMarkedRecordHidesWhereThePersonIs(t *testing.T) {
	w := openWard(t, nil)
	ctx := context.Background()
	gp := w.as("gp")
	person := w.without("X99001")
	p := w.begin("gp", person)
	p, err := gp.PatchDraft(ctx, p.ID, []byte(`{"address_usual":{"value":{"lines":["`+secretLines+`","Flat 2"],"postcode":"SE1 0ZZ"}}}`), p.Etag, "")
	require.NoError(t, err)
	w.mark(person.ID)
	w.staff("second", api.RoleGP, "X99001")
	other := w.as("second")
	p, err = other.Plan(ctx, p.ID)
	require.NoError(t, err)

	// Half of a new address is never mixed with half of an old one that its writer did not see.
	p, err = other.PatchDraft(ctx, p.ID, []byte(`{"address_usual":{"value":{"lines":["`+secretLines+`"]}}}`), p.Etag, "")
	require.NoError(t, err)
	shown, err := gp.Revealed(ctx, p.ID, api.Reveal{Item: plan.AddressUsual, Reason: "A visit is due", Draft: true})
	require.NoError(t, err)
	assert.Contains(t, shown.Value, secretLines)
	assert.NotContains(t, shown.Value, "SE1 0ZZ")
	p, err = other.PatchDraft(ctx, p.ID, []byte(`{"address_usual":{"value":{"lines":["`+secretLines+`"],"postcode":"SE1 0ZZ"}}}`), p.Etag, "")
	require.NoError(t, err)

	p, err = gp.Submit(ctx, p.ID, api.Submit{}, p.Etag)
	require.NoError(t, err)
	p, err = gp.Approve(ctx, p.ID, w.approval(), p.Etag)
	require.NoError(t, err)
	_, err = w.as("urgent").Open(ctx, p.ID, "999 call")
	require.NoError(t, err)
	found, err := gp.SearchPatients(ctx, api.PatientSearch{NHSNumber: person.NHSNumber})
	require.NoError(t, err)
	assert.True(t, found.Items[0].Hidden)
	list, err := gp.Worklist(ctx, "practice-list")
	require.NoError(t, err)
	at := slices.IndexFunc(list.Items, func(row api.WorklistRow) bool { return row.PlanID == p.ID })
	require.GreaterOrEqual(t, at, 0)
	for name, c := range map[string]*api.Client{"gp": gp, "urgent": w.as("urgent"), "admin": w.as("practiceadmin")} {
		var all []any
		seen, err := c.Plan(ctx, p.ID)
		require.NoError(t, err)
		all = append(all, seen, found, list.Items[at])
		if name != "admin" {
			page, err := c.Summary(ctx, p.ID, "")
			require.NoError(t, err)
			assert.Equal(t, "Recorded (hidden)", page.Banner.Where)
			changes, err := c.Changes(ctx, p.ID, "1", true)
			require.NoError(t, err)
			all = append(all, page, changes)
		}
		raw, err := json.Marshal(all)
		require.NoError(t, err)
		for _, secret := range []string{secretLines, "SE1 0ZZ", "020 7946 0101\",\"practice_phone"} {
			assert.NotContains(t, string(raw), secret, name)
		}
		shown, err := c.Revealed(ctx, p.ID, api.Reveal{Item: plan.AddressUsual, Reason: "Somebody must go there"})
		require.NoError(t, err, name)
		assert.Contains(t, shown.Value, secretLines)
	}
	yes := p.Published.Answers[plan.SensitiveFlag]
	require.NotNil(t, yes.Bool)
	assert.True(t, *yes.Bool, "the service says so in the plan")
	assert.Equal(t, forms.Withheld, p.Published.Answers[plan.PracticeName].State)
	assert.Contains(t, p.Holder.Name, "Hidden")
	assert.True(t, strings.HasPrefix(found.Items[0].NHSNumber, "999"))
}

// Whoever writes over a hidden answer that they do not see, or gives up their own for it, loses nobody's words: they are kept sealed, no
// note repeats them, and who shows the answer with a reason sees all.
func TestNoHiddenAnswerIsLost(t *testing.T) {
	w := openWard(t, nil)
	ctx := context.Background()
	p := w.withHidden()
	w.staff("second", api.RoleGP, "X99001")
	gp, other := w.as("gp"), w.as("second")
	patch := func(c *api.Client, body string) {
		t.Helper()
		seen, err := c.Plan(ctx, p.ID)
		require.NoError(t, err)
		_, err = c.PatchDraft(ctx, p.ID, []byte(body), seen.Etag, "")
		require.NoError(t, err)
	}
	show := func(item string) (value string, unchosen []string) {
		t.Helper()
		got, err := other.Revealed(ctx, p.ID, api.Reveal{Item: item, Reason: "To check it at the door", Draft: true})
		require.NoError(t, err)
		for _, one := range got.Unchosen {
			assert.NotEmpty(t, one.By)
			assert.False(t, one.At.IsZero())
			unchosen = append(unchosen, one.Value)
		}
		return got.Value, unchosen
	}
	patch(other, `{"key_safe_code":{"value":"KX1111"}}`)
	value, unchosen := show(plan.KeySafeCode)
	assert.Equal(t, "KX1111", value)
	assert.Equal(t, []string{safeCode}, unchosen)
	patch(other, `{"key_safe_code":{"value":"KX3333"}}`)
	_, unchosen = show(plan.KeySafeCode)
	assert.Equal(t, []string{safeCode}, unchosen, "what somebody corrects of their own was seen by nobody else")

	w.clock.forward(time.Minute)
	_, err := gp.GiveUp(ctx, p.ID, api.NewComment{Item: plan.KeySafeCode, Text: "Not chosen", Hidden: forms.Answers{plan.KeySafeCode: forms.TextAnswer("KX2222")}})
	require.NoError(t, err)
	w.clock.forward(time.Minute)
	patch(gp, `{"key_safe_code":null,"jic_cd_risk":null}`)
	value, unchosen = show(plan.KeySafeCode)
	assert.Empty(t, value)
	assert.Equal(t, []string{safeCode, "KX2222", "KX3333"}, unchosen)

	for name, hidden := range map[string]forms.Answers{
		"another question's": {plan.FamilyName: forms.TextAnswer("x")}, "two": {plan.KeySafeCode: forms.TextAnswer("x"), "title": forms.TextAnswer("y")},
		"none": {plan.KeySafeCode: forms.StateAnswer(forms.Withheld)}, "too long": {plan.KeySafeCode: forms.TextAnswer(strings.Repeat("x", maxUnchosen))},
	} {
		_, err := gp.GiveUp(ctx, p.ID, api.NewComment{Item: plan.KeySafeCode, Text: "Not chosen", Hidden: hidden})
		assert.Equal(t, api.CodeInvalid, refused(t, err, api.CodeInvalid).Code(), name)
	}
	_, err = gp.GiveUp(ctx, p.ID, api.NewComment{Text: "Not chosen", Hidden: forms.Answers{plan.KeySafeCode: forms.TextAnswer("x")}})
	refused(t, err, api.CodeInvalid)

	seen, err := other.Plan(ctx, p.ID)
	require.NoError(t, err)
	said, err := json.Marshal(seen)
	require.NoError(t, err)
	require.NotEmpty(t, seen.Draft.Comments)
	for _, code := range []string{safeCode, "KX1111", "KX2222", "KX3333"} {
		assert.NotContains(t, string(said), code, "it is shown to nobody who did not ask")
	}
	_, err = w.as("practiceadmin").Revealed(ctx, p.ID, api.Reveal{Item: plan.KeySafeCode, Reason: "To check it at the door", Draft: true})
	refused(t, err, api.CodeForbidden)
	stored := func() (sealed []string) {
		t.Helper()
		require.NoError(t, w.s.store.(*vault).Store.Read(ctx, func(tx store.Tx) error {
			comments, err := tx.Comments(p.ID, 1)
			for _, one := range comments {
				if len(one.Hidden) > 0 {
					sealed = append(sealed, string(one.Hidden))
				}
			}
			return err
		}))
		return sealed
	}
	before := stored()
	assert.Len(t, before, 3)
	for _, one := range before {
		assert.NotContains(t, one, "KX2222")
		assert.NotContains(t, one, safeCode)
		assert.True(t, seal.Sealed(one))
	}
	require.NoError(t, w.s.store.(*vault).rotate(ctx))
	for i, one := range stored() {
		assert.NotEqual(t, before[i], one, "it is sealed anew when a key is changed")
	}
	_, unchosen = show(plan.KeySafeCode)
	assert.Equal(t, []string{safeCode, "KX2222", "KX3333"}, unchosen, "and still opens")
}
