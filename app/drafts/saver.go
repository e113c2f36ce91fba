package drafts

// What may change here: when words are kept and sent, and what is said about it.
//
// Three goroutines serve an editor: one keeps (disk), one sends (network), one tells (status). None holds the editor's lock
// while it waits, so that typing never does. Keeping never waits for sending.

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"cmc/api"
	"cmc/forms"
	"cmc/forms/nhs"
)

// The times of autosave. What is typed is kept on this computer half a second after its first letter, so that a sudden end
// takes less than the last second. A pause in typing, 700 ms, sends; a person who never pauses is sent every 5 s. What could
// not be sent is tried again after 2 s, 4 s, ... 1 minute, and at once at the next pause; but a service that said when to come
// again is not asked before.
const (
	keepAfter = 500 * time.Millisecond
	pause     = 700 * time.Millisecond
	longest   = 5 * time.Second
	firstWait = 2 * time.Second
	maxWait   = time.Minute
	tryFor    = time.Minute // one try of sending, the client's own repeats included
	inARow    = 8           // refusals and merges in one go, before waiting like after a failure
)

// signals wakes a goroutine; a signal that waits already is enough.
type signals chan struct{}

func (s signals) tell() {
	select {
	case s <- struct{}{}:
	default:
	}
}

// turn lets one at a time through, and a waiter give up.
type turn chan struct{}

func (t turn) take(ctx context.Context) error {
	select {
	case t <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (t turn) give() { <-t }

// An attempt is a patch that was given to the network. Until a definite answer comes it is repeated as it is, with the same
// key, so that the service does it once.
type attempt struct {
	patch []byte
	etag  string
	key   string
	sent  forms.Answers // what the service has when it works
}

// A refusal is a value that the service does not take. It is not sent again until it changes.
type refusal struct {
	answer  forms.Answer
	present bool
	problem forms.Problem
}

// work is the part of an editor that keeping and sending need. All of it is under the editor's lock, but for the channels.
type work struct {
	keepSoon, sendNow, tellNow signals
	rearm                      signals // the sender is to look again when to try next
	keeping, sending           turn
	quit                       context.Context
	end                        context.CancelFunc

	changes   uint64    // counts what should be kept
	kept      uint64    // changes at the last keeping, whether it worked or not
	changedAt time.Time // the last change
	firstAt   time.Time // the first change since the last keeping
	unsentAt  time.Time // the first change since sending was last asked for; zero: there is none
	hurry     bool      // keep and send without waiting
	keepErr   error     // of the last keeping; errNoStore when there is none

	attempt    *attempt
	offered    *api.Plan     // came in while an attempt was on its way; nil: none
	unsure     forms.Answers // was sent, and no answer came: the service may have it; nil: nothing is unsure
	busy       bool          // something is on its way now
	trouble    error         // why the last try of sending failed; nil after one that worked
	after      time.Duration
	notYet     time.Time // the service is busy and is not asked again before this, by itself
	refused    map[At]refusal
	whole      error       // the service takes nothing of this draft, and why
	held       map[At]bool // a person must choose; not sent. true: only the other person changed it (Clash.News)
	conflict   *Conflict   // without Mine, which moves on with typing
	declined   []Declined  // words that were not chosen, until the service has them
	untellable bool        // it does not take them: they stay here
	savedAt    time.Time   // when the service last had everything
	left       bool        // the person has left the plan: end when everything is sent
	ended      bool        // nothing is kept or sent any more, and nobody comes back
	finished   bool        // Config.Closed has been called
	shown      uint64      // counts statuses
}

var errNoStore = errors.New("there is no local store")

func (e *Editor) start() {
	w := &e.work
	w.keepSoon, w.sendNow, w.tellNow, w.rearm = make(signals, 1), make(signals, 1), make(signals, 1), make(signals, 1)
	w.keeping, w.sending = make(turn, 1), make(turn, 1)
	w.quit, w.end = context.WithCancel(context.Background())
	w.refused, w.held = map[At]refusal{}, map[At]bool{}
	if draft := e.plan.Draft; draft != nil {
		w.savedAt = draft.ChangedAt
	}
	e.recover()
	go e.keeper()
	go e.sender()
	go e.teller()
}

// recover takes up words that were kept on this computer and never reached the service.
func (e *Editor) recover() {
	if e.conf.Store == nil {
		return
	}
	r, ok := e.conf.Store.get(e.id)
	if !ok {
		return
	}
	for at, raw := range r.Typed {
		e.typed[readAt(at)] = raw
	}
	if r.As != "" && r.waits() {
		e.as = r.As
	}
	e.work.declined = r.Lost
	if len(r.Held) > 0 {
		e.work.conflict = &Conflict{Base: r.Asked, By: r.By, At: r.When}
		for _, at := range r.Held {
			e.work.held[readAt(at)] = slices.Contains(r.News, at)
		}
	}
	if e.plan.Draft == nil { // there is no draft to bring them into now: they wait, and the status says so
		e.base, e.now = r.Base, r.Now
		e.hurry()
		return
	}
	w := &e.work
	w.unsure = r.Sent
	if r.Try != nil && len(r.Held) == 0 { // the very same request goes again first: the service does it once
		w.attempt = &attempt{patch: r.Try.Patch, etag: r.Try.Etag, key: r.Try.Key, sent: r.Sent}
		w.offered = e.plan
		e.base, e.etag, e.now = r.Base, r.Etag, r.Now
		e.hurry()
		return
	}
	base := r.Base
	if r.Sent != nil {
		base = acknowledge(base, e.base, r.Sent)
	}
	e.mergeIn(base, e.base, r.Now)
	e.hurry()
}

// hurry has everything kept and sent without waiting for a pause. It needs the lock.
func (e *Editor) hurry() {
	e.touch()
	e.work.hurry = true
	e.work.keepSoon.tell()
	e.show()
}

// mergeIn makes the editor hold theirs (which the service has) and mine on base. It needs the lock.
func (e *Editor) mergeIn(base, theirs, mine forms.Answers) {
	w := &e.work
	merged, clashes := merge(e.conf.Definition, base, theirs, mine)
	only := len(w.held) == 1
	origin := base
	if w.conflict != nil {
		origin = w.conflict.Base
	}
	for at, news := range w.held { // asked already: it stays asked, against the newest of theirs
		i := slices.IndexFunc(clashes, func(c Clash) bool { return c.At == at })
		was, had := get(origin, at)
		if i >= 0 {
			if !isOrder(at, base, theirs, mine) {
				clashes[i].Base, clashes[i].InBase = was, had // what was before is what was before the first of the changes
			}
			continue
		}
		a, inTheirs := get(theirs, at)
		b, inMine := get(mine, at)
		if seen, there := get(base, at); news && there == inMine && seen.Equal(b) { // not written over: the newest of theirs stands
			if inTheirs == had && a.Equal(was) {
				delete(w.held, at) // they have put it back themselves
				continue
			}
			b, inMine = was, had
		} else {
			news = false
			if inTheirs == inMine && a.Equal(b) {
				delete(w.held, at)
				continue
			}
			merged = settle(merged, at, mine, base, theirs, mine)
		}
		clashes = append(clashes, Clash{At: at, Guarded: guarded(e.conf.Definition, at), Label: label(e.conf.Definition, at), News: news,
			Base: was, InBase: had, Theirs: a, InTheirs: inTheirs, Mine: b, InMine: inMine})
	}
	for _, clash := range clashes {
		if clash.At.Item == "" || clash.At.Group != "" || !isOrder(clash.At, base, theirs, mine) {
			origin = put(origin, clash.At, clash.Base, clash.InBase)
		}
	}
	for i, clash := range clashes {
		clashes[i].By, clashes[i].When = e.whose(clash, base, only)
	}
	e.base, e.now = theirs, merged
	if len(clashes) == 0 {
		w.conflict = nil
		return
	}
	inFormOrder(e.conf.Definition, clashes, merged)
	newest := slices.MaxFunc(clashes, func(a, b Clash) int { return a.When.Compare(b.When) })
	w.conflict = &Conflict{By: newest.By, At: newest.When, Base: origin, Theirs: theirs, Fields: clashes}
	clear(w.held)
	for _, clash := range clashes {
		w.held[clash.At] = clash.News
	}
}

// whose says who wrote the other words of a clash, and when: as it was said before, while they are the same words on base; else who
// last wrote in their section, by the service's record; else who saved the draft last. "": it cannot be told. only: nothing else was
// asked before. It needs the lock.
func (e *Editor) whose(c Clash, base forms.Answers, only bool) (string, time.Time) {
	w := &e.work
	var by string
	var at time.Time
	if draft := e.plan.Draft; draft != nil {
		by, at = draft.ChangedBy, draft.ChangedAt
		if it := itemOf(e.conf.Definition, c.At); it != nil && it.Section() != nil {
			if r := draft.Recorded[it.Section().ID]; r.By != "" {
				if at = r.At; by != r.By && !strings.HasPrefix(by, r.By+",") {
					by = strings.TrimSuffix(r.By+", "+r.Role, ", ")
				}
			}
		}
	}
	_, asked := w.held[c.At]
	was, had := get(base, c.At)
	if !asked || w.conflict == nil || had != c.InTheirs || !was.Equal(c.Theirs) {
		return by, at
	}
	if i := slices.IndexFunc(w.conflict.Fields, func(f Clash) bool { return f.At == c.At }); i >= 0 {
		return w.conflict.Fields[i].By, w.conflict.Fields[i].When
	}
	switch { // kept on this computer, which knows who wrote the newest of what was asked
	case w.conflict.By == "" || !at.After(w.conflict.At):
		return by, at
	case only:
		return w.conflict.By, w.conflict.At
	}
	return "", time.Time{} // somebody has written in the section since, and it may have been this person
}

// adopt takes the plan as the service sent it. It needs the lock.
func (e *Editor) adopt(p *api.Plan) {
	if p.ID != e.id {
		return
	}
	was := e.plan.Draft
	if was != nil && p.Draft != nil && p.Draft.ChangedAt.Before(was.ChangedAt) ||
		p.Published != nil && e.plan.Published != nil && p.Published.Number < e.plan.Published.Number {
		return // an answer that was overtaken by a newer one
	}
	e.plan = p
	if p.Draft == nil || e.work.attempt != nil {
		e.work.offered = p
		e.show()
		return // what is on its way gets its own answer, with its own tag
	}
	e.take(p)
}

// take takes in a draft of the service's while nothing is on its way. It needs the lock.
func (e *Editor) take(p *api.Plan) {
	e.plan, e.etag = p, p.Etag
	e.work.whole = nil
	e.mergeIn(e.base, answersOf(p.Draft), e.now)
	e.work.savedAt = p.Draft.ChangedAt
	if e.unsent() {
		e.changed()
	}
	e.show()
}

func answersOf(d *api.Draft) forms.Answers {
	if d == nil || d.Answers == nil {
		return forms.Answers{}
	}
	return d.Answers
}

// changed notes that there is something new to keep. It needs the lock.
func (e *Editor) changed() {
	w := &e.work
	at := time.Now()
	if w.kept == w.changes {
		w.firstAt = at
	}
	if w.unsentAt.IsZero() {
		w.unsentAt = at
	}
	w.changes++
	w.changedAt = at
	w.whole = nil // what was refused as a whole is worth another try
	w.keepSoon.tell()
	e.show()
}

// keeper keeps words soon after they were typed, and has them sent at each pause in typing.
func (e *Editor) keeper() {
	w := &e.work
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		select {
		case <-w.quit.Done():
			return
		case <-w.keepSoon:
		case <-timer.C:
		}
		for {
			keep, send, wait := e.due()
			if !keep && !send {
				timer.Reset(wait)
				break
			}
			if keep && e.keep(w.quit) != nil {
				return // only the end stops a keeping
			}
			if send {
				w.sendNow.tell()
			}
		}
	}
}

// due says what is to be done now, and else how long there is to wait. What it says to send counts as sent.
func (e *Editor) due() (keep, send bool, wait time.Duration) {
	e.mu.Lock()
	defer e.mu.Unlock()
	w := &e.work
	now, wait := time.Now(), time.Hour
	if w.kept != w.changes {
		left := w.firstAt.Add(keepAfter).Sub(now)
		keep = w.hurry || left <= 0
		wait = min(wait, left)
	}
	if !w.unsentAt.IsZero() {
		left := min(w.changedAt.Add(pause).Sub(now), w.unsentAt.Add(longest).Sub(now))
		send = w.hurry || left <= 0
		wait = min(wait, left)
	} else {
		send = w.hurry
	}
	if send {
		w.unsentAt = time.Time{}
		keep = keep || w.kept != w.changes // what goes out is kept first
	}
	w.hurry = false
	return keep, send, wait
}

// keep writes the present words to this computer, or removes the record when the service has them all. The error is of
// ctx only: what the disk says goes into the status.
func (e *Editor) keep(ctx context.Context) error {
	if err := e.work.keeping.take(ctx); err != nil {
		return err
	}
	defer e.work.keeping.give()
	e.keepNow()
	return nil
}

// keepNow is keep for who has the turn of keeping.
func (e *Editor) keepNow() {
	w := &e.work
	e.mu.Lock()
	if w.ended {
		e.mu.Unlock()
		return
	}
	version := w.changes
	store := e.conf.Store
	nothing := !e.unsent() && !e.onlyHere()
	id := e.id
	r := record{Hand: e.hand, As: e.as, Base: e.base, Etag: e.etag, Now: e.now, Lost: slices.Clone(w.declined)}
	if r.Sent = w.unsure; w.attempt != nil {
		r.Sent = w.attempt.sent
		r.Try = &keptTry{Patch: w.attempt.patch, Etag: w.attempt.etag, Key: w.attempt.key}
	}
	if w.conflict != nil { // a choice that is open stays open: without this, mine would look like the last word
		r.Asked, r.By, r.When = w.conflict.Base, w.conflict.By, w.conflict.At
		for at, news := range w.held {
			r.Held = append(r.Held, at.String())
			if news {
				r.News = append(r.News, at.String())
			}
		}
	}
	if len(e.typed) > 0 {
		r.Typed = map[string]string{}
		for at, raw := range e.typed {
			r.Typed[at.String()] = raw
		}
	}
	e.mu.Unlock()
	err := errNoStore
	switch {
	case store == nil:
	case nothing:
		err = store.remove(id)
	default:
		err = store.put(id, r)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if err != nil && store != nil && w.keepErr == nil {
		e.conf.Log.Warn("words could not be kept on this computer", "plan", e.id, "err", err)
	}
	w.kept, w.keepErr = version, err
	if w.changes != version {
		w.firstAt = time.Now()
	}
	e.show()
}

// sender sends after each keeping, and again after a while when that failed.
func (e *Editor) sender() {
	w := &e.work
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		select {
		case <-w.quit.Done():
			return
		case <-w.rearm: // someone else's try failed
			timer.Reset(e.again())
			continue
		case <-w.sendNow:
			if wait := e.tooEarly(); wait > 0 {
				timer.Reset(wait)
				continue
			}
		case <-timer.C:
			e.keepAgain()
		}
		ctx, cancel := context.WithTimeout(w.quit, tryFor)
		_ = e.send(ctx)
		cancel()
		timer.Reset(e.again())
		e.endIfLeft()
	}
}

// tooEarly is how long the service still wants to be left alone; up to a tenth more, so that a ward's desktops do not all come
// at once.
func (e *Editor) tooEarly() time.Duration {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.work.notYet.IsZero() {
		return 0
	}
	wait := max(0, time.Until(e.work.notYet))
	return wait + time.Duration(rand01()*0.1*float64(wait))
}

// again is how long to wait before the next try by itself.
func (e *Editor) again() time.Duration {
	e.mu.Lock()
	defer e.mu.Unlock()
	w := &e.work
	if w.trouble == nil || signedOut(w.trouble) || w.after == 0 {
		return 24 * time.Hour // something else wakes it
	}
	// A tenth more or less, so that a ward's desktops do not all come at once.
	return w.after + time.Duration((rand01()-0.5)*0.2*float64(w.after))
}

func rand01() float64 {
	var b [1]byte
	_, _ = rand.Read(b[:])
	return float64(b[0]) / 255
}

// keepAgain tries the disk again when it failed the last time.
func (e *Editor) keepAgain() {
	e.mu.Lock()
	again := e.work.keepErr != nil && e.conf.Store != nil
	e.mu.Unlock()
	if again {
		_ = e.keep(e.work.quit)
	}
}

// send gives the service everything that it may have. nil: it has every word. ErrConflict and *RefusedError: it has all
// but those. Any other error: something is still to be sent.
func (e *Editor) send(ctx context.Context) error {
	w := &e.work
	if err := w.sending.take(ctx); err != nil {
		return err
	}
	defer w.sending.give()
	if err := e.barred(); err != nil {
		return err
	}
	for range inARow {
		e.mu.Lock()
		try, err := e.nextAttempt()
		id := e.id
		e.show()
		e.mu.Unlock()
		if try == nil {
			if told := e.tellDeclined(ctx); err == nil {
				err = told
			}
			return err
		}
		// First it is kept here what goes out: after a sudden end the words that come back as the service's are then known
		// as this person's own, and nobody is asked to choose between the two.
		if err := e.keep(ctx); err != nil {
			e.mu.Lock()
			w.busy = false
			e.mu.Unlock()
			return err
		}
		plan, err := e.conf.Send(ctx, id, try.patch, try.etag, try.key)
		e.mu.Lock()
		w.busy = false
		err = e.answered(try, plan, err)
		e.show()
		e.mu.Unlock()
		w.keepSoon.tell()
		if err != nil {
			return err
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	w.trouble = &api.Problem{Type: api.TypeOf(api.CodeTooMany), Title: "The service is busy."}
	w.after = firstWait
	e.show()
	return w.trouble
}

// barred says why nothing goes now: what is unsent was written in another position than the one in which the person works. It goes when
// they work in that one again.
func (e *Editor) barred() error {
	if e.conf.May == nil {
		return nil
	}
	e.mu.Lock()
	as := e.as
	e.mu.Unlock()
	no := e.conf.May(as) // without the lock: it may need another one
	if no == nil {
		return nil
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	w := &e.work
	if !e.unsent() && !e.untold() {
		return nil
	}
	w.whole, w.trouble, w.after = no, nil, 0
	e.show()
	return no
}

// WriteAs says in which position the person writes from here on: they have the plan before them. What is unsent stays what was written in another
// one, and holds back what is written after it, unless that one is gone: then it goes in this one. It never blocks, and gone must not wait.
func (e *Editor) WriteAs(position string, gone func(as string) bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.unsent() && len(e.work.declined) == 0 {
		e.as = position
	}
	if e.as != position && gone(e.as) {
		e.as, e.work.whole = position, nil
		e.hurry()
	}
}

// nextAttempt gives what to send now; none when there is nothing more to send, and why not everything is. It needs the
// lock.
func (e *Editor) nextAttempt() (*attempt, error) {
	w := &e.work
	if w.attempt == nil {
		target := e.sendable()
		if e.base.Equal(target) {
			if w.trouble = nil; !e.untold() {
				w.after = 0
			}
			return nil, e.remaining()
		}
		if w.whole != nil {
			return nil, w.whole
		}
		patch, err := forms.MakePatch(e.base, target)
		if err != nil {
			w.whole = err
			return nil, err
		}
		w.attempt = &attempt{patch: patch, etag: e.etag, key: rand.Text(), sent: target}
	}
	w.busy = true
	return w.attempt, nil
}

// sendable is what may go to the service: everything but what a person must choose and what it refused. It needs the lock.
func (e *Editor) sendable() forms.Answers {
	w := &e.work
	theirs := e.base
	out := holdBack(e.now, e.base, w.held, theirs)
	for at, r := range w.refused {
		is, present := get(e.now, at)
		if present != r.present || !is.Equal(r.answer) {
			delete(w.refused, at) // changed since: worth another try
			continue
		}
		was, had := get(e.base, at)
		out = put(out, at, was, had)
	}
	return out
}

// remaining says why not everything is sent although nothing more can be. It needs the lock.
func (e *Editor) remaining() error {
	w := &e.work
	if len(w.held) > 0 && e.closed() == nil {
		return ErrConflict
	}
	if stuck := e.stuck(); stuck != nil {
		return stuck
	}
	if len(w.refused) > 0 {
		return &RefusedError{Count: len(w.refused), Err: errors.New("see the fields")}
	}
	return nil
}

// closed says why nothing can be written in the plan, by what the service says of it; nil: it can. It needs the lock.
func (e *Editor) closed() error {
	switch {
	case e.plan.Draft == nil:
		return errNoDraft
	case !slices.Contains(e.plan.Actions, "save"):
		return errNoSave
	}
	return nil
}

// stuck says why words that wait for a choice will never go: there is nothing any more to choose in. nil: there is, or none wait. It
// needs the lock.
func (e *Editor) stuck() error {
	if len(e.work.held) > 0 && !e.base.Equal(e.now) {
		return e.closed()
	}
	return nil
}

// unnoted says whether words that were not chosen will not be taken as a note: there is no draft, or the service said no. It needs
// the lock.
func (e *Editor) unnoted() bool {
	return len(e.work.declined) > 0 && (e.plan.Draft == nil || e.work.untellable)
}

// answered takes in what came of an attempt. nil: go on with the next. It needs the lock.
func (e *Editor) answered(try *attempt, plan *api.Plan, err error) error {
	w := &e.work
	if err == nil && plan.Draft == nil {
		err = &api.Unreachable{Hop: api.HopAnswer, Err: errors.New("a saved plan without its draft")}
	}
	if err == nil {
		server := answersOf(plan.Draft)
		e.now = rebase(try.sent, server, e.now)
		e.base, e.etag, e.plan = server, plan.Etag, plan
		w.attempt, w.unsure, w.trouble, w.whole, w.after = nil, nil, nil, nil, 0
		w.savedAt = e.conf.Now()
		e.takeOffered()
		e.touch()
		return nil
	}
	var problem *api.Problem
	if !errors.As(err, &problem) || problem.Status >= 500 && problem.Code() != api.CodeUnavailable {
		w.unsure = try.sent
		return e.failed(err) // it may have been done, so the very same goes again
	}
	switch {
	case problem.Code() == api.CodeConflict && len(problem.Theirs) > 0:
		return e.overtaken(try, problem)
	case api.IsSignedOut(problem), problem.Code() == api.CodeUnavailable, problem.Code() == api.CodeTooMany:
		if problem.RetryAfter > 0 {
			wait := min(time.Duration(problem.RetryAfter)*time.Second, maxWait)
			w.after, w.notYet = wait/2, time.Now().Add(wait) // failed doubles it
		}
		return e.failed(err) // an earlier try may have been done: the very same goes again
	case problem.Code() == api.CodeInvalid && e.setAside(try, problem):
		w.attempt = nil
		e.takeOffered()
		return nil
	}
	w.attempt, w.trouble, w.after = nil, nil, 0
	e.takeOffered()
	w.whole = err
	return err
}

// failed notes that a try failed and when to try again. It needs the lock.
func (e *Editor) failed(err error) error {
	w := &e.work
	if errors.Is(err, context.Canceled) { // someone stopped waiting: that says nothing of the service
		if w.quit.Err() == nil {
			w.sendNow.tell()
		}
		return err
	}
	w.trouble = err
	w.after = min(max(2*w.after, firstWait), maxWait)
	w.rearm.tell()
	return err
}

// overtaken merges what someone else saved. It needs the lock.
func (e *Editor) overtaken(try *attempt, problem *api.Problem) error {
	w := &e.work
	var theirs api.Draft
	if err := json.Unmarshal(problem.Theirs, &theirs); err != nil || problem.Etag == "" {
		w.attempt = nil
		w.whole = problem
		return problem
	}
	w.attempt, w.offered, w.trouble, w.after = nil, nil, nil, 0
	plan := *e.plan
	plan.Draft, plan.Etag = &theirs, problem.Etag
	e.plan, e.etag = &plan, problem.Etag
	base := acknowledge(e.base, answersOf(&theirs), try.sent)
	if w.unsure != nil {
		base = acknowledge(base, answersOf(&theirs), w.unsure)
	}
	w.unsure = nil
	for _, at := range theirs.HiddenSince { // hidden from this person, and another answer than before: theirs to choose, too
		base = without(base, hiddenAt(at))
	}
	e.mergeIn(base, answersOf(&theirs), e.now)
	e.touch()
	return nil
}

// hiddenAt reads the place of a hidden answer as the service names it: "item", or "group/row/item".
func hiddenAt(place string) At {
	if parts := strings.Split(place, "/"); len(parts) == 3 {
		return At{Group: parts[0], Row: parts[1], Item: parts[2]}
	}
	return At{Item: place}
}

// setAside holds back the values that the service refused, so that the others can go. false: it cannot be told which they
// are, or they were not sent. It needs the lock.
func (e *Editor) setAside(try *attempt, problem *api.Problem) bool {
	w := &e.work
	changed := differences(e.base, try.sent)
	found := false
	for _, field := range problem.Fields {
		at, what := e.faulty(field)
		for _, at := range e.changedAt(changed, at) {
			answer, present := get(try.sent, at)
			w.refused[at] = refusal{answer, present, what}
			found = true
		}
	}
	return found
}

// faulty says where a field's problem is, and the problem with words for beside the field. It needs the lock.
func (e *Editor) faulty(field api.FieldProblem) (At, forms.Problem) {
	at := placeOf(field.Location)
	what := forms.Problem{Item: at.Item, Row: at.Row, Group: at.Group, Rule: "refused", Severity: forms.Stop, Words: field.Message}
	if field.Problem != nil {
		what = *field.Problem
		at = At{Group: what.Group, Row: what.Row, Item: what.Item}
	}
	it := e.conf.Definition.Item(what.Item)
	if it == nil {
		return at, what
	}
	if at.Row != "" && at.Group == "" && it.InGroup() != nil {
		at.Group, what.Group = it.InGroup().ID, it.InGroup().ID
	}
	if what.Step == "" && it.InStep() != nil {
		what.Step = it.InStep().ID
	}
	return at, what
}

// changedAt are the changed places that a problem at a place is about: the place itself; or the row that brought it; or
// all of a group. It needs the lock.
func (e *Editor) changedAt(changed map[At]bool, at At) []At {
	if changed[at] {
		return []At{at}
	}
	if row := (At{Group: at.Group, Row: at.Row}); at.Row != "" && changed[row] {
		return []At{at}
	}
	var out []At
	for c := range changed {
		if at.Row == "" && c.Group == at.Item && at.Item != "" || at.Row != "" && at.Item == "" && c.Group == at.Group && c.Row == at.Row {
			out = append(out, c)
		}
	}
	return out
}

// touch has the record on this computer brought up to date soon. It needs the lock.
func (e *Editor) touch() {
	w := &e.work
	if w.kept == w.changes {
		w.firstAt = time.Now()
		w.hurry = true
	}
	w.changes++
	w.keepSoon.tell()
}

// takeOffered takes in the plan that came while an attempt was on its way, unless the attempt's answer is newer: a repeated
// request gets the answer of its first time. It needs the lock.
func (e *Editor) takeOffered() {
	p := e.work.offered
	e.work.offered = nil
	if p != nil && p.ID == e.id && p.Draft != nil && (e.plan.Draft == nil || p == e.plan || p.Draft.ChangedAt.After(e.plan.Draft.ChangedAt)) {
		e.take(p)
	}
}

// onlyHere says whether there is something beside answers that only this computer knows: half-typed words, a choice that is
// still to be made, words that were not chosen. It needs the lock.
func (e *Editor) onlyHere() bool {
	return len(e.typed) > 0 || len(e.work.held) > 0 || len(e.work.declined) > 0
}

// untold says whether words that were not chosen still have to reach the service. It needs the lock.
func (e *Editor) untold() bool {
	return len(e.work.declined) > 0 && e.conf.Tell != nil && !e.work.untellable
}

// unsent says whether the service lacks a word. It needs the lock.
func (e *Editor) unsent() bool { return e.work.attempt != nil || !e.base.Equal(e.now) }

func signedOut(err error) bool { return api.IsSignedOut(err) }

// Status is the present status. It never blocks.
func (e *Editor) Status() Status {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.status()
}

// status needs the lock.
func (e *Editor) status() Status {
	w := &e.work
	isKept := w.keepErr == nil && e.conf.Store != nil
	s := Status{State: StateSaved, At: w.savedAt, Kept: isKept || !e.unsent() && len(e.typed) == 0 && len(w.declined) == 0}
	onlyHere := "only in this window: this computer cannot keep it (" + e.whyNotKept() + ")."
	if !e.unsent() && !e.unnoted() && (len(w.held) == 0 || e.closed() != nil) { // where nothing can be written there is no choice to be made
		s.Words = "Nothing written yet"
		if !w.savedAt.IsZero() {
			s.Words = "Saved centrally at " + e.clock(w.savedAt)
		}
		switch {
		case s.Kept:
		case len(e.typed) > 0:
			s.Words += ". What is half typed is " + onlyHere
		default:
			s.Words += ". What was not chosen is " + onlyHere
		}
		return s
	}
	s.Waiting = len(differences(e.base, e.now))
	if e.unnoted() {
		s.Waiting += len(w.declined)
	}
	where := " Kept on this computer." + Waiting(s.Waiting)
	if !isKept {
		where = " It is " + onlyHere
	}
	notSaved := func(why string) {
		s.State = StateKept
		if !isKept {
			s.State = StateUnkept
		}
		s.Words = "Not saved: " + why + "." + where
	}
	for _, at := range slices.SortedFunc(maps.Keys(w.refused), byDepth) {
		s.Problems = append(s.Problems, w.refused[at].problem)
	}
	switch {
	case len(w.held) > 0 && w.conflict != nil && e.closed() == nil:
		s.State = StateConflict
		c := *w.conflict
		c.Mine = e.now
		c.Fields = slices.Clone(c.Fields)
		for i := range c.Fields {
			c.Fields[i].Mine, c.Fields[i].InMine = c.Fields[i].mineOf(e.now)
		}
		s.Conflict = &c
		s.Words = "Someone else changed the same answers. Choose which ones stand."
		if !slices.ContainsFunc(c.Fields, func(f Clash) bool { return !f.News }) {
			s.Words = "Someone else changed answers that a person decides. Look at them and choose."
		}
		if e.unsent() || !s.Kept {
			s.Words += where
		}
	case w.trouble != nil:
		s.SignIn = signedOut(w.trouble)
		notSaved(whyNotSaved(w.trouble))
	case w.whole != nil:
		s.State, s.Whole = StateRefused, w.whole
		s.Words = "Not saved. " + refusedWords(w.whole) + where
	case e.stuck() != nil:
		s.State, s.Whole = StateRefused, e.stuck()
		s.Words = "Not saved. " + refusedWords(s.Whole) + where
	case e.unnoted() && !e.unsent():
		s.State, s.Whole = StateRefused, errNoNote
		s.Words = errNoNote.Title + where
	case len(w.refused) > 0 && !w.busy:
		s.State = StateRefused
		s.Words = "The service does not take one answer. The others are saved." + where
		if len(w.refused) > 1 {
			s.Words = "The service does not take some answers. The others are saved." + where
		}
	default:
		s.State = StateSaving
		s.Words = "Saving"
	}
	return s
}

// Waiting says how many changes wait, as a sentence after another; "" for none.
func Waiting(n int) string {
	switch n {
	case 0:
		return ""
	case 1:
		return " 1 change waits."
	}
	return fmt.Sprintf(" %d changes wait.", n)
}

func (e *Editor) whyNotKept() string {
	switch {
	case e.conf.Store == nil && e.conf.NoStore != "":
		return e.conf.NoStore
	case e.conf.Store == nil:
		return "nothing can be kept here"
	}
	return WhyNotKept(e.work.keepErr)
}

// whyNotSaved goes after "Not saved: ".
func whyNotSaved(err error) string {
	var unreachable *api.Unreachable
	switch {
	case signedOut(err):
		return "sign in again"
	case api.IsCode(err, api.CodeUnavailable):
		return "the service cannot keep it just now"
	case api.IsCode(err, api.CodeTooMany):
		return "the service is busy"
	case errors.As(err, &unreachable):
		switch unreachable.Hop {
		case api.HopTLS, api.HopExpired, api.HopWrongName, api.HopOldTLS:
			return "the connection is not safe"
		case api.HopProxyAuth:
			return "the proxy of this network wants a name and a password"
		case api.HopProxy, api.HopProxyScheme, api.HopProxyNo, api.HopProxyOnward:
			return "the proxy of this network does not let it through"
		case api.HopPortal:
			return "the network wants something first: open your browser"
		case api.HopTime:
			return "the service does not answer"
		case api.HopAnswer:
			return "what answers is not the service"
		}
		return "no connection"
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return "the service does not answer"
	}
	return "something went wrong in the service"
}

// refusedWords is the service's own sentence, where there is one.
func refusedWords(err error) string {
	var problem *api.Problem
	switch {
	case !errors.As(err, &problem) || problem.Title == "":
		return "The service does not take it."
	case problem.Code() == api.CodePosition: // the way on is not in the form
		return problem.Title + " " + problem.Detail
	}
	return problem.Title
}

// clock writes a time of today as 14:02, any other in full.
func (e *Editor) clock(at time.Time) string {
	if Today(at).Equal(e.Today()) {
		return at.In(london).Format("15:04")
	}
	return nhs.FormatDateTime(at)
}

// show has the status told. It needs the lock.
func (e *Editor) show() {
	e.work.shown++
	e.work.tellNow.tell()
}

// teller calls the watchers.
func (e *Editor) teller() {
	w := &e.work
	told := map[int]Status{}
	for {
		select {
		case <-w.quit.Done():
			return
		case <-w.tellNow:
		}
		e.mu.Lock()
		status := e.status()
		watchers := maps.Clone(e.watchers)
		e.mu.Unlock()
		for id, watch := range watchers {
			if last, ok := told[id]; ok && sameStatus(last, status) {
				continue
			}
			told[id] = status
			watch(status)
		}
	}
}

func sameStatus(a, b Status) bool {
	return a.State == b.State && a.Kept == b.Kept && a.Words == b.Words && a.Waiting == b.Waiting && a.At.Equal(b.At) && a.Conflict == nil && b.Conflict == nil &&
		slices.Equal(a.Problems, b.Problems)
}

// Flush keeps and sends everything now. nil: the service has every word. ErrConflict: a person must choose first.
// *RefusedError: it does not take some values. Any other error is why it could not be sent; Explain has words for all.
func (e *Editor) Flush(ctx context.Context) error {
	e.mu.Lock()
	clean := !e.unsent() && e.work.kept == e.work.changes && len(e.work.held) == 0 && !e.untold()
	e.mu.Unlock()
	if clean {
		return nil
	}
	if err := e.keep(ctx); err != nil {
		return err
	}
	err := e.send(ctx)
	if kept := e.keep(ctx); err == nil {
		err = kept
	}
	return err
}

// Resolve ends a conflict: choose holds, for every field of the conflict that was shown, whether mine stands (true) or theirs.
// Then everything is sent. ErrNotChosen: a field is missing, or what stands there has changed since it was shown, and nothing
// was done.
func (e *Editor) Resolve(ctx context.Context, shown *Conflict, choose map[At]bool) error {
	e.mu.Lock()
	w := &e.work
	if w.conflict == nil {
		e.mu.Unlock()
		return e.Flush(ctx)
	}
	if closed := e.closed(); closed != nil {
		e.mu.Unlock()
		return closed
	}
	for at := range w.held {
		_, ok := choose[at]
		if i := slices.IndexFunc(w.conflict.Fields, func(c Clash) bool { return c.At == at }); !ok || i < 0 || !shown.has(w.conflict.Fields[i]) {
			e.mu.Unlock()
			return ErrNotChosen
		}
	}
	now, declined := decide(e.now, w.conflict, choose)
	e.now = now
	e.decline(declined)
	for at := range w.held {
		if !choose[at] {
			delete(e.typed, at)
		}
	}
	clear(w.held)
	w.conflict = nil
	e.changed()
	e.mu.Unlock()
	return e.Flush(ctx)
}

// Retry tries at once what waits: the connection or the sign-in is back. It never blocks.
func (e *Editor) Retry() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.work.whole, e.work.notYet, e.work.untellable = nil, time.Time{}, false
	e.hurry()
	e.work.sendNow.tell()
}

// UseStore gives the editor another store, or none and why not; what is unsent is kept there at once. Words for this plan that were kept
// there by another editor are in this one from here on. It never blocks.
func (e *Editor) UseStore(s *Store, why string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.conf.Store, e.conf.NoStore = s, why
	if s != nil {
		if r, there := s.get(e.id); there && r.Hand != e.hand {
			e.takeUp(r)
		}
	}
	e.hurry()
}

// Leave says that nobody is in the plan: the editor ends by itself once everything is sent. Words that cannot be sent go on being
// tried until they are, and are there again when the plan is opened again. It never blocks.
func (e *Editor) Leave() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.work.left = true
	e.work.sendNow.tell()
}

// Reopen takes back Leave: a person is in the plan again. false: the editor has ended. It never blocks.
func (e *Editor) Reopen() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.work.ended {
		return false
	}
	e.work.left = false
	return true
}

// End is for who leaves the desk: it keeps and sends what is left while ctx lasts, and ends the editor also when its words are kept
// on this computer only; they are there again when the plan is opened again. ErrOnlyHere: it has not ended, because its words are
// nowhere but in this process. It goes on trying to send them, and ends then.
func (e *Editor) End(ctx context.Context) error {
	_ = e.Flush(ctx)
	if e.work.keeping.take(ctx) == nil { // as in endIfLeft, unless the disk takes longer than ctx
		defer e.work.keeping.give()
	}
	e.mu.Lock()
	e.work.left = true
	safe := !e.unsent() && !e.onlyHere() || e.safeHere()
	e.work.ended = e.work.ended || safe // in one step: a word that was typed since then would be kept by nobody
	e.mu.Unlock()
	if !safe {
		return ErrOnlyHere
	}
	e.finish()
	return nil
}

// safeHere says whether this computer has every word. It needs the lock.
func (e *Editor) safeHere() bool {
	return e.conf.Store != nil && e.work.keepErr == nil && e.work.kept == e.work.changes
}

// idle says whether nobody is in the editor and it has nothing left to do. It needs the lock.
func (e *Editor) idle() bool {
	return e.work.left && !e.unsent() && !e.unnoted() && (!e.onlyHere() || e.safeHere())
}

// endIfLeft ends an editor that is idle. It keeps before, and looks again after: the person may have come back meanwhile.
func (e *Editor) endIfLeft() {
	e.mu.Lock()
	idle := e.idle()
	e.mu.Unlock()
	if !idle || e.work.keeping.take(e.work.quit) != nil {
		return
	}
	defer e.work.keeping.give() // nothing of this editor's is written once another one has taken its place
	e.keepNow()
	e.mu.Lock()
	idle = e.idle()
	e.work.ended = e.work.ended || idle
	e.mu.Unlock()
	if idle {
		e.finish()
	}
}

// finish ends the editor, whatever it holds. Reopen says no from here on.
func (e *Editor) finish() {
	e.mu.Lock()
	e.work.ended = true
	closed := !e.work.finished
	e.work.finished = true
	e.mu.Unlock()
	e.work.end()
	if closed && e.conf.Closed != nil {
		e.conf.Closed(e)
	}
}
