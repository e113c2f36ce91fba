package screens

// What may change here: what every screen is given, and what every screen can do.

import (
	"context"

	"fyne.io/fyne/v2"

	"cmc/api"
	"cmc/app"
	"cmc/ui/control"
	"cmc/ui/message"
	"cmc/ui/theme"
)

// The names of the screens in app.Place.Screen. They are remembered between starts: they grow and are never renamed.
const (
	SignInScreen       = "signin"
	MyWorkScreen       = "mywork"
	PracticeListScreen = "practice"
	FindScreen         = "find"
	StartScreen        = "start"
	PlanScreen         = "plan" // whichever of the following four the plan's actions call for
	WizardScreen       = "wizard"
	ReviewScreen       = "review"
	OverviewScreen     = "overview"
	UrgentScreen       = "urgent"
	KeptScreen         = "kept" // a plan as it is kept on this computer, while the service cannot be asked
	SettingsScreen     = "settings"
	TrainingScreen     = "training"
	PositionScreen     = "position"
	ReportsScreen      = "reports"
)

// A Screen is one page in the middle of the window. It may also have Save (Ctrl+S), Print (Ctrl+P), Next (Ctrl+Enter),
// Escape (Esc; false: nothing was open) and TypedKey (keys that nothing with the focus has used).
type Screen interface {
	Object() fyne.CanvasObject
	Focus()         // puts the focus where a person begins
	Help() []string // sentences about the page, for F1
	Close()         // ends what runs for it; no word is lost
}

// Deps is what a screen is given.
type Deps struct {
	Desk    *app.Desk
	Window  fyne.Window
	Say     *message.Sayer
	Version string

	Go   func(app.Place)         // opens another screen
	Open func(app.Place, string) // opens a plan that wants a reason, with it
	// OpenKept opens a plan as it is kept on this computer, since the service could not be asked; false: it is not kept.
	OpenKept func(planID string, why error) bool
	Start    func(api.Patient) // asks what a plan for this person begins with; no ID: somebody who is not in the index
	Back     func()            // the screen before this one
	// Remember notes where on this screen the person is, so that Back lands there.
	Remember func(app.Place)
	// Work runs do on a goroutine and done on the drawing thread. words say what is being done, once it takes longer than a
	// second; after five seconds it can be stopped.
	Work func(words string, do func(ctx context.Context) error, done func(error))
	// Kept holds words that a person has written and not sent yet, by an opaque key. It is emptied at sign-out.
	Kept map[string]string
	// Home is called when somebody is signed in.
	Home func(app.SignIn)
	// Service is called when the desk points to another service, or to the training service.
	Service func(api.ServiceInfo)
	// Help opens the help.
	Help func()
	// SignOut asks nothing: no word is lost by it.
	SignOut func()
	// Demonstrate performs the main job by itself, step by step with captions; nil where it is not offered.
	Demonstrate func()
	// Appearance draws the window as the settings say.
	Appearance func(app.Settings)
}

// focus gives a box the keyboard, also before it has been drawn for the first time.
func (d Deps) focus(in *control.Input) { d.Window.Canvas().Focus(in.Focusable()) }

// narrow says whether text is so large, or the window so small, that things stand under each other rather than side by side.
func (d Deps) narrow() bool { return d.Window.Canvas().Size().Width/theme.Scale() < narrowWidth }

// narrowWidth is the width of a window, at 100 % text, under which it is narrow.
const narrowWidth = 760

// concerns says whether news may be about a plan: it names the plan, or says that anything may have changed, since the line to
// the service broke and stands again.
func concerns(e api.Event, planID string) bool { return e.PlanID == planID || e.PlanID == "" }
