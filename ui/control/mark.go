package control

// What may change here: the small round signs that say how far a step is. Each has a shape of its own, and stands beside
// words that say the same.

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"cmc/ui/theme"
)

// A Mark is one sign.
type Mark struct {
	base
	shape *canvas.Rectangle
	sign  *canvas.Text
	dot   *canvas.Rectangle
	state MarkState
}

// A MarkState says what a Mark means.
type MarkState int

// The states, with their shapes: an empty circle, a tick in a full circle, a number in a ring, an exclamation mark in a
// square, a dot in a full circle.
const (
	NotStarted MarkState = iota
	Done
	Gaps
	Attention
	Here
)

// NewMark makes a sign; count is shown for Gaps.
func NewMark(state MarkState, count string) *Mark {
	m := &Mark{shape: canvas.NewRectangle(theme.Colour(theme.Paper)), sign: canvas.NewText("", theme.Colour(theme.Ink))}
	m.sign.Alignment = fyne.TextAlignCenter
	m.sign.TextStyle.Bold = true
	m.extend(m)
	m.dot = canvas.NewRectangle(theme.Colour(theme.OnFill))
	m.dot.Hidden = true
	m.setParts(m.shape, m.sign, m.dot)
	m.Set(state, count)
	return m
}

// State says what the sign means.
func (m *Mark) State() MarkState { return m.state }

// Set changes the sign.
func (m *Mark) Set(state MarkState, count string) {
	words := map[MarkState]string{Done: "✓", Gaps: count, Attention: "!"}[state]
	if m.state == state && m.sign.Text == words && m.shape.StrokeWidth != 0 {
		return
	}
	m.state = state
	m.sign.Text = words
	m.dot.Hidden = state != Here
	m.paint()
	canvas.Refresh(m.sign)
	touch(m)
}

func (m *Mark) paint() {
	fill, edge, ink := theme.Paper, theme.Faint, theme.Ink
	switch m.state {
	case Done:
		fill, edge, ink = theme.GreenFill, theme.GreenFill, theme.OnFill
	case Gaps:
		edge, ink = theme.WarnEdge, theme.Amber
	case Attention:
		fill, edge, ink = theme.RedFill, theme.RedFill, theme.OnFill
	case Here:
		fill, edge, ink = theme.BlueFill, theme.BlueFill, theme.OnFill
	}
	m.shape.FillColor, m.shape.StrokeColor, m.shape.StrokeWidth = theme.Colour(fill), theme.Colour(edge), theme.S(2)
	m.dot.FillColor = theme.Colour(theme.OnFill)
	m.shape.CornerRadius = theme.S(10)
	if m.state == Attention {
		m.shape.CornerRadius = theme.S(4)
	}
	m.sign.Color, m.sign.TextSize = theme.Colour(ink), theme.Text(12)
	if len(m.sign.Text) == 2 && m.state == Gaps {
		m.sign.TextSize = theme.Text(10)
	}
}

// NaturalWidth is the width of the sign.
func (m *Mark) NaturalWidth() float32 { return theme.S(20) }

// HeightFor is its height.
func (m *Mark) HeightFor(float32) float32 { return theme.S(20) }

func (m *Mark) arrange(size fyne.Size) {
	side := theme.S(20)
	m.shape.Resize(fyne.NewSize(side, side))
	m.sign.Resize(fyne.NewSize(side, side))
	in := theme.S(6)
	m.dot.CornerRadius = side/2 - in
	m.dot.Move(fyne.NewPos(in, in))
	m.dot.Resize(fyne.NewSize(side-2*in, side-2*in))
}
