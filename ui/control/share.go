package control

// What may change here: the bar that shows a share of a whole. It stands beside words that say the same number.

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"cmc/ui/theme"
)

// A ShareBar is a bar of which a part is full.
type ShareBar struct {
	base
	track, full *canvas.Rectangle
	percent     int
}

// NewShareBar makes a bar that is full by so many per cent.
func NewShareBar(percent int) *ShareBar {
	s := &ShareBar{track: canvas.NewRectangle(theme.Colour(theme.Side)), full: canvas.NewRectangle(theme.Colour(theme.BlueFill)),
		percent: min(max(percent, 0), 100)}
	s.extend(s)
	s.setParts(s.track, s.full)
	s.paint()
	return s
}

// Percent says how full the bar is.
func (s *ShareBar) Percent() int { return s.percent }

func (s *ShareBar) paint() {
	s.track.FillColor, s.track.StrokeColor, s.track.StrokeWidth = theme.Colour(theme.Side), theme.Colour(theme.Faint), theme.S(1)
	s.full.FillColor = theme.Colour(theme.BlueFill)
}

// NaturalWidth is a width at which shares can be told apart.
func (s *ShareBar) NaturalWidth() float32 { return theme.S(120) }

func (s *ShareBar) minWidth() float32 { return theme.S(40) }

// HeightFor is the height of the bar with the room above it that puts it in the middle of a line of text.
func (s *ShareBar) HeightFor(float32) float32 { return theme.S(16) }

func (s *ShareBar) arrange(size fyne.Size) {
	top, height := theme.S(5), theme.S(11)
	s.track.Move(fyne.NewPos(0, top))
	s.track.Resize(fyne.NewSize(size.Width, height))
	s.full.Move(fyne.NewPos(0, top))
	s.full.Resize(fyne.NewSize(size.Width*float32(s.percent)/100, height))
}
