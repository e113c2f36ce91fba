package app

// What may change here: who is signed in, where the token and the key are, and what another person may never see.

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"runtime"
	"strings"
	"sync"
	"time"

	"cmc/api"
	"cmc/app/drafts"
	"cmc/app/kept"
	"cmc/app/keychain"
	"cmc/app/outbox"
)

// SignIn is what happened when a person signed in.
type SignIn struct {
	User    api.User
	Choose  bool   // the person holds several positions: ChoosePosition comes first
	Offline bool   // the service could not be reached: what is kept on this computer can be read
	Notice  string // a sentence about this computer: "This computer's keychain is locked, so you will sign in each time."; or ""
}

// ErrSignedOut says that nobody is signed in.
var ErrSignedOut = &api.Problem{Type: api.TypeOf(api.CodeUnauthenticated), Status: 401, Title: "You are not signed in."}

// A session is one person signed in, with a client of their own: nothing is ever sent with another person's token.
type session struct {
	client  *api.Client
	user    api.User
	held    *held
	expired bool
	ended   error              // why, with expired
	keep    bool               // its token is in the keychain, while the desk is not locked
	stop    context.CancelFunc // of the events
}

// held is what this process holds for one person of one service, whoever is signed in now: open editors and the store.
type held struct {
	key     string
	editors map[string]*drafts.Editor // by plan id
	latest  map[string]*api.Plan      // by plan id: as an editor that has ended saw it last
	store   *drafts.Store             // nil: nothing can be kept on this computer
	noStore string                    // why
	box     *outbox.Box               // what waits to be sent; nil with store
	known   map[string]api.Patient    // by id: people whom the service has shown
	alias   map[string]string         // plans that were begun here: the id that each has at the service now
	atOnce  map[string]bool           // plans begun here that startPlan is starting itself just now
	news    map[string]*unread        // by plan id: what is known by news alone
	stuck   map[string]error          // by plan id: why words for a plan that is not open cannot go, for good
	saved   time.Time                 // when the service last took something of this person
	stalled bool                      // the last try of sending what waits failed for want of the service
	wake    chan struct{}             // something new waits
}

// SignIn signs a person in. With keep, the token goes into the computer's keychain, so that the next start can Resume. If
// the same person was signed in before and the session had ended, their open editors go on; another person sees nothing
// of them.
func (d *Desk) SignIn(ctx context.Context, username, password string, keep bool) (SignIn, error) {
	client, got, err := d.present(ctx, username, password)
	if err != nil && client != nil {
		return d.signInOffline(ctx, client, username, password, err)
	}
	if err != nil {
		return SignIn{}, err
	}
	return d.arrive(context.WithoutCancel(ctx), client, got, keep), nil // signed in now: what follows is short, and done to its end
}

// present has a person prove with their password who they are, and gives the session that the service began for it.
func (d *Desk) present(ctx context.Context, username, password string) (*api.Client, *api.Session, error) {
	client, err := d.newClient(d.Address())
	if err != nil {
		return nil, nil, err
	}
	asked := d.p.Now()
	info, err := client.Service(ctx)
	if err != nil {
		return client, nil, err
	}
	d.learn(info, asked)
	if err := d.tooOld(info); err != nil {
		return nil, nil, err
	}
	pass, can := d.devicePass(ctx, username)
	got, err := client.SignIn(ctx, api.Credentials{Username: username, Password: password, Device: pass, NewDevice: can})
	if err != nil {
		return nil, nil, err
	}
	ctx = context.WithoutCancel(ctx)
	if got.Device != "" {
		if err := d.keys.Set(ctx, d.deviceName(username), got.Device); err != nil {
			d.p.Log.Warn("this computer will not be known at the next sign-in", "err", err)
		}
	}
	d.tasks.Go(func() { d.keepProof(ctx, got.User, password) })
	return client, got, nil
}

// devicePass is the pass by which the service knows this computer, so that a stranger's wrong guesses do not lock its people out,
// and whether this computer can keep one. Training has none.
func (d *Desk) devicePass(ctx context.Context, username string) (pass string, can bool) {
	if d.place() == "training" {
		return "", false
	}
	pass, err := d.keys.Get(ctx, d.deviceName(username))
	return pass, err == nil || errors.Is(err, keychain.ErrNotFound)
}

// arrive keeps or forgets the token of a new session, and lets the person in.
func (d *Desk) arrive(ctx context.Context, client *api.Client, got *api.Session, keep bool) SignIn {
	var trouble error
	if keep {
		trouble = d.keys.Set(ctx, d.tokenName(), got.Token)
	} else {
		trouble = d.keys.Delete(ctx, d.tokenName())
	}
	return d.admit(ctx, client, got.User, keep, trouble)
}

// Resume goes on with the session that was kept in the keychain. false without an error: there is none, or it has ended,
// and the person signs in. An error says that it may be there and could not be tried (no connection), or what was erased here
// because it was taken away. Without a connection it goes on when plans to be read offline are kept for it: SignIn.Offline.
//
// A desk that was locked when the program ended asks who is there, even when its token could not be taken out of the keychain.
func (d *Desk) Resume(ctx context.Context) (SignIn, bool, error) {
	if d.leftLocked() {
		_ = d.keys.Delete(ctx, d.tokenName())
		return SignIn{}, false, nil
	}
	token, err := d.keys.Get(ctx, d.tokenName())
	if err != nil {
		if ctx.Err() != nil {
			return SignIn{}, false, ctx.Err()
		}
		return SignIn{}, false, nil // nothing kept, or no keychain: the person signs in, and is told why then
	}
	client, err := d.newClient(d.Address())
	if err != nil {
		return SignIn{}, false, err
	}
	client.SetToken(token)
	user, err := client.Me(ctx)
	if api.IsSignedOut(err) {
		_ = d.keys.Delete(ctx, d.tokenName())
		return SignIn{}, false, d.obeyErase(err)
	}
	if err != nil {
		return d.resumeOffline(ctx, client, err)
	}
	asked := d.p.Now()
	if info, err := client.Service(ctx); err == nil {
		d.learn(info, asked)
		if err := d.tooOld(info); err != nil { // the token stays for the newer version
			return SignIn{}, false, err
		}
	}
	return d.admit(context.WithoutCancel(ctx), client, *user, true, nil), true, nil
}

// SignOut sends what is unsent, ends the session at the service and forgets the token. Words that could not be sent stay
// for this person alone: on this computer, or in this process where nothing can be kept. The person is signed out here
// even when the service cannot be told; the error then says so.
func (d *Desk) SignOut(ctx context.Context) error {
	d.mu.Lock()
	was, first := d.now, d.waiting
	d.waiting = nil
	d.mu.Unlock()
	if was == nil && first != nil {
		_ = d.keys.Delete(ctx, d.tokenName())
		return first.client.SignOut(ctx)
	}
	if was == nil {
		return nil
	}
	flushing, cancel := context.WithTimeout(ctx, 5*time.Second)
	d.leave(flushing, false)
	cancel()
	keyErr := d.keys.Delete(ctx, d.tokenName())
	d.closeJobs()
	err := was.client.SignOut(ctx)
	if keyErr != nil && !errors.Is(keyErr, keychain.ErrMissing) && err == nil {
		err = keyErr
	}
	return err
}

// User is who is signed in, or the zero User.
func (d *Desk) User() api.User {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.now == nil {
		return api.User{}
	}
	return d.now.user
}

// enter makes a person the one at this desk.
func (d *Desk) enter(ctx context.Context, client *api.Client, user api.User, keep bool, keyTrouble error) SignIn {
	key := d.storeName(user.ID)
	d.mu.Lock()
	before := d.now
	h := d.desks[key]
	if h == nil {
		h = &held{key: key, editors: map[string]*drafts.Editor{}, latest: map[string]*api.Plan{}, known: map[string]api.Patient{},
			alias: map[string]string{}, atOnce: map[string]bool{}, stuck: map[string]error{}, news: map[string]*unread{}, wake: make(chan struct{}, 1)}
		d.desks[key] = h
	}
	needStore := h.store == nil
	d.mu.Unlock()
	if before != nil && before.held != h {
		leaving, cancel := context.WithTimeout(ctx, 5*time.Second)
		d.leave(leaving, false)
		cancel()
	} else if before != nil {
		before.stop()
	}
	var storeTrouble error
	if needStore {
		var store *drafts.Store
		store, storeTrouble = d.openStore(ctx, key)
		d.mu.Lock()
		why := ""
		if storeTrouble != nil {
			why = whyNoStore(storeTrouble)
		}
		h.useStore(d, store, why)
		d.mu.Unlock()
	}
	listening, stop := context.WithCancel(d.ctx)
	now := &session{client: client, user: user, held: h, keep: keep || before != nil && before.client == client && before.keep, stop: stop}
	d.mu.Lock()
	d.now = now
	d.lock.on = false
	d.openNews(before != nil && before.held == h)
	editors := make([]*drafts.Editor, 0, len(h.editors))
	for _, editor := range h.editors {
		editors = append(editors, editor)
	}
	d.mu.Unlock()
	for _, editor := range editors {
		editor.Retry()
	}
	d.Used()
	d.tasks.Go(func() { d.listen(listening, now) })
	d.tasks.Go(func() { d.sendWaiting(listening, now) })
	d.tasks.Go(func() { d.carryBundle(listening, now) })
	if errors.Is(storeTrouble, kept.ErrInUse) {
		d.tasks.Go(func() { d.awaitStore(listening, now) })
	}
	return SignIn{User: user, Notice: paragraphs(notice(keep, keyTrouble, storeTrouble), d.storeNotice(h, storeTrouble), d.clockNotice())}
}

// leave ends the present session here. Editors keep and send what they can within ctx; those whose words are nowhere else
// stay in this process for the same person.
func (d *Desk) leave(ctx context.Context, closing bool) {
	d.mu.Lock()
	now := d.now
	var editors []*drafts.Editor
	if now != nil {
		for _, editor := range now.held.editors {
			editors = append(editors, editor)
		}
	}
	if closing {
		for _, h := range d.desks {
			if now == nil || h != now.held {
				for _, editor := range h.editors {
					editors = append(editors, editor)
				}
			}
		}
	}
	d.mu.Unlock()
	var wait sync.WaitGroup
	for _, editor := range editors {
		wait.Go(func() { _ = editor.End(ctx) })
	}
	wait.Wait()
	d.mu.Lock()
	if d.now == now {
		d.now = nil
	}
	if now != nil {
		clear(now.held.known)
	}
	var stores []*drafts.Store
	for key, h := range d.desks {
		if h.store != nil && (closing || (now != nil && h == now.held && len(h.editors) == 0)) {
			stores = append(stores, h.store)
			h.store, h.box = nil, nil
		}
		if len(h.editors) == 0 && h.store == nil {
			delete(d.desks, key)
		}
	}
	d.mu.Unlock()
	if now != nil {
		now.stop()
		d.endOffline(now.held.key, closing)
	}
	for _, store := range stores {
		if err := store.Close(); err != nil {
			d.p.Log.Warn("the local store did not close", "err", err)
		}
	}
}

// client is the client of who is signed in.
func (d *Desk) client() (*api.Client, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.now == nil {
		return nil, ErrSignedOut
	}
	return d.now.client, nil
}

// noteFailure remembers that a session has ended.
func (d *Desk) noteFailure(client *api.Client, err error) {
	if !api.IsSignedOut(err) {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.now == nil || d.now.client != client {
		return
	}
	if api.IsCode(err, api.CodeErase) {
		d.now.ended = err
		key := d.now.held.key
		d.tasks.Go(func() { _ = d.obeyErase(err, key) })
	}
	if !d.now.expired {
		d.now.expired, d.now.ended = true, err
		go d.moved()
	}
}

// noteSuccess has what waits tried at once, where it waits for the service to be reached again.
func (d *Desk) noteSuccess(client *api.Client) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.now != nil && d.now.client == client && d.now.held.stalled {
		d.now.held.stalled = false
		d.push(d.now.held)
	}
}

// Expired says that the session has ended and the same person must sign in again; their words stay.
func (d *Desk) Expired() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.now != nil && d.now.expired
}

// Ended is why the session has ended, for Explain: it ran out, or it was taken away and what was kept here was erased. nil: it stands.
func (d *Desk) Ended() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.now == nil || !d.now.expired {
		return nil
	}
	return d.now.ended
}

// sender gives the way for one person's editors to send: only while that same person is signed in.
func (d *Desk) sender(key string) drafts.Send {
	return func(ctx context.Context, planID string, patch []byte, etag, idemKey string) (*api.Plan, error) {
		d.mu.Lock()
		now := d.now
		d.mu.Unlock()
		if now == nil || now.held.key != key {
			return nil, ErrSignedOut
		}
		if outbox.IsHere(planID) {
			return d.begin(ctx, now, planID)
		}
		plan, err := now.client.PatchDraft(ctx, planID, patch, etag, idemKey)
		if err != nil {
			d.noteFailure(now.client, err)
			return nil, err
		}
		d.noteSaved(now.held)
		return plan, nil
	}
}

// place is a name for the service that settings, keys and files are filed under: its address, or "training".
func (d *Desk) place() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.hosted != nil {
		return "training"
	}
	return d.settings.Address
}

// opaque makes a name that says nothing to who reads it.
func opaque(parts ...string) string {
	sum := sha256.New()
	for _, part := range parts {
		sum.Write([]byte(part))
		sum.Write([]byte{0})
	}
	return hex.EncodeToString(sum.Sum(nil)[:16])
}

func (d *Desk) tokenName() string { return "session " + opaque(d.place()) }
func (d *Desk) deviceName(username string) string {
	return "device " + opaque(d.place(), strings.ToLower(strings.TrimSpace(username)))
}
func (d *Desk) storeName(userID string) string { return opaque(d.place(), userID) }
func storeKeyName(store string) string         { return "store " + store }

// whyNoStore goes after "this computer cannot keep it: ".
func whyNoStore(err error) string {
	switch {
	case errors.Is(err, keychain.ErrSlow):
		return "its keychain does not answer"
	case errors.Is(err, keychain.ErrLocked):
		return "its keychain is locked"
	case errors.Is(err, keychain.ErrMissing):
		return "it has no keychain"
	case errors.Is(err, keychain.ErrRefused), errors.Is(err, keychain.ErrTooBig):
		return "its keychain refused"
	case errors.Is(err, drafts.ErrWrongKey):
		return "the key in its keychain does not fit"
	}
	return drafts.WhyNotKept(err)
}

// notice is what to tell the person about this computer.
func notice(keep bool, keyTrouble, storeTrouble error) string {
	trouble := keyTrouble
	if trouble == nil || !keep {
		trouble = storeTrouble
	}
	if trouble == nil {
		return ""
	}
	var begin, way string
	switch {
	case errors.Is(trouble, keychain.ErrSlow):
		begin, way = "This computer's keychain does not answer", "It may be waiting for its password behind another window: unlock it, then sign in again."
	case errors.Is(trouble, keychain.ErrLocked):
		begin, way = "This computer's keychain is locked", "Unlock it, then sign in again."
	case errors.Is(trouble, keychain.ErrMissing):
		begin, way = "This computer has no keychain that this program can use", "Ask your help desk to set one up."
		if runtime.GOOS == "linux" {
			begin += " (a Secret Service, such as GNOME Keyring)"
		}
	case errors.Is(trouble, keychain.ErrRefused), errors.Is(trouble, keychain.ErrTooBig):
		begin, way = "This computer's keychain refused", "Tell your help desk if it goes on."
	case errors.Is(trouble, kept.ErrInUse):
		return "This program is open twice. Unsent words are kept by the other window, and cannot be kept by this one until that is closed. Go on there, or close it and wait for \"Saved centrally\" here."
	default:
		return "Unsent words cannot be kept on this computer: " + whyNoStore(trouble) + ". Wait for \"Saved centrally\" before you close the window."
	}
	words := begin + ", so you will sign in each time."
	if storeTrouble != nil {
		words += " Until words are sent, they are only in this window."
	}
	return words + " " + way
}
