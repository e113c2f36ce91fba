package app

// What may change here: how a person with several positions chooses one.

import (
	"context"
	"time"

	"cmc/api"
)

// A waiting is somebody who has signed in and not yet chosen a position.
type waiting struct {
	client     *api.Client
	keep       bool
	keyTrouble error
}

// admit makes a person the one at this desk, or has them choose a position first.
func (d *Desk) admit(ctx context.Context, client *api.Client, user api.User, keep bool, keyTrouble error) SignIn {
	d.mu.Lock()
	if user.Position == "" && len(user.Positions) > 1 {
		d.waiting = &waiting{client, keep, keyTrouble}
		d.mu.Unlock()
		d.Used()
		return SignIn{User: user, Choose: true}
	}
	d.waiting = nil
	d.mu.Unlock()
	return d.enter(ctx, client, user, keep, keyTrouble)
}

// ChoosePosition puts the person into one of their positions: after a sign-in with SignIn.Choose, or while they are signed in, which
// sends what is unsent first. What they may do is that position's from now on.
func (d *Desk) ChoosePosition(ctx context.Context, id string) (SignIn, error) {
	d.mu.Lock()
	first, now := d.waiting, d.now
	d.mu.Unlock()
	switch {
	case first != nil:
		user, err := first.client.ChoosePosition(ctx, id)
		if err != nil {
			return SignIn{}, err
		}
		return d.admit(context.WithoutCancel(ctx), first.client, *user, first.keep, first.keyTrouble), nil
	case now == nil:
		return SignIn{}, ErrSignedOut
	}
	flushing, cancel := context.WithTimeout(ctx, 5*time.Second)
	d.leave(flushing, false)
	cancel()
	user, err := now.client.ChoosePosition(ctx, id)
	if err != nil {
		user = &now.user // as before
	}
	in := d.enter(context.WithoutCancel(ctx), now.client, *user, false, nil)
	in.Notice = "" // what there is to say about this computer was said
	if err != nil {
		d.noteFailure(now.client, err)
	}
	return in, err
}
