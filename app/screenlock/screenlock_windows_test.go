package screenlock

import (
	"context"
	"errors"
	"testing"
	"time"
)

// What Windows answers, in the order in which a day goes: each time that the screen is locked is told once.
func TestEachLockIsToldOnce(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	answers := []bool{true, true, false, false, true, false, true}
	told := 0
	err := watch(ctx, time.Millisecond, func() bool {
		if len(answers) == 0 {
			stop()
			return true
		}
		is := answers[0]
		answers = answers[1:]
		return is
	}, func() { told++ })
	if err != nil || told != 2 {
		t.Fatalf("told %d times, %v", told, err)
	}
}

// The call itself, as far as this Windows goes: the desktop of the user can be opened, or nothing is told at all.
func TestTheInputDesktop(t *testing.T) {
	ctx, stop := context.WithTimeout(t.Context(), 3*time.Second)
	defer stop()
	err := Watch(ctx, func() { t.Error("a screen that nobody locked") })
	if err != nil && !errors.Is(err, ErrSilent) {
		t.Fatal(err)
	}
	t.Logf("the desktop can be opened: %v", err == nil)
}
