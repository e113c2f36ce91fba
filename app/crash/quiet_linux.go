package crash

// What may change here: how what the runtime says at the end is kept out of the logs of the system.

import (
	"log"
	"os"

	"golang.org/x/sys/unix"
	"golang.org/x/term"
)

// second is the file of descriptor 2. It is kept for as long as the program runs: when it is no longer reachable, Go closes it, the
// next file that is opened gets its number, and what the runtime says at the end is written into that one.
var second = os.Stderr

// Quiet keeps what the runtime says at the end out of the error output, which a desktop writes into its journal, and gives the
// error output for everything else. On a terminal it changes nothing: a developer reads there, and nothing is kept.
func Quiet() *os.File {
	if term.IsTerminal(int(second.Fd())) {
		return os.Stderr
	}
	copied, err := unix.FcntlInt(second.Fd(), unix.F_DUPFD_CLOEXEC, 3)
	if err != nil {
		return os.Stderr
	}
	nothing, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		_ = unix.Close(copied)
		return os.Stderr
	}
	defer nothing.Close()
	if err := unix.Dup3(int(nothing.Fd()), 2, 0); err != nil {
		_ = unix.Close(copied)
		return os.Stderr
	}
	out := os.NewFile(uintptr(copied), "error output")
	os.Stderr = out
	log.SetOutput(out)
	return out
}

// quietly keeps the second process alive when the session tells every process of it to end.
func quietly() { _, _ = unix.Setsid() }
