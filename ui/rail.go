package ui

// What may change here: which places the rail shows, and in what order. What a person may do is in User.May.

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"cmc/api"
	"cmc/app"
	"cmc/ui/screens"
	"cmc/ui/theme"
)

const railWidth = 212

// railPlace is one place of the rail.
type railPlace struct {
	words, key string
	may        string // in User.May; empty: everybody
	training   bool   // only in training mode
	below      bool   // under the line
	to         app.Place
	help       bool // opens the help instead of a place
}

var railPlaces = []railPlace{
	{words: "My work", may: "work", to: app.Place{Screen: screens.MyWorkScreen}},
	{words: "Find a patient", may: "find", to: app.Place{Screen: screens.FindScreen}},
	{words: "Practice list", may: "practice_list", to: app.Place{Screen: screens.PracticeListScreen}},
	{words: "Reports", may: "reports", to: app.Place{Screen: screens.ReportsScreen}},
	{words: "Training", training: true, to: app.Place{Screen: screens.TrainingScreen}},
	{words: "Settings", below: true, to: app.Place{Screen: screens.SettingsScreen}},
	{words: "Help", key: "F1", below: true, help: true},
}

// rail is the list of places on the left.
type rail struct {
	widget.BaseWidget
	items []*pressed
	spots []railPlace
}

func newRail() *rail {
	r := &rail{}
	r.ExtendBaseWidget(r)
	return r
}

// set fills the rail for a person.
func (r *rail) set(u api.User, training bool, open func(app.Place), help func()) {
	r.items, r.spots = nil, nil
	for _, p := range railPlaces {
		if p.may != "" && !slices.Contains(u.May, p.may) || p.training && !training {
			continue
		}
		do := func() { open(p.to) }
		if p.help {
			do = help
		}
		item := newPressed(p.words, pressedRail, do)
		item.key = p.key
		r.items, r.spots = append(r.items, item), append(r.spots, p)
	}
	r.Refresh()
}

// mark says which place is open.
func (r *rail) mark(screen string) {
	for i, item := range r.items {
		on := r.spots[i].to.Screen == screen && !r.spots[i].help
		if item.on != on {
			item.on = on
			item.Refresh()
		}
	}
}

// CreateRenderer draws the rail.
func (r *rail) CreateRenderer() fyne.WidgetRenderer {
	return &railRenderer{r: r, back: canvas.NewRectangle(theme.Colour(theme.Paper)), edge: canvas.NewRectangle(theme.Colour(theme.Line)), rule: canvas.NewRectangle(theme.Colour(theme.Line))}
}

type railRenderer struct {
	r                *rail
	back, edge, rule *canvas.Rectangle
}

func (d *railRenderer) MinSize() fyne.Size {
	w := theme.S(railWidth)
	if theme.Scale() > 1.2 {
		w = theme.S(170) // large text leaves the page its width
	}
	for _, i := range d.r.items {
		w = max(w, i.MinSize().Width)
	}
	return fyne.NewSize(w, theme.S(120))
}

func (d *railRenderer) Layout(size fyne.Size) {
	place(d.back, 0, 0, size.Width, size.Height)
	place(d.edge, size.Width-1, 0, 1, size.Height)
	y := theme.S(12)
	ruled := false
	d.rule.Hide()
	for i, item := range d.r.items {
		if d.r.spots[i].below && !ruled {
			ruled = true
			d.rule.Show()
			place(d.rule, theme.S(3), y+theme.S(24), size.Width-theme.S(3), 1)
			y += theme.S(32)
		}
		place(item, 0, y, size.Width-1, theme.S(40))
		y += theme.S(40)
	}
}

func (d *railRenderer) Refresh() {
	d.back.FillColor = theme.Colour(theme.Paper)
	d.edge.FillColor, d.rule.FillColor = theme.Colour(theme.Line), theme.Colour(theme.Line)
	d.Layout(d.r.Size())
	canvas.Refresh(d.r)
}

func (d *railRenderer) Destroy() {}
func (d *railRenderer) Objects() []fyne.CanvasObject {
	out := []fyne.CanvasObject{d.back, d.rule, d.edge}
	for _, i := range d.r.items {
		out = append(out, i)
	}
	return out
}
