package screens

// What may change here: how the practice accounts are offered. The accounts themselves are the training service's
// (architecture.md names them; each has the password "training").

import (
	"fyne.io/fyne/v2"

	"cmc/ui/control"
	"cmc/ui/theme"
)

// practicePassword opens every practice account. It guards invented people only.
const practicePassword = "training"

// A practicePerson is somebody whom one may be in training mode.
type practicePerson struct{ account, title, does, order string }

var practicePeople = []practicePerson{
	{"carehome", "Care-home nurse", "Writes a plan with a resident and sends it", "First"},
	{"gp", "GP", "Reviews what was sent, approves it", "Second"},
	{"urgent", "Ambulance clinician", "Reads the one-page summary, prints it", "Third"},
	{"hospice", "Hospice nurse", "Writes plans, looks after flagged ones", ""},
	{"nurse", "Community nurse", "Writes plans for people at home", ""},
	{"practiceadmin", "Practice administrator", "Keeps names, addresses and contacts right", ""},
	{"safety", "Clinical safety officer", "Stops a plan that could do harm", ""},
	{"trainer", "Trainer", "Shows the program to others", ""},
	{"admin", "System administrator", "Looks after accounts, sees no plans", ""},
	{"commissioner", "Commissioner", "Sees numbers, never people", ""},
}

// drawPeople offers the practice accounts.
func (s *SignIn) drawPeople() {
	s.people, s.accounts = nil, nil
	list := &control.PressList{}
	row := func(p practicePerson) fyne.CanvasObject {
		var name fyne.CanvasObject = control.Strong(p.title)
		if p.order != "" {
			name = control.HStack(8, name, control.SmallTag(p.order, control.Info))
		}
		item := control.NewPressable(list, func() {
			s.as(p.account, practicePassword, false, func() {})
		}, control.VStack(0, name, control.Small(p.does)).Inset(8, 14, 8, 14))
		s.people = append(s.people, item)
		s.accounts = append(s.accounts, p.account)
		return item
	}
	var main, others []fyne.CanvasObject
	for i, p := range practicePeople {
		if i < 3 {
			main = append(main, row(p))
		} else {
			others = append(others, row(p))
		}
	}
	box := func(objs []fyne.CanvasObject) fyne.CanvasObject {
		return control.VStack(1, objs...).Inset(1, 1, 1, 1).Ground(theme.Line).Bordered(theme.Line, 1, 0)
	}
	links := control.HStack(16,
		control.NewLink("Sign in with a user name", func() { s.form = true; s.draw(); s.Focus() }).Sized(13.5, false),
		control.Spacer(), control.NewLink("Connection", s.connection).Sized(13.5, false))
	why := control.VStack(0)
	if s.words != "" {
		why.Set(control.Card("", control.Body(s.words)), control.Gap(14))
	}
	s.centre(control.Column(520, control.VStack(0, why,
		control.Words("Practise", 28, true, theme.Ink), control.Gap(4),
		control.Muted("Everyone here is invented, patients too. Choose who to be."), control.Gap(14),
		control.Strong("The main job, in three parts"), control.Gap(6), box(main), control.Gap(14),
		control.Strong("Everyone else"), control.Gap(6), box(others), control.Gap(18), links)))
}

// Person is the row of a practice account, or nil when the accounts are not shown.
func (s *SignIn) Person(account string) *control.Pressable {
	for i, a := range s.accounts {
		if a == account && s.training && !s.form {
			return s.people[i]
		}
	}
	return nil
}
