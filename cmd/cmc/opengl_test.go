package main

// What may change here: what is proved where a computer has no OpenGL: a real display that lacks it, as remote desktops do.

import (
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// noOpenGL are words to Xvfb that leave OpenGL out.
var noOpenGL = []string{"-extension", "GLX"}

// TestNoOpenGLIsSaidInPlainWords starts the program where there is no OpenGL, and where there is no screen at all.
func TestNoOpenGLIsSaidInPlainWords(t *testing.T) {
	program := build(t)
	s := newScreen(t, noOpenGL...)
	for display, want := range map[string]error{s.display: errNoOpenGL, ":1999": errNoScreen} {
		c := exec.Command(program, "--training", "--profile", t.TempDir())
		c.Env = append(s.env(), "DISPLAY="+display)
		begun := time.AfterFunc(30*time.Second, func() { _ = c.Process.Kill() })
		said, err := c.CombinedOutput()
		begun.Stop()
		var exit *exec.ExitError
		require.ErrorAs(t, err, &exit, "%s", said)
		require.Equal(t, 1, exit.ExitCode(), "%s", said)
		require.True(t, strings.HasPrefix(string(said), "cmc: "+want.Error()+"\nFor the IT help desk: "), "%s", said)
		require.Equal(t, 2, strings.Count(string(said), "\n"), "and nothing else: %s", said)
	}
}
