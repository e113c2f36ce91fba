package drafts

// What may change here: when words are kept and sent, and what is said about it.

import (
	"context"
	"time"

	"cmc/api"
)

// The times of autosave (docs: a pause in typing is 700 ms; a person who never pauses is kept every 5 s).
const (
	pause     = 700 * time.Millisecond
	longest   = 5 * time.Second
	firstWait = 2 * time.Second
	maxWait   = time.Minute
)

type signals chan struct{}

func (s signals) tell() {
	select {
	case s <- struct{}{}:
	default:
	}
}

type work struct {
	status Status
}

func (e *Editor) start() {
	e.work.status = Status{State: StateSaved, Words: "Nothing to save yet"}
}

func (e *Editor) changed() {}

// Status is the present status.
func (e *Editor) Status() Status {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.work.status
}

// Flush keeps and sends everything now. nil: the service has every word.
func (e *Editor) Flush(ctx context.Context) error { return ctx.Err() }

// Resolve ends a conflict: choose holds, for every field of Status.Conflict, whether mine stands (true) or theirs.
func (e *Editor) Resolve(ctx context.Context, choose map[At]bool) error { return ctx.Err() }

// Close says that the person has left the plan.
func (e *Editor) Close(ctx context.Context) error { return ctx.Err() }

func (e *Editor) adopt(p *api.Plan) { e.plan = p }

// UseStore gives the editor another store, or none and why.
func (e *Editor) UseStore(s *Store, why string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.conf.Store, e.conf.NoStore = s, why
}

// Retry sends at once what waits: the connection or the sign-in is back.
func (e *Editor) Retry() {}
