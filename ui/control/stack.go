package control

// What may change here: the containers that arrange by height for width.

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"cmc/ui/theme"
)

// A Stack holds objects one under the other, each as wide as the stack. It can have a ground, an edge and insets, and be
// kept to a greatest width. Hidden objects take no room.
type Stack struct {
	base
	objects                  []fyne.CanvasObject
	gap                      float32
	top, right, bottom, left float32
	maxWidth                 float32
	centred                  bool
	ground                   *ground
	groundColour, edgeColour theme.Name
	edgeWidth, corner        float32
	bar                      *canvas.Rectangle // along the left edge
	barColour                theme.Name
	line                     *canvas.Rectangle // along one edge
	lineSide                 Side
	lineWidth                float32
	grows                    bool // takes the room that is left in its row
	least                    float32
	held                     int
	onFocus                  func()
	grewWhileHeld            bool
	arranged                 bool // once: what stands in it has places
	waits                    bool // to come near what the page shows (Page.Deferring)
}

// A Side is one edge of a Stack.
type Side int

// The sides.
const (
	Top Side = iota
	Right
	Bottom
	Left
)

// VStack puts objects one under the other with a gap (at 100 %) between them.
func VStack(gap float32, objs ...fyne.CanvasObject) *Stack {
	s := &Stack{}
	s.start(s, gap, objs)
	return s
}

// start makes a stack of something that embeds one.
func (s *Stack) start(self impl, gap float32, objs []fyne.CanvasObject) {
	s.gap, s.objects = gap, objs
	s.extend(self)
	own(s, objs...)
}

// Inset gives the stack room inside, in the order of CSS: top, right, bottom, left (at 100 %).
func (s *Stack) Inset(top, right, bottom, left float32) *Stack {
	s.top, s.right, s.bottom, s.left = top, right, bottom, left
	return s
}

// Ground paints the stack's ground.
func (s *Stack) Ground(n theme.Name) *Stack {
	s.groundColour = n
	s.needGround()
	return s
}

// SetGround changes the ground of a stack that has one.
func (s *Stack) SetGround(n theme.Name) {
	if s.ground != nil && s.groundColour == n {
		return
	}
	s.groundColour = n
	s.needGround()
	s.rebuildParts()
	touch(s)
}

// Bordered draws an edge of the given width and corner radius (at 100 %) around the stack.
func (s *Stack) Bordered(n theme.Name, width, corner float32) *Stack {
	s.edgeColour, s.edgeWidth, s.corner = n, width, corner
	s.needGround()
	return s
}

// SetBorder changes the edge of a stack that has one.
func (s *Stack) SetBorder(n theme.Name, width float32) {
	s.edgeColour, s.edgeWidth = n, width
	s.paint()
	s.placeGround(s.Size())
	touch(s)
}

// Bar draws a thick line along the left edge: what belongs to the answer above it.
func (s *Stack) Bar(n theme.Name) *Stack {
	s.barColour = n
	s.bar = canvas.NewRectangle(theme.Colour(n))
	return s
}

// SetBar changes the colour of a bar that is there: one in the colour of the ground is not seen.
func (s *Stack) SetBar(n theme.Name) {
	if s.bar == nil || s.barColour == n {
		return
	}
	s.barColour = n
	s.bar.FillColor = theme.Colour(n)
	touch(s)
}

// Line draws a line along one edge.
func (s *Stack) Line(side Side, width float32) *Stack {
	s.line, s.lineSide, s.lineWidth = canvas.NewRectangle(theme.Colour(theme.Line)), side, width
	return s
}

// Column keeps what it holds to a width that is pleasant to read, in the middle of the room that there is.
func Column(maxWidth float32, objs ...fyne.CanvasObject) *Stack {
	s := VStack(0, objs...)
	s.maxWidth, s.centred = maxWidth, true
	return s
}

// AtMost keeps the contents to a width, at the left.
func (s *Stack) AtMost(width float32) *Stack {
	s.maxWidth = width
	return s
}

// Panel is a ground with room inside.
func Panel(ground theme.Name, inset float32, objs ...fyne.CanvasObject) *Stack {
	return VStack(0, objs...).Inset(inset, inset, inset, inset).Ground(ground)
}

// Card is a white box with a heading; no heading when title is empty.
func Card(title string, objs ...fyne.CanvasObject) *Stack {
	s := VStack(8).Inset(16, 20, 16, 20).Ground(theme.Paper).Bordered(theme.Line, 1, 6)
	if title != "" {
		s.Add(Heading(title))
	}
	s.Add(objs...)
	return s
}

// ErrorCard is a card for what stops somebody from going on. Its heading says so in words.
func ErrorCard(title string, objs ...fyne.CanvasObject) *Stack {
	return Card(title, objs...).Bordered(theme.Red, 3, 6)
}

// OnFocusIn has do called whenever something inside the stack gets the keyboard. A stack that is not too tall then comes into
// view as a whole.
func (s *Stack) OnFocusIn(do func()) { s.onFocus = do }

// Objects gives what the stack holds. It must not be changed.
func (s *Stack) Objects() []fyne.CanvasObject { return s.objects }

// Add appends objects.
func (s *Stack) Add(objs ...fyne.CanvasObject) {
	if len(objs) == 0 {
		return
	}
	s.objects = append(s.objects, objs...)
	own(s, objs...)
	s.rebuildParts()
	s.grew()
}

// Set replaces everything that the stack holds.
func (s *Stack) Set(objs ...fyne.CanvasObject) {
	s.objects = append(s.objects[:0:0], objs...)
	own(s, objs...)
	s.rebuildParts()
	s.grew()
}

// Insert puts an object before the i-th.
func (s *Stack) Insert(i int, o fyne.CanvasObject) {
	s.objects = append(s.objects[:i:i], append([]fyne.CanvasObject{o}, s.objects[i:]...)...)
	own(s, o)
	s.rebuildParts()
	s.grew()
}

// Remove takes an object out. One that is not there is no mistake.
func (s *Stack) Remove(o fyne.CanvasObject) {
	for i, other := range s.objects {
		if other == o {
			s.objects = append(s.objects[:i:i], s.objects[i+1:]...)
			s.rebuildParts()
			s.grew()
			return
		}
	}
}

// Hold puts off arranging until release is called, so that many changes cost one arrangement.
func (s *Stack) Hold() (release func()) {
	s.held++
	done := false
	return func() {
		if done {
			return
		}
		done = true
		if s.held--; s.held == 0 && s.grewWhileHeld {
			s.grewWhileHeld = false
			s.grew()
		}
	}
}

// Reveal shows or hides an object that lies in control containers, and has them rearranged.
func Reveal(o fyne.CanvasObject, on bool) {
	if o.Visible() == on {
		return
	}
	if on {
		o.Show()
	} else {
		o.Hide()
	}
	if c, ok := o.(interface{ ownerGrew() }); ok {
		c.ownerGrew()
	}
}

func (b *base) ownerGrew() {
	if b.up != nil {
		b.up.childGrew()
	}
}

func (s *Stack) needGround() {
	if s.ground == nil {
		s.ground = newGround()
	}
	s.paint()
}

func (s *Stack) rebuildParts() {
	s.objs = s.objs[:0]
	if s.ground != nil {
		s.objs = append(s.objs, s.ground.parts()...)
	}
	if s.bar != nil {
		s.objs = append(s.objs, s.bar)
	}
	if s.line != nil {
		s.objs = append(s.objs, s.line)
	}
	if s.ring != nil {
		s.objs = append(s.objs, s.ring[0], s.ring[1])
	}
	s.objs = append(s.objs, s.objects...)
}

func (s *Stack) parts() []fyne.CanvasObject {
	if len(s.objs) == 0 && (len(s.objects) > 0 || s.ground != nil) {
		s.rebuildParts()
	}
	return s.objs
}

func (s *Stack) paint() {
	if s.ground != nil {
		s.ground.paint(theme.Colour(s.groundColour), theme.Colour(s.edgeColour), theme.S(s.edgeWidth), theme.S(s.corner))
	}
	if s.bar != nil {
		s.bar.FillColor = theme.Colour(s.barColour)
	}
	if s.line != nil {
		s.line.FillColor = theme.Colour(theme.Line)
	}
}

func (s *Stack) childGrew() {
	if s.held > 0 {
		s.grewWhileHeld = true
		s.cached, s.dirty = false, true
		return
	}
	s.grew()
}

func (s *Stack) childFocused(child fyne.CanvasObject, area rect) {
	if s.onFocus != nil {
		s.onFocus()
		if h := s.Size().Height; h < theme.S(360) { // a question comes into view with its label
			area = rect{-child.Position().X, -child.Position().Y, s.Size().Width, h}
		}
	}
	if s.up != nil {
		area.x += child.Position().X
		area.y += child.Position().Y
		s.up.childFocused(s.self, area)
	}
}

func (s *Stack) pageKey(ev *fyne.KeyEvent) bool { return s.up != nil && s.up.pageKey(ev) }

func (s *Stack) minWidth() float32 {
	var w float32
	for _, o := range s.objects {
		if o.Visible() {
			w = max(w, leastWidth(o))
		}
	}
	return min(w, theme.S(280)) + theme.S(s.left+s.right)
}

// NaturalWidth gives the width of the widest object.
func (s *Stack) NaturalWidth() float32 {
	var w float32
	for _, o := range s.objects {
		if o.Visible() {
			w = max(w, NaturalWidth(o))
		}
	}
	if s.maxWidth > 0 {
		w = min(w, theme.S(s.maxWidth))
	}
	return w + theme.S(s.left+s.right)
}

func (s *Stack) inner(width float32) (x, w float32) {
	x, w = theme.S(s.left), width-theme.S(s.left+s.right)
	if limit := theme.S(s.maxWidth); s.maxWidth > 0 && w > limit {
		if s.centred {
			x += float32(int((w - limit) / 2))
		}
		w = limit
	}
	return x, max(w, 1)
}

// HeightFor gives the height at a width.
func (s *Stack) HeightFor(width float32) float32 {
	return s.height(width, func(width float32) float32 {
		_, w := s.inner(width)
		h := theme.S(s.top + s.bottom)
		gap := theme.S(s.gap)
		first := true
		for _, o := range s.objects {
			if !o.Visible() {
				continue
			}
			if !first {
				h += gap
			}
			first = false
			h += HeightFor(o, w)
		}
		return h
	})
}

func (s *Stack) placeGround(size fyne.Size) {
	if s.ground != nil {
		s.ground.place(size)
	}
	if s.bar != nil {
		s.bar.Resize(fyne.NewSize(theme.S(4), size.Height))
	}
	if s.line != nil {
		t := max(1, theme.S(s.lineWidth))
		switch s.lineSide {
		case Top:
			s.line.Move(fyne.NewPos(0, 0))
			s.line.Resize(fyne.NewSize(size.Width, t))
		case Bottom:
			s.line.Move(fyne.NewPos(0, size.Height-t))
			s.line.Resize(fyne.NewSize(size.Width, t))
		case Left:
			s.line.Move(fyne.NewPos(0, 0))
			s.line.Resize(fyne.NewSize(t, size.Height))
		case Right:
			s.line.Move(fyne.NewPos(size.Width-t, 0))
			s.line.Resize(fyne.NewSize(t, size.Height))
		}
	}
}

func (s *Stack) waiting() bool { return s.waits }

// arrangeNow arranges a stack that waits, after all around it.
func (s *Stack) arrangeNow() {
	s.base.arrangeNow()
	if s.waits {
		s.arranged = true
		s.arrange(s.Size())
	}
}

func (s *Stack) arrange(size fyne.Size) {
	// Only one that never was arranged waits: nothing in it has a size yet, so nothing of it can be seen anywhere.
	if s.waits = !s.arranged && s.far(0, size.Height); s.waits {
		return
	}
	s.arranged = true
	s.placeGround(size)
	s.placeRing()
	x, w := s.inner(size.Width)
	y := theme.S(s.top)
	gap := theme.S(s.gap)
	for _, o := range s.objects {
		if !o.Visible() {
			continue
		}
		h := HeightFor(o, w)
		place(o, x, y, w, h)
		y += h + gap
	}
}

// GroundColour names the ground of the stack.
func (s *Stack) GroundColour() theme.Name { return s.groundColour }
