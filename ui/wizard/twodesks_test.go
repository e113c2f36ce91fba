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

func (h *two) radios() map[string]*control.Radio {
	found := map[string]*control.Radio{}
	label := ""
	control.Walk(h.w.clash.box, func(o fyne.CanvasObject) bool {
		switch o := o.(type) {
		case *control.Text:
			label = o.String()
		case *control.Radio:
			found[label] = o
		}
		return true
	})
	return found
}

func labels(r *control.Radio) string {
	var all []string
	for _, o := range r.Options() {
		all = append(all, o.Label)
		if o.Hint != "" {
			all = append(all, o.Hint)
		}
	}
	return strings.Join(all, " / ")
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
	picture(t, h.win, "clash-real")
	radios := h.radios()
	require.Len(t, radios, 3, texts(h.w.clash.box))
	var all []string
	for label, r := range radios {
		all = append(all, label+": "+labels(r))
		require.Empty(t, r.Chosen(), "nothing is chosen for anybody")
	}
	slices.Sort(all)
	words := strings.Join(all, "\n")
	require.Contains(t, words, "Yours: Edith / Theirs: Mrs Okoro / Before: Edie")
	require.Contains(t, words, "Yours: She said so to her daughter. / Theirs: Nothing (as it was)")
	require.NotContains(t, texts(h.w.clash.box)+words, "As it was written")
	require.Equal(t, "020 7946 0101", h.nurse.Answers()["phone_home"].Text, "what only one wrote in a part of no danger is there by itself")

	for _, r := range radios {
		h.win.Canvas().Focus(r)
		r.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace}) // mine
	}
	require.False(t, h.w.clash.button.Disabled())
	h.win.Canvas().Focus(h.w.clash.button)
	h.w.clash.button.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	h.until("the end of the question", func() bool { return !h.w.clash.page.Visible() })
	require.NoError(t, h.nurse.Flush(t.Context()))
	require.Equal(t, "dnacpr", h.nurse.Plan().Draft.Answers["cpr_decision"].Text)
	require.Equal(t, "Edith", h.nurse.Plan().Draft.Answers["preferred_name"].Text)
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
	picture(t, h.win, "clash-entry")
	radios := h.radios()
	require.Len(t, radios, 1)
	for label, r := range radios {
		require.Contains(t, label, "Ann Okoro")
		require.Contains(t, labels(r), "07700 900456")
		require.Contains(t, labels(r), "Theirs: Taken out")
		require.Contains(t, labels(r), "07700 900123", "what was before is said")
		r.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	}
	h.w.clash.button.Tapped(nil)
	h.until("the end of the question", func() bool { return !h.w.clash.page.Visible() })
	require.NoError(t, h.nurse.Flush(t.Context()))
	require.Len(t, h.nurse.Answers()["contacts"].Rows, 3)

	h.gp.MoveRow("contacts", carol, -1)
	h.gp.Set(drafts.At{Item: "preferred_name"}, forms.TextAnswer("Edie"))
	require.NoError(t, h.gp.Flush(t.Context())) // before the nurse writes: her form saves by itself
	h.nurse.MoveRow("contacts", peter, -1)
	require.ErrorIs(t, h.meet(), drafts.ErrConflict)
	picture(t, h.win, "clash-order")
	for label, r := range h.radios() {
		require.Contains(t, label, "order")
		require.Contains(t, labels(r), "Yours: 1. Peter Okoro, 2. Ann Okoro")
		require.Contains(t, labels(r), "Theirs: 1. Ann Okoro, 2. Carol Okoro")
	}
}
