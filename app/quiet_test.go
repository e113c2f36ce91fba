//go:build linux

package app_test

// What may change here: what a person's day at the desk holds, and where its words are looked for afterwards.

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cmc/api"
	"cmc/app"
	"cmc/app/drafts"
	"cmc/forms"
	careplan "cmc/forms/plan"
)

// A day with everything that goes wrong in it: the desk's log (at its most talkative), its settings and its file names hold no
// name, number, password or word of anybody afterwards, and neither do the sentences that it makes of the errors.
func TestNothingOfAPersonIsLogged(t *testing.T) {
	w := openWard(t)
	profile := t.TempDir()
	d := w.desk(profile)
	ctx := t.Context()
	secrets := []string{}
	typed := func(text string) string {
		secrets = append(secrets, strings.TrimSpace(text))
		return text
	}
	var shown strings.Builder // what a person is shown of errors
	fails := func(what string, err error) {
		t.Helper()
		if err == nil {
			t.Fatalf("%s did not fail", what)
		}
		e := app.Explain(err)
		shown.WriteString(e.What + " " + e.Means + " " + e.Do + "\n")
	}
	_, err := d.SignIn(ctx, typed("mrs.unheardof"), typed("a password of mine"), true)
	fails("a wrong password", err)
	signIn(t, d, "gp", true)

	for _, box := range []string{typed("Unheardof 31/2/41"), typed("999 000 9601"), "Nobodyknown 3 Feb 1941", typed("Somebody-Else 9th of June")} {
		search, err := d.ParseFind(box)
		if err == nil {
			_, err = d.Search(ctx, search)
		}
		if err != nil {
			shown.WriteString(app.Explain(err).What + "\n")
		}
	}
	answers := forms.Answers{}
	answers.SetText(careplan.FamilyName, typed("Persimmon"))
	answers.SetText(careplan.GivenName, typed("Quillon"))
	answers.SetText(careplan.BirthDate, typed("1931-04-07"))
	plan, err := d.StartPlan(ctx, api.NewPlan{Answers: answers})
	if err != nil {
		t.Fatal(err)
	}
	e := d.Edit(plan)
	text(e, careplan.PreferredName, typed("Marzipan"))
	row := e.AddRow("contacts")
	e.Set(drafts.At{Group: "contacts", Row: row, Item: "contact_name"}, forms.TextAnswer(typed("Tamarind Ashby")))
	await(t, e, "saved", saved)
	plan = e.Plan()

	// The line is cut, answers are lost, somebody else writes, the session ends, the folder is gone.
	w.line.cut()
	text(e, careplan.UrgentBanner, typed("Deaf in the left ear"))
	offline := await(t, e, "without a connection", func(s drafts.Status) bool { return s.State != drafts.StateSaved && s.State != drafts.StateSaving })
	shown.WriteString(offline.Words + "\n")
	_, err = d.Worklists(ctx)
	fails("a list without a connection", err)
	w.line.mend()
	e.Retry()
	await(t, e, "saved", saved)
	w.line.loseAnswers(1)
	text(e, careplan.UrgentBanner, typed("Deaf in the right ear"))
	await(t, e, "saved", saved)
	other := w.client("gp")
	theirs, err := other.Plan(ctx, plan.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.PatchDraft(ctx, plan.ID, []byte(`{"preferred_name":{"value":"`+typed("Nougat")+`"}}`), theirs.Etag, ""); err != nil {
		t.Fatal(err)
	}
	text(e, careplan.PreferredName, typed("Sherbet"))
	clash := await(t, e, "a conflict", func(s drafts.Status) bool { return s.State == drafts.StateConflict })
	shown.WriteString(clash.Words + "\n")
	_, err = d.Submit(ctx, plan, api.Submit{Note: typed("Please look at the daughter's wish")})
	fails("sending a plan with gaps and a conflict", err)

	scan := filepath.Join(t.TempDir(), typed("letter of Mr Persimmon.pdf"))
	if err := os.WriteFile(scan, []byte("%PDF-"+typed("no such document")), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = d.Attach(ctx, plan.ID, scan)
	fails("a document that is none", err)
	_, err = d.Attach(ctx, plan.ID, filepath.Join(filepath.Dir(scan), typed("nothing of Persimmon.pdf")))
	fails("a document that is not there", err)
	job, err := d.PreparePrint(ctx, plan.ID)
	if err != nil {
		t.Fatal(err)
	}
	_, err = job.Print(ctx, "no-such-printer", 1)
	fails("a printer that is not there", err)
	fails("a folder that is not there", job.SavePDF(ctx, filepath.Join(t.TempDir(), typed("Persimmons folder"), "page.pdf")))
	job.Close()

	w.forward(13 * time.Hour)
	_, err = d.Worklists(ctx)
	fails("a session that has ended", err)
	if err := os.RemoveAll(filepath.Join(profile, "kept")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(profile, "kept"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	text(e, careplan.UrgentBanner, typed("Wears a hearing aid"))
	flushing, cancel := context.WithTimeout(ctx, time.Second)
	_ = e.Flush(flushing)
	cancel()
	_ = d.SignOut(ctx)

	log := w.log.String()
	if log == "" {
		t.Fatal("nothing was logged: nothing is proved")
	}
	secrets = append(secrets, other.Token(), "31/2/41", "Nobodyknown", "NOBODYKNOWN", "Bearer")
	for _, secret := range secrets {
		for where, text := range map[string]string{"the log": log, "what errors say": shown.String()} {
			if strings.Contains(text, secret) {
				t.Errorf("%s hold %q:\n%s", where, secret, text)
			}
		}
	}
	nothingInTheClear(t, profile, secrets...)
}
