package summary

// What may change here: how the real plan is filled to its brim. No list of fields stands here: a question that is added to
// the plan is filled too.

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"cmc/forms"
	"cmc/forms/plan"
	"cmc/forms/plan/plantest"
	"github.com/stretchr/testify/require"
)

var today = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

// brimful answers every question of the plan at its greatest length with the given words, every group with rows rows, and
// every choice with the option whose summary words are the longest, unless chosen says otherwise.
func brimful(d *forms.Definition, words string, rows int, chosen map[string]string) forms.Answers {
	fill := func(n int) string {
		if n <= 0 {
			n = 100
		}
		r := []rune(strings.Repeat(words, n/len([]rune(words))+1))
		return strings.TrimSpace(string(r[:n]))
	}
	answer := func(it *forms.Item, depth int) forms.Answer {
		switch it.Kind {
		case forms.Choice:
			if c, ok := chosen[it.ID]; ok {
				return forms.Answer{Text: c}
			}
			best := it.Options[0]
			for _, o := range it.Options {
				if len(o.Crew)+len(o.Label) > len(best.Crew)+len(best.Label) {
					best = o
				}
			}
			return forms.Answer{Text: best.Code}
		case forms.Choices:
			var codes []string
			for _, o := range it.Options {
				codes = append(codes, o.Code)
			}
			return forms.Answer{Codes: codes}
		case forms.YesNo:
			yes := true
			return forms.Answer{Bool: &yes}
		case forms.Date, forms.PartialDate:
			return forms.Answer{Text: "2026-11-20"}
		case forms.DateTime:
			return forms.Answer{Text: "2026-11-20T10:04:00Z"}
		case forms.Integer, forms.Decimal:
			n := 88.0
			return forms.Answer{Number: &n}
		case forms.NHSNumber:
			return forms.Answer{Text: "9990009600"}
		case forms.Phone:
			return forms.Answer{Text: "+44 20 7946 0199 ext 123456"}
		case forms.Coded:
			return forms.Answer{Coded: &forms.CodedText{Text: fill(it.MaxChars)}}
		case forms.Address:
			l := fill(35)
			return forms.Answer{Address: &forms.PostalAddress{Lines: []string{l, l, l, l, l}, Postcode: "SE1 0AA"}}
		case forms.Ref:
			return forms.Answer{Text: it.RefTo[0] + "/r0"}
		case forms.Secret:
			return forms.Answer{Text: "KEYSAFE4711"}
		case forms.Group, forms.Computed, forms.File:
			return forms.Answer{}
		}
		return forms.Answer{Text: fill(it.MaxChars)}
	}
	a := forms.Answers{}
	for it := range d.Items() {
		switch p := it.Parent(); {
		case it.Kind == forms.Computed:
		case it.Kind == forms.Group && it.Repeats:
			n := rows
			if it.MaxRows > 0 {
				n = min(n, it.MaxRows)
			}
			var list []forms.Row
			for i := range n {
				row := forms.Row{ID: fmt.Sprintf("r%d", i), Answers: forms.Answers{}}
				for _, c := range it.Items {
					row.Answers[c.ID] = answer(c, 1)
				}
				list = append(list, row)
			}
			a[it.ID] = forms.Answer{Rows: list}
		case it.Kind == forms.Group:
		case p == nil || !p.Repeats:
			a[it.ID] = answer(it, 0)
		}
	}
	a[plan.BirthDate] = forms.Answer{Text: "1941-06-09"}
	delete(a, "deceased_date")
	return a
}

func fullHeader() forms.Header {
	h := typical().Header
	h.ApprovedAt, h.ApprovedBy = drawnAt, strings.Repeat("Dr W. Featherstone ", 5)
	h.PrintedBy, h.PrintedOrg = strings.Repeat("Nurse in charge ", 4), strings.Repeat("Elm House ", 10)
	h.ChangeSince = drawnAt
	h.ReviewDue = "2026-11-20"
	h.Recorded = map[string]forms.Recorded{}
	for _, st := range plan.Definition().Steps {
		for _, sec := range st.Sections {
			h.Recorded[sec.ID] = forms.Recorded{At: drawnAt.AddDate(0, -2, 0)}
		}
	}
	return h
}

// Whatever is written into the plan, up to its greatest lengths and in capitals, there is one page.
func TestBrimfulPlansFit(t *testing.T) {
	d := plan.Definition()
	english := "Sit her up, open the window and use the fan; ring the nurse. "
	for _, words := range []string{english, strings.ToUpper(english), "i"} {
		for _, rows := range []int{1, 50} {
			for _, cpr := range []string{"dnacpr", "modified_child", "attempt"} {
				for _, convey := range []string{"avoid", "convey_selected"} {
					a := brimful(d, words, rows, map[string]string{"cpr_decision": cpr, "ceiling": "community_reversible", "conveyance": convey,
						"lpa_type": "hw_with_lst", "jic_status": "issued", "access_method": "key_safe", "allergy_status": "known",
						"problems_foreseen": "some", "adrt_status": "present"})
					s := forms.Summarise(d, a, fullHeader(), today)
					if bad := faults(s); len(bad) > 0 {
						t.Errorf("%.12q %d rows %s %s: %s", words, rows, cpr, convey, strings.Join(slices.Compact(bad), "\n"))
					}
				}
			}
		}
	}
}

// The plans that plantest makes may be approved, every one of them: so each has a page.
func TestApprovablePlansFit(t *testing.T) {
	for name, a := range map[string]forms.Answers{"least": plantest.Minimal(today), "fullest": plantest.Fullest(today)} {
		s := forms.Summarise(plan.Definition(), a, fullHeader(), today)
		require.Empty(t, faults(s), name)
		require.Empty(t, pdfFaults(t, s), name)
	}
}

// A plan with nothing but the widest letter in every text, each at its greatest length, is no plan that a person writes,
// and no page holds it. It is refused with the name of a block, never cut: the service asks Check before it approves.
func TestPlanOfWidestLettersIsRefusedNotCut(t *testing.T) {
	s := forms.Summarise(plan.Definition(), plantest.Widest(today), fullHeader(), today)
	var w bytes.Buffer
	err := Render(&w, s)
	if err == nil {
		require.Empty(t, faults(s))
		return
	}
	var none ErrNoRoom
	require.ErrorAs(t, err, &none)
	require.NotEmpty(t, none.Block)
	require.Zero(t, w.Len())
	require.NotNil(t, plan.Definition().Item(Check(s)[0].Item))
}

// randomPlans is how many random approvable plans are drawn by TestRandomPlansFit.
const randomPlans = 2000

func TestRandomPlansFit(t *testing.T) {
	d := plan.Definition()
	h := typical().Header
	h.ApprovedAt, h.ApprovedBy = drawnAt, "Dr A. Name (GP partner)"
	var wg sync.WaitGroup
	for worker := range 2 {
		wg.Go(func() {
			for seed := worker; seed < randomPlans; seed += 2 {
				a := plantest.Random(rand.New(rand.NewPCG(uint64(seed), 7)), today)
				h := h
				if seed%10 != 0 {
					h.Link = "" // making the code takes longer than the rest of the layout
				}
				s := forms.Summarise(d, a, h, today)
				out, page, err := fit(s)
				if err != nil {
					t.Errorf("plan %d: %v", seed, err)
					continue
				}
				bad := pageFaults(s, out, page)
				if err := Render(io.Discard, s); err != nil {
					bad = append(bad, err.Error())
				}
				if code := a[plan.KeySafeCode].Text; code != "" && strings.Contains(bare(page.text("access")), code) {
					bad = append(bad, "the code of the key safe is on the page")
				}
				if seed%10 == 0 {
					bad = append(bad, faults(s)...)
					bad = append(bad, pdfFaults(t, s)...)
				}
				if len(bad) > 0 {
					t.Errorf("plan %d: %s", seed, strings.Join(bad, "\n"))
				}
			}
		})
	}
	wg.Wait()
}
