package softwindow

// What may change here: what is proved about pointer and keys.

import (
	"fmt"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
	"github.com/stretchr/testify/require"
)

// probe is a control that writes down what happens to it.
type probe struct {
	widget.BaseWidget
	heard []string
}

func newProbe() *probe { p := &probe{}; p.ExtendBaseWidget(p); return p }

func (p *probe) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(canvas.NewRectangle(red))
}
func (p *probe) say(f string, a ...any)         { p.heard = append(p.heard, fmt.Sprintf(f, a...)) }
func (p *probe) Tapped(e *fyne.PointEvent)      { p.say("tapped %v", e.Position) }
func (p *probe) MouseIn(*desktop.MouseEvent)    { p.say("in") }
func (p *probe) MouseMoved(*desktop.MouseEvent) { p.say("moved") }
func (p *probe) MouseOut()                      { p.say("out") }
func (p *probe) Cursor() desktop.Cursor         { return desktop.PointerCursor }
func (p *probe) Dragged(e *fyne.DragEvent)      { p.say("dragged %v %v", e.Position, e.Dragged) }
func (p *probe) DragEnd()                       { p.say("dropped") }
func (p *probe) FocusGained()                   { p.say("gained") }
func (p *probe) FocusLost()                     { p.say("lost") }
func (p *probe) TypedRune(r rune)               { p.say("rune %c", r) }
func (p *probe) TypedKey(e *fyne.KeyEvent)      { p.say("key %s", e.Name) }
func (p *probe) KeyDown(e *fyne.KeyEvent)       { p.say("down %s", e.Name) }
func (p *probe) KeyUp(e *fyne.KeyEvent)         { p.say("up %s", e.Name) }
func (p *probe) TypedShortcut(s fyne.Shortcut)  { p.say("shortcut %s", s.ShortcutName()) }

func (p *probe) told() []string { h := p.heard; p.heard = nil; return h }

// twice can be tapped twice.
type twice struct{ *probe }

func (p twice) DoubleTapped(*fyne.PointEvent) { p.say("tapped twice") }

// place puts controls of 40 by 40 side by side.
func place(all ...fyne.CanvasObject) fyne.CanvasObject {
	for i, o := range all {
		o.Resize(fyne.NewSize(40, 40))
		o.Move(fyne.NewPos(float32(i*50), 0))
	}
	return container.NewWithoutLayout(all...)
}

func TestThePointer(t *testing.T) {
	a, b := newProbe(), newProbe()
	w, s := open(t, place(a, b))
	touched := 0
	w.driver.OnInput = func() { touched++ }

	s.to.Moved(10, 12)
	require.Equal(t, []string{"in"}, a.told())
	require.Equal(t, desktop.Cursor(desktop.PointerCursor), s.cursor)
	s.to.Moved(11, 12)
	require.Equal(t, []string{"moved"}, a.told())
	s.to.Clicked(desktop.MouseButtonPrimary, true, 0)
	s.to.Clicked(desktop.MouseButtonPrimary, false, 0)
	require.Equal(t, []string{"tapped {11 12}"}, a.told())

	s.to.Clicked(desktop.MouseButtonPrimary, true, 0)
	s.to.Moved(12, 12)
	require.Equal(t, []string{"moved"}, a.told(), "a hand that shakes does not drag")
	s.to.Moved(60, 20)
	s.to.Moved(70, 22)
	s.to.Clicked(desktop.MouseButtonPrimary, false, 0)
	require.Equal(t, []string{"dragged {60 20} {49 8}", "dragged {70 22} {10 2}", "dropped", "out"}, a.told())
	require.Equal(t, []string{"in"}, b.told(), "it was not awake while something else was dragged over it")

	s.to.Clicked(desktop.MouseButtonPrimary, true, 0)
	s.to.Moved(150, 150)
	require.Equal(t, desktop.Cursor(desktop.DefaultCursor), s.cursor)
	b.told()
	s.to.Clicked(desktop.MouseButtonPrimary, false, 0)
	require.Equal(t, 12, touched, "each is a sign of a person")
}

func TestWhoLetsGoElsewhereHasNotPressed(t *testing.T) {
	pressed := 0
	b := func() fyne.CanvasObject { return widget.NewButton("", func() { pressed++ }) }
	_, s := open(t, place(b(), b()))
	s.to.Moved(10, 10)
	s.to.Clicked(desktop.MouseButtonPrimary, true, 0)
	s.to.Moved(60, 10)
	s.to.Clicked(desktop.MouseButtonPrimary, false, 0)
	require.Zero(t, pressed)
	s.to.Clicked(desktop.MouseButtonPrimary, true, 0)
	s.to.Clicked(desktop.MouseButtonPrimary, false, 0)
	require.Equal(t, 1, pressed)
}

func TestTappingTwice(t *testing.T) {
	p := twice{newProbe()}
	p.ExtendBaseWidget(p)
	w, s := open(t, place(p))
	s.to.Moved(5, 5)
	p.told()
	for range 4 {
		s.to.Clicked(desktop.MouseButtonPrimary, true, 0)
		s.to.Clicked(desktop.MouseButtonPrimary, false, 0)
	}
	require.Equal(t, []string{"tapped twice", "tapped twice"}, p.told())
	s.to.Clicked(desktop.MouseButtonPrimary, true, 0)
	s.to.Clicked(desktop.MouseButtonPrimary, false, 0)
	require.Empty(t, p.told(), "the second may still come")
	for len(p.heard) == 0 {
		w.driver.turn()
	}
	require.Equal(t, []string{"tapped {5 5}"}, p.told())
}

func TestTheWheelTurnsWhatIsUnderIt(t *testing.T) {
	long := canvas.NewRectangle(red)
	long.SetMinSize(fyne.NewSize(10, 900))
	scroll := container.NewVScroll(long)
	_, s := open(t, container.NewStack(scroll))
	s.to.Moved(20, 20)
	s.to.Scrolled(0, -1)
	require.InDelta(t, wheelStep, scroll.Offset.Y, 0.1)
	s.to.Scrolled(0, -2)
	require.InDelta(t, 5*wheelStep, scroll.Offset.Y, 0.1)
}

func TestKeys(t *testing.T) {
	a, b := newProbe(), newProbe()
	w, s := open(t, place(a, b))
	var loose []string
	w.Canvas().SetOnTypedKey(func(e *fyne.KeyEvent) { loose = append(loose, string(e.Name)) })
	w.Canvas().AddShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyK, Modifier: fyne.KeyModifierControl}, func(fyne.Shortcut) { loose = append(loose, "find") })
	s.to.Key(fyne.KeyF1, "", 1, KeyDown, 0)
	s.to.Key(fyne.KeyK, "", 1, KeyDown, fyne.KeyModifierControl)
	s.to.Key(desktop.KeyControlLeft, "", 1, KeyDown, fyne.KeyModifierControl)
	require.Equal(t, []string{"F1", "find", "LeftControl"}, loose)

	s.to.Key(fyne.KeyTab, "", 1, KeyDown, 0)
	s.to.Typed('ö')
	s.to.Key(fyne.KeyReturn, "", 1, KeyDown, 0)
	s.to.Key(fyne.KeyReturn, "", 1, KeyHeld, 0)
	s.to.Key(fyne.KeyReturn, "", 1, KeyUp, 0)
	require.Equal(t, []string{"gained", "rune ö", "down Return", "key Return", "key Return", "up Return"}, a.told())
	s.to.Key(fyne.KeyV, "", 1, KeyDown, fyne.KeyModifierControl)
	s.to.Key(fyne.KeyUnknown, fyne.KeyC, 1, KeyDown, fyne.KeyModifierControl)
	s.to.Key(fyne.KeyS, "", 1, KeyDown, fyne.KeyModifierShift)
	require.Equal(t, []string{"down V", "shortcut Paste", "down ", "shortcut Copy", "down S", "key S"}, a.told())
	s.to.Key(fyne.KeyTab, "", 1, KeyDown, 0)
	s.to.Key(fyne.KeyTab, "", 1, KeyDown, fyne.KeyModifierShift)
	require.Equal(t, []string{"down Tab", "lost", "gained"}, a.told())
	require.Equal(t, []string{"gained", "down Tab", "lost"}, b.told())

	s.to.Focused(false) // another program has the keyboard
	s.to.Focused(true)
	require.Equal(t, []string{"lost", "gained"}, a.told())
	s.to.Moved(200, 150)
	s.to.Clicked(desktop.MouseButtonPrimary, true, 0)
	require.Equal(t, []string{"lost"}, a.told(), "a press beside it takes the keyboard away")
}

func TestWhatCannotBeChangedCanBeCopied(t *testing.T) {
	e := widget.NewEntry()
	e.SetText("Kept")
	w, s := open(t, container.NewVBox(e))
	w.Canvas().Focus(e)
	key := func(k fyne.KeyName) { s.to.Key(k, "", 1, KeyDown, fyne.KeyModifierControl) }
	key(fyne.KeyA)
	require.Equal(t, "Kept", e.SelectedText())
	e.Disable()
	key(fyne.KeyX)
	require.Equal(t, "Kept", e.Text)
	require.Empty(t, fyne.CurrentApp().Clipboard().Content())
	key(fyne.KeyC)
	require.Equal(t, "Kept", fyne.CurrentApp().Clipboard().Content())
}
