//go:build linux

package app_test

// What may change here: what is held where one plan is met in two ways at once: two windows, a beginning whose answer was lost, words
// that are brought in while somebody types, and a queue that is overtaken.

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"cmc/api"
	"cmc/app"
	"cmc/app/drafts"
	"cmc/app/outbox"
	"cmc/forms"
)

// bothWrite has two desks open one draft, each with an editor of its own.
func bothWrite(t *testing.T, first, second *app.Desk) (*api.Plan, *drafts.Editor, *drafts.Editor) {
	t.Helper()
	signIn(t, first, "carehome", false)
	signIn(t, second, "carehome", false)
	plan := draftOf(t, first)
	again, err := second.OpenPlan(t.Context(), plan.ID)
	if err != nil {
		t.Fatal(err)
	}
	return plan, first.Edit(plan), second.Edit(again)
}

// What one window kept without a connection is in the other from the moment that it has the store, and reaches the service.
func TestTwoWindowsAndOnePlan(t *testing.T) {
	w := openWard(t)
	profile := t.TempDir()
	first, second := w.desk(profile), w.desk(profile)
	if err := second.SetAddress("http://" + w.line.addr()); err != nil {
		t.Fatal(err)
	}
	plan, e1, e2 := bothWrite(t, first, second)
	w.line.cut()
	text(e1, "preferred_name", "Persimmon")
	await(t, e1, "kept", func(s drafts.Status) bool { return s.State == drafts.StateKept })
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	await(t, e2, "the other's words", func(drafts.Status) bool { return e2.Answers()["preferred_name"].Text == "Persimmon" })
	w.line.mend()
	e2.Retry()
	await(t, e2, "saved", saved)
	if got := w.atService("carehome", plan.ID)["preferred_name"].Text; got != "Persimmon" {
		t.Fatalf("the words of the first window are lost: %q", got)
	}
}

// A form is open and nobody types in it. What somebody else saves in the plan is in it soon, without a touch.
func TestAnOpenFormTakesInWhatOthersSave(t *testing.T) {
	w := openWard(t)
	first, second := w.desk(t.TempDir()), w.desk(t.TempDir())
	plan, e1, e2 := bothWrite(t, first, second)
	await(t, e1, "saved", saved)
	text(e2, "preferred_name", "Persimmon")
	await(t, e1, "the other's words", func(drafts.Status) bool { return e1.Answers()["preferred_name"].Text == "Persimmon" })
	await(t, e1, "nothing to send", saved)
	e2.Set(drafts.At{Item: "cpr_decision"}, forms.ChoiceAnswer("attempt"))
	await(t, e2, "saved", saved)
	await(t, e1, "the decision", func(s drafts.Status) bool { return e1.Answers()["cpr_decision"].Text == "attempt" })
	await(t, e1, "nothing to choose: they wrote nothing", saved)

	views := func() (n int) {
		log, err := w.client("carehome").AccessLog(t.Context(), plan.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range log.Items {
			if one.Action == "view" {
				n++
			}
		}
		return n
	}
	first.Lock()
	before := views()
	text(e2, "preferred_name", "Sharon")
	await(t, e2, "saved", saved)
	time.Sleep(4 * time.Second)
	if now := views(); now != before {
		t.Fatalf("the audit says that somebody looked %d times at a locked desk", now-before)
	}
	if _, err := first.Unlock(t.Context(), "carehome", "training"); err != nil {
		t.Fatal(err)
	}
	await(t, e1, "what came meanwhile", func(drafts.Status) bool { return e1.Answers()["preferred_name"].Text == "Sharon" })
}

// News of an open form comes at a moment at which the service cannot be asked, or at a desk that is locked and that this computer alone opens
// again: it is not forgotten.
func TestNewsWaitsUntilItCanBeLookedInto(t *testing.T) {
	w := openWard(t)
	first, second := w.desk(t.TempDir()), w.desk(t.TempDir())
	plan, e1, _ := bothWrite(t, first, second)
	if err := second.SetAddress(w.web.URL); err != nil { // not over the line that is cut
		t.Fatal(err)
	}
	signIn(t, second, "carehome", false)
	e2 := second.Edit(plan)
	await(t, e1, "saved", saved)
	lose := func(n int) { // the line of events stands
		w.line.mu.Lock()
		defer w.line.mu.Unlock()
		w.line.cutting, w.line.when = n, nil
	}
	lose(1 << 20)
	text(e2, "preferred_name", "Persimmon")
	await(t, e2, "saved", saved)
	time.Sleep(8 * time.Second)
	if got := e1.Answers()["preferred_name"].Text; got != "" {
		t.Fatalf("the line was not cut: %q", got)
	}
	lose(0)
	await(t, e1, "the other's words", func(drafts.Status) bool { return e1.Answers()["preferred_name"].Text == "Persimmon" })

	first.Lock()
	heard := make(chan api.Event, 64)
	defer first.Subscribe(func(e api.Event) { heard <- e })()
	text(e2, "preferred_name", "Sharon")
	await(t, e2, "saved", saved)
	time.Sleep(time.Second)
	if len(heard) != 0 {
		t.Fatalf("a page hears %+v at a locked desk", <-heard)
	}
	lose(1 << 20)
	got, err := first.Unlock(t.Context(), "carehome", "training")
	if err != nil || !got.Here {
		t.Fatalf("%+v %v", got, err)
	}
	lose(0)
	select {
	case e := <-heard:
		if e.PlanID != plan.ID {
			t.Fatalf("a page hears %+v", e)
		}
	case <-time.After(patience):
		t.Fatal("no page hears what came meanwhile")
	}
	await(t, e1, "what came meanwhile", func(drafts.Status) bool { return e1.Answers()["preferred_name"].Text == "Sharon" })
}

// The answer to the beginning of a plan is lost. The service lists the plan already, and the person opens it from there and writes: there
// is one editor in the end, with the words of both, and nobody is asked about their own.
func TestABegunPlanIsOpenedFromTheList(t *testing.T) {
	w := openWard(t)
	profile := t.TempDir()
	d := w.desk(profile)
	signIn(t, d, "carehome", false)
	w.line.loseCreated(1 << 20)
	local, err := d.StartPlan(t.Context(), typedBy("Birchwood"))
	if err != nil || !outbox.IsHere(local.ID) {
		t.Fatalf("%+v %v", local, err)
	}
	e1 := d.Edit(local)
	text(e1, "preferred_name", "Local")
	time.Sleep(time.Second)
	plans := w.plansOf("Birchwood")
	if len(plans) != 1 {
		t.Fatal(plans)
	}
	real, err := d.OpenPlan(t.Context(), plans[0])
	if err != nil {
		t.Fatal(err)
	}
	e2 := d.Edit(real)
	text(e2, "advance_statement", "First")
	await(t, e2, "saved", saved)
	w.line.loseCreated(0)
	e1.Retry()
	eventually(t, d, "an empty outbox", func() bool { return len(d.Waiting()) == 0 })
	if got := e2.Status(); e1.Status().State == drafts.StateConflict || got.State == drafts.StateConflict {
		t.Fatalf("the person is asked about their own words: %+v", got)
	}
	await(t, e2, "the words of both", func(drafts.Status) bool { return e2.Answers()["preferred_name"].Text == "Local" })
	w.line.cut()
	text(e2, "nhs_match_reason", "Second")
	text(e2, "advance_statement", "First and second")
	time.Sleep(2 * time.Second)
	if got := d.Where(); got.Waiting == 0 {
		t.Errorf("the foot says that nothing waits: %+v", got)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	w.line.mend()
	back := w.desk(profile)
	signIn(t, back, "carehome", false)
	time.Sleep(3 * time.Second)
	if got := w.atService("carehome", plans[0]); got["advance_statement"].Text != "First and second" || got["preferred_name"].Text != "Local" {
		t.Fatalf("the service has %q, %q", got["advance_statement"].Text, got["preferred_name"].Text)
	}
}

// A plan that was begun here is started by the queue between its opening and its form.
func TestStartedBetweenOpeningAndForm(t *testing.T) {
	w := openWard(t)
	profile := t.TempDir()
	d := w.desk(profile)
	signIn(t, d, "carehome", false)
	w.line.cut()
	local, err := d.StartPlan(t.Context(), typedBy("Birchwood"))
	if err != nil || !outbox.IsHere(local.ID) {
		t.Fatalf("%+v %v", local, err)
	}
	opened, err := d.OpenPlan(t.Context(), local.ID) // what the window has in its hand
	if err != nil {
		t.Fatal(err)
	}
	w.line.mend()
	if _, err := d.Worklists(t.Context()); err != nil {
		t.Fatal(err)
	}
	eventually(t, d, "an empty outbox", func() bool { return len(d.Waiting()) == 0 && d.Where().Waiting == 0 })
	e := d.Edit(opened)
	text(e, "preferred_name", "Persimmon")
	time.Sleep(5 * time.Second)
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	back := w.desk(profile)
	signIn(t, back, "carehome", false)
	time.Sleep(3 * time.Second)
	plans := w.plansOf("Birchwood")
	if got := w.atService("carehome", plans[0])["preferred_name"].Text; got != "Persimmon" {
		t.Fatalf("the words never reach the service: %q", got)
	}
}

// What was asked for first goes first, also when the person asks for the next thing just when the line is back.
func TestWhatWasAskedFirstGoesFirst(t *testing.T) {
	w := openWard(t)
	d := w.desk(t.TempDir())
	signIn(t, d, "carehome", false)
	plan := draftOf(t, d)
	fill(t, d.Edit(plan))
	await(t, d.Edit(plan), "saved", saved)
	w.line.cut()
	if _, err := d.Comment(t.Context(), plan, api.Comment{Text: "First"}); !app.IsWaiting(err) {
		t.Fatal(err)
	}
	time.Sleep(3 * time.Second) // the queue is between two tries
	w.line.changed()
	w.line.mend()
	if _, err := d.Submit(t.Context(), plan, api.Submit{}); err != nil {
		t.Fatal(err)
	}
	eventually(t, d, "an empty outbox", func() bool { return len(d.Waiting()) == 0 })
	went := w.line.changed()
	c, s := -1, -1
	for i, one := range went {
		if strings.HasSuffix(one, "/comments") {
			c = i
		}
		if strings.HasSuffix(one, "/submit") {
			s = i
		}
	}
	if c < 0 || s < 0 || c > s {
		t.Fatalf("the order was %v", went)
	}
}

// What was confirmed without a connection reaches the reviewer, also when the plan is sent the moment the line is back.
func TestConfirmedAndThenSent(t *testing.T) {
	w := openWard(t)
	d := w.desk(t.TempDir())
	signIn(t, d, "carehome", false)
	plan := draftOf(t, d)
	e := d.Edit(plan)
	fill(t, e)
	e.Set(drafts.At{Item: "access_method"}, forms.ChoiceAnswer("key_safe"))
	text(e, "key_safe_code", "1941")
	text(e, "key_safe_location", "Left of the door")
	await(t, e, "saved", saved)
	w.line.cut()
	if _, err := d.ConfirmProblem(t.Context(), plan, api.Confirm{Rule: "X17", Item: "key_safe_code", Reason: "It was read back"}); !app.IsWaiting(err) {
		t.Fatal(err)
	}
	time.Sleep(3 * time.Second)
	w.line.changed()
	w.line.mend()
	if _, err := d.Submit(t.Context(), plan, api.Submit{}); err != nil {
		t.Fatal(err)
	}
	time.Sleep(4 * time.Second)
	now, err := w.client("carehome").Plan(t.Context(), plan.ID)
	if err != nil || len(now.Draft.Confirmed) != 1 {
		t.Fatalf("the reviewer does not have it: %+v; what waits is %+v", now.Draft.Confirmed, d.Waiting())
	}
}

// Words are taken into the plan that the person has already, over a slow line, while they go on typing.
func TestTypingWhileWordsAreBroughtIn(t *testing.T) {
	w := openWard(t)
	d := w.desk(t.TempDir())
	signIn(t, d, "carehome", false)
	n, plan := w.begunAway(d)
	local := d.Edit(plan)
	text(local, "preferred_name", "Mine")
	theirs, err := w.client("carehome").CreatePlan(t.Context(), n, "")
	if err != nil {
		t.Fatal(err)
	}
	w.line.mend()
	local.Retry()
	await(t, local, "refused", func(s drafts.Status) bool { return s.State == drafts.StateRefused })
	open, err := d.OpenPlan(t.Context(), theirs.ID)
	if err != nil {
		t.Fatal(err)
	}
	target := d.Edit(open)
	await(t, target, "saved", saved)
	typed := false
	w.line.mu.Lock()
	w.line.cutting, w.line.when = 1, func(request []byte) bool {
		if !typed && bytes.HasPrefix(request, []byte("PATCH /v1/plans/"+theirs.ID)) {
			typed = true
			text(local, "advance_statement", "Wants the window open")
		}
		return false
	}
	w.line.mu.Unlock()
	text(target, "nhs_match_reason", "A letter") // something is to be sent first
	if _, err := d.BringInto(t.Context(), plan.ID); err != nil {
		t.Fatal(err)
	}
	time.Sleep(3 * time.Second)
	if !typed {
		t.Fatal("no race")
	}
	if got := w.atService("carehome", theirs.ID); got["advance_statement"].Text != "Wants the window open" {
		t.Fatalf("lost: at the service %q, local says %+v, waiting %+v", got["advance_statement"].Text, local.Status(), d.Waiting())
	}
}
