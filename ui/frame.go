package ui

// What may change here: how the bar, the rail and the open screen share the window.

import (
	"fyne.io/fyne/v2"

	"cmc/ui/control"
)

// frame lays out bar, rail, screen and foot, and what lies over them. The rail is left out where it is hidden.
type frame struct {
	bar, rail, middle fyne.CanvasObject
	foot              fyne.CanvasObject
	over              []fyne.CanvasObject // lie over the whole window
}

// Layout places them.
func (f *frame) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	top := float32(0)
	if f.bar.Visible() {
		top = f.bar.MinSize().Height
		place(f.bar, 0, 0, size.Width, top)
	}
	below := size.Height
	if f.foot.Visible() {
		h := control.HeightFor(f.foot, size.Width)
		below -= h
		place(f.foot, 0, below, size.Width, h)
	}
	left := float32(0)
	if f.rail.Visible() {
		left = f.rail.MinSize().Width
		place(f.rail, 0, top, left, below-top)
	}
	place(f.middle, left, top, size.Width-left, below-top)
	for _, o := range f.over {
		place(o, 0, 0, size.Width, size.Height)
	}
}

// MinSize lets the window be as small as a small laptop's: screens scroll, they never push the window over its edge.
func (f *frame) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(640, 400) }
