package screens

// What may change here: how little on a page is set in the middle of its height.

import (
	"image/color"

	"fyne.io/fyne/v2/canvas"

	"cmc/ui/control"
	"cmc/ui/theme"
)

// spring is the room above something that stands in the middle of a page when there is room, and at its top when not.
type spring struct {
	*canvas.Rectangle
	page *control.Page
	what control.Flow
}

func newSpring(page *control.Page, what control.Flow) *spring {
	return &spring{canvas.NewRectangle(color.Transparent), page, what}
}

// HeightFor gives the room above (control.Flow).
func (s *spring) HeightFor(width float32) float32 {
	return max(theme.S(24), (s.page.Size().Height-s.what.HeightFor(width))/2-theme.S(12))
}

// NaturalWidth asks for none (control.Flow).
func (s *spring) NaturalWidth() float32 { return 0 }

// rule is a thin line across.
func rule() *control.Stack { return control.VStack(0).Inset(0, 0, 1, 0).Ground(theme.Line) }
