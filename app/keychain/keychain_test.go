//go:build linux

package keychain_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"cmc/app/keychain"
	"cmc/app/keychain/keychaintest"
)

// Each case that needs a session of its own runs this test binary again with one of these.
const caseName = "CMC_TEST_KEYCHAIN_CASE"

func TestMain(m *testing.M) {
	if one := os.Getenv(caseName); one != "" {
		os.Exit(runCase(one))
	}
	os.Exit(keychaintest.Main(m))
}

func TestTheRealKeychain(t *testing.T) {
	chain := keychain.New()
	ctx := t.Context()
	if _, err := chain.Get(ctx, "store abc"); !errors.Is(err, keychain.ErrNotFound) {
		t.Fatalf("an empty keychain gave %v", err)
	}
	for _, secret := range []string{"first", "second, in its place", strings.Repeat("k", 64)} {
		if err := chain.Set(ctx, "store abc", secret); err != nil {
			t.Fatal(err)
		}
		if got, err := chain.Get(ctx, "store abc"); err != nil || got != secret {
			t.Fatalf("kept %q, got %q (%v)", secret, got, err)
		}
	}
	for range 2 {
		if err := chain.Delete(ctx, "store abc"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := chain.Get(ctx, "store abc"); !errors.Is(err, keychain.ErrNotFound) {
		t.Fatalf("after deleting: %v", err)
	}
	stopped, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := chain.Get(stopped, "store abc"); !errors.Is(err, context.Canceled) && !errors.Is(err, keychain.ErrNotFound) {
		t.Fatalf("a caller who has gone gave %v", err)
	}
}

// No D-Bus at all: a computer without a desktop session.
func TestNoKeychainAtAll(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), self)
	command.Env = append(keychaintest.Clean(os.Environ()), "HOME="+t.TempDir(), caseName+"=missing",
		"DBUS_SESSION_BUS_ADDRESS=unix:path=/nowhere/at/all")
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// A keychain that is there and locked: nobody types its password, and its prompt, where there is one, hangs.
func TestALockedKeychain(t *testing.T) {
	home := t.TempDir()
	for _, one := range []string{"make", "locked"} {
		if err := keychaintest.InSession(t.Context(), home, nil, caseName+"="+one); err != nil {
			t.Fatalf("%s: %v", one, err)
		}
	}
}

// A Secret Service without any keyring in it, as on a computer where nobody ever made one.
func TestAnEmptySecretService(t *testing.T) {
	if err := keychaintest.InSession(t.Context(), t.TempDir(), nil, caseName+"=locked"); err != nil {
		t.Fatal(err)
	}
}

func runCase(one string) int {
	chain := keychain.New()
	ctx := context.Background()
	fail := func(what string, err error) int {
		_, _ = os.Stderr.WriteString(one + ": " + what + ": " + errorText(err) + "\n")
		return 1
	}
	if one == "make" || one == "locked" {
		stop, err := keychaintest.Start(os.Getenv("HOME"), one == "make")
		if err != nil {
			return fail("starting", err)
		}
		defer stop()
	}
	began := time.Now()
	_, err := chain.Get(ctx, "x")
	first := time.Since(began)
	switch one {
	case "make":
		if err := chain.Set(ctx, "x", "y"); err != nil {
			return fail("setting", err)
		}
		return 0
	case "missing":
		if !errors.Is(err, keychain.ErrMissing) {
			return fail("want ErrMissing", err)
		}
	case "locked":
		if !errors.Is(err, keychain.ErrLocked) {
			return fail("want ErrLocked", err)
		}
	}
	if first > keychain.Limit+2*time.Second {
		return fail("it took "+first.String(), err)
	}
	began = time.Now()
	if err := chain.Set(ctx, "x", "y"); !errors.Is(err, keychain.ErrMissing) && !errors.Is(err, keychain.ErrLocked) {
		return fail("setting afterwards", err)
	}
	if took := time.Since(began); took > time.Second && first > time.Second {
		return fail("the second call waited again, "+took.String(), err)
	}
	return 0
}

func errorText(err error) string {
	if err == nil {
		return "no error"
	}
	return err.Error()
}
