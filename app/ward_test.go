//go:build linux

package app_test

// The room that the tests of the desk are played in: a real central service with its invented people, reached through a
// line that can be cut, and the real keychain.

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"testing"
	"time"

	"cmc/api"
	"cmc/api/central"
	"cmc/api/central/signon/signontest"
	"cmc/app"
	"cmc/app/crash"
	"cmc/app/drafts"
	"cmc/app/keychain/keychaintest"
	"cmc/assets/training"
	"cmc/forms"
)

func TestMain(m *testing.M) {
	crash.Monitor()
	signontest.Chromium()
	if os.Getenv(childEnv) != "" {
		os.Exit(child())
	}
	os.Exit(keychaintest.Main(m))
}

const patience = 20 * time.Second // for something real to happen; nothing waits that long when all is well

// A ward is a running central service with a line to it.
type ward struct {
	t       *testing.T
	service *central.Service
	web     *httptest.Server
	line    *line
	log     *lockedBuffer

	mu    sync.Mutex
	ahead time.Duration // of the service's clock
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func openWard(t *testing.T) *ward {
	t.Helper()
	w := &ward{t: t, log: &lockedBuffer{}}
	var err error
	w.service, err = central.Open(t.Context(), central.Options{DataDir: t.TempDir(), Training: true, Now: w.now})
	if err != nil {
		t.Fatal(err)
	}
	w.served()
	return w
}

// served serves the service on loopback, with a line to it, until the test ends.
func (w *ward) served() {
	w.web = httptest.NewServer(w.service.Handler())
	w.line = newLine(w.t, w.web.Listener.Addr().String())
	w.t.Cleanup(func() {
		w.service.Hush()
		w.line.close()
		w.web.CloseClientConnections()
		w.web.Close()
		if err := w.service.Close(); err != nil {
			w.t.Error(err)
		}
	})
}

func (w *ward) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return time.Now().Add(w.ahead)
}

func (w *ward) forward(by time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ahead += by
}

// desk opens a desk over a profile, pointed at this service through the line.
func (w *ward) desk(profile string) *app.Desk {
	w.t.Helper()
	d, err := app.New(app.Params{ProfileDir: profile, Version: "test", Log: slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = d.Close() })
	if d.Address() == "" {
		if err := d.SetAddress("http://" + w.line.addr()); err != nil {
			w.t.Fatal(err)
		}
	}
	return d
}

func signIn(t *testing.T, d *app.Desk, who string, keep bool) app.SignIn {
	t.Helper()
	got, err := d.SignIn(t.Context(), who, "training", keep)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// client speaks to the service without a desk, as another person at another computer would.
func (w *ward) client(who string) *api.Client {
	w.t.Helper()
	c, err := api.NewClient(w.web.URL, api.ClientOptions{})
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := c.SignIn(w.t.Context(), api.Credentials{Username: who, Password: "training"}); err != nil {
		w.t.Fatal(err)
	}
	return c
}

// draftOf opens a draft of who is signed in, and starts one where there is none.
func draftOf(t *testing.T, d *app.Desk) *api.Plan {
	t.Helper()
	plan, err := anyDraft(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

func anyDraft(ctx context.Context, d *app.Desk) (*api.Plan, error) {
	people, _, _, _, err := training.Load(time.Now())
	if err != nil {
		return nil, err
	}
	for _, person := range people {
		if person.NHSNumber == "" || person.DeathDate != "" || person.CareHome != d.User().Organisation.ODS {
			continue
		}
		search, err := d.ParseFind(person.NHSNumber)
		if err != nil {
			return nil, err
		}
		found, err := d.Search(ctx, search)
		if err != nil {
			return nil, err
		}
		if len(found.Items) == 1 && found.Items[0].Plan == nil && !found.Items[0].NeedsReason {
			return d.StartPlan(ctx, api.NewPlan{PatientID: found.Items[0].ID})
		}
	}
	return nil, errors.New("everybody of this home has a plan")
}

func contains(all []string, one string) bool {
	for _, a := range all {
		if a == one {
			return true
		}
	}
	return false
}

// await waits until the editor says a state, and gives the status.
func await(t *testing.T, e *drafts.Editor, what string, is func(drafts.Status) bool) drafts.Status {
	t.Helper()
	heard := make(chan drafts.Status, 64)
	cancel := e.OnStatus(func(s drafts.Status) { heard <- s })
	defer cancel()
	late := time.After(patience)
	last := e.Status()
	for {
		if is(last) {
			return last
		}
		select {
		case last = <-heard:
		case <-late:
			t.Fatalf("the editor never was %s; it is %s: %s %+v", what, last.State, last.Words, last.Problems)
		}
	}
}

func saved(s drafts.Status) bool { return s.State == drafts.StateSaved }

func text(e *drafts.Editor, item, words string) {
	e.Set(drafts.At{Item: item}, forms.TextAnswer(words))
}

// A line carries bytes to the service until it is told not to.
type line struct {
	t        *testing.T
	listener net.Listener
	target   string

	mu      sync.Mutex
	open    map[net.Conn]bool
	down    bool
	cutting int                       // so many more answers are cut off after the request went through
	when    func(request []byte) bool // which requests are cut; nil: all
	changes []string                  // the requests that change something, in the order in which they came: "POST /v1/plans"
}

func newLine(t *testing.T, target string) *line {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &line{t: t, listener: listener, target: target, open: map[net.Conn]bool{}}
	go l.serve()
	return l
}

func (l *line) addr() string { return l.listener.Addr().String() }

func (l *line) serve() {
	for {
		near, err := l.listener.Accept()
		if err != nil {
			return
		}
		go l.carry(near)
	}
}

func (l *line) carry(near net.Conn) {
	defer near.Close()
	l.mu.Lock()
	if l.down {
		l.mu.Unlock()
		return
	}
	far, err := net.Dial("tcp", l.target)
	if err != nil {
		l.mu.Unlock()
		return
	}
	l.open[near], l.open[far] = true, true
	l.mu.Unlock()
	defer far.Close()
	cut := make(chan struct{})
	go func() { // towards the service
		buffer := make([]byte, 256<<10)
		for {
			n, err := near.Read(buffer)
			if n > 0 {
				l.mu.Lock()
				if words := bytes.SplitN(buffer[:n], []byte(" "), 3); len(words) == 3 && (string(words[0]) == http.MethodPost || string(words[0]) == http.MethodPatch) {
					l.changes = append(l.changes, string(words[0])+" "+string(words[1]))
				}
				if l.cutting > 0 && (l.when == nil || l.when(buffer[:n])) {
					l.cutting--
					select {
					case <-cut:
					default:
						close(cut)
					}
				}
				l.mu.Unlock()
				if _, err := far.Write(buffer[:n]); err != nil {
					return
				}
			}
			if err != nil {
				_ = far.Close()
				return
			}
		}
	}()
	buffer := make([]byte, 256<<10)
	for {
		n, err := far.Read(buffer)
		select {
		case <-cut: // the service has answered, so it has done it; nobody hears the answer
			return
		default:
		}
		if n > 0 {
			if _, err := near.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// cut breaks everything and lets nothing new through until mend.
func (l *line) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.down = true
	for c := range l.open {
		_ = c.Close()
	}
	l.open = map[net.Conn]bool{}
}

func (l *line) mend() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.down = false
}

// loseAnswers cuts the line after each of the next n saves went through.
func (l *line) loseAnswers(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cutting, l.when = n, func(request []byte) bool { return bytes.HasPrefix(request, []byte(http.MethodPatch)) }
}

// loseCreated cuts the line after each of the next n beginnings of a plan went through.
func (l *line) loseCreated(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cutting, l.when = n, func(request []byte) bool { return bytes.HasPrefix(request, []byte("POST /v1/plans HTTP")) }
}

// loseEvent cuts the line after each of the next n times that an event of a plan ("submit") went through.
func (l *line) loseEvent(name string, n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cutting, l.when = n, func(request []byte) bool {
		first, _, _ := bytes.Cut(request, []byte("\r\n"))
		return bytes.HasPrefix(first, []byte("POST ")) && bytes.Contains(first, []byte("/"+name+" "))
	}
}

// lost says how many answers are still to be lost.
func (l *line) lost() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.cutting
}

// changed are the requests that changed something since the last call, in order.
func (l *line) changed() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := l.changes
	l.changes = nil
	return out
}

func (l *line) close() {
	_ = l.listener.Close()
	l.cut()
}

var _ io.Writer = (*lockedBuffer)(nil)

// atService is the draft as the service has it.
func (w *ward) atService(who, planID string) forms.Answers {
	w.t.Helper()
	plan, err := w.client(who).Plan(context.Background(), planID)
	if err != nil {
		w.t.Fatal(err)
	}
	return plan.Draft.Answers
}
