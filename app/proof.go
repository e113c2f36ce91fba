package app

// What may change here: how a person proves without the service that a locked desk is theirs.
//
// At each sign-in with a password an argon2id hash of it goes into the computer's keychain, where the token of a kept session is
// too: whoever can read it there can read the words on this computer anyway. It opens what is open or kept here already, and
// signs in nowhere. It holds for three days, and for five wrong passwords, which are counted before each is tried; then only the service
// opens the desk, which counts for itself.

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/alexedwards/argon2id"

	"cmc/api"
	"cmc/app/keychain"
)

// A proof is what a password is compared with when the service cannot be asked.
type proof struct {
	Hash  string    `json:"hash"`
	At    time.Time `json:"at"`    // when the service last took the password
	Tries int       `json:"tries"` // wrong ones since
}

// How long a proof holds without the service, and how many wrong passwords.
const (
	proofFor   = 72 * time.Hour
	proofTries = 5
)

// proofCost is the second choice of RFC 9106, section 4, as at the service.
var proofCost = &argon2id.Params{Memory: 64 * 1024, Iterations: 3, Parallelism: 2, SaltLength: 16, KeyLength: 32}

func (d *Desk) proofName(userID string) string { return "proof " + d.storeName(userID) }

// dropProof takes away the proof of somebody whom the service has shut out: after that only the service lets them in.
func (d *Desk) dropProof(key string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(d.ctx), keychain.Limit)
	defer cancel()
	d.lock.turn.Lock()
	defer d.lock.turn.Unlock()
	for id := range d.lock.proofs {
		if d.storeName(id) == key {
			delete(d.lock.proofs, id)
		}
	}
	if err := d.keys.Delete(ctx, "proof "+key); err != nil && !errors.Is(err, keychain.ErrMissing) && !errors.Is(err, keychain.ErrNotFound) {
		d.p.Log.Warn("the proof of somebody who was shut out is still in the keychain", "err", err)
	}
}

// keepProof makes the proof of a password that the service has just taken. Training needs none: its service is in this program.
func (d *Desk) keepProof(ctx context.Context, user api.User, password string) {
	if d.place() == "training" {
		return
	}
	hash, err := argon2id.CreateHash(password, proofCost)
	if err != nil {
		d.p.Log.Warn("this desk cannot be unlocked without a connection", "err", err)
		return
	}
	d.lock.turn.Lock()
	defer d.lock.turn.Unlock()
	d.putProof(ctx, user.ID, proof{Hash: hash, At: d.Now()})
}

// putProof needs lock.turn. Without a keychain the proof lives as long as the program, as the words do.
func (d *Desk) putProof(ctx context.Context, userID string, p proof) {
	d.lock.proofs[userID] = p
	raw, err := json.Marshal(p)
	if err == nil {
		err = d.keys.Set(ctx, d.proofName(userID), string(raw))
	}
	if err != nil && !errors.Is(err, keychain.ErrMissing) {
		d.p.Log.Warn("the proof for unlocking without a connection is kept in memory only", "err", err)
	}
}

// proofOf needs lock.turn.
func (d *Desk) proofOf(ctx context.Context, userID string) (p proof, ok bool) {
	if p, ok := d.lock.proofs[userID]; ok {
		return p, true
	}
	raw, err := d.keys.Get(ctx, d.proofName(userID))
	if err != nil || json.Unmarshal([]byte(raw), &p) != nil || p.Hash == "" {
		return proof{}, false
	}
	return p, true
}

// ProveHere is a Proof of this desk: for Params.Proof.
func (d *Desk) ProveHere(ctx context.Context, user api.User, password string) error {
	d.lock.turn.Lock()
	defer d.lock.turn.Unlock()
	return d.proveHere(ctx, user, user.Username, password)
}

// proveHere compares a password with the proof of the person who was here. It needs lock.turn.
func (d *Desk) proveHere(ctx context.Context, user api.User, username, password string) error {
	switch {
	case !sameName(username, user.Username):
		return ErrOthersOnline
	case user.Signs == "sso":
		return ErrSSOOnline
	}
	p, ok := d.proofOf(ctx, user.ID)
	age := d.Now().Sub(p.At)
	switch {
	case !ok, age > proofFor, age < -far:
		return ErrNoProof
	case p.Tries >= proofTries:
		return ErrOnlyOnline
	}
	p.Tries++
	d.putProof(ctx, user.ID, p) // counted first: ending the program in the middle gives no try for nothing
	right, err := argon2id.ComparePasswordAndHash(password, p.Hash)
	switch {
	case err != nil:
		return ErrNoProof
	case !right && p.Tries >= proofTries:
		return ErrOnlyOnline
	case !right:
		return ErrWrongHere
	}
	p.Tries = 0
	d.putProof(ctx, user.ID, p)
	return nil
}
