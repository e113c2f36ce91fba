package app

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cmc/api"
)

func TestSettingsAreSoundAndSurvive(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "profile")
	open := func() *Desk {
		d, err := New(Params{ProfileDir: dir})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = d.Close() })
		return d
	}
	d := open()
	if got := d.Settings(); got != (Settings{TextSize: 100, Theme: "light"}) {
		t.Fatalf("fresh settings %+v", got)
	}
	if err := d.SaveSettings(Settings{Address: "https://cmc.example.nhs.uk", TextSize: 900, Theme: "dark"}); err != nil {
		t.Fatal(err)
	}
	if got := open().Settings(); got != (Settings{Address: "https://cmc.example.nhs.uk", TextSize: 200, Theme: "dark"}) {
		t.Fatalf("read back %+v", got)
	}
	for path, want := range map[string]os.FileMode{dir: 0o700, filepath.Join(dir, "settings.json"): 0o600} {
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%s is %v, %v", path, info.Mode(), err)
		}
	}
	for _, broken := range []string{"", "{", `{"text_size": "big"}`, strings.Repeat("[", 100000)} {
		if err := os.WriteFile(filepath.Join(dir, "settings.json"), []byte(broken), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := open().Settings(); got.TextSize != 100 || got.Theme != "light" {
			t.Errorf("broken settings %.10q gave %+v", broken, got)
		}
	}
}

// A computer has one name in the service's audit, from its first start on, whatever else is changed; it is drawn, and drawn again only
// where the one that was kept is none.
func TestTheComputerKeepsItsName(t *testing.T) {
	dir := t.TempDir()
	start := func() string {
		d, err := New(Params{ProfileDir: dir})
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		return d.Workstation()
	}
	first := start()
	if !api.IsWorkstation(first) {
		t.Fatalf("the name is %q", first)
	}
	d, err := New(Params{ProfileDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(d.SaveSettings(Settings{TextSize: 150}), d.Close()); err != nil {
		t.Fatal(err)
	}
	if again := start(); again != first {
		t.Errorf("the name was %s and is %s", first, again)
	}
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "settings.json"), []byte(`{"workstation": "`+host+`"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if other := start(); !api.IsWorkstation(other) || other == first || start() != other {
		t.Errorf("after a name that is none: %q", other)
	}
}

// A profile that cannot be used at all is told by what cannot be kept, not by a program that does not start.
func TestAProfileThatCannotBeUsed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := New(Params{ProfileDir: filepath.Join(file, "profile")})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := d.SaveSettings(Settings{TextSize: 150}); err == nil || Explain(err).Do == "" {
		t.Fatalf("saving said %v", err)
	}
	if d.Settings().TextSize != 150 {
		t.Fatal("settings that could not be written are not in use")
	}
	if _, err := New(Params{}); err == nil {
		t.Fatal("a desk without a profile folder was made")
	}
}

// What a crash left of a page is removed at the next start.
func TestPagesOfACrashAreRemoved(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "paper"), 0o700); err != nil {
		t.Fatal(err)
	}
	page := filepath.Join(dir, "paper", "ABC.pdf")
	if err := os.WriteFile(page, []byte("%PDF-"), 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := New(Params{ProfileDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, err := os.Stat(page); err == nil {
		t.Fatal("the page is still there")
	}
}
