package wizard

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"cmc/api"
	"cmc/app/drafts"
	"cmc/forms"
	"cmc/forms/plan"
	"cmc/ui/control"
	"cmc/ui/message"
	"cmc/ui/theme"
)

// What may change here: the proof that a sudden end takes less than the last second of typing.

const (
	typistEnv = "CMC_TEST_TYPIST" // the store in which the typist's words are kept
	storyItem = "advance_statement"
)

var typistKey = []byte("0123456789abcdef0123456789abcdeX")

// letter is what stands at a place of what is typed.
func letter(i int) rune {
	if i%7 == 6 {
		return '-'
	}
	return rune('a' + (i/7+i)%26)
}

func typedSoFar(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteRune(letter(i))
	}
	return b.String()
}

// typistEditor is an editor over the real store, with no connection.
func typistEditor(store *drafts.Store) *drafts.Editor {
	d := plan.Definition()
	return drafts.Open(drafts.Config{Plan: &api.Plan{ID: "p1", Definition: d.Name(), Etag: "1", Actions: []string{"save"}, Draft: &api.Draft{Answers: forms.Answers{}}},
		Definition: d, Store: store,
		Send: func(context.Context, string, []byte, string, string) (*api.Plan, error) {
			return nil, &api.Unreachable{Hop: api.HopConnect}
		}})
}

// typist is a program of its own: the real form over the real store, and keys into the box that has the keyboard. It says
// after each letter how many there are, and how long the machine stood still at the longest.
func typist(path string) int {
	store, err := drafts.OpenStore(path, typistKey)
	if err != nil {
		fmt.Println("failed", err)
		return 1
	}
	e := typistEditor(store)
	a := test.NewApp()
	a.Settings().SetTheme(theme.New(theme.Light, 1))
	win := test.NewWindow(control.VStack(0))
	win.SetPadded(false)
	w := New(Deps{Editor: e, Service: &desk{}, Window: win, Say: message.New(win), Do: func(func()) {},
		Work: func(_ string, do func(context.Context) error, done func(error)) { done(do(context.Background())) }})
	win.SetContent(w.Object())
	win.Resize(fyne.NewSize(1280, 664))
	item := w.def.Item(storyItem)
	w.Show(item.InStep().ID, storyItem, "")
	n := len(e.Answers()[storyItem].Text)
	if e.Answers()[storyItem].Text != typedSoFar(n) {
		fmt.Println("failed: other words were found")
		return 1
	}
	var still atomic.Int64
	go func() {
		for last := time.Now(); ; {
			time.Sleep(10 * time.Millisecond)
			now := time.Now()
			still.Store(max(still.Load(), int64(now.Sub(last)-10*time.Millisecond)))
			last = now
		}
	}()
	for win.Canvas().Focused() != nil {
		win.Canvas().Focused().TypedRune(letter(n))
		n++
		if len(e.Answers()[storyItem].Text) != n {
			fmt.Println("failed: the form did not take the letter", n)
			return 1
		}
		fmt.Println(n, still.Load()/int64(time.Millisecond))
		time.Sleep(time.Duration(8+rand.IntN(20)) * time.Millisecond)
	}
	fmt.Println("failed: nothing has the keyboard")
	return 1
}

// A hundred times a program is killed by SIGKILL while a person types into the form without a pause, at any moment: what was
// typed a second before is there, letter by letter.
func TestAKillTakesLessThanTheLastSecond(t *testing.T) {
	const lanes, each = 4, 26
	var kills, letters atomic.Int64
	var wait sync.WaitGroup
	for range lanes {
		wait.Go(func() {
			path := filepath.Join(t.TempDir(), "k.db")
			had := 0
			for range each {
				killed, ok := killOnce(t, path, had)
				if !ok {
					return
				}
				kills.Add(1)
				letters.Add(int64(killed - had))
				had = killed
			}
		})
	}
	wait.Wait()
	if kills.Load() < 100 || letters.Load() < 100 {
		t.Fatalf("%d kills, %d letters: the test tests nothing", kills.Load(), letters.Load())
	}
	t.Logf("%d kills, %d letters outlived them", kills.Load(), letters.Load())
}

// stores keeps the lanes from starting a program while another lane's store is open here: for a moment a new program holds every
// file that this one has open, its locks too.
var stores sync.Mutex

// killOnce starts the typist, kills it, and gives how many letters are kept then.
func killOnce(t *testing.T, path string, had int) (kept int, ok bool) {
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(), typistEnv+"="+path)
	out, err := command.StdoutPipe()
	if err == nil {
		stores.Lock()
		err = command.Start()
		stores.Unlock()
	}
	if err != nil {
		t.Error(err)
		return 0, false
	}
	type seen struct {
		at time.Time
		n  int
	}
	var all []seen
	var still time.Duration
	var killed time.Time
	var kill *time.Timer
	var mu sync.Mutex
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		count, stood, _ := strings.Cut(lines.Text(), " ")
		n, err := strconv.Atoi(count)
		ms, err2 := strconv.Atoi(stood)
		if err != nil || err2 != nil {
			t.Error(lines.Text())
			return 0, false
		}
		all = append(all, seen{time.Now(), n})
		still = time.Duration(ms) * time.Millisecond
		if kill == nil { // from the first letter on, so that short and long bouts come
			kill = time.AfterFunc(time.Duration(rand.IntN(2200))*time.Millisecond, func() {
				mu.Lock()
				defer mu.Unlock()
				killed = time.Now()
				_ = command.Process.Kill()
			})
		}
	}
	_ = command.Wait()
	mu.Lock()
	defer mu.Unlock()
	if len(all) == 0 || killed.IsZero() {
		t.Error("the typist ended by itself")
		return 0, false
	}
	must := had
	for _, s := range all {
		if killed.Sub(s.at) >= time.Second+still { // a machine that stands still is no pause of the program's
			must = max(must, s.n)
		}
	}
	stores.Lock()
	defer stores.Unlock()
	store, err := drafts.OpenStore(path, typistKey)
	if err != nil {
		t.Error(err)
		return 0, false
	}
	defer store.Close()
	e := typistEditor(store)
	defer func() { _ = e.End(context.Background()) }()
	text := e.Answers()[storyItem].Text
	if text != typedSoFar(len(text)) {
		t.Errorf("other letters than those typed are kept: %q", text)
		return 0, false
	}
	if len(text) < must || len(text) > all[len(all)-1].n+1 {
		t.Errorf("%d letters were typed a second before the end, %d in all; %d are kept", must, all[len(all)-1].n, len(text))
		return 0, false
	}
	return len(text), true
}
