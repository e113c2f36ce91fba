package drafts

import (
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"cmc/forms"
)

// keptAway leaves words for the plan in a store, as another window of the same person does that has closed.
func keptAway(t *testing.T, s *service, store *Store, item, words string) {
	t.Helper()
	s.mu.Lock()
	s.before = noConnection
	s.mu.Unlock()
	other := s.open(store)
	typeIn(other, item, words)
	time.Sleep(time.Second)
	want(t, other, StateKept, "Kept on this computer")
	if err := other.End(t.Context()); err != nil || len(store.Unsent()) != 1 {
		t.Fatalf("%v, unsent %v", err, store.Unsent())
	}
}

// goesOn lets everything reach the service.
func goesOn(s *service, e *Editor) {
	s.mu.Lock()
	s.before = nil
	s.mu.Unlock()
	e.Retry()
	time.Sleep(2 * time.Minute)
	synctest.Wait()
}

// The store comes later than the editor: what another window kept there for the plan is not lost, whatever was typed here meanwhile and
// whether or not a try of sending it is still unanswered.
func TestAStoreThatComesLater(t *testing.T) {
	for name, types := range map[string]bool{"nothing typed": false, "typed": true} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, s *service, end func(*Editor)) {
				store := testStore(t, filepath.Join(t.TempDir(), "k.db"))
				keptAway(t, s, store, "name", "Friday")
				e := Open(Config{Plan: s.plan(), Definition: s.d, NoStore: "another window holds it", Send: s.send})
				end(e)
				if types {
					typeIn(e, "story", "Monday")
					time.Sleep(time.Second)
				}
				e.UseStore(store, "")
				if got := e.Answers()["name"].Text; got != "Friday" {
					t.Fatalf("the window shows %q", got)
				}
				time.Sleep(time.Second)
				synctest.Wait()
				if words, _ := store.Words("p1"); words.Now["name"].Text != "Friday" || types && words.Now["story"].Text != "Monday" {
					t.Fatalf("kept is %v", words.Now)
				}
				goesOn(s, e)
				want(t, e, StateSaved, "Saved centrally")
				if got := s.now(); got["name"].Text != "Friday" || types && got["story"].Text != "Monday" {
					t.Fatalf("the service has %v", got)
				}
			})
		})
	}
}

// One person wrote in one place in two windows: what is on the screen stands, the other is told to the service, and nobody is asked.
func TestOnePlaceInTwoWindows(t *testing.T) {
	bubble(t, func(t *testing.T, s *service, end func(*Editor)) {
		store, told := testStore(t, filepath.Join(t.TempDir(), "k.db")), &notes{}
		keptAway(t, s, store, "name", "Friday")
		e := s.openTelling(nil, told)
		end(e)
		typeIn(e, "name", "Monday")
		time.Sleep(time.Second) // a try is on its way
		e.UseStore(store, "")
		goesOn(s, e)
		want(t, e, StateSaved, "Saved centrally")
		if s.now()["name"].Text != "Monday" || len(told.made) != 1 || told.made[0].Text != "The same person wrote here in two windows. Not kept: “Friday”" {
			t.Fatalf("the service has %v, and was told %+v", s.now(), told.made)
		}
	})
}

// Somebody else saved in the place meanwhile: the person chooses, as after a restart.
func TestAStoreThatComesLaterAndAnotherPerson(t *testing.T) {
	bubble(t, func(t *testing.T, s *service, end func(*Editor)) {
		store := testStore(t, filepath.Join(t.TempDir(), "k.db"))
		keptAway(t, s, store, "name", "Friday")
		s.other(func(a forms.Answers) { a.SetText("name", "Theirs") })
		e := Open(Config{Plan: s.plan(), Definition: s.d, NoStore: "another window holds it", Send: s.send})
		end(e)
		typeIn(e, "story", "Monday")
		e.UseStore(store, "")
		goesOn(s, e)
		got := want(t, e, StateConflict, "").Conflict
		if len(got.Fields) != 1 || got.Fields[0].Mine.Text != "Friday" || got.Fields[0].Theirs.Text != "Theirs" || s.now()["story"].Text != "Monday" {
			t.Fatalf("asked is %+v; the service has %v", got.Fields, s.now())
		}
	})
}

// An editor whose store is closed and opened again knows its own record: what it wrote since is nobody else's.
func TestItsOwnRecordIsNobodyElses(t *testing.T) {
	bubble(t, func(t *testing.T, s *service, end func(*Editor)) {
		path, told := filepath.Join(t.TempDir(), "k.db"), &notes{}
		store := testStore(t, path)
		s.before = noConnection
		e := s.openTelling(store, told)
		end(e)
		typeIn(e, "name", "First")
		time.Sleep(time.Second)
		e.UseStore(nil, "it is locked")
		typeIn(e, "name", "Second")
		_ = store.Close()
		e.UseStore(testStore(t, path), "")
		goesOn(s, e)
		want(t, e, StateSaved, "Saved centrally")
		if s.now()["name"].Text != "Second" || len(told.made) != 0 {
			t.Fatalf("the service has %v, and was told %+v", s.now(), told.made)
		}
	})
}
