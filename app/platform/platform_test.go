package platform

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"testing"
)

// folder gives an empty folder, whose name says which test left it. On Windows nobody removes it: Go's own way of removing a
// whole folder asks more than the stand-in for Windows has, and that is thrown away whole.
func folder(t *testing.T) string {
	t.Helper()
	if runtime.GOOS != "windows" {
		return t.TempDir()
	}
	dir, err := os.MkdirTemp("", t.Name())
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestWriteFileIsWholeOrNotAtAll(t *testing.T) {
	dir := folder(t)
	path := filepath.Join(dir, "f")
	for _, words := range []string{"one", "two"} {
		if err := WriteFile(path, []byte(words), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != words {
			t.Fatalf("%q %v", got, err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "d"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := WriteFile(filepath.Join(dir, "d"), []byte("x"), 0o600); err == nil {
		t.Fatal("a folder was written over")
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 2 {
		t.Fatalf("left behind: %v", entries)
	}
	if err := WriteFile(filepath.Join(dir, "none", "f"), []byte("x"), 0o600); !errors.Is(err, ErrNoFolder) {
		t.Fatalf("no folder gave %v", err)
	}
	if err := Probe(dir); err != nil {
		t.Fatal(err)
	}
	if err := Probe(filepath.Join(dir, "none")); err == nil {
		t.Fatal("a folder that is not there can be written to")
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 2 {
		t.Fatalf("left behind: %v", entries)
	}
}

func TestTheLatestJobIsDoneAndCloseWaits(t *testing.T) {
	w := NewLatestWriter()
	var last atomic.Int64
	for i := range 100 {
		w.Do("one", func() { last.Store(int64(i)) })
	}
	var other atomic.Bool
	w.Do("two", func() { other.Store(true) })
	w.Close()
	if last.Load() != 99 || !other.Load() {
		t.Fatalf("the last job was %d, the other %v", last.Load(), other.Load())
	}
	w.Do("one", func() { last.Store(-1) })
	if last.Load() != 99 {
		t.Fatal("a job was done after Close")
	}
}
