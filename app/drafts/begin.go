package drafts

// What may change here: how a draft that was begun on this computer becomes one of the service's, and how words that were
// written for a second plan come into the first.

import (
	"context"
	"encoding/json"
	"maps"
	"slices"

	"cmc/api"
	"cmc/forms"
)

// Begin gives the editor of a plan that was begun on this computer the plan that the service has just started for it from the
// answers first: what differs from them since is this person's, and nobody is asked about it. write
// keeps its words under the plan's id, with whatever else changes in that step; when it fails, nothing has changed. Call it
// within Config.Send, and return its error: with it the editor compares its words with those that the service began with.
func (e *Editor) Begin(ctx context.Context, p *api.Plan, first forms.Answers, write func(records map[string][]byte) error) error {
	w := &e.work
	if err := w.keeping.take(ctx); err != nil {
		return err
	}
	defer w.keeping.give()
	e.mu.Lock()
	store, from := e.conf.Store, e.id
	e.mu.Unlock()
	var records map[string][]byte
	done := func() {}
	if store != nil {
		var err error
		if records, done, err = store.moving(from, p.ID, first); err != nil {
			return err
		}
	}
	if err := write(records); err != nil {
		return err
	}
	done()
	theirs, err := json.Marshal(p.Draft)
	if err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.id, e.plan, e.base = p.ID, p, first
	return &api.Problem{Type: api.TypeOf(api.CodeConflict), Status: 412, Title: "The plan has just been started.", Theirs: theirs, Etag: p.Etag}
}

// Words are all that the editor holds. It never blocks.
func (e *Editor) Words() Words {
	e.mu.Lock()
	defer e.mu.Unlock()
	return Words{Base: e.base, Now: e.now, Typed: maps.Clone(e.typed)}
}

// TakeIn brings in words that the same person wrote for the same patient without knowing of this plan, on base: what this plan has had of
// them already, or nothing. Where the plan still holds what base does they stand; where it says something else a person chooses. nil: they are in the editor, and kept on this computer or
// at the service. ErrConflict: there is another choice to be made first, and nothing was brought in. ErrOnlyHere: they are in
// this window alone, so keep them where they were.
func (e *Editor) TakeIn(ctx context.Context, base forms.Answers, words Words) error {
	if err := e.Flush(ctx); err != nil {
		return err
	}
	base, mine := e.written(base), e.written(words.Now)
	e.mu.Lock()
	if e.work.attempt != nil || len(e.work.held) > 0 || !e.base.Equal(e.now) {
		e.mu.Unlock()
		return ErrConflict
	}
	asked := e.base // as if this plan had never had what was written there: all else in it is nobody's change
	for _, at := range slices.SortedFunc(maps.Keys(differences(base, mine)), byDepth) {
		was, had := get(base, at)
		asked = put(asked, at, was, had)
	}
	e.mergeIn(asked, e.base, rebase(base, e.base, mine))
	for at, raw := range words.Typed {
		if _, there := e.typed[at]; !there {
			e.typed[at] = raw
		}
	}
	e.changed()
	version := e.work.changes
	e.mu.Unlock()
	if err := e.keep(ctx); err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.work.hurry = true
	e.work.keepSoon.tell()
	if e.unsent() && (e.conf.Store == nil || e.work.keepErr != nil || e.work.kept < version) {
		return ErrOnlyHere
	}
	return nil
}

// written are the answers that a person writes, and not the service.
func (e *Editor) written(a forms.Answers) forms.Answers {
	out := forms.Answers{}
	for id, answer := range a {
		if item := e.conf.Definition.Item(id); item != nil && !item.System {
			out[id] = answer
		}
	}
	return out
}

// HandOver ends an editor whose words are safe elsewhere, and keeps nothing more of it. taken are those words: false says that the person
// has written others since, and that the editor goes on.
func (e *Editor) HandOver(ctx context.Context, taken Words) (bool, error) {
	if err := e.work.keeping.take(ctx); err != nil {
		return false, err
	}
	defer e.work.keeping.give()
	e.mu.Lock()
	same := e.now.Equal(taken.Now) && maps.Equal(e.typed, taken.Typed)
	e.work.ended = e.work.ended || same // in one step: what is typed from here on is typed elsewhere
	e.mu.Unlock()
	if same {
		e.finish()
	}
	return same, nil
}
