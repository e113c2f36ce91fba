//go:build !windows

package crash_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"cmc/app/crash"
)

const (
	endEnv    = "CMC_TEST_END"
	folderEnv = "CMC_TEST_FOLDER"
)

// patient is in every value, argument and message of the ends below, and may be nowhere afterwards.
const patient = "PERSIMMON, Quillon 9990009600"

func TestMain(m *testing.M) {
	crash.Monitor()
	if how := os.Getenv(endEnv); how != "" {
		err := crash.Watch(os.Getenv(folderEnv), "9.9")
		if err == nil {
			crash.Quiet()
			fmt.Println("watched")
			theEnd(how, patient)
			return
		}
		fmt.Println(err)
		os.Exit(3)
	}
	os.Exit(m.Run())
}

// A sick person is what a value of the program may look like.
type sick struct{ Name string }

func (s sick) Error() string { return "about " + s.Name }

//go:noinline
func theEnd(how, words string) {
	switch how {
	case "words":
		panic(words)
	case "lines": // that look like what the runtime says
		panic("first\ngoroutine 7 [running]:\nmain." + words + "(0x1)\n\t/" + words + ".go:7 +0x1 fp=0x1 sp=0x1 pc=0x1\n" + words)
	case "error":
		panic(fmt.Errorf("wrapping: %w", sick{words}))
	case "value":
		panic(sick{words})
	case "again":
		defer func() { panic(fmt.Sprint("again ", recover(), words)) }()
		panic(words)
	case "opened": // a file of the program must not become its error output
		for range 3 {
			runtime.GC()
			time.Sleep(10 * time.Millisecond)
		}
		file, err := os.Create(os.Getenv(folderEnv) + "-opened")
		if err != nil {
			os.Exit(4)
		}
		defer runtime.KeepAlive(file)
		panic(words)
	case "elsewhere":
		go elsewhere(words)
		time.Sleep(time.Minute)
	case "nil":
		var s *sick
		fmt.Println(s.Name + words)
	case "fatal":
		m := map[string]string{words: words}
		for range 8 {
			go func() {
				for {
					m[words] = words
				}
			}()
		}
		time.Sleep(time.Minute)
	case "abort":
		_ = syscall.Kill(os.Getpid(), syscall.SIGABRT)
		time.Sleep(time.Minute)
	case "killed":
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		time.Sleep(time.Minute)
	case "well":
	}
}

//go:noinline
func elsewhere(words string) { panic(errors.New(words)) }

// Each way to end, in a real process: the report names the place, and holds nothing of what was said. Nor does the error output.
func TestEveryEnd(t *testing.T) {
	for how, want := range map[string]struct{ kind, place string }{
		"words": {"panic", "crash_test.theEnd"}, "lines": {"panic", "crash_test.theEnd"}, "error": {"panic", "crash_test.theEnd"},
		"value": {"panic", "crash_test.theEnd"}, "again": {"panic", "crash_test.theEnd"}, "elsewhere": {"panic", "crash_test.elsewhere"}, "opened": {"panic", "crash_test.theEnd"},
		"nil": {"panic", "crash_test.theEnd"}, "fatal": {"fatal error", "crash_test.theEnd"}, "abort": {"signal SIGABRT", "crash_test.theEnd"},
		"killed": {}, "well": {},
	} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			if err := os.WriteFile(filepath.Join(folder, "crash.txt"), []byte(patient), 0o600); err != nil {
				t.Fatal(err)
			}
			self, err := os.Executable()
			if err != nil {
				t.Fatal(err)
			}
			command := exec.CommandContext(t.Context(), self)
			command.Env = append(os.Environ(), endEnv+"="+how, folderEnv+"="+folder)
			out, err := command.CombinedOutput()
			if !strings.HasPrefix(string(out), "watched") || (err == nil) != (how == "well") {
				t.Fatalf("%v %s", err, out)
			}
			if strings.Contains(string(out), "PERSIMMON") || strings.Contains(string(out), "9990009600") {
				t.Errorf("the error output holds the words: %s", out)
			}
			if held, err := os.ReadFile(folder + "-opened"); len(held) > 0 || (err == nil) != (how == "opened") {
				t.Errorf("a file that the program had open holds what was said: %s %v", held, err)
			}
			if _, err := os.Stat(filepath.Join(folder, "crash.txt")); !errors.Is(err, os.ErrNotExist) {
				t.Error("a report of before, with its words, is still there")
			}
			report, there := report(t, folder, want.kind != "")
			if !there {
				return
			}
			for _, line := range []string{"Version: 9.9", "Kind: " + want.kind + "\n", want.place + " crash_test.go:"} {
				if !strings.Contains(report.Text, line) {
					t.Errorf("no %q in:\n%s", line, report.Text)
				}
			}
			for _, word := range append(strings.FieldsFunc(patient, func(r rune) bool { return r == ' ' || r == ',' }), "wrapping", "again ", "0x", os.TempDir(), folder) {
				if strings.Contains(report.Text, word) {
					t.Errorf("the report holds %q:\n%s", word, report.Text)
				}
			}
			info, err := os.ReadDir(folder)
			if err != nil || len(info) != 1 {
				t.Fatalf("%v %v", info, err)
			}
			if i, err := info[0].Info(); err != nil || i.Mode().Perm() != 0o600 {
				t.Errorf("others may read it: %v %v", i.Mode(), err)
			}
			if err := report.Delete(); err != nil {
				t.Fatal(err)
			}
			if _, there, err := crash.Newest(folder); there || err != nil {
				t.Fatal("it is still there", err)
			}
		})
	}
}

// report waits for the report of a process that has ended; when there should be none, it waits until the second process has ended.
func report(t *testing.T, folder string, want bool) (crash.Report, bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		gone := !attended(folder) // asked first: what it has to write it writes before
		r, there, err := crash.Newest(folder)
		if err != nil {
			t.Fatal(err)
		}
		if there && want {
			return r, true
		}
		if there {
			t.Fatalf("a report of nothing:\n%s", r.Text)
		}
		if !want && gone {
			return crash.Report{}, false
		}
	}
	if want {
		t.Fatal("no report came")
	}
	t.Fatal("the second process does not end")
	return crash.Report{}, false
}

// attended says whether a second process still watches for a folder.
func attended(folder string) bool {
	processes, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, one := range processes {
		if env, err := os.ReadFile(one); err == nil && strings.Contains(string(env), "CMC_CRASH_FOLDER="+folder+"\x00") {
			return true
		}
	}
	return false
}

// Many crashes leave the newest few.
func TestTheNewestFewAreKept(t *testing.T) {
	folder := t.TempDir()
	for i := range 9 {
		name := fmt.Sprintf("crash-20261126-03150%d-1.txt", i)
		if err := os.WriteFile(filepath.Join(folder, name), []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r, there, err := crash.Newest(folder)
	if err != nil || !there || r.Text != "crash-20261126-031508-1.txt" {
		t.Fatalf("%q %v %v", r.Text, there, err)
	}
	left, err := os.ReadDir(folder)
	if err != nil || len(left) != 5 {
		t.Fatalf("%d left, %v", len(left), err)
	}
}
