// Package keychain keeps small secrets in the computer's own keychain: the token of a session that the person asked to keep, the
// key of the local store, and the pass by which the service knows this computer. Windows Credential Manager, macOS Keychain and the Secret Service are reached
// through go-keyring.
//
// Contract:
//   - Nothing is ever written to a file instead. Without a usable keychain there is no secret.
//   - No call blocks longer than Limit, though a locked keychain may show a prompt of its own and hang: the call goes on
//     by itself, and until it ends every other call gets ErrSlow, which is an ErrLocked, at once.
//   - Every error is one of the Err values of this package (errors.Is), with the cause wrapped. app.Explain has the words
//     for people.
package keychain

// What may change here: how the keychain is asked, and what its failures are called.

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"

	keyring "github.com/zalando/go-keyring"
)

// Service is the name under which every secret is filed.
const Service = "Coordinate My Care"

// Limit is how long one call may take before the keychain counts as locked.
const Limit = 5 * time.Second

// The outcomes other than success.
var (
	ErrMissing  = errors.New("there is no usable keychain")
	ErrLocked   = errors.New("the keychain is locked")
	ErrSlow     = fmt.Errorf("%w, or does not answer", ErrLocked)
	ErrNotFound = errors.New("the keychain holds nothing under this name")
	ErrRefused  = errors.New("the keychain refused")
	ErrTooBig   = errors.New("the secret is too large for the keychain")
)

// A Chain is the keychain of the person who runs this program. Make it with New; any goroutine may use it.
type Chain struct {
	limit time.Duration
	turn  chan struct{} // held by the one call that is under way

	mu    sync.Mutex
	stuck bool // the call under way has outlived its limit
}

// New gives the keychain. It asks nothing yet.
func New() *Chain { return &Chain{limit: Limit, turn: make(chan struct{}, 1)} }

// Set keeps a secret under a name.
func (c *Chain) Set(ctx context.Context, name, secret string) error {
	_, err := c.do(ctx, func() (string, error) { return "", keyring.Set(Service, name, secret) })
	return err
}

// Get gives a secret, or ErrNotFound.
func (c *Chain) Get(ctx context.Context, name string) (string, error) {
	return c.do(ctx, func() (string, error) { return keyring.Get(Service, name) })
}

// Delete removes a secret. One that is not there is no error.
func (c *Chain) Delete(ctx context.Context, name string) error {
	_, err := c.do(ctx, func() (string, error) { return "", keyring.Delete(Service, name) })
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

// noLogonSession is what Windows says where a rule of the organisation forbids its Credential Manager to keep anything, and to
// a user who has not signed in (ERROR_NO_SUCH_LOGON_SESSION).
const noLogonSession = syscall.Errno(1312)

type outcome struct {
	secret string
	err    error
}

// do runs one call on a goroutine of its own and waits for it no longer than the limit.
func (c *Chain) do(asked context.Context, call func() (string, error)) (string, error) {
	ctx, cancel := context.WithTimeout(asked, c.limit)
	defer cancel()
	c.mu.Lock()
	stuck := c.stuck
	c.mu.Unlock()
	if stuck {
		return "", ErrSlow
	}
	select {
	case c.turn <- struct{}{}:
	case <-ctx.Done():
		return "", c.late(ctx)
	}
	done := make(chan outcome, 1)
	go func() {
		secret, err := call()
		c.mu.Lock()
		c.stuck = false
		<-c.turn
		c.mu.Unlock()
		done <- outcome{secret, err}
	}()
	select {
	case got := <-done:
		return got.secret, sort(got.err)
	case <-ctx.Done():
		c.mu.Lock()
		c.stuck = len(c.turn) > 0 && asked.Err() == nil // whoever gave up says nothing about the keychain
		c.mu.Unlock()
		return "", c.late(ctx)
	}
}

// late tells a person's own impatience from a keychain that hangs.
func (c *Chain) late(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return ctx.Err()
	}
	return fmt.Errorf("%w (within %s)", ErrSlow, c.limit)
}

// sort names a failure of go-keyring, which mostly hands on what the system said.
func sort(err error) error {
	if err == nil {
		return nil
	}
	words := strings.ToLower(err.Error())
	has := func(parts ...string) bool {
		for _, part := range parts {
			if strings.Contains(words, part) {
				return true
			}
		}
		return false
	}
	kind := ErrRefused
	var code syscall.Errno
	switch {
	case runtime.GOOS == "windows" && errors.As(err, &code) && code == noLogonSession:
		kind = ErrMissing
	case errors.Is(err, keyring.ErrNotFound):
		kind = ErrNotFound
	case errors.Is(err, keyring.ErrSetDataTooBig):
		kind = ErrTooBig
	case errors.Is(err, keyring.ErrUnsupportedPlatform):
		kind = ErrMissing
	case has("islocked", "is locked", "failed to unlock", "interaction is not allowed", "-25308", "cannot create an item in a locked"):
		kind = ErrLocked
	case has("dbus", "no such file", "connection refused", "serviceunknown", "not provided by any", "no such interface", "unknownmethod",
		"spawn.", "executable file not found", "autolaunch", "object does not exist", "no such secret collection"):
		kind = ErrMissing
	}
	return fmt.Errorf("%w (%w)", kind, err)
}
