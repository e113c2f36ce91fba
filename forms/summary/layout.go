package summary

// What may change here: where things stand on the page. The order of the blocks is not decided here: it is
// forms.SummaryBlocks. Measures are points.

import (
	"strings"
	"unicode"

	"cmc/forms"
	"cmc/forms/nhs"
)

// The fixed measures of the page.
const (
	titleSize    = 12.0
	stripSize    = 9.0
	nameSize     = 15.0
	nameSizeLong = 12.5 // for a name that needs more than two lines
	identitySize = 11.0 // born, NHS number
	subSize      = 10.0 // the other lines about the person
	cprSizeMax   = 19.0
	cprSizeMin   = 14.0
	levelSize    = 12.5 // the treatment headline
	footSize     = 9.0
	footLead     = 1.22
	boxSide      = 9.0 // padding at the sides of a framed box
	headCol      = 106.5
	headColTight = 92.0
	qrSide       = 58.0
)

// A sheet is a summary being laid out: its paragraphs are made once and set at several densities.
type sheet struct {
	s      forms.Summary
	blocks []sheetBlock
}

// A sheetBlock is one block's paragraphs.
type sheetBlock struct {
	id       string
	title    par
	headline par
	lines    []sheetLine
}

// A sheetLine is one line's paragraph, or its columns, with the same as running text.
type sheetLine struct {
	text par
	cols []par
	tail bool // what the block does not list, and when it was recorded
}

// newSheet prepares a summary that normal has put in order. The error is ErrLink.
func newSheet(s forms.Summary) (*sheet, error) {
	sh := &sheet{s: s}
	for i, b := range s.Blocks {
		sb := sheetBlock{id: b.ID, title: strong(b.Title), headline: strong(b.Headline)}
		for _, l := range s.Blocks[i].Lines {
			sb.lines = append(sb.lines, newLine(l))
		}
		sh.blocks = append(sh.blocks, sb)
	}
	return sh, checkLink(s)
}

// newLine makes the paragraphs of a line. The first column of a table row is what the row is about, so it is bold.
func newLine(l forms.Line) sheetLine {
	if len(l.Columns) == 0 {
		return sheetLine{text: words(l.Spans...)}
	}
	var out sheetLine
	var flat []forms.Span
	before := -1 // the last column with words
	for i, c := range l.Columns {
		c = append([]forms.Span(nil), c...)
		if i == 0 {
			for j := range c {
				c[j].Strong = true
			}
		}
		p := words(c...)
		out.cols = append(out.cols, p)
		if len(p) == 0 {
			continue
		}
		if before >= 0 {
			end := "."
			if before == 0 {
				end = ":"
			}
			last := &flat[len(flat)-1]
			if t := strings.TrimRightFunc(last.Text, unicode.IsSpace); t != "" && !strings.ContainsRune(".,;:!?", rune(t[len(t)-1])) {
				last.Text = t + end
			}
		}
		flat = append(flat, c...)
		before = i
	}
	out.text = words(flat...)
	return out
}

// withTail adds what a block does not list and when it was recorded: as a line of its own, or on a tight page in square
// brackets behind the block's last words. The brackets matter: a count must never read as part of a telephone number.
func withTail(lines []sheetLine, more, dated string, d density) []sheetLine {
	if dated != "" && unicode.IsDigit(firstRune(dated)) {
		dated = "Recorded " + dated
	}
	more = strings.TrimSuffix(more, ".")
	if more != "" && dated != "" {
		more += "."
	}
	tail := strings.TrimSpace(more + " " + dated)
	if tail == "" {
		return lines
	}
	lines = append([]sheetLine(nil), lines...)
	if n := len(lines); d.tight && n > 0 && len(lines[n-1].cols) == 0 {
		lines[n-1].text = lines[n-1].text.then(plain("[" + tail + "]"))
		return lines
	}
	return append(lines, sheetLine{text: plain(tail), tail: true})
}

// normal brings the blocks of a summary into the order of forms.SummaryBlocks, adds those that are missing and says
// "Not recorded" in those that are empty. It never changes what the caller holds.
func normal(s forms.Summary) forms.Summary {
	have := map[string]forms.Block{}
	for _, b := range s.Blocks {
		have[b.ID] = b
	}
	blocks := make([]forms.Block, 0, len(forms.SummaryBlocks))
	for _, k := range forms.SummaryBlocks {
		b := have[k.ID]
		b.ID = k.ID
		if b.Title == "" {
			b.Title = k.Title
		}
		var lines []forms.Line
		for _, l := range b.Lines {
			if !blankLine(l) {
				lines = append(lines, l)
			}
		}
		b.Lines = lines
		if b.Headline == "" && len(lines) == 0 && b.More == "" {
			if k.ID == "cpr" || k.ID == "treatment" {
				b.Headline = "Not recorded"
			} else {
				b.Lines = []forms.Line{{Spans: []forms.Span{{Text: "Not recorded"}}}}
			}
		}
		blocks = append(blocks, b)
	}
	s.Blocks = blocks
	return s
}

func blankLine(l forms.Line) bool {
	for _, sp := range l.Spans {
		if strings.TrimSpace(sp.Text) != "" {
			return false
		}
	}
	for _, c := range l.Columns {
		for _, sp := range c {
			if strings.TrimSpace(sp.Text) != "" {
				return false
			}
		}
	}
	return true
}

// head sets the title, the status strip and the person.
func (sh *sheet) head(d density) box {
	var b box
	s := sh.s
	if s.Header.Kept != "" {
		return sh.keptHead(d)
	}
	// The title, and on the right whose form it is; a training page says so in plain words too.
	who := "Coordinate My Care"
	if s.Header.Training {
		who += " - TRAINING, NOT A REAL PATIENT"
	}
	b.set(strong("Urgent care summary"), left, 0, 200, setting{part: "title", size: titleSize, lead: 1.3})
	y := b.set(plain(who), left, 2.5, right-left, setting{part: "title", size: smallest, lead: 1.3, align: atRight}) + 4.5

	return sh.below(b, y, d)
}

// below puts the strip and the person under what is on top of the page.
func (sh *sheet) below(b box, y float64, d density) box {
	strip := sh.strip(d)
	b.put(strip, left, y)
	y += strip.H

	person := sh.person(d)
	b.put(person, left, y)
	b.H = y + person.H
	return b
}

// keptHead is the top of a page that was made from a copy: what the title says on others stands in a black band across the page,
// with the age, in no more room than the title has, so that whatever was approved fits.
func (sh *sheet) keptHead(d density) box {
	var b box
	s := sh.s
	words := "URGENT CARE SUMMARY, " + s.Header.Kept
	if s.Header.Training {
		words = "TRAINING. " + words
	}
	const height = 2.5 + smallest*1.3 // of the title
	p := strong(words)
	size := min(10.5, (right-left-2*boxSide)*1000/float64(p.width()))
	b.Frames = append(b.Frames, frame{X: left, Y: 0, W: right - left, H: height, Grey: ink})
	b.set(p, left+boxSide, (height-size*1.2)/2, right-left, setting{part: "title", size: size, lead: 1.2, grey: paper})
	return sh.below(b, height+4.5, d)
}

// strip is the dark bar: status and version, approval, review.
func (sh *sheet) strip(d density) box {
	var b box
	const lead = 1.3
	pad := 5.0
	if d.runIn {
		pad = 3
	}
	width := right - left
	inner := width - 2*boxSide
	var parts []par
	for _, t := range sh.s.Strip {
		if p := strong(t); len(p) > 0 {
			parts = append(parts, p)
		}
	}
	st := setting{part: "strip", size: stripSize, lead: lead, grey: paper}
	total := 0.0
	for _, p := range parts {
		total += float64(p.width()) * stripSize / 1000
	}
	y := pad
	along := func(parts []par, total float64) {
		x, gap := boxSide, 0.0
		if len(parts) > 1 {
			gap = (inner - total) / float64(len(parts)-1)
		}
		for _, p := range parts {
			w := float64(p.width()) * stripSize / 1000
			b.set(p, x, y, w+1, st)
			x += w + gap
		}
		y += stripSize * lead
	}
	const apart = 10.0
	switch {
	case total+apart*float64(len(parts)-1) <= inner:
		along(parts, total)
	case len(parts) == 3 && total-float64(parts[1].width())*stripSize/1000+apart <= inner:
		// Status and review on one line, the approval below.
		along([]par{parts[0], parts[2]}, total-float64(parts[1].width())*stripSize/1000)
		y = b.set(parts[1], boxSide, y, inner, st)
	default:
		for _, p := range parts {
			y = b.set(p, boxSide, y, inner, st)
		}
	}
	b.H = y + pad
	b.Frames = append(b.Frames, frame{W: width, H: b.H, Grey: ink})
	return b
}

// person is the identity box: who this is, in the order of the NHS Common User Interface (domain.md 8).
func (sh *sheet) person(d density) box {
	var b box
	ban := sh.s.Banner
	width := right - left
	inner := width - 2*boxSide
	span := func(t string) forms.Span { return forms.Span{Text: t} }
	bold := func(t string) forms.Span { return forms.Span{Text: t, Strong: true} }

	// Right: born, died, NHS number, language.
	var rightCol []par
	if ban.Born != "" {
		rightCol = append(rightCol, words(span("Born "), bold(ban.Born)))
	}
	if ban.Died != "" {
		died := ban.Died
		if ban.AgeAtDeath != "" {
			died += " (" + ban.AgeAtDeath + ")"
		}
		rightCol = append(rightCol, words(bold("Died "), bold(died)))
	}
	number := ban.NHSNumber
	if number == "" {
		number = "Not Known"
	}
	rightCol = append(rightCol, words(span("NHS No. "), bold(number)))
	rw := 0.0
	for _, p := range rightCol {
		rw = max(rw, float64(p.width())*identitySize/1000)
	}
	lang := plain(ban.Language)
	rw = max(rw, min(float64(lang.width())*subSize/1000, 190))
	rw = min(rw+1, inner*0.45)

	pad := 6.0
	sub := setting{part: "banner", size: subSize, lead: 1.25}
	if d.runIn {
		pad, sub.lead = 3.5, 1.15
	}
	lw := inner - rw - 2*colGap
	var below []par // what is too long for its column stands below both

	// The name: beside the right column if two lines hold it, else above.
	name := strong(ban.Name)
	if len(name) == 0 {
		name = strong("Name not recorded")
	}
	nameSt := setting{part: "banner", size: nameSize, lead: 1.2}
	if name.lines(lw, nameSt) > 2 {
		nameSt.size = nameSizeLong
	}
	start := pad
	leftY := start
	if name.lines(lw, nameSt) > 2 {
		start = b.set(name, boxSide, start-1, inner, nameSt) + 1.5
		leftY = start
	} else {
		leftY = b.set(name, boxSide, start-1, lw, nameSt) + 1.5
	}

	y := start
	for _, p := range rightCol {
		y = b.set(p, width-boxSide-rw, y, rw, setting{part: "banner", size: identitySize, lead: 1.28, align: atRight})
	}
	switch {
	case len(lang) == 0:
	case lang.lines(rw, sub) > 2:
		below = append(below, lang)
	default:
		y = b.set(lang, width-boxSide-rw, y+1, rw, setting{part: "banner", size: subSize, lead: 1.22, align: atRight})
	}
	rightY := y

	// Preferred name and gender, where the person is.
	const wideSpace = "\u2003" // keeps two labels apart on one line
	var line []forms.Span
	if ban.Preferred != "" {
		line = append(line, span("Likes to be called "), bold(ban.Preferred))
	}
	if ban.Gender != "" {
		label := "Gender "
		if len(line) > 0 {
			label = wideSpace + label
		}
		line = append(line, span(label), bold(ban.Gender))
	}
	where := ban.Where
	if where == "" {
		where = "Not recorded"
	}
	y = leftY
	for _, p := range []par{words(line...), plain("Now at: " + where)} {
		if p.lines(lw, sub) > 2 || len(below) > 0 && len(p) > 0 {
			below = append(below, p)
			continue
		}
		y = b.set(p, boxSide, y, lw, sub)
	}
	y = max(y, rightY)
	for _, p := range below {
		y = b.set(p, boxSide, y, inner, sub)
	}

	if u := strong(sh.s.Urgent); len(u) > 0 {
		y += 3
		b.Strokes = append(b.Strokes, stroke{X1: 0, X2: width, Y1: y, Y2: y, Width: 0.75, Grey: ink})
		y += 2.5
		y = b.set(words(forms.Span{Text: "⚠ " + sh.s.Urgent, Strong: true}), boxSide, y, inner,
			setting{part: "urgent", size: 10.5, lead: 1.25})
	}
	b.H = y + pad - 1
	b.Frames = append(b.Frames, frame{W: width, H: b.H, Width: 1.5, Grey: ink})
	return b
}

// cpr is the resuscitation box: the decision, large, with its details beside it or, when they are long, below it.
func (sh *sheet) cpr(b sheetBlock, lines []sheetLine, d density) box {
	const border = 3.0
	width := right - left
	inner := width - 2*boxSide - 2*border
	capSt := setting{part: b.id, size: smallest, lead: 1.2}
	detail := setting{part: b.id, size: max(smallest, d.detail-0.5), lead: d.lead}
	head := b.headline

	// The largest size at which the headline takes at most two lines in its half of the box.
	beside := inner
	if len(lines) > 0 {
		beside = inner * 0.52
	}
	size := cprSizeMax
	for size > cprSizeMin && head.height(beside, setting{size: size, lead: 1}) > 2*size {
		size--
	}
	headSt := setting{part: b.id, size: size, lead: 1.15}
	detailHeight := func(w float64) float64 {
		h := 0.0
		for _, l := range lines {
			h += l.text.height(w, detail)
		}
		return h
	}

	// Beside: the headline takes what it needs, the details have the rest.
	need := 0
	for l := range head.breaks(int(beside * 1000 / size)) {
		need = max(need, l.width())
	}
	hw := max(float64(need)*size/1000+1, float64(b.title.width())*capSt.size/1000+1)
	headH := capSt.size*capSt.lead + head.height(hw, headSt)
	dw := inner - hw - 1.75*colGap
	var out box
	pad := border + d.boxPad
	x0 := border + boxSide
	if h := detailHeight(dw); h <= headH+3.2*detail.size*detail.lead || len(lines) == 0 {
		tall := max(h, headH)
		y := pad + (tall-headH)/2
		y = out.set(b.title, x0, y, hw, capSt)
		out.set(head, x0, y, hw, headSt)
		y = pad + (tall-h)/2
		for _, l := range lines {
			y = out.set(l.text, x0+hw+1.75*colGap, y, dw, detail)
		}
		out.H = tall + 2*pad
	} else {
		size = cprSizeMax
		for size > cprSizeMin && head.height(inner, setting{size: size, lead: 1}) > size {
			size--
		}
		headSt.size = size
		y := sh.captioned(&out, b, x0, pad, inner, capSt, headSt, d)
		for _, l := range lines {
			y = out.set(l.text, x0, y, inner, detail)
		}
		out.H = y + pad
	}
	out.Frames = append(out.Frames, frame{W: width, H: out.H, Width: border, Grey: ink})
	return out
}

// captioned sets a box's name above its headline, or on the densest page before it on the same line.
func (sh *sheet) captioned(out *box, b sheetBlock, x, y, width float64, capSt, headSt setting, d density) float64 {
	caption := float64(b.title.width())*capSt.size/1000 + colGap
	if d.runIn && b.headline.lines(width-caption, headSt) == 1 {
		// Both stand on the headline's baseline.
		capSt.lead = headSt.lead * headSt.size / capSt.size
		shift := (headSt.size - capSt.size) * baselineOfMiddle
		out.set(b.title, x, y+shift, width, capSt)
		return out.set(b.headline, x+caption, y, width-caption, headSt)
	}
	y = out.set(b.title, x, y, width, capSt)
	return out.set(b.headline, x, y, width, headSt)
}

// treatment is the level-of-treatment box.
func (sh *sheet) treatment(b sheetBlock, lines []sheetLine, d density) box {
	const border = 1.5
	width := right - left
	inner := width - 2*boxSide - 2*3.0
	x0 := 3.0 + boxSide
	var out box
	pad := border + d.boxPad
	y := sh.captioned(&out, b, x0, pad, inner, setting{part: b.id, size: smallest, lead: 1.2},
		setting{part: b.id, size: levelSize, lead: 1.2}, d)
	if len(lines) > 0 {
		y += 0.5
	}
	for _, l := range lines {
		y = out.set(l.text, x0, y, inner, setting{part: b.id, size: d.detail, lead: d.lead})
	}
	out.H = y + pad
	out.Frames = append(out.Frames, frame{W: width, H: out.H, Width: border, Grey: ink})
	return out
}

// row is any other block: its name on the left, its lines on the right, a hairline below. On the densest page the name
// leads the first line instead, in capitals.
func (sh *sheet) row(b sheetBlock, lines []sheetLine, d density, last bool) box {
	var out box
	col := headCol
	if d.tight {
		col = headColTight
	}
	width := right - left
	st := setting{part: b.id, size: d.body, lead: d.lead}
	y, hy := d.pad, 0.0
	var lead par
	if !d.runIn {
		hy = out.set(b.title, 0, y, col-colGap, setting{part: b.id, size: max(smallest, d.body-0.5), lead: d.lead})
	} else {
		col = 0
		lead = strong(strings.ToUpper(b.title.String()) + ":")
	}
	tw := width - col
	lead = lead.then(b.headline)
	for i := 0; i < len(lines); {
		if len(lines[i].cols) == 0 || d.runIn {
			s := st
			if lines[i].tail {
				s.size = max(smallest, st.size-0.5)
				if i > 0 && len(lines[i-1].cols) > 0 {
					y += d.pad / 3
				}
			}
			y = out.set(lead.then(lines[i].text), col, y, tw, s)
			lead = nil
			i++
			continue
		}
		y = out.set(lead, col, y, tw, st)
		lead = nil
		j := i
		for j < len(lines) && len(lines[j].cols) > 0 {
			j++
		}
		t := table(lines[i:j], tw, st, d)
		out.put(t, col, y)
		y += t.H
		i = j
	}
	y = out.set(lead, col, y, tw, st)
	out.H = max(y, hy) + d.pad
	if !last {
		out.Strokes = append(out.Strokes, stroke{X1: 0, X2: width, Y1: out.H, Y2: out.H, Width: 0.75, Grey: hairline})
	}
	return out
}

// shares are the ways to divide a table's width, the usual one first. Another is taken only when it saves height.
var shares = map[int][][]float64{
	1: {{1}},
	2: {{0.22, 0.78}, {0.32, 0.68}, {0.15, 0.85}},
	3: {{0.27, 0.48, 0.25}, {0.20, 0.50, 0.30}, {0.17, 0.61, 0.22}, {0.14, 0.70, 0.16}, {0.26, 0.58, 0.16}},
	4: {{0.18, 0.24, 0.36, 0.22}, {0.16, 0.22, 0.44, 0.18}, {0.14, 0.20, 0.52, 0.14}},
}

// table sets rows of columns with dotted lines between them. On a tight page it becomes running text when that is
// shorter.
func table(lines []sheetLine, width float64, st setting, d density) box {
	n := 0
	for _, l := range lines {
		n = max(n, len(l.cols))
	}
	between := min(2.0, d.pad/2) // above and below the dotted line
	ways := shares[n]
	if ways == nil {
		even := make([]float64, n)
		for i := range even {
			even[i] = 1 / float64(n)
		}
		ways = [][]float64{even}
	}
	best, bestH := -1, 0.0
	for i, way := range ways {
		h := 0.0
		for _, l := range lines {
			rh := 0.0
			for c, p := range l.cols {
				w := width*way[c] - colGap
				if c == len(way)-1 {
					w += colGap
				}
				rh = max(rh, p.height(w, st))
			}
			h += rh
		}
		if best < 0 || h < bestH-st.size*st.lead*1.5 {
			best, bestH = i, h
		}
	}
	flat := false
	if d.tight {
		h := 0.0
		for _, l := range lines {
			h += l.text.height(width, st)
		}
		flat = h < bestH
	}
	var out box
	y := 0.0
	for i, l := range lines {
		if i > 0 {
			y += between
			out.Strokes = append(out.Strokes, stroke{X1: 0, X2: width, Y1: y, Y2: y, Width: 0.6, Grey: hairline, Dotted: true})
			y += between
		}
		if flat {
			y = out.set(l.text, 0, y, width, st)
			continue
		}
		x, bottom := 0.0, y
		for c, p := range l.cols {
			w := width * ways[best][c]
			in := w - colGap
			if c == len(ways[best])-1 {
				in = w
			}
			bottom = max(bottom, out.set(p, x, y, in, st))
			x += w
		}
		y = bottom
	}
	out.H = y
	return out
}

// footGap is the space under the footer's rule.
const footGap = 5.0

// foot is the footer: room for the code to the live plan, the warning, who printed it and when, and what is not listed.
func (sh *sheet) foot(notListed []string) box {
	var b box
	s := sh.s
	st := setting{part: "footer", size: footSize, lead: footLead}
	width := right - left
	b.Strokes = append(b.Strokes, stroke{X2: width, Width: 1.5, Grey: ink})
	y := footGap
	x := 0.0
	if s.Header.Link != "" {
		x = qrSide + 10
	}
	page := plain("Page 1 of 1")
	pw := float64(page.width())*footSize/1000 + 1
	b.set(page, width-pw, y, pw, setting{part: "footer", size: footSize, lead: footLead, align: atRight})
	tw := width - x
	lines := footLines(s)
	y = b.set(words(lines[0]...), x, y, tw-pw-2*colGap, st)
	for _, l := range lines[1:] {
		y = b.set(words(l...), x, y, tw, st)
	}
	if len(notListed) > 0 {
		y = b.set(words(forms.Span{Text: "Not listed here:", Strong: true}, forms.Span{Text: strings.Join(notListed, ", ") + "."}), x, y, tw, st)
	}
	if s.Header.Link != "" {
		y = max(y, footGap+1+qrSide)
	}
	b.H = y
	return b
}

// footLines are the footer's words without what is not listed. Each line is one paragraph; the first is the warning.
func footLines(s forms.Summary) [][]forms.Span {
	warning := "Check the live plan before you act."
	var rest []string
	for _, l := range s.Footer {
		t := strings.TrimSpace(l)
		switch {
		case t == "", strings.HasPrefix(t, "Page 1"), strings.HasPrefix(t, "Not listed here"):
		case strings.HasPrefix(t, strings.TrimSuffix(warning, ".")):
			warning = t
		default:
			rest = append(rest, t)
		}
	}
	all := strings.Join(rest, " ")
	if !strings.Contains(all, "Printed") && !s.Header.PrintedAt.IsZero() {
		t := "Printed " + nhs.FormatDateTime(s.Header.PrintedAt)
		if by := joinNonEmpty(s.Header.PrintedBy, s.Header.PrintedOrg); by != "" {
			t += " by " + by
		}
		rest = append(rest, t+".")
	}
	if h := s.Header.Hash; h != "" && !strings.Contains(all, h) {
		rest = append(rest, "Check code "+h+".")
	}
	out := [][]forms.Span{{{Text: warning, Strong: true}}}
	for i, t := range rest {
		if i == 0 {
			out[0] = append(out[0], forms.Span{Text: t})
			continue
		}
		out = append(out, []forms.Span{{Text: t}})
	}
	return out
}

func joinNonEmpty(parts ...string) string {
	var have []string
	for _, p := range parts {
		if strings.TrimSpace(p) != "" {
			have = append(have, p)
		}
	}
	return strings.Join(have, ", ")
}

// marksAcross are the words across the page for training and drafts.
func marksAcross(h forms.Header) []across {
	var texts []string
	if h.Training {
		texts = append(texts, "TRAINING - NOT A REAL PATIENT")
	}
	if h.Draft {
		texts = append(texts, "DRAFT - NOT FOR CLINICAL USE")
	}
	const angle = 50.0
	room := 800.0 // from one edge of the text area to the other at that angle
	if len(texts) > 1 {
		room = 720
	}
	var out []across
	for i, t := range texts {
		w := float64(strong(t).width()) / 1000
		size := min(44, room/w)
		out = append(out, across{Text: t, Size: size, Width: w * size, Angle: angle,
			Shift: size*0.36 + (float64(i)-float64(len(texts)-1)/2)*size*1.5})
	}
	return out
}
