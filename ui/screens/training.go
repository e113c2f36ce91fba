package screens

// What may change here: what a trainer or a newcomer finds in training mode.

import (
	"fyne.io/fyne/v2"

	"cmc/ui/control"
)

// Training is the page of training mode: change who you are, or watch the main job.
type Training struct {
	d     Deps
	page  *control.Page
	first *control.Button
}

// NewTraining makes the page.
func NewTraining(d Deps) *Training {
	t := &Training{d: d}
	t.first = control.Primary("Be somebody else", d.SignOut)
	objs := []fyne.CanvasObject{control.Title("Training"),
		control.Card("Everything here is invented", control.Body("The patients, the practices and the people at work do not exist. Nothing that you do here reaches a real plan, and every page that you print says so."),
			control.Body("To see the whole job: write a plan as the care-home nurse and send it, approve it as the GP, read and print it as the ambulance clinician."),
			control.HStack(0, t.first))}
	if d.Demonstrate != nil {
		objs = append(objs, control.Card("Watch the main job", control.Body("The program does the whole job by itself, with captions. Esc stops it."),
			control.HStack(0, control.Secondary("Start the demonstration", d.Demonstrate))))
	}
	t.page = control.Scroll(control.VStack(14, objs...).Inset(20, 28, 28, 28).AtMost(720))
	return t
}

// Object is what is drawn.
func (t *Training) Object() fyne.CanvasObject { return t.page }

// Focus goes to the first button.
func (t *Training) Focus() { t.d.Window.Canvas().Focus(t.first) }

// Help says what the page is for.
func (t *Training) Help() []string {
	return []string{"Training mode is the same program over a service of its own with invented patients."}
}

// Close ends the page.
func (t *Training) Close() {}
