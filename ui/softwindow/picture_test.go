package softwindow

// What may change here: what is proved about the picture: that it is Fyne's, and that the places that changed are all that changed.

import (
	"fmt"
	"image"
	"image/color"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

var red, see = color.NRGBA{R: 0xc0, A: 0xff}, color.NRGBA{B: 0xff, A: 0x60}

// gallery is one of each that can be drawn.
func gallery() fyne.CanvasObject {
	var all []fyne.CanvasObject
	add := func(o fyne.CanvasObject) {
		o.Resize(fyne.NewSize(60, 24))
		o.Move(fyne.NewPos(float32(10+len(all)%4*70), float32(10+len(all)/4*34)))
		all = append(all, o)
	}
	words := func(s string, a fyne.TextAlign, style fyne.TextStyle) {
		o := canvas.NewText(s, red)
		o.Alignment, o.TextStyle = a, style
		add(o)
	}
	add(canvas.NewRectangle(red))
	add(canvas.NewRectangle(see))
	add(&canvas.Rectangle{FillColor: see, StrokeColor: red, StrokeWidth: 2, CornerRadius: 6})
	add(&canvas.Rectangle{StrokeColor: red, StrokeWidth: 1})
	words("gjq", fyne.TextAlignLeading, fyne.TextStyle{})
	words("Wide", fyne.TextAlignTrailing, fyne.TextStyle{Bold: true})
	words("Wj", fyne.TextAlignCenter, fyne.TextStyle{Italic: true})
	words("", fyne.TextAlignCenter, fyne.TextStyle{})
	add(canvas.NewCircle(red))
	add(&canvas.Line{StrokeColor: red, StrokeWidth: 3})
	add(canvas.NewHorizontalGradient(red, see))
	add(canvas.NewRasterWithPixels(func(x, y, _, _ int) color.Color { return color.NRGBA{R: uint8(4 * x), G: uint8(8 * y), A: 0xff} }))
	dots := image.NewNRGBA(image.Rect(0, 0, 8, 8))
	dots.Set(3, 3, red)
	shown := canvas.NewImageFromImage(dots)
	shown.FillMode = canvas.ImageFillContain
	add(shown)
	add(widget.NewButtonWithIcon("Go", theme.ConfirmIcon(), func() {}))
	add(widget.NewEntry())
	add(widget.NewCheck("Yes", func(bool) {}))
	long := canvas.NewRectangle(red)
	long.SetMinSize(fyne.NewSize(10, 90))
	scroll := container.NewVScroll(long)
	scroll.Offset.Y = 20
	add(scroll)
	return container.NewWithoutLayout(all...)
}

// TestThePictureIsFynesOwn draws one of each with both painters.
func TestThePictureIsFynesOwn(t *testing.T) {
	for _, scale := range []float32{1, 2} {
		t.Run(fmt.Sprint(scale), func(t *testing.T) {
			test.NewTempApp(t)
			content := gallery()
			c := software.NewCanvas()
			c.SetPadded(false)
			c.SetScale(scale)
			c.SetContent(content)
			c.Resize(fyne.NewSize(300, 200))
			want := c.Capture()
			var p Picture
			p.Update([]fyne.CanvasObject{content}, want.Bounds().Size(), scale, theme.Color(theme.ColorNameBackground), 0, nil)
			for y := range want.Bounds().Dy() {
				for x := range want.Bounds().Dx() {
					w, is := straight(want.At(x, y)), straight(p.Image().At(x, y))
					for _, d := range []int{int(w.R) - int(is.R), int(w.G) - int(is.G), int(w.B) - int(is.B)} {
						require.LessOrEqual(t, max(d, -d), 3, "at %d, %d: %v instead of %v", x, y, is, w)
					}
				}
			}
		})
	}
}

// TestThePlacesThatChangedAreAllThatChanged changes a window at random. What was painted in places is what is painted afresh.
func TestThePlacesThatChangedAreAllThatChanged(t *testing.T) {
	test.NewTempApp(t)
	rapid.Check(t, func(t *rapid.T) {
		inside := container.NewWithoutLayout()
		scroll := container.NewScroll(container.NewStack(inside))
		scroll.Move(fyne.NewPos(20, 20))
		scroll.Resize(fyne.NewSize(120, 90))
		outside := container.NewWithoutLayout(scroll)
		at := rapid.Custom(func(t *rapid.T) fyne.Position {
			return fyne.NewPos(float32(rapid.IntRange(-40, 300).Draw(t, "x"))/2, float32(rapid.IntRange(-40, 220).Draw(t, "y"))/2)
		})
		colour := rapid.SampledFrom([]color.Color{red, see, color.NRGBA{}, color.White})
		var p Picture
		var before []uint8
		size, era, images := image.Pt(160, 120), 0, map[*canvas.Image]int{}
		change := func() string {
			where := rapid.SampledFrom([]*fyne.Container{inside, outside}).Draw(t, "where")
			any := func() fyne.CanvasObject {
				return rapid.SampledFrom(where.Objects).Draw(t, "which")
			}
			what := rapid.SampledFrom([]string{"rectangle", "round", "text", "circle", "remove", "move", "hide", "raise", "colour", "scroll"}).Draw(t, "what")
			if len(where.Objects) == 0 {
				what = "rectangle"
			}
			switch what {
			case "rectangle", "round":
				r := canvas.NewRectangle(colour.Draw(t, "fill"))
				if what == "round" {
					r.CornerRadius, r.StrokeColor, r.StrokeWidth = 5, colour.Draw(t, "stroke"), 2
				}
				r.Resize(fyne.NewSize(50, 30))
				r.Move(at.Draw(t, "at"))
				where.Add(r)
			case "text":
				w := canvas.NewText(rapid.SampledFrom([]string{"gjq", "Words", "W"}).Draw(t, "words"), colour.Draw(t, "ink"))
				w.Resize(w.MinSize())
				w.Move(at.Draw(t, "at"))
				where.Add(w)
			case "circle":
				c := canvas.NewCircle(colour.Draw(t, "fill"))
				c.Resize(fyne.NewSize(20, 20))
				c.Move(at.Draw(t, "at"))
				where.Add(c)
				era++
			case "remove":
				if o := any(); o != fyne.CanvasObject(scroll) {
					where.Remove(o)
				}
			case "move":
				any().Move(at.Draw(t, "to"))
			case "hide":
				if o := any(); o.Visible() {
					o.Hide()
				} else {
					o.Show()
				}
			case "raise":
				o := any()
				where.Remove(o)
				where.Add(o)
			case "colour":
				switch o := any().(type) {
				case *canvas.Rectangle:
					o.FillColor = colour.Draw(t, "fill")
				case *canvas.Text:
					o.Color = colour.Draw(t, "ink")
				}
			case "scroll":
				scroll.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, float32(rapid.IntRange(-30, 30).Draw(t, "by")))})
			}
			return what
		}
		for range rapid.IntRange(2, 8).Draw(t, "pictures") {
			var what []string
			for range rapid.IntRange(1, 4).Draw(t, "changes") {
				what = append(what, change())
			}
			changed := p.Update([]fyne.CanvasObject{outside}, size, 1, color.White, era, images)
			var fresh Picture
			fresh.Update([]fyne.CanvasObject{outside}, size, 1, color.White, era, images)
			if string(fresh.Image().Pix) != string(p.Image().Pix) {
				t.Fatalf("after %v the picture is not what it would be afresh", what)
			}
			for i := 0; before != nil && i < len(before); i += 4 {
				if string(before[i:i+4]) == string(p.Image().Pix[i:i+4]) {
					continue
				}
				told := 0
				for _, place := range changed {
					if (image.Point{X: i / 4 % size.X, Y: i / 4 / size.X}).In(place) {
						told++
					}
				}
				if told != 1 {
					t.Fatalf("after %v a pixel changed that is in %d of the places", what, told)
				}
			}
			before = append([]uint8(nil), p.Image().Pix...)
		}
	})
}

// TestWhatLiesOverWhat: when two change places and a third comes, where they meet is painted anew.
func TestWhatLiesOverWhat(t *testing.T) {
	one := func(x int) item {
		return item{look: look{kind: plain, width: float32(x)}, seen: image.Rect(x, 0, x+10, 10)}
	}
	a, b, c, d := one(0), one(5), one(50), one(90)
	meet := false
	for _, place := range changed([]item{a, b, d}, []item{c, b, a, c, d}) {
		meet = meet || image.Rect(5, 0, 10, 10).In(place)
	}
	require.True(t, meet)
}
