package ui

// What may change here: the bar on top of the window and the band of training mode.

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"cmc/ui/control"
	"cmc/ui/theme"
)

const (
	barHeight  = 48
	bandHeight = 24
	findWidth  = 440
	barPad     = 20
	barGap     = 24
)

// FindWords stand in the find box: what may be typed there.
const FindWords = "NHS number, or name and date of birth"

// TrainingWords stand in the band of every window in training mode.
const TrainingWords = "TRAINING: INVENTED PATIENTS ONLY"

// bar is the blue bar: the name, the way to find a patient, and who is signed in.
type bar struct {
	widget.BaseWidget
	find     *pressed
	change   *pressed // to another position, for who holds several
	out      *pressed
	who, org string
	signedIn bool
	training bool
}

func newBar(find, change, signOut func()) *bar {
	b := &bar{
		find:   newPressed(FindWords, pressedFind, find),
		change: newPressed("Change position", pressedOnBlue, change),
		out:    newPressed("Sign out", pressedOnBlue, signOut),
	}
	b.ExtendBaseWidget(b)
	return b
}

// set says who is signed in; signedIn false leaves only the name.
func (b *bar) set(who, org string, mayFind, mayChange, signedIn, training bool) {
	b.who, b.org, b.signedIn, b.training = who, org, signedIn, training
	if signedIn && mayFind {
		b.find.Show()
	} else {
		b.find.Hide()
	}
	if signedIn && mayChange {
		b.change.Show()
	} else {
		b.change.Hide()
	}
	if signedIn {
		b.out.Show()
	} else {
		b.out.Hide()
	}
	b.Refresh()
}

// CreateRenderer draws the bar and, in training, the band below it.
func (b *bar) CreateRenderer() fyne.WidgetRenderer {
	white := theme.Colour(theme.OnFill)
	r := &barRenderer{
		b: b, back: control.NewFill(theme.BlueFill), band: control.NewFill(theme.TrainingBand),
		name: canvas.NewText("Coordinate My Care", white), who: canvas.NewText("", white), org: canvas.NewText("", white),
		words: canvas.NewText(TrainingWords, white),
	}
	r.name.TextStyle.Bold, r.words.TextStyle.Bold = true, true
	r.Refresh()
	return r
}

type barRenderer struct {
	b                     *bar
	back, band            fyne.CanvasObject
	name, who, org, words *canvas.Text
}

func (r *barRenderer) MinSize() fyne.Size {
	h := r.height()
	if r.b.training {
		h += theme.S(bandHeight)
	}
	return fyne.NewSize(theme.S(480), h)
}

func place(o fyne.CanvasObject, x, y, w, h float32) {
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(w, h))
}

// height is that of the blue bar alone. Before anybody is signed in there is only the band.
func (r *barRenderer) height() float32 {
	if !r.b.signedIn {
		return 0
	}
	return theme.S(barHeight)
}

func (r *barRenderer) Layout(size fyne.Size) {
	h := r.height()
	control.PlaceFill(r.back, 0, 0, size.Width, h)
	control.PlaceFill(r.band, 0, h, size.Width, theme.S(bandHeight))
	w := r.words.MinSize()
	place(r.words, (size.Width-w.Width)/2, h+(theme.S(bandHeight)-w.Height)/2, w.Width, w.Height)
	n := r.name.MinSize()
	pad, gap := theme.S(barPad), theme.S(barGap)
	place(r.name, pad, (h-n.Height)/2, n.Width, n.Height)
	r.name.Hidden = !r.b.signedIn
	out := r.b.out.MinSize()
	right := size.Width - pad
	if r.b.out.Visible() {
		place(r.b.out, right-out.Width, (h-out.Height)/2, out.Width, out.Height)
		right -= out.Width + gap
	}
	if r.b.change.Visible() {
		change := r.b.change.MinSize()
		place(r.b.change, right-change.Width, (h-change.Height)/2, change.Width, change.Height)
		right -= change.Width + gap
	}
	a, b := r.who.MinSize(), r.org.MinSize()
	lines := a.Height + b.Height
	place(r.who, right-a.Width, (h-lines)/2, a.Width, a.Height)
	place(r.org, right-b.Width, (h-lines)/2+a.Height, b.Width, b.Height)
	right -= max(a.Width, b.Width) + gap
	left := pad + n.Width + gap
	if right-left < theme.S(80) { // large text: who is signed in counts for more than what the program is called, which the window's title says
		left, r.name.Hidden = pad, true
	}
	fh := theme.S(30)
	place(r.b.find, left, (h-fh)/2, max(min(theme.S(findWidth), right-left), theme.S(80)), fh)
}

func (r *barRenderer) Refresh() {
	white := theme.Colour(theme.OnFill)
	control.SetFill(r.back, theme.BlueFill)
	control.SetFill(r.band, theme.TrainingBand)
	for _, t := range []*canvas.Text{r.name, r.who, r.org, r.words} {
		t.Color = white
		t.TextSize = theme.S(13)
	}
	r.name.TextSize = theme.S(17)
	r.who.Text, r.org.Text = r.b.who, r.b.org
	for _, o := range []fyne.CanvasObject{r.back, r.name} {
		if r.b.signedIn {
			o.Show()
		} else {
			o.Hide()
		}
	}
	for _, o := range []fyne.CanvasObject{r.band, r.words} {
		if r.b.training {
			o.Show()
		} else {
			o.Hide()
		}
	}
	r.Layout(r.b.Size())
	canvas.Refresh(r.b)
}

func (r *barRenderer) Destroy() {}
func (r *barRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.back, r.band, r.name, r.b.find, r.who, r.org, r.b.change, r.b.out, r.words}
}

// pressedLook says where a pressed stands.
type pressedLook int

const (
	pressedFind   pressedLook = iota // the white find box in the bar
	pressedOnBlue                    // underlined white words in the bar
	pressedRail                      // a place in the rail
)

// pressed is words that can be pressed, with the keyboard or the pointer, on the window's own furniture.
type pressed struct {
	widget.BaseWidget
	words   string
	key     string // the key that does the same, shown muted
	look    pressedLook
	do      func()
	on      bool // rail: this place is open
	focused bool
	hovered bool
}

func newPressed(words string, look pressedLook, do func()) *pressed {
	p := &pressed{words: words, look: look, do: do}
	if look == pressedFind {
		p.key = "Ctrl+K"
	}
	p.ExtendBaseWidget(p)
	return p
}

// Words are what the thing is called.
func (p *pressed) Words() string { return p.words }

// Tapped does it.
func (p *pressed) Tapped(*fyne.PointEvent) { p.do() }

// FocusGained draws the ring.
func (p *pressed) FocusGained() { p.focused = true; p.Refresh() }

// FocusLost takes it away.
func (p *pressed) FocusLost() { p.focused = false; p.Refresh() }

// TypedRune does nothing: Space comes as a key.
func (p *pressed) TypedRune(rune) {}

// TypedKey presses with Enter and Space; other keys go to the window.
func (p *pressed) TypedKey(ev *fyne.KeyEvent) {
	switch ev.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		p.do()
	default:
		if c := fyne.CurrentApp().Driver().CanvasForObject(p); c != nil && c.OnTypedKey() != nil {
			c.OnTypedKey()(ev)
		}
	}
}

// MouseIn marks the thing under the pointer.
func (p *pressed) MouseIn(*desktop.MouseEvent) { p.hovered = true; p.Refresh() }

// MouseMoved does nothing.
func (p *pressed) MouseMoved(*desktop.MouseEvent) {}

// MouseOut unmarks it.
func (p *pressed) MouseOut() { p.hovered = false; p.Refresh() }

// Cursor is a hand.
func (p *pressed) Cursor() desktop.Cursor { return desktop.PointerCursor }

// CreateRenderer draws it.
func (p *pressed) CreateRenderer() fyne.WidgetRenderer {
	r := &pressedRenderer{
		p: p, back: canvas.NewRectangle(theme.Colour(theme.Paper)), edge: canvas.NewRectangle(theme.Colour(theme.Blue)),
		line: canvas.NewRectangle(theme.Colour(theme.OnFill)), text: canvas.NewText(p.words, theme.Colour(theme.Ink)),
		key: canvas.NewText("", theme.Colour(theme.Muted)), ring: canvas.NewRectangle(nil),
	}
	r.Refresh()
	return r
}

type pressedRenderer struct {
	p                      *pressed
	back, edge, line, ring *canvas.Rectangle
	text, key              *canvas.Text
}

func (r *pressedRenderer) MinSize() fyne.Size {
	m := r.text.MinSize()
	switch r.p.look {
	case pressedRail:
		return fyne.NewSize(m.Width+r.key.MinSize().Width+theme.S(52), theme.S(40))
	case pressedOnBlue:
		return fyne.NewSize(m.Width+theme.S(8), m.Height+theme.S(8))
	}
	return fyne.NewSize(theme.S(80), theme.S(30))
}

func (r *pressedRenderer) Layout(size fyne.Size) {
	place(r.back, 0, 0, size.Width, size.Height)
	place(r.edge, 0, 0, theme.S(4), size.Height)
	r.text.Text = r.p.words
	m, k := r.text.MinSize(), r.key.MinSize()
	x := theme.S(12)
	switch r.p.look {
	case pressedOnBlue:
		x = theme.S(4)
	case pressedRail:
		x = theme.S(24)
	}
	place(r.text, x, (size.Height-m.Height)/2, m.Width, m.Height)
	place(r.line, x, (size.Height+m.Height)/2-1, m.Width, 1)
	if r.p.look == pressedRail {
		place(r.key, x+m.Width+theme.S(8), (size.Height-k.Height)/2, k.Width, k.Height)
	} else {
		place(r.key, size.Width-k.Width-theme.S(12), (size.Height-k.Height)/2, k.Width, k.Height)
	}
	if r.p.look == pressedFind { // a narrow bar says less, and never cuts a word
		r.key.Hidden = size.Width < m.Width+k.Width+theme.S(36)
		if size.Width < m.Width+theme.S(24) && size.Width > 0 {
			r.text.Text = "Find"
		}
	}
	in := float32(0)
	if r.p.look == pressedRail {
		in = 2
	}
	place(r.ring, in, in, size.Width-2*in, size.Height-2*in)
}

func (r *pressedRenderer) Refresh() {
	p := r.p
	r.text.Text, r.key.Text = p.words, p.key
	r.text.TextSize, r.key.TextSize = theme.S(15), theme.S(14)
	r.text.TextStyle.Bold = p.on
	r.text.Color, r.key.Color = theme.Colour(theme.Ink), theme.Colour(theme.Muted)
	r.edge.FillColor, r.line.FillColor = theme.Colour(theme.Blue), theme.Colour(theme.OnFill)
	r.ring.FillColor = nil
	r.ring.StrokeColor, r.ring.StrokeWidth, r.ring.CornerRadius = theme.Colour(theme.Focus), theme.S(3), theme.S(4)
	r.edge.Hidden, r.line.Hidden, r.ring.Hidden, r.back.Hidden = true, true, !p.focused, true
	switch p.look {
	case pressedFind:
		r.back.Hidden, r.back.FillColor, r.back.CornerRadius = false, theme.Colour(theme.Paper), theme.S(4)
		r.text.Color, r.text.TextSize = theme.Colour(theme.Muted), theme.S(14)
	case pressedOnBlue:
		r.line.Hidden = false
		r.text.Color, r.text.TextSize = theme.Colour(theme.OnFill), theme.S(14)
	case pressedRail:
		r.edge.Hidden = !p.on
		switch {
		case p.on:
			r.back.Hidden, r.back.FillColor = false, theme.Colour(theme.Selected)
		case p.hovered:
			r.back.Hidden, r.back.FillColor = false, theme.Colour(theme.Hover)
		}
		r.ring.StrokeColor = theme.Colour(theme.FocusEdge)
		if p.focused {
			r.back.Hidden, r.back.FillColor = false, theme.Colour(theme.Focus)
			r.text.Color, r.key.Color = theme.Colour(theme.FocusEdge), theme.Colour(theme.FocusEdge)
		}
	}
	r.Layout(p.Size())
	canvas.Refresh(p)
}

func (r *pressedRenderer) Destroy() {}
func (r *pressedRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.back, r.edge, r.text, r.key, r.line, r.ring}
}
