package screens

// What may change here: what a locked window shows, and how a person proves that it is theirs. It shows nothing of any patient.

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

// Lock is the page over a locked window.
type Lock struct {
	d        Deps
	object   fyne.CanvasObject
	side     *control.Stack
	page     *control.Page
	who      api.User
	why      string
	user     *control.Input
	password *control.Input
	enter    *control.Button
	sso      *control.Button // nil: no identity provider
	wrong    *control.Text   // about the way in as a whole
	words    string          // of wrong
	provider string
	giveUp   *control.Button
	stop     func() // ends waiting for the browser; nil: it is not open
	busy     bool
	closed   bool
	open     func(app.Unlocked)
}

// NewLock makes the page over who's window. why says in a sentence why it is locked; provider is the name of the service's identity
// provider, or ""; helpDesk is whom to call; open is called once somebody has proved who they are.
func NewLock(d Deps, who api.User, why, provider, helpDesk string, training bool, open func(app.Unlocked)) *Lock {
	l := &Lock{d: d, who: who, why: why, provider: provider, open: open}
	l.user = control.NewInput("User name", "")
	hint := ""
	if training {
		hint = "In training it is: training"
	}
	l.password = control.NewPassword("Password", hint)
	l.user.OnSubmit = func(string) { l.d.focus(l.password) }
	l.password.OnSubmit = func(string) { l.unlock() }
	if who.Signs != "sso" {
		l.user.SetText(who.Username)
	}
	l.wrong = control.ErrorText("")
	l.wrong.Hide()
	l.giveUp = control.Secondary("Cancel", l.stopWaiting)
	l.side = control.VStack(0).Inset(0, 24, 0, 24)
	l.page = control.Scroll(l.side)
	l.object = container.New(&beside{}, newSidePanel(control.Words(helpDeskWords(helpDesk), 14, false, theme.OnFill)), l.page)
	l.draw()
	return l
}

// draw fills the right side.
func (l *Lock) draw() {
	objs := []fyne.CanvasObject{control.Words("Locked", 28, true, theme.Ink), control.Gap(10), control.Body(l.why),
		control.Gap(6), control.Body("What " + l.who.Name + " was writing is kept, and nobody else sees it."), control.Gap(18)}
	l.enter = control.Primary("Unlock", l.unlock)
	l.sso = nil
	form := []fyne.CanvasObject{l.user, control.Gap(14), l.password, control.Gap(14), l.wrong, control.HStack(0, l.enter)}
	if l.provider != "" {
		switch {
		case l.d.Desk.SSOOnly() && l.who.Signs == "sso":
			l.sso = control.Primary("Unlock with "+l.provider, l.unlockSSO)
			form = []fyne.CanvasObject{l.sso, control.Gap(8), l.wrong}
		case l.who.Signs == "sso":
			l.enter = control.Secondary("Unlock", l.unlock)
			l.sso = control.Primary("Unlock with "+l.provider, l.unlockSSO)
			form = []fyne.CanvasObject{l.sso, control.Gap(8), l.wrong, control.Gap(14), rule(), control.Gap(16), control.Muted("Or with an account of this service"),
				control.Gap(10), l.user, control.Gap(14), l.password, control.Gap(14), control.HStack(0, l.enter)}
		default:
			l.sso = control.Secondary("Unlock with "+l.provider, l.unlockSSO)
			form = append(form, control.Gap(18), rule(), control.Gap(16), control.HStack(0, l.sso))
		}
	}
	form = append(form, control.Gap(22), control.Muted("Somebody else? Sign in here under your own name."))
	o := control.Column(420, control.VStack(0, append(objs, form...)...))
	l.centre(o)
}

func (l *Lock) centre(o control.Flow) {
	l.side.Set(newSpring(l.page, o), o, control.Gap(24))
	l.page.ScrollTo(0)
}

// say writes what is wrong with the way in as a whole.
func (l *Lock) say(words string) {
	l.words = words
	l.wrong.SetText(words)
	control.Reveal(l.wrong, words != "")
}

// unlock proves it with what is in the two boxes.
func (l *Lock) unlock() {
	name, secret := strings.TrimSpace(l.user.Text()), l.password.Text()
	l.user.SetError("")
	l.password.SetError("")
	l.say("")
	switch {
	case l.busy:
		return
	case name == "":
		l.user.SetError("Type your user name.")
		l.d.focus(l.user)
		return
	case secret == "":
		l.password.SetError("Type your password.")
		l.d.focus(l.password)
		return
	}
	l.busy = true
	l.enter.SetBusy("One moment...")
	var got app.Unlocked
	l.d.Work("Asking the central service...", func(ctx context.Context) (err error) {
		got, err = l.d.Desk.Unlock(ctx, name, secret)
		return err
	}, func(err error) {
		l.busy = false
		if l.closed {
			return
		}
		l.enter.Ready()
		if err == nil {
			l.open(got)
			return
		}
		e := app.Explain(err)
		words := sentences(e)
		var refused *api.Problem
		switch {
		case e.Cancelled:
		case e.Field == "username":
			l.user.SetError(words)
			l.d.focus(l.user)
			return
		case errors.As(err, &refused), errors.Is(err, app.ErrWrongHere):
			l.password.SetError(words)
			l.password.SetText("")
		default:
			l.say(words)
		}
		l.d.focus(l.password)
	})
}

// sentences are all that there is to say about an error.
func sentences(e app.Explained) string {
	return strings.Join(strings.Fields(e.What+" "+e.Means+" "+e.Do), " ")
}

// unlockSSO proves it in the browser.
func (l *Lock) unlockSSO() {
	if l.busy {
		return
	}
	l.busy = true
	l.say("")
	l.centre(inBrowser("Finish in your browser", l.provider, l.giveUp))
	l.d.Window.Canvas().Focus(l.giveUp)
	var got app.Unlocked
	l.stop = control.Work(func(ctx context.Context) (err error) {
		got, err = l.d.Desk.UnlockSSO(ctx)
		return err
	}, func(err error) {
		l.busy, l.stop = false, nil
		if l.closed {
			return
		}
		if err == nil {
			l.open(got)
			return
		}
		l.draw()
		if e := app.Explain(err); !e.Cancelled {
			l.say(sentences(e))
		}
		l.Focus()
	})
}

func (l *Lock) stopWaiting() {
	if l.stop != nil {
		l.stop()
	}
}

// Wrong are the words about what was wrong, or "".
func (l *Lock) Wrong() string {
	for _, words := range []string{l.words, l.user.Error(), l.password.Error()} {
		if words != "" {
			return words
		}
	}
	return ""
}

// Inputs are the two boxes, for tests.
func (l *Lock) Inputs() (user, password *control.Input) { return l.user, l.password }

// Object is what is drawn.
func (l *Lock) Object() fyne.CanvasObject { return l.object }

// Focus goes to the password, or to the identity provider for who has none.
func (l *Lock) Focus() {
	switch {
	case l.busy:
	case l.sso != nil && l.who.Signs == "sso":
		l.d.Window.Canvas().Focus(l.sso)
	case l.user.Text() == "":
		l.d.focus(l.user)
	default:
		l.d.focus(l.password)
	}
}

// Close ends the page.
func (l *Lock) Close() {
	l.closed = true
	l.stopWaiting()
	l.password.SetText("")
}
