//go:build linux

package app_test

// What may change here: how words end for which there is no draft any more, once the person has read them.

import (
	"strings"
	"testing"

	"cmc/api"
	"cmc/app/drafts"
)

// Somebody was asked to choose, and a colleague sent the plan for review before they did: My work says why nothing can be chosen,
// shows the words, and lets them be put away; also after a restart.
func TestAChoiceInAPlanThatWasSentIsReadAndPutAway(t *testing.T) {
	for _, restarted := range []bool{false, true} {
		w := openWard(t)
		profile := t.TempDir()
		d := w.desk(profile)
		signIn(t, d, "carehome", false)
		plan := draftOf(t, d)
		e := d.Edit(plan)
		fill(t, e)
		await(t, e, "saved", saved)
		colleague(t, w, plan.ID, `{"preferred_name":{"value":"Theirs"}}`)
		text(e, "preferred_name", "Persimmon")
		await(t, e, "asking", func(s drafts.Status) bool { return s.State == drafts.StateConflict })
		other := w.client("carehome")
		newest, err := other.Plan(t.Context(), plan.ID)
		if err != nil {
			t.Fatal(err)
		}
		if restarted {
			if err := d.Close(); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := other.Submit(t.Context(), plan.ID, api.Submit{}, newest.Etag); err != nil {
			t.Fatal(err)
		}
		if restarted {
			d = w.desk(profile)
			signIn(t, d, "carehome", false)
		}
		if _, err := d.OpenPlan(t.Context(), plan.ID); err != nil {
			t.Fatal(err)
		}
		eventually(t, d, "a refusal", func() bool { waits := d.Waiting(); return len(waits) == 1 && waits[0].Refused })
		got := d.Waiting()[0]
		if !strings.Contains(got.Why, "cannot write in this plan any more") || got.Words != "1 answer was not taken" || !strings.Contains(got.Do, "put it away") {
			t.Fatalf("My work says %+v", got)
		}
		if words := d.Unsent(plan.ID); len(words) != 1 || words[0].New != "Persimmon" || words[0].Old != "Theirs" {
			t.Fatalf("the words are %+v", words)
		}
		if err := d.PutAway(t.Context(), plan.ID); err != nil || len(d.Waiting()) != 0 || d.Where().Waiting != 0 {
			t.Fatalf("%v %+v", err, d.Waiting())
		}
	}
}

// Words that were not chosen had not reached the plan as a note when it was withdrawn: My work says so, shows them, and lets them be
// put away.
func TestWordsNotChosenInAPlanThatWasWithdrawnAreReadAndPutAway(t *testing.T) {
	w := openWard(t)
	d := w.desk(t.TempDir())
	signIn(t, d, "carehome", false)
	plan := draftOf(t, d)
	e := d.Edit(plan)
	colleague(t, w, plan.ID, `{"preferred_name":{"value":"Theirs"}}`)
	text(e, "preferred_name", "Persimmon")
	asked := await(t, e, "asking", func(s drafts.Status) bool { return s.State == drafts.StateConflict })
	w.line.cut()
	_ = e.Resolve(t.Context(), asked.Conflict, map[drafts.At]bool{{Item: "preferred_name"}: false})
	e.Leave()
	other := w.client("carehome")
	if _, err := other.Withdraw(t.Context(), plan.ID, "Not wanted"); err != nil {
		t.Fatal(err)
	}
	w.line.mend()
	e.Retry()
	eventually(t, d, "a refusal", func() bool { waits := d.Waiting(); return len(waits) == 1 && waits[0].Refused })
	got := d.Waiting()[0]
	if !strings.Contains(got.Why, "not chosen") || got.Words != "1 answer was not taken" || got.Answers != 1 {
		t.Fatalf("My work says %+v", got)
	}
	if words := d.Unsent(plan.ID); len(words) != 1 || words[0].New != "Persimmon" || !strings.Contains(words[0].Label, "not chosen") {
		t.Fatalf("the words are %+v", words)
	}
	if err := d.PutAway(t.Context(), plan.ID); err != nil || len(d.Waiting()) != 0 || d.Where().Waiting != 0 || len(d.Unsent(plan.ID)) != 0 {
		t.Fatalf("%v %+v", err, d.Waiting())
	}
}
