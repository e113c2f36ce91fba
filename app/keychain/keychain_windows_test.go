package keychain

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"testing"

	keyring "github.com/zalando/go-keyring"
)

// The real Credential Manager. What the test keeps there, it takes away again.
func TestTheCredentialManager(t *testing.T) {
	chain := New()
	ctx := t.Context()
	name := "test " + rand.Text()
	t.Cleanup(func() { _ = chain.Delete(context.WithoutCancel(ctx), name) })
	if _, err := chain.Get(ctx, name); !errors.Is(err, ErrNotFound) {
		t.Fatalf("a name that is not there gave %v", err)
	}
	for _, secret := range []string{"first", "second, in its place", strings.Repeat("k", 64), strings.Repeat("t", 2000)} {
		if err := chain.Set(ctx, name, secret); err != nil {
			t.Fatal(err)
		}
		// Another program's eyes: nothing of this package is between.
		if got, err := keyring.Get(Service, name); err != nil || got != secret {
			t.Fatalf("kept %d characters, found %d (%v)", len(secret), len(got), err)
		}
		if got, err := New().Get(ctx, name); err != nil || got != secret {
			t.Fatalf("kept %d characters, got %d (%v)", len(secret), len(got), err)
		}
	}
	if err := chain.Set(ctx, name, strings.Repeat("x", 3000)); !errors.Is(err, ErrTooBig) {
		t.Fatalf("a secret that is too large gave %v", err)
	}
	for range 2 {
		if err := chain.Delete(ctx, name); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := chain.Get(ctx, name); !errors.Is(err, ErrNotFound) {
		t.Fatalf("after deleting: %v", err)
	}
}

func TestACredentialManagerThatMayKeepNothing(t *testing.T) {
	if got := sort(fmt.Errorf("writing: %w", noLogonSession)); !errors.Is(got, ErrMissing) {
		t.Fatalf("it is %v", got)
	}
}
