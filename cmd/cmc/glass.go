package main

// What may change here: how a window of the system is opened and heard without OpenGL. What is drawn in it, and what keys and
// pointer do there, is ui/softwindow's.

import (
	"encoding/binary"
	"errors"
	"image"
	"runtime"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"github.com/go-gl/glfw/v3.4/glfw"

	"cmc/ui/softwindow"
)

// glass is a window of the system that pixels are handed to. Main goroutine.
type glass struct {
	view    *glfw.Window
	cursors map[glfw.StandardCursor]*glfw.Cursor
	bits    []byte  // one place of the picture as screens want it: blue, green, red, nothing
	surface surface // what the system needs to take pixels
}

var _ softwindow.Glass = (*glass)(nil)

// openGlass gets hold of the screen.
func openGlass() (*glass, error) {
	if runtime.GOOS == "linux" {
		glfw.InitHint(glfw.PlatformHint, int(glfw.PlatformX11)) // a Wayland desktop has X11 too, and Wayland takes no pixels of ours
	}
	if err := glfw.Init(); err != nil {
		return nil, errors.Join(errNoScreen, technical(err))
	}
	return &glass{cursors: map[glfw.StandardCursor]*glfw.Cursor{}}, nil
}

// Open opens the window.
func (g *glass) Open(title string, size, least image.Point, to softwindow.Input) error {
	glfw.DefaultWindowHints()
	glfw.WindowHint(glfw.ClientAPI, glfw.NoAPI)
	glfw.WindowHint(glfw.Visible, glfw.False)
	view, err := glfw.CreateWindow(size.X, size.Y, title, nil, nil)
	if err == nil && view == nil {
		err = errors.New("the system made no window")
	}
	if err != nil {
		return err
	}
	g.view = view
	view.SetSizeLimits(least.X, least.Y, glfw.DontCare, glfw.DontCare)
	view.SetCursorPosCallback(func(_ *glfw.Window, x, y float64) { to.Moved(x, y) })
	view.SetMouseButtonCallback(func(_ *glfw.Window, b glfw.MouseButton, action glfw.Action, mods glfw.ModifierKey) {
		to.Moved(view.GetCursorPos()) // a pointer that has not moved since the window opened was never told
		to.Clicked(buttons[b], action == glfw.Press, held(mods))
	})
	view.SetScrollCallback(func(_ *glfw.Window, x, y float64) { to.Scrolled(x, y) })
	view.SetKeyCallback(func(_ *glfw.Window, key glfw.Key, code int, action glfw.Action, mods glfw.ModifierKey) {
		to.Key(keyName(key, code), keyPlace(key), code, keyActions[action], held(mods))
	})
	view.SetCharCallback(func(_ *glfw.Window, r rune) { to.Typed(r) })
	view.SetFocusCallback(func(_ *glfw.Window, on bool) { to.Focused(on) })
	view.SetFramebufferSizeCallback(func(*glfw.Window, int, int) { to.Resized() })
	view.SetRefreshCallback(func(*glfw.Window) { to.Exposed() })
	view.SetCloseCallback(func(*glfw.Window) {
		view.SetShouldClose(false)
		to.CloseAsked()
	})
	if err := g.surface.open(view); err != nil {
		return err
	}
	view.Show()
	return nil
}

// Size is that of the content in pixels.
func (g *glass) Size() image.Point {
	return image.Pt(g.view.GetFramebufferSize())
}

// Scale is how many pixels the system wants for one unit of Fyne's.
func (g *glass) Scale() float32 {
	if g.view != nil {
		x, _ := g.view.GetContentScale()
		return x
	}
	if m := glfw.GetPrimaryMonitor(); m != nil {
		x, _ := m.GetContentScale()
		return x
	}
	return 1
}

// Show hands the places that changed to the system.
func (g *glass) Show(picture *image.RGBA, changed []image.Rectangle) error {
	for _, place := range changed {
		g.bits = forScreen(g.bits, picture, place)
		if err := g.surface.put(g.bits, place); err != nil {
			return err
		}
	}
	return nil
}

// forScreen writes one place of a picture into bits, line after line, as blue, green, red and a byte of nothing.
func forScreen(bits []byte, picture *image.RGBA, place image.Rectangle) []byte {
	need := place.Dx() * place.Dy() * 4
	if cap(bits) < need {
		bits = make([]byte, need)
	}
	bits = bits[:need]
	to := bits
	for y := place.Min.Y; y < place.Max.Y; y++ {
		from := picture.Pix[picture.PixOffset(place.Min.X, y):][:place.Dx()*4]
		for len(from) >= 4 && len(to) >= 4 {
			v := binary.LittleEndian.Uint32(from)
			binary.LittleEndian.PutUint32(to, v&0xff00ff00|v>>16&0xff|v&0xff<<16)
			from, to = from[4:], to[4:]
		}
	}
	return bits
}

// SetTitle changes the title.
func (g *glass) SetTitle(title string) { g.view.SetTitle(title) }

// SetIcon gives the window the program's mark.
func (g *glass) SetIcon(icon image.Image) { g.view.SetIcon([]image.Image{icon}) }

// SetCursor changes the look of the pointer.
func (g *glass) SetCursor(cursor desktop.Cursor) {
	shape, ok := cursors[cursor]
	if !ok {
		shape = glfw.ArrowCursor
	}
	if g.cursors[shape] == nil {
		g.cursors[shape] = glfw.CreateStandardCursor(shape)
	}
	g.view.SetCursor(g.cursors[shape])
}

// Wait handles what the person did.
func (g *glass) Wait(atMost time.Duration) {
	if atMost <= 0 {
		glfw.PollEvents()
		return
	}
	glfw.WaitEventsTimeout(atMost.Seconds())
}

// Wake ends Wait.
func (g *glass) Wake() { glfw.PostEmptyEvent() }

// Raise brings the window to the front.
func (g *glass) Raise() {
	restore(g.view)
	g.view.Focus()
}

// restore brings a window back that was made small.
func restore(view *glfw.Window) {
	if view.GetAttrib(glfw.Iconified) == glfw.True {
		view.Restore()
	}
}

// Close closes it.
func (g *glass) Close() {
	g.surface.close()
	g.view.Destroy()
}

var cursors = map[desktop.Cursor]glfw.StandardCursor{
	desktop.TextCursor: glfw.IBeamCursor, desktop.CrosshairCursor: glfw.CrosshairCursor, desktop.PointerCursor: glfw.HandCursor,
	desktop.HResizeCursor: glfw.HResizeCursor, desktop.VResizeCursor: glfw.VResizeCursor,
}

var buttons = map[glfw.MouseButton]desktop.MouseButton{
	glfw.MouseButton1: desktop.MouseButtonPrimary, glfw.MouseButton2: desktop.MouseButtonSecondary, glfw.MouseButton3: desktop.MouseButtonTertiary,
}

var keyActions = map[glfw.Action]softwindow.KeyAction{
	glfw.Press: softwindow.KeyDown, glfw.Release: softwindow.KeyUp, glfw.Repeat: softwindow.KeyHeld,
}

func held(mods glfw.ModifierKey) (m fyne.KeyModifier) {
	for glfws, fynes := range map[glfw.ModifierKey]fyne.KeyModifier{
		glfw.ModShift: fyne.KeyModifierShift, glfw.ModControl: fyne.KeyModifierControl,
		glfw.ModAlt: fyne.KeyModifierAlt, glfw.ModSuper: fyne.KeyModifierSuper,
	} {
		if mods&glfws != 0 {
			m |= fynes
		}
	}
	return m
}

// keyNames are the keys that are the same on every keyboard.
var keyNames = map[glfw.Key]fyne.KeyName{
	glfw.KeyEscape: fyne.KeyEscape, glfw.KeyEnter: fyne.KeyReturn, glfw.KeyKPEnter: fyne.KeyEnter, glfw.KeyTab: fyne.KeyTab,
	glfw.KeyBackspace: fyne.KeyBackspace, glfw.KeyInsert: fyne.KeyInsert, glfw.KeyDelete: fyne.KeyDelete, glfw.KeySpace: fyne.KeySpace,
	glfw.KeyRight: fyne.KeyRight, glfw.KeyLeft: fyne.KeyLeft, glfw.KeyDown: fyne.KeyDown, glfw.KeyUp: fyne.KeyUp,
	glfw.KeyPageUp: fyne.KeyPageUp, glfw.KeyPageDown: fyne.KeyPageDown, glfw.KeyHome: fyne.KeyHome, glfw.KeyEnd: fyne.KeyEnd,
	glfw.KeyLeftShift: desktop.KeyShiftLeft, glfw.KeyRightShift: desktop.KeyShiftRight,
	glfw.KeyLeftControl: desktop.KeyControlLeft, glfw.KeyRightControl: desktop.KeyControlRight,
	glfw.KeyLeftAlt: desktop.KeyAltLeft, glfw.KeyRightAlt: desktop.KeyAltRight,
	glfw.KeyLeftSuper: desktop.KeySuperLeft, glfw.KeyRightSuper: desktop.KeySuperRight,
	glfw.KeyMenu: desktop.KeyMenu, glfw.KeyPrintScreen: desktop.KeyPrintScreen, glfw.KeyCapsLock: desktop.KeyCapsLock,
	glfw.KeyF1: fyne.KeyF1, glfw.KeyF2: fyne.KeyF2, glfw.KeyF3: fyne.KeyF3, glfw.KeyF4: fyne.KeyF4, glfw.KeyF5: fyne.KeyF5, glfw.KeyF6: fyne.KeyF6,
	glfw.KeyF7: fyne.KeyF7, glfw.KeyF8: fyne.KeyF8, glfw.KeyF9: fyne.KeyF9, glfw.KeyF10: fyne.KeyF10, glfw.KeyF11: fyne.KeyF11, glfw.KeyF12: fyne.KeyF12,
}

// keyName names a key by what is printed on it on this keyboard.
func keyName(key glfw.Key, code int) (name fyne.KeyName) {
	if name, ok := keyNames[key]; ok {
		return name
	}
	switch { // on some keyboards a digit is typed with Shift: the key is still its key
	case key >= glfw.Key0 && key <= glfw.Key9:
		return fyne.KeyName(rune('0' + key - glfw.Key0))
	case key >= glfw.KeyKP0 && key <= glfw.KeyKP9:
		return fyne.KeyName(rune('0' + key - glfw.KeyKP0))
	}
	defer func() { // GLFW's Go binding panics for keys that it does not know
		if recover() != nil {
			name = fyne.KeyUnknown
		}
	}()
	printed := glfw.GetKeyName(key, code)
	if len(printed) != 1 {
		return fyne.KeyUnknown
	}
	switch c := printed[0]; {
	case c >= 'a' && c <= 'z':
		return fyne.KeyName(rune(c - 'a' + 'A'))
	case c > ' ' && c < 0x7f:
		return fyne.KeyName(printed)
	}
	return fyne.KeyUnknown
}

// keyPlace names a key of letters by where it is, as on a keyboard of the United States.
func keyPlace(key glfw.Key) fyne.KeyName {
	if key < glfw.KeyA || key > glfw.KeyZ {
		return fyne.KeyUnknown
	}
	return fyne.KeyName(rune(key))
}
