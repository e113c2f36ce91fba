package softwindow

// What may change here: the loop that serves the window, and what Fyne asks of whoever draws.

import (
	"math"
	"os"
	"strconv"
	"sync"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
)

const (
	between = time.Second / 60 // frames, while something moves by itself
	// alive is how often an idle window is walked at the latest: Fyne forgets after a minute how objects are drawn that nobody
	// looked at.
	alive = 20 * time.Second
)

// Driver serves one window. Make it with New.
type Driver struct {
	glass   Glass
	windows []*Window
	moving  []*moving
	queue   struct {
		sync.Mutex
		do []func()
	}
	quit  bool
	drawn time.Time
	err   error
	words fyne.Driver // measures words
	// OnInput is called for everything that the person does in the window; nil: nobody asks.
	OnInput func()
}

// App is an application of Fyne's whose window is drawn without OpenGL.
type App struct {
	fyne.App
	driver *Driver
}

// New makes an application that shows its window on glass, and for everything else is a, which must not have made a window. It
// becomes the current one.
func New(a fyne.App, glass Glass) *App {
	app := &App{App: a, driver: &Driver{glass: glass, words: a.Driver()}}
	fyne.SetCurrentApp(app)
	a.Settings().AddListener(func(fyne.Settings) {
		for _, w := range app.driver.windows {
			for _, tree := range w.canvas.trees() {
				takeTheme(tree)
			}
			w.canvas.dirty = true
		}
	})
	return app
}

// Soft is the driver.
func (a *App) Soft() *Driver { return a.driver }

// Driver is the driver, as Fyne asks for it.
func (a *App) Driver() fyne.Driver { return a.driver }

// NewWindow makes the window.
func (a *App) NewWindow(title string) fyne.Window { return a.driver.CreateWindow(title) }

// Run serves the window until it is closed.
func (a *App) Run() { a.driver.Run() }

// Quit closes it.
func (a *App) Quit() { a.driver.Quit() }

// Err is why the window could not be shown any longer; nil: it was closed.
func (d *Driver) Err() error { return d.err }

func (d *Driver) fail(err error) {
	d.err = err
	d.Quit()
}

// CreateWindow makes a window. Only one can be shown.
func (d *Driver) CreateWindow(title string) fyne.Window {
	w := &Window{driver: d, glass: d.glass, canvas: newCanvas(), title: title}
	d.windows = append(d.windows, w)
	return w
}

// AllWindows lists the window.
func (d *Driver) AllWindows() []fyne.Window {
	var all []fyne.Window
	for _, w := range d.windows {
		all = append(all, w)
	}
	return all
}

// RenderedTextSize measures words.
func (d *Driver) RenderedTextSize(text string, size float32, style fyne.TextStyle, font fyne.Resource) (fyne.Size, float32) {
	return d.words.RenderedTextSize(text, size, style, font)
}

// CanvasForObject is the window's canvas: there is but one.
func (d *Driver) CanvasForObject(fyne.CanvasObject) fyne.Canvas {
	if len(d.windows) == 0 {
		return nil
	}
	return d.windows[len(d.windows)-1].canvas
}

// AbsolutePositionForObject is where in the window an object is, zero where it is not shown.
func (d *Driver) AbsolutePositionForObject(wanted fyne.CanvasObject) (found fyne.Position) {
	for _, w := range d.windows {
		for _, tree := range w.canvas.trees() {
			if !visit(tree, fyne.Position{}, everywhere, func(o fyne.CanvasObject, place, _ area) bool {
				if o == wanted {
					found = place.at
				}
				return o != wanted
			}, nil) {
				return found
			}
		}
	}
	return found
}

// Device is a computer with a keyboard.
func (d *Driver) Device() fyne.Device { return device{d} }

// DoubleTapDelay is how soon the second tap must follow the first.
func (d *Driver) DoubleTapDelay() time.Duration { return doubleAfter }

// SetDisableScreenBlanking does nothing: the screen locks as the computer's owner wants it.
func (d *Driver) SetDisableScreenBlanking(bool) {}

// DoFromGoroutine has f done on the drawing thread, and waits for it when wait says so. Any goroutine; with wait, any but that.
func (d *Driver) DoFromGoroutine(f func(), wait bool) {
	var done chan struct{}
	if wait {
		done = make(chan struct{})
		inner := f
		f = func() { defer close(done); inner() }
	}
	d.queue.Lock()
	d.queue.do = append(d.queue.do, f)
	d.queue.Unlock()
	d.glass.Wake()
	if wait {
		<-done
	}
}

// work does what goroutines asked for.
func (d *Driver) work() {
	for {
		d.queue.Lock()
		do := d.queue.do
		d.queue.do = nil
		d.queue.Unlock()
		if len(do) == 0 {
			return
		}
		for _, f := range do {
			f()
		}
	}
}

func (d *Driver) waiting() bool {
	d.queue.Lock()
	defer d.queue.Unlock()
	return len(d.queue.do) > 0
}

// Run serves the window until it is closed. Main goroutine.
func (d *Driver) Run() {
	if life, ok := fyne.CurrentApp().Lifecycle().(interface{ OnStarted() func() }); ok && life.OnStarted() != nil {
		life.OnStarted()()
	}
	for !d.quit {
		d.turn()
	}
	for _, w := range d.windows {
		if w.open {
			w.open = false
			w.glass.Close()
		}
	}
	d.work() // nobody may wait for ever for a window that is gone
	if life, ok := fyne.CurrentApp().Lifecycle().(interface{ OnStopped() func() }); ok && life.OnStopped() != nil {
		life.OnStopped()()
	}
}

// turn waits until there is something to do, does it, and shows what it changed.
func (d *Driver) turn() {
	atMost := alive
	switch {
	case d.waiting() || d.dirty():
		atMost = 0
	case len(d.moving) > 0:
		atMost = between
	}
	d.glass.Wait(atMost)
	d.work()
	d.tick(time.Now())
	anyway := time.Since(d.drawn) > alive
	for _, w := range d.windows {
		w.draw(anyway)
	}
	if anyway || d.drawn.IsZero() {
		d.drawn = time.Now()
	}
}

func (d *Driver) dirty() bool {
	for _, w := range d.windows {
		if w.open && w.canvas.dirty {
			return true
		}
	}
	return false
}

// Quit ends Run.
func (d *Driver) Quit() {
	d.quit = true
	d.glass.Wake()
}

// moving is an animation on its way.
type moving struct {
	a     *fyne.Animation
	begun time.Time
	turns int
	back  bool
}

// StartAnimation begins an animation.
func (d *Driver) StartAnimation(a *fyne.Animation) {
	d.moving = append(d.moving, &moving{a: a, begun: time.Now(), turns: a.RepeatCount})
	d.glass.Wake()
}

// StopAnimation ends one.
func (d *Driver) StopAnimation(a *fyne.Animation) {
	kept := make([]*moving, 0, len(d.moving))
	for _, m := range d.moving {
		if m.a != a {
			kept = append(kept, m)
		}
	}
	d.moving = kept
}

// tick moves what moves by itself.
func (d *Driver) tick(now time.Time) {
	for _, m := range append([]*moving(nil), d.moving...) {
		part := float32(1)
		if m.a.Duration > 0 {
			part = min(float32(now.Sub(m.begun))/float32(m.a.Duration), 1)
		}
		curve := m.a.Curve
		if curve == nil {
			curve = fyne.AnimationEaseInOut
		}
		at := curve(part)
		if m.back {
			at = curve(1 - part)
		}
		m.a.Tick(at)
		if part < 1 {
			continue
		}
		m.begun = now
		if m.a.AutoReverse && !m.back {
			m.back = true
			continue
		}
		m.back = false
		if m.turns == 0 {
			d.StopAnimation(m.a)
		} else if m.turns > 0 {
			m.turns--
		}
	}
}

// scaleOf is how many pixels one unit of Fyne's takes: what the system wants, times what FYNE_SCALE or the settings say.
func (d *Driver) scaleOf(g Glass) float32 {
	own := fyne.CurrentApp().Settings().Scale()
	if v, err := strconv.ParseFloat(os.Getenv("FYNE_SCALE"), 32); err == nil && v > 0 {
		own = float32(v)
	}
	if own <= 0 {
		own = 1
	}
	return float32(math.Round(float64(max(g.Scale(), 1)*own*10)) / 10)
}

// device is what Fyne may ask of the computer.
type device struct{ d *Driver }

func (device) Orientation() fyne.DeviceOrientation        { return fyne.OrientationHorizontalLeft }
func (device) IsMobile() bool                             { return false }
func (device) IsBrowser() bool                            { return false }
func (device) HasKeyboard() bool                          { return true }
func (device) Locale() fyne.Locale                        { return lang.SystemLocale() }
func (v device) SystemScaleForWindow(fyne.Window) float32 { return v.d.glass.Scale() }
