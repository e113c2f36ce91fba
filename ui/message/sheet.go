package message

// What may change here: how a message looks. What it says and when it closes is in sayer.go.

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"cmc/ui/control"
	"cmc/ui/theme"
)

const (
	sheetPad    = 24 // between the panel's edge and what it holds
	sheetGap    = 16 // between heading, body and buttons
	sheetMargin = 24 // between the panel and the window
	sheetRing   = 6  // around what the caller shows
	sheetWidth  = 560
)

// sheet is one message: a scrim over the whole window, and a white panel in the middle with a heading, a body that
// scrolls when it is long, and a row of buttons with the safe way out first.
type sheet struct {
	widget.BaseWidget
	width   float32
	head    *control.Text
	body    *control.Stack // what the caller shows, with room around it for the ring of what has the keyboard
	buttons []fyne.CanvasObject
}

func newSheet(title string, body fyne.CanvasObject, width float32, buttons ...fyne.CanvasObject) *sheet {
	s := &sheet{width: width, head: control.Heading(title), body: control.VStack(0, body).Inset(sheetRing, sheetRing, sheetRing, sheetRing), buttons: buttons}
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
		scroll: control.Scroll(s.body),
	}
	r.panel.CornerRadius = 6
	r.panel.StrokeWidth = 2
	r.panel.StrokeColor = theme.Colour(theme.Ink)
	return r
}

type sheetRenderer struct {
	s            *sheet
	scrim, panel *canvas.Rectangle
	scroll       *control.Page
}

func (r *sheetRenderer) Layout(size fyne.Size) {
	r.scrim.Resize(size)
	pad, gap, margin := theme.S(sheetPad), theme.S(sheetGap), theme.S(sheetMargin)
	width := min(theme.S(r.s.width), size.Width-2*margin)
	inner := width - 2*pad
	ring := theme.S(sheetRing)
	head := r.s.head.HeightFor(inner)
	var row float32
	for _, b := range r.s.buttons {
		row = max(row, b.MinSize().Height)
	}
	body := r.s.body.HeightFor(inner+2*ring) - 2*ring
	chrome := head + row + 2*pad + 2*gap
	height := min(chrome+body, size.Height-2*margin)
	x, y := (size.Width-width)/2, (size.Height-height)/2
	r.panel.Move(fyne.NewPos(x, y))
	r.panel.Resize(fyne.NewSize(width, height))
	r.s.head.Move(fyne.NewPos(x+pad, y+pad))
	r.s.head.Resize(fyne.NewSize(inner, head))
	r.scroll.Move(fyne.NewPos(x+pad-ring, y+pad+head+gap-ring))
	r.scroll.Resize(fyne.NewSize(inner+2*ring, height-chrome+2*ring))
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
