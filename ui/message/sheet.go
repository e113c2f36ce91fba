package message

// What may change here: how a message looks. What it says and when it closes is in sayer.go.

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"cmc/ui/control"
	"cmc/ui/theme"
)

const (
	sheetPad    = 24 // between the panel's edge and what it holds
	sheetGap    = 16 // between heading, body and buttons
	sheetMargin = 24 // between the panel and the window
	sheetWidth  = 560
)

// sheet is one message: a scrim over the whole window, and a white panel in the middle with a heading, a body that
// scrolls when it is long, and a row of buttons with the safe way out first.
type sheet struct {
	widget.BaseWidget
	width   float32
	head    fyne.CanvasObject
	body    fyne.CanvasObject
	buttons []fyne.CanvasObject
}

func newSheet(title string, body fyne.CanvasObject, width float32, buttons ...fyne.CanvasObject) *sheet {
	s := &sheet{width: width, head: control.Heading(title), body: body, buttons: buttons}
	if s.width == 0 {
		s.width = sheetWidth
	}
	s.ExtendBaseWidget(s)
	return s
}

// Tapped swallows taps beside the panel: a stray click never closes a question.
func (s *sheet) Tapped(*fyne.PointEvent) {}

// CreateRenderer draws the sheet.
func (s *sheet) CreateRenderer() fyne.WidgetRenderer {
	r := &sheetRenderer{
		s:      s,
		scrim:  canvas.NewRectangle(color.NRGBA{R: 0x21, G: 0x2b, B: 0x32, A: 0x99}),
		panel:  canvas.NewRectangle(theme.Colour(theme.Paper)),
		scroll: container.NewVScroll(s.body),
	}
	r.panel.CornerRadius = 6
	r.panel.StrokeWidth = 2
	r.panel.StrokeColor = theme.Colour(theme.Ink)
	return r
}

type sheetRenderer struct {
	s            *sheet
	scrim, panel *canvas.Rectangle
	scroll       *container.Scroll
}

// heightAt gives the height that an object wants at a width: text wraps only once it knows its width.
func heightAt(o fyne.CanvasObject, width float32) float32 {
	for range 2 {
		o.Resize(fyne.NewSize(width, o.MinSize().Height))
	}
	return o.MinSize().Height
}

func (r *sheetRenderer) Layout(size fyne.Size) {
	r.scrim.Resize(size)
	pad, gap, margin := theme.S(sheetPad), theme.S(sheetGap), theme.S(sheetMargin)
	width := min(theme.S(r.s.width), size.Width-2*margin)
	inner := width - 2*pad
	head := heightAt(r.s.head, inner)
	var row float32
	for _, b := range r.s.buttons {
		row = max(row, b.MinSize().Height)
	}
	body := heightAt(r.s.body, inner)
	chrome := head + row + 2*pad + 2*gap
	height := min(chrome+body, size.Height-2*margin)
	x, y := (size.Width-width)/2, (size.Height-height)/2
	r.panel.Move(fyne.NewPos(x, y))
	r.panel.Resize(fyne.NewSize(width, height))
	r.s.head.Move(fyne.NewPos(x+pad, y+pad))
	r.s.head.Resize(fyne.NewSize(inner, head))
	r.scroll.Move(fyne.NewPos(x+pad-6, y+pad+head+gap-6))
	r.scroll.Resize(fyne.NewSize(inner+12, height-chrome+12))
	at := x + width - pad
	for i := len(r.s.buttons) - 1; i >= 0; i-- {
		b := r.s.buttons[i]
		m := b.MinSize()
		at -= m.Width
		b.Move(fyne.NewPos(at, y+height-pad-row))
		b.Resize(fyne.NewSize(m.Width, row))
		at -= gap
	}
}

func (r *sheetRenderer) MinSize() fyne.Size { return fyne.NewSize(1, 1) }
func (r *sheetRenderer) Refresh()           { r.Layout(r.s.Size()); canvas.Refresh(r.s) }
func (r *sheetRenderer) Destroy()           {}
func (r *sheetRenderer) Objects() []fyne.CanvasObject {
	return append([]fyne.CanvasObject{r.scrim, r.panel, r.s.head, r.scroll}, r.s.buttons...)
}
