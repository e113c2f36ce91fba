package screenlock

// What may change here: how macOS is asked. Its own notification needs a loop of Apple's on a thread of its own and code in Objective-C;
// the registry says the same to whoever asks.

import (
	"context"
	"os/exec"
	"time"
)

// every is how often macOS is asked.
const every = 2 * time.Second

func registered(ctx context.Context) (locked, told bool) {
	ctx, cancel := context.WithTimeout(ctx, every)
	defer cancel()
	printed, err := exec.CommandContext(ctx, "/usr/sbin/ioreg", "-n", "Root", "-d1", "-w0").Output()
	if err != nil {
		return false, false
	}
	return consoleLocked(printed)
}

// Watch asks every two seconds. Where the registry does not say it at the start, macOS tells nothing: ErrSilent.
func Watch(ctx context.Context, away func()) error {
	if _, told := registered(ctx); !told {
		return ErrSilent
	}
	return watch(ctx, every, func() bool { locked, _ := registered(ctx); return !locked }, away)
}
