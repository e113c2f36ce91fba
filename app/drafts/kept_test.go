package drafts

// What may change here: in which states an editor says that its words are kept.

import (
	"path/filepath"
	"testing"
	"time"

	"cmc/forms"
)

// Whatever else there is to say, an editor says whether its words are in its window alone.
func TestEveryStateSaysWhetherTheWordsAreKept(t *testing.T) {
	for _, keeps := range []bool{true, false} {
		bubble(t, func(t *testing.T, s *service, end func(*Editor)) {
			open := func() *Editor {
				var store *Store
				if keeps {
					store = testStore(t, filepath.Join(t.TempDir(), "k.db"))
				}
				e := Open(Config{Plan: s.plan(), Definition: s.d, Store: store, NoStore: "its keychain is locked", Send: s.send})
				end(e)
				return e
			}
			check := func(e *Editor, state State, kept bool) {
				t.Helper()
				words := "Kept on this computer."
				if state == StateSaved {
					words = "Saved centrally"
				}
				if !kept {
					words = "only in this window: this computer cannot keep it (its keychain is locked)"
				}
				if got := want(t, e, state, words); got.Kept != kept {
					t.Fatalf("%s says Kept: %v", state, got.Kept)
				}
			}
			s.refuse = map[string]string{"colour": "Choose another"}
			e := open()
			check(e, StateSaved, true)
			e.SetTyped(At{Item: "name"}, "31-Fe")
			check(e, StateSaved, keeps)
			e.SetTyped(At{Item: "name"}, "")
			typeIn(e, "name", "mine")
			time.Sleep(time.Second)
			check(e, StateSaved, true)
			e.Set(At{Item: "colour"}, forms.ChoiceAnswer("red"))
			time.Sleep(time.Second)
			check(e, StateRefused, keeps)

			e = open()
			typeIn(e, "name", "mine, too")
			s.other(func(a forms.Answers) { a["name"] = forms.TextAnswer("theirs") })
			time.Sleep(time.Second)
			check(e, StateConflict, keeps)

			e = open()
			s.before = noConnection
			typeIn(e, "name", "mine again")
			time.Sleep(time.Second)
			check(e, map[bool]State{true: StateKept, false: StateUnkept}[keeps], keeps)
		})
	}
}
