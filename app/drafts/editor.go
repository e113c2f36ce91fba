package drafts

// What may change here: what a person's hands do to a draft. When and how it is kept and sent is in saver.go.

import (
	"context"
	"crypto/rand"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"cmc/api"
	"cmc/forms"
)

// Send gives one merge patch to the central service; api.Client.PatchDraft is one. It may block until ctx ends.
type Send func(ctx context.Context, planID string, patch []byte, etag, idemKey string) (*api.Plan, error)

// Config is what an editor is made of.
type Config struct {
	Plan       *api.Plan             // as the service sent it, with its Draft and Etag
	Definition *forms.Definition     // that the plan is written under
	Store      *Store                // this user's; nil: nothing can be kept on this computer, and NoStore says why
	NoStore    string                // "its keychain is locked"; after "this computer cannot keep it: "
	As         string                // the position in which the person writes, by its id; it is kept with the words
	May        func(as string) error // why words that were written in a position do not go now; nil, or no error: they do. It must not wait
	Send       Send
	Tell       Tell                                  // nil: words that were not chosen in a conflict stay on this computer
	Hidden     func(forms.Answers, *forms.Item) bool // which answers beside the sensitive ones no note may repeat; nil: none
	Now        func() time.Time                      // the clinical clock; nil: time.Now
	Log        *slog.Logger                          // nil: nothing is logged
	Closed     func(*Editor)                         // called once when the editor has ended: nothing of it is left to keep or send; may be nil
}

// An Editor is the one open draft of one plan. Make it with Open, end it with Leave or End. All its methods may be called from
// any goroutine; those without a context touch memory only and never block.
type Editor struct {
	conf Config

	hand string // a random name, by which it knows its own records

	mu    sync.Mutex
	id    string
	as    string        // the position in which what is unsent was written
	plan  *api.Plan     // as the service sent it last
	base  forms.Answers // what the service has, as far as this editor knows
	etag  string
	now   forms.Answers // what the person sees; never changed in place
	typed map[At]string
	work  work // of saver.go

	watchers map[int]func(Status)
	nextID   int
}

// Open makes an editor and starts its keeping and sending. Words of this user that were kept on this computer and never
// reached the service are in it again.
func Open(c Config) *Editor {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	e := &Editor{conf: c, hand: rand.Text(), id: c.Plan.ID, as: c.As, plan: c.Plan, etag: c.Plan.Etag, typed: map[At]string{}, watchers: map[int]func(Status){}}
	switch {
	case c.Plan.Draft != nil:
		e.base = answersOf(c.Plan.Draft)
	case c.Plan.Published != nil && c.Plan.Published.Answers != nil:
		e.base = c.Plan.Published.Answers
	default:
		e.base = forms.Answers{}
	}
	e.now = e.base
	e.start()
	return e
}

// PlanID is the plan's id at the service; while the plan has not been started there, its name on this computer.
func (e *Editor) PlanID() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.id
}

// Plan is the plan as the service sent it last: its state, its actions and its tag. Do not change it.
func (e *Editor) Plan() *api.Plan {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.plan
}

// Definition is what the plan is written under.
func (e *Editor) Definition() *forms.Definition { return e.conf.Definition }

// Today is the clinical day: the date in London by the service's clock, at midnight UTC.
func (e *Editor) Today() time.Time { return Today(e.conf.Now()) }

var london = func() *time.Location {
	place, err := time.LoadLocation("Europe/London")
	if err != nil {
		return time.UTC // forms/nhs embeds the zones; without them the day turns at most one hour late
	}
	return place
}()

// Today is the date in London at a moment, at midnight UTC.
func Today(at time.Time) time.Time {
	year, month, day := at.In(london).Date()
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// Answers is a snapshot of what the person sees. It is shared: read it, never change it.
func (e *Editor) Answers() forms.Answers {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.now
}

// Set puts an answer in; words that were half typed there are done with. An answer for a row that has been removed is
// dropped.
func (e *Editor) Set(at At, a forms.Answer) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.typed, at)
	if a.Blank() {
		e.now = without(e.now, at)
	} else {
		e.now = with(e.now, at, a)
	}
	e.changed()
}

// Clear makes an answer blank: never asked. It leaves half-typed words alone.
func (e *Editor) Clear(at At) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.now = without(e.now, at)
	e.changed()
}

// Hidden says whether the service has an answer there that it does not show to this person: another may be written in its
// place, and Set with the state Withheld leaves it as it is.
func (e *Editor) Hidden(at At) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	a, _ := get(e.base, at)
	return a.State == forms.Withheld
}

// Typed gives the words that were typed in a field and are not a value yet ("31-Feb").
func (e *Editor) Typed(at At) (string, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	raw, ok := e.typed[at]
	return raw, ok
}

// HalfTyped is a snapshot of all words that are not a value yet, by their place. A place may be hidden now, and its row gone.
func (e *Editor) HalfTyped() map[At]string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return maps.Clone(e.typed)
}

// SetTyped keeps words that are not a value yet with the draft, on this computer only; "" forgets them. The answer itself
// stays as it is: Clear it too when the words replace it.
func (e *Editor) SetTyped(at At, raw string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if raw == "" {
		delete(e.typed, at)
	} else {
		e.typed[at] = raw
	}
	e.changed()
}

// AddRow adds an empty row at the end of a repeating group and gives its id, which never changes.
func (e *Editor) AddRow(group string) (rowID string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	rowID = forms.NewRowID()
	e.now = withRow(e.now, group, len(e.now[group].Rows), forms.Row{ID: rowID, Answers: forms.Answers{}})
	e.changed()
	return rowID
}

// RemoveRow takes a row out. undo puts the same row back where it was; it does nothing when the row is there.
func (e *Editor) RemoveRow(group, row string) (undo func()) {
	e.mu.Lock()
	defer e.mu.Unlock()
	rows := e.now[group].Rows
	index := rowIndex(rows, row)
	if index < 0 {
		return func() {}
	}
	removed := rows[index]
	words := map[At]string{}
	for at, raw := range e.typed {
		if at.Group == group && at.Row == row {
			words[at] = raw
			delete(e.typed, at)
		}
	}
	e.now = without(e.now, At{Group: group, Row: row})
	e.changed()
	return func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		if rowIndex(e.now[group].Rows, row) >= 0 {
			return
		}
		e.now = withRow(e.now, group, index, removed)
		maps.Copy(e.typed, words)
		e.changed()
	}
}

// MoveRow moves a row up (by < 0) or down, as far as there is room.
func (e *Editor) MoveRow(group, row string, by int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	from := rowIndex(e.now[group].Rows, row)
	if from < 0 {
		return
	}
	to := min(max(from+by, 0), len(e.now[group].Rows)-1)
	if to == from {
		return
	}
	e.now = withRows(e.now, group, func(rows []forms.Row) []forms.Row {
		moved := rows[from]
		return slices.Insert(slices.Delete(rows, from, from+1), to, moved)
	})
	e.changed()
}

// OnStatus calls watch with each new status, on the editor's own goroutine, and once with the present one. Statuses that
// follow each other faster than watch returns are left out; the last one never is.
func (e *Editor) OnStatus(watch func(Status)) (cancel func()) {
	e.mu.Lock()
	defer e.mu.Unlock()
	id := e.nextID
	e.nextID++
	e.watchers[id] = watch
	e.show()
	return func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		delete(e.watchers, id)
	}
}

// Adopt takes the plan as the service sent it just now. Words of this editor that the service does not have stay.
func (e *Editor) Adopt(p *api.Plan) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.adopt(p)
}
