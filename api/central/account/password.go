// Package account is how people prove who they are: passwords, tokens, and the lock after repeated failures.
//
// Contract:
//   - A password is kept only as an argon2id hash, a token only as its SHA-256.
//   - Signing in takes the same time and says the same words whether or not the name exists.
//   - Hashing a password takes tens of milliseconds and 64 MiB: never inside a transaction; a few at a time.
package account

// What may change here: how passwords are hashed and what a password must be.

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
)

// parameters are the second choice of RFC 9106, section 4: 64 MiB, 3 passes.
var parameters = &argon2id.Params{Memory: 64 * 1024, Iterations: 3, Parallelism: 2, SaltLength: 16, KeyLength: 32}

// quick are parameters for invented accounts and tests, whose password is printed in the documentation.
var quick = &argon2id.Params{Memory: 8 * 1024, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// The shortest and longest password.
const (
	MinPassword = 12
	MaxPassword = 1000
)

// ErrPassword says that a password cannot be used for an account.
var ErrPassword = errors.New("a password has at least 12 characters and at most 1000")

// CheckPassword says whether a password can be used for an account: length alone, since rules about signs make passwords
// worse (NCSC guidance).
func CheckPassword(password string) error {
	if utf8.RuneCountInString(password) < MinPassword || len(password) > MaxPassword {
		return ErrPassword
	}
	return nil
}

// Hash hashes a password.
func Hash(password string) (string, error) { return hash(password, parameters) }

// HashTraining hashes the password of an invented account, quickly.
func HashTraining(password string) (string, error) { return hash(password, quick) }

func hash(password string, with *argon2id.Params) (string, error) {
	hashed, err := argon2id.CreateHash(password, with)
	if err != nil {
		return "", fmt.Errorf("hashing the password: %w", err)
	}
	return hashed, nil
}

// A Checker compares passwords, a few at a time, so that a flood of sign-ins cannot eat the memory.
type Checker struct {
	slots chan struct{}
	decoy string // compared when the name does not exist
}

// NewChecker makes a Checker. training says whose hashes it will meet: the decoy must cost the same.
func NewChecker(training bool) (*Checker, error) {
	with := parameters
	if training {
		with = quick
	}
	decoy, err := hash("nobody's password", with)
	if err != nil {
		return nil, err
	}
	return &Checker{slots: make(chan struct{}, max(2, runtime.NumCPU())), decoy: decoy}, nil
}

// Matches says whether the password is the one of the hash. An empty hash (no such account) takes as long and never
// matches. The error is the context's.
func (c *Checker) Matches(ctx context.Context, password, hash string) (bool, error) {
	select {
	case c.slots <- struct{}{}:
		defer func() { <-c.slots }()
	case <-ctx.Done():
		return false, ctx.Err()
	}
	against := hash
	if against == "" {
		against = c.decoy
	}
	matches, err := argon2id.ComparePasswordAndHash(password, against)
	return err == nil && matches && hash != "", nil
}
