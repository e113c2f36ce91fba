package app

// What may change here: how news from the service reaches the screens.

import (
	"context"

	"cmc/api"
)

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
	}
	d.lineEnded(ctx, client)
}
