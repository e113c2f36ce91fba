package main

// What may change here: what is proved on the real window, under a virtual display, with real key presses from outside.

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	_ "image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cmc/app/printing/printingtest"
	"cmc/ui/theme"
)

// screen is a virtual display of its own.
type screen struct {
	t       testing.TB
	display string
	home    string // for what the drawing library keeps by itself
}

// newScreen starts one. What follows t goes to the display too, such as "-extension", "GLX" for one that has no OpenGL.
func newScreen(t testing.TB, without ...string) *screen {
	t.Helper()
	for n := 90; n < 120; n++ {
		s := &screen{t: t, display: fmt.Sprintf(":%d", n), home: t.TempDir()}
		if _, err := os.Stat(fmt.Sprintf("/tmp/.X%d-lock", n)); err == nil {
			continue
		}
		x := exec.Command("Xvfb", append([]string{s.display, "-screen", "0", "1280x800x24", "-nolisten", "tcp"}, without...)...)
		require.NoError(t, x.Start(), "Xvfb is needed; make test installs it")
		t.Cleanup(func() { _ = x.Process.Signal(syscall.SIGTERM); _ = x.Wait() }) // killed, it would leave its lock, and its number with it
		for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
			if s.try("getdisplaygeometry") == nil {
				return s
			}
		}
	}
	t.Fatal("no virtual display came up")
	return nil
}

func (s *screen) env() []string {
	return append(os.Environ(), "DISPLAY="+s.display, "LANG=en_GB.UTF-8", "WAYLAND_DISPLAY=", "FYNE_SCALE=1", "XDG_CONFIG_HOME="+s.home, "XDG_CACHE_HOME="+s.home)
}

func (s *screen) command(name string, args ...string) *exec.Cmd {
	c := exec.Command(name, args...)
	c.Env = s.env()
	return c
}

func (s *screen) try(args ...string) error {
	c := exec.Command("xdotool", args...)
	c.Env = s.env()
	return c.Run()
}

// do moves the pointer or presses keys, as a person at the computer does.
func (s *screen) do(args ...string) {
	s.t.Helper()
	c := exec.Command("xdotool", args...)
	c.Env = s.env()
	out, err := c.CombinedOutput()
	require.NoError(s.t, err, string(out))
}

// build builds the program as it is shipped.
func build(t *testing.T) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "cmc")
	c := exec.Command("go", "build", "-tags", "x11,migrated_fynedo,no_emoji", "-o", out, ".")
	c.Env = append(os.Environ(), "CGO_ENABLED=1")
	said, err := c.CombinedOutput()
	require.NoError(t, err, string(said))
	return out
}

// running is the program in a real window.
type running struct {
	*screen
	cmd     *exec.Cmd
	said    *bytes.Buffer
	profile string
}

func (s *screen) start(program string, args ...string) *running {
	s.t.Helper()
	return s.startIn(program, s.t.TempDir(), args...)
}

// startIn starts it on a profile.
func (s *screen) startIn(program, profile string, args ...string) *running {
	s.t.Helper()
	_ = os.Remove(filepath.Join(profile, "ready"))
	ready := filepath.Join(profile, "ready")
	r := &running{screen: s, said: &bytes.Buffer{}, profile: profile}
	r.cmd = exec.Command(program, append([]string{"--profile", profile, "--ready-file", ready}, args...)...)
	r.cmd.Env, r.cmd.Stderr, r.cmd.Stdout = s.env(), r.said, r.said
	require.NoError(s.t, r.cmd.Start())
	s.t.Cleanup(func() { _ = r.cmd.Process.Kill(); _ = r.cmd.Wait() })
	require.Eventually(s.t, func() bool { _, err := os.Stat(ready); return err == nil }, 30*time.Second, 20*time.Millisecond, "the first frame: %s", r.said)
	return r
}

// title is the name of the program's window.
func (r *running) title() string {
	c := exec.Command("xdotool", "search", "--onlyvisible", "--name", ".", "getwindowname")
	c.Env = r.env()
	out, err := c.Output()
	require.NoError(r.t, err)
	return strings.TrimSpace(string(out))
}

// TestKeysReachTheRealWindow signs in, finds a person and opens the plan with real key presses, and reads in the remembered
// place that it was opened.
func TestKeysReachTheRealWindow(t *testing.T) {
	s := newScreen(t)
	r := s.start(build(t), "--training")
	require.Equal(t, "Coordinate My Care", r.title())
	r.do("search", "--onlyvisible", "--name", "Coordinate My Care", "windowfocus")
	settings := filepath.Join(r.profile, "settings.json")
	press := func(keys ...string) {
		for _, k := range keys {
			r.do("key", "--clearmodifiers", k)
			time.Sleep(150 * time.Millisecond)
		}
	}
	opened := func() bool {
		text, err := os.ReadFile(settings)
		return err == nil && strings.Contains(string(text), `"overview"`)
	}
	// Nothing outside the window says how far it is, so the keys are pressed until they have done their work: sign in as the
	// first of the people to be, leave what is said about this computer, find whatever has the keyboard, open.
	for end := time.Now().Add(60 * time.Second); !opened() && time.Now().Before(end); time.Sleep(500 * time.Millisecond) {
		press("Return", "Escape", "ctrl+k")
		r.do("type", "--delay", "15", "9990009600")
		time.Sleep(700 * time.Millisecond)
		press("Return")
	}
	require.True(t, opened(), "the plan was found and opened, and its place remembered: %s", r.said)
	text, err := os.ReadFile(settings)
	require.NoError(t, err)
	require.NotContains(t, string(text), "9990009600")
	require.NotContains(t, strings.ToLower(string(text)), "smith")
	require.Equal(t, "Coordinate My Care", r.title(), "the title names no patient")
	require.NotContains(t, r.said.String(), "9990009600")
}

// TestTheTour does the main job in the real window, with a picture of every page, the page as a PDF file, and the page on
// paper from a real print service.
func TestTheTour(t *testing.T) {
	press := printingtest.Start(t, "Ward")
	s := newScreen(t)
	dir := t.TempDir()
	c := exec.Command(build(t), "--profile", t.TempDir(), "--tour", dir, "--tour-printer", "Ward")
	c.Env = s.env()
	said, err := c.CombinedOutput()
	require.NoError(t, err, string(said))
	pictures, err := filepath.Glob(filepath.Join(dir, "*.png"))
	require.NoError(t, err)
	require.Greater(t, len(pictures), 20)
	for _, p := range pictures {
		file, err := os.Open(p)
		require.NoError(t, err)
		picture, _, err := image.Decode(file)
		require.NoError(t, err)
		require.NoError(t, file.Close())
		require.Equal(t, image.Pt(1280, 800), picture.Bounds().Size(), p)
		require.False(t, plain(picture), "%s shows nothing", p)
		if filepath.Base(p) == "02-my-work.png" { // what control.UseShaders draws is there, and ends at its last pixel
			for at, want := range map[image.Point]theme.Name{{}: theme.BlueFill, {1279, 47}: theme.BlueFill, {0, 48}: theme.TrainingBand, {1279, 71}: theme.TrainingBand} {
				require.Equal(t, color.NRGBAModel.Convert(theme.Colour(want)), color.NRGBAModel.Convert(picture.At(at.X, at.Y)), "%s at %v", p, at)
			}
			require.NotEqual(t, color.NRGBAModel.Convert(theme.Colour(theme.TrainingBand)), color.NRGBAModel.Convert(picture.At(0, 72)))
		}
	}
	page, err := os.ReadFile(filepath.Join(dir, summaryName))
	require.NoError(t, err)
	require.True(t, bytes.HasPrefix(page, []byte("%PDF-")))
	require.True(t, bytes.HasPrefix(press.Printed(t, "Ward"), []byte("%PDF-")), "the printer got the page")
}

func TestFlags(t *testing.T) {
	f, err := readFlags([]string{"--training", "--text-size", "150", "--profile", "x"}, &bytes.Buffer{})
	require.NoError(t, err)
	require.Equal(t, flags{training: true, textSize: 150, profile: "x", drawing: "auto"}, f)
	f, err = readFlags([]string{"--drawing", "software", "cmc:plan/615F2B64-fa29-4a50-8237-c87f4547d08b"}, &bytes.Buffer{})
	require.NoError(t, err)
	require.Equal(t, flags{drawing: "software", plan: "615f2b64-fa29-4a50-8237-c87f4547d08b"}, f)
	// A start that begins again without OpenGL is the same start.
	for _, args := range [][]string{nil, {"--training", "--drawing", "auto"}, {"cmc:plan/615F2B64-fa29-4a50-8237-c87f4547d08b"}, {"--drawing=auto", "CMC:plan/615f2b64-fa29-4a50-8237-c87f4547d08b"}} {
		want, err := readFlags(args, &bytes.Buffer{})
		require.NoError(t, err)
		want.drawing = "software"
		f, err := readFlags(withFlags(args, "--drawing", "software"), &bytes.Buffer{})
		require.NoError(t, err, args)
		require.Equal(t, want, f)
	}
	for _, bad := range [][]string{{"cmc:plan/1"}, {"cmc:plan/615f2b64-fa29-4a50-8237-c87f4547d08b", "--training"}, {"--text-size", "90"}, {"--text-size", "201"}, {"--nonsense"}, {"--drawing", "crayon"}, {"stray"}} {
		_, err := readFlags(bad, &bytes.Buffer{})
		require.Error(t, err, bad)
	}
}
