//go:build !windows

package printing

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A page is a small, whole PDF.
var page = []byte("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n" +
	"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")

// A press is a real CUPS of the test's own. Its printers are the test's too: each listens on the network as an office
// printer does (port 9100 of old), and gives what it was sent.
type press struct {
	dir  string
	sock string
	out  map[string]chan []byte
}

// startPress starts cupsd on a socket in a folder that is thrown away, and makes the test's lp speak to it.
func startPress(t *testing.T, printers ...string) *press {
	t.Helper()
	dir, err := os.MkdirTemp("", "cups") // a socket's path is short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil { // as root, CUPS sends as its own user
		t.Fatal(err)
	}
	p := &press{dir: dir, sock: filepath.Join(dir, "s"), out: map[string]chan []byte{}}
	for _, sub := range []string{"spool", "spool/tmp", "cache", "state", "etc"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	write := func(name, text string) string {
		path := filepath.Join(dir, "etc", name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	conf := write("cupsd.conf", "Listen "+p.sock+"\nWebInterface No\nBrowsing No\nDefaultAuthType None\nLogLevel debug\nPreserveJobFiles No\n"+
		"<Location />\n  Order allow,deny\n  Allow all\n</Location>\n<Policy default>\n  <Limit All>\n    Order allow,deny\n    Allow all\n  </Limit>\n</Policy>\n")
	// The log goes to the terminal: a stray file there would be another thing to remove.
	files := write("cups-files.conf", fmt.Sprintf("ServerRoot %[1]s/etc\nRequestRoot %[1]s/spool\nTempDir %[1]s/spool/tmp\nCacheDir %[1]s/cache\n"+
		"StateDir %[1]s/state\nErrorLog stderr\nAccessLog %[1]s/access\nPageLog %[1]s/pages\nSandboxing Relaxed\n", dir))
	var log bytes.Buffer
	daemon := exec.Command("cupsd", "-f", "-c", conf, "-s", files)
	if daemon.Err != nil {
		daemon = exec.Command("/usr/sbin/cupsd", "-f", "-c", conf, "-s", files)
	}
	daemon.Stderr = &log
	if err := daemon.Start(); err != nil {
		t.Fatalf("a real CUPS is needed (.ci/need test installs it): %v", err)
	}
	t.Cleanup(func() {
		_ = daemon.Process.Kill()
		_ = daemon.Wait()
		if t.Failed() {
			t.Log(tail(log.String()))
		}
	})
	t.Setenv("CUPS_SERVER", p.sock)
	p.await(t, func() bool {
		c, err := net.Dial("unix", p.sock)
		if err == nil {
			_ = c.Close()
		}
		return err == nil
	})
	for _, name := range printers {
		p.admin(t, "-p", name, "-E", "-v", "socket://"+p.printer(t, name)+"/?waiteof=false", "-m", "raw")
	}
	return p
}

// printer starts one printer and gives its address.
func (p *press) printer(t *testing.T, name string) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	out := make(chan []byte, 8)
	p.out[name] = out
	go func() {
		for {
			line, err := listener.Accept()
			if err != nil {
				return
			}
			got, _ := io.ReadAll(line)
			_ = line.Close()
			out <- got
		}
	}()
	return listener.Addr().String()
}

func (p *press) printed(t *testing.T, name string) []byte {
	t.Helper()
	select {
	case got := <-p.out[name]:
		return got
	case <-time.After(30 * time.Second):
		t.Fatal("nothing came out of the printer")
		return nil
	}
}

func (p *press) admin(t *testing.T, args ...string) {
	t.Helper()
	path, err := exec.LookPath("lpadmin")
	if err != nil {
		path = "/usr/sbin/lpadmin"
	}
	if out, err := exec.Command(path, args...).CombinedOutput(); err != nil {
		t.Fatalf("lpadmin %v: %v\n%s", args, err, out)
	}
}

// await looks again until another process has done something that sends no word of it.
func (p *press) await(t *testing.T, done func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	late := time.After(20 * time.Second)
	for !done() {
		select {
		case <-tick.C:
		case <-late:
			t.Fatal("the print service did not get there in 20 s")
		}
	}
}

func tail(s string) string { return s[max(0, len(s)-3000):] }

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
	p := startPress(t, "Ward", "Office")
	p.admin(t, "-d", "Office")
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
	if got := p.printed(t, "Ward"); !bytes.Equal(got, page) {
		t.Fatalf("the printer got %q", got)
	}
	words, err = job.Print(t.Context(), "", 2)
	if err != nil || words != "2 copies. Sent to Office." {
		t.Fatalf("%q %v", words, err)
	}
	if got := p.printed(t, "Office"); !bytes.HasPrefix(got, page) {
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
	startPress(t, "Ward")
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
	startPress(t)
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
