// Package crash leaves a report when the program ends by a panic on any goroutine, a fatal error of Go's runtime, or a fatal
// signal.
//
// Contract:
//   - A report holds the kind of the end (one of a few words), the time, the version, the system, and names and lines of functions
//     of this program. What the runtime says at the end, which may hold anything that a person typed, is never on a disk: it goes
//     through a pipe to a second process of this same program, which reads nothing from it but addresses of code, looks them up in
//     its own tables, and writes their names. So a report cannot hold a word of a patient, whatever the panic said.
//   - main calls Monitor first of all, and Watch once it knows the folder.
//   - Nothing is sent anywhere. The person reads, copies or deletes the report at the next start.
package crash

// What may change here: how the end is seen, and what the report says. Never a value, an argument or a message of the end.

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"cmc/app/platform"
)

// The environment of the second process.
const (
	folderEnv  = "CMC_CRASH_FOLDER"
	versionEnv = "CMC_CRASH_VERSION"
)

const (
	most      = 5       // reports that are kept
	mostBytes = 4 << 20 // of what the runtime says that are read
	mostLines = 300     // of a report
	prefix    = "crash-"
	suffix    = ".txt"
)

// Watch starts the second process. version is the program's. Where it cannot be started there will be no report, and err says
// why; the program goes on. A report of a version before this package, which held the words of the end, is removed.
func Watch(folder, version string) error {
	if err := os.Remove(filepath.Join(folder, "crash.txt")); err != nil && !errors.Is(err, os.ErrNotExist) && !platform.IsDenied(err) {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	read, write, err := os.Pipe()
	if err != nil {
		return err
	}
	defer read.Close()
	defer write.Close() // the runtime has a copy of its own
	monitor := exec.Command(self)
	monitor.Env = append(os.Environ(), folderEnv+"="+folder, versionEnv+"="+version)
	monitor.Stdin = read
	if err := monitor.Start(); err != nil {
		return fmt.Errorf("a crash will leave no report: %w", err)
	}
	go func() { _ = monitor.Wait() }() // it outlives this process, or has failed
	if _, err := fmt.Fprintf(write, "%x\n", here()); err != nil {
		return err
	}
	debug.SetTraceback("system") // with addresses
	return debug.SetCrashOutput(write, debug.CrashOptions{})
}

// here is an address by which code that was loaded at another place is found again.
func here() uint64 { return uint64(reflect.ValueOf(here).Pointer()) }

// Monitor is the second process: when this one was started as that, it waits until the first has ended, writes the report if
// there is one to write, and ends. Otherwise it returns at once.
func Monitor() {
	folder := os.Getenv(folderEnv)
	if folder == "" {
		return
	}
	quietly()
	if err := attend(os.Stdin, folder, os.Getenv(versionEnv), time.Now()); err != nil {
		os.Exit(1)
	}
	os.Exit(0)
}

// attend reads to the end and writes the report, if something ended badly.
func attend(from io.Reader, folder, version string, began time.Time) error {
	in := bufio.NewReader(from)
	line, err := in.ReadString('\n')
	if err != nil {
		return nil // it never began
	}
	was, err := strconv.ParseUint(strings.TrimSpace(line), 16, 64)
	if err != nil {
		return err
	}
	said, err := io.ReadAll(io.LimitReader(in, mostBytes))
	if err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, in); err != nil {
		return err
	}
	if len(bytes.TrimSpace(said)) == 0 {
		return nil // it ended well, or was killed
	}
	now := time.Now().UTC()
	var out strings.Builder
	fmt.Fprintf(&out, "Coordinate My Care stopped unexpectedly.\nTime: %s\nIt had run for: %s\nVersion: %s\nSystem: %s/%s, %s\nKind: %s\n",
		now.Format("2006-01-02 15:04:05 UTC"), now.Sub(began).Round(time.Second), version, runtime.GOOS, runtime.GOARCH, runtime.Version(), kind(said))
	for i, stack := range stacks(said, here()-was) {
		if strings.Count(out.String(), "\n") > mostLines {
			break
		}
		if i > 0 && !slices.ContainsFunc(stack, func(frame string) bool {
			return strings.HasPrefix(frame, "cmc/") || strings.HasPrefix(frame, "main.") && !strings.HasPrefix(frame, "main.main ")
		}) {
			continue // of the runtime and of libraries alone
		}
		title := "\nWhere it stopped:\n"
		if i > 0 {
			title = "\nElsewhere:\n"
		}
		out.WriteString(title)
		for _, frame := range stack {
			out.WriteString("  " + frame + "\n")
		}
	}
	name := filepath.Join(folder, prefix+now.Format("20060102-150405")+"-"+strconv.Itoa(os.Getpid())+suffix)
	return platform.WriteFile(name, []byte(out.String()), 0o600)
}

// kinds are the beginnings of what the runtime says, and the word that stands for each in a report.
var kinds = []struct{ begins, word string }{
	{"panic:", "panic"}, {"fatal error:", "fatal error"}, {"SIGQUIT:", "signal SIGQUIT"}, {"SIGABRT:", "signal SIGABRT"}, {"SIGSEGV:", "signal SIGSEGV"},
	{"SIGBUS:", "signal SIGBUS"}, {"SIGFPE:", "signal SIGFPE"}, {"SIGILL:", "signal SIGILL"}, {"SIGTRAP:", "signal SIGTRAP"}, {"SIGSYS:", "signal SIGSYS"},
	{"Exception ", "exception of the system"},
}

// kind is the word for the first line that the runtime said.
func kind(said []byte) string {
	for line := range bytes.Lines(said) {
		for _, k := range kinds {
			if bytes.HasPrefix(line, []byte(k.begins)) {
				return k.word
			}
		}
	}
	return "fatal error" // whose words the runtime does not say here
}

var (
	begins  = regexp.MustCompile(`^(goroutine \d+ .*|runtime stack):`)
	address = regexp.MustCompile(`^\t.* pc=0x([0-9a-f]{1,16})$`)
)

// stacks are the functions of each goroutine that the runtime wrote down, by their addresses alone, moved to where the code is here.
// That of the end comes first.
func stacks(said []byte, moved uint64) [][]string {
	var out [][]string
	var pcs []uintptr
	end := func() {
		if names := lookUp(pcs); len(names) > 0 && !slices.ContainsFunc(out, func(other []string) bool { return slices.Equal(other, names) }) {
			out = append(out, names)
		}
		pcs = nil
	}
	for line := range bytes.Lines(said) {
		line = bytes.TrimRight(line, "\r\n")
		if begins.Match(line) {
			end()
			continue
		}
		if found := address.FindSubmatch(line); found != nil {
			if pc, err := strconv.ParseUint(string(found[1]), 16, 64); err == nil {
				pcs = append(pcs, uintptr(pc+moved))
			}
		}
	}
	end()
	return out
}

// lookUp names code by its addresses.
func lookUp(pcs []uintptr) []string {
	var out []string
	for i, pc := range pcs {
		if i == 0 || i > 0 && named(pcs[i-1]) == "runtime.sigpanic" {
			pc++ // not where a call returns to, but where it happened
		}
		frames := runtime.CallersFrames([]uintptr{pc})
		for {
			frame, more := frames.Next()
			if frame.Function != "" {
				out = append(out, frame.Function+" "+filepath.Base(frame.File)+":"+strconv.Itoa(frame.Line))
			}
			if !more {
				break
			}
		}
	}
	return out
}

func named(pc uintptr) string {
	if f := runtime.FuncForPC(pc - 1); f != nil {
		return f.Name()
	}
	return ""
}

// A Report is what a crash left.
type Report struct {
	path string
	Text string
}

// Newest gives the newest report of a folder, and removes all but the newest few. It blocks on the disk. false: there is none.
func Newest(folder string) (Report, bool, error) {
	paths, err := filepath.Glob(filepath.Join(folder, prefix+"*"+suffix))
	if err != nil || len(paths) == 0 {
		return Report{}, false, err
	}
	slices.Sort(paths) // by time
	for len(paths) > most {
		if err := os.Remove(paths[0]); err != nil {
			return Report{}, false, err
		}
		paths = paths[1:]
	}
	raw, err := os.ReadFile(paths[len(paths)-1])
	if err != nil {
		return Report{}, false, err
	}
	return Report{path: paths[len(paths)-1], Text: string(raw)}, true, nil
}

// Delete removes the report. It blocks on the disk.
func (r Report) Delete() error {
	if err := os.Remove(r.path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}
