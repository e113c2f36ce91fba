package field

// What may change here: one line of words, the base of every kind that is typed as one line.

import (
	"strings"

	"fyne.io/fyne/v2"

	"cmc/forms"
	"cmc/ui/control"
)

func init() {
	kinds[forms.Text] = func(f *frame) body {
		if len(f.it.Suggest) > 0 {
			return newSuggesting(f)
		}
		return newLine(f, lineWidth(f.it.MaxChars), nil)
	}
}

// lineWidth gives a box the width of its longest answer, in a few steps.
func lineWidth(chars int) float32 {
	switch {
	case chars == 0 || chars > 60:
		return 0
	case chars > 25:
		return 360
	case chars > 12:
		return 240
	}
	return 140
}

// A line is a box of one line. Tidy, when given, writes a good value in its usual form when the field is left.
type line struct {
	f     *frame
	entry *control.Entry
	tidy  func(s string) (string, bool)
}

func newLine(f *frame, width float32, tidy func(string) (string, bool)) *line {
	l := &line{f: f, entry: control.NewEntry().Wide(width), tidy: tidy}
	f.wire(l.entry, false, l.left)
	l.entry.OnChanged = func(s string) { f.write(forms.TextAnswer(forms.CleanText(s, false))) }
	return l
}

func (l *line) left() {
	if l.tidy == nil {
		return
	}
	if s, ok := l.tidy(l.entry.Text()); ok && s != l.f.shown.Text {
		l.entry.SetText(s)
		l.f.write(forms.TextAnswer(s))
	}
}

func (l *line) object() fyne.CanvasObject     { return l.entry }
func (l *line) show(a forms.Answer, _ string) { l.entry.SetText(a.Text) }
func (l *line) answer() forms.Answer          { return forms.TextAnswer(forms.CleanText(l.entry.Text(), false)) }
func (l *line) first() fyne.Focusable         { return l.entry }
func (l *line) mark(wrong bool)               { l.entry.SetWrong(wrong) }

// suggesting is a line with a list that never limits what may be typed.
type suggesting struct {
	f      *frame
	filter *control.Filter
}

func newSuggesting(f *frame) *suggesting {
	s := &suggesting{f: f, filter: control.NewFilter(suggestions(f.it), true)}
	s.filter.Entry.Wide(lineWidth(f.it.MaxChars))
	f.wire(s.filter.Entry, false, nil)
	changed := func(string) { f.write(forms.TextAnswer(forms.CleanText(s.filter.Entry.Text(), false))) }
	s.filter.OnTyped, s.filter.OnChosen = changed, changed
	return s
}

func suggestions(it *forms.Item) []control.Option {
	options := make([]control.Option, len(it.Suggest))
	for i, w := range it.Suggest {
		options[i] = control.Option{ID: w, Label: w}
	}
	return options
}

func (s *suggesting) object() fyne.CanvasObject     { return s.filter }
func (s *suggesting) show(a forms.Answer, _ string) { s.filter.Entry.SetText(a.Text) }
func (s *suggesting) answer() forms.Answer {
	return forms.TextAnswer(strings.TrimSpace(s.filter.Entry.Text()))
}
func (s *suggesting) first() fyne.Focusable { return s.filter.Entry }
func (s *suggesting) mark(wrong bool)       { s.filter.Entry.SetWrong(wrong) }
