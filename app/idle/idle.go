// Package idle knows when nobody has sat at a computer for a while, and when the computer was asleep.
//
// Contract: a Watch is told of each sign of a person (Touch) and of time passing (Tick, every second or so). The first of them
// that comes too late says so, and goes on saying so until Begin: a key that is pressed after the time is up does not save the
// screen. It reads no clock itself. One goroutine uses it.
package idle

// What may change here: what counts as away.

import "time"

// Why a screen must be hidden.
type Why int

// The reasons.
const (
	No     Why = iota // somebody is there
	Nobody            // no sign of a person for the limit
	Slept             // time has jumped: the computer slept, or somebody set its clock
)

// Jump is by how much more than a second two ticks may be apart while the computer is awake: a busy computer may be late.
const Jump = 30 * time.Second

// A Moment is one time on two clocks: the one that counts, which nobody sets and which on some systems rests while the computer
// sleeps, and the one on the wall.
type Moment struct {
	Counted time.Duration
	Wall    time.Time
}

var zero = time.Now()

// At is the moment of a time that time.Now gave.
func At(now time.Time) Moment { return Moment{now.Sub(zero), now.Round(0)} }

// A Watch is of one window. The zero Watch is not used: make it with Begin.
type Watch struct {
	limit         time.Duration
	touched, seen Moment // the last sign of a person, and the last time that was told
	why           Why
}

// Begin starts to watch: somebody is here now.
func Begin(limit time.Duration, now Moment) *Watch {
	return &Watch{limit: limit, touched: now, seen: now}
}

// Limit sets another limit from now on.
func (w *Watch) Limit(limit time.Duration) { w.limit = limit }

// Touch is a sign of a person.
func (w *Watch) Touch(now Moment) Why {
	if why := w.Tick(now); why != No {
		return why
	}
	w.touched = now
	return No
}

// Tick is time passing.
func (w *Watch) Tick(now Moment) Why {
	if w.why != No {
		return w.why
	}
	switch {
	case apart(w.seen, now) > Jump:
		w.why = Slept
	case apart(w.touched, now) >= w.limit:
		w.why = Nobody
	}
	w.seen = now
	return w.why
}

// apart is how far two moments are apart on either clock. A wall clock that was set back takes nothing away.
func apart(from, to Moment) time.Duration {
	return max(to.Counted-from.Counted, to.Wall.Sub(from.Wall))
}
