//go:build linux

package keychaintest

import (
	"errors"
	"time"

	"github.com/godbus/dbus/v5"
)

const secrets = "org.freedesktop.secrets"

// owned waits until the Secret Service has its name on the bus.
func owned(limit time.Duration) error {
	bus, err := dbus.ConnectSessionBus()
	if err != nil {
		return err
	}
	defer bus.Close()
	if err := bus.AddMatchSignal(dbus.WithMatchInterface("org.freedesktop.DBus"), dbus.WithMatchMember("NameOwnerChanged")); err != nil {
		return err
	}
	changes := make(chan *dbus.Signal, 16)
	bus.Signal(changes)
	var has bool
	if err := bus.BusObject().Call("org.freedesktop.DBus.NameHasOwner", 0, secrets).Store(&has); err != nil {
		return err
	}
	late := time.After(limit)
	for !has {
		select {
		case change := <-changes:
			has = len(change.Body) == 3 && change.Body[0] == secrets && change.Body[2] != ""
		case <-late:
			return errors.New("no Secret Service came up on the bus")
		}
	}
	return nil
}
