package account

// What may change here: which positions a person holds, how they choose one, and what ends with one.

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"

	"cmc/api"
	"cmc/api/central/access"
	"cmc/api/central/audit"
	"cmc/api/central/store"
)

// A Post is a position with the organisation that it is at.
type Post struct {
	store.Position
	Org store.Organisation
}

// Posts are the positions that a person holds now, the oldest first.
func (b *Book) Posts(ctx context.Context, userID string) (posts []Post, err error) {
	err = b.Store.Read(ctx, func(tx store.Tx) error {
		open, err := openPositions(tx, userID)
		if err != nil {
			return err
		}
		for _, one := range open {
			org, err := tx.Organisation(one.ODS)
			if err != nil {
				return err
			}
			posts = append(posts, Post{Position: one, Org: *org})
		}
		return nil
	})
	return posts, err
}

func openPositions(tx store.Tx, userID string) ([]store.Position, error) {
	all, err := tx.Positions(userID)
	return slices.DeleteFunc(all, func(p store.Position) bool { return p.Disabled }), err
}

// take puts the holder into one of the positions.
func (h *Holder) take(tx store.Tx, open []store.Position, id string) error {
	i := slices.IndexFunc(open, func(p store.Position) bool { return p.ID == id })
	if i < 0 {
		return ErrPosition
	}
	p := open[i]
	org, err := tx.Organisation(p.ODS)
	if err != nil {
		return err
	}
	h.User.PositionID, h.User.Role, h.User.RoleTitle, h.User.RegNumber, h.User.ODS = p.ID, p.Role, p.RoleTitle, p.RegNumber, p.ODS
	h.Org = *org
	return nil
}

// Choose puts a session into another position of the same person. From the next request on, what they may do is that
// position's. It refuses with ErrPosition.
func (b *Book) Choose(ctx context.Context, holder *Holder, positionID string) (*Holder, error) {
	next := *holder
	err := b.Store.Write(ctx, func(tx store.Tx) error {
		open, err := openPositions(tx, holder.User.ID)
		if err != nil {
			return err
		}
		if err := next.take(tx, open, positionID); err != nil {
			return err
		}
		line := next.Line(b.Now(), audit.Position)
		if holder.Chosen() {
			line.What = "before: " + holder.User.Role + " at " + holder.User.ODS
		}
		return errors.Join(tx.PlaceSession(holder.TokenHash, positionID), b.ending(tx, holder.User.ID), tx.Audit(line))
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil, ErrSession
	}
	if err != nil {
		return nil, err
	}
	return &next, nil
}

// A NewPosition is a position to be given or ended by hand.
type NewPosition struct {
	Username, RoleTitle, RegNumber, ODS string
	Role                                api.Role
}

// AddPosition gives a person a position, again or for the first time, or changes the title and number of one that they hold.
func (b *Book) AddPosition(ctx context.Context, n NewPosition) error {
	if !access.Known(n.Role) {
		return ErrRole
	}
	return b.Store.Write(ctx, func(tx store.Tx) error {
		user, err := tx.UserNamed(Username(n.Username))
		if err != nil {
			return err
		}
		if _, err := tx.Organisation(n.ODS); err != nil {
			return err
		}
		p := &store.Position{ID: uuid.NewString(), UserID: user.ID, Role: string(n.Role), RoleTitle: n.RoleTitle, RegNumber: n.RegNumber,
			ODS: n.ODS, CreatedAt: b.Now()}
		open, err := openPositions(tx, user.ID)
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(open, func(o store.Position) bool { return o.Role == p.Role && o.ODS == p.ODS }); i >= 0 {
			p.Source = open[i].Source // the identity provider's stays the identity provider's; what is added is the number
		}
		return errors.Join(tx.PutPosition(p), tx.Audit(b.byHand("position add "+p.Role+" at "+p.ODS, user.Username)))
	})
}

// RemovePosition ends a position and every session in it. The position stays on record.
func (b *Book) RemovePosition(ctx context.Context, username string, role api.Role, ods string) error {
	return b.Store.Write(ctx, func(tx store.Tx) error {
		user, err := tx.UserNamed(Username(username))
		if err != nil {
			return err
		}
		open, err := openPositions(tx, user.ID)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(open, func(p store.Position) bool { return p.Role == string(role) && p.ODS == ods })
		if i < 0 {
			return ErrPosition
		}
		open[i].Source, open[i].Disabled = "", true // the identity provider does not open again what was ended by hand
		return errors.Join(tx.PutPosition(&open[i]), b.endPosition(tx, &open[i]), tx.Audit(b.byHand("position remove "+string(role)+" at "+ods, user.Username)))
	})
}

func (b *Book) endPosition(tx store.Tx, p *store.Position) error {
	return errors.Join(tx.SetPositionDisabled(p.ID, true), tx.EndSessionsIn(p.ID), tx.EraseBundlesIn(p.ID, Closed), b.ending(tx, p.UserID))
}

// endAll ends every session of a person, and has their computers erase what they keep to be read offline.
func (b *Book) endAll(tx store.Tx, userID string) error {
	return errors.Join(tx.EndSessionsOf(userID), tx.EraseBundlesOf(userID, Closed), b.ending(tx, userID))
}

// ending notes that rights or sessions of a person were taken away, so that every copy of the service looks again at the lines
// of events that it holds open for them.
func (b *Book) ending(tx store.Tx, userID string) error {
	return tx.AddEnding(uuid.NewString(), userID, b.Now())
}

// endingsFor is how far back Ended looks. Copies of the service whose clocks differ by less see every ending.
const endingsFor = 30 * time.Second

// Ended are the people whose sessions or rights were taken away lately, on whichever copy of the service.
func (b *Book) Ended(ctx context.Context) (userIDs []string, err error) {
	err = b.Store.Once(ctx, func(tx store.Tx) error {
		userIDs, err = tx.EndingsSince(b.Now().Add(-endingsFor))
		return err
	})
	return userIDs, err
}
