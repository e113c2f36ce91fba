package handover

// What may change here: what is proved about two starts of the program on one profile. Each takes the real lock and the real files.

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const (
	first  = "615f2b64-fa29-4a50-8237-c87f4547d08b"
	second = "0f9d6a1e-58c3-4b7a-9d42-3c1e5a7b9d10"
)

// window is one that takes links.
type window struct {
	mu   sync.Mutex
	got  []string
	hung chan struct{} // closed: it is not
	end  func()
}

func (w *window) plans() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.got)
}

// opens a window on a profile.
func opens(t *testing.T, profile string, hung chan struct{}) *window {
	t.Helper()
	if hung == nil {
		hung = make(chan struct{})
		close(hung)
	}
	ctx, cancel := context.WithCancel(t.Context())
	w := &window{hung: hung}
	taker, ended := NewTaker(profile), make(chan struct{})
	go func() {
		defer close(ended)
		taker.Watch(ctx, func(ctx context.Context) bool {
			select {
			case <-w.hung:
				return true
			case <-ctx.Done():
				return false
			}
		}, func(planID string) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.got = append(w.got, planID)
		})
	}()
	w.end = sync.OnceFunc(func() { cancel(); <-ended })
	t.Cleanup(w.end)
	return w
}

// newProfile makes one. Wine 8 does not take away a folder in a folder, which t.TempDir would call a failure; its whole disk goes.
func newProfile(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "profile-")
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func held(t *testing.T, profile string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(profile, folder))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	require.NoError(t, err)
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestALinkGoesToTheWindowThatIsOpen(t *testing.T) {
	profile := newProfile(t)
	require.False(t, Give(profile, first), "there is none")
	w := opens(t, profile, nil)
	begun := time.Now()
	require.True(t, Give(profile, first))
	require.Less(t, time.Since(begun), patience/2)
	require.Equal(t, []string{first}, w.plans())
	require.Empty(t, held(t, profile), "nothing is left")

	// Another profile is another person's.
	require.False(t, Give(newProfile(t), second))
	require.Equal(t, []string{first}, w.plans())

	w.end()
	begun = time.Now()
	require.False(t, Give(profile, second), "it has ended")
	require.Less(t, time.Since(begun), patience/2, "which is known at once")
}

func TestTwoLinksAtOnce(t *testing.T) {
	profile := newProfile(t)
	w := opens(t, profile, nil)
	var both sync.WaitGroup
	given := make(chan bool, 2)
	for _, plan := range []string{first, second} {
		both.Go(func() { given <- Give(profile, plan) })
	}
	both.Wait()
	require.True(t, <-given)
	require.True(t, <-given)
	require.ElementsMatch(t, []string{first, second}, w.plans())
}

func TestAWindowThatHangsTakesNoLink(t *testing.T) {
	profile, hung := newProfile(t), make(chan struct{})
	w := opens(t, profile, hung)
	begun := time.Now()
	require.False(t, Give(profile, first))
	require.InDelta(t, patience.Seconds(), time.Since(begun).Seconds(), 1)
	close(hung) // and it comes to
	require.True(t, Give(profile, second))
	require.Equal(t, []string{second}, w.plans(), "the link that was opened elsewhere is not followed as well")
}

func TestAWindowThatEndsMeanwhileTakesNoLink(t *testing.T) {
	profile := newProfile(t)
	w := opens(t, profile, make(chan struct{}))
	time.AfterFunc(patience/8, w.end)
	begun := time.Now()
	require.False(t, Give(profile, first))
	require.Less(t, time.Since(begun), patience/2, "nobody waits for one that is gone")
	require.Empty(t, held(t, profile))
}

// The window that took links ends, and another one of the same profile is still there.
func TestAnotherWindowTakesItsPlace(t *testing.T) {
	profile := newProfile(t)
	one := opens(t, profile, nil)
	other := opens(t, profile, nil)
	require.True(t, Give(profile, first))
	require.Equal(t, []string{first}, one.plans())
	one.end()
	time.Sleep(2 * every)
	require.True(t, Give(profile, second))
	require.Equal(t, []string{second}, other.plans())
}

func TestWhatACrashLeft(t *testing.T) {
	profile := newProfile(t)
	dir := filepath.Join(profile, folder)
	require.NoError(t, os.Mkdir(dir, 0o700))
	long := time.Now().Add(-time.Hour)
	for name, words := range map[string]string{"old" + brought: "cmc:plan/" + first, "old" + taken: "", ".new-1": "cmc:pl"} {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(words), 0o600))
		require.NoError(t, os.Chtimes(path, long, long))
	}
	// What is hostile, or half of it, or nothing.
	for name, words := range map[string]string{"a": "", "b": "cmc:plan/../" + first, "c": first, "d": "cmc:plan/" + first + " --training", "e": string(make([]byte, 1<<20))} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name+brought), []byte(words), 0o600))
	}
	require.NoError(t, os.Mkdir(filepath.Join(dir, "f"+brought), 0o700))
	w := opens(t, profile, nil)
	require.True(t, Give(profile, second))
	require.Equal(t, []string{second}, w.plans())
	require.Equal(t, []string{"f" + brought}, held(t, profile))
}

func TestOnlyThePersonReadsIt(t *testing.T) {
	if runtime.GOOS == "windows" {
		return // platform's own test looks at the list of rights of what WriteFile and PrivateDir make
	}
	profile := newProfile(t)
	opens(t, profile, make(chan struct{}))
	go Give(profile, first)
	require.Eventually(t, func() bool {
		names := held(t, profile)
		return len(names) == 1 && filepath.Ext(names[0]) == brought
	}, patience, time.Millisecond)
	for path, want := range map[string]os.FileMode{filepath.Join(profile, folder): 0o700, filepath.Join(profile, folder, held(t, profile)[0]): 0o600} {
		info, err := os.Stat(path)
		require.NoError(t, err)
		require.Equal(t, want, info.Mode().Perm(), path)
	}
}
