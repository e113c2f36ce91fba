//go:build !windows

package printing

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cmc/app/printing/printingtest"
)

// A page is a small, whole PDF.
var page = []byte("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n" +
	"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")

func newJob(t *testing.T, told *int) *Job {
	t.Helper()
	job, err := New(page, filepath.Join(t.TempDir(), "paper"), func(context.Context) error { *told++; return nil })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(job.Close)
	return job
}

func TestThePrinterGetsThePage(t *testing.T) {
	p := printingtest.Start(t, "Ward", "Office")
	p.Admin(t, "-d", "Office")
	told := 0
	job := newJob(t, &told)
	names, err := job.Printers(t.Context())
	if err != nil || fmt.Sprint(names) != "[Office Ward]" {
		t.Fatalf("printers %v, %v; the usual one comes first", names, err)
	}
	words, err := job.Print(t.Context(), "Ward", 1)
	if err != nil || words != "Sent to Ward." {
		t.Fatalf("%q %v", words, err)
	}
	if got := p.Printed(t, "Ward"); !bytes.Equal(got, page) {
		t.Fatalf("the printer got %q", got)
	}
	words, err = job.Print(t.Context(), "", 2)
	if err != nil || words != "2 copies. Sent to Office." {
		t.Fatalf("%q %v", words, err)
	}
	if got := p.Printed(t, "Office"); !bytes.HasPrefix(got, page) {
		t.Fatalf("the printer got %q", got)
	}
	if told != 2 {
		t.Fatalf("the service was told of %d prints", told)
	}
	entries, _ := os.ReadDir(job.dir)
	if len(entries) != 1 || strings.Contains(entries[0].Name(), "Ward") {
		t.Fatalf("on disk: %v", entries)
	}
	if info, _ := entries[0].Info(); info.Mode().Perm() != 0o600 {
		t.Fatalf("the page may be read by others: %s", info.Mode())
	}
	job.Close()
	if entries, _ := os.ReadDir(job.dir); len(entries) != 0 {
		t.Fatal("the page stays on disk after Close")
	}
	if _, err := job.Print(t.Context(), "Ward", 1); !errors.Is(err, ErrClosed) {
		t.Fatalf("after Close: %v", err)
	}
}

func TestAPrinterThatIsNotThere(t *testing.T) {
	printingtest.Start(t, "Ward")
	told := 0
	job := newJob(t, &told)
	if _, err := job.Print(t.Context(), "Nowhere", 1); !errors.Is(err, ErrPrinter) || told != 0 {
		t.Fatalf("%v, told %d times", err, told)
	}
	for _, copies := range []int{0, -1, 21} {
		if _, err := job.Print(t.Context(), "Ward", copies); err == nil {
			t.Fatalf("%d copies were printed", copies)
		}
	}
	if _, err := job.Print(t.Context(), "-o landscape", 1); !errors.Is(err, ErrPrinter) {
		t.Fatalf("a name like an option gave %v", err)
	}
}

func TestNoPrinters(t *testing.T) {
	printingtest.Start(t)
	told := 0
	if _, err := newJob(t, &told).Printers(t.Context()); !errors.Is(err, ErrNoPrinter) {
		t.Fatalf("no printers gave %v", err)
	}
}

func TestNoPrintService(t *testing.T) {
	t.Setenv("CUPS_SERVER", filepath.Join(t.TempDir(), "nobody"))
	told := 0
	if _, err := newJob(t, &told).Printers(t.Context()); !errors.Is(err, ErrNoPrinter) {
		t.Fatalf("no service gave %v", err)
	}
	t.Setenv("PATH", t.TempDir())
	if _, err := newJob(t, &told).Printers(t.Context()); !errors.Is(err, ErrNoPrinting) {
		t.Fatalf("no lpstat gave %v", err)
	}
}
