package account

// What may change here: how often a password may be guessed, and from where.
//
// A stranger must not be able to lock a clinician out, and must not be able to guess. So tries are counted in lanes: one for each
// device on which the person has signed in before, one for each network, one for all strangers to a name together, and one for
// each session that signs. A try is counted before the password is compared and taken back when it was right, so that many tries
// at once, on many copies of the service, find the same count. (OWASP, "Slow Down Online Guessing Attacks with Device Cookies".)

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/netip"
	"strings"
	"time"

	"cmc/api/central/store"
)

// Tries are counted while they follow each other within LockFor. The last that is allowed, when it fails, locks its lane for
// LockFor.
const (
	MaxFailures  = 5  // from one device, one network or one session
	MaxStrangers = 20 // under one name from everywhere but the person's own devices
	LockFor      = 15 * time.Minute
)

// Username is the form in which a user name is kept and compared.
func Username(typed string) string { return strings.ToLower(strings.TrimSpace(typed)) }

// NameHash is what is kept of a name that somebody tried to sign in with.
func NameHash(username string) string { return hashOf("name", Username(username)) }

func hashOf(kind, what string) string {
	sum := sha256.Sum256([]byte(kind + ":" + what))
	return hex.EncodeToString(sum[:])
}

// Network is the part of an address that one attacker has to himself: the address itself of IPv4, the first 48 bits of IPv6. An
// address that is not known counts as one network.
func Network(address netip.Addr) string {
	address = address.Unmap()
	if !address.IsValid() {
		return "unknown"
	}
	bits := 32
	if address.Is6() {
		bits = 48
	}
	return netip.PrefixFrom(address, bits).Masked().String()
}

// A lane is one count of tries.
type lane struct {
	source string // "": all strangers together
	most   int
}

// strangerLanes are the lanes of somebody who is not on a device that is known.
func strangerLanes(nameHash string, from netip.Addr) []lane {
	return []lane{{hashOf("network", nameHash+Network(from)), MaxFailures}, {"", MaxStrangers}}
}

// deviceLane is the lane of a device that is known.
func deviceLane(deviceHash string) lane { return lane{hashOf("device", deviceHash), MaxFailures} }

// sessionLane is the lane of somebody who is signed in and signs.
func sessionLane(tokenHash string) lane { return lane{hashOf("session", tokenHash), MaxFailures} }

// Fail is the count and the lock after one more failure now.
func Fail(count, most int, last, now time.Time) (newCount int, lockedUntil time.Time) {
	if now.Sub(last) > LockFor {
		count = 0
	}
	count++
	if count >= most {
		return count, now.Add(LockFor)
	}
	return count, time.Time{}
}

// locked says whether a lock holds now.
func locked(until, now time.Time) bool { return now.Before(until) && until.Sub(now) <= LockFor+Drift }

// reserve counts one try in every lane, or refuses with a *Locked when one of them is locked.
func (b *Book) reserve(tx store.Tx, nameHash string, lanes []lane, now time.Time) error {
	var until time.Time
	attempts := make([]*store.Attempt, len(lanes))
	for i, lane := range lanes {
		if err := tx.HoldAttempt(nameHash, lane.source); err != nil {
			return err
		}
		attempt, err := tx.Attempt(nameHash, lane.source)
		if err != nil {
			return err
		}
		if locked(attempt.LockedUntil, now) && attempt.LockedUntil.After(until) {
			until = attempt.LockedUntil
		}
		attempts[i] = attempt
	}
	if !until.IsZero() {
		return &Locked{Until: until}
	}
	for i, attempt := range attempts {
		attempt.Count, attempt.LockedUntil = Fail(attempt.Count, lanes[i].most, attempt.LastAt, now)
		attempt.LastAt = now
		if err := tx.PutAttempt(attempt); err != nil {
			return err
		}
	}
	return nil
}

// release takes a try back that was right. The lane of all strangers loses that one try only: the others were not this person's.
func (b *Book) release(tx store.Tx, nameHash string, lanes []lane) error {
	for _, lane := range lanes {
		if lane.source != "" {
			if err := tx.ClearAttempt(nameHash, lane.source); err != nil {
				return err
			}
			continue
		}
		attempt, err := tx.Attempt(nameHash, lane.source)
		if err != nil {
			return err
		}
		attempt.Count = max(0, attempt.Count-1)
		if attempt.Count < lane.most {
			attempt.LockedUntil = time.Time{}
		}
		if err := tx.PutAttempt(attempt); err != nil {
			return err
		}
	}
	return nil
}

// lockedNow is the *Locked of the lanes, or nil.
func (b *Book) lockedNow(ctx context.Context, nameHash string, lanes []lane) error {
	var until time.Time
	err := b.Store.Read(ctx, func(tx store.Tx) error {
		for _, lane := range lanes {
			attempt, err := tx.Attempt(nameHash, lane.source)
			if err != nil {
				return err
			}
			if attempt.LockedUntil.After(until) {
				until = attempt.LockedUntil
			}
		}
		return nil
	})
	if err == nil && locked(until, b.Now()) {
		return &Locked{Until: until}
	}
	return err
}

// knownDevice says whether a pass is one of the person's devices.
func knownDevice(tx store.Tx, pass string, user *store.User) (bool, error) {
	if pass == "" || user == nil {
		return false, nil
	}
	owner, err := tx.Device(TokenHash(pass))
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil && owner == user.ID, err
}
