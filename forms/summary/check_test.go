package summary

// What may change here: what every page must satisfy, whoever it is for.

import (
	"bytes"
	"fmt"
	"sort"
	"strings"

	"cmc/forms"
	"github.com/stretchr/testify/require"
)

// faults checks a summary's page against the contract of this package and returns what is wrong with it.
func faults(in forms.Summary) []string {
	out, page, err := fit(in)
	if err != nil {
		return []string{err.Error()}
	}
	bad := pageFaults(in, out, page)
	again, err := Fit(out)
	if err != nil || fmt.Sprint(again) != fmt.Sprint(out) {
		bad = append(bad, fmt.Sprintf("fitting a fitted summary changes it: %v", err))
	}
	return bad
}

// pageFaults checks what was printed against what was asked for.
func pageFaults(in, out forms.Summary, page box) []string {
	var bad []string
	say := func(format string, args ...any) { bad = append(bad, fmt.Sprintf(format, args...)) }
	in = normal(in)

	// Everything stands inside the margins, at 9 pt or more, and no two words stand on one another.
	lines := map[string][]mark{}
	for _, m := range page.Marks {
		w := markWidth(m)
		if m.Size < smallest {
			say("%s is set at %.1f pt: %q", m.Part, m.Size, m.Text)
		}
		if m.X < left-0.1 || m.X+w > right+0.6 || m.Y-m.Size*0.93 < top-2 || m.Y+m.Size*0.24 > bottom+2 {
			say("%s stands outside the page: %q at %.1f %.1f", m.Part, m.Text, m.X, m.Y)
		}
		key := fmt.Sprintf("%.2f", m.Y)
		lines[key] = append(lines[key], m)
	}
	for _, l := range lines {
		sort.Slice(l, func(i, j int) bool { return l[i].X < l[j].X })
		for i := 1; i < len(l); i++ {
			if l[i-1].X+markWidth(l[i-1]) > l[i].X+0.5 {
				say("%q runs into %q", l[i-1].Text, l[i].Text)
			}
		}
	}

	// The parts stand in their order, none runs into the next, and the person, resuscitation and treatment are larger.
	order := []string{"title", "strip", "banner", "urgent"}
	for _, k := range forms.SummaryBlocks {
		order = append(order, k.ID)
	}
	order = append(order, "footer")
	low := 0.0
	for _, part := range order {
		first, last, largest := 1e9, 0.0, 0.0
		for _, m := range page.Marks {
			if m.Part == part {
				first, last, largest = min(first, m.Y-0.76*m.Size), max(last, m.Y+0.1*m.Size), max(largest, m.Size)
			}
		}
		if last == 0 {
			if part != "urgent" && !(part == "strip" && len(in.Strip) == 0) {
				say("there is no %s", part)
			}
			continue
		}
		if first < low {
			say("%s starts at %.1f, above the end of what comes before it (%.1f)", part, first, low)
		}
		low = last
		if (part == "banner" || part == "cpr" || part == "treatment") && largest < 12 {
			say("%s is not larger than the rest", part)
		}
	}

	// Each line is on the page in full, or has given way and is counted and named.
	for i, b := range in.Blocks {
		text := bare(page.text(b.ID))
		o := out.Blocks[i]
		kept := map[int]bool{}
		k := 0
		for j, l := range b.Lines {
			if k < len(o.Lines) && sameLine(o.Lines[k], l) {
				kept[j] = true
				k++
			}
		}
		if k != len(o.Lines) {
			say("%s: Fit made lines of its own", b.ID)
		}
		lost := map[string]int{}
		for j, l := range b.Lines {
			if kept[j] {
				for _, words := range lineTexts(l) {
					if !strings.Contains(text, bare(words)) {
						say("%s: a line is cut or lost: %q", b.ID, words)
					}
				}
				continue
			}
			if l.Weight == 0 {
				say("%s: a line that may never give way did: %q", b.ID, lineTexts(l))
			}
			lost[l.Name]++
		}
		if !strings.Contains(text, bare(tidy(b.Headline))) || !strings.Contains(strings.ToUpper(text), strings.ToUpper(bare(tidy(b.Title)))) || !strings.Contains(text, bare(tidy(b.Dated))) {
			say("%s: the headline, the title or the date is not on the page", b.ID)
		}
		if !strings.Contains(text, bare(tidy(o.More))) {
			say("%s: %q is not on the page", b.ID, o.More)
		}
		for name, n := range lost {
			noun := name
			if noun == "" {
				noun = "detail"
			}
			if got := counted(strings.Split(o.More, "; "), noun); got != counted(strings.Split(b.More, "; "), noun)+n {
				say("%s: %d of %q gave way, and it says %q", b.ID, n, name, o.More)
			}
		}
	}
	lost := map[string]int{}
	for i, b := range in.Blocks {
		for _, l := range b.Lines {
			lost[l.Name]++
		}
		for _, l := range out.Blocks[i].Lines {
			lost[l.Name]--
		}
	}
	foot := bare(page.text("footer"))
	for name, n := range lost {
		if name == "" {
			name = "detail"
		}
		if n > 0 && counted(out.Left, name) != counted(in.Left, name)+n {
			say("%d of %q gave way, and the footer says %q", n, name, out.Left)
		}
	}
	for _, l := range append([]string{"Check the live plan before you act.", "Page 1 of 1"}, out.Left...) {
		if !strings.Contains(foot, bare(tidy(l))) {
			say("the footer does not say %q", l)
		}
	}
	if in.Header.Hash != "" && !strings.Contains(foot, in.Header.Hash) {
		say("the footer does not show the check code")
	}

	// The person is there in full.
	person := bare(page.text("banner"))
	b := in.Banner
	for _, w := range []string{b.Name, b.Preferred, b.Born, b.Died, b.AgeAtDeath, b.Gender, b.NHSNumber, b.Where, b.Language} {
		if !strings.Contains(person, bare(tidy(w))) {
			say("the banner does not show %q", w)
		}
	}
	if !strings.Contains(bare(page.text("urgent")), bare(tidy(in.Urgent))) {
		say("the alert is not on the page")
	}
	for _, w := range in.Strip {
		if !strings.Contains(bare(page.text("strip")), bare(tidy(w))) {
			say("the strip does not show %q", w)
		}
	}
	return bad
}

// pdfFaults renders a summary and checks the bytes themselves.
func pdfFaults(t require.TestingT, in forms.Summary) []string {
	var bad []string
	var w bytes.Buffer
	if err := Render(&w, in); err != nil {
		return []string{err.Error()}
	}
	_, page, _ := fit(in)
	p := readPDF(t, w.Bytes())
	if p.pages != 1 {
		bad = append(bad, fmt.Sprintf("the document has %d pages", p.pages))
	}
	for _, s := range p.sizes {
		if s < smallest {
			bad = append(bad, fmt.Sprintf("something is printed at %.2f pt", s))
		}
	}
	var want []string
	for _, a := range page.Across {
		want = append(want, a.Text)
	}
	for _, m := range page.Marks {
		want = append(want, m.Text)
	}
	if strings.Join(want, "|") != strings.Join(p.words, "|") {
		bad = append(bad, "the PDF does not hold the words of the layout")
	}
	return bad
}

func markWidth(m mark) float64 {
	p := par{}.add(m.Text, m.Bold)
	return float64(p.width()) * m.Size / 1000
}

// lineTexts are the words of a line, column by column, as they are set.
func lineTexts(l forms.Line) []string {
	if len(l.Columns) == 0 {
		return []string{words(l.Spans...).String()}
	}
	var out []string
	for _, c := range l.Columns {
		out = append(out, words(c...).String())
	}
	return out
}

func sameLine(a, b forms.Line) bool { return fmt.Sprintf("%#v", a) == fmt.Sprintf("%#v", b) }

// counted is how many of a noun are said to be missing.
func counted(said []string, noun string) int {
	many := plural(noun)
	n := 0
	for _, t := range countsOf(said).things {
		if t.noun == noun || t.noun == many {
			n += t.n
		}
	}
	return n
}
