// Package outbox holds what a person asked of the central service and it has not confirmed yet: plans to be started, and
// things to be done with a plan, each with its idempotency key. The words of a draft wait in its editor (package drafts).
//
// Contract:
//   - A letter is on this computer's disk before it goes out, and leaves it only when the service has said yes, or when the
//     person has taken what it holds elsewhere. A no of the service is kept with it, in the service's words.
//   - A letter goes under one key until a definite answer comes, so that it is done once however often it is sent.
//   - Letters of one plan go in order. A plan is started before its words go, and its words go before it is sent for review.
//   - A letter goes in the position in which it was written: a person who works for two organisations never asks for one in the
//     name of the other.
//   - A letter that came too late, because another person has changed the answers, does not go by itself: its writer looks first.
//   - Nothing is signed from here: no approval, no return, nothing that takes a plan out of use.
//   - No log line, file name or error text holds an answer.
package outbox

// What may change here: what a letter is, how letters are kept, and in which order they go.

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"cmc/api"
	"cmc/app/kept"
)

// The kinds of letters. They are kept on disk: they grow and are never renamed.
const (
	Start   = "start"        // Body: api.NewPlan
	Submit  = "submit"       // Body: api.Submit
	Comment = "comment"      // Body: api.Comment
	Done    = "comment-done" // Body: the comment's id
	Confirm = "confirm"      // Body: api.Confirm
)

// Here is what the name of a plan begins with that the service does not know yet. The rest is drawn by lot.
const Here = "here-"

// IsHere says whether a plan has its name from this computer.
func IsHere(planID string) bool { return strings.HasPrefix(planID, Here) }

// A Letter is one thing that waits.
type Letter struct {
	Number  uint64          `json:"number"` // their order
	Kind    string          `json:"kind"`
	Plan    string          `json:"plan"` // its id; of a plan that is to be started, its name on this computer
	Patient api.Patient     `json:"patient"`
	Body    json.RawMessage `json:"body"`
	Key     string          `json:"key"`
	Etag    string          `json:"etag,omitempty"`    // of the draft that goes; "" until it went out for the first time
	At      time.Time       `json:"at"`                // when the person asked for it
	As      string          `json:"as,omitempty"`      // the position in which they did (api.User.Position); "" for who holds one alone
	Refused *api.Problem    `json:"refused,omitempty"` // the service's no: it is not sent again by itself
	Into    string          `json:"into,omitempty"`    // of a start that was refused as a second plan: the plan into which the person has the words brought
}

const (
	letterPrefix = "letter/"
	version      = 1
)

type stored struct {
	V int `json:"v"`
	Letter
}

func (l Letter) name() string { return fmt.Sprintf("%s%020d", letterPrefix, l.Number) }

// A Box is one person's letters. Make it with Open. Any goroutine may use it; methods that change it block on the disk.
type Box struct {
	store *kept.Store

	mu      sync.Mutex // never held while the disk works
	letters []Letter   // in order
	next    uint64
	sending chan struct{} // full while one is sending
	watch   func()
}

// Open reads the letters of a store. changed is called after each change, on the goroutine that made it; it may be nil.
func Open(store *kept.Store, changed func()) *Box {
	b := &Box{store: store, watch: changed, sending: make(chan struct{}, 1)}
	for name, raw := range store.All() {
		number, ok := strings.CutPrefix(name, letterPrefix)
		if !ok {
			continue
		}
		if n, err := strconv.ParseUint(number, 10, 64); err == nil {
			b.next = max(b.next, n) // also where it cannot be read: no new letter takes its place
		}
		var one stored
		if json.Unmarshal(raw, &one) != nil || one.V > version {
			continue // a newer program's: left alone
		}
		b.letters = append(b.letters, one.Letter)
		b.next = max(b.next, one.Number)
	}
	slices.SortFunc(b.letters, func(x, y Letter) int { return int(int64(x.Number) - int64(y.Number)) })
	return b
}

// New makes a letter with a number and a key, of a person in a position. Put keeps it.
func (b *Box) New(kind, plan string, patient api.Patient, body any, as string, at time.Time) (Letter, error) {
	raw, err := json.Marshal(body)
	if err != nil {
		return Letter{}, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.next++
	return Letter{Number: b.next, Kind: kind, Plan: plan, Patient: patient, Body: raw, Key: rand.Text(), At: at, As: as}, nil
}

// Put keeps a letter as it is now, and with it other records of the store; all of them or none.
func (b *Box) Put(l Letter, beside map[string][]byte) error {
	raw, err := json.Marshal(stored{version, l})
	if err != nil {
		return err
	}
	records := map[string][]byte{l.name(): raw}
	for name, record := range beside {
		records[name] = record
	}
	if err := b.store.Change(records); err != nil {
		return err
	}
	b.mu.Lock()
	if i := slices.IndexFunc(b.letters, func(o Letter) bool { return o.Number == l.Number }); i >= 0 {
		b.letters[i] = l
	} else {
		b.letters = append(b.letters, l)
	}
	b.mu.Unlock()
	b.tell()
	return nil
}

// Remove ends a letter, and changes other records of the store with it; all of them or none.
func (b *Box) Remove(l Letter, beside map[string][]byte) error {
	records := map[string][]byte{l.name(): nil}
	for name, record := range beside {
		records[name] = record
	}
	if err := b.store.Change(records); err != nil {
		return err
	}
	b.mu.Lock()
	b.letters = slices.DeleteFunc(b.letters, func(o Letter) bool { return o.Number == l.Number })
	b.mu.Unlock()
	b.tell()
	return nil
}

func (b *Box) tell() {
	if b.watch != nil {
		b.watch()
	}
}

// Letters are all that wait, in order.
func (b *Box) Letters() []Letter {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.letters)
}

// Of gives the letter of a kind that waits for a plan.
func (b *Box) Of(kind, plan string) (Letter, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	i := slices.IndexFunc(b.letters, func(l Letter) bool { return l.Kind == kind && l.Plan == plan })
	if i < 0 {
		return Letter{}, false
	}
	return b.letters[i], true
}

// Began says that the service has started a plan: its letter ends, and the others of the plan bear its id from now on. move is
// what else in the store has to follow, in the same step.
func (b *Box) Began(l Letter, planID string, move map[string][]byte) error {
	records := map[string][]byte{}
	for name, record := range move {
		records[name] = record
	}
	var later []Letter
	for _, one := range b.Letters() {
		if one.Plan != l.Plan || one.Number == l.Number {
			continue
		}
		one.Plan = planID
		raw, err := json.Marshal(stored{version, one})
		if err != nil {
			return err
		}
		records[one.name()] = raw
		later = append(later, one)
	}
	if err := b.Remove(l, records); err != nil {
		return err
	}
	b.mu.Lock()
	for _, one := range later {
		if i := slices.IndexFunc(b.letters, func(o Letter) bool { return o.Number == one.Number }); i >= 0 {
			b.letters[i] = one
		}
	}
	b.mu.Unlock()
	b.tell()
	return nil
}

// Service is the way to the central service, with the key under which a thing is done once.
type Service interface {
	CreatePlan(ctx context.Context, plan api.NewPlan, key string) (*api.Plan, error)
	Plan(ctx context.Context, id string) (*api.Plan, error)
	Submit(ctx context.Context, id string, body api.Submit, etag string) (*api.Plan, error)
	Comment(ctx context.Context, id string, body api.Comment) (*api.Plan, error)
	CommentDone(ctx context.Context, id, commentID string) (*api.Plan, error)
	ConfirmProblem(ctx context.Context, id string, body api.Confirm) (*api.Plan, error)
}

// Drafts are the editors whose words go before a letter of their plan.
type Drafts interface {
	// Flush sends every word of a plan, opening it where nobody has, and gives the tag of its draft then. For a plan that is to
	// be started it starts it first, and the id that the plan has then is given.
	Flush(ctx context.Context, planID string) (id, etag string, err error)
	// Newest has an open editor take in the plan as the service has it now. An error that is a no (see Unsure) says that another person
	// changed what was asked for, and that this one has to look at it first.
	Newest(ctx context.Context, planID string) error
	// Adopt is told the plan as the service has it now.
	Adopt(plan *api.Plan)
}

// Unsure says whether an error leaves open whether a thing was done, or says that it was not done and may be tried again as
// it is. Every other error is a no.
func Unsure(err error) bool {
	var problem *api.Problem
	if !errors.As(err, &problem) {
		return !errors.Is(err, ErrWords) && !errors.Is(err, ErrGone)
	}
	switch problem.Code() {
	case api.CodeUnauthenticated, api.CodeErase, api.CodeUnavailable, api.CodeTooMany:
		return true
	}
	return problem.Status >= 500
}

// Push sends what waits, in order, until the service cannot be reached. A letter that the service refuses, whose words wait for
// a person, or that was written in another position, keeps only the letters of its own plan back. The error is why something
// waits that may be tried again; nil: all that can go has gone.
func (b *Box) Push(ctx context.Context, s Service, d Drafts, as string) error {
	if err := b.take(ctx); err != nil {
		return err
	}
	defer func() { <-b.sending }()
	stopped := map[string]bool{}
	var waits error
	for _, l := range b.Letters() {
		if stopped[l.Plan] {
			continue
		}
		if l.Refused != nil || l.As != as {
			stopped[l.Plan] = true
			continue
		}
		now, ok := b.same(l) // a start gives the letters after it another plan
		if !ok {
			continue
		}
		_, err := b.one(ctx, s, d, now)
		if err == nil {
			continue
		}
		stopped[l.Plan] = true
		stopped[now.Plan] = true
		if Unsure(err) {
			waits = err
			if ctx.Err() != nil || api.IsUnreachable(err) || api.IsSignedOut(err) {
				break // so it is with all others
			}
		}
	}
	return waits
}

// Send is Push for one letter, for who waits for what comes of it. What was asked for earlier in its plan goes first: a reviewer who is
// sent a plan has what was said before. An earlier one that may still go keeps it back, as in Push; one that was refused does not.
func (b *Box) Send(ctx context.Context, s Service, d Drafts, l Letter) (*api.Plan, error) {
	if err := b.take(ctx); err != nil {
		return nil, err
	}
	defer func() { <-b.sending }()
	for _, before := range b.Letters() {
		now, ok := b.same(l)
		if before, there := b.same(before); ok && there && before.Number < now.Number && before.Plan == now.Plan && before.As == now.As &&
			before.Kind != Start && before.Refused == nil {
			if _, err := b.one(ctx, s, d, before); err != nil && (Unsure(err) || errors.Is(err, ErrWords)) {
				return nil, err
			}
		}
	}
	now, ok := b.same(l)
	if !ok {
		return nil, ErrGone
	}
	return b.one(ctx, s, d, now)
}

// take waits for its turn to send.
func (b *Box) take(ctx context.Context) error {
	select {
	case b.sending <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// ErrGone says that a letter is no longer there: it went already.
var ErrGone = errors.New("the letter went already")

// ErrWords says that a letter waits until a person has settled the words of its plan.
var ErrWords = errors.New("the words of the plan wait for a person")

func (b *Box) same(l Letter) (Letter, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	i := slices.IndexFunc(b.letters, func(o Letter) bool { return o.Number == l.Number })
	if i < 0 {
		return Letter{}, false
	}
	return b.letters[i], true
}

// tries is how often a letter is made anew in one go because somebody else saved in between.
const tries = 4

// one sends one letter. It needs b.sending.
func (b *Box) one(ctx context.Context, s Service, d Drafts, l Letter) (*api.Plan, error) {
	if l.Kind == Start {
		_, _, err := d.Flush(ctx, l.Plan) // the editor starts the plan before its words: BeginAt
		if _, there := b.same(l); !there {
			return nil, nil
		}
		if err == nil {
			err = ErrWords
		}
		return nil, err
	}
	for range tries {
		var plan *api.Plan
		var err error
		if words := l.Kind == Submit || l.Kind == Confirm || IsHere(l.Plan); words && l.Etag == "" {
			var id, etag string
			if id, etag, err = d.Flush(ctx, l.Plan); err == nil && IsHere(id) {
				return nil, ErrWords
			}
			if err == nil {
				l.Plan, l.Etag = id, etag
				if err := b.Put(l, nil); err != nil {
					return nil, err
				}
			}
		}
		if err == nil {
			plan, err = b.post(api.WithMatch(api.WithKey(ctx, l.Key), l.Etag), s, l)
		}
		switch {
		case err == nil:
			return plan, b.went(d, l, plan)
		case Unsure(err), errors.Is(err, ErrWords), IsHere(l.Plan):
			return nil, err
		case api.IsCode(err, api.CodeConflict), api.IsCode(err, api.CodePrecondition): // it was not done, and somebody saved: with the newest words
			l.Etag, l.Key = "", rand.Text()
			if err := b.Put(l, nil); err != nil {
				return nil, err
			}
			if err := d.Newest(ctx, l.Plan); err != nil && Unsure(err) {
				return nil, err
			} else if err != nil {
				return nil, b.refuse(l, err)
			}
			continue
		case l.Kind == Submit && api.IsCode(err, api.CodeState):
			plan, failed := s.Plan(ctx, l.Plan)
			if failed != nil && Unsure(failed) { // whether it was sent already is not known: no "no" of the service's is written down yet
				return nil, failed
			}
			if failed != nil || plan.Status != "in_review" {
				break
			}
			var body api.Submit // a colleague has sent it: this letter's own sending would be answered again
			if err := json.Unmarshal(l.Body, &body); err != nil {
				return nil, err
			}
			said := plan.Draft != nil && slices.ContainsFunc(plan.Draft.Comments, func(c api.Comment) bool { return !c.Done && c.Text == body.Note })
			if body.Note == "" || said { // pressed twice, or both say the same
				return plan, b.went(d, l, plan)
			}
			raw, err := json.Marshal(api.Comment{Text: body.Note}) // what this person says to the reviewer goes all the same
			if err != nil {
				return nil, err
			}
			l.Kind, l.Body, l.Etag, l.Key = Comment, raw, "", rand.Text()
			if err := b.Put(l, nil); err != nil {
				return nil, err
			}
			continue
		}
		return nil, b.refuse(l, err)
	}
	return nil, &api.Problem{Type: api.TypeOf(api.CodeTooMany), Title: "The service is busy."}
}

// went ends a letter that has done its work.
func (b *Box) went(d Drafts, l Letter, plan *api.Plan) error {
	if err := b.Remove(l, nil); err != nil {
		return err
	}
	d.Adopt(plan)
	return nil
}

// refuse keeps the service's no with a letter, and gives it.
func (b *Box) refuse(l Letter, err error) error {
	var no *api.Problem
	if !errors.As(err, &no) {
		return err
	}
	l.Refused = &api.Problem{Type: no.Type, Title: no.Title, Detail: no.Detail, Status: no.Status, Fields: no.Fields, PlanID: no.PlanID}
	if kept := b.Put(l, nil); kept != nil {
		return kept
	}
	return err
}

func (b *Box) post(ctx context.Context, s Service, l Letter) (*api.Plan, error) {
	read := func(body any) error { return json.Unmarshal(l.Body, body) }
	switch l.Kind {
	case Submit:
		var body api.Submit
		if err := read(&body); err != nil {
			return nil, err
		}
		return s.Submit(ctx, l.Plan, body, l.Etag)
	case Comment:
		var body api.Comment
		if err := read(&body); err != nil {
			return nil, err
		}
		return s.Comment(ctx, l.Plan, body)
	case Done:
		var id string
		if err := read(&id); err != nil {
			return nil, err
		}
		return s.CommentDone(ctx, l.Plan, id)
	case Confirm:
		var body api.Confirm
		if err := read(&body); err != nil {
			return nil, err
		}
		return s.ConfirmProblem(ctx, l.Plan, body)
	}
	return nil, errors.New("a letter of an unknown kind")
}

// BeginAt starts a plan for its editor: its letter goes to the service under its key. A no is kept with the letter and given
// again without asking until Again.
func (b *Box) BeginAt(ctx context.Context, s Service, planID string) (*api.Plan, Letter, error) {
	l, ok := b.Of(Start, planID)
	switch {
	case !ok:
		return nil, l, ErrGone
	case l.Refused != nil:
		return nil, l, l.Refused
	}
	var body api.NewPlan
	if err := json.Unmarshal(l.Body, &body); err != nil {
		return nil, l, err
	}
	plan, err := s.CreatePlan(ctx, body, l.Key)
	if err == nil || Unsure(err) {
		return plan, l, err
	}
	return nil, l, b.refuse(l, err)
}

// Again has a letter that was refused go again, with another body where one is given, under a new key.
func (b *Box) Again(l Letter, body any) error {
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return err
		}
		l.Body = raw
	}
	l.Refused, l.Etag, l.Key = nil, "", rand.Text()
	return b.Put(l, nil)
}
