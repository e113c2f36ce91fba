package screenlock

import (
	"context"
	"errors"
	"testing"
	"time"
)

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
