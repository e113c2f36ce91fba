package app

// What may change here: how a plan gets its one editor.

import (
	"context"
	"slices"
	"time"

	"cmc/api"
	"cmc/app/drafts"
	"cmc/app/outbox"
)

// Edit is the one open editor of a plan for who is signed in. Words of this person that never reached the service are in
// it again, from this process or from this computer. It never blocks. It is nil when nobody is signed in, or when the
// plan is written under a definition that this program does not know (a newer one).
func (d *Desk) Edit(p *api.Plan) *drafts.Editor {
	return d.edit(d.user(), p, false)
}

// edit is Edit in the session for which the plan was fetched, nil once that is over; unattended gives only an editor that nobody has, and
// nobody is in.
func (d *Desk) edit(now *session, p *api.Plan, unattended bool) *drafts.Editor {
	definition, ok := d.definition(p.Definition)
	if !ok {
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.now == nil || d.now != now {
		return nil
	}
	h := d.now.held
	if id := h.real(p.ID); id != p.ID { // it was started at the service since p was fetched
		switch editor, last := h.editors[id], h.latest[id]; {
		case editor != nil:
			p = editor.Plan()
		case last != nil:
			p = last
		default:
			return nil
		}
	}
	if unattended && h.editors[p.ID] != nil {
		return nil
	}
	takeIn := func(editor *drafts.Editor) { // words for this plan that were written without knowing of it
		if !unattended && h.box != nil {
			d.tasks.Go(func() {
				again := time.NewTicker(firstPause)
				defer again.Stop()
				for {
					err := d.takeIn(d.ctx, now, editor)
					if err == nil {
						return
					}
					d.p.Log.Info("words for a plan that was there already wait", "err", err)
					select {
					case <-d.ctx.Done():
						return
					case <-again.C: // a choice that was open has been made, or the line is back
					}
					if d.user() != now || d.editor(editor.PlanID()) != editor {
						return
					}
				}
			})
		}
	}
	if editor := h.editors[p.ID]; editor != nil {
		if editor.Reopen() {
			editor.WriteAs(now.user.Position, now.gone)
			editor.Adopt(p)
			takeIn(editor)
			return editor
		}
		if last := editor.Plan(); newer(last, p) { // it is just ending
			p = last
		}
	}
	if last := h.latest[p.ID]; newer(last, p) {
		p = last
	}
	delete(h.latest, p.ID)
	editor := drafts.Open(drafts.Config{
		Plan: p, Definition: definition, Store: h.store, NoStore: h.noStore, As: now.user.Position, May: d.mayGo(h.key),
		Send: d.sender(h.key), Tell: d.teller(h.key), Hidden: hiddenInNotes, Now: d.Now, Log: d.p.Log,
		Closed: func(e *drafts.Editor) {
			id, last := e.PlanID(), e.Plan()
			d.mu.Lock()
			defer d.mu.Unlock()
			for under, editor := range h.editors { // by the id that it had before, when it ends just as its plan is started
				if editor == e {
					delete(h.editors, under)
					h.latest[id] = last
				}
			}
		},
	})
	editor.OnStatus(func(drafts.Status) { d.moved() })
	takeIn(editor)
	if unattended {
		editor.Leave()
	} else {
		editor.WriteAs(now.user.Position, now.gone)
	}
	delete(h.stuck, p.ID)
	h.editors[p.ID] = editor
	return editor
}

// gone says whether the person of a session no longer holds a position, by its id: nobody can choose it. "": it is not known.
func (s *session) gone(position string) bool {
	return position != "" && position != s.user.Position && !slices.ContainsFunc(s.user.Positions, func(p api.Position) bool { return p.ID == position })
}

// wroteIn is why words do not go that were written in another position, and what sends them on.
func (s *session) wroteIn(position string) *api.Problem {
	no := positionProblem("You wrote this " + inPosition(position, s.user) + ".")
	if no.Detail = choosePosition; s.gone(position) {
		no.Detail = "Open the plan, and it goes as what you are now."
	}
	return no
}

// mayGo says of one person's editors whether what was written in a position goes now.
func (d *Desk) mayGo(key string) func(string) error {
	return func(as string) error {
		d.mu.Lock()
		defer d.mu.Unlock()
		if d.now == nil || d.now.held.key != key || as == "" || as == d.now.user.Position {
			return nil // who is not here does not send: sender
		}
		return d.now.wroteIn(as)
	}
}

// sendKept opens the plans whose words were kept on this computer and never reached the service, so that they go, and closes
// them again. What needs a person (a conflict, a reason to open the record) waits until they open the plan; what the service
// refuses for good is remembered in held.stuck. It says whether it is worth another try.
func (d *Desk) sendKept(ctx context.Context, now *session) (again bool) {
	d.mu.Lock()
	store := now.held.store
	d.mu.Unlock()
	if store == nil {
		return false
	}
	for _, id := range store.Unsent() {
		d.mu.Lock()
		open, stuck := now.held.editors[id] != nil, now.held.stuck[id] != nil
		d.mu.Unlock()
		if open || stuck {
			continue
		}
		if words, _ := store.Words(id); words.As != "" && words.As != now.user.Position { // they go in the name in which they were written
			d.mu.Lock()
			now.held.stuck[id] = now.wroteIn(words.As)
			d.mu.Unlock()
			continue
		}
		var p *api.Plan
		var err error
		if outbox.IsHere(id) {
			p, err = d.localPlan(now.held, id)
		} else {
			p, err = now.client.Plan(ctx, id)
		}
		if err != nil {
			if ctx.Err() != nil {
				return false
			}
			if api.IsSignedOut(err) { // the same person signs in again first
				d.noteFailure(now.client, err)
				return false
			}
			if outbox.Unsure(err) {
				again = true
				continue
			}
			d.mu.Lock()
			now.held.stuck[id] = err
			d.mu.Unlock()
			continue
		}
		if _, known := d.definition(p.Definition); !known {
			d.mu.Lock()
			now.held.stuck[id] = errNewer
			d.mu.Unlock()
			continue
		}
		d.edit(now, p, true)
	}
	return again
}

// user is the session of who is signed in, or nil.
func (d *Desk) user() *session {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.now
}

// newer says whether an editor that has just ended saw a newer draft than p, which was fetched while it was still saving.
func newer(last, p *api.Plan) bool {
	return last != nil && last.Draft != nil && p.Draft != nil && last.Draft.ChangedAt.After(p.Draft.ChangedAt)
}
