package screens

// What may change here: how a plan looks to somebody who only reads it now, or who decides what happens to it.

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cmc/api"
	"cmc/app"
	"cmc/app/drafts"
	"cmc/forms"
	"cmc/forms/nhs"
	"cmc/forms/plan"
	"cmc/ui/control"
)

// Overview is a plan's state, what can be done with it, what it says, its versions and who looked.
type Overview struct {
	d        Deps
	plan     *api.Plan
	object   *fyne.Container
	body     *control.Stack
	first    fyne.Focusable
	versions *control.Stack
	log      *control.Stack
	age      ageing
	plainly  bool // who looked is told in words for the person
	closed   bool
	cancel   func()
}

// NewOverview makes the page.
func NewOverview(d Deps, p *api.Plan) *Overview {
	o := &Overview{d: d, plan: p}
	o.body = control.VStack(12).Inset(18, 28, 24, 28).AtMost(980)
	o.object = container.New(&pageWithFoot{}, control.VStack(0), control.Scroll(o.body), control.VStack(0))
	o.age.watch(d, p.ID)
	o.age.again, o.age.aged, o.age.gone = func() { o.again(true) }, func(app.Aged) { o.object.Refresh() }, o.over
	o.show(p)
	o.cancel = d.Desk.Subscribe(func(e api.Event) {
		if concerns(e, p.ID) {
			fyne.Do(func() { o.again(e.PlanID == "") })
		}
	})
	return o
}

func (o *Overview) can(action string) bool { return slices.Contains(o.plan.Actions, action) }

// again reads the plan after somebody has changed it, or perhaps has.
func (o *Overview) again(perhaps bool) {
	if o.closed {
		return
	}
	var p *api.Plan
	o.d.Work("Reading the plan again...", func(ctx context.Context) (err error) {
		p, err = o.d.Desk.OpenPlan(ctx, o.plan.ID)
		return err
	}, func(err error) {
		if o.closed || perhaps && app.IsUnsure(err) {
			return // nothing is known to have changed: it stays, and says its age after a minute (ageing)
		}
		if err != nil {
			o.d.Say.Error(err)
			o.d.Go(app.Place{Screen: MyWorkScreen})
			return
		}
		if p.Etag != o.plan.Etag || p.Status != o.plan.Status || o.age.old() {
			o.show(p)
			return
		}
		o.age.fresh(o.d.Desk.Heard())
	})
}

// show draws the plan as the service has just given it.
func (o *Overview) show(p *api.Plan) {
	o.plan = p
	o.age.fresh(o.d.Desk.Heard())
	o.draw()
}

// over takes a plan off the screen that is past the limit of what is read without a connection.
func (o *Overview) over(err error) {
	o.body.Set(overCard(err))
	again := control.Primary("Look at the live plan", func() { o.again(false) })
	o.first = again
	o.object.Objects[0], o.object.Objects[2] = control.VStack(0), foot(control.Secondary("Back", o.d.Back), control.Spacer(), again)
	o.object.Refresh()
}

// Look brings the page up to date: live, old, or gone.
func (o *Overview) Look() { o.age.look() }

// changed shows the plan after an action of this person's.
func (o *Overview) changed(p *api.Plan) {
	if slices.Contains(p.Actions, "save") && p.Draft != nil {
		o.d.Go(app.Place{Screen: PlanScreen, PlanID: p.ID})
		return
	}
	o.show(p)
	o.Focus()
}

func (o *Overview) draw() {
	p := o.plan
	now := o.d.Desk.Now()
	banner := control.PatientBanner(BannerOf(p.Patient, now), StatusTag(p))
	state := []fyne.CanvasObject{control.Body(p.StatusWords + ".")}
	if !p.StateSince.IsZero() {
		words := "Since " + nhs.FormatDateTime(p.StateSince)
		if p.StateBy != "" {
			words += ", by " + p.StateBy
		}
		state = append(state, control.Muted(words+"."))
	}
	if p.Reason != "" {
		state = append(state, control.Body("Reason: "+p.Reason))
	}
	if p.ReviewDue != "" {
		state = append(state, control.Muted("Review is due by "+nhs.FormatDate(p.ReviewDue)+"."))
	}
	if p.Holder.Name != "" {
		words := "Held by " + p.Holder.Name
		if p.Holder.Phone != "" {
			words += ", " + p.Holder.Phone
		}
		state = append(state, control.Muted(words+"."))
	}
	var why []fyne.CanvasObject
	asked := []string{"amend", "print"}
	if p.Draft != nil { // without one, nobody expects to write, send or approve
		asked = []string{"save", "submit", "approve", "print"}
	}
	for _, a := range asked {
		if words := p.Refused[a]; words != "" && !slices.ContainsFunc(why, func(o fyne.CanvasObject) bool { return o.(*control.Text).String() == words }) {
			why = append(why, control.Muted(words))
		}
	}
	buttons := actionButtons(o.d, p, o.changed)
	if len(buttons) > 0 || len(why) > 0 {
		state = append(state, control.Gap(2))
	}
	if len(buttons) > 0 {
		state = append(state, control.HStack(10, buttons...))
	}
	state = append(state, why...)
	objs := []fyne.CanvasObject{control.Title(o.title()), control.Card("Where it stands", state...)}
	if s, draft, ok := o.summary(); ok {
		if draft {
			objs = append(objs, control.Card("What the draft says", SummaryView(s, false, nil)))
		} else {
			objs = append(objs, SummaryView(s, false, nil))
		}
	}
	if definition, a, _, ok := o.shown(); ok {
		both := []forms.Answers{a}
		if p.Draft != nil {
			both = append(both, p.Draft.Answers)
		}
		if copies := copiesCard(o.d, p.ID, definition, both...); copies != nil {
			objs = append(objs, copies)
		}
	}
	o.versions = control.Card("Versions")
	o.log = control.Card("Who looked at this plan")
	objs = append(objs, o.versions, o.log)
	o.body.Set(objs...)
	o.loadHistory()

	left := []fyne.CanvasObject{control.Secondary("Back", o.d.Back)}
	var right []fyne.CanvasObject
	o.first = left[0].(*control.Button)
	if p.Published != nil && o.can("print") {
		right = append(right, control.Secondary("Save PDF", func() { saveJob(o.d, o.age.prepare(p.Published.Number)) }), control.Secondary("Print", o.Print))
	}
	if o.can("save") && p.Draft != nil {
		b := control.Primary("Open the form", func() { o.d.Go(app.Place{Screen: WizardScreen, PlanID: p.ID}) })
		o.first, right = b, append(right, b)
	}
	if o.can("approve") && p.Draft != nil {
		b := control.Primary("Review it", func() { o.d.Go(app.Place{Screen: ReviewScreen, PlanID: p.ID}) })
		o.first, right = b, append(right, b)
	}
	o.object.Objects[0] = control.VStack(0, o.age.band, banner)
	o.object.Objects[2] = foot(append(append(left, control.Spacer()), right...)...)
	o.object.Refresh()
}

func (o *Overview) title() string {
	if o.plan.Draft != nil && o.plan.Published == nil {
		return "The plan, as it is being written"
	}
	return "The plan"
}

// shown are the answers that the page tells of, and their definition: the live version, or the draft where there is none.
func (o *Overview) shown() (definition *forms.Definition, a forms.Answers, draft, ok bool) {
	p := o.plan
	switch {
	case p.Published != nil && len(p.Published.Answers) > 0:
		if definition, ok = plan.DefinitionFor(p.Published.Definition); !ok {
			definition, ok = plan.DefinitionFor(p.Definition)
		}
		return definition, p.Published.Answers, false, ok
	case p.Draft != nil && len(p.Draft.Answers) > 0:
		definition, ok = plan.DefinitionFor(p.Definition)
		return definition, p.Draft.Answers, true, ok
	}
	return nil, nil, false, false
}

// summary is what the plan says.
func (o *Overview) summary() (s forms.Summary, draft, ok bool) {
	definition, a, draft, ok := o.shown()
	if !ok {
		return s, false, false
	}
	h := forms.Header{Status: o.plan.Status, AsAt: o.age.asAt, Training: o.d.Desk.Training(), ReviewDue: o.plan.ReviewDue}
	if draft {
		h.Draft, h.Recorded = true, o.plan.Draft.Recorded
	} else {
		v := o.plan.Published
		h.Version, h.ApprovedAt, h.ApprovedBy, h.ReviewDue, h.Hash, h.Recorded = v.Number, v.ApprovedAt, v.ApprovedBy, v.ReviewDue, v.Hash, v.Recorded
		if o.plan.Draft != nil {
			h.ChangeSince = o.plan.Draft.ChangedAt
		}
	}
	return forms.Summarise(definition, a, h, drafts.Today(o.d.Desk.Now())), draft, true
}

// loadHistory reads the versions and who looked.
func (o *Overview) loadHistory() {
	id := o.plan.ID
	var versions api.Versions
	var log api.AccessLog
	var noVersions, noLog error
	plainly := o.plainly
	o.d.Work("Reading the history...", func(ctx context.Context) error {
		versions, noVersions = o.d.Desk.Versions(ctx, id)
		if plainly {
			log, noLog = o.d.Desk.AccessLogForPerson(ctx, id)
		} else {
			log, noLog = o.d.Desk.AccessLog(ctx, id)
		}
		return nil
	}, func(error) {
		if o.closed {
			return
		}
		objs := []fyne.CanvasObject{control.Heading("Versions")}
		switch {
		case noVersions != nil:
			objs = append(objs, control.Muted(app.Explain(noVersions).What))
		case len(versions.Items) == 0:
			objs = append(objs, control.Muted("Nothing has been approved yet."))
		}
		for _, v := range versions.Items {
			objs = append(objs, control.Columns(12, []float32{14, 50, 36}, control.Strong("Version "+strconv.Itoa(v.Number)),
				control.Body("Approved "+nhs.FormatDateTime(v.ApprovedAt)+" by "+v.ApprovedBy), control.Muted("Check "+v.Hash)))
		}
		o.versions.Set(objs...)
		objs = []fyne.CanvasObject{control.Heading("Who looked at this plan")}
		switch {
		case noLog != nil:
			objs = append(objs, control.Muted(app.Explain(noLog).What))
		case len(log.Items) == 0:
			objs = append(objs, control.Muted("Nobody yet."))
		}
		const most = 50
		for i, e := range log.Items {
			if i == most {
				objs = append(objs, control.Small("Earlier entries are with the service."))
				break
			}
			words := e.Action
			if e.Reason != "" {
				words += ": " + e.Reason
			}
			who := e.Who + ", " + e.Org
			if plainly {
				who, words = strings.Trim(e.RoleWords+", "+e.Org, ", "), e.Words
				if e.Reason != "" {
					words += ": " + e.Reason
				}
			}
			line := control.Columns(12, []float32{22, 48, 30}, control.Small(nhs.FormatDateTime(e.At)), control.Small(who), control.Small(words))
			if e.Emergency {
				objs = append(objs, control.VStack(2, control.SmallTag("Emergency", control.Warn), line))
				continue
			}
			objs = append(objs, line)
		}
		switch {
		case plainly:
			objs = append(objs, control.NewLink("Show it with names, for staff", func() { o.plainly = false; o.loadHistory() }))
		case noLog == nil:
			objs = append(objs, control.NewLink("Show it in words for the person", func() { o.plainly = true; o.loadHistory() }))
		}
		o.log.Set(objs...)
	})
}

// Print prints the page (Ctrl+P).
func (o *Overview) Print() {
	if o.plan.Published != nil && o.can("print") && !o.age.over {
		printJob(o.d, o.age.prepare(o.plan.Published.Number))
	}
}

// Plan is the plan that is shown.
func (o *Overview) Plan() *api.Plan { return o.plan }

// Object is what is drawn.
func (o *Overview) Object() fyne.CanvasObject { return o.object }

// Focus goes to the main button.
func (o *Overview) Focus() { o.d.Window.Canvas().Focus(o.first) }

// Help says what the page is for.
func (o *Overview) Help() []string {
	return []string{
		"This page shows where the plan stands, what you can do with it now, what it says, and who looked at it.",
		"What you cannot do now says why under the buttons.",
	}
}

// Close ends the page.
func (o *Overview) Close() {
	o.closed = true
	o.age.close()
	o.cancel()
}
