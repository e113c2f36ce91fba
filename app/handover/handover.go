// Package handover gives a link to the window that is open already: somebody follows one in another program, the system starts this
// program once more, and two windows of one person are one too many.
//
// Contract:
//   - Only starts on the same profile meet, so only programs of the same person: what is handed over lies in the profile, in a file that
//     nobody else may read. No port is opened.
//   - A file holds a link, which names a plan by an opaque id, and is held to be anybody's words until app.PlanOf has read it.
//   - A link is either followed by the window that is open or by the start that brought it, never by neither.
//   - Functions block on the disk: call them off the drawing thread.
package handover

// What may change here: how a link travels from one start of the program to another. Starts of an older version may be among them.

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"cmc/app"
	"cmc/app/platform"
)

const (
	lockFile = "links.lock" // held by the window that takes links
	folder   = "links"
	brought  = ".link"  // one that waits
	taken    = ".taken" // the answer to it

	// every is how often the window looks, and patience how long a start waits for it: a window that says nothing for so long is hung,
	// and the person who clicked waits.
	every    = 200 * time.Millisecond
	patience = 2 * time.Second
	// fresh is how old a link may be. One that is older was left by a crash, and nobody waits for it.
	fresh = 10 * time.Second
	most  = 200 // bytes of a file that are read
)

// Give gives a plan to the window that is open on a profile, and says whether it was taken. It waits for the answer two seconds at most,
// and not at all where there is no window.
func Give(profile, planID string) bool {
	dir := filepath.Join(profile, folder)
	if free(profile) || platform.PrivateDir(dir) != nil {
		return false
	}
	name := filepath.Join(dir, rand.Text())
	if err := platform.WriteFile(name+brought, []byte(app.LinkScheme+"plan/"+planID), 0o600); err != nil {
		return false
	}
	for end := time.Now().Add(patience); time.Now().Before(end) && !free(profile); time.Sleep(every / 4) {
		if answered(name) {
			return true
		}
	}
	return !withdraw(name)
}

// free says that no window takes links.
func free(profile string) bool {
	lock, err := platform.TakeLock(filepath.Join(profile, lockFile))
	if err != nil {
		return !errors.Is(err, platform.ErrTaken) // a profile that cannot be written hands nothing over
	}
	_ = lock.Release()
	return true
}

// answered takes the answer to a link, where there is one.
func answered(name string) bool { return os.Remove(name+taken) == nil }

// withdraw takes a link back, so that no window follows it any more. false: one has it already.
func withdraw(name string) bool {
	for range 10 {
		err := os.Remove(name + brought)
		switch {
		case err == nil:
			return true
		case answered(name):
			return false
		case errors.Is(err, fs.ErrNotExist):
			return true // it was taken for a forgotten one
		}
		time.Sleep(every / 4) // Windows removes no file that is being read
	}
	return true // at worst the plan is open twice
}

// A Taker is what takes links for a window. Make it with NewTaker, and end it with Close.
type Taker struct {
	profile string
	lock    *platform.Lock // nil: another window takes them
}

// NewTaker makes the start of the program that calls it the one that takes the links of a profile, unless another window does.
func NewTaker(profile string) *Taker {
	t := &Taker{profile: profile}
	t.try()
	return t
}

func (t *Taker) try() {
	if lock, err := platform.TakeLock(filepath.Join(t.profile, lockFile)); err == nil {
		t.lock = lock
	}
}

// Watch gives each link that is brought to follow, by the id of its plan, until ctx ends. Where another window takes them it waits for
// that one to end. alive is asked before a link is taken: it comes back when the window can follow one, or with false.
func (t *Taker) Watch(ctx context.Context, alive func(context.Context) bool, follow func(planID string)) {
	defer t.Close()
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		if t.lock == nil {
			t.try()
		}
		if t.lock != nil {
			t.take(ctx, alive, follow)
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}

// Close lets another window take the links. Watch does it too.
func (t *Taker) Close() {
	if t.lock != nil {
		_ = t.lock.Release()
		t.lock = nil
	}
}

// take answers what has been brought, the oldest first.
func (t *Taker) take(ctx context.Context, alive func(context.Context) bool, follow func(string)) {
	dir := filepath.Join(t.profile, folder)
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	var found []fs.FileInfo
	for _, e := range entries {
		one, err := e.Info()
		if err != nil {
			continue
		}
		if age := time.Since(one.ModTime()); age > fresh || age < -fresh {
			_ = os.Remove(filepath.Join(dir, one.Name())) // whatever it is, it was left there
			continue
		}
		if one.Mode().IsRegular() && strings.HasSuffix(one.Name(), brought) {
			found = append(found, one)
		}
	}
	slices.SortFunc(found, func(a, b fs.FileInfo) int { return a.ModTime().Compare(b.ModTime()) })
	for _, one := range found {
		if !alive(ctx) {
			return
		}
		path := filepath.Join(dir, one.Name())
		planID, err := read(path)
		if errors.Is(err, app.ErrLink) {
			_ = os.Remove(path) // whoever brought it sees that it was not taken
		}
		if err != nil { // withdrawn, or Windows lets nobody read it at this moment: the next look tells
			continue
		}
		if os.Rename(path, strings.TrimSuffix(path, brought)+taken) == nil { // else it was withdrawn at this moment
			follow(planID)
		}
	}
}

// read is the plan that a file names.
func read(path string) (planID string, err error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	link, err := io.ReadAll(io.LimitReader(file, most))
	if err != nil {
		return "", err
	}
	return app.PlanOf(string(link))
}
