package printing

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// folder gives an empty folder. On Windows nobody removes it: see its namesake in app/platform.
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

func TestSavePDFIsWholeOrNotAtAll(t *testing.T) {
	failing := errors.New("no answer")
	var audit error
	job, err := New([]byte("%PDF-1.4 page"), folder(t), func(context.Context) error { return audit })
	if err != nil {
		t.Fatal(err)
	}
	dir := folder(t)
	path := filepath.Join(dir, "a page.pdf")
	if err := os.WriteFile(path, []byte("what was there"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := job.SavePDF(t.Context(), filepath.Join(dir, "no", "such", "folder.pdf")); err == nil {
		t.Fatal("saved into a folder that is not there")
	}
	if err := job.SavePDF(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(got, job.PDF()) {
		t.Fatalf("saved %q, %v", got, err)
	}
	entries, _ := os.ReadDir(dir)
	if len(entries) != 1 {
		t.Fatalf("left behind: %v", entries)
	}
	audit = failing
	var not *NotAudited
	if err := job.SavePDF(t.Context(), path); !errors.As(err, &not) || !errors.Is(err, failing) {
		t.Fatalf("a save that the service could not be told of gave %v", err)
	}
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	if err := job.SavePDF(stopped, path); !errors.Is(err, context.Canceled) {
		t.Fatalf("a caller who has gone gave %v", err)
	}
	closed := 0
	job.OnClose(func() { closed++ })
	job.Close()
	job.Close()
	if err := job.SavePDF(t.Context(), path); !errors.Is(err, ErrClosed) || closed != 1 {
		t.Fatalf("after Close: %v, told %d times", err, closed)
	}
}

func TestOnlyAPageIsPrinted(t *testing.T) {
	for _, what := range []string{"", "%PD", `{"title":"no"}`} {
		if _, err := New([]byte(what), folder(t), nil); err == nil {
			t.Errorf("%q was taken for a page", what)
		}
	}
}

func TestSweep(t *testing.T) {
	dir := folder(t)
	if err := os.WriteFile(filepath.Join(dir, "left.pdf"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Sweep(dir); err != nil {
		t.Fatal(err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 0 {
		t.Fatal("a page from a crash is still there")
	}
	if err := Sweep(filepath.Join(dir, "none")); err != nil {
		t.Fatalf("no folder gave %v", err)
	}
}
