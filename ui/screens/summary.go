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

// A shownBlock is one block of the summary as it stands on the screen.
type shownBlock struct {
	id     string
	object fyne.CanvasObject
}

func summaryView(s forms.Summary, withBanner bool, extra map[string]fyne.CanvasObject) (*control.Stack, []shownBlock) {
	view := control.VStack(6)
	strip := stripOf(s)
	view.Add(strip)
	blocks := []shownBlock{{"strip", strip}}
	if s.Urgent != "" {
		view.Add(control.VStack(0, control.Rich(16, control.Span{Text: "Know first: ", Strong: true}, control.Span{Text: s.Urgent, Strong: true})).
			Inset(5, 14, 5, 14).Ground(theme.WarnFill).Bordered(theme.WarnEdge, 2, 4))
	}
	if withBanner {
		view.Add(control.PatientBanner(s.Banner, nil))
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
	view.Add(control.VStack(0, rows...).Inset(2, 16, 2, 16).Ground(theme.Paper).Bordered(theme.Line, 1, 4))
	var foot []fyne.CanvasObject
	for i, l := range s.Footer {
		if i == 0 {
			foot = append(foot, control.Strong(l))
		} else {
			foot = append(foot, control.Small(l))
		}
	}
	if len(s.Left) > 0 {
		foot = append(foot, control.Small("Not on the printed page: "+strings.Join(s.Left, ", ")+"."))
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
		objs = append(objs, control.Words(words, 14, true, theme.OnFill))
	}
	return control.VStack(0, control.HStack(16, objs...)).Inset(6, 14, 6, 14).Ground(ground)
}

// decision is a block with one large line in a black frame.
func decision(b forms.Block, size, edge float32) fyne.CanvasObject {
	head := b.Headline
	if head == "" {
		head = b.Title + ": not recorded"
	}
	if size > 20 {
		inside := control.Columns(20, []float32{34, 66}, control.Words(head, size, true, theme.Ink), control.VStack(2, linesOf(b)...))
		return control.VStack(0, inside).Inset(8, 16, 8, 16).Ground(theme.Paper).Bordered(theme.Ink, edge, 0)
	}
	spans := []control.Span{{Text: head + " ", Strong: true, Size: size}}
	return control.VStack(0, append([]fyne.CanvasObject{control.Rich(15, append(spans, flowing(b)...)...)}, after(b)...)...).
		Inset(8, 16, 8, 16).Ground(theme.Paper).Bordered(theme.Ink, edge, 0)
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
		lines = append([]fyne.CanvasObject{control.Rich(15, flowing(b)...)}, after(b)...)
	}
	if b.Headline != "" {
		lines = append([]fyne.CanvasObject{control.Strong(b.Headline)}, lines...)
	}
	if len(lines) == 0 {
		lines = []fyne.CanvasObject{control.Muted("Not recorded")}
	}
	if extra != nil {
		lines = append(lines, extra)
	}
	return control.VStack(0, control.Columns(14, []float32{17, 83}, control.Strong(b.Title), control.VStack(2, lines...))).Inset(5, 0, 5, 0).Line(control.Bottom, 1)
}

func table(b forms.Block) bool {
	return slices.ContainsFunc(b.Lines, func(l forms.Line) bool { return len(l.Columns) > 0 })
}

func linesOf(b forms.Block) []fyne.CanvasObject {
	const size = 15
	var out []fyne.CanvasObject
	for _, l := range b.Lines {
		if len(l.Columns) > 0 {
			shares := make([]float32, len(l.Columns))
			cells := make([]fyne.CanvasObject, len(l.Columns))
			for i, c := range l.Columns {
				shares[i] = 1
				cells[i] = control.Rich(size, spansOf(c)...)
			}
			switch len(shares) {
			case 3: // problem, action, call first
				shares = []float32{24, 50, 26}
			case 4: // signs come between
				shares = []float32{20, 20, 38, 22}
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
		out = append(out, control.Small(b.More))
	}
	if b.Dated != "" {
		out = append(out, control.Small(b.Dated))
	}
	return out
}

func spansOf(in []forms.Span) []control.Span {
	out := make([]control.Span, 0, len(in))
	for _, s := range in {
		out = append(out, control.Span{Text: s.Text, Strong: s.Strong})
	}
	return out
}
