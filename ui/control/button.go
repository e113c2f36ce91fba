package control

// What may change here: the looks of buttons. What a button does is its screen's business.

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"

	"cmc/ui/theme"
)

type buttonLook struct{ fill, edge, ink theme.Name }

var (
	primaryLook   = buttonLook{theme.GreenFill, theme.GreenFill, theme.OnFill}
	secondaryLook = buttonLook{theme.Paper, theme.Edge, theme.Ink}
	accentLook    = buttonLook{theme.BlueFill, theme.BlueFill, theme.OnFill}
	dangerLook    = buttonLook{theme.RedFill, theme.RedFill, theme.OnFill}
	offLook       = buttonLook{theme.Off, theme.Off, theme.Muted}
)

// A Button is pressed with the pointer, Enter or Space.
type Button struct {
	base
	face     *canvas.Rectangle
	label    *para
	text     string
	look     buttonLook
	do       func()
	busy     bool
	disabled bool
	hovered  bool
	small    bool
}

var (
	_ fyne.Focusable     = (*Button)(nil)
	_ fyne.Disableable   = (*Button)(nil)
	_ desktop.Hoverable  = (*Button)(nil)
	_ desktop.Cursorable = (*Button)(nil)
)

func newButton(s string, look buttonLook, do func()) *Button {
	b := &Button{text: s, look: look, do: do, face: canvas.NewRectangle(theme.Colour(look.fill))}
	b.label = newPara(15, true, look.ink, Span{Text: s})
	b.extend(b)
	b.paint()
	return b
}

// Primary is the one main button of a screen.
func Primary(s string, do func()) *Button { return newButton(s, primaryLook, do) }

// Secondary is any other button.
func Secondary(s string, do func()) *Button { return newButton(s, secondaryLook, do) }

// Accent is a main way in, such as signing in with an NHS identity.
func Accent(s string, do func()) *Button { return newButton(s, accentLook, do) }

// Danger is what cannot easily be taken back.
func Danger(s string, do func()) *Button { return newButton(s, dangerLook, do) }

// Compact makes the button lower, for use inside a card.
func (b *Button) Compact() *Button {
	b.small = true
	return b
}

// SetText changes the words.
func (b *Button) SetText(s string) {
	b.text = s
	if !b.busy {
		b.show(s)
	}
}

// Text gives the words.
func (b *Button) Text() string { return b.text }

func (b *Button) show(s string) {
	b.label.set(Span{Text: s})
	b.paint()
	b.grew()
}

// SetBusy shows what is being done, and takes no presses until Ready.
func (b *Button) SetBusy(words string) {
	b.busy = true
	b.show(words)
}

// Ready ends SetBusy.
func (b *Button) Ready() {
	b.busy = false
	b.show(b.text)
}

// Disable has the button take no presses and no keyboard.
func (b *Button) Disable() { b.setDisabled(true) }

// Enable ends Disable.
func (b *Button) Enable() { b.setDisabled(false) }

// Disabled says whether the button takes no presses.
func (b *Button) Disabled() bool { return b.disabled }

func (b *Button) setDisabled(off bool) {
	if b.disabled == off {
		return
	}
	b.disabled = off
	b.paint()
	b.arrange(b.Size())
	touch(b)
}

func (b *Button) press() {
	if !b.busy && !b.disabled && b.do != nil {
		b.do()
	}
}

// Tapped presses.
func (b *Button) Tapped(*fyne.PointEvent) {
	if !b.disabled {
		b.requestFocus()
	}
	b.press()
}

// FocusGained shows the ring.
func (b *Button) FocusGained() { b.showRing(true) }

// FocusLost hides it.
func (b *Button) FocusLost() { b.showRing(false) }

// TypedRune does nothing: Space arrives as a key.
func (b *Button) TypedRune(rune) {}

// TypedKey presses on Enter and Space.
func (b *Button) TypedKey(ev *fyne.KeyEvent) {
	switch ev.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		b.press()
	default:
		b.pass(ev)
	}
}

// Cursor is the hand.
func (b *Button) Cursor() desktop.Cursor {
	if b.disabled || b.busy {
		return desktop.DefaultCursor
	}
	return desktop.PointerCursor
}

// MouseIn shows that the button can be pressed.
func (b *Button) MouseIn(*desktop.MouseEvent) { b.hover(true) }

// MouseMoved does nothing.
func (b *Button) MouseMoved(*desktop.MouseEvent) {}

// MouseOut ends it.
func (b *Button) MouseOut() { b.hover(false) }

func (b *Button) hover(on bool) {
	b.hovered = on
	b.paint()
	touch(b)
}

func (b *Button) paint() {
	look := b.look
	if b.disabled || b.busy {
		look = offLook
	}
	fill := theme.Colour(look.fill)
	if b.hovered && !b.disabled && !b.busy {
		fill = theme.Shade(look.fill)
	}
	b.face.FillColor, b.face.StrokeColor = fill, theme.Colour(look.edge)
	b.face.StrokeWidth, b.face.CornerRadius = theme.S(2), theme.S(4)
	b.radius = theme.S(4)
	b.label.colour = look.ink
	b.label.paint()
}

func (b *Button) pads() (x, y float32) {
	if b.small {
		return theme.S(14), theme.S(7)
	}
	return theme.S(22), theme.S(12)
}

// NaturalWidth gives the width with the words on one line.
func (b *Button) NaturalWidth() float32 {
	x, _ := b.pads()
	return b.label.inkWidth() + 2*x
}

func (b *Button) minWidth() float32 { return min(b.NaturalWidth(), theme.S(260)) }

// HeightFor gives the height at a width: 44 at 100 % with the words on one line.
func (b *Button) HeightFor(width float32) float32 {
	return b.height(width, func(width float32) float32 {
		x, y := b.pads()
		least := theme.S(44)
		if b.small {
			least = theme.S(34)
		}
		return max(least, b.label.heightFor(width-2*x+slack)+2*y)
	})
}

func (b *Button) arrange(size fyne.Size) {
	b.face.Resize(size)
	x, _ := b.pads()
	h := b.label.heightFor(size.Width - 2*x + slack)
	left := x
	if b.label.lines == 1 {
		left = (size.Width - b.label.inkWidth()) / 2
	}
	b.label.layout(left, (size.Height-h)/2, size.Width-2*x+slack)
	b.setParts(b.label.append([]fyne.CanvasObject{b.face})...)
	b.placeRing()
}

// A Link is words that lead somewhere: underlined, and reached with Tab.
type Link struct {
	base
	label *para
	do    func()
	quiet bool
}

var (
	_ fyne.Focusable     = (*Link)(nil)
	_ desktop.Cursorable = (*Link)(nil)
)

// NewLink makes a link.
func NewLink(s string, do func()) *Link {
	l := &Link{do: do, label: newPara(15, false, theme.Blue, Span{Text: s, Under: true})}
	l.radius, l.lit = theme.S(2), true
	l.extend(l)
	return l
}

// Sized sets the size of the words at 100 %, and whether they are strong.
func (l *Link) Sized(size float32, strong bool) *Link {
	l.label.size, l.label.strong = size, strong
	return l
}

// Coloured sets the colour of the words.
func (l *Link) Coloured(n theme.Name) *Link {
	l.label.colour = n
	return l
}

// SetText changes the words.
func (l *Link) SetText(s string) {
	l.label.set(Span{Text: s, Under: true})
	l.grew()
}

// Text gives the words.
func (l *Link) Text() string { return l.label.words() }

// SetQuiet has the link keep its room and its place in the order of Tab, and neither be seen nor take a press of the pointer. It
// is heard again as soon as it has the keyboard.
func (l *Link) SetQuiet(on bool) {
	if l.quiet == on {
		return
	}
	l.quiet = on
	if size := l.Size(); size.Width > 0 {
		l.arrange(size)
	}
	touch(l)
}

// Quiet says whether the link is not to be seen now.
func (l *Link) Quiet() bool { return l.quiet }

// Tapped follows the link.
func (l *Link) Tapped(*fyne.PointEvent) {
	if !l.quiet {
		l.follow()
	}
}

func (l *Link) follow() {
	if l.do != nil {
		l.do()
	}
}

// FocusGained lights the link up: dark words on yellow with a dark edge.
func (l *Link) FocusGained() {
	l.SetQuiet(false)
	l.showRing(true)
	l.paint()
}

// FocusLost puts it out.
func (l *Link) FocusLost() {
	l.showRing(false)
	l.paint()
}

// TypedRune does nothing.
func (l *Link) TypedRune(rune) {}

// TypedKey follows the link on Enter and Space.
func (l *Link) TypedKey(ev *fyne.KeyEvent) {
	switch ev.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		l.follow()
	default:
		l.pass(ev)
	}
}

// Cursor is the hand.
func (l *Link) Cursor() desktop.Cursor { return desktop.PointerCursor }

func (l *Link) paint() {
	normal := l.label.colour
	if l.focused {
		l.label.colour = theme.FocusEdge
	}
	l.label.paint()
	for _, t := range l.label.texts {
		canvas.Refresh(t)
	}
	l.label.colour = normal
}

// NaturalWidth gives the width on one line.
func (l *Link) NaturalWidth() float32 { return l.label.naturalWidth() }

func (l *Link) minWidth() float32 { return min(l.NaturalWidth(), theme.S(60)) }

// HeightFor gives the height at a width.
func (l *Link) HeightFor(width float32) float32 { return l.height(width, l.label.heightFor) }

func (l *Link) arrange(size fyne.Size) {
	l.label.layout(0, 0, size.Width)
	if l.quiet {
		l.setParts()
	} else {
		l.setParts(l.label.append(nil)...)
	}
	if l.focused {
		l.paint()
	}
	l.ringArea = rect{0, 0, min(size.Width, max(l.label.endX, l.widest())), size.Height}
	l.placeRing()
}

func (l *Link) widest() float32 {
	var w float32
	for _, r := range l.label.runs {
		w = max(w, r.x+r.w)
	}
	return w
}
