package main

// What may change here: how it is found out, before the window is made, that this computer cannot draw it, and the words that say so.
// Fyne ends the program by itself when OpenGL is missing, with words for programmers: nobody but this file may let it get there.

import (
	"errors"
	"fmt"
	"strings"

	"github.com/go-gl/gl/v2.1/gl"
	"github.com/go-gl/glfw/v3.4/glfw"
)

// errNoScreen says that there is nothing to draw on.
var errNoScreen = errors.New("Coordinate My Care found no screen to open its window on. Start it from a desktop, or ask your IT help desk.")

// errNoOpenGL says that the window cannot be drawn here, and what to do.
var errNoOpenGL = errors.New("Coordinate My Care cannot draw its window on this computer, because OpenGL 2.1 is missing here. " +
	"That is usual on remote desktops and thin clients. " +
	"Nothing that you wrote is lost. Use another computer for now, and give your IT help desk this message.")

// tryOpenGL opens a window that nobody sees, as Fyne will, and closes it again. The error is errNoScreen or errNoOpenGL, with what
// the system said behind it. Main goroutine, before Fyne makes a window.
func tryOpenGL() error {
	if err := glfw.Init(); err != nil {
		return fmt.Errorf("%w\n%s", errNoScreen, technical(err))
	}
	defer glfw.Terminate()
	glfw.WindowHint(glfw.Visible, glfw.False)
	glfw.WindowHint(glfw.ContextVersionMajor, 2) // what Fyne asks for
	glfw.WindowHint(glfw.ContextVersionMinor, 1)
	view, err := glfw.CreateWindow(64, 64, "Coordinate My Care", nil, nil)
	if err != nil {
		return fmt.Errorf("%w\n%s", errNoOpenGL, technical(err))
	}
	defer view.Destroy()
	view.MakeContextCurrent()
	defer glfw.DetachCurrentContext()
	if err := gl.Init(); err != nil {
		return fmt.Errorf("%w\n%s", errNoOpenGL, technical(err))
	}
	return nil
}

// technical is what the system said, on one line, for whoever repairs it.
func technical(err error) string {
	return "For the IT help desk: " + strings.Join(strings.Fields(err.Error()), " ") + "."
}
