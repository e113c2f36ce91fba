package screens

// What may change here: the settings of this computer. None of them is clinical.

import (
	"context"
	"strconv"

	"fyne.io/fyne/v2"

	"cmc/app"
	"cmc/ui/control"
)

// Settings are text size, light or dark, and the address of the service.
type Settings struct {
	d    Deps
	page *control.Page
	size *control.Radio
}

// NewSettings makes the page.
func NewSettings(d Deps) *Settings {
	s := &Settings{d: d}
	now := d.Desk.Settings()
	keep := func(change func(*app.Settings)) {
		next := d.Desk.Settings()
		change(&next)
		d.Work("Keeping the setting...", func(context.Context) error { return d.Desk.SaveSettings(next) }, func(err error) {
			d.Say.Error(err)
			d.Appearance(next)
		})
	}
	var sizes []control.Option
	for _, n := range []int{100, 125, 150, 200} {
		sizes = append(sizes, control.Option{ID: strconv.Itoa(n), Label: strconv.Itoa(n) + " %"})
	}
	s.size = control.NewRadio(sizes, func(id string) {
		n, err := strconv.Atoi(id)
		if err == nil {
			keep(func(x *app.Settings) { x.TextSize = n })
		}
	})
	s.size.Choose(strconv.Itoa(now.TextSize))
	themes := control.NewRadio([]control.Option{{ID: "light", Label: "Light"}, {ID: "dark", Label: "Dark"}}, func(id string) {
		keep(func(x *app.Settings) { x.Theme = id })
	})
	themes.Choose(now.Theme)
	service := control.Secondary("Connection...", func() { ShowConnection(d, d.SignOut) })
	body := control.VStack(14, control.Title("Settings"),
		control.Card("Size of the text", s.size), control.Card("Light or dark", themes),
		control.Card("The service", control.Body("The address of the central service. Changing it signs you out."), control.HStack(0, service)),
		control.Small("Version "+d.Version)).Inset(20, 28, 28, 28).AtMost(680)
	s.page = control.Scroll(body)
	return s
}

// Object is what is drawn.
func (s *Settings) Object() fyne.CanvasObject { return s.page }

// Focus goes to the first setting.
func (s *Settings) Focus() { s.d.Window.Canvas().Focus(s.size) }

// Help says what the page is for.
func (s *Settings) Help() []string {
	return []string{"Settings belong to this computer and this account of it. They hold nothing about patients."}
}

// Close ends the page.
func (s *Settings) Close() {}
