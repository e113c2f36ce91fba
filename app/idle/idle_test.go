package idle_test

import (
	"testing"
	"time"

	"cmc/app/idle"
)

// on is a moment at which both clocks have gone on by as much.
func on(d time.Duration) idle.Moment { return idle.Moment{Counted: d, Wall: night.Add(d)} }

var night = time.Date(2026, 11, 26, 3, 0, 0, 0, time.UTC)

const limit = 5 * time.Minute

// at runs a watch through a list of moments, a tick each second and a touch where one is named, and gives the second at which it
// first said that nobody is there, or -1.
func at(touches map[int]bool, until int) (int, idle.Why) {
	w := idle.Begin(limit, on(0))
	for s := 1; s <= until; s++ {
		now := on(time.Duration(s) * time.Second)
		why := w.Tick(now)
		if touches[s] {
			why = w.Touch(now)
		}
		if why != idle.No {
			return s, why
		}
	}
	return -1, idle.No
}

func TestNobodyForTheLimit(t *testing.T) {
	for _, c := range []struct {
		name    string
		touches map[int]bool
		want    int
	}{
		{"nobody at all", nil, 300},
		{"a key just in time", map[int]bool{299: true}, 599},
		{"a key too late", map[int]bool{300: true}, 300},
		{"now and then", map[int]bool{200: true, 400: true, 600: true}, 900},
	} {
		if got, why := at(c.touches, 1000); got != c.want || why != idle.Nobody {
			t.Errorf("%s: after %d s (%d), want %d", c.name, got, why, c.want)
		}
	}
}

// A key that wakes the computer does not save the screen, whichever comes first of it and the tick, and whichever clock went on.
func TestTheComputerSlept(t *testing.T) {
	for _, gap := range []time.Duration{31 * time.Second, time.Minute, 8 * time.Hour} {
		for name, after := range map[string]idle.Moment{"both": on(gap), "only the wall": {Counted: time.Second, Wall: night.Add(gap)}, "only what counts": {Counted: gap, Wall: night}} {
			if why := idle.Begin(limit, on(0)).Touch(after); why != idle.Slept {
				t.Errorf("a key after %s, %s: %d", gap, name, why)
			}
			w := idle.Begin(limit, on(0))
			if why := w.Tick(after); why != idle.Slept {
				t.Errorf("a tick after %s, %s: %d", gap, name, why)
			}
			if why := w.Touch(after); why != idle.Slept {
				t.Errorf("a key after the tick: %d", why)
			}
		}
	}
	if why := idle.Begin(limit, on(0)).Tick(on(29 * time.Second)); why != idle.No {
		t.Errorf("a computer that is only late: %d", why)
	}
}

// The clock on the wall is set back by a year: the time that counts goes on.
func TestTheClockIsSetBack(t *testing.T) {
	w := idle.Begin(limit, on(0))
	for s := range 301 {
		now := idle.Moment{Counted: time.Duration(s) * time.Second, Wall: night.AddDate(-1, 0, 0).Add(time.Duration(s) * time.Second)}
		if why := w.Tick(now); (why != idle.No) != (s >= 300) {
			t.Fatalf("after %d s: %d", s, why)
		}
	}
	if a, b := idle.At(time.Now()), idle.At(time.Now().Add(time.Minute)); b.Counted-a.Counted < time.Minute || b.Wall.Sub(a.Wall) < time.Minute {
		t.Fatalf("a minute is %s and %s", b.Counted-a.Counted, b.Wall.Sub(a.Wall))
	}
}
