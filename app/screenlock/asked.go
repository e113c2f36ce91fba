package screenlock

// What may change here: how a system is asked again and again that tells nothing by itself (Windows, macOS).

import (
	"bytes"
	"context"
	"time"
)

// watch calls away each time that what could be reached no longer can.
func watch(ctx context.Context, every time.Duration, reachable func() bool, away func()) error {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for was := true; ; {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
			is := reachable()
			if was && !is {
				away()
			}
			was = is
		}
	}
}

// consoleLocked reads from what "ioreg -n Root -d1 -w0" prints of macOS's registry whether its screen is locked; told is false where it does
// not say. The system writes IOConsoleLocked for the whole computer, and CGSSessionScreenIsLocked into the session on its screen.
func consoleLocked(printed []byte) (locked, told bool) {
	squeezed := bytes.ReplaceAll(printed, []byte(" "), nil)
	for _, name := range []string{`"IOConsoleLocked"=`, `"CGSSessionScreenIsLocked"=`} {
		for rest := squeezed; ; {
			_, after, found := bytes.Cut(rest, []byte(name))
			if !found {
				break
			}
			told = true
			locked = locked || bytes.HasPrefix(after, []byte("Yes"))
			rest = after
		}
	}
	return locked, told
}
