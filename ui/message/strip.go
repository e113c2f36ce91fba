package message

// What may change here: how the program says what it is doing while a person waits.

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"cmc/ui/control"
	"cmc/ui/theme"
)

// How long a person waits before the program says what it is doing, and before it offers to stop.
const (
	wordsAfter  = time.Second
	cancelAfter = 5 * time.Second
)

// Working says what the program is doing, once it takes more than a second, and offers to stop it after five. Call the
// function returned when the work has ended. Both are for the drawing thread.
func (s *Sayer) Working(words string, cancel func()) (ended func()) {
	j := &job{words: words, cancel: cancel}
	s.strip.jobs = append(s.strip.jobs, j)
	tick := func(after time.Duration, stage int) *time.Timer {
		return time.AfterFunc(after, func() {
			fyne.Do(func() {
				if !j.over {
					j.stage = stage
					s.strip.Refresh()
				}
			})
		})
	}
	first, second := tick(wordsAfter, 1), tick(cancelAfter, 2)
	return func() {
		if j.over {
			return
		}
		j.over = true
		first.Stop()
		second.Stop()
		for i, x := range s.strip.jobs {
			if x == j {
				s.strip.jobs = append(s.strip.jobs[:i:i], s.strip.jobs[i+1:]...)
				break
			}
		}
		s.strip.Refresh()
	}
}

// Busy says whether the strip has words up: something has taken more than a second.
func (s *Sayer) Busy() bool { return s.strip.shown() != nil }

type job struct {
	words  string
	cancel func()
	stage  int // 0 silent, 1 words, 2 words and a way to stop
	over   bool
}

// strip lies over the whole window and draws one small bar, low in the middle, with the words of the newest long job. It
// takes no taps but those on its own button.
type strip struct {
	widget.BaseWidget
	jobs []*job
}

func newStrip() *strip {
	s := &strip{}
	s.ExtendBaseWidget(s)
	return s
}

func (s *strip) shown() *job {
	for i := len(s.jobs) - 1; i >= 0; i-- {
		if s.jobs[i].stage > 0 {
			return s.jobs[i]
		}
	}
	return nil
}

// CreateRenderer draws the strip.
func (s *strip) CreateRenderer() fyne.WidgetRenderer {
	r := &stripRenderer{s: s, back: canvas.NewRectangle(theme.Colour(theme.Ink)), text: canvas.NewText("", theme.Colour(theme.Paper))}
	r.back.CornerRadius = 4
	r.stop = control.Secondary("Stop", func() {
		if j := s.shown(); j != nil && j.cancel != nil {
			j.cancel()
		}
	})
	r.Refresh()
	return r
}

type stripRenderer struct {
	s    *strip
	back *canvas.Rectangle
	text *canvas.Text
	stop *control.Button
}

func (r *stripRenderer) MinSize() fyne.Size { return fyne.NewSize(0, 0) }

func (r *stripRenderer) Layout(size fyne.Size) {
	m, b := r.text.MinSize(), r.stop.MinSize()
	w, h := m.Width+theme.S(32), max(m.Height+theme.S(16), theme.S(44))
	if r.stop.Visible() {
		w, h = w+b.Width+theme.S(8), max(h, b.Height+theme.S(12))
	}
	x, y := (size.Width-w)/2, size.Height-h-theme.S(76) // clear of the foot with its buttons
	r.back.Move(fyne.NewPos(x, y))
	r.back.Resize(fyne.NewSize(w, h))
	r.text.Move(fyne.NewPos(x+theme.S(16), y+(h-m.Height)/2))
	r.text.Resize(m)
	r.stop.Move(fyne.NewPos(x+w-b.Width-theme.S(8), y+(h-b.Height)/2))
	r.stop.Resize(b)
}

func (r *stripRenderer) Refresh() {
	j := r.s.shown()
	show := func(o fyne.CanvasObject, on bool) {
		if on {
			o.Show()
		} else {
			o.Hide()
		}
	}
	show(r.back, j != nil)
	show(r.text, j != nil)
	show(r.stop, j != nil && j.stage == 2 && j.cancel != nil)
	if j != nil {
		r.text.Text = j.words
	}
	r.text.TextSize = theme.S(15)
	r.back.FillColor, r.text.Color = theme.Colour(theme.Ink), theme.Colour(theme.Paper)
	r.Layout(r.s.Size())
	canvas.Refresh(r.s)
}

func (r *stripRenderer) Destroy() {}
func (r *stripRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.back, r.text, r.stop}
}
