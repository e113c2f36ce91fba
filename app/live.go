package app

// What may change here: how news from the service reaches the screens.

import (
	"context"
	"time"

	"cmc/api"
	"cmc/app/drafts"
)

// newsAfter is how long news of a plan that is written here waits: what this desk saves itself comes back as news too, before its answer or
// after it.
const newsAfter = 2 * time.Second

// Subscribe calls hear with each event of the service, on a goroutine of the desk's own, never the drawing thread. The
// subscription lives across sign-ins until it is cancelled.
func (d *Desk) Subscribe(hear func(api.Event)) (cancel func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	id := d.nextID
	d.nextID++
	d.watchers[id] = hear
	return func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		delete(d.watchers, id)
	}
}

// listen hands on events until ctx ends or the session does.
func (d *Desk) listen(ctx context.Context, client *api.Client) {
	for event := range client.Events(ctx) {
		d.mu.Lock()
		hears := make([]func(api.Event), 0, len(d.watchers))
		for _, hear := range d.watchers {
			hears = append(hears, hear)
		}
		d.mu.Unlock()
		for _, hear := range hears {
			hear(event)
		}
		d.takeNews(ctx, client, event)
	}
	d.lineEnded(ctx, client)
}

// takeNews has the open editors that news is about take in what others have saved, so that nobody reads yesterday's answers in a form that
// stays open. Where something of their own is unsent it meets what others saved on its way. It never blocks.
func (d *Desk) takeNews(ctx context.Context, client *api.Client, event api.Event) {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.now
	if now == nil || now.client != client || d.lock.on { // whoever unlocks the desk listens anew
		return
	}
	for id, editor := range now.held.editors {
		if event.PlanID != "" && event.PlanID != id {
			continue
		}
		_, looking := now.held.news[id]
		now.held.news[id] = event.Etag // the newest counts
		if looking {
			continue
		}
		d.tasks.Go(func() {
			select {
			case <-time.After(newsAfter):
			case <-ctx.Done():
			}
			d.mu.Lock()
			newest := now.held.news[id]
			delete(now.held.news, id)
			locked := d.lock.on // nobody looks, and the audit would say that somebody did
			d.mu.Unlock()
			known := newest != "" && newest == editor.Plan().Etag
			if ctx.Err() == nil && !known && !locked && editor.Status().State == drafts.StateSaved {
				_, _ = d.OpenPlan(ctx, id) // the editor takes it in; the next news, or the next save, is another occasion
			}
		})
	}
}
