// Package notify carries word of a change to those who listen.
//
// Contract:
//   - A notice says that something changed, never what. Who may know is decided by the sender, for each listener.
//   - Send never waits: a listener that does not keep up is told once that everything may have changed.
//   - All functions may be called from any goroutine.
package notify

// What may change here: how word is passed on inside one process.

import (
	"sync"

	"cmc/api"
	"cmc/api/central/access"
)

const depth = 32

// A Hub passes events to its listeners. The zero value is not usable: call NewHub.
type Hub struct {
	mu        sync.Mutex
	listeners map[*Listener]struct{}
	closed    bool
}

// A Listener gets the events of one signed-in person.
type Listener struct {
	Person access.Person
	C      chan api.Event // closed when the hub closes or Leave was called
	behind bool
}

// NewHub makes a hub.
func NewHub() *Hub { return &Hub{listeners: map[*Listener]struct{}{}} }

// Listen begins to listen. A closed hub gives a closed channel.
func (h *Hub) Listen(person access.Person) *Listener {
	h.mu.Lock()
	defer h.mu.Unlock()
	listener := &Listener{Person: person, C: make(chan api.Event, depth)}
	if h.closed {
		close(listener.C)
		return listener
	}
	h.listeners[listener] = struct{}{}
	return listener
}

// Leave ends listening.
func (h *Hub) Leave(listener *Listener) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, there := h.listeners[listener]; there {
		delete(h.listeners, listener)
		close(listener.C)
	}
}

// Send passes on to every listener what word says that this person may know; false: nothing.
func (h *Hub) Send(word func(access.Person) (api.Event, bool)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for listener := range h.listeners {
		next, may := word(listener.Person)
		if !may {
			continue
		}
		if listener.behind && len(listener.C) < depth/2 {
			listener.behind = false
		}
		if len(listener.C) == depth-1 { // the last place says that everything may have changed
			next = api.Event{Kind: "worklists"}
		}
		if listener.behind {
			continue
		}
		listener.C <- next
		listener.behind = len(listener.C) == depth
	}
}

// Count is how many listen.
func (h *Hub) Count() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.listeners)
}

// Close ends every listening.
func (h *Hub) Close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for listener := range h.listeners {
		delete(h.listeners, listener)
		close(listener.C)
	}
}
