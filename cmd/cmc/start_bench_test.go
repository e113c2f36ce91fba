package main

// What may change here: how start-up and memory are measured, never against what. The yardstick is an empty Fyne window
// (testdata/emptywindow), started in turn with cmc in the same run on the same display.

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// started is one program start: the time to its first frame and what it held a second later.
type started struct {
	first    time.Duration
	resident float64 // MiB
}

// BenchmarkStart reports the time to a usable sign-in window and the resident memory a second later, each as a ratio to an
// empty Fyne window. Wanted: at most 1.5 and 1.4.
func BenchmarkStart(b *testing.B) {
	dir := b.TempDir()
	display := startDisplay(b)
	programs := map[string]string{"cmc": ".", "empty": "./testdata/emptywindow"}
	for name, source := range programs {
		build := exec.Command("go", "build", "-tags", "migrated_fynedo,no_emoji,x11", "-ldflags", "-s -w", "-o", filepath.Join(dir, name), source)
		out, err := build.CombinedOutput()
		require.NoError(b, err, string(out))
	}
	start := func(name string, i int) started {
		ready := filepath.Join(dir, name+strconv.Itoa(i))
		args := []string{"--ready-file", ready}
		if name == "cmc" {
			args = append(args, "--profile", b.TempDir())
		}
		cmd := exec.Command(filepath.Join(dir, name), args...)
		cmd.Env = append(os.Environ(), "DISPLAY="+display, "LANG=en_GB.UTF-8", "DBUS_SESSION_BUS_ADDRESS=unix:path="+filepath.Join(dir, "no-bus"))
		var says bytes.Buffer
		cmd.Stdout, cmd.Stderr = &says, &says
		begun := time.Now()
		require.NoError(b, cmd.Start())
		defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
		for {
			if _, err := os.Stat(ready); err == nil {
				break
			}
			require.Less(b, time.Since(begun), 30*time.Second, "%s never drew: %s", name, says.String())
			time.Sleep(2 * time.Millisecond)
		}
		s := started{first: time.Since(begun)}
		time.Sleep(time.Second)
		status, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(cmd.Process.Pid), "status"))
		require.NoError(b, err)
		for line := range strings.Lines(string(status)) {
			if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
				kib, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
				require.NoError(b, err)
				s.resident = kib / 1024
			}
		}
		return s
	}
	start("empty", -1) // the first start of each fills the file cache
	start("cmc", -1)
	var times, memory = map[string][]float64{}, map[string][]float64{}
	n := 0
	for b.Loop() {
		for range 7 {
			for name := range programs {
				s := start(name, n)
				times[name] = append(times[name], s.first.Seconds()*1000)
				memory[name] = append(memory[name], s.resident)
				n++
			}
		}
	}
	b.ReportMetric(median(times["cmc"]), "cmc-ms")
	b.ReportMetric(median(times["empty"]), "empty-ms")
	b.ReportMetric(median(times["cmc"])/median(times["empty"]), "start-ratio")
	b.ReportMetric(median(memory["cmc"]), "cmc-MiB")
	b.ReportMetric(median(memory["empty"]), "empty-MiB")
	b.ReportMetric(median(memory["cmc"])/median(memory["empty"]), "memory-ratio")
	b.ReportMetric(0, "ns/op")
}

func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	return v[len(v)/2]
}

// startDisplay starts a virtual display of its own and returns its name.
func startDisplay(b testing.TB) string {
	b.Helper()
	r, w, err := os.Pipe()
	require.NoError(b, err)
	x := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "1280x800x24", "-nolisten", "tcp")
	x.ExtraFiles = []*os.File{w}
	require.NoError(b, x.Start())
	b.Cleanup(func() { _ = x.Process.Kill(); _ = x.Wait() })
	require.NoError(b, w.Close())
	line := make([]byte, 16)
	n, err := r.Read(line)
	require.NoError(b, err)
	return ":" + strings.TrimSpace(string(line[:n]))
}
