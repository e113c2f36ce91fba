package drafts

import (
	"path/filepath"
	"testing"
	"time"

	"cmc/forms"
)

// Two people write the same answer, which neither is shown: the second one chooses, although what they see has not changed.
func TestAHiddenAnswerThatSomeoneElseWroteIsAskedAbout(t *testing.T) {
	bubble(t, func(t *testing.T, s *service, end func(*Editor)) {
		s.answers = forms.Answers{"name": forms.StateAnswer(forms.Withheld), "reason": forms.TextAnswer("r")}
		e := s.open(testStore(t, filepath.Join(t.TempDir(), "k.db")))
		end(e)
		if !e.Hidden(At{Item: "name"}) || e.Hidden(At{Item: "reason"}) {
			t.Fatal("what is hidden is not known")
		}
		s.hiddenSince = []string{"name"}
		s.other(func(a forms.Answers) { a["story"] = forms.TextAnswer("their story") })
		typeIn(e, "reason", "mine")
		time.Sleep(pause)
		want(t, e, StateSaved, "")
		s.other(func(a forms.Answers) { a["story"] = forms.TextAnswer("their other story") })
		typeIn(e, "name", "mine")
		time.Sleep(pause)
		got := want(t, e, StateConflict, "Someone else changed the same answers.")
		if len(got.Conflict.Fields) != 1 || got.Conflict.Fields[0].Theirs.State != forms.Withheld || got.Conflict.Fields[0].Mine.Text != "mine" {
			t.Fatalf("conflict %+v", got.Conflict)
		}
		if err := e.Resolve(t.Context(), e.Status().Conflict, map[At]bool{{Item: "name"}: true}); err != nil {
			t.Fatal(err)
		}
		if have := s.now(); have["name"].Text != "mine" || have["reason"].Text != "mine" {
			t.Fatalf("service has %v", have)
		}
	})
}
