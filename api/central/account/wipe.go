package account

// What may change here: what makes a computer erase the plans that it keeps to be read offline.

import (
	"context"
	"errors"
	"time"

	"cmc/api/central/audit"
	"cmc/api/central/store"
)

// Why a computer is told to erase what it keeps to be read offline.
const (
	SignedOut = "signed-out" // the person left, there or at the identity provider
	Closed    = "closed"     // the account, the position or the session was taken away, or the password changed
	Wiped     = "wiped"      // an administrator asked for it
)

// GiveBundle notes in tx which plans a session was given to be read offline, and until when.
func (b *Book) GiveBundle(tx store.Tx, holder *Holder, pages []byte, until time.Time) error {
	return tx.PutBundle(&store.Bundle{TokenHash: holder.TokenHash, UserID: holder.User.ID, PositionID: holder.User.PositionID, GivenAt: b.Now(),
		Until: until, Pages: pages})
}

// Erases says whether the computer that comes with the token of a session that has ended must erase what it keeps to be read
// offline, and notes that it was told so. A session that only ran out leaves what its computer keeps to its own limit.
func (b *Book) Erases(ctx context.Context, token string) (bool, error) {
	if token == "" {
		return false, nil
	}
	hash := TokenHash(token)
	var kept *store.Bundle
	erase := false
	err := b.Store.Once(ctx, func(tx store.Tx) (err error) {
		if kept, err = tx.Bundle(hash); err != nil {
			return err
		}
		erase = kept.Erase != ""
		if erase {
			return nil
		}
		user, err := tx.User(kept.UserID)
		if err == nil {
			erase = user.Disabled
		}
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil || !erase || !kept.ToldAt.IsZero() {
		return erase, err
	}
	return true, b.Store.Write(ctx, func(tx store.Tx) error { return tx.ToldToErase(hash, b.Now()) })
}

// A Wipe is what was asked of the computers of a person.
type Wipe struct {
	Computers int // that keep plans to be read offline now, and will erase them at their next contact
}

// Wipe ends every session of a person, forgets their computers, and has each that keeps plans to be read offline erase them at its
// next contact with the service. The account stays open. by is the audit line of who asks, begun; reason is kept in it.
func (b *Book) Wipe(ctx context.Context, username, reason string, by *audit.Event) (*Wipe, error) {
	out := &Wipe{}
	err := b.Store.Write(ctx, func(tx store.Tx) error {
		user, err := tx.UserNamed(Username(username))
		if err != nil {
			return err
		}
		kept, err := tx.BundlesOf(user.ID)
		if err != nil {
			return err
		}
		for _, one := range kept {
			if one.ToldAt.IsZero() && one.Until.After(b.Now()) {
				out.Computers++
			}
		}
		by.Action, by.What, by.Reason = audit.Wipe, user.Username, reason
		return errors.Join(b.endAll(tx, user.ID), tx.EraseBundlesOf(user.ID, Wiped), tx.DropDevices(user.ID), tx.Audit(by))
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// WipeByHand is Wipe by a command on the server itself.
func (b *Book) WipeByHand(ctx context.Context, username, reason string) (*Wipe, error) {
	return b.Wipe(ctx, username, reason, b.byHand("", ""))
}

// Bundles lists what the computers of a person keep to be read offline, or kept lately, the newest first.
func (b *Book) Bundles(ctx context.Context, username string) (kept []store.Bundle, err error) {
	err = b.Store.Read(ctx, func(tx store.Tx) error {
		user, err := tx.UserNamed(Username(username))
		if err != nil {
			return err
		}
		kept, err = tx.BundlesOf(user.ID)
		return err
	})
	return kept, err
}
