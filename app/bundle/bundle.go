// Package bundle keeps the plans that one person may read on this computer when the service cannot be reached.
//
// Contract:
//   - A page is given only before its limit, and never by a clock that was set back: the latest time that was ever seen is kept with
//     the pages, and an earlier one is refused (ErrClock).
//   - What is past its limit is gone from memory at once, and from the disk with the next Tidy. Where no page is left, no file is.
//   - Everything lies in a sealed store (package kept) with a key of its own: whoever throws the key away has erased it.
//   - A change that cannot be kept takes everything away: a page that was withdrawn must not stay because a disk is full.
//   - A file that is damaged is erased, never mended: the service has every page.
//   - No error text, log line or file name holds anything of a page.
package bundle

// What may change here: what is kept beside the pages, and when they may be given. A change of the shape needs a new version.

import (
	"cmp"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"cmc/api"
	"cmc/app/kept"
)

// KeyBytes is the length of a shelf's key.
const KeyBytes = kept.KeyBytes

// The reasons for which no page is given.
var (
	// ErrNone says that no page is kept.
	ErrNone = errors.New("no plan is kept here to be read offline")
	// ErrOver says that what was kept is past its limit, and was erased.
	ErrOver = errors.New("what was kept here to be read offline is past its limit, and was erased")
	// ErrClock says that this computer's clock was set back.
	ErrClock = errors.New("this computer's clock was set back")
	// ErrEnded says that a shelf was closed or erased meanwhile: nothing comes to it any more, and what is on the disk stays.
	ErrEnded = errors.New("what is kept here to be read offline was closed meanwhile")
	// ErrInUse says that another window of this program has the pages.
	ErrInUse = kept.ErrInUse
)

// drift is how far a clock may go back before it counts as set back: a computer that is put right by its network moves by seconds.
const drift = time.Minute

const version = 1

// A Head is what is kept beside the pages.
type Head struct {
	V            int             `json:"v"`
	User         api.User        `json:"user"`
	Service      api.ServiceInfo `json:"service"`
	Token        string          `json:"token"`         // the hash of the session's token: whose sign-in these pages belong to
	SessionUntil time.Time       `json:"session_until"` // until when that session stands without being used
	AsAt         time.Time       `json:"as_at"`         // when everything was fetched last
	Ahead        time.Duration   `json:"ahead"`         // by how much the service's clock was ahead of this computer's then
	LeftOut      int             `json:"left_out"`      // so many of their people have a plan that is not kept
}

// A Page is one plan as it was when it was fetched.
type Page struct {
	api.BundlePage
	// Changed is when the service said that something about the plan changed which could not be fetched; zero: nothing did.
	Changed time.Time `json:"changed,omitzero"`
}

// A Shelf is the pages of one person on this computer. Make it with Open. Any goroutine may use it. Of its methods, those with an error
// about the disk may block on it; Head, Pages and Page never do.
type Shelf struct {
	path string

	disk  sync.Mutex // one change after the other
	store *kept.Store

	mu    sync.Mutex // never held while the disk works
	head  *Head
	pages map[string]Page
	seen  time.Time // the latest time that was ever seen
	over  bool      // there were pages, and they are past their limit
	ended bool
}

// The names of the records.
const (
	headName   = "head"
	seenName   = "seen"
	pagePrefix = "page/"
)

// FileName is the name of a person's shelf for a key.
func FileName(person string, key []byte) string { return kept.FileName(Prefix+person, key) }

// Prefix is what the names of all shelves begin with.
const Prefix = "pages-"

// Open opens a shelf at path, or makes it, with a key of KeyBytes.
func Open(path string, key []byte) (*Shelf, error) {
	store, err := kept.Open(path, key, kept.Options{})
	if err != nil {
		return nil, err
	}
	s := &Shelf{path: path, store: store, pages: map[string]Page{}}
	report := store.Report()
	if report.ReadOnly != nil {
		return nil, errors.Join(report.ReadOnly, store.Close()) // what cannot be erased here is not opened
	}
	if report.SetAside != "" || !s.read(store.All()) {
		if err := s.Erase(); err != nil {
			return nil, err
		}
		if store, err = kept.Open(path, key, kept.Options{}); err != nil {
			return nil, err
		}
		s = &Shelf{path: path, store: store, pages: map[string]Page{}}
	}
	return s, nil
}

// read takes in what is kept; false: it is not what this program wrote.
func (s *Shelf) read(records map[string][]byte) bool {
	for name, raw := range records {
		id, isPage := strings.CutPrefix(name, pagePrefix)
		var err error
		switch {
		case isPage:
			var page Page
			err = json.Unmarshal(raw, &page)
			s.pages[id] = page
		case name == headName:
			s.head = new(Head)
			err = json.Unmarshal(raw, s.head)
		case name == seenName:
			err = json.Unmarshal(raw, &s.seen)
		}
		if err != nil {
			return false
		}
	}
	return len(records) == 0 || s.head != nil && s.head.V == version && !s.seen.IsZero()
}

// Put keeps these pages and no others. They come from the service, so that its time, in head.AsAt, is what the clock is held to from
// now on.
func (s *Shelf) Put(head Head, pages []api.BundlePage) error {
	head.V = version
	return s.change(func(now map[string]Page) (map[string]Page, *Head, time.Time) {
		next := make(map[string]Page, len(pages))
		for _, page := range pages {
			next[page.PlanID] = Page{BundlePage: page}
		}
		return next, &head, head.AsAt
	})
}

// PutOne keeps one page in place of what was kept of the plan; nil: the plan is not to be read offline any more.
func (s *Shelf) PutOne(planID string, page *api.BundlePage) error {
	return s.change(func(now map[string]Page) (map[string]Page, *Head, time.Time) {
		delete(now, planID)
		if page != nil {
			now[planID] = Page{BundlePage: *page}
		}
		return now, nil, time.Time{}
	})
}

// Doubt notes that something about a plan changed at a moment, which could not be fetched yet.
func (s *Shelf) Doubt(planID string, at time.Time) error {
	return s.change(func(now map[string]Page) (map[string]Page, *Head, time.Time) {
		if page, there := now[planID]; there && page.Changed.IsZero() {
			page.Changed = at
			now[planID] = page
		}
		return now, nil, time.Time{}
	})
}

// change works out what is kept next from a copy of what is, and keeps it. A head or time that is not given stays as it is.
func (s *Shelf) change(next func(map[string]Page) (map[string]Page, *Head, time.Time)) error {
	s.disk.Lock()
	defer s.disk.Unlock()
	s.mu.Lock()
	if s.ended {
		s.mu.Unlock()
		return ErrEnded
	}
	before := make(map[string]Page, len(s.pages))
	for id, page := range s.pages {
		before[id] = page
	}
	s.mu.Unlock()
	pages, head, seen := next(before)
	records, err := s.records(pages, head, seen)
	if err == nil {
		err = s.store.Change(records)
	}
	if err != nil {
		return errors.Join(err, s.erase())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pages = pages
	if head != nil {
		s.head, s.over = head, false
	}
	if !seen.IsZero() {
		s.seen = seen
	}
	return nil
}

// records are what has to be written so that these pages are kept and no others.
func (s *Shelf) records(pages map[string]Page, head *Head, seen time.Time) (map[string][]byte, error) {
	was, out := s.store.All(), map[string][]byte{}
	for name := range was {
		if strings.HasPrefix(name, pagePrefix) {
			out[name] = nil
		}
	}
	put := func(name string, value any) error {
		raw, err := json.Marshal(value)
		if err != nil {
			return err
		}
		if out[name] = raw; string(was[name]) == string(raw) {
			delete(out, name)
		}
		return nil
	}
	for id, page := range pages {
		if err := put(pagePrefix+id, page); err != nil {
			return nil, err
		}
	}
	if head != nil {
		if err := put(headName, head); err != nil {
			return nil, err
		}
	}
	if !seen.IsZero() {
		if err := put(seenName, seen); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// at lets the clock be now: what is past its limit is gone. It needs s.mu.
func (s *Shelf) at(now time.Time) error {
	if now.Before(s.seen.Add(-drift)) {
		return ErrClock
	}
	if now.After(s.seen) {
		s.seen = now
	}
	for id, page := range s.pages {
		if !now.Before(page.Until) {
			delete(s.pages, id)
			s.over = true
		}
	}
	switch {
	case s.head == nil || len(s.pages) == 0 && !s.over:
		return ErrNone
	case len(s.pages) == 0:
		return ErrOver
	}
	return nil
}

// Head is what is kept beside the pages, when there are any to be read now.
func (s *Shelf) Head(now time.Time) (Head, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.at(now); err != nil {
		return Head{}, err
	}
	return *s.head, nil
}

// Clock is the service's time, worked out from this computer's as both were when the pages were fetched; false: none are kept.
func (s *Shelf) Clock(here time.Time) (service time.Time, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.head == nil {
		return time.Time{}, false
	}
	return here.Add(s.head.Ahead), true
}

// Pages are the pages that may be read now, by the person's name.
func (s *Shelf) Pages(now time.Time) ([]Page, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.at(now); err != nil {
		return nil, err
	}
	out := make([]Page, 0, len(s.pages))
	for _, page := range s.pages {
		out = append(out, page)
	}
	slices.SortFunc(out, func(a, b Page) int {
		return cmp.Or(cmp.Compare(strings.ToLower(a.Patient.FamilyName), strings.ToLower(b.Patient.FamilyName)),
			cmp.Compare(strings.ToLower(a.Patient.GivenName), strings.ToLower(b.Patient.GivenName)), cmp.Compare(a.PlanID, b.PlanID))
	})
	return out, nil
}

// Page is one page, if it may be read now. ErrOver: it was here, and is past its limit.
func (s *Shelf) Page(planID string, now time.Time) (Page, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, was := s.pages[planID]
	err := s.at(now)
	page, there := s.pages[planID]
	switch {
	case errors.Is(err, ErrClock):
		return Page{}, err
	case there:
		return page, nil
	case was || errors.Is(err, ErrOver):
		return Page{}, ErrOver
	}
	return Page{}, ErrNone
}

// Tidy brings the disk to what is true now: the time that was seen, and nothing that is past its limit. ErrOver: nothing was left, and
// the shelf is erased as by Erase.
func (s *Shelf) Tidy(now time.Time) error {
	s.disk.Lock()
	defer s.disk.Unlock()
	s.mu.Lock()
	if s.ended {
		s.mu.Unlock()
		return ErrEnded
	}
	err := s.at(now)
	seen, pages := s.seen, make(map[string]Page, len(s.pages))
	for id, page := range s.pages {
		pages[id] = page
	}
	s.mu.Unlock()
	switch {
	case errors.Is(err, ErrOver):
		return errors.Join(ErrOver, s.erase())
	case errors.Is(err, ErrNone):
		return nil
	case errors.Is(err, ErrClock):
		return err
	}
	records, err := s.records(pages, nil, seen)
	if err == nil {
		err = s.store.Change(records)
	}
	if err != nil {
		return errors.Join(err, s.erase())
	}
	return nil
}

// Erase takes every page from memory and its file from the disk, and ends the shelf. Throw its key away too.
func (s *Shelf) Erase() error {
	s.disk.Lock()
	defer s.disk.Unlock()
	return s.erase()
}

// erase needs s.disk.
func (s *Shelf) erase() error {
	s.mu.Lock()
	clear(s.pages)
	s.ended = true
	s.mu.Unlock()
	return errors.Join(s.store.Close(), Remove(s.path))
}

// Ended says whether the shelf was erased or closed: no page comes to it or from it any more.
func (s *Shelf) Ended() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ended
}

// Remove takes the file of a shelf, and what was set aside of it, from the disk.
func Remove(path string) error {
	entries, err := os.ReadDir(filepath.Dir(path))
	for _, entry := range entries {
		if !strings.HasPrefix(entry.Name(), filepath.Base(path)) {
			continue
		}
		if gone := os.Remove(filepath.Join(filepath.Dir(path), entry.Name())); gone != nil && !errors.Is(gone, os.ErrNotExist) {
			err = errors.Join(err, gone)
		}
	}
	return err
}

// Close ends the shelf. What is kept stays until its limit.
func (s *Shelf) Close() error {
	s.disk.Lock()
	defer s.disk.Unlock()
	s.mu.Lock()
	s.ended = true
	s.mu.Unlock()
	return s.store.Close()
}
