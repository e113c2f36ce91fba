package drafts

// What may change here: the small form and the small service that the tests of this package share.

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"cmc/api"
	"cmc/forms"
)

const testForm = `step: one
title: One
sections:
  - section: open
    title: Open
    source: test
    items:
      - {id: name, kind: text, label: Name, max: 200}
      - {id: story, kind: longtext, label: Story, max: 200000}
      - {id: colour, kind: choice, label: Colour, options: [{code: red, label: Red}, {code: blue, label: Blue}]}
      - id: people
        kind: group
        label: People
        repeats: true
        row_title: who
        add_label: Add a person
        items:
          - {id: who, kind: text, label: Who, max: 100}
          - {id: tel, kind: text, label: Telephone, max: 100}
  - section: cpr
    title: Guarded
    source: test
    guarded: true
    items:
      - {id: decision, kind: choice, label: Decision, critical: true, options: [{code: for, label: For}, {code: against, label: Against}]}
      - {id: reason, kind: text, label: Reason, max: 200}
      - {id: ceiling, kind: text, label: Ceiling, max: 200}
      - id: talks
        kind: group
        label: Talks
        repeats: true
        row_title: with
        add_label: Add a talk
        items:
          - {id: with, kind: text, label: With, max: 100}
  - section: consent
    title: Decided
    source: test
    guarded: true
    decided: true
    items:
      - {id: agreed, kind: choice, label: Agreed, critical: true, options: [{code: for, label: For}, {code: against, label: Against}]}
      - {id: why, kind: text, label: Why, max: 200}
`

func testDefinition(t interface {
	Helper()
	Fatal(...any)
}) *forms.Definition {
	t.Helper()
	d, err := forms.Load(fstest.MapFS{
		"f/definition.yaml": {Data: []byte("id: test\nversion: \"1.0\"\ntitle: Test\n")},
		"f/01-one.yaml":     {Data: []byte(testForm)},
	}, "f", forms.Hooks{})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// A service does what the central service promises about drafts, in memory, so that the tests of time can run in no time.
// The tests in app hold the editor against the real one.
type service struct {
	d *forms.Definition

	mu      sync.Mutex
	answers forms.Answers
	version int
	at      time.Time
	by      string
	answerd map[string]*api.Plan // by idempotency key
	calls   int
	before  func(call int, patch []byte) error // an error means that the request never arrived
	after   func(call int) error               // an error means that it was done and the answer got lost
	refuse  map[string]string                  // item: why it is not taken

	recorded    map[string]forms.Recorded // by section
	hiddenSince []string                  // said with every conflict
}

func newService(t *testing.T) *service {
	return &service{d: testDefinition(t), answers: forms.Answers{}, version: 1, at: time.Now(), answerd: map[string]*api.Plan{}}
}

func (s *service) etag() string { return fmt.Sprintf(`"v%d"`, s.version) }

func (s *service) planLocked() *api.Plan {
	return &api.Plan{ID: "p1", Definition: s.d.Name(), Etag: s.etag(), Actions: []string{"save"},
		Draft: &api.Draft{Answers: s.answers.Clone(), ChangedAt: s.at, ChangedBy: s.by, Recorded: maps.Clone(s.recorded)}}
}

func (s *service) plan() *api.Plan {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.planLocked()
}

// other saves as another person would.
func (s *service) other(change func(forms.Answers)) { s.person("Nurse in charge", change) }

// person is other for somebody with a name.
func (s *service) person(who string, change func(forms.Answers)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	was := s.answers
	s.answers = s.answers.Clone()
	change(s.answers)
	s.saved(was, who)
}

// saved notes who saved, and who last wrote in each section, as the service does.
func (s *service) saved(was forms.Answers, who string) {
	s.version++
	s.at, s.by = time.Now(), who
	s.recorded = maps.Clone(s.recorded)
	if s.recorded == nil {
		s.recorded = map[string]forms.Recorded{}
	}
	for at := range differences(was, s.answers) {
		if it := itemOf(s.d, at); it != nil {
			name, _, _ := strings.Cut(who, ",")
			s.recorded[it.Section().ID] = forms.Recorded{By: name, Role: "Nurse", At: s.at, Source: "typed"}
		}
	}
}

func (s *service) now() forms.Answers {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.answers.Clone()
}

func (s *service) send(ctx context.Context, id string, patch []byte, etag, key string) (*api.Plan, error) {
	s.mu.Lock()
	s.calls++
	call, before, after := s.calls, s.before, s.after
	s.mu.Unlock()
	if before != nil {
		if err := before(call, patch); err != nil {
			return nil, err
		}
	}
	plan, err := s.patch(patch, etag, key)
	if after != nil {
		if lost := after(call); lost != nil {
			return nil, lost
		}
	}
	return plan, err
}

func (s *service) patch(patch []byte, etag, key string) (*api.Plan, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if plan := s.answerd[key]; plan != nil {
		return plan, nil
	}
	if etag != s.etag() {
		draft := s.planLocked().Draft
		draft.HiddenSince = s.hiddenSince
		theirs, _ := json.Marshal(draft)
		return nil, &api.Problem{Type: api.TypeOf(api.CodeConflict), Title: "Someone else saved.", Status: 412, Theirs: theirs, Etag: s.etag()}
	}
	var fields []api.FieldProblem
	for item, why := range s.refuse {
		if strings.Contains(string(patch), `"`+item+`"`) {
			fields = append(fields, api.FieldProblem{Location: "body.answers." + item, Message: why,
				Problem: &forms.Problem{Item: item, Rule: "format", Severity: forms.Stop, Words: why}})
		}
	}
	if fields != nil {
		return nil, &api.Problem{Type: api.TypeOf(api.CodeInvalid), Title: "Some answers are not right.", Status: 422, Fields: fields}
	}
	answers, problems, err := forms.ApplyPatch(s.d, s.answers, patch)
	if err != nil || len(problems) > 0 {
		return nil, &api.Problem{Type: api.TypeOf(api.CodeInvalid), Title: fmt.Sprint(err, problems), Status: 422}
	}
	was := s.answers
	s.answers = answers
	s.saved(was, "Me")
	plan := s.planLocked()
	s.answerd[key] = plan
	return plan, nil
}

func (s *service) tries() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls
}

func (s *service) saves() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.version
}

func (s *service) open(store *Store) *Editor {
	return Open(Config{Plan: s.plan(), Definition: s.d, Store: store, Send: s.send})
}

func testStore(t *testing.T, path string) *Store {
	t.Helper()
	store, err := OpenStore(path, testKey)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	return store
}

var testKey = []byte("0123456789abcdef0123456789abcdeX")

func noConnection(int, []byte) error {
	return &api.Unreachable{Hop: api.HopConnect, Err: fmt.Errorf("no")}
}
