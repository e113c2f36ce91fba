package app

// What may change here: how news from the service reaches the screens.

import (
	"context"
	"time"

	"cmc/api"
	"cmc/app/drafts"
)

// newsAfter is how long news of a plan that is written here waits: what this desk saves itself comes back as news too, before its answer or
// after it. newsAgain is how long it waits after the service could not say what became of the plan.
const (
	newsAfter = 2 * time.Second
	newsAgain = 10 * time.Second
)

// unread is what is known by news of a plan that is open here, until the editor has taken in what became of it.
type unread struct {
	etag    string // the tag that the plan has by the newest of it; "": not told
	count   int    // how often there was news
	looking bool   // it is being looked into
}

// A watcher hears the events of the service.
type watcher struct {
	hear   func(api.Event)
	locked bool // also while the desk is locked
}

// mostMissed is how many events are remembered one by one at a locked desk; after more, everything is asked for anew.
const mostMissed = 64

// Subscribe calls hear with each event of the service, on a goroutine of the desk's own, never the drawing thread. The
// subscription lives across sign-ins until it is cancelled. At a locked desk nothing is heard: nobody looks, and the audit would say that
// somebody did. What came meanwhile is heard when the same person opens it again.
func (d *Desk) Subscribe(hear func(api.Event)) (cancel func()) {
	return d.subscribe(watcher{hear: hear})
}

func (d *Desk) subscribe(w watcher) (cancel func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	id := d.nextID
	d.nextID++
	d.watchers[id] = w
	return func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		delete(d.watchers, id)
	}
}

// spread has the watchers hear an event, now or when the desk is opened again.
func (d *Desk) spread(event api.Event) {
	d.mu.Lock()
	locked := d.lock.on
	if locked {
		if len(d.lock.missed) >= mostMissed {
			clear(d.lock.missed)
			event = api.Event{Kind: "worklists"}
		}
		d.lock.missed[event.PlanID] = event
	}
	hears := make([]func(api.Event), 0, len(d.watchers))
	for _, w := range d.watchers {
		if w.locked || !locked {
			hears = append(hears, w.hear)
		}
	}
	d.mu.Unlock()
	for _, hear := range hears {
		hear(event)
	}
}

// openNews is for who has opened the desk again, same if it is the person who was here: what came meanwhile is heard now. It needs Desk.mu
// and never blocks.
func (d *Desk) openNews(same bool) {
	missed := d.lock.missed
	d.lock.missed = map[string]api.Event{}
	if !same {
		return
	}
	for _, event := range missed {
		for _, w := range d.watchers {
			if !w.locked {
				d.tasks.Go(func() { w.hear(event) })
			}
		}
	}
	if d.now != nil {
		d.readNews(d.now.held)
	}
}

// listen hands on events until ctx ends or the session does.
func (d *Desk) listen(ctx context.Context, now *session) {
	for event := range now.client.Events(ctx) {
		d.spread(event)
		d.takeNews(now, event)
	}
	d.lineEnded(ctx, now.client)
}

// takeNews has the open editors that news is about take in what others have saved, so that nobody reads yesterday's answers in a form that
// stays open. Where something of their own is unsent it meets what others saved on its way. It never blocks.
func (d *Desk) takeNews(now *session, event api.Event) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.now != now {
		return
	}
	for id := range now.held.editors {
		if event.PlanID != "" && event.PlanID != id {
			continue
		}
		news := now.held.news[id]
		if news == nil {
			news = &unread{}
			now.held.news[id] = news
		}
		news.etag = event.Etag // the newest counts
		news.count++
	}
	d.readNews(now.held)
}

// readNews looks into all news that waits for who is signed in, unless the desk is locked: nobody looks there, and the audit would say that
// somebody did. Whoever opens the desk again calls it. It needs Desk.mu and never blocks.
func (d *Desk) readNews(h *held) {
	if d.lock.on {
		return
	}
	for id, news := range h.news {
		editor := h.editors[id]
		if editor == nil {
			delete(h.news, id) // whoever opens the plan asks for it
			continue
		}
		if !news.looking {
			news.looking = true
			d.tasks.Go(func() { d.lookInto(h, id, news, editor) })
		}
	}
}

// lookInto has an editor take in what became of its plan, and tries again while the service cannot say.
func (d *Desk) lookInto(h *held, id string, news *unread, editor *drafts.Editor) {
	for wait := newsAfter; ; wait = newsAgain {
		select {
		case <-time.After(wait):
		case <-d.ctx.Done():
		}
		d.mu.Lock()
		if d.ctx.Err() != nil || d.now == nil || d.now.held != h || d.lock.on || h.editors[id] != editor {
			news.looking = false
			d.mu.Unlock()
			return
		}
		count, etag := news.count, news.etag
		d.mu.Unlock()
		var err error
		if known := etag != "" && etag == editor.Plan().Etag; !known && editor.Status().State == drafts.StateSaved {
			_, err = d.OpenPlan(d.ctx, id) // the editor takes it in
		}
		if IsUnsure(err) {
			continue
		}
		d.mu.Lock()
		if news.count == count {
			delete(h.news, id)
			d.mu.Unlock()
			return
		}
		d.mu.Unlock()
	}
}
