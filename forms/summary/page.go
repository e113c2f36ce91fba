package summary

// What may change here: the page model, which is everything that is on the page, in points from its top left corner.
// draw.go puts it into a PDF and the tests read it; nothing else knows where a word stands.

import (
	"fmt"
	"strings"
)

// A4 portrait and the margins, in points. The margins are wider than what office printers cannot reach (about 12 pt).
const (
	pageW  = 595.28
	pageH  = 841.89
	left   = 25.5
	right  = pageW - left
	top    = 19.5
	bottom = pageH - 16.5
	colGap = 8.0
)

// Grey levels (0 black, 255 white). The marks across the page are light enough to read through on a poor copy, and dark
// enough to survive one.
const (
	ink       = 0 // also the status strip and firm rules: a printer without greys would speckle anything lighter
	paper     = 255
	hairline  = 130 // rules between blocks
	watermark = 226
)

// A mark is one run of words at its place; Y is the baseline.
type mark struct {
	Part string // the block it belongs to
	X, Y float64
	Size float64
	Bold bool
	Grey int
	Text string
}

// A stroke is a rule.
type stroke struct {
	X1, Y1, X2, Y2, Width float64
	Grey                  int
	Dotted                bool
}

// A frame is a rectangle: filled when Width is 0, else an outline drawn inside its edges.
type frame struct {
	X, Y, W, H, Width float64
	Grey              int
}

// A banner across the page, under everything else, turned around the middle of the page.
type across struct {
	Text  string
	Size  float64
	Width float64
	Angle float64 // degrees, anticlockwise
	Shift float64 // of the baseline, down
}

// A box is a part of the page with its own corner; H is the height that it takes.
type box struct {
	H       float64
	Marks   []mark
	Strokes []stroke
	Frames  []frame
	Across  []across
}

// put copies another box into this one at x, y.
func (b *box) put(o box, x, y float64) {
	for _, m := range o.Marks {
		m.X += x
		m.Y += y
		b.Marks = append(b.Marks, m)
	}
	for _, s := range o.Strokes {
		s.X1 += x
		s.X2 += x
		s.Y1 += y
		s.Y2 += y
		b.Strokes = append(b.Strokes, s)
	}
	for _, f := range o.Frames {
		f.X += x
		f.Y += y
		b.Frames = append(b.Frames, f)
	}
}

// Where a line of type sits in its height: half the leading above, then down to the baseline (DejaVu ascends 0.928 and
// descends 0.236 of the type size).
const baselineOfMiddle = (0.928 - 0.236) / 2

// An align says where short lines stand in their column.
type align int

const (
	atLeft align = iota
	atRight
)

// A setting is how a paragraph is set.
type setting struct {
	part  string
	size  float64
	lead  float64 // line height as a multiple of size
	align align
	grey  int
}

// set appends a paragraph of the given width at x, below y, and returns the y below it.
func (b *box) set(p par, x, y, width float64, s setting) float64 {
	for cells := range p.breaks(int(width * 1000 / s.size)) {
		l := cells.line()
		base := y + s.size*(s.lead/2+baselineOfMiddle)
		at := x
		if s.align == atRight {
			at = x + width - float64(l.width)*s.size/1000
		}
		for _, r := range l.runs {
			b.Marks = append(b.Marks, mark{Part: s.part, X: at + float64(r.x)*s.size/1000, Y: base, Size: s.size, Bold: r.bold,
				Grey: s.grey, Text: r.text})
		}
		y += s.size * s.lead
	}
	return y
}

// lines that a paragraph takes, without setting it.
func (p par) lines(width float64, s setting) int {
	n := 0
	for range p.breaks(int(width * 1000 / s.size)) {
		n++
	}
	return n
}

// height of a paragraph without setting it.
func (p par) height(width float64, s setting) float64 {
	return float64(p.lines(width, s)) * s.size * s.lead
}

// text is all words of the page, or of one part, in reading order: what a person finds on the paper.
func (b *box) text(part string) string {
	var out strings.Builder
	y := -1.0
	for _, m := range b.Marks {
		if part != "" && m.Part != part {
			continue
		}
		if out.Len() > 0 && m.Y != y {
			out.WriteByte('\n')
		}
		y = m.Y
		out.WriteString(m.Text)
	}
	return out.String()
}

// dump is the layout in words, for the golden files: one mark to a line.
func (b *box) dump() string {
	var out strings.Builder
	for _, m := range b.Marks {
		weight := "regular"
		if m.Bold {
			weight = "bold"
		}
		fmt.Fprintf(&out, "%-10s %6.1f %6.1f  %4.1f %-7s %q\n", m.Part, m.X, m.Y, m.Size, weight, m.Text)
	}
	for _, a := range b.Across {
		fmt.Fprintf(&out, "across     %.1f at %.0f degrees %q\n", a.Size, a.Angle, a.Text)
	}
	return out.String()
}
