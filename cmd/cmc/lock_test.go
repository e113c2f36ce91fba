package main

// What may change here: what is proved about the lock and about crashes on the real window, under a virtual display.

import (
	"os"
	"path/filepath"
	"regexp"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cmc/app/crash"
)

// used is when the program last saw a sign of a person, as it wrote it down; "" while it is locked, or nobody is signed in.
func (r *running) used() string {
	text, err := os.ReadFile(filepath.Join(r.profile, "settings.json"))
	if err != nil {
		return ""
	}
	found := regexp.MustCompile(`"used": "([^"]+)"`).FindSubmatch(text)
	if found == nil {
		return ""
	}
	return string(found[1])
}

func (r *running) press(keys ...string) {
	for _, k := range keys {
		r.do("key", "--clearmodifiers", k)
		time.Sleep(150 * time.Millisecond)
	}
}

// picture leaves what is on the display in the folder that CMC_PICTURES names, for a person to look at.
func (s *screen) picture(name string) {
	dir := os.Getenv("CMC_PICTURES")
	if dir == "" {
		return
	}
	c := s.command("import", "-window", "root", filepath.Join(dir, name+".png"))
	out, err := c.CombinedOutput()
	require.NoError(s.t, err, string(out))
}

// TestTheRealWindowLocks: real keys and a real pointer are signs of a person, Ctrl+L locks, the password opens, and what ends the
// program leaves a report without a word of what was on the screen.
func TestTheRealWindowLocks(t *testing.T) {
	s := newScreen(t)
	program := build(t)
	r := s.start(program, "--training")
	r.do("search", "--onlyvisible", "--name", "Coordinate My Care", "windowfocus")
	for end := time.Now().Add(60 * time.Second); r.used() == "" && time.Now().Before(end); time.Sleep(500 * time.Millisecond) {
		r.press("Return") // as the first of the people to be
	}
	require.NotEmpty(t, r.used(), "somebody is signed in: %s", r.said)
	time.Sleep(time.Second)
	r.press("Escape", "ctrl+k")
	r.do("type", "--delay", "15", "9990009600")
	time.Sleep(time.Second)

	first := r.used()
	time.Sleep(31 * time.Second) // it is written down each half minute
	require.Equal(t, first, r.used(), "nobody did anything")
	r.do("mousemove", "640", "600")
	require.Eventually(t, func() bool { return r.used() != first }, 10*time.Second, 50*time.Millisecond, "the pointer is a sign of a person")

	r.picture("real-before")
	r.press("ctrl+l")
	require.Eventually(t, func() bool { return r.used() == "" }, 10*time.Second, 50*time.Millisecond, "it is locked")
	time.Sleep(500 * time.Millisecond)
	r.picture("real-locked")
	require.Equal(t, "Coordinate My Care", r.title())
	r.do("type", "--delay", "15", "training")
	r.press("Return")
	require.Eventually(t, func() bool { return r.used() != "" }, 20*time.Second, 50*time.Millisecond, "the password opens it")
	time.Sleep(500 * time.Millisecond)
	r.picture("real-opened")

	require.NoError(t, r.cmd.Process.Signal(syscall.SIGABRT))
	_ = r.cmd.Wait()
	var report crash.Report
	require.Eventually(t, func() (there bool) {
		var err error
		report, there, err = crash.Newest(r.profile)
		return err == nil && there
	}, 20*time.Second, 50*time.Millisecond, "the report")
	require.Contains(t, report.Text, "Kind: signal SIGABRT")
	require.Contains(t, report.Text, "main.run")
	require.NotContains(t, report.Text, "9990009600")
	require.NotContains(t, r.said.String(), "goroutine", "what the runtime says does not reach the error output")

	again := s.startIn(program, r.profile, "--training")
	again.do("search", "--onlyvisible", "--name", "Coordinate My Care", "windowfocus")
	time.Sleep(3 * time.Second)
	again.picture("real-report")
	again.press("Tab", "Tab") // round to the first button, and to the second: delete it
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(300 * time.Millisecond) {
		if _, there, _ := crash.Newest(r.profile); !there {
			return
		}
		again.press("Return")
	}
	t.Fatal("the report was not offered")
}
