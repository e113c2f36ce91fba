package control

// What may change here: the container that puts objects side by side.

import (
	"fyne.io/fyne/v2"

	"cmc/ui/theme"
)

// A Row holds objects side by side. What does not fit on one line goes on to the next, so that nothing is cut off when text
// is large. Growing objects share the room that is left on their line.
type Row struct {
	base
	objects []fyne.CanvasObject
	gap     float32
	top     bool // align at the top, not in the middle
	lines   []rowLine
}

type rowLine struct {
	from, to int
	height   float32
	widths   []float32
}

// HStack puts objects side by side with a gap (at 100 %) between them.
func HStack(gap float32, objs ...fyne.CanvasObject) *Row {
	r := &Row{gap: gap, objects: objs, top: false}
	r.extend(r)
	own(r, objs...)
	return r
}

// AlignTop sets the objects of a line against its top.
func (r *Row) AlignTop() *Row {
	r.top = true
	return r
}

// Set replaces everything that the row holds.
func (r *Row) Set(objs ...fyne.CanvasObject) {
	r.objects = append(r.objects[:0:0], objs...)
	own(r, objs...)
	r.setParts(r.objects...)
	r.grew()
}

// Objects gives what the row holds. It must not be changed.
func (r *Row) Objects() []fyne.CanvasObject { return r.objects }

// Grow lets an object take the room that is left on its line, but never less than least (at 100 %): else it goes to a line
// of its own.
func Grow(least float32, o fyne.CanvasObject) *Stack {
	s := VStack(0, o)
	s.grows, s.least = true, least
	return s
}

// Spacer pushes what follows to the right.
func Spacer() *Stack { return Grow(0, VStack(0)) }

func (r *Row) parts() []fyne.CanvasObject {
	if len(r.objs) == 0 {
		r.setParts(r.objects...)
	}
	return r.objs
}

func (r *Row) paint() {}

func (r *Row) childGrew() { r.grew() }

func (r *Row) childFocused(child fyne.CanvasObject, area rect) {
	if r.up != nil {
		area.x += child.Position().X
		area.y += child.Position().Y
		r.up.childFocused(r, area)
	}
}

func (r *Row) pageKey(ev *fyne.KeyEvent) bool { return r.up != nil && r.up.pageKey(ev) }

func grows(o fyne.CanvasObject) bool {
	s, ok := o.(*Stack)
	return ok && s.grows
}

func wish(o fyne.CanvasObject) float32 {
	if grows(o) {
		return theme.S(o.(*Stack).least)
	}
	return NaturalWidth(o)
}

func (r *Row) minWidth() float32 {
	var w float32
	for _, o := range r.objects {
		if o.Visible() {
			w = max(w, leastWidth(o))
		}
	}
	return min(w, theme.S(280))
}

// NaturalWidth gives the width of everything on one line.
func (r *Row) NaturalWidth() float32 {
	var w float32
	n := 0
	for _, o := range r.objects {
		if !o.Visible() {
			continue
		}
		w += max(wish(o), NaturalWidth(o))
		n++
	}
	if n > 1 {
		w += float32(n-1) * theme.S(r.gap)
	}
	return w
}

func (r *Row) split(width float32) {
	r.lines = r.lines[:0]
	gap := theme.S(r.gap)
	line := rowLine{}
	used := float32(0)
	count := 0
	closeLine := func(to int) {
		line.to = to
		growers := 0
		for i := line.from; i < to; i++ {
			if grows(r.objects[i]) && r.objects[i].Visible() {
				growers++
			}
		}
		spare := max(0, width-used)
		for i := line.from; i < to; i++ {
			o := r.objects[i]
			w := float32(0)
			if o.Visible() {
				w = min(wish(o), width)
				if grows(o) {
					w += spare / float32(growers)
				}
				line.height = max(line.height, HeightFor(o, w))
			}
			line.widths = append(line.widths, w)
		}
		r.lines = append(r.lines, line)
	}
	for i, o := range r.objects {
		if !o.Visible() {
			continue
		}
		w := min(wish(o), width)
		if count > 0 && used+gap+w > width+0.5 {
			closeLine(i)
			line = rowLine{from: i}
			used, count = 0, 0
		}
		if count > 0 {
			used += gap
		}
		used += w
		count++
	}
	closeLine(len(r.objects))
}

// HeightFor gives the height at a width.
func (r *Row) HeightFor(width float32) float32 {
	return r.height(width, func(width float32) float32 {
		r.split(width)
		var h float32
		for i, l := range r.lines {
			if i > 0 {
				h += theme.S(min(r.gap, 8))
			}
			h += l.height
		}
		return h
	})
}

func (r *Row) arrange(size fyne.Size) {
	r.split(size.Width)
	var y float32
	gap := theme.S(r.gap)
	for _, l := range r.lines {
		var x float32
		for i := l.from; i < l.to; i++ {
			o := r.objects[i]
			if !o.Visible() {
				continue
			}
			w := l.widths[i-l.from]
			h := HeightFor(o, w)
			top := y
			if !r.top {
				top += (l.height - h) / 2
			}
			place(o, x, top, w, h)
			x += w + gap
		}
		y += l.height + theme.S(min(r.gap, 8))
	}
}

// Columns puts objects side by side in columns whose widths are shares of the whole, as in a table. Each object is as wide
// as its column and stands at the top of it.
func Columns(gap float32, shares []float32, objs ...fyne.CanvasObject) *Table {
	t := &Table{gap: gap, shares: shares, objects: objs}
	t.extend(t)
	own(t, objs...)
	t.setParts(objs...)
	return t
}

// A Table is one row of columns.
type Table struct {
	base
	gap     float32
	shares  []float32
	objects []fyne.CanvasObject
}

func (t *Table) paint()     {}
func (t *Table) childGrew() { t.grew() }

func (t *Table) childFocused(child fyne.CanvasObject, area rect) {
	if t.up != nil {
		area.x += child.Position().X
		area.y += child.Position().Y
		t.up.childFocused(t, area)
	}
}

func (t *Table) pageKey(ev *fyne.KeyEvent) bool { return t.up != nil && t.up.pageKey(ev) }
func (t *Table) minWidth() float32              { return theme.S(80) }

// NaturalWidth gives the width of all columns without wrapping.
func (t *Table) NaturalWidth() float32 {
	var w float32
	for _, o := range t.objects {
		w += NaturalWidth(o)
	}
	return w + float32(max(0, len(t.objects)-1))*theme.S(t.gap)
}

func (t *Table) columns(width float32) []float32 {
	var sum float32
	for _, s := range t.shares {
		sum += s
	}
	room := width - float32(max(0, len(t.objects)-1))*theme.S(t.gap)
	ws := make([]float32, len(t.objects))
	for i := range ws {
		ws[i] = room * t.shares[i] / sum
	}
	return ws
}

// HeightFor gives the height at a width.
func (t *Table) HeightFor(width float32) float32 {
	return t.height(width, func(width float32) float32 {
		var h float32
		for i, w := range t.columns(width) {
			h = max(h, HeightFor(t.objects[i], w))
		}
		return h
	})
}

func (t *Table) arrange(size fyne.Size) {
	var x float32
	for i, w := range t.columns(size.Width) {
		place(t.objects[i], x, 0, w, HeightFor(t.objects[i], w))
		x += w + theme.S(t.gap)
	}
}
