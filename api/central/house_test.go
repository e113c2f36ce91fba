package central

// The rooms that the tests are played in: a real service over a real file, spoken to through the real client.

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cmc/api"
	"cmc/api/central/seal"
	"cmc/api/central/store"
	"cmc/api/central/store/storetest"
	"cmc/assets/training"
	"cmc/forms"
	"cmc/forms/plan"
)

// A clock that a test can move.
type testClock struct {
	mu sync.Mutex
	at time.Time
}

func newTestClock() *testClock {
	return &testClock{at: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)}
}

func (c *testClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *testClock) forward(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// A ward is a running service.
type ward struct {
	t      *testing.T
	s      *Service
	web    *httptest.Server
	clock  *testClock
	log    *bytes.Buffer
	logMu  sync.Mutex
	people map[string]*api.Client
}

type lockedWriter struct{ w *ward }

func (l lockedWriter) Write(p []byte) (int, error) {
	l.w.logMu.Lock()
	defer l.w.logMu.Unlock()
	return l.w.log.Write(p)
}

func (w *ward) logged() string {
	w.logMu.Lock()
	defer w.logMu.Unlock()
	return w.log.String()
}

func openWard(t *testing.T, change func(*Options)) *ward {
	t.Helper()
	w := &ward{t: t, clock: newTestClock(), log: &bytes.Buffer{}, people: map[string]*api.Client{}}
	options := Options{DataDir: t.TempDir(), Training: true, Now: w.clock.now,
		Logger: slog.New(slog.NewJSONHandler(lockedWriter{w}, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	if overPostgres(t) {
		options.DataDir, options.Database = "", storetest.Database(t)
	}
	if change != nil {
		change(&options)
	}
	if options.Database != "" && options.KeyFile == "" {
		options.KeyFile = oneKey(t)
	}
	var err error
	w.s, err = Open(context.Background(), options)
	require.NoError(t, err)
	w.web = httptest.NewServer(w.s.Handler())
	t.Cleanup(func() {
		w.s.Hush()
		w.web.Close()
		require.NoError(t, w.s.Close())
	})
	return w
}

// oneKey is the key file of every database that several wards may share.
func oneKey(t *testing.T) string {
	if err := NewKey(sharedKey); !errors.Is(err, seal.ErrThere) {
		require.NoError(t, err)
	}
	return sharedKey
}

var sharedKey = filepath.Join(os.TempDir(), fmt.Sprintf("cmc-central-test-%d.key", os.Getpid()))

// as is the client of a training account, signed in.
func (w *ward) as(username string) *api.Client {
	w.t.Helper()
	if c, there := w.people[username]; there {
		return c
	}
	c, err := api.NewClient(w.web.URL, api.ClientOptions{})
	require.NoError(w.t, err)
	_, err = c.SignIn(context.Background(), api.Credentials{Username: username, Password: "training"})
	require.NoError(w.t, err)
	w.people[username] = c
	return c
}

// raw sends a request as it is and gives the status, the headers and the body.
func (w *ward) raw(method, path string, headers map[string]string, body string) (int, http.Header, []byte) {
	w.t.Helper()
	request, err := http.NewRequest(method, w.web.URL+path, bytes.NewReader([]byte(body)))
	require.NoError(w.t, err)
	for name, value := range headers {
		request.Header.Set(name, value)
	}
	answer, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(request)
	require.NoError(w.t, err)
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	require.NoError(w.t, err)
	return answer.StatusCode, answer.Header, raw
}

// problemIn reads a problem and holds it to what every problem has.
func problemIn(t *testing.T, headers http.Header, body []byte) *api.Problem {
	t.Helper()
	require.Equal(t, "application/problem+json", headers.Get("Content-Type"), "%s", body)
	p := new(api.Problem)
	require.NoError(t, json.Unmarshal(body, p), "%s", body)
	require.NotEmpty(t, p.Title)
	require.NotEmpty(t, p.Code())
	return p
}

// refused holds an error to a code and gives the problem.
func refused(t *testing.T, err error, code string) *api.Problem {
	t.Helper()
	require.Error(t, err)
	var p *api.Problem
	require.ErrorAs(t, err, &p)
	require.Equal(t, code, p.Code(), "%s %+v", p.Error(), p.Fields)
	return p
}

// wholeAnswers are the answers of an approvable training plan, without who it is about.
func wholeAnswers(t *testing.T) forms.Answers {
	t.Helper()
	_, plans, _, _, err := training.Load(newTestClock().now())
	require.NoError(t, err)
	d := plan.Definition()
	for _, one := range plans {
		if one.Live == nil || one.Status != "approved" {
			continue
		}
		content, problems, err := forms.Decode(d, one.Live.Answers)
		require.NoError(t, err)
		require.Empty(t, problems, one.ID)
		if left := stops(forms.Validate(d, content, newTestClock().now(), forms.ForApproval)); len(left) > 0 {
			continue
		}
		confirms := forms.Validate(d, content, newTestClock().now(), forms.ForApproval)
		clean := true
		for _, p := range confirms {
			clean = clean && p.Severity != forms.Confirm
		}
		if !clean {
			continue
		}
		for _, item := range []string{plan.NHSNumber, plan.NHSNumberStatus, plan.FamilyName, plan.GivenName, plan.MiddleNames, plan.Title,
			plan.PreferredName, plan.BirthDate, plan.SexAtBirth, plan.GenderAdmin, plan.Ethnicity, plan.AddressUsual, plan.ResidenceType,
			plan.CareHomeODS, plan.PhoneHome, plan.PhoneMobile, plan.DeceasedDate, plan.PracticeODS, plan.PracticeName, plan.PracticePhone,
			plan.PracticeBypassPhone, plan.UsualGPName, plan.HolderOrgODS, plan.UrgentBanner} {
			delete(content, item)
		}
		for id := range content {
			if item := d.Item(id); item != nil && item.System {
				delete(content, id)
			}
		}
		return content
	}
	t.Fatal("no training plan is approvable")
	return nil
}

// without finds a person of the index who has no plan and belongs to the organisation.
func (w *ward) without(ods string) *store.Patient {
	w.t.Helper()
	people, plans, _, _, err := training.Load(w.clock.now())
	require.NoError(w.t, err)
	has := map[string]bool{}
	for _, one := range plans {
		has[one.Person] = true
	}
	var found *store.Patient
	for _, one := range people {
		if has[one.ID] || one.DeathDate != "" || (ods != "" && one.CareHome != ods && one.Practice != ods) {
			continue
		}
		require.NoError(w.t, w.s.store.Read(context.Background(), func(tx store.Tx) (err error) {
			found, err = tx.Patient(trainingID("person", one.ID))
			return err
		}))
		return found
	}
	w.t.Fatal("everybody has a plan")
	return nil
}

// begin writes a whole draft as an account and gives the plan.
func (w *ward) begin(username string, person *store.Patient) *api.Plan {
	w.t.Helper()
	ctx := context.Background()
	c := w.as(username)
	p, err := c.CreatePlan(ctx, api.NewPlan{PatientID: person.ID, Reason: "Asked by the family"}, "")
	require.NoError(w.t, err)
	next := p.Draft.Answers.Clone()
	for id, answer := range wholeAnswers(w.t) {
		next[id] = answer
	}
	change, err := forms.MakePatch(p.Draft.Answers, next)
	require.NoError(w.t, err)
	p, err = c.PatchDraft(ctx, p.ID, change, p.Etag, "")
	require.NoError(w.t, err)
	return p
}

// approval is a signature with every check ticked.
func (w *ward) approval() api.Approve {
	days, _ := plan.ReviewLimit(forms.NewReader(plan.Definition(), wholeAnswers(w.t), w.clock.now()))
	in := api.Approve{Password: "training", ReviewDue: w.clock.now().AddDate(0, 0, days).Format(time.DateOnly)}
	for _, check := range api.ApprovalChecks {
		in.Checks = append(in.Checks, check.ID)
	}
	return in
}

// live makes an approved plan.
func (w *ward) live() *api.Plan {
	w.t.Helper()
	ctx := context.Background()
	p := w.begin("gp", w.without("X99001"))
	p, err := w.as("gp").Submit(ctx, p.ID, api.Submit{}, p.Etag)
	require.NoError(w.t, err)
	p, err = w.as("gp").Approve(ctx, p.ID, w.approval(), p.Etag)
	require.NoError(w.t, err)
	return p
}
