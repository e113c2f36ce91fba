package softwindow

// What may change here: what the canvas of the window adds to Fyne's canvas in memory.

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/theme"
)

// Canvas holds what the window shows.
type Canvas struct {
	software.WindowlessCanvas
	picture Picture
	dirty   bool
	all     bool // everything must go to the screen again
	era     int
	images  map[*canvas.Image]int // how often each was refreshed
	laid    map[fyne.CanvasObject]laid
	keyDown func(*fyne.KeyEvent)
	keyUp   func(*fyne.KeyEvent)
}

// laid is how an object was laid out.
type laid struct {
	least    fyne.Size
	renderer fyne.WidgetRenderer
}

var _ desktop.Canvas = (*Canvas)(nil)

func newCanvas() *Canvas {
	c := &Canvas{WindowlessCanvas: software.NewCanvas(), images: map[*canvas.Image]int{}, dirty: true}
	c.SetPadded(true)
	return c
}

// Refresh has the window drawn again.
func (c *Canvas) Refresh(o fyne.CanvasObject) {
	c.dirty = true
	c.era++
	if i, ok := o.(*canvas.Image); ok {
		c.images[i]++
	}
}

// SetContent replaces what the window shows.
func (c *Canvas) SetContent(o fyne.CanvasObject) {
	c.WindowlessCanvas.SetContent(o)
	c.Refresh(o)
}

// TypedShortcut hands a shortcut to who has asked the canvas for it.
func (c *Canvas) TypedShortcut(s fyne.Shortcut) {
	if h, ok := c.WindowlessCanvas.(fyne.Shortcutable); ok {
		h.TypedShortcut(s)
	}
	c.dirty = true
}

// OnKeyDown is who hears of keys while nothing has the keyboard.
func (c *Canvas) OnKeyDown() func(*fyne.KeyEvent) { return c.keyDown }

// SetOnKeyDown sets who hears of keys that go down while nothing has the keyboard.
func (c *Canvas) SetOnKeyDown(f func(*fyne.KeyEvent)) { c.keyDown = f }

// OnKeyUp is who hears of keys that come up while nothing has the keyboard.
func (c *Canvas) OnKeyUp() func(*fyne.KeyEvent) { return c.keyUp }

// SetOnKeyUp sets who hears of keys that come up while nothing has the keyboard.
func (c *Canvas) SetOnKeyUp(f func(*fyne.KeyEvent)) { c.keyUp = f }

// Capture is a picture of the window as it stands.
func (c *Canvas) Capture() image.Image {
	c.update()
	now := *c.picture.Image()
	now.Pix = append([]uint8(nil), now.Pix...)
	return &now
}

// trees are what is shown, the lowest first.
func (c *Canvas) trees() []fyne.CanvasObject {
	trees := c.Overlays().List()
	if content := c.Content(); content != nil {
		trees = append([]fyne.CanvasObject{content}, trees...)
	}
	return trees
}

// update brings the picture up to date and returns what changed in it.
func (c *Canvas) update() []image.Rectangle {
	tidy(true)
	c.arrange()
	size := image.Pt(pixels(c.Size().Width, c.Scale()), pixels(c.Size().Height, c.Scale()))
	changed := c.picture.Update(c.trees(), size, c.Scale(), theme.Color(theme.ColorNameBackground), c.era, c.images)
	c.dirty = false
	return changed
}

// arrange lays out again what holds something that needs more or less room than before, as Fyne's other drivers do, and what has
// a new renderer, which knows of no size yet.
func (c *Canvas) arrange() {
	now := make(map[fyne.CanvasObject]laid, len(c.laid))
	var again fyne.CanvasObject
	for _, tree := range c.trees() {
		visit(tree, fyne.Position{}, everywhere, func(o fyne.CanvasObject, _, _ area) bool {
			l := laid{}
			if w, ok := o.(fyne.Widget); ok {
				l.renderer = rendererOf(w)
				if renewed(c.laid[o].renderer, l.renderer) {
					l.renderer.Layout(o.Size())
					l.renderer.Refresh()
				}
			}
			now[o] = l
			return true
		}, func(o, in fyne.CanvasObject) {
			if o == again {
				layOut(o)
				again = nil
			}
			l := now[o]
			l.least = o.MinSize()
			if before, known := c.laid[o]; known && before.least != l.least {
				if again = in; in == nil {
					layOut(o)
				}
			}
			now[o] = l
		})
	}
	c.laid = now
}
