package printing

// What may change here: what is proved about printing on Windows. The tests change what shows PDF files for this user, so
// they run only on a Windows that is thrown away afterwards, which app/onwindows makes.

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/registry"
)

var throwaway = flag.Bool("throwaway", false, "this Windows is thrown away after the test: its settings may be changed")

// TestMain lets this program also be the one that shows PDF files, when Windows starts it as that.
func TestMain(m *testing.M) {
	if len(os.Args) > 3 && os.Args[1] == "viewer" {
		if err := beViewer(os.Args[2], os.Args[3], os.Args[4:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// seen is what a viewer was asked to do, and which page it found.
type seen struct {
	Verb   string
	Args   []string // after the file
	SHA256 string
}

// hold is the name of a file in a viewer's folder that keeps it from reading, as a slow start does.
const hold = "hold"

// printsTo is the name of a file in a viewer's folder that has it print what it read, as it is, on the printer named in it.
const printsTo = "prints"

// beViewer reads the page once it may, prints it when it is told to, and writes down what it saw.
func beViewer(dir, verb string, args []string) error {
	for {
		if _, err := os.Stat(filepath.Join(dir, hold)); err != nil {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	what := seen{Verb: verb}
	if len(args) > 0 {
		page, err := os.ReadFile(args[0])
		if err != nil {
			what.SHA256 = err.Error()
		} else {
			sum := sha256.Sum256(page)
			what.SHA256, what.Args = hex.EncodeToString(sum[:]), args[1:]
			if verb != "open" {
				if err := printRaw(dir, verb, args[1:], page); err != nil {
					what.SHA256 = err.Error()
				}
			}
		}
	}
	raw, err := json.Marshal(what)
	if err != nil {
		return err
	}
	name := filepath.Join(dir, rand.Text())
	if err := os.WriteFile(name, raw, 0o600); err != nil {
		return err
	}
	return os.Rename(name, name+".seen")
}

// printRaw prints a page on a printer that reads PDF, in the way of Windows: the usual one, or the one that is named.
func printRaw(dir, verb string, args []string, page []byte) error {
	if _, err := os.Stat(filepath.Join(dir, printsTo)); err != nil {
		return nil
	}
	name := usualPrinter()
	if verb == "printto" {
		name = args[0]
	}
	printer, err := windows.UTF16PtrFromString(name)
	if err != nil {
		return err
	}
	title, err := windows.UTF16PtrFromString("Urgent care summary")
	if err != nil {
		return err
	}
	kind, err := windows.UTF16PtrFromString("RAW")
	if err != nil {
		return err
	}
	var handle uintptr
	document := struct{ title, file, kind *uint16 }{title: title, kind: kind} // DOC_INFO_1W
	var written uint32
	for _, step := range []struct {
		call string
		args func() []uintptr
	}{
		{"OpenPrinterW", func() []uintptr {
			return []uintptr{uintptr(unsafe.Pointer(printer)), uintptr(unsafe.Pointer(&handle)), 0}
		}},
		{"StartDocPrinterW", func() []uintptr { return []uintptr{handle, 1, uintptr(unsafe.Pointer(&document))} }},
		{"WritePrinter", func() []uintptr {
			return []uintptr{handle, uintptr(unsafe.Pointer(&page[0])), uintptr(len(page)), uintptr(unsafe.Pointer(&written))}
		}},
		{"EndDocPrinter", func() []uintptr { return []uintptr{handle} }},
		{"ClosePrinter", func() []uintptr { return []uintptr{handle} }},
	} {
		if ok, _, err := winspool.NewProc(step.call).Call(step.args()...); ok == 0 {
			return fmt.Errorf("%s: %w", step.call, err)
		}
	}
	return nil
}

const classes = `Software\Classes\`

// A viewer is the program that shows PDF files in a test, with its folder.
type viewer struct {
	t   *testing.T
	dir string
}

// associate makes this program the one that shows PDF files, with these verbs. No verbs: nothing shows them.
func associate(t *testing.T, verbs ...string) viewer {
	t.Helper()
	if !*throwaway {
		t.Skip("this would change what shows PDF files for you: app/onwindows runs it on a Windows that is thrown away")
	}
	v := viewer{t, folder(t)}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	forget(t)
	t.Cleanup(func() { forget(t) })
	if len(verbs) == 0 {
		return v
	}
	v.set(`.pdf`, "cmc-test-pdf")
	for _, verb := range verbs {
		command := fmt.Sprintf(`"%s" viewer "%s" %s "%%1"`, self, v.dir, verb)
		if verb == "printto" {
			command += " %*" // as it came: that a name is one word is for the product to see to. Wine's %2 ends at a space
		}
		v.set(`cmc-test-pdf\shell\`+verb+`\command`, command)
	}
	return v
}

// set writes the unnamed value of a key of the computer's classes: Wine looks there alone.
func (v viewer) set(key, value string) {
	v.t.Helper()
	k, _, err := registry.CreateKey(registry.LOCAL_MACHINE, classes+key, registry.SET_VALUE)
	if err != nil {
		v.t.Fatal(err)
	}
	defer k.Close()
	if err := k.SetStringValue("", value); err != nil {
		v.t.Fatal(err)
	}
}

// forget leaves no program that shows PDF files.
func forget(t *testing.T) {
	t.Helper()
	var remove func(root registry.Key, path string)
	remove = func(root registry.Key, path string) {
		k, err := registry.OpenKey(root, path, registry.ENUMERATE_SUB_KEYS)
		if err != nil {
			return
		}
		names, err := k.ReadSubKeyNames(-1)
		_ = k.Close()
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			remove(root, path+`\`+name)
		}
		if err := registry.DeleteKey(root, path); err != nil {
			t.Fatal(err)
		}
	}
	for _, root := range []registry.Key{registry.CURRENT_USER, registry.LOCAL_MACHINE} {
		remove(root, classes+".pdf")
		remove(root, classes+"cmc-test-pdf")
	}
}

// put writes a file into the viewer's folder, take removes it.
func (v viewer) put(name string) {
	v.t.Helper()
	if err := os.WriteFile(filepath.Join(v.dir, name), nil, 0o600); err != nil {
		v.t.Fatal(err)
	}
}

func (v viewer) take(name string) {
	v.t.Helper()
	if err := os.Remove(filepath.Join(v.dir, name)); err != nil {
		v.t.Fatal(err)
	}
}

// saw waits until the viewer has been asked so often, and gives what it saw.
func (v viewer) saw(times int) []seen {
	v.t.Helper()
	var files []string
	until(v.t, "the program that shows PDF files has been asked", func() bool {
		files, _ = filepath.Glob(filepath.Join(v.dir, "*.seen"))
		return len(files) >= times
	})
	var all []seen
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			v.t.Fatal(err)
		}
		var one seen
		if err := json.Unmarshal(raw, &one); err != nil {
			v.t.Fatal(err)
		}
		all = append(all, one)
	}
	return all
}

func (v viewer) mustSee(want ...seen) {
	v.t.Helper()
	got := v.saw(len(want))
	if g, w := fmt.Sprintf("%q", got), fmt.Sprintf("%q", want); g != w { // %q: several words are not one with spaces
		v.t.Fatalf("the program that shows PDF files saw %s, want %s", g, w)
	}
}

// until looks again until another program has done something that sends no word of it.
func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	for late := time.Now().Add(60 * time.Second); !done(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(late) {
			t.Fatalf("never came: %s", what)
		}
	}
}

// A paper is one page on its way, and how often the service was told of it.
type paper struct {
	*Job
	t    *testing.T
	told int
	sum  string
}

func newPaper(t *testing.T) *paper {
	t.Helper()
	content := append([]byte("%PDF-1.4\n%"), []byte(strings.Repeat(t.Name()+" ", 4000))...)
	sum := sha256.Sum256(content)
	p := &paper{t: t, sum: hex.EncodeToString(sum[:])}
	var err error
	p.Job, err = New(content, filepath.Join(folder(t), "paper"), func(context.Context) error { p.told++; return nil })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

func (p *paper) print(printer string, copies int, want string) {
	p.t.Helper()
	before := p.told
	words, err := p.Print(p.t.Context(), printer, copies)
	if err != nil || words != want {
		p.t.Fatalf("%q %v, want %q", words, err, want)
	}
	if p.told != before+1 {
		p.t.Fatalf("the service was told %d times", p.told-before)
	}
}

func (p *paper) onDisk() int {
	entries, _ := os.ReadDir(p.dir)
	return len(entries)
}

// mustGo closes the job and holds it to its promise: nothing readable stays behind.
func (p *paper) mustGo() {
	p.t.Helper()
	p.Close()
	<-p.Gone()
	if p.onDisk() != 0 {
		p.t.Fatal("the page stays on disk")
	}
}

func soon(t *testing.T) {
	t.Helper()
	was := settle
	settle = 0
	t.Cleanup(func() { settle = was })
}

func TestTheProgramThatPrintsGetsThePage(t *testing.T) {
	soon(t)
	v := associate(t, "open", "print", "printto")
	p := newPaper(t)
	p.print("", 1, "Sent to Office.")
	v.mustSee(seen{"print", nil, p.sum})
	p.mustGo()
	if _, err := p.Print(t.Context(), "", 1); !errors.Is(err, ErrClosed) {
		t.Fatalf("after Close: %v", err)
	}
}

// The window closes the job as soon as it has printed: a viewer that takes its time must find the page all the same.
func TestASlowProgramStillFindsThePage(t *testing.T) {
	soon(t)
	for _, verb := range []string{"print", "open"} {
		v := associate(t, verb)
		v.put(hold)
		p := newPaper(t)
		want := "Sent to Office."
		if verb == "open" {
			want = openWords
		}
		p.print("", 1, want)
		p.Close()
		select {
		case <-p.Gone():
			t.Fatal("the page went before it was read")
		default:
		}
		if p.onDisk() != 1 {
			t.Fatal("the page is not there to be read")
		}
		v.take(hold)
		v.mustSee(seen{verb, nil, p.sum})
		p.mustGo()
	}
}

// A viewer that stays open keeps the page no longer than its time, and a file that it holds goes when it lets go.
func TestAViewerThatStaysOpen(t *testing.T) {
	most, again := readAtMost, tryAgain
	readAtMost, tryAgain = 0, time.Millisecond
	defer func() { readAtMost, tryAgain = most, again }()
	v := associate(t, "open")
	v.put(hold)
	p := newPaper(t)
	p.print("", 1, openWords)
	entries, err := os.ReadDir(p.dir)
	if err != nil || len(entries) != 1 {
		t.Fatal(entries, err)
	}
	viewers, err := os.Open(filepath.Join(p.dir, entries[0].Name()))
	if err != nil {
		t.Fatal(err)
	}
	p.Close()
	<-p.Gone()
	if p.onDisk() != 1 {
		t.Fatal("a page that is held open was removed: this test proves nothing")
	}
	if err := viewers.Close(); err != nil {
		t.Fatal(err)
	}
	until(t, "the page leaves the disk", func() bool { return p.onDisk() == 0 })
	v.take(hold)
	v.saw(1)
}

func TestCopiesAndNamedPrinters(t *testing.T) {
	soon(t)
	v := associate(t, "open", "print", "printto")
	p := newPaper(t)
	p.print("Office", 3, "3 copies. Sent to Office.")
	one := seen{"print", nil, p.sum}
	v.mustSee(one, one, one)
	p.mustGo()

	v = associate(t, "open", "print", "printto")
	p = newPaper(t)
	p.print(`Ward 2 (east) & "hall"`, 2, `2 copies. Sent to Ward 2 (east) & "hall".`)
	one = seen{"printto", []string{"Ward 2 (east) & hall"}, p.sum}
	v.mustSee(one, one)
	p.mustGo()
}

const openWords = "The page is open in the program that shows PDF files. Print it from there."

func TestAProgramThatOnlyShows(t *testing.T) {
	soon(t)
	for _, verbs := range [][]string{{"open"}, {"open", "print"}} { // the second cannot print on a printer by name
		v := associate(t, verbs...)
		p := newPaper(t)
		p.print("Ward", 2, openWords)
		v.mustSee(seen{"open", nil, p.sum})
		p.mustGo()
	}
	// A program that prints, and that is no longer installed.
	v := associate(t, "open", "print")
	v.set(`cmc-test-pdf\shell\print\command`, `"C:\gone\viewer.exe" "%1"`)
	p := newPaper(t)
	p.print("", 1, openWords)
	v.mustSee(seen{"open", nil, p.sum})
	p.mustGo()
}

func TestNothingShowsPDFFiles(t *testing.T) {
	associate(t)
	p := newPaper(t)
	if words, err := p.Print(t.Context(), "", 1); !errors.Is(err, ErrNoPrinting) || words != "" || p.told != 0 {
		t.Fatalf("%q %v, told %d times", words, err, p.told)
	}
	p.mustGo()
}

// The spooler's printers, and one real page from Print to paper, through the spooler: the other end holds what comes out.
func TestTheSpooler(t *testing.T) {
	soon(t)
	v := associate(t, "print", "printto")
	v.put(printsTo)
	p := newPaper(t)
	names, err := p.Printers(t.Context())
	if err != nil || len(names) < 2 || names[0] != "Office" || !slices.Contains(names, "Ward") {
		t.Fatalf("printers %v, %v; the usual one comes first", names, err)
	}
	p.print("Office", 1, "Sent to Office.")
	v.mustSee(seen{"print", nil, p.sum})
	p.mustGo()
	v = associate(t, "print", "printto")
	v.put(printsTo)
	p = newPaper(t)
	p.print("Ward", 1, "Sent to Ward.")
	v.mustSee(seen{"printto", []string{"Ward"}, p.sum})
	p.mustGo()
}

func TestNoPrinters(t *testing.T) {
	associate(t)
	if names, err := newPaper(t).Printers(t.Context()); !errors.Is(err, ErrNoPrinter) {
		t.Fatalf("%v %v", names, err)
	}
}
