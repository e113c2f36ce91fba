package control

// What may change here: rows and other groups of things that are pressed as a whole, and entries of a list of places.

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"cmc/ui/theme"
)

// A Pressable makes one control of a group of things: a row of a list. Enter and the pointer press it; Up and Down move to
// the Pressable before and after it when it is in a list.
type Pressable struct {
	Stack
	do     func()
	list   *PressList
	normal theme.Name
	hover  theme.Name
	chosen bool
}

// A PressList lets Up and Down move between its rows.
type PressList struct{ rows []*Pressable }

var (
	_ fyne.Focusable     = (*Pressable)(nil)
	_ desktop.Hoverable  = (*Pressable)(nil)
	_ desktop.Cursorable = (*Pressable)(nil)
)

// NewPressable makes a group that can be pressed. A list may be nil.
func NewPressable(list *PressList, do func(), objs ...fyne.CanvasObject) *Pressable {
	p := &Pressable{do: do, list: list, normal: theme.Paper, hover: theme.Hover}
	p.start(p, 0, objs)
	p.Ground(theme.Paper)
	p.inside = true
	if list != nil {
		list.rows = append(list.rows, p)
	}
	return p
}

// On sets the ground that the row has when nothing points at it.
func (p *Pressable) On(n theme.Name) *Pressable {
	p.normal = n
	p.SetGround(n)
	return p
}

// SetChosen shows the row as the one that is open.
func (p *Pressable) SetChosen(on bool) {
	if p.chosen != on {
		p.chosen = on
		p.showGround(false)
	}
}

func (p *Pressable) showGround(hovered bool) {
	switch {
	case p.chosen || p.focused:
		p.SetGround(theme.Selected)
	case hovered:
		p.SetGround(p.hover)
	default:
		p.SetGround(p.normal)
	}
}

// Tapped presses.
func (p *Pressable) Tapped(*fyne.PointEvent) {
	p.requestFocus()
	if p.do != nil {
		p.do()
	}
}

// FocusGained shows the ring.
func (p *Pressable) FocusGained() {
	p.showRing(true)
	p.showGround(false)
}

// FocusLost hides it.
func (p *Pressable) FocusLost() {
	p.showRing(false)
	p.showGround(false)
}

// TypedRune does nothing.
func (p *Pressable) TypedRune(rune) {}

// TypedKey presses, or moves in the list.
func (p *Pressable) TypedKey(ev *fyne.KeyEvent) {
	switch ev.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		if p.do != nil {
			p.do()
		}
	case fyne.KeyDown:
		p.step(1, ev)
	case fyne.KeyUp:
		p.step(-1, ev)
	default:
		p.pass(ev)
	}
}

func (p *Pressable) step(by int, ev *fyne.KeyEvent) {
	if p.list == nil {
		p.pass(ev)
		return
	}
	for i, row := range p.list.rows {
		if row == p && i+by >= 0 && i+by < len(p.list.rows) {
			p.list.rows[i+by].requestFocus()
			return
		}
	}
}

// Clear forgets the rows of the list, when they are made again.
func (l *PressList) Clear() { l.rows = nil }

// Rows gives the rows of the list.
func (l *PressList) Rows() []*Pressable { return l.rows }

// Cursor is the hand.
func (p *Pressable) Cursor() desktop.Cursor { return desktop.PointerCursor }

// MouseIn shows that the row can be pressed.
func (p *Pressable) MouseIn(*desktop.MouseEvent) { p.showGround(true) }

// MouseMoved does nothing.
func (p *Pressable) MouseMoved(*desktop.MouseEvent) {}

// MouseOut ends it.
func (p *Pressable) MouseOut() { p.showGround(false) }
