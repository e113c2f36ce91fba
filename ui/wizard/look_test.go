package wizard

import (
	"context"
	"encoding/json"
	"image/png"
	"os"
	"path/filepath"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"cmc/api"
	"cmc/app/drafts"
	"cmc/forms"
	"cmc/forms/plan"
	"cmc/forms/plan/plantest"
	"cmc/ui/control"
	"cmc/ui/message"
	"cmc/ui/theme"

	"github.com/stretchr/testify/require"
)

var today = time.Date(2026, 11, 22, 14, 2, 0, 0, time.UTC)

// desk is the central service as far as the form needs it: it keeps what it is sent in memory.
type desk struct {
	sent      []api.Submit
	confirmed []api.Confirm
}

func (d *desk) Submit(_ context.Context, p *api.Plan, body api.Submit) (*api.Plan, error) {
	d.sent = append(d.sent, body)
	return p, nil
}

func (d *desk) ConfirmProblem(_ context.Context, p *api.Plan, body api.Confirm) (*api.Plan, error) {
	d.confirmed = append(d.confirmed, body)
	return p, nil
}

func newEditor(t testing.TB, a forms.Answers) *drafts.Editor {
	t.Helper()
	return newEditorOf(t, plan.Definition(), a)
}

// newEditorOf is an editor of a plan under a definition of the test's own.
func newEditorOf(t testing.TB, def *forms.Definition, a forms.Answers) *drafts.Editor {
	t.Helper()
	p := &api.Plan{ID: "p1", Status: "draft", StatusWords: "Draft", Definition: def.Name(), Etag: "1",
		Holder: api.Organisation{ODS: "A81001", Name: "Riverside Practice"}, Actions: []string{"save", "submit"},
		Draft: &api.Draft{Answers: a}}
	e := drafts.Open(drafts.Config{Plan: p, Definition: def, NoStore: "this is a test", Now: func() time.Time { return today },
		Send: func(_ context.Context, _ string, patch []byte, _, _ string) (*api.Plan, error) {
			return nil, &api.Problem{Type: "urn:cmc:problem:" + api.CodeUnavailable, Status: 503, Title: "Not now."}
		}})
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
		defer cancel()
		_ = e.End(ctx)
	})
	return e
}

type open struct {
	w   *Wizard
	e   *drafts.Editor
	win fyne.Window
	d   *desk
}

// start opens the form of a plan in a window of the given size.
func start(t testing.TB, a forms.Answers, width, height float32) *open {
	t.Helper()
	return startWith(t, newEditor(t, a), width, height)
}

func startWith(t testing.TB, e *drafts.Editor, width, height float32) *open {
	t.Helper()
	d := &desk{}
	win := test.NewWindow(control.VStack(0))
	t.Cleanup(win.Close)
	win.SetPadded(false)
	w := New(Deps{Editor: e, Service: d, Window: win, Say: message.New(win), Now: func() time.Time { return today }, Training: true, Do: func(func()) {},
		FullPage: func(forms.Summary) {},
		Work: func(_ string, do func(context.Context) error, done func(error)) {
			done(do(context.Background()))
		}})
	t.Cleanup(w.Close)
	win.SetContent(w.Object())
	win.Resize(fyne.NewSize(width, height))
	return &open{w, e, win, d}
}

func picture(t testing.TB, win fyne.Window, name string) {
	t.Helper()
	dir := os.Getenv("CMC_PICTURES")
	if dir == "" {
		return
	}
	f, err := os.Create(filepath.Join(dir, name+".png"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, win.Canvas().Capture()); err != nil {
		t.Fatal(err)
	}
}

func themed(t testing.TB, v theme.Variant, scale float32) {
	t.Helper()
	app := test.NewTempApp(t)
	app.Settings().SetTheme(theme.New(v, scale))
}

// john is an invented man whose plan is half written.
func john(t testing.TB) forms.Answers {
	t.Helper()
	a := forms.Answers{}
	a.SetChoices("plan_cohorts", "eol", "frailty")
	a.SetChoice("plan_type", "full")
	a.SetText("nhs_number", "9990009600")
	a.SetText("family_name", "Smith")
	a.SetText("given_name", "John")
	a.SetText("title", "Mr")
	a.SetText("preferred_name", "Jack")
	a.SetText("birth_date", "1941-06-09")
	a.SetChoice("sex_at_birth", "1")
	a.SetChoice("gender_admin", "1")
	a.SetAddress("address_usual", forms.PostalAddress{Lines: []string{"Elm House", "4 Elm Road", "London"}, Postcode: "SE1 0AA"})
	a.SetChoice("cpr_decision", "dnacpr")
	a.SetChoices("cpr_reason", "unlikely_success")
	a.SetText("cpr_reason_text", "Advanced heart failure; would not restore a life he would want.")
	a.SetText("cpr_date", "2026-11-20T10:30:00Z")
	a.SetText("cpr_decided_by", "Dr Amina Osei")
	a.SetChoice("cpr_decided_role", "gp")
	row := forms.Answers{}
	row.SetText("contact_name", "Ann Smith")
	row.SetChoice("contact_relationship", "daughter")
	row.SetText("contact_phone", "07700 900123")
	row2 := forms.Answers{}
	row2.SetText("contact_name", "Peter Smith")
	row2.SetChoice("contact_relationship", "son")
	a.SetRows("contacts", forms.Row{ID: "aaaa0001", Answers: row}, forms.Row{ID: "aaaa0002", Answers: row2})
	if _, err := json.Marshal(a); err != nil {
		t.Fatal(err)
	}
	return a
}

func TestPictures(t *testing.T) {
	if os.Getenv("CMC_PICTURES") == "" {
		t.Log("no pictures were asked for")
	}
	for _, v := range []struct {
		name    string
		variant theme.Variant
		scale   float32
	}{{"", theme.Light, 1}, {"-150", theme.Light, 1.5}, {"-dark", theme.Dark, 1}, {"-200", theme.Light, 2}} {
		themed(t, v.variant, v.scale)
		o := start(t, john(t), 1280, 664)
		o.w.Show("resuscitation", "cpr_decision", "")
		picture(t, o.win, "step"+v.name)
		o.w.Show("person", "", "")
		picture(t, o.win, "person"+v.name)
		o.w.Show("people", "contact_phone", "aaaa0001")
		picture(t, o.win, "people"+v.name)
		o.w.Show("check", "", "")
		picture(t, o.win, "check"+v.name)
	}
}

// TestStates draws what a step looks like when something is missing, wrong, open or contested.
func TestStates(t *testing.T) {
	for name, scale := range map[string]float32{"": 1, "-150": 1.5} {
		themed(t, theme.Light, scale)
		o := start(t, plantest.Fullest(today), 1280, 664)
		o.w.Show("people", "contacts", "")
		picture(t, o.win, "rows"+name)
		o.w.Show("medicines", "allergies", "")
		picture(t, o.win, "medicines"+name)

		o = start(t, john(t), 1280, 664)
		o.w.Show("check", "", "")
		o.w.Show("person", "ethnicity", "")
		e := entryAt(t, o, drafts.At{Item: "ethnicity"})
		for _, r := range "black" {
			e.TypedRune(r)
		}
		picture(t, o.win, "filter"+name)
		o.w.Show("person", "birth_date", "")
		e = entryAt(t, o, drafts.At{Item: "birth_date"})
		e.SetText("")
		for _, r := range "31-Feb-1941" {
			e.TypedRune(r)
		}
		o.win.Canvas().FocusNext()
		o.w.pages["person"].scroll.Bring(o.w.pages["person"].find(drafts.At{Item: "nhs_number"}).Object())
		picture(t, o.win, "wrong"+name)
		o.w.clash.show(twoAtOnce())
		picture(t, o.win, "clash-band"+name)
		o.w.clash.look()
		picture(t, o.win, "clash"+name)
		o.win.Canvas().FocusNext()
		o.win.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
		o.w.clash.screen.ScrollTo(330)
		picture(t, o.win, "clash-chosen"+name)

		a := plantest.Minimal(today)
		delete(a, "main_carer_exists")
		delete(a, "clinical_summary")
		a.SetText("birth_date", "2031-01-01")
		o = start(t, a, 1280, 664)
		o.w.Show("check", "", "")
		picture(t, o.win, "check-few"+name)
		o = start(t, plantest.Minimal(today), 1280, 664)
		o.w.Show("check", "", "")
		picture(t, o.win, "check-ready"+name)
		a = plantest.Example(today)
		a.SetText("med_list_date", today.AddDate(0, 0, -40).Format(time.DateOnly))
		a.SetChoice("conveyance", "convey_any")
		o = start(t, a, 1280, 664)
		o.w.Show("check", "", "")
		picture(t, o.win, "check-confirm"+name)
	}
}

// twoAtOnce is what two people wrote at once, of every kind.
func twoAtOnce() *drafts.Conflict {
	row := func(phone string) forms.Answer {
		return forms.RowsAnswer(forms.Row{ID: "r1", Answers: forms.Answers{"contact_name": forms.TextAnswer("Ann Okoro"), "contact_phone": forms.TextAnswer(phone)}})
	}
	base := forms.Answers{"preferred_name": forms.TextAnswer("Jack"), "cpr_decision": forms.ChoiceAnswer("attempt"), "contacts": row("07700 900123")}
	theirs := forms.Answers{"preferred_name": forms.TextAnswer("Johnny"), "cpr_decision": forms.ChoiceAnswer("dnacpr"), "phone_home": forms.TextAnswer("020 7946 0101"),
		"ceiling_text": forms.TextAnswer("Hospital only for a fracture. Otherwise care at home, with the hospice team."), "contacts": row("07700 900123")}
	mine := forms.Answers{"preferred_name": forms.TextAnswer("John"), "cpr_decision": forms.ChoiceAnswer("dnacpr"), "phone_home": forms.TextAnswer("020 7946 0101"),
		"ceiling_text": forms.TextAnswer("He said to me and to his daughter that he never wants to go to hospital again, whatever happens; he wants to stay in his own room at Elm House with his things about him."), "contacts": row("07700 900456")}
	at := drafts.At{Group: "contacts", Row: "r1", Item: "contact_phone"}
	by, when := "Dr Amina Osei, Riverside Practice", time.Date(2026, 11, 25, 3, 42, 0, 0, time.UTC)
	return &drafts.Conflict{By: by, At: when, Base: base, Theirs: theirs, Mine: mine, Fields: []drafts.Clash{
		{At: drafts.At{Item: "preferred_name"}, By: by, When: when, Label: "Preferred name", Base: base["preferred_name"], Theirs: theirs["preferred_name"], Mine: mine["preferred_name"], InBase: true, InTheirs: true, InMine: true},
		{At: drafts.At{Item: "cpr_decision"}, By: by, When: when, Label: "Resuscitation decision", Guarded: true, News: true, Base: base["cpr_decision"], Theirs: theirs["cpr_decision"], Mine: base["cpr_decision"], InBase: true, InTheirs: true, InMine: true},
		{At: drafts.At{Item: "ceiling_text"}, By: by, When: when, Label: "Level of treatment in words", Guarded: true, Theirs: theirs["ceiling_text"], Mine: mine["ceiling_text"], InTheirs: true, InMine: true},
		{At: at, By: by, When: when, Label: "Phone", Base: forms.TextAnswer("07700 900123"), Theirs: forms.TextAnswer("07700 900789"), Mine: forms.TextAnswer("07700 900456"), InBase: true, InTheirs: true, InMine: true},
	}}
}

// TestMonth draws the month of days under a date, and under a date with a time.
func TestMonth(t *testing.T) {
	for name, scale := range map[string]float32{"": 1, "-150": 1.5} {
		themed(t, theme.Light, scale)
		o := start(t, john(t), 1280, 664)
		for step, item := range map[string]string{"person": "birth_date", "resuscitation": "cpr_date"} {
			o.w.Show(step, item, "")
			o.win.Canvas().FocusNext()
			o.win.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
			_, open := o.win.Canvas().Focused().(*control.Month)
			require.True(t, open, item)
			picture(t, o.win, "month-"+step+name)
		}
	}
}

// TestWholeSteps draws every step from top to bottom, of a full plan and of an empty one.
func TestWholeSteps(t *testing.T) {
	if os.Getenv("CMC_PICTURES") == "" {
		t.Log("no pictures were asked for")
		return
	}
	for _, scale := range []float32{1, 1.5} {
		for name, a := range map[string]forms.Answers{"full": plantest.Example(today), "empty": {}} {
			if scale > 1 {
				name += "-150"
			}
			themed(t, theme.Light, scale)
			o := start(t, a, 1280, 800)
			for _, st := range o.w.def.Steps {
				if !o.w.relevant(st.ID) {
					continue
				}
				o.w.Show(st.ID, "", "")
				o.win.Resize(fyne.NewSize(1280, min(2600, max(800, o.w.pages[st.ID].scroll.Content().MinSize().Height+80))))
				picture(t, o.win, "whole-"+name+"-"+st.ID)
			}
		}
	}
}
