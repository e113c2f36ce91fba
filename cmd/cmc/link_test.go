package main

// What may change here: what is proved about a link that is followed while a window is open: two processes on one display.

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// places are the plans that a window remembers it was at.
func (r *running) places() string {
	raw, err := os.ReadFile(filepath.Join(r.profile, "settings.json"))
	if err != nil {
		return ""
	}
	var file struct{ Places json.RawMessage }
	if json.Unmarshal(raw, &file) != nil {
		return ""
	}
	return string(file.Places)
}

// beSomebody signs in as the first of the people to be.
func (r *running) beSomebody() {
	r.t.Helper()
	r.do("search", "--onlyvisible", "--name", "Coordinate My Care", "windowfocus")
	for end := time.Now().Add(60 * time.Second); r.used() == "" && time.Now().Before(end); time.Sleep(500 * time.Millisecond) {
		r.press("Return")
	}
	require.NotEmpty(r.t, r.used(), "somebody is signed in: %s", r.said)
}

// windows counts what is open on the display.
func (s *screen) windows() int {
	c := s.command("xdotool", "search", "--onlyvisible", "--name", "Coordinate My Care")
	out, _ := c.Output() // it fails where it finds none
	return len(strings.Fields(string(out)))
}

// TestALinkOpensInTheWindowThatIsOpen starts the program a second time, as a browser does for a link: with OpenGL and without.
func TestALinkOpensInTheWindowThatIsOpen(t *testing.T) {
	program := build(t)
	for _, without := range [][]string{nil, noOpenGL} {
		s := newScreen(t, without...)
		// A plan to link to: the training service names its plans alike each time.
		r := s.start(program, "--training")
		r.beSomebody()
		plan := ""
		for end := time.Now().Add(60 * time.Second); plan == "" && time.Now().Before(end); time.Sleep(500 * time.Millisecond) {
			r.press("Escape", "ctrl+k")
			r.do("type", "--delay", "15", "9990009600")
			time.Sleep(700 * time.Millisecond)
			r.press("Return")
			if _, rest, found := strings.Cut(r.places(), `"plan_id": "`); found {
				plan, _, _ = strings.Cut(rest, `"`)
			}
		}
		require.NotEmpty(t, plan)
		require.NoError(t, r.cmd.Process.Kill())
		_ = r.cmd.Wait()

		r = s.start(program, "--training")
		r.beSomebody()
		second := func(args ...string) *exec.Cmd {
			return s.command(program, append(append([]string{"--profile", r.profile}, args...), "cmc:plan/"+plan)...)
		}
		begun := time.Now()
		said, err := second().CombinedOutput()
		took := time.Since(begun)
		require.NoError(t, err, string(said))
		require.Empty(t, string(said), "it ends quietly")
		require.Less(t, took, 2*time.Second, "and at once")
		t.Logf("the link was taken after %v", took.Round(time.Millisecond))
		r.press("Escape") // what is said about this computer at the first start is read first
		require.Eventually(t, func() bool { return strings.Contains(r.places(), plan) }, 20*time.Second, 50*time.Millisecond, "the window that was open is at the plan")
		require.Equal(t, 1, s.windows())

		// A window that hangs takes none: the second start opens one as it did before there was another.
		require.NoError(t, r.cmd.Process.Signal(syscall.SIGSTOP))
		ready := filepath.Join(t.TempDir(), "ready")
		hung := second("--ready-file", ready)
		require.NoError(t, hung.Start())
		t.Cleanup(func() { _ = hung.Process.Kill(); _ = hung.Wait() })
		require.Eventually(t, func() bool { _, err := os.Stat(ready); return err == nil }, 20*time.Second, 50*time.Millisecond, "the first frame of a second window")
		require.NoError(t, r.cmd.Process.Signal(syscall.SIGCONT))
		require.Equal(t, 2, s.windows())
		require.NoError(t, hung.Process.Kill())

		// And one that was killed is no window.
		require.NoError(t, r.cmd.Process.Kill())
		_ = r.cmd.Wait()
		_ = hung.Wait()
		_ = os.Remove(ready)
		begun = time.Now()
		after := second("--ready-file", ready)
		require.NoError(t, after.Start())
		t.Cleanup(func() { _ = after.Process.Kill(); _ = after.Wait() })
		require.Eventually(t, func() bool { _, err := os.Stat(ready); return err == nil }, 20*time.Second, 20*time.Millisecond, "the first frame")
		t.Logf("after a crash the window was there in %v", time.Since(begun).Round(time.Millisecond))
		require.NoError(t, after.Process.Kill())
		_ = after.Wait()
	}
}
