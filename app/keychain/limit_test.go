package keychain

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	keyring "github.com/zalando/go-keyring"
)

// A keychain whose prompt hangs: the first caller waits its time, the next none, and when the prompt is answered at last
// the keychain works again.
func TestAHangingKeychainNeverHoldsACaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		chain := New()
		answer := make(chan struct{})
		hanging := func() (string, error) { <-answer; return "late", nil }
		began := time.Now()
		if _, err := chain.do(t.Context(), hanging); !errors.Is(err, ErrLocked) || time.Since(began) != Limit {
			t.Fatalf("after %s: %v", time.Since(began), err)
		}
		began = time.Now()
		if _, err := chain.do(t.Context(), hanging); !errors.Is(err, ErrLocked) || time.Since(began) != 0 {
			t.Fatalf("the second caller waited %s: %v", time.Since(began), err)
		}
		close(answer)
		synctest.Wait()
		if got, err := chain.do(t.Context(), hanging); err != nil || got != "late" {
			t.Fatalf("after the prompt was answered: %q %v", got, err)
		}
	})
}

func TestEveryFailureHasAName(t *testing.T) {
	for words, want := range map[string]error{
		"dbus: couldn't determine address of session bus":                                       ErrMissing,
		"The name org.freedesktop.secrets was not provided by any .service files":               ErrMissing,
		"exec: \"dbus-launch\": executable file not found in $PATH":                             ErrMissing,
		"failed to unlock correct collection '/org/freedesktop/secrets/aliases/default'":        ErrLocked,
		"Cannot create an item in a locked collection":                                          ErrLocked,
		"security: SecKeychainItemCreateFromContent: User interaction is not allowed. (-25308)": ErrLocked,
		"something else entirely": ErrRefused,
	} {
		if got := sort(errors.New(words)); !errors.Is(got, want) {
			t.Errorf("%q is %v, want %v", words, got, want)
		}
	}
	for cause, want := range map[error]error{keyring.ErrNotFound: ErrNotFound, keyring.ErrSetDataTooBig: ErrTooBig, keyring.ErrUnsupportedPlatform: ErrMissing} {
		if got := sort(cause); !errors.Is(got, want) {
			t.Errorf("%v is %v, want %v", cause, got, want)
		}
	}
}

// Somebody who gives up while the keychain is asked does not make it count as locked for the next.
func TestGivingUpIsNotALockedKeychain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		chain := New()
		answer := make(chan struct{})
		ctx, giveUp := context.WithCancel(t.Context())
		go func() { time.Sleep(time.Second); giveUp(); time.Sleep(time.Second); close(answer) }()
		slow := func() (string, error) { <-answer; return "slow", nil }
		if _, err := chain.do(ctx, slow); !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		if got, err := chain.do(t.Context(), slow); err != nil || got != "slow" {
			t.Fatalf("the next is told %q %v", got, err)
		}
	})
}
