package screens

// What may change here: how an old and a new answer stand side by side. Which answers differ is forms.Diff's.

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"cmc/api"
	"cmc/forms"
	"cmc/ui/control"
	"cmc/ui/theme"
)

const (
	compareName  = 0.24 // of the width; the rest is shared by old and new
	compareFirst = 0.34 // of the width, where there is no old version
	comparePad   = 12
	compareGap   = 9
)

// compareRow is one answer: its name, what it was and what it is, on grounds that reach the edges. The signs say the same as
// the grounds.
type compareRow struct {
	widget.BaseWidget
	head     bool
	first    bool // there is no old version: the new one has its room
	name     fyne.CanvasObject
	old, new fyne.CanvasObject
}

// newCompareHead is the head of the comparison.
func newCompareHead(old, new string, first bool) *compareRow {
	r := &compareRow{head: true, first: first, name: control.Strong(""), old: control.Strong(old), new: control.Strong(new)}
	r.ExtendBaseWidget(r)
	return r
}

// newCompareRow is one change with the comments that were made on it.
func newCompareRow(c forms.Change, comments []api.Comment, first bool) *compareRow {
	label := c.Label
	if c.RowTitle != "" {
		label += ": " + c.RowTitle
	}
	name := []fyne.CanvasObject{control.Strong(label)}
	var tags []fyne.CanvasObject
	if c.Critical {
		tags = append(tags, control.SmallTag("Critical", control.Alarm))
	}
	if c.Hidden {
		tags = append(tags, control.SmallTag("No longer applies", control.Neutral))
	}
	if len(tags) > 0 {
		name = append(name, control.HStack(4, tags...))
	}
	for _, k := range comments {
		words := "Comment by " + k.By + ": " + k.Text
		if k.Done {
			words = "Answered. " + words
		}
		name = append(name, control.Small(words))
	}
	r := &compareRow{first: first, name: control.VStack(3, name...)}
	if c.Same {
		r.old = control.Rich(15, control.Span{Text: c.Old, Muted: true})
		r.new = control.Rich(15, control.Span{Text: "Not changed", Muted: true})
	} else {
		old := c.Old
		if old == "" {
			old = "Not recorded"
		}
		r.old = control.Rich(15, control.Span{Text: "− ", Strong: true, Muted: true}, control.Span{Text: old, Muted: true})
		if c.New == "" {
			r.new = control.Rich(15, control.Span{Text: "− ", Strong: true, Colour: theme.Red}, control.Span{Text: "Taken out", Strong: c.Critical})
		} else {
			r.new = control.Rich(15, control.Span{Text: "+ ", Strong: true, Colour: theme.Green}, control.Span{Text: c.New, Strong: c.Critical})
		}
	}
	r.ExtendBaseWidget(r)
	return r
}

func (r *compareRow) widths(width float32) (name, old, new float32) {
	if r.first {
		name = float32(int(width * compareFirst))
		return name, 0, width - name
	}
	name = float32(int(width * compareName))
	return name, (width - name) / 2, (width - name) / 2
}

// HeightFor gives the height at a width (control.Flow).
func (r *compareRow) HeightFor(width float32) float32 {
	name, old, new := r.widths(width)
	pad := 2 * theme.S(comparePad)
	h := max(control.HeightFor(r.name, name-pad), control.HeightFor(r.new, new-pad))
	if !r.first {
		h = max(h, control.HeightFor(r.old, old-pad))
	}
	return h + 2*theme.S(compareGap)
}

// NaturalWidth asks for a table's width (control.Flow).
func (r *compareRow) NaturalWidth() float32 { return theme.S(700) }

// CreateRenderer draws the row.
func (r *compareRow) CreateRenderer() fyne.WidgetRenderer {
	d := &compareRenderer{r: r, a: canvas.NewRectangle(nil), b: canvas.NewRectangle(nil), c: canvas.NewRectangle(nil)}
	d.paint()
	return d
}

type compareRenderer struct {
	r       *compareRow
	a, b, c *canvas.Rectangle
}

func (d *compareRenderer) paint() {
	if d.r.head {
		for _, g := range []*canvas.Rectangle{d.a, d.b, d.c} {
			g.FillColor = theme.Colour(theme.Side)
		}
		return
	}
	d.a.FillColor = theme.Colour(theme.Paper)
	d.a.Hidden = true // the row's own ground shows the focus
	d.b.FillColor = theme.Colour(theme.Hover)
	d.c.FillColor = added()
}

func (d *compareRenderer) MinSize() fyne.Size {
	return fyne.NewSize(theme.S(200), d.r.HeightFor(max(d.r.Size().Width, theme.S(200))))
}

func (d *compareRenderer) Layout(size fyne.Size) {
	name, old, new := d.r.widths(size.Width)
	pad, gap := theme.S(comparePad), theme.S(compareGap)
	put := func(o fyne.CanvasObject, x, y, w, h float32) {
		o.Move(fyne.NewPos(x, y))
		o.Resize(fyne.NewSize(w, h))
	}
	put(d.a, 0, 0, name, size.Height)
	put(d.b, name, 0, old, size.Height)
	put(d.c, name+old, 0, new, size.Height)
	put(d.r.name, pad, gap, name-2*pad, control.HeightFor(d.r.name, name-2*pad))
	put(d.r.new, name+old+pad, gap, new-2*pad, control.HeightFor(d.r.new, new-2*pad))
	if d.r.first {
		return
	}
	put(d.r.old, name+pad, gap, old-2*pad, control.HeightFor(d.r.old, old-2*pad))
}

func (d *compareRenderer) Refresh() {
	d.paint()
	canvas.Refresh(d.r)
}

func (d *compareRenderer) Destroy() {}
func (d *compareRenderer) Objects() []fyne.CanvasObject {
	if d.r.first {
		return []fyne.CanvasObject{d.a, d.c, d.r.name, d.r.new}
	}
	return []fyne.CanvasObject{d.a, d.b, d.c, d.r.name, d.r.old, d.r.new}
}

// added is the ground of a new answer: the green of what is good, thinned so that long words read easily on it.
func added() color.Color {
	mix := func(a, b uint32) uint8 { return uint8((a*2 + b*3) / 5 >> 8) }
	r1, g1, b1, _ := theme.Colour(theme.GoodFill).RGBA()
	r2, g2, b2, _ := theme.Colour(theme.Paper).RGBA()
	return color.NRGBA{R: mix(r1, r2), G: mix(g1, g2), B: mix(b1, b2), A: 0xff}
}
