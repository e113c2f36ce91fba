package app

// What may change here: when a desk is locked, and how a person proves that it is theirs again. What the window shows meanwhile
// is package ui's.

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"cmc/api"
	"cmc/app/drafts"
)

// locking is what a Desk knows of its lock.
type locking struct {
	turn    sync.Mutex           // held while the desk is put away or opened again, and while a proof is tried; taken before Desk.mu
	on      bool                 // Desk.mu
	minutes int                  // as the service said; Desk.mu
	used    time.Time            // when somebody sat here last, by this computer's clock; zero: it is locked, or nobody did; Desk.mu
	proofs  map[string]proof     // by user id; turn
	missed  map[string]api.Event // by plan id: what came while it was locked, the newest of each; Desk.mu
}

// Unlocked is what came of proving who sits at a locked desk.
type Unlocked struct {
	SignIn
	Same bool // it is the person who was here: their open editors go on. Else somebody new is signed in
	Here bool // there was no connection: it was proved on this computer alone, and SignIn holds nobody new
}

// Why a locked desk was not opened without a connection. Each has its words in Explain.
var (
	ErrOthersOnline = errors.New("without a connection only the person who locked this desk can open it")
	ErrSSOOnline    = errors.New("single sign-on needs a connection")
	ErrNoProof      = errors.New("this computer cannot tell without the service who somebody is")
	ErrWrongHere    = errors.New("the password is not the one that was used here last")
	ErrOnlyOnline   = errors.New("too many wrong passwords without a connection")
)

// LockAfter is after how long without a key or the pointer the window locks: what the organisation of who is signed in says, else
// what the service says, within 1 to 15 minutes, else five; sooner where an administrator of this computer wants it. It is never off.
func (d *Desk) LockAfter() time.Duration {
	d.mu.Lock()
	defer d.mu.Unlock()
	minutes := d.lock.minutes
	if d.now != nil && d.now.user.LockMinutes != 0 {
		minutes = d.now.user.LockMinutes
	}
	after := lockAfter(minutes)
	if here := d.p.Preset.LockMinutes; here != 0 {
		after = min(after, lockAfter(here))
	}
	return after
}

func lockAfter(minutes int) time.Duration {
	if minutes < api.LeastLock || minutes > api.MostLock {
		minutes = api.UsualLock
	}
	return time.Duration(minutes) * time.Minute
}

// waitLocked is how long a locked desk asks the service before this computer decides by itself: somebody stands there and waits.
const waitLocked = 10 * time.Second

// usedEvery is how often it is written down that somebody sits here.
const usedEvery = 30 * time.Second

// Used notes that somebody sits here. It never blocks: the file is written by and by.
func (d *Desk) Used() {
	now := d.p.Now().Round(0)
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.lock.on || d.now == nil && d.waiting == nil || now.Sub(d.lock.used).Abs() < usedEvery {
		return
	}
	d.lock.used = now
	d.writing.Do("settings", func() {
		if err := d.writeSettings(); err != nil {
			d.p.Log.Warn("when this desk was used was not kept", "err", err)
		}
	})
}

// leftLocked says whether the desk was locked when the program ended, or nobody ever sat here.
func (d *Desk) leftLocked() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.lock.used.IsZero()
}

// Lock notes that nobody may be at the desk; SealUp does the rest. It never blocks.
func (d *Desk) Lock() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lock.on = true
	d.lock.used = time.Time{} // a program that is started again asks too
}

// Locked says whether the desk is locked.
func (d *Desk) Locked() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.lock.on
}

// SealUp takes what a locked desk does not need off this computer: pages that wait for a printer, and the token of a session
// that was to be kept, so that starting the program again opens nothing. What is being written is kept.
func (d *Desk) SealUp(ctx context.Context) {
	d.lock.turn.Lock()
	defer d.lock.turn.Unlock()
	d.mu.Lock()
	now, on := d.now, d.lock.on
	var editors []*drafts.Editor
	if now != nil {
		for _, editor := range now.held.editors {
			editors = append(editors, editor)
		}
	}
	d.mu.Unlock()
	if !on {
		return
	}
	if err := d.writeSettings(); err != nil {
		d.p.Log.Warn("that this desk is locked was not kept", "err", err)
	}
	if now != nil && now.keep {
		if err := d.keys.Delete(ctx, d.tokenName()); err != nil {
			d.p.Log.Warn("the token of a locked desk is still in the keychain", "err", err)
		}
	}
	d.closeJobs()
	for _, editor := range editors {
		_ = editor.Flush(ctx)
	}
}

// Unlock opens a locked desk with a password. The person who was here goes on; somebody else is signed in, and sees nothing of
// the first one, whose words are kept under their own name. Without a connection the person who was here proves it on this
// computer (see proof).
func (d *Desk) Unlock(ctx context.Context, username, password string) (Unlocked, error) {
	d.lock.turn.Lock()
	defer d.lock.turn.Unlock()
	asking, cancel := context.WithTimeout(ctx, waitLocked)
	defer cancel()
	client, got, err := d.present(asking, username, password)
	if api.IsUnreachable(err) || asking.Err() != nil && ctx.Err() == nil && err != nil {
		d.mu.Lock()
		now := d.now
		d.mu.Unlock()
		if now == nil {
			return Unlocked{}, err
		}
		switch ended := d.Ended(); { // the service said so before it was gone
		case api.IsCode(ended, api.CodeErase):
			return Unlocked{}, ended
		case ended != nil: // it ran out, or the account was closed: only the service knows
			return Unlocked{}, ErrNoProof
		}
		if err := d.proveHere(ctx, now.user, username, password); err != nil {
			return Unlocked{}, err
		}
		return d.goOn(ctx, now), nil
	}
	if err != nil {
		return Unlocked{}, err
	}
	return d.opened(context.WithoutCancel(ctx), client, got), nil
}

// UnlockSSO opens a locked desk at the identity provider, which asks the person again.
func (d *Desk) UnlockSSO(ctx context.Context) (Unlocked, error) {
	d.lock.turn.Lock()
	defer d.lock.turn.Unlock()
	client, got, err := d.presentSSO(ctx, true)
	if err != nil {
		return Unlocked{}, err
	}
	return d.opened(context.WithoutCancel(ctx), client, got), nil
}

// goOn opens the desk for the session that is there.
func (d *Desk) goOn(ctx context.Context, now *session) Unlocked {
	d.mu.Lock()
	d.lock.on = false
	d.openNews(d.now == now)
	d.mu.Unlock()
	d.Used()
	if now.keep {
		if err := d.keys.Set(ctx, d.tokenName(), now.client.Token()); err != nil {
			d.p.Log.Warn("the session is not kept for the next start", "err", err)
		}
	}
	return Unlocked{SignIn: SignIn{User: now.user}, Same: true, Here: true}
}

// opened lets the person in whom the service knows.
func (d *Desk) opened(ctx context.Context, client *api.Client, got *api.Session) Unlocked {
	d.mu.Lock()
	was := d.now
	d.mu.Unlock()
	same, keep := was != nil && was.user.ID == got.User.ID, false
	if same && was.user.Position != "" && got.User.Position != was.user.Position {
		if user, err := client.ChoosePosition(ctx, was.user.Position); err == nil {
			got.User = *user
		} else {
			same = false // the position is no longer theirs: nothing of it may stay on the screen
		}
	}
	if same {
		keep = was.keep
	} else if was != nil {
		leaving, cancel := context.WithTimeout(ctx, 5*time.Second)
		d.leave(leaving, false)
		cancel()
	}
	in := d.arrive(ctx, client, got, keep)
	d.mu.Lock()
	d.lock.on = false
	d.mu.Unlock()
	if was != nil {
		d.tasks.Go(func() { // the session of before has done its work
			ctx, cancel := context.WithTimeout(d.ctx, 10*time.Second)
			defer cancel()
			_ = was.client.SignOut(ctx)
		})
	}
	return Unlocked{SignIn: in, Same: same && !in.Choose}
}

// sameName says whether two user names are one, as the service reads them.
func sameName(a, b string) bool {
	return strings.EqualFold(strings.TrimSpace(a), strings.TrimSpace(b))
}
