package control

// What may change here: the one thing that scrolls.

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"

	"cmc/ui/theme"
)

// A Page shows what it holds in the room that there is, and scrolls when that is too tall. What gets the keyboard inside it
// comes into view. Page Up and Page Down move it from anywhere inside. One screen should have one Page.
type Page struct {
	base
	content fyne.CanvasObject
	offset  float32
	bar     *scrollBar
	most    float32 // greatest height, where the page takes only what it needs
	held    int
	grown   bool
	defers  bool

	// OnScrolled, when set, is called after the page has moved.
	OnScrolled func(offset float32)
}

var (
	_ fyne.Scrollable   = (*Page)(nil)
	_ fyne.Draggable    = (*scrollBar)(nil)
	_ desktop.Hoverable = (*scrollBar)(nil)
)

// Scroll makes a page of any object; objects of this package get their height for the width of the page.
func Scroll(content fyne.CanvasObject) *Page {
	p := &Page{content: content}
	p.extend(p)
	own(p, content)
	p.bar = &scrollBar{page: p, thumb: canvas.NewRectangle(theme.Colour(theme.Edge))}
	p.bar.extend(p.bar)
	p.bar.setParts(p.bar.thumb)
	p.setParts(content, p.bar)
	return p
}

// Deferring has the page arrange the stacks that lie far from what it shows only when they come near, which is most of the work of
// a long page. Until then what stands in them has neither size nor place: whoever wants to know these has to scroll there, or not
// to ask for this. Fyne, which goes through all that is in a window before every frame, is shown of what lies far only what takes the
// keyboard, so that Tab finds it.
func (p *Page) Deferring() *Page {
	p.defers = true
	return p
}

// nearby is how far outside of what is shown a stack is arranged all the same (at 100 %): the wheel's next turn finds it there.
const nearby = 240

func (p *Page) far(top, bottom float32) bool {
	return p.defers && (bottom < -theme.S(nearby) || top > p.Size().Height+theme.S(nearby))
}

// arrangeNear arranges what waited and has come near, and notes what is far.
func (p *Page) arrangeNear(o fyne.CanvasObject, y float32) {
	if !o.Visible() {
		return
	}
	y += o.Position().Y
	far := p.far(y, y+o.Size().Height)
	if c, ok := o.(interface{ setAway(bool) }); ok {
		c.setAway(far)
	}
	if far {
		return
	}
	if s, ok := o.(interface{ waiting() bool }); ok && s.waiting() {
		o.(impl).arrange(o.Size())
		return
	}
	if c, ok := o.(impl); ok {
		for _, part := range c.parts() {
			p.arrangeNear(part, y)
		}
	}
}

// SetContent replaces what the page shows and goes to its top.
func (p *Page) SetContent(o fyne.CanvasObject) {
	p.content, p.offset = o, 0
	own(p, o)
	p.setParts(o, p.bar)
	if p.Size().Width > 0 {
		p.arrange(p.Size())
	}
	touch(p)
}

// Content gives what the page shows.
func (p *Page) Content() fyne.CanvasObject { return p.content }

// Offset says how far down the page is.
func (p *Page) Offset() float32 { return p.offset }

// ScrollTo moves the page.
func (p *Page) ScrollTo(offset float32) {
	p.offset = offset
	p.clamp()
	p.move()
}

// Hold puts off arranging until release is called, so that many changes cost one arrangement.
func (p *Page) Hold() (release func()) {
	p.held++
	done := false
	return func() {
		if done {
			return
		}
		done = true
		if p.held--; p.held == 0 && p.grown {
			p.grown = false
			p.childGrew()
		}
	}
}

// Bring scrolls so that the object, which lies somewhere inside the page, is in view with some room around it.
func (p *Page) Bring(o fyne.CanvasObject) {
	if c, ok := o.(interface{ arrangeNow() }); ok {
		c.arrangeNow()
	}
	if _, y, ok := find(p.content, o); ok {
		p.reveal(rect{0, y, o.Size().Width, o.Size().Height})
	}
}

// find gives the place of an object inside another.
func find(in, o fyne.CanvasObject) (x, y float32, ok bool) {
	if in == o {
		return 0, 0, true
	}
	var children []fyne.CanvasObject
	switch c := in.(type) {
	case *fyne.Container:
		children = c.Objects
	case impl:
		children = c.parts()
	}
	for _, child := range children {
		if x, y, ok = find(child, o); ok {
			return x + child.Position().X, y + child.Position().Y, true
		}
	}
	return 0, 0, false
}

func (p *Page) reveal(area rect) {
	room := theme.S(16)
	view := p.Size().Height
	if view <= 0 {
		return
	}
	if area.h+2*room > view {
		room = 0
	}
	switch top, bottom := area.y-room, area.y+area.h+room; {
	case bottom <= view:
		p.ScrollTo(0)
	case top < p.offset || area.h > view:
		p.ScrollTo(top)
	case bottom > p.offset+view:
		p.ScrollTo(bottom - view)
	}
}

// Scrolled moves the page with the wheel.
func (p *Page) Scrolled(ev *fyne.ScrollEvent) { p.ScrollTo(p.offset - ev.Scrolled.DY) }

func (p *Page) childGrew() {
	if p.held > 0 {
		p.grown = true
		return
	}
	p.cached = false
	if p.Size().Width > 0 {
		p.arrange(p.Size())
		touch(p)
	}
	if p.most > 0 && p.up != nil {
		p.up.childGrew()
	}
}

func (p *Page) childFocused(child fyne.CanvasObject, area rect) {
	area.y += child.Position().Y + p.offset
	if child == p.content {
		p.reveal(area)
	}
	if p.up != nil {
		area.y -= p.offset
		p.up.childFocused(p, area)
	}
}

func (p *Page) pageKey(ev *fyne.KeyEvent) bool {
	return p.scrollKey(ev) || p.up != nil && p.up.pageKey(ev)
}

func (p *Page) scrollKey(ev *fyne.KeyEvent) bool {
	step := p.Size().Height * 0.9
	switch ev.Name {
	case fyne.KeyPageUp:
		p.ScrollTo(p.offset - step)
	case fyne.KeyPageDown:
		p.ScrollTo(p.offset + step)
	default:
		return false
	}
	return true
}

func (p *Page) contentHeight() float32 { return p.content.Size().Height }

func (p *Page) clamp() {
	p.offset = max(0, min(p.offset, p.contentHeight()-p.Size().Height))
}

func (p *Page) move() {
	p.content.Move(fyne.NewPos(0, -p.offset))
	if p.defers {
		p.arrangeNear(p.content, 0)
	}
	p.bar.follow()
	touch(p)
	if p.OnScrolled != nil {
		p.OnScrolled(p.offset)
	}
}

func (p *Page) minWidth() float32 { return theme.S(120) }

// NaturalWidth gives the width of what the page holds.
func (p *Page) NaturalWidth() float32 { return NaturalWidth(p.content) }

// AtMost has the page take the height of what it holds, up to a limit (at 100 %), instead of all that there is.
func (p *Page) AtMost(height float32) *Page {
	p.most = height
	return p
}

// HeightFor gives the least height: a page is content with any.
func (p *Page) HeightFor(width float32) float32 {
	if p.most > 0 {
		return min(HeightFor(p.content, width), theme.S(p.most))
	}
	return theme.S(60)
}

func (p *Page) paint() {}

func (p *Page) arrange(size fyne.Size) {
	place(p.content, 0, -p.offset, size.Width, max(HeightFor(p.content, size.Width), size.Height))
	p.clamp()
	p.content.Move(fyne.NewPos(0, -p.offset))
	if p.defers { // the offset may be another one now, and stacks that grew above have moved others
		p.arrangeNear(p.content, 0)
	}
	w := theme.S(12)
	p.bar.Move(fyne.NewPos(size.Width-w, 0))
	p.bar.Resize(fyne.NewSize(w, size.Height))
	p.bar.follow()
}

// scrollBar is always to be seen where there is more than fits.
type scrollBar struct {
	base
	page  *Page
	thumb *canvas.Rectangle
	wide  bool
}

func (b *scrollBar) HeightFor(float32) float32 { return 0 }
func (b *scrollBar) NaturalWidth() float32     { return theme.S(12) }
func (b *scrollBar) minWidth() float32         { return 0 }
func (b *scrollBar) arrange(fyne.Size)         { b.follow() }
func (b *scrollBar) paint()                    { b.thumb.FillColor = theme.Colour(theme.Faint) }

func (b *scrollBar) follow() {
	view, all := b.page.Size().Height, b.page.contentHeight()
	if all <= view+0.5 || view <= 0 {
		b.Hidden = true
		return
	}
	b.Hidden = false
	b.thumb.FillColor = theme.Colour(theme.Faint)
	w := theme.S(5)
	if b.wide {
		w = theme.S(9)
		b.thumb.FillColor = theme.Colour(theme.Edge)
	}
	h := max(view*view/all, theme.S(28))
	b.thumb.CornerRadius = w / 2
	b.thumb.Move(fyne.NewPos(b.Size().Width-w-theme.S(2), (view-h)*b.page.offset/(all-view)))
	b.thumb.Resize(fyne.NewSize(w, h))
}

// Dragged moves the page with the bar.
func (b *scrollBar) Dragged(ev *fyne.DragEvent) {
	if view := b.page.Size().Height; view > 0 {
		b.page.ScrollTo(b.page.offset + ev.Dragged.DY*b.page.contentHeight()/view)
	}
}

// DragEnd ends a drag.
func (b *scrollBar) DragEnd() {}

// Tapped moves the page to where the bar was pressed.
func (b *scrollBar) Tapped(ev *fyne.PointEvent) {
	if view := b.page.Size().Height; view > 0 {
		b.page.ScrollTo(ev.Position.Y/view*b.page.contentHeight() - view/2)
	}
}

// MouseIn widens the bar.
func (b *scrollBar) MouseIn(*desktop.MouseEvent) { b.wide = true; b.follow(); touch(b) }

// MouseMoved does nothing.
func (b *scrollBar) MouseMoved(*desktop.MouseEvent) {}

// MouseOut makes it thin again.
func (b *scrollBar) MouseOut() { b.wide = false; b.follow(); touch(b) }
