package screenlock_test

import (
	"context"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"cmc/app/screenlock"
)

const inside = "CMC_TEST_BUS"

// TestMain runs the tests inside a D-Bus session of their own, which stands for the system's bus too: the machine's own is never
// touched.
func TestMain(m *testing.M) {
	if os.Getenv(inside) != "" {
		if err := os.Setenv("DBUS_SYSTEM_BUS_ADDRESS", os.Getenv("DBUS_SESSION_BUS_ADDRESS")); err != nil {
			os.Exit(1)
		}
		os.Exit(m.Run())
	}
	self, err := os.Executable()
	if err != nil {
		os.Exit(1)
	}
	command := exec.Command("dbus-run-session", append([]string{"--", self}, os.Args[1:]...)...)
	command.Env = append(os.Environ(), inside+"=1")
	command.Stdout, command.Stderr = os.Stdout, os.Stderr
	if err := command.Run(); err != nil {
		os.Exit(1)
	}
}

// A system bus with login1 on it, and a session bus with a screen saver: each tells in its own words, over the real bus.
func TestWhatADesktopTells(t *testing.T) {
	bus, err := dbus.ConnectSessionBus()
	if err != nil {
		t.Fatal(err)
	}
	defer bus.Close()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	told := make(chan struct{}, 16)
	go func() { ended <- screenlock.Watch(ctx, func() { told <- struct{}{} }) }()
	one := dbus.ObjectPath("/org/freedesktop/login1/session/_31")
	manager := dbus.ObjectPath("/org/freedesktop/login1")
	props := "org.freedesktop.DBus.Properties.PropertiesChanged"
	hint := func(on bool) []any {
		return []any{"org.freedesktop.login1.Session", map[string]dbus.Variant{"LockedHint": dbus.MakeVariant(on)}, []string{}}
	}
	type signal struct {
		what string
		path dbus.ObjectPath
		name string
		body []any
		want bool
	}
	signals := []signal{
		{"loginctl lock-session", one, "org.freedesktop.login1.Session.Lock", nil, true},
		{"locked", one, props, hint(true), true},
		{"unlocked", one, props, hint(false), false},
		{"the computer goes to sleep", manager, "org.freedesktop.login1.Manager.PrepareForSleep", []any{true}, true},
		{"and wakes", manager, "org.freedesktop.login1.Manager.PrepareForSleep", []any{false}, false},
		{"the screen saver comes", "/org/freedesktop/ScreenSaver", "org.freedesktop.ScreenSaver.ActiveChanged", []any{true}, true},
		{"and goes", "/org/freedesktop/ScreenSaver", "org.freedesktop.ScreenSaver.ActiveChanged", []any{false}, false},
		{"GNOME's", "/org/gnome/ScreenSaver", "org.gnome.ScreenSaver.ActiveChanged", []any{true}, true},
		{"nonsense", "/org/gnome/ScreenSaver", "org.gnome.ScreenSaver.ActiveChanged", []any{"yes"}, false},
	}
	emit := func(s signal) {
		t.Helper()
		if err := bus.Emit(s.path, s.name, s.body...); err != nil {
			t.Fatal(err)
		}
	}
	for listening := false; !listening; { // until the watch has its ears open
		emit(signals[0])
		select {
		case <-told:
			listening = true
		case err := <-ended:
			t.Fatal(err)
		case <-time.After(50 * time.Millisecond):
		}
	}
	last := signal{"the end of the list", one, "org.freedesktop.login1.Session.Lock", nil, true}
	drain := func() { // what was emitted before has been heard when this has
		for {
			select {
			case <-told:
			default:
				return
			}
		}
	}
	time.Sleep(200 * time.Millisecond)
	drain()
	for _, s := range signals {
		emit(s)
		emit(last)
		want := 1
		if s.want {
			want = 2
		}
		// This one bus stands for both: what both connections match is told once on each.
		got := 0
		for late := time.After(10 * time.Second); got < want; got++ {
			select {
			case <-told:
			case <-late:
				t.Fatalf("%s was not heard", s.what)
			}
		}
		select {
		case <-told:
			t.Fatalf("%s: heard too often", s.what)
		case <-time.After(50 * time.Millisecond):
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
}

// No bus at all: it says so and the caller goes on without.
func TestNoBusAtAll(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/at/all")
	t.Setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nowhere/at/all")
	if err := screenlock.Watch(t.Context(), func() { t.Error("told of nothing") }); err != screenlock.ErrSilent {
		t.Fatal(err)
	}
}
