package main

// What may change here: what is proved where a computer has no OpenGL: a real display that lacks it, as remote desktops do.

import (
	"bytes"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	fyneapp "fyne.io/fyne/v2/app"
	"github.com/stretchr/testify/require"
)

// noOpenGL are words to Xvfb that leave OpenGL out.
var noOpenGL = []string{"-extension", "GLX"}

// shot is what stands on the display.
func (s *screen) shot() image.Image {
	s.t.Helper()
	c := s.command("import", "-window", "root", "png:-")
	out, err := c.Output()
	require.NoError(s.t, err)
	p, err := png.Decode(bytes.NewReader(out))
	require.NoError(s.t, err)
	return p
}

// TestTheWindowNeedsNoOpenGL works in the real window with pointer, wheel and keys where there is no OpenGL.
func TestTheWindowNeedsNoOpenGL(t *testing.T) {
	s := newScreen(t, noOpenGL...)
	r := s.start(build(t), "--training")
	require.Equal(t, "Coordinate My Care", r.title())
	require.False(t, plain(s.shot()), "the window shows nothing")
	r.do("search", "--onlyvisible", "--name", "Coordinate My Care", "windowfocus")
	for end := time.Now().Add(60 * time.Second); r.used() == "" && time.Now().Before(end); time.Sleep(500 * time.Millisecond) {
		r.do("mousemove", "800", "175", "click", "1") // the first of the people to be
	}
	first := r.used()
	require.NotEmpty(t, first, "somebody is signed in: %s", r.said)
	opened := func() bool {
		text, err := os.ReadFile(filepath.Join(r.profile, "settings.json"))
		return err == nil && strings.Contains(string(text), `"overview"`)
	}
	time.Sleep(time.Second)
	for end := time.Now().Add(60 * time.Second); !opened() && time.Now().Before(end); time.Sleep(500 * time.Millisecond) {
		r.press("Escape", "ctrl+k")
		r.do("type", "--delay", "15", "9990009600")
		time.Sleep(700 * time.Millisecond)
		r.press("Return")
	}
	s.picture("no-opengl")
	require.True(t, opened(), "the plan was found and opened with keys: %s", r.said)
	time.Sleep(time.Second)
	before := s.shot()
	r.do("mousemove", "640", "600", "click", "--repeat", "4", "5")
	require.Eventually(t, func() bool { return differ(before, s.shot()) > 1280*800/50 }, 10*time.Second, 200*time.Millisecond, "the wheel turns the page")
	require.Eventually(t, func() bool {
		r.do("mousemove_relative", "--", "1", "0")
		return r.used() != first
	}, 40*time.Second, 500*time.Millisecond, "the pointer is a sign of a person") // it is written down each half minute
	r.press("ctrl+l")
	require.Eventually(t, func() bool { return r.used() == "" }, 10*time.Second, 50*time.Millisecond, "it is locked")
	require.True(t, knownOn(t, s.display, r.profile), "the next start does not try in vain again")
}

// knownOn says what is remembered of a screen.
func knownOn(t *testing.T, display, profile string) bool {
	t.Setenv("DISPLAY", display)
	return knownWithout(profile, time.Now())
}

// TestAScreenWithoutOpenGLIsRemembered for this version, this screen and a week; what cannot be read is tried again.
func TestAScreenWithoutOpenGLIsRemembered(t *testing.T) {
	profile, now := t.TempDir(), time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)
	t.Setenv("SESSIONNAME", "RDP-Tcp#3")
	require.False(t, knownWithout(profile, now))
	noteWithout(profile, now)
	require.True(t, knownWithout(profile, now.Add(6*24*time.Hour)))
	require.False(t, knownWithout(profile, now.Add(8*24*time.Hour)), "somebody may have put it there")
	require.False(t, knownWithout(profile, now.Add(-8*24*time.Hour)), "the clock was wrong")
	t.Setenv("SESSIONNAME", "RDP-Tcp#14")
	require.True(t, knownWithout(profile, now), "the same from afar")
	t.Setenv("SESSIONNAME", "Console")
	require.False(t, knownWithout(profile, now), "at the computer itself")
	t.Setenv("SESSIONNAME", "RDP-Tcp#14")
	was := version
	version = "another"
	require.False(t, knownWithout(profile, now), "a new version tries")
	version = was
	require.NoError(t, os.WriteFile(withoutFile(profile), []byte("x"), 0o600))
	require.False(t, knownWithout(profile, now))
}

// differ counts the pixels that are not the same in two pictures of one size.
func differ(a, b image.Image) (n int) {
	for y := range a.Bounds().Dy() {
		for x := range a.Bounds().Dx() {
			if a.At(x, y) != b.At(x, y) {
				n++
			}
		}
	}
	return n
}

// TestNoOpenGLIsSaidInPlainWords starts the program where it may not do without OpenGL, and where there is no screen at all.
func TestNoOpenGLIsSaidInPlainWords(t *testing.T) {
	program := build(t)
	s := newScreen(t, noOpenGL...)
	for _, try := range []struct {
		display, drawing string
		want             error
	}{{s.display, byOpenGL, errNoOpenGL}, {":1999", byItself, errNoScreen}, {":1999", bySoftware, errNoScreen}} {
		c := exec.Command(program, "--training", "--profile", t.TempDir(), "--drawing", try.drawing)
		c.Env = append(s.env(), "DISPLAY="+try.display)
		begun := time.AfterFunc(30*time.Second, func() { _ = c.Process.Kill() })
		said, err := c.CombinedOutput()
		begun.Stop()
		var exit *exec.ExitError
		require.ErrorAs(t, err, &exit, "%s", said)
		require.Equal(t, 1, exit.ExitCode(), "%s", said)
		require.True(t, strings.HasPrefix(string(said), "cmc: "+try.want.Error()+"\nFor the IT help desk: "), "%s", said)
		require.Equal(t, 2, strings.Count(string(said), "\n"), "and nothing else: %s", said)
	}
}

// TestNothingIsSentToAClosedQueue keeps the end of the program out of a race of Fyne's: what is done last would go through a queue that is
// being closed.
func TestNothingIsSentToAClosedQueue(t *testing.T) {
	stopped := func(a fyne.App) func() { return a.Lifecycle().(interface{ OnStopped() func() }).OnStopped() }
	require.NotNil(t, stopped(fyneapp.NewWithID(appID)), "Fyne no longer does anything last: endQuietly can go")
	a, _, err := newApp(false)
	require.NoError(t, err)
	require.Nil(t, stopped(a))
}
