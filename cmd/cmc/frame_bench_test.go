package main

// What may change here: how the time from a key to its frame is measured. It is taken outside the program: the key is given to
// the X server, and the clock stops when the server's screen shows the next step. docs/figures.md says more.

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// strip is the part of the screen that is watched: down the left of the questions, where the labels begin. It is narrow, so
// that looking at it takes well under a millisecond.
var strip = struct{ left, top, width, height int }{340, 130, 24, 560}

// settled is how long the strip must stay as it is to count as the new step.
const settled = 300 * time.Millisecond

// BenchmarkFrame goes through the form of the fullest plan in the real window with Ctrl+Enter. For each step it takes the time
// from the key to the frame that shows the step, built for the first time, and reports the slowest step (median over the
// rounds). Wanted: 50 ms at most under software OpenGL.
func BenchmarkFrame(b *testing.B) {
	dir := b.TempDir()
	display := startDisplay(b)
	build := exec.Command("go", "build", "-tags", "migrated_fynedo,no_emoji,x11", "-ldflags", "-s -w", "-o", filepath.Join(dir, "formwindow"), "./testdata/formwindow")
	out, err := build.CombinedOutput()
	require.NoError(b, err, string(out))
	window := exec.Command(filepath.Join(dir, "formwindow"), "--profile", b.TempDir())
	window.Env = append(os.Environ(), "DISPLAY="+display, "LANG=en_GB.UTF-8", "LIBGL_ALWAYS_SOFTWARE=1",
		"DBUS_SESSION_BUS_ADDRESS=unix:path="+filepath.Join(dir, "no-bus"))
	var says bytes.Buffer
	window.Stderr = &says
	orders, err := window.StdinPipe()
	require.NoError(b, err)
	answers, err := window.StdoutPipe()
	require.NoError(b, err)
	require.NoError(b, window.Start())
	b.Cleanup(func() {
		_ = orders.Close()
		_ = window.Process.Kill()
		_ = window.Wait()
	})
	lines := bufio.NewScanner(answers)
	step := func() (id string) {
		require.True(b, lines.Scan(), "the window ended: %s", says.String())
		require.NoError(b, json.Unmarshal(lines.Bytes(), &id))
		return id
	}
	first := step()
	screen, err := openScreen(display)
	require.NoError(b, err)
	b.Cleanup(func() { _ = screen.close() })
	require.NoError(b, screen.focus())

	times := map[string][]float64{}
	var order []string
	for b.Loop() {
		for range 5 {
			_, err := fmt.Fprintln(orders, "again")
			require.NoError(b, err)
			now := step()
			require.Equal(b, first, now)
			time.Sleep(settled)
			for {
				took, changed := press(b, screen)
				_, err := fmt.Fprintln(orders, "step")
				require.NoError(b, err)
				next := step()
				if next == now || !changed {
					require.False(b, changed, "the screen changed and the step did not")
					break
				}
				if len(times[next]) == 0 {
					order = append(order, next)
				}
				times[next] = append(times[next], took.Seconds()*1000)
				if now = next; now == "check" {
					break
				}
			}
		}
	}
	require.Greater(b, len(times), 5, "the keys did not lead through the form")
	slowest, typical := "", []float64{}
	for _, id := range order {
		m := median(times[id])
		b.Logf("%-20s %6.1f ms", id, m)
		typical = append(typical, m)
		if slowest == "" || m > median(times[slowest]) {
			slowest = id
		}
	}
	b.ReportMetric(median(times[slowest]), "frame-ms")
	b.ReportMetric(median(typical), "typical-ms")
	b.ReportMetric(0, "ns/op")
}

// press presses Ctrl+Enter and gives the time from the key to the last change of the strip, and whether it changed.
func press(b *testing.B, screen *xscreen) (time.Duration, bool) {
	look := func() []byte {
		picture, err := screen.picture(strip.left, strip.top, strip.width, strip.height)
		require.NoError(b, err)
		return picture
	}
	before := look()
	require.NoError(b, screen.key(symControl, true))
	begun := time.Now()
	require.NoError(b, screen.key(symReturn, true))
	require.NoError(b, screen.key(symReturn, false))
	require.NoError(b, screen.key(symControl, false))
	last, at := before, begun
	for time.Since(at) < settled {
		now := look()
		seen := time.Now()
		if !bytes.Equal(now, last) {
			last, at = now, seen
		}
		time.Sleep(500 * time.Microsecond)
	}
	return at.Sub(begun), !bytes.Equal(last, before)
}
