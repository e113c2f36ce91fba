package summary

// What may change here: what is promised in doc.go, and how it is held.

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"cmc/forms"
	"cmc/forms/plan"
	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "write the golden files of this package")

// pages are the invented people whose pages are kept as golden layouts.
func pages() map[string]forms.Summary {
	training, draft, deceased := typical(), typical(), typical()
	training.Header.Training = true
	draft.Header.Draft, draft.Header.Training = true, true
	draft.Strip = []string{"DRAFT, NOT FOR CLINICAL USE", "As at 22-Nov-2026 14:31", "No review date"}
	deceased.Strip = []string{"PATIENT HAS DIED", "Approved 22-Nov-2026 14:20 by GP partner", "Review by 20-Feb-2027"}
	deceased.Banner.Born, deceased.Banner.Died, deceased.Banner.AgeAtDeath = "09-Jun-1941", "01-Nov-2026", "85y"
	kept := fullest().Kept(fullest().Header.AsAt, fullest().Header.AsAt.Add(3*time.Hour+10*time.Minute), "Nurse in charge", "Elm House care home")
	return map[string]forms.Summary{"kept": kept, "typical": typical(), "fullest": fullest(), "emptiest": emptiest(), "letters": letters(),
		"training": training, "draft": draft, "deceased": deceased}
}

func TestEveryPageKeepsTheContract(t *testing.T) {
	for name, s := range pages() {
		t.Run(name, func(t *testing.T) {
			require.Empty(t, faults(s))
			require.Empty(t, pdfFaults(t, s))
		})
	}
}

// The layout is kept in words, so that a change of one measure is seen in review. Write it anew with -update, and look
// at the pages.
func TestLayoutIsTheGoldenOne(t *testing.T) {
	for name, s := range pages() {
		t.Run(name, func(t *testing.T) {
			_, page, err := fit(s)
			require.NoError(t, err)
			file := filepath.Join("testdata", name+".golden")
			if *update {
				require.NoError(t, os.MkdirAll("testdata", 0o755))
				require.NoError(t, os.WriteFile(file, []byte(page.dump()), 0o644))
			}
			want, err := os.ReadFile(file)
			require.NoError(t, err)
			if d := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(page.dump(), "\n")); d != "" {
				t.Errorf("the layout of %s has changed (-golden +now):\n%s", name, d)
			}
		})
	}
}

func TestSameSummarySameBytes(t *testing.T) {
	for name, s := range pages() {
		want := rendered(t, s)
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				var b bytes.Buffer
				if err := Render(&b, s); err != nil || !bytes.Equal(want, b.Bytes()) {
					t.Errorf("%s: a second rendering differs (%v)", name, err)
				}
			})
		}
		wg.Wait()
	}
}

func TestCallersSummaryIsNotChanged(t *testing.T) {
	s := fullest()
	rendered(t, s)
	_, err := Fit(s)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(fullest(), s))
}

// What a crew acts on stands at the same place on every page with an ordinary name and address.
func TestResuscitationStandsInOnePlace(t *testing.T) {
	at := func(s forms.Summary) string {
		_, page, err := fit(s)
		require.NoError(t, err)
		for _, m := range page.Marks {
			if m.Text == "Do NOT attempt CPR" {
				for _, f := range page.Frames {
					if f.Width == 3 {
						return fmt.Sprintf("%.0f at %.1f, in a box that starts at %.1f", m.Size, m.X, f.Y)
					}
				}
			}
		}
		return "nowhere"
	}
	want := at(typical())
	for range 3 {
		s := typical()
		s.Blocks[3].Lines = append(s.Blocks[3].Lines, s.Blocks[3].Lines...)
		require.Equal(t, want, at(s))
	}
}

func TestHeaviestGivesWayFirstAndIsNamed(t *testing.T) {
	s := typical()
	s.Left = nil
	s.Blocks[3].More = ""
	long := strings.Repeat("Sit up and use the fan; ring the nurse. ", 12)
	s.Blocks[3].Lines = nil
	for i := range 7 {
		s.Blocks[3].Lines = append(s.Blocks[3].Lines, yields(10, "problem", line(sp(fmt.Sprintf("Problem %d. %s", i+1, long)))))
	}
	for range 9 {
		s.Blocks[9].Lines = append(s.Blocks[9].Lines, yields(50, "wish", line(sp(long))))
	}
	out, err := Fit(s)
	require.NoError(t, err)
	require.Equal(t, []string{"1 problem", "2 contacts", "10 wishes"}, out.Left)
	require.Equal(t, "10 wishes in the full plan", out.Blocks[9].More)
	require.Equal(t, "1 more problem in the full plan", out.Blocks[3].More)
	for i, l := range out.Blocks[3].Lines {
		require.Contains(t, l.Spans[0].Text, fmt.Sprintf("Problem %d.", i+1), "the last problem goes first")
	}
	require.Empty(t, faults(s))
}

func TestDetailsOfTheTwoDecisionsGoLast(t *testing.T) {
	s := typical()
	long := strings.Repeat("Treat what can be treated in the chair by the window. ", 9)
	s.Blocks[1].Lines = append(s.Blocks[1].Lines, yields(90, "", line(sp(long))))
	for range 20 {
		s.Blocks[8].Lines = append(s.Blocks[8].Lines, yields(1, "diagnosis", line(sp(long))))
	}
	out, err := Fit(s)
	require.NoError(t, err)
	require.Len(t, out.Blocks[1].Lines, 3)
	require.NotEmpty(t, out.Blocks[8].More)
	require.Empty(t, faults(s))

	for range 20 {
		s.Blocks[1].Lines = append(s.Blocks[1].Lines, yields(90, "", line(sp(long))))
	}
	out, err = Fit(s)
	require.NoError(t, err)
	require.Equal(t, "Treat at home; avoid admission.", out.Blocks[1].Headline)
	require.Contains(t, strings.Join(out.Left, ", "), " details")
	require.Empty(t, faults(s))
}

// Nothing gives way needlessly: no line that is gone could be put back alone.
func TestNothingGivesWayNeedlessly(t *testing.T) {
	in := normal(fullest())
	sh, err := newSheet(in)
	require.NoError(t, err)
	out, err := Fit(in)
	require.NoError(t, err)
	gone := map[place]bool{}
	for i, b := range in.Blocks {
		k := 0
		for j, l := range b.Lines {
			if k < len(out.Blocks[i].Lines) && sameLine(out.Blocks[i].Lines[k], l) {
				k++
				continue
			}
			gone[place{i, j}] = true
		}
	}
	require.NotEmpty(t, gone)
	for p := range gone {
		fewer := map[place]bool{}
		for q := range gone {
			fewer[q] = q != p
		}
		require.False(t, newTrial(sh, densities[len(densities)-1], fewer).fits(), "line %v could stay", p)
	}
}

func TestNoRoomNamesTheBlock(t *testing.T) {
	s := typical()
	for range 60 {
		s.Blocks[6].Lines = append(s.Blocks[6].Lines, line(sp("In hours: the surgery, the hospice, the district nurses and the night sitters")))
	}
	var b bytes.Buffer
	err := Render(&b, s)
	var none ErrNoRoom
	require.True(t, errors.As(err, &none))
	require.Equal(t, "Call first", none.Block)
	require.NotContains(t, err.Error(), "hospice")
	require.Zero(t, b.Len())
}

// A caller that brings no footer still gets one.
func TestFooterWithoutWords(t *testing.T) {
	s := typical()
	s.Footer, s.Left = nil, nil
	_, page, err := fit(s)
	require.NoError(t, err)
	foot := bare(page.text("footer"))
	for _, want := range []string{"Check the live plan before you act.", "Printed 22-Nov-2026 14:31 by nurse in charge, Elm House.", "8F3A-41C9"} {
		require.Contains(t, foot, bare(want))
	}
	require.NotContains(t, foot, "Notlisted")
	require.Empty(t, faults(s))
}

func TestCheckStopsAnApproval(t *testing.T) {
	require.Empty(t, Check(typical()))
	s := typical()
	s.Banner.Preferred = "Jack 😀"
	s.Blocks[2].Lines[0].Items = []string{"attorney_line"}
	s.Blocks[2].Lines[0].Spans = []forms.Span{sp(strings.Repeat("All that the advance decision says, in full, word by word. ", 120))}
	got := Check(s)
	require.Len(t, got, 2)
	require.Equal(t, "preferred_name", got[0].Item)
	require.Contains(t, got[0].Words, "“Person”")
	require.Equal(t, "attorney_line", got[1].Item)
	require.Contains(t, got[1].Words, "“Legal”")
	for _, p := range got {
		require.Equal(t, "X24", p.Rule)
		require.Equal(t, forms.Stop, p.Severity)
		require.NotContains(t, p.Words, "Jack")
		require.NotContains(t, p.Words, "advance decision")
	}
	s.Header.Link = "https://plan.example.nhs.uk/9990009600"
	require.Len(t, Check(s), 2)
}

func TestFieldsOfThePersonAreInThePlan(t *testing.T) {
	for _, id := range []string{itemName, itemPreferred, itemWhere, itemUrgent} {
		require.NotNil(t, plan.Definition().Item(id), id)
	}
}

func TestCharactersThatThePageLacks(t *testing.T) {
	for _, r := range "≥≤→←↑↓☐☑✓✔⚠é’“”–—…½°±×µ²₂€£ŵŷŁşẹ̀ĄğЖшΩδ" {
		require.True(t, printable(r), "%q must print", r)
	}
	s := typical()
	s.Banner.Preferred = "Jack 😀"
	s.Blocks[5].Lines = []forms.Line{line(sp("In the cupboard 药 דלת باب"))}
	s.Footer = append(s.Footer, "\uE000")
	missing := MissingGlyphs(s)
	require.Equal(t, MissingGlyph{'😀', "Person"}, missing[0])
	require.Contains(t, missing, MissingGlyph{'药', "Just-in-case medicines"})
	require.Contains(t, missing, MissingGlyph{'ד', "Just-in-case medicines"}, "Hebrew runs from right to left")
	require.Contains(t, missing, MissingGlyph{'ب', "Just-in-case medicines"}, "Arabic letters join")
	require.Contains(t, missing, MissingGlyph{'\uE000', "Footer"})

	var b bytes.Buffer
	err := Render(&b, s)
	var e ErrGlyph
	require.True(t, errors.As(err, &e))
	require.Contains(t, e.Runes, '😀')
	require.Equal(t, "Person, Just-in-case medicines, Footer", e.Where)
	require.NotContains(t, err.Error(), "Jack")
	require.Zero(t, b.Len(), "nothing is drawn")
	require.Empty(t, MissingGlyphs(letters()))
}

// A page with signs from outside the small font is drawn from the whole one.
func TestRareSignsPrint(t *testing.T) {
	s := typical()
	s.Blocks[8].Lines = []forms.Line{line(sp("☎ ♿ Ա Ⴀ ⅓"))}
	require.Empty(t, pdfFaults(t, s))
}

func TestLinkHoldsNoPatient(t *testing.T) {
	s := typical()
	s.Header.Link = "https://plan.example.nhs.uk/p/999-000-9600"
	require.ErrorIs(t, Render(&bytes.Buffer{}, s), ErrLink)
	s.Header.Link = "https://plan.example.nhs.uk/" + strings.Repeat("x", 80)
	require.ErrorIs(t, Render(&bytes.Buffer{}, s), ErrLink)
	s.Header.Link = ""
	require.Empty(t, pdfFaults(t, s))
}

func TestMarksAcrossThePage(t *testing.T) {
	words := func(h forms.Header) string {
		s := typical()
		h.Link, h.Hash = s.Header.Link, s.Header.Hash
		s.Header = h
		return strings.Join(readPDF(t, rendered(t, s)).words, "|")
	}
	require.NotContains(t, words(forms.Header{}), "NOT A REAL PATIENT")
	require.Contains(t, words(forms.Header{Training: true}), "TRAINING - NOT A REAL PATIENT|")
	require.Contains(t, words(forms.Header{Draft: true}), "DRAFT - NOT FOR CLINICAL USE|")
	both := words(forms.Header{Draft: true, Training: true})
	require.True(t, strings.HasPrefix(both, "TRAINING - NOT A REAL PATIENT|DRAFT - NOT FOR CLINICAL USE|"), "under everything else")
}

// An independent reader finds the words too, where one is installed.
func TestAnotherReaderFindsTheWords(t *testing.T) {
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		return
	}
	for name, s := range pages() {
		file := filepath.Join(t.TempDir(), "page.pdf")
		require.NoError(t, os.WriteFile(file, rendered(t, s), 0o600))
		got, err := exec.Command(tool, "-layout", file, "-").Output()
		require.NoError(t, err)
		require.Equal(t, 1, strings.Count(string(got), "\f"), "%s: one page", name)
		text := bare(string(got))
		out, err := Fit(s)
		require.NoError(t, err)
		for _, want := range []string{out.Blocks[0].Headline, out.Banner.NHSNumber, "Page 1 of 1"} {
			require.Contains(t, text, bare(want), name)
		}
	}
}

// The library has one door.
func TestOnlyDrawNamesTheLibrary(t *testing.T) {
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	for _, f := range files {
		b, err := os.ReadFile(f)
		require.NoError(t, err)
		if strings.Contains(string(b), `"github.com/jung-kurt/gofpdf"`) && !strings.HasSuffix(f, "_test.go") {
			require.Equal(t, "draw.go", f)
		}
	}
}

func TestWrapLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.SampledFrom([]rune("aW é.,-/ 0123456789 ≥⚠ĄЖ\u0300\n "))).Draw(t, "text")
		limit := rapid.IntRange(1800, 60000).Draw(t, "limit")
		p := words(forms.Span{Text: text, Strong: rapid.Bool().Draw(t, "bold")})
		var got strings.Builder
		for cells := range p.breaks(limit) {
			l := cells.line()
			if l.width > limit {
				t.Fatalf("a line of %d in %d", l.width, limit)
			}
			if len(l.runs) == 0 {
				t.Fatal("an empty line")
			}
			for _, r := range l.runs {
				got.WriteString(r.text)
			}
		}
		if bare(got.String()) != bare(p.String()) {
			t.Fatalf("%q became %q", p.String(), got.String())
		}
	})
}

func TestNumbersAreNotTornApart(t *testing.T) {
	p := plain("Ring the night sitter on 020 7946 0199 before 22-Nov-2026 14:20 if below 88 % or so")
	for limit := 12000; limit < 30000; limit += 137 {
		var all []string
		for cells := range p.breaks(limit) {
			all = append(all, cells.String())
		}
		text := strings.Join(all, "|")
		for _, whole := range []string{"020 7946 0199", "22-Nov-2026 14:20", "88 %"} {
			require.Contains(t, text, whole, "at %d", limit)
		}
	}
}

func TestLineBreaksBecomeSentences(t *testing.T) {
	for in, want := range map[string]string{
		"Sit up\nFan\n":        "Sit up; Fan",
		"Sit up.\n\n  Fan":     "Sit up. Fan",
		"Sit\tup\u200b":        "Sit up",
		"Fan\uFE0F\r\nWindow,": "Fan; Window,",
	} {
		require.Equal(t, want, plain(in).String())
	}
}

// anySummary draws a summary that no form would make: any block, any weight, short and very long words.
func anySummary(t *rapid.T) forms.Summary {
	text := func(label string, most int) string {
		n := rapid.IntRange(0, most).Draw(t, label)
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, label+" seed"), 1))
		var b strings.Builder
		for b.Len() < n {
			for range 1 + r.IntN(14) {
				b.WriteRune([]rune("etaoinshrdlucmWMŵé0123456789-.≥")[r.IntN(31)])
			}
			b.WriteByte(' ')
		}
		return b.String()
	}
	s := typical()
	s.Header.Training = rapid.Bool().Draw(t, "training")
	s.Header.Draft = rapid.Bool().Draw(t, "draft")
	s.Urgent = text("urgent", 100)
	s.Banner.Name = "SMITH, " + text("name", 70)
	s.Banner.Where = text("where", 120)
	s.Strip[1] = text("strip", 130)
	names := []string{"", "problem", "allergy", "contact", "diagnosis"}
	for i := range s.Blocks {
		b := &s.Blocks[i]
		id := b.ID
		b.Lines = nil
		for range rapid.IntRange(0, 8).Draw(t, id+" lines") {
			l := forms.Line{Weight: rapid.IntRange(1, 4).Draw(t, "weight") * 10, Name: rapid.SampledFrom(names).Draw(t, "noun")}
			most := 400
			if rapid.IntRange(0, 5).Draw(t, "fixed") == 0 && len(b.Lines) == 0 {
				l.Weight, most = 0, 90
			}
			if id != "cpr" && id != "treatment" && l.Weight > 0 && rapid.Bool().Draw(t, "table") {
				l.Columns = [][]forms.Span{{sp(text("a", most/6))}, {sp(text("b", most))}, {sp(text("c", most/6))}}
			} else {
				l.Spans = []forms.Span{spb(text("a", most/8)), sp(text("b", most)), spq(text("c", most/8))}
			}
			b.Lines = append(b.Lines, l)
		}
		if rapid.Bool().Draw(t, id+" dated") {
			b.Dated = "Recorded 02-Sep-2026"
		}
	}
	return s
}

func TestAnySummaryKeepsTheContract(t *testing.T) {
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		s := anySummary(t)
		bad := faults(s)
		if n++; n%10 == 0 { // reading the bytes back is slow
			bad = append(bad, pdfFaults(t, s)...)
		}
		if len(bad) > 0 {
			t.Fatalf("%s", strings.Join(bad, "\n"))
		}
	})
}
