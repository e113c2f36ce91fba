package control

// What may change here: how a paragraph breaks into lines. One drawn text for each stretch of one look on one line.

import (
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"cmc/ui/theme"
)

// A Span is words in one look. The zero values take the look of the paragraph.
type Span struct {
	Text   string
	Strong bool
	Muted  bool
	Colour theme.Name // used when not zero, which is Ink
	Size   float32    // at 100 %
	Under  bool       // underlined
}

const (
	leading = 1.26  // height of a line, of the size of the text
	natural = 1.164 // height of DejaVu
	ascent  = 0.928 // its part above the baseline
)

type para struct {
	spans  []Span
	size   float32 // at 100 %
	strong bool
	colour theme.Name
	indent float32 // of the first line, in drawn units

	width  float32
	gen    int
	valid  bool
	lines  int
	runs   []run
	texts  []*canvas.Text
	endX   float32 // where the last line ends
	placed bool
	x, y   float32
}

type run struct {
	span     int
	from, to int
	x, w     float32
	line     int
}

func newPara(size float32, strong bool, colour theme.Name, spans ...Span) *para {
	return &para{spans: spans, size: size, strong: strong, colour: colour}
}

func (p *para) set(spans ...Span) {
	p.spans = spans
	p.valid, p.placed = false, false
}

func (p *para) lineHeight() float32 { return ceil(theme.Text(p.size) * leading) }

func (p *para) heightFor(width float32) float32 {
	p.wrap(width)
	return float32(p.lines) * p.lineHeight()
}

func (p *para) spanSize(s *Span) float32 {
	if s.Size != 0 {
		return theme.Text(s.Size)
	}
	return theme.Text(p.size)
}

func (p *para) naturalWidth() float32 {
	var w, widest float32
	for i := range p.spans {
		s := &p.spans[i]
		size, bold := p.spanSize(s), s.Strong || p.strong
		for _, r := range s.Text {
			if r == '\n' {
				widest, w = max(widest, w), 0
				continue
			}
			w += runeWidth(r, bold) * size
		}
	}
	return ceil(max(widest, w)) + 1
}

// wrap breaks the paragraph for a width. It is a no-op when that is how it is broken.
func (p *para) wrap(width float32) {
	gen := theme.Generation()
	if p.valid && p.width == width && p.gen == gen {
		return
	}
	p.width, p.gen, p.valid, p.placed = width, gen, true, false
	p.runs = p.runs[:0]
	limit := max(width, 1)
	x, line := p.indent, 0
	hasWord := p.indent > 0
	open := -1 // index in runs of the run that may still grow
	for si := range p.spans {
		s := &p.spans[si]
		bold := s.Strong || p.strong
		size := p.spanSize(s)
		text := s.Text
		space := runeWidth(' ', bold) * size
		open = -1
		for i := 0; i < len(text); {
			if text[i] == '\n' {
				line, x, hasWord, open = line+1, 0, false, -1
				i++
				continue
			}
			j := i
			var gap float32
			for j < len(text) && (text[j] == ' ' || text[j] == '\t') {
				gap += space
				j++
			}
			if j == len(text) || text[j] == '\n' {
				if hasWord {
					x += gap
				}
				open = -1
				i = j
				continue
			}
			k := j
			var word float32
			for k < len(text) {
				r, n := utf8.DecodeRuneInString(text[k:])
				if r == ' ' || r == '\t' || r == '\n' {
					break
				}
				word += runeWidth(r, bold) * size
				k += n
			}
			glued := hasWord && j == 0 && gap == 0 && k-j <= 2 && punctuation(text[j])
			switch {
			case hasWord && x+gap+word > limit && !glued:
				line, x, hasWord, open = line+1, 0, false, -1
			case hasWord:
				if open < 0 {
					x += gap
				}
			}
			if !hasWord && word > limit { // a word wider than the line is broken inside
				for j < k {
					var part float32
					m := j
					for m < k {
						r, n := utf8.DecodeRuneInString(text[m:])
						w := runeWidth(r, bold) * size
						if m > j && part+w > limit {
							break
						}
						part += w
						m += n
					}
					p.runs = append(p.runs, run{span: si, from: j, to: m, x: 0, w: part, line: line})
					x, hasWord = part, true
					open = len(p.runs) - 1
					j = m
					if j < k {
						line++
					}
				}
				i = k
				continue
			}
			if open >= 0 {
				p.runs[open].to = k
				p.runs[open].w += gap + word
				x += gap + word
			} else {
				p.runs = append(p.runs, run{span: si, from: j, to: k, x: x, w: word, line: line})
				open = len(p.runs) - 1
				x += word
			}
			hasWord = true
			i = k
		}
	}
	p.endX = x
	p.lines = line + 1
}

func punctuation(c byte) bool {
	switch c {
	case '.', ',', ';', ':', ')', '?', '!':
		return true
	}
	return false
}

// layout places the texts of the paragraph with its top left corner at x, y.
func (p *para) layout(x, y, width float32) {
	p.wrap(width)
	if p.placed && p.x == x && p.y == y {
		return
	}
	rebuild := !p.placed
	p.placed, p.x, p.y = true, x, y
	lh := p.lineHeight()
	big := theme.Text(p.size)
	top := (lh - big*natural) / 2
	if len(p.texts) > len(p.runs) {
		p.texts = p.texts[:len(p.runs)]
	}
	for i := range p.runs {
		r := &p.runs[i]
		s := &p.spans[r.span]
		size := p.spanSize(s)
		if i >= len(p.texts) {
			t := &canvas.Text{}
			p.texts = append(p.texts, t)
		}
		t := p.texts[i]
		if rebuild {
			words := s.Text[r.from:r.to]
			style := fyne.TextStyle{Bold: s.Strong || p.strong, Underline: s.Under}
			colour := theme.Colour(p.spanColour(s))
			if t.Text != words || t.TextSize != size || t.TextStyle != style || t.Color != colour {
				t.Text, t.TextSize, t.TextStyle, t.Color = words, size, style, colour
				if t.Size().Width > 0 {
					canvas.Refresh(t)
				}
			}
			t.Resize(fyne.NewSize(r.w+1, size*natural))
		}
		t.Move(fyne.NewPos(x+r.x, y+float32(r.line)*lh+top+(big-size)*ascent))
	}
}

func (p *para) spanColour(s *Span) theme.Name {
	switch {
	case s.Colour != 0:
		return s.Colour
	case s.Muted:
		return theme.Muted
	}
	return p.colour
}

// paint takes the colours of the theme again.
func (p *para) paint() {
	for i := range p.runs {
		if i < len(p.texts) {
			p.texts[i].Color = theme.Colour(p.spanColour(&p.spans[p.runs[i].span]))
		}
	}
}

func (p *para) append(objs []fyne.CanvasObject) []fyne.CanvasObject {
	for _, t := range p.texts {
		objs = append(objs, t)
	}
	return objs
}

// inkWidth gives the width of one line of one look as the font draws it.
func (p *para) inkWidth() float32 {
	var w float32
	for i := range p.spans {
		s := &p.spans[i]
		w += fyne.MeasureText(s.Text, p.spanSize(s), fyne.TextStyle{Bold: s.Strong || p.strong}).Width
	}
	return ceil(w)
}

// words gives the text of the paragraph.
func (p *para) words() string {
	s := ""
	for i := range p.spans {
		s += p.spans[i].Text
	}
	return s
}
