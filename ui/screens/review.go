package screens

// What may change here: the page on which a plan is approved or sent back. What must be checked is api.ApprovalChecks; until
// when it must be reviewed is forms/plan's rule X15; whether it may be approved is the service's.

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cmc/api"
	"cmc/app"
	"cmc/app/drafts"
	"cmc/forms"
	"cmc/forms/nhs"
	"cmc/forms/plan"
	"cmc/ui/control"
	"cmc/ui/message"
	"cmc/ui/theme"
)

// Review is what changed, side by side, and what the approver signs.
type Review struct {
	d       Deps
	plan    *api.Plan
	changes api.Changes
	all     bool
	object  *fyne.Container
	left    *control.Page
	lead    *control.Text
	stops   *control.Stack
	looks   *control.Stack // what whoever approves should have looked at
	table   *control.Stack
	list    *rowList
	toggle  *control.Link
	card    *control.Stack // the comment
	comment *control.Input
	about   forms.Change

	ticks    []*control.Tick
	due      *control.Input
	read     *control.Text
	password *control.Input
	proof    *proof // in place of the password, for who signed in at the identity provider; else nil
	approve  *control.Button
	age      ageing
	busy     bool
	closed   bool
	cancel   func()
}

// NewReview makes the page.
func NewReview(d Deps, p *api.Plan) *Review {
	r := &Review{d: d, plan: p}
	r.lead = control.Muted("")
	r.toggle = control.NewLink("Show all answers", func() { r.all = !r.all; r.load() }).Sized(13.5, false)
	r.stops, r.looks = control.VStack(12), control.VStack(12)
	r.stops.Hide()
	r.looks.Hide()
	r.table = control.VStack(0).Ground(theme.Paper).Bordered(theme.Line, 1, 6).Inset(1, 1, 1, 1)
	r.list = newRowList(r.pick)
	r.card = control.Card("")
	r.card.Hide()
	links := control.HStack(18, r.toggle)
	if r.can("save") {
		links.Set(r.toggle, control.NewLink("Change it yourself", func() { d.Go(app.Place{Screen: WizardScreen, PlanID: p.ID}) }).Sized(13.5, false))
	}
	left := control.VStack(12, control.VStack(4, control.Title("Review the changes"), r.lead, links), r.stops, r.looks, r.table, r.card).Inset(18, 26, 18, 26)
	if p.Draft != nil {
		if copies := copiesCard(d, p.ID, r.definition(), p.Draft.Answers); copies != nil {
			left.Set(append(slices.Clone(left.Objects()), copies)...)
		}
	}
	right := r.side()
	back := control.Secondary("Back to my work", func() { d.Go(app.Place{Screen: MyWorkScreen}) })
	crew := control.NewLink("See it as a crew will", r.seeAsCrew)
	bottom := []fyne.CanvasObject{back}
	if d.narrow() {
		links.Set(append(slices.Clone(links.Objects()), crew)...)
	} else {
		bottom = append(bottom, crew)
	}
	bottom = append(bottom, control.Spacer())
	if r.can("return") {
		bottom = append(bottom, control.Secondary("Send back...", r.sendBack))
	}
	r.approve = control.Primary("Approve and publish", r.publish)
	r.approve.Disable()
	bottom = append(bottom, r.approve)
	banner := control.PatientBanner(BannerOf(p.Patient, d.Desk.Now()), control.Tag(waiting(p, d.Desk.Now()), statusTone[p.Status]))
	r.age.watch(d, p.ID)
	r.age.fresh(d.Desk.Heard())
	r.age.again, r.age.aged, r.age.gone = r.news, func(app.Aged) { r.object.Refresh() }, r.over
	top := control.VStack(0, r.age.band, banner)
	if d.narrow() { // large text on a small window: one under the other
		r.left = control.Scroll(control.VStack(0, left, right))
		r.object = container.New(&pageWithFoot{}, top, r.left, foot(bottom...))
	} else {
		r.left = control.Scroll(left)
		both := container.New(&reviewHalves{}, r.left, control.Scroll(right))
		r.object = container.New(&pageWithFoot{}, top, both, foot(bottom...))
	}
	r.list.page = r.left
	r.cancel = d.Desk.Subscribe(func(e api.Event) {
		if concerns(e, p.ID) {
			fyne.Do(r.news)
		}
	})
	r.load()
	return r
}

// waiting is the plan's state, and for how long it has been so.
func waiting(p *api.Plan, now time.Time) string {
	words := p.StatusWords
	if p.Status == "in_review" {
		words = statusWords[p.Status] // that the live version stays is said in the head of the comparison
	}
	if w := waited(p.StateSince, now); w != "" {
		words += ", " + w
	}
	return words
}

func (r *Review) can(action string) bool { return slices.Contains(r.plan.Actions, action) }

// side is the right half: five ticks, the agreement, the next review, the password.
func (r *Review) side() *control.Stack {
	changed := func(bool) { r.judge() }
	var ticks []fyne.CanvasObject
	for _, c := range api.ApprovalChecks {
		t := control.NewTick(c.Words, "", changed)
		r.ticks = append(r.ticks, t)
		ticks = append(ticks, t)
	}
	reader := r.reader()
	days, why := plan.ReviewLimit(reader)
	limit := fmt.Sprintf("At most %d days", days)
	if why != "" {
		limit += ": " + why
	}
	r.due = control.NewInput("Review again by", limit+".")
	r.due.Entry.Wide(200)
	r.read = control.Small("")
	if iso := reader.Text(plan.ReviewDue); iso != "" {
		r.due.SetText(nhs.FormatDate(iso))
	}
	r.due.OnChanged = func(string) { r.judge() }
	r.password = control.NewPassword("Your password, to sign", "")
	r.password.OnChanged = func(string) { r.password.SetError(""); r.judge() }
	r.password.OnSubmit = func(string) { r.publish() }
	objs := []fyne.CanvasObject{control.VStack(2, control.Heading("Before you approve"), control.Hint("Each is your own check. None is ticked for you."))}
	objs = append(objs, control.VStack(0, ticks...), rule(),
		control.VStack(2, control.Strong("The person's agreement"), control.Hint(r.agreement(reader))),
		control.VStack(4, r.due, r.read))
	if r.d.Desk.User().Signs == "sso" {
		r.proof = newProof(r.d, func() *api.Plan { return r.plan }, r.judge)
		objs = append(objs, r.proof.stack)
	} else {
		objs = append(objs, r.password)
	}
	return control.VStack(12, objs...).Inset(14, 14, 18, 14).Ground(theme.Paper)
}

func (r *Review) reader() forms.Reader {
	var a forms.Answers
	if r.plan.Draft != nil {
		a = r.plan.Draft.Answers
	}
	return forms.NewReader(r.definition(), a, r.today())
}

func (r *Review) definition() *forms.Definition {
	if def, ok := plan.DefinitionFor(r.plan.Definition); ok {
		return def
	}
	return plan.Definition()
}

func (r *Review) today() time.Time { return drafts.Today(r.d.Desk.Now()) }

// agreement says whether the person agreed, in the words of the plan's own question.
func (r *Review) agreement(reader forms.Reader) string {
	words := reader.Words(plan.PatientAgreedVersion)
	if reader.Text(plan.PatientAgreedVersion) == "" {
		return "Nobody has recorded yet whether the person agrees with this version."
	}
	out := def(reader, plan.PatientAgreedVersion) + ": " + words
	if day := reader.Text(plan.PatientAgreedDate); day != "" {
		out += ", on " + nhs.FormatDate(day)
	}
	if why := reader.Text(plan.PatientNotShownReason); why != "" {
		out += ". " + why
	}
	return out + "."
}

func def(reader forms.Reader, id string) string {
	if it := reader.Def().Item(id); it != nil {
		return it.ShortLabel()
	}
	return id
}

// load reads what changed and what still stops the plan.
func (r *Review) load() {
	var changes api.Changes
	var problems api.Problems
	all := r.all
	r.d.Work("Comparing the versions...", func(ctx context.Context) (err error) {
		if changes, err = r.d.Desk.Changes(ctx, r.plan.ID, all); err != nil {
			return err
		}
		problems, err = r.d.Desk.Problems(ctx, r.plan)
		return err
	}, func(err error) {
		if r.closed {
			return
		}
		if err != nil {
			r.d.Say.Error(err)
			return
		}
		r.changes = changes
		r.draw(problems)
	})
}

// news reads the plan again when somebody else has changed it. What the approver has typed stays; the ticks are cleared,
// since they were about another content.
func (r *Review) news() {
	if r.closed || r.busy {
		return
	}
	was := r.plan.Etag
	var p *api.Plan
	r.d.Work("Reading the plan again...", func(ctx context.Context) (err error) {
		p, err = r.d.Desk.OpenPlan(ctx, r.plan.ID)
		return err
	}, func(err error) {
		if r.closed || r.busy || err != nil {
			return
		}
		if r.age.old() {
			defer r.object.Refresh()
		}
		r.age.fresh(r.d.Desk.Heard())
		if p.Etag == was || p.Etag == r.plan.Etag {
			return
		}
		gone := !slices.Contains(p.Actions, "approve") || p.Draft == nil
		changed := p.Draft != nil && r.plan.Draft != nil && !p.Draft.Answers.Equal(r.plan.Draft.Answers)
		r.plan = p
		if gone {
			r.d.Say.Notice("This plan no longer waits for you.\n" + p.StatusWords + ".")
			r.d.Go(app.Place{Screen: MyWorkScreen})
			return
		}
		if changed {
			for _, t := range r.ticks {
				t.Set(false)
			}
			if r.proof != nil {
				r.proof.forget()
			}
			r.judge()
			r.d.Say.Notice("The plan has changed while you were reading.\nYour ticks are cleared. The list now shows the newest words.")
		}
		r.load()
	})
}

// over leaves a comparison that is past the limit of what is read without a connection. Comments that were not added are kept.
func (r *Review) over(err error) {
	r.d.Go(app.Place{Screen: MyWorkScreen})
	r.d.Say.Error(err)
}

// Look brings the page up to date: live, old, or gone.
func (r *Review) Look() { r.age.look() }

func (r *Review) draw(problems api.Problems) {
	release := r.left.Hold()
	defer release()
	n := 0
	for _, c := range r.changes.Items {
		if !c.Same {
			n++
		}
	}
	by := r.plan.StateBy
	words := "Sent"
	if by != "" {
		words += " by " + by
	}
	words += ", " + nhs.FormatDateTime(r.plan.StateSince) + ". "
	if r.changes.From > 0 {
		words += fmt.Sprintf("%d of %d answers changed since version %d.", n, r.changes.Total, r.changes.From)
	} else {
		words += fmt.Sprintf("A first plan, with %d answers.", n)
	}
	r.lead.SetText(words)
	if r.all {
		r.toggle.SetText("Show only what changed")
	} else {
		r.toggle.SetText("Show all answers")
	}
	control.Reveal(r.toggle, r.changes.From > 0)
	r.drawStops(problems)
	r.drawLooks(problems)
	before := "Nothing live yet"
	if r.changes.From > 0 {
		before = "Live now, version " + strconv.Itoa(r.changes.From)
	}
	var specs []rowSpec
	first := r.changes.From == 0
	order, decisive := readingOrder(r.changes.Items)
	step := ""
	for n, i := range order {
		c := r.changes.Items[i]
		spec := rowSpec{key: strconv.Itoa(i), words: c.Label, flush: true, content: newCompareRow(c, r.comments(c), first)}
		switch {
		case n == 0 && decisive > 0:
			spec.heading, spec.loud = mattersMost, true
		case n >= decisive && c.Step != step:
			step = c.Step
			if s := r.definition().Step(step); s != nil {
				spec.heading = s.Title
			}
		}
		specs = append(specs, spec)
	}
	r.list.set(specs, r.d.Window.Canvas())
	objs := []fyne.CanvasObject{newCompareHead(before, "Sent to you", first), r.list.stack}
	if len(specs) == 0 {
		objs = append(objs, control.VStack(0, control.Muted("No answer differs from the live version.")).Inset(14, 14, 14, 14))
	}
	r.table.Set(objs...)
	r.judge()
}

func (r *Review) drawStops(problems api.Problems) {
	var objs []fyne.CanvasObject
	for _, p := range problems.Items {
		if p.Severity == forms.Stop {
			place := app.Place{Screen: WizardScreen, PlanID: r.plan.ID, Step: p.Step, Item: p.Item, Row: p.Row}
			if r.can("save") {
				objs = append(objs, control.NewLink(p.Words, func() { r.d.Go(place) }).Coloured(theme.Red))
			} else {
				objs = append(objs, control.Body(p.Words))
			}
		}
	}
	if len(objs) == 0 {
		r.stops.Set()
		control.Reveal(r.stops, false)
		return
	}
	r.stops.Set(control.ErrorCard("These stop the plan from being approved", append([]fyne.CanvasObject{control.Hint("Send it back, or change it yourself.")}, objs...)...))
	control.Reveal(r.stops, true)
}

// drawLooks says what stops nothing, and what whoever approves should have looked at.
func (r *Review) drawLooks(problems api.Problems) {
	var objs []fyne.CanvasObject
	for _, p := range problems.Items {
		if p.Severity == forms.Advise {
			objs = append(objs, control.Body(p.Words+"."))
		}
	}
	control.Reveal(r.looks, len(objs) > 0)
	if len(objs) == 0 {
		r.looks.Set()
		return
	}
	r.looks.Set(control.Card("Look at this before you approve", objs...))
}

// comments are the comments on one answer.
func (r *Review) comments(c forms.Change) []api.Comment {
	var out []api.Comment
	if r.plan.Draft == nil {
		return nil
	}
	for _, k := range r.plan.Draft.Comments {
		if k.Item == c.Item && k.Row == c.Row {
			out = append(out, k)
		}
	}
	return out
}

// pick opens the comment on one answer.
func (r *Review) pick(key string) {
	i, err := strconv.Atoi(key)
	if err != nil || i >= len(r.changes.Items) || !r.can("comment") {
		return
	}
	r.keepComment()
	r.about = r.changes.Items[i]
	label := r.about.Label
	if r.about.RowTitle != "" {
		label += ": " + r.about.RowTitle
	}
	r.comment = control.TextArea("Your comment on \""+label+"\"", "", 2, 1000)
	r.comment.SetText(r.d.Kept[r.commentKey()])
	add := control.Secondary("Add the comment", r.sendComment).Compact()
	drop := control.NewLink("Close", func() { r.keepComment(); control.Reveal(r.card, false); r.list.focus(r.d.Window.Canvas()) }).Sized(13.5, false)
	var objs []fyne.CanvasObject
	for _, k := range r.comments(r.about) {
		objs = append(objs, CommentLine(k, func() { r.commentDone(k) }))
	}
	r.card.Set(append(objs, r.comment, control.HStack(14, add, drop))...)
	control.Reveal(r.card, true)
	r.d.focus(r.comment)
	r.left.Bring(r.card)
}

func (r *Review) commentKey() string {
	return r.plan.ID + "/" + r.about.Group + "/" + r.about.Row + "/" + r.about.Item
}

// keepComment keeps words that were not added yet.
func (r *Review) keepComment() {
	if r.comment == nil {
		return
	}
	if text := r.comment.Text(); strings.TrimSpace(text) != "" {
		r.d.Kept[r.commentKey()] = text
	} else {
		delete(r.d.Kept, r.commentKey())
	}
}

func (r *Review) sendComment() {
	text := strings.TrimSpace(r.comment.Text())
	if text == "" {
		r.comment.SetError("Write the comment.")
		return
	}
	c := api.Comment{Item: r.about.Item, Row: r.about.Row, Text: text}
	key := r.commentKey()
	r.busy = true
	var p *api.Plan
	r.d.Work("Adding the comment...", func(ctx context.Context) (err error) {
		p, err = r.d.Desk.Comment(ctx, r.plan, c)
		return err
	}, func(err error) {
		r.busy = false
		if r.closed {
			return
		}
		if app.IsWaiting(err) { // it is kept, and goes by itself
			r.comment.SetText("")
			delete(r.d.Kept, key)
			control.Reveal(r.card, false)
			r.d.Say.Error(err)
			return
		}
		if err != nil {
			r.comment.SetError(app.Explain(err).What)
			return
		}
		r.plan = p
		r.comment.SetText("")
		delete(r.d.Kept, key)
		control.Reveal(r.card, false)
		r.load()
	})
}

// commentDone marks a comment as answered.
func (r *Review) commentDone(k api.Comment) {
	r.busy = true
	var p *api.Plan
	r.d.Work("Marking the comment...", func(ctx context.Context) (err error) {
		p, err = r.d.Desk.CommentDone(ctx, r.plan, k.ID)
		return err
	}, func(err error) {
		r.busy = false
		if r.closed {
			return
		}
		if err != nil {
			r.d.Say.Error(err)
			return
		}
		r.plan = p
		r.keepComment()
		control.Reveal(r.card, false)
		r.list.focus(r.d.Window.Canvas())
		r.load()
	})
}

// dueDate reads the date of the next review.
func (r *Review) dueDate() (string, error) {
	day, err := nhs.ParseFutureDate(strings.TrimSpace(r.due.Text()), r.today())
	if err != nil {
		return "", err
	}
	return day.Format(time.DateOnly), nil
}

// judge opens the button when everything that an approver gives is there. It says nothing about the plan.
func (r *Review) judge() {
	ready := true
	for _, t := range r.ticks {
		ready = ready && t.On()
	}
	iso, err := r.dueDate()
	words := ""
	switch {
	case strings.TrimSpace(r.due.Text()) == "":
		ready = false
		r.due.SetError("")
	case err != nil:
		ready = false
		r.due.SetError(err.Error())
	default:
		r.due.SetError("")
		days := 0
		if t, err := time.Parse(time.DateOnly, iso); err == nil {
			days = int(t.Sub(r.today()).Hours() / 24)
		}
		words = "Understood as " + nhs.FormatDate(iso) + ", in " + strconv.Itoa(days) + " days."
		if limit, _ := plan.ReviewLimit(r.reader()); days > limit {
			ready = false
			r.due.SetError(fmt.Sprintf("At most %d days from today.", limit))
		}
	}
	r.read.SetText(words)
	control.Reveal(r.read, words != "")
	if r.proof != nil {
		ready = ready && r.proof.ready()
	} else {
		ready = ready && r.password.Text() != ""
	}
	if r.approve == nil { // the page is being made
		return
	}
	if ready && !r.busy {
		r.approve.Enable()
	} else {
		r.approve.Disable()
	}
}

// publish approves.
func (r *Review) publish() {
	if r.approve.Disabled() || r.busy {
		return
	}
	iso, err := r.dueDate()
	if err != nil {
		return
	}
	body := api.Approve{Password: r.password.Text(), ReviewDue: iso}
	if r.proof != nil {
		if !r.proof.ready() { // it lapsed while the page stood open
			r.proof.forget()
			r.proof.say("The proof has lapsed. Prove again that it is you.")
			return
		}
		body.Password, body.Proof = "", r.proof.got.Proof
	}
	for _, c := range api.ApprovalChecks {
		body.Checks = append(body.Checks, c.ID)
	}
	r.busy = true
	r.approve.SetBusy("Publishing...")
	var p *api.Plan
	r.d.Work("Publishing the plan...", func(ctx context.Context) (err error) {
		p, err = r.d.Desk.Approve(ctx, r.plan, body)
		return err
	}, func(err error) {
		r.busy = false
		r.approve.Ready()
		r.password.SetText("")
		r.judge()
		if r.closed {
			return
		}
		if err != nil {
			r.refused(err)
			return
		}
		words := "Approved and published."
		if p.Published != nil {
			words += "\nVersion " + strconv.Itoa(p.Published.Number) + " is live. Urgent care sees it now. Review is due by " + nhs.FormatDate(p.Published.ReviewDue) + "."
		}
		r.finish(words)
	})
}

// finish leaves a plan that no longer waits for this person.
func (r *Review) finish(words string) {
	r.d.Desk.KeepPlace(app.Place{})
	r.d.Say.Notice(words)
	r.d.Go(app.Place{Screen: MyWorkScreen})
}

func (r *Review) refused(err error) {
	e := app.Explain(err)
	words := strings.TrimSpace(e.What + " " + e.Do)
	switch {
	case e.Cancelled:
	case r.proof != nil && (api.IsCode(err, api.CodeProof) || e.Field == "proof"):
		r.proof.forget()
		r.proof.say(words)
		r.d.Window.Canvas().Focus(r.proof.button)
	case api.IsCode(err, api.CodeWrongPassword) || api.IsCode(err, api.CodeLocked) || e.Field == "password":
		r.password.SetError(words)
		r.d.focus(r.password)
	case e.Field == plan.ReviewDue:
		r.due.SetError(words)
		r.d.focus(r.due)
	default:
		r.d.Say.Error(err)
		r.news()
	}
}

// sendBack returns the draft with a reason and the comments that were not added yet.
func (r *Review) sendBack() {
	r.keepComment()
	r.d.Say.AskWords(message.Question{
		Title: "Send back", Words: "The draft goes back to " + r.sender() + " with your reason and your comments. The live version stays as it is.",
		Label: "What has to change?", Min: 5, Yes: "Send back", Key: r.plan.ID + "/return",
		Do: func(reason string, done func(error)) {
			body := api.Return{Reason: reason}
			for _, c := range r.changes.Items {
				key := r.plan.ID + "/" + c.Group + "/" + c.Row + "/" + c.Item
				if text := strings.TrimSpace(r.d.Kept[key]); text != "" {
					body.Comments = append(body.Comments, api.Comment{Item: c.Item, Row: c.Row, Text: text})
				}
			}
			r.busy = true
			r.d.Work("Sending it back...", func(ctx context.Context) error {
				_, err := r.d.Desk.Return(ctx, r.plan, body)
				return err
			}, func(err error) {
				r.busy = false
				done(err)
				if err != nil {
					return
				}
				for key := range r.d.Kept {
					if strings.HasPrefix(key, r.plan.ID+"/") {
						delete(r.d.Kept, key)
					}
				}
				r.comment = nil
				r.finish("Sent back.\n" + upper(r.sender()) + " will find it under \"Sent back to me\".")
			})
		},
	})
}

func (r *Review) sender() string {
	if r.plan.StateBy != "" {
		return r.plan.StateBy
	}
	return "those who sent it"
}

func upper(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// seeAsCrew shows the draft as the summary would show it.
func (r *Review) seeAsCrew() {
	if r.plan.Draft == nil {
		return
	}
	version := 0
	if r.plan.Published != nil {
		version = r.plan.Published.Number
	}
	s := forms.Summarise(r.definition(), r.plan.Draft.Answers, forms.Header{
		Status: r.plan.Status, Version: version, AsAt: r.d.Desk.Now(), Training: r.d.Desk.Training(), Draft: true,
		Recorded: r.plan.Draft.Recorded, ReviewDue: r.reader().Text(plan.ReviewDue),
	}, r.today())
	ShowSummary(r.d, s)
}

// ShowSummary shows the whole summary over the window.
func ShowSummary(d Deps, s forms.Summary) {
	var shut func()
	ok := control.Primary("Close", func() { shut() })
	shut = d.Say.Custom("What a crew will read", SummaryView(s, true, nil), 1080, ok, nil, ok)
}

// Object is what is drawn.
func (r *Review) Object() fyne.CanvasObject { return r.object }

// Focus goes to the first check: reading comes before it, and Page Down scrolls what is read.
func (r *Review) Focus() { r.d.Window.Canvas().Focus(r.ticks[0]) }

// Ticks are the five checks.
func (r *Review) Ticks() []*control.Tick { return r.ticks }

// Due is the date of the next review.
func (r *Review) Due() *control.Input { return r.due }

// Password is the box that signs.
func (r *Review) Password() *control.Input { return r.password }

// ProofButton is the button that proves who signs, or nil where a password does.
func (r *Review) ProofButton() *control.Button {
	if r.proof == nil {
		return nil
	}
	return r.proof.button
}

// Proving says whether the browser is open for a proof.
func (r *Review) Proving() bool { return r.proof != nil && r.proof.cancel != nil }

// ProofWrong are the words under that button, or "".
func (r *Review) ProofWrong() string { return r.proof.wrongly }

// ApproveButton is the button that publishes.
func (r *Review) ApproveButton() *control.Button { return r.approve }

// Shown are the answers in the order in which they stand on the page, and how many of them, from the top, are decisions that
// matter most.
func (r *Review) Shown() (changes []forms.Change, decisive int) {
	order, decisive := readingOrder(r.changes.Items)
	for _, i := range order {
		changes = append(changes, r.changes.Items[i])
	}
	return changes, decisive
}

// CommentsOn are the comments on one answer.
func (r *Review) CommentsOn(item, row string) []api.Comment {
	return r.comments(forms.Change{Item: item, Row: row})
}

// Comment opens the comment on one answer, as Enter on its line does.
func (r *Review) Comment(item, row string) {
	for i, c := range r.changes.Items {
		if c.Item == item && c.Row == row {
			r.list.choose(strconv.Itoa(i))
			r.pick(strconv.Itoa(i))
			return
		}
	}
}

// Changes is what is compared.
func (r *Review) Changes() api.Changes { return r.changes }

// Escape closes the comment, whose words are kept.
func (r *Review) Escape() bool {
	if !r.card.Visible() {
		return false
	}
	r.keepComment()
	control.Reveal(r.card, false)
	r.list.focus(r.d.Window.Canvas())
	return true
}

// Help says what the page is for.
func (r *Review) Help() []string {
	return []string{
		"On the left is what changed; Enter on a line lets you comment on it. On the right is what you sign.",
		"\"Approve and publish\" opens when the five checks are ticked, the next review has a date and your password is typed. Urgent care sees the plan at once.",
		"\"Send back\" needs a reason. The live version stays as it is.",
	}
}

// Close ends the page.
func (r *Review) Close() {
	r.keepComment()
	r.closed = true
	r.age.close()
	if r.proof != nil {
		r.proof.close()
	}
	r.cancel()
}

// reviewHalves gives the right half 430 of 1280.
type reviewHalves struct{}

// Layout places the two.
func (*reviewHalves) Layout(objs []fyne.CanvasObject, size fyne.Size) {
	right := min(theme.S(430), size.Width*0.42)
	objs[0].Move(fyne.NewPos(0, 0))
	objs[0].Resize(fyne.NewSize(size.Width-right, size.Height))
	objs[1].Move(fyne.NewPos(size.Width-right, 0))
	objs[1].Resize(fyne.NewSize(right, size.Height))
}

// MinSize asks for little.
func (*reviewHalves) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(400, 200) }
