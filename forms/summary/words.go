package summary

// What may change here: how words become lines. Nothing here may drop a visible character.

import (
	"iter"
	"strings"
	"unicode"

	"cmc/forms"
)

// A cell is one character with its width in thousandths of the type size.
type cell struct {
	r    rune
	w    int16
	bold bool
	glue bool // a space at which a line must not break
}

// A par is a paragraph, ready to be set at any size and width.
type par []cell

// A run is words of one weight on one line; x is in thousandths of the type size from the line's start.
type run struct {
	x    int
	text string
	bold bool
}

// A textLine is one set line.
type textLine struct {
	runs  []run
	width int // thousandths of the type size
}

// open says whether a line may break at c.
func (c cell) open() bool { return (c.r == ' ' || c.r == '\u2003') && !c.glue }

// tidy makes the text of one span ready for the page: one paragraph, single spaces, no invisible characters. A line
// break in an answer becomes "; " (or a space after punctuation), so that twenty short lines cannot fill the page.
func tidy(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	gap, brk := false, false
	last := rune(0)
	for _, r := range s {
		switch {
		case r == '\n' || r == '\r' || r == '\v' || r == '\f' || r == '\u0085' || r == '\u2028' || r == '\u2029':
			gap, brk = true, brk || last != 0
			continue
		case r == ' ' || r == '\t':
			gap = true
			continue
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Variation_Selector):
			continue // invisible; forms.CleanText takes them out at entry
		}
		if gap {
			if brk && !strings.ContainsRune(".,;:!?-", last) {
				b.WriteByte(';')
			}
			b.WriteByte(' ')
			gap, brk = false, false
		}
		b.WriteRune(r)
		last = r
	}
	if gap && !brk {
		b.WriteByte(' ')
	}
	return b.String()
}

// words makes a paragraph of spans. Spans are joined with a space where neither side brings one; a quotation gets its
// marks when it has none.
func words(spans ...forms.Span) par {
	var p par
	for _, s := range spans {
		t := tidy(s.Text)
		if strings.TrimSpace(t) == "" {
			continue
		}
		if s.Quote {
			t = quoted(strings.TrimSpace(t))
		}
		if len(p) > 0 && p[len(p)-1].r != ' ' && !strings.HasPrefix(t, " ") && !strings.ContainsRune(".,;:)!?", firstRune(t)) &&
			p[len(p)-1].r != '(' {
			p = p.add(" ", false)
		}
		p = p.add(t, s.Strong)
	}
	for len(p) > 0 && p[len(p)-1].r == ' ' {
		p = p[:len(p)-1]
	}
	for len(p) > 0 && p[0].r == ' ' {
		p = p[1:]
	}
	p.hold()
	return p
}

// plain is a paragraph of one weight.
func plain(s string) par  { return words(forms.Span{Text: s}) }
func strong(s string) par { return words(forms.Span{Text: s, Strong: true}) }

func firstRune(s string) rune {
	for _, r := range s {
		return r
	}
	return 0
}

// quoted puts quotation marks around the person's own words.
func quoted(t string) string {
	if strings.ContainsRune("\"“'‘", firstRune(t)) {
		return t
	}
	return "“" + t + "”"
}

// add appends text in one weight. A character that the page cannot print gets no width: Render has refused it before.
func (p par) add(s string, bold bool) par {
	f := &faces()[0]
	if bold {
		f = &faces()[1]
	}
	for _, r := range s {
		c := cell{r: r, bold: bold}
		if r <= 0xFFFF {
			c.w = max(f[r], 0)
		}
		if r == ' ' && len(p) > 0 && p[len(p)-1].r == ' ' {
			continue
		}
		p = append(p, c)
	}
	return p
}

// longestNumber is how many characters of digits and spaces are kept on one line: a telephone or NHS number, a date with
// a time.
const longestNumber = 20

// hold marks the spaces inside numbers, so that a telephone number is never torn in two at a line's end.
func (p par) hold() {
	digit := func(i int) bool { return i >= 0 && i < len(p) && p[i].r >= '0' && p[i].r <= '9' }
	numeric := func(i int) bool { return digit(i) || p[i].r == ' ' && digit(i-1) && digit(i+1) }
	for i := 0; i < len(p); {
		if !digit(i) {
			i++
			continue
		}
		j := i
		for j < len(p) && numeric(j) {
			j++
		}
		if j-i <= longestNumber {
			for k := i; k < j; k++ {
				p[k].glue = p[k].r == ' '
			}
		}
		if j+1 < len(p) && p[j].r == ' ' && p[j+1].r == '%' {
			p[j].glue = true
		}
		i = j
	}
}

// then is p followed by q on the same lines.
func (p par) then(q par) par {
	if len(p) == 0 {
		return q
	}
	if len(q) == 0 {
		return p
	}
	out := append(par(nil), p...)
	space := p[len(p)-1]
	space.r, space.w, space.glue = ' ', faces()[0][' '], false
	return append(append(out, space), q...)
}

// String is the paragraph's text.
func (p par) String() string {
	var b strings.Builder
	for _, c := range p {
		b.WriteRune(c.r)
	}
	return b.String()
}

// width of the paragraph on one line, in thousandths of the type size.
func (p par) width() int {
	n := 0
	for _, c := range p {
		n += int(c.w)
	}
	return n
}

// breaks cuts the paragraph into lines of at most limit thousandths: each yielded slice is one line. It breaks at spaces;
// a word wider than the line is broken between characters, never clipped.
func (p par) breaks(limit int) iter.Seq[par] {
	return func(yield func(par) bool) {
		rest := p
		for len(rest) > 0 {
			n, end, cut := 0, 0, 0 // width so far, cells on this line, last space
			for end < len(rest) {
				c := rest[end]
				if c.open() {
					cut = end
				}
				if n+int(c.w) > limit && end > 0 && !c.open() {
					break
				}
				n += int(c.w)
				end++
			}
			if end < len(rest) && cut > 0 {
				end = cut
			}
			if !yield(rest[:end]) {
				return
			}
			rest = rest[end:]
			for len(rest) > 0 && rest[0].open() {
				rest = rest[1:]
			}
		}
	}
}

// line sets cells as one line, without spaces at its end.
func (p par) line() textLine {
	for len(p) > 0 && p[len(p)-1].open() {
		p = p[:len(p)-1]
	}
	var l textLine
	for i := 0; i < len(p); {
		j, w := i, 0
		var b strings.Builder
		for j < len(p) && p[j].bold == p[i].bold {
			b.WriteRune(p[j].r)
			w += int(p[j].w)
			j++
		}
		l.runs = append(l.runs, run{x: l.width, text: b.String(), bold: p[i].bold})
		l.width += w
		i = j
	}
	return l
}
