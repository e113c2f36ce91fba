package control

// What may change here: what a ground must look like, however it is put together.

import (
	"image"
	"image/color"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/require"

	"cmc/ui/theme"
)

func at(picture image.Image, x, y int) color.NRGBA {
	return color.NRGBAModel.Convert(picture.At(x, y)).(color.NRGBA)
}

// A ground of pieces must look as one rectangle does.
func TestGroundOfPieces(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(theme.New(theme.Light, 1))
	for _, one := range []struct {
		name          string
		edge, corner  float32
		width, height float32
	}{
		{"card", 1, 6, 400, 300}, {"thick edge", 3, 6, 400, 300}, {"square", 2, 0, 400, 300}, {"plain", 0, 0, 400, 300},
		{"no edge", 0, 6, 400, 300}, {"small", 0, 6, 80, 40}, {"low", 0, 6, 1200, 24},
	} {
		t.Run(one.name, func(t *testing.T) {
			s := VStack(0).Ground(theme.Paper)
			if one.edge > 0 || one.corner > 0 {
				s.Bordered(theme.Red, one.edge, one.corner)
			}
			// The edge lies inside, as on a real screen; Fyne's painter for tests would lay half of a stroke outside.
			outside, inside := canvas.NewRectangle(theme.Colour(theme.Red)), canvas.NewRectangle(theme.Colour(theme.Paper))
			outside.CornerRadius, inside.CornerRadius = one.corner, max(one.corner-one.edge, 0)
			inside.Move(fyne.NewPos(one.edge, one.edge))
			inside.Resize(fyne.NewSize(one.width-2*one.edge, one.height-2*one.edge))
			outside.Resize(fyne.NewSize(one.width, one.height))
			outside.Hidden = one.edge == 0
			size := fyne.NewSize(one.width, one.height)
			draw := func(o fyne.CanvasObject) image.Image {
				win := test.NewWindow(container.NewWithoutLayout(o))
				defer win.Close()
				win.SetPadded(false)
				win.Resize(fyne.NewSize(one.width+40, one.height+40))
				o.Move(fyne.NewPos(20, 20))
				o.Resize(size)
				return win.Canvas().Capture()
			}
			got, want := draw(s), draw(container.NewWithoutLayout(outside, inside))
			require.Equal(t, want.Bounds(), got.Bounds())
			far := 0
			for y := range want.Bounds().Dy() {
				for x := range want.Bounds().Dx() {
					a, b := at(got, x, y), at(want, x, y)
					if max(difference(a.R, b.R), difference(a.G, b.G), difference(a.B, b.B)) > 40 { // a softened edge is no other look
						far++
					}
				}
			}
			require.Zero(t, far, "pixels look another way")
		})
	}
}

func difference(a, b uint8) int { return max(int(a)-int(b), int(b)-int(a)) }

func TestGroundChangesItsColour(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(theme.New(theme.Light, 1))
	s := VStack(0).Ground(theme.Paper).Bordered(theme.Line, 1, 6)
	win := test.NewWindow(s)
	defer win.Close()
	win.SetPadded(false)
	win.Resize(fyne.NewSize(400, 300))
	middle := func() color.NRGBA { return at(win.Canvas().Capture(), 200, 150) }
	require.Equal(t, theme.Current().Colour(theme.Paper), middle())
	s.SetGround(theme.Edited)
	require.Equal(t, theme.Current().Colour(theme.Edited), middle())
	s.SetBorder(theme.Red, 4)
	require.Equal(t, theme.Current().Colour(theme.Red), at(win.Canvas().Capture(), 2, 150), "the edge at the left")
	require.Equal(t, theme.Current().Colour(theme.Red), at(win.Canvas().Capture(), 397, 150), "the edge at the right")
	require.Equal(t, theme.Current().Colour(theme.Red), at(win.Canvas().Capture(), 200, 2), "the edge at the top")
	require.Equal(t, theme.Current().Colour(theme.Red), at(win.Canvas().Capture(), 200, 297), "the edge at the foot")
	fyne.CurrentApp().Settings().SetTheme(theme.New(theme.Dark, 1))
	require.Equal(t, theme.Current().Colour(theme.Edited), middle(), "a dark theme")
}

// Where OpenGL draws, an area is a shader of its colour, one unit smaller at each side than what Fyne then draws of it; at a scale
// where that would not meet the pixels it is an image as everywhere else.
func TestAnAreaAsAShader(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(theme.New(theme.Light, 1))
	shaders = true
	defer func() { shaders = false }()
	area := NewFill(theme.Page)
	shader, ok := area.(*canvas.Shader)
	require.True(t, ok)
	SetFill(area, theme.BlueFill)
	blue := color.NRGBAModel.Convert(theme.Colour(theme.BlueFill)).(color.NRGBA)
	require.Equal(t, map[string]float32{"red": float32(blue.R) / 0xff, "green": float32(blue.G) / 0xff, "blue": float32(blue.B) / 0xff, "alpha": 1}, shader.Uniforms)
	PlaceFill(area, 10, 20, 300, 1)
	require.Equal(t, fyne.NewPos(11, 21), area.Position())
	require.Equal(t, fyne.NewSize(298, 0), area.Size())
	win := test.NewWindow(canvas.NewRectangle(color.White))
	defer win.Close()
	win.Canvas().(interface{ SetScale(float32) }).SetScale(1.5)
	require.IsType(t, &canvas.Image{}, NewFill(theme.Page))
}
