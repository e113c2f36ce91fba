package account

// What may change here: when failures lock a name, and for how long.

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"
)

// Failures are counted while they follow each other within LockFor; the fifth locks for LockFor.
const (
	MaxFailures = 5
	LockFor     = 15 * time.Minute
)

// Username is the form in which a user name is kept and compared.
func Username(typed string) string { return strings.ToLower(strings.TrimSpace(typed)) }

// NameHash is what is kept of a name that somebody failed to sign in with.
func NameHash(username string) string {
	sum := sha256.Sum256([]byte("name:" + Username(username)))
	return hex.EncodeToString(sum[:])
}

// Fail is the count and the lock after one more failure now.
func Fail(count int, last, now time.Time) (newCount int, lockedUntil time.Time) {
	if now.Sub(last) > LockFor {
		count = 0
	}
	count++
	if count >= MaxFailures {
		return count, now.Add(LockFor)
	}
	return count, time.Time{}
}
