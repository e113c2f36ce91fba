package main

// What may change here: how it is noticed that this computer cannot draw the window, and the words that say so. Fyne ends the program
// by itself when OpenGL is missing, with words for programmers.

import (
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"cmc/app"
)

// errNoScreen says that there is nothing to draw on.
var errNoScreen = errors.New("Coordinate My Care found no screen to open its window on. Start it from a desktop, or ask your IT help desk.")

// errNoOpenGL says that the window cannot be drawn here, and what to do.
var errNoOpenGL = errors.New("Coordinate My Care cannot draw its window on this computer, because OpenGL 2.1 is missing here. " +
	"That is usual on remote desktops and thin clients. " +
	"Nothing that you wrote is lost. Use another computer for now, and give your IT help desk this message.")

// How the window is drawn.
const (
	byItself   = "auto"
	byOpenGL   = "opengl"
	bySoftware = "software"
)

// hearFyne answers when Fyne gives up its window. Fyne then ends the program, or waits for ever; it tells nobody but the standard log.
// Trying OpenGL beforehand would cost each start what the window itself costs; that it is missing is remembered in the profile (noteWithout).
// Call it before Fyne is begun, and drawn with the first frame.
func hearFyne(drawing, profile string) (drawn func()) {
	f := &fyneWords{next: log.Writer(), drawing: drawing, profile: profile}
	log.SetOutput(f)
	return func() { f.drawn.Store(true) }
}

// contexts are how the words of a system begin that has OpenGL and cannot make use of it. The window library tells nobody but the log:
// the program would wait for ever for a window that does not come.
var contexts = []string{"PlatformError: WGL: ", "PlatformError: GLX: ", "PlatformError: EGL: ", "PlatformError: NSGL: "}

// fyneWords is the standard log. The log writes one line at a time.
type fyneWords struct {
	next    io.Writer
	drawing string
	profile string
	drawn   atomic.Bool // there is a window
	lost    error       // why there is no window; its cause comes on the next line
}

// Write hands a line on, unless it says that there will be no window.
func (f *fyneWords) Write(line []byte) (int, error) {
	words := string(line)
	switch {
	case !f.drawn.Load() && f.lost == nil && slices.ContainsFunc(contexts, func(begin string) bool { return strings.Contains(words, begin) }):
		f.lost = errNoOpenGL // all is said on this line
		fallthrough
	case f.lost != nil:
		if f.lost == errNoOpenGL && f.drawing == byItself {
			noteWithout(f.profile, time.Now())
			if err := beginAgain("--drawing", bySoftware); err != nil {
				words = err.Error()
			}
		}
		if _, cause, found := strings.Cut(words, "Cause:"); found {
			words = cause
		}
		say(errors.Join(f.lost, technical(errors.New(words))).Error())
		os.Exit(1)
	case strings.Contains(words, "failed to initialise GLFW"):
		f.lost = errNoScreen
	case strings.Contains(words, "window creation error"), strings.Contains(words, "failed to initialise OpenGL"):
		f.lost = errNoOpenGL
	default:
		return f.next.Write(line)
	}
	return len(line), nil
}

// withFlags are the arguments of this start with more flags after its own, and before a link, which ends the flags.
func withFlags(args []string, flags ...string) []string {
	n := len(args)
	if n > 0 && strings.HasPrefix(strings.ToLower(args[n-1]), app.LinkScheme) {
		n--
	}
	return slices.Concat(args[:n], flags, args[n:])
}

// technical is what the system said, on one line, for whoever repairs it.
func technical(err error) error {
	return fmt.Errorf("For the IT help desk: %s.", strings.Join(strings.Fields(err.Error()), " "))
}
