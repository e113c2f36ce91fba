//go:build linux

package app_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"cmc/api"
	"cmc/app"
	"cmc/app/drafts"
	"cmc/app/outbox"
	"cmc/forms"
	careplan "cmc/forms/plan"
)

// typedBy is somebody whom no index knows.
func typedBy(family string) api.NewPlan {
	return api.NewPlan{Answers: forms.Answers{careplan.FamilyName: forms.TextAnswer(family), careplan.GivenName: forms.TextAnswer("Quillon"),
		careplan.BirthDate: forms.TextAnswer("1938-04-02"), careplan.PlanCohorts: forms.ChoicesAnswer("frailty"), careplan.PlanType: forms.ChoiceAnswer("full")}}
}

func fill(t *testing.T, e *drafts.Editor) {
	t.Helper()
	for id, answer := range wholeAnswers(t, e.Definition(), e.Today()) {
		if _, there := e.Answers()[id]; !there {
			e.Set(drafts.At{Item: id}, answer)
		}
	}
}

// eventually waits for something at the service.
func eventually(t *testing.T, d *app.Desk, what string, is func() bool) {
	t.Helper()
	for late := time.Now().Add(patience); !is(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(late) {
			t.Fatalf("%s never was; what waits is %+v, %+v", what, d.Waiting(), d.Where())
		}
	}
}

// plansOf counts the plans whose person has a family name, as the service has them.
func (w *ward) plansOf(family string) (plans []string) {
	found, err := w.client("carehome").SearchPatients(context.Background(), api.PatientSearch{FamilyName: family, BirthDate: "1938-04-02"})
	if err != nil {
		w.t.Fatal(err)
	}
	for _, p := range found.Items {
		if p.Plan != nil {
			plans = append(plans, p.Plan.ID)
		}
	}
	return plans
}

// With no connection a plan is begun, written and sent for review; the program is started anew and the session has ended
// meanwhile; then all of it goes, once, in order.
func TestAWholePlanWithoutAConnection(t *testing.T) {
	w := openWard(t)
	profile := t.TempDir()
	d := w.desk(profile)
	signIn(t, d, "carehome", true)
	w.line.cut()
	n := typedBy("Ashbourne")
	n.Answers[careplan.PlanCohorts] = everyAnswer(t, careplan.Definition(), time.Now())[careplan.PlanCohorts]
	plan, err := d.StartPlan(t.Context(), n)
	if err != nil || !outbox.IsHere(plan.ID) {
		t.Fatalf("%+v %v", plan, err)
	}
	e := d.Edit(plan)
	if e == nil || e.Answers()[careplan.FamilyName].Text != "Ashbourne" {
		t.Fatal("the plan does not open with what was typed")
	}
	for id, answer := range everyAnswer(t, e.Definition(), e.Today()) {
		if _, who := n.Answers[id]; !who {
			e.Set(drafts.At{Item: id}, answer)
		}
	}
	text(e, careplan.NHSNumber, "9990004013")
	text(e, "nhs_match_reason", "Her daughter brought the letter of the hospital")
	text(e, careplan.GivenName, "Quill") // other than what the plan begins with: nobody is asked about it
	text(e, "preferred_name", "Persimmon")
	got := await(t, e, "kept", func(s drafts.Status) bool { return s.State == drafts.StateKept })
	if !strings.Contains(got.Words, "Kept on this computer.") || got.Waiting < 10 {
		t.Fatalf("%d wait: %s", got.Waiting, got.Words)
	}
	if _, err := d.Submit(t.Context(), plan, api.Submit{Note: "Written at night"}); !app.IsWaiting(err) {
		t.Fatalf("sending for review said %v", err)
	}
	if _, err := d.Submit(t.Context(), plan, api.Submit{Note: "Written at night"}); !app.IsWaiting(err) { // pressed twice
		t.Fatalf("sending for review again said %v", err)
	}
	waiting := d.Waiting()
	if len(waiting) != 1 || waiting[0].Patient.FamilyName != "Ashbourne" || waiting[0].Words != "On this computer, not sent yet. Then it goes for review" || waiting[0].Why != "" {
		t.Fatalf("waiting %+v", waiting)
	}
	where := d.Where()
	if !where.Safe || where.Waiting != e.Status().Waiting+2 || !strings.HasPrefix(where.Words, "Kept on this computer.") {
		t.Fatalf("where %+v", where)
	}
	if again, err := d.OpenPlan(t.Context(), plan.ID); err != nil || d.Edit(again) != e {
		t.Fatalf("it does not open again: %v", err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	nothingInTheClear(t, profile, "Ashbourne", "Persimmon")

	w.line.mend()
	w.forward(2 * 24 * time.Hour) // the session has long ended
	back := w.desk(profile)
	if _, ok, err := back.Resume(t.Context()); ok || err != nil {
		t.Fatalf("resumed %v %v", ok, err)
	}
	w.line.loseCreated(2)
	signIn(t, back, "carehome", false)
	eventually(t, back, "the plan in review", func() bool {
		plans := w.plansOf("Ashbourne")
		if len(plans) == 0 {
			return false
		}
		p, err := w.client("carehome").Plan(t.Context(), plans[0])
		return err == nil && p.Status == "in_review"
	})
	plans := w.plansOf("Ashbourne")
	if len(plans) != 1 {
		t.Fatalf("there are %d plans", len(plans))
	}
	if got := w.atService("carehome", plans[0]); got["preferred_name"].Text != "Persimmon" || got[careplan.GivenName].Text != "Quill" {
		t.Fatalf("the service has %q, %q", got["preferred_name"].Text, got[careplan.GivenName].Text)
	}
	eventually(t, back, "an empty outbox", func() bool { return len(back.Waiting()) == 0 && back.Where().Waiting == 0 })
	log, err := w.client("carehome").AccessLog(t.Context(), plans[0])
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for _, one := range log.Items {
		count[one.Action]++
	}
	if count["create"] != 1 || count["submit"] != 1 {
		t.Fatalf("the service wrote %v", count)
	}
}

// The line breaks after the service has started the plan: the same is asked again under the same key, and there is one plan.
func TestALostAnswerStartsOnePlan(t *testing.T) {
	w := openWard(t)
	d := w.desk(t.TempDir())
	signIn(t, d, "carehome", false)
	w.line.loseCreated(1 << 20) // more than anything repeats by itself
	plan, err := d.StartPlan(t.Context(), typedBy("Birchwood"))
	w.line.loseCreated(0)
	if err != nil || !outbox.IsHere(plan.ID) {
		t.Fatalf("%+v %v", plan, err)
	}
	e := d.Edit(plan)
	text(e, "preferred_name", "Persimmon")
	await(t, e, "saved", saved)
	if plans := w.plansOf("Birchwood"); len(plans) != 1 || plans[0] != e.PlanID() {
		t.Fatalf("plans %v, the editor has %s", plans, e.PlanID())
	}
	if got := w.atService("carehome", e.PlanID()); got["preferred_name"].Text != "Persimmon" {
		t.Fatal("the words did not go")
	}
	if again, err := d.OpenPlan(t.Context(), plan.ID); err != nil || again.ID != e.PlanID() || d.Edit(again) != e {
		t.Fatalf("under its first name it is %v", err)
	}
}

// begunAway begins a plan while there is no line, for somebody for whom a colleague can begin the same.
func (w *ward) begunAway(d *app.Desk) (api.NewPlan, *api.Plan) {
	w.t.Helper()
	n := typedBy("Cedarholme")
	n.Answers[careplan.NHSNumber] = forms.TextAnswer("9990004013")
	w.line.cut()
	plan, err := d.StartPlan(w.t.Context(), n)
	if err != nil {
		w.t.Fatal(err)
	}
	return n, plan
}

// Somebody had started a plan for the same person meanwhile: the words are kept, said, and brought into that plan with a
// choice where both wrote.
func TestAPlanThatWasThereAlready(t *testing.T) {
	w := openWard(t)
	d := w.desk(t.TempDir())
	signIn(t, d, "carehome", false)
	n, plan := w.begunAway(d)
	e := d.Edit(plan)
	text(e, "preferred_name", "Mine")
	text(e, "advance_statement", "Wants the window open")
	await(t, e, "kept", func(s drafts.Status) bool { return s.State == drafts.StateKept })
	other := n
	other.Answers = n.Answers.Clone()
	other.Answers["preferred_name"] = forms.TextAnswer("Theirs")
	theirs, err := w.client("carehome").CreatePlan(t.Context(), other, "")
	if err != nil {
		t.Fatal(err)
	}
	w.line.mend()
	e.Retry()
	got := await(t, e, "refused", func(s drafts.Status) bool { return s.State == drafts.StateRefused })
	if !strings.Contains(got.Words, "has a plan already") || !strings.Contains(got.Words, "Kept on this computer.") {
		t.Fatalf("words %q", got.Words)
	}
	waiting := d.Waiting()
	if len(waiting) != 1 || waiting[0].Existing != theirs.ID || !strings.Contains(waiting[0].Why, "kept here until") {
		t.Fatalf("waiting %+v", waiting)
	}
	into, err := d.BringInto(t.Context(), plan.ID)
	if err != nil || into != theirs.ID {
		t.Fatalf("%s %v", into, err)
	}
	open, err := d.OpenPlan(t.Context(), into)
	if err != nil {
		t.Fatal(err)
	}
	merged := d.Edit(open)
	asked := await(t, merged, "asking", func(s drafts.Status) bool { return s.State == drafts.StateConflict })
	if len(asked.Conflict.Fields) != 1 || asked.Conflict.Fields[0].Mine.Text != "Mine" || asked.Conflict.Fields[0].Theirs.Text != "Theirs" {
		t.Fatalf("asked %+v", asked.Conflict.Fields)
	}
	if merged.Answers()["advance_statement"].Text != "Wants the window open" {
		t.Fatal("what only one wrote did not come in")
	}
	if err := merged.Resolve(t.Context(), merged.Status().Conflict, map[drafts.At]bool{{Item: "preferred_name"}: true}); err != nil {
		t.Fatal(err)
	}
	eventually(t, d, "an empty outbox", func() bool { return len(d.Waiting()) == 0 })
	if got := w.atService("carehome", theirs.ID); got["preferred_name"].Text != "Mine" || got["advance_statement"].Text != "Wants the window open" {
		t.Fatalf("the service has %v", got)
	}
}

// An NHS number that is somebody else's: the words stay, the field is named, and putting it right starts the plan by itself.
func TestANumberThatIsSomebodyElses(t *testing.T) {
	w := openWard(t)
	d := w.desk(t.TempDir())
	signIn(t, d, "carehome", false)
	n := typedBy("Damson")
	n.Answers[careplan.NHSNumber] = forms.TextAnswer("9990009600") // John Smith's
	w.line.cut()
	plan, err := d.StartPlan(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	e := d.Edit(plan)
	text(e, "preferred_name", "Persimmon")
	w.line.mend()
	e.Retry()
	got := await(t, e, "refused", func(s drafts.Status) bool { return s.State == drafts.StateRefused && len(s.Problems) > 0 })
	if got.Problems[0].Item != careplan.NHSNumber {
		t.Fatalf("problems %+v", got.Problems)
	}
	e.Clear(drafts.At{Item: careplan.NHSNumber})
	await(t, e, "saved", saved)
	if got := w.atService("carehome", e.PlanID()); got["preferred_name"].Text != "Persimmon" {
		t.Fatal("the words did not go")
	}
}

// Somebody of the index whom this desk has seen can be given a plan without a connection; somebody whom it has not cannot.
func TestAPlanForSomebodyKnownHere(t *testing.T) {
	w := openWard(t)
	d := w.desk(t.TempDir())
	signIn(t, d, "carehome", false)
	search, _ := d.ParseFind("9990508259")
	found, err := d.Search(t.Context(), search)
	if err != nil || len(found.Items) != 1 {
		t.Fatalf("%+v %v", found, err)
	}
	begin := api.NewPlan{PatientID: found.Items[0].ID, Answers: forms.Answers{careplan.PlanCohorts: forms.ChoicesAnswer("frailty"), careplan.PlanType: forms.ChoiceAnswer("full")}}
	w.line.cut()
	if _, err := d.StartPlan(t.Context(), api.NewPlan{PatientID: "nobody"}); !api.IsUnreachable(err) {
		t.Fatalf("for somebody unknown it said %v", err)
	}
	plan, err := d.StartPlan(t.Context(), begin)
	if err != nil || plan.Patient.ID != begin.PatientID {
		t.Fatalf("%+v %v", plan, err)
	}
	e := d.Edit(plan)
	if e.Answers()[careplan.FamilyName].Text != found.Items[0].FamilyName {
		t.Fatal("the form does not say who it is about")
	}
	text(e, "preferred_name", "Persimmon")
	w.line.mend()
	e.Retry()
	await(t, e, "saved", saved)
	if got := w.atService("carehome", e.PlanID()); got["preferred_name"].Text != "Persimmon" || e.Plan().Patient.ID != begin.PatientID {
		t.Fatal("the plan is not that person's")
	}
}

// Approving is refused without a connection, and says why.
func TestApprovingWithoutAConnection(t *testing.T) {
	w := openWard(t)
	home := w.desk(t.TempDir())
	signIn(t, home, "carehome", false)
	plan := draftOf(t, home)
	fill(t, home.Edit(plan))
	plan, err := home.Submit(t.Context(), plan, api.Submit{})
	if err != nil {
		t.Fatal(err)
	}
	gp := w.desk(t.TempDir())
	signIn(t, gp, "gp", false)
	review, err := gp.OpenPlan(t.Context(), plan.ID)
	if err != nil {
		t.Fatal(err)
	}
	w.line.cut()
	_, err = gp.Approve(t.Context(), review, api.Approve{Password: "training"})
	got := app.Explain(err)
	if app.IsWaiting(err) || !strings.Contains(got.Means, "was not approved") || !strings.Contains(got.Means, "never kept for later") || len(gp.Waiting()) != 0 {
		t.Fatalf("%+v %v", got, gp.Waiting())
	}
	if _, err := gp.Comment(t.Context(), review, api.Comment{Text: "Ask her daughter"}); !app.IsWaiting(err) {
		t.Fatalf("a comment said %v", err)
	}
	w.line.mend()
	eventually(t, gp, "the comment", func() bool {
		p, err := w.client("gp").Plan(t.Context(), plan.ID)
		return err == nil && len(p.Draft.Comments) == 1 && p.Status == "in_review"
	})
	eventually(t, gp, "an empty outbox", func() bool { return len(gp.Waiting()) == 0 })

	// The line breaks after the service has approved it: that is not said to have failed, and nothing waits to be approved again.
	review, err = gp.OpenPlan(t.Context(), plan.ID)
	if err != nil {
		t.Fatal(err)
	}
	in := api.Approve{Password: "training", ReviewDue: time.Now().AddDate(0, 0, 14).Format(time.DateOnly)}
	for _, check := range api.ApprovalChecks {
		in.Checks = append(in.Checks, check.ID)
	}
	w.line.loseEvent("approve", 100)
	_, err = gp.Approve(t.Context(), review, in)
	if got := app.Explain(err); app.IsWaiting(err) || !strings.Contains(got.Means, "may or may not") || len(gp.Waiting()) != 0 {
		t.Fatalf("%+v %v", got, gp.Waiting())
	}
	w.line.loseEvent("approve", 0)
	if now, err := gp.OpenPlan(t.Context(), plan.ID); err != nil || now.Published == nil {
		t.Fatalf("it was approved, and is not shown so: %v", err)
	}
	if n := w.count(t, plan.ID, "approve"); n != 1 {
		t.Fatalf("it was approved %d times", n)
	}
}

// The session ends in the moment in which a plan is started: what was typed goes after the next sign-in.
func TestAPlanIsStartedAfterTheNextSignIn(t *testing.T) {
	w := openWard(t)
	d := w.desk(t.TempDir())
	signIn(t, d, "carehome", false)
	w.forward(2 * 24 * time.Hour)
	if _, err := d.StartPlan(t.Context(), typedBy("Elderfield")); !api.IsCode(err, api.CodeUnauthenticated) {
		t.Fatalf("it said %v", err)
	}
	if waits := d.Waiting(); len(waits) != 1 || waits[0].Patient.FamilyName != "Elderfield" {
		t.Fatalf("waiting %+v", waits)
	}
	signIn(t, d, "carehome", false)
	eventually(t, d, "an empty outbox", func() bool { return len(d.Waiting()) == 0 })
	if plans := w.plansOf("Elderfield"); len(plans) != 1 {
		t.Fatalf("plans %v", plans)
	}
}

// What waited and was refused when it went stays with the reason and the person's own words, until they put it away.
func TestWhatWasRefusedIsSaidUntilItIsRead(t *testing.T) {
	w := openWard(t)
	d := w.desk(t.TempDir())
	signIn(t, d, "carehome", false)
	plan := draftOf(t, d)
	w.line.cut()
	if _, err := d.Submit(t.Context(), plan, api.Submit{Note: "Please look at the allergies"}); !app.IsWaiting(err) { // a plan full of gaps
		t.Fatalf("it said %v", err)
	}
	w.line.mend()
	d.Edit(plan).Retry()
	eventually(t, d, "a refusal", func() bool { waits := d.Waiting(); return len(waits) == 1 && waits[0].Refused })
	if words := d.Waiting()[0].Words; words != "Was not sent for review" {
		t.Fatalf("words %q", words)
	}
	if why := d.Waiting()[0].Why; !strings.Contains(why, "cannot be sent yet") || !strings.Contains(why, "Please look at the allergies") {
		t.Fatalf("why %q", why)
	}
	if err := d.PutAway(t.Context(), plan.ID); err != nil || len(d.Waiting()) != 0 {
		t.Fatalf("%v %+v", err, d.Waiting())
	}
}

// The plan is sent for review, the answer is lost, the program is started anew, and the reviewer has sent the plan back meanwhile: it
// is not sent a second time.
func TestALostAnswerSendsForReviewOnce(t *testing.T) {
	w := openWard(t)
	profile := t.TempDir()
	d := w.desk(profile)
	signIn(t, d, "carehome", false)
	plan := draftOf(t, d)
	fill(t, d.Edit(plan))
	await(t, d.Edit(plan), "saved", saved)
	w.line.loseEvent("submit", 100)
	if _, err := d.Submit(t.Context(), plan, api.Submit{Note: "Please look"}); !app.IsWaiting(err) {
		t.Fatalf("it said %v", err)
	}
	if waits := d.Waiting(); len(waits) != 1 || waits[0].Words != "Waits to be sent for review" {
		t.Fatalf("waiting %+v", waits)
	}
	w.line.cut()
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if w.line.lost() == 100 {
		t.Fatal("no answer was lost")
	}
	gp := w.client("gp")
	sent, err := gp.Plan(t.Context(), plan.ID)
	if err != nil || sent.Status != "in_review" {
		t.Fatalf("%v %v", sent, err)
	}
	if _, err := gp.Return(t.Context(), plan.ID, api.Return{Reason: "The allergies are missing"}, sent.Etag); err != nil {
		t.Fatal(err)
	}
	w.forward(30 * 24 * time.Hour)
	if err := w.service.Chores(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.line.loseEvent("submit", 0)
	w.line.mend()
	back := w.desk(profile)
	signIn(t, back, "carehome", false)
	eventually(t, back, "an empty outbox", func() bool { return len(back.Waiting()) == 0 && back.Where().Waiting == 0 })
	now, err := w.client("carehome").Plan(t.Context(), plan.ID)
	if err != nil || now.Status == "in_review" {
		t.Fatalf("it was sent again: %s %v", now.Status, err)
	}
	if n := w.count(t, plan.ID, "submit"); n != 1 {
		t.Fatalf("it was sent %d times", n)
	}
}

// A colleague sends the plan while this person's own sending waits: it is sent once, and what each says to the reviewer is there.
func TestWhatIsSaidGoesWithAColleaguesSending(t *testing.T) {
	w := openWard(t)
	d := w.desk(t.TempDir())
	signIn(t, d, "carehome", false)
	plan := draftOf(t, d)
	fill(t, d.Edit(plan))
	await(t, d.Edit(plan), "saved", saved)
	w.line.cut()
	if _, err := d.Submit(t.Context(), d.Edit(plan).Plan(), api.Submit{Note: "Persimmon"}); !app.IsWaiting(err) {
		t.Fatalf("it said %v", err)
	}
	colleague := w.client("carehome")
	now, err := colleague.Plan(t.Context(), plan.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := colleague.Submit(t.Context(), plan.ID, api.Submit{Note: "Quillon"}, now.Etag); err != nil {
		t.Fatal(err)
	}
	w.line.mend()
	w.line.changed()
	eventually(t, d, "an empty outbox", func() bool { return len(d.Waiting()) == 0 && d.Where().Waiting == 0 })
	if now, err = colleague.Plan(t.Context(), plan.ID); err != nil || now.Status != "in_review" {
		t.Fatalf("%v %v", now, err)
	}
	said := ""
	for _, one := range now.Draft.Comments {
		said += one.Text + "\n"
	}
	if strings.Count(said, "Persimmon") != 1 || strings.Count(said, "Quillon") != 1 {
		t.Fatalf("the reviewer reads %q", said)
	}
	if n := w.count(t, plan.ID, "submit"); n != 1 {
		t.Fatalf("it was sent %d times", n)
	}
}

// A plan is sent twice, as an impatient person does it: the reviewer reads the note once, and another note as well.
func TestPressedTwiceSaysItOnce(t *testing.T) {
	w := openWard(t)
	d := w.desk(t.TempDir())
	signIn(t, d, "carehome", false)
	plan := draftOf(t, d)
	fill(t, d.Edit(plan))
	await(t, d.Edit(plan), "saved", saved)
	for _, note := range []string{"Persimmon", "Persimmon", "Quillon"} {
		if _, err := d.Submit(t.Context(), plan, api.Submit{Note: note}); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, d, "an empty outbox", func() bool { return len(d.Waiting()) == 0 && d.Where().Waiting == 0 })
	said := []string{}
	now, err := w.client("carehome").Plan(t.Context(), plan.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range now.Draft.Comments {
		said = append(said, one.Text)
	}
	if !slices.Equal(said, []string{"Persimmon", "Quillon"}) {
		t.Fatalf("the reviewer reads %q", said)
	}
}

// count is how often something was done to a plan, as the service wrote it down.
func (w *ward) count(t *testing.T, planID, action string) (n int) {
	t.Helper()
	log, err := w.client("gp").AccessLog(t.Context(), planID)
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range log.Items {
		if one.Action == action {
			n++
		}
	}
	return n
}

// What one person wrote without a connection is neither shown to another at the same computer nor sent by them, whatever they do;
// it goes when the first signs in again.
func TestAnotherPersonNeitherSeesNorSendsIt(t *testing.T) {
	w := openWard(t)
	d := w.desk(t.TempDir())
	signIn(t, d, "carehome", false)
	w.line.cut()
	plan, err := d.StartPlan(t.Context(), typedBy("Foxglove"))
	if err != nil {
		t.Fatal(err)
	}
	text(d.Edit(plan), "preferred_name", "Persimmon")
	if err := d.SignOut(t.Context()); err == nil {
		t.Fatal("signing out was told to a service that is not there")
	}
	w.line.mend()
	w.line.changed()
	signIn(t, d, "nurse", false)
	if where := d.Where(); len(d.Waiting()) != 0 || where.Waiting != 0 {
		t.Fatalf("the other person sees %+v %+v", d.Waiting(), where)
	}
	if _, err := d.OpenPlan(t.Context(), plan.ID); err == nil {
		t.Fatal("the other person opened it")
	}
	if got := d.Unsent(plan.ID); len(got) != 0 {
		t.Fatalf("the other person reads %v", got)
	}
	search, _ := d.ParseFind("Foxglove 2/4/1938")
	if known := d.Known(search); len(known) != 0 {
		t.Fatal("the other person is told of it")
	}
	own, err := d.StartPlan(t.Context(), typedBy("Gorse")) // their own goes
	if err != nil && !api.IsCode(err, api.CodeForbidden) {
		t.Fatal(err)
	}
	if own != nil && outbox.IsHere(own.ID) {
		t.Fatal("theirs waits, too")
	}
	if plans := w.plansOf("Foxglove"); len(plans) != 0 {
		t.Fatal("it went in another person's name")
	}
	if err := d.SignOut(t.Context()); err != nil {
		t.Fatal(err)
	}
	signIn(t, d, "carehome", false)
	eventually(t, d, "an empty outbox", func() bool { return len(d.Waiting()) == 0 && d.Where().Waiting == 0 })
	plans := w.plansOf("Foxglove")
	if len(plans) != 1 || w.atService("carehome", plans[0])["preferred_name"].Text != "Persimmon" {
		t.Fatalf("plans %v", plans)
	}
}

// The service is away for the whole writing of two plans; then everything goes in the order in which it was asked for.
func TestEverythingGoesInOrder(t *testing.T) {
	w := openWard(t)
	d := w.desk(t.TempDir())
	signIn(t, d, "carehome", false)
	old := draftOf(t, d)
	fill(t, d.Edit(old))
	await(t, d.Edit(old), "saved", saved)
	w.line.cut()
	if _, err := d.Comment(t.Context(), old, api.Comment{Text: "First"}); !app.IsWaiting(err) {
		t.Fatal(err)
	}
	text(d.Edit(old), "preferred_name", "Persimmon")
	if _, err := d.Submit(t.Context(), old, api.Submit{}); !app.IsWaiting(err) {
		t.Fatal(err)
	}
	plan, err := d.StartPlan(t.Context(), typedBy("Hawthorn"))
	if err != nil {
		t.Fatal(err)
	}
	e := d.Edit(plan)
	text(e, "preferred_name", "Quince")
	if _, err := d.Comment(t.Context(), plan, api.Comment{Text: "Second"}); !app.IsWaiting(err) {
		t.Fatal(err)
	}
	if got := d.Where(); !got.Safe || !strings.HasPrefix(got.Words, "Kept on this computer.") || got.Waiting < 6 {
		t.Fatalf("where %+v", got)
	}
	w.line.changed()
	w.line.mend()
	if _, err := d.Worklists(t.Context()); err != nil { // the connection is noticed
		t.Fatal(err)
	}
	eventually(t, d, "an empty outbox", func() bool { return len(d.Waiting()) == 0 && d.Where().Waiting == 0 })
	if got := d.Where().Words; !strings.HasPrefix(got, "Saved centrally at ") {
		t.Fatalf("it says %q", got)
	}
	went := w.line.changed()
	at := func(request string) int {
		i := slices.Index(went, request)
		if i < 0 {
			t.Fatalf("%s never went: %v", request, went)
		}
		return i
	}
	of, started := "/v1/plans/"+old.ID, "/v1/plans/"+e.PlanID()
	if at("POST "+of+"/comments") > at("POST "+of+"/submit") || at("PATCH "+of+"/draft") > at("POST "+of+"/submit") ||
		at("POST /v1/plans") > at("PATCH "+started+"/draft") || at("PATCH "+started+"/draft") > at("POST "+started+"/comments") {
		t.Fatalf("the order was %v", went)
	}
	for _, once := range []string{"POST " + of + "/comments", "POST " + of + "/submit", "POST /v1/plans", "POST " + started + "/comments"} {
		if n := len(slices.DeleteFunc(slices.Clone(went), func(one string) bool { return one != once })); n != 1 {
			t.Errorf("%s went %d times", once, n)
		}
	}
}

// A plan was taken out of use while somebody wrote in it without a connection: the words are kept, named and can be read, with the
// reason, until the person puts them away. Nothing of it changes the plan.
func TestWordsThatTheServiceRefusesForGood(t *testing.T) {
	w := openWard(t)
	profile := t.TempDir()
	d := w.desk(profile)
	signIn(t, d, "carehome", false)
	plan := draftOf(t, d)
	w.line.cut()
	text(d.Edit(plan), "preferred_name", "Persimmon")
	await(t, d.Edit(plan), "kept", func(s drafts.Status) bool { return s.State == drafts.StateKept })
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	safety := w.client("safety")
	if _, err := safety.Open(t.Context(), plan.ID, "Asked to look"); err != nil {
		t.Fatal(err)
	}
	if _, err := safety.EnterInError(t.Context(), plan.ID, "Begun for the wrong person"); err != nil {
		t.Fatal(err)
	}
	w.line.mend()
	back := w.desk(profile)
	signIn(t, back, "carehome", false)
	eventually(t, back, "a refusal", func() bool { waits := back.Waiting(); return len(waits) == 1 && waits[0].Refused })
	got := back.Waiting()[0]
	if got.Why == "" || got.Do == "" || got.Patient.FamilyName != plan.Patient.FamilyName || got.Answers != 1 || got.Words != "1 answer was not taken" {
		t.Fatalf("waiting %+v", got)
	}
	if words := back.Unsent(plan.ID); len(words) != 1 || words[0].New != "Persimmon" {
		t.Fatalf("it reads %+v", words)
	}
	if where := back.Where(); !strings.Contains(where.Words, "One plan needs you") {
		t.Fatalf("the foot says %q", where.Words)
	}
	if err := back.PutAway(t.Context(), plan.ID); err != nil {
		t.Fatal(err)
	}
	if len(back.Waiting()) != 0 || back.Where().Waiting != 0 || len(back.Unsent(plan.ID)) != 0 {
		t.Fatalf("it is still there: %+v", back.Waiting())
	}
}

// The same person has saved at another desk, and this desk's editor, open and with nothing to send, has not heard of it: what is sent
// for review goes all the same, once, with what stands at the service.
func TestOnesOwnSaveElsewhereDoesNotHoldASendingUp(t *testing.T) {
	w := openWard(t)
	d := w.desk(t.TempDir())
	signIn(t, d, "carehome", false)
	plan := draftOf(t, d)
	e := d.Edit(plan)
	fill(t, e)
	await(t, e, "saved", saved)
	if _, err := w.client("carehome").PatchDraft(t.Context(), plan.ID, []byte(`{"preferred_name":{"value":"Elsewhere"}}`), e.Plan().Etag, ""); err != nil {
		t.Fatal(err)
	}
	now, err := d.Submit(t.Context(), plan, api.Submit{Note: "Persimmon"})
	if err != nil || now.Status != "in_review" {
		t.Fatalf("%+v %v", now, err)
	}
	if len(d.Waiting()) != 0 || w.atService("gp", plan.ID)["preferred_name"].Text != "Elsewhere" {
		t.Fatalf("waiting %+v", d.Waiting())
	}
}

// Another person changed the plan after it was asked to be sent for review: it is not sent with words that its writer has not seen. They
// are told to look, what they wrote to the reviewer stays, and goes when they send it again.
func TestAPlanThatAnotherChangedIsLookedAtBeforeItIsSent(t *testing.T) {
	w := openWard(t)
	profile := t.TempDir()
	d := w.desk(profile)
	signIn(t, d, "carehome", false)
	plan := draftOf(t, d)
	e := d.Edit(plan)
	fill(t, e)
	await(t, e, "saved", saved)
	w.line.cut()
	if _, err := d.Submit(t.Context(), plan, api.Submit{Note: "Persimmon"}); !app.IsWaiting(err) {
		t.Fatalf("it said %v", err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := w.client("gp").PatchDraft(t.Context(), plan.ID, []byte(`{"preferred_name":{"value":"Theirs"}}`), e.Plan().Etag, ""); err != nil {
		t.Fatal(err)
	}
	w.line.mend()
	back := w.desk(profile)
	signIn(t, back, "carehome", false)
	eventually(t, back, "a refusal", func() bool { waits := back.Waiting(); return len(waits) == 1 && waits[0].Refused })
	got := back.Waiting()[0]
	if got.Words != "Was not sent for review" || !strings.Contains(got.Why, "Somebody else has changed this plan") || !strings.Contains(got.Why, "Persimmon") ||
		!strings.Contains(got.Do, "send it again") {
		t.Fatalf("waiting %+v", got)
	}
	if n := w.count(t, plan.ID, "submit"); n != 0 {
		t.Fatalf("it was sent %d times", n)
	}
	open, err := back.OpenPlan(t.Context(), plan.ID)
	if err != nil {
		t.Fatal(err)
	}
	back.Edit(open)
	if _, err := back.Submit(t.Context(), open, api.Submit{}); err != nil { // looked, and sent again without writing the note anew
		t.Fatal(err)
	}
	w.reviewerReads(t, plan.ID, "Persimmon")
	if n := w.count(t, plan.ID, "submit"); n != 1 || len(back.Waiting()) != 0 {
		t.Fatalf("it was sent %d times, and %+v waits", n, back.Waiting())
	}
}

// What was written to the reviewer when a plan was first sent stays when it is sent again, is refused again, and goes at last with what
// was written then.
func TestANoteOutlivesARefusal(t *testing.T) {
	w := openWard(t)
	d := w.desk(t.TempDir())
	signIn(t, d, "carehome", false)
	plan := draftOf(t, d) // full of gaps
	w.line.cut()
	if _, err := d.Submit(t.Context(), plan, api.Submit{Note: "Persimmon"}); !app.IsWaiting(err) {
		t.Fatalf("it said %v", err)
	}
	w.line.mend()
	if _, err := d.Submit(t.Context(), plan, api.Submit{}); err == nil || app.IsWaiting(err) {
		t.Fatalf("it said %v", err)
	}
	e := d.Edit(plan)
	fill(t, e)
	await(t, e, "saved", saved)
	if _, err := d.Submit(t.Context(), plan, api.Submit{Note: "Quillon"}); err != nil {
		t.Fatal(err)
	}
	eventually(t, d, "an empty outbox", func() bool { return len(d.Waiting()) == 0 })
	w.reviewerReads(t, plan.ID, "Persimmon", "Quillon")
}

// reviewerReads holds what was said of a draft to be there, each once.
func (w *ward) reviewerReads(t *testing.T, planID string, notes ...string) {
	t.Helper()
	now, err := w.client("gp").Plan(t.Context(), planID)
	if err != nil {
		t.Fatal(err)
	}
	said := ""
	for _, one := range now.Draft.Comments {
		said += one.Text + "\n"
	}
	for _, note := range notes {
		if strings.Count(said, note) != 1 {
			t.Errorf("the reviewer reads %q, and not %q once", said, note)
		}
	}
}

// The plan is sent for review twice by an impatient person, and the first sending answers both: the second is told what came of it,
// although the service cannot be asked just then.
func TestSentTwiceAndTheLineGoesAfterTheFirst(t *testing.T) {
	w := openWard(t)
	d := w.desk(t.TempDir())
	signIn(t, d, "carehome", false)
	plan := draftOf(t, d)
	fill(t, d.Edit(plan))
	if err := d.Edit(plan).Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	lost := make(chan struct{})
	var once sync.Once
	w.line.mu.Lock()
	w.line.cutting, w.line.when = 1<<20, func(request []byte) bool {
		first := false
		if bytes.HasPrefix(request, []byte("POST /v1/plans/"+plan.ID+"/submit")) {
			once.Do(func() { first = true; close(lost) })
		}
		return first || bytes.HasPrefix(request, []byte("GET /v1/plans/"+plan.ID))
	}
	w.line.mu.Unlock()
	both := make(chan error, 2)
	send := func() {
		got, err := d.Submit(t.Context(), plan, api.Submit{})
		if err == nil && got.Status != "in_review" {
			err = errors.New("it is " + got.Status)
		}
		both <- err
	}
	go send()
	<-lost
	go send()
	for range 2 {
		if err := <-both; err != nil {
			t.Errorf("sending said %v", err)
		}
	}
}

// A colleague has sent the plan already, and the line goes before this person's program can ask whether that is so: what they ask for
// waits as before, and is no refusal of the service's. What they say to the reviewer gets there once the line is back.
func TestSentByAColleagueAndTheLineGoes(t *testing.T) {
	w := openWard(t)
	d := w.desk(t.TempDir())
	signIn(t, d, "carehome", false)
	plan := draftOf(t, d)
	e := d.Edit(plan)
	fill(t, e)
	if err := e.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	colleague := w.client("carehome")
	newest, err := colleague.Plan(t.Context(), plan.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := colleague.Submit(t.Context(), plan.ID, api.Submit{}, newest.Etag); err != nil {
		t.Fatal(err)
	}
	if newest, err = d.OpenPlan(t.Context(), plan.ID); err != nil {
		t.Fatal(err)
	}
	e.Adopt(newest) // it knows of the sending, so that nothing but the state is in the way
	sent, asked := false, 0
	w.line.mu.Lock()
	w.line.cutting, w.line.when = 1<<20, func(request []byte) bool { // with the lock
		sent = sent || bytes.HasPrefix(request, []byte("POST /v1/plans/"+plan.ID+"/submit"))
		asks := sent && bytes.HasPrefix(request, []byte("GET /v1/plans/"+plan.ID))
		if asks {
			asked++
		}
		return asks
	}
	w.line.mu.Unlock()
	if _, err := d.Submit(t.Context(), plan, api.Submit{Note: "Her daughter comes on Friday"}); !app.IsWaiting(err) {
		t.Fatalf("sending said %v", err)
	}
	w.line.mu.Lock()
	w.line.cutting = 0
	w.line.mu.Unlock()
	if !sent || asked == 0 {
		t.Fatal("the service was not asked")
	}
	for late := time.Now().Add(patience); len(d.Waiting()) > 0; time.Sleep(20 * time.Millisecond) {
		if one := d.Waiting(); len(one) > 0 && one[0].Refused || time.Now().After(late) {
			t.Fatalf("it waits: %+v", one)
		}
	}
	now, err := colleague.Plan(t.Context(), plan.ID)
	if err != nil || now.Draft == nil || len(now.Draft.Comments) != 1 || now.Draft.Comments[0].Text != "Her daughter comes on Friday" {
		t.Fatalf("the reviewer reads %+v, %v", now.Draft, err)
	}
}
