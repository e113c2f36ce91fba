package app

// What may change here: how the plans that a person may read without a connection come to this computer, when they are shown, and
// when they are erased. What is kept, and until when, is package bundle's; whose they are is the service's.

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"cmc/api"
	"cmc/app/bundle"
	"cmc/app/keychain"
	"cmc/app/outbox"
	"cmc/app/platform"
	"cmc/app/printing"
	"cmc/forms"
	"cmc/forms/summary"
)

// A Proof proves without the service that the person at the desk is this user: nil, or why they are not let in.
type Proof func(ctx context.Context, user api.User, password string) error

const (
	refreshEvery = 10 * time.Minute // how often the pages are fetched anew while nothing is heard
	tidyEvery    = time.Minute      // how often the time is noted, and what is past its limit erased
	firstNews    = 2 * time.Second  // how long the line of news may take before the pages are fetched without it
	forgottenFor = 25 * time.Hour   // no service gives pages for longer than a day

	// liveFor is how long a page on the screen counts as live after the service last answered: long enough that a line that is broken
	// for a moment, a service that starts again and one slow answer make no warning that people learn to overlook; short enough that
	// nobody acts for longer on a decision that was revoked meanwhile.
	liveFor = time.Minute
	// askAfter is how long the service may say nothing before it is asked whether it is there, while a page stands on the screen: two
	// questions fit into liveFor, so that one that is lost ages nothing.
	askAfter = 20 * time.Second
	// screenFor is how long a page may stand on the screen of somebody for whom no copy is kept here that says the limit: as long as
	// the service lets a copy be read.
	screenFor = 12 * time.Hour
)

// offline is what this desk holds of what is kept to be read offline: of one person at a time.
type offline struct {
	mu     sync.Mutex // never held while a disk, a network or the keychain is asked
	now    *session   // whose pages are being fetched; nil: nobody's
	ending bool       // the program closes: nobody comes after, and what is kept stays
	key    string     // of held: whose shelf it is
	shelf  *bundle.Shelf

	limit  time.Duration // for which a copy may be read; 0: not known
	heard  time.Time     // the last time at which the service was asked and answered
	news   time.Time     // the last time at which anything came on the line of events
	asking bool          // whether it is there
}

func (o *offline) of(key string) *bundle.Shelf {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.key != key {
		return nil
	}
	return o.shelf
}

// put makes a shelf the one in use.
func (o *offline) put(key string, shelf *bundle.Shelf) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.key, o.shelf = key, shelf
}

// take ends the use of a person's shelf and gives it; nil: it was not open.
func (o *offline) take(key string) *bundle.Shelf {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.key != key {
		return nil
	}
	shelf := o.shelf
	o.key, o.shelf, o.limit = "", nil, 0
	return shelf
}

// leave says that a person is no longer here: nothing more is kept for them.
func (o *offline) leave(key string, closing bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.ending = closing
	if o.now != nil && o.now.held.key == key {
		o.now = nil
	}
}

func pagesKeyName(key string) string { return "pages " + key }

// openShelf opens a person's shelf, and with make makes it and its key where there is none. Without make and without one it is
// bundle.ErrNone.
func (d *Desk) openShelf(ctx context.Context, key string, make bool) (*bundle.Shelf, error) {
	word, err := d.keys.Get(ctx, pagesKeyName(key))
	fresh := errors.Is(err, keychain.ErrNotFound)
	if err != nil && !fresh {
		return nil, err
	}
	if fresh && !make {
		return nil, bundle.ErrNone
	}
	if err := platform.PrivateDir(d.keptDir()); err != nil {
		return nil, err
	}
	secret, err := hex.DecodeString(word)
	if fresh || err != nil || len(secret) != bundle.KeyBytes {
		if err := bundle.Remove(filepath.Join(d.keptDir(), bundle.Prefix+key)); err != nil {
			return nil, err
		}
		secret = append([]byte(nil), randomBytes(bundle.KeyBytes)...)
		if err := d.keys.Set(ctx, pagesKeyName(key), hex.EncodeToString(secret)); err != nil {
			return nil, err
		}
	}
	return bundle.Open(filepath.Join(d.keptDir(), bundle.FileName(key, secret)), secret)
}

func randomBytes(n int) []byte {
	out := make([]byte, n)
	_, _ = rand.Read(out) // never fails since Go 1.24
	return out
}

// carryBundle keeps the pages of who is signed in as new as the service has them, until ctx ends. A person who has none loses what an
// earlier role of theirs left here.
func (d *Desk) carryBundle(ctx context.Context, now *session) {
	key := now.held.key
	if !slices.Contains(now.user.May, "offline") {
		d.eraseOffline(key)
		return
	}
	d.off.mu.Lock()
	if ctx.Err() != nil { // signed out meanwhile
		d.off.mu.Unlock()
		return
	}
	d.off.now = now
	d.off.mu.Unlock()
	heard := make(chan api.Event, 64)
	lost := make(chan struct{}, 1)
	defer d.subscribe(watcher{locked: true, hear: func(e api.Event) {
		select {
		case heard <- e:
		default: // more than can be looked at one by one
			select {
			case lost <- struct{}{}:
			default:
			}
		}
	}})()
	every := d.p.Refresh
	if every <= 0 {
		every = refreshEvery
	}
	whole, tidy, first := time.NewTicker(every), time.NewTicker(tidyEvery), time.NewTimer(firstNews)
	defer whole.Stop()
	defer tidy.Stop()
	defer first.Stop()
	missing := true // what is kept may not be what the service has
	fetch := func() { missing = d.fetchBundle(ctx, now) != nil }
	for {
		select {
		case <-ctx.Done():
			return
		case e := <-heard:
			if e.PlanID == "" {
				first.Stop()
				fetch()
			} else if d.fetchPage(ctx, now, e) != nil {
				missing = true
			}
		case <-lost:
			fetch()
		case <-first.C:
			fetch()
		case <-whole.C:
			fetch()
		case <-tidy.C:
			d.tidyOffline(key)
			if missing {
				fetch()
			}
		}
	}
}

// shelfFor is the shelf of a session, opened when it is not.
func (d *Desk) shelfFor(ctx context.Context, now *session) (*bundle.Shelf, error) {
	key := now.held.key
	if shelf := d.off.of(key); shelf != nil && !shelf.Ended() {
		return shelf, nil
	}
	shelf, err := d.openShelf(ctx, key, true)
	if err != nil {
		return nil, err
	}
	d.off.mu.Lock()
	mine, ending := d.off.now == now, d.off.ending
	if mine {
		d.off.key, d.off.shelf = key, shelf
	}
	d.off.mu.Unlock()
	switch {
	case mine:
		return shelf, nil
	case ending: // what is kept stays for the next start
		return nil, errors.Join(context.Canceled, shelf.Close())
	}
	return nil, errors.Join(context.Canceled, shelf.Erase()) // signed out meanwhile
}

// fetchBundle brings every page that the person may read offline, and tells the service what was read meanwhile.
func (d *Desk) fetchBundle(ctx context.Context, now *session) error {
	key := now.held.key
	here := d.p.Now() // before asking: the pages may be taken for older than they are, not for younger
	got, err := now.client.Bundle(ctx, "")
	if err != nil {
		d.noteFailure(now.client, err)
		if api.IsCode(err, api.CodeForbidden) || api.IsCode(err, api.CodePosition) {
			d.eraseOffline(key)
		}
		return err
	}
	if got.UserID != now.user.ID || got.Position != now.user.Position {
		return errors.New("the pages are for another position")
	}
	asked := d.p.Now()
	info, err := now.client.Service(ctx)
	if err != nil {
		return err
	}
	shelf, err := d.shelfFor(ctx, now)
	if err != nil {
		d.p.Log.Info("nothing can be kept here to be read offline", "err", err)
		return err
	}
	head := bundle.Head{User: now.user, Service: *info, Token: opaque("token", now.client.Token()), SessionUntil: got.SessionUntil, AsAt: got.AsAt,
		Ahead: got.AsAt.Sub(here.Round(0)), LeftOut: got.LeftOut}
	d.noteReader(now) // before the pages: whoever finds them at the next start knows whose they are
	if err := d.keptOrErased(key, shelf.Put(head, got.Pages)); err != nil {
		return err
	}
	d.learn(info, asked)
	d.tellReadings(ctx, now)
	return nil
}

// keptOrErased gives back what keeping said. Where a disk could not keep what is newer, nothing older stays; a shelf that was closed
// meanwhile keeps what it has.
func (d *Desk) keptOrErased(key string, err error) error {
	if err != nil && !errors.Is(err, bundle.ErrEnded) {
		d.p.Log.Warn("what was to be read offline could not be kept", "err", err)
		d.eraseOffline(key)
	}
	return err
}

// fetchPage brings one page after news about its plan. What can no longer be used is taken away before anything is asked.
func (d *Desk) fetchPage(ctx context.Context, now *session, e api.Event) error {
	shelf := d.off.of(now.held.key)
	if shelf == nil || shelf.Ended() {
		return d.fetchBundle(ctx, now)
	}
	keep := func(err error) error { return d.keptOrErased(now.held.key, err) }
	switch e.Status {
	case "withdrawn", "suspended", "deceased", "closed", "entered_in_error":
		if err := keep(shelf.PutOne(e.PlanID, nil)); err != nil {
			return err
		}
	default:
		if err := keep(shelf.Doubt(e.PlanID, d.Now())); err != nil {
			return err
		}
	}
	got, err := now.client.Bundle(ctx, e.PlanID)
	if err != nil {
		d.noteFailure(now.client, err)
		return err
	}
	if got.UserID != now.user.ID || got.Position != now.user.Position {
		return errors.New("the pages are for another position")
	}
	var page *api.BundlePage
	if len(got.Pages) == 1 {
		page = &got.Pages[0]
	}
	return keep(shelf.PutOne(e.PlanID, page))
}

// The names under which it is remembered whose pages are here, for the next start.
func (d *Desk) tokenReader() string { return opaque(d.place(), "token") }
func (d *Desk) nameReader(username string) string {
	return opaque(d.place(), "name", strings.ToLower(strings.TrimSpace(username)))
}

// noteReader remembers that the pages of who is signed in are here.
func (d *Desk) noteReader(now *session) {
	byToken, byName := d.tokenReader(), d.nameReader(now.user.Username)
	d.mu.Lock()
	same := d.readers[byToken] == now.held.key && d.readers[byName] == now.held.key
	d.readers[byToken], d.readers[byName] = now.held.key, now.held.key
	d.mu.Unlock()
	if !same {
		d.keepSettings()
	}
}

// readerOf is whose pages are here under a name; "" when nobody's are.
func (d *Desk) readerOf(name string) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.readers[name]
}

func (d *Desk) keepSettings() {
	d.writing.Do("settings", func() {
		if err := d.writeSettings(); err != nil {
			d.p.Log.Warn("the settings were not kept", "err", err)
		}
	})
}

// eraseOffline throws away the key of a person's pages, and then the pages.
func (d *Desk) eraseOffline(key string) {
	shelf := d.off.take(key)
	if shelf == nil && !d.hasPages(key) {
		return
	}
	if err := d.dropPagesKey(key); err != nil {
		d.p.Log.Warn("the key of what was kept to be read offline is still in the keychain", "err", err)
	}
	var err error
	if shelf != nil {
		err = shelf.Erase()
	}
	if err = errors.Join(err, bundle.Remove(filepath.Join(d.keptDir(), bundle.Prefix+key))); err != nil && !errors.Is(err, os.ErrNotExist) {
		d.p.Log.Warn("what was kept to be read offline is still on the disk, without its key", "err", err)
	}
	d.mu.Lock()
	before := len(d.readers)
	for name, whose := range d.readers {
		if whose == key {
			delete(d.readers, name)
		}
	}
	changed := len(d.readers) != before
	d.mu.Unlock()
	if changed {
		d.keepSettings()
	}
}

// hasPages says whether there is a file of a person's pages.
func (d *Desk) hasPages(key string) bool {
	entries, _ := os.ReadDir(d.keptDir())
	return slices.ContainsFunc(entries, func(e os.DirEntry) bool { return strings.HasPrefix(e.Name(), bundle.Prefix+key) })
}

// dropPagesKey throws the key of a person's pages away: what is left of them on the disk is noise then.
func (d *Desk) dropPagesKey(key string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(d.ctx), keychain.Limit)
	defer cancel()
	err := d.keys.Delete(ctx, pagesKeyName(key))
	if errors.Is(err, keychain.ErrMissing) {
		return nil
	}
	return err
}

// endOffline ends reading offline for a person who leaves: what is kept is erased, unless only the program closes.
func (d *Desk) endOffline(key string, closing bool) {
	d.off.leave(key, closing)
	if !closing {
		d.eraseOffline(key)
		return
	}
	if shelf := d.off.take(key); shelf != nil {
		if err := errors.Join(shelf.Tidy(d.Now()), shelf.Close()); err != nil && !errors.Is(err, bundle.ErrClock) {
			d.p.Log.Warn("what is kept to be read offline did not close", "err", err)
		}
	}
}

// tidyOffline notes the time, and erases what is past its limit.
func (d *Desk) tidyOffline(key string) {
	shelf := d.off.of(key)
	if shelf == nil || shelf.Ended() {
		return
	}
	err := shelf.Tidy(d.Now())
	if errors.Is(err, bundle.ErrOver) { // the shelf stays to say so; its file is gone, and now its key
		if err := d.dropPagesKey(key); err != nil {
			d.p.Log.Warn("the key of what was kept to be read offline is still in the keychain", "err", err)
		}
	}
	if err != nil && !errors.Is(err, bundle.ErrClock) && !errors.Is(err, bundle.ErrOver) && !errors.Is(err, bundle.ErrEnded) {
		d.p.Log.Warn("what is kept to be read offline could not be tidied", "err", err)
	}
}

// sweepOffline erases what people left here who never came back: nobody's pages outlive a day.
func (d *Desk) sweepOffline() {
	for {
		entries, _ := os.ReadDir(d.keptDir())
		for _, entry := range entries {
			name, isShelf := strings.CutPrefix(entry.Name(), bundle.Prefix)
			key, _, found := strings.Cut(name, "-")
			info, err := entry.Info()
			if !isShelf || !found || err != nil || d.p.Now().Sub(info.ModTime()) < forgottenFor || d.off.of(key) != nil {
				continue
			}
			d.eraseOffline(key)
		}
		select {
		case <-d.ctx.Done():
			return
		case <-time.After(time.Hour):
		}
	}
}

// obeyErase erases what is kept when the service says so, with the proof that opens a locked desk, and gives err back then; else nil. Words
// that were not sent stay: package drafts keeps them, sealed, until the same person signs in. keys are whose pages it is about, else those of
// the kept sign-in.
func (d *Desk) obeyErase(err error, keys ...string) error {
	if !api.IsCode(err, api.CodeErase) {
		return nil
	}
	if len(keys) == 0 {
		keys = []string{d.readerOf(d.tokenReader())}
	}
	for _, key := range keys {
		if key != "" {
			d.eraseOffline(key)
			d.dropProof(key)
		}
	}
	return err
}

// lineEnded finds out why the service ended the line of news, so that what it wants erased is erased at once, and screens ask again.
func (d *Desk) lineEnded(ctx context.Context, client *api.Client) {
	if ctx.Err() != nil {
		return
	}
	_, err := client.Me(ctx)
	if !api.IsSignedOut(err) || ctx.Err() != nil {
		return
	}
	d.noteFailure(client, err)
	d.spread(api.Event{Kind: "worklists"})
}

// IsAway says whether err means that the service cannot be asked now.
func IsAway(err error) bool { return away(err) }

// IsUnsure says whether err is no answer of the service's about a plan: it could not be asked, was busy, or something went wrong in it.
// That a session has ended is an answer.
func IsUnsure(err error) bool {
	return err != nil && !api.IsSignedOut(err) && !api.IsCode(err, api.CodeErase) && outbox.Unsure(err)
}

// NothingKept says whether err means that nothing is kept to be read offline, and that there is nothing to be said about it.
func NothingKept(err error) bool { return errors.Is(err, bundle.ErrNone) }

// NotResumed is what to say on the sign-in page about a kept sign-in that did not go on (Resume): that what was kept here was erased,
// or cannot be shown, or that this version of the program is too old. It is "" when there is nothing to say.
func NotResumed(err error) string {
	if !api.IsCode(err, api.CodeErase) && !api.IsCode(err, api.CodeUpdate) && !errors.Is(err, bundle.ErrOver) && !errors.Is(err, bundle.ErrClock) {
		return ""
	}
	e := Explain(err)
	return strings.TrimSpace(strings.Join([]string{e.What, e.Means, e.Do}, " "))
}

// away says whether err means that the service cannot be asked now, so that what is kept here may be read instead.
func away(err error) bool { return api.IsUnreachable(err) || api.IsCode(err, api.CodeUnavailable) }

// resumeOffline goes on with a kept sign-in while the service cannot be reached, for the person whose pages belong to it and for as
// long as the service would let it stand.
func (d *Desk) resumeOffline(ctx context.Context, client *api.Client, why error) (SignIn, bool, error) {
	if !away(why) {
		return SignIn{}, false, why
	}
	in, err := d.enterOffline(ctx, client, d.readerOf(d.tokenReader()), why, func(head bundle.Head, now time.Time) error {
		if head.Token != opaque("token", client.Token()) || !now.Before(head.SessionUntil) {
			return why
		}
		return nil
	})
	return in, err == nil, err
}

// signInOffline lets a person in who proves without the service who they are, to read what is kept for them.
func (d *Desk) signInOffline(ctx context.Context, client *api.Client, username, password string, why error) (SignIn, error) {
	if !away(why) || d.p.Proof == nil {
		return SignIn{}, why
	}
	return d.enterOffline(ctx, client, d.readerOf(d.nameReader(username)), why, func(head bundle.Head, _ time.Time) error {
		return d.p.Proof(ctx, head.User, password)
	})
}

// enterOffline makes the person whose pages are kept here the one at this desk, if may lets them in.
func (d *Desk) enterOffline(ctx context.Context, client *api.Client, key string, why error, may func(bundle.Head, time.Time) error) (SignIn, error) {
	if key == "" {
		return SignIn{}, why
	}
	shelf := d.off.of(key)
	opened := shelf == nil
	var err error
	if opened {
		if shelf, err = d.openShelf(ctx, key, false); err != nil {
			return SignIn{}, why
		}
	}
	here := d.p.Now()
	now, _ := shelf.Clock(here)
	head, err := shelf.Head(now)
	if err == nil {
		err = may(head, now)
	}
	if err != nil {
		switch {
		case errors.Is(err, bundle.ErrOver):
			_ = shelf.Erase()
			d.eraseOffline(key)
		case opened:
			_ = shelf.Close()
		}
		if errors.Is(err, bundle.ErrNone) {
			err = why
		}
		return SignIn{}, err
	}
	d.clock.Store(&clockPair{here: here, service: now})
	d.off.put(key, shelf)
	d.mu.Lock()
	d.training = d.hosted != nil || head.Service.Training
	d.mu.Unlock()
	in := d.enter(context.WithoutCancel(ctx), client, head.User, true, nil)
	in.Offline = true
	in.Notice = paragraphs("There is no connection to the central service. You can read the approved plans that were kept on this computer, "+forms.AsAt(head.AsAt, now)+
		". Each says how old it is: a decision may have been changed since.", in.Notice)
	return in, nil
}

// A KeptPlan is an approved plan as it was kept on this computer. It is not live, and says so.
type KeptPlan struct {
	PlanID  string
	Version int
	Patient api.Patient
	Status  string
	Words   string    // the state in words
	Alarm   bool      // the review was overdue
	AsAt    time.Time // when it was true
	Until   time.Time // when it is erased
	Age     string    // "as at 14:02, 3 hours ago"
	Changed string    // a sentence, when it is known that the plan was changed since; else ""
	Summary forms.Summary
}

// KeptPlans are the plans of this person that are kept on this computer, by name.
type KeptPlans struct {
	Items   []KeptPlan
	Age     string // of the oldest
	LeftOut int    // so many of their people have a plan that is not kept here
}

// Kept are the plans that the person who is signed in may read now that the service cannot be asked; why is its error. The error says
// that there are none (bundle.ErrNone: also when the service could be asked), that they are past their limit, or that the clock was
// set back. It never blocks.
func (d *Desk) Kept(why error) (KeptPlans, error) {
	shelf, now, err := d.reading(why)
	if err != nil {
		return KeptPlans{}, err
	}
	pages, err := shelf.Pages(now)
	if err != nil {
		return KeptPlans{}, err
	}
	head, err := shelf.Head(now)
	if err != nil {
		return KeptPlans{}, err
	}
	out := KeptPlans{LeftOut: head.LeftOut}
	oldest := pages[0].AsAt
	for _, page := range pages {
		out.Items = append(out.Items, keptPlan(page, now))
		if page.AsAt.Before(oldest) {
			oldest = page.AsAt
		}
	}
	out.Age = forms.AsAt(oldest, now)
	return out, nil
}

// OpenKept is one of them, to be read now; that it was is told to the service when it can be asked again. It never blocks.
func (d *Desk) OpenKept(planID string, why error) (KeptPlan, error) {
	shelf, now, err := d.reading(why)
	if err != nil {
		return KeptPlan{}, err
	}
	page, err := shelf.Page(planID, now)
	if err != nil {
		return KeptPlan{}, err
	}
	d.noteReading(api.OfflineReading{PlanID: planID, Version: page.Version, At: now})
	return keptPlan(page, now), nil
}

// LookKept is the plan that OpenKept gave, as it is now: older, changed, or gone. It never blocks.
func (d *Desk) LookKept(planID string) (KeptPlan, error) {
	shelf, now, err := d.reading(&api.Unreachable{})
	if err != nil {
		return KeptPlan{}, err
	}
	page, err := shelf.Page(planID, now)
	if err != nil {
		return KeptPlan{}, err
	}
	return keptPlan(page, now), nil
}

// noteHeard notes that the service answered a question that was asked at a time; err is what it said. The time of asking counts: the
// computer may have slept until the answer was read. In a session that has ended nothing is heard of a plan any more.
func (d *Desk) noteHeard(client *api.Client, asked time.Time, err error) {
	var said *api.Problem
	if err != nil && (away(err) || !errors.As(err, &said)) {
		return
	}
	d.mu.Lock()
	stands := d.now != nil && d.now.client == client && !d.now.expired
	d.mu.Unlock()
	now := d.Now()
	d.off.mu.Lock()
	defer d.off.mu.Unlock()
	if stands && (asked.After(d.off.heard) || d.off.heard.After(now)) {
		d.off.heard = asked
	}
}

// Heard is the last time at which the service was asked and answered: what it gave just now is as at then.
func (d *Desk) Heard() time.Time {
	d.off.mu.Lock()
	defer d.off.mu.Unlock()
	return d.off.heard
}

// noteNews notes that something came on the line of events.
func (d *Desk) noteNews() {
	now := d.Now()
	d.off.mu.Lock()
	defer d.off.mu.Unlock()
	d.off.news = now
}

// Unheard says whether a page that was asked for at a time may have been changed without a word: nothing has come on the line of
// events for a minute since, although requests may go through. Whoever shows it asks for it anew, unless the desk is locked: nobody
// looks then. It never blocks.
func (d *Desk) Unheard(asAt time.Time) bool {
	if d.Locked() {
		return false
	}
	now := d.Now().Round(0)
	d.off.mu.Lock()
	defer d.off.mu.Unlock()
	return now.Sub(asAt.Round(0)) > liveFor && now.Sub(d.off.news.Round(0)) > liveFor
}

// ErrPageOver says that a page has stood on the screen past the limit of a copy while the service was not heard.
var ErrPageOver = errors.New("the page is past its limit")

// Aged is how old a page is that the service gave and that still stands on the screen.
type Aged struct {
	Words string    // "NOT LIVE: as at 14:02, 3 hours ago"
	AsAt  time.Time // when it was true
	Until time.Time // when it must leave the screen
}

// Silent says whether the service was not heard for a minute (liveFor), by a clock that counts a computer's sleep: what the screen says
// of a plan is as it was then. It never blocks; a service that was not heard for a while is asked meanwhile whether it is there.
func (d *Desk) Silent() bool {
	silent := d.Now().Round(0).Sub(d.Heard().Round(0)) // the wall's clock: the other stands still while a computer sleeps
	if silent > askAfter || silent < -liveFor {
		d.askWhether()
	}
	return silent > liveFor || silent < -liveFor
}

// Aged says how old a page is that has stood on the screen since asAt. old is false while it is live: the service was heard within
// liveFor, by a clock that counts a computer's sleep. An error says that it is old and may not be shown any more: it is past the limit
// for reading offline. It never blocks; a service that was not heard for a while is asked meanwhile whether it is there.
func (d *Desk) Aged(planID string, asAt time.Time) (age Aged, old bool, err error) {
	if !d.Silent() {
		return Aged{}, false, nil
	}
	now := d.Now()
	kept, err := d.LookKept(planID)
	d.off.mu.Lock()
	if err == nil {
		d.off.limit = kept.Until.Sub(kept.AsAt)
	}
	limit := d.off.limit
	d.off.mu.Unlock()
	switch {
	case errors.Is(err, bundle.ErrClock), errors.Is(err, bundle.ErrOver) && limit == 0:
		return Aged{}, true, err
	case limit == 0:
		limit = screenFor
	}
	age = Aged{Words: forms.Summary{}.Kept(asAt, now, "", "").Header.Kept, AsAt: asAt, Until: asAt.Add(limit)}
	if !now.Before(age.Until) {
		if errors.Is(err, bundle.ErrOver) { // a copy was kept here too
			return age, true, err
		}
		return age, true, ErrPageOver
	}
	return age, true, nil
}

// askWhether asks the service in the background whether it is there, unless that is being asked already. It keeps no session alive.
func (d *Desk) askWhether() {
	d.off.mu.Lock()
	defer d.off.mu.Unlock()
	if d.off.asking || d.ctx.Err() != nil {
		return
	}
	d.off.asking = true
	d.tasks.Go(func() {
		ctx, cancel := context.WithTimeout(d.ctx, askAfter)
		defer cancel()
		_, _ = ask(d, func(c *api.Client) (*api.ServiceInfo, error) { return c.Service(ctx) }) // what is heard is noted
		d.off.mu.Lock()
		defer d.off.mu.Unlock()
		d.off.asking = false
	})
}

// reading is where the pages of who is signed in are, and the time by which they are read.
func (d *Desk) reading(why error) (*bundle.Shelf, time.Time, error) {
	if !away(why) {
		return nil, time.Time{}, bundle.ErrNone
	}
	d.mu.Lock()
	var key string
	if d.now != nil && !d.now.expired {
		key = d.now.held.key
	}
	d.mu.Unlock()
	shelf := d.off.of(key)
	if key == "" || shelf == nil {
		return nil, time.Time{}, bundle.ErrNone
	}
	d.tasks.Go(func() { d.tidyOffline(key) })
	return shelf, d.Now(), nil
}

func keptPlan(page bundle.Page, now time.Time) KeptPlan {
	out := KeptPlan{PlanID: page.PlanID, Version: page.Version, Patient: page.Patient, Status: page.Status, Words: page.Words, Alarm: page.Alarm,
		AsAt: page.AsAt, Until: page.Until, Age: forms.AsAt(page.AsAt, now), Summary: page.Summary.Kept(page.AsAt, now, "", "")}
	if out.Summary.Header.Status == "overdue" && out.Status != "overdue" {
		out.Status, out.Words, out.Alarm = "overdue", "Review overdue", true
	}
	if !page.Changed.IsZero() {
		out.Changed = "Something about this plan was changed " + forms.Age(page.Changed, now) + " ago, after this copy was made, and could not be fetched. Call the practice before you act on it."
	}
	return out
}

// PrintKept makes the one page of a kept plan, with its age across the top. That it is printed is told to the service when it can be
// asked again. Close the job when done.
func (d *Desk) PrintKept(_ context.Context, planID string) (*printing.Job, error) {
	shelf, now, err := d.reading(&api.Unreachable{})
	if err != nil {
		return nil, err
	}
	page, err := shelf.Page(planID, now)
	if err != nil {
		return nil, err
	}
	who := d.User()
	by := who.Name
	if who.RoleTitle != "" {
		by += " (" + who.RoleTitle + ")"
	}
	var paper bytes.Buffer
	if err := summary.Render(&paper, page.Summary.Kept(page.AsAt, now, by, who.Organisation.Name)); err != nil {
		return nil, err
	}
	return d.job(paper.Bytes(), func(context.Context) error {
		d.noteReading(api.OfflineReading{PlanID: planID, Version: page.Version, At: d.Now(), Printed: true})
		return nil
	})
}

// reading/ is what the names of readings begin with that the service does not know of yet.
const readingPrefix = "reading/"

// noteReading keeps that a page was read, until the service is told.
func (d *Desk) noteReading(r api.OfflineReading) {
	d.mu.Lock()
	now := d.now
	d.mu.Unlock()
	if now == nil {
		return
	}
	d.tasks.Go(func() {
		raw, err := json.Marshal(r)
		if err == nil {
			err = d.changeReadings(now, map[string][]byte{readingPrefix + rand.Text(): raw})
		}
		if err != nil {
			d.p.Log.Warn("a reading offline could not be kept for the audit", "err", err)
		}
	})
}

func (d *Desk) changeReadings(now *session, records map[string][]byte) error {
	d.mu.Lock()
	store := now.held.store
	d.mu.Unlock()
	if store == nil {
		return errors.New("nothing can be kept on this computer")
	}
	return store.Kept().Change(records)
}

// tellReadings tells the service what was read while it could not be asked. The same are told under the same key, so that they are
// taken once.
func (d *Desk) tellReadings(ctx context.Context, now *session) {
	d.mu.Lock()
	store := now.held.store
	d.mu.Unlock()
	if store == nil {
		return
	}
	var names []string
	var told api.OfflineReadings
	records := store.Kept().All()
	for name := range records {
		if strings.HasPrefix(name, readingPrefix) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	names = names[:min(len(names), 1000)]
	gone := map[string][]byte{}
	for _, name := range names {
		var one api.OfflineReading
		if gone[name] = nil; json.Unmarshal(records[name], &one) == nil {
			told.Items = append(told.Items, one)
		}
	}
	if len(told.Items) == 0 {
		return
	}
	slices.SortFunc(told.Items, func(a, b api.OfflineReading) int { return a.At.Compare(b.At) })
	if err := now.client.BundleReadings(ctx, told, "readings "+opaque(names...)); err != nil {
		d.noteFailure(now.client, err)
		return
	}
	if err := d.changeReadings(now, gone); err != nil {
		d.p.Log.Warn("what was told of readings offline is still kept here", "err", err)
	}
}
