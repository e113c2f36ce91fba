package ui

// What may change here: how a demonstration speaks to those who watch it.

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"cmc/ui/control"
	"cmc/ui/theme"
)

// Caption shows words at the foot of the window for those who watch; empty words take them away.
func (w *Window) Caption(words string) {
	w.caption.words.SetText(words)
	w.caption.shown = words != ""
	w.caption.Refresh()
}

// Demonstrating says that a demonstration is under way, and what ends it (Esc does); nil when it has ended.
func (w *Window) Demonstrating(stop func()) {
	w.stopDemo = stop
	if stop == nil {
		w.Caption("")
	}
}

// caption lies over the whole window and draws one bar at its foot. It takes no taps.
type caption struct {
	widget.BaseWidget
	words *control.Text
	shown bool
}

func newCaption() *caption {
	c := &caption{words: control.Words("", 20, true, theme.OnFill)}
	c.ExtendBaseWidget(c)
	return c
}

// CreateRenderer draws the bar.
func (c *caption) CreateRenderer() fyne.WidgetRenderer {
	r := &captionRenderer{c: c, back: canvas.NewRectangle(theme.Colour(theme.TrainingBand))}
	r.Refresh()
	return r
}

type captionRenderer struct {
	c    *caption
	back *canvas.Rectangle
}

func (r *captionRenderer) MinSize() fyne.Size { return fyne.NewSize(0, 0) }

func (r *captionRenderer) Layout(size fyne.Size) {
	width := min(size.Width-theme.S(80), theme.S(980))
	h := r.c.words.HeightFor(width - theme.S(40))
	x, y := (size.Width-width)/2, size.Height-h-theme.S(100)
	place(r.back, x, y, width, h+theme.S(28))
	place(r.c.words, x+theme.S(20), y+theme.S(14), width-theme.S(40), h)
}

func (r *captionRenderer) Refresh() {
	r.back.FillColor, r.back.CornerRadius = theme.Colour(theme.TrainingBand), theme.S(6)
	r.back.Hidden = !r.c.shown
	if r.c.shown {
		r.c.words.Show()
	} else {
		r.c.words.Hide()
	}
	r.Layout(r.c.Size())
	canvas.Refresh(r.c)
}

func (r *captionRenderer) Destroy() {}
func (r *captionRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.back, r.c.words}
}
