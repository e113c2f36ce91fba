package softwindow

// What may change here: how the window itself behaves.

import (
	"bytes"
	"image"
	_ "image/png" // icons

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/software"
)

const iconSize = 64

// Window is the one window of the program. Make it with Driver.CreateWindow.
type Window struct {
	driver  *Driver
	glass   Glass
	canvas  *Canvas
	pointer pointer
	title   string
	icon    fyne.Resource
	closed  func()
	ask     func() // instead of closing
	open    bool
	gone    bool
	menu    *fyne.MainMenu
}

var (
	_ fyne.Window = (*Window)(nil)
	_ Input       = (*Window)(nil)
)

// Title is the title.
func (w *Window) Title() string { return w.title }

// SetTitle changes the title.
func (w *Window) SetTitle(title string) {
	w.title = title
	if w.open {
		w.glass.SetTitle(title)
	}
}

// FullScreen is false: the program has no use for it.
func (w *Window) FullScreen() bool { return false }

// SetFullScreen does nothing.
func (w *Window) SetFullScreen(bool) {}

// Resize gives the content a size before the window is shown. Afterwards the person decides.
func (w *Window) Resize(size fyne.Size) {
	if !w.open {
		w.canvas.Resize(size)
	}
	w.canvas.dirty = true
}

// RequestFocus brings the window to the front.
func (w *Window) RequestFocus() {
	if w.open {
		w.glass.Raise()
	}
}

// FixedSize is false.
func (w *Window) FixedSize() bool { return false }

// SetFixedSize does nothing.
func (w *Window) SetFixedSize(bool) {}

// CenterOnScreen does nothing: the system places windows.
func (w *Window) CenterOnScreen() {}

// Padded says whether the content has a margin.
func (w *Window) Padded() bool { return w.canvas.Padded() }

// SetPadded gives the content a margin, or none.
func (w *Window) SetPadded(padded bool) { w.canvas.SetPadded(padded); w.canvas.dirty = true }

// Icon is the program's mark.
func (w *Window) Icon() fyne.Resource { return w.icon }

// SetIcon gives the window the program's mark.
func (w *Window) SetIcon(icon fyne.Resource) {
	w.icon = icon
	if !w.open || icon == nil {
		return
	}
	if p, _, err := image.Decode(bytes.NewReader(icon.Content())); err == nil {
		w.glass.SetIcon(p)
		return
	}
	drawn := canvas.NewImageFromResource(icon) // a drawing in SVG
	drawn.FillMode = canvas.ImageFillContain
	c := software.NewTransparentCanvas()
	c.SetPadded(false)
	c.SetContent(container.NewStack(drawn))
	c.Resize(fyne.NewSquareSize(iconSize))
	w.glass.SetIcon(c.Capture())
}

// SetMaster does nothing: it is the only window.
func (w *Window) SetMaster() {}

// MainMenu is what SetMainMenu was given.
func (w *Window) MainMenu() *fyne.MainMenu { return w.menu }

// SetMainMenu remembers a menu. The program has none, and none is shown.
func (w *Window) SetMainMenu(m *fyne.MainMenu) { w.menu = m }

// SetOnClosed says who is told when the window is closed.
func (w *Window) SetOnClosed(f func()) { w.closed = f }

// SetCloseIntercept says who is asked when the person wants to close it.
func (w *Window) SetCloseIntercept(f func()) { w.ask = f }

// SetOnDropped does nothing: files are chosen by their name or in the dialogue.
func (w *Window) SetOnDropped(func(fyne.Position, []fyne.URI)) {}

// Show opens the window.
func (w *Window) Show() {
	if w.open || w.gone {
		return
	}
	scale := w.driver.scaleOf(w.glass)
	w.canvas.SetScale(scale)
	size, least := w.canvas.Size(), w.canvas.Content().MinSize()
	toPixels := func(s fyne.Size) image.Point { return image.Pt(pixels(s.Width, scale), pixels(s.Height, scale)) }
	if err := w.glass.Open(w.title, toPixels(size), toPixels(least), w); err != nil {
		w.driver.fail(err)
		return
	}
	w.open = true
	w.Resized()
}

// Hide does nothing: a window that is hidden on a shared computer is forgotten there.
func (w *Window) Hide() {}

// Close closes the window, and with it the program.
func (w *Window) Close() {
	if w.gone {
		return
	}
	w.gone = true
	if w.closed != nil {
		w.closed()
	}
	w.driver.Quit()
}

// ShowAndRun shows the window and serves it until it is closed.
func (w *Window) ShowAndRun() {
	w.Show()
	fyne.CurrentApp().Run()
}

// Content is what the window shows.
func (w *Window) Content() fyne.CanvasObject { return w.canvas.Content() }

// SetContent replaces it.
func (w *Window) SetContent(o fyne.CanvasObject) { w.canvas.SetContent(o) }

// Canvas is where it is drawn.
func (w *Window) Canvas() fyne.Canvas { return w.canvas }

// Clipboard is the system's.
func (w *Window) Clipboard() fyne.Clipboard { return fyne.CurrentApp().Clipboard() }

// Resized fits the content to the window.
func (w *Window) Resized() {
	size, scale := w.glass.Size(), w.canvas.Scale()
	if size.X <= 0 || size.Y <= 0 {
		return // minimised
	}
	w.canvas.WindowlessCanvas.Resize(fyne.NewSize(float32(size.X)/scale, float32(size.Y)/scale))
	w.canvas.dirty = true
}

// Exposed shows everything again.
func (w *Window) Exposed() { w.canvas.dirty, w.canvas.all = true, true }

// CloseAsked closes the window, or asks who wants to be asked.
func (w *Window) CloseAsked() {
	if w.ask != nil {
		w.ask()
		return
	}
	w.Close()
}

// touched tells that somebody sits at the window.
func (w *Window) touched() {
	if f := w.driver.OnInput; f != nil {
		f()
	}
}

// draw shows what changed, when anything may have.
func (w *Window) draw(anyway bool) {
	if !w.open || w.gone || !w.canvas.dirty && !anyway {
		return
	}
	changed := w.canvas.update()
	if w.canvas.all {
		w.canvas.all = false
		changed = []image.Rectangle{w.canvas.picture.Image().Rect}
	}
	if len(changed) == 0 {
		return
	}
	if err := w.glass.Show(w.canvas.picture.Image(), changed); err != nil {
		w.driver.fail(err)
	}
}
