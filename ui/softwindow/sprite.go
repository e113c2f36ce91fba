package softwindow

// What may change here: how one object becomes pixels. Fyne's own painter makes them, once for each look, and they are kept.

import (
	"image"
	"image/color"
	"image/draw"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/theme"
)

// look is all that decides the pixels of an object, wherever it stands. Two objects of one look share their pixels.
type look struct {
	kind          kind
	width, height float32 // in Fyne's units
	scale         float32

	fill, stroke color.NRGBA // text: fill
	strokeWidth  float32
	radius       [5]float32
	aspect       float32
	shadow       canvas.Shadow

	text  string
	size  float32
	style fyne.TextStyle
	font  fyne.Resource

	object fyne.CanvasObject // of what is not known by its values
	image  image.Image       // what an Image shows
	from   any
	era    int // rises when what is not known by its values may look otherwise
}

type kind uint8

const (
	nothing kind = iota
	plain        // a rectangle of one colour: needs no pixels
	rectangle
	text
	picture
	raster
	other
)

// margin is how far strokes, and the softening of edges, may reach over an object, in Fyne's units.
func (l look) margin() float32 {
	switch l.kind {
	case plain, raster, picture, text: // words begin where they stand, and reach over the right and the lower end alone
		return 0
	case rectangle:
		s := l.shadow
		reach := float32(0)
		if s.Color != nil {
			reach = s.BlurRadius*2 + max(s.Spread, 0) + float32(math.Max(math.Abs(float64(s.Offset.X)), math.Abs(float64(s.Offset.Y))))
		}
		return float32(math.Ceil(float64(l.strokeWidth + 2 + reach)))
	}
	return 8
}

func straight(c color.Color) color.NRGBA {
	if c == nil {
		return color.NRGBA{}
	}
	return color.NRGBAModel.Convert(c).(color.NRGBA)
}

// lookOf says how an object looks. era is counted up when objects are refreshed.
func lookOf(o fyne.CanvasObject, scale float32, era int, images map[*canvas.Image]int) look {
	size := o.Size()
	l := look{width: size.Width, height: size.Height, scale: scale}
	switch o := o.(type) {
	case *canvas.Rectangle:
		l.fill = straight(o.FillColor)
		if o.StrokeWidth > 0 {
			l.stroke, l.strokeWidth = straight(o.StrokeColor), o.StrokeWidth
			if l.stroke.A == 0 {
				l.strokeWidth = 0
			}
		}
		l.radius = [5]float32{o.CornerRadius, o.TopLeftCornerRadius, o.TopRightCornerRadius, o.BottomLeftCornerRadius, o.BottomRightCornerRadius}
		l.aspect, l.shadow = o.Aspect, o.Shadow
		switch {
		case l.fill.A == 0 && l.strokeWidth == 0 && l.shadow == (canvas.Shadow{}):
			l.kind = nothing
		case l.strokeWidth == 0 && l.radius == [5]float32{} && l.aspect == 0 && l.shadow == (canvas.Shadow{}):
			l.kind = plain
		default:
			l.kind = rectangle
		}
	case *canvas.Text:
		if o.Text == "" {
			return l
		}
		l.kind, l.text, l.size, l.style, l.font = text, o.Text, o.TextSize, o.TextStyle, o.FontSource
		c := o.Color
		if c == nil {
			c = theme.Color(theme.ColorNameForeground)
		}
		l.fill = straight(c)
		l.width, l.height = 0, 0 // where it stands in its room does not change its pixels
	case *canvas.Image:
		l.kind, l.object, l.image, l.from, l.era = picture, o, o.Image, o.Resource, images[o]
		l.size, l.radius[0] = float32(o.Translucency), o.CornerRadius
	case *canvas.Raster:
		l.kind, l.object = raster, o
	case *fyne.Container, fyne.Widget:
	default:
		l.kind, l.object, l.era = other, o, era
	}
	if size.Width <= 0 || size.Height <= 0 {
		if l.kind != text && l.kind != other {
			l.kind = nothing
		}
	}
	return l
}

// sprite is the pixels of a look. Its left upper corner lies margin() outside the object's.
type sprite struct {
	pix  *image.RGBA
	min  fyne.Size // of a text: what it takes, by which it is centred and set to the right
	used int       // the frame that needed it last
}

// make paints the look of an object. o itself stays as it is.
func (l look) make(o fyne.CanvasObject) *sprite {
	margin := l.margin()
	s := &sprite{}
	var shown fyne.CanvasObject
	at, size := fyne.NewPos(margin, margin), o.Size()
	switch o := o.(type) {
	case *canvas.Raster:
		s.pix = straightened(o.Generator(pixels(size.Width, l.scale), pixels(size.Height, l.scale)))
		return s
	case *canvas.Text:
		alone := canvas.NewText(o.Text, l.fill)
		alone.TextSize, alone.TextStyle, alone.FontSource = o.TextSize, o.TextStyle, o.FontSource
		s.min = alone.MinSize()
		size = s.min
		alone.Resize(size)
		alone.Move(at)
		shown = alone
	case *canvas.Rectangle:
		alone := canvas.NewRectangle(o.FillColor)
		alone.StrokeColor, alone.StrokeWidth, alone.Aspect, alone.Shadow, alone.CornerRadius = o.StrokeColor, l.strokeWidth, o.Aspect, o.Shadow, o.CornerRadius
		alone.TopLeftCornerRadius, alone.TopRightCornerRadius = o.TopLeftCornerRadius, o.TopRightCornerRadius
		alone.BottomLeftCornerRadius, alone.BottomRightCornerRadius = o.BottomLeftCornerRadius, o.BottomRightCornerRadius
		alone.Resize(size)
		alone.Move(at)
		shown = alone
	default:
		around := container.NewWithoutLayout(o)
		around.Move(at.Subtract(o.Position()))
		shown = around
	}
	c := software.NewTransparentCanvas()
	c.SetPadded(false)
	c.SetScale(l.scale)
	c.SetContent(container.NewWithoutLayout(shown))
	room := fyne.NewSize(size.Width+2*margin, size.Height+2*margin)
	if l.kind == text {
		room = room.AddWidthHeight(1, 3) // what hangs or is drawn below the line
		if l.style.Italic {
			room.Width += l.size / 4
		}
	}
	c.Resize(room)
	s.pix = straightened(c.Capture())
	return s
}

// straightened is a picture whose pixels can be laid over others quickly.
func straightened(p image.Image) *image.RGBA {
	if ready, ok := p.(*image.RGBA); ok && ready.Rect.Min == (image.Point{}) {
		return ready
	}
	b := p.Bounds()
	out := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(out, out.Rect, p, b.Min, draw.Src)
	return out
}

// pixels is a length on the screen, as Fyne rounds it.
func pixels(v, scale float32) int { return int(math.Ceil(float64(v * scale))) }
