package control

// What may change here: groups of radio buttons.

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"

	"cmc/ui/theme"
)

// An Option is one of the answers of a Radio, or one line of a Filter.
type Option struct {
	ID    string
	Label string
	Hint  string
}

// A Radio is a group of answers of which one is chosen. Nothing is chosen to begin with. Tab enters and leaves it once; Up
// and Down (or Left and Right) move the ring; Space or Enter chooses. The arrows do not choose: an arrow key pressed by
// mistake must not change a decision.
type Radio struct {
	base
	options  []radioOption
	chosen   int // index, -1: none
	cursor   int
	pressed  int // the answer that the pointer was pressed on; -1: none
	disabled bool

	// OnChanged, when set, is called after a person has chosen.
	OnChanged func(id string)
}

type radioOption struct {
	Option
	circle *canvas.Rectangle
	dot    *canvas.Rectangle
	label  *para
	hint   *para
	y, h   float32
}

var (
	_ fyne.Focusable     = (*Radio)(nil)
	_ fyne.Disableable   = (*Radio)(nil)
	_ desktop.Cursorable = (*Radio)(nil)
	_ desktop.Mouseable  = (*Radio)(nil)
)

// NewRadio makes a group with nothing chosen.
func NewRadio(options []Option, changed func(id string)) *Radio {
	r := &Radio{chosen: -1, pressed: -1, OnChanged: changed}
	r.edged = true
	r.extend(r)
	r.build(options)
	return r
}

func (r *Radio) build(options []Option) {
	r.options = make([]radioOption, len(options))
	for i, o := range options {
		ro := &r.options[i]
		ro.Option = o
		ro.circle = canvas.NewRectangle(theme.Colour(theme.Paper))
		ro.dot = canvas.NewRectangle(theme.Colour(theme.Ink))
		ro.dot.Hidden = true
		ro.label = newPara(15, false, theme.Ink, Span{Text: o.Label})
		if o.Hint != "" {
			ro.hint = newPara(13, false, theme.Muted, Span{Text: o.Hint})
		}
	}
	r.paint()
}

// SetOptions replaces the answers. What was chosen stays chosen where it is still offered.
func (r *Radio) SetOptions(options []Option) {
	same := len(options) == len(r.options)
	for i := 0; same && i < len(options); i++ {
		same = r.options[i].Option == options[i]
	}
	if same {
		return
	}
	id := r.Chosen()
	r.chosen, r.cursor = -1, 0
	r.build(options)
	r.Choose(id)
	r.grew()
}

// Options gives the answers.
func (r *Radio) Options() []Option {
	out := make([]Option, len(r.options))
	for i := range r.options {
		out[i] = r.options[i].Option
	}
	return out
}

// Chosen gives the id of the chosen answer, or nothing.
func (r *Radio) Chosen() string {
	if r.chosen < 0 {
		return ""
	}
	return r.options[r.chosen].ID
}

// Choose shows an answer as chosen without calling OnChanged; an id that is not there clears the group.
func (r *Radio) Choose(id string) {
	next := -1
	for i := range r.options {
		if r.options[i].ID == id {
			next = i
		}
	}
	if next == r.chosen {
		return
	}
	old := r.chosen
	r.chosen = next
	if next >= 0 {
		r.cursor = next
	}
	grown := false
	for _, i := range []int{old, next} {
		if i >= 0 {
			o := &r.options[i]
			before := o.label.lines
			o.label.strong = i == next
			o.label.valid = false
			o.label.wrap(o.label.width)
			grown = grown || o.label.lines != before
		}
	}
	r.paint()
	if grown {
		r.grew()
	} else if r.Size().Width > 0 {
		r.arrange(r.Size())
		touch(r)
	}
}

// Disable has the group take no answers.
func (r *Radio) Disable() { r.disabled = true; r.paint(); touch(r) }

// Enable ends Disable.
func (r *Radio) Enable() { r.disabled = false; r.paint(); touch(r) }

// Disabled says whether the group takes no answers.
func (r *Radio) Disabled() bool { return r.disabled }

func (r *Radio) pick(i int) {
	if r.disabled || i < 0 || i >= len(r.options) {
		return
	}
	r.cursor = i
	if r.chosen != i {
		r.Choose(r.options[i].ID)
		if r.OnChanged != nil {
			r.OnChanged(r.options[i].ID)
		}
	}
	r.moveRing()
}

func (r *Radio) rowAt(y float32) int {
	for i := range r.options {
		if o := &r.options[i]; y >= o.y && y < o.y+o.h {
			return i
		}
	}
	return -1
}

// MouseDown notes which answer is pressed. Pressing takes the keyboard from another field, which may then say what is wrong
// with it and push this group down before the button is let go: the answer that was meant is the one that was pressed.
func (r *Radio) MouseDown(ev *desktop.MouseEvent) { r.pressed = r.rowAt(ev.Position.Y) }

// MouseUp does nothing.
func (r *Radio) MouseUp(*desktop.MouseEvent) {}

// Tapped chooses the answer whose row was pressed.
func (r *Radio) Tapped(ev *fyne.PointEvent) {
	i := r.pressed
	r.pressed = -1
	if i < 0 || i >= len(r.options) {
		i = r.rowAt(ev.Position.Y)
	}
	if r.disabled || i < 0 {
		return
	}
	r.cursor = i
	r.requestFocus()
	r.pick(i)
}

// FocusGained shows the ring on the chosen answer, or on the first.
func (r *Radio) FocusGained() {
	r.placeCursor()
	r.showRing(true)
}

// FocusLost hides it.
func (r *Radio) FocusLost() { r.showRing(false) }

// TypedRune does nothing.
func (r *Radio) TypedRune(rune) {}

// TypedKey moves the ring, or chooses.
func (r *Radio) TypedKey(ev *fyne.KeyEvent) {
	n := len(r.options)
	switch ev.Name {
	case fyne.KeyDown, fyne.KeyRight:
		r.cursor = (r.cursor + 1) % max(n, 1)
		r.moveRing()
	case fyne.KeyUp, fyne.KeyLeft:
		r.cursor = (r.cursor + n - 1) % max(n, 1)
		r.moveRing()
	case fyne.KeyHome:
		r.cursor = 0
		r.moveRing()
	case fyne.KeyEnd:
		r.cursor = max(0, n-1)
		r.moveRing()
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		r.pick(r.cursor)
	default:
		r.pass(ev)
	}
}

func (r *Radio) moveRing() {
	r.placeCursor()
	r.placeRing()
	touch(r)
	if r.focused {
		r.announce()
	}
}

func (r *Radio) placeCursor() {
	if r.cursor < 0 || r.cursor >= len(r.options) {
		return
	}
	side := theme.S(24)
	r.ringArea = rect{0, r.options[r.cursor].y + theme.S(5), side, side}
	r.radius = side / 2
}

// Cursor is the hand.
func (r *Radio) Cursor() desktop.Cursor { return desktop.PointerCursor }

func (r *Radio) paint() {
	for i := range r.options {
		o := &r.options[i]
		ink, edge := theme.Ink, theme.Ink
		if r.disabled {
			ink, edge = theme.Muted, theme.Faint
		}
		o.circle.FillColor, o.circle.StrokeColor, o.circle.StrokeWidth = theme.Colour(theme.Paper), theme.Colour(edge), theme.S(2)
		o.dot.FillColor = theme.Colour(ink)
		o.dot.Hidden = i != r.chosen
		o.label.colour = ink
		o.label.paint()
		if o.hint != nil {
			o.hint.paint()
		}
	}
}

// NaturalWidth gives the width of the longest answer on one line.
func (r *Radio) NaturalWidth() float32 {
	var w float32
	for i := range r.options {
		w = max(w, r.options[i].label.naturalWidth())
	}
	return tickLeft() + w
}

func (r *Radio) minWidth() float32 { return theme.S(100) }

func (o *radioOption) heightFor(w float32) float32 {
	h := o.label.heightFor(w)
	if o.hint != nil {
		h += o.hint.heightFor(w)
	}
	return max(h, theme.S(24)) + 2*theme.S(5)
}

// HeightFor gives the height at a width: 34 at 100 % for each answer on one line.
func (r *Radio) HeightFor(width float32) float32 {
	return r.height(width, func(width float32) float32 {
		var h float32
		for i := range r.options {
			h += r.options[i].heightFor(width - tickLeft())
		}
		return h
	})
}

func (r *Radio) arrange(size fyne.Size) {
	side, w := theme.S(24), size.Width-tickLeft()
	var y float32
	objs := make([]fyne.CanvasObject, 0, 4*len(r.options))
	for i := range r.options {
		o := &r.options[i]
		o.y, o.h = y, o.heightFor(w)
		lh := o.label.heightFor(w)
		ly := y + theme.S(5)
		if lh < side && o.hint == nil {
			ly += (side - lh) / 2
		}
		o.label.layout(tickLeft(), ly, w)
		top := y + theme.S(5)
		o.circle.CornerRadius = side / 2
		o.circle.Move(fyne.NewPos(0, top))
		o.circle.Resize(fyne.NewSize(side, side))
		in := theme.S(6)
		o.dot.CornerRadius = (side - 2*in) / 2
		o.dot.Move(fyne.NewPos(in, top+in))
		o.dot.Resize(fyne.NewSize(side-2*in, side-2*in))
		objs = append(objs, o.circle, o.dot)
		objs = o.label.append(objs)
		if o.hint != nil {
			o.hint.layout(tickLeft(), ly+lh, w)
			objs = o.hint.append(objs)
		}
		y += o.h
	}
	r.setParts(objs...)
	r.placeCursor()
	r.placeRing()
}
