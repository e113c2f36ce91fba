// Package focus looks after the keyboard: where it is when a screen opens, in which order it goes, and that what has it can
// be seen.
//
// Contract:
//   - Reading order is the order of the objects in their containers; nothing here changes it.
//   - What has the keyboard is in view: control.Page sees to that by itself, Follow does it for Fyne's own Scroll.
//   - Everything is for the drawing thread.
package focus

// What may change here: how the first thing is found, and how a scroll follows the keyboard.

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cmc/ui/control"
	"cmc/ui/theme"
)

// First gives the keyboard to the first thing under root that takes it, in reading order. It says whether there was one.
func First(c fyne.Canvas, root fyne.CanvasObject) bool {
	order := Order(root)
	if len(order) == 0 || c == nil {
		return false
	}
	c.Focus(order[0])
	return true
}

// Order gives everything under root that takes the keyboard, in the order of Tab. What is hidden or disabled is left out.
func Order(root fyne.CanvasObject) []fyne.Focusable {
	var order []fyne.Focusable
	control.Walk(root, func(o fyne.CanvasObject) bool {
		if d, ok := o.(fyne.Disableable); ok && d.Disabled() {
			return true
		}
		if f, ok := o.(fyne.Focusable); ok {
			order = append(order, f)
		}
		return true
	})
	return order
}

// Follow has one of Fyne's scrolls show whatever control inside it gets the keyboard, until cancel is called. A control.Page
// needs no help.
func Follow(scroll *container.Scroll, _ fyne.Window) (cancel func()) {
	return control.OnFocus(func(o fyne.CanvasObject) {
		inside := false
		control.Walk(scroll.Content, func(other fyne.CanvasObject) bool {
			inside = inside || other == o
			return !inside
		})
		if !inside {
			return
		}
		driver := fyne.CurrentApp().Driver()
		top := driver.AbsolutePositionForObject(o).Y - driver.AbsolutePositionForObject(scroll.Content).Y
		bottom, room := top+o.Size().Height, theme.S(16)
		offset := scroll.Offset
		switch view := scroll.Size().Height; {
		case top-room < offset.Y:
			offset.Y = max(0, top-room)
		case bottom+room > offset.Y+view:
			offset.Y = min(max(0, bottom+room-view), max(0, scroll.Content.Size().Height-view))
		}
		scroll.ScrollToOffset(offset)
	})
}
