package softwindow

// What may change here: how the objects of a window are walked, and laid out again when one of them has grown.

import (
	"math"
	"reflect"
	_ "unsafe" // for the two functions of Fyne's that are not exported

	"fyne.io/fyne/v2"
)

// rendererOf is the renderer that Fyne keeps for a widget. A driver cannot be written without it, and Fyne exports it only to
// tests; asking a widget for a new one would draw something else than what it changes.
//
//go:linkname rendererOf fyne.io/fyne/v2/internal/cache.Renderer
func rendererOf(fyne.Widget) fyne.WidgetRenderer

// tidy tells Fyne's caches what time it is, and forgets what has not been walked for a minute.
//
//go:linkname tidy fyne.io/fyne/v2/internal/cache.Clean
func tidy(drawn bool)

// renewed says whether a widget got another renderer: Fyne forgot the one before, as when the computer was asleep.
func renewed(before, now fyne.WidgetRenderer) bool {
	return before != nil && now != nil && reflect.TypeOf(before).Comparable() && reflect.TypeOf(now).Comparable() && before != now
}

// everywhere is a clip that keeps everything.
var everywhere = area{size: fyne.NewSize(math.MaxInt32, math.MaxInt32)}

// area is a part of the window, in Fyne's units.
type area struct {
	at   fyne.Position
	size fyne.Size
}

func (a area) holds(p fyne.Position) bool {
	return p.X >= a.at.X && p.Y >= a.at.Y && p.X < a.at.X+a.size.Width && p.Y < a.at.Y+a.size.Height
}

// within is the part of a that is inside b too.
func (a area) within(b area) area {
	x, y := max(a.at.X, b.at.X), max(a.at.Y, b.at.Y)
	right, bottom := min(a.at.X+a.size.Width, b.at.X+b.size.Width), min(a.at.Y+a.size.Height, b.at.Y+b.size.Height)
	return area{fyne.NewPos(x, y), fyne.NewSize(max(right-x, 0), max(bottom-y, 0))}
}

// visit calls see for an object and what is in it, each with its place and what it is clipped to, in the order in which they are
// painted, as long as they are visible and see returns true; and left for each that has been seen with what is in it.
func visit(o fyne.CanvasObject, offset fyne.Position, clip area, see func(o fyne.CanvasObject, place, clip area) bool, left func(o, in fyne.CanvasObject)) bool {
	return visitIn(o, nil, offset, clip, see, left)
}

func visitIn(o, in fyne.CanvasObject, offset fyne.Position, clip area, see func(fyne.CanvasObject, area, area) bool, left func(o, in fyne.CanvasObject)) bool {
	if o == nil || !o.Visible() {
		return true
	}
	place := area{o.Position().Add(offset), o.Size()}
	var parts []fyne.CanvasObject
	_, clips := o.(fyne.Scrollable)
	switch o := o.(type) {
	case *fyne.Container:
		parts = o.Objects
	case fyne.Widget:
		r := rendererOf(o)
		parts = r.Objects()
		if _, ok := r.(interface{ IsClip() }); ok {
			clips = true
		}
	}
	if clips {
		clip = place.within(clip)
	}
	if !see(o, place, clip) {
		return false
	}
	for _, part := range parts {
		if !visitIn(part, o, place.at, clip, see, left) {
			return false
		}
	}
	if left != nil {
		left(o, in)
	}
	return true
}

// layOut arranges what is in an object again.
func layOut(o fyne.CanvasObject) {
	switch o := o.(type) {
	case *fyne.Container:
		if o.Layout != nil {
			o.Layout.Layout(o.Objects, o.Size())
		}
	case fyne.Widget:
		rendererOf(o).Layout(o.Size())
	}
}

// takeTheme tells an object and all that is in it, hidden or not, that colours and sizes have changed.
func takeTheme(o fyne.CanvasObject) {
	switch o := o.(type) {
	case nil:
		return
	case *fyne.Container:
		for _, part := range o.Objects {
			takeTheme(part)
		}
		layOut(o)
	case fyne.Widget:
		for _, part := range rendererOf(o).Objects() {
			takeTheme(part)
		}
		layOut(o)
	}
	o.Refresh()
}
