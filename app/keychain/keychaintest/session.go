//go:build linux

// Package keychaintest gives a test the real keychain of Linux: a D-Bus session of its own with GNOME Keyring in it, in a
// home that is thrown away. Only tests import it.
//
// Contract: call Main from TestMain. The test binary runs itself again inside dbus-run-session; the machine's own session
// and keychain are never touched. dbus and gnome-keyring must be installed (make test does it).
package keychaintest

// What may change here: how the session and its keychain are started.

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/zalando/go-keyring"

	"cmc/app/keychain"
)

const inside = "CMC_TEST_KEYCHAIN"

// Password unlocks the keychain of the test session.
const Password = "invented"

// Main runs m with a real, unlocked keychain, and gives the exit code.
func Main(m *testing.M) int {
	if os.Getenv(inside) != "" {
		stop, err := Start(os.Getenv("HOME"), true)
		if err != nil {
			fmt.Fprintln(os.Stderr, "the test keychain did not start:", err)
			return 1
		}
		defer stop()
		return m.Run()
	}
	home, err := os.MkdirTemp("", "cmc-keychain-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(home)
	return exitCode(InSession(context.Background(), home, os.Args[1:], append(goPlaces(), inside+"=1")...))
}

// goPlaces keeps Go's own folders where they are while the home is another one, for tests that build a program.
func goPlaces() []string {
	names := []string{"GOCACHE", "GOPATH", "GOENV"}
	out, err := exec.Command("go", append([]string{"env"}, names...)...).Output()
	if err != nil {
		return nil // no Go here: then nothing is built either
	}
	var env []string
	for i, value := range strings.Split(strings.TrimRight(string(out), "\n"), "\n") {
		if i < len(names) && value != "" {
			env = append(env, names[i]+"="+value)
		}
	}
	return env
}

// Empty takes everything that this program has put into the test's keychain out of it. It needs Main.
func Empty(t testing.TB) {
	t.Helper()
	if os.Getenv(inside) == "" {
		t.Fatal("this is not the keychain of a test: call keychaintest.Main from TestMain")
	}
	if err := keyring.DeleteAll(keychain.Service); err != nil && !errors.Is(err, keyring.ErrNotFound) {
		t.Fatal(err)
	}
}

// InSession runs this test binary again inside a D-Bus session of its own, with home as its home and no keychain yet. Its
// output goes where this one's goes.
func InSession(ctx context.Context, home string, args []string, env ...string) error {
	return inSession(ctx, home, nil, args, env)
}

// InRefusingSession does what InSession does, on a bus that lets nobody put anything into the keychain: as a rule of an organisation
// may have it.
func InRefusingSession(ctx context.Context, home string, args []string, env ...string) error {
	rule := filepath.Join(home, "refusing.conf")
	words := `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><include>/usr/share/dbus-1/session.conf</include>
<policy context="mandatory"><deny send_interface="org.freedesktop.Secret.Collection" send_member="CreateItem"/></policy></busconfig>`
	if err := os.WriteFile(rule, []byte(words), 0o600); err != nil {
		return err
	}
	return inSession(ctx, home, []string{"--config-file=" + rule}, args, env)
}

func inSession(ctx context.Context, home string, bus, args, env []string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	command := exec.CommandContext(ctx, "dbus-run-session", append(append(bus, "--", self), args...)...)
	command.Env = append(Clean(os.Environ()), "HOME="+home, "XDG_DATA_HOME="+filepath.Join(home, "data"), "XDG_RUNTIME_DIR="+home,
		"XDG_CONFIG_HOME="+filepath.Join(home, "config"), "XDG_CACHE_HOME="+filepath.Join(home, "cache"))
	command.Env = append(command.Env, env...)
	command.Stdin, command.Stdout, command.Stderr = os.Stdin, os.Stdout, os.Stderr
	return command.Run()
}

// Clean takes what leads to the machine's own session out of an environment.
func Clean(env []string) []string {
	var out []string
	for _, one := range env {
		name, _, _ := strings.Cut(one, "=")
		switch name {
		case "DBUS_SESSION_BUS_ADDRESS", "GNOME_KEYRING_CONTROL", "SSH_AUTH_SOCK", "DISPLAY", "WAYLAND_DISPLAY", inside,
			"HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME":
			continue
		}
		out = append(out, one)
	}
	return out
}

// running is the keychain that Start started last.
var running *os.Process

// Pause has the keychain of this session answer nothing until GoOn, as one that waits for somebody to type its password.
func Pause() error { return running.Signal(syscall.SIGSTOP) }

// GoOn has it answer again, also what was asked meanwhile.
func GoOn() error { return running.Signal(syscall.SIGCONT) }

// Start starts GNOME Keyring in this session, with its files under home; unlocked also opens (and the first time makes) the
// login keyring. stop ends it.
func Start(home string, unlocked bool) (stop func(), err error) {
	for _, dir := range []string{"data/keyrings", "config", "cache"} {
		if err := os.MkdirAll(filepath.Join(home, dir), 0o700); err != nil {
			return nil, err
		}
	}
	args := []string{"--foreground", "--components=secrets"}
	if unlocked {
		args = append(args, "--unlock")
	}
	daemon := exec.Command("gnome-keyring-daemon", args...)
	daemon.Stdin = strings.NewReader(Password)
	if err := daemon.Start(); err != nil {
		return nil, err
	}
	running = daemon.Process
	stop = func() {
		_ = daemon.Process.Kill()
		_, _ = daemon.Process.Wait()
	}
	if err := owned(10 * time.Second); err != nil {
		stop()
		return nil, err
	}
	return stop, nil
}

func exitCode(err error) int {
	if err == nil {
		return 0
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode()
	}
	fmt.Fprintln(os.Stderr, err)
	return 1
}
