package screens

// What may change here: how the way to the service is set and tried: its address, and what a network may want besides.

import (
	"context"
	"errors"
	"strings"

	"fyne.io/fyne/v2"

	"cmc/api"
	"cmc/app"
	"cmc/ui/control"
)

// ShowConnection asks for the address of the service, and for the proxy and the authority of the network where they are wanted.
// changed is called when another way was set.
func ShowConnection(d Deps, changed func()) {
	route := d.Desk.Route()
	box := control.NewInput("Address of the service", "It starts with https:// and comes from your organisation.")
	if !d.Desk.Training() {
		route.Address = d.Desk.Address()
	}
	box.SetText(route.Address)
	fixed := d.Desk.AddressFixed()
	if fixed {
		box.SetHint("Your organisation has settled it for this computer.")
		box.Disable()
	}
	own, script := d.Desk.ComputersProxy()
	hint := "Leave it empty for the one that this computer names: there is none now. \"none\" goes without."
	switch {
	case own != "":
		hint = "Leave it empty for the one that this computer names: " + own + ". \"none\" goes without."
	case script:
		hint = "Leave it empty for the one that Windows finds here with its script. \"none\" goes without."
	}
	through := control.NewInput("Proxy", hint)
	through.SetText(route.Proxy)
	name := control.NewInput("User name for the proxy", "Only where the proxy wants one; DOMAIN\\name for an account of Windows. Leave both empty to use what is kept, or on Windows your own.")
	password := control.NewPassword("Password for the proxy", "It is kept in this computer's keychain.")
	authority := control.NewInput("Certificate authority", "The file (PEM) of your network's own authority, where it has one that this computer does not know.")
	authority.SetText(route.Authority)
	var forget func()
	forgotten := control.Body("") // beside what was pressed: the address may be out of sight
	forgotten.Hide()
	more := control.VStack(14, through, name, password, control.NewLink("Forget the name and the password that are kept for this proxy", func() { forget() }), forgotten, authority)
	if route.Proxy == "" && route.Authority == "" {
		more.Hide()
	}
	link := control.NewLink("Proxy and certificate authority", func() {
		control.Reveal(more, !more.Visible())
		d.Say.Relayout()
	})
	said := control.Body("")
	said.Hide()
	say := func(words string) {
		said.SetText(words)
		control.Reveal(said, words != "")
		d.Say.Relayout()
	}
	fail := func(err error) {
		e := app.Explain(err)
		if e.Cancelled {
			return
		}
		at, inMore := atFault(err, box, through, name, authority)
		if inMore {
			control.Reveal(more, true)
		}
		at.SetError(strings.TrimSpace(e.What + " " + e.Do))
		d.Say.Relayout()
		at.Focus()
	}
	typed := func() app.Route {
		return app.Route{Address: strings.TrimSpace(box.Text()), Proxy: strings.TrimSpace(through.Text()), Authority: strings.TrimSpace(authority.Text()),
			Name: strings.TrimSpace(name.Text()), Password: password.Text()}
	}
	forget = func() {
		r := typed()
		tell := func(words string) {
			forgotten.SetText(words)
			control.Reveal(forgotten, words != "")
			d.Say.Relayout()
		}
		through.SetError("")
		tell("")
		var from string
		var had bool
		d.Work("Forgetting the name and the password...", func(ctx context.Context) (err error) {
			from, had, err = d.Desk.ForgetProxyAccount(ctx, r)
			return err
		}, func(err error) {
			if err != nil {
				fail(err)
				return
			}
			name.SetText("")
			password.SetText("")
			if had {
				tell("● The name and the password for " + from + " are forgotten.")
				return
			}
			tell("● No name and no password are kept for " + from + ".")
		})
	}
	var test *control.Button
	try := func(then func(app.Route, api.ServiceInfo)) {
		r := typed()
		for _, in := range []*control.Input{box, through, name, authority} {
			in.SetError("")
		}
		if r.Address == "" {
			box.SetError("Type the address.")
			d.Say.Relayout()
			box.Focus()
			return
		}
		test.SetBusy("Trying...")
		say("")
		var info api.ServiceInfo
		d.Work("Trying the connection...", func(ctx context.Context) (err error) {
			info, err = d.Desk.TryRoute(ctx, r)
			return err
		}, func(err error) {
			test.Ready()
			if err != nil {
				fail(err)
				return
			}
			then(r, info)
		})
	}
	words := func(info api.ServiceInfo) string {
		w := "● Connected to " + info.Name + ", version " + info.Version + "."
		if info.Training {
			w += " It is for training: its patients are invented."
		}
		return w
	}
	show := func(string) {
		try(func(_ app.Route, info api.ServiceInfo) {
			say(words(info))
			if more.Visible() { // the answer stands beside the address, which may be out of sight
				box.Focus()
			}
		})
	}
	test = control.Secondary("Test", func() { show("") })
	var shut func()
	useWords, first := "Use this address", box.Focusable()
	if fixed {
		useWords, first = "Use this connection", test
	}
	use := control.Primary(useWords, func() {
		try(func(r app.Route, info api.ServiceInfo) {
			var notice string
			d.Work("Changing the service...", func(ctx context.Context) (err error) {
				notice, err = d.Desk.SetRoute(ctx, r)
				return err
			}, func(err error) {
				if err != nil {
					fail(err)
					return
				}
				shut()
				d.Service(info)
				changed()
				if notice != "" {
					d.Say.Notice("About this computer\n" + notice)
				}
			})
		})
	})
	for _, in := range []*control.Input{box, through, name, password, authority} {
		in.OnSubmit = show
	}
	stay := control.Secondary("Close", func() { shut() })
	body := []fyne.CanvasObject{control.Body("All plans live in one central service. This program finds it at the address below."), box, said, link, more,
		control.Small("In the record of who read which plan, this computer is called " + d.Desk.Workstation() + ".")}
	shut = d.Say.Custom("Connection", control.VStack(14, body...), 640, first, nil, stay, test, use)
}

// atFault is the box that a failure is about; inMore says that it is one of those that are not always shown.
func atFault(err error, address, through, name, authority *control.Input) (at *control.Input, inMore bool) {
	var u *api.Unreachable
	switch {
	case errors.Is(err, app.ErrNoAuthority), errors.Is(err, app.ErrBadAuthority):
		return authority, true
	case errors.Is(err, app.ErrNoProxyHere), app.IsBadProxy(err):
		return through, true
	case !errors.As(err, &u):
		return address, false
	case u.Hop == api.HopProxyAuth:
		return name, true
	case u.Hop == api.HopProxy, u.Hop == api.HopProxyScheme, u.Hop == api.HopProxyNo:
		return through, true
	}
	return address, false
}
