//go:build linux

package app_test

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"cmc/api"
	"cmc/api/central"
	"cmc/app"
	"cmc/app/drafts"
	"cmc/app/keychain/keychaintest"
	"cmc/app/printing/printingtest"
	"cmc/assets/training"
	"cmc/forms"
	careplan "cmc/forms/plan"
)

// A care-home nurse writes; the words reach the real service.
func TestWritingReachesTheService(t *testing.T) {
	w := openWard(t)
	d := w.desk(t.TempDir())
	if got := signIn(t, d, "carehome", false); got.Notice != "" || got.User.Role != api.RoleCareHome {
		t.Fatalf("signed in as %+v, notice %q", got.User, got.Notice)
	}
	if !d.Training() || !contains(d.User().May, "find") {
		t.Fatalf("training %v, may %v", d.Training(), d.User().May)
	}
	counts, err := d.Worklists(t.Context())
	if err != nil || len(counts.Items) == 0 {
		t.Fatalf("worklists %+v, %v", counts, err)
	}
	plan := draftOf(t, d)
	e := d.Edit(plan)
	if d.Edit(plan) != e {
		t.Fatal("a plan has two editors")
	}
	text(e, "preferred_name", "Persimmon")
	row := e.AddRow("contacts")
	e.Set(drafts.At{Group: "contacts", Row: row, Item: "contact_name"}, forms.TextAnswer("Quillon Ashby"))
	await(t, e, "saved", saved)
	got := w.atService("carehome", plan.ID)
	if got["preferred_name"].Text != "Persimmon" || !e.Answers().Equal(got) {
		t.Fatalf("the service has %v", got["preferred_name"])
	}
	problems, err := d.Problems(t.Context(), plan)
	if err != nil || len(problems.Items) == 0 {
		t.Fatalf("problems %+v, %v", problems, err)
	}
	if err := e.End(t.Context()); err != nil {
		t.Fatal(err)
	}
	if again := d.Edit(plan); again == e {
		t.Fatal("an editor that was closed with everything saved lives on")
	}
	if _, err := d.AccessLog(t.Context(), plan.ID); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(w.log.String(), "Persimmon") || strings.Contains(w.log.String(), "Ashby") {
		t.Fatal("the log holds what was written")
	}
}

// "Keep me signed in" goes to the real keychain and nowhere else.
func TestKeepMeSignedIn(t *testing.T) {
	w := openWard(t)
	profile := t.TempDir()
	d := w.desk(profile)
	if _, ok, err := d.Resume(t.Context()); ok || err != nil {
		t.Fatalf("nothing was kept, and resume said %v %v", ok, err)
	}
	signIn(t, d, "carehome", true)
	d.KeepPlace(app.Place{Screen: "plan", PlanID: "p-1", Step: "person"})
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	again := w.desk(profile)
	got, ok, err := again.Resume(t.Context())
	if err != nil || !ok || got.User.Username != "carehome" || got.Notice != "" {
		t.Fatalf("resumed %+v %v %v", got, ok, err)
	}
	if place, ok := again.LastPlace(); !ok || place.PlanID != "p-1" || place.Step != "person" {
		t.Fatalf("the place is %+v %v", place, ok)
	}
	w.line.cut()
	if _, ok, err := w.desk(profile).Resume(t.Context()); ok || !api.IsUnreachable(err) {
		t.Fatalf("with no connection resume said %v %v", ok, err)
	}
	w.line.mend()
	if err := again.SignOut(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := w.desk(profile).Resume(t.Context()); ok || err != nil {
		t.Fatalf("after signing out resume said %v %v", ok, err)
	}
	signIn(t, again, "carehome", true)
	signIn(t, again, "carehome", false) // changed their mind
	if _, ok, _ := w.desk(profile).Resume(t.Context()); ok {
		t.Fatal("a session that was not to be kept is kept")
	}
	nothingInTheClear(t, profile, "carehome", "training\"", "Bearer")
}

// nothingInTheClear looks through every file of a profile.
func nothingInTheClear(t *testing.T, profile string, words ...string) {
	t.Helper()
	err := filepath.Walk(profile, func(path string, info os.FileInfo, err error) error {
		if err != nil {
			return err
		}
		if info.IsDir() {
			if info.Mode().Perm()&0o077 != 0 && path != profile {
				t.Errorf("%s may be entered by others: %s", path, info.Mode())
			}
			return nil
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s may be read by others: %s", path, info.Mode())
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, word := range words {
			if bytes.Contains(raw, []byte(word)) || strings.Contains(path, word) {
				t.Errorf("%s holds %q", path, word)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// The line is cut while a person types: nothing is lost, and another person at the same desk sees nothing of it.
func TestNoConnectionAndAnotherPerson(t *testing.T) {
	w := openWard(t)
	profile := t.TempDir()
	d := w.desk(profile)
	signIn(t, d, "carehome", false)
	plan := draftOf(t, d)
	e := d.Edit(plan)
	w.line.cut()
	text(e, "preferred_name", "Persimmon")
	e.SetTyped(drafts.At{Item: "birth_date"}, "31-Febru")
	got := await(t, e, "kept", func(s drafts.Status) bool { return s.State == drafts.StateKept })
	if got.Words != "Not saved: no connection. Kept on this computer. 1 change waits." {
		t.Fatalf("words %q", got.Words)
	}
	if err := d.SignOut(t.Context()); err == nil {
		t.Fatal("signing out at the service cannot have worked")
	}
	if d.Edit(plan) != nil || d.User().ID != "" {
		t.Fatal("someone is signed in after signing out")
	}
	w.line.mend()
	signIn(t, d, "nurse", false)
	if other, err := d.OpenPlan(t.Context(), plan.ID); err == nil {
		if n := d.Edit(other); n != nil && n.Answers()["preferred_name"].Text == "Persimmon" {
			t.Fatal("another person sees the former one's words")
		}
	}
	nothingInTheClear(t, profile, "Persimmon", plan.ID)
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}

	back := w.desk(profile)
	signIn(t, back, "carehome", false)
	fresh, err := back.OpenPlan(t.Context(), plan.ID)
	if err != nil {
		t.Fatal(err)
	}
	again := back.Edit(fresh)
	if again.Answers()["preferred_name"].Text != "Persimmon" {
		t.Fatal("the words are not there after a restart")
	}
	if raw, _ := again.Typed(drafts.At{Item: "birth_date"}); raw != "31-Febru" {
		t.Fatalf("half-typed words are %q", raw)
	}
	await(t, again, "saved", saved)
	if got := w.atService("carehome", plan.ID); got["preferred_name"].Text != "Persimmon" {
		t.Fatal("the words did not reach the service")
	}
}

// The line breaks after the service did it, again and again: each save happens once, and nobody is asked about their own
// words.
func TestTheLineBreaksInTheMiddleOfSaving(t *testing.T) {
	w := openWard(t)
	d := w.desk(t.TempDir())
	signIn(t, d, "carehome", false)
	plan := draftOf(t, d)
	e := d.Edit(plan)
	w.line.loseAnswers(1 << 20) // the client and, on each line that stands open, the transport below it repeat by themselves
	text(e, "preferred_name", "Persim")
	await(t, e, "not saved", func(s drafts.Status) bool { return s.State == drafts.StateKept })
	w.line.loseAnswers(0)
	text(e, "preferred_name", "Persimmon")
	await(t, e, "saved", saved)
	if got := w.atService("carehome", plan.ID); got["preferred_name"].Text != "Persimmon" {
		t.Fatalf("the service has %q", got["preferred_name"].Text)
	}
	log, err := d.AccessLog(t.Context(), plan.ID)
	if err != nil {
		t.Fatal(err)
	}
	saves := 0
	for _, one := range log.Items {
		if one.Action == "save" && one.At.After(time.Now().Add(-time.Minute)) {
			saves++
		}
	}
	if saves != 2 {
		t.Fatalf("the service wrote %d saves for two", saves)
	}
}

// The session ends in the middle of the work: the words stay, and go on after signing in again.
func TestTheSessionEndsWhileWriting(t *testing.T) {
	w := openWard(t)
	d := w.desk(t.TempDir())
	signIn(t, d, "carehome", true)
	plan := draftOf(t, d)
	e := d.Edit(plan)
	w.forward(90 * 24 * time.Hour)
	text(e, "preferred_name", "Persimmon")
	got := await(t, e, "asking to sign in", func(s drafts.Status) bool { return s.SignIn })
	if got.Words != "Not saved: sign in again. Kept on this computer. 1 change waits." || !d.Expired() {
		t.Fatalf("status %+v, expired %v", got, d.Expired())
	}
	if _, err := d.Worklists(t.Context()); !app.Explain(err).SignInAgain {
		t.Fatalf("another call said %v", err)
	}
	signIn(t, d, "carehome", true)
	await(t, e, "saved", saved)
	if d.Edit(plan) != e || e.Answers()["preferred_name"].Text != "Persimmon" {
		t.Fatal("the editor did not go on")
	}
}

// Two people write in one plan at the same time.
func TestTwoPeopleAtOnce(t *testing.T) {
	w := openWard(t)
	d := w.desk(t.TempDir())
	signIn(t, d, "carehome", false)
	plan := draftOf(t, d)
	e := d.Edit(plan)
	other := w.client("carehome")
	patch := []byte(`{"preferred_name":{"value":"Theirs"},"pronouns":{"value":"they"}}`)
	if _, err := other.PatchDraft(t.Context(), plan.ID, patch, plan.Etag, ""); err != nil {
		t.Fatal(err)
	}
	text(e, "preferred_name", "Mine")
	got := await(t, e, "in conflict", func(s drafts.Status) bool { return s.State == drafts.StateConflict })
	if len(got.Conflict.Fields) != 1 || got.Conflict.Fields[0].Theirs.Text != "Theirs" || got.Conflict.By == "" {
		t.Fatalf("conflict %+v", got.Conflict)
	}
	if e.Answers()["pronouns"].Text != "they" {
		t.Fatal("what they alone changed did not come")
	}
	if _, err := d.Submit(t.Context(), plan, api.Submit{}); !errors.Is(err, drafts.ErrConflict) {
		t.Fatalf("sending with a conflict open said %v", err)
	}
	if err := e.Resolve(t.Context(), e.Status().Conflict, map[drafts.At]bool{{Item: "preferred_name"}: true}); err != nil {
		t.Fatal(err)
	}
	if got := w.atService("carehome", plan.ID); got["preferred_name"].Text != "Mine" || got["pronouns"].Text != "they" {
		t.Fatalf("the service has %v %v", got["preferred_name"], got["pronouns"])
	}
}

// Two people write a hidden answer at the same time, and neither sees the other's. Whichever is chosen, both are at the service, hidden,
// and no note or list has either.
func TestTwoPeopleAndAHiddenAnswer(t *testing.T) {
	for name, mine := range map[string]bool{"mine is chosen": true, "theirs is chosen": false} {
		t.Run(name, func(t *testing.T) {
			w := openWard(t)
			d := w.desk(t.TempDir())
			signIn(t, d, "carehome", false)
			plan := draftOf(t, d)
			e := d.Edit(plan)
			// The key safe must be the way in, or its code is no question.
			e.Set(drafts.At{Item: "access_method"}, forms.ChoiceAnswer("key_safe"))
			await(t, e, "saved", saved)
			other := w.client("gp")
			seen, err := other.Plan(t.Context(), plan.ID)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := other.PatchDraft(t.Context(), plan.ID, []byte(`{"key_safe_code":{"value":"4711-theirs"}}`), seen.Etag, ""); err != nil {
				t.Fatal(err)
			}
			text(e, "key_safe_code", "0815-mine")
			await(t, e, "in conflict", func(s drafts.Status) bool { return s.State == drafts.StateConflict })
			if err := e.Resolve(t.Context(), e.Status().Conflict, map[drafts.At]bool{{Item: "key_safe_code"}: mine}); err != nil {
				t.Fatal(err)
			}
			await(t, e, "saved", saved)
			until(t, "nothing left to tell", func() bool { return len(e.Declined()) == 0 })
			shown, err := d.Reveal(t.Context(), e.Plan(), api.Reveal{Item: "key_safe_code", Reason: "To try it at the door", Draft: true})
			if err != nil {
				t.Fatal(err)
			}
			stands, beside := "0815-mine", "4711-theirs"
			if !mine {
				stands, beside = beside, stands
			}
			if shown.Value != stands || len(shown.Unchosen) != 1 || shown.Unchosen[0].Value != beside {
				t.Fatalf("%q stands, beside it %+v", shown.Value, shown.Unchosen)
			}
			seen, err = other.Plan(t.Context(), plan.ID)
			if err != nil {
				t.Fatal(err)
			}
			if len(seen.Draft.Comments) == 0 {
				t.Fatal("no note says that there are two")
			}
			for _, note := range seen.Draft.Comments {
				if strings.Contains(note.Text, "4711") || strings.Contains(note.Text, "0815") {
					t.Fatalf("a note says %q", note.Text)
				}
			}
		})
	}
}

// One value that the service refuses holds nothing else up.
func TestARefusedValue(t *testing.T) {
	w := openWard(t)
	d := w.desk(t.TempDir())
	signIn(t, d, "carehome", false)
	plan := draftOf(t, d)
	e := d.Edit(plan)
	e.Set(drafts.At{Item: "birth_date"}, forms.TextAnswer("1941-02-31"))
	text(e, "preferred_name", "Persimmon")
	got := await(t, e, "refused", func(s drafts.Status) bool { return s.State == drafts.StateRefused })
	if len(got.Problems) != 1 || got.Problems[0].Item != "birth_date" || got.Problems[0].Words == "" {
		t.Fatalf("status %s %+v", got.Words, got.Problems)
	}
	if w.atService("carehome", plan.ID)["preferred_name"].Text != "Persimmon" {
		t.Fatal("the other answer did not go")
	}
	e.Set(drafts.At{Item: "birth_date"}, forms.TextAnswer("1941-02-28"))
	await(t, e, "saved", saved)
}

// The computer has no keychain: it is said, nothing is written, and the words still go.
func TestNoKeychainIsSaid(t *testing.T) {
	w := openWard(t)
	profile := t.TempDir()
	out, err := runChild(t, "no-keychain", w, profile)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if entries, _ := os.ReadDir(filepath.Join(profile, "kept")); len(entries) != 0 {
		t.Fatalf("something was kept without a key: %v", entries)
	}
}

// The keychain is there and locked, and nobody types its password.
func TestALockedKeychainIsSaid(t *testing.T) {
	w := openWard(t)
	profile := t.TempDir()
	err := keychaintest.InSession(t.Context(), t.TempDir(), nil, childEnv+"=locked-keychain", profileEnv+"="+profile, addressEnv+"=http://"+w.line.addr())
	if err != nil {
		t.Fatal(err)
	}
	if entries, _ := os.ReadDir(filepath.Join(profile, "kept")); len(entries) != 0 {
		t.Fatalf("something was kept without a key: %v", entries)
	}
}

// Training: the program hosts the service, and the same profile finds its session and its words again.
func TestTraining(t *testing.T) {
	data, profile := t.TempDir(), t.TempDir()
	host := func(ctx context.Context) (app.Hosted, error) {
		service, err := central.Open(ctx, central.Options{DataDir: data, Training: true})
		if err != nil {
			return app.Hosted{}, err
		}
		web := httptest.NewServer(service.Handler())
		return app.Hosted{Address: web.URL, Close: func() error {
			service.Hush()
			web.CloseClientConnections()
			web.Close()
			return service.Close()
		}}, nil
	}
	open := func() *app.Desk {
		d, err := app.New(app.Params{ProfileDir: profile, Host: host})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.SignIn(t.Context(), "gp", "training", false); !errors.Is(err, app.ErrNoAddress) {
			t.Fatalf("without an address signing in said %v", err)
		}
		for range 2 {
			if err := d.StartTraining(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if !d.Training() {
			t.Fatal("training does not say so")
		}
		return d
	}
	d := open()
	signIn(t, d, "carehome", true)
	plan := draftOf(t, d)
	e := d.Edit(plan)
	text(e, "preferred_name", "Persimmon")
	if err := d.Close(); err != nil { // sends what is left
		t.Fatal(err)
	}
	again := open()
	defer again.Close()
	if _, ok, err := again.Resume(t.Context()); !ok || err != nil {
		t.Fatalf("resumed %v %v", ok, err)
	}
	fresh, err := again.OpenPlan(t.Context(), plan.ID)
	if err != nil || fresh.Draft.Answers["preferred_name"].Text != "Persimmon" {
		t.Fatalf("the words were not sent at the end: %v", err)
	}
	if again.Settings().Address != "" {
		t.Fatal("training changed the address of the real service")
	}
}

// Started by several at once there is one training service, and a desk that has been closed starts none: it would be left
// behind, over a database that nobody expects to be open.
func TestTrainingIsStartedOnceAndNotAfterTheEnd(t *testing.T) {
	var started, ended atomic.Int32
	host := func(ctx context.Context) (app.Hosted, error) {
		started.Add(1)
		select {
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
			started.Add(-1)
			return app.Hosted{}, ctx.Err()
		}
		return app.Hosted{Address: "http://127.0.0.1:1", Close: func() error { ended.Add(1); return nil }}, nil
	}
	d, err := app.New(app.Params{ProfileDir: t.TempDir(), Host: host})
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 5 {
		all.Go(func() { _ = d.StartTraining(context.Background()) })
	}
	all.Wait()
	if started.Load() != 1 {
		t.Fatalf("%d services were started", started.Load())
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if err := d.StartTraining(context.Background()); !errors.Is(err, context.Canceled) {
		t.Fatalf("a closed desk said %v", err)
	}
	for range 20 { // closed while it starts
		if d, err = app.New(app.Params{ProfileDir: t.TempDir(), Host: host}); err != nil {
			t.Fatal(err)
		}
		all.Go(func() { _ = d.StartTraining(context.Background()) })
		time.Sleep(time.Duration(rand.IntN(int(60 * time.Millisecond))))
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		all.Wait()
	}
	if started.Load() != ended.Load() {
		t.Fatalf("%d services were started and %d ended", started.Load(), ended.Load())
	}
}

func TestWrongPasswordAndWrongAddress(t *testing.T) {
	w := openWard(t)
	d := w.desk(t.TempDir())
	_, err := d.SignIn(t.Context(), "carehome", "wrong", false)
	if got := app.Explain(err); got.What == "" || got.SignInAgain || d.User().ID != "" {
		t.Fatalf("a wrong password is told as %+v", got)
	}
	if _, err := d.Worklists(t.Context()); !app.Explain(err).SignInAgain {
		t.Fatalf("nobody signed in is told as %v", err)
	}
	for _, address := range []string{"", "nonsense", "http://cmc.example.nhs.uk", "https://user:x@example.nhs.uk", "ftp://x"} {
		if err := d.SetAddress(address); err == nil || app.Explain(err).What == "" {
			t.Errorf("%q was taken: %v", address, err)
		}
	}
	info, err := d.TestConnection(t.Context(), d.Address())
	if err != nil || !info.Training {
		t.Fatalf("%+v %v", info, err)
	}
	w.line.cut()
	if _, err := d.TestConnection(t.Context(), d.Address()); !api.IsUnreachable(err) {
		t.Fatalf("a cut line is told as %v", err)
	}
}

// The page comes from the service, goes into a file, is audited, and is gone from the profile after signing out.
func TestPaper(t *testing.T) {
	w := openWard(t)
	profile := t.TempDir()
	d := w.desk(profile)
	signIn(t, d, "carehome", false)
	plan := draftOf(t, d)
	job, err := d.PreparePrint(t.Context(), plan.ID)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "page.pdf")
	if err := job.SavePDF(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	if raw, err := os.ReadFile(path); err != nil || !bytes.HasPrefix(raw, []byte("%PDF-")) {
		t.Fatalf("saved %d bytes, %v", len(raw), err)
	}
	log, err := d.AccessLog(t.Context(), plan.ID)
	if err != nil || len(log.Items) == 0 {
		t.Fatal(err)
	}
	printed := false
	for _, one := range log.Items {
		printed = printed || one.Action == "print"
	}
	if !printed {
		t.Fatalf("saving the page was not audited: %+v", log.Items[0])
	}
	if err := d.SignOut(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := job.SavePDF(t.Context(), path); err == nil {
		t.Fatal("the page can be saved after signing out")
	}
}

// Closing the window while a page is open takes it off the disk, and waits for no more than that.
func TestClosingTheWindowPutsThePageAway(t *testing.T) {
	press := printingtest.Start(t, "Ward")
	w := openWard(t)
	profile := t.TempDir()
	d := w.desk(profile)
	signIn(t, d, "carehome", false)
	job, err := d.PreparePrint(t.Context(), draftOf(t, d).ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := job.Print(t.Context(), "Ward", 1); err != nil {
		t.Fatal(err)
	}
	if page := press.Printed(t, "Ward"); !bytes.Equal(page, job.PDF()) {
		t.Fatalf("the printer got %d bytes", len(page))
	}
	if entries, err := os.ReadDir(filepath.Join(profile, "paper")); err != nil || len(entries) != 1 {
		t.Fatalf("on disk: %v %v", entries, err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if entries, err := os.ReadDir(filepath.Join(profile, "paper")); err != nil || len(entries) != 0 {
		t.Fatalf("left on disk: %v %v", entries, err)
	}
}

// News of the service reaches whoever listens.
func TestNews(t *testing.T) {
	w := openWard(t)
	d := w.desk(t.TempDir())
	heard := make(chan api.Event, 64)
	cancel := d.Subscribe(func(e api.Event) { heard <- e })
	defer cancel()
	signIn(t, d, "carehome", false)
	plan := draftOf(t, d)
	wait := func(what string, is func(api.Event) bool) {
		t.Helper()
		late := time.After(patience)
		for {
			select {
			case e := <-heard:
				if is(e) {
					return
				}
			case <-late:
				t.Fatalf("never heard of %s", what)
			}
		}
	}
	wait("the worklists", func(e api.Event) bool { return e.Kind == "worklists" })
	if _, err := w.client("carehome").PatchDraft(t.Context(), plan.ID, []byte(`{"pronouns":{"value":"they"}}`), plan.Etag, ""); err != nil {
		t.Fatal(err)
	}
	wait("the plan", func(e api.Event) bool { return e.PlanID == plan.ID })
}

// This computer can keep nothing, the line is cut, and the person signs out: their words wait in this process for them
// alone.
func TestWordsThatAreOnlyInThisProcess(t *testing.T) {
	w := openWard(t)
	profile := t.TempDir()
	if err := os.WriteFile(filepath.Join(profile, "kept"), nil, 0o600); err != nil { // a folder cannot be made here
		t.Fatal(err)
	}
	d := w.desk(profile)
	if got := signIn(t, d, "carehome", false); !strings.Contains(got.Notice, "cannot be kept on this computer") {
		t.Fatalf("notice %q", got.Notice)
	}
	plan := draftOf(t, d)
	e := d.Edit(plan)
	w.line.cut()
	text(e, "preferred_name", "Persimmon")
	got := await(t, e, "unkept", func(s drafts.Status) bool { return s.State == drafts.StateUnkept })
	if !strings.Contains(got.Words, "It is only in this window: this computer cannot keep it (this program may not write to its folder).") {
		t.Fatalf("words %q", got.Words)
	}
	if err := e.End(t.Context()); !errors.Is(err, drafts.ErrOnlyHere) {
		t.Fatalf("leaving the plan said %v", err)
	}
	_ = d.SignOut(t.Context())
	w.line.mend()
	signIn(t, d, "nurse", false)
	e.Retry()
	await(t, e, "asking its own person to sign in", func(s drafts.Status) bool { return s.SignIn })
	if theirs, err := d.OpenPlan(t.Context(), plan.ID); err == nil {
		if n := d.Edit(theirs); n == e || n != nil && n.Answers()["preferred_name"].Text == "Persimmon" {
			t.Fatal("another person sees the former one's words")
		}
	}
	if got := w.atService("carehome", plan.ID); got["preferred_name"].Text == "Persimmon" {
		t.Fatal("the words were sent as another person's")
	}
	signIn(t, d, "carehome", false)
	fresh, err := d.OpenPlan(t.Context(), plan.ID)
	if err != nil {
		t.Fatal(err)
	}
	again := d.Edit(fresh)
	if again.Answers()["preferred_name"].Text != "Persimmon" {
		t.Fatal("the words are not there for the person who wrote them")
	}
	await(t, again, "saved", saved)
	if got := w.atService("carehome", plan.ID); got["preferred_name"].Text != "Persimmon" {
		t.Fatal("the words did not reach the service")
	}
}

// Words that were kept on this computer reach the service after the next sign-in, whether or not their plan is opened.
func TestKeptWordsGoByThemselves(t *testing.T) {
	w := openWard(t)
	profile := t.TempDir()
	d := w.desk(profile)
	signIn(t, d, "carehome", false)
	plan := draftOf(t, d)
	w.line.cut()
	e := d.Edit(plan)
	text(e, "preferred_name", "Persimmon")
	await(t, e, "kept", func(s drafts.Status) bool { return s.State == drafts.StateKept })
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	w.line.mend()
	listening, stop := context.WithCancel(t.Context())
	defer stop()
	news := w.client("carehome").Events(listening)
	<-news // the line stands
	signIn(t, w.desk(profile), "carehome", false)
	late := time.After(patience)
	for {
		select {
		case <-news:
			if w.atService("carehome", plan.ID)["preferred_name"].Text == "Persimmon" {
				return
			}
		case <-late:
			t.Fatal("the words never reached the service")
		}
	}
}

// The main job through the desk: written and sent in the care home, reviewed and approved by the GP, read and printed by
// the ambulance clinician.
func TestTheMainJob(t *testing.T) {
	w := openWard(t)
	home := w.desk(t.TempDir())
	signIn(t, home, "carehome", false)
	plan := draftOf(t, home)
	e := home.Edit(plan)
	for id, answer := range wholeAnswers(t, e.Definition(), e.Today()) {
		if _, there := e.Answers()[id]; !there {
			e.Set(drafts.At{Item: id}, answer)
		}
	}
	plan, err := home.Submit(t.Context(), plan, api.Submit{Note: "Please look at the allergies"})
	if err != nil {
		t.Fatalf("%v %+v", err, e.Status())
	}
	if plan.Status != "in_review" || !e.Answers().Equal(plan.Draft.Answers) {
		t.Fatalf("sent, and the plan is %s", plan.Status)
	}
	text(e, "preferred_name", "Too late")
	got := await(t, e, "refused", func(s drafts.Status) bool { return s.State == drafts.StateRefused })
	if !strings.HasPrefix(got.Words, "Not saved. ") {
		t.Fatalf("writing after sending is told as %q", got.Words)
	}

	gp := w.desk(t.TempDir())
	signIn(t, gp, "gp", false)
	list, err := gp.Worklist(t.Context(), "to-approve")
	if err != nil || len(list.Items) == 0 {
		t.Fatalf("%+v %v", list, err)
	}
	review, err := gp.OpenPlan(t.Context(), plan.ID)
	if err != nil {
		t.Fatal(err)
	}
	changes, err := gp.Changes(t.Context(), plan.ID, false)
	if err != nil || changes.Total == 0 || len(changes.Items) == 0 {
		t.Fatalf("changes %d of %d, %v", len(changes.Items), changes.Total, err)
	}
	days, _ := careplan.ReviewLimit(forms.NewReader(e.Definition(), review.Draft.Answers, e.Today()))
	approve := api.Approve{Password: "training", ReviewDue: e.Today().AddDate(0, 0, days).Format(time.DateOnly)}
	for _, check := range api.ApprovalChecks {
		approve.Checks = append(approve.Checks, check.ID)
	}
	wrong := approve
	wrong.Password = "wrong"
	if _, err := gp.Approve(t.Context(), review, wrong); !api.IsCode(err, api.CodeWrongPassword) || app.Explain(err).SignInAgain {
		t.Fatalf("a wrong password gave %v", err)
	}
	live, err := gp.Approve(t.Context(), review, approve)
	if err != nil {
		t.Fatal(err)
	}
	if live.Status != "approved" || live.Published == nil {
		t.Fatalf("approved, and the plan is %s", live.Status)
	}

	crew := w.desk(t.TempDir())
	signIn(t, crew, "urgent", false)
	if _, err := crew.Summary(t.Context(), plan.ID); !app.NeedsReason(err) {
		t.Fatalf("without a reason: %v", err)
	}
	seen, err := crew.OpenWithReason(t.Context(), plan.ID, "999 call")
	if err != nil {
		t.Fatal(err)
	}
	summary, err := crew.Summary(t.Context(), plan.ID)
	if err != nil || len(summary.Blocks) != len(forms.SummaryBlocks) {
		t.Fatalf("%v", err)
	}
	job, err := crew.PreparePrint(t.Context(), plan.ID)
	if err != nil {
		t.Fatal(err)
	}
	defer job.Close()
	if err := job.SavePDF(t.Context(), filepath.Join(t.TempDir(), "page.pdf")); err != nil {
		t.Fatal(err)
	}
	if _, err := crew.Feedback(t.Context(), seen, api.Feedback{Outcome: "used"}); err != nil {
		t.Fatal(err)
	}
}

// wholeAnswers are the answers of an approved training plan, without who it is about.
func wholeAnswers(t *testing.T, d *forms.Definition, today time.Time) forms.Answers {
	t.Helper()
	answers := everyAnswer(t, d, today)
	for id := range answers {
		if section := d.Item(id).Section().ID; section == "person" || section == "gp_practice" {
			delete(answers, id)
		}
	}
	return answers
}

// everyAnswer is wholeAnswers with who the person is.
func everyAnswer(t *testing.T, d *forms.Definition, today time.Time) forms.Answers {
	t.Helper()
	_, plans, _, _, err := training.Load(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range plans {
		if one.Status != "approved" || one.Live == nil {
			continue
		}
		answers, _, err := forms.Decode(d, one.Live.Answers)
		if err != nil {
			t.Fatal(err)
		}
		open := false
		for _, p := range forms.Validate(d, answers, today, forms.ForApproval) {
			open = open || p.Severity != forms.Advise
		}
		if open {
			continue
		}
		for id := range answers {
			if item := d.Item(id); item == nil || item.System {
				delete(answers, id)
			}
		}
		return answers
	}
	t.Fatal("no training plan can be approved as it is")
	return nil
}

// The place is written by and by; settings saved meanwhile are not undone by it.
func TestThePlaceNeverUndoesSettings(t *testing.T) {
	w := openWard(t)
	profile := t.TempDir()
	d := w.desk(profile)
	signIn(t, d, "carehome", false)
	for i := range 50 {
		d.KeepPlace(app.Place{Screen: "plan", Step: string(rune('a' + i%26))})
		s := d.Settings()
		s.TextSize = 100 + i
		if err := d.SaveSettings(s); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if got := w.desk(profile).Settings().TextSize; got != 149 {
		t.Fatalf("the text size is %d", got)
	}
}
