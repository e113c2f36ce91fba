package central

// What may change here: the service that the table of testdata/who-may.txt is asked of, and how it is asked for each answer.

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cmc/api"
	"cmc/api/central/access"
	"cmc/api/central/account"
	"cmc/api/central/lifecycle"
	"cmc/api/central/pressure"
	"cmc/api/central/store"
	"cmc/forms"
	"cmc/forms/plan"
)

// undoing is a database in which nothing stays: each write is done to its end, answered as done, and undone. So every route
// can be asked for real, one after the other, on the same plans.
type undoing struct {
	store.Store
	on atomic.Bool
}

var errUndone = errors.New("undone by the test")

func (u *undoing) Write(ctx context.Context, fn func(store.Tx) error) error {
	return u.undo(ctx, fn, u.Store.Write)
}

func (u *undoing) WriteSoon(ctx context.Context, fn func(store.Tx) error) error {
	return u.undo(ctx, fn, u.Store.WriteSoon)
}

func (u *undoing) undo(ctx context.Context, fn func(store.Tx) error, write func(context.Context, func(store.Tx) error) error) error {
	if !u.on.Load() {
		return write(ctx, fn)
	}
	err := write(ctx, func(tx store.Tx) error {
		if err := fn(tx); err != nil {
			return err
		}
		return errUndone
	})
	if errors.Is(err, errUndone) {
		return nil
	}
	return err
}

// The words that stand in one place of a plan each, and nowhere else.
const (
	wordOfLive   = "Lebendwort"
	wordOfOld    = "Altwort"
	wordOfDraft  = "Entwurfwort"
	wordOfReason = "Grundwort"
	wordOfTalk   = "Gespraechswort"
	wordOfLook   = "Blickwort"
)

// ourODS is the organisation of everybody who asks, and otherODS of everybody else.
const ourODS, otherODS = "XW001", "XW002"

// A spot is one plan of the walk: of one tie, in one state; and somebody like its person who has no plan.
type spot struct {
	tie, state          string
	live, draft, marked bool
	planID              string
	etag                string
	person, twin        store.Patient
	glassID, commentID  string
}

// A walker is somebody who asks.
type walker struct {
	role, id, token, position string
}

// A walk is a service with a plan for every tie and state, and somebody of every role.
type walk struct {
	*ward
	undo    *undoing
	places  []*spot
	walkers []*walker
	copyOf  string   // the digest of the copy that every plan has
	only    []string // the parts that are asked; nil: all
}

// number is the nth number of invented people that is out of the way of the training data.
func number(n int) string {
	for first := 997000000 + 20*n; ; first++ {
		digits, sum := strconv.Itoa(first), 0
		for i, d := range digits {
			sum += int(d-'0') * (10 - i)
		}
		if check := (11 - sum%11) % 11; check != 10 {
			return "99" + digits[2:] + strconv.Itoa(check)
		}
	}
}

// openWalk builds it. Only the roles named come in.
func openWalk(t *testing.T, training bool, roles, ties []string) *walk {
	t.Helper()
	w := &walk{undo: &undoing{}}
	limits := pressure.Usual()
	limits.Person, limits.Address = 1<<30, 1<<30
	w.ward = openWard(t, func(o *Options) {
		o.Training, o.Chores, o.Limits = training, time.Hour, limits
		o.wrap = func(st store.Store) store.Store {
			w.undo.Store = st
			return w.undo
		}
	})
	ctx := context.Background()
	hashed, err := account.HashTraining("training")
	require.NoError(t, err)
	hidden, problems, err := forms.Decode(plan.Definition(), []byte(hiddenPatch()))
	require.NoError(t, err)
	require.Empty(t, problems)
	whole := wholeAnswers(t)
	for id, answer := range hidden {
		whole[id] = answer
	}
	require.NoError(t, w.s.store.Write(ctx, func(tx store.Tx) error {
		for _, one := range []store.Organisation{{ODS: ourODS, Name: "Quay Practice", Kind: "gp_practice", Phone: "020 7946 0001"},
			{ODS: otherODS, Name: "Other Practice", Kind: "gp_practice", Phone: "020 7946 0002"}} {
			if err := tx.PutOrganisation(&one); err != nil {
				return err
			}
		}
		for _, role := range roles {
			one := &walker{role: role, id: "walker-" + role}
			if err := tx.AddUser(&store.User{ID: one.id, Username: one.id, Name: "Sam " + role, Role: strings.TrimSuffix(role, "_real"), RoleTitle: role,
				RegNumber: "0000001", ODS: ourODS, PasswordHash: hashed, CreatedAt: w.clock.now()}); err != nil {
				return err
			}
			w.walkers = append(w.walkers, one)
		}
		for _, tie := range ties {
			for i := range everyState {
				if err := w.build(tx, tie, i, whole, hidden); err != nil {
					return fmt.Errorf("%s %s: %w", tie, everyState[i].name, err)
				}
			}
		}
		return nil
	}))
	for _, one := range w.walkers {
		status, _, body := w.ask(nil, post, "/v1/sessions", `{"username":"`+one.id+`","password":"training"}`, nil)
		require.Equal(t, 200, status, "%s", body)
		var session api.Session
		require.NoError(t, json.Unmarshal(body, &session))
		one.token, one.position = session.Token, session.User.Position
	}
	w.undo.on.Store(true)
	return w
}

// build puts one plan into the database, as the service would have left it there: with whole answers where a draft is to be sent
// or approved, and with few elsewhere.
func (w *walk) build(tx store.Tx, tie string, which int, whole, few forms.Answers) error {
	kind := everyState[which]
	d := plan.Definition()
	now := w.clock.now()
	p := &spot{tie: tie, state: kind.name, live: kind.live, draft: kind.draft, marked: kind.marked, planID: fmt.Sprintf("plan-%s-%s", tie, kind.name)}
	w.places = append(w.places, p)
	practice, home := otherODS, ""
	switch tie {
	case "holder":
		practice = ourODS
	case "care_home":
		home = ourODS
	}
	for i, person := range []*store.Patient{&p.person, &p.twin} {
		*person = store.Patient{ID: fmt.Sprintf("person-%d-%s-%s", i, tie, kind.name), NHSNumber: number(2*len(w.places) + i), FamilyName: "Quayle",
			GivenName: "Robin", BirthDate: "1941-06-09", Gender: "2", Place: "1 Quay Road, SE1 0ZZ", PracticeODS: practice, PracticeName: "A practice",
			CareHomeODS: home, Sensitive: kind.marked, Traced: true, FamilyKey: "quayle", GivenKey: "robin", CreatedAt: now}
		if kind.state == lifecycle.Deceased || kind.state == lifecycle.Closed {
			person.DeathDate = "2026-11-20"
		}
		details := forms.Answers{}
		details.SetChoice(plan.SexAtBirth, "2")
		details.SetChoice(plan.ResidenceType, "own_home")
		if home != "" {
			details.SetChoice(plan.ResidenceType, "care_home_nursing")
			details.SetText(plan.CareHomeODS, home)
		}
		details.SetText(plan.UsualGPName, "Dr Quay")
		details.SetText(plan.PhoneHome, "020 7946 0003")
		details.SetText(plan.Ethnicity, "A")
		details.SetText(plan.PracticePhone, "020 7946 0001")
		details.SetAddress(plan.AddressUsual, forms.PostalAddress{Lines: []string{"1 Quay Road"}, Postcode: "SE1 0ZZ"})
		raw, err := json.Marshal(details)
		if err != nil {
			return err
		}
		person.Details = raw
		if err := tx.AddPatient(person); err != nil {
			return err
		}
	}
	content, err := starting(d, &p.person)
	if err != nil {
		return err
	}
	content.SetChoice(plan.PlanOrigin, "clinician")
	worded := func(word string, more forms.Answers) forms.Answers {
		out := content.Clone()
		for id, answer := range more {
			out[id] = answer
		}
		out.SetText("ppd_text", word)
		return out
	}
	stored := &store.Plan{ID: p.planID, PatientID: p.person.ID, Status: string(kind.state), Revision: 7, HolderODS: practice, Origin: "clinician",
		OriginODS: otherODS, Definition: d.Name(), StateSince: now.Add(-time.Hour), StateBy: "Somebody", Reason: wordOfReason, CreatedAt: now.AddDate(0, -8, 0), CreatedBy: "somebody"}
	if kind.live {
		stored.Version, stored.ReviewDue = 2, now.AddDate(0, 0, 60).Format(time.DateOnly)
		stored.RemindOn = now.AddDate(0, 0, 32).Format(time.DateOnly)
	}
	switch kind.state {
	case lifecycle.ReviewDue:
		stored.ReviewDue, stored.RemindOn = now.AddDate(0, 0, 5).Format(time.DateOnly), now.AddDate(0, 0, -23).Format(time.DateOnly)
	case lifecycle.Overdue:
		stored.ReviewDue, stored.RemindOn = now.AddDate(0, 0, -5).Format(time.DateOnly), now.AddDate(0, 0, -33).Format(time.DateOnly)
	case lifecycle.Deceased, lifecycle.Closed:
		stored.DeathDate = p.person.DeathDate
	}
	p.etag = etag(stored)
	if err := tx.AddPlan(stored); err != nil {
		return err
	}
	copied := &store.Attachment{PlanID: p.planID, SHA256: strings.Repeat("ab", 32), MediaType: "application/pdf", Content: pdf("a letter"), AddedAt: now, AddedBy: "somebody"}
	copied.Size, w.copyOf = int64(len(copied.Content)), copied.SHA256
	row := forms.Answers{}
	row.SetChoice(plan.AttKind, "letter")
	row[plan.AttFile] = forms.FileAnswer(forms.FileRef{MediaType: copied.MediaType, Size: copied.Size, SHA256: copied.SHA256})
	row.SetText(plan.AttCapturedOn, "2026-11-01")
	row.SetChoice(plan.AttMatchesPlan, "yes")
	live := few.Clone()
	live[plan.Attachments] = forms.RowsAnswer(forms.Row{ID: forms.NewRowID(), Answers: row})
	if err := tx.AddAttachment(copied); err != nil {
		return err
	}
	for n := 1; n <= stored.Version; n++ {
		word := wordOfOld
		if n == stored.Version {
			word = wordOfLive
		}
		raw, err := json.Marshal(worded(word, live))
		if err != nil {
			return err
		}
		v := &store.Version{PlanID: p.planID, Number: n, Definition: d.Name(), Answers: raw, Recorded: []byte("{}"), Confirmed: []byte("[]"), Checks: []byte("[]"),
			Summary: []byte("{}"), ApprovedAt: now.AddDate(0, n-8, 0), ApprovedBy: "Dr Somebody", ApproverODS: otherODS, ReviewDue: stored.ReviewDue, Salt: "salt"}
		v.Hash = shortHash(contentHash(v))
		if err := tx.AddVersion(v); err != nil {
			return err
		}
	}
	if kind.draft {
		next := worded(wordOfDraft, few)
		switch kind.name {
		case "draft", "marked_draft", "in_review", "review_again", "amending", "consent_ended":
			next = worded(wordOfDraft, whole)
		}
		if kind.name == "consent_ended" {
			next.SetChoice(plan.ConsentStatus, plan.ConsentWithdrawn)
		}
		raw, err := json.Marshal(next)
		if err != nil {
			return err
		}
		draft := &store.Draft{PlanID: p.planID, Answers: raw, Recorded: []byte("{}"), BaseVersion: stored.Version, Origin: "clinician", AuthorID: "somebody",
			AuthorODS: otherODS, StartedAt: now.Add(-time.Hour), ChangedAt: now.Add(-time.Hour), ChangedBy: "Somebody", ChangedID: "somebody"}
		switch tie {
		case "origin":
			draft.AuthorODS, draft.Returned = ourODS, kind.name == "amending"
		case "team_person", "claimed", "claimed_lapsed", "none":
			draft.AuthorID = "walker-gp"
		}
		if err := tx.PutDraft(draft); err != nil {
			return err
		}
		p.commentID = "comment-" + p.planID
		if err := tx.AddComment(&store.Comment{ID: p.commentID, PlanID: p.planID, Words: wordOfTalk, ByName: "Somebody", ByID: "somebody", At: now, Version: stored.Version + 1}); err != nil {
			return err
		}
	}
	if kind.name == "approved" {
		if err := tx.AddFeedback(&store.Feedback{ID: "feedback-" + p.planID, PlanID: p.planID, Version: stored.Version, Outcome: "could_not_use", Reason: "The page was torn",
			ByName: "A crew", ByID: "somebody", At: now}); err != nil {
			return err
		}
	}
	line := w.s.line(&caller{Holder: &account.Holder{User: store.User{ID: "somebody", Name: "Somebody"}}}, "view", &folder{plan: stored})
	line.Reason = wordOfLook
	p.glassID = "opening-" + p.planID
	return errors.Join(tx.Audit(line), w.tie(tx, p),
		tx.AddGlass(&store.Glass{ID: p.glassID, PlanID: p.planID, UserID: "somebody", Who: "Somebody", Role: "care_home", ODS: otherODS, Org: "Other", Code: "other",
			Reason: "Found in the garden", At: now.Add(-time.Hour), Until: now.Add(11 * time.Hour)}))
}

// tie ties everybody who asks, or their organisation, to a plan.
func (w *walk) tie(tx store.Tx, p *spot) error {
	now := w.clock.now()
	other := func(kind access.Relation) error {
		return tx.SetOrganisations(p.planID, string(kind), []string{otherODS})
	}
	ours := func(kind access.Relation) error { return tx.SetOrganisations(p.planID, string(kind), []string{ourODS}) }
	each := func(kind access.Relation, until time.Time) error {
		for _, one := range w.walkers {
			if err := tx.PutRelationship(&store.Relationship{PlanID: p.planID, Kind: string(kind), UserID: one.id, Until: until, Reason: wordOfLook}); err != nil {
				return err
			}
		}
		return nil
	}
	holder, origin := other, other
	var opened error
	switch p.tie {
	case "holder":
		holder = ours
	case "origin":
		origin = ours
	case "team":
		opened = ours(access.Team)
	case "care_home":
		opened = ours(access.CareHome)
	case "team_person":
		opened = each(access.Team, time.Time{})
	case "urgent":
		opened = each(access.Referral, now.Add(time.Minute))
	case "claimed":
		opened = each(access.Claimed, now.Add(time.Minute))
	case "glass":
		opened = each(access.Glass, now.Add(time.Minute))
	case "urgent_lapsed":
		opened = each(access.Referral, now)
	case "claimed_lapsed":
		opened = each(access.Claimed, now)
	case "glass_lapsed":
		opened = each(access.Glass, now)
	}
	return errors.Join(holder(access.Holder), origin(access.Origin), opened)
}

// ask sends one request through everything that stands before and after a route, without a socket.
func (w *walk) ask(who *walker, method, path, body string, headers map[string]string) (int, http.Header, []byte) {
	request := httptest.NewRequest(method, path, strings.NewReader(body))
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	if who != nil && who.token != "" {
		request.Header.Set("Authorization", "Bearer "+who.token)
	}
	for name, value := range headers {
		request.Header.Set(name, value)
	}
	out := httptest.NewRecorder()
	w.s.Handler().ServeHTTP(out, request)
	return out.Code, out.Header(), out.Body.Bytes()
}

// A question is how one part of the table is asked of a plan.
type question struct {
	method, path string // {id} is the plan
	body         string
	headers      map[string]string
	// answered reads the answer of a part that is not answered by its status alone.
	answered func(w *walk, who *walker, p *spot, status int, body []byte) string
}

var matched = map[string]string{"If-Match": "{etag}"}

// questions are how each part of the table that speaks of plans is asked.
func (w *walk) questions() map[string]question {
	approval, err := json.Marshal(w.approval())
	require.NoError(w.t, err)
	out := map[string]question{
		"plan":            {method: get, path: "/v1/plans/{id}"},
		"open":            {method: post, path: "/v1/plans/{id}/open", body: `{"reason":"Asked to see them"}`},
		"break-glass":     {method: post, path: "/v1/plans/{id}/break-glass", body: `{"code":"other","reason":"Found unconscious","confirmed":true}`},
		"patch-draft":     {method: patch, path: "/v1/plans/{id}/draft", body: `{"preferred_name":{"value":"Rob"}}`, headers: matched},
		"confirm-problem": {method: post, path: "/v1/plans/{id}/confirmations", body: `{"rule":"P99","item":"ppd_text","reason":"Still so"}`},
		"comment":         {method: post, path: "/v1/plans/{id}/comments", body: `{"text":"Look again"}`},
		"comment-done":    {method: post, path: "/v1/plans/{id}/comments/{comment}/done"},
		"attach":          {method: post, path: "/v1/plans/{id}/attachments", body: string(pdf("another")), headers: map[string]string{"Content-Type": "application/pdf"}},
		"attachment":      {method: get, path: "/v1/plans/{id}/attachments/" + w.copyOf},
		"take-up":         {method: post, path: "/v1/plans/{id}/take-up", body: `{"reason":"Read it"}`},
		"submit":          {method: post, path: "/v1/plans/{id}/submit", body: `{}`, headers: matched},
		"return":          {method: post, path: "/v1/plans/{id}/return", body: `{"reason":"Look again"}`, headers: matched},
		"approve":         {method: post, path: "/v1/plans/{id}/approve", body: string(approval), headers: matched},
		"amend":           {method: post, path: "/v1/plans/{id}/amend", body: `{"reason":"A change"}`},
		"discard":         {method: post, path: "/v1/plans/{id}/discard", body: `{"reason":"A mistake"}`, headers: matched},
		"withdraw":        {method: post, path: "/v1/plans/{id}/withdraw", body: `{"reason":"They asked"}`},
		"suspend":         {method: post, path: "/v1/plans/{id}/suspend", body: `{"reason":"A doubt"}`},
		"resume":          {method: post, path: "/v1/plans/{id}/resume", body: `{"reason":"No doubt"}`},
		"deceased":        {method: post, path: "/v1/plans/{id}/deceased", body: `{"date":"2026-11-21"}`},
		"close-record":    {method: post, path: "/v1/plans/{id}/close", body: `{"reason":"All is written"}`},
		"enter-in-error":  {method: post, path: "/v1/plans/{id}/error", body: `{"reason":"Another person"}`},
		"problems":        {method: get, path: "/v1/plans/{id}/problems"},
		"versions":        {method: get, path: "/v1/plans/{id}/versions"},
		"version":         {method: get, path: "/v1/plans/{id}/versions/2"},
		"changes":         {method: get, path: "/v1/plans/{id}/versions/2/changes"},
		"changes: draft":  {method: get, path: "/v1/plans/{id}/versions/draft/changes"},
		"summary":         {method: get, path: "/v1/plans/{id}/summary"},
		"summary: draft":  {method: get, path: "/v1/plans/{id}/summary?version=draft"},
		"summary-pdf":     {method: get, path: "/v1/plans/{id}/summary.pdf"},
		"printed":         {method: post, path: "/v1/plans/{id}/prints", body: `{"version":2}`},
		"printed: draft":  {method: post, path: "/v1/plans/{id}/prints", body: `{"version":0}`},
		"feedback":        {method: post, path: "/v1/plans/{id}/feedback", body: `{"outcome":"used"}`},
		"access-log":      {method: get, path: "/v1/plans/{id}/access-log"},

		"version: the one before":    {method: get, path: "/v1/plans/{id}/versions/1"},
		"summary: the one before":    {method: get, path: "/v1/plans/{id}/summary?version=1"},
		"access-log: for the person": {method: get, path: "/v1/plans/{id}/access-log?for=person"},

		"revealed: key safe code":              {method: post, path: "/v1/plans/{id}/reveal", body: `{"item":"key_safe_code","reason":"Nobody opens"}`},
		"revealed: clinicians' words":          {method: post, path: "/v1/plans/{id}/reveal", body: `{"item":"safeguarding_text","reason":"Called to her"}`},
		"revealed: address":                    {method: post, path: "/v1/plans/{id}/reveal", body: `{"item":"address_usual","reason":"Called to her"}`},
		"revealed: key safe code of the draft": {method: post, path: "/v1/plans/{id}/reveal", body: `{"item":"key_safe_code","reason":"It was changed","draft":true}`},

		"search-patients":      {method: post, path: "/v1/patients/search", body: `{"nhs_number":"{number}"}`, answered: foundAs},
		"create-plan":          {method: post, path: "/v1/plans", body: `{"patient_id":"{person}","reason":"Asked by the family"}`},
		"break-glass-reviewed": {method: post, path: "/v1/governance/break-glass/{opening}/reviewed", body: `{"outcome":"appropriate"}`},
	}
	return out
}

// foundAs says how a search tells of a person's plan.
func foundAs(_ *walk, _ *walker, p *spot, status int, body []byte) string {
	if status != 200 {
		return ""
	}
	var found api.PatientList
	if json.Unmarshal(body, &found) != nil || len(found.Items) != 1 {
		return "one person was not found"
	}
	one := found.Items[0]
	switch {
	case one.Suspended && (one.Plan != nil || one.WayIn != "" || one.NeedsReason || bytes.Contains(body, []byte(p.planID))):
		return "suspended, with something of the plan"
	case one.Suspended:
		return "suspended"
	case one.Plan == nil && one.WayIn == "":
		return "nothing"
	case one.Plan == nil:
		return "a way into nothing"
	case one.Plan.ID != p.planID:
		return "another's plan"
	case one.WayIn == api.WayReason && one.NeedsReason:
		return "reason"
	case one.WayIn == api.WayBreakGlass:
		return "break-glass"
	case one.WayIn == "" && !one.NeedsReason:
		return "plan"
	}
	return "in two minds"
}

// whole writes a question out for a plan.
func (q question) whole(id string, p *spot, person *store.Patient) (path, body string, headers map[string]string) {
	fill := strings.NewReplacer("{id}", id, "{comment}", cmp.Or(p.commentID, "none"), "{number}", person.NHSNumber, "{person}", person.ID, "{opening}", p.glassID, "{etag}", p.etag)
	headers = map[string]string{}
	for name, value := range q.headers {
		headers[name] = fill.Replace(value)
	}
	return fill.Replace(q.path), fill.Replace(q.body), headers
}

// An answer is what came back, as far as it may be compared.
type answer struct {
	status  int
	headers string
	body    string
}

// seen is an answer without what differs from one request to the next.
func seen(status int, headers http.Header, body []byte, person *store.Patient) answer {
	var lines []string
	for name, values := range headers {
		if name != "Date" {
			lines = append(lines, name+": "+strings.Join(values, ","))
		}
	}
	slices.Sort(lines)
	text := string(body)
	if person != nil {
		text = strings.NewReplacer(person.ID, "PERSON", person.NHSNumber, "NUMBER").Replace(text)
	}
	return answer{status, strings.Join(lines, "\n"), text}
}

// kindOf names an answer as the table does.
func kindOf(status int, body []byte) string {
	if status < 300 {
		return "ok"
	}
	var p api.Problem
	if json.Unmarshal(body, &p) != nil {
		return "status " + strconv.Itoa(status)
	}
	return p.Code()
}

// wordsAllowed are the planted words that an answer may hold, by how far its reader sees. Nothing of a plan may be in a refusal.
func wordsAllowed(part, role, sees, kind string) []string {
	route, _, _ := strings.Cut(part, ":")
	if kind != "ok" {
		return nil
	}
	switch {
	case route == "revealed":
		return []string{safeCode, safeguards, "1 Quay Road"}
	case route == "break-glass":
		sees = "live"
	case route == "open" && strings.HasPrefix(role, "urgent_"):
		sees = "live"
	case route == "open" && role != "care_home" && sees != "desk": // a claim opens it whole
		sees = "all"
	}
	switch sees {
	case "all":
		return []string{wordOfLive, wordOfOld, wordOfDraft, wordOfReason, wordOfTalk, wordOfLook}
	case "live":
		return []string{wordOfLive}
	}
	return nil
}

var planted = []string{wordOfLive, wordOfOld, wordOfDraft, wordOfReason, wordOfTalk, wordOfLook, safeCode, safeguards, misuse}

// walkPlans asks every question of every plan for one person, and compares the answers with the table.
func (w *walk) walkPlans(table *whoMay, who *walker, role string, f *findings) (asked int) {
	questions := w.questions()
	for name, part := range table.parts {
		q, isPlans := questions[name]
		if !isPlans || w.only != nil && !slices.Contains(w.only, name) {
			continue
		}
		part.asked.Store(true)
		absent := map[string]answer{} // the answer for a plan that does not exist
		for _, p := range w.places {
			sees := table.parts["door"].says(role, p.tie, p.state, "")
			expected := sees
			inside := sees == "all" || sees == "live" || sees == "desk"
			if inside || part.atDoor {
				expected = part.says(role, p.tie, p.state, sees)
			}
			where := role + "/" + p.tie + "/" + p.state
			path, body, headers := q.whole(p.planID, p, &p.person)
			status, given, raw := w.ask(who, q.method, path, body, headers)
			asked++
			kind := kindOf(status, raw)
			got := kind
			if q.answered != nil {
				if words := q.answered(w, who, p, status, raw); words != "" {
					got = words
				}
			}
			if expected == "hidden" {
				key := fmt.Sprint(p.commentID != "", p.etag)
				if _, there := absent[key]; !there {
					none := *p
					none.glassID = "opening-none"
					path, body, headers := q.whole("plan-none-of-these", &none, &p.person)
					status, given, raw := w.ask(who, q.method, path, body, headers)
					absent[key] = seen(status, given, raw, nil)
				}
				if now := seen(status, given, raw, nil); now != absent[key] {
					f.add(where, fmt.Sprintf("%s: %s where there is nothing to know: %d %.120s, and %d %.120s for a plan that does not exist", name, got, now.status, now.body,
						absent[key].status, absent[key].body))
				} else if kind != api.CodeNotFound && role != "nobody" {
					f.add(where, name+": "+got+" where the table says hidden")
				}
				continue
			}
			if got != expected {
				f.add(where, fmt.Sprintf("[%s] %s: the service says %s (%.100s), the table %s", name, role, got, raw, expected))
				continue
			}
			if sees == "hidden" && expected != "suspended" && (name == "search-patients" || name == "create-plan" && kind != "ok") {
				path, body, headers := q.whole(p.planID, p, &p.twin)
				status2, given2, raw2 := w.ask(who, q.method, path, body, headers)
				if one, other := seen(status, given, raw, &p.person), seen(status2, given2, raw2, &p.twin); one != other {
					f.add(where, fmt.Sprintf("%s tells somebody with a plan from somebody without: %d %.300s, and %d %.300s", name, one.status, one.body, other.status, other.body))
				}
			}
			allowed := wordsAllowed(name, role, sees, kind)
			for _, word := range planted {
				if bytes.Contains(raw, []byte(word)) && !slices.Contains(allowed, word) {
					f.add(where, name+" shows "+word+" to somebody who sees "+sees)
				}
			}
			if kind == "ok" {
				w.mustShow(name, sees, p, raw, where, f)
			}
		}
	}
	return asked
}

// mustShow holds that what may be seen is there, so that an empty answer does not pass for a careful one.
func (w *walk) mustShow(name, sees string, p *spot, raw []byte, where string, f *findings) {
	must := func(word string, when bool) {
		if when && !bytes.Contains(raw, []byte(word)) {
			f.add(where, name+" does not show "+word+" to somebody who sees "+sees)
		}
	}
	switch name {
	case "plan":
		must(wordOfLive, p.live && sees != "desk")
		must(wordOfDraft, p.draft && sees == "all")
		must(wordOfTalk, p.draft && sees == "all")
		must("Quayle", true)
	case "version":
		must(wordOfLive, sees != "desk")
	case "version: the one before":
		must(wordOfOld, sees == "all")
	case "access-log":
		must(wordOfLook, sees == "all")
	case "revealed: key safe code", "revealed: key safe code of the draft":
		must(safeCode, true)
	case "revealed: clinicians' words":
		must(safeguards, true)
	}
}

// hold compares what was told of a plan with the table.
func (w *walk) hold(table *whoMay, name, role string, p *spot, got string, f *findings) {
	part := table.parts[name]
	part.asked.Store(true)
	sees := table.parts["door"].says(role, p.tie, p.state, "")
	if expected := part.says(role, p.tie, p.state, sees); expected != got {
		f.add(role+"/"+p.tie+"/"+p.state, fmt.Sprintf("[%s] %s: the service says %s, the table %s", name, role, got, expected))
	}
}

// walkLists reads every list once for one person, and holds for each plan whether it is in it.
func (w *walk) walkLists(table *whoMay, who *walker, role string, f *findings) {
	counted := map[string]int{}
	if status, _, raw := w.ask(who, get, "/v1/worklists", "", nil); status == 200 {
		var counts api.WorklistCounts
		if err := json.Unmarshal(raw, &counts); err != nil {
			f.add(role, "the counts cannot be read: "+err.Error())
		}
		for _, one := range counts.Items {
			counted["worklist: "+one.Name] = one.Count
		}
	}
	for name := range table.parts {
		list, found := strings.CutPrefix(name, "worklist: ")
		path := "/v1/worklists/" + list
		switch {
		case name == "break-glass-queue":
			path = "/v1/governance/break-glass"
		case name == "bundle":
			path = "/v1/bundle"
		case !found:
			continue
		}
		status, _, raw := w.ask(who, get, path, "", nil)
		type row struct {
			PlanID string `json:"plan_id"`
		}
		var rows struct {
			Items []row `json:"items"`
			Pages []row `json:"pages"` // of the bundle
		}
		there := map[string]bool{}
		if status == 200 {
			if err := json.Unmarshal(raw, &rows); err != nil {
				f.add(role, name+" cannot be read: "+err.Error())
			}
			for _, one := range append(rows.Items, rows.Pages...) {
				there[one.PlanID] = true
			}
			if want, counts := counted[name]; counts && want != len(rows.Items) {
				f.add(role, fmt.Sprintf("%s has %d plans and says %d", name, len(rows.Items), want))
			}
		}
		if _, counts := counted[name]; found && counts != (status == 200) {
			f.add(role, name+" is counted and not shown, or shown and not counted")
		}
		for _, word := range []string{wordOfLive, wordOfOld, wordOfDraft, wordOfTalk, wordOfLook, safeCode, safeguards, misuse} {
			if bytes.Contains(raw, []byte(word)) && !(name == "bundle" && word == wordOfLive) {
				f.add(role, name+" shows "+word)
			}
		}
		for _, p := range w.places {
			got := kindOf(status, raw)
			if status == 200 {
				got = "not listed"
				if there[p.planID] {
					got = "listed"
				}
			}
			w.hold(table, name, role, p, got, f)
		}
	}
}

// ownQuestions are how the parts are asked that speak of no plan.
func (w *walk) ownQuestions(who *walker) map[string]question {
	sso := `{"redirect_uri":"http://127.0.0.1:4000/back","code_challenge":"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"}`
	back := `{"state":"s","code":"c","code_verifier":"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk","redirect_uri":"http://127.0.0.1:4000/back"}`
	name := "walker-gp"
	if who.id != "" {
		name = who.id
	}
	return map[string]question{
		"service":          {method: get, path: "/v1/service"},
		"sign-in":          {method: post, path: "/v1/sessions", body: `{"username":"` + name + `","password":"training"}`},
		"start-sso":        {method: post, path: "/v1/sessions/sso/start", body: sso},
		"sign-in-sso":      {method: post, path: "/v1/sessions/sso", body: back},
		"sign-out":         {method: remove, path: "/v1/sessions/current"},
		"start-proof":      {method: post, path: "/v1/sessions/sso/proof/start", body: `{"plan_id":"p","etag":"\"1\"",` + sso[1:]},
		"prove":            {method: post, path: "/v1/sessions/sso/proof", body: back},
		"choose-position":  {method: post, path: "/v1/sessions/current/position", body: `{"position":"` + who.position + `"}`},
		"me":               {method: get, path: "/v1/me"},
		"worklists":        {method: get, path: "/v1/worklists"},
		"bundle-readings":  {method: post, path: "/v1/bundle/readings", body: `{"items":[]}`},
		"wipe":             {method: post, path: "/v1/accounts/wipe", body: `{"username":"walker-gp","reason":"Lost on the bus"}`},
		"reports":          {method: get, path: "/v1/reports"},
		"report: coverage": {method: get, path: "/v1/reports/coverage"},
		"report: dnacpr":   {method: get, path: "/v1/reports/dnacpr.csv"},
	}
}

// walkOwn asks what speaks of no plan.
func (w *walk) walkOwn(table *whoMay, who *walker, role string, f *findings) {
	for name, q := range w.ownQuestions(who) {
		part := table.parts[name]
		if part == nil {
			f.add(role, "the table has no part ["+name+"]")
			continue
		}
		part.asked.Store(true)
		status, _, raw := w.ask(who, q.method, q.path, q.body, q.headers)
		if got, expected := kindOf(status, raw), part.says(role, "", "", ""); got != expected {
			f.add(role, fmt.Sprintf("[%s] the service says %s (%.200s), the table %s", name, got, raw, expected))
		}
	}
}

// walkEvents tells of every plan, and holds who heard.
func (w *walk) walkEvents(table *whoMay, roles map[string]string, f *findings) {
	w.undo.on.Store(false)
	defer w.undo.on.Store(true)
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	type heard struct {
		id    string
		event api.Event
	}
	all := make(chan heard, 4096)
	for _, one := range w.walkers {
		if roles[one.id] == "" {
			continue
		}
		events := listen(ctx, w, one)
		go func() {
			for e := range events {
				all <- heard{one.id, e}
			}
		}()
	}
	// until gathers what everybody hears before they have all heard the mark.
	until := func(mark string) map[string][]api.Event {
		w.s.hub.Send(func(access.Person) (api.Event, bool) { return api.Event{Kind: mark}, true })
		out, waiting, late := map[string][]api.Event{}, len(roles), time.After(time.Minute)
		for waiting > 0 {
			select {
			case one := <-all:
				if one.event.Kind == mark {
					waiting--
				} else {
					out[one.id] = append(out[one.id], one.event)
				}
			case <-late:
				require.FailNow(w.t, "somebody does not hear")
			}
		}
		return out
	}
	until("ready")
	for _, p := range w.places {
		for name, tell := range map[string]func(store.Tx, *folder) error{
			"events":                             func(tx store.Tx, one *folder) error { return w.s.tell(tx, one.plan) },
			"events: an opening in an emergency": func(tx store.Tx, one *folder) error { return w.s.tellOfGlass(tx, one) },
		} {
			require.NoError(w.t, w.s.store.Write(ctx, func(tx store.Tx) error {
				stored, err := tx.Plan(p.planID)
				if err != nil {
					return err
				}
				return tell(tx, &folder{plan: stored})
			}))
			heard := until("told of " + p.planID + name)
			for id, role := range roles {
				got := "not told"
				for _, e := range heard[id] {
					if e.PlanID == p.planID {
						got = "told"
					}
					sees := table.parts["door"].says(role, p.tie, p.state, "")
					if e.Status != "" && sees != "all" && sees != "desk" {
						f.add(role+"/"+p.tie+"/"+p.state, name+" says "+e.Status+" to somebody who sees "+sees)
					}
				}
				w.hold(table, name, role, p, got, f)
			}
		}
	}
}

// listen is a line of events over a real socket.
func listen(ctx context.Context, w *walk, who *walker) <-chan api.Event {
	w.t.Helper()
	request, err := http.NewRequestWithContext(ctx, get, w.web.URL+"/v1/events", nil)
	require.NoError(w.t, err)
	request.Header.Set("Authorization", "Bearer "+who.token)
	answer, err := http.DefaultClient.Do(request)
	require.NoError(w.t, err)
	require.Equal(w.t, 200, answer.StatusCode)
	out := make(chan api.Event)
	go func() {
		defer close(out)
		defer answer.Body.Close()
		lines := bufio.NewScanner(answer.Body)
		for lines.Scan() {
			raw, found := strings.CutPrefix(lines.Text(), "data: ")
			var e api.Event
			if found && json.Unmarshal([]byte(raw), &e) == nil {
				out <- e
			}
		}
	}()
	return out
}
