package central

// What may change here: what is held of the service when more is asked of it than it can do.

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cmc/api"
	"cmc/api/central/audit"
	"cmc/api/central/pressure"
	"cmc/api/central/store"
)

// A slowStore is a database that answers everything but access logs, which wait until they are let go.
type slowStore struct {
	store.Store
	asked chan struct{} // one for each access log that waits
	go_   chan struct{} // closed: nobody waits any more
}

type slowTx struct {
	store.Tx
	s   *slowStore
	ctx context.Context
}

func (s *slowStore) Read(ctx context.Context, fn func(store.Tx) error) error {
	return s.Store.Read(ctx, func(tx store.Tx) error { return fn(&slowTx{tx, s, ctx}) })
}

func (t *slowTx) AuditAbout(planID, patientID string, limit int) ([]audit.Event, error) {
	t.s.asked <- struct{}{}
	select {
	case <-t.s.go_:
		return t.Tx.AuditAbout(planID, patientID, limit)
	case <-t.ctx.Done():
		return nil, t.ctx.Err()
	}
}

// A service with few places is saturated with access logs that do not end. Whoever needs a plan beside a person, signs in,
// saves or approves goes on as ever; the next access log is told when to come again; and whoever runs the service sees it.
func TestUrgentReadsGoThroughWhenReportsFillTheService(t *testing.T) {
	slow := &slowStore{asked: make(chan struct{}, 100), go_: make(chan struct{})}
	limits := pressure.Limits{AtWork: 8}
	usual := pressure.Usual()
	limits.Shares = usual.Shares
	for i := range limits.Shares {
		limits.Shares[i].Patience = time.Hour // only what is meant to be refused is
	}
	limits.Shares[pressure.Report] = pressure.Share{AtWork: 2, Waiting: 3, Patience: time.Hour, Again: 30 * time.Second}
	w := openWard(t, func(o *Options) {
		o.Limits = limits
		o.wrap = func(st store.Store) store.Store {
			slow.Store = st
			return slow
		}
	})
	ctx := context.Background()
	p := w.live()
	gp := w.as("gp")

	answers := make(chan error, 5)
	var all sync.WaitGroup
	for range 5 { // two at work, three waiting
		all.Go(func() {
			_, err := gp.AccessLog(ctx, p.ID)
			answers <- err
		})
	}
	<-slow.asked
	<-slow.asked
	require.Eventually(t, func() bool {
		atWork, waiting := w.s.door.Count(pressure.Report)
		return atWork == 2 && waiting == 3
	}, time.Minute, time.Millisecond)

	// Four times as many reports as there is room for are refused at once, with words and a time.
	token := map[string]string{"Authorization": "Bearer " + gp.Token()}
	for range 20 {
		status, headers, body := w.raw(http.MethodGet, "/v1/plans/"+p.ID+"/access-log", token, "")
		require.Equal(t, http.StatusServiceUnavailable, status)
		problem := problemIn(t, headers, body)
		assert.Equal(t, api.CodeUnavailable, problem.Code())
		assert.Equal(t, 30, problem.RetryAfter)
		assert.Equal(t, "30", headers.Get("Retry-After"))
	}

	// A crew, from signing in to the page.
	crew, err := api.NewClient(w.web.URL, api.ClientOptions{})
	require.NoError(t, err)
	_, err = crew.SignIn(ctx, api.Credentials{Username: "urgent", Password: "training"})
	require.NoError(t, err)
	found, err := crew.SearchPatients(ctx, api.PatientSearch{NHSNumber: p.Patient.NHSNumber})
	require.NoError(t, err)
	require.Len(t, found.Items, 1)
	_, err = crew.Open(ctx, p.ID, "Called to the house")
	require.NoError(t, err)
	for range 20 {
		page, err := crew.Summary(ctx, p.ID, "")
		require.NoError(t, err)
		require.NotEmpty(t, page.Blocks)
	}
	_, err = crew.Plan(ctx, p.ID)
	require.NoError(t, err)
	// Those who write, and worklists.
	amended, err := gp.Amend(ctx, p.ID, "")
	require.NoError(t, err)
	_, err = gp.PatchDraft(ctx, p.ID, []byte(`{"urgent_banner":{"value":"Under load"}}`), amended.Etag, "")
	require.NoError(t, err)
	_, err = gp.Worklists(ctx)
	require.NoError(t, err)

	status, _, _ := w.raw(http.MethodGet, "/healthz", nil, "")
	assert.Equal(t, http.StatusOK, status)
	_, _, figures := w.raw(http.MethodGet, "/metrics", nil, "")
	assert.Contains(t, string(figures), `cmc_shed_total{class="report"} 20`)
	assert.Contains(t, string(figures), `cmc_shed_total{class="urgent"} 0`)
	assert.Contains(t, string(figures), `cmc_at_work{class="report"} 2`)
	assert.Contains(t, string(figures), `cmc_waiting{class="report"} 3`)

	close(slow.go_)
	all.Wait()
	for range 5 {
		require.NoError(t, <-answers, "those that were let in, or waited, are answered")
	}
}

// Who waits longer than is right is refused, not kept waiting; the same for every class.
func TestWaitingEnds(t *testing.T) {
	slow := &slowStore{asked: make(chan struct{}, 100), go_: make(chan struct{})}
	limits := pressure.Limits{AtWork: 8, Shares: pressure.Usual().Shares}
	limits.Shares[pressure.Report] = pressure.Share{AtWork: 1, Waiting: 3, Patience: time.Millisecond, Again: time.Second}
	w := openWard(t, func(o *Options) {
		o.Limits = limits
		o.wrap = func(st store.Store) store.Store {
			slow.Store = st
			return slow
		}
	})
	p := w.live()
	gp := w.as("gp")
	first := make(chan error, 1)
	go func() {
		_, err := gp.AccessLog(context.Background(), p.ID)
		first <- err
	}()
	<-slow.asked
	_, err := gp.AccessLog(context.Background(), p.ID)
	problem := refused(t, err, api.CodeUnavailable)
	assert.Equal(t, 1, problem.RetryAfter)
	close(slow.go_)
	require.NoError(t, <-first)
	_, err = gp.AccessLog(context.Background(), p.ID)
	require.NoError(t, err, "the place is free again")
}

func TestOnePersonCannotAskForEverybody(t *testing.T) {
	w := openWard(t, func(o *Options) {
		o.Limits = pressure.Limits{Window: time.Hour, Person: 5, Address: 4, Training: 1}
		o.Proxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	})
	gp, nurse := w.as("gp"), w.as("nurse")
	for range 5 {
		_, err := gp.Me(context.Background())
		require.NoError(t, err)
	}
	_, err := gp.Me(context.Background())
	problem := refused(t, err, api.CodeTooMany)
	assert.Equal(t, 3600, problem.RetryAfter)
	_, err = nurse.Me(context.Background())
	require.NoError(t, err, "a colleague goes on")

	// Without a session, addresses are counted, and only as the proxy tells them.
	from := func(address string) (int, http.Header, []byte) {
		return w.raw(http.MethodPost, "/v1/sessions", map[string]string{"X-Forwarded-For": address, "Content-Type": "application/json"},
			`{"username":"nobody","password":"nothing"}`)
	}
	for range 4 {
		status, _, _ := from("203.0.113.9")
		require.Equal(t, http.StatusUnauthorized, status)
	}
	status, headers, body := from("203.0.113.9")
	require.Equal(t, http.StatusTooManyRequests, status)
	assert.Equal(t, api.CodeTooMany, problemIn(t, headers, body).Code())
	assert.Equal(t, "3600", headers.Get("Retry-After"))
	status, _, _ = w.raw(http.MethodGet, "/v1/me", map[string]string{"X-Forwarded-For": "203.0.113.9", "Authorization": "Bearer guessed"}, "")
	assert.Equal(t, http.StatusTooManyRequests, status, "tokens are not tried out either")
	status, _, _ = from("203.0.113.10")
	assert.NotEqual(t, http.StatusTooManyRequests, status)
	status, _, _ = w.raw(http.MethodGet, "/healthz", map[string]string{"X-Forwarded-For": "203.0.113.9"}, "")
	assert.Equal(t, http.StatusOK, status)
	_, _, figures := w.raw(http.MethodGet, "/metrics", nil, "")
	assert.Contains(t, string(figures), `cmc_limited_total{by="person"} 1`)
	assert.Contains(t, string(figures), `cmc_limited_total{by="address"} 2`)
}

func TestTooManyBodiesAtOnce(t *testing.T) {
	w := openWard(t, func(o *Options) { o.Limits = pressure.Limits{Bodies: 1} })
	gp := w.as("gp")
	require.Zero(t, w.s.bodies.Load())
	w.s.bodies.Store(1) // one is under way
	_, err := gp.SearchPatients(context.Background(), api.PatientSearch{NHSNumber: "9990009600"})
	problem := refused(t, err, api.CodeUnavailable)
	assert.Positive(t, problem.RetryAfter)
	_, err = gp.Me(context.Background())
	require.NoError(t, err, "reading has no body")
	w.s.bodies.Store(0)
	_, err = gp.SearchPatients(context.Background(), api.PatientSearch{NHSNumber: "9990009600"})
	require.NoError(t, err)
	require.Zero(t, w.s.bodies.Load())
}

// What somebody beside a person waits for is in the first class, and everything that a crew's page needs is.
func TestClassesOfRoutes(t *testing.T) {
	w := openWard(t, nil)
	status, _, body := w.raw(http.MethodGet, "/openapi.json", nil, "")
	require.Equal(t, http.StatusOK, status)
	known := map[string]string{}
	for path, item := range described(t, body) {
		for method, op := range item {
			known[op] = fmt.Sprint(classOf(op, strings.ToUpper(method), path))
		}
	}
	for _, op := range urgentRoutes {
		assert.Equal(t, "urgent", known[op], op)
	}
	for op, class := range map[string]string{"sign-in": "sign-in", "patch-draft": "change", "approve": "change", "plan": "change",
		"worklist": "work", "worklists": "work", "versions": "work", "access-log": "report"} {
		assert.Equal(t, class, known[op], op)
	}
	crew := &caller{}
	crew.person.Role = api.RoleUrgentViewer
	doctor := &caller{}
	doctor.person.Role = api.RoleGP
	assert.Equal(t, pressure.Urgent, weigh(pressure.Change, "plan", crew, nil))
	assert.Equal(t, pressure.Change, weigh(pressure.Change, "plan", doctor, nil))
	assert.Equal(t, pressure.Urgent, weigh(pressure.Urgent, "search-patients", doctor, &searchIn{Body: api.PatientSearch{NHSNumber: "9990009600"}}))
	assert.Equal(t, pressure.Work, weigh(pressure.Urgent, "search-patients", crew, &searchIn{Body: api.PatientSearch{FamilyName: "Smith"}}))
}

// described is the operation of each method of each path in an OpenAPI description.
func described(t *testing.T, raw []byte) map[string]map[string]string {
	t.Helper()
	out := map[string]map[string]string{}
	var doc struct {
		Paths map[string]map[string]struct {
			OperationID string `json:"operationId"`
		} `json:"paths"`
	}
	require.NoError(t, jsonFormat.Unmarshal(raw, &doc))
	for path, item := range doc.Paths {
		out[path] = map[string]string{}
		for method, op := range item {
			out[path][method] = op.OperationID
		}
	}
	return out
}
