//go:build !windows

// Package printingtest gives tests a real print service of their own: a private CUPS, and printers that listen on the network
// as office printers do. Nothing of the computer's own printing is touched.
package printingtest

// What may change here: how the print service of a test is started.

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// A Press is a real CUPS of the test's own. Its printers are the test's too: each listens on the network as an office
// printer does (port 9100 of old), and gives what it was sent.
type Press struct {
	dir  string
	sock string
	out  map[string]chan []byte
}

// Start starts cupsd on a socket in a folder that is thrown away, and makes the test's lp speak to it.
func Start(t *testing.T, printers ...string) *Press {
	t.Helper()
	dir, err := os.MkdirTemp("", "cups") // a socket's path is short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil { // as root, CUPS sends as its own user
		t.Fatal(err)
	}
	p := &Press{dir: dir, sock: filepath.Join(dir, "s"), out: map[string]chan []byte{}}
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
		p.Admin(t, "-p", name, "-E", "-v", "socket://"+p.printer(t, name)+"/?waiteof=false", "-m", "raw")
	}
	return p
}

// printer starts one printer and gives its address.
func (p *Press) printer(t *testing.T, name string) string {
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

// Printed gives what the printer was sent next.
func (p *Press) Printed(t *testing.T, name string) []byte {
	t.Helper()
	select {
	case got := <-p.out[name]:
		return got
	case <-time.After(30 * time.Second):
		t.Fatal("nothing came out of the printer")
		return nil
	}
}

// Admin runs lpadmin.
func (p *Press) Admin(t *testing.T, args ...string) {
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
func (p *Press) await(t *testing.T, done func() bool) {
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
