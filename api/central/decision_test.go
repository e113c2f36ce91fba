package central

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cmc/api"
	"cmc/api/central/audit"
	"cmc/api/central/lifecycle"
	"cmc/api/central/store"
	"cmc/forms"
	"cmc/forms/plan"
)

func TestSentBackAndSentAgain(t *testing.T) {
	w := openWard(t, nil)
	ctx := context.Background()
	home, gp := w.as("carehome"), w.as("gp")
	p := w.begin("carehome", w.without("VX991"))
	_, err := home.Submit(ctx, p.ID, api.Submit{}, "")
	refused(t, err, api.CodePrecondition)
	_, err = home.Submit(ctx, p.ID, api.Submit{}, `"0"`)
	refused(t, err, api.CodeConflict)
	p, err = home.Submit(ctx, p.ID, api.Submit{}, p.Etag)
	require.NoError(t, err)
	assert.Equal(t, "Nurse in charge, Elm House care home", p.StateBy)
	_, err = home.Submit(ctx, p.ID, api.Submit{}, p.Etag)
	refused(t, err, api.CodeState)
	_, err = home.Return(ctx, p.ID, api.Return{Reason: "No"}, "")
	refused(t, err, api.CodeForbidden)

	_, err = gp.Return(ctx, p.ID, api.Return{Reason: "  "}, "")
	refused(t, err, api.CodeInvalid)
	_, err = gp.Return(ctx, p.ID, api.Return{Reason: "Look", Comments: []api.Comment{{Item: "no_such", Text: "?"}}}, p.Etag)
	refused(t, err, api.CodeInvalid)
	p, err = gp.Return(ctx, p.ID, api.Return{Reason: "Ask the family again", Comments: []api.Comment{{Item: plan.CPRDecision, Text: "Who was there?"}}}, p.Etag)
	require.NoError(t, err)
	assert.Equal(t, "draft", p.Status)
	assert.Equal(t, "Ask the family again", p.Reason)
	require.Len(t, p.Draft.Comments, 1)

	list, err := home.Worklist(ctx, "sent-back")
	require.NoError(t, err)
	require.Len(t, slices.DeleteFunc(list.Items, func(row api.WorklistRow) bool { return row.PlanID != p.ID }), 1)
	drafts, err := home.Worklist(ctx, "my-drafts")
	require.NoError(t, err)
	assert.False(t, slices.ContainsFunc(drafts.Items, func(row api.WorklistRow) bool { return row.PlanID == p.ID }), "one list, not two")

	p, err = home.CommentDone(ctx, p.ID, p.Draft.Comments[0].ID)
	require.NoError(t, err)
	assert.True(t, p.Draft.Comments[0].Done)
	_, err = home.CommentDone(ctx, p.ID, "nothing")
	refused(t, err, api.CodeNotFound)
	p, err = home.Comment(ctx, p.ID, api.Comment{Text: "His daughter was"})
	require.NoError(t, err)
	assert.Len(t, p.Draft.Comments, 2)
	p, err = home.Submit(ctx, p.ID, api.Submit{}, p.Etag)
	require.NoError(t, err)
	assert.Equal(t, "in_review", p.Status)
}

func TestApprovalRefuses(t *testing.T) {
	w := openWard(t, nil)
	ctx := context.Background()
	gp := w.as("gp")
	p := w.begin("gp", w.without("X99001"))
	_, err := gp.Approve(ctx, p.ID, w.approval(), p.Etag)
	refused(t, err, api.CodeState)
	p, err = gp.Submit(ctx, p.ID, api.Submit{}, p.Etag)
	require.NoError(t, err)

	good := w.approval()
	for name, one := range map[string]struct {
		change func(*api.Approve)
		etag   string
		code   string
		field  string
	}{
		"a check is not ticked": {func(in *api.Approve) { in.Checks = in.Checks[:4] }, p.Etag, api.CodeInvalid, "body.checks.access"},
		"a check of one's own":  {func(in *api.Approve) { in.Checks = append(slices.Clone(in.Checks), "all") }, p.Etag, api.CodeInvalid, "body.checks"},
		"no password":           {func(in *api.Approve) { in.Password = "" }, p.Etag, api.CodeInvalid, "body.password"},
		"a wrong password":      {func(in *api.Approve) { in.Password = "wrong" }, p.Etag, api.CodeWrongPassword, "body.password"},
		"no review date":        {func(in *api.Approve) { in.ReviewDue = "soon" }, p.Etag, api.CodeInvalid, "body.review_due"},
		"a review in the past":  {func(in *api.Approve) { in.ReviewDue = "2026-11-21" }, p.Etag, api.CodeInvalid, "body.review_due"},
		"a review too far off":  {func(in *api.Approve) { in.ReviewDue = "2028-11-21" }, p.Etag, api.CodeInvalid, "body.review_due"},
		"not what was seen":     {func(*api.Approve) {}, `"1"`, api.CodeConflict, ""},
		"nothing seen":          {func(*api.Approve) {}, "", api.CodePrecondition, ""},
	} {
		t.Run(name, func(t *testing.T) {
			in := good
			one.change(&in)
			_, err := gp.Approve(ctx, p.ID, in, one.etag)
			refusal := refused(t, err, one.code)
			if one.field != "" {
				assert.True(t, slices.ContainsFunc(refusal.Fields, func(f api.FieldProblem) bool { return f.Location == one.field }), "%+v", refusal.Fields)
			}
			now, err := gp.Plan(ctx, p.ID)
			require.NoError(t, err)
			assert.Equal(t, "in_review", now.Status)
			assert.Nil(t, now.Published)
		})
	}
	t.Run("a contradiction", func(t *testing.T) {
		q, err := gp.PatchDraft(ctx, p.ID, []byte(`{"cpr_decision":{"value":"attempt"},"ceiling":{"value":"comfort"}}`), p.Etag, "")
		require.NoError(t, err)
		_, err = gp.Approve(ctx, p.ID, good, q.Etag)
		refusal := refused(t, err, api.CodeInvalid)
		assert.True(t, slices.ContainsFunc(refusal.Fields, func(f api.FieldProblem) bool { return f.Problem != nil && f.Problem.Rule == "X06" }), "%+v", refusal.Fields)
		list, err := gp.Worklist(ctx, "flagged")
		require.NoError(t, err)
		at := slices.IndexFunc(list.Items, func(row api.WorklistRow) bool { return row.PlanID == p.ID })
		require.GreaterOrEqual(t, at, 0)
		assert.True(t, list.Items[at].Alarm)
		assert.Equal(t, "Contradiction", list.Items[at].Words)
	})
	t.Run("another person than the index's", func(t *testing.T) {
		now, err := gp.Plan(ctx, p.ID)
		require.NoError(t, err)
		q, err := gp.PatchDraft(ctx, p.ID, []byte(`{"family_name":{"value":"Somebody-Else"}}`), now.Etag, "")
		require.NoError(t, err)
		_, err = gp.Approve(ctx, p.ID, good, q.Etag)
		refusal := refused(t, err, api.CodeInvalid)
		assert.True(t, slices.ContainsFunc(refusal.Fields, func(f api.FieldProblem) bool { return f.Problem != nil && f.Problem.Rule == "X19" }), "%+v", refusal.Fields)
	})
}

func TestALivePlanStaysWhileItIsAmended(t *testing.T) {
	w := openWard(t, nil)
	ctx := context.Background()
	gp, urgent := w.as("gp"), w.as("urgent")
	p := w.live()
	_, err := urgent.Open(ctx, p.ID, "999 call")
	require.NoError(t, err)
	_, err = gp.PatchDraft(ctx, p.ID, []byte(`{"title":{"value":"Mr"}}`), p.Etag, "")
	refused(t, err, api.CodeState)
	p, err = gp.Amend(ctx, p.ID, "")
	require.NoError(t, err)
	assert.Equal(t, "amending", p.Status)
	assert.Equal(t, "Draft. Version 1 stays live", p.StatusWords)
	require.NotNil(t, p.Draft)
	assert.Equal(t, 1, p.Draft.BaseVersion)
	p, err = gp.PatchDraft(ctx, p.ID, []byte(`{"urgent_banner":{"value":"Known to the hospice"}}`), p.Etag, "")
	require.NoError(t, err)

	before, err := urgent.Summary(ctx, p.ID, "")
	require.NoError(t, err)
	assert.Empty(t, before.Urgent, "the draft is not seen")
	assert.False(t, before.Header.ChangeSince.IsZero(), "that a change is pending is said")
	seen, err := urgent.Plan(ctx, p.ID)
	require.NoError(t, err)
	assert.Nil(t, seen.Draft)
	assert.NotEqual(t, "amending", seen.Status)
	_, err = urgent.Summary(ctx, p.ID, "draft")
	refused(t, err, api.CodeNotFound)

	changes, err := gp.Changes(ctx, p.ID, "draft", false)
	require.NoError(t, err)
	require.Len(t, changes.Items, 1)
	assert.Equal(t, "urgent_banner", changes.Items[0].Item)
	assert.Greater(t, changes.Total, 10)
	every, err := gp.Changes(ctx, p.ID, "draft", true)
	require.NoError(t, err)
	assert.Len(t, every.Items, changes.Total)

	p, err = gp.Approve(ctx, p.ID, w.approval(), p.Etag)
	require.NoError(t, err)
	assert.Equal(t, 2, p.Published.Number)
	after, err := urgent.Summary(ctx, p.ID, "")
	require.NoError(t, err)
	assert.Equal(t, "Known to the hospice", after.Urgent)
	versions, err := gp.Versions(ctx, p.ID)
	require.NoError(t, err)
	require.Len(t, versions.Items, 2)
	assert.Equal(t, 2, versions.Items[0].Number)
	old, err := gp.Version(ctx, p.ID, 1)
	require.NoError(t, err)
	assert.Empty(t, old.Answers[plan.UrgentBanner].Text, "an approved version never changes")
	oldSummary, err := gp.Summary(ctx, p.ID, "1")
	require.NoError(t, err)
	assert.True(t, oldSummary.Header.Draft, "an older version says that nobody may act on it")
	_, err = urgent.Version(ctx, p.ID, 1)
	refused(t, err, api.CodeNotFound)
	_, err = gp.Version(ctx, p.ID, 9)
	refused(t, err, api.CodeNotFound)
	second, err := gp.Changes(ctx, p.ID, "2", false)
	require.NoError(t, err)
	assert.True(t, slices.ContainsFunc(second.Items, func(c forms.Change) bool { return c.Item == "urgent_banner" }))

	p, err = gp.Amend(ctx, p.ID, "")
	require.NoError(t, err)
	p, err = gp.PatchDraft(ctx, p.ID, []byte(`{"urgent_banner":{"value":"Thought better of"}}`), p.Etag, "")
	require.NoError(t, err)
	_, err = gp.Discard(ctx, p.ID, "")
	refused(t, err, api.CodePrecondition)
	p, err = gp.Discard(api.WithMatch(ctx, p.Etag), p.ID, "")
	require.NoError(t, err)
	assert.Nil(t, p.Draft)
	assert.Equal(t, 2, p.Published.Number)
	require.NoError(t, w.s.store.Read(ctx, func(tx store.Tx) error {
		discarded, err := tx.Discarded(p.ID)
		require.Len(t, discarded, 1, "what was written about a person is never lost")
		assert.Contains(t, string(discarded[0].Answers), "Thought better of")
		assert.Equal(t, "Dr Amina Osei (GP partner)", discarded[0].ChangedBy)
		return err
	}))
}

// A plan whose review falls soon is not due from its first day: half of the time goes by before anybody is reminded.
func TestAShortReviewIsNotDueAtOnce(t *testing.T) {
	w := openWard(t, nil)
	ctx := context.Background()
	gp := w.as("gp")
	p := w.begin("gp", w.without("X99001"))
	p, err := gp.Submit(ctx, p.ID, api.Submit{}, p.Etag)
	require.NoError(t, err)
	in := w.approval()
	in.ReviewDue = w.clock.now().AddDate(0, 0, 14).Format(time.DateOnly)
	p, err = gp.Approve(ctx, p.ID, in, p.Etag)
	require.NoError(t, err)
	assert.Equal(t, "approved", p.Status)
	listed := func() bool {
		delete(w.people, "gp")
		list, err := w.as("gp").Worklist(ctx, "review-due")
		require.NoError(t, err)
		return slices.ContainsFunc(list.Items, func(row api.WorklistRow) bool { return row.PlanID == p.ID })
	}
	assert.False(t, listed())
	for _, step := range []struct {
		days int
		want string
	}{{6, "approved"}, {1, "review_due"}, {7, "review_due"}, {1, "overdue"}} {
		w.clock.forward(time.Duration(step.days) * 24 * time.Hour)
		delete(w.people, "gp")
		p, err = w.as("gp").Plan(ctx, p.ID)
		require.NoError(t, err)
		assert.Equal(t, step.want, p.Status)
		assert.Equal(t, step.want != "approved", listed(), step.want)
	}
}

func TestSuspendResumeDieAndError(t *testing.T) {
	w := openWard(t, nil)
	ctx := context.Background()
	gp, urgent, safety := w.as("gp"), w.as("urgent"), w.as("safety")
	p := w.live()
	_, err := urgent.Open(ctx, p.ID, "999 call")
	require.NoError(t, err)

	_, err = gp.Suspend(ctx, p.ID, "")
	refused(t, err, api.CodeInvalid)
	_, err = urgent.Suspend(ctx, p.ID, "Wrong person?")
	refused(t, err, api.CodeForbidden)
	p, err = gp.Suspend(ctx, p.ID, "The family doubts the decision")
	require.NoError(t, err)
	_, err = urgent.Summary(ctx, p.ID, "")
	refused(t, err, api.CodeNotFound)
	found, err := urgent.SearchPatients(ctx, api.PatientSearch{NHSNumber: p.Patient.NHSNumber})
	require.NoError(t, err)
	assert.Nil(t, found.Items[0].Plan)
	_, err = gp.Summary(ctx, p.ID, "")
	refused(t, err, api.CodeState)
	p, err = gp.Resume(ctx, p.ID, "It was talked through")
	require.NoError(t, err)
	_, err = urgent.Summary(ctx, p.ID, "")
	require.NoError(t, err)

	_, err = gp.EnterInError(ctx, p.ID, "Wrong person")
	refused(t, err, api.CodeForbidden)
	_, err = safety.EnterInError(ctx, p.ID, "Wrong person")
	refused(t, err, api.CodeReason)
	_, err = urgent.Deceased(ctx, p.ID, api.Death{Date: "2027-01-01"})
	refused(t, err, api.CodeInvalid)
	_, err = urgent.Deceased(ctx, p.ID, api.Death{Date: "2026-11-21", Place: "moon"})
	refused(t, err, api.CodeInvalid)
	_, err = urgent.Deceased(ctx, p.ID, api.Death{Date: "2026-11-21", Place: "home"})
	require.NoError(t, err)
	p, err = gp.Plan(ctx, p.ID)
	require.NoError(t, err)
	assert.Equal(t, "deceased", p.Status)
	assert.Equal(t, "2026-11-21", p.Patient.DeathDate)
	page, err := urgent.Summary(ctx, p.ID, "")
	require.NoError(t, err)
	assert.Equal(t, "PATIENT HAS DIED", page.Strip[0])
	assert.Equal(t, "21-Nov-2026", page.Banner.Died)
	assert.NotEmpty(t, page.Banner.AgeAtDeath)
	_, err = gp.Amend(ctx, p.ID, "")
	refused(t, err, api.CodeState)

	w.clock.forward(61 * 24 * time.Hour)
	delete(w.people, "gp")
	delete(w.people, "safety")
	p, err = w.as("gp").Plan(ctx, p.ID)
	require.NoError(t, err)
	assert.Equal(t, "closed", p.Status, "60 days after the death was notified")
	require.NoError(t, w.s.Chores(ctx))
	require.NoError(t, w.s.store.Read(ctx, func(tx store.Tx) error {
		stored, err := tx.Plan(p.ID)
		assert.Equal(t, string(lifecycle.Closed), stored.Status, "the chore has written it")
		return err
	}))

	_, err = w.as("safety").Open(ctx, p.ID, "Incident 7")
	require.NoError(t, err)
	p, err = w.as("safety").EnterInError(ctx, p.ID, "Wrong person")
	require.NoError(t, err)
	assert.Equal(t, "entered_in_error", p.Status)
	assert.Empty(t, p.Published.Answers["key_safe_code"].Text)
}

func TestOpeningsLapse(t *testing.T) {
	w := openWard(t, nil)
	ctx := context.Background()
	p := w.live()
	_, err := w.as("urgent").Open(ctx, p.ID, "\u202e")
	refused(t, err, api.CodeInvalid)
	_, err = w.as("urgent").Open(ctx, p.ID, "999 call")
	require.NoError(t, err)
	_, err = w.as("hospice").Open(ctx, p.ID, "Referred to us")
	require.NoError(t, err)
	again := func(username string) error {
		delete(w.people, username)
		_, err := w.as(username).Plan(ctx, p.ID)
		return err
	}
	w.clock.forward(11 * time.Hour)
	require.NoError(t, again("urgent"))
	w.clock.forward(2 * time.Hour)
	refused(t, again("urgent"), api.CodeReason)
	require.NoError(t, again("hospice"))
	w.clock.forward(28 * 24 * time.Hour)
	refused(t, again("hospice"), api.CodeReason)
}

func TestWhatTimeBrings(t *testing.T) {
	w := openWard(t, nil)
	ctx := context.Background()
	p := w.live()
	due, err := time.Parse(time.DateOnly, p.ReviewDue)
	require.NoError(t, err)
	w.clock.forward(due.Add(36 * time.Hour).Sub(w.clock.now()))
	delete(w.people, "gp")
	now, err := w.as("gp").Plan(ctx, p.ID)
	require.NoError(t, err)
	assert.Equal(t, "overdue", now.Status)
	list, err := w.as("gp").Worklist(ctx, "review-due")
	require.NoError(t, err)
	at := slices.IndexFunc(list.Items, func(row api.WorklistRow) bool { return row.PlanID == p.ID })
	require.GreaterOrEqual(t, at, 0)
	assert.True(t, list.Items[at].Alarm)
	now, err = w.as("gp").Amend(ctx, p.ID, "It was due")
	require.NoError(t, err)
	assert.Equal(t, "amending", now.Status)
}

func TestApprovalIsAllOrNothing(t *testing.T) {
	w := openWard(t, nil)
	ctx := context.Background()
	gp := w.as("gp")
	p := w.begin("gp", w.without("X99001"))
	p, err := gp.Submit(ctx, p.ID, api.Submit{}, p.Etag)
	require.NoError(t, err)
	real := w.s.store
	for _, at := range []string{"version", "plan", "audit", "notice"} {
		w.s.store = breaking{Store: real, at: at}
		_, err = gp.Approve(ctx, p.ID, w.approval(), p.Etag)
		refused(t, err, api.CodeUnavailable)
		w.s.store = real
		now, err := gp.Plan(ctx, p.ID)
		require.NoError(t, err)
		assert.Equal(t, "in_review", now.Status, at)
		assert.Equal(t, p.Etag, now.Etag, at)
		assert.Nil(t, now.Published, at)
		require.NotNil(t, now.Draft, at)
		versions, err := gp.Versions(ctx, p.ID)
		require.NoError(t, err)
		assert.Empty(t, versions.Items, at)
	}
	_, err = gp.Approve(ctx, p.ID, w.approval(), p.Etag)
	require.NoError(t, err)
}

// breaking is the real store whose disk fails at one step of a transaction.
type breaking struct {
	store.Store
	at string
}

type breakingTx struct {
	store.Tx
	at string
}

var errDisk = errors.Join(store.ErrUnavailable, errors.New("the disk is gone"))

func (b breaking) Write(ctx context.Context, fn func(store.Tx) error) error {
	return b.Store.Write(ctx, func(tx store.Tx) error { return fn(breakingTx{Tx: tx, at: b.at}) })
}

func (b breakingTx) AddVersion(v *store.Version) error {
	if b.at == "version" {
		return errDisk
	}
	return b.Tx.AddVersion(v)
}

func (b breakingTx) UpdatePlan(p *store.Plan) error {
	if b.at == "plan" {
		return errDisk
	}
	return b.Tx.UpdatePlan(p)
}

func (b breakingTx) Audit(events ...*audit.Event) error {
	if b.at == "audit" && slices.ContainsFunc(events, func(e *audit.Event) bool { return e.Action == "approve" }) {
		return errDisk
	}
	return b.Tx.Audit(events...)
}

func (b breakingTx) Tell(n store.Notice) error {
	if b.at == "notice" {
		return errDisk
	}
	return b.Tx.Tell(n)
}

// What cannot be printed is told to the writer, never first to a crew.
func TestWhatCannotBePrintedIsNotApproved(t *testing.T) {
	w := openWard(t, nil)
	ctx := context.Background()
	gp := w.as("gp")
	p := w.begin("gp", w.without("X99001"))
	p, err := gp.Submit(ctx, p.ID, api.Submit{}, p.Etag)
	require.NoError(t, err)
	p, err = gp.PatchDraft(ctx, p.ID, []byte(`{"urgent_banner":{"value":"Loves 😀"}}`), p.Etag, "")
	require.NoError(t, err, "the words are kept")
	gaps, err := gp.Problems(ctx, p.ID)
	require.NoError(t, err)
	at := slices.IndexFunc(gaps.Items, func(one forms.Problem) bool { return one.Rule == "X24" })
	require.GreaterOrEqual(t, at, 0)
	assert.Equal(t, "urgent_banner", gaps.Items[at].Item)
	assert.Equal(t, "person", gaps.Items[at].Step)
	_, err = gp.SummaryPDFOf(ctx, p.ID, "draft")
	refused(t, err, api.CodeInvalid)
	log, err := gp.AccessLog(ctx, p.ID)
	require.NoError(t, err)
	assert.False(t, slices.ContainsFunc(log.Items, func(e api.AccessEvent) bool { return e.Action == "print" }), "no page came out")
	_, err = gp.Approve(ctx, p.ID, w.approval(), p.Etag)
	refusal := refused(t, err, api.CodeInvalid)
	require.Len(t, refusal.Fields, 1)
	assert.Equal(t, "answers.urgent_banner", refusal.Fields[0].Location)
	p, err = gp.Return(ctx, p.ID, api.Return{Reason: "One sign cannot be printed"}, p.Etag)
	require.NoError(t, err)
	_, err = gp.Submit(ctx, p.ID, api.Submit{}, p.Etag)
	assert.Equal(t, "answers.urgent_banner", refused(t, err, api.CodeInvalid).Fields[0].Location)
	p, err = gp.PatchDraft(ctx, p.ID, []byte(`{"urgent_banner":null}`), p.Etag, "")
	require.NoError(t, err)
	p, err = gp.Submit(ctx, p.ID, api.Submit{}, p.Etag)
	require.NoError(t, err)
	p, err = gp.Approve(ctx, p.ID, w.approval(), p.Etag)
	require.NoError(t, err)
	_, err = gp.SummaryPDF(ctx, p.ID)
	require.NoError(t, err)
}

// Consent may be taken back at any time, from whoever is there, and urgent care stops seeing the plan at once (X21).
func TestConsentThatIsTakenBack(t *testing.T) {
	w := openWard(t, nil)
	ctx := context.Background()
	home, gp, urgent := w.as("carehome"), w.as("gp"), w.as("urgent")
	p := w.begin("carehome", w.without("VX991"))
	p, err := home.Submit(ctx, p.ID, api.Submit{}, p.Etag)
	require.NoError(t, err)
	p, err = gp.Approve(ctx, p.ID, w.approval(), p.Etag)
	require.NoError(t, err)
	_, err = urgent.Open(ctx, p.ID, "999 call")
	require.NoError(t, err)
	_, err = home.Withdraw(ctx, p.ID, "Changed their mind")
	refused(t, err, api.CodeForbidden)
	p, err = home.Amend(ctx, p.ID, "")
	require.NoError(t, err)
	assert.NotContains(t, p.Actions, "withdraw")
	p, err = home.PatchDraft(ctx, p.ID, []byte(`{"consent_status":{"value":"withdrawn"},"consent_ended_reason":{"value":"Does not want it shared"}}`), p.Etag, "")
	require.NoError(t, err)
	assert.Contains(t, p.Actions, "withdraw", "it is offered as soon as it is recorded")
	_, err = urgent.Summary(ctx, p.ID, "")
	require.NoError(t, err, "recording alone takes nothing away: one wrong touch must not")
	p, err = home.Withdraw(ctx, p.ID, "Took back their consent")
	require.NoError(t, err)
	assert.Equal(t, "withdrawn", p.Status)
	_, err = urgent.Summary(ctx, p.ID, "")
	refused(t, err, api.CodeNotFound)
}
