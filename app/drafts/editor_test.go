package drafts

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"cmc/api"
	"cmc/app/kept"
	"cmc/forms"
)

// bubble runs a test in its own time, and ends the editor that it made.
func bubble(t *testing.T, body func(t *testing.T, s *service, end func(*Editor))) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		var editors []*Editor
		defer func() {
			for _, e := range editors {
				e.finish()
			}
			synctest.Wait()
		}()
		body(t, newService(t), func(e *Editor) { editors = append(editors, e) })
	})
}

func typeIn(e *Editor, item, words string) { e.Set(At{Item: item}, forms.TextAnswer(words)) }

func want(t *testing.T, e *Editor, state State, words string) Status {
	t.Helper()
	synctest.Wait()
	s := e.Status()
	if s.State != state || !strings.Contains(s.Words, words) {
		t.Fatalf("status is %s %q, want %s %q", s.State, s.Words, state, words)
	}
	return s
}

func TestAPauseInTypingKeepsAndSends(t *testing.T) {
	bubble(t, func(t *testing.T, s *service, end func(*Editor)) {
		store := testStore(t, filepath.Join(t.TempDir(), "k.db"))
		e := s.open(store)
		end(e)
		want(t, e, StateSaved, "Saved centrally")
		typeIn(e, "name", "A")
		time.Sleep(pause - time.Millisecond)
		want(t, e, StateSaving, "Saving")
		if len(store.records) != 1 || s.tries() != 0 {
			t.Fatal("not kept, or sent before the pause")
		}
		typeIn(e, "name", "An")
		time.Sleep(pause - time.Millisecond)
		synctest.Wait()
		if s.tries() != 0 {
			t.Fatal("sent while typing went on")
		}
		time.Sleep(2 * time.Millisecond)
		got := want(t, e, StateSaved, "Saved centrally at "+time.Now().In(london).Format("15:04"))
		if s.now()["name"].Text != "An" || s.tries() != 1 || got.Waiting != 0 {
			t.Fatalf("service has %v after %d calls", s.now(), s.tries())
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if len(store.records) != 0 {
			t.Fatal("what the service has is still kept on this computer")
		}
	})
}

// A person who never pauses is kept all the same: at no moment is a word older than a second on this computer's screen alone.
func TestTypingWithoutAPauseIsKept(t *testing.T) {
	bubble(t, func(t *testing.T, s *service, end func(*Editor)) {
		s.before = noConnection
		store := testStore(t, filepath.Join(t.TempDir(), "k.db"))
		e := s.open(store)
		end(e)
		for i := range 120 {
			typeIn(e, "story", fmt.Sprint("word ", i))
			time.Sleep(100 * time.Millisecond)
			synctest.Wait()
			r, _ := store.get("p1")
			var last int
			if _, err := fmt.Sscanf(r.Now["story"].Text, "word %d", &last); i >= 9 && (err != nil || last < i-9) {
				t.Fatalf("word %d is typed and %q kept", i, r.Now["story"].Text)
			}
		}
		if n := s.tries(); n < 2 {
			t.Fatalf("in 12 s it was sent %d times", n)
		}
	})
}

func TestNoConnectionKeepsAndTriesAgain(t *testing.T) {
	bubble(t, func(t *testing.T, s *service, end func(*Editor)) {
		s.before = noConnection
		e := s.open(testStore(t, filepath.Join(t.TempDir(), "k.db")))
		end(e)
		typeIn(e, "name", "Ann")
		time.Sleep(pause)
		got := want(t, e, StateKept, "Not saved: no connection. Kept on this computer.")
		if got.Waiting != 1 {
			t.Fatalf("%d answers wait", got.Waiting)
		}
		time.Sleep(20 * time.Second)
		synctest.Wait()
		if tries := s.tries(); tries < 4 || tries > 6 {
			t.Fatalf("tried %d times in 20 s", tries)
		}
		s.mu.Lock()
		s.before = nil
		s.mu.Unlock()
		typeIn(e, "name", "Anna") // the next pause tries at once
		time.Sleep(pause)
		want(t, e, StateSaved, "Saved centrally")
		if s.now()["name"].Text != "Anna" {
			t.Fatalf("service has %v", s.now())
		}
	})
}

// The line breaks after the service did it: the same patch goes again under the same key, is done once, and what was typed
// meanwhile is no conflict with oneself.
func TestALostAnswerIsNoConflict(t *testing.T) {
	bubble(t, func(t *testing.T, s *service, end func(*Editor)) {
		s.after = func(call int) error {
			if call <= 2 {
				return &api.Unreachable{Hop: api.HopBroken, Err: errors.New("broken")}
			}
			return nil
		}
		e := s.open(nil)
		end(e)
		e.Set(At{Item: "reason"}, forms.TextAnswer("one"))
		time.Sleep(pause)
		want(t, e, StateUnkept, "It is only in this window")
		e.Set(At{Item: "reason"}, forms.TextAnswer("one two"))
		time.Sleep(pause)
		synctest.Wait()
		time.Sleep(10 * time.Second)
		want(t, e, StateSaved, "")
		if s.now()["reason"].Text != "one two" || s.saves() != 3 {
			t.Fatalf("service has %v at version %d: each of the two saves once, please", s.now(), s.saves())
		}
	})
}

// The same across a restart: the new process knows only what was kept.
func TestALostAnswerAcrossARestartIsNoConflict(t *testing.T) {
	bubble(t, func(t *testing.T, s *service, end func(*Editor)) {
		s.after = func(int) error { return &api.Unreachable{Hop: api.HopBroken, Err: errors.New("broken")} }
		path := filepath.Join(t.TempDir(), "k.db")
		store := testStore(t, path)
		e := s.open(store)
		e.Set(At{Item: "reason"}, forms.TextAnswer("one"))
		time.Sleep(pause)
		synctest.Wait()
		e.Set(At{Item: "reason"}, forms.TextAnswer("one two"))
		e.SetTyped(At{Item: "name"}, "31-Fe")
		time.Sleep(pause)
		synctest.Wait()
		e.work.end() // as if the process had died: nothing is tidied
		synctest.Wait()
		_ = store.Close()

		s.mu.Lock()
		s.after = nil
		s.mu.Unlock()
		again := s.open(testStore(t, path))
		end(again)
		if raw, ok := again.Typed(At{Item: "name"}); !ok || raw != "31-Fe" {
			t.Fatalf("half-typed words are %q", raw)
		}
		if again.Answers()["reason"].Text != "one two" {
			t.Fatalf("recovered %v", again.Answers())
		}
		want(t, again, StateSaved, "")
		if s.now()["reason"].Text != "one two" {
			t.Fatalf("service has %v", s.now())
		}
	})
}

func TestSomeoneElseSaved(t *testing.T) {
	bubble(t, func(t *testing.T, s *service, end func(*Editor)) {
		s.answers = forms.Answers{"name": forms.TextAnswer("a"), "reason": forms.TextAnswer("r")}
		e := s.open(testStore(t, filepath.Join(t.TempDir(), "k.db")))
		end(e)
		s.other(func(a forms.Answers) {
			a["name"] = forms.TextAnswer("theirs")
			a["story"] = forms.TextAnswer("their story")
		})
		typeIn(e, "name", "mine")
		row := e.AddRow("people")
		e.Set(At{Group: "people", Row: row, Item: "who"}, forms.TextAnswer("Bo"))
		time.Sleep(pause)
		got := want(t, e, StateConflict, "Someone else changed the same answers.")
		if len(got.Conflict.Fields) != 1 || got.Conflict.By != "Nurse in charge" || got.Conflict.Theirs["name"].Text != "theirs" || got.Conflict.Base["name"].Text != "a" {
			t.Fatalf("conflict %+v", got.Conflict)
		}
		have := s.now()
		if have["name"].Text != "theirs" || len(have["people"].Rows) != 1 {
			t.Fatalf("while a person chooses, the rest is saved and their words stand: %v", have)
		}
		typeIn(e, "name", "mine, longer")
		if c := e.Status().Conflict; c.Fields[0].Mine.Text != "mine, longer" {
			t.Fatalf("the conflict shows %v", c.Fields[0].Mine)
		}
		if err := e.Resolve(t.Context(), e.Status().Conflict, nil); !errors.Is(err, ErrNotChosen) {
			t.Fatalf("no choice gave %v", err)
		}
		if err := e.Resolve(t.Context(), e.Status().Conflict, map[At]bool{{Item: "name"}: true}); err != nil {
			t.Fatal(err)
		}
		want(t, e, StateSaved, "")
		if have := s.now(); have["name"].Text != "mine, longer" || have["story"].Text != "their story" {
			t.Fatalf("service has %v", have)
		}
	})
}

func TestTheirsStands(t *testing.T) {
	bubble(t, func(t *testing.T, s *service, end func(*Editor)) {
		e := s.open(nil)
		end(e)
		s.other(func(a forms.Answers) { a["decision"] = forms.ChoiceAnswer("for") })
		e.Set(At{Item: "reason"}, forms.TextAnswer("mine"))
		err := e.Flush(t.Context())
		if !errors.Is(err, ErrConflict) {
			t.Fatalf("flush said %v", err)
		}
		if got := s.now(); got["reason"].Text != "" {
			t.Fatalf("a guarded section was merged without a person: %v", got)
		}
		if err := e.Resolve(t.Context(), e.Status().Conflict, map[At]bool{{Item: "decision"}: false, {Item: "reason"}: false}); err != nil {
			t.Fatal(err)
		}
		if a := e.Answers(); a["decision"].Text != "for" || a["reason"].Text != "" {
			t.Fatalf("after choosing theirs the form shows %v", a)
		}
	})
}

func TestARefusedValueHoldsNothingElseUp(t *testing.T) {
	bubble(t, func(t *testing.T, s *service, end func(*Editor)) {
		s.refuse = map[string]string{"name": "Enter a name"}
		e := s.open(testStore(t, filepath.Join(t.TempDir(), "k.db")))
		end(e)
		typeIn(e, "name", "???")
		typeIn(e, "story", "kept")
		time.Sleep(pause)
		got := want(t, e, StateRefused, "The service does not take one answer. The others are saved.")
		if len(got.Problems) != 1 || got.Problems[0].Item != "name" || got.Problems[0].Words != "Enter a name" || got.Problems[0].Step != "one" {
			t.Fatalf("problems %+v", got.Problems)
		}
		if s.now()["story"].Text != "kept" || e.Answers()["name"].Text != "???" {
			t.Fatal("the other answer was not saved, or the refused one is gone")
		}
		calls := s.tries()
		time.Sleep(time.Hour)
		synctest.Wait()
		if s.tries() != calls {
			t.Fatal("a refused value is sent again and again")
		}
		var refused *RefusedError
		if err := e.Flush(t.Context()); !errors.As(err, &refused) || refused.Count != 1 {
			t.Fatalf("flush said %v", err)
		}
		s.mu.Lock()
		s.refuse = nil
		s.mu.Unlock()
		typeIn(e, "name", "Ann")
		time.Sleep(pause)
		want(t, e, StateSaved, "")
	})
}

func TestAnEndedSessionWaitsForSignIn(t *testing.T) {
	bubble(t, func(t *testing.T, s *service, end func(*Editor)) {
		out := true
		s.before = func(int, []byte) error {
			if out {
				return &api.Problem{Type: api.TypeOf(api.CodeUnauthenticated), Title: "Ended.", Status: 401}
			}
			return nil
		}
		e := s.open(testStore(t, filepath.Join(t.TempDir(), "k.db")))
		end(e)
		typeIn(e, "name", "Ann")
		time.Sleep(pause)
		if got := want(t, e, StateKept, "Not saved: sign in again. Kept on this computer."); !got.SignIn {
			t.Fatal("the status does not ask to sign in")
		}
		time.Sleep(time.Hour)
		synctest.Wait()
		if s.tries() != 1 {
			t.Fatalf("%d tries without a session", s.tries())
		}
		out = false
		e.Retry()
		want(t, e, StateSaved, "")
		if s.now()["name"].Text != "Ann" {
			t.Fatal("the words did not go on")
		}
	})
}

// A busy service says when to come again: nothing is sent before, however much is typed, and everything is then.
func TestABusyServiceIsLeftAlone(t *testing.T) {
	for code, status := range map[string]int{api.CodeUnavailable: 503, api.CodeTooMany: 429} {
		bubble(t, func(t *testing.T, s *service, end func(*Editor)) {
			s.before = func(int, []byte) error {
				return &api.Problem{Type: api.TypeOf(code), Title: "Busy.", Status: status, RetryAfter: 30}
			}
			e := s.open(testStore(t, filepath.Join(t.TempDir(), "k.db")))
			end(e)
			typeIn(e, "name", "Ann")
			time.Sleep(pause)
			want(t, e, StateKept, "Kept on this computer.")
			s.mu.Lock()
			s.before = nil
			s.mu.Unlock()
			for _, words := range []string{"Anna", "Annab", "Annabel"} {
				typeIn(e, "name", words)
				time.Sleep(8 * time.Second)
			}
			want(t, e, StateKept, "Kept on this computer.")
			if s.tries() != 1 {
				t.Fatalf("%d tries before the time", s.tries())
			}
			time.Sleep(10 * time.Second)
			want(t, e, StateSaved, "Saved centrally")
			if s.now()["name"].Text != "Annabel" {
				t.Fatalf("service has %v", s.now())
			}
		})
	}
}

// A full disk: SQLite itself is told that there is no more room.
func TestAFullDiskIsSaidAndTheWordsStillGo(t *testing.T) {
	bubble(t, func(t *testing.T, s *service, end func(*Editor)) {
		s.before = noConnection
		store, err := openStore(filepath.Join(t.TempDir(), "k.db"), testKey, kept.Options{MaxPages: 4})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = store.Close() })
		e := s.open(store)
		end(e)
		e.Set(At{Item: "story"}, forms.TextAnswer(strings.Repeat("word ", 8000)))
		time.Sleep(pause)
		want(t, e, StateUnkept, "Not saved: no connection. It is only in this window: this computer cannot keep it (its disk is full).")
		if err := e.End(t.Context()); !errors.Is(err, ErrOnlyHere) {
			t.Fatalf("ending with words that are nowhere else said %v", err)
		}
		s.mu.Lock()
		s.before = nil
		s.mu.Unlock()
		time.Sleep(maxWait)
		want(t, e, StateSaved, "")
		if len(s.now()["story"].Text) < 40000-1 {
			t.Fatal("the words did not reach the service")
		}
	})
}

// The folder is gone: nothing can be written there.
func TestAFolderThatIsGone(t *testing.T) {
	bubble(t, func(t *testing.T, s *service, end func(*Editor)) {
		s.before = noConnection
		dir := filepath.Join(t.TempDir(), "gone")
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		store := testStore(t, filepath.Join(dir, "k.db"))
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		e := s.open(store)
		end(e)
		typeIn(e, "name", "Ann")
		time.Sleep(pause)
		want(t, e, StateUnkept, "It is only in this window: this computer cannot keep it (its disk gave an error).")
	})
}

func TestRowsComeGoAndComeBack(t *testing.T) {
	bubble(t, func(t *testing.T, s *service, end func(*Editor)) {
		e := s.open(nil)
		end(e)
		a, b, c := e.AddRow("people"), e.AddRow("people"), e.AddRow("people")
		e.Set(At{Group: "people", Row: b, Item: "who"}, forms.TextAnswer("Bo"))
		e.SetTyped(At{Group: "people", Row: b, Item: "tel"}, "01")
		half := e.HalfTyped()
		half[At{Item: "name"}] = "a snapshot is the caller's"
		before := e.Answers()
		undo := e.RemoveRow("people", b)
		if got := e.HalfTyped(); len(got) != 0 {
			t.Fatalf("half-typed words of a row that is gone: %v", got)
		}
		if got := rowIDs(e.Answers()["people"].Rows); len(got) != 2 || len(before["people"].Rows) != 3 {
			t.Fatalf("rows %v; a snapshot must not change", got)
		}
		undo()
		undo()
		if got := e.HalfTyped(); len(got) != 1 || got[At{Group: "people", Row: b, Item: "tel"}] != "01" {
			t.Fatalf("half-typed words %v", got)
		}
		e.MoveRow("people", c, -5)
		if got := fmt.Sprint(rowIDs(e.Answers()["people"].Rows)); got != fmt.Sprint([]string{c, a, b}) {
			t.Fatalf("rows %v", got)
		}
		if raw, _ := e.Typed(At{Group: "people", Row: b, Item: "tel"}); raw != "01" {
			t.Fatal("half-typed words of the row did not come back")
		}
		if err := e.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(rowIDs(s.now()["people"].Rows)); got != fmt.Sprint([]string{c, a, b}) {
			t.Fatalf("the service has rows %v", got)
		}
		e.Set(At{Group: "people", Row: "nobody", Item: "who"}, forms.TextAnswer("lost?"))
		if len(e.Answers()["people"].Rows) != 3 {
			t.Fatal("an answer made a row")
		}
	})
}

func TestWatchersHearTheLastStatus(t *testing.T) {
	bubble(t, func(t *testing.T, s *service, end func(*Editor)) {
		e := s.open(nil)
		end(e)
		var heard []State
		cancel := e.OnStatus(func(st Status) { heard = append(heard, st.State) })
		synctest.Wait()
		typeIn(e, "name", "Ann")
		synctest.Wait()
		time.Sleep(pause)
		synctest.Wait()
		if got := fmt.Sprint(heard); got != "[saved saving saved]" {
			t.Fatalf("heard %s", got)
		}
		cancel()
		typeIn(e, "name", "Anna")
		time.Sleep(pause)
		synctest.Wait()
		if len(heard) != 3 {
			t.Fatal("heard after cancelling")
		}
	})
}

// An answer of the service that was overtaken by a newer one does not take words back.
func TestAnOldPlanIsNotAdopted(t *testing.T) {
	bubble(t, func(t *testing.T, s *service, end func(*Editor)) {
		e := s.open(nil)
		end(e)
		old := s.plan()
		time.Sleep(time.Second)
		typeIn(e, "name", "Ann")
		if err := e.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		e.Adopt(old)
		if e.Answers()["name"].Text != "Ann" || e.Plan().Etag == old.Etag {
			t.Fatal("an old answer took words back")
		}
		s.other(func(a forms.Answers) { a["story"] = forms.TextAnswer("new") })
		e.Adopt(s.plan())
		if a := e.Answers(); a["name"].Text != "Ann" || a["story"].Text != "new" {
			t.Fatalf("adopted %v", a)
		}
		before := s.plan()
		before.Published = &api.Version{Number: 2}
		approved := *before
		approved.Draft, approved.Published = nil, &api.Version{Number: 3}
		e.Adopt(&approved)
		e.Adopt(before) // from before the approval, and later than its answer
		if got := e.Plan(); got.Published.Number != 3 {
			t.Fatalf("the plan is version %d again", got.Published.Number)
		}
	})
}

// A plan that has moved on: the words stay and the service's own sentence is shown.
func TestAPlanThatMovedOn(t *testing.T) {
	bubble(t, func(t *testing.T, s *service, end func(*Editor)) {
		s.before = func(int, []byte) error {
			return &api.Problem{Type: api.TypeOf(api.CodeState), Title: "This plan was sent for review.", Status: 409}
		}
		e := s.open(testStore(t, filepath.Join(t.TempDir(), "k.db")))
		end(e)
		typeIn(e, "name", "Ann")
		time.Sleep(pause)
		want(t, e, StateRefused, "Not saved. This plan was sent for review. Kept on this computer.")
		if e.Answers()["name"].Text != "Ann" {
			t.Fatal("the words are gone")
		}
	})
}

// A person leaves the plan while there is no connection: it is tried until it is sent, and only then does the editor end.
func TestLeavingWithWordsUnsent(t *testing.T) {
	bubble(t, func(t *testing.T, s *service, end func(*Editor)) {
		s.before = noConnection
		closed := 0
		e := Open(Config{Plan: s.plan(), Definition: s.d, Store: testStore(t, filepath.Join(t.TempDir(), "k.db")), Send: s.send,
			Closed: func(*Editor) { closed++ }})
		end(e)
		typeIn(e, "name", "Ann")
		e.Leave()
		if synctest.Wait(); closed != 0 {
			t.Fatal("it ended with words that were not sent")
		}
		s.mu.Lock()
		s.before = nil
		s.mu.Unlock()
		time.Sleep(maxWait)
		synctest.Wait()
		if closed != 1 || s.now()["name"].Text != "Ann" {
			t.Fatalf("closed %d times, service has %v", closed, s.now())
		}
		if e.Reopen() {
			t.Fatal("an editor that ended can be reopened")
		}
	})
}

// A person comes back to a plan while its editor is just ending: what they type from there on is kept and sent.
func TestComingBackWhileItEnds(t *testing.T) {
	bubble(t, func(t *testing.T, s *service, end func(*Editor)) {
		closed := 0
		var e *Editor
		sent := make(chan struct{})
		e = Open(Config{Plan: s.plan(), Definition: s.d, Store: testStore(t, filepath.Join(t.TempDir(), "k.db")), Closed: func(*Editor) { closed++ },
			Send: func(ctx context.Context, id string, patch []byte, etag, key string) (*api.Plan, error) {
				plan, err := s.send(ctx, id, patch, etag, key)
				if s.tries() == 1 { // the disk is slow from here on
					_ = e.work.keeping.take(ctx)
					close(sent)
				}
				return plan, err
			}})
		end(e)
		typeIn(e, "name", "Ann")
		e.Leave()
		<-sent
		synctest.Wait() // it waits for the disk, and has nothing else to do
		if !e.Reopen() {
			t.Fatal("it ended before the disk had answered")
		}
		typeIn(e, "name", "Anna")
		e.work.keeping.give()
		time.Sleep(2 * pause)
		want(t, e, StateSaved, "Saved centrally")
		if closed != 0 || s.now()["name"].Text != "Anna" {
			t.Fatalf("closed %d times, service has %v", closed, s.now())
		}
	})
}

// A caller who stops waiting stops nothing else.
func TestFlushStopsWaiting(t *testing.T) {
	bubble(t, func(t *testing.T, s *service, end func(*Editor)) {
		var slow atomic.Bool
		slow.Store(true)
		e := Open(Config{Plan: s.plan(), Definition: s.d, Send: func(ctx context.Context, id string, patch []byte, etag, key string) (*api.Plan, error) {
			if slow.Load() {
				<-ctx.Done()
				return nil, ctx.Err()
			}
			return s.send(ctx, id, patch, etag, key)
		}})
		end(e)
		typeIn(e, "name", "Ann")
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		if err := e.Flush(ctx); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) > time.Second {
			t.Fatalf("flush said %v after %s", err, time.Since(began))
		}
		slow.Store(false)
		time.Sleep(maxWait)
		want(t, e, StateSaved, "")
	})
}

// An answer is lost, and then the session ends: after signing in again nobody is asked about their own words.
func TestALostAnswerAndThenNoSession(t *testing.T) {
	bubble(t, func(t *testing.T, s *service, end func(*Editor)) {
		s.before = func(call int, _ []byte) error {
			if call == 2 || call == 3 {
				return &api.Problem{Type: api.TypeOf(api.CodeUnauthenticated), Title: "Ended.", Status: 401}
			}
			return nil
		}
		s.after = func(call int) error {
			if call == 1 {
				return &api.Unreachable{Hop: api.HopBroken, Err: errors.New("broken")}
			}
			return nil
		}
		e := s.open(nil)
		end(e)
		typeIn(e, "reason", "one")
		time.Sleep(pause)
		synctest.Wait()
		typeIn(e, "reason", "one two")
		time.Sleep(pause)
		want(t, e, StateUnkept, "sign in again")
		typeIn(e, "reason", "one two three")
		time.Sleep(pause)
		synctest.Wait()
		e.Retry()
		want(t, e, StateSaved, "")
		if s.now()["reason"].Text != "one two three" {
			t.Fatalf("service has %v", s.now())
		}
	})
}
