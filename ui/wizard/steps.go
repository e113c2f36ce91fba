package wizard

// What may change here: the list of steps. Its states have a shape and words.

import (
	"fmt"

	"cmc/forms"
	"cmc/ui/control"
	"cmc/ui/theme"
)

type stepList struct {
	w     *Wizard
	page  *control.Page
	box   *control.Stack
	list  *control.PressList
	rows  map[string]*stepRow
	shown string // the step that was brought into view
}

type stepRow struct {
	row   *control.Pressable
	mark  *control.Mark
	title *control.Text
	state *control.Text
}

func newStepList(w *Wizard) *stepList {
	l := &stepList{w: w, list: &control.PressList{}, rows: map[string]*stepRow{}}
	l.box = control.VStack(0).Inset(6, 1, 6, 0).Ground(theme.Paper).Line(control.Right, 1)
	for _, st := range w.def.Steps {
		r := &stepRow{mark: control.NewMark(control.NotStarted, ""), title: control.Body(st.Title), state: control.Words("", 12, false, theme.Muted)}
		r.row = control.NewPressable(l.list, func() {
			w.open(st.ID)
			w.Focus()
		}, control.HStack(10, r.mark, control.Grow(120, control.VStack(0, r.title, r.state))).AlignTop())
		r.row.Inset(5, 12, 5, 14)
		if st.ID == checkStep {
			r.row.Inset(9, 12, 7, 14)
			r.row.Line(control.Top, 1)
		}
		r.row.Bar(theme.Paper)
		l.rows[st.ID] = r
		l.box.Add(r.row)
	}
	l.page = control.Scroll(l.box)
	return l
}

func missing(n int) string {
	if n == 1 {
		return "1 answer missing"
	}
	return fmt.Sprintf("%d answers missing", n)
}

func (l *stepList) update() {
	release := l.page.Hold()
	defer release()
	ready, asked := 0, 0
	for _, s := range l.w.progress {
		if s.Relevant && s.Step != checkStep {
			asked++
			if s.State == forms.StepDone {
				ready++
			}
		}
	}
	for _, s := range l.w.progress {
		r := l.rows[s.Step]
		control.Reveal(r.row, s.Relevant)
		here := s.Step == l.w.now
		mark, count, words := control.NotStarted, "", "Not started"
		switch s.State {
		case forms.StepDone:
			mark, words = control.Done, "Done"
		case forms.StepGaps:
			mark, count, words = control.Gaps, fmt.Sprint(s.Missing), missing(s.Missing)
			if s.Missing > 9 {
				count = "9+"
			}
		case forms.StepAttention:
			mark, words = control.Attention, "Needs attention"
		}
		if s.Step == checkStep {
			words = fmt.Sprintf("%d of %d steps ready", ready, asked)
		}
		if here {
			mark, count = control.Here, ""
			if s.Step != checkStep {
				words = "You are here"
			}
		}
		r.mark.Set(mark, count)
		r.state.SetText(words)
		r.title.SetStrong(here)
		r.row.SetChosen(here)
		bar := theme.Paper
		if here {
			bar = theme.Blue
		}
		r.row.SetBar(bar)
		if here && l.shown != s.Step {
			l.shown = s.Step
			defer l.page.Bring(r.row)
		}
	}
}
