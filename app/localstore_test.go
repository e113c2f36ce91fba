//go:build linux

package app_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cmc/app"
	"cmc/app/drafts"
	"cmc/app/keychain/keychaintest"
)

// unsent leaves words on a profile that never reached the service, and gives the plan.
func unsent(t *testing.T, w *ward, profile string) string {
	t.Helper()
	d := w.desk(profile)
	signIn(t, d, "carehome", true)
	plan := draftOf(t, d)
	e := d.Edit(plan)
	w.line.cut()
	text(e, "preferred_name", "Persimmon")
	await(t, e, "kept", func(s drafts.Status) bool { return s.State == drafts.StateKept })
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	w.line.mend()
	return plan.ID
}

func storeFiles(t *testing.T, profile string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(profile, "kept", "*.db"))
	if err != nil || len(files) == 0 {
		t.Fatalf("stores %v %v", files, err)
	}
	return files
}

// The profile came from another computer, whose key is not in this keychain: its words are named and left as they are, new
// ones are kept beside them, and where the key is there again so are the words.
func TestAProfileFromAnotherComputer(t *testing.T) {
	w := openWard(t)
	profile := t.TempDir()
	plan := unsent(t, w, profile)
	theirs := storeFiles(t, profile)[0]
	before, err := os.ReadFile(theirs)
	if err != nil {
		t.Fatal(err)
	}
	keychaintest.Empty(t) // the other computer's keychain did not travel
	here := w.desk(profile)
	in := signIn(t, here, "carehome", false)
	if !strings.Contains(in.Notice, filepath.Base(theirs)) || !strings.Contains(in.Notice, "no key for") {
		t.Fatalf("the notice is %q", in.Notice)
	}
	fresh, err := here.OpenPlan(t.Context(), plan)
	if err != nil {
		t.Fatal(err)
	}
	e := here.Edit(fresh)
	if e.Answers()["preferred_name"].Text == "Persimmon" {
		t.Fatal("words were read without their key")
	}
	w.line.cut()
	text(e, "pronouns", "they")
	await(t, e, "kept", func(s drafts.Status) bool { return s.State == drafts.StateKept })
	w.line.mend()
	_ = here.Close()
	if after, err := os.ReadFile(theirs); err != nil || string(after) != string(before) {
		t.Fatalf("the other computer's words were changed: %v", err)
	}
}

// A damaged file is set aside and named, and the words that can be read are there.
func TestADamagedStoreIsNamed(t *testing.T) {
	w := openWard(t)
	profile := t.TempDir()
	plan := unsent(t, w, profile)
	path := storeFiles(t, profile)[0]
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	raw[3] ^= 4 // its first page
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	d := w.desk(profile)
	in := signIn(t, d, "carehome", false)
	if !strings.Contains(in.Notice, filepath.Base(path)+".damaged-1") || !strings.Contains(in.Notice, "could be read") {
		t.Fatalf("the notice is %q", in.Notice)
	}
	fresh, err := d.OpenPlan(t.Context(), plan)
	if err != nil {
		t.Fatal(err)
	}
	if got := d.Edit(fresh).Answers()["preferred_name"].Text; got != "Persimmon" {
		t.Fatalf("the words are %q", got)
	}
}

// Two windows on one profile: the second says that it keeps nothing, and keeps once the first has closed.
func TestTwoProgramsOnOneProfile(t *testing.T) {
	w := openWard(t)
	profile := t.TempDir()
	first, second := w.desk(profile), w.desk(profile)
	if err := second.SetAddress("http://" + w.line.addr()); err != nil {
		t.Fatal(err)
	}
	signIn(t, first, "carehome", false)
	in := signIn(t, second, "carehome", false)
	if !strings.HasPrefix(in.Notice, "This program is open twice.") {
		t.Fatalf("the notice is %q", in.Notice)
	}
	e := second.Edit(draftOf(t, second))
	w.line.cut()
	text(e, "preferred_name", "Persimmon")
	got := await(t, e, "unkept", func(s drafts.Status) bool { return s.State == drafts.StateUnkept })
	if !strings.Contains(got.Words, "this computer cannot keep it (another window of this program has what is kept)") {
		t.Fatalf("words %q", got.Words)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	await(t, e, "kept", func(s drafts.Status) bool { return s.State == drafts.StateKept })
	w.line.mend()
	e.Retry()
	await(t, e, "saved", saved)
}

// The clock of this computer is a year behind: it is said, the service's time is shown, and the words go.
func TestAClockOfAYearAgo(t *testing.T) {
	w := openWard(t)
	profile := t.TempDir()
	plan := unsent(t, w, profile)
	behind := func() time.Time { return time.Now().Add(-365 * 24 * time.Hour) }
	d, err := app.New(app.Params{ProfileDir: profile, Version: "test", Now: behind})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	in := signIn(t, d, "carehome", false)
	if !strings.HasPrefix(in.Notice, "The clock of this computer is wrong: it says ") || !strings.Contains(in.Notice, "no word is lost") {
		t.Fatalf("the notice is %q", in.Notice)
	}
	fresh, err := d.OpenPlan(t.Context(), plan)
	if err != nil {
		t.Fatal(err)
	}
	e := d.Edit(fresh)
	got := await(t, e, "saved", saved)
	if e.Answers()["preferred_name"].Text != "Persimmon" || time.Since(got.At).Abs() > time.Hour {
		t.Fatalf("saved at %s with %q", got.At, e.Answers()["preferred_name"].Text)
	}
}
