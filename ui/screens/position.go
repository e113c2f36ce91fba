package screens

// What may change here: how a person with several positions says in which one they work now.

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"

	"cmc/api"
	"cmc/app"
	"cmc/ui/control"
	"cmc/ui/theme"
)

// Position is the page of a person's positions. Before work begins none is chosen; later the present one is.
type Position struct {
	d      Deps
	page   *control.Page
	choice *control.Radio
	wrong  *control.Text
	words  string // of wrong
	enter  *control.Button
	first  bool
	now    string
	busy   bool
	closed bool
}

// NewPosition makes the page. first says that nobody works yet: the other way out is then to sign out.
func NewPosition(d Deps, user api.User, first bool) *Position {
	p := &Position{d: d, first: first, now: user.Position}
	options := make([]control.Option, 0, len(user.Positions))
	for _, one := range user.Positions {
		label := one.RoleTitle
		if label == "" {
			label = strings.ReplaceAll(string(one.Role), "_", " ")
		}
		options = append(options, control.Option{ID: one.ID, Label: label + ", " + one.Organisation.Name})
	}
	p.choice = control.NewRadio(options, func(string) { p.say("") })
	p.choice.Choose(user.Position)
	p.wrong = control.Words("", 14, true, theme.Red)
	p.wrong.Hide()
	p.enter = control.Primary("Work in this position", p.take)
	other := control.NewLink("Sign in as somebody else", d.SignOut)
	if !first {
		other = control.NewLink("Stay as I am", d.Back)
	}
	p.page = control.Scroll(control.VStack(14, control.Title("Which position do you work in now?"),
		control.Body("What you may see and do, and what your name stands for, follows the position. Each change is noted."),
		p.choice, p.wrong, control.HStack(18, p.enter, other)).Inset(28, 28, 28, 28).AtMost(720))
	return p
}

// say writes what is wrong under the positions.
func (p *Position) say(words string) {
	p.words = words
	p.wrong.SetText(words)
	control.Reveal(p.wrong, words != "")
}

// take works in the position that is chosen.
func (p *Position) take() {
	id := p.choice.Chosen()
	switch {
	case p.busy:
		return
	case id == "":
		p.say("Choose a position.")
		p.Focus()
		return
	case id == p.now && !p.first:
		p.d.Back()
		return
	}
	p.busy = true
	p.enter.SetBusy("One moment...")
	var in app.SignIn
	p.d.Work("Changing the position...", func(ctx context.Context) (err error) {
		in, err = p.d.Desk.ChoosePosition(ctx, id)
		return err
	}, func(err error) {
		p.busy = false
		if p.closed {
			return
		}
		p.enter.Ready()
		if err == nil {
			p.d.Home(in)
			return
		}
		e := app.Explain(err)
		switch {
		case e.Cancelled:
		case e.SignInAgain:
			p.d.Say.Error(err)
		default:
			p.say(strings.TrimSpace(e.What + " " + e.Do))
			p.Focus()
		}
	})
}

// Choice are the positions, for tests.
func (p *Position) Choice() *control.Radio { return p.choice }

// Wrong are the words under the positions, or "".
func (p *Position) Wrong() string { return p.words }

// Object is what is drawn.
func (p *Position) Object() fyne.CanvasObject { return p.page }

// Focus goes to the positions.
func (p *Position) Focus() { p.d.Window.Canvas().Focus(p.choice) }

// Help says what the page is for.
func (p *Position) Help() []string {
	return []string{"You hold positions at more than one organisation. Choose in which you work now; you can change it later with \"Change position\" at the top."}
}

// Close ends the page.
func (p *Position) Close() { p.closed = true }
