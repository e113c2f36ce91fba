//go:build linux

package app_test

// A network that does everything that networks do, from a seed: it drops, delays, duplicates, cuts off and reorders what goes between
// a desk and the service. What may change here: how bad it is. What must hold at the end of each run must not.

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"cmc/api"
	"cmc/api/central"
	"cmc/api/central/pressure"
	"cmc/app"
	"cmc/app/drafts"
	"cmc/app/outbox"
	"cmc/forms"
	careplan "cmc/forms/plan"
)

var (
	stormRuns = flag.Int("storm.runs", 1000, "seeded runs of TestAgreeAfterAStorm")
	stormSeed = flag.Uint64("storm.seed", 0, "the one run of TestAgreeAfterAStorm that is wanted; 0: all")
)

// stormDesks is how many desks have their runs at the same time: mostly they wait.
const stormDesks = 40

// What becomes of a request in a storm.
const (
	passes = iota
	isDropped
	losesItsAnswer
	isLate
	isAnsweredLate
	goesTwice
	goesTwiceAtOnce
	comesAgainLater
	isCutOff
	hasItsAnswerCutOff
	waitsForTheNext
	meetsAGateway
	fates
)

// A storm stands between a desk and the service.
type storm struct {
	web    *httptest.Server
	target string
	way    *http.Client
	blows  atomic.Bool
	later  sync.WaitGroup // copies that are still to come

	mu     sync.Mutex
	random *rand.Rand
	next   chan struct{} // closed when another request comes
	log    []string      // what became of the requests of this run
}

func newStorm(t *testing.T, target string) *storm {
	s := &storm{target: target, next: make(chan struct{}), way: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 8}, Timeout: 20 * time.Second}}
	s.web = httptest.NewServer(s)
	t.Cleanup(func() {
		s.blows.Store(false)
		s.web.CloseClientConnections()
		s.web.Close()
		s.later.Wait()
		s.way.CloseIdleConnections()
	})
	return s
}

// rise begins the storm of a seed.
func (s *storm) rise(seed uint64) {
	s.mu.Lock()
	s.random, s.log = rand.New(rand.NewPCG(seed, 0x57024)), nil
	s.mu.Unlock()
	s.blows.Store(true)
}

// calm ends it. What was held back goes on its way.
func (s *storm) calm() { s.blows.Store(false) }

// fate says what becomes of a request, how long it takes, and when another one came.
func (s *storm) fate(r *http.Request) (fate int, wait time.Duration, next chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.next)
	s.next = make(chan struct{})
	if !s.blows.Load() {
		return passes, 0, s.next
	}
	if s.random.IntN(100) >= 35 { // two thirds of what goes wrong are requests: a plan would never come to an end otherwise
		fate = s.random.IntN(fates)
	}
	wait = time.Duration(s.random.IntN(120)) * time.Millisecond
	s.log = append(s.log, fmt.Sprintf("%s %s %s: %d", time.Now().Format("05.000"), r.Method, r.URL.Path, fate))
	return fate, wait, s.next
}

func (s *storm) story() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.log, "\n")
}

func (s *storm) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	fate, wait, next := s.fate(r)
	if strings.HasSuffix(r.URL.Path, "/events") {
		s.news(w, r, fate, wait)
		return
	}
	switch fate {
	case isDropped:
		panic(http.ErrAbortHandler)
	case losesItsAnswer:
		_, _, _ = s.forward(r, body)
		panic(http.ErrAbortHandler)
	case isLate:
		time.Sleep(wait)
	case goesTwice:
		_, _, _ = s.forward(r, body)
	case goesTwiceAtOnce:
		s.again(r, body, 0)
	case comesAgainLater:
		s.again(r, body, 4*wait)
	case isCutOff:
		s.cut(r, body)
		panic(http.ErrAbortHandler)
	case waitsForTheNext:
		select {
		case <-next:
			time.Sleep(5 * time.Millisecond) // it goes first
		case <-time.After(2 * wait):
		}
	case meetsAGateway:
		if wait%2 == 0 {
			_, _, _ = s.forward(r, body)
		}
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader([]int{http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout, http.StatusOK}[int(wait/time.Millisecond)%4])
		_, _ = io.WriteString(w, "<html><body>Please sign in to the hotel's network</body></html>")
		return
	}
	answer, words, err := s.forward(r, body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if fate == isAnsweredLate {
		time.Sleep(wait)
	}
	for name, values := range answer.Header {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Length", fmt.Sprint(len(words)))
	w.WriteHeader(answer.StatusCode)
	if fate == hasItsAnswerCutOff && len(words) > 1 {
		_, _ = w.Write(words[:len(words)/2])
		panic(http.ErrAbortHandler)
	}
	_, _ = w.Write(words)
}

// copyOf is a request as it came, for the service.
func (s *storm) copyOf(ctx context.Context, r *http.Request, body []byte) *http.Request {
	out, err := http.NewRequestWithContext(ctx, r.Method, "http://"+s.target+r.URL.RequestURI(), bytes.NewReader(body))
	if err != nil {
		panic(err)
	}
	out.Header = r.Header.Clone()
	return out
}

func (s *storm) forward(r *http.Request, body []byte) (*http.Response, []byte, error) {
	answer, err := s.way.Do(s.copyOf(context.WithoutCancel(r.Context()), r, body)) // what is on its way arrives
	if err != nil {
		return nil, nil, err
	}
	defer answer.Body.Close()
	words, err := io.ReadAll(answer.Body)
	return answer, words, err
}

// again sends a copy after a while, whose answer nobody hears.
func (s *storm) again(r *http.Request, body []byte, after time.Duration) {
	s.later.Go(func() {
		time.Sleep(after)
		_, _, _ = s.forward(r, body)
	})
}

// cut sends half of a request and breaks off.
func (s *storm) cut(r *http.Request, body []byte) {
	var whole bytes.Buffer
	if s.copyOf(r.Context(), r, body).Write(&whole) != nil {
		return
	}
	line, err := net.Dial("tcp", s.target)
	if err != nil {
		return
	}
	_, _ = line.Write(whole.Bytes()[:whole.Len()-max(1, len(body)/2)])
	_ = line.Close()
}

// news hands on the line of events, and breaks it off in most storms.
func (s *storm) news(w http.ResponseWriter, r *http.Request, fate int, wait time.Duration) {
	if fate == isDropped || fate == isCutOff || fate == meetsAGateway {
		panic(http.ErrAbortHandler)
	}
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	if fate != passes {
		defer time.AfterFunc(5*wait, cancel).Stop()
	}
	answer, err := (&http.Client{Transport: s.way.Transport}).Do(s.copyOf(ctx, r, nil))
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	defer answer.Body.Close()
	for name, values := range answer.Header {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.StatusCode)
	buffer := make([]byte, 4096)
	for {
		n, err := answer.Body.Read(buffer)
		if n > 0 {
			_, _ = w.Write(buffer[:n])
			w.(http.Flusher).Flush()
		}
		if err != nil {
			panic(http.ErrAbortHandler)
		}
	}
}

// A stormRun is one plan that is begun, written, spoken about and perhaps sent for review in a storm.
type stormRun struct {
	t       *testing.T
	w       *ward
	storm   *storm
	profile string
	d       *app.Desk
	seed    uint64
	random  *rand.Rand
	checker *api.Client // beside the storm
	whole   forms.Answers
	door    *sync.Mutex   // many passwords of one account at once count as guessing
	choices *atomic.Int64 // how often somebody was asked which words stand

	family  string
	wanted  forms.Answers
	said    []string
	submits bool
	theirs  string   // what a colleague wrote meanwhile, last
	quarrel bool     // the colleague writes where this person does
	lost    []string // what was not chosen, when they were asked
}

// TestAgreeAfterAStorm is 1,000 runs. Each ends with the service and the desk agreeing, with every word there once, one plan for one
// person, sent for review at most once, and nobody asked about their own words. In some a colleague writes in the same place: then
// what was chosen stands, and what was not is a comment, once. `-storm.seed=N` repeats one.
func TestAgreeAfterAStorm(t *testing.T) {
	w := &ward{t: t, log: &lockedBuffer{}}
	limits := pressure.Usual()
	limits.Person, limits.Address = 1<<20, 1<<20 // all desks here are one person at one address
	var err error
	if w.service, err = central.Open(t.Context(), central.Options{DataDir: t.TempDir(), Training: true, Now: w.now, Limits: limits, Offline: -1}); err != nil {
		t.Fatal(err)
	}
	w.served()
	checker := w.client("carehome")
	whole := everyAnswer(t, careplan.Definition(), time.Now())
	seeds := make(chan uint64, *stormRuns)
	if *stormSeed != 0 {
		seeds <- *stormSeed
	} else {
		for i := range *stormRuns {
			seeds <- uint64(i + 1)
		}
	}
	close(seeds)
	var done, choices atomic.Int64
	var door sync.Mutex
	var desks sync.WaitGroup
	for range min(stormDesks, cap(seeds)) {
		desks.Go(func() {
			r := &stormRun{t: t, w: w, storm: newStorm(t, w.web.Listener.Addr().String()), profile: t.TempDir(), checker: checker, whole: whole, door: &door, choices: &choices}
			r.open()
			for seed := range seeds {
				if t.Failed() && *stormSeed != 0 {
					return
				}
				if err := r.run(seed); err != nil {
					t.Errorf("seed %d: %v\n%s", seed, err, r.storm.story())
					return
				}
				done.Add(1)
			}
		})
	}
	desks.Wait()
	t.Logf("%d runs; asked %d times which words stand", done.Load(), choices.Load())
	if *stormSeed == 0 && *stormRuns >= 100 && choices.Load() == 0 {
		t.Error("no two people ever wrote in the same place")
	}
}

// open starts the program over its profile and signs in, however often that takes.
func (r *stormRun) open() {
	d, err := app.New(app.Params{ProfileDir: r.profile, Version: "test"})
	if err == nil && d.Address() == "" {
		err = d.SetAddress(r.storm.web.URL)
	}
	for range 50 {
		if err == nil {
			ok := false
			if r.d != nil { // started again: the session goes on
				_, ok, err = d.Resume(r.t.Context())
			}
			if !ok && err == nil {
				r.door.Lock()
				_, err = d.SignIn(r.t.Context(), "carehome", "training", true)
				r.door.Unlock()
			}
			if err == nil {
				break
			}
			if !api.IsUnreachable(err) && !api.IsCode(err, api.CodeUnavailable) && !api.IsCode(err, api.CodeTooMany) {
				break
			}
			err = nil
		}
	}
	if err != nil {
		r.t.Errorf("seed %d: signing in: %v", r.seed, err)
	}
	r.d = d
	r.t.Cleanup(func() { _ = d.Close() })
}

func (r *stormRun) some(percent int) bool { return r.random.IntN(100) < percent }

func (r *stormRun) run(seed uint64) error {
	r.seed, r.random, r.said, r.submits, r.theirs, r.lost = seed, rand.New(rand.NewPCG(seed, 1)), nil, false, "", nil
	r.family, r.wanted = "Storm"+letters(seed), forms.Answers{}
	r.storm.rise(seed)
	defer r.storm.calm()
	first := typedBy(r.family)
	sends := r.some(35)
	r.quarrel = !sends && r.some(50)
	if sends {
		first.Answers[careplan.PlanCohorts] = r.whole[careplan.PlanCohorts]
	}
	plan, err := r.d.StartPlan(r.t.Context(), first)
	if err != nil {
		return fmt.Errorf("starting: %w", err)
	}
	e := r.d.Edit(plan)
	if e == nil {
		return fmt.Errorf("the plan %s does not open", plan.ID)
	}
	if sends {
		for id, answer := range r.whole {
			if _, there := first.Answers[id]; !there {
				e.Set(drafts.At{Item: id}, answer)
			}
		}
	}
	write := func(item string) {
		words := fmt.Sprintf("%s %d", r.family, r.random.IntN(1000))
		r.wanted[item] = forms.TextAnswer(words)
		text(e, item, words)
	}
	for i := range 3 + r.random.IntN(3) {
		write([]string{"preferred_name", "advance_statement", "preferred_name", careplan.UrgentBanner}[r.random.IntN(4)])
		time.Sleep(time.Duration(r.random.IntN(500)) * time.Millisecond)
		if r.some(15) {
			words := fmt.Sprintf("Comment %d of %s", i, r.family)
			if _, err := r.d.Comment(r.t.Context(), plan, api.Comment{Item: "preferred_name", Text: words}); err != nil && !app.IsWaiting(err) {
				return fmt.Errorf("a comment: %w", err)
			}
			r.said = append(r.said, words)
		}
		if r.some(8) && !outbox.IsHere(e.PlanID()) || r.quarrel && r.some(60) && !outbox.IsHere(e.PlanID()) {
			if err := r.elsewhere(e.PlanID()); err != nil {
				return err
			}
		}
		if r.some(8) {
			if e, plan, err = r.again(e, r.some(40)); err != nil {
				return err
			}
		}
	}
	if sends {
		if err := r.send(plan); err != nil {
			return err
		}
		if r.some(20) {
			if e, _, err = r.again(e, true); err != nil {
				return err
			}
		}
	}
	r.storm.calm()
	e.Retry()
	return r.agrees(e)
}

// send sends the plan for review, sometimes twice, as an impatient person does.
func (r *stormRun) send(plan *api.Plan) error {
	r.submits = true
	note := "Note of " + r.family
	r.said = append(r.said, note)
	for range 1 + r.random.IntN(2) {
		if _, err := r.d.Submit(r.t.Context(), plan, api.Submit{Note: note}); err != nil && !app.IsWaiting(err) && !api.IsCode(err, api.CodeState) {
			return fmt.Errorf("sending: %w", err)
		}
	}
	return nil
}

// elsewhere has a colleague write in the same plan at another computer: it merges by itself, unless they write in the same place.
func (r *stormRun) elsewhere(id string) error {
	item, words := "pets", fmt.Sprintf("A cat, fed by %s %d", r.family, r.random.IntN(1000))
	if r.quarrel {
		item, words = "preferred_name", fmt.Sprintf("Another name %s %d", r.family, r.random.IntN(1000))
	}
	for range 20 {
		now, err := certainly(func() (*api.Plan, error) { return r.checker.Plan(r.t.Context(), id) })
		if err == nil {
			_, err = certainly(func() (*api.Plan, error) {
				return r.checker.PatchDraft(r.t.Context(), id, []byte(`{"`+item+`":{"value":"`+words+`"}}`), now.Etag, "")
			})
		}
		if api.IsCode(err, api.CodePrecondition) || api.IsCode(err, api.CodeConflict) { // the desk was quicker
			continue
		}
		r.theirs = words
		return err
	}
	return errors.New("a colleague never came to save")
}

// again leaves the form in the middle of it all, or the whole program, which is started anew, and opens the plan.
func (r *stormRun) again(e *drafts.Editor, restart bool) (*drafts.Editor, *api.Plan, error) {
	if !restart {
		e.Leave()
	} else if err := r.d.Close(); err != nil {
		return nil, nil, fmt.Errorf("closing: %w", err)
	}
	id := e.PlanID()
	if restart {
		r.open()
	}
	for late := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		plan, err := r.d.OpenPlan(r.t.Context(), id)
		if err == nil {
			if again := r.d.Edit(plan); again != nil {
				return again, plan, nil
			}
			return nil, nil, fmt.Errorf("the plan %s does not open again", id)
		}
		if api.IsCode(err, api.CodeNotFound) && outbox.IsHere(id) { // it was started meanwhile, and has its own name now
			plans, err := r.plans()
			if err == nil && len(plans) == 1 {
				id = plans[0]
				continue
			}
		}
		if time.Now().After(late) {
			return nil, nil, fmt.Errorf("opening %s again: %w", id, err)
		}
	}
}

// plans are the plans of this run's person, as the service has them.
func (r *stormRun) plans() (ids []string, err error) {
	found, err := certainly(func() (*api.PatientList, error) {
		return r.checker.SearchPatients(r.t.Context(), api.PatientSearch{FamilyName: r.family, BirthDate: "1938-04-02"})
	})
	if err != nil {
		return nil, err
	}
	for _, p := range found.Items {
		if p.Plan != nil && p.FamilyName == r.family {
			ids = append(ids, p.Plan.ID)
		}
	}
	return ids, nil
}

// agrees waits until nothing waits, and compares.
func (r *stormRun) agrees(e *drafts.Editor) error {
	for late := time.Now().Add(30 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		waiting, where := r.d.Waiting(), r.d.Where()
		if len(waiting) == 0 && where.Waiting == 0 && e.Status().State == drafts.StateSaved {
			break
		}
		if s := e.Status(); s.State == drafts.StateConflict {
			if !r.quarrel {
				return fmt.Errorf("they are asked about their own words: %+v", s)
			}
			if err := r.choose(e, s.Conflict); err != nil {
				return err
			}
		}
		if time.Now().After(late) {
			return fmt.Errorf("it does not settle: %+v, %+v, %+v", waiting, where, e.Status())
		}
	}
	r.storm.later.Wait() // the last copies have arrived
	plans, err := r.plans()
	if err != nil {
		return err
	}
	if len(plans) != 1 || plans[0] != e.PlanID() {
		return fmt.Errorf("the plans of one person are %v, the editor has %s", plans, e.PlanID())
	}
	now, err := certainly(func() (*api.Plan, error) { return r.checker.Plan(r.t.Context(), plans[0]) })
	if err != nil {
		return err
	}
	if now.Draft == nil {
		return fmt.Errorf("the plan is %s and has no draft", now.Status)
	}
	for item, want := range r.wanted {
		if item == "preferred_name" && r.theirs != "" && r.quarrel && len(r.lost) == 0 && now.Draft.Answers[item].Text == r.theirs {
			want.Text = r.theirs // they had sent their own before, and wrote nothing there afterwards
		}
		for late := time.Now().Add(2 * patience); e.Answers()[item].Text != want.Text && time.Now().Before(late); {
			time.Sleep(100 * time.Millisecond) // a colleague wrote last: the desk is told when its line of news stands again
		}
		if got := now.Draft.Answers[item]; got.Text != want.Text || e.Answers()[item].Text != want.Text {
			return fmt.Errorf("%s is %q at the service and %q here, and was to be %q", item, got.Text, e.Answers()[item].Text, want.Text)
		}
	}
	if r.theirs != "" && !r.quarrel && now.Draft.Answers["pets"].Text != r.theirs {
		return fmt.Errorf("a colleague wrote %q, and the service has %q", r.theirs, now.Draft.Answers["pets"].Text)
	}
	var comments []string
	for _, c := range now.Draft.Comments {
		comments = append(comments, c.Text)
	}
	for _, words := range r.lost {
		i := slices.IndexFunc(comments, func(c string) bool { return strings.Contains(c, words) })
		if i < 0 {
			return fmt.Errorf("%q was not chosen, and is in none of the comments %q", words, comments)
		}
		comments = slices.Delete(comments, i, i+1)
	}
	slices.Sort(comments)
	slices.Sort(r.said)
	if !slices.Equal(comments, r.said) {
		return fmt.Errorf("said was %q, the service has %q", r.said, comments)
	}
	if want := map[bool]string{true: "in_review", false: "draft"}[r.submits]; now.Status != want {
		return fmt.Errorf("the plan is %s, and was to be %s", now.Status, want)
	}
	log, err := certainly(func() (*api.AccessLog, error) { return r.checker.AccessLog(r.t.Context(), plans[0]) })
	if err != nil {
		return err
	}
	count := map[string]int{}
	for _, one := range log.Items {
		count[one.Action]++
	}
	if count["create"] != 1 || count["submit"] > 1 {
		return fmt.Errorf("the service wrote %v", count)
	}
	return nil
}

// choose answers when both wrote in one place: mine or theirs, as it comes.
func (r *stormRun) choose(e *drafts.Editor, c *drafts.Conflict) error {
	r.choices.Add(1)
	mine, choice := r.some(50), map[drafts.At]bool{}
	for _, field := range c.Fields {
		if field.At.Item != "preferred_name" || !strings.HasPrefix(field.Theirs.Text, "Another name") {
			return fmt.Errorf("they are asked about %+v", field)
		}
		choice[field.At] = mine
	}
	switch err := e.Resolve(r.t.Context(), c, choice); {
	case errors.Is(err, drafts.ErrNotChosen): // it has changed meanwhile: they are asked again
		return nil
	case err != nil && !errors.Is(err, drafts.ErrConflict): // the colleague has written again: they are asked about that next
		return fmt.Errorf("choosing: %w", err)
	}
	for _, field := range c.Fields {
		if mine {
			r.lost = append(r.lost, field.Theirs.Text)
			continue
		}
		r.lost = append(r.lost, field.Mine.Text)
		r.wanted[field.At.Item] = forms.TextAnswer(r.theirs) // also when the colleague has written there again since
	}
	return nil
}

// certainly asks until the service has room to answer: forty people ask at once here.
func certainly[T any](ask func() (T, error)) (out T, err error) {
	for late := time.Now().Add(patience); time.Now().Before(late); time.Sleep(200 * time.Millisecond) {
		if out, err = ask(); !api.IsCode(err, api.CodeUnavailable) {
			break
		}
	}
	return out, err
}

// letters writes a number with letters, as names are.
func letters(n uint64) string {
	out := ""
	for ; n > 0; n /= 26 {
		out += string(rune('a' + n%26))
	}
	return out
}
