package central

// What may change here: where a patient's words are looked for, and what a full run does.

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cmc/api"
	"cmc/api/central/store"
	"cmc/assets/training"
	"cmc/forms"
	"cmc/forms/nhs"
	"cmc/forms/plan"
)

// said collects the words of every refusal that went over the wire.
type said struct {
	mu    sync.Mutex
	words strings.Builder
	count int
}

// wrap listens to a handler. What is collected of a refusal is what a person or a log may be shown of it: never Theirs, which is
// the other person's draft for one who may read it.
func (s *said) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		out := &copied{ResponseWriter: w}
		next.ServeHTTP(out, r)
		p := new(api.Problem)
		if out.status < 400 || json.Unmarshal(out.body, p) != nil {
			return
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.count++
		s.words.WriteString(p.Title + "\n" + p.Detail + "\n")
		for _, one := range p.Fields {
			s.words.WriteString(one.Location + "\n" + one.Message + "\n")
			if one.Problem != nil {
				s.words.WriteString(one.Problem.Words + "\n")
			}
		}
	})
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.words.String()
}

type copied struct {
	http.ResponseWriter
	status int
	body   []byte
}

func (c *copied) WriteHeader(status int) {
	if c.status == 0 {
		c.status = status
	}
	c.ResponseWriter.WriteHeader(status)
}

func (c *copied) Write(p []byte) (int, error) {
	if c.status >= 400 {
		c.body = append(c.body, p...)
	}
	return c.ResponseWriter.Write(p)
}

func (c *copied) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// secrets are what must stand nowhere, with where each comes from.
type secrets map[string]string

// word adds a text and, of a long one, its sentences: half a text is a patient's too.
func (s secrets) word(text, from string) {
	text = strings.TrimSpace(text)
	if len([]rune(text)) >= 4 {
		s[text] = from
	}
	for _, part := range regexp.MustCompile(`[.;:\n] *`).Split(text, -1) {
		if len([]rune(part)) >= 12 {
			s[part] = from
		}
	}
}

// answers adds every text, number, name, address and code for getting in of answers. A choice is a word of the form, not of a
// person.
func (s secrets) answers(d *forms.Definition, content forms.Answers, from string) {
	for id, answer := range content {
		item := d.Item(id)
		if item == nil || item.System {
			continue
		}
		switch item.Kind {
		case forms.Choice, forms.Choices, forms.YesNo, forms.Date, forms.PartialDate, forms.DateTime, forms.ODS:
			continue
		}
		s.word(answer.Text, from+" "+id)
		if answer.Coded != nil {
			s.word(answer.Coded.Text, from+" "+id)
		}
		if answer.Address != nil {
			for _, one := range append(slices.Clone(answer.Address.Lines), answer.Address.Postcode) {
				s.word(one, from+" "+id)
			}
		}
		if answer.File != nil {
			s.word(answer.File.Name, from+" "+id)
		}
		for _, row := range answer.Rows {
			s.answers(d, row.Answers, from+" "+id)
		}
	}
}

// everybody are the words of every invented person and every invented plan.
func everybody(t *testing.T, now time.Time) secrets {
	t.Helper()
	people, plans, _, _, err := training.Load(now)
	require.NoError(t, err)
	out := secrets{}
	for _, one := range people {
		for _, text := range append(slices.Clone(one.Address), one.FamilyName, one.GivenName, one.MiddleNames, one.Preferred, one.BirthDate, one.Postcode, one.Phone, one.Mobile,
			one.NHSNumber, nhs.FormatNHSNumber(one.NHSNumber), nhs.FormatDate(one.BirthDate)) {
			out.word(text, one.ID)
		}
	}
	d := plan.Definition()
	for _, one := range plans {
		for _, raw := range [][]byte{one.Draft, liveOf(one)} {
			if len(raw) == 0 {
				continue
			}
			content, _, err := forms.Decode(d, raw)
			require.NoError(t, err)
			out.answers(d, content, one.ID)
		}
		out.word(one.Reason, one.ID)
		out.word(one.Note, one.ID)
		for _, c := range one.Comments {
			out.word(c.Text, one.ID)
		}
		for _, f := range one.Feedback {
			out.word(f.Reason, one.ID)
		}
	}
	return out
}

func liveOf(p training.Plan) []byte {
	if p.Live == nil {
		return nil
	}
	return p.Live.Answers
}

// in are the secrets that stand in a text as whole words, with what stands around them.
func (s secrets) in(text string) []string {
	var out []string
	for secret, from := range s {
		for at := 0; ; {
			found := strings.Index(text[at:], secret)
			if found < 0 {
				break
			}
			begin, end := at+found, at+found+len(secret)
			if !letter(text, begin-1) && !letter(text, end) {
				out = append(out, fmt.Sprintf("%q of %s: ...%s...", secret, from, text[max(0, begin-60):min(len(text), end+60)]))
				break
			}
			at = end
		}
	}
	slices.Sort(out)
	return out
}

// notOfTheForm leaves out what the form itself says in a question or an option: a refusal names the question.
func (s secrets) notOfTheForm(d *forms.Definition) secrets {
	var form strings.Builder
	for item := range d.Items() {
		form.WriteString(strings.ToLower(item.Label + "\n" + item.Short + "\n" + item.Missing + "\n"))
		for _, option := range item.Options {
			form.WriteString(strings.ToLower(option.Label + "\n"))
		}
	}
	out := secrets{}
	for secret, from := range s {
		if !strings.Contains(form.String(), strings.ToLower(secret)) {
			out[secret] = from
		}
	}
	return out
}

func letter(text string, at int) bool {
	if at < 0 || at >= len(text) {
		return false
	}
	c := text[at]
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c >= 0x80
}

// plainLog is the log as its values read, without the escapes of JSON.
func plainLog(t *testing.T, log string) string {
	t.Helper()
	var out strings.Builder
	for _, line := range strings.Split(strings.TrimSpace(log), "\n") {
		var fields map[string]any
		require.NoError(t, json.Unmarshal([]byte(line), &fields), "%s", line)
		for name, value := range fields {
			out.WriteString(name)
			out.WriteByte(' ')
			if text, ok := value.(string); ok {
				out.WriteString(text)
			} else if raw, err := json.Marshal(value); err == nil {
				out.Write(raw)
			}
			out.WriteByte('\n')
		}
	}
	return out.String()
}

// A full run: the main job with everything that is refused, searched, mistyped or broken on the way. No name, number or word of
// anybody stands in the log (at its most talkative), in the figures or in a refusal afterwards.
func TestNothingOfAPersonIsLogged(t *testing.T) {
	w := openWard(t, nil)
	heard := &said{}
	logger := slog.New(slog.NewJSONHandler(lockedWriter{w}, &slog.HandlerOptions{Level: slog.LevelDebug}))
	real := w.web
	w.web = httptest.NewUnstartedServer(heard.wrap(w.s.Handler()))
	w.web.Config.ErrorLog = slog.NewLogLogger(logger.Handler(), slog.LevelWarn) // as cmc-central serve has it
	w.web.Start()
	t.Cleanup(real.Close)
	ctx := context.Background()
	words := everybody(t, w.clock.now())
	require.Greater(t, len(words), 1500, "the invented people say much")
	typed := func(text string) string {
		words.word(text, "typed in this test")
		return text
	}

	home, gp, urgent := w.as("carehome"), w.as("gp"), w.as("urgent")
	person := w.without("VX991")
	for _, search := range []api.PatientSearch{{NHSNumber: person.NHSNumber}, {NHSNumber: nhs.FormatNHSNumber(person.NHSNumber)},
		{FamilyName: person.FamilyName, GivenName: person.GivenName, BirthDate: person.BirthDate}, {NHSNumber: typed("999 000 9601")}, {NHSNumber: typed("Somebody Typed")},
		{FamilyName: typed("Unheardof-Name"), BirthDate: "1931-02-31"}, {FamilyName: typed("Another-Name"), BirthDate: typed("9th of June")}} {
		_, _ = home.SearchPatients(ctx, search) // some are found, some refused
		_, _ = w.as("admin").SearchPatients(ctx, search)
	}
	p := w.begin("carehome", person)
	patched := func(c *api.Client, body string) {
		t.Helper()
		next, err := c.PatchDraft(ctx, p.ID, []byte(body), p.Etag, "")
		require.NoError(t, err)
		p = next
	}
	patched(home, `{"urgent_banner":{"value":"`+typed("Wears a hearing aid on the left")+`"},"access_method":{"value":"key_safe"},"key_safe_code":{"value":"`+typed("C7X2Y9")+
		`"},"key_safe_location":{"value":"`+typed("Behind the blue gate")+`"},"safeguarding":{"value":"adult"},"safeguarding_text":{"value":"`+typed("Money has gone from the drawer")+`"}}`)
	for _, body := range []string{`{"preferred_name":{"value":"` + typed("Nickname\u202e") + `"}}`, `{"birth_date":{"value":"` + typed("born in spring") + `"}}`,
		`{"cpr_decision":{"value":"` + typed("whatever she says") + `"}}`, `{"nhs_number":{"value":"` + typed("9998001022") + `"},"family_name":null}`,
		`{"contacts":{"rows":{"r1":{"order":1,"answers":{"contact_name":{"value":7},"no_such_item":{"value":"` + typed("hidden in a row") + `"}}}}}}`,
		`{"clinical_summary":{"value":"` + strings.Repeat(typed("a long story of hers "), 6000) + `"}}`, `{"title":` + typed("half a body")} {
		_, err := home.PatchDraft(ctx, p.ID, []byte(body), p.Etag, "")
		require.Error(t, err, "%.60s", body)
	}
	_, err := home.PatchDraft(ctx, p.ID, []byte(`{"title":{"value":"Mr"}}`), `"1"`, "")
	require.NotEmpty(t, refused(t, err, api.CodeConflict).Theirs)
	_, err = home.PatchDraft(ctx, p.ID, []byte(`{"urgent_banner":{"value":"`+typed("Loves 😀 signs")+`"}}`), p.Etag, "")
	require.NoError(t, err)
	p, err = home.Plan(ctx, p.ID)
	require.NoError(t, err)
	_, err = home.Submit(ctx, p.ID, api.Submit{Note: typed("Please look at the daughter's wish")}, p.Etag)
	refused(t, err, api.CodeInvalid) // the sign cannot be printed
	patched(home, `{"urgent_banner":{"value":"`+typed("Deaf in the left ear")+`"}}`)
	p, err = home.Submit(ctx, p.ID, api.Submit{Note: typed("Please look at the son's wish")}, p.Etag)
	require.NoError(t, err)
	p, err = gp.Return(ctx, p.ID, api.Return{Reason: typed("Ask the son once more"), Comments: []api.Comment{{Item: plan.CPRDecision, Text: typed("Who sat beside her?")}}}, p.Etag)
	require.NoError(t, err)
	p, err = home.Comment(ctx, p.ID, api.Comment{Text: typed("His wife sat there")})
	require.NoError(t, err)
	_, err = home.ConfirmProblem(ctx, p.ID, api.Confirm{Rule: "X07", Item: plan.CPRDecision, Reason: typed("Asked twice and still so")})
	refused(t, err, api.CodeInvalid)
	p, err = home.Submit(ctx, p.ID, api.Submit{}, p.Etag)
	require.NoError(t, err)
	wrong := w.approval()
	wrong.Password = typed("not the password at all")
	_, err = gp.Approve(ctx, p.ID, wrong, p.Etag)
	refused(t, err, api.CodeWrongPassword)
	p, err = gp.Approve(ctx, p.ID, w.approval(), p.Etag)
	require.NoError(t, err)

	_, err = urgent.Summary(ctx, p.ID, "")
	refused(t, err, api.CodeReason)
	_, err = urgent.Open(ctx, p.ID, typed("999 call from the neighbour"))
	require.NoError(t, err)
	_, err = urgent.Summary(ctx, p.ID, "")
	require.NoError(t, err)
	_, err = urgent.SummaryPDF(ctx, p.ID)
	require.NoError(t, err)
	_, err = urgent.Revealed(ctx, p.ID, api.Reveal{Item: plan.KeySafeCode, Reason: typed("Nobody answers at the door")})
	require.NoError(t, err)
	require.NoError(t, urgent.Feedback(ctx, p.ID, api.Feedback{Outcome: "could_not_use", Reason: typed("The number rang and rang")}))
	_, err = urgent.Deceased(ctx, p.ID, api.Death{Date: "2026-11-21", Place: typed("under the apple tree")})
	refused(t, err, api.CodeInvalid)
	_, err = gp.Attach(ctx, p.ID, typed("scan of Mrs Unheardof.pdf"), []byte("%PDF-"+typed("no such document")))
	require.Error(t, err)
	_, err = gp.Suspend(ctx, p.ID, typed("The family doubts it"))
	require.NoError(t, err)
	_, err = gp.AccessLog(ctx, p.ID)
	require.NoError(t, err)

	// Every invented plan is read and refused in every way by those who may and those who may not.
	for _, username := range []string{"gp", "hilllanegp", "canalgp", "carehome", "urgent", "practiceadmin", "admin"} {
		c := w.as(username)
		list, err := w.as("gp").Worklist(ctx, "practice-list")
		require.NoError(t, err)
		for _, row := range list.Items {
			_, _ = c.Plan(ctx, row.PlanID)
			_, _ = c.Problems(ctx, row.PlanID)
			_, _ = c.Summary(ctx, row.PlanID, "draft")
			_, _ = c.Changes(ctx, row.PlanID, "draft", true)
			_, _ = c.Submit(ctx, row.PlanID, api.Submit{}, `"1"`)
			_, _ = c.Approve(ctx, row.PlanID, w.approval(), `"1"`)
			_, _ = c.PatchDraft(ctx, row.PlanID, []byte(`{"nhs_number":{"value":"9998001021"},"no_such":{"value":"x"}}`), `"1"`, "")
		}
	}

	// Wrong names and passwords; a person's words in places where none belong.
	stranger, err := api.NewClient(w.web.URL, api.ClientOptions{})
	require.NoError(t, err)
	for _, name := range []string{typed("mrs.unheardof"), "canalgp", typed("password typed here")} {
		for range 6 {
			_, err := stranger.SignIn(ctx, api.Credentials{Username: name, Password: typed("wrong guess of mine")})
			require.Error(t, err)
		}
	}
	as := w.bearer("gp")
	for _, path := range []string{"/v1/patients/" + person.NHSNumber, "/v1/plans/" + typed("Unheardof"), "/v1/worklists?name=" + person.FamilyName, "/v1/" + person.FamilyName + "/../me",
		"/v1/plans/" + p.ID + "/versions/" + person.BirthDate, "/v1/worklists/" + person.FamilyName} {
		for _, method := range []string{get, post, patch, remove, http.MethodPut, "SMITH"} {
			w.raw(method, path, as, `{"reason":"`+person.FamilyName+`"}`)
		}
	}

	// Panics, and a database that fails with words of its own.
	whole := w.s.store
	for _, broken := range []store.Store{telling{whole, person.FamilyName + ", " + person.NHSNumber, true}, breaking{Store: whole, at: "audit"}, failing{whole}} {
		w.s.store = broken
		for _, path := range []string{"/v1/worklists", "/v1/plans/" + p.ID, "/v1/plans/" + p.ID + "/summary"} {
			w.raw(get, path, as, "")
		}
		w.raw(post, "/v1/plans/"+p.ID+"/resume", as, `{"reason":"`+typed("It was talked through at length")+`"}`)
		w.s.store = whole
	}
	require.NoError(t, w.s.Chores(ctx))

	_, _, figures := w.raw(get, "/metrics", nil, "")
	log := plainLog(t, w.logged())
	require.Contains(t, log, "panic", "panics were logged")
	require.Contains(t, log, "PATCH /v1/plans/{id}/draft", "requests were logged")
	require.Contains(t, string(figures), "cmc_panics_total")
	require.Greater(t, heard.count, 100, "much was refused")
	assert.Empty(t, words.in(log), "the log")
	assert.Empty(t, words.in(string(figures)), "the figures")
	assert.Empty(t, words.notOfTheForm(plan.Definition()).in(heard.String()), "the refusals")
	for _, one := range []struct{ where, text string }{{"the log", log}, {"the figures", string(figures)}, {"the refusals", heard.String()}} {
		assert.NotContains(t, one.text, p.ID, one.where)
		assert.NotContains(t, one.text, gp.Token(), one.where)
	}
}

// The check itself can fail: it finds a name in a line, and is not fooled by a longer word.
func TestALoggedNameIsFound(t *testing.T) {
	words := secrets{"Smith": "somebody", "999 000 9600": "somebody"}
	hit := func(text string) bool { return len(words.in(text)) > 0 }
	assert.True(t, hit(`err UNIQUE Smith`))
	assert.True(t, hit("Blacksmith, Smith"))
	assert.True(t, hit("no 999 000 9600."))
	assert.False(t, hit("Smithson and Blacksmith"))
}

// telling panics or fails with a patient's words.
type telling struct {
	store.Store
	words string
	panic bool
}

func (s telling) Read(context.Context, func(store.Tx) error) error { panic(s.words) }
func (s telling) Once(ctx context.Context, fn func(store.Tx) error) error {
	if s.panic {
		// The gate must let the caller in first, so that it is the route that panics.
		return s.Store.Once(ctx, fn)
	}
	return errors.New(s.words)
}
func (s telling) Write(context.Context, func(store.Tx) error) error { panic(s.words) }

// failing is a database that is gone.
type failing struct{ store.Store }

func (failing) Read(context.Context, func(store.Tx) error) error  { return errDisk }
func (failing) Write(context.Context, func(store.Tx) error) error { return errDisk }
