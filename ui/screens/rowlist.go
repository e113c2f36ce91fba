package screens

// What may change here: how a list of rows is walked and drawn. What stands in a row is the caller's.

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"cmc/ui/control"
	"cmc/ui/theme"
)

// rowList is a list that is one stop of the Tab key: Up, Down, Home and End move in it, Enter opens, a tap opens.
type rowList struct {
	page    *control.Page // what scrolls; nil: nothing
	stack   *control.Stack
	rows    []*listRow
	current int
	open    func(key string)
}

func newRowList(open func(key string)) *rowList {
	return &rowList{stack: control.VStack(0), open: open}
}

// A rowSpec is one row: a key that stays the same when the list is read again, its words for people who look for it, and
// what is drawn.
type rowSpec struct {
	key, words string
	content    fyne.CanvasObject
	flush      bool   // the content reaches the edges of the row
	heading    string // stands above the row; empty: nothing
	loud       bool   // the heading says that what is under it comes first
}

// set replaces the rows and keeps the place of the row with the same key. It says whether the focus was in the list.
func (l *rowList) set(specs []rowSpec, c fyne.Canvas) {
	key := l.key()
	focused := false
	if c != nil {
		if r, ok := c.Focused().(*listRow); ok && r.list == l {
			focused = true
		}
	}
	l.rows, l.current = nil, 0
	var objs []fyne.CanvasObject
	for i, s := range specs {
		r := newListRow(l, i, s)
		if s.key == key {
			l.current = i
		}
		l.rows = append(l.rows, r)
		if s.heading != "" {
			size, colour := float32(13), theme.Muted
			if s.loud {
				size, colour = 16, theme.Ink
			}
			objs = append(objs, control.VStack(0, control.Words(s.heading, size, true, colour)).Inset(10, 12, 4, 12).Ground(theme.Paper).Line(control.Bottom, 1))
		}
		objs = append(objs, r)
	}
	l.stack.Set(objs...)
	if focused && c != nil {
		c.Unfocus()
		if len(l.rows) > 0 {
			c.Focus(l.rows[l.current])
		}
	}
}

// key is the key of the row that has, or would get, the focus.
func (l *rowList) key() string {
	if l.current < len(l.rows) {
		return l.rows[l.current].spec.key
	}
	return ""
}

// choose makes a row the current one without taking the focus.
func (l *rowList) choose(key string) {
	for i, r := range l.rows {
		if r.spec.key == key {
			l.current = i
		}
	}
}

// focus puts the focus on the current row. It returns false when there is none.
func (l *rowList) focus(c fyne.Canvas) bool {
	if len(l.rows) == 0 {
		return false
	}
	c.Focus(l.rows[l.current])
	return true
}

func (l *rowList) move(to int) {
	to = max(0, min(to, len(l.rows)-1))
	if to == l.current || len(l.rows) == 0 {
		return
	}
	l.current = to
	if c := fyne.CurrentApp().Driver().CanvasForObject(l.rows[to]); c != nil {
		c.Focus(l.rows[to])
	}
}

// listRow is one row.
type listRow struct {
	widget.BaseWidget
	list             *rowList
	index            int
	spec             rowSpec
	focused, hovered bool
}

func newListRow(l *rowList, index int, spec rowSpec) *listRow {
	r := &listRow{list: l, index: index, spec: spec}
	r.ExtendBaseWidget(r)
	return r
}

// Words are what the row is called.
func (r *listRow) Words() string { return r.spec.words }

// Listed says that Up and Down lead to the rows beside this one.
func (r *listRow) Listed() {}

// Disabled leaves only the current row in the way of the Tab key.
func (r *listRow) Disabled() bool { return r.list.current != r.index }

// Enable does nothing: Disabled speaks of the Tab key alone.
func (r *listRow) Enable() {}

// Disable does nothing.
func (r *listRow) Disable() {}

// Tapped opens the row.
func (r *listRow) Tapped(*fyne.PointEvent) {
	r.list.current = r.index
	r.list.open(r.spec.key)
}

// FocusGained draws the ring and brings the row into view.
func (r *listRow) FocusGained() {
	r.focused = true
	r.Refresh()
	if p := r.list.page; p != nil && p.Size().Height > 0 {
		d := fyne.CurrentApp().Driver()
		y := d.AbsolutePositionForObject(r).Y - d.AbsolutePositionForObject(p).Y
		room := theme.S(16)
		if y < room {
			p.ScrollTo(p.Offset() + y - room)
		} else if below := y + r.Size().Height + room - p.Size().Height; below > 0 {
			p.ScrollTo(p.Offset() + below)
		}
	}
}

// FocusLost takes the ring away.
func (r *listRow) FocusLost() { r.focused = false; r.Refresh() }

// TypedRune does nothing.
func (r *listRow) TypedRune(rune) {}

// TypedKey moves in the list and opens.
func (r *listRow) TypedKey(ev *fyne.KeyEvent) {
	switch ev.Name {
	case fyne.KeyUp:
		r.list.move(r.index - 1)
	case fyne.KeyDown:
		r.list.move(r.index + 1)
	case fyne.KeyHome:
		r.list.move(0)
	case fyne.KeyEnd:
		r.list.move(len(r.list.rows) - 1)
	case fyne.KeyPageUp:
		r.list.move(r.index - 8)
	case fyne.KeyPageDown:
		r.list.move(r.index + 8)
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		r.list.open(r.spec.key)
	default:
		if c := fyne.CurrentApp().Driver().CanvasForObject(r); c != nil && c.OnTypedKey() != nil {
			c.OnTypedKey()(ev)
		}
	}
}

// MouseIn marks the row under the pointer.
func (r *listRow) MouseIn(*desktop.MouseEvent) { r.hovered = true; r.Refresh() }

// MouseMoved does nothing.
func (r *listRow) MouseMoved(*desktop.MouseEvent) {}

// MouseOut unmarks it.
func (r *listRow) MouseOut() { r.hovered = false; r.Refresh() }

// Cursor is a hand.
func (r *listRow) Cursor() desktop.Cursor { return desktop.PointerCursor }

const (
	rowPadX = 10
	rowPadY = 9
)

func (r *listRow) pads() (x, y float32) {
	if r.spec.flush {
		return 0, 0
	}
	return theme.S(rowPadX), theme.S(rowPadY)
}

// HeightFor gives the height at a width (control.Flow).
func (r *listRow) HeightFor(width float32) float32 {
	x, y := r.pads()
	return control.HeightFor(r.spec.content, width-2*x) + 2*y + 1
}

// NaturalWidth gives the width without wrapping (control.Flow).
func (r *listRow) NaturalWidth() float32 {
	x, _ := r.pads()
	return control.NaturalWidth(r.spec.content) + 2*x
}

// CreateRenderer draws the row.
func (r *listRow) CreateRenderer() fyne.WidgetRenderer {
	d := &listRowRenderer{r: r, back: canvas.NewRectangle(nil), line: canvas.NewRectangle(nil), ring: canvas.NewRectangle(nil), edge: canvas.NewRectangle(nil)}
	d.paint()
	return d
}

type listRowRenderer struct {
	r                      *listRow
	back, line, ring, edge *canvas.Rectangle
}

func (d *listRowRenderer) MinSize() fyne.Size {
	return fyne.NewSize(theme.S(120), d.r.HeightFor(max(d.r.Size().Width, theme.S(120))))
}

func (d *listRowRenderer) Layout(size fyne.Size) {
	x, y := d.r.pads()
	put := func(o fyne.CanvasObject, x, y, w, h float32) {
		o.Move(fyne.NewPos(x, y))
		o.Resize(fyne.NewSize(w, h))
	}
	put(d.back, 0, 0, size.Width, size.Height-1)
	put(d.line, 0, size.Height-1, size.Width, 1)
	put(d.ring, 1, 1, size.Width-2, size.Height-3)
	put(d.edge, 4, 4, size.Width-8, size.Height-9)
	put(d.r.spec.content, x, y, size.Width-2*x, size.Height-2*y-1)
}

func (d *listRowRenderer) paint() {
	d.line.FillColor = theme.Colour(theme.Line)
	d.ring.StrokeColor, d.ring.StrokeWidth = theme.Colour(theme.Focus), 3
	d.edge.StrokeColor, d.edge.StrokeWidth = theme.Colour(theme.FocusEdge), 1
	d.ring.Hidden, d.edge.Hidden = !d.r.focused, !d.r.focused
	switch {
	case d.r.focused:
		d.back.FillColor = theme.Colour(theme.Selected)
	case d.r.hovered:
		d.back.FillColor = theme.Colour(theme.Hover)
	default:
		d.back.FillColor = theme.Colour(theme.Paper)
	}
}

func (d *listRowRenderer) Refresh() {
	d.paint()
	canvas.Refresh(d.r)
}

func (d *listRowRenderer) Destroy() {}
func (d *listRowRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{d.back, d.line, d.r.spec.content, d.ring, d.edge}
}
