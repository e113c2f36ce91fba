//go:build linux

// Package onwindows holds the desktop's brain to its promises on Windows: what differs there is built for it and run with
// Wine, which does for a Windows program what Windows does. Real in it: the registry and its verbs for PDF files, the spooler
// (Wine's own, with a real CUPS of the test's behind it), lists of rights, the Credential Manager. Not Microsoft's: a clinic's
// first installation is still to be looked at by a person.
//
// Contract: every test that is meant for Windows is run, on a Windows that is made here and thrown away. None may be skipped.
package onwindows

// What may change here: which packages are run there, and how the Windows is made.

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"cmc/app/printing/printingtest"
)

// A computer is one Windows.
type computer struct {
	t      *testing.T
	wine   string
	system string // its system folder, as this side sees it
	env    []string
}

// newComputer makes a Windows in a folder that is thrown away.
func newComputer(t *testing.T) *computer {
	t.Helper()
	dir := t.TempDir()
	c := &computer{t: t, wine: tool(t, "wine64"), system: filepath.Join(dir, "drive_c", "windows", "system32")}
	for _, setting := range os.Environ() { // no display: nothing here shows anything
		if name, _, _ := strings.Cut(setting, "="); !strings.HasPrefix(name, "WINE") && name != "DISPLAY" && name != "WAYLAND_DISPLAY" {
			c.env = append(c.env, setting)
		}
	}
	c.env = append(c.env, "WINEPREFIX="+dir, "WINEDEBUG=-all", "WINEDLLOVERRIDES=mscoree=;mshtml=;winemenubuilder.exe=")
	server := tool(t, "wineserver64")
	var stays *exec.Cmd
	t.Cleanup(func() { // before the folder goes
		if stays != nil && stays.Process != nil {
			_ = stays.Process.Kill()
			_ = stays.Wait()
		}
		if out, err := c.command(context.Background(), server, "-k", "-w").CombinedOutput(); err != nil {
			t.Logf("ending Wine: %v %s", err, out)
		}
	})
	c.do(c.wine, "wineboot", "-i")
	stays = c.command(t.Context(), c.wine, "cmd") // while nobody types: without a program, Wine ends, and starts again slowly
	if _, err := stays.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := stays.Start(); err != nil {
		t.Fatal(err)
	}
	c.random()
	return c
}

// tool finds a program of Wine, which Debian keeps out of the path when wine64 is installed alone.
func tool(t *testing.T, name string) string {
	t.Helper()
	for _, place := range []string{name, "/usr/lib/wine/" + name} {
		if path, err := exec.LookPath(place); err == nil {
			return path
		}
	}
	t.Fatalf("%s is needed (.ci/need test installs it)", name)
	return ""
}

func (c *computer) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	command := exec.CommandContext(ctx, name, args...)
	command.Env = c.env
	return command
}

func (c *computer) do(name string, args ...string) {
	c.t.Helper()
	if out, err := output(c.t, c.command(c.t.Context(), name, args...)); err != nil {
		c.t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
}

// output runs a program and gives what it wrote. It goes through a file: services of Wine's that it starts keep a pipe open
// for long after its end.
func output(t *testing.T, command *exec.Cmd) ([]byte, error) {
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
func (c *computer) random() {
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

// build cross-builds the tests of a package.
func build(t *testing.T, pkg string) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), filepath.Base(pkg)+".exe")
	command := exec.CommandContext(t.Context(), "go", "test", "-c", "-o", out, pkg)
	command.Env = append(os.Environ(), "GOOS=windows", "GOARCH=amd64", "CGO_ENABLED=0")
	if words, err := command.CombinedOutput(); err != nil {
		t.Fatalf("building %s: %v\n%s", pkg, err, words)
	}
	return out
}

var passed = regexp.MustCompile(`(?m)^--- PASS: (\w+)`)

// run runs the tests of a package there and gives the names of those that passed. One that failed or was skipped fails t.
func (c *computer) run(t *testing.T, program string, args ...string) map[string]bool {
	t.Helper()
	command := c.command(t.Context(), c.wine, append([]string{program, "-test.v", "-test.timeout=5m"}, args...)...)
	command.Env = append(command.Env, "CUPS_SERVER="+os.Getenv("CUPS_SERVER"))
	out, err := output(t, command)
	if err != nil || bytes.Contains(out, []byte("--- SKIP")) {
		t.Fatalf("%v\n%s", err, out)
	}
	names := map[string]bool{}
	for _, match := range passed.FindAllSubmatch(out, -1) {
		names[string(match[1])] = true
	}
	return names
}

// want fails t when one of the tests did not run: a name that has changed must not take a promise with it.
func want(t *testing.T, ran map[string]bool, names ...string) {
	t.Helper()
	for _, name := range names {
		if !ran[name] {
			t.Errorf("%s did not run", name)
		}
	}
}

func TestOnWindows(t *testing.T) {
	printingtest.Start(t) // without printers. Wine's services look for it too, and wait for seconds where there is none
	c := newComputer(t)
	t.Run("files", func(t *testing.T) {
		want(t, c.run(t, build(t, "cmc/app/platform")), "TestWriteFileIsWholeOrNotAtAll", "TestWhatIsPrivateIsPrivateOnWindows", "TestAFileThatIsOpenElsewhere")
	})
	t.Run("keychain", func(t *testing.T) {
		want(t, c.run(t, build(t, "cmc/app/keychain")), "TestTheCredentialManager")
	})
	t.Run("settled by an administrator", func(t *testing.T) {
		want(t, c.run(t, build(t, "cmc/app/preset")), "TestTheRegistry", "TestAPolicyComesFirst")
	})
	t.Run("proxy", func(t *testing.T) {
		want(t, c.run(t, build(t, "cmc/app/proxy")), "TestTheRegistryNamesAProxy", "TestTheInternetSettingsOfWindows", "TestAChosenProxy")
	})
	t.Run("screen", func(t *testing.T) {
		want(t, c.run(t, build(t, "cmc/app/screenlock")), "TestEachLockIsToldOnce", "TestTheInputDesktop")
	})
	t.Run("printing", func(t *testing.T) {
		printing := build(t, "cmc/app/printing")
		t.Run("without a printer", func(t *testing.T) {
			want(t, c.run(t, printing, "-throwaway", "-test.run=^TestNoPrinters$"), "TestNoPrinters")
		})
		t.Run("with printers", func(t *testing.T) {
			press := printingtest.Start(t, "Ward", "Office")
			press.Admin(t, "-d", "Office")
			want(t, c.run(t, printing, "-throwaway", "-test.skip=^TestNoPrinters$"), "TestTheProgramThatPrintsGetsThePage",
				"TestASlowProgramStillFindsThePage", "TestAViewerThatStaysOpen", "TestCopiesAndNamedPrinters", "TestAProgramThatOnlyShows",
				"TestNothingShowsPDFFiles", "TestTheSpooler", "TestSavePDFIsWholeOrNotAtAll")
			for _, printer := range []string{"Office", "Ward"} {
				if page := press.Printed(t, printer); !bytes.HasPrefix(page, []byte("%PDF-1.4\n%TestTheSpooler")) {
					t.Errorf("%s printed %.60q", printer, page)
				}
			}
		})
	})
}
