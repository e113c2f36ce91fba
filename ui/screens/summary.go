package screens

// What may change here: how the urgent care summary looks on screen. Its content, words and order are forms.Summarise's;
// the order of the blocks never depends on the patient (domain.md 6).

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"cmc/forms"
	"cmc/ui/control"
	"cmc/ui/theme"
)

// SummaryView is what a crew reads: strip, banner where withBanner is set, the blocks in their order, and the foot.
func SummaryView(s forms.Summary, withBanner bool, extra map[string]fyne.CanvasObject) *control.Stack {
	view, _ := summaryView(s, withBanner, extra)
	return view
}

// read is the size of what a crew reads: 12 pt, under which nothing of it goes (domain.md 6).
const read = 16

// small is what steps back, and is no smaller for that.
func small(words string) fyne.CanvasObject { return control.Words(words, read, false, theme.Muted) }

// A shownBlock is one block of the summary as it stands on the screen.
type shownBlock struct {
	id     string
	object fyne.CanvasObject
}

func summaryView(s forms.Summary, withBanner bool, extra map[string]fyne.CanvasObject) (*control.Stack, []shownBlock) {
	view := control.VStack(5)
	strip := stripOf(s)
	view.Add(strip)
	blocks := []shownBlock{{"strip", strip}}
	if s.Urgent != "" {
		view.Add(control.VStack(0, control.Rich(read, control.Span{Text: "Know first: ", Strong: true}, control.Span{Text: s.Urgent, Strong: true})).
			Inset(5, 14, 5, 14).Ground(theme.WarnFill).Bordered(theme.WarnEdge, 2, 4))
	}
	if withBanner {
		view.Add(control.CrewBanner(s.Banner))
	}
	var rows []fyne.CanvasObject
	for _, b := range s.Blocks {
		var o fyne.CanvasObject
		switch b.ID {
		case "cpr":
			o = decision(b, 26, 4)
			view.Add(o)
		case "treatment":
			o = decision(b, 17, 2)
			view.Add(o)
		default:
			o = blockRow(b, extra[b.ID])
			rows = append(rows, o)
		}
		blocks = append(blocks, shownBlock{b.ID, o})
	}
	view.Add(control.VStack(0, rows...).Inset(2, 12, 2, 12).Ground(theme.Paper).Bordered(theme.Line, 1, 4))
	var foot []fyne.CanvasObject
	for i, l := range s.Footer {
		if i == 0 {
			foot = append(foot, control.Words(l, read, true, theme.Ink))
		} else {
			foot = append(foot, small(l))
		}
	}
	if len(s.Left) > 0 {
		foot = append(foot, small("Not on the printed page: "+strings.Join(s.Left, ", ")+"."))
	}
	footer := control.VStack(2, foot...).Inset(4, 2, 4, 2)
	view.Add(footer)
	return view, append(blocks, shownBlock{"footer", footer})
}

// stripOf is the status strip: white on dark, words only.
func stripOf(s forms.Summary) fyne.CanvasObject {
	ground := theme.FocusEdge
	if s.Header.Draft || s.Header.Status == "overdue" {
		ground = theme.RedFill
	}
	var objs []fyne.CanvasObject
	for i, words := range s.Strip {
		if words == "" {
			continue
		}
		if i > 0 {
			objs = append(objs, control.Spacer())
		}
		objs = append(objs, control.Words(words, read, true, theme.OnFill))
	}
	return control.VStack(0, control.HStack(12, objs...)).Inset(4, 12, 4, 12).Ground(ground)
}

// decision is a block with one large line in a black frame.
func decision(b forms.Block, size, edge float32) fyne.CanvasObject {
	head := b.Headline
	if head == "" {
		head = b.Title + ": not recorded"
	}
	if lines := linesOf(b); size > 20 && len(lines) == 0 {
		return control.VStack(0, control.Words(head, size, true, theme.Ink)).Inset(5, 12, 5, 12).Ground(theme.Paper).Bordered(theme.Ink, edge, 0)
	} else if size > 20 {
		inside := control.Columns(20, []float32{34, 66}, control.Words(head, size, true, theme.Ink), control.VStack(1, lines...))
		return control.VStack(0, inside).Inset(5, 12, 5, 12).Ground(theme.Paper).Bordered(theme.Ink, edge, 0)
	}
	spans := []control.Span{{Text: head + " ", Strong: true, Size: size}}
	return control.VStack(0, append([]fyne.CanvasObject{control.Rich(read, append(spans, flowing(b)...)...)}, after(b)...)...).
		Inset(5, 12, 5, 12).Ground(theme.Paper).Bordered(theme.Ink, edge, 0)
}

// inLines are the blocks whose lines are looked up one by one; the lines of the others are sentences and flow on.
var inLines = map[string]bool{"call": true, "problems": true, "access": true}

// flowing are the lines of a block as one paragraph.
func flowing(b forms.Block) []control.Span {
	var out []control.Span
	for i, l := range b.Lines {
		if i > 0 && len(out) > 0 {
			out = append(out, control.Span{Text: "  "})
		}
		out = append(out, spansOf(l.Spans)...)
	}
	return out
}

// blockRow is a block with its name on the left.
func blockRow(b forms.Block, extra fyne.CanvasObject) fyne.CanvasObject {
	lines := linesOf(b)
	if !inLines[b.ID] && len(b.Lines) > 1 && !table(b) {
		lines = append([]fyne.CanvasObject{control.Rich(read, flowing(b)...)}, after(b)...)
	}
	if b.ID == "call" {
		n := len(b.Lines)
		lines = append(pairs(lines[:n]), lines[n:]...)
	}
	if b.Headline != "" {
		lines = append([]fyne.CanvasObject{control.Words(b.Headline, read, true, theme.Ink)}, lines...)
	}
	if len(lines) == 0 {
		lines = []fyne.CanvasObject{small("Not recorded")}
	}
	if extra != nil {
		lines = append(lines, extra)
	}
	return control.VStack(0, control.Columns(14, []float32{17, 83}, control.Words(b.Title, read, true, theme.Ink), control.VStack(1, lines...))).Inset(3, 0, 3, 0).Line(control.Bottom, 1)
}

// pairs puts lines that are looked up one by one two beside each other, in reading order: whom to call in hours beside whom
// to call out of hours. A line too long for its half takes two lines there, so that the page never grows by it.
func pairs(lines []fyne.CanvasObject) []fyne.CanvasObject {
	var out []fyne.CanvasObject
	for ; len(lines) > 1; lines = lines[2:] {
		out = append(out, control.Columns(16, []float32{45, 55}, lines[0], lines[1]))
	}
	return append(out, lines...)
}

func table(b forms.Block) bool {
	return slices.ContainsFunc(b.Lines, func(l forms.Line) bool { return len(l.Columns) > 0 })
}

func linesOf(b forms.Block) []fyne.CanvasObject {
	const size = read
	var out []fyne.CanvasObject
	for _, l := range b.Lines {
		if len(l.Columns) > 0 {
			shares := make([]float32, len(l.Columns))
			cells := make([]fyne.CanvasObject, len(l.Columns))
			for i, c := range l.Columns {
				shares[i] = 1
				spans := spansOf(c)
				for j := range spans {
					spans[j].Strong = spans[j].Strong || i == 0 // what happens is looked for first
				}
				cells[i] = control.Rich(size, spans...)
			}
			switch len(shares) {
			case 3: // problem, action, call first
				shares = []float32{18, 53, 29}
			case 4: // signs come between
				shares = []float32{17, 19, 40, 24}
			}
			out = append(out, control.Columns(12, shares, cells...))
			continue
		}
		out = append(out, control.Rich(size, spansOf(l.Spans)...))
	}
	return append(out, after(b)...)
}

// after is what stands under the lines of a block: how much more there is, and its own date.
func after(b forms.Block) []fyne.CanvasObject {
	var out []fyne.CanvasObject
	if b.More != "" {
		out = append(out, small(b.More))
	}
	if b.Dated != "" {
		out = append(out, small(b.Dated))
	}
	return out
}

func spansOf(in []forms.Span) []control.Span {
	out := make([]control.Span, 0, len(in))
	for _, s := range in {
		out = append(out, control.Span{Text: control.Whole(s.Text), Strong: s.Strong})
	}
	return out
}
