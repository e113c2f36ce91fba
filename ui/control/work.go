package control

// What may change here: how work leaves the drawing thread and comes back to it.

import (
	"context"

	"fyne.io/fyne/v2"
)

// Work runs do on a goroutine of its own and then done on the drawing thread, once. It returns at once. Cancel ends do's
// context; done still runs, with what do returned. Everything that touches disk, keychain or network goes through here.
func Work(do func(ctx context.Context) error, done func(error)) (cancel func()) {
	ctx, stop := context.WithCancel(context.Background())
	go func() {
		defer stop()
		err := do(ctx)
		fyne.Do(func() { done(err) })
	}()
	return stop
}
