package screenlock

// What may change here: how Windows is asked.

import (
	"context"
	"time"

	"golang.org/x/sys/windows"
)

// every is how often Windows is asked.
const every = time.Second

var (
	user32           = windows.NewLazySystemDLL("user32.dll")
	openInputDesktop = user32.NewProc("OpenInputDesktop")
	closeDesktop     = user32.NewProc("CloseDesktop")
)

// readObjects is DESKTOP_READOBJECTS.
const readObjects = 1

// reachable says whether the desktop that takes the input is one that this user's programs may open.
func reachable() bool {
	desktop, _, _ := openInputDesktop.Call(0, 0, readObjects)
	if desktop == 0 {
		return false
	}
	_, _, _ = closeDesktop.Call(desktop)
	return true
}

// Watch asks each second. Where the desktop cannot be opened from the start, Windows tells nothing: ErrSilent.
func Watch(ctx context.Context, away func()) error {
	if !reachable() {
		return ErrSilent
	}
	return watch(ctx, every, reachable, away)
}
