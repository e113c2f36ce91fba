package ui

// What may change here: which screen opens at a place, and what Back means.

import (
	"context"
	"slices"

	"cmc/api"
	"cmc/app"
	"cmc/ui/screens"
)

// railed are the places beside which the rail stands; a plan has the window to itself.
var railed = map[string]bool{
	screens.MyWorkScreen: true, screens.PracticeListScreen: true, screens.FindScreen: true, screens.StartScreen: true,
	screens.SettingsScreen: true, screens.TrainingScreen: true, screens.PositionScreen: true, screens.ReportsScreen: true,
}

// remembered are the places that are opened again after a restart.
var remembered = map[string]bool{
	screens.WizardScreen: true, screens.ReviewScreen: true, screens.OverviewScreen: true,
}

const historyLength = 50

func (w *Window) may(what string) bool { return w.user != nil && slices.Contains(w.user.May, what) }

// homePlace is where a person begins: what waits for them, else the list of their practice; for those who only read, finding a
// patient; for those who see numbers alone, the reports.
func (w *Window) homePlace() app.Place {
	switch {
	case w.may("work"):
		return app.Place{Screen: screens.MyWorkScreen}
	case w.may("practice_list"):
		return app.Place{Screen: screens.PracticeListScreen}
	case w.may("find"):
		return app.Place{Screen: screens.FindScreen}
	case w.may("reports"):
		return app.Place{Screen: screens.ReportsScreen}
	}
	return app.Place{Screen: screens.SettingsScreen}
}

// Place is where the window is.
func (w *Window) Place() app.Place {
	if len(w.history) == 0 {
		return app.Place{}
	}
	return w.history[len(w.history)-1]
}

// Go opens a place and remembers the one before it.
func (w *Window) Go(p app.Place) { w.open(p, false) }

// Back opens the place before this one.
func (w *Window) Back() {
	if !w.signedIn() {
		return
	}
	if len(w.history) < 2 {
		w.history = nil
		w.open(w.homePlace(), false)
		return
	}
	w.history = w.history[:len(w.history)-1]
	w.open(w.history[len(w.history)-1], true)
}

// arrive notes that a place is open.
func (w *Window) arrive(p app.Place, back bool) {
	if back && len(w.history) > 0 {
		w.history[len(w.history)-1] = p
	} else if here := w.Place(); here.Screen != p.Screen || here.PlanID != p.PlanID {
		w.history = append(w.history, p)
		if len(w.history) > historyLength {
			w.history = slices.Delete(w.history, 0, 1)
		}
	} else {
		w.history[len(w.history)-1] = p
	}
	if p.PlanID != w.planID {
		w.planID = p.PlanID
		w.say.Forget()
		w.giveBack(p.PlanID)
	}
	if remembered[p.Screen] {
		w.desk.KeepPlace(p)
	}
}

func (w *Window) open(p app.Place, back bool) {
	if !w.signedIn() {
		return
	}
	w.opening++
	d := w.deps()
	var s screens.Screen
	switch p.Screen {
	case screens.FindScreen:
		s = screens.NewFind(d)
	case screens.StartScreen: // whom it was for is not in a place: find the person again
		p.Screen = screens.FindScreen
		s = screens.NewFind(d)
	case screens.SettingsScreen:
		s = screens.NewSettings(d)
	case screens.TrainingScreen:
		s = screens.NewTraining(d)
	case screens.PositionScreen:
		s = screens.NewPosition(d, *w.user, false)
	case screens.ReportsScreen:
		s = screens.NewReports(d, p.Item, p.Row)
	case screens.PracticeListScreen:
		s = screens.NewPracticeList(d, p.Row)
	case screens.KeptScreen: // whatever it was: the live plan comes first
		p.Screen = screens.UrgentScreen
		w.openPlan(p, back, "")
		return
	case screens.PlanScreen, screens.WizardScreen, screens.ReviewScreen, screens.OverviewScreen, screens.UrgentScreen:
		w.openPlan(p, back, "")
		return
	default:
		p.Screen = screens.MyWorkScreen
		s = screens.NewMyWork(d, p.Item, p.Row)
	}
	w.arrive(p, back)
	w.show(s)
	if f, ok := s.(*screens.Find); ok && back {
		f.Restore()
	}
}

// openPlan fetches a plan and opens the screen that its actions call for. A record that is not this person's asks why.
func (w *Window) openPlan(p app.Place, back bool, reason string) {
	w.opening++
	mine := w.opening
	var plan *api.Plan
	w.work("Opening the plan...", func(ctx context.Context) (err error) {
		if reason != "" {
			plan, err = w.desk.OpenWithReason(ctx, p.PlanID, reason)
		} else {
			plan, err = w.desk.OpenPlan(ctx, p.PlanID)
		}
		return err
	}, func(err error) {
		if mine != w.opening || !w.signedIn() {
			return
		}
		if app.NeedsReason(err) {
			screens.AskOpening(w.deps(), p.PlanID, func(reason string) { w.openPlan(p, back, reason) })
			return
		}
		if app.NeedsBreakGlass(err) {
			screens.AskBreakGlass(w.deps(), p.PlanID, func(plan *api.Plan) {
				if mine == w.opening && w.signedIn() {
					w.showPlan(plan, p, back)
				}
			})
			return
		}
		if err != nil {
			if !w.openDraft(p, back, err) && !w.openKept(p, back, err) {
				w.say.Error(err)
			}
			return
		}
		w.showPlan(plan, p, back)
	})
}

// openDraft opens the form of a draft that is being written here, where the service could not be asked; why is its error. false: the
// place is not its form, or nobody writes in it. No other screen is ever drawn from what the program remembers.
func (w *Window) openDraft(p app.Place, back bool, why error) bool {
	if p.Screen != screens.WizardScreen && p.Screen != screens.PlanScreen {
		return false
	}
	plan, ok := w.desk.OpenDraft(p.PlanID, why)
	if !ok {
		return false
	}
	p.Screen = screens.WizardScreen
	form := newForm(w.deps(), w, plan, p, true)
	if form == nil {
		return false
	}
	w.arrive(p, back)
	w.show(form)
	return true
}

// keepReading opens the kept copy of the plan that is open, in its place.
func (w *Window) keepReading(planID string, why error) bool {
	return w.signedIn() && w.openKept(app.Place{PlanID: planID}, true, why)
}

// openKept opens a plan as it is kept on this computer, since the service could not be asked; why is its error. false: it is not kept.
func (w *Window) openKept(p app.Place, back bool, why error) bool {
	kept, err := w.desk.OpenKept(p.PlanID, why)
	switch {
	case app.NothingKept(err):
		return false
	case err != nil:
		w.say.Error(err)
		return true
	}
	p.Screen = screens.KeptScreen
	w.arrive(p, back)
	w.show(screens.NewKept(w.deps(), kept))
	return true
}

// showPlan opens the screen for a plan as it is now. The service's list of actions decides which.
func (w *Window) showPlan(plan *api.Plan, p app.Place, back bool) {
	d := w.deps()
	can := func(action string) bool { return slices.Contains(plan.Actions, action) }
	onlyReads := w.may("urgent_view") && !w.may("start")
	var s screens.Screen
	switch {
	case p.Screen == screens.UrgentScreen || p.Screen == screens.PlanScreen && (onlyReads || plan.WayIn == api.WayBreakGlass):
		p.Screen = screens.UrgentScreen
		s = screens.NewUrgent(d, plan)
	case can("approve") && plan.Draft != nil && p.Screen != screens.OverviewScreen && p.Screen != screens.WizardScreen:
		p.Screen = screens.ReviewScreen
		s = screens.NewReview(d, plan)
	case can("save") && plan.Draft != nil && p.Screen != screens.OverviewScreen:
		form := newForm(d, w, plan, p, false)
		if form == nil {
			p.Screen = screens.OverviewScreen
			s = screens.NewOverview(d, plan)
			break
		}
		p.Screen = screens.WizardScreen
		s = form
	default:
		p.Screen = screens.OverviewScreen
		s = screens.NewOverview(d, plan)
	}
	w.arrive(p, back)
	w.show(s)
}

// openWith opens a plan that wants a reason, with it.
func (w *Window) openWith(p app.Place, reason string) { w.openPlan(p, false, reason) }

// startFor asks what a plan for a person begins with.
func (w *Window) startFor(p api.Patient) {
	if !w.signedIn() {
		return
	}
	w.opening++
	w.arrive(app.Place{Screen: screens.StartScreen}, false)
	w.show(screens.NewStart(w.deps(), p))
}

// remember notes where on the open screen the person is.
func (w *Window) remember(p app.Place) {
	if n := len(w.history); n > 0 && w.history[n-1].Screen == p.Screen {
		w.history[n-1] = p
	}
}
