package softwindow

// What may change here: how it is found out what changed since the picture before, and how that is painted.

import (
	"image"
	"image/color"
	"image/draw"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

const (
	keepFrames  = 240 // pixels that nobody needed for so many frames go
	mostPatches = 8   // more places that changed are taken for one
)

// item is one object of the picture: what it looks like, where its pixels begin, and the part of the window in which it is seen.
type item struct {
	look look
	at   image.Point
	seen image.Rectangle
}

// Picture is what a window shows. The zero value is ready. Drawing thread.
type Picture struct {
	pix     *image.RGBA
	items   []item
	before  []item
	ground  color.NRGBA
	sprites map[look]*sprite
	frame   int
}

// Update brings the picture to what the trees look like now, and returns the places in it that changed, in pixels, which do not
// overlap. size is that of the window in pixels. era rises with each refresh, images with each of one image.
func (p *Picture) Update(trees []fyne.CanvasObject, size image.Point, scale float32, ground color.Color, era int, images map[*canvas.Image]int) []image.Rectangle {
	p.frame++
	if p.sprites == nil {
		p.sprites = map[look]*sprite{}
	}
	whole := image.Rectangle{Max: size}
	p.before, p.items = p.items, p.before[:0]
	for _, tree := range trees {
		visit(tree, fyne.Position{}, everywhere, func(o fyne.CanvasObject, place, clip area) bool {
			p.add(o, place, clip, scale, whole, era, images)
			return true
		}, nil)
	}
	var patches []image.Rectangle
	if base := straight(ground); p.pix == nil || p.pix.Rect != whole || p.ground != base {
		p.pix, p.ground = image.NewRGBA(whole), base
		patches = []image.Rectangle{whole}
	} else {
		patches = apart(changed(p.before, p.items))
	}
	for _, patch := range patches {
		p.paint(patch)
	}
	if p.frame%keepFrames == 0 {
		for l, s := range p.sprites {
			if p.frame-s.used > keepFrames {
				delete(p.sprites, l)
			}
		}
	}
	return patches
}

// Image is the picture itself. It changes with the next Update.
func (p *Picture) Image() *image.RGBA { return p.pix }

// add takes one object into the picture, when it shows anything.
func (p *Picture) add(o fyne.CanvasObject, place, clip area, scale float32, whole image.Rectangle, era int, images map[*canvas.Image]int) {
	switch o.(type) {
	case *fyne.Container, fyne.Widget:
		return
	}
	right, bottom := min(clip.at.X+clip.size.Width, 1e6), min(clip.at.Y+clip.size.Height, 1e6)
	room := image.Rect(pixels(clip.at.X, scale), pixels(clip.at.Y, scale), pixels(right, scale), pixels(bottom, scale)).Intersect(whole)
	// what is far outside costs nothing: no stroke or descender reaches further than its own size and this
	const reach = 64
	rough := image.Rect(pixels(place.at.X-reach, scale), pixels(place.at.Y-reach, scale),
		pixels(place.at.X+place.size.Width+reach, scale), pixels(place.at.Y+place.size.Height+reach, scale))
	if rough.Intersect(room).Empty() {
		return
	}
	l := lookOf(o, scale, era, images)
	if l.kind == nothing {
		return
	}
	it := item{look: l}
	if l.kind == plain {
		it.at = image.Pt(pixels(place.at.X, scale), pixels(place.at.Y, scale))
		it.seen = image.Rectangle{it.at, it.at.Add(image.Pt(pixels(l.width, scale), pixels(l.height, scale)))}.Intersect(room)
	} else {
		s := p.sprite(l, o)
		at := place.at
		if t, ok := o.(*canvas.Text); ok {
			switch t.Alignment {
			case fyne.TextAlignTrailing:
				at.X += place.size.Width - s.min.Width
			case fyne.TextAlignCenter:
				at.X += (place.size.Width - s.min.Width) / 2
			}
			if place.size.Height > s.min.Height {
				at.Y += (place.size.Height - s.min.Height) / 2
			}
		}
		margin := pixels(l.margin(), scale)
		it.at = image.Pt(pixels(at.X, scale)-margin, pixels(at.Y, scale)-margin)
		it.seen = image.Rectangle{it.at, it.at.Add(s.pix.Rect.Size())}.Intersect(room)
	}
	if it.seen.Empty() {
		return
	}
	p.items = append(p.items, it)
}

// sprite gives the pixels of a look, made at the first time. Those of a raster are its program's, and asked for each time.
func (p *Picture) sprite(l look, o fyne.CanvasObject) *sprite {
	if s, ok := p.sprites[l]; ok && l.kind != raster {
		s.used = p.frame
		return s
	}
	s := l.make(o)
	s.used = p.frame
	p.sprites[l] = s
	return s
}

// changed lists the places in which two pictures differ. What begins and ends alike is skipped, so that a line that came or went
// in the middle is what changed, and not everything after it.
func changed(before, after []item) []image.Rectangle {
	same := func(a, b item) bool { return a == b && a.look.kind != raster }
	for len(before) > 0 && len(after) > 0 && same(before[0], after[0]) {
		before, after = before[1:], after[1:]
	}
	for len(before) > 0 && len(after) > 0 && same(before[len(before)-1], after[len(after)-1]) {
		before, after = before[:len(before)-1], after[:len(after)-1]
	}
	var out []image.Rectangle
	if len(before) == len(after) {
		for i := range after {
			if !same(before[i], after[i]) {
				out = append(out, before[i].seen, after[i].seen)
			}
		}
		return out
	}
	left := make(map[item]int, len(before))
	for _, it := range before {
		left[it]++
	}
	order := make([]item, 0, len(after)) // of those in both, whether one now lies over another is seen below
	for _, it := range after {
		if left[it] > 0 && it.look.kind != raster {
			left[it]--
			order = append(order, it)
			continue
		}
		out = append(out, it.seen)
	}
	for it, n := range left {
		if n > 0 {
			out = append(out, it.seen)
		}
	}
	i := 0 // those in both must come in the same order, or what lies over what has changed
	for _, it := range before {
		if i < len(order) && order[i] == it {
			i++
		}
	}
	for ; i < len(order); i++ {
		out = append(out, order[i].seen)
	}
	return out
}

// apart makes of places that may overlap some that do not.
func apart(places []image.Rectangle) []image.Rectangle {
	var out []image.Rectangle
	for _, place := range places {
		if place.Empty() {
			continue
		}
		for i := 0; i < len(out); i++ {
			if out[i].Overlaps(place) {
				place = place.Union(out[i])
				out = slices.Delete(out, i, i+1)
				i = -1 // it has grown, and may meet one that was passed
			}
		}
		out = append(out, place)
	}
	if len(out) <= mostPatches {
		return out
	}
	one := image.Rectangle{}
	for _, place := range out {
		one = one.Union(place)
	}
	return []image.Rectangle{one}
}

// paint paints one place of the picture anew.
func (p *Picture) paint(patch image.Rectangle) {
	first := 0 // what lies under something that covers the whole place is not seen
	for i := len(p.items) - 1; i >= 0; i-- {
		if it := p.items[i]; it.look.kind == plain && it.look.fill.A == 0xff && patch.In(it.seen) {
			first = i
			break
		}
	}
	draw.Draw(p.pix, patch, image.NewUniform(p.ground), image.Point{}, draw.Src)
	for _, it := range p.items[first:] {
		part := it.seen.Intersect(patch)
		if part.Empty() {
			continue
		}
		if it.look.kind == plain {
			draw.Draw(p.pix, part, image.NewUniform(it.look.fill), image.Point{}, draw.Over)
			continue
		}
		draw.Draw(p.pix, part, p.sprites[it.look].pix, part.Min.Sub(it.at), draw.Over)
	}
}
