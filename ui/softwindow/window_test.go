package softwindow

// What may change here: what is proved about the window and its loop, on a glass in memory. cmd/cmc proves the same program on a
// real display without OpenGL.

import (
	"image"
	"image/color"
	"testing"
	"time"
	_ "unsafe" // to have Fyne forget, as it does after a minute

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"
	"github.com/stretchr/testify/require"
)

//go:linkname forget fyne.io/fyne/v2/internal/cache.DestroyRenderer
func forget(fyne.Widget)

// sheet is a glass in memory: what a person would see.
type sheet struct {
	seen   *image.RGBA
	size   image.Point
	shown  []image.Rectangle // by the last Show
	cursor desktop.Cursor
	to     Input
	wake   chan struct{}
	waited []time.Duration
	closed bool
}

func (s *sheet) Open(_ string, size, _ image.Point, to Input) error {
	s.size, s.to, s.seen = size, to, image.NewRGBA(image.Rectangle{Max: size})
	return nil
}
func (s *sheet) Size() image.Point { return s.size }
func (s *sheet) Scale() float32    { return 1 }
func (s *sheet) Show(p *image.RGBA, changed []image.Rectangle) error {
	s.shown = changed
	if s.seen.Rect != p.Rect {
		s.seen = image.NewRGBA(p.Rect)
	}
	for _, c := range changed {
		for y := c.Min.Y; y < c.Max.Y; y++ {
			copy(s.seen.Pix[s.seen.PixOffset(c.Min.X, y):][:c.Dx()*4], p.Pix[p.PixOffset(c.Min.X, y):])
		}
	}
	return nil
}
func (s *sheet) SetTitle(string)            {}
func (s *sheet) SetIcon(image.Image)        {}
func (s *sheet) SetCursor(c desktop.Cursor) { s.cursor = c }
func (s *sheet) Wait(atMost time.Duration) {
	s.waited = append(s.waited, atMost)
	select {
	case <-s.wake:
	case <-time.After(atMost):
	}
}
func (s *sheet) Wake() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}
func (s *sheet) Raise() {}
func (s *sheet) Close() { s.closed = true }

// open shows a content in a window of 300 by 200.
func open(t *testing.T, content fyne.CanvasObject) (*Window, *sheet) {
	t.Helper()
	t.Setenv("FYNE_SCALE", "1")
	inner := test.NewTempApp(t)
	s := &sheet{wake: make(chan struct{}, 1)}
	a := New(inner, s)
	t.Cleanup(func() { fyne.SetCurrentApp(inner) })
	w := a.NewWindow("Test").(*Window)
	w.SetPadded(false)
	w.SetContent(content)
	w.Resize(fyne.NewSize(300, 200))
	w.Show()
	w.driver.turn()
	return w, s
}

// ink counts the pixels of a place that are not the ground.
func (s *sheet) ink(place image.Rectangle) (n int) {
	ground := s.seen.RGBAAt(s.seen.Rect.Max.X-1, s.seen.Rect.Max.Y-1)
	for y := place.Min.Y; y < place.Max.Y; y++ {
		for x := place.Min.X; x < place.Max.X; x++ {
			if s.seen.RGBAAt(x, y) != ground {
				n++
			}
		}
	}
	return n
}

func TestOnlyWhatChangedIsShown(t *testing.T) {
	first, second := widget.NewLabel("First"), widget.NewLabel("Second")
	w, s := open(t, container.NewVBox(first, second))
	require.Equal(t, []image.Rectangle{image.Rect(0, 0, 300, 200)}, s.shown)
	s.shown = nil
	w.canvas.Refresh(first)
	w.driver.turn()
	require.Empty(t, s.shown, "nothing looks otherwise")
	second.SetText("Second thoughts")
	w.driver.turn()
	require.NotEmpty(t, s.shown)
	for _, place := range s.shown {
		require.GreaterOrEqual(t, place.Min.Y, int(second.Position().Y), "the first stays as it is")
		require.Less(t, place.Dx()*place.Dy(), 300*200/4)
	}
	w.Exposed()
	w.driver.turn()
	require.Equal(t, []image.Rectangle{image.Rect(0, 0, 300, 200)}, s.shown, "what was covered is shown again")
}

func TestAnIdleWindowWaits(t *testing.T) {
	w, s := open(t, widget.NewLabel("Quiet"))
	s.waited = nil
	s.Wake()
	w.driver.turn()
	require.Equal(t, []time.Duration{alive}, s.waited)
}

func TestWhatGrowsMovesWhatIsBelow(t *testing.T) {
	above, below := widget.NewLabel("One line"), widget.NewLabel("Below")
	w, _ := open(t, container.NewWithoutLayout(container.NewStack(container.NewVBox(above, below))))
	before := below.Position().Y
	above.SetText("One line\nand another")
	w.driver.turn()
	require.Greater(t, below.Position().Y, before)
}

// TestAForgottenRendererComesBack: after a computer was asleep, Fyne forgets how everything is drawn.
func TestAForgottenRendererComesBack(t *testing.T) {
	b := newProbe()
	w, s := open(t, place(b))
	before := s.ink(image.Rect(0, 0, 290, 100))
	require.Greater(t, before, 100)
	forget(b)
	w.canvas.Refresh(b)
	w.driver.turn()
	require.Equal(t, before, s.ink(image.Rect(0, 0, 290, 100)))
}

func TestGoroutinesReachTheWindow(t *testing.T) {
	label := widget.NewLabel("")
	w, s := open(t, container.NewVBox(label))
	ended := make(chan struct{})
	go func() {
		fyne.DoAndWait(func() { label.SetText("Heard") })
		fyne.Do(w.CloseAsked)
		close(ended)
	}()
	w.driver.Run()
	<-ended
	require.Greater(t, s.ink(image.Rect(0, 0, 290, 100)), 20)
	require.True(t, s.closed)
	require.NoError(t, w.driver.Err())
}

func TestWhoWantsToBeAskedIsAskedBeforeItCloses(t *testing.T) {
	w, _ := open(t, widget.NewLabel("x"))
	asked, closed := 0, 0
	w.SetOnClosed(func() { closed++ })
	w.SetCloseIntercept(func() { asked++ })
	w.CloseAsked()
	require.Equal(t, [2]int{1, 0}, [2]int{asked, closed})
	w.Close()
	w.Close()
	require.Equal(t, [2]int{1, 1}, [2]int{asked, closed})
}

func TestAnotherThemeIsDrawnEverywhere(t *testing.T) {
	b := widget.NewButton("", func() {})
	w, s := open(t, place(container.NewStack(b)))
	b.Resize(fyne.NewSize(40, 40))
	w.canvas.Refresh(b)
	w.driver.turn()
	before := [2]color.Color{s.seen.RGBAAt(20, 20), s.seen.RGBAAt(299, 199)}
	fyne.CurrentApp().Settings().SetTheme(test.NewTheme())
	w.driver.turn()
	require.NotEqual(t, before[0], s.seen.RGBAAt(20, 20), "the button")
	require.NotEqual(t, before[1], s.seen.RGBAAt(299, 199), "the ground")
}

func TestTheContentFollowsTheWindow(t *testing.T) {
	r := canvas.NewRectangle(nil)
	w, s := open(t, container.NewStack(r))
	s.size = image.Pt(400, 260)
	w.Resized()
	w.driver.turn()
	require.Equal(t, fyne.NewSize(400, 260), r.Size())
	require.Equal(t, image.Rect(0, 0, 400, 260), s.seen.Rect)
	s.size = image.Point{}
	w.Resized() // minimised
	require.False(t, w.canvas.dirty)
	require.Equal(t, fyne.NewSize(400, 260), r.Size())
}
