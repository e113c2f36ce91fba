package ui

// What may change here: what the window is made of, how it begins and how it ends.

import (
	"context"
	"image"
	"sync"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"cmc/api"
	"cmc/app"
	"cmc/app/idle"
	"cmc/ui/control"
	"cmc/ui/message"
	"cmc/ui/screens"
	"cmc/ui/theme"
)

// Title is the window's title. It never names a patient.
const Title = "Coordinate My Care"

// Options say how the window begins.
type Options struct {
	Version  string
	Training bool    // begin in training mode, with the embedded service
	TextSize int     // per cent, 100 to 200; 0: what the settings say
	Plan     string  // the plan that whoever signs in first followed a link to, by its id; "": none
	Width    float32 // 0: 1280
	Height   float32 // 0: 800
	// Now is the clock by which the window is left idle; nil: time.Now.
	Now func() time.Time
	// Away starts to watch for the computer being locked or asleep, and calls lock on any goroutine; nil: nobody tells.
	Away func(lock func())
	// Links starts to watch for links that are followed while the window is open, and calls follow on any goroutine, with the id of a
	// plan; nil: none comes.
	Links func(follow func(planID string))
	// Restore brings the window back where it was made small; nil: the window's driver does. Drawing thread.
	Restore func()
	// Drawing is called once while the first frame is being drawn, with the window's drawing context in use; nil: nobody asks.
	Drawing func(*Window)
	// FirstFrame is called once, when the window's first frame is being drawn; nil: nobody asks.
	FirstFrame func()
	// Demonstrate performs the main job in this window by itself; nil: not offered.
	Demonstrate func(*Window)
}

// A Window is the one window of the desktop program. Make it with NewWindow. Drawing thread only.
type Window struct {
	win    fyne.Window
	desk   *app.Desk
	say    *message.Sayer
	o      Options
	bar    *bar
	rail   *rail
	foot   *foot
	middle *fyne.Container
	screen screens.Screen

	user      *api.User // nil: nobody is signed in
	training  bool
	helpDesk  string
	history   []app.Place
	opening   int // counts openings, so that a late answer does not replace a newer page
	planID    string
	linked    time.Time // when the link of o.Plan was followed
	noticed   string
	kept      map[string]string
	asides    map[string]aside  // what people wrote outside the form and did not choose to leave, by the id of a user
	asked     map[string]string // of the aside of who is signed in: words typed into questions, by opaque keys
	era       int               // counts sign-ins: what was begun for one person ends with them
	shortcuts map[string]func() // by ShortcutName
	caption   *caption
	stopDemo  func() // ends the demonstration that is under way; nil: there is none

	all      fyne.CanvasObject // everything that the window is made of
	idle     *idle.Watch
	locked   *cover // nil: it is not locked
	provider string // the name of the service's identity provider
}

// Run opens the window and serves it until it is closed. a is the application of cmd/cmc.
func Run(a fyne.App, d *app.Desk, o Options) {
	w := NewWindow(a, d, o)
	w.Start()
	w.win.ShowAndRun()
}

// NewWindow makes the window without showing it.
func NewWindow(a fyne.App, d *app.Desk, o Options) *Window {
	if o.Width == 0 {
		o.Width, o.Height = 1280, 800
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	w := &Window{desk: d, o: o, kept: map[string]string{}, shortcuts: map[string]func(){}, asides: map[string]aside{}}
	w.appearance(d.Settings())
	w.win = a.NewWindow(Title)
	w.win.SetPadded(false)
	w.win.SetMaster()
	w.say = message.New(w.win)
	w.say.OnSignedOut(w.signedOut)
	w.say.OnQuiet(func() {
		if w.screen != nil && w.win.Canvas().Focused() == nil {
			w.screen.Focus()
		}
		fyne.Do(w.openLinked) // after what the answer does
	})
	w.bar = newBar(func() { w.Go(app.Place{Screen: screens.FindScreen}) }, func() { w.Go(app.Place{Screen: screens.PositionScreen}) }, w.SignOut)
	w.rail = newRail()
	w.middle = container.NewStack()
	strip := w.say.Strip()
	w.caption = newCaption()
	w.foot = newFoot()
	parts := []fyne.CanvasObject{w.bar, w.rail, w.middle, w.foot.box, strip, w.caption}
	if o.FirstFrame != nil {
		parts = append(parts, w.firstFrame())
	}
	w.all = container.New(&frame{bar: w.bar, rail: w.rail, middle: w.middle, foot: w.foot.box, over: []fyne.CanvasObject{strip, w.caption}}, parts...)
	w.win.SetContent(w.all)
	w.win.Resize(fyne.NewSize(o.Width, o.Height))
	w.keys()
	w.win.SetCloseIntercept(w.close)
	w.desk.OnWhere(w.moved())
	w.watch()
	w.linked = o.Now()
	if o.Links != nil {
		o.Links(func(planID string) { fyne.Do(func() { w.Follow(planID) }) })
	}
	return w
}

// Fyne is the window itself, for captures and tests.
func (w *Window) Fyne() fyne.Window { return w.win }

// Screen is the page that is open.
func (w *Window) Screen() screens.Screen { return w.screen }

// Messages is where the window says things.
func (w *Window) Messages() *message.Sayer { return w.say }

// Desk is the brain behind the window.
func (w *Window) Desk() *app.Desk { return w.desk }

// Start shows the sign-in page, and goes on from a kept sign-in where there is one.
func (w *Window) Start() {
	w.signInPage("")
	w.tellOfCrash()
	if w.o.Training {
		if s, ok := w.screen.(*screens.SignIn); ok {
			s.Practise()
		}
		return
	}
	var in app.SignIn
	var found bool
	w.work("Looking for a kept sign-in...", func(ctx context.Context) (err error) {
		in, found, err = w.desk.Resume(ctx)
		return err
	}, func(err error) {
		switch {
		case w.signedIn():
		case err == nil && found:
			w.home(in)
		case app.NotResumed(err) != "":
			w.signInPage(app.NotResumed(err))
		}
	})
}

func (w *Window) signedIn() bool { return w.user != nil }

// deps is what the screens are given.
func (w *Window) deps() screens.Deps {
	d := screens.Deps{
		Desk: w.desk, Window: w.win, Say: w.say, Version: w.o.Version,
		Go: w.Go, OpenKept: w.keepReading, Open: w.openWith, Start: w.startFor, Remember: w.remember, Kept: w.kept, Back: w.Back, Work: w.work, Home: w.home, Service: w.service, Help: w.help, SignOut: w.SignOut, Appearance: w.appearance,
	}
	if w.o.Demonstrate != nil && w.training {
		d.Demonstrate = func() { w.o.Demonstrate(w) }
	}
	return d
}

// work is screens.Deps.Work. What comes back when somebody else sits here comes back to nobody.
func (w *Window) work(words string, do func(context.Context) error, done func(error)) {
	mine := w.era
	workWith(w.say)(words, do, func(err error) {
		if mine == w.era {
			done(err)
		}
	})
}

// workWith is screens.Deps.Work with the strip of a Sayer.
func workWith(say *message.Sayer) func(words string, do func(context.Context) error, done func(error)) {
	return func(words string, do func(context.Context) error, done func(error)) {
		var cancel func()
		ended := say.Working(words, func() {
			if cancel != nil {
				cancel()
			}
		})
		cancel = control.Work(do, func(err error) {
			ended()
			done(err)
		})
	}
}

// service learns which service the desk points to.
func (w *Window) service(info api.ServiceInfo) {
	w.training = info.Training || w.desk.Training()
	w.helpDesk = info.HelpDesk
	w.provider = ""
	if info.SSO != nil {
		w.provider = info.SSO.Name
	}
	w.furniture()
}

// home begins a session.
func (w *Window) home(in app.SignIn) {
	if in.Choose {
		w.show(screens.NewPosition(w.deps(), in.User, true))
		return
	}
	w.user = &in.User
	w.training = w.training || w.desk.Training()
	w.history = nil
	w.say.Forget()
	w.takeUp(in.User.ID)
	w.idle = idle.Begin(w.desk.LockAfter(), idle.At(w.o.Now()))
	w.Go(w.homePlace())
	w.openLinked()
	if in.Notice != "" && in.Notice != w.noticed { // once for each start of the program is enough
		w.noticed = in.Notice
		w.say.Notice("About this computer\n" + in.Notice)
	}
}

// linkLasts is how long a link waits for whoever followed it to sign in, or to answer what is asked on the screen. Somebody who sits down
// here later has not asked for that plan.
const linkLasts = 15 * time.Minute

// Follow brings the window to the front and opens a plan that a link leads to, as soon as that may be: after signing in, after the window
// is unlocked, after a question on the screen is answered. What is being typed is kept as when the person goes elsewhere.
func (w *Window) Follow(planID string) {
	w.o.Plan, w.linked = planID, w.o.Now()
	if w.o.Restore != nil {
		w.o.Restore()
	}
	w.win.RequestFocus()
	w.openLinked()
}

// openLinked opens the plan of a link once, where one waits and nothing is in its way: whoever signs in next did not follow it.
func (w *Window) openLinked() {
	plan := w.o.Plan
	if plan == "" || !w.signedIn() || w.locked != nil || w.say.Open() || w.stopDemo != nil {
		return
	}
	w.o.Plan = ""
	if w.o.Now().Sub(w.linked) > linkLasts || w.screen != nil && w.Place().PlanID == plan {
		return
	}
	w.Go(app.Place{Screen: screens.PlanScreen, PlanID: plan})
}

// SignOut ends the session. Words that were typed are kept with their drafts.
func (w *Window) SignOut() {
	if _, choosing := w.screen.(*screens.Position); !w.signedIn() && !choosing {
		return
	}
	w.leave(false)
	w.work("Signing out...", func(ctx context.Context) error { return w.desk.SignOut(ctx) }, func(err error) {
		w.signInPage("")
		if err != nil && !app.Explain(err).SignInAgain {
			w.say.Error(err)
		}
	})
}

// signedOut shows the sign-in page because the service no longer knows the session.
// What the person had begun to write outside the form is kept for this very person, who did not choose to leave.
func (w *Window) signedOut(words string) {
	if !w.signedIn() || w.locked != nil { // whoever unlocks it begins a new session
		return
	}
	w.leave(true)
	w.signInPage(words)
}

// leave ends what the window shows of a person. With aside, who did not choose to leave has what they wrote outside the form
// again when they come back.
func (w *Window) leave(aside bool) {
	w.closeScreen()
	w.say.Clear()
	if aside && w.user != nil {
		w.setAside(w.user.ID)
	}
	w.user, w.planID, w.history, w.asked = nil, "", nil, nil
	w.opening++
	w.era++
	w.say.Forget()
	clear(w.kept)
}

func (w *Window) signInPage(words string) {
	w.show(screens.NewSignIn(w.deps(), words, w.training || w.desk.Training()))
}

// appearance draws the window in the light or dark theme and at the text size of the settings.
func (w *Window) appearance(s app.Settings) {
	size := s.TextSize
	if w.o.TextSize != 0 {
		size = w.o.TextSize
	}
	variant := theme.Light
	if s.Theme == "dark" {
		variant = theme.Dark
	}
	fyne.CurrentApp().Settings().SetTheme(theme.New(variant, float32(max(size, 100))/100))
}

// close keeps what is typed and closes the window.
func (w *Window) close() {
	w.closeScreen()
	w.win.Close()
}

func (w *Window) closeScreen() {
	if w.screen != nil {
		w.screen.Close()
		w.screen = nil
	}
}

// show puts a screen into the middle of the window.
func (w *Window) show(s screens.Screen) {
	w.closeScreen()
	w.screen = s
	if !w.say.Open() && w.locked == nil {
		w.win.Canvas().Unfocus() // what had the keyboard leaves the window
	}
	w.middle.Objects = []fyne.CanvasObject{s.Object()}
	w.furniture()
	w.middle.Refresh()
	if w.locked == nil {
		s.Focus()
	}
}

// furniture draws bar and rail for who is signed in and what is open.
func (w *Window) furniture() {
	if !w.signedIn() {
		w.bar.set("", "", false, false, false, w.training)
		w.rail.Hide()
		if _, ok := w.screen.(*screens.SignIn); ok && !w.training {
			w.bar.Hide()
		} else {
			w.bar.Show()
		}
	} else {
		who := w.user.Name
		if w.user.RoleTitle != "" {
			who += ", " + w.user.RoleTitle
		}
		w.bar.set(who, w.user.Organisation.Name, w.may("find"), len(w.user.Positions) > 1, true, w.training)
		w.bar.Show()
		place := w.Place().Screen
		if railed[place] {
			w.rail.Show()
		} else {
			w.rail.Hide()
		}
		w.rail.set(*w.user, w.training, w.Go, w.help)
		w.rail.mark(place)
	}
	w.where()
	w.win.Content().Refresh()
}

// firstFrame is a transparent dot that tells when it is drawn for the first time, and with it the window.
func (w *Window) firstFrame() fyne.CanvasObject {
	var once sync.Once
	dot := canvas.NewRaster(func(width, height int) image.Image {
		once.Do(func() {
			if w.o.Drawing != nil {
				w.o.Drawing(w)
			}
			go fyne.Do(w.o.FirstFrame) // after the frame that is being made
		})
		return image.NewNRGBA(image.Rect(0, 0, max(width, 1), max(height, 1)))
	})
	dot.Resize(fyne.NewSize(1, 1))
	return dot
}
