package softwindow

// What may change here: what the pointer does to the objects under it.

import (
	"math"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

const (
	dragsFrom   = 2  // units of Fyne's; a hand that shakes does not drag
	wheelStep   = 10 // units for each step of the wheel, as in Fyne's other drivers
	wheelHurry  = 2  // from so many steps at once the wheel goes faster
	doubleAfter = 300 * time.Millisecond
)

// pointer is where the pointer is and what it holds.
type pointer struct {
	at       fyne.Position
	buttons  desktop.MouseButton
	over     desktop.Hoverable
	cursor   desktop.Cursor
	pressed  fyne.CanvasObject
	pressAt  fyne.Position
	dragged  fyne.Draggable
	dragAt   fyne.Position // what of it was taken hold of
	first    fyne.CanvasObject
	waiting  *time.Timer
	lastDrag fyne.Position
}

// under is the uppermost object at a place that matches, and where in it that is.
func (w *Window) under(at fyne.Position, match func(fyne.CanvasObject) bool) (found fyne.CanvasObject, inside fyne.Position) {
	tree := w.canvas.Overlays().Top()
	if tree == nil {
		tree = w.canvas.Content()
	}
	visit(tree, fyne.Position{}, everywhere, func(o fyne.CanvasObject, place, clip area) bool {
		if clip.holds(at) && place.holds(at) && match(o) {
			found, inside = o, at.Subtract(place.at)
		}
		return true
	}, nil)
	return found, inside
}

// Moved follows the pointer.
func (w *Window) Moved(x, y float64) {
	w.touched()
	w.follow(fyne.NewPos(float32(x)/w.canvas.Scale(), float32(y)/w.canvas.Scale()))
}

// follow tells what is under the pointer, and what was, where it is now.
func (w *Window) follow(at fyne.Position) {
	p := &w.pointer
	before := p.at
	p.at = at
	cursor := desktop.Cursor(desktop.DefaultCursor)
	o, inside := w.under(p.at, func(o fyne.CanvasObject) bool {
		if c, ok := o.(desktop.Cursorable); ok {
			cursor = c.Cursor()
		}
		_, ok := o.(desktop.Hoverable)
		return ok
	})
	if cursor != p.cursor {
		p.cursor = cursor
		w.glass.SetCursor(cursor)
	}
	if p.buttons&desktop.MouseButtonPrimary != 0 && p.dragged == nil {
		far := p.at.Subtract(p.pressAt)
		if math.Abs(float64(far.X)) >= dragsFrom || math.Abs(float64(far.Y)) >= dragsFrom {
			if held, at := w.under(p.pressAt, func(o fyne.CanvasObject) bool { _, ok := o.(fyne.Draggable); return ok }); held != nil {
				p.dragged, p.dragAt, p.lastDrag = held.(fyne.Draggable), p.pressAt.Subtract(at), p.pressAt
			}
		}
	}
	if p.dragged != nil {
		p.dragged.Dragged(&fyne.DragEvent{
			PointEvent: fyne.PointEvent{AbsolutePosition: p.at, Position: p.at.Subtract(p.dragAt)},
			Dragged:    fyne.NewDelta(p.at.X-p.lastDrag.X, p.at.Y-p.lastDrag.Y),
		})
		p.lastDrag = p.at
	}
	over, _ := o.(desktop.Hoverable)
	if p.dragged != nil && over != p.over { // what is dragged over others does not wake them
		return
	}
	ev := &desktop.MouseEvent{PointEvent: fyne.PointEvent{AbsolutePosition: p.at, Position: inside}, Button: p.buttons}
	switch {
	case over == p.over && over != nil:
		if p.at != before {
			over.MouseMoved(ev)
		}
	case over != p.over:
		w.leave()
		if over != nil {
			p.over = over
			over.MouseIn(ev)
		}
	}
}

// leave tells what was under the pointer that it is not any more.
func (w *Window) leave() {
	if over := w.pointer.over; over != nil {
		w.pointer.over = nil
		over.MouseOut()
	}
}

// Clicked handles a button of the mouse.
func (w *Window) Clicked(button desktop.MouseButton, down bool, with fyne.KeyModifier) {
	w.touched()
	p := &w.pointer
	o, inside := w.under(p.at, func(o fyne.CanvasObject) bool {
		switch o.(type) {
		case fyne.Tappable, fyne.SecondaryTappable, fyne.DoubleTappable, fyne.Focusable, desktop.Mouseable:
			return true
		case fyne.Draggable:
			return p.dragged != nil
		}
		return false
	})
	point := fyne.PointEvent{AbsolutePosition: p.at, Position: inside}
	mouse := &desktop.MouseEvent{PointEvent: point, Button: button, Modifier: with}
	if m, ok := o.(desktop.Mouseable); ok && down {
		m.MouseDown(mouse)
	}
	w.unfocusUnless(o)
	if down {
		p.buttons |= button
		p.pressed, p.pressAt = o, p.at
		return
	}
	p.buttons &^= button
	held := p.dragged
	if m, ok := held.(desktop.Mouseable); ok {
		mouse.Position = p.at.Subtract(p.dragAt)
		m.MouseUp(mouse)
	} else if m, ok := o.(desktop.Mouseable); ok {
		m.MouseUp(mouse)
	}
	if held != nil {
		p.dragged, p.pressed = nil, nil
		held.DragEnd()
		w.follow(p.at)
		return
	}
	pressed := p.pressed
	p.pressed = nil
	if o == nil || o != pressed {
		return
	}
	switch button {
	case desktop.MouseButtonSecondary:
		if t, ok := o.(fyne.SecondaryTappable); ok {
			t.TappedSecondary(&point)
		}
	case desktop.MouseButtonPrimary:
		w.tap(o, &point)
	}
}

// tap is a tap, or the second half of a double one.
func (w *Window) tap(o fyne.CanvasObject, at *fyne.PointEvent) {
	p := &w.pointer
	double, ok := o.(fyne.DoubleTappable)
	if !ok {
		if t, ok := o.(fyne.Tappable); ok {
			t.Tapped(at)
		}
		return
	}
	if p.waiting != nil && p.first == o && p.waiting.Stop() {
		p.waiting, p.first = nil, nil
		double.DoubleTapped(at)
		return
	}
	p.first = o
	p.waiting = time.AfterFunc(doubleAfter, func() {
		w.driver.DoFromGoroutine(func() {
			if p.first != o {
				return
			}
			p.waiting, p.first = nil, nil
			if t, ok := o.(fyne.Tappable); ok {
				t.Tapped(at)
			}
		}, false)
	})
}

// unfocusUnless takes the keyboard from what has it, unless the pointer is on it.
func (w *Window) unfocusUnless(o fyne.CanvasObject) {
	focused := w.canvas.Focused()
	if focused == nil {
		return
	}
	if f, ok := o.(fyne.Focusable); ok && f == focused {
		return
	}
	if own, ok := focused.(fyne.CanvasObject); ok {
		if found, _ := w.under(w.pointer.at, func(o fyne.CanvasObject) bool { return o == own }); found != nil {
			return
		}
	}
	w.canvas.Unfocus()
}

// Scrolled turns the wheel.
func (w *Window) Scrolled(x, y float64) {
	w.touched()
	o, inside := w.under(w.pointer.at, func(o fyne.CanvasObject) bool { _, ok := o.(fyne.Scrollable); return ok })
	s, ok := o.(fyne.Scrollable)
	if !ok {
		return
	}
	faster := func(v float64) float32 {
		if math.Abs(v) >= wheelHurry {
			v *= wheelHurry
		}
		return float32(v) * wheelStep
	}
	s.Scrolled(&fyne.ScrollEvent{
		PointEvent: fyne.PointEvent{AbsolutePosition: w.pointer.at, Position: inside},
		Scrolled:   fyne.NewDelta(faster(x), faster(y)),
	})
	w.follow(w.pointer.at) // something else is under it now
}
