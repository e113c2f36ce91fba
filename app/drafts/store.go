package drafts

// What may change here: what is kept of a draft on this computer: one record for each plan. A change of the record's shape
// needs a new record version, and a test that the old one still reads.

import (
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"time"

	"cmc/app/kept"
	"cmc/forms"
)

// KeyBytes is the length of a store's key.
const KeyBytes = kept.KeyBytes

// A Store keeps one user's unsent words on this computer, as package kept does. Any goroutine may use it; every method but
// Unsent may block on the disk.
type Store struct {
	kept *kept.Store

	seen    sync.Mutex // of records: never held while the disk works
	records map[string]record
	newer   map[string]bool // never changed: the plans whose record is a newer program's, which is left alone
}

// A record is what is kept of one draft.
type record struct {
	V     int               `json:"v"`
	Base  forms.Answers     `json:"base"`            // what the service had
	Etag  string            `json:"etag"`            // of base
	Now   forms.Answers     `json:"now"`             // what the person had written
	Sent  forms.Answers     `json:"sent,omitempty"`  // was sent, and no answer came: the service may have it
	Try   *keptTry          `json:"try,omitempty"`   // with Sent: the very request, to be repeated as it was
	Held  []string          `json:"held,omitempty"`  // by group/row/item: what a person must choose
	Asked forms.Answers     `json:"asked,omitempty"` // with Held: what both sides started from
	By    string            `json:"by,omitempty"`    // with Held: who saved the other words
	When  time.Time         `json:"when,omitzero"`   // with Held: when they did
	News  []string          `json:"news,omitempty"`  // those of Held that only the other person changed
	Lost  []Declined        `json:"lost,omitempty"`  // words that were not chosen and that the service does not have yet
	Typed map[string]string `json:"typed,omitempty"` // by group/row/item: words that are not values yet
	As    string            `json:"as,omitempty"`    // the position in which the person wrote
	Hand  string            `json:"hand,omitempty"`  // the editor that wrote it, by a random name
}

// A try is a request that was given to the network and not answered yet.
type keptTry struct {
	Patch []byte `json:"patch"`
	Etag  string `json:"etag"`
	Key   string `json:"key"`
}

const recordVersion = 1

// waits says whether the service lacks a word of it: what is only half typed, or still to be chosen, was written in no position yet.
func (r record) waits() bool { return r.Try != nil || len(r.Lost) > 0 || !r.Base.Equal(r.Now) }

// OpenStore opens a user's store at path, or makes it, with a key of KeyBytes.
func OpenStore(path string, key []byte) (*Store, error) {
	return openStore(path, key, kept.Options{})
}

func openStore(path string, key []byte, o kept.Options) (*Store, error) {
	k, err := kept.Open(path, key, o)
	if errors.Is(err, kept.ErrKey) {
		return nil, ErrWrongKey
	}
	if err != nil {
		return nil, err
	}
	return NewStore(k), nil
}

// NewStore keeps drafts in a store of package kept, beside what others keep there.
func NewStore(k *kept.Store) *Store {
	s := &Store{kept: k, records: map[string]record{}, newer: map[string]bool{}}
	for name, raw := range k.All() {
		plan, ok := strings.CutPrefix(name, kept.Draft)
		if !ok {
			continue
		}
		var r record
		if err := json.Unmarshal(raw, &r); err != nil || r.V > recordVersion {
			s.newer[plan] = true
			continue
		}
		s.records[plan] = r
	}
	return s
}

// Kept is where the drafts are kept, for what is kept beside them.
func (s *Store) Kept() *kept.Store { return s.kept }

// Unsent are the plans that have words here which the service lacks. Half-typed words alone do not count: they are never
// sent.
func (s *Store) Unsent() []string {
	s.seen.Lock()
	defer s.seen.Unlock()
	var plans []string
	for plan, r := range s.records {
		if !r.Base.Equal(r.Now) || len(r.Lost) > 0 {
			plans = append(plans, plan)
		}
	}
	return plans
}

func (s *Store) get(plan string) (record, bool) {
	s.seen.Lock()
	defer s.seen.Unlock()
	r, ok := s.records[plan]
	return r, ok
}

// put keeps a record: when it returns nil, the words outlive the program and the power. ErrNewer: there is a newer program's.
func (s *Store) put(plan string, r record) error {
	if s.newer[plan] {
		return ErrNewer
	}
	r.V = recordVersion
	raw, err := json.Marshal(r)
	if err != nil {
		return err
	}
	if err := s.kept.Change(map[string][]byte{kept.Draft + plan: raw}); err != nil {
		return named(err)
	}
	s.seen.Lock()
	defer s.seen.Unlock()
	s.records[plan] = r
	return nil
}

// remove forgets a record: the service has every word.
func (s *Store) remove(plan string) error {
	s.seen.Lock()
	_, there := s.records[plan]
	s.seen.Unlock()
	if !there {
		return nil
	}
	if err := s.kept.Change(map[string][]byte{kept.Draft + plan: nil}); err != nil {
		return named(err)
	}
	s.seen.Lock()
	defer s.seen.Unlock()
	delete(s.records, plan)
	return nil
}

// Beginning is what keeps the first words of a plan that the service does not know yet; done is to be called once it is kept.
func (s *Store) Beginning(plan string, words forms.Answers) (records map[string][]byte, done func(), err error) {
	r := record{V: recordVersion, Base: forms.Answers{}, Now: words}
	raw, err := json.Marshal(r)
	if err != nil {
		return nil, nil, err
	}
	return map[string][]byte{kept.Draft + plan: raw}, func() {
		s.seen.Lock()
		defer s.seen.Unlock()
		s.records[plan] = r
	}, nil
}

// Words are what a person wrote in a plan, beside what the service has of it as far as this computer knows.
type Words struct {
	As        string // the position in which they were written; "": it is not known
	Base, Now forms.Answers
	Typed     map[At]string // what is not a value yet
	Lost      []Declined    // what was not chosen when two people had written in one place
}

// Unsent counts the changes, and the words that were not chosen, that the service does not have.
func (w Words) Unsent() int { return len(differences(w.Base, w.Now)) + len(w.Lost) }

// Words are what is kept here of a plan. They are for who shows them or brings them elsewhere. It never blocks on the disk.
func (s *Store) Words(plan string) (Words, bool) {
	r, ok := s.get(plan)
	typed := map[At]string{}
	for at, raw := range r.Typed {
		typed[readAt(at)] = raw
	}
	return Words{As: r.As, Base: r.Base, Now: r.Now, Typed: typed, Lost: r.Lost}, ok
}

// Forgetting is what takes a plan's words out of the store, but for those of a newer program; done is to be called once they are.
func (s *Store) Forgetting(plan string) (records map[string][]byte, done func()) {
	if s.newer[plan] {
		return nil, func() {}
	}
	return map[string][]byte{kept.Draft + plan: nil}, func() {
		s.seen.Lock()
		defer s.seen.Unlock()
		delete(s.records, plan)
	}
}

// moving is what keeps a plan's words under another name, on what the service began with.
func (s *Store) moving(from, to string, base forms.Answers) (records map[string][]byte, done func(), err error) {
	r, ok := s.get(from)
	if !ok {
		return nil, func() {}, nil
	}
	if s.newer[to] {
		return nil, nil, ErrNewer
	}
	r.Base, r.Try, r.Sent = base, nil, nil // a request for a plan that was not there did nothing
	raw, err := json.Marshal(r)
	if err != nil {
		return nil, nil, err
	}
	return map[string][]byte{kept.Draft + from: nil, kept.Draft + to: raw}, func() {
		s.seen.Lock()
		defer s.seen.Unlock()
		delete(s.records, from)
		s.records[to] = r
	}, nil
}

func named(err error) error {
	if errors.Is(err, kept.ErrClosed) {
		return ErrClosed
	}
	return err
}

// Close ends the store. What is kept stays.
func (s *Store) Close() error { return s.kept.Close() }
