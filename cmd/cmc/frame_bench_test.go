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
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// strip is the part of the screen that is watched: down the left of the questions, where the labels begin. It is narrow, so
// that looking at it takes well under a millisecond.
var strip = struct{ left, top, width, height int }{340, 130, 24, 560}

// boxes is where the first step's first answers have their focus ring: what moves there with Tab is a repaint and nothing else.
var boxes = struct{ left, top, width, height int }{288, 330, 40, 340}

// settled is how long the strip must stay as it is to count as the new step.
const settled = 300 * time.Millisecond

// BenchmarkFrame goes through the form of the fullest plan in the real window with Ctrl+Enter. For each step it takes the time
// from the key to the frame that shows the step, built for the first time, and reports the slowest step (median over the
// rounds). Wanted: 50 ms at most under software OpenGL. Beside it stands what a repaint of the same window takes, where Tab moves
// the ring of the focus and nothing is built.
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

	var repaints []float64
	times := map[string][]float64{}
	var order []string
	for b.Loop() {
		for range 9 {
			_, err := fmt.Fprintln(orders, "again")
			require.NoError(b, err)
			now := step()
			require.Equal(b, first, now)
			time.Sleep(settled)
			if took, changed := press(b, screen, boxes, symTab); changed {
				repaints = append(repaints, took.Seconds()*1000)
			}
			for {
				took, changed := press(b, screen, strip, symControl, symReturn)
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
	if len(repaints) > 0 {
		b.ReportMetric(median(repaints), "repaint-ms")
	}
	b.ReportMetric(0, "ns/op")
}

// press presses keys together and gives the time from the last of them to the last change of a part of the screen, and
// whether it changed.
func press(b *testing.B, screen *xscreen, part struct{ left, top, width, height int }, keys ...uint32) (time.Duration, bool) {
	look := func() []byte {
		picture, err := screen.picture(part.left, part.top, part.width, part.height)
		require.NoError(b, err)
		return picture
	}
	before := look()
	var begun time.Time
	for _, k := range keys {
		begun = time.Now()
		require.NoError(b, screen.key(k, true))
	}
	for _, k := range slices.Backward(keys) {
		require.NoError(b, screen.key(k, false))
	}
	last, at := before, begun
	for {
		seen, heard, err := screen.next(at.Add(settled))
		require.NoError(b, err)
		if !heard {
			break
		}
		if now := look(); !bytes.Equal(now, last) {
			last, at = now, seen
		}
	}
	return at.Sub(begun), !bytes.Equal(last, before)
}
