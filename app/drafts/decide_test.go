package drafts

// What may change here: what a person is asked of another person's change in a part that a person always decides, and what
// becomes of the words that they do not choose.

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"cmc/api"
	"cmc/forms"
)

// notes keeps the comments that an editor makes, as the service would.
type notes struct {
	mu    sync.Mutex
	made  []api.NewComment
	keys  map[string]bool
	after func() error // the note was made, and this is what its writer hears
}

func (n *notes) tell(_ context.Context, _ string, comment api.NewComment, key string) (*api.Plan, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.keys == nil {
		n.keys = map[string]bool{}
	}
	if !n.keys[key] {
		n.made, n.keys[key] = append(n.made, comment), true
	}
	if n.after != nil {
		return nil, n.after()
	}
	return nil, nil
}

func (s *service) openTelling(store *Store, n *notes) *Editor {
	return Open(Config{Plan: s.plan(), Definition: s.d, Store: store, Send: s.send, Tell: n.tell})
}

func began(s *service) {
	s.other(func(a forms.Answers) {
		a["agreed"], a["why"] = forms.ChoiceAnswer("for"), forms.TextAnswer("r")
		a["name"] = forms.TextAnswer("a")
	})
}

func theyDecide(s *service) {
	s.other(func(a forms.Answers) { a["agreed"] = forms.ChoiceAnswer("against") })
}

// Only they changed the decision, while this person wrote elsewhere: it is there at once, what this person wrote is saved, and
// a person says whether it stands, also after a restart. Put back, theirs is kept as a note.
func TestTheirDecisionWaitsForAYes(t *testing.T) {
	bubble(t, func(t *testing.T, s *service, end func(*Editor)) {
		began(s)
		store := testStore(t, filepath.Join(t.TempDir(), "k.db"))
		n := &notes{}
		e := s.openTelling(store, n)
		typeIn(e, "name", "mine")
		theyDecide(s)
		if err := e.Flush(t.Context()); !errors.Is(err, ErrConflict) {
			t.Fatalf("flush says %v", err)
		}
		asked := func(e *Editor) {
			t.Helper()
			c := e.Status().Conflict
			if c == nil || len(c.Fields) != 1 || !c.Fields[0].News || c.Fields[0].Mine.Text != "for" || c.Fields[0].Theirs.Text != "against" || c.Fields[0].Base.Text != "for" {
				t.Fatalf("asked %+v", c)
			}
			if e.Answers()["agreed"].Text != "against" {
				t.Fatal("the newest decision is not the one that is shown")
			}
		}
		asked(e)
		if s.now()["name"].Text != "mine" || s.now()["agreed"].Text != "against" {
			t.Fatalf("the service has %v", say(s.now()))
		}
		if got := e.Status(); strings.Contains(got.Words, "wait") || got.Waiting != 0 {
			t.Fatalf("everything written is saved, and the foot says %q", got.Words)
		}
		typeIn(e, "story", "more of mine") // the newest save is one's own then
		_ = e.Flush(t.Context())
		s.other(func(a forms.Answers) { a["why"] = forms.TextAnswer("as she said") })
		s.by = "Somebody third"
		e.Adopt(s.plan())
		if by := e.Status().Conflict.By; by != "Nurse in charge" {
			t.Fatalf("it is said to be of %q", by)
		}
		asked(e) // what they wrote later, with nothing of this person's on its way, changes nothing in the question
		if err := e.End(t.Context()); err != nil {
			t.Fatalf("end says %v", err)
		}
		if len(store.Unsent()) != 0 {
			t.Fatal("a question counts as unsent words")
		}

		e = s.openTelling(store, n)
		end(e)
		synctest.Wait()
		asked(e)
		if err := e.Resolve(t.Context(), e.Status().Conflict, map[At]bool{{Item: "agreed"}: true}); err != nil {
			t.Fatalf("resolve says %v", err)
		}
		if s.now()["agreed"].Text != "for" || s.now()["why"].Text != "as she said" {
			t.Fatalf("put back, the service has %v", say(s.now()))
		}
		if len(n.made) != 1 || n.made[0].Item != "agreed" || !strings.Contains(n.made[0].Text, "Not kept, of Nurse in charge") || !strings.Contains(n.made[0].Text, "Against") {
			t.Fatalf("noted %+v", n.made)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if len(store.records) != 0 || len(e.Declined()) != 0 {
			t.Fatal("something is still kept here")
		}
	})
}

// A yes changes nothing and notes nothing; and nothing is asked of who was only looking.
func TestAYesToTheirDecision(t *testing.T) {
	bubble(t, func(t *testing.T, s *service, end func(*Editor)) {
		began(s)
		n := &notes{}
		e := s.openTelling(nil, n)
		end(e)
		theyDecide(s)
		e.Adopt(s.plan())
		if e.Status().Conflict != nil || e.Answers()["agreed"].Text != "against" {
			t.Fatal("who was only looking is asked, or does not see the newest")
		}
		typeIn(e, "name", "mine")
		s.other(func(a forms.Answers) { delete(a, "agreed") })
		if err := e.Flush(t.Context()); !errors.Is(err, ErrConflict) {
			t.Fatalf("taking a decision out is not asked: %v", err)
		}
		tries := s.tries()
		if err := e.Resolve(t.Context(), e.Status().Conflict, map[At]bool{{Item: "agreed"}: false}); err != nil {
			t.Fatal(err)
		}
		if _, there := e.Answers()["agreed"]; there || s.tries() != tries || len(n.made) != 0 {
			t.Fatalf("a yes to theirs sent or noted something: %d, %+v", s.tries()-tries, n.made)
		}
	})
}

// Written over while the question stands: then it is a choice between the two, and nothing goes before it is made.
func TestWritingOverTheirDecisionIsAChoice(t *testing.T) {
	bubble(t, func(t *testing.T, s *service, end func(*Editor)) {
		began(s)
		e := s.openTelling(nil, &notes{})
		end(e)
		typeIn(e, "name", "mine")
		s.other(func(a forms.Answers) { a["why"] = forms.TextAnswer("theirs") })
		_ = e.Flush(t.Context())
		typeIn(e, "why", "over it")
		if err := e.Flush(t.Context()); !errors.Is(err, ErrConflict) || s.now()["why"].Text != "theirs" {
			t.Fatalf("it went unasked: %v, %v", err, s.now()["why"].Text)
		}
		if f := e.Status().Conflict.Fields[0]; f.Mine.Text != "over it" || f.Base.Text != "r" {
			t.Fatalf("asked %+v", f)
		}
		s.other(func(a forms.Answers) { a["why"] = forms.TextAnswer("theirs again") })
		e.Adopt(s.plan())
		if f := e.Status().Conflict.Fields[0]; f.Mine.Text != "over it" || f.Theirs.Text != "theirs again" || f.Base.Text != "r" {
			t.Fatalf("asked %+v", f)
		}
		if err := e.Resolve(t.Context(), e.Status().Conflict, map[At]bool{{Item: "why"}: true}); err != nil || s.now()["why"].Text != "over it" {
			t.Fatalf("%v, %v", err, s.now()["why"].Text)
		}
	})
}

// What was chosen was chosen between two versions that the person saw. A third one that comes in the moment of the press is not
// chosen with it: it is asked about anew.
func TestAVersionThatNobodySawIsNotChosen(t *testing.T) {
	for _, mine := range []bool{false, true} {
		bubble(t, func(t *testing.T, s *service, end func(*Editor)) {
			e := s.openTelling(testStore(t, filepath.Join(t.TempDir(), "k.db")), &notes{})
			end(e)
			typeIn(e, "reason", "mine")
			s.other(func(a forms.Answers) { a["reason"] = forms.TextAnswer("theirs") })
			time.Sleep(time.Second)
			seen := want(t, e, StateConflict, "").Conflict
			choose := map[At]bool{{Item: "reason"}: mine}
			time.Sleep(time.Second)
			s.other(func(a forms.Answers) { a["reason"] = forms.TextAnswer("a third") })
			e.Adopt(s.plan())
			if err := e.Resolve(t.Context(), seen, choose); !errors.Is(err, ErrNotChosen) {
				t.Fatalf("choosing says %v", err)
			}
			now := want(t, e, StateConflict, "").Conflict
			if s.now()["reason"].Text != "a third" || e.Answers()["reason"].Text != "mine" || len(e.Declined()) != 0 || now.Fields[0].Theirs.Text != "a third" {
				t.Fatalf("something was chosen: %+v", now.Fields)
			}
			typeIn(e, "reason", "mine, longer") // one's own words may move on
			if err := e.Resolve(t.Context(), now, choose); err != nil {
				t.Fatal(err)
			}
			if got := s.now()["reason"].Text; got != map[bool]string{false: "a third", true: "mine, longer"}[mine] {
				t.Fatalf("%q stands", got)
			}
		})
	}
}

// Two colleagues saved while somebody wrote without a connection: each one's words are told as theirs, also after a third save, a
// save of one's own in the same section, and a restart, and so are those that were not chosen.
func TestEachWordIsToldAsItsWriters(t *testing.T) {
	bubble(t, func(t *testing.T, s *service, end func(*Editor)) {
		store := testStore(t, filepath.Join(t.TempDir(), "k.db"))
		n := &notes{}
		e := s.openTelling(store, n)
		s.before = noConnection
		typeIn(e, "name", "mine")
		typeIn(e, "reason", "mine")
		time.Sleep(time.Second)
		s.person("Dr Adeyemi, Riverside Practice", func(a forms.Answers) { a["name"] = forms.TextAnswer("of Adeyemi") })
		adeyemi := s.at
		time.Sleep(time.Hour)
		s.person("Grace Baker, Elm House", func(a forms.Answers) { a["reason"] = forms.TextAnswer("of Baker") })
		baker := s.at
		asked := func(e *Editor) *Conflict {
			t.Helper()
			c := want(t, e, StateConflict, "").Conflict
			if len(c.Fields) != 2 || c.Fields[0].At.Item != "name" || c.Fields[0].By != "Dr Adeyemi, Nurse" || !c.Fields[0].When.Equal(adeyemi) {
				t.Fatalf("Adeyemi's words are told as of %+v", c.Fields)
			}
			if c.Fields[1].By != "Grace Baker, Elm House" || !c.Fields[1].When.Equal(baker) || c.By != c.Fields[1].By || !c.At.Equal(baker) {
				t.Fatalf("Baker's words are told as of %+v", c)
			}
			return c
		}
		s.mu.Lock()
		s.before = nil
		s.mu.Unlock()
		e.Retry()
		time.Sleep(time.Second)
		asked(e)
		typeIn(e, "story", "mine, too") // in the section of Adeyemi's words
		_ = e.Flush(t.Context())
		s.person("Cara Chan, Elm House", func(a forms.Answers) { a["colour"] = forms.ChoiceAnswer("red") })
		e.Adopt(s.plan())
		c := asked(e)
		if err := e.Resolve(t.Context(), c, map[At]bool{{Item: "name"}: true, {Item: "reason"}: true}); err != nil {
			t.Fatal(err)
		}
		if len(n.made) != 2 || !strings.Contains(n.made[0].Text+n.made[1].Text, "Not kept, of Dr Adeyemi, Nurse") || !strings.Contains(n.made[0].Text+n.made[1].Text, "Not kept, of Grace Baker, Elm House") {
			t.Fatalf("noted %+v", n.made)
		}
		_ = e.End(t.Context())
	})
}

// After a restart, too: the words of each are told as of who wrote in their section. Where somebody has written there since, who
// may have been this person, no name is better than a wrong one.
func TestEachWordIsToldAsItsWritersAfterARestart(t *testing.T) {
	for _, since := range []bool{false, true} {
		bubble(t, func(t *testing.T, s *service, end func(*Editor)) {
			store := testStore(t, filepath.Join(t.TempDir(), "k.db"))
			e := s.open(store)
			typeIn(e, "name", "mine")
			typeIn(e, "reason", "mine")
			s.person("Dr Adeyemi, Riverside Practice", func(a forms.Answers) { a["name"] = forms.TextAnswer("of Adeyemi") })
			time.Sleep(time.Millisecond)
			s.person("Grace Baker, Elm House", func(a forms.Answers) { a["reason"] = forms.TextAnswer("of Baker") })
			_ = e.Flush(t.Context())
			want(t, e, StateConflict, "")
			if since {
				time.Sleep(time.Second)
				typeIn(e, "story", "mine, too")
				_ = e.Flush(t.Context())
			}
			_ = e.End(t.Context())
			again := s.open(store)
			end(again)
			c := want(t, again, StateConflict, "").Conflict
			if got := c.Fields[0].By; !since && got != "Dr Adeyemi, Nurse" || since && got != "" {
				t.Fatalf("Adeyemi's words are told as of %q", got)
			}
			if got := c.Fields[1].By; !strings.HasPrefix(got, "Grace Baker") {
				t.Fatalf("Baker's words are told as of %q", got)
			}
		})
	}
}

// A choice is open, and there is nothing any more to choose in: the draft has gone, or is no longer this person's to write in. That
// is said in a sentence, whether the program was closed meanwhile or not; and where a draft is there again, the choice is, too.
func TestAChoiceInAPlanThatIsClosed(t *testing.T) {
	for _, closed := range []struct {
		words string
		as    func(*api.Plan)
	}{
		{"The draft of this plan is closed", func(p *api.Plan) { p.Draft, p.Actions = nil, nil }},
		{"You cannot write in this plan any more", func(p *api.Plan) { p.Actions = []string{"comment"} }},
	} {
		for _, restarted := range []bool{false, true} {
			bubble(t, func(t *testing.T, s *service, end func(*Editor)) {
				store := testStore(t, filepath.Join(t.TempDir(), "k.db"))
				e := s.open(store)
				typeIn(e, "name", "mine")
				s.other(func(a forms.Answers) { a["name"] = forms.TextAnswer("theirs") })
				time.Sleep(time.Second)
				want(t, e, StateConflict, "")
				p := s.plan()
				closed.as(p)
				if restarted {
					_ = e.End(t.Context())
					e = Open(Config{Plan: p, Definition: s.d, Store: store, Send: s.send})
				}
				end(e)
				e.Adopt(p)
				time.Sleep(time.Minute)
				got := want(t, e, StateRefused, closed.words)
				if !api.IsCode(got.Whole, api.CodeState) || got.Conflict != nil || !got.Kept || got.Waiting != 1 || !strings.Contains(got.Words, "Kept on this computer. 1 change waits.") {
					t.Fatalf("it says %+v", got)
				}
				if err := e.Resolve(t.Context(), &Conflict{}, map[At]bool{{Item: "name"}: true}); !api.IsCode(err, api.CodeState) {
					t.Fatalf("choosing says %v", err)
				}
				if err := e.Flush(t.Context()); !api.IsCode(err, api.CodeState) {
					t.Fatalf("flush says %v", err)
				}
				if len(store.Unsent()) != 1 || e.Words().Now["name"].Text != "mine" || s.now()["name"].Text != "theirs" {
					t.Fatalf("the words are %v", say(e.Words().Now))
				}
				e.Adopt(s.plan())
				c := want(t, e, StateConflict, "").Conflict
				if err := e.Resolve(t.Context(), c, map[At]bool{{Item: "name"}: true}); err != nil || s.now()["name"].Text != "mine" {
					t.Fatalf("choosing says %v", err)
				}
			})
		}
	}
}

// Another person's decision that waits for a yes holds no words of this person's: in a plan that is closed nothing is asked.
func TestAYesIsNotAskedInAPlanThatIsClosed(t *testing.T) {
	bubble(t, func(t *testing.T, s *service, end func(*Editor)) {
		began(s)
		e := s.openTelling(testStore(t, filepath.Join(t.TempDir(), "k.db")), &notes{})
		end(e)
		typeIn(e, "name", "mine")
		theyDecide(s)
		_ = e.Flush(t.Context())
		want(t, e, StateConflict, "")
		p := s.plan()
		p.Actions = nil
		e.Adopt(p)
		want(t, e, StateSaved, "Saved centrally")
		if err := e.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
}

// Words that were not chosen are kept on this computer until the service has them, and told once however often the line breaks.
func TestWordsNotChosenAreToldOnce(t *testing.T) {
	bubble(t, func(t *testing.T, s *service, end func(*Editor)) {
		began(s)
		store := testStore(t, filepath.Join(t.TempDir(), "k.db"))
		n := &notes{after: func() error { return &api.Unreachable{Hop: api.HopBroken, Err: errors.New("broken")} }}
		e := s.openTelling(store, n)
		long := strings.Repeat("They told me at length. ", 100)
		typeIn(e, "story", long)
		s.other(func(a forms.Answers) { a["story"] = forms.TextAnswer("theirs") })
		_ = e.Flush(t.Context())
		if err := e.Resolve(t.Context(), e.Status().Conflict, map[At]bool{{Item: "story"}: false}); err == nil {
			t.Fatal("the note cannot have been heard of")
		}
		if got := e.Status(); got.State != StateSaved {
			t.Fatalf("every answer is saved, and the status is %s", got.State)
		}
		if err := e.End(t.Context()); err != nil {
			t.Fatal(err)
		}
		if r, ok := store.get("p1"); !ok || len(r.Lost) != 1 || r.Lost[0].Answer.Text != long || len(store.Unsent()) != 1 {
			t.Fatalf("kept here: %v", ok)
		}
		n.mu.Lock()
		n.after = nil
		n.mu.Unlock()
		e = s.openTelling(store, n)
		end(e)
		time.Sleep(time.Minute)
		synctest.Wait()
		if len(store.records) != 0 {
			t.Fatal("it was not told")
		}
		told := ""
		for _, one := range n.made {
			_, piece, _ := strings.Cut(one.Text, "\u201c")
			told += strings.TrimSuffix(piece, "\u201d")
			if len([]rune(one.Text)) > 1000 {
				t.Fatal("a note is longer than the service takes")
			}
		}
		if told != long || len(n.made) != 3 {
			t.Fatalf("%d notes, %d characters of %d", len(n.made), len(told), len(long))
		}
	})
}

// A service that takes no notes of this person does not keep them from anything; the words stay on this computer.
func TestWordsNotChosenThatNobodyTakesStayHere(t *testing.T) {
	bubble(t, func(t *testing.T, s *service, end func(*Editor)) {
		began(s)
		store := testStore(t, filepath.Join(t.TempDir(), "k.db"))
		n := &notes{after: func() error { return &api.Problem{Type: api.TypeOf(api.CodeForbidden), Status: 403, Title: "No."} }}
		e := s.openTelling(store, n)
		end(e)
		typeIn(e, "name", "mine")
		s.other(func(a forms.Answers) { a["name"] = forms.TextAnswer("theirs") })
		_ = e.Flush(t.Context())
		if err := e.Resolve(t.Context(), e.Status().Conflict, map[At]bool{{Item: "name"}: false}); err != nil {
			t.Fatal(err)
		}
		if err := e.Flush(t.Context()); err != nil {
			t.Fatalf("it stands in the way: %v", err)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if r, _ := store.get("p1"); len(r.Lost) != 1 || r.Lost[0].Answer.Text != "mine" {
			t.Fatalf("kept here: %+v", len(r.Lost))
		}
	})
}

// Words that were not chosen, and no draft any more to note them on: that is said, they can be read, and the editor stays until they
// have been. So it is when the service takes no note of this person.
func TestWordsNotChosenWithoutADraft(t *testing.T) {
	for _, refuses := range []bool{false, true} {
		bubble(t, func(t *testing.T, s *service, end func(*Editor)) {
			began(s)
			store := testStore(t, filepath.Join(t.TempDir(), "k.db"))
			lost := Declined{At: At{Item: "name"}, Label: "Name", Answer: forms.TextAnswer("theirs"), By: "Dr Osei, Riverside Practice", Keys: []string{"k"}}
			if err := store.put("p1", record{Base: s.now(), Now: s.now(), Lost: []Declined{lost}}); err != nil {
				t.Fatal(err)
			}
			n, p := &notes{}, s.plan()
			if refuses {
				n.after = func() error { return &api.Problem{Type: api.TypeOf(api.CodeForbidden), Status: 403, Title: "No."} }
			} else {
				p.Draft, p.Actions = nil, nil
			}
			e := Open(Config{Plan: p, Definition: s.d, Store: store, Send: s.send, Tell: n.tell})
			end(e)
			e.Leave()
			time.Sleep(time.Hour)
			got := want(t, e, StateRefused, "Words that were not chosen cannot be kept with this plan as a note any more. Kept on this computer. 1 change waits.")
			if !api.IsCode(got.Whole, api.CodeState) || !got.Kept || len(e.Declined()) != 1 || !e.Reopen() {
				t.Fatalf("it says %+v", got)
			}
			words, _ := store.Words("p1")
			if len(store.Unsent()) != 1 || words.Unsent() != 1 {
				t.Fatalf("%d words wait in %v", words.Unsent(), store.Unsent())
			}
			if c := words.Lost[0].Change(s.d, words.Base); c.Label != "Name, not chosen, of Dr Osei" || c.Old != "a" || c.New != "theirs" || c.Step != "one" {
				t.Fatalf("they read %+v", c)
			}
			if err := e.Flush(t.Context()); err != nil {
				t.Fatalf("it stands in the way: %v", err)
			}
			n.mu.Lock()
			n.after = nil
			n.mu.Unlock()
			e.Adopt(s.plan()) // there is a draft again, and this person may
			e.Retry()
			time.Sleep(time.Minute)
			want(t, e, StateSaved, "Saved centrally")
			if len(n.made) != 1 || len(store.Unsent()) != 0 {
				t.Fatalf("noted %+v", n.made)
			}
		})
	}
}

// No note repeats an answer that is hidden on the screen, and each has the service keep it beside the one that stands.
func TestANoteHoldsNothingHidden(t *testing.T) {
	d := planDefinition()
	for it := range d.Items() {
		if it.Kind != forms.Secret && !it.Sensitive || it.Kind == forms.Group {
			continue
		}
		at := At{Item: it.ID}
		answer := forms.TextAnswer("Fledermaus")
		if group := it.InGroup(); group != nil {
			at = At{Group: group.ID, Row: "r"}
			answer = forms.RowsAnswer(forms.Row{ID: "r", Answers: forms.Answers{it.ID: forms.TextAnswer("Fledermaus")}})
		}
		kept := false
		for _, note := range (Declined{At: at, Answer: answer, Mine: true}).comments(d, func(*forms.Item) bool { return false }) {
			kept = kept || note.Item == it.ID && note.Row == at.Row && note.Hidden[it.ID].Text == "Fledermaus"
			if strings.Contains(note.Text, "Fledermaus") || !strings.Contains(note.Text, "hidden") {
				t.Errorf("the note on %s says %q", it.ID, note.Text)
			}
		}
		if !kept {
			t.Errorf("the words at %s are gone", it.ID)
		}
	}
}
