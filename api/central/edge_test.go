package central

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cmc/api"
	"cmc/api/central/account"
	"cmc/api/central/store"
)

var asJSON = map[string]string{"Content-Type": "application/json"}

func (w *ward) bearer(username string) map[string]string {
	return map[string]string{"Content-Type": "application/json", "Authorization": "Bearer " + w.as(username).Token()}
}

func TestEveryRefusalIsAProblem(t *testing.T) {
	w := openWard(t, nil)
	gp := w.bearer("gp")
	for name, one := range map[string]struct {
		method, path string
		headers      map[string]string
		body         string
		status       int
		field        string
	}{
		"no such path":          {get, "/v1/nothing", nil, "", 404, ""},
		"wrong method":          {http.MethodPut, "/v1/me", gp, "{}", 405, ""},
		"not JSON by name":      {post, "/v1/sessions", map[string]string{"Content-Type": "text/plain"}, "x", 415, ""},
		"a form":                {post, "/v1/sessions", map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, "a=b", 415, ""},
		"not JSON":              {post, "/v1/sessions", asJSON, "{", 400, "body"},
		"no body":               {post, "/v1/sessions", asJSON, "", 400, ""},
		"a field too many":      {post, "/v1/sessions", asJSON, `{"username":"gp","password":"x","remember":true}`, 422, "body.remember"},
		"a field missing":       {post, "/v1/sessions", asJSON, `{"username":"gp"}`, 422, "body.password"},
		"a wrong type":          {post, "/v1/sessions", asJSON, `{"username":7,"password":"x"}`, 422, "body.username"},
		"a name too long":       {post, "/v1/sessions", asJSON, `{"username":"` + strings.Repeat("a", 300) + `","password":"x"}`, 422, "body.username"},
		"too large":             {post, "/v1/sessions", asJSON, `{"username":"` + strings.Repeat("a", 100<<10) + `","password":"x"}`, 413, "body"},
		"no token":              {get, "/v1/me", nil, "", 401, ""},
		"a made-up token":       {get, "/v1/me", map[string]string{"Authorization": "Bearer abc"}, "", 401, ""},
		"another scheme":        {get, "/v1/me", map[string]string{"Authorization": "Basic abc"}, "", 401, ""},
		"no such plan":          {get, "/v1/plans/none", gp, "", 404, ""},
		"no such list":          {get, "/v1/worklists/none", gp, "", 404, ""},
		"a version of letters":  {get, "/v1/plans/none/versions/x", gp, "", 422, "path.n"},
		"no such parameter":     {get, "/v1/worklists?colour=blue", gp, "", 422, "query.colour"},
		"search for nothing":    {post, "/v1/patients/search", gp, `{}`, 422, "body.family_name"},
		"a wrong NHS number":    {post, "/v1/patients/search", gp, `{"nhs_number":"999 000 9601"}`, 422, "body.nhs_number"},
		"a birth to come":       {post, "/v1/patients/search", gp, `{"family_name":"Smith","birth_date":"2031-01-01"}`, 422, "body.birth_date"},
		"no such birth":         {post, "/v1/patients/search", gp, `{"family_name":"Smith","birth_date":"1941-02-31"}`, 422, "body.birth_date"},
		"feedback of one's own": {post, "/v1/plans/none/feedback", gp, `{"outcome":"meh"}`, 422, "body.outcome"},
	} {
		t.Run(name, func(t *testing.T) {
			status, headers, body := w.raw(one.method, one.path, one.headers, one.body)
			require.Equal(t, one.status, status, "%s", body)
			p := problemIn(t, headers, body)
			assert.Equal(t, one.status, p.Status)
			if one.field != "" {
				require.NotEmpty(t, p.Fields, "%s", body)
				assert.Equal(t, one.field, p.Fields[0].Location)
				assert.NotContains(t, p.Fields[0].Message, "expected", "in plain words")
			}
			if one.status == 413 {
				assert.Contains(t, p.Fields[0].Message, "64 kB", "how long it may be")
			}
			assert.NotContains(t, string(body), `"value"`)
			if one.status == 401 {
				assert.Equal(t, "Bearer", headers.Get("WWW-Authenticate"))
			}
			if one.status == 405 {
				assert.Equal(t, "GET", headers.Get("Allow"))
			}
		})
	}
}

func TestSigningInAndOut(t *testing.T) {
	w := openWard(t, nil)
	ctx := context.Background()
	c, err := api.NewClient(w.web.URL, api.ClientOptions{})
	require.NoError(t, err)
	info, err := c.Service(ctx)
	require.NoError(t, err)
	assert.True(t, info.Training)
	assert.Equal(t, "urgent-care-plan@1.0", info.Definition)

	session, err := c.SignIn(ctx, api.Credentials{Username: " GP ", Password: "training"})
	require.NoError(t, err)
	assert.Equal(t, api.RoleGP, session.User.Role)
	assert.Contains(t, session.User.May, "approve")
	me, err := c.Me(ctx)
	require.NoError(t, err)
	assert.Equal(t, session.User, *me)
	token := c.Token()
	raw, err := os.ReadFile(Database(w.s.options.DataDir) + "-wal")
	require.NoError(t, err)
	assert.NotContains(t, string(raw), token, "only its hash is kept")

	require.NoError(t, c.SignOut(ctx))
	assert.Empty(t, c.Token())
	c.SetToken(token)
	_, err = c.Me(ctx)
	refused(t, err, api.CodeUnauthenticated)

	t.Run("idle and absolute end", func(t *testing.T) {
		_, err := c.SignIn(ctx, api.Credentials{Username: "gp", Password: "training"})
		require.NoError(t, err)
		for range 13 {
			w.clock.forward(55 * time.Minute)
			_, err = c.Me(ctx)
			require.NoError(t, err)
		}
		w.clock.forward(10 * time.Minute)
		_, err = c.Me(ctx)
		refused(t, err, api.CodeUnauthenticated)
		_, err = c.SignIn(ctx, api.Credentials{Username: "gp", Password: "training"})
		require.NoError(t, err)
		w.clock.forward(61 * time.Minute)
		_, err = c.Me(ctx)
		refused(t, err, api.CodeUnauthenticated)
	})
	t.Run("locked, whether or not the name exists", func(t *testing.T) {
		for _, name := range []string{"hospice", "nobody-at-all"} {
			var words []string
			for i := range 6 {
				_, err := c.SignIn(ctx, api.Credentials{Username: name, Password: "wrong"})
				if i < 4 {
					words = append(words, refused(t, err, api.CodeWrongPassword).Error())
					continue
				}
				p := refused(t, err, api.CodeLocked)
				assert.Equal(t, http.StatusLocked, p.Status)
				assert.InDelta(t, 900, p.RetryAfter, 1)
			}
			assert.Len(t, slices.Compact(words), 1)
		}
		_, err := c.SignIn(ctx, api.Credentials{Username: "hospice", Password: "training"})
		refused(t, err, api.CodeLocked)
		w.clock.forward(15*time.Minute + time.Second)
		_, err = c.SignIn(ctx, api.Credentials{Username: "hospice", Password: "training"})
		require.NoError(t, err)
	})
	t.Run("a disabled account", func(t *testing.T) {
		_, err := c.SignIn(ctx, api.Credentials{Username: "nurse", Password: "training"})
		require.NoError(t, err)
		require.NoError(t, w.s.Accounts().Disable(ctx, "nurse", true))
		_, err = c.Me(ctx)
		refused(t, err, api.CodeUnauthenticated)
		_, err = c.SignIn(ctx, api.Credentials{Username: "nurse", Password: "training"})
		refused(t, err, api.CodeWrongPassword)
	})
}

func TestTheDescription(t *testing.T) {
	w := openWard(t, nil)
	status, headers, body := w.raw(get, "/openapi.json", nil, "")
	require.Equal(t, 200, status)
	assert.Contains(t, headers.Get("Content-Type"), "json")
	var description struct {
		OpenAPI string `json:"openapi"`
		Paths   map[string]map[string]struct {
			OperationID string           `json:"operationId"`
			Summary     string           `json:"summary"`
			Security    []map[string]any `json:"security"`
			Responses   map[string]any   `json:"responses"`
			Parameters  []struct {
				Name     string
				Required bool
			} `json:"parameters"`
		} `json:"paths"`
		Components struct {
			Schemas map[string]struct {
				Properties map[string]any `json:"properties"`
			} `json:"schemas"`
		} `json:"components"`
	}
	require.NoError(t, json.Unmarshal(body, &description))
	assert.True(t, strings.HasPrefix(description.OpenAPI, "3.1"))
	for _, ref := range regexp.MustCompile(`"#/components/schemas/([^"]+)"`).FindAllStringSubmatch(string(body), -1) {
		assert.Contains(t, description.Components.Schemas, ref[1], "a reference that leads nowhere")
	}
	assert.Contains(t, description.Components.Schemas["Plan"].Properties, "status_words")
	assert.NotContains(t, description.Components.Schemas["Plan"].Properties, "$schema")

	for _, check := range api.ApprovalChecks {
		assert.Contains(t, string(body), check.ID, "the ids of the five checks are said")
	}
	// One method of the client for each route, and the other way round.
	methods := map[string]bool{}
	client := reflect.TypeFor[*api.Client]()
	for i := range client.NumMethod() {
		methods[strings.ToLower(client.Method(i).Name)] = true
	}
	routes := 0
	_, _, page := w.raw(get, "/docs", nil, "")
	for path, item := range description.Paths {
		for method, op := range item {
			routes++
			name := strings.ReplaceAll(op.OperationID, "-", "")
			assert.True(t, methods[name], "%s %s (%s) has no method on api.Client", method, path, op.OperationID)
			assert.NotEmpty(t, op.Summary)
			for _, p := range op.Parameters {
				if p.Name == "If-Match" {
					assert.True(t, p.Required, "%s: without it the answer is 428", op.OperationID)
					for _, status := range []string{"409", "412", "428"} {
						assert.Contains(t, op.Responses, status, "%s", op.OperationID)
					}
				}
			}
			assert.Contains(t, string(page), path)
			open := slices.Contains([]string{"service", "sign-in", "start-sso", "sign-in-sso"}, op.OperationID)
			assert.Equal(t, open, len(op.Security) == 0, "%s", op.OperationID)
		}
	}
	assert.Greater(t, routes, 30)
	assert.NotContains(t, string(page), "https://", "the page needs no other server")
}

func TestForWhoeverRunsIt(t *testing.T) {
	w := openWard(t, nil)
	p := w.live()
	for _, path := range []string{"/healthz", "/readyz", "/metrics", "/docs", "/docs/style.css"} {
		status, headers, body := w.raw(get, path, nil, "")
		assert.Equal(t, 200, status, path)
		assert.NotEmpty(t, body)
		assert.Equal(t, "nosniff", headers.Get("X-Content-Type-Options"))
	}
	_, _, figures := w.raw(get, "/metrics", nil, "")
	assert.Contains(t, string(figures), `cmc_requests_total{route="POST /v1/plans/{id}/approve",status="2xx"} 1`)
	for name, where := range map[string]string{"the figures": string(figures), "the log": w.logged()} {
		for _, secret := range []string{p.ID, p.Patient.FamilyName, p.Patient.NHSNumber, p.Patient.BirthDate, w.as("gp").Token(), `"training"`} {
			assert.NotContains(t, where, secret, name)
		}
	}
	assert.Contains(t, w.logged(), `"route":"POST /v1/plans/{id}/approve"`)
}

func TestAPanicIsAProblem(t *testing.T) {
	w := openWard(t, nil)
	real := w.s.store
	gp := w.bearer("gp")
	w.s.store = panicking{real}
	status, headers, body := w.raw(get, "/v1/worklists", gp, "")
	w.s.store = real
	assert.Equal(t, 500, status)
	problemIn(t, headers, body)
	assert.NotContains(t, string(body), "boom")
	assert.NotContains(t, w.logged(), "boom: Smith")
}

type panicking struct{ store.Store }

func (panicking) Read(context.Context, func(store.Tx) error) error { panic("boom: Smith") }

func TestEventsReachThoseWhoMayKnow(t *testing.T) {
	w := openWard(t, nil)
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	gpHears, strangerHears := w.as("gp").Events(ctx), w.as("hilllanegp").Events(ctx)
	require.Equal(t, "worklists", (<-gpHears).Kind)
	require.Equal(t, "worklists", (<-strangerHears).Kind)
	p, err := w.as("carehome").CreatePlan(ctx, api.NewPlan{PatientID: w.without("VX991").ID}, "")
	require.NoError(t, err)
	// hears waits for what is told of this plan; what time has brought to others is told at the beginning too.
	hears := func(from <-chan api.Event, most time.Duration) *api.Event {
		late := time.After(most)
		for {
			select {
			case e, open := <-from:
				if !open {
					return nil
				}
				if e.PlanID == p.ID {
					return &e
				}
			case <-late:
				return nil
			}
		}
	}
	heard := hears(gpHears, 30*time.Second)
	require.NotNil(t, heard)
	assert.Equal(t, api.Event{Kind: "plan", PlanID: p.ID, Status: "draft", Etag: p.Etag}, *heard)
	assert.Nil(t, hears(strangerHears, 200*time.Millisecond), "a stranger heard it")
	w.s.Hush()
	_, open := <-gpHears
	for open {
		_, open = <-gpHears
		stop()
	}
}

func TestHiddenAnswers(t *testing.T) {
	w := openWard(t, nil)
	ctx := context.Background()
	gp, urgent := w.as("gp"), w.as("urgent")
	p := w.begin("gp", w.without("X99001"))
	p, err := gp.PatchDraft(ctx, p.ID, []byte(`{"access_method":{"value":"key_safe"},"key_safe_code":{"value":"C7X2"},"key_safe_location":{"value":"Left of the door"}}`), p.Etag, "")
	require.NoError(t, err)
	p, err = gp.Submit(ctx, p.ID, api.Submit{}, p.Etag)
	require.NoError(t, err)
	p, err = gp.Approve(ctx, p.ID, w.approval(), p.Etag)
	require.NoError(t, err)
	_, err = urgent.Open(ctx, p.ID, "999 call")
	require.NoError(t, err)
	seen, err := urgent.Plan(ctx, p.ID)
	require.NoError(t, err)
	assert.Equal(t, "withheld", string(seen.Published.Answers["key_safe_code"].State))
	summary, err := urgent.Summary(ctx, p.ID, "")
	require.NoError(t, err)
	raw, err := json.Marshal(summary)
	require.NoError(t, err)
	assert.NotContains(t, string(raw), "C7X2")
	_, err = urgent.Revealed(ctx, p.ID, api.Reveal{Item: "key_safe_code"})
	refused(t, err, api.CodeInvalid)
	_, err = urgent.Revealed(ctx, p.ID, api.Reveal{Item: "family_name", Reason: "At the door"})
	refused(t, err, api.CodeInvalid)
	shown, err := urgent.Revealed(ctx, p.ID, api.Reveal{Item: "key_safe_code", Reason: "At the door"})
	require.NoError(t, err)
	assert.Equal(t, "C7X2", shown.Value)
	log, err := gp.AccessLog(ctx, p.ID)
	require.NoError(t, err)
	at := slices.IndexFunc(log.Items, func(e api.AccessEvent) bool { return e.Action == "reveal" })
	require.GreaterOrEqual(t, at, 0)
	assert.Equal(t, "At the door", log.Items[at].Reason)
	assert.NotContains(t, w.logged(), "C7X2")

	// The desk sees who looked, and no free text; and prints nothing.
	desk := w.as("practiceadmin")
	log, err = desk.AccessLog(ctx, p.ID)
	require.NoError(t, err)
	for _, one := range log.Items {
		assert.Empty(t, one.Reason)
	}
	refused(t, desk.Printed(ctx, p.ID, 1), api.CodeForbidden)
	_, err = gp.Withdraw(ctx, p.ID, "A word of a clinician")
	require.NoError(t, err)
	seen, err = desk.Plan(ctx, p.ID)
	require.NoError(t, err)
	assert.Equal(t, "withdrawn", seen.Status)
	assert.Empty(t, seen.Reason)
}

// A call handler at the desk of 999 may ask for the key safe code, and not for what only clinicians read.
func TestWhatACallHandlerMayReveal(t *testing.T) {
	w := openWard(t, nil)
	ctx := context.Background()
	gp := w.as("gp")
	p := w.begin("gp", w.without("X99001"))
	p, err := gp.PatchDraft(ctx, p.ID, []byte(`{"access_method":{"value":"key_safe"},"key_safe_code":{"value":"C7X2"},"key_safe_location":{"value":"Left of the door"},`+
		`"safeguarding":{"value":"adult"},"safeguarding_text":{"value":"Money has gone"}}`), p.Etag, "")
	require.NoError(t, err)
	p, err = gp.Submit(ctx, p.ID, api.Submit{}, p.Etag)
	require.NoError(t, err)
	p, err = gp.Approve(ctx, p.ID, w.approval(), p.Etag)
	require.NoError(t, err)
	hashed, err := account.HashTraining("training")
	require.NoError(t, err)
	_, err = w.s.Accounts().AddHashed(ctx, account.NewUser{Username: "handler", Name: "Sam Field", Role: api.RoleUrgentViewer, RoleTitle: "Call handler", ODS: "XA9"}, hashed)
	require.NoError(t, err)
	for name, may := range map[string]bool{"handler": false, "urgent": true} {
		c := w.as(name)
		_, err = c.Open(ctx, p.ID, "999 call")
		require.NoError(t, err)
		shown, err := c.Revealed(ctx, p.ID, api.Reveal{Item: "key_safe_code", Reason: "At the door"})
		require.NoError(t, err)
		assert.Equal(t, "C7X2", shown.Value)
		shown, err = c.Revealed(ctx, p.ID, api.Reveal{Item: "safeguarding_text", Reason: "At the door"})
		if may {
			require.NoError(t, err)
			assert.Equal(t, "Money has gone", shown.Value)
			continue
		}
		refused(t, err, api.CodeForbidden)
	}
}

func TestEveryTrainingPlanCanBeReadByItsPractice(t *testing.T) {
	w := openWard(t, nil)
	ctx := context.Background()
	seen := map[string]int{}
	for _, username := range []string{"gp", "hilllanegp", "canalgp"} {
		list, err := w.as(username).Worklist(ctx, "practice-list")
		require.NoError(t, err)
		for _, row := range list.Items {
			p, err := w.as(username).Plan(ctx, row.PlanID)
			require.NoError(t, err, row.PlanID)
			seen[p.Status]++
			if p.Published != nil && slices.Contains(p.Actions, "print") {
				_, err := w.as(username).SummaryPDF(ctx, row.PlanID)
				require.NoError(t, err, "%s %s", p.Patient.FamilyName, row.PlanID)
			}
			if p.Draft != nil && p.Status != "patient_draft" {
				_, err := w.as(username).Changes(ctx, row.PlanID, "draft", false)
				require.NoError(t, err)
			}
		}
	}
	for _, status := range []string{"draft", "in_review", "approved", "amending"} {
		assert.Positive(t, seen[status], "%s: %v", status, seen)
	}
	// Every account can be used.
	for _, username := range []string{"gp", "carehome", "hospice", "nurse", "urgent", "practiceadmin", "trainer", "admin", "safety", "commissioner"} {
		counts, err := w.as(username).Worklists(ctx)
		require.NoError(t, err)
		for _, one := range counts.Items {
			list, err := w.as(username).Worklist(ctx, one.Name)
			require.NoError(t, err, fmt.Sprint(username, one.Name))
			assert.Len(t, list.Items, one.Count, fmt.Sprint(username, one.Name))
		}
	}
	end, err := VerifyAudit(ctx, w.s.options)
	require.NoError(t, err)
	assert.Greater(t, end.Seq, int64(100))
}
