// Package platform holds what differs from one computer to the next about files: folders and files that only this user
// may read, and writing that never leaves half a file.
//
// Contract: nothing here knows what it writes. Functions block on the disk: call them off the drawing thread.
package platform

// What may change here: how private files are made and replaced.

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
)

// PrivateDir makes a folder (and those above it) that only this user may read, or narrows one that is there. On Windows
// the computer's administrators can read it too, as they can everything, and one that is there keeps its rights: WriteFile
// gives each file its own.
func PrivateDir(dir string) error { return privateDir(dir) }

// WriteFile puts data at path whole or not at all: it writes beside it, syncs, and renames. mode is of the new file; on
// Windows one that gives nothing to others gives the file to this user and the computer's administrators alone.
// Errors that are this package's own: ErrNoFolder, ErrBadName, ErrInUse.
func WriteFile(path string, data []byte, mode os.FileMode) (err error) {
	file, err := createBeside(path, mode)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%w (%w)", ErrNoFolder, err)
		}
		return err
	}
	defer func() {
		if err != nil {
			_ = file.Close()
			_ = os.Remove(file.Name())
		}
	}()
	if _, err = file.Write(data); err != nil {
		return err
	}
	if err = file.Sync(); err != nil {
		return err
	}
	if err = file.Close(); err != nil {
		return err
	}
	if err = replace(file.Name(), path); err != nil {
		return fmt.Errorf("putting the file in place: %w", err)
	}
	return nil
}

// The ways in which writing a file fails that a person can mend. app.Explain has the words.
var (
	ErrNoFolder = errors.New("there is no such folder")
	ErrBadName  = errors.New("a file cannot have this name")
	ErrInUse    = errors.New("another program has the file open")
)

// ErrDiskFull says that there is no room on the disk, where the system itself did not say so.
var ErrDiskFull = errors.New("no room on the disk")

// Probe writes and removes a small file in dir: nil when that works, else what the disk says.
func Probe(dir string) error {
	file, err := os.CreateTemp(dir, ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	defer file.Close()
	if _, err := file.Write(make([]byte, 16<<10)); err != nil {
		return err
	}
	return file.Sync()
}

// A LatestWriter does writing jobs on one goroutine of its own, so that a caller on the drawing thread never waits. Jobs
// with the same name replace each other while they wait: only the newest is done.
type LatestWriter struct {
	mu     sync.Mutex
	jobs   map[string]func()
	wake   chan struct{}
	done   chan struct{}
	closed bool
}

// NewLatestWriter starts a writer. End it with Close.
func NewLatestWriter() *LatestWriter {
	w := &LatestWriter{jobs: map[string]func(){}, wake: make(chan struct{}, 1), done: make(chan struct{})}
	go w.run()
	return w
}

// Do puts a job in the queue in place of one of the same name. After Close it does nothing.
func (w *LatestWriter) Do(name string, job func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return
	}
	w.jobs[name] = job
	w.tell()
}

// Close does what is queued and ends the goroutine. It blocks until then.
func (w *LatestWriter) Close() {
	w.mu.Lock()
	w.closed = true
	w.tell()
	w.mu.Unlock()
	<-w.done
}

func (w *LatestWriter) tell() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

func (w *LatestWriter) run() {
	defer close(w.done)
	for range w.wake {
		for {
			w.mu.Lock()
			jobs, closed := w.jobs, w.closed
			w.jobs = map[string]func(){}
			w.mu.Unlock()
			for _, job := range jobs {
				job()
			}
			if len(jobs) == 0 {
				if closed {
					return
				}
				break
			}
		}
	}
}
