package wizard

// What may change here: how the summary looks beside the form. Its content, words and order are those of forms.Summarise.

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"cmc/forms"
	"cmc/ui/control"
	"cmc/ui/theme"
)

// A Preview is the summary as it would be read now, on a small sheet. Showing another summary changes only the lines that
// differ. The part that is being written is marked in pale yellow.
type Preview struct {
	// On false: nobody sees it, so showing costs nothing until it is on again.
	On bool

	box     *control.Stack
	left    *control.Text
	right   *control.Text
	urgent  *control.Text
	name    *control.Text
	facts   *control.Text
	where   *control.Text
	blocks  map[string]*previewBlock
	waiting *forms.Summary
	shown   forms.Summary
	marked  string
}

type previewBlock struct {
	id    string
	box   *control.Stack
	head  *control.Text // the one large line, in a frame
	frame *control.Stack
	lines []*previewLine
	more  *control.Text
	body  *control.Stack
}

type previewLine struct {
	box   *control.Stack
	text  *control.Text
	items []string
}

const previewSize = 12

// NewPreview makes an empty sheet.
func NewPreview() *Preview {
	small := func(strong bool) *control.Text { return control.Words("", previewSize, strong, theme.Ink) }
	p := &Preview{On: true, blocks: map[string]*previewBlock{}, left: small(true), right: small(true), urgent: small(true),
		name: control.Words("", 14, true, theme.Ink), facts: small(false), where: small(false)}
	p.urgent.Hidden, p.where.Hidden = true, true
	strip := control.VStack(0, p.left, p.right).Inset(10, 14, 5, 14)
	who := control.VStack(1, p.urgent, p.name, p.facts, p.where).Inset(5, 14, 6, 14).Line(control.Top, 1)
	p.box = control.VStack(0, strip, who).Inset(0, 1, 8, 1).Ground(theme.Paper).Bordered(theme.Faint, 1, 0)
	for _, kind := range forms.SummaryBlocks {
		b := &previewBlock{id: kind.ID, more: control.Words("", previewSize, false, theme.Muted), head: control.Words("", 14, true, theme.Ink)}
		b.frame = control.VStack(0, b.head).Inset(6, 10, 6, 10).Bordered(theme.Ink, 2, 0).Ground(theme.Paper)
		b.frame.Hidden, b.more.Hidden = true, true
		b.body = control.VStack(0)
		b.box = control.VStack(3, b.frame, b.body, b.more).Inset(6, 14, 6, 14).Ground(theme.Paper).Line(control.Top, 1)
		p.blocks[kind.ID] = b
		p.box.Add(b.box)
	}
	return p
}

// Object is the sheet.
func (p *Preview) Object() fyne.CanvasObject { return p.box }

// Show draws a summary.
func (p *Preview) Show(s forms.Summary) {
	if !p.On {
		p.waiting = &s
		return
	}
	p.waiting = nil
	p.shown = s
	release := p.box.Hold()
	defer release()
	strip := func(i int) string {
		if i < len(s.Strip) {
			return s.Strip[i]
		}
		return ""
	}
	p.left.SetText(strip(0))
	p.right.SetText(strip(2))
	set(p.urgent, s.Urgent)
	p.name.SetText(s.Banner.Name)
	facts := []string{"Born " + s.Banner.Born}
	if s.Banner.Died != "" {
		facts = append(facts, "Died "+s.Banner.Died)
	}
	facts = append(facts, s.Banner.Gender, "NHS No. "+s.Banner.NHSNumber)
	for i, f := range facts { // a number is never broken between two lines
		facts[i] = strings.ReplaceAll(f, " ", "\u00a0")
	}
	p.facts.SetText(strings.Join(facts, "   "))
	where := ""
	if s.Banner.Preferred != "" {
		where = "Likes to be called " + s.Banner.Preferred + ". "
	}
	if s.Banner.Where != "" {
		where += "Now at " + s.Banner.Where + ". "
	}
	set(p.where, where+s.Banner.Language)
	for _, b := range s.Blocks {
		if pb := p.blocks[b.ID]; pb != nil {
			pb.show(b)
		}
	}
}

// Resume draws what came while nobody saw it.
func (p *Preview) Resume() {
	if p.waiting != nil && p.On {
		p.Show(*p.waiting)
	}
}

func set(t *control.Text, words string) {
	t.SetText(words)
	control.Reveal(t, words != "")
}

func (b *previewBlock) show(block forms.Block) {
	b.head.SetText(block.Headline)
	control.Reveal(b.frame, block.Headline != "")
	lines := block.Lines
	n := max(1, len(lines))
	for len(b.lines) < n {
		l := &previewLine{text: control.Rich(previewSize)}
		l.box = control.VStack(0, l.text).Inset(1, 0, 1, 0)
		b.lines = append(b.lines, l)
		b.body.Add(l.box)
	}
	for i, l := range b.lines {
		control.Reveal(l.box, i < n)
		if i >= n {
			l.items = nil
			continue
		}
		var spans []control.Span
		if i == 0 && block.Headline == "" {
			spans = append(spans, control.Span{Text: block.Title + "  ", Strong: true})
		}
		l.items = nil
		if i < len(lines) {
			l.items = lines[i].Items
			spans = append(spans, spansOf(lines[i])...)
		} else if block.Headline == "" {
			spans = append(spans, control.Span{Text: "not recorded", Muted: true})
		}
		l.text.SetSpans(spans...)
		if len(spans) == 0 {
			control.Reveal(l.box, false)
		}
	}
	more := block.More
	if block.Dated != "" {
		if more != "" {
			more += ". "
		}
		more += block.Dated
	}
	set(b.more, more)
}

func spansOf(l forms.Line) []control.Span {
	var spans []control.Span
	add := func(in []forms.Span, strong bool) {
		for _, s := range in {
			spans = append(spans, control.Span{Text: control.Whole(s.Text), Strong: s.Strong || strong})
		}
	}
	if len(l.Columns) == 0 {
		add(l.Spans, false)
		return spans
	}
	for i, col := range l.Columns {
		if len(col) == 0 {
			continue
		}
		if i > 0 && len(spans) > 0 {
			spans = append(spans, control.Span{Text: "  "})
		}
		add(col, i == 0)
	}
	return spans
}

// Mark shows which part is being written: the lines that an item prints into, or else the block that its section does.
func (p *Preview) Mark(def *forms.Definition, item string) {
	if !p.On {
		return
	}
	p.marked = item
	var section *forms.Section
	if it := def.Item(item); it != nil {
		section = it.Section()
	}
	direct := false
	for _, b := range p.blocks {
		for _, l := range b.lines {
			direct = direct || item != "" && slices.Contains(l.items, item)
		}
	}
	for _, b := range p.blocks {
		whole := false
		if !direct && section != nil {
			for _, l := range b.lines {
				for _, id := range l.items {
					if it := def.Item(id); it != nil && it.Section() == section {
						whole = true
					}
				}
			}
		}
		headed := false
		if direct && b.frame.Visible() {
			for _, l := range b.lines {
				headed = headed || slices.Contains(l.items, item)
			}
		}
		ground := theme.Paper
		if whole || headed {
			ground = theme.Edited
		}
		b.box.SetGround(ground)
		for _, l := range b.lines {
			on := whole || headed || direct && slices.Contains(l.items, item)
			if on {
				l.box.SetGround(theme.Edited)
			} else {
				l.box.SetGround(theme.Paper)
			}
		}
	}
}

// Marked says which of the blocks, by id, have a marked part. It is for tests and for the tour.
func (p *Preview) Marked() []string {
	var ids []string
	for _, kind := range forms.SummaryBlocks {
		b := p.blocks[kind.ID]
		on := b.box.GroundColour() == theme.Edited
		for _, l := range b.lines {
			on = on || l.box.Visible() && l.box.GroundColour() == theme.Edited
		}
		if on {
			ids = append(ids, kind.ID)
		}
	}
	return ids
}

// Words gives the text of one block as it is drawn.
func (p *Preview) Words(block string) string {
	b := p.blocks[block]
	if b == nil {
		return ""
	}
	words := ""
	if b.frame.Visible() {
		words = b.head.String() + "\n"
	}
	for _, l := range b.lines {
		if l.box.Visible() {
			words += l.text.String() + "\n"
		}
	}
	if b.more.Visible() {
		words += b.more.String()
	}
	return words
}

// SummaryView draws a summary once, on a small sheet.
func SummaryView(s forms.Summary) fyne.CanvasObject {
	p := NewPreview()
	p.Show(s)
	return p.Object()
}
