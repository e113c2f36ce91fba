package control

// What may change here: small answers in a line, under a question.

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"

	"cmc/ui/theme"
)

// Pills are a few small answers of which one may be chosen; pressing it again takes it back. Tab enters and leaves them
// once, the arrows move the ring, Space or Enter chooses.
type Pills struct {
	base
	pills  []pill
	chosen string
	cursor int
	back   bool
	down   int // the answer that the pointer was pressed on; -1: none

	// OnChanged, when set, is called after a person has chosen; nothing chosen is "".
	OnChanged func(id string)
}

type pill struct {
	Option
	face  *canvas.Rectangle
	label *para
	at    rect
}

var (
	_ fyne.Focusable     = (*Pills)(nil)
	_ desktop.Cursorable = (*Pills)(nil)
	_ desktop.Mouseable  = (*Pills)(nil)
)

// NewPills makes the answers with none chosen.
func NewPills(options []Option, changed func(id string)) *Pills {
	p := &Pills{OnChanged: changed, down: -1}
	p.extend(p)
	p.SetOptions(options)
	return p
}

// SetOptions replaces the answers.
func (p *Pills) SetOptions(options []Option) {
	same := len(options) == len(p.pills)
	for i := 0; same && i < len(options); i++ {
		same = p.pills[i].Option == options[i]
	}
	if same {
		return
	}
	p.pills = make([]pill, len(options))
	for i, o := range options {
		p.pills[i] = pill{Option: o, face: canvas.NewRectangle(theme.Colour(theme.Paper)), label: newPara(13, false, theme.Ink, Span{Text: o.Label})}
	}
	p.cursor = min(p.cursor, max(0, len(options)-1))
	p.paint()
	p.grew()
}

// StepBack draws the answers more lightly: the question has an answer of another kind.
func (p *Pills) StepBack(on bool) {
	if p.back != on {
		p.back = on
		p.paint()
		for i := range p.pills {
			canvas.Refresh(p.pills[i].face)
		}
		touch(p)
	}
}

// Chosen gives the id of the chosen answer, or nothing.
func (p *Pills) Chosen() string { return p.chosen }

// Choose shows an answer as chosen without calling OnChanged.
func (p *Pills) Choose(id string) {
	if p.chosen == id {
		return
	}
	p.chosen = id
	p.paint()
	if p.Size().Width > 0 {
		p.arrange(p.Size())
	}
	touch(p)
}

func (p *Pills) pick(i int) {
	if i < 0 || i >= len(p.pills) {
		return
	}
	p.cursor = i
	id := p.pills[i].ID
	if id == p.chosen {
		id = ""
	}
	p.Choose(id)
	p.moveRing()
	if p.OnChanged != nil {
		p.OnChanged(id)
	}
}

func (p *Pills) pillAt(at fyne.Position) int {
	for i := range p.pills {
		if a := p.pills[i].at; at.X >= a.x && at.X < a.x+a.w && at.Y >= a.y && at.Y < a.y+a.h {
			return i
		}
	}
	return -1
}

// MouseDown notes which answer is pressed, as Radio does.
func (p *Pills) MouseDown(ev *desktop.MouseEvent) { p.down = p.pillAt(ev.Position) }

// MouseUp does nothing.
func (p *Pills) MouseUp(*desktop.MouseEvent) {}

// Tapped chooses.
func (p *Pills) Tapped(ev *fyne.PointEvent) {
	i := p.down
	p.down = -1
	if i < 0 || i >= len(p.pills) {
		i = p.pillAt(ev.Position)
	}
	if i < 0 {
		return
	}
	p.cursor = i
	p.requestFocus()
	p.pick(i)
}

// FocusGained shows the ring.
func (p *Pills) FocusGained() {
	p.placeCursor()
	p.showRing(true)
}

// FocusLost hides it.
func (p *Pills) FocusLost() { p.showRing(false) }

// TypedRune does nothing.
func (p *Pills) TypedRune(rune) {}

// TypedKey moves the ring, or chooses.
func (p *Pills) TypedKey(ev *fyne.KeyEvent) {
	n := max(1, len(p.pills))
	switch ev.Name {
	case fyne.KeyRight, fyne.KeyDown:
		p.cursor = (p.cursor + 1) % n
		p.moveRing()
	case fyne.KeyLeft, fyne.KeyUp:
		p.cursor = (p.cursor + n - 1) % n
		p.moveRing()
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		p.pick(p.cursor)
	default:
		p.pass(ev)
	}
}

func (p *Pills) moveRing() {
	p.placeCursor()
	p.placeRing()
	touch(p)
}

func (p *Pills) placeCursor() {
	if p.cursor < len(p.pills) {
		p.ringArea = p.pills[p.cursor].at
		p.radius = p.ringArea.h / 2
	}
}

// Cursor is the hand.
func (p *Pills) Cursor() desktop.Cursor { return desktop.PointerCursor }

func (p *Pills) paint() {
	for i := range p.pills {
		l := &p.pills[i]
		fill, edge, ink := theme.Paper, theme.Faint, theme.Ink
		if p.back {
			edge, ink = theme.Line, theme.Muted
		}
		if l.ID == p.chosen {
			fill, edge, ink = theme.InfoFill, theme.InfoEdge, theme.InfoInk
		}
		l.label.strong = l.ID == p.chosen
		l.label.valid = false
		l.label.colour = ink
		l.label.paint()
		l.face.FillColor, l.face.StrokeColor, l.face.StrokeWidth = theme.Colour(fill), theme.Colour(edge), theme.S(1.2)
	}
}

func (p *Pills) split(width float32) float32 {
	var x, y float32
	gap, pad, h := theme.S(8), theme.S(12), theme.S(26)
	for i := range p.pills {
		l := &p.pills[i]
		strong := l.label.strong
		l.label.strong = true // room for the bold form, so that choosing moves nothing
		w := l.label.inkWidth() + 2*pad
		l.label.strong = strong
		if x > 0 && x+w > width {
			x, y = 0, y+h+theme.S(6)
		}
		l.at = rect{x, y, w, h}
		x += w + gap
	}
	return y + h
}

// NaturalWidth gives the width of all on one line.
func (p *Pills) NaturalWidth() float32 {
	p.split(1e9)
	if n := len(p.pills); n > 0 {
		return p.pills[n-1].at.x + p.pills[n-1].at.w
	}
	return 0
}

func (p *Pills) minWidth() float32 { return theme.S(80) }

// HeightFor gives the height at a width.
func (p *Pills) HeightFor(width float32) float32 {
	return p.height(width, p.split)
}

func (p *Pills) arrange(size fyne.Size) {
	p.split(size.Width)
	var objs []fyne.CanvasObject
	for i := range p.pills {
		l := &p.pills[i]
		l.face.CornerRadius = l.at.h / 2
		l.face.Move(fyne.NewPos(l.at.x, l.at.y))
		l.face.Resize(fyne.NewSize(l.at.w, l.at.h))
		lh := l.label.heightFor(1e9)
		l.label.layout(l.at.x+(l.at.w-l.label.inkWidth())/2, l.at.y+(l.at.h-lh)/2, 1e9)
		objs = l.label.append(append(objs, l.face))
	}
	p.setParts(objs...)
	p.placeCursor()
	p.placeRing()
}
