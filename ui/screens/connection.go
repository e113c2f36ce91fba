package screens

// What may change here: how the address of the service is set and tried.

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"

	"cmc/api"
	"cmc/app"
	"cmc/ui/control"
)

// ShowConnection asks for the address of the service. changed is called when another one was set.
func ShowConnection(d Deps, changed func()) {
	box := control.NewInput("Address of the service", "It starts with https:// and comes from your organisation.")
	if !d.Desk.Training() {
		box.SetText(d.Desk.Address())
	} else {
		box.SetText(d.Desk.Settings().Address)
	}
	said := control.Body("")
	said.Hide()
	say := func(words string) {
		said.SetText(words)
		control.Reveal(said, words != "")
		d.Say.Relayout()
	}
	var test *control.Button
	try := func(then func(api.ServiceInfo)) {
		address := strings.TrimSpace(box.Text())
		box.SetError("")
		if address == "" {
			box.SetError("Type the address.")
			d.Say.Relayout()
			box.Focus()
			return
		}
		test.SetBusy("Trying...")
		say("")
		var info api.ServiceInfo
		d.Work("Trying the connection...", func(ctx context.Context) (err error) {
			info, err = d.Desk.TestConnection(ctx, address)
			return err
		}, func(err error) {
			test.Ready()
			if err != nil {
				e := app.Explain(err)
				if !e.Cancelled {
					box.SetError(strings.TrimSpace(e.What + " " + e.Do))
				}
				d.Say.Relayout()
				box.Focus()
				return
			}
			then(info)
		})
	}
	words := func(info api.ServiceInfo) string {
		w := "● Connected to " + info.Name + ", version " + info.Version + "."
		if info.Training {
			w += " It is for training: its patients are invented."
		}
		return w
	}
	test = control.Secondary("Test", func() { try(func(info api.ServiceInfo) { say(words(info)) }) })
	var shut func()
	use := control.Primary("Use this address", func() {
		try(func(info api.ServiceInfo) {
			address := strings.TrimSpace(box.Text())
			d.Work("Changing the service...", func(context.Context) error { return d.Desk.SetAddress(address) }, func(err error) {
				if err != nil {
					box.SetError(strings.TrimSpace(app.Explain(err).What))
					d.Say.Relayout()
					return
				}
				shut()
				d.Service(info)
				changed()
			})
		})
	})
	box.OnSubmit = func(string) { try(func(info api.ServiceInfo) { say(words(info)) }) }
	stay := control.Secondary("Close", func() { shut() })
	var body []fyne.CanvasObject
	body = append(body, control.Body("All plans live in one central service. This program finds it at the address below."), box, said,
		control.Small("In the record of who read which plan, this computer is called "+d.Desk.Workstation()+"."))
	shut = d.Say.Custom("Connection", control.VStack(14, body...), 640, box.Focusable(), nil, stay, test, use)
}
