package wizard

// What may change here: how the parts of the guided form work together, and what a key does.

import (
	"context"
	"time"

	"fyne.io/fyne/v2"

	"cmc/api"
	"cmc/app"
	"cmc/app/drafts"
	"cmc/forms"
	"cmc/ui/control"
	"cmc/ui/field"
	"cmc/ui/message"
	"cmc/ui/theme"
)

// Service is what the form asks of the central service. *app.Desk is one. Its methods block and are called off the drawing
// thread.
type Service interface {
	Submit(ctx context.Context, plan *api.Plan, body api.Submit) (*api.Plan, error)
	ConfirmProblem(ctx context.Context, plan *api.Plan, body api.Confirm) (*api.Plan, error)
}

// Deps is what the form needs. Editor, Service, Say and Work must be given.
type Deps struct {
	Editor   *drafts.Editor
	Service  Service
	Window   fyne.Window // nil: the keyboard is given through the canvas that the form is in
	Say      *message.Sayer
	Training bool
	// Work runs do on a goroutine and then done on the drawing thread; words say what is being done.
	Work func(words string, do func(ctx context.Context) error, done func(error))
	// Sent is called when the plan has been sent; words say so.
	Sent func(plan *api.Plan, words string)
	// Leave is called for Back on the first step.
	Leave func()
	// Remember notes the place, so that it is there after a restart. May be nil.
	Remember func(app.Place)
	// FullPage shows the whole summary. May be nil.
	FullPage func(s forms.Summary)
	// Locked says which items this person may see and not write; nil: none.
	Locked func(it *forms.Item) bool
	// Do runs something on the drawing thread; nil: fyne.Do.
	Do func(func())
	// Now is the clinical time; nil: time.Now.
	Now func() time.Time
}

// checkStep is the id of the step that checks and sends.
const checkStep = "check"

// A Wizard is the guided form of one plan. Everything of it is for the drawing thread.
type Wizard struct {
	d       Deps
	def     *forms.Definition
	frame   *control.Frame
	steps   *stepList
	pages   map[string]*page
	preview *Preview
	side    *control.Stack
	foot    *foot
	clash   *clash
	fit     func() // shows beside the form what there is room for
	binding *field.Binding
	cancel  func()

	now      string   // id of the step that is open
	sheet    *Preview // what a crew will read, in the middle of a narrow window; nil: the questions are there
	editing  drafts.At
	checked  map[string]bool // steps whose gaps are said beside the fields
	reader   forms.Reader
	problems []forms.Problem
	typed    map[drafts.At]string // words that are not a value yet
	print    printing
	progress []forms.StepProgress
	summary  forms.Summary
	refusals int // how many answers the service did not take
	last     int // quality of the live version, 0: not known
	closed   bool
	waits    map[[3]string]bool // rule, item, row: confirmed without a connection, and kept on this computer
}

// New makes the form of a plan and opens its first step.
func New(d Deps) *Wizard {
	if d.Now == nil {
		d.Now = time.Now
	}
	if d.Do == nil {
		d.Do = fyne.Do
	}
	w := &Wizard{d: d, def: d.Editor.Definition(), pages: map[string]*page{}, checked: map[string]bool{}, waits: map[[3]string]bool{}}
	w.binding = &field.Binding{
		Draft: d.Editor, Definition: w.def, Changed: w.changed, Focus: w.focus,
		Entered: func(at drafts.At) { w.enter(at) }, Locked: d.Locked, Files: filesOf(d.Service, d.Editor.PlanID()),
		Reveal: revealOf(d),
	}
	w.steps = newStepList(w)
	w.preview = NewPreview()
	var full fyne.CanvasObject = control.VStack(0)
	if d.FullPage != nil {
		full = control.NewLink("Full page", func() { d.FullPage(w.summary) }).Sized(14, true)
	}
	head := control.HStack(8, control.Words(crewWords, 14, true, theme.Muted), control.Spacer(), full)
	w.side = control.VStack(8, head, w.preview.Object()).Inset(12, 14, 14, 14)
	side := control.NewFrame(nil, nil, nil, 0, nil, 0, control.Scroll(w.side).Deferring())
	side.Ground(theme.Side)
	w.foot = newFoot(w)
	w.clash = newClash(w)
	w.frame = control.NewFrame(w.clash.page, w.foot.box, w.steps.page, 252, side, previewWidth, control.VStack(0))
	wide := false
	w.fit = func() {
		if side.Hidden == (!wide || w.clash.open) {
			return
		}
		side.Hidden = !wide || w.clash.open
		w.preview.On = !side.Hidden
		w.preview.Resume()
		if w.preview.On {
			w.closeSheet()
		}
		w.foot.update()
	}
	w.frame.OnWidth = func(width float32) {
		wide = width >= wideEnough
		w.foot.fit(width)
		w.fit()
		w.clash.fit(width)
	}
	w.cancel = d.Editor.OnStatus(func(s drafts.Status) { d.Do(func() { w.status(s) }) })
	w.status(d.Editor.Status())
	w.refresh()
	w.open(w.def.Steps[0].ID)
	w.askQuality()
	return w
}

// wideEnough is the width of the form, at 100 % text, from which there is room for what a crew will read.
const (
	wideEnough   = 1180
	previewWidth = 392
)

// crewWords name the summary wherever it is shown.
const crewWords = "What a crew will read"

// toggleSheet shows what a crew will read in place of the questions, where there is no room for both, or the questions again.
func (w *Wizard) toggleSheet() {
	w.clash.shut()
	if w.sheet != nil {
		w.closeSheet()
		return
	}
	w.sheet = NewPreview()
	w.sheet.Show(w.summary)
	w.frame.SetMiddle(control.Scroll(control.VStack(10, control.Title(crewWords), w.sheet.Object()).AtMost(columnWidth).Inset(18, 26, 28, 26)))
	w.foot.update()
}

func (w *Wizard) closeSheet() {
	if w.sheet == nil {
		return
	}
	w.sheet = nil
	w.frame.SetMiddle(w.pages[w.now].scroll)
	w.foot.update()
}

// Object is the form.
func (w *Wizard) Object() fyne.CanvasObject { return w.frame }

// Close ends what runs for the form. The editor stays open: it is the desk's.
func (w *Wizard) Close() {
	if !w.closed {
		w.closed = true
		w.print.soon.Stop()
		w.cancel()
	}
}

// Step is the id of the step that is open.
func (w *Wizard) Step() string { return w.now }

// Reader reads the plan as it stands.
func (w *Wizard) Reader() forms.Reader { return w.reader }

// Show opens a step and lands in a field of it, in a row of a repeating group where row is given. An empty step opens the
// first one; one that is not asked opens the first one too.
func (w *Wizard) Show(step, item, row string) {
	if w.def.Step(step) == nil || !w.relevant(step) {
		if it := w.def.Item(item); it != nil {
			step = it.InStep().ID
		} else {
			step = w.def.Steps[0].ID
		}
	}
	w.open(step)
	if item == "" {
		return
	}
	at := drafts.At{Item: item, Row: row}
	switch it := w.def.Item(item); {
	case it == nil:
		return
	case it.InGroup() != nil:
		at.Group = it.InGroup().ID
	case it.Kind == forms.Group && row != "":
		at = drafts.At{Group: item, Row: row}
	}
	w.land(at)
}

// land opens the step of a field, scrolls to it and gives it the keyboard.
func (w *Wizard) land(at drafts.At) {
	it := w.def.Item(at.Item)
	if it == nil {
		it = w.def.Item(at.Group)
	}
	if it == nil {
		return
	}
	w.open(it.InStep().ID)
	p := w.pages[w.now]
	f := p.find(at)
	if f == nil && at.Group != "" { // the row is gone: its group
		f = p.find(drafts.At{Item: at.Group})
	}
	if f == nil {
		return
	}
	p.scroll.Bring(f.Object())
	if target := f.First(); target != nil {
		w.focus(target)
	}
	w.enter(at)
}

func (w *Wizard) focus(f fyne.Focusable) {
	if w.d.Window != nil {
		control.Focus(w.d.Window.Canvas(), f)
		return
	}
	if o, ok := f.(fyne.CanvasObject); ok {
		if c := fyne.CurrentApp().Driver().CanvasForObject(o); c != nil {
			control.Focus(c, f)
		}
	}
}

// Focus gives the keyboard to the first question of the step.
func (w *Wizard) Focus() {
	if p := w.pages[w.now]; p != nil {
		if f := p.first(); f != nil {
			w.focus(f)
		}
	}
}

func (w *Wizard) relevant(step string) bool {
	for _, s := range w.progress {
		if s.Step == step {
			return s.Relevant
		}
	}
	return false
}

// shown are the ids of the steps that are asked now, in order.
func (w *Wizard) shown() []string {
	var ids []string
	for _, s := range w.progress {
		if s.Relevant {
			ids = append(ids, s.Step)
		}
	}
	return ids
}

func (w *Wizard) open(step string) {
	w.closeSheet()
	if w.now != "" {
		w.clash.shut()
	}
	if w.now == step {
		return
	}
	if w.now != "" {
		w.checked[w.now] = true
	}
	if step == checkStep {
		for _, s := range w.def.Steps {
			w.checked[s.ID] = true
		}
	}
	w.now = step
	if step == checkStep && w.print.known != w.print.turn {
		w.settlePage()
		w.find()
	}
	p := w.pages[step]
	if p == nil {
		p = newPage(w, w.def.Step(step))
		w.pages[step] = p
	}
	w.editing = drafts.At{}
	p.update()
	w.frame.SetMiddle(p.scroll)
	p.scroll.ScrollTo(0)
	w.steps.update()
	w.foot.update()
	w.preview.Mark(w.def, "")
	w.remember("", "")
}

func (w *Wizard) remember(item, row string) {
	if w.d.Remember != nil {
		w.d.Remember(app.Place{Screen: "wizard", PlanID: w.d.Editor.PlanID(), Step: w.now, Item: item, Row: row})
	}
}

// enter notes which field is being written in.
func (w *Wizard) enter(at drafts.At) {
	if w.editing == at {
		return
	}
	w.editing = at
	w.preview.Mark(w.def, at.Item)
	w.remember(at.Item, at.Row)
}

// changed follows one change of an answer: everything on the screen shows the plan as it stands now.
func (w *Wizard) changed(at drafts.At) {
	if w.editing != at {
		w.editing = at
		w.remember(at.Item, at.Row)
	}
	w.refresh()
	if p := w.pages[w.now]; p != nil {
		p.update()
	}
	w.steps.update()
	w.foot.update()
	w.preview.Mark(w.def, at.Item)
}

// refresh reads the plan again.
func (w *Wizard) refresh() {
	w.reader = forms.NewReader(w.def, w.d.Editor.Answers(), w.d.Editor.Today())
	w.tryPage()
	w.find()
	w.summary = w.reader.Summarise(w.header())
	w.preview.Show(w.summary)
	if w.sheet != nil {
		w.sheet.Show(w.summary)
	}
}

// find lists what is wrong with the plan, and how far its steps have got.
func (w *Wizard) find() {
	w.problems = append(w.withTyped(w.unconfirmed(w.reader.Validate(forms.ForApproval))), w.unprintable()...)
	w.progress = w.reader.Progress(w.forThisPerson())
}

// unconfirmed leaves out what a person has confirmed already.
func (w *Wizard) unconfirmed(problems []forms.Problem) []forms.Problem {
	plan := w.d.Editor.Plan()
	if plan.Draft == nil || len(plan.Draft.Confirmed)+len(w.waits) == 0 {
		return problems
	}
	out := problems[:0:0]
	for _, p := range problems {
		done := p.Severity == forms.Confirm && w.waits[[3]string{p.Rule, p.Item, p.Row}]
		for _, c := range plan.Draft.Confirmed {
			done = done || p.Severity == forms.Confirm && c.Rule == p.Rule && c.Item == p.Item && c.Row == p.Row
		}
		if !done {
			out = append(out, p)
		}
	}
	return out
}

// forThisPerson leaves out what only the approver can give: a step is done without it.
func (w *Wizard) forThisPerson() []forms.Problem {
	out := make([]forms.Problem, 0, len(w.problems))
	for _, p := range w.problems {
		if !forApprover(p) {
			out = append(out, p)
		}
	}
	return out
}

func (w *Wizard) header() forms.Header {
	plan := w.d.Editor.Plan()
	h := forms.Header{Status: plan.Status, AsAt: w.d.Now(), Draft: true, Training: w.d.Training, ReviewDue: plan.ReviewDue}
	if v := plan.Published; v != nil {
		h.Version, h.ApprovedAt, h.ApprovedBy, h.ReviewDue = v.Number, v.ApprovedAt, v.ApprovedBy, v.ReviewDue
	}
	if plan.Draft != nil {
		h.Recorded = plan.Draft.Recorded
	}
	return h
}

// problemsAt gives the problems by the place that they land in, with those that the service found.
func (w *Wizard) problemsAt() map[drafts.At][]forms.Problem {
	at := make(map[drafts.At][]forms.Problem, len(w.problems))
	for _, p := range w.problems {
		place := placeOf(p)
		if forApprover(p) {
			p.Gap = true // said beside the field only when the step has been left, like an answer that is missing
		}
		at[place] = append(at[place], p)
	}
	for _, p := range w.d.Editor.Status().Problems {
		at[placeOf(p)] = append(at[placeOf(p)], p)
	}
	return at
}

func placeOf(p forms.Problem) drafts.At {
	if p.Group != "" && p.Row != "" {
		return drafts.At{Group: p.Group, Row: p.Row, Item: p.Item}
	}
	return drafts.At{Item: p.Item}
}

// status shows where the words are. A conflict, and what another person saved meanwhile, are shown in the page.
func (w *Wizard) status(s drafts.Status) {
	if w.closed {
		return
	}
	w.foot.status(s)
	w.clash.show(s.Conflict)
	if w.now == "" {
		return
	}
	merged := !w.d.Editor.Answers().Equal(w.reader.Answers()) // with another person's words
	if merged || len(s.Problems) != w.refusals || w.typedChanged() {
		w.refusals = len(s.Problems)
		w.refresh()
		w.pages[w.now].update()
		w.steps.update()
	}
	w.foot.update()
}

func (w *Wizard) askQuality() {
	plan := w.d.Editor.Plan()
	if plan.Published != nil {
		w.last = plan.Published.Quality
	}
}

// Next goes to the next step; from the last one it sends. It is what Ctrl+Enter and the main button do.
func (w *Wizard) Next() {
	switch ids := w.shown(); {
	case w.clash.open:
		w.clash.resolve()
	case w.sheet != nil:
		w.closeSheet()
		w.Focus()
	case w.now == checkStep:
		w.send()
	case len(ids) > 0:
		for _, id := range ids {
			if w.after(id) {
				w.open(id)
				break
			}
		}
		w.Focus()
	}
}

// after says whether a step comes after the one that is open, which may have stopped being asked meanwhile.
func (w *Wizard) after(step string) bool {
	for _, s := range w.def.Steps {
		switch s.ID {
		case w.now:
			return step != w.now
		case step:
			return false
		}
	}
	return false
}

// Previous goes to the step before; from the first one it leaves the form.
func (w *Wizard) Previous() {
	if w.clash.open {
		w.clash.shut()
		return
	}
	if w.sheet != nil {
		w.closeSheet()
		w.Focus()
		return
	}
	before := ""
	for _, id := range w.shown() {
		if id == w.now || w.after(id) {
			break
		}
		before = id
	}
	switch {
	case before != "":
		w.open(before)
		w.Focus()
	case w.d.Leave != nil:
		w.d.Leave()
	}
}

// Save keeps and sends everything now.
func (w *Wizard) Save() {
	w.d.Work("Saving the plan...", func(ctx context.Context) error { return w.d.Editor.Flush(ctx) }, func(err error) {
		if err != nil && !w.closed {
			w.d.Say.Error(err)
		}
	})
}

// Escape closes the choices between two people's words, or what a crew will read where either stands in place of the questions, and says
// whether it did.
func (w *Wizard) Escape() bool {
	if w.clash.open {
		w.clash.shut()
		return true
	}
	if w.sheet == nil {
		return false
	}
	w.closeSheet()
	w.Focus()
	return true
}

// ShowWhy opens "Why we ask" of the field that has the keyboard, and says whether there was one. It is what F1 does first.
func (w *Wizard) ShowWhy() bool {
	p := w.pages[w.now]
	if p == nil {
		return false
	}
	if f, ok := p.find(w.editing).(interface{ ShowWhy() bool }); ok {
		return f.ShowWhy()
	}
	return false
}

// Help is about the page, for F1.
func (w *Wizard) Help() []string {
	return []string{
		"Everything you write is kept at once. You can leave at any time and come back to the same place.",
		"Ctrl+Enter goes to the next step. Ctrl+S saves centrally now. Page Up and Page Down scroll.",
		"Dates can be typed as 09-Jun-1941, 9/6/41 or 090641. What was understood is written beside the box. \u201cChoose\u201d opens a month.",
		"In a list of round buttons, Up and Down move and Space chooses.",
		"\u201cUnknown\u201d and \u201cNot discussed\u201d are answers: they tell a crew that somebody asked.",
	}
}
