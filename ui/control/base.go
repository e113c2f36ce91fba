package control

// What may change here: what all controls share: who contains them, the focus ring, and what happens with a key that a
// control does not use.

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"cmc/ui/theme"
)

// A Flow is an object that knows how tall it is for a given width.
type Flow interface {
	fyne.CanvasObject
	// HeightFor gives the height that the object needs at this width. It must be cheap to ask twice.
	HeightFor(width float32) float32
	// NaturalWidth gives the width at which the object needs no wrapping.
	NaturalWidth() float32
}

// An owner contains controls. It is told when one of them has another height than before, when one gets the keyboard, and
// of keys that nobody used.
type owner interface {
	childGrew()
	childFocused(child fyne.CanvasObject, area rect)
	pageKey(ev *fyne.KeyEvent) bool
	far(top, bottom float32) bool // does this stretch of the owner lie far outside of what its page shows? Page.Deferring
	arrangeNow()                  // what waits to come near is arranged, from the outside in
}

type owned interface{ setOwner(o owner) }

// stale is something that must arrange its parts again even when its size stays the same.
type stale interface {
	isStale() bool
	arrange(size fyne.Size)
}

type rect struct{ x, y, w, h float32 }

// impl is what every control gives to its renderer.
type impl interface {
	fyne.Widget
	Flow
	arrange(size fyne.Size)
	parts() []fyne.CanvasObject
	minWidth() float32
	paint() // take the colours of the theme again
}

// base is what every control embeds.
type base struct {
	widget.BaseWidget
	self     impl
	up       owner
	objs     []fyne.CanvasObject
	ring     *[2]*canvas.Rectangle
	ringArea rect
	radius   float32
	focused  bool
	inside   bool // the ring is drawn inside the edge, above the ground: rows that touch each other
	edged    bool // the control has a dark edge of its own, so the ring needs only a thin one
	lit      bool // the ring is filled with yellow, behind dark words: links have no ground of their own

	away bool                // far from what its page shows when that was arranged last
	keys []fyne.CanvasObject // what takes the keyboard in something that is away

	cachedWidth, cachedHeight float32
	cachedGen                 int
	cached                    bool
	dirty                     bool
}

func (b *base) extend(self impl) {
	b.self = self
	b.ExtendBaseWidget(self)
}

func (b *base) setOwner(o owner)           { b.up = o }
func (b *base) parts() []fyne.CanvasObject { return b.objs }
func (b *base) minWidth() float32          { return b.self.NaturalWidth() }
func (b *base) isStale() bool              { return b.dirty }

// height answers HeightFor from the last answer where that still holds.
func (b *base) height(width float32, compute func(float32) float32) float32 {
	gen := theme.Generation()
	if b.cached && b.cachedWidth == width && b.cachedGen == gen {
		return b.cachedHeight
	}
	h := compute(width)
	b.cached, b.cachedWidth, b.cachedHeight, b.cachedGen = true, width, h, gen
	return h
}

// grew forgets the height and tells the container. Without one, the control arranges itself in the size that it has.
func (b *base) grew() {
	b.cached = false
	b.dirty = true
	if b.up != nil {
		b.up.childGrew()
		return
	}
	if size := b.Size(); size.Width > 0 {
		b.dirty = false
		b.self.arrange(size)
	}
	touch(b.self)
}

// CreateRenderer links the control to Fyne.
func (b *base) CreateRenderer() fyne.WidgetRenderer { return renderer{b} }

type renderer struct{ b *base }

func (r renderer) Layout(size fyne.Size) {
	r.b.dirty = false
	r.b.self.arrange(size)
}

func (r renderer) MinSize() fyne.Size {
	if r.b.up != nil {
		return fyne.Size{} // its owner asks HeightFor; Fyne would ask before every frame, and have the owner arrange it all again
	}
	w := r.b.Size().Width
	least := r.b.self.minWidth()
	if w < least {
		w = least
	}
	return fyne.NewSize(least, r.b.self.HeightFor(w))
}

func (r renderer) Refresh() {
	r.b.cached = false
	r.b.self.paint()
	r.b.paintRing()
	canvas.Refresh(r.b.self)
}

// Objects is what Fyne goes through to draw, and to find the next thing for Tab. What is away is asked again where it is, so that
// nothing can stay unseen by mistake.
func (r renderer) Objects() []fyne.CanvasObject {
	if r.b.away && r.b.far(0, r.b.Size().Height) {
		return r.b.keys
	}
	return r.b.self.parts()
}
func (r renderer) Destroy() {}

// showRing draws the ring around the given area, which is the whole control when w is zero.
func (b *base) showRing(on bool) {
	b.focused = on
	if b.ring == nil {
		if !on {
			return
		}
		outer, inner := canvas.NewRectangle(color.Transparent), canvas.NewRectangle(color.Transparent)
		b.ring = &[2]*canvas.Rectangle{outer, inner}
		b.paintRing()
		if s, ok := b.self.(interface{ rebuildParts() }); ok {
			s.rebuildParts()
		} else {
			b.objs = append([]fyne.CanvasObject{outer, inner}, b.objs...)
		}
	}
	b.ring[0].Hidden, b.ring[1].Hidden = !on, !on
	b.placeRing()
	touch(b.self)
	if on {
		b.announce()
	}
}

// far asks the page, through all that is around this control.
func (b *base) far(top, bottom float32) bool {
	if b.up == nil {
		return false
	}
	y := b.Position().Y
	return b.up.far(y+top, y+bottom)
}

func (b *base) arrangeNow() {
	if b.up != nil {
		b.up.arrangeNow()
	}
}

// setAway notes whether the control is far from what its page shows.
func (b *base) setAway(away bool) {
	b.away, b.keys = away, nil // a new list: Fyne may be going through the old one
	if away {
		b.keys = appendKeys(nil, b.self.parts())
	}
}

// appendKeys adds what takes the keyboard, in the order of Tab.
func appendKeys(keys, objs []fyne.CanvasObject) []fyne.CanvasObject {
	for _, o := range objs {
		if !o.Visible() {
			continue
		}
		if _, ok := o.(fyne.Focusable); ok {
			keys = append(keys, o)
			continue
		}
		switch o := o.(type) {
		case impl:
			keys = appendKeys(keys, o.parts())
		case *fyne.Container:
			keys = appendKeys(keys, o.Objects)
		case fyne.Widget:
			keys = append(keys, o)
		}
	}
	return keys
}

// announce tells the containers and whoever listens that this control, or a part of it, has the keyboard.
func (b *base) announce() {
	b.arrangeNow() // Tab finds what waits
	area := b.ringRect()
	if b.up != nil {
		b.up.childFocused(b.self, area)
	}
	for _, l := range listeners {
		l.heard(b.self)
	}
}

func (b *base) ringRect() rect {
	area := b.ringArea
	if area.w == 0 {
		area = rect{0, 0, b.Size().Width, b.Size().Height}
	}
	return area
}

func (b *base) paintRing() {
	if b.ring == nil {
		return
	}
	names := []theme.Name{theme.Focus, theme.FocusEdge}
	if b.lit {
		names = []theme.Name{theme.FocusEdge, theme.Focus}
	}
	for i, n := range names {
		if b.inside {
			b.ring[i].StrokeColor = theme.Colour(n)
			b.ring[i].StrokeWidth = theme.S([]float32{4, 2}[i])
		} else {
			b.ring[i].FillColor = theme.Colour(n)
		}
	}
}

func (b *base) placeRing() {
	if b.ring == nil {
		return
	}
	area := b.ringRect()
	if b.inside {
		b.ring[0].Move(fyne.NewPos(area.x, area.y))
		b.ring[0].Resize(fyne.NewSize(area.w, area.h))
		in := theme.S(4)
		b.ring[1].Move(fyne.NewPos(area.x+in, area.y+in))
		b.ring[1].Resize(fyne.NewSize(area.w-2*in, area.h-2*in))
		return
	}
	outs := []float32{theme.S(5), theme.S(2)}
	switch {
	case b.lit:
		outs[0] = theme.S(4)
	case b.edged:
		outs[1] = theme.S(0.5)
	}
	for i, out := range outs {
		r := b.ring[i]
		r.CornerRadius = b.radius + out
		r.Move(fyne.NewPos(area.x-out, area.y-out))
		r.Resize(fyne.NewSize(area.w+2*out, area.h+2*out))
	}
}

// setParts replaces what is drawn, below the ring if there is one.
func (b *base) setParts(objs ...fyne.CanvasObject) {
	b.objs = b.objs[:0]
	if b.ring != nil {
		b.objs = append(b.objs, b.ring[0], b.ring[1])
	}
	b.objs = append(b.objs, objs...)
}

// pass hands a key that the control does not use to the page (Page Up and Page Down) or to the window (Esc, F1).
func (b *base) pass(ev *fyne.KeyEvent) {
	if b.up != nil && b.up.pageKey(ev) {
		return
	}
	if c := canvasOf(b.self); c != nil && c.OnTypedKey() != nil {
		c.OnTypedKey()(ev)
	}
}

// passShortcut hands a shortcut to the window.
func (b *base) passShortcut(s fyne.Shortcut) {
	if c := canvasOf(b.self); c != nil {
		giveShortcut(c, s)
	}
}

// giveShortcut hands a shortcut to a window. The canvas of a real window takes it; the one of Fyne's tests cannot be asked, so
// a test puts its own function here.
var giveShortcut = func(c fyne.Canvas, s fyne.Shortcut) {
	if h, ok := c.(interface{ TypedShortcut(fyne.Shortcut) }); ok {
		h.TypedShortcut(s)
	}
}

// Focus gives something the keyboard, also where it waits to come near what its page shows (Page.Deferring): a canvas of Fyne
// passes over what was never arranged.
func Focus(c fyne.Canvas, f fyne.Focusable) {
	if o, ok := f.(interface{ arrangeNow() }); ok {
		o.arrangeNow()
	}
	c.Focus(f)
}

func (b *base) requestFocus() {
	if c := canvasOf(b.self); c != nil {
		if f, ok := b.self.(fyne.Focusable); ok {
			c.Focus(f)
		}
	}
}

func canvasOf(o fyne.CanvasObject) fyne.Canvas {
	app := fyne.CurrentApp()
	if app == nil {
		return nil
	}
	return app.Driver().CanvasForObject(o)
}

var nothing = canvas.NewRectangle(color.Transparent)

// touch has the window drawn again without throwing away anything that was drawn before.
func touch(o fyne.CanvasObject) {
	if c := canvasOf(o); c != nil {
		c.Refresh(nothing)
	}
}

// place gives an object its place. Something stale arranges its parts even when its size stays the same.
func place(o fyne.CanvasObject, x, y, w, h float32) {
	o.Move(fyne.NewPos(x, y))
	size := fyne.NewSize(w, h)
	if s, ok := o.(stale); ok && s.isStale() && o.Size() == size {
		if b, ok := o.(interface{ fresh() }); ok {
			b.fresh()
		}
		s.arrange(size)
		return
	}
	o.Resize(size)
}

func (b *base) fresh() { b.dirty = false }

// HeightFor gives the height that any object needs at a width. For objects that are no Flow that is their smallest height.
func HeightFor(o fyne.CanvasObject, width float32) float32 {
	if f, ok := o.(Flow); ok {
		return f.HeightFor(width)
	}
	return o.MinSize().Height
}

// NaturalWidth gives the width that any object would take if there were room.
func NaturalWidth(o fyne.CanvasObject) float32 {
	if f, ok := o.(Flow); ok {
		return f.NaturalWidth()
	}
	return o.MinSize().Width
}

func leastWidth(o fyne.CanvasObject) float32 {
	if f, ok := o.(impl); ok {
		return f.minWidth()
	}
	return o.MinSize().Width
}

type listener struct{ heard func(fyne.CanvasObject) }

var listeners []*listener

// OnFocus calls heard with each control that gets the keyboard, until cancel is called.
func OnFocus(heard func(fyne.CanvasObject)) (cancel func()) {
	l := &listener{heard}
	listeners = append(listeners, l)
	return func() {
		for i, other := range listeners {
			if other == l {
				listeners = append(listeners[:i:i], listeners[i+1:]...)
				return
			}
		}
	}
}

// widthMatters says whether the width that something inside o would like has a say in where things stand.
func widthMatters(o owner) bool {
	for {
		switch c := o.(type) {
		case *Stack:
			if c.grows {
				return false
			}
			o = c.up
		case *Page, *Frame, *Table:
			return false
		default:
			return true
		}
	}
}

func own(o owner, objs ...fyne.CanvasObject) {
	for _, obj := range objs {
		if c, ok := obj.(owned); ok {
			c.setOwner(o)
		}
	}
}

func ceil(f float32) float32 {
	i := float32(int(f))
	if i < f {
		i++
	}
	return i
}

// Walk visits what is seen of an object and everything in it, in reading order, until visit answers false. It sees into the
// containers of this package and of Fyne.
func Walk(o fyne.CanvasObject, visit func(fyne.CanvasObject) bool) bool {
	if o == nil || !o.Visible() {
		return true
	}
	if !visit(o) {
		return false
	}
	var children []fyne.CanvasObject
	switch c := o.(type) {
	case *fyne.Container:
		children = c.Objects
	case *container.Scroll:
		children = []fyne.CanvasObject{c.Content}
	case impl:
		children = c.parts()
	}
	for _, child := range children {
		if !Walk(child, visit) {
			return false
		}
	}
	return true
}

// Ringed says whether the control shows the ring of the keyboard.
func (b *base) Ringed() bool { return b.focused && b.ring != nil && !b.ring[0].Hidden }
