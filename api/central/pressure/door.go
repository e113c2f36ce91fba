// Package pressure keeps the service answering when more is asked of it than it can do: a bounded number of requests is at
// work at once, a few wait for a short while, and what is needed least at a bedside is refused first.
//
// Contract:
//   - Pure but for the clock: no HTTP, no store. The service says of which class a request is, and what it answers when a
//     request is refused.
//   - Nobody waits longer than their class's patience. A refusal (Busy, TooFast) says when to come again.
//   - An urgent read never waits for a class below it: what other classes may have at work at once is less than what there is.
//   - What is counted is counted in this process alone. Each replica protects its own processors and connections, which is
//     what overload wears out; and a count shared by replicas would itself be a write on each request, to the very database
//     that is to be spared.
//   - All functions may be called from any goroutine.
package pressure

// What may change here: who is let in first, how many, and how long the others wait.

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"time"
)

// A Class is how much a request matters when not everything can be done. Lower is let in first.
type Class int

// The classes, the first to be let in first.
const (
	Urgent Class = iota // what a crew asks beside a person: summary, search by number, opening with a reason
	SignIn              // signing in: as urgent, and apart, since comparing a password takes memory and time
	Change              // saves, approvals, and reading a plan in order to write it
	Work                // worklists, names looked for, history
	Report              // reports, access logs: what can be asked for again in a quieter hour
	classes
)

// Classes are all classes, the first to be let in first.
var Classes = []Class{Urgent, SignIn, Change, Work, Report}

// String is the class's name in figures and logs.
func (c Class) String() string {
	return [...]string{"urgent", "sign-in", "change", "work", "report"}[c]
}

// A Share is what one class may have.
type Share struct {
	AtWork   int           // most requests at work at once
	Waiting  int           // most that wait
	Patience time.Duration // the longest wait
	Again    time.Duration // after which a refused request may come again
}

// Limits are the numbers of a Door and a Pace. Usual gives them; a field that is zero is the usual one.
type Limits struct {
	AtWork   int            // most requests of all classes at work at once
	Bodies   int            // most requests with a body that were begun and not answered, at work or not
	Lines    int            // most open lines of events
	Shares   [classes]Share // by Class
	Window   time.Duration  // over which requests are counted for the two below
	Person   int            // most requests of one person in a window
	Address  int            // most requests without a session from one address in a window
	Time     time.Duration  // the longest time at work: what the database has not answered by then is given up, before the asker gives up
	Training int            // in training the two above are this many times as much, since lessons and rehearsals share names
}

// Usual are the limits for the processors that there are. Requests wait for the database and for the lines of the audit more
// than they compute, so that many for each processor are at work; those that write go through one writer, and more of them at
// once would only wait there, in front of the lines of the audit that urgent reads wait for.
func Usual() Limits {
	p := runtime.GOMAXPROCS(0)
	return Limits{
		AtWork: 32 * p, Bodies: 2048, Lines: 20000,
		Shares: [classes]Share{
			Urgent: {AtWork: 32 * p, Waiting: 256 * p, Patience: 4 * time.Second, Again: time.Second},
			SignIn: {AtWork: 4 * p, Waiting: 64 * p, Patience: 4 * time.Second, Again: 2 * time.Second},
			Change: {AtWork: 4 * p, Waiting: 64 * p, Patience: 3 * time.Second, Again: 2 * time.Second},
			Work:   {AtWork: 4 * p, Waiting: 32 * p, Patience: 2 * time.Second, Again: 5 * time.Second},
			Report: {AtWork: p, Waiting: 4 * p, Patience: 2 * time.Second, Again: 30 * time.Second},
		},
		Time: 10 * time.Second, Window: 10 * time.Second, Person: 300, Address: 300, Training: 10,
	}
}

// Whole fills what is zero with the usual.
func (l Limits) Whole() Limits {
	usual := Usual()
	fill(&l.AtWork, usual.AtWork)
	fill(&l.Bodies, usual.Bodies)
	fill(&l.Lines, usual.Lines)
	for i := range l.Shares {
		if l.Shares[i] == (Share{}) {
			l.Shares[i] = usual.Shares[i]
		}
	}
	fill(&l.Window, usual.Window)
	fill(&l.Person, usual.Person)
	fill(&l.Address, usual.Address)
	fill(&l.Time, usual.Time)
	fill(&l.Training, usual.Training)
	return l
}

func fill[T comparable](value *T, usual T) {
	var none T
	if *value == none {
		*value = usual
	}
}

// Busy refuses a request for which there is no room.
type Busy struct {
	Class Class
	Again time.Duration // after which it may come again
}

// Error says so for a log.
func (b *Busy) Error() string { return fmt.Sprintf("too busy for more of class %s", b.Class) }

// A Door lets requests in. Make it with NewDoor.
type Door struct {
	limits Limits

	mu     sync.Mutex
	total  int
	atWork [classes]int
	queue  [classes][]*waiter // the first has waited longest
}

type waiter struct {
	ready chan struct{} // closed once it was let in; guarded by mu
	in    bool
}

// NewDoor makes a door with these limits, Whole.
func NewDoor(limits Limits) *Door { return &Door{limits: limits} }

// Enter waits until there is room for one more of a class. Call leave once when the work is done; a second call does nothing.
// The error is a *Busy, or the context's.
func (d *Door) Enter(ctx context.Context, class Class) (leave func(), err error) {
	share := d.limits.Shares[class]
	d.mu.Lock()
	if len(d.queue[class]) == 0 && d.room(class) {
		d.take(class)
		d.mu.Unlock()
		return d.leaving(class), nil
	}
	if len(d.queue[class]) >= share.Waiting {
		d.mu.Unlock()
		return nil, &Busy{class, share.Again}
	}
	w := &waiter{ready: make(chan struct{})}
	d.queue[class] = append(d.queue[class], w)
	d.mu.Unlock()

	patience := time.NewTimer(share.Patience)
	defer patience.Stop()
	select {
	case <-w.ready:
		return d.leaving(class), nil
	case <-patience.C:
		err = &Busy{class, share.Again}
	case <-ctx.Done():
		err = ctx.Err()
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if w.in { // let in at the last moment
		if ctx.Err() == nil {
			return d.leaving(class), nil
		}
		d.give(class)
		return nil, err
	}
	for i, one := range d.queue[class] {
		if one == w {
			d.queue[class] = append(d.queue[class][:i], d.queue[class][i+1:]...)
			break
		}
	}
	return nil, err
}

// room says whether one more of a class may be at work. The holder of mu calls it, as those below.
func (d *Door) room(class Class) bool {
	return d.total < d.limits.AtWork && d.atWork[class] < d.limits.Shares[class].AtWork
}

func (d *Door) take(class Class) {
	d.total++
	d.atWork[class]++
}

// give takes one of a class from work and lets in whoever may come now, the first class first.
func (d *Door) give(class Class) {
	d.total--
	d.atWork[class]--
	for next := range d.queue {
		for len(d.queue[next]) > 0 && d.room(Class(next)) {
			first := d.queue[next][0]
			d.queue[next][0] = nil
			d.queue[next] = d.queue[next][1:]
			d.take(Class(next))
			first.in = true
			close(first.ready)
		}
	}
}

func (d *Door) leaving(class Class) func() {
	var once sync.Once
	return func() {
		once.Do(func() {
			d.mu.Lock()
			defer d.mu.Unlock()
			d.give(class)
		})
	}
}

// Count is how many of a class are at work, and how many wait.
func (d *Door) Count(class Class) (atWork, waiting int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.atWork[class], len(d.queue[class])
}
