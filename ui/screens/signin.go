package screens

// What may change here: the way in. Which accounts there are to practise with is in practice.go, the address of the service
// in connection.go.

import (
	"context"
	"errors"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cmc/api"
	"cmc/app"
	"cmc/ui/control"
	"cmc/ui/theme"
)

// SignIn is the page before anybody is signed in: on the left what the service is, on the right two boxes and one button,
// or in training mode the people whom one may be.
type SignIn struct {
	d        Deps
	object   fyne.CanvasObject
	side     *control.Stack // what is on the right
	page     *control.Page
	status   *control.Text
	desk     *control.Text
	news     *control.Text // that a newer version of the program is there
	tooOld   *api.Problem  // why nobody signs in with this version; nil: they may
	user     *control.Input
	password *control.Input
	keep     *control.Tick
	enter    *control.Button
	sso      *control.Button // nil: this service has no identity provider
	ssoWrong *control.Text
	ssoWords string // of ssoWrong
	provider string // what it is called
	stop     func() // ends waiting for the browser; nil: it is not open
	giveUp   *control.Button
	practise *control.Link
	people   []*control.Pressable
	accounts []string
	training bool
	form     bool // in training: the two boxes instead of the people
	busy     bool
	closed   bool
	words    string // why the page is here again
}

// NewSignIn makes the page. words say why the person is here again, or are empty.
func NewSignIn(d Deps, words string, training bool) *SignIn {
	s := &SignIn{d: d, training: training, words: words}
	s.user = control.NewInput("User name", "")
	s.password = control.NewPassword("Password", "")
	s.keep = control.NewTick("Keep me signed in on this computer", "", nil)
	s.enter = control.Primary("Sign in", s.signIn)
	s.user.OnSubmit = func(string) { s.d.focus(s.password) }
	s.password.OnSubmit = func(string) { s.signIn() }
	s.ssoWrong = control.Words("", 14, true, theme.Red)
	s.ssoWrong.Hide()
	s.giveUp = control.Secondary("Cancel", s.stopWaiting)
	s.status = control.Words("", 14, false, theme.OnFill)
	s.desk = control.Words("", 14, false, theme.OnFill)
	s.news = control.Words("", 14, false, theme.OnFill)
	s.side = control.VStack(0).Inset(0, 24, 0, 24)
	s.page = control.Scroll(s.side)
	s.object = container.New(&beside{}, newSidePanel(s.status, s.desk, s.news), s.page)
	s.draw()
	s.look()
	return s
}

// look asks the service who it is.
func (s *SignIn) look() {
	address := s.d.Desk.Address()
	version := "Version " + s.d.Version
	if address == "" {
		s.status.SetText(version + "   No service chosen yet")
		return
	}
	name := shortAddress(address)
	if s.d.Desk.Training() && strings.HasPrefix(name, "127.0.0.1:") {
		name = "on this computer"
	}
	s.status.SetText(version + "   Service: " + name)
	var info api.ServiceInfo
	s.d.Work("Looking for the service...", func(ctx context.Context) (err error) {
		info, err = s.d.Desk.TestConnection(ctx, address)
		return err
	}, func(err error) {
		if s.closed {
			return
		}
		if err != nil {
			s.status.SetText(version + "   Service: " + name + "   ○\u00a0Not\u00a0connected")
			return
		}
		s.status.SetText(version + "   Service: " + name + "   ●\u00a0Connected")
		if info.HelpDesk != "" {
			s.desk.SetText(helpDeskWords(info.HelpDesk))
		}
		s.news.SetText("")
		old := s.tooOld != nil
		if s.tooOld = info.Client.Refusal(s.d.Version); s.tooOld == nil {
			s.news.SetText(info.Client.News(s.d.Version))
		}
		was, provider := s.training, s.provider
		s.training = info.Training
		s.provider = ""
		if info.SSO != nil {
			s.provider = info.SSO.Name
		}
		s.d.Service(info)
		if (was != s.training || provider != s.provider || old != (s.tooOld != nil)) && s.stop == nil {
			s.draw()
			s.Focus()
		}
	})
}

// helpDeskWords says what a number alone is for.
func helpDeskWords(words string) string {
	if words != "" && words[0] >= '0' && words[0] <= '9' {
		return "Help desk, day and night: " + words
	}
	return words
}

func shortAddress(address string) string {
	_, name, ok := strings.Cut(address, "://")
	if !ok {
		name = address
	}
	return name
}

// Why is the sentence about why the person is here again, or "".
func (s *SignIn) Why() string { return s.words }

// draw fills the right side.
func (s *SignIn) draw() {
	if s.tooOld != nil {
		s.drawUpdate()
		return
	}
	if s.training && !s.form {
		s.drawPeople()
		return
	}
	objs := []fyne.CanvasObject{control.Words("Sign in", 28, true, theme.Ink), control.Gap(18)}
	if s.words != "" {
		objs = append(objs, control.Card("", control.Body(s.words)), control.Gap(14))
	}
	s.practise = control.NewLink("Practise with invented patients", s.Practise)
	if s.training {
		s.practise = control.NewLink("Choose who to be", func() { s.form = false; s.draw(); s.Focus() })
	}
	links := control.HStack(16, s.practise.Sized(13.5, false), control.Spacer(), control.NewLink("Connection", s.connection).Sized(13.5, false))
	s.sso = nil
	s.enter = control.Primary("Sign in", s.signIn)
	if s.provider != "" {
		s.enter = control.Secondary("Sign in", s.signIn)
		s.sso = control.Primary("Sign in with "+s.provider, s.signInSSO)
		objs = append(objs, s.sso, control.Gap(6), s.ssoWrong, control.Gap(8), s.keep)
		if !s.d.Desk.SSOOnly() {
			objs = append(objs, control.Gap(18), rule(), control.Gap(16), control.Muted("Or with an account of this service"), control.Gap(10),
				s.user, control.Gap(14), s.password, control.Gap(14), s.enter)
		}
	} else {
		objs = append(objs, s.user, control.Gap(14), s.password, control.Gap(8), s.keep, control.Gap(14), s.enter)
	}
	objs = append(objs, control.Gap(26), rule(), control.Gap(16), links)
	s.centre(control.Column(420, control.VStack(0, objs...)))
}

// drawUpdate says, in the place of the boxes, that nobody signs in with this version: before anybody has typed anything.
func (s *SignIn) drawUpdate() {
	s.sso = nil
	s.practise = control.NewLink("Practise with invented patients", s.Practise)
	links := control.HStack(16, s.practise.Sized(13.5, false), control.Spacer(), control.NewLink("Connection", s.connection).Sized(13.5, false))
	s.centre(control.Column(420, control.VStack(0, control.Words("Update this program", 28, true, theme.Ink), control.Gap(18),
		control.Card("", control.VStack(10, control.Body(s.tooOld.Title), control.Body(s.tooOld.Detail))), control.Gap(26), rule(), control.Gap(16), links)))
}

// centre sets what is done in the middle of the room that there is.
func (s *SignIn) centre(o control.Flow) {
	s.side.Set(newSpring(s.page, o), o, control.Gap(24))
	s.page.ScrollTo(0)
}

// Practise starts training mode: the same program over an embedded service with invented patients.
func (s *SignIn) Practise() {
	if s.busy {
		return
	}
	s.busy = true
	s.centre(control.Column(420, control.VStack(10, control.Words("Practise", 28, true, theme.Ink), control.Body("Getting the invented patients ready..."))))
	s.d.Work("Getting the invented patients ready...", func(ctx context.Context) error { return s.d.Desk.StartTraining(ctx) }, func(err error) {
		s.busy = false
		if s.closed {
			return
		}
		if err != nil {
			s.draw()
			s.d.Say.Error(err)
			return
		}
		s.training, s.form, s.tooOld = true, false, nil
		s.d.Service(api.ServiceInfo{Training: true})
		s.draw()
		s.Focus()
		s.look()
	})
}

// signIn signs in with what is in the two boxes.
func (s *SignIn) signIn() {
	name, secret := strings.TrimSpace(s.user.Text()), s.password.Text()
	s.user.SetError("")
	s.password.SetError("")
	switch {
	case name == "":
		s.user.SetError("Type your user name.")
		s.d.focus(s.user)
		return
	case secret == "":
		s.password.SetError("Type your password.")
		s.d.focus(s.password)
		return
	}
	enter := s.enter
	enter.SetBusy("Signing in...")
	s.as(name, secret, s.keep.On(), enter.Ready)
}

// as signs somebody in; what goes wrong is said under the field that it concerns.
func (s *SignIn) as(name, secret string, keep bool, ready func()) {
	if s.busy {
		return
	}
	s.busy = true
	var in app.SignIn
	s.d.Work("Signing in...", func(ctx context.Context) (err error) {
		in, err = s.d.Desk.SignIn(ctx, name, secret, keep)
		return err
	}, func(err error) {
		s.busy = false
		if s.closed {
			return
		}
		ready()
		if err == nil {
			s.d.Home(in)
			return
		}
		e := app.Explain(err)
		if e.Cancelled {
			return
		}
		words := strings.TrimSpace(e.What + " " + e.Do)
		var refused *api.Problem
		switch {
		case s.training && !s.form || !errors.As(err, &refused): // it is about no field: there are none, or no answer came
			s.d.Say.Error(err)
		case e.Field == "username":
			s.user.SetError(words)
			s.d.focus(s.user)
		default:
			s.password.SetError(words)
			s.d.focus(s.password)
		}
	})
}

// inBrowser is what stands here while somebody proves who they are in the browser.
func inBrowser(title, provider string, giveUp *control.Button) control.Flow {
	return control.Column(420, control.VStack(12, control.Words(title, 28, true, theme.Ink),
		control.Body("Your browser has opened the page of "+provider+". When you have signed in there, this page goes on by itself."),
		control.HStack(0, giveUp)))
}

// signInSSO opens the browser and waits for it.
func (s *SignIn) signInSSO() {
	if s.busy {
		return
	}
	s.busy = true
	s.saySSO("")
	s.centre(inBrowser("Finish signing in in your browser", s.provider, s.giveUp))
	s.d.Window.Canvas().Focus(s.giveUp)
	keep := s.keep.On()
	var in app.SignIn
	s.stop = control.Work(func(ctx context.Context) (err error) {
		in, err = s.d.Desk.SignInSSO(ctx, keep)
		return err
	}, func(err error) {
		s.busy, s.stop = false, nil
		if s.closed {
			return
		}
		if err == nil {
			s.d.Home(in)
			return
		}
		s.draw()
		if e := app.Explain(err); !e.Cancelled {
			s.saySSO(strings.TrimSpace(e.What + " " + e.Means + " " + e.Do))
		}
		if s.sso != nil {
			s.d.Window.Canvas().Focus(s.sso)
		}
	})
}

// saySSO writes what is wrong under the button of the identity provider.
func (s *SignIn) saySSO(words string) {
	s.ssoWords = words
	s.ssoWrong.SetText(words)
	control.Reveal(s.ssoWrong, words != "")
}

// stopWaiting gives up on the browser.
func (s *SignIn) stopWaiting() {
	if s.stop != nil {
		s.stop()
	}
}

// Waiting says whether the browser is open.
func (s *SignIn) Waiting() bool { return s.stop != nil }

// SSOWrong are the words under the button of the identity provider, or "".
func (s *SignIn) SSOWrong() string { return s.ssoWords }

// connection shows the address of the service.
func (s *SignIn) connection() {
	ShowConnection(s.d, func() {
		if s.closed {
			return
		}
		s.training, s.form, s.provider, s.tooOld = s.d.Desk.Training(), false, "", nil
		s.draw()
		s.look()
		s.Focus()
	})
}

// Object is what is drawn.
func (s *SignIn) Object() fyne.CanvasObject { return s.object }

// Focus goes to the first thing to do.
func (s *SignIn) Focus() {
	switch {
	case s.busy:
	case s.tooOld != nil:
		s.d.Window.Canvas().Focus(s.practise)
	case s.sso != nil && (!s.training || s.form) && s.user.Text() == "":
		s.d.Window.Canvas().Focus(s.sso)
	case s.training && !s.form && len(s.people) > 0:
		s.d.Window.Canvas().Focus(s.people[0])
	case s.user.Text() != "":
		s.d.focus(s.password)
	default:
		s.d.focus(s.user)
	}
}

// Help says what the page is for.
func (s *SignIn) Help() []string {
	if s.tooOld != nil {
		return []string{"This version of the program is no longer served, so that nobody signs in with it. What was written on this computer is kept for the newer one."}
	}
	if s.training {
		return []string{"Everything here is invented. Choose who to be: the page changes with the role.", "To see the whole job, be the care-home nurse, then the GP, then the ambulance clinician."}
	}
	if s.sso != nil {
		browser := "\"Sign in with " + s.provider + "\" opens your browser: sign in there as you do elsewhere, then come back."
		if s.d.Desk.SSOOnly() {
			return []string{browser}
		}
		return []string{browser,
			"If your organisation gave you an account of this service itself, type its user name and password instead."}
	}
	return []string{"Sign in with the account that your organisation gave you.", "To try the program without an account, follow \"Practise with invented patients\"."}
}

// Close ends the page.
func (s *SignIn) Close() {
	s.closed = true
	s.stopWaiting()
}

// Inputs are the two boxes, for tests of the words under them.
func (s *SignIn) Inputs() (user, password *control.Input) { return s.user, s.password }

// sidePanel lays out the blue side: what the service is at the top, its state at the foot. Where text is large and room is
// short, the name is written smaller and the line below it goes.
type sidePanel struct {
	back        fyne.CanvasObject
	name, small *control.Text
	line        *control.Text
	foot        *control.Stack
}

// newSidePanel makes the blue side with what stands at its foot.
func newSidePanel(foot ...fyne.CanvasObject) *fyne.Container {
	p := &sidePanel{
		back:  control.NewFill(theme.BlueFill),
		name:  control.Words("Coordinate\nMy Care", 34, true, theme.OnFill),
		small: control.Words("Coordinate\nMy Care", 20, true, theme.OnFill),
		line:  control.Words("One urgent care plan for each person, written with them, seen by whoever is called at 3 am.", 18, false, theme.OnFill),
		foot:  control.VStack(6, foot...),
	}
	return container.New(p, p.back, p.name, p.small, p.line, p.foot)
}

// Layout places them.
func (p *sidePanel) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	control.SetFill(p.back, theme.BlueFill)
	control.PlaceFill(p.back, 0, 0, size.Width, size.Height)
	x, y := theme.S(56), theme.S(72)
	if size.Width < theme.S(420) {
		x, y = theme.S(24), theme.S(32)
	}
	w := size.Width - 2*x
	put := func(o fyne.CanvasObject, top, height float32) {
		o.Move(fyne.NewPos(x, top))
		o.Resize(fyne.NewSize(w, height))
	}
	foot := p.foot.HeightFor(w)
	put(p.foot, size.Height-foot-y, foot)
	name, other := p.name, p.small
	if name.NaturalWidth() > w {
		name, other = p.small, p.name
	}
	name.Show()
	other.Hide()
	h := name.HeightFor(w)
	put(name, y, h)
	top := y + h + theme.S(22)
	line := p.line.HeightFor(w)
	put(p.line, top, line)
	p.line.Hidden = top+line+theme.S(24) > size.Height-foot-y
}

// MinSize asks for little.
func (p *sidePanel) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(200, 200) }

// beside gives the blue side 520 of 1280, and the rest to what is done.
type beside struct{}

// Layout places the two.
func (*beside) Layout(objs []fyne.CanvasObject, size fyne.Size) {
	left := min(theme.S(520), size.Width*0.406)
	objs[0].Resize(fyne.NewSize(left, size.Height))
	objs[0].Move(fyne.NewPos(0, 0))
	objs[1].Move(fyne.NewPos(left, 0))
	objs[1].Resize(fyne.NewSize(size.Width-left, size.Height))
}

// MinSize asks for little.
func (*beside) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(480, 300) }
