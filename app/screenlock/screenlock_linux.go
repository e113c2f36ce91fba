package screenlock

// What may change here: which signals of a Linux desktop count.

import (
	"context"
	"errors"
	"os"

	"github.com/godbus/dbus/v5"
)

const (
	login    = "org.freedesktop.login1"
	loginAt  = "/org/freedesktop/login1"
	session  = login + ".Session"
	getProps = "org.freedesktop.DBus.Properties"
)

// savers are the screen savers that say ActiveChanged(true).
var savers = []string{"org.freedesktop.ScreenSaver", "org.gnome.ScreenSaver", "org.cinnamon.ScreenSaver", "org.mate.ScreenSaver"}

// Watch listens on both buses. It returns when ctx ends, or at once with ErrSilent where there is neither.
func Watch(ctx context.Context, away func()) error {
	system := listen(ctx, dbus.ConnectSystemBus, listenToLogin)
	session := listen(ctx, dbus.ConnectSessionBus, listenToSavers)
	for system != nil || session != nil {
		var signal *dbus.Signal
		var open bool
		select {
		case <-ctx.Done():
			return nil
		case signal, open = <-system:
			if !open { // the bus has gone
				system = nil
			}
		case signal, open = <-session:
			if !open {
				session = nil
			}
		}
		if hides(signal) {
			away()
		}
	}
	if ctx.Err() != nil {
		return nil
	}
	return ErrSilent
}

// listen gives the signals of one bus until ctx ends, or nil where there is no such bus.
func listen(ctx context.Context, connect func(...dbus.ConnOption) (*dbus.Conn, error), ask func(*dbus.Conn) error) <-chan *dbus.Signal {
	bus, err := connect(dbus.WithContext(ctx)) // which closes it, and with it the channel
	if err != nil {
		return nil
	}
	if err := ask(bus); err != nil {
		_ = bus.Close()
		return nil
	}
	signals := make(chan *dbus.Signal, 64)
	bus.Signal(signals)
	return signals
}

func listenToSavers(bus *dbus.Conn) (err error) {
	for _, saver := range savers {
		err = errors.Join(err, bus.AddMatchSignal(dbus.WithMatchInterface(saver), dbus.WithMatchMember("ActiveChanged")))
	}
	return err
}

// listenToLogin asks login1 for what concerns this session.
func listenToLogin(bus *dbus.Conn) error {
	where := dbus.WithMatchPathNamespace(loginAt) // every session of the computer: hiding once too often harms nobody
	if path := ownSession(bus); path != "" {
		where = dbus.WithMatchObjectPath(path)
	}
	return errors.Join(
		bus.AddMatchSignal(where, dbus.WithMatchInterface(session), dbus.WithMatchMember("Lock")),
		bus.AddMatchSignal(where, dbus.WithMatchInterface(getProps), dbus.WithMatchMember("PropertiesChanged"), dbus.WithMatchArg(0, session)),
		bus.AddMatchSignal(dbus.WithMatchObjectPath(loginAt), dbus.WithMatchInterface(login+".Manager"), dbus.WithMatchMember("PrepareForSleep")),
	)
}

// ownSession is the session that this program is shown in: by name, or as the user's display; "" when login1 knows neither.
func ownSession(bus *dbus.Conn) dbus.ObjectPath {
	var path dbus.ObjectPath
	manager := bus.Object(login, loginAt)
	if id := os.Getenv("XDG_SESSION_ID"); id != "" && manager.Call(login+".Manager.GetSession", 0, id).Store(&path) == nil {
		return path
	}
	if manager.Call(login+".Manager.GetUser", 0, uint32(os.Getuid())).Store(&path) != nil {
		return ""
	}
	display, err := bus.Object(login, path).GetProperty(login + ".User.Display")
	if err != nil {
		return ""
	}
	var of struct {
		ID   string
		Path dbus.ObjectPath
	}
	if display.Store(&of) != nil || of.ID == "" {
		return ""
	}
	return of.Path
}

// hides says whether a signal means that nobody may see the screen's windows.
func hides(signal *dbus.Signal) bool {
	if signal == nil {
		return false
	}
	yes := func(i int) bool {
		if len(signal.Body) <= i {
			return false
		}
		on, ok := signal.Body[i].(bool)
		return ok && on
	}
	switch signal.Name {
	case session + ".Lock":
		return true
	case login + ".Manager.PrepareForSleep":
		return yes(0)
	case getProps + ".PropertiesChanged":
		if len(signal.Body) < 2 {
			return false
		}
		changed, _ := signal.Body[1].(map[string]dbus.Variant)
		locked, _ := changed["LockedHint"].Value().(bool)
		return locked
	}
	for _, saver := range savers {
		if signal.Name == saver+".ActiveChanged" {
			return yes(0)
		}
	}
	return false
}
