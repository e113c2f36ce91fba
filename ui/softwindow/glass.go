package softwindow

// What may change here: what the window of the system must be able to do.

import (
	"image"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// A Glass is a window of the system without OpenGL. It calls back on the drawing thread, from inside Wait alone, and is used from
// there alone, except Wake.
type Glass interface {
	// Open shows the window with a content of so many pixels, at least least. What the person does in it goes to the Input.
	Open(title string, size, least image.Point, to Input) error
	// Size is that of the content in pixels now; zero while the window is minimised.
	Size() image.Point
	// Scale is how many pixels the system wants for one unit of Fyne's.
	Scale() float32
	// Show puts the places of the picture that changed on the screen.
	Show(picture *image.RGBA, changed []image.Rectangle) error
	SetTitle(title string)
	SetIcon(icon image.Image)
	SetCursor(cursor desktop.Cursor)
	// Wait handles what the person did, until something happened, Wake was called, or the time is over.
	Wait(atMost time.Duration)
	// Wake ends Wait. Any goroutine.
	Wake()
	// Raise brings the window to the front.
	Raise()
	Close()
}

// Input is told by a Glass what the person does.
type Input interface {
	Moved(x, y float64) // in pixels from the left upper corner
	Clicked(button desktop.MouseButton, down bool, with fyne.KeyModifier)
	Scrolled(x, y float64) // in steps of the wheel
	// Key is a key that went down, goes on being held, or came up. place is the key's name on a keyboard of the United States, when the
	// letter on it is not of the Latin alphabet.
	Key(name, place fyne.KeyName, code int, action KeyAction, with fyne.KeyModifier)
	Typed(r rune)
	Focused(bool)
	Resized()
	Exposed() // what was shown is gone from the screen
	CloseAsked()
}

// KeyAction is what happened to a key.
type KeyAction int

// What may happen to a key.
const (
	KeyUp KeyAction = iota
	KeyDown
	KeyHeld
)
