package summary

// What may change here: what gives way on a crowded page, and how it is counted and named. The order is a safety rule: a
// line of weight 0 never gives way, nor do the headlines of resuscitation and treatment; the highest weight goes first,
// and of equal weights the last on the page. The lesser details of resuscitation and treatment (lines that the
// definition gave a weight) go last of all, when no other block has anything left to give.

import (
	"fmt"
	"regexp"
	"sort"
	"strconv"
	"strings"

	"cmc/forms"
)

// ErrNoRoom says that lines which may never give way do not fit on one page. Block is the title of the block that takes
// most of it, and Item the first field of its longest line that may not go. Check turns it into a problem that stops an
// approval (domain.md 5 X24), so no approved plan gets here.
type ErrNoRoom struct{ Block, Item string }

// Error names the block and no words of the plan.
func (e ErrNoRoom) Error() string {
	return fmt.Sprintf("summary: the page cannot hold everything that must be on it; shorten %q", e.Block)
}

// Fit returns what Render prints: the blocks in their order, with the lines that the page cannot hold taken out, counted
// in their block's More ("2 more problems in the full plan") and in Left ("2 problems"). A page is first set smaller and
// tighter, down to 9 pt; only then does anything give way. It never changes s. The error is an
// ErrNoRoom or ErrLink.
func Fit(s forms.Summary) (forms.Summary, error) {
	t, err := arrange(s)
	if err != nil {
		return s, err
	}
	return t.summary(), nil
}

// A place is a line's block and its number within it.
type place struct{ block, line int }

// arrange finds how a summary fits on the page.
func arrange(s forms.Summary) (*trial, error) {
	s = normal(s)
	sh, err := newSheet(s)
	if err != nil {
		return nil, err
	}
	none := map[place]bool{}
	t := newTrial(sh, densities[0], none)
	if t.fits() {
		return t, nil
	}
	rest := densities[1:]
	if i := sort.Search(len(rest), func(i int) bool {
		t = newTrial(sh, rest[i], none)
		return t.fits()
	}); i < len(rest) {
		return newTrial(sh, rest[i], none), nil
	}
	yielding := givingWay(s)
	t = newTrial(sh, rest[len(rest)-1], map[place]bool{})
	for n, p := range yielding {
		t.drop(p)
		if t.fits() {
			t.restore(yielding[:n])
			return t, nil
		}
	}
	t = newTrial(sh, densest, t.gone)
	if !t.fits() {
		return nil, t.noRoom()
	}
	t.restore(yielding)
	return t, nil
}

// givingWay lists the lines that may give way, the first to go first.
func givingWay(s forms.Summary) []place {
	var out []place
	for i, b := range s.Blocks {
		for j, l := range b.Lines {
			if l.Weight > 0 {
				out = append(out, place{i, j})
			}
		}
	}
	weight := func(p place) int { return s.Blocks[p.block].Lines[p.line].Weight }
	sort.SliceStable(out, func(a, b int) bool {
		x, y := out[a], out[b]
		if cx, cy := core(s.Blocks[x.block].ID), core(s.Blocks[y.block].ID); cx != cy {
			return cy
		}
		if weight(x) != weight(y) {
			return weight(x) > weight(y)
		}
		if x.block != y.block {
			return x.block > y.block
		}
		return x.line > y.line
	})
	return out
}

// core says whether a block is one of the two that a crew acts on first.
func core(id string) bool { return id == "cpr" || id == "treatment" }

// A trial is a page at one density with some lines gone. Blocks are set again only when one of their lines comes or
// goes.
type trial struct {
	sh    *sheet
	d     density
	gone  map[place]bool
	head  box
	boxes []box
}

func newTrial(sh *sheet, d density, gone map[place]bool) *trial {
	t := &trial{sh: sh, d: d, gone: gone, head: sh.head(d), boxes: make([]box, len(sh.blocks))}
	for i := range sh.blocks {
		t.setBlock(i)
	}
	return t
}

// setBlock sets block i without what is gone.
func (t *trial) setBlock(i int) {
	b := t.sh.blocks[i]
	kept := b.lines
	lost := t.goneIn(i)
	if len(lost) > 0 {
		kept = nil
		for j, l := range b.lines {
			if !t.gone[place{i, j}] {
				kept = append(kept, l)
			}
		}
	}
	kept = withTail(kept, t.more(i), t.sh.s.Blocks[i].Dated, t.d)
	switch b.id {
	case "cpr":
		t.boxes[i] = t.sh.cpr(b, kept, t.d)
	case "treatment":
		t.boxes[i] = t.sh.treatment(b, kept, t.d)
	default:
		t.boxes[i] = t.sh.row(b, kept, t.d, i == len(t.boxes)-1)
	}
}

func (t *trial) goneIn(i int) []forms.Line {
	var out []forms.Line
	for j, l := range t.sh.s.Blocks[i].Lines {
		if t.gone[place{i, j}] {
			out = append(out, l)
		}
	}
	return out
}

func (t *trial) drop(p place) {
	t.gone[p] = true
	t.setBlock(p.block)
}

// restore brings back, the most important first, each line for which there is room after all: taking out a large line
// can leave room for a small one, and a line whose going saved nothing need not go.
func (t *trial) restore(dropped []place) {
	for i := len(dropped) - 1; i >= 0; i-- {
		p := dropped[i]
		delete(t.gone, p)
		t.setBlock(p.block)
		if !t.fits() {
			t.drop(p)
		}
	}
}

// Space between the parts of the page.
const (
	afterCPR   = 2.5
	afterLevel = 2.5
	beforeFoot = 4.0
)

// afterPerson is the space between the person and the resuscitation box.
func (t *trial) afterPerson() float64 {
	if t.d.runIn {
		return 3
	}
	return 7
}

func (t *trial) fits() bool {
	h := t.head.H + t.afterPerson() + afterCPR + afterLevel
	for _, b := range t.boxes {
		h += b.H
	}
	return top+h+beforeFoot+t.foot().H <= bottom
}

func (t *trial) foot() box { return t.sh.foot(t.left()) }

// left is what the footer names as not listed.
func (t *trial) left() []string {
	if len(t.gone) == 0 {
		return t.sh.s.Left
	}
	c := countsOf(t.sh.s.Left)
	for i := range t.sh.s.Blocks {
		for _, l := range t.goneIn(i) {
			c.add(l.Name)
		}
	}
	return c.words(func(n thing) string { return fmt.Sprintf("%d %s", n.n, n.noun) })
}

// noRoom names the block that takes most of the page.
func (t *trial) noRoom() ErrNoRoom {
	best := 0
	for i, b := range t.boxes {
		if b.H > t.boxes[best].H {
			best = i
		}
	}
	block := t.sh.s.Blocks[best]
	e := ErrNoRoom{Block: block.Title}
	longest := 0
	for j, l := range block.Lines {
		if n := len(t.sh.blocks[best].lines[j].text); !t.gone[place{best, j}] && n > longest {
			longest, e.Item = n, firstItem(l)
		}
	}
	return e
}

// page is the whole page. The error is ErrLink.
func (t *trial) page() (box, error) {
	var p box
	p.put(t.head, 0, top)
	y := top + t.head.H + t.afterPerson()
	for i, b := range t.boxes {
		p.put(b, left, y)
		y += b.H
		switch t.sh.blocks[i].id {
		case "cpr":
			y += afterCPR
		case "treatment":
			y += afterLevel
		}
	}
	f := t.foot()
	p.put(f, left, bottom-f.H)
	code, err := linkBox(t.sh.s.Header.Link)
	p.put(code, left, bottom-f.H+footGap+1)
	p.H = pageH
	p.Across = marksAcross(t.sh.s.Header)
	return p, err
}

// summary is the model of what is on the page.
func (t *trial) summary() forms.Summary {
	s := t.sh.s
	s.Left = t.left()
	blocks := append([]forms.Block(nil), s.Blocks...)
	for i := range blocks {
		lost := t.goneIn(i)
		if len(lost) == 0 {
			continue
		}
		var lines []forms.Line
		for j, l := range blocks[i].Lines {
			if !t.gone[place{i, j}] {
				lines = append(lines, l)
			}
		}
		blocks[i].More = t.more(i)
		blocks[i].Lines = lines
	}
	s.Blocks = blocks
	return s
}

// counts are numbers of things, each thing once, in the order in which it was first named.
type counts struct {
	things []thing
	other  []string // words that are not a count, kept as they are
}

// A thing is a noun and how many; noun is in the number that n calls for.
type thing struct {
	n    int
	noun string
}

// countPattern reads what forms.Summarise counts: "2 problems" in Summary.Left, "2 more problems in the full plan" in
// Block.More.
var countPattern = regexp.MustCompile(`^(\d+) (?:more )?(.+?)(?: in the full plan)?\.?$`)

// countsOf reads counts.
func countsOf(words []string) *counts {
	c := &counts{}
	for _, w := range words {
		if m := countPattern.FindStringSubmatch(w); m != nil {
			if n, err := strconv.Atoi(m[1]); err == nil {
				c.things = append(c.things, thing{n, m[2]})
				continue
			}
		}
		if w != "" {
			c.other = append(c.other, w)
		}
	}
	return c
}

// add counts one more line that gave way. A line without a name is a detail; its block says that it has more.
func (c *counts) add(name string) {
	if name == "" {
		name = "detail"
	}
	one, many := name, plural(name)
	for i := range c.things {
		if c.things[i].noun == one || c.things[i].noun == many {
			c.things[i].n++
			c.things[i].noun = many
			return
		}
	}
	c.things = append(c.things, thing{1, one})
}

// words lists the counts.
func (c *counts) words(say func(thing) string) []string {
	var out []string
	for _, t := range c.things {
		out = append(out, say(t))
	}
	return append(out, c.other...)
}

// more are the words under block i for what it does not list: "2 more problems in the full plan", without "more" when
// none is listed.
func (t *trial) more(i int) string {
	b := t.sh.s.Blocks[i]
	lost := t.goneIn(i)
	if len(lost) == 0 {
		return b.More
	}
	c := countsOf(strings.Split(b.More, "; "))
	for _, l := range lost {
		c.add(l.Name)
	}
	listed := map[string]bool{}
	for j, l := range b.Lines {
		if !t.gone[place{i, j}] {
			name := l.Name
			if name == "" {
				name = "detail"
			}
			listed[name], listed[plural(name)] = true, true
		}
	}
	return strings.Join(c.words(func(n thing) string {
		more := ""
		if listed[n.noun] {
			more = "more "
		}
		return fmt.Sprintf("%d %s%s in the full plan", n.n, more, n.noun)
	}), "; ")
}

// plural is the plural of an English noun phrase as this form uses them: "allergy" - "allergies". A word that looks like
// a plural stays as it is.
func plural(noun string) string {
	switch {
	case noun == "":
		return ""
	case strings.HasSuffix(noun, "person"):
		return strings.TrimSuffix(noun, "person") + "people"
	case strings.HasSuffix(noun, "sis"):
		return strings.TrimSuffix(noun, "sis") + "ses"
	case strings.HasSuffix(noun, "y") && !strings.HasSuffix(noun, "ay") && !strings.HasSuffix(noun, "ey") && !strings.HasSuffix(noun, "oy"):
		return strings.TrimSuffix(noun, "y") + "ies"
	case strings.HasSuffix(noun, "ss"), strings.HasSuffix(noun, "x"), strings.HasSuffix(noun, "ch"), strings.HasSuffix(noun, "sh"):
		return noun + "es"
	case strings.HasSuffix(noun, "s"):
		return noun
	}
	return noun + "s"
}
