package screens

// What may change here: how a person is found and told apart from others. How the box is read is app.ParseFind's.

import (
	"context"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"cmc/api"
	"cmc/app"
	"cmc/forms"
	"cmc/forms/nhs"
	"cmc/ui/control"
	"cmc/ui/theme"
)

// Find is the one box, and the people whom it finds.
type Find struct {
	d      Deps
	page   *control.Page
	box    *control.Input
	search *control.Button
	result *control.Stack
	list   *rowList
	found  []api.Patient
	asked  api.PatientSearch
	serial int
	closed bool

	age        *control.Stack // over the people: how old it is what their rows say; nothing is in it while it is new
	words      string         // in it, as they are drawn
	asAt       time.Time      // when it was looked for what is shown; zero: nothing is shown that grows old
	remembered bool           // the people are those of an earlier search
	timer      *time.Timer
}

// NewFind makes the page.
func NewFind(d Deps) *Find {
	f := &Find{d: d}
	f.box = control.NewInput("NHS number, or name and date of birth", "For example 999 000 9600, or Smith 9/6/41.")
	f.box.OnChanged = f.typed
	f.box.OnSubmit = func(string) { f.submit() }
	f.search = control.Primary("Find", f.submit)
	f.list = newRowList(f.open)
	f.result, f.age = control.VStack(12), control.VStack(0)
	f.timer = time.AfterFunc(ageEvery, func() { fyne.Do(f.Look) })
	body := control.VStack(14, control.Title("Find a patient"),
		control.VStack(12, f.box, control.HStack(12, f.search)).AtMost(620), f.result).Inset(20, 28, 24, 28)
	f.page = control.Scroll(body)
	f.list.page = f.page
	return f
}

// typed formats an NHS number while it is typed and says at once when it cannot be right. A whole number is looked for
// without waiting for Enter.
func (f *Find) typed(text string) {
	if pretty, ok := prettyNumber(text); ok && pretty != text {
		f.box.Entry.Replace(pretty, len([]rune(pretty)))
		text = pretty
	}
	search, err := f.d.Desk.ParseFind(text)
	if err != nil {
		f.box.SetError(err.Error())
		return
	}
	f.box.SetError("")
	if search.NHSNumber != "" && search != f.asked {
		f.look(search)
	}
}

// prettyNumber groups what is so far only digits as 999 000 9600, when the caret would be at its end.
func prettyNumber(text string) (string, bool) {
	if text == "" || strings.HasSuffix(text, " ") {
		return "", false
	}
	for _, r := range text {
		if (r < '0' || r > '9') && r != ' ' && r != '-' {
			return "", false
		}
	}
	return strings.TrimSpace(nhs.FormatNHSNumberPartial(text)), true
}

// Restore shows again what was looked for last, on the way back to the page.
func (f *Find) Restore() {
	if words := f.d.Kept[foundKey]; words != "" {
		f.box.SetText(words)
		f.submit()
	}
}

// foundKey is where the words of the last search are kept while the person is signed in.
const foundKey = "find"

func (f *Find) submit() {
	text := f.box.Text()
	if words := f.d.Desk.FindNeeds(text); words != "" {
		f.box.SetError(words)
		f.d.focus(f.box)
		return
	}
	search, err := f.d.Desk.ParseFind(text)
	if err != nil {
		f.box.SetError(err.Error())
		return
	}
	f.look(search)
}

func (f *Find) look(search api.PatientSearch) {
	f.serial++
	mine := f.serial
	f.asked = search
	f.search.SetBusy("Looking...")
	asAt := f.d.Desk.Now()
	var list api.PatientList
	f.d.Work("Looking for the person...", func(ctx context.Context) (err error) {
		list, err = f.d.Desk.Search(ctx, search)
		return err
	}, func(err error) {
		if f.closed || mine != f.serial {
			return
		}
		f.search.Ready()
		if err != nil {
			f.asked = api.PatientSearch{}
			if api.IsUnreachable(err) {
				f.withoutService(search, app.Explain(err))
				return
			}
			if e := app.Explain(err); e.SignInAgain || e.Cancelled {
				f.d.Say.Error(err)
			} else {
				f.box.SetError(strings.TrimSpace(e.What + " " + e.Do))
			}
			return
		}
		f.d.Kept[foundKey] = f.box.Text()
		f.asAt, f.remembered = asAt, false
		f.show(list.Items)
	})
}

func (f *Find) may(what string) bool {
	for _, m := range f.d.Desk.User().May {
		if m == what {
			return true
		}
	}
	return false
}

func (f *Find) show(people []api.Patient) {
	release := f.page.Hold()
	f.found = people
	today := f.d.Desk.Now()
	var specs []rowSpec
	for _, p := range people {
		var content fyne.CanvasObject = control.Columns(10, []float32{46, 30, 24}, personLines(p, today, true), f.stateOf(p), f.nextOf(p))
		if f.d.narrow() {
			content = control.VStack(6, personLines(p, today, true), f.stateOf(p), f.nextOf(p))
		}
		specs = append(specs, rowSpec{key: p.ID, words: nameOf(p), content: content})
	}
	f.list.set(specs, f.d.Window.Canvas())
	var objs []fyne.CanvasObject
	switch len(people) {
	case 0:
		objs = append(objs, control.Card("Nobody was found", control.Body("Check the number, or the spelling and the date of birth.")))
	default:
		words := "1 person was found. Check both identifiers before you open."
		if len(people) > 1 {
			words = "More than one person was found. Check both identifiers before you open."
		}
		objs = append(objs, control.Muted(words), control.VStack(0, f.list.stack).Inset(6, 10, 6, 10).Ground(theme.Paper).Bordered(theme.Line, 1, 6))
	}
	if f.may("start") {
		objs = append(objs, control.HStack(12, control.Muted("Not here?"), control.NewLink("Start a plan for someone new", f.startNew)))
	}
	f.words = ""
	f.age.Set()
	f.result.Set(append([]fyne.CanvasObject{f.age}, objs...)...)
	release()
	if len(people) > 0 && !f.d.Say.Open() {
		f.list.focus(f.d.Window.Canvas())
	}
}

// Look brings it up to date how old it is what the rows say of plans: nobody looks for people anew by themselves, since each search is a
// line of the audit. On the drawing thread.
func (f *Find) Look() {
	if f.closed {
		return
	}
	f.timer.Stop()
	f.timer = time.AfterFunc(ageEvery, func() { fyne.Do(f.Look) })
	now := f.d.Desk.Now()
	if f.asAt.IsZero() || now.Sub(f.asAt) < time.Minute {
		return
	}
	age, silent := forms.AsAt(f.asAt, now), f.d.Desk.Silent()
	words := upper(age) + ". Look again to be sure."
	if silent {
		words = "NOT LIVE: " + age
	}
	switch {
	case words == f.words:
		return
	case silent:
		f.age.Set(notLive(words, "The central service cannot be reached. A plan may have been approved, changed or suspended since.", ""))
	default:
		f.age.Set(control.Muted(words))
	}
	f.words = words
	f.page.Refresh()
}

// stateOf says what plan there is.
func (f *Find) stateOf(p api.Patient) fyne.CanvasObject {
	switch {
	case p.Suspended:
		return control.VStack(4, control.HStack(6, control.Tag("Plan suspended", control.Alarm)), control.Small("Do not rely on a printed page"))
	case p.Plan == nil && f.remembered:
		return control.Muted("No plan when last looked for")
	case p.Plan == nil && f.may("start"):
		return control.Muted("No plan yet")
	case p.Plan == nil:
		return control.Muted("No plan that you can open")
	}
	words := statusWords[p.Plan.Status]
	if words == "" {
		words = "Plan"
	}
	tags := []fyne.CanvasObject{control.Tag(words, statusTone[p.Plan.Status])}
	objs := []fyne.CanvasObject{control.HStack(6, tags...)}
	switch p.WayIn {
	case api.WayReason:
		objs = append(objs, control.Small("Opens with a reason, which is kept"))
	case api.WayBreakGlass:
		objs = append(objs, control.Small("Opens in an emergency only"))
	}
	return control.VStack(4, objs...)
}

func (f *Find) nextOf(p api.Patient) fyne.CanvasObject {
	switch {
	case p.Suspended:
		return control.Body("Call the GP practice")
	case p.Plan != nil && p.WayIn == api.WayBreakGlass:
		return control.Body("Open in an emergency")
	case p.Plan != nil:
		return control.Body("Open the plan")
	case f.may("start"):
		return control.Body("Start a plan")
	}
	return control.Muted("Nothing to open")
}

// open opens the person's plan, or starts one.
func (f *Find) open(id string) {
	for _, p := range f.found {
		if p.ID != id {
			continue
		}
		switch {
		case p.Suspended:
			f.d.Say.Notice("This person has a plan, and it is suspended for safety.\nNothing of it can be opened. Do not rely on a page that was " +
				"printed or sent earlier. Call the person's GP practice; until you know more, treat as you would anyone.")
		case p.Plan != nil && p.NeedsReason:
			AskOpening(f.d, p.Plan.ID, func(reason string) {
				f.d.Open(app.Place{Screen: PlanScreen, PlanID: p.Plan.ID}, reason)
			})
		case p.Plan != nil:
			f.d.Go(app.Place{Screen: PlanScreen, PlanID: p.Plan.ID})
		case f.may("start"):
			f.d.Start(p)
		default:
			f.d.Say.Notice("There is no plan for this person that you can open.")
		}
	}
}

func (f *Find) startNew() { f.startFor(f.asked) }

func (f *Find) startFor(s api.PatientSearch) {
	f.d.Start(api.Patient{NHSNumber: s.NHSNumber, FamilyName: s.FamilyName, GivenName: s.GivenName, BirthDate: s.BirthDate})
}

// withoutService says that nobody could be looked for, and offers what goes on without a connection: somebody whom this desk has
// seen before, and a plan for somebody who is typed in.
func (f *Find) withoutService(search api.PatientSearch, why app.Explained) {
	if !f.may("start") {
		f.box.SetError(strings.TrimSpace(why.What + " " + why.Do))
		return
	}
	known := f.d.Desk.Known(search)
	f.asAt, f.remembered = time.Time{}, true
	f.show(known)
	objs := []fyne.CanvasObject{control.Card(why.What,
		control.Body("Nobody can be looked for until it is back. You can start a plan all the same: it is kept on this computer, and sent by itself. If the person has a plan already, you are told then, and nothing that you wrote is lost."),
		control.HStack(0, control.Secondary("Start a plan without the connection", func() { f.startFor(search) })))}
	if len(known) > 0 {
		objs = append(objs, control.Muted("Found here before. Check both identifiers."), control.VStack(0, f.list.stack).Inset(6, 10, 6, 10).Ground(theme.Paper).Bordered(theme.Line, 1, 6))
	}
	f.result.Set(objs...)
}

// Object is what is drawn.
func (f *Find) Object() fyne.CanvasObject { return f.page }

// Focus goes to the box.
func (f *Find) Focus() { f.d.focus(f.box) }

// Box is the one box.
func (f *Find) Box() *control.Input { return f.box }

// Found are the people who are shown.
func (f *Find) Found() []api.Patient { return f.found }

// Help says what the page is for.
func (f *Find) Help() []string {
	return []string{
		"Type an NHS number, or a name and a date of birth in any order. A whole NHS number is looked for at once.",
		"Every search is kept in the record of who looked for whom.",
		"A record that is not yours asks why you open it, and keeps the answer.",
	}
}

// Close ends the page.
func (f *Find) Close() {
	f.closed = true
	f.timer.Stop()
}
