package control

// What may change here: of which pieces a ground is made. Fyne works out edges, corners and shadows of a rectangle for every
// one of its pixels; without a graphics card a ground as large as the window then takes 12 ms of each frame, with round corners
// twice that. One pixel stretched over the same room takes 6, a shader that only gives a colour 3.5, and where the window's own
// ground has the colour already, nothing need be drawn.

import (
	"image"
	"image/color"
	"maps"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"cmc/ui/theme"
)

// piecemeal is the area, in square pixels, from which an edged ground is put together from pieces.
const piecemeal = 24000

// A ground is what something stands on: a colour, with an edge and round corners where wanted. A small one is one rectangle. A
// large one is one stretched pixel between caps, which have the corners: a cap in the colour of the edge with one in that of
// the ground inside it, at the top and at the foot, and a line at either side.
type ground struct {
	fill                               fyne.CanvasObject
	one, left, right                   *canvas.Rectangle
	top, insideTop, bottom, insideFoot *canvas.Rectangle
	edge, corner                       float32
	size                               fyne.Size
}

// shaders says that areas are drawn by shaders of our own (UseShaders).
var shaders bool

// UseShaders has plain areas drawn by a shader of our own, which is quicker than anything that Fyne has for them. Only a window that
// OpenGL draws can do so; nothing else would show them. Call it before the first control is made.
func UseShaders() { shaders = true }

const (
	plainShader = `#version 110
uniform float red;
uniform float green;
uniform float blue;
uniform float alpha;
void main() { gl_FragColor = vec4(red, green, blue, alpha); }
`
	plainShaderES = `#version 100
precision mediump float;
uniform float red;
uniform float green;
uniform float blue;
uniform float alpha;
void main() { gl_FragColor = vec4(red, green, blue, alpha); }
`
)

// NewFill is a plain area of a colour, for grounds as wide as the window: it is drawn much faster than a rectangle. SetFill changes
// its colour.
func NewFill(n theme.Name) fyne.CanvasObject { return newFill(theme.Colour(n)) }

// SetFill gives an area of NewFill another colour.
func SetFill(o fyne.CanvasObject, n theme.Name) { setFill(o, theme.Colour(n)) }

func newFill(c color.Color) fyne.CanvasObject {
	if shaders && wholeScale() {
		s := canvas.NewShader("plain area", []byte(plainShader), []byte(plainShaderES))
		setFill(s, c)
		return s
	}
	i := canvas.NewImageFromImage(pixel(c))
	i.FillMode, i.ScaleMode = canvas.ImageFillStretch, canvas.ImageScalePixels
	return i
}

func setFill(o fyne.CanvasObject, c color.Color) {
	now := color.NRGBAModel.Convert(c).(color.NRGBA)
	switch o := o.(type) {
	case *canvas.Shader:
		part := func(of uint8) float32 { return float32(of) / 0xff }
		next := map[string]float32{"red": part(now.R), "green": part(now.G), "blue": part(now.B), "alpha": part(now.A)}
		if !maps.Equal(o.Uniforms, next) {
			o.Uniforms = next
			touch(o)
		}
	case *canvas.Image:
		if was, ok := o.Image.(*image.NRGBA); ok && was.NRGBAAt(0, 0) == now {
			return
		}
		o.Image = pixel(c)
		o.Refresh()
	}
}

// PlaceFill gives an area of NewFill its place.
func PlaceFill(o fyne.CanvasObject, x, y, w, h float32) {
	// Fyne draws a shader over one unit more at every side, for those that soften their edges. This one cannot leave pixels out:
	// that alone would make it as slow as an image.
	if _, ok := o.(*canvas.Shader); ok {
		x, y, w, h = x+1, y+1, w-2, h-2
	}
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(max(w, 0), max(h, 0)))
}

// wholeScale says whether a unit is a whole number of the screen's pixels. Where it is not, what Fyne draws too much around a shader
// cannot be foreseen to the pixel.
func wholeScale() bool {
	app := fyne.CurrentApp()
	if app == nil {
		return false
	}
	for _, w := range app.Driver().AllWindows() {
		if x, _ := w.Canvas().PixelCoordinateForPosition(fyne.NewPos(100, 0)); x != 100 && x != 200 {
			return false
		}
	}
	return true
}

// conceal hides or shows an area of NewFill without having the window drawn.
func conceal(o fyne.CanvasObject, hidden bool) {
	switch o := o.(type) {
	case *canvas.Shader:
		o.Hidden = hidden
	case *canvas.Image:
		o.Hidden = hidden
	}
}

func pixel(c color.Color) *image.NRGBA {
	p := image.NewNRGBA(image.Rect(0, 0, 1, 1))
	p.Set(0, 0, c)
	return p
}

func newGround() *ground {
	g := &ground{fill: NewFill(theme.Page)}
	for _, part := range []**canvas.Rectangle{&g.one, &g.left, &g.right, &g.top, &g.insideTop, &g.bottom, &g.insideFoot} {
		*part = canvas.NewRectangle(color.Transparent)
	}
	return g
}

// parts are what is drawn, in order.
func (g *ground) parts() []fyne.CanvasObject {
	return []fyne.CanvasObject{g.one, g.top, g.insideTop, g.bottom, g.insideFoot, g.fill, g.left, g.right}
}

// paint gives the ground its colours, the width of its edge (0: none) and the radius of its corners.
func (g *ground) paint(fill, edge color.Color, width, corner float32) {
	setFill(g.fill, fill)
	g.edge, g.corner = width, corner
	g.one.FillColor, g.one.CornerRadius, g.one.StrokeColor, g.one.StrokeWidth = fill, corner, nil, 0
	if width > 0 {
		g.one.StrokeColor, g.one.StrokeWidth = edge, width
	}
	for _, outside := range []*canvas.Rectangle{g.top, g.bottom, g.left, g.right} {
		outside.FillColor = edge
	}
	g.top.CornerRadius, g.bottom.CornerRadius = corner, corner
	for _, inside := range []*canvas.Rectangle{g.insideTop, g.insideFoot} {
		inside.FillColor, inside.CornerRadius = fill, max(corner-whole(width), 0)
	}
	g.place(g.size)
}

// place puts the pieces over the size, from the top left.
func (g *ground) place(size fyne.Size) {
	g.size = size
	edge := whole(g.edge)
	cap := max(edge, whole(g.corner)) + 1
	plain := g.edge == 0 && g.corner == 0
	pieces := !plain && size.Width*size.Height >= piecemeal && size.Height > 4*cap
	g.one.Hidden = plain || pieces
	conceal(g.fill, !plain && !pieces)
	for _, outside := range []*canvas.Rectangle{g.top, g.bottom, g.left, g.right} {
		outside.Hidden = !pieces || edge == 0
	}
	g.insideTop.Hidden, g.insideFoot.Hidden = !pieces, !pieces
	put := func(o fyne.CanvasObject, x, y, w, h float32) {
		o.Move(fyne.NewPos(x, y))
		o.Resize(fyne.NewSize(w, h))
	}
	if !pieces {
		put(g.one, 0, 0, size.Width, size.Height)
		PlaceFill(g.fill, 0, 0, size.Width, size.Height)
		return
	}
	foot, between, inside := size.Height-2*cap, size.Height-2*cap, size.Width-2*edge
	put(g.top, 0, 0, size.Width, 2*cap)
	put(g.insideTop, edge, edge, inside, 2*cap-edge)
	put(g.bottom, 0, foot, size.Width, 2*cap)
	put(g.insideFoot, edge, foot, inside, 2*cap-edge)
	PlaceFill(g.fill, edge, cap, inside, between)
	put(g.left, 0, cap, edge, between)
	put(g.right, size.Width-edge, cap, edge, between)
}

// whole is a length in whole pixels, so that the pieces of an edge meet.
func whole(length float32) float32 { return float32(int(length + 0.5)) }
