package platform

// What may change here: how one program keeps a second one from the same files.

import (
	"errors"
	"os"
)

// ErrTaken says that another program, or another part of this one, holds a lock.
var ErrTaken = errors.New("another program holds the lock")

// A Lock is held until Release, or until the program ends in whatever way: the system lets go of it then.
type Lock struct{ file *os.File }

// TakeLock takes the lock that a file stands for, which it makes. It never waits: ErrTaken says that somebody has it. The file
// stays when the lock is released, so that nobody can lock a file that is being taken away.
func TakeLock(path string) (*Lock, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := lockFile(file); err != nil {
		_ = file.Close()
		return nil, err
	}
	return &Lock{file}, nil
}

// Release lets go of the lock.
func (l *Lock) Release() error { return l.file.Close() }
