//go:build linux

// Package onwindows holds the desktop's brain to its promises on Windows: what differs there is built for it and run with
// Wine, which does for a Windows program what Windows does. Real in it: the registry and its verbs for PDF files, the spooler
// (Wine's own, with a real CUPS of the test's behind it), lists of rights, the Credential Manager. Not Microsoft's: a clinic's
// first installation is still to be looked at by a person.
//
// Contract: every test that is meant for Windows is run, on a Windows that is made here and thrown away. None may be skipped.
package onwindows

// What may change here: which packages are run there. How the Windows is made is in winetest.

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"cmc/app/onwindows/winetest"
	"cmc/app/printing/printingtest"
)

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
func run(t *testing.T, c *winetest.Computer, program string, args ...string) map[string]bool {
	t.Helper()
	command := c.Program(t.Context(), append([]string{program, "-test.v", "-test.timeout=5m"}, args...)...)
	command.Env = append(command.Env, "CUPS_SERVER="+os.Getenv("CUPS_SERVER"))
	out, err := winetest.Output(t, command)
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
	c := winetest.New(t, "")
	t.Run("files", func(t *testing.T) {
		want(t, run(t, c, build(t, "cmc/app/platform")), "TestWriteFileIsWholeOrNotAtAll", "TestWhatIsPrivateIsPrivateOnWindows", "TestAFileThatIsOpenElsewhere")
	})
	t.Run("links", func(t *testing.T) {
		want(t, run(t, c, build(t, "cmc/app/handover")), "TestALinkGoesToTheWindowThatIsOpen", "TestTwoLinksAtOnce", "TestAWindowThatHangsTakesNoLink", "TestWhatACrashLeft")
	})
	t.Run("keychain", func(t *testing.T) {
		want(t, run(t, c, build(t, "cmc/app/keychain")), "TestTheCredentialManager")
	})
	t.Run("settled by an administrator", func(t *testing.T) {
		want(t, run(t, c, build(t, "cmc/app/preset")), "TestTheRegistry", "TestAPolicyComesFirst")
	})
	t.Run("proxy", func(t *testing.T) {
		want(t, run(t, c, build(t, "cmc/app/proxy")), "TestTheRegistryNamesAProxy", "TestWindowsRunsAScript", "TestTheInternetSettingsOfWindows", "TestAChosenProxy")
	})
	t.Run("the way out of a network", func(t *testing.T) {
		want(t, run(t, c, build(t, "cmc/api"), "-test.run=^(TestAProxyOfADomain|TestAProxyThatSpeaksSOCKS|TestAPasswordIsShownToWhoAsksForIt)$"),
			"TestAProxyOfADomain", "TestAProxyThatSpeaksSOCKS", "TestAPasswordIsShownToWhoAsksForIt")
	})
	t.Run("screen", func(t *testing.T) {
		want(t, run(t, c, build(t, "cmc/app/screenlock")), "TestEachLockIsToldOnce", "TestTheInputDesktop")
	})
	t.Run("printing", func(t *testing.T) {
		printing := build(t, "cmc/app/printing")
		t.Run("without a printer", func(t *testing.T) {
			want(t, run(t, c, printing, "-throwaway", "-test.run=^TestNoPrinters$"), "TestNoPrinters")
		})
		t.Run("with printers", func(t *testing.T) {
			press := printingtest.Start(t, "Ward", "Office")
			press.Admin(t, "-d", "Office")
			want(t, run(t, c, printing, "-throwaway", "-test.skip=^TestNoPrinters$"), "TestTheProgramThatPrintsGetsThePage",
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
