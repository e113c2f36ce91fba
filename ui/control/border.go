package control

// What may change here: the frame of a screen: something above and below, something at the sides, the rest in the middle.

import (
	"fyne.io/fyne/v2"

	"cmc/ui/theme"
)

// A Frame gives its middle what its edges leave. Any edge may be nil. The order of reading, and of Tab, is above, left,
// middle, right, below.
type Frame struct {
	base
	above, below, left, right, middle fyne.CanvasObject
	leftWidth, rightWidth             float32
	ground                            fyne.CanvasObject // hidden on Page: the window's own ground is that
	groundColour                      theme.Name

	// OnWidth, when set, is called before the parts are placed, with the width (at 100 %) that there is.
	OnWidth func(width float32)
}

// NewFrame makes a frame. The widths of the sides are at 100 %.
func NewFrame(above, below, left fyne.CanvasObject, leftWidth float32, right fyne.CanvasObject, rightWidth float32, middle fyne.CanvasObject) *Frame {
	f := &Frame{above: above, below: below, left: left, right: right, middle: middle, leftWidth: leftWidth, rightWidth: rightWidth}
	f.ground, f.groundColour = NewFill(theme.Page), theme.Page
	conceal(f.ground, true)
	f.extend(f)
	f.rebuild()
	return f
}

func (f *Frame) rebuild() {
	objs := []fyne.CanvasObject{f.ground}
	for _, o := range []fyne.CanvasObject{f.above, f.left, f.middle, f.right, f.below} {
		if o != nil {
			objs = append(objs, o)
			own(f, o)
		}
	}
	f.setParts(objs...)
}

// Middle gives what is in the middle.
func (f *Frame) Middle() fyne.CanvasObject { return f.middle }

// SetMiddle replaces the middle.
func (f *Frame) SetMiddle(o fyne.CanvasObject) {
	if f.middle == o {
		return
	}
	f.middle = o
	f.rebuild()
	f.grew()
}

// SetAbove replaces what stands above.
func (f *Frame) SetAbove(o fyne.CanvasObject) {
	f.above = o
	f.rebuild()
	f.grew()
}

// SetRightWidth makes the right side wider or narrower (at 100 %).
func (f *Frame) SetRightWidth(width float32) {
	if f.rightWidth != width {
		f.rightWidth = width
		f.grew()
	}
}

func (f *Frame) childGrew() { f.grew() }

func (f *Frame) childFocused(child fyne.CanvasObject, area rect) {
	if f.up != nil {
		area.x += child.Position().X
		area.y += child.Position().Y
		f.up.childFocused(f, area)
	}
}

func (f *Frame) pageKey(ev *fyne.KeyEvent) bool {
	if p, ok := f.middle.(*Page); ok {
		return p.scrollKey(ev)
	}
	return f.up != nil && f.up.pageKey(ev)
}

func (f *Frame) minWidth() float32 { return theme.S(200) }

// NaturalWidth gives the width of the middle and the sides.
func (f *Frame) NaturalWidth() float32 {
	return theme.S(f.leftWidth+f.rightWidth) + NaturalWidth(f.middle)
}

// HeightFor gives the least height: a frame takes what there is.
func (f *Frame) HeightFor(width float32) float32 {
	h := theme.S(80)
	for _, o := range []fyne.CanvasObject{f.above, f.below} {
		if o != nil && o.Visible() {
			h += HeightFor(o, width)
		}
	}
	return h
}

func (f *Frame) paint() {
	SetFill(f.ground, f.groundColour)
	conceal(f.ground, f.groundColour == theme.Page)
}

func (f *Frame) arrange(size fyne.Size) {
	if f.OnWidth != nil {
		f.OnWidth(size.Width / theme.Scale())
	}
	PlaceFill(f.ground, 0, 0, size.Width, size.Height)
	top, bottom := float32(0), size.Height
	if o := f.above; o != nil && o.Visible() {
		h := HeightFor(o, size.Width)
		place(o, 0, 0, size.Width, h)
		top = h
	}
	if o := f.below; o != nil && o.Visible() {
		h := HeightFor(o, size.Width)
		bottom -= h
		place(o, 0, bottom, size.Width, h)
	}
	left, right := float32(0), size.Width
	height := max(bottom-top, 1)
	if o := f.left; o != nil && o.Visible() {
		left = min(theme.S(f.leftWidth), size.Width*0.36)
		place(o, 0, top, left, height)
	}
	if o := f.right; o != nil && o.Visible() {
		w := min(theme.S(f.rightWidth), size.Width*0.45)
		right -= w
		place(o, right, top, w, height)
	}
	if f.middle != nil {
		place(f.middle, left, top, max(right-left, 1), height)
	}
}

// Ground paints the ground of the frame in another colour.
func (f *Frame) Ground(n theme.Name) *Frame {
	f.groundColour = n
	f.paint()
	return f
}
