package central

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cmc/api"
	"cmc/api/central/audit"
	"cmc/api/central/store"
	"cmc/assets/training"
	"cmc/forms"
	"cmc/forms/plan"
)

// staff adds an account of a role and an organisation, and signs it in.
func (w *ward) staff(username string, role api.Role, ods string) {
	w.t.Helper()
	require.NoError(w.t, w.s.store.Write(context.Background(), func(tx store.Tx) error {
		like, err := tx.UserNamed("gp")
		if err != nil {
			return err
		}
		return tx.AddUser(&store.User{ID: "staff-" + username, Username: username, Name: "Sam " + username, Role: string(role), RoleTitle: string(role),
			RegNumber: "0000099", ODS: ods, PasswordHash: like.PasswordHash, CreatedAt: w.clock.now()})
	}))
}

// reportsOf is who has which reports. A role that is missing here has none.
var reportsOf = map[string]struct {
	names          []string
	scope          string
	protected, ids bool
}{
	"gp":            {everyReport, "Riverside Practice", false, true},
	"hilllanegp":    {everyReport, "Hill Lane Surgery", false, true},
	"apn":           {everyReport, "Riverside Practice", false, false}, // the organisation has not switched approval by nurses on
	"practiceadmin": {[]string{"coverage", "creation", "views", "quality", "problems"}, "Riverside Practice", false, false},
	"safety":        {everyReport, "All organisations", false, true},
	"commissioner":  {everyReport, "All organisations", true, false},
}

var everyReport = []string{"coverage", "creation", "views", "quality", "outcomes", "dnacpr", "problems"}

func TestWhoHasWhichReport(t *testing.T) {
	w := openWard(t, nil)
	ctx := context.Background()
	w.staff("apn", api.RoleAdvancedNurse, "X99001")
	for who, has := range reportsOf {
		list, err := w.as(who).Reports(ctx)
		require.NoError(t, err, who)
		var names []string
		for _, one := range list.Items {
			names = append(names, one.Name)
			assert.NotEmpty(t, one.Title)
			assert.NotEmpty(t, one.About, "the definition of %s", one.Name)
			for _, by := range one.By {
				assert.False(t, has.scope != "All organisations" && by.ID == "practice", "%s splits by other practices", who)
				r, err := w.as(who).Report(ctx, one.Name, api.ReportAsk{By: by.ID})
				require.NoError(t, err, "%s %s %s", who, one.Name, by.ID)
				assert.Equal(t, has.scope, r.Scope)
				assert.Equal(t, has.protected, r.Protected)
				assert.Equal(t, one.About, r.About)
				assert.True(t, has.ids || len(r.Plans) == 0, "%s is told of plans", who)
			}
			_, err := w.as(who).ReportCSV(ctx, one.Name, api.ReportAsk{})
			require.NoError(t, err)
		}
		assert.Equal(t, has.names, names, who)
		said := strings.Join(list.Notes, " ")
		assert.Contains(t, said, "Use of hospital")
		assert.Contains(t, said, "savings")
	}
	_, err := w.as("practiceadmin").Report(ctx, "dnacpr", api.ReportAsk{})
	refused(t, err, api.CodeNotFound)
	_, err = w.as("practiceadmin").ReportCSV(ctx, "outcomes", api.ReportAsk{})
	refused(t, err, api.CodeNotFound)
	for _, who := range []string{"carehome", "hospice", "nurse", "urgent", "trainer", "admin"} {
		_, err := w.as(who).Reports(ctx)
		refused(t, err, api.CodeForbidden)
		_, err = w.as(who).Report(ctx, "coverage", api.ReportAsk{})
		refused(t, err, api.CodeForbidden)
		_, err = w.as(who).ReportCSV(ctx, "coverage", api.ReportAsk{})
		refused(t, err, api.CodeForbidden)
	}
}

func TestAReportIsAskedForRightly(t *testing.T) {
	w := openWard(t, nil)
	ctx := context.Background()
	for location, ask := range map[string]api.ReportAsk{"query.from": {From: "01/02/2026"}, "query.to": {To: "soon"}, "query.by": {By: "name"}} {
		_, err := w.as("gp").Report(ctx, "outcomes", ask)
		assert.Equal(t, location, refused(t, err, api.CodeInvalid).Fields[0].Location)
	}
	_, err := w.as("gp").Report(ctx, "coverage", api.ReportAsk{By: "practice"})
	refused(t, err, api.CodeInvalid)
	_, err = w.as("gp").Report(ctx, "salaries", api.ReportAsk{})
	refused(t, err, api.CodeNotFound)

	// Nobody moves the period of protected numbers by a day.
	r, err := w.as("commissioner").Report(ctx, "outcomes", api.ReportAsk{From: "2026-02-03", To: "2026-09-17"})
	require.NoError(t, err)
	assert.Equal(t, []string{"2026-03-01", "2026-08-31"}, []string{r.From, r.To})
	r, err = w.as("safety").Report(ctx, "outcomes", api.ReportAsk{From: "2026-02-03", To: "2026-09-17"})
	require.NoError(t, err)
	assert.Equal(t, []string{"2026-02-03", "2026-09-17"}, []string{r.From, r.To})
}

// counted works the numbers of reports out from the invented people alone, without the service.
type counted struct{ inUse, ceiling, deaths, preferred, met, decisions, told, disabled int }

func (w *ward) counted(holder string) (n counted) {
	w.t.Helper()
	people, plans, _, _, err := training.Load(w.clock.now())
	require.NoError(w.t, err)
	who := map[string]training.Person{}
	for _, p := range people {
		who[p.ID] = p
	}
	yearAgo := w.s.today().AddDate(-1, 0, 1).Format(time.DateOnly)
	for _, p := range plans {
		if p.Live == nil || holder != "" && p.Holder != holder || p.Status == "entered_in_error" {
			continue
		}
		content, err := answers(p.Live.Answers)
		require.NoError(w.t, err)
		r := forms.NewReader(plan.Definition(), content, w.clock.now())
		if slices.Contains([]string{"approved", "amending", "in_review", "review_due", "overdue"}, p.Status) {
			n.inUse++
			if code := r.Text(plan.Ceiling); code != "" && code != plan.CeilingNotDiscussed {
				n.ceiling++
			}
		}
		if (p.Status == "deceased" || p.Status == "closed") && who[p.Person].DeathDate >= yearAgo {
			n.deaths++
			first := plan.PlaceMeeting(r, r.Text(plan.PPD1))
			if first != "" {
				n.preferred++
				if first == p.DeathPlace {
					n.met++
				}
			}
		}
		decision := r.Text(plan.CPRDecision)
		on := r.Text(plan.CPRDate)
		if decision != plan.CPRDoNotAttempt && decision != plan.CPRModifiedChild || on[:10] < yearAgo {
			continue
		}
		n.decisions++
		if r.Text(plan.CPRPatientDiscussed) == "yes" {
			n.told++
		}
		if cohorts := r.Codes(plan.PlanCohorts); slices.Contains(cohorts, "learning_disability") || slices.Contains(cohorts, "autism") {
			n.disabled++
		}
	}
	return n
}

// figure finds a figure of a report by the words of its row, in the first column.
func figure(t *testing.T, r *api.Report, row string) api.ReportFigure {
	t.Helper()
	for _, table := range r.Tables {
		for _, one := range table.Rows {
			if one.Label == row {
				return one.Figures[0]
			}
		}
	}
	require.Fail(t, "no such row", "%s in %s", row, r.Name)
	return api.ReportFigure{}
}

func is(t *testing.T, f api.ReportFigure, n, of int) {
	t.Helper()
	require.NotNil(t, f.Count, f.Words())
	require.NotNil(t, f.Of, f.Words())
	assert.Equal(t, [2]int{n, of}, [2]int{*f.Count, *f.Of})
}

// Each number of clinical safety and of each practice is that of the plans themselves, each with its denominator.
func TestTheNumbersOfReports(t *testing.T) {
	w := openWard(t, nil)
	ctx := context.Background()
	for who, holder := range map[string]string{"gp": "X99001", "hilllanegp": "X99002", "safety": ""} {
		want := w.counted(holder)
		require.Positive(t, want.inUse, who)
		read := func(name string) *api.Report {
			r, err := w.as(who).Report(ctx, name, api.ReportAsk{})
			require.NoError(t, err)
			return r
		}
		is(t, figure(t, read("quality"), "With a level of treatment"), want.ceiling, want.inUse)
		outcomes := read("outcomes")
		is(t, figure(t, outcomes, "Preferred place met: died in their first choice, of those with a preferred place recorded"), want.met, want.preferred)
		is(t, figure(t, outcomes, "A preferred place was recorded, of all deaths"), want.preferred, want.deaths)
		decisions := read("dnacpr")
		is(t, figure(t, decisions, "Yes"), want.told, want.decisions)
		require.Len(t, decisions.Plans, want.disabled)
		if who == "safety" {
			require.Positive(t, want.disabled)
			require.Greater(t, want.deaths, 10)
		}
	}
}

// Every report has something in it for those who practise, and says what it would show where there is nothing.
func TestEveryReportHasSomethingToShow(t *testing.T) {
	w := openWard(t, nil)
	ctx := context.Background()
	for _, who := range []string{"gp", "safety", "commissioner"} {
		for _, name := range everyReport {
			r, err := w.as(who).Report(ctx, name, api.ReportAsk{})
			require.NoError(t, err)
			assert.Empty(t, r.Empty, "%s of %s", name, who)
			shown := 0
			for _, table := range r.Tables {
				for _, row := range table.Rows {
					require.Len(t, row.Figures, len(table.Heads)-1, "%s: %s", name, row.Label)
					for _, f := range row.Figures {
						if !f.Hidden && (f.Count != nil && *f.Count > 0 || f.Value != nil) {
							shown++
						}
					}
				}
			}
			assert.Positive(t, shown, "%s of %s shows numbers", name, who)
		}
	}
	w.staff("newgp", api.RoleGP, "XC9")
	for _, name := range []string{"creation", "views", "quality", "outcomes", "dnacpr", "problems"} {
		r, err := w.as("newgp").Report(ctx, name, api.ReportAsk{})
		require.NoError(t, err)
		assert.NotEmpty(t, r.Empty, name)
		assert.Empty(t, r.Tables, name)
	}
}

// Nothing that a commissioner gets is below 5 or exact, names a plan or a person, or can be worked out from a neighbour.
func TestACommissionerSeesNoSmallNumber(t *testing.T) {
	w := openWard(t, nil)
	ctx := context.Background()
	people, plans, _, _, err := training.Load(w.clock.now())
	require.NoError(t, err)
	ids := map[string]bool{}
	require.NoError(t, w.s.store.Read(ctx, func(tx store.Tx) error {
		all, err := tx.List(store.Filter{Limit: 1000})
		for _, one := range all {
			ids[one.Plan.ID] = true
		}
		return err
	}))
	require.GreaterOrEqual(t, len(ids), len(plans)-5)
	list, err := w.as("commissioner").Reports(ctx)
	require.NoError(t, err)
	hidden := 0
	for _, one := range list.Items {
		for _, by := range one.By {
			r, err := w.as("commissioner").Report(ctx, one.Name, api.ReportAsk{By: by.ID})
			require.NoError(t, err)
			for _, table := range r.Tables {
				for _, row := range table.Rows {
					for _, f := range row.Figures {
						for _, n := range []*int{f.Count, f.Of} {
							if n != nil {
								require.GreaterOrEqual(t, *n, 5, "%s %s: %s", one.Name, by.ID, row.Label)
								require.Zero(t, *n%5)
							}
						}
						if f.Hidden {
							hidden++
							require.Nil(t, f.Count)
							require.Nil(t, f.Value)
						}
					}
				}
			}
			file, err := w.as("commissioner").ReportCSV(ctx, one.Name, api.ReportAsk{By: by.ID})
			require.NoError(t, err)
			whole, err := json.Marshal(r)
			require.NoError(t, err)
			text := string(whole) + string(file)
			for id := range ids {
				require.NotContains(t, text, id)
			}
			for _, p := range people {
				require.False(t, p.NHSNumber != "" && strings.Contains(text, p.NHSNumber))
			}
		}
	}
	assert.Positive(t, hidden)
}

// The file has the numbers of the report, one on each line, and no plans.
func TestAReportAsAFile(t *testing.T) {
	w := openWard(t, nil)
	ctx := context.Background()
	status, headers, body := w.raw(get, "/v1/reports/dnacpr.csv?by=practice", w.bearer("safety"), "")
	require.Equal(t, 200, status, "%s", body)
	assert.Equal(t, "text/csv; charset=utf-8; header=present", headers.Get("Content-Type"))
	assert.Equal(t, `attachment; filename="dnacpr.csv"`, headers.Get("Content-Disposition"))
	lines, err := csv.NewReader(strings.NewReader(string(body))).ReadAll()
	require.NoError(t, err)
	r, err := w.as("safety").Report(ctx, "dnacpr", api.ReportAsk{By: "practice"})
	require.NoError(t, err)
	require.NotEmpty(t, r.Plans)
	at := 1
	for _, table := range r.Tables {
		for _, row := range table.Rows {
			for i, f := range row.Figures {
				line := lines[at]
				at++
				assert.Equal(t, []string{"dnacpr", r.From, r.To, r.Scope, table.Title, row.Label, table.Heads[i+1]}, line[:7])
				if f.Count != nil {
					assert.Equal(t, fmt.Sprint(*f.Count), line[7])
				}
			}
		}
	}
	assert.Len(t, lines, at)
	for _, p := range r.Plans {
		assert.NotContains(t, string(body), p.PlanID)
	}
}

// Every reading of a report leaves a line with its name and who read it; a refused one shows nothing.
func TestReadingAReportIsAudited(t *testing.T) {
	w := openWard(t, nil)
	ctx := context.Background()
	_, err := w.as("commissioner").Report(ctx, "outcomes", api.ReportAsk{})
	require.NoError(t, err)
	_, err = w.as("gp").ReportCSV(ctx, "dnacpr", api.ReportAsk{})
	require.NoError(t, err)
	found := map[string]string{}
	require.NoError(t, w.s.store.Read(ctx, func(tx store.Tx) error {
		all, err := tx.AuditFrom(1, 1_000_000)
		for _, one := range all {
			if one.Action == audit.Report {
				found[one.What] = one.Role
			}
		}
		return err
	}))
	assert.Equal(t, map[string]string{"outcomes": "commissioner", "dnacpr.csv": "gp"}, found)
}

// The facts of a plan are there as soon as it is approved, and those that are missing come back by themselves.
func TestFactsAreKeptWithTheApproval(t *testing.T) {
	w := openWard(t, nil)
	ctx := context.Background()
	inUse := func() (n, of int) {
		r, err := w.as("gp").Report(ctx, "quality", api.ReportAsk{})
		require.NoError(t, err)
		f := figure(t, r, "With a level of treatment")
		return *f.Count, *f.Of
	}
	with, all := inUse()
	p := w.live()
	nowWith, nowAll := inUse()
	assert.Equal(t, [2]int{with + 1, all + 1}, [2]int{nowWith, nowAll})

	// Facts of a version that is not the newest are as if none were there.
	require.NoError(t, w.s.store.Write(ctx, func(tx store.Tx) error {
		return tx.PutFacts(&store.Facts{PlanID: p.ID, Version: 0, Age: -1})
	}))
	nowWith, _ = inUse()
	require.Equal(t, with, nowWith)
	w.s.caughtUp.Store(false)
	r, err := w.as("gp").Report(ctx, "quality", api.ReportAsk{})
	require.NoError(t, err)
	assert.Contains(t, r.Notes[0], "still being counted")
	require.NoError(t, w.s.Chores(ctx))
	nowWith, nowAll = inUse()
	assert.Equal(t, [2]int{with + 1, all + 1}, [2]int{nowWith, nowAll})
}

// What a crew does appears under Views, by its service, and what it says under Problems.
func TestACrewsReadingIsCounted(t *testing.T) {
	w := openWard(t, nil)
	ctx := context.Background()
	p := w.live()
	count := func(report, row string) int {
		r, err := w.as("gp").Report(ctx, report, api.ReportAsk{})
		require.NoError(t, err)
		return *figure(t, r, row).Count
	}
	before := map[string]int{}
	rows := map[string]string{"Read by urgent care in the period": "views", "All": "views", "Could not use it": "problems"}
	for row, report := range rows {
		before[row] = count(report, row)
	}
	_, err := w.as("urgent").Open(ctx, p.ID, "999 call to the address")
	require.NoError(t, err)
	_, err = w.as("urgent").Summary(ctx, p.ID, "")
	require.NoError(t, err)
	require.NoError(t, w.as("urgent").Feedback(ctx, p.ID, api.Feedback{Outcome: "could_not_use", Reason: "The door code was old"}))
	for _, row := range slices.Sorted(maps.Keys(rows)) {
		assert.Equal(t, before[row]+1, count(rows[row], row), row)
	}
	r, err := w.as("gp").Report(ctx, "problems", api.ReportAsk{})
	require.NoError(t, err)
	text, err := json.Marshal(r)
	require.NoError(t, err)
	assert.NotContains(t, string(text), "door code", "the crew's words stay with the plan")
}
