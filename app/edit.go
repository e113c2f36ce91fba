package app

// What may change here: how a plan gets its one editor.

import (
	"context"

	"cmc/api"
	"cmc/app/drafts"
)

// Edit is the one open editor of a plan for who is signed in. Words of this person that never reached the service are in
// it again, from this process or from this computer. It never blocks. It is nil when nobody is signed in, or when the
// plan is written under a definition that this program does not know (a newer one).
func (d *Desk) Edit(p *api.Plan) *drafts.Editor { return d.edit(p, false) }

// edit is Edit; unattended gives only an editor that nobody has, and nobody is in.
func (d *Desk) edit(p *api.Plan, unattended bool) *drafts.Editor {
	definition, ok := d.definition(p.Definition)
	if !ok {
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.now == nil {
		return nil
	}
	h := d.now.held
	if unattended && h.editors[p.ID] != nil {
		return nil
	}
	if editor := h.editors[p.ID]; editor != nil && editor.Reopen() {
		editor.Adopt(p)
		return editor
	}
	if last := h.latest[p.ID]; newer(last, p) {
		p = last
	}
	delete(h.latest, p.ID)
	editor := drafts.Open(drafts.Config{
		Plan: p, Definition: definition, Store: h.store, NoStore: h.noStore,
		Send: d.sender(h.key), Now: d.Now, Log: d.p.Log,
		Closed: func(e *drafts.Editor) {
			d.mu.Lock()
			defer d.mu.Unlock()
			if h.editors[p.ID] == e {
				delete(h.editors, p.ID)
				h.latest[p.ID] = e.Plan()
			}
		},
	})
	if unattended {
		editor.Leave()
	}
	h.editors[p.ID] = editor
	return editor
}

// sendKept opens the plans whose words were kept on this computer and never reached the service, sends them, and closes
// them again. What needs a person (a conflict, a reason to open the record) waits until they open the plan.
func (d *Desk) sendKept(ctx context.Context, now *session) {
	d.mu.Lock()
	store := now.held.store
	d.mu.Unlock()
	if store == nil {
		return
	}
	for _, id := range store.Unsent() {
		p, err := now.client.Plan(ctx, id)
		if err != nil {
			if ctx.Err() != nil {
				return
			}
			continue
		}
		d.edit(p, true)
	}
}

// newer says whether an editor that has just ended saw a newer draft than p, which was fetched while it was still saving.
func newer(last, p *api.Plan) bool {
	return last != nil && last.Draft != nil && p.Draft != nil && last.Draft.ChangedAt.After(p.Draft.ChangedAt)
}
