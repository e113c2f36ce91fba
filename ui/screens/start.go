package screens

// What may change here: how a plan is begun: the draft minimum of domain.md 4.27 and nothing more. The words of its questions
// are the plan's own.

import (
	"context"
	"errors"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"cmc/api"
	"cmc/app"
	"cmc/forms"
	"cmc/forms/nhs"
	"cmc/forms/plan"
	"cmc/ui/control"
)

// Start asks what a plan begins with: who it is for, why, and how deep it goes.
type Start struct {
	d       Deps
	person  api.Patient
	page    *control.Page
	number  *control.Input
	family  *control.Input
	given   *control.Input
	born    *control.Input
	read    *control.Text // the date as it was understood
	reason  *control.Input
	cohorts []*control.Tick
	codes   []string
	why     *control.Text
	depth   *control.Radio
	how     *control.Text
	begin   *control.Button
	busy    bool
	closed  bool
}

// NewStart makes the page for a person of the index, or with no ID for somebody who is not there yet.
func NewStart(d Deps, p api.Patient) *Start {
	s := &Start{d: d, person: p}
	def := plan.Definition()
	var who fyne.CanvasObject
	if p.ID != "" {
		objs := []fyne.CanvasObject{personLines(p, d.Desk.Now(), true)}
		if p.PracticeName != "" {
			objs = append(objs, control.Small("Registered with "+p.PracticeName))
		}
		if p.NeedsReason {
			s.reason = control.TextArea("Why do you start a plan for this person?", "They are not registered with you. The answer is kept.", 2, 300)
			objs = append(objs, s.reason)
		}
		who = control.Card("For", objs...)
	} else {
		s.number = control.NewInput("NHS number", "Ten digits, for example 999 000 9600. Leave it empty if it is not known.")
		s.family = control.NewInput("Family name", "")
		s.given = control.NewInput("Given name", "")
		s.born = control.NewInput("Date of birth", "For example 09-Jun-1941, 9/6/41 or 090641.")
		s.read = control.Small("")
		s.read.Hide()
		if p.NHSNumber != "" {
			s.number.SetText(nhs.FormatNHSNumber(p.NHSNumber))
		}
		s.family.SetText(p.FamilyName)
		s.given.SetText(p.GivenName)
		if p.BirthDate != "" {
			s.born.SetText(nhs.FormatDate(p.BirthDate))
		}
		s.number.OnChanged = func(text string) {
			if pretty, ok := prettyNumber(text); ok && pretty != text {
				s.number.Entry.Replace(pretty, len([]rune(pretty)))
				text = pretty
			}
			s.number.SetError("")
			if digits := strings.ReplaceAll(text, " ", ""); len(digits) >= 10 {
				if _, err := nhs.ParseNHSNumber(text); err != nil {
					s.number.SetError(err.Error())
				}
			}
		}
		s.born.OnChanged = func(text string) {
			s.born.SetError("")
			words := ""
			if day, err := nhs.ParseDate(text, d.Desk.Now()); err == nil {
				words = "Understood as " + nhs.Born(day.Format(time.DateOnly), d.Desk.Now())
			}
			s.read.SetText(words)
			control.Reveal(s.read, words != "")
		}
		who = control.Card("The person", s.number, control.Gap(4), s.family, control.Gap(4), s.given, control.Gap(4), s.born, s.read)
	}
	s.why, s.how = control.ErrorText(""), control.ErrorText("")
	s.why.Hide()
	s.how.Hide()
	var cohorts []fyne.CanvasObject
	item := def.Item(plan.PlanCohorts)
	for _, o := range item.Options {
		t := control.NewTick(o.Label, o.Hint, nil)
		s.cohorts, s.codes = append(s.cohorts, t), append(s.codes, o.Code)
		cohorts = append(cohorts, t)
	}
	kind := def.Item(plan.PlanType)
	var depths []control.Option
	for _, o := range kind.Options {
		depths = append(depths, control.Option{ID: o.Code, Label: o.Label, Hint: o.Hint})
	}
	s.depth = control.NewRadio(depths, nil)
	s.begin = control.Primary("Start the plan", s.start)
	foot := control.HStack(12, control.Secondary("Back", d.Back), control.Spacer(), s.begin)
	body := control.VStack(14, control.Title("Start a plan"), who,
		control.Card("", control.Strong(item.Label), s.why, control.VStack(0, cohorts...)),
		control.Card("", control.Strong(kind.Label), s.how, s.depth), foot).Inset(20, 28, 28, 28).AtMost(720)
	s.page = control.Scroll(body)
	return s
}

// check says what is missing, under the field that it concerns, and gives what to send.
func (s *Start) check() (api.NewPlan, bool) {
	n := api.NewPlan{PatientID: s.person.ID, Answers: forms.Answers{}}
	var first func()
	miss := func(in *control.Input, words string) {
		in.SetError(words)
		if words != "" && first == nil {
			first = func() { s.d.focus(in) }
		}
	}
	if s.reason != nil {
		n.Reason = strings.TrimSpace(s.reason.Text())
		words := ""
		if len([]rune(n.Reason)) < 5 {
			words = "Say why, in a few words."
		}
		miss(s.reason, words)
	}
	if s.person.ID == "" {
		words := ""
		if typed := strings.TrimSpace(s.number.Text()); typed != "" {
			digits, err := nhs.ParseNHSNumber(typed)
			if err != nil {
				words = err.Error()
			} else {
				n.Answers[plan.NHSNumber] = forms.TextAnswer(digits)
			}
		}
		miss(s.number, words)
		for _, f := range []struct {
			in *control.Input
			id string
		}{{s.family, plan.FamilyName}, {s.given, plan.GivenName}} {
			words := ""
			if text := forms.CleanText(strings.TrimSpace(f.in.Text()), false); text != "" {
				n.Answers[f.id] = forms.TextAnswer(text)
			} else if words = plan.Definition().Item(f.id).Missing; words == "" {
				words = "Type the name."
			}
			miss(f.in, words)
		}
		words = ""
		if typed := strings.TrimSpace(s.born.Text()); typed == "" {
			words = plan.Definition().Item(plan.BirthDate).Missing
		} else if day, err := nhs.ParseDate(typed, s.d.Desk.Now()); err != nil {
			words = err.Error()
		} else {
			n.Answers[plan.BirthDate] = forms.TextAnswer(day.Format(time.DateOnly))
		}
		miss(s.born, words)
	}
	var codes []string
	for i, t := range s.cohorts {
		if t.On() {
			codes = append(codes, s.codes[i])
		}
	}
	s.say(s.why, "")
	s.say(s.how, "")
	if len(codes) == 0 {
		s.say(s.why, plan.Definition().Item(plan.PlanCohorts).Missing)
		if first == nil {
			first = func() { s.d.Window.Canvas().Focus(s.cohorts[0]) }
		}
	} else {
		n.Answers[plan.PlanCohorts] = forms.ChoicesAnswer(codes...)
	}
	if code := s.depth.Chosen(); code != "" {
		n.Answers[plan.PlanType] = forms.ChoiceAnswer(code)
	} else {
		s.say(s.how, plan.Definition().Item(plan.PlanType).Missing)
		if first == nil {
			first = func() { s.d.Window.Canvas().Focus(s.depth) }
		}
	}
	if first != nil {
		first()
		return n, false
	}
	return n, true
}

func (s *Start) say(t *control.Text, words string) {
	t.SetText(words)
	control.Reveal(t, words != "")
}

func (s *Start) start() {
	if s.busy {
		return
	}
	n, ok := s.check()
	if !ok {
		return
	}
	s.busy = true
	s.begin.SetBusy("Starting...")
	var p *api.Plan
	s.d.Work("Starting the plan...", func(ctx context.Context) (err error) {
		p, err = s.d.Desk.StartPlan(ctx, n)
		return err
	}, func(err error) {
		s.busy = false
		if s.closed {
			return
		}
		s.begin.Ready()
		if err == nil {
			s.d.Go(app.Place{Screen: PlanScreen, PlanID: p.ID})
			return
		}
		var problem *api.Problem
		if api.IsCode(err, api.CodeDuplicate) && errors.As(err, &problem) && problem.PlanID != "" {
			s.d.Say.Ask("This person has a plan already", "One person has one plan. Open it instead? What you typed here is not needed then.", "Open the plan", "Stay here", func() {
				s.d.Go(app.Place{Screen: PlanScreen, PlanID: problem.PlanID})
			})
			return
		}
		s.place(err)
	})
}

// place puts what is wrong under its field, or into a message where it concerns none of them.
func (s *Start) place(err error) {
	e := app.Explain(err)
	words := strings.TrimSpace(e.What + " " + e.Do)
	for id, in := range map[string]*control.Input{plan.NHSNumber: s.number, plan.FamilyName: s.family, plan.GivenName: s.given, plan.BirthDate: s.born} {
		if in != nil && e.Field == id && !e.SignInAgain {
			in.SetError(words)
			s.d.focus(in)
			return
		}
	}
	s.d.Say.Error(err)
}

// Object is what is drawn.
func (s *Start) Object() fyne.CanvasObject { return s.page }

// Focus goes to the first thing to answer.
func (s *Start) Focus() {
	switch {
	case s.reason != nil:
		s.d.focus(s.reason)
	case s.number != nil && s.number.Text() == "":
		s.d.focus(s.number)
	case s.family != nil && s.family.Text() == "":
		s.d.focus(s.family)
	case s.given != nil && s.given.Text() == "":
		s.d.focus(s.given)
	case s.born != nil && s.born.Text() == "":
		s.d.focus(s.born)
	default:
		s.d.Window.Canvas().Focus(s.cohorts[0])
	}
}

// Cohort is the box of one reason for a plan, or nil.
func (s *Start) Cohort(code string) *control.Tick {
	for i, c := range s.codes {
		if c == code {
			return s.cohorts[i]
		}
	}
	return nil
}

// Depth is the choice between a rapid and a full plan.
func (s *Start) Depth() *control.Radio { return s.depth }

// Begin is the button.
func (s *Start) Begin() *control.Button { return s.begin }

// Help says what the page is for.
func (s *Start) Help() []string {
	return []string{"A plan begins with who it is for, why it is made and how deep it goes. Everything else follows step by step, and is saved as you type."}
}

// Close ends the page.
func (s *Start) Close() { s.closed = true }
