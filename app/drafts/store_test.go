package drafts

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"cmc/app/kept"
	"cmc/forms"
)

func TestStoreKeepsAndHides(t *testing.T) {
	path := filepath.Join(t.TempDir(), "with space & % ü?.db")
	store := testStore(t, path)
	r := record{Base: forms.Answers{}, Etag: `"v1"`, Now: forms.Answers{"name": forms.TextAnswer("PERSIMMON"),
		"people": forms.RowsAnswer(forms.Row{ID: "r1", Answers: forms.Answers{}}, forms.Row{ID: "r2", Answers: forms.Answers{"who": forms.TextAnswer("Ann")}})},
		Typed: map[string]string{At{Item: "name"}.String(): "31-Feb"}}
	if err := store.put("plan-1", r); err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	if err := store.put("plan-1", r); !errors.Is(err, ErrClosed) {
		t.Fatalf("a closed store said %v", err)
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s may be read by others: %s", entry.Name(), info.Mode())
		}
		raw, err := os.ReadFile(filepath.Join(filepath.Dir(path), entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		for _, plain := range []string{"PERSIMMON", "SQLite format", "plan-1"} {
			if bytes.Contains(raw, []byte(plain)) {
				t.Errorf("%s holds %q in the clear", entry.Name(), plain)
			}
		}
	}
	again := testStore(t, path)
	got, ok := again.get("plan-1")
	if !ok || !got.Now.Equal(r.Now) || got.Typed["//name"] != "31-Feb" || got.Etag != r.Etag {
		t.Fatalf("read back %+v", got)
	}
	if err := again.remove("plan-1"); err != nil || len(again.records) != 0 {
		t.Fatalf("removing: %v", err)
	}
}

// A record of a newer program is left as it is, whatever this one does with the plan: the words go to the service, and as long as they
// cannot the status says why they are not kept.
func TestARecordOfANewerProgramIsNotWrittenOver(t *testing.T) {
	for _, newer := range []string{`{"v":99,"what":"will be"}`, `{"v":99,"now":"of another shape"}`} {
		bubble(t, func(t *testing.T, s *service, end func(*Editor)) {
			store := testStore(t, filepath.Join(t.TempDir(), "k.db"))
			if err := store.Kept().Change(map[string][]byte{kept.Draft + "p1": []byte(newer)}); err != nil {
				t.Fatal(err)
			}
			store = NewStore(store.Kept())
			check := func(what string) {
				t.Helper()
				if got := string(store.Kept().All()[kept.Draft+"p1"]); got != newer {
					t.Fatalf("%s: it is %s", what, got)
				}
			}
			s.before = noConnection
			e := s.open(store)
			end(e)
			typeIn(e, "name", "mine")
			time.Sleep(time.Second)
			want(t, e, StateUnkept, "this computer cannot keep it (a newer version of this program keeps words of this plan here)")
			check("kept")
			s.mu.Lock()
			s.before = nil
			s.mu.Unlock()
			e.Retry()
			time.Sleep(time.Second)
			want(t, e, StateSaved, "Saved centrally")
			check("sent")
			records, done := store.Forgetting("p1")
			if err := store.Kept().Change(records); err != nil {
				t.Fatal(err)
			}
			done()
			check("forgotten")
			if err := store.put("here-1", record{Now: forms.Answers{"name": forms.TextAnswer("x")}}); err != nil {
				t.Fatal(err)
			}
			if _, _, err := store.moving("here-1", "p1", forms.Answers{}); !errors.Is(err, ErrNewer) {
				t.Fatalf("moving says %v", err)
			}
			if len(store.Unsent()) != 1 {
				t.Fatalf("unsent are %v", store.Unsent())
			}
		})
	}
}

func TestStoreWithAnotherKey(t *testing.T) {
	path := filepath.Join(t.TempDir(), "k.db")
	store := testStore(t, path)
	if err := store.put("p", record{Now: forms.Answers{"name": forms.TextAnswer("x")}}); err != nil {
		t.Fatal(err)
	}
	_ = store.Close()
	other, err := OpenStore(path, []byte("another key of thirty-two bytes."))
	if err != nil || len(other.records) != 0 {
		t.Fatalf("another key gave %v", err)
	}
	_ = other.Close()
	if _, err := OpenStore(path, []byte("short")); !errors.Is(err, ErrWrongKey) {
		t.Fatalf("a short key gave %v", err)
	}
	if _, err := OpenStore(filepath.Join(t.TempDir(), "no", "such", "k.db"), testKey); err == nil || errors.Is(err, ErrWrongKey) {
		t.Fatalf("no folder gave %v", err)
	}
}

func TestPlacesOfProblems(t *testing.T) {
	for location, want := range map[string]At{
		"body.answers.nhs_number":                       {Item: "nhs_number"},
		"body.nhs_number.value":                         {Item: "nhs_number"},
		"body.answers.contacts.rows.ab12.answers.phone": {Group: "contacts", Row: "ab12", Item: "phone"},
		"body.contacts.rows.ab12":                       {Group: "contacts", Row: "ab12"},
		"body":                                          {},
	} {
		if got := placeOf(location); got != want {
			t.Errorf("%s is %+v, want %+v", location, got, want)
		}
		if got := readAt(want.String()); got != want {
			t.Errorf("%v comes back as %v", want, got)
		}
	}
}
