package main

// What may change here: how start-up is measured on a Windows made out of Wine, never against what. The yardstick is an empty Fyne
// window (testdata/emptywindow), started in turn with cmc on the same Windows.

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cmc/app/onwindows/winetest"
)

// BenchmarkWine reports the time from a start to the first frame in Wine: of an empty Fyne window with the OpenGL that Wine has on a
// virtual display, of ours there, and of ours on a display without OpenGL: asked to draw in software, by itself, and by itself for the first
// time (it tries OpenGL, and begins again). Without OpenGL there is no empty Fyne window to compare with.
func BenchmarkWine(b *testing.B) {
	dir := b.TempDir()
	for name, source := range map[string]string{"cmc": ".", "empty": "./testdata/emptywindow"} {
		build := exec.Command("go", "build", "-trimpath", "-tags", "migrated_fynedo,no_emoji,nopostgres", "-ldflags", "-s -w -H=windowsgui", "-o", filepath.Join(dir, name+".exe"), source)
		build.Env = append(os.Environ(), "CGO_ENABLED=1", "GOOS=windows", "GOARCH=amd64", "CC=x86_64-w64-mingw32-gcc")
		out, err := build.CombinedOutput()
		require.NoError(b, err, string(out))
	}
	with, without := newScreen(b), newScreen(b, noOpenGL...)
	w := winetest.New(b, with.display)
	path := func(here string) string { return `Z:` + strings.ReplaceAll(here, "/", `\`) }
	n := 0
	kept := b.TempDir() // the profile of a program that has been started here before
	start := func(display, program string, args ...string) float64 {
		n++
		ready := filepath.Join(dir, "ready"+strconv.Itoa(n))
		args = append([]string{path(filepath.Join(dir, program+".exe")), "--ready-file", path(ready)}, args...)
		if program == "cmc" && !slices.Contains(args, "--profile") {
			args = append(args, "--profile", path(b.TempDir()))
		}
		c := w.Program(context.Background(), args...)
		c.Env = append(slices.Clip(c.Env), "DISPLAY="+display)
		begun := time.Now()
		require.NoError(b, c.Start())
		for {
			if _, err := os.Stat(ready); err == nil {
				break
			}
			require.Less(b, time.Since(begun), 60*time.Second, "%s never drew", program)
			time.Sleep(2 * time.Millisecond)
		}
		took := time.Since(begun)
		_, _ = winetest.Output(b, w.Program(context.Background(), "taskkill", "/f", "/im", program+".exe"))
		_ = c.Wait()
		return float64(took.Microseconds()) / 1000
	}
	kinds := []struct {
		name  string
		start func() float64
	}{
		{"empty", func() float64 { return start(with.display, "empty") }},
		{"opengl", func() float64 { return start(with.display, "cmc", "--drawing", "opengl") }},
		{"software", func() float64 { return start(without.display, "cmc", "--drawing", "software") }},
		{"auto", func() float64 { return start(without.display, "cmc", "--profile", path(kept)) }},
		{"first", func() float64 { return start(without.display, "cmc") }},
	}
	times := map[string][]float64{}
	for _, k := range kinds {
		k.start() // the first start fills the file cache
	}
	for b.Loop() {
		for range 9 {
			for _, k := range kinds {
				times[k.name] = append(times[k.name], k.start())
			}
		}
	}
	for _, k := range kinds {
		b.ReportMetric(median(times[k.name]), k.name+"-ms")
	}
	b.ReportMetric(0, "ns/op")
}
