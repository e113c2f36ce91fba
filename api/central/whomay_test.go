package central

// What may change here: how the table of testdata/who-may.txt is read, and how the service is asked for each of its answers.

import (
	"context"
	"encoding/json"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cmc/api/central/lifecycle"
	"cmc/api/central/store"
)

// The names of the table. They are the test's own: what the table says of a role or a state is not read from the code.
var (
	everyRole = strings.Fields(`urgent_viewer urgent_clinician gp advanced_nurse advanced_nurse_approver community_nurse hospice_nurse care_home
		practice_admin trainer clinical_safety system_admin commissioner trainer_real nobody`)
	everyTie = strings.Fields(`none holder team team_person care_home origin urgent claimed glass urgent_lapsed claimed_lapsed glass_lapsed`)
	// everyState is the states of the table and how such a plan lies in the database: its state, whether a version was
	// approved, whether there is a draft, and whether the record is marked.
	everyState = []struct {
		name                string
		state               lifecycle.State
		live, draft, marked bool
	}{
		{"patient_draft", lifecycle.PatientDraft, false, true, false},
		{"submitted", lifecycle.Submitted, false, true, false},
		{"draft", lifecycle.Draft, false, true, false},
		{"in_review", lifecycle.InReview, false, true, false},
		{"review_again", lifecycle.InReview, true, true, false},
		{"approved", lifecycle.Approved, true, false, false},
		{"amending", lifecycle.Amending, true, true, false},
		{"consent_ended", lifecycle.Amending, true, true, false},
		{"review_due", lifecycle.ReviewDue, true, false, false},
		{"overdue", lifecycle.Overdue, true, false, false},
		{"suspended", lifecycle.Suspended, true, false, false},
		{"withdrawn", lifecycle.Withdrawn, true, false, false},
		{"given_up", lifecycle.Withdrawn, false, true, false},
		{"deceased", lifecycle.Deceased, true, false, false},
		{"closed", lifecycle.Closed, true, false, false},
		{"entered_in_error", lifecycle.EnteredInError, true, false, false},
		{"marked", lifecycle.Approved, true, false, true},
		{"marked_draft", lifecycle.Draft, false, true, true},
	}
)

// A tableLine is one line of a part. Empty columns fit everything.
type tableLine struct {
	number         int
	answer         string
	who, how, when map[string]bool
	sees           map[string]bool
	used           atomic.Bool
}

// A tablePart is what the table says of one route.
type tablePart struct {
	name   string
	atDoor bool
	lines  []*tableLine
	asked  atomic.Bool
}

// whoMay is the table.
type whoMay struct {
	parts map[string]*tablePart
	house []string
}

// readWhoMay reads the table, and refuses a name that nobody has.
func readWhoMay(t *testing.T) *whoMay {
	t.Helper()
	raw, err := os.ReadFile("testdata/who-may.txt")
	require.NoError(t, err)
	out := &whoMay{parts: map[string]*tablePart{}}
	var states []string
	for _, one := range everyState {
		states = append(states, one.name)
	}
	names := map[string]map[string][]string{"who": {}, "how": {}, "states": {}, "sees": {}}
	for kind, all := range map[string][]string{"who": everyRole, "how": everyTie, "states": states,
		"sees": strings.Fields("all live desk hidden reason-required break-glass unauthenticated")} {
		for _, name := range all {
			names[kind][name] = []string{name}
		}
		names[kind]["*"] = all
	}
	set := func(kind, words string, number int) map[string]bool {
		chosen := map[string]bool{}
		fields := strings.Fields(words)
		if len(fields) > 0 && strings.HasPrefix(fields[0], "-") {
			fields = append([]string{"*"}, fields...)
		}
		for _, word := range fields {
			name, out := strings.CutPrefix(word, "-")
			members, known := names[kind][name]
			require.True(t, known, "line %d: nothing is called %q", number, name)
			for _, one := range members {
				if out {
					delete(chosen, one)
				} else {
					chosen[one] = true
				}
			}
		}
		return chosen
	}
	title := regexp.MustCompile(`^\[([^\]]+)\]( at the door)?$`)
	group := regexp.MustCompile(`^([a-z_]+) += (.+)$`)
	chapter, part := "", (*tablePart)(nil)
	for i, line := range strings.Split(string(raw), "\n") {
		number := i + 1
		line = strings.TrimSpace(line)
		if name, found := strings.CutPrefix(line, "--- "); found {
			chapter, part = name, nil
			continue
		}
		switch chapter {
		case "who", "how", "states":
			if found := group.FindStringSubmatch(line); found != nil {
				var members []string
				chosen := set(chapter, found[2], number)
				for _, one := range names[chapter]["*"] {
					if chosen[one] {
						members = append(members, one)
					}
				}
				names[chapter][found[1]] = members
			}
		case "of the house":
			if strings.HasPrefix(line, "GET ") || strings.HasPrefix(line, "POST ") {
				out.house = append(out.house, line)
			}
		case "parts":
			if found := title.FindStringSubmatch(line); found != nil {
				require.NotContains(t, out.parts, found[1], "line %d", number)
				part = &tablePart{name: found[1], atDoor: found[2] != "" || found[1] == "door"}
				out.parts[part.name] = part
				continue
			}
			if line == "" {
				continue
			}
			require.NotNil(t, part, "line %d belongs to no part", number)
			columns := strings.Split(line, "|")
			require.LessOrEqual(t, len(columns), 5, "line %d", number)
			for len(columns) < 5 {
				columns = append(columns, "*")
			}
			part.lines = append(part.lines, &tableLine{number: number, answer: strings.TrimSpace(columns[0]), who: set("who", columns[1], number),
				how: set("how", columns[2], number), when: set("states", columns[3], number), sees: set("sees", columns[4], number)})
		}
	}
	require.NotEmpty(t, out.parts["door"])
	return out
}

// says is what the table answers; "" when no line fits.
func (p *tablePart) says(who, how, when, sees string) string {
	for _, line := range p.lines {
		if line.who[who] && (how == "" || line.how[how]) && (when == "" || line.when[when]) && (sees == "" || line.sees[sees]) {
			line.used.Store(true)
			return line.answer
		}
	}
	return ""
}

// findings collects what is not as the table says, so that a whole role is one line.
type findings struct {
	mu    sync.Mutex
	order []string
	at    map[string][]string
	count int
}

func (f *findings) add(where, what string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.count++
	if f.at == nil {
		f.at = map[string][]string{}
	}
	if _, there := f.at[what]; !there {
		f.order = append(f.order, what)
	}
	f.at[what] = append(f.at[what], where)
}

func (f *findings) report(t *testing.T) {
	t.Helper()
	for i, what := range f.order {
		if i == 40 {
			t.Errorf("and %d more", len(f.order)-i)
			return
		}
		t.Errorf("%s\n      at %s", what, strings.Join(f.at[what], ", "))
	}
}

// Every route, for every role, however somebody is tied to a plan, in every state of it, is answered as the table says.
func TestEveryRouteForEverybody(t *testing.T) {
	table := readWhoMay(t)
	f := &findings{}
	roles := strings.Fields("urgent_viewer urgent_clinician gp advanced_nurse community_nurse hospice_nurse care_home practice_admin trainer clinical_safety system_admin commissioner")
	w := openWalk(t, true, roles, everyTie)
	var asked atomic.Int64
	everything := func(who *walker, role string) {
		asked.Add(int64(w.walkPlans(table, who, role, f)))
		w.walkLists(table, who, role, f)
		w.walkOwn(table, who, role, f)
	}
	var together sync.WaitGroup
	next := make(chan *walker)
	for range runtime.GOMAXPROCS(0) {
		together.Go(func() {
			for one := range next {
				everything(one, one.role)
			}
		})
	}
	for _, one := range append(w.walkers, &walker{role: "nobody"}) {
		next <- one
	}
	close(next)
	together.Wait()
	hear := map[string]string{}
	for _, one := range w.walkers {
		hear[one.id] = one.role
	}
	w.walkEvents(table, hear, f)

	// The same nurse, where the organisation has switched approval by nurses on.
	w.undo.on.Store(false)
	require.NoError(t, w.s.store.Write(context.Background(), func(tx store.Tx) error {
		return tx.PutOrganisation(&store.Organisation{ODS: ourODS, Name: "Quay Practice", Kind: "gp_practice", Phone: "020 7946 0001", AdvancedNurseApproves: true})
	}))
	w.undo.on.Store(true)
	nurse := w.walkers[slices.IndexFunc(w.walkers, func(one *walker) bool { return one.role == "advanced_nurse" })]
	everything(nurse, "advanced_nurse_approver")
	w.walkEvents(table, map[string]string{nurse.id: "advanced_nurse_approver"}, f)

	// A trainer in a service with real people.
	real := openWalk(t, false, []string{"trainer_real"}, []string{"none", "holder", "claimed"})
	t.Log("questions about plans:", asked.Load())
	real.walkPlans(table, real.walkers[0], "trainer_real", f)
	real.walkLists(table, real.walkers[0], "trainer_real", f)
	real.walkOwn(table, real.walkers[0], "trainer_real", f)
	real.walkEvents(table, map[string]string{real.walkers[0].id: "trainer_real"}, f)

	f.report(t)
	w.complete(table)
}

// What a database is asked of ties, the other database is asked in its own words: the ways in, the lists and the events of some.
func TestTheDoorForSome(t *testing.T) {
	table := readWhoMay(t)
	f := &findings{}
	w := openWalk(t, true, strings.Fields("urgent_clinician gp care_home practice_admin"), everyTie)
	w.only = strings.Fields("plan summary attachment search-patients create-plan open break-glass")
	hear := map[string]string{}
	for _, one := range w.walkers {
		w.walkPlans(table, one, one.role, f)
		w.walkLists(table, one, one.role, f)
		hear[one.id] = one.role
	}
	if !overPostgres(t) { // from there notices come when they come
		w.walkEvents(table, hear, f)
	}
	f.report(t)
}

// complete holds that the table speaks of every route that there is and of no other, and has no line that says nothing.
func (w *walk) complete(table *whoMay) {
	t := w.t
	_, _, raw := w.ask(nil, get, "/openapi.json", "", nil)
	var description struct {
		Paths map[string]map[string]struct {
			OperationID string `json:"operationId"`
		} `json:"paths"`
	}
	require.NoError(t, json.Unmarshal(raw, &description))
	routes := map[string]bool{}
	for _, item := range description.Paths {
		for _, one := range item {
			routes[one.OperationID] = true
			_, spoken := table.parts[one.OperationID]
			for name := range table.parts {
				spoken = spoken || strings.HasPrefix(name, one.OperationID+": ")
			}
			assert.True(t, spoken, "the table says nothing of the route %s: add a part to testdata/who-may.txt, and how it is asked", one.OperationID)
		}
	}
	assert.Greater(t, len(routes), 45)
	for name, part := range table.parts {
		route, _, _ := strings.Cut(name, ": ")
		assert.True(t, name == "door" || routes[route], "the table speaks of %s, and there is no such route", name)
		assert.True(t, name == "door" || part.asked.Load(), "nobody asks for [%s]", name)
		for _, line := range part.lines {
			assert.True(t, line.used.Load(), "line %d of [%s] is never the first to fit", line.number, name)
		}
	}
	source, err := os.ReadFile("house.go")
	require.NoError(t, err)
	var house []string
	for _, found := range regexp.MustCompile(`mux\.Handle(?:Func)?\(("[^"]+"\s*(?:\+ ?logoutPath)?),`).FindAllStringSubmatch(string(source), -1) {
		pattern := strings.NewReplacer(`"`, "", "+logoutPath", logoutPath).Replace(found[1])
		if pattern != "/" { // what no route has
			house = append(house, pattern)
		}
	}
	assert.ElementsMatch(t, append(house, "GET /openapi.json"), table.house, "the routes of house.go and the table's")
}
