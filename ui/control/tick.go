package control

// What may change here: boxes that are ticked.

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"

	"cmc/ui/theme"
)

// A Tick is a box with a label. The whole row can be pressed; Space ticks.
type Tick struct {
	base
	box      *canvas.Rectangle
	mark     *canvas.Text
	label    *para
	hint     *para
	on       bool
	disabled bool

	// OnChanged, when set, is called after a person has ticked or cleared the box.
	OnChanged func(on bool)
}

var (
	_ fyne.Focusable     = (*Tick)(nil)
	_ fyne.Disableable   = (*Tick)(nil)
	_ desktop.Cursorable = (*Tick)(nil)
)

// NewTick makes a box that is not ticked. The hint may be empty.
func NewTick(label, hint string, changed func(on bool)) *Tick {
	t := &Tick{OnChanged: changed, label: newPara(15, false, theme.Ink, Span{Text: label})}
	if hint != "" {
		t.hint = newPara(13, false, theme.Muted, Span{Text: hint})
	}
	t.box = canvas.NewRectangle(theme.Colour(theme.Paper))
	t.mark = canvas.NewText("✓", theme.Colour(theme.Ink))
	t.mark.Alignment = fyne.TextAlignCenter
	t.mark.TextStyle.Bold = true
	t.edged = true
	t.extend(t)
	t.paint()
	return t
}

// On says whether the box is ticked.
func (t *Tick) On() bool { return t.on }

// Set ticks or clears the box without calling OnChanged.
func (t *Tick) Set(on bool) {
	if t.on == on {
		return
	}
	t.on = on
	t.paint()
	touch(t)
}

// Text gives the words of the label.
func (t *Tick) Text() string { return t.label.words() }

// Disable has the box take no ticks.
func (t *Tick) Disable() { t.disabled = true; t.paint(); touch(t) }

// Enable ends Disable.
func (t *Tick) Enable() { t.disabled = false; t.paint(); touch(t) }

// Disabled says whether the box takes no ticks.
func (t *Tick) Disabled() bool { return t.disabled }

func (t *Tick) toggle() {
	if t.disabled {
		return
	}
	t.Set(!t.on)
	if t.OnChanged != nil {
		t.OnChanged(t.on)
	}
}

// Tapped ticks or clears.
func (t *Tick) Tapped(*fyne.PointEvent) {
	if !t.disabled {
		t.requestFocus()
	}
	t.toggle()
}

// FocusGained shows the ring.
func (t *Tick) FocusGained() { t.showRing(true) }

// FocusLost hides it.
func (t *Tick) FocusLost() { t.showRing(false) }

// TypedRune does nothing.
func (t *Tick) TypedRune(rune) {}

// TypedKey ticks or clears on Space.
func (t *Tick) TypedKey(ev *fyne.KeyEvent) {
	if ev.Name == fyne.KeySpace {
		t.toggle()
		return
	}
	t.pass(ev)
}

// Cursor is the hand.
func (t *Tick) Cursor() desktop.Cursor { return desktop.PointerCursor }

func (t *Tick) paint() {
	ink, edge := theme.Ink, theme.Ink
	if t.disabled {
		ink, edge = theme.Muted, theme.Faint
	}
	t.box.FillColor, t.box.StrokeColor, t.box.StrokeWidth = theme.Colour(theme.Paper), theme.Colour(edge), theme.S(2)
	t.box.CornerRadius = theme.S(3)
	t.radius = theme.S(3)
	t.mark.Color, t.mark.TextSize = theme.Colour(ink), theme.Text(18)
	t.mark.Hidden = !t.on
	t.label.colour = ink
	t.label.paint()
	if t.hint != nil {
		t.hint.paint()
	}
}

func tickLeft() float32 { return theme.S(24 + 12) }

// NaturalWidth gives the width on one line.
func (t *Tick) NaturalWidth() float32 {
	w := t.label.naturalWidth()
	if t.hint != nil {
		w = max(w, t.hint.naturalWidth())
	}
	return tickLeft() + w
}

func (t *Tick) minWidth() float32 { return theme.S(100) }

// HeightFor gives the height at a width: 34 at 100 % with the label on one line.
func (t *Tick) HeightFor(width float32) float32 {
	return t.height(width, func(width float32) float32 {
		w := width - tickLeft()
		h := t.label.heightFor(w)
		if t.hint != nil {
			h += t.hint.heightFor(w)
		}
		return max(h, theme.S(24)) + 2*theme.S(5)
	})
}

func (t *Tick) arrange(size fyne.Size) {
	side := theme.S(24)
	w := size.Width - tickLeft()
	h := t.label.heightFor(w)
	y := theme.S(5)
	if h < side && t.hint == nil {
		y += (side - h) / 2
	}
	t.label.layout(tickLeft(), y, w)
	boxTop := theme.S(5)
	t.box.Move(fyne.NewPos(0, boxTop))
	t.box.Resize(fyne.NewSize(side, side))
	t.mark.Move(fyne.NewPos(0, boxTop))
	t.mark.Resize(fyne.NewSize(side, side))
	objs := t.label.append([]fyne.CanvasObject{t.box, t.mark})
	if t.hint != nil {
		t.hint.layout(tickLeft(), y+h, w)
		objs = t.hint.append(objs)
	}
	t.setParts(objs...)
	t.ringArea = rect{0, boxTop, side, side}
	t.placeRing()
}
