package control

// What may change here: small labels: tags, chips, notices.

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"

	"cmc/ui/theme"
)

// A Tone is the colour family of a tag. The words must say the same.
type Tone int

// The tones.
const (
	Neutral Tone = iota
	Info
	Good
	Warn
	Alarm
)

func (t Tone) colours() (ink, fill, edge theme.Name) {
	switch t {
	case Info:
		return theme.InfoInk, theme.InfoFill, theme.InfoEdge
	case Good:
		return theme.GoodInk, theme.GoodFill, theme.GoodEdge
	case Warn:
		return theme.WarnInk, theme.WarnFill, theme.WarnEdge
	case Alarm:
		return theme.DangerInk, theme.DangerFill, theme.DangerEdge
	}
	return theme.NeutralInk, theme.NeutralFill, theme.NeutralEdge
}

// A TagLabel is a few words in a coloured box.
type TagLabel struct {
	base
	face  *canvas.Rectangle
	label *para
	tone  Tone
	small bool
}

// Tag makes a tag.
func Tag(s string, t Tone) *TagLabel {
	ink, fill, _ := t.colours()
	g := &TagLabel{tone: t, face: canvas.NewRectangle(theme.Colour(fill)), label: newPara(13, true, ink, Span{Text: s})}
	g.extend(g)
	g.paint()
	return g
}

// Say replaces the words and the tone.
func (g *TagLabel) Say(s string, t Tone) {
	if g.tone == t && len(g.label.spans) == 1 && g.label.spans[0].Text == s {
		return
	}
	g.tone = t
	g.label.set(Span{Text: s})
	g.paint()
	g.grew()
}

// String gives the words.
func (g *TagLabel) String() string { return g.label.words() }

// SmallTag makes a tag that stands beside other words.
func SmallTag(s string, t Tone) *TagLabel {
	g := Tag(s, t)
	g.small = true
	g.label.size = 12
	return g
}

// Set changes the words and the tone.
func (g *TagLabel) Set(s string, t Tone) {
	if g.label.words() == s && g.tone == t {
		return
	}
	g.tone = t
	g.label.set(Span{Text: s})
	g.paint()
	g.grew()
}

// Text gives the words.
func (g *TagLabel) Text() string { return g.label.words() }

func (g *TagLabel) paint() {
	ink, fill, edge := g.tone.colours()
	g.label.colour = ink
	g.label.paint()
	g.face.FillColor, g.face.StrokeColor = theme.Colour(fill), theme.Colour(edge)
	g.face.StrokeWidth, g.face.CornerRadius = theme.S(1.5), theme.S(4)
}

func (g *TagLabel) pads() (x, y float32) {
	if g.small {
		return theme.S(7), theme.S(2)
	}
	return theme.S(11), theme.S(4)
}

// NaturalWidth gives the width on one line.
func (g *TagLabel) NaturalWidth() float32 {
	x, _ := g.pads()
	return g.label.inkWidth() + 2*x
}

func (g *TagLabel) minWidth() float32 { return min(g.NaturalWidth(), theme.S(160)) }

// HeightFor gives the height at a width.
func (g *TagLabel) HeightFor(width float32) float32 {
	return g.height(width, func(width float32) float32 {
		x, y := g.pads()
		return g.label.heightFor(width-2*x+slack) + 2*y
	})
}

func (g *TagLabel) arrange(size fyne.Size) {
	x, y := g.pads()
	w := size.Width
	if n := g.NaturalWidth(); n < w {
		w = n
	}
	g.face.Resize(fyne.NewSize(w, size.Height))
	g.label.layout(x, y, w-2*x+slack)
	g.setParts(g.label.append([]fyne.CanvasObject{g.face})...)
}

// A Chip is one of a few views to choose from, with a count.
type Chip struct {
	base
	face     *canvas.Rectangle
	label    *para
	text     string
	count    string
	selected bool
	do       func()
}

var _ fyne.Focusable = (*Chip)(nil)

// NewChip makes a chip. The count may be empty.
func NewChip(text, count string, selected bool, do func()) *Chip {
	c := &Chip{text: text, count: count, selected: selected, do: do}
	c.face = canvas.NewRectangle(theme.Colour(theme.Paper))
	c.label = newPara(14, false, theme.Ink)
	c.extend(c)
	c.show()
	return c
}

// SetSelected shows whether this is the view that is open.
func (c *Chip) SetSelected(on bool) {
	if c.selected != on {
		c.selected = on
		c.show()
		c.grew()
	}
}

// Selected says whether this is the view that is open.
func (c *Chip) Selected() bool { return c.selected }

// Words is the view's name.
func (c *Chip) Words() string { return c.text }

// SetCount changes the count.
func (c *Chip) SetCount(count string) {
	if c.count != count {
		c.count = count
		c.show()
		c.grew()
	}
}

func (c *Chip) show() {
	spans := []Span{{Text: c.text, Strong: c.selected}}
	if c.count != "" {
		spans = append(spans, Span{Text: "\u2002" + c.count, Strong: true})
	}
	c.label.set(spans...)
	c.paint()
}

func (c *Chip) paint() {
	fill, edge, ink := theme.Paper, theme.Faint, theme.Ink
	if c.selected {
		fill, edge, ink = theme.BlueFill, theme.BlueFill, theme.OnFill
	}
	c.label.colour = ink
	c.label.paint()
	c.face.FillColor, c.face.StrokeColor, c.face.StrokeWidth = theme.Colour(fill), theme.Colour(edge), theme.S(1)
}

// Tapped chooses the view.
func (c *Chip) Tapped(*fyne.PointEvent) {
	c.requestFocus()
	c.press()
}

func (c *Chip) press() {
	if c.do != nil {
		c.do()
	}
}

// FocusGained shows the ring.
func (c *Chip) FocusGained() { c.showRing(true) }

// FocusLost hides it.
func (c *Chip) FocusLost() { c.showRing(false) }

// TypedRune does nothing.
func (c *Chip) TypedRune(rune) {}

// TypedKey chooses the view on Enter and Space.
func (c *Chip) TypedKey(ev *fyne.KeyEvent) {
	switch ev.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		c.press()
	default:
		c.pass(ev)
	}
}

// Cursor is the hand.
func (c *Chip) Cursor() desktop.Cursor { return desktop.PointerCursor }

// NaturalWidth gives the width on one line.
func (c *Chip) NaturalWidth() float32 { return c.label.inkWidth() + 2*theme.S(15) }

func (c *Chip) minWidth() float32 { return min(c.NaturalWidth(), theme.S(160)) }

// HeightFor gives the height at a width.
func (c *Chip) HeightFor(width float32) float32 {
	return c.height(width, func(width float32) float32 {
		return max(theme.S(30), c.label.heightFor(width-2*theme.S(15)+slack)+2*theme.S(6))
	})
}

func (c *Chip) arrange(size fyne.Size) {
	c.face.CornerRadius = min(size.Height/2, theme.S(18))
	c.radius = c.face.CornerRadius
	c.face.Resize(size)
	w := size.Width - 2*theme.S(15) + slack
	h := c.label.heightFor(w)
	c.label.layout(theme.S(15), (size.Height-h)/2, w)
	c.setParts(c.label.append([]fyne.CanvasObject{c.face})...)
	c.placeRing()
}

// Rule is a thin line across.
func Rule() *Stack { return VStack(0).Inset(0, 0, 1, 0).Line(Bottom, 1) }

// Gap is room (at 100 %) between two things of a stack.
func Gap(height float32) *Stack { return VStack(0).Inset(height, 0, 0, 0) }

// Band is a line of words on a coloured ground across the window.
func Band(s string, ground theme.Name) *Stack {
	return VStack(0, Words(s, 13, true, theme.OnFill).Centre()).Inset(4, 12, 4, 12).Ground(ground)
}
