package central

// What may change here: how audit lines of views are written.

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"cmc/api/central/audit"
	"cmc/api/central/store"
)

// scribeBatch is the most lines of one transaction.
const scribeBatch = 256

// Lines are gathered when several came together before: each transaction has every other connection of SQLite read its pages
// again, and costs PostgreSQL five ways there and back. Gathering ends when as many are there as the last time, when there are
// enough to share a transaction's cost, or after gatherFor. Who is alone does not wait.
const (
	gatherFor  = 8 * time.Millisecond
	gatherStep = 250 * time.Microsecond // how often it is looked whether they are there
	enough     = 16
)

// flushEvery is the longest time for which a line of looking is safe from a crash but not yet from a power cut.
const flushEvery = time.Second

// A scribe writes the audit lines of views and searches. A view is answered only after its line is kept; views that come at
// the same time share one transaction, and the disk is waited for once a second, so that a crew does not wait for it.
type scribe struct {
	store store.Store
	in    chan line
	once  sync.Once
	done  chan struct{}
	last  int // how many lines came together the last time; the writer's alone

	loose    atomic.Bool // something was kept since the last flush
	flushing atomic.Bool // one is under way
	flushes  sync.WaitGroup
}

type line struct {
	event *audit.Event
	kept  chan error
}

func newScribe(st store.Store) *scribe {
	return &scribe{store: st, in: make(chan line, scribeBatch), done: make(chan struct{})}
}

// run writes until close.
func (s *scribe) run() {
	flush := time.NewTicker(flushEvery)
	defer flush.Stop()
	for {
		select {
		case first := <-s.in:
			s.keep(first)
		case <-flush.C:
			s.flush()
		case <-s.done:
			for {
				select {
				case first := <-s.in:
					s.keep(first)
				default:
					s.flushes.Wait()
					s.flush()
					s.flushes.Wait()
					return
				}
			}
		}
	}
}

// flush has what was kept made safe from a power cut, beside the lines that come meanwhile: where standbys are wanted and none is
// there it takes long, and nobody who reads waits for it. One that fails is tried again.
func (s *scribe) flush() {
	if !s.loose.Load() || !s.flushing.CompareAndSwap(false, true) {
		return
	}
	s.flushes.Go(func() {
		defer s.flushing.Store(false)
		s.loose.Store(false)
		if s.store.Flush(context.Background()) != nil {
			s.loose.Store(true)
		}
	})
}

func (s *scribe) keep(first line) {
	batch := []line{first}
	for waited := time.Duration(0); waited < gatherFor && 1+len(s.in) < min(s.last, enough); waited += gatherStep {
		time.Sleep(gatherStep)
	}
	for len(batch) < scribeBatch {
		select {
		case next := <-s.in:
			batch = append(batch, next)
			continue
		default:
		}
		break
	}
	s.last = len(batch)
	events := make([]*audit.Event, len(batch))
	for i, one := range batch {
		events[i] = one.event
	}
	err := s.store.WriteSoon(context.Background(), func(tx store.Tx) error { return tx.Audit(events...) })
	s.loose.Store(true)
	for _, one := range batch {
		one.kept <- err
	}
}

// write keeps one line and returns when it is kept.
func (s *scribe) write(ctx context.Context, event *audit.Event) error {
	one := line{event: event, kept: make(chan error, 1)}
	select {
	case s.in <- one:
	case <-s.done:
		return store.ErrUnavailable
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case err := <-one.kept:
		return err
	case <-s.done:
		return store.ErrUnavailable
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *scribe) close() { s.once.Do(func() { close(s.done) }) }
