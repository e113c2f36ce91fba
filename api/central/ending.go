package central

// What may change here: how soon a line of events ends after its session did, on whichever copy of the service that happened.

import (
	"context"
	"sync"
	"time"
)

// lookEvery is how often each copy of the service asks whose sessions or rights have ended. A line of events ends within it, and
// the time of one look; any other request looks by itself.
const lookEvery = 400 * time.Millisecond

// lines are the lines of events that this copy of the service holds open, by the person.
type lines struct {
	mu   sync.Mutex
	held map[string]map[chan struct{}]struct{}
}

func newLines() *lines { return &lines{held: map[string]map[chan struct{}]struct{}{}} }

// hold notes a line. The channel says: look whether the session still stands. Call letGo when the line ends.
func (l *lines) hold(userID string) (look <-chan struct{}, letGo func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	line := make(chan struct{}, 1)
	if l.held[userID] == nil {
		l.held[userID] = map[chan struct{}]struct{}{}
	}
	l.held[userID][line] = struct{}{}
	return line, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.held[userID], line)
		if len(l.held[userID]) == 0 {
			delete(l.held, userID)
		}
	}
}

// any says whether a line is open.
func (l *lines) any() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.held) > 0
}

// look has the lines of one person looked at.
func (l *lines) look(userID string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for line := range l.held[userID] {
		select {
		case line <- struct{}{}:
		default: // it is about to look anyway
		}
	}
}

// watchEndings has the lines looked at whose sessions may have ended, until ctx ends. Every copy of the service does this.
func (s *Service) watchEndings(ctx context.Context) {
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if !s.lines.any() {
			continue
		}
		ended, err := s.book.Ended(ctx)
		if err != nil {
			continue // the database is away: what was true stays, and the next look is soon
		}
		for _, userID := range ended {
			s.lines.look(userID)
		}
	}
}
