//go:build linux

// Package winetest makes a Windows out of Wine for a test, and throws it away. Wine does for a Windows program what Windows does; two
// functions that Debian's Wine 8 lacks or only pretends to have are mended in the copy that is made here, and nowhere else.
//
// Contract: a test that cannot have its Windows fails. It is never skipped.
package winetest

// What may change here: how the Windows is made, and what of Wine's has to be mended for it.

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A Computer is one Windows.
type Computer struct {
	t      testing.TB
	wine   string
	system string // its system folder, as this side sees it

	Disk string   // its disk C:, as this side sees it
	Env  []string // of what runs there
}

// New makes a Windows in a folder that is thrown away. display is the X display that it shows its windows on, "": it shows nothing.
func New(t testing.TB, display string) *Computer {
	t.Helper()
	dir := t.TempDir()
	c := &Computer{t: t, wine: tool(t, "wine64"), Disk: filepath.Join(dir, "drive_c"), system: filepath.Join(dir, "drive_c", "windows", "system32")}
	for _, setting := range os.Environ() {
		if name, _, _ := strings.Cut(setting, "="); !strings.HasPrefix(name, "WINE") && name != "DISPLAY" && name != "WAYLAND_DISPLAY" {
			c.Env = append(c.Env, setting)
		}
	}
	c.Env = append(c.Env, "WINEPREFIX="+dir, "WINEDEBUG=-all", "WINEDLLOVERRIDES=mscoree=;mshtml=;winemenubuilder.exe=;kernelbase=n,b")
	if display != "" {
		c.Env = append(c.Env, "DISPLAY="+display)
	}
	server := tool(t, "wineserver64")
	var stays *exec.Cmd
	t.Cleanup(func() { // before the folder goes
		if stays != nil && stays.Process != nil {
			_ = stays.Process.Kill()
			_ = stays.Wait()
		}
		if out, err := c.Other(context.Background(), server, "-k", "-w").CombinedOutput(); err != nil {
			t.Logf("ending Wine: %v %s", err, out)
		}
	})
	c.Do("wineboot", "-i")
	stays = c.Other(t.Context(), c.wine, "cmd") // while nobody types: without a program, Wine ends, and starts again slowly
	if _, err := stays.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := stays.Start(); err != nil {
		t.Fatal(err)
	}
	c.random()
	c.memory()
	return c
}

// tool finds a program of Wine, which Debian keeps out of the path when wine64 is installed alone.
func tool(t testing.TB, name string) string {
	t.Helper()
	for _, place := range []string{name, "/usr/lib/wine/" + name} {
		if path, err := exec.LookPath(place); err == nil {
			return path
		}
	}
	t.Fatalf("%s is needed (.ci/need test installs it)", name)
	return ""
}

// Other prepares a program of this side that belongs to Wine.
func (c *Computer) Other(ctx context.Context, name string, args ...string) *exec.Cmd {
	command := exec.CommandContext(ctx, name, args...)
	command.Env = c.Env
	return command
}

// Program prepares a program of Windows, with its arguments.
func (c *Computer) Program(ctx context.Context, args ...string) *exec.Cmd {
	return c.Other(ctx, c.wine, args...)
}

// Do runs a program of Windows to its end, and gives what it wrote. A program that fails, fails the test.
func (c *Computer) Do(args ...string) string {
	c.t.Helper()
	out, err := Output(c.t, c.Program(c.t.Context(), args...))
	if err != nil {
		c.t.Fatalf("%v: %v\n%s", args, err, out)
	}
	return string(out)
}

// Output runs a program and gives what it wrote. It goes through a file: services of Wine's that it starts keep a pipe open
// for long after its end.
func Output(t testing.TB, command *exec.Cmd) ([]byte, error) {
	t.Helper()
	file, err := os.Create(filepath.Join(t.TempDir(), "output"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	command.Stdout, command.Stderr = file, file
	failed := command.Run()
	out, err := os.ReadFile(file.Name())
	if err != nil {
		t.Fatal(err)
	}
	return out, failed
}

// random gives Windows its source of random bytes where Wine has none yet (before Wine 9), under the name by which Go's
// programs ask for it. It is a library of one name that leads to an older function of Windows.
func (c *Computer) random() {
	c.t.Helper()
	library := filepath.Join(c.system, "bcryptprimitives.dll")
	if _, err := os.Stat(library); err == nil {
		return
	}
	dir := c.t.TempDir()
	names := filepath.Join(dir, "names.def")
	if err := os.WriteFile(names, []byte("LIBRARY bcryptprimitives.dll\nEXPORTS\n ProcessPrng = advapi32.SystemFunction036\n"), 0o600); err != nil {
		c.t.Fatal(err)
	}
	nothing := filepath.Join(dir, "nothing.o")
	assemble := exec.CommandContext(c.t.Context(), "x86_64-w64-mingw32-as", "-o", nothing, "-")
	if out, err := assemble.CombinedOutput(); err != nil {
		c.t.Fatalf("%v (.ci/need test installs it)\n%s", err, out)
	}
	if out, err := exec.CommandContext(c.t.Context(), "x86_64-w64-mingw32-ld", "-shared", "--entry=0", "-o", library, nothing, names).CombinedOutput(); err != nil {
		c.t.Fatalf("%v\n%s", err, out)
	}
}

// memory takes a function from Windows that Wine has by name only (before Wine 9): the database asks for it, believes that there are
// placeholders in its memory, and finds none. Without the name it does what it does on a Windows before 10.
func (c *Computer) memory() {
	c.t.Helper()
	path := filepath.Join(c.system, "kernelbase.dll")
	library, err := os.ReadFile(path)
	if err != nil {
		c.t.Fatal(err)
	}
	name, mark := []byte("\x00MapViewOfFile3\x00"), []byte("Wine builtin DLL")
	if !bytes.Contains(library, name) || !bytes.Contains(library, mark) {
		return
	}
	library = bytes.ReplaceAll(library, name, []byte("\x00MapViewOfFile9\x00")) // in the same place of the alphabet
	library = bytes.Replace(library, mark, []byte("Mended for tests"), 1)       // it is loaded from the disk then
	if err := os.Remove(path); err != nil {                                     // it may be a link to Wine's own
		c.t.Fatal(err)
	}
	if err := os.WriteFile(path, library, 0o644); err != nil {
		c.t.Fatal(err)
	}
}
