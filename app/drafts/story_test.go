package drafts

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"cmc/api"
	"cmc/forms"
)

// Any story of two people, a bad line, sudden ends and choices: when all is well again, the service and the window say the
// same, and every word is there that nobody knowingly replaced.
func TestAnyStoryEndsWell(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir, n := t.TempDir(), 0
		rapid.Check(noDeadline{t}, func(r *rapid.T) {
			n++
			story(t, r, filepath.Join(dir, fmt.Sprint(n, ".db")))
		})
	})
}

// noDeadline is a test whose deadline nobody asks for: there is none in a bubble.
type noDeadline struct{ rapid.TB }

func story(t *testing.T, r *rapid.T, path string) {
	s := newService(t)
	s.answers = forms.Answers{"name": forms.TextAnswer("first")}
	store, err := OpenStore(path, testKey)
	if err != nil {
		r.Fatal(err)
	}
	e := s.open(store)
	defer func() {
		e.finish()
		synctest.Wait()
		_ = store.Close()
	}()
	line := func(before func(int, []byte) error, after func(int) error) {
		s.mu.Lock()
		s.before, s.after = before, after
		s.mu.Unlock()
	}
	places := []At{{Item: "name"}, {Item: "story"}, {Item: "reason"}, {Item: "ceiling"}}
	mine, theirs := map[At]forms.Answer{}, map[At]forms.Answer{}
	words := 0
	answer := func(At) forms.Answer {
		words++
		return forms.TextAnswer(fmt.Sprint("word", words))
	}
	is := func(a forms.Answers, at At, want forms.Answer) bool {
		have, _ := get(a, at)
		return have.Equal(want)
	}
	for range rapid.IntRange(1, 25).Draw(r, "steps") {
		switch rapid.IntRange(0, 9).Draw(r, "step") {
		case 0, 1, 2: // this person writes
			at := rapid.SampledFrom(places).Draw(r, "mine")
			shown := e.Answers()
			if w, ok := theirs[at]; ok && is(shown, at, w) {
				delete(theirs, at) // they saw it and replaced it
			}
			if at.Group != "" && rowIndex(shown[at.Group].Rows, at.Row) < 0 {
				continue // not in this window yet
			}
			mine[at] = answer(at)
			e.Set(at, mine[at])
		case 3: // a row
			row := e.AddRow("people")
			at := At{Group: "people", Row: row, Item: "who"}
			places = append(places, at)
			mine[at] = answer(at)
			e.Set(at, mine[at])
		case 4, 5: // another person writes
			at := rapid.SampledFrom(places).Draw(r, "theirs")
			have := s.now()
			if at.Group != "" && rowIndex(have[at.Group].Rows, at.Row) < 0 {
				continue // not at the service yet
			}
			if w, ok := mine[at]; ok && is(have, at, w) {
				delete(mine, at)
			}
			theirs[at] = answer(at)
			s.other(func(a forms.Answers) {
				next := with(a, at, theirs[at])
				for id, v := range next {
					a[id] = v
				}
			})
		case 6:
			line(noConnection, nil)
		case 7: // it is done and nobody hears of it
			line(nil, func(int) error { return &api.Unreachable{Hop: api.HopBroken, Err: errors.New("broken")} })
		case 8:
			line(nil, nil)
		case 9: // the program dies, at a moment when what was typed has been kept
			time.Sleep(pause)
			synctest.Wait()
			e.work.end()
			synctest.Wait()
			if err := store.Close(); err != nil {
				r.Fatal(err)
			}
			if store, err = OpenStore(path, testKey); err != nil {
				r.Fatal(err)
			}
			e = s.open(store)
		}
		time.Sleep(time.Duration(rapid.IntRange(0, 3000).Draw(r, "ms")) * time.Millisecond)
		synctest.Wait()
	}
	line(nil, nil)
	time.Sleep(maxWait) // whatever was on its way has its answer
	synctest.Wait()
	e.Adopt(s.plan()) // the person opens the plan afresh
	for round := 0; ; round++ {
		err := e.Flush(t.Context())
		if err == nil {
			break
		}
		conflict := e.Status().Conflict
		if !errors.Is(err, ErrConflict) || conflict == nil || round > 5 {
			r.Fatalf("the end is %v; %s %s", err, e.Status().State, e.Status().Words)
		}
		choose := map[At]bool{}
		for _, clash := range conflict.Fields {
			choose[clash.At] = rapid.Bool().Draw(r, "choose mine")
			if choose[clash.At] {
				delete(theirs, clash.At)
			} else {
				delete(mine, clash.At)
			}
		}
		if err := e.Resolve(t.Context(), conflict, choose); err != nil && !errors.Is(err, ErrConflict) {
			r.Fatal(err)
		}
	}
	synctest.Wait()
	have := s.now()
	if !have.Equal(e.Answers()) || e.Status().State != StateSaved {
		r.Fatalf("the service has %v\nthe window %v\n%s", have, e.Answers(), e.Status().Words)
	}
	for at, want := range mine {
		if !is(have, at, want) {
			if other, ok := theirs[at]; ok && is(have, at, other) {
				r.Fatalf("mine at %v gave way to theirs, and nobody was asked", at)
			}
			r.Fatalf("mine at %v was %v; the service has %v", at, want, have)
		}
	}
	for at, want := range theirs {
		if _, both := mine[at]; !both && !is(have, at, want) {
			r.Fatalf("theirs at %v was %v; the service has %v", at, want, have)
		}
	}
	if left := store.Unsent(); len(left) != 0 && !strings.Contains(fmt.Sprint(left), "p1") {
		r.Fatalf("left on this computer: %v", left)
	}
}
