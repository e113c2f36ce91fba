package wizard

import (
	"context"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/require"

	"cmc/api"
	"cmc/api/central"
	"cmc/app"
	"cmc/app/drafts"
	"cmc/app/keychain/keychaintest"
	"cmc/forms"
	"cmc/ui/control"
	"cmc/ui/message"
)

// edith is an invented woman of assets/training who has no plan.
const edith = "9990508259"

// deskAt is a real desk at a real service, signed in.
func deskAt(t *testing.T, address, account string) *app.Desk {
	t.Helper()
	d, err := app.New(app.Params{ProfileDir: t.TempDir(), Version: "test"})
	require.NoError(t, err)
	t.Cleanup(func() { _ = d.Close() })
	require.NoError(t, d.SetAddress(address))
	_, err = d.SignIn(t.Context(), account, "training", false)
	require.NoError(t, err)
	return d
}

// two are the nurse and the GP in one draft of Edith's, each at a desk of their own; the nurse's form is on the screen.
type two struct {
	t         *testing.T
	w         *Wizard
	win       fyne.Window
	nurse, gp *drafts.Editor
	queue     chan func()
}

func newTwo(t *testing.T, begin forms.Answers, words func(nurse *drafts.Editor)) *two {
	t.Helper()
	keychaintest.Empty(t)
	service, err := central.Open(t.Context(), central.Options{DataDir: t.TempDir(), Training: true})
	require.NoError(t, err)
	server := httptest.NewServer(service.Handler())
	t.Cleanup(func() {
		service.Hush()
		server.CloseClientConnections()
		server.Close()
		_ = service.Close()
	})
	atHome, atPractice := deskAt(t, server.URL, "carehome"), deskAt(t, server.URL, "gp")
	found, err := atHome.Search(t.Context(), api.PatientSearch{NHSNumber: edith})
	require.NoError(t, err)
	plan, err := atHome.StartPlan(t.Context(), api.NewPlan{PatientID: found.Items[0].ID, Answers: begin})
	require.NoError(t, err)
	h := &two{t: t, queue: make(chan func(), 1000)}
	h.nurse = atHome.Edit(plan)
	words(h.nurse)
	require.NoError(t, h.nurse.Flush(t.Context()))
	same, err := atPractice.OpenPlan(t.Context(), plan.ID)
	require.NoError(t, err)
	h.gp = atPractice.Edit(same)

	h.win = test.NewWindow(control.VStack(0))
	t.Cleanup(h.win.Close)
	h.win.SetPadded(false)
	h.w = New(Deps{Editor: h.nurse, Service: atHome, Window: h.win, Say: message.New(h.win), Training: true,
		Do: func(do func()) { h.queue <- do },
		Work: func(_ string, do func(context.Context) error, done func(error)) {
			go func() {
				err := do(context.Background())
				h.queue <- func() { done(err) }
			}()
		}})
	t.Cleanup(h.w.Close)
	h.win.SetContent(h.w.Object())
	h.win.Resize(fyne.NewSize(1280, 664))
	return h
}

// until does on this goroutine what the form brings to the drawing thread, until something is so.
func (h *two) until(what string, ok func() bool) {
	h.t.Helper()
	for end := time.Now().Add(20 * time.Second); !ok(); {
		if time.Now().After(end) {
			h.t.Fatalf("%s did not happen", what)
		}
		select {
		case do := <-h.queue:
			do()
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// clash has the GP save first and the nurse after, and waits until the nurse's form asks.
func (h *two) clash() {
	h.t.Helper()
	require.NoError(h.t, h.gp.Flush(h.t.Context()))
	_ = h.nurse.Flush(h.t.Context())
	h.until("the question", func() bool { return h.w.clash.page.Visible() })
}

// meet is clash for the second time: the GP first takes in what the nurse has saved.
func (h *two) meet() error {
	h.t.Helper()
	require.NoError(h.t, h.gp.Flush(h.t.Context()))
	err := h.nurse.Flush(h.t.Context())
	h.until("the question", func() bool { return h.w.clash.page.Visible() })
	return err
}

// choices are what the nurse is asked, by what each is about.
func (h *two) choices() map[string]*choice {
	found := map[string]*choice{}
	for _, one := range h.w.clash.choices {
		found[one.name] = one
	}
	return found
}

// said are a choice's words: what was before comes last.
func (h *two) said(one *choice) string {
	f := one.field
	versions := [3]forms.Reader{}
	c := h.w.clash.conflict
	for i, a := range []forms.Answers{c.Base, c.Theirs, c.Mine} {
		versions[i] = forms.NewReader(h.w.def, a, h.nurse.Today())
	}
	said, same := h.w.clash.saidIn(f, versions)
	for i := range said {
		if same[i] && i != before {
			said[i] += " (as it was)"
		}
	}
	require.Contains(h.t, texts(one.mine.box), strings.TrimSuffix(said[mine], " (as it was)"))
	require.Contains(h.t, texts(one.theirs.box), strings.TrimSuffix(said[theirs], " (as it was)"))
	return "Yours: " + said[mine] + " / Theirs: " + said[theirs] + " / Before: " + said[before]
}

// keep presses a version and the button, as a person does.
func (h *two) press(o fyne.Focusable) {
	h.t.Helper()
	h.win.Canvas().Focus(o)
	require.Equal(h.t, o, h.win.Canvas().Focused())
	o.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
}

func rapid() forms.Answers {
	return forms.Answers{"plan_cohorts": forms.ChoicesAnswer("frailty"), "plan_type": forms.ChoiceAnswer("full")}
}

// Two people write in one draft at once: what both wrote is asked, in a guarded section also what only one wrote, and what is
// chosen is what the service has at the end.
func TestTwoPeopleInOneDraft(t *testing.T) {
	light(t)
	h := newTwo(t, rapid(), func(e *drafts.Editor) { e.Set(drafts.At{Item: "preferred_name"}, forms.TextAnswer("Edie")) })
	h.gp.Set(drafts.At{Item: "preferred_name"}, forms.TextAnswer("Mrs Okoro"))
	h.gp.Set(drafts.At{Item: "phone_home"}, forms.TextAnswer("020 7946 0101"))
	h.gp.Set(drafts.At{Item: "cpr_decision"}, forms.ChoiceAnswer("attempt"))
	require.NoError(t, h.gp.Flush(t.Context())) // before the nurse writes: her form saves by itself
	h.nurse.Set(drafts.At{Item: "preferred_name"}, forms.TextAnswer("Edith"))
	h.nurse.Set(drafts.At{Item: "cpr_decision"}, forms.ChoiceAnswer("dnacpr"))
	h.nurse.Set(drafts.At{Item: "cpr_reason_text"}, forms.TextAnswer("She said so to her daughter."))
	h.clash()
	h.w.clash.look()
	picture(t, h.win, "clash-real")
	choices := h.choices()
	require.Len(t, choices, 3, texts(h.w.clash.box))
	require.Empty(t, h.w.clash.choose, "nothing is chosen for anybody")
	var all []string
	for label, one := range choices {
		all = append(all, label+": "+h.said(one))
	}
	slices.Sort(all)
	words := strings.Join(all, "\n")
	require.Contains(t, words, "Yours: Edith / Theirs: Mrs Okoro / Before: Edie")
	require.Contains(t, words, "Yours: She said so to her daughter. / Theirs: Nothing (as it was)")
	require.NotContains(t, texts(h.w.clash.box)+words, "As it was written")
	require.Contains(t, texts(h.w.clash.box), "Dr Amina Osei")
	require.Equal(t, "020 7946 0101", h.nurse.Answers()["phone_home"].Text, "what only one wrote in a part of no danger is there by itself")
	require.Contains(t, texts(h.w.clash.box), "020 7946 0101", "and is said to have come")

	for _, one := range h.w.clash.choices {
		h.press(one.mine.box)
	}
	require.False(t, h.w.clash.button.Disabled())
	h.press(h.w.clash.button)
	h.until("the end of the question", func() bool { return h.w.clash.conflict == nil })
	require.False(t, h.w.clash.open)
	require.NoError(t, h.nurse.Flush(t.Context()))
	require.Equal(t, "dnacpr", h.nurse.Plan().Draft.Answers["cpr_decision"].Text)
	require.Equal(t, "Edith", h.nurse.Plan().Draft.Answers["preferred_name"].Text)
	noted := ""
	for _, c := range h.nurse.Plan().Draft.Comments {
		noted += c.Item + ": " + c.Text + "\n"
	}
	require.Contains(t, noted, "preferred_name: Two people wrote here at the same time. Not kept, of Dr Amina Osei")
	require.Contains(t, noted, "Mrs Okoro", "what was not chosen is kept with the plan")
}

// What the GP alone decides about resuscitation, while the nurse writes elsewhere, is on the nurse's screen at once and waits for
// her yes.
func TestTheOtherPersonsDecisionAlone(t *testing.T) {
	light(t)
	h := newTwo(t, rapid(), func(e *drafts.Editor) { e.Set(drafts.At{Item: "cpr_decision"}, forms.ChoiceAnswer("attempt")) })
	h.gp.Set(drafts.At{Item: "cpr_decision"}, forms.ChoiceAnswer("dnacpr"))
	require.NoError(t, h.gp.Flush(t.Context()))
	h.nurse.Set(drafts.At{Item: "preferred_name"}, forms.TextAnswer("Edith"))
	h.clash()
	h.w.clash.look()
	picture(t, h.win, "clash-news")
	require.Len(t, h.w.clash.choices, 1)
	require.Contains(t, texts(h.w.clash.box), "Only they changed this")
	require.Equal(t, "dnacpr", h.nurse.Answers()["cpr_decision"].Text)
	h.press(h.w.clash.choices[0].theirs.box)
	h.press(h.w.clash.button)
	h.until("the end of the question", func() bool { return h.w.clash.conflict == nil })
	require.NoError(t, h.nurse.Flush(t.Context()))
	require.Equal(t, "dnacpr", h.nurse.Plan().Draft.Answers["cpr_decision"].Text)
	require.Equal(t, "Edith", h.nurse.Plan().Draft.Answers["preferred_name"].Text)
	require.Empty(t, h.nurse.Plan().Draft.Comments)
}

// An entry that one takes out and the other writes in is asked with what stands in it, and so is an order of entries.
func TestTwoPeopleInOneList(t *testing.T) {
	light(t)
	var ann, peter, carol string
	h := newTwo(t, rapid(), func(e *drafts.Editor) {
		for _, who := range []struct {
			id   *string
			name string
		}{{&ann, "Ann Okoro"}, {&peter, "Peter Okoro"}, {&carol, "Carol Okoro"}} {
			*who.id = e.AddRow("contacts")
			e.Set(drafts.At{Group: "contacts", Row: *who.id, Item: "contact_name"}, forms.TextAnswer(who.name))
			e.Set(drafts.At{Group: "contacts", Row: *who.id, Item: "contact_phone"}, forms.TextAnswer("07700 900123"))
		}
	})
	h.gp.RemoveRow("contacts", ann)
	require.NoError(t, h.gp.Flush(t.Context())) // before the nurse writes: her form saves by itself
	h.nurse.Set(drafts.At{Group: "contacts", Row: ann, Item: "contact_phone"}, forms.TextAnswer("07700 900456"))
	h.clash()
	h.w.clash.look()
	picture(t, h.win, "clash-entry")
	require.Len(t, h.w.clash.choices, 1)
	one := h.w.clash.choices[0]
	require.Contains(t, one.name, "Ann Okoro")
	require.Contains(t, texts(one.mine.box), "07700 900456")
	require.Contains(t, texts(one.theirs.box), "Taken out")
	require.Contains(t, h.said(one), "07700 900123", "what was before is said")
	h.press(one.mine.box)
	h.press(h.w.clash.button)
	h.until("the end of the question", func() bool { return h.w.clash.conflict == nil })
	require.NoError(t, h.nurse.Flush(t.Context()))
	require.Len(t, h.nurse.Answers()["contacts"].Rows, 3)

	h.gp.MoveRow("contacts", carol, -1)
	h.gp.Set(drafts.At{Item: "preferred_name"}, forms.TextAnswer("Edie"))
	require.NoError(t, h.gp.Flush(t.Context())) // before the nurse writes: her form saves by itself
	h.nurse.MoveRow("contacts", peter, -1)
	require.ErrorIs(t, h.meet(), drafts.ErrConflict)
	h.w.clash.look()
	picture(t, h.win, "clash-order")
	require.Len(t, h.w.clash.choices, 1)
	one = h.w.clash.choices[0]
	require.Contains(t, one.name, "order")
	require.Contains(t, texts(one.mine.box), "1. Peter Okoro, 2. Ann Okoro")
	require.Contains(t, texts(one.theirs.box), "1. Ann Okoro, 2. Carol Okoro")
}
