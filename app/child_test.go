//go:build linux

package app_test

// A second process of the tests: a desk that is killed while a person types, and a desk on a computer without a keychain.

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"cmc/app"
	"cmc/app/drafts"
	"cmc/app/keychain/keychaintest"
	"cmc/forms"
)

const (
	childEnv   = "CMC_TEST_DESK"
	profileEnv = "CMC_TEST_PROFILE"
	addressEnv = "CMC_TEST_ADDRESS"
	planEnv    = "CMC_TEST_PLAN"
)

func childCommand(t *testing.T, what string, w *ward, profile string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), self)
	command.Env = append(os.Environ(), childEnv+"="+what, profileEnv+"="+profile, addressEnv+"=http://"+w.line.addr())
	return command
}

func runChild(t *testing.T, what string, w *ward, profile string) ([]byte, error) {
	t.Helper()
	command := childCommand(t, what, w, profile)
	command.Env = append(keychaintest.Clean(command.Env), "HOME="+t.TempDir(), "DBUS_SESSION_BUS_ADDRESS=unix:path=/nowhere/at/all")
	return command.CombinedOutput()
}

func child() int {
	d, err := app.New(app.Params{ProfileDir: os.Getenv(profileEnv)})
	if err == nil {
		err = d.SetAddress(os.Getenv(addressEnv))
	}
	if err == nil {
		switch os.Getenv(childEnv) {
		case "no-keychain":
			err = withoutKeychain(d, "This computer has no keychain that this program can use")
		case "locked-keychain":
			var stop func()
			if stop, err = keychaintest.Start(os.Getenv("HOME"), false); err == nil {
				defer stop()
				err = withoutKeychain(d, "This computer's keychain is locked, so you will sign in each time.")
			}
		case "refusing-keychain":
			var stop func()
			if stop, err = keychaintest.Start(os.Getenv("HOME"), true); err == nil {
				defer stop()
				err = withoutKeychain(d, "This computer's keychain refused, so you will sign in each time.")
			}
		case "slow-keychain":
			var stop func()
			if stop, err = keychaintest.Start(os.Getenv("HOME"), true); err == nil {
				defer stop()
				err = slowKeychain(d)
			}
		case "panic":
			err = panicWriting(d)
		case "type":
			err = typeOn(d)
		}
	}
	if err != nil {
		fmt.Println("failed:", err)
		return 1
	}
	return 0
}

func withoutKeychain(d *app.Desk, says string) error {
	ctx := context.Background()
	in, err := d.SignIn(ctx, "carehome", "training", true)
	if err != nil {
		return err
	}
	if !strings.HasPrefix(in.Notice, says) || !strings.Contains(in.Notice, "so you will sign in each time.") {
		return fmt.Errorf("the notice is %q", in.Notice)
	}
	plan, err := anyDraft(ctx, d)
	if err != nil {
		return err
	}
	e := d.Edit(plan)
	e.Set(drafts.At{Item: "preferred_name"}, forms.TextAnswer("Persimmon"))
	if err := e.Flush(ctx); err != nil {
		return err
	}
	if s := e.Status(); s.State != drafts.StateSaved {
		return fmt.Errorf("status %s %q", s.State, s.Words)
	}
	return d.Close()
}

// typeOn types a word after another and says, one line each, what it has typed and up to where it was told that the words
// are kept or saved.
func typeOn(d *app.Desk) error {
	ctx := context.Background()
	if _, ok, err := d.Resume(ctx); err != nil || !ok {
		return fmt.Errorf("resume: %v %v", ok, err)
	}
	plan, err := d.OpenPlan(ctx, os.Getenv(planEnv))
	if err != nil {
		return err
	}
	e := d.Edit(plan)
	at := drafts.At{Item: "advance_statement"}
	fmt.Println("found", len(strings.Fields(e.Answers()[at.Item].Text)))
	words := strings.Fields(e.Answers()[at.Item].Text)
	for range 200 {
		words = append(words, "w"+strconv.Itoa(len(words)))
		e.Set(at, forms.TextAnswer(strings.Join(words, " ")))
		if len(words)%5 == 0 { // a pause in typing
			if err := e.Flush(ctx); err == nil || e.Status().State == drafts.StateKept {
				fmt.Println("safe", len(words))
			}
		}
	}
	return nil
}

// A desk is killed while a person types, at any moment: what it said was safe is there at the next start.
func TestKilledWhileTyping(t *testing.T) {
	w := openWard(t)
	profile := t.TempDir()
	d := w.desk(profile)
	signIn(t, d, "carehome", true)
	plan := draftOf(t, d)
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	safe := 0
	for round := range 10 {
		command := childCommand(t, "type", w, profile)
		command.Env = append(command.Env, planEnv+"="+plan.ID)
		out, err := command.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := command.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		killAfter := 1 + rand.IntN(6)
		for lines.Scan() {
			word, number, _ := strings.Cut(lines.Text(), " ")
			n, _ := strconv.Atoi(number)
			switch word {
			case "found":
				if n < safe {
					t.Fatalf("round %d: %d words were safe, %d are there", round, safe, n)
				}
				switch round % 3 {
				case 1: // what is safe now is on this computer only
					w.line.cut()
				case 2:
					w.line.loseAnswers(1 + rand.IntN(4))
				}
			case "safe":
				safe = max(safe, n)
				killAfter--
			default:
				t.Fatalf("round %d: %s", round, lines.Text())
			}
			if killAfter == 0 {
				go func(after time.Duration) { // somewhere in the next save
					<-time.After(after)
					_ = command.Process.Kill()
				}(time.Duration(rand.IntN(8)) * time.Millisecond)
			}
		}
		_ = command.Wait()
		w.line.loseAnswers(0)
		w.line.mend()
	}
	if safe < 10 {
		t.Fatalf("only %d words were ever safe: the test tests nothing", safe)
	}
	last := w.desk(profile)
	if _, ok, err := last.Resume(t.Context()); !ok || err != nil {
		t.Fatal(ok, err)
	}
	fresh, err := last.OpenPlan(t.Context(), plan.ID)
	if err != nil {
		t.Fatal(err)
	}
	e := last.Edit(fresh)
	await(t, e, "saved", saved)
	words := strings.Fields(w.atService("carehome", plan.ID)["advance_statement"].Text)
	for i, word := range words {
		if word != "w"+strconv.Itoa(i) {
			t.Fatalf("word %d is %s", i, word)
		}
	}
	if len(words) < safe {
		t.Fatalf("%d words were safe, the service has %d", safe, len(words))
	}
	t.Logf("%d words survived ten kills", len(words))
}
