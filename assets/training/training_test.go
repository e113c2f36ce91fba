package training_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cmc/api"
	"cmc/assets/training"
	"cmc/forms"
	"cmc/forms/nhs"
	"cmc/forms/plan"
)

var today = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

type world struct {
	people   []training.Person
	plans    []training.Plan
	orgs     []training.Organisation
	accounts []training.Account
}

func load(t testing.TB, on time.Time) world {
	t.Helper()
	people, plans, orgs, accounts, err := training.Load(on)
	require.NoError(t, err)
	return world{people, plans, orgs, accounts}
}

func (w world) person(id string) *training.Person {
	for i := range w.people {
		if w.people[i].ID == id {
			return &w.people[i]
		}
	}
	return nil
}

func (w world) org(ods string) *training.Organisation {
	for i := range w.orgs {
		if w.orgs[i].ODS == ods {
			return &w.orgs[i]
		}
	}
	return nil
}

func (w world) account(name string) *training.Account {
	for i := range w.accounts {
		if w.accounts[i].Username == name {
			return &w.accounts[i]
		}
	}
	return nil
}

// decode reads answers and holds that the form knows every one of them.
func decode(t testing.TB, id string, raw []byte) forms.Answers {
	t.Helper()
	answers, problems, err := forms.Decode(plan.Definition(), raw)
	require.NoError(t, err, id)
	require.Empty(t, problems, id)
	return answers
}

func stops(a forms.Answers, on time.Time) (ids []string) {
	for _, p := range forms.Validate(plan.Definition(), a, on, forms.ForApproval) {
		if p.Severity == forms.Stop {
			ids = append(ids, p.Rule+" "+p.Item+": "+p.Words)
		}
	}
	return ids
}

// Whenever somebody practises: leap days, the ends of years, the nights on which clocks change.
func TestEveryPlanFitsTheFormOnAnyDay(t *testing.T) {
	for _, on := range []time.Time{today, time.Date(2027, 1, 1, 0, 30, 0, 0, time.UTC), time.Date(2028, 2, 29, 12, 0, 0, 0, time.UTC),
		time.Date(2027, 3, 28, 1, 30, 0, 0, time.UTC), time.Date(2027, 10, 31, 0, 30, 0, 0, time.UTC), time.Date(2031, 7, 31, 23, 45, 0, 0, time.UTC)} {
		t.Run(on.Format(time.DateOnly), func(t *testing.T) {
			w := load(t, on)
			for _, p := range w.plans {
				if p.Live != nil {
					a := decode(t, p.ID, p.Live.Answers)
					require.Empty(t, stops(a, p.Live.ApprovedAt), "%s could not have been approved", p.ID)
					require.Equal(t, a["review_due"].Text, p.Live.ReviewDue)
					require.True(t, p.Live.ApprovedAt.Before(on) && p.CreatedAt.Before(p.Live.ApprovedAt), p.ID)
					if slices.Contains([]string{"approved", "review_due", "amending", "in_review"}, p.Status) {
						require.Empty(t, stops(a, on), "%s is not right today", p.ID)
					}
				}
				if p.Draft != nil {
					a := decode(t, p.ID, p.Draft)
					wrong := strings.HasPrefix(p.Story, "Wrong on purpose")
					if p.Status == "in_review" {
						require.Equal(t, wrong, len(stops(a, on)) > 0, "%s: %v", p.ID, stops(a, on))
					}
				}
			}
		})
	}
}

func TestContradictionsWait(t *testing.T) {
	w := load(t, today)
	want := map[string][]string{"rahima-begum": {"X06", "X09"}, "fatima-noor": {"X06", "X08", "X09", "X10", "X12", "X15"}}
	for _, p := range w.plans {
		if want[p.ID] == nil {
			continue
		}
		found := map[string]bool{}
		for _, x := range forms.Validate(plan.Definition(), decode(t, p.ID, p.Draft), today, forms.ForApproval) {
			found[x.Rule] = true
		}
		for _, rule := range want[p.ID] {
			require.True(t, found[rule], "%s does not show %s", p.ID, rule)
		}
		delete(want, p.ID)
	}
	require.Empty(t, want)
}

func TestPeople(t *testing.T) {
	w := load(t, today)
	require.GreaterOrEqual(t, len(w.people), 44)
	seen, residences, practices, twins := map[string]bool{}, map[string]int{}, map[string]int{}, map[string]int{}
	smiths, long, minors, dead, letters := 0, 0, 0, 0, ""
	for _, p := range w.people {
		n, err := nhs.ParseNHSNumber(p.NHSNumber)
		require.NoError(t, err, p.ID)
		require.True(t, nhs.IsTestNHSNumber(n), p.ID)
		require.False(t, seen[n] || seen[p.ID], "%s twice", p.ID)
		seen[n], seen[p.ID] = true, true
		born, err := time.Parse(time.DateOnly, p.BirthDate)
		require.NoError(t, err, p.ID)
		require.True(t, born.Before(today) && nhs.Years(born, today) < 110, p.ID)
		for _, s := range []string{p.FamilyName, p.GivenName, p.Title, p.Preferred} {
			require.LessOrEqual(t, len([]rune(s)), 35, p.ID)
		}
		require.NotEmpty(t, p.Address, p.ID)
		require.LessOrEqual(t, len(p.Address), 5, p.ID)
		post, err := nhs.ParsePostcode(p.Postcode)
		require.NoError(t, err, p.ID)
		require.Equal(t, post, p.Postcode)
		require.NotNil(t, w.org(p.Practice), p.ID)
		require.Equal(t, "gp_practice", w.org(p.Practice).Kind)
		if strings.HasPrefix(p.Residence, "care_home") {
			require.Equal(t, "care_home", w.org(p.CareHome).Kind, p.ID)
		}
		residences[p.Residence]++
		practices[p.Practice]++
		twins[p.FamilyName+p.BirthDate]++
		letters += p.FamilyName
		if p.FamilyName == "Smith" {
			smiths++
		}
		if len([]rune(p.FamilyName)) == 35 {
			long++
		}
		if nhs.Years(born, today) < 18 {
			minors++
		}
		if p.DeathDate != "" {
			require.Less(t, p.DeathDate, today.Format(time.DateOnly))
			dead++
		}
	}
	pairs := 0
	for _, n := range twins {
		if n == 2 {
			pairs++
		}
	}
	require.GreaterOrEqual(t, pairs, 2, "twins")
	require.GreaterOrEqual(t, smiths, 4)
	require.GreaterOrEqual(t, long, 2)
	require.GreaterOrEqual(t, minors, 4)
	require.GreaterOrEqual(t, dead, 1)
	require.GreaterOrEqual(t, len(practices), 2)
	for _, r := range []string{"own_home", "care_home_residential", "care_home_nursing", "no_fixed_abode", "hospice", "sheltered"} {
		require.NotZero(t, residences[r], r)
	}
	for _, r := range "Łễóöğúñ" {
		require.True(t, strings.ContainsRune(strings.ToLower(letters), r) || strings.ContainsRune(letters, r), "nobody is written with %c", r)
	}
	// For the main job somebody in Elm House has no plan yet.
	free := 0
	for _, p := range w.people {
		if p.CareHome == "VX991" && !slices.ContainsFunc(w.plans, func(x training.Plan) bool { return x.Person == p.ID }) {
			free++
		}
	}
	require.GreaterOrEqual(t, free, 1)
}

func TestPlans(t *testing.T) {
	w := load(t, today)
	require.GreaterOrEqual(t, len(w.plans), 30)
	states, ids, lacking, flagged, comments, children, reads := map[string]int{}, map[string]bool{}, 0, 0, 0, 0, 0
	for _, p := range w.plans {
		states[p.Status]++
		require.False(t, ids[p.ID], p.ID)
		ids[p.ID] = true
		require.NotNil(t, w.person(p.Person), p.ID)
		require.NotEmpty(t, p.Story, p.ID)
		require.NotNil(t, w.org(p.Holder), p.ID)
		require.True(t, p.Live != nil || p.Draft != nil, p.ID)
		require.False(t, p.Since.IsZero() || p.CreatedAt.IsZero() || p.Since.Before(p.CreatedAt) || p.Since.After(today), p.ID)
		for _, name := range []string{p.CreatedBy, p.By} {
			require.True(t, name == "" || w.account(name) != nil, "%s: %q", p.ID, name)
		}
		switch p.Status {
		case "patient_draft", "submitted":
			require.Equal(t, "patient", p.Origin)
			require.Empty(t, p.CreatedBy)
			require.Nil(t, p.Live)
		case "draft":
			require.Nil(t, p.Live)
		case "in_review":
			require.NotNil(t, p.Draft)
		case "amending":
			require.True(t, p.Live != nil && p.Draft != nil)
		default:
			require.NotNil(t, p.Live, p.ID)
			require.Nil(t, p.Draft, p.ID)
		}
		if p.Live != nil {
			require.Equal(t, "gp", w.account(p.Live.ApprovedBy).Role, p.ID)
			require.Positive(t, p.Live.Version)
			past := p.Live.ReviewDue < today.Format(time.DateOnly)
			require.True(t, past == (p.Status == "overdue") || slices.Contains([]string{"closed", "withdrawn", "suspended", "entered_in_error", "deceased"}, p.Status), p.ID)
			a := decode(t, p.ID, p.Live.Answers)
			if a["capacity_for_plan"].Text == "lacks_capacity" {
				lacking++
			}
			if slices.Contains(a["plan_cohorts"].Codes, "paediatric") {
				children++
			}
			require.Equal(t, w.person(p.Person).NHSNumber, a["nhs_number"].Text)
		}
		reads += len(p.Feedback) // who says how it went has read it
		for _, f := range p.Feedback {
			require.Contains(t, []string{"used", "could_not_use"}, f.Outcome)
			require.Equal(t, "urgent_clinician", w.account(f.By).Role)
			first := p.Live.ApprovedAt.AddDate(0, 0, -90*(p.Live.Version-1)) // each version is seeded 90 days before the next
			require.True(t, f.At.After(first) && f.At.Before(today), p.ID)
			if f.Outcome == "could_not_use" {
				require.NotEmpty(t, f.Reason)
				if f.At.After(p.Live.ApprovedAt) {
					flagged++
				}
			}
		}
		for _, at := range p.ReadAt {
			require.True(t, p.Live != nil && at.After(p.CreatedAt) && at.Before(today), p.ID)
			reads++
		}
		for _, c := range p.Comments {
			require.True(t, c.Item == "" || plan.Definition().Item(c.Item) != nil, c.Item)
			require.NotNil(t, w.account(c.By))
			require.NotEmpty(t, c.Text)
			comments++
		}
		if slices.Contains([]string{"suspended", "withdrawn", "entered_in_error"}, p.Status) {
			require.NotEmpty(t, p.Reason, p.ID)
		}
	}
	for _, s := range strings.Fields("draft patient_draft submitted in_review approved amending review_due overdue suspended withdrawn deceased closed entered_in_error") {
		require.NotZero(t, states[s], "no plan is %s", s)
	}
	require.GreaterOrEqual(t, states["approved"], 14)
	require.GreaterOrEqual(t, lacking, 3)
	require.GreaterOrEqual(t, flagged, 2)
	require.GreaterOrEqual(t, comments, 3)
	require.GreaterOrEqual(t, children, 1)
	require.GreaterOrEqual(t, reads, 10, "crews read plans")
}

func TestAccountsAndOrganisations(t *testing.T) {
	w := load(t, today)
	offered := map[string]api.Role{"gp": api.RoleGP, "carehome": api.RoleCareHome, "hospice": api.RoleHospiceNurse, "nurse": api.RoleCommunityNurse,
		"urgent": api.RoleUrgentClinician, "practiceadmin": api.RolePracticeAdmin, "trainer": api.RoleTrainer, "admin": api.RoleSystemAdmin,
		"safety": api.RoleClinicalSafety, "commissioner": api.RoleCommissioner}
	numbers := map[string]bool{}
	for _, a := range w.accounts {
		require.NotNil(t, w.org(a.ODS), a.Username)
		require.NotEmpty(t, a.RoleTitle)
		role, known := offered[a.Username]
		require.NotEqual(t, known, a.Extra, a.Username)
		if known {
			require.Equal(t, string(role), a.Role)
			delete(offered, a.Username)
		}
		if a.RegNumber != "" {
			_, norm, err := nhs.CheckRegNumber(a.RegNumber)
			require.NoError(t, err, a.Username)
			require.Equal(t, norm, a.RegNumber)
			require.False(t, numbers[norm])
			numbers[norm] = true
		}
		for _, id := range a.Teams {
			require.NotNil(t, w.person(id), "%s looks after %s", a.Username, id)
		}
	}
	require.Empty(t, offered)
	for _, o := range w.orgs {
		code, err := nhs.ParseODS(o.ODS)
		require.NoError(t, err)
		require.Equal(t, code, o.ODS)
		_, err = nhs.ParsePostcode(o.Postcode)
		require.NoError(t, err)
	}
}

var drama = regexp.MustCompile(`^(020 7946 0[0-9]{3}|07700 900[0-9]{3})$`) // Ofcom: numbers for use in TV and radio drama

// Nobody's phone rings, whoever practises.
func TestEveryPhoneIsForDrama(t *testing.T) {
	w := load(t, today)
	phones := 0
	check := func(where, s string) {
		if s != "" {
			require.Regexp(t, drama, s, where)
			phones++
		}
	}
	for _, o := range w.orgs {
		check(o.ODS, o.Phone)
		check(o.ODS, o.Bypass)
	}
	for _, p := range w.people {
		check(p.ID, p.Phone)
		check(p.ID, p.Mobile)
	}
	var walk func(where string, a forms.Answers)
	walk = func(where string, a forms.Answers) {
		for id, v := range a {
			if plan.Definition().Item(id).Kind == forms.Phone {
				check(where+" "+id, v.Text)
			}
			for _, row := range v.Rows {
				walk(where+" "+row.ID, row.Answers)
			}
		}
	}
	digits := regexp.MustCompile(`[0-9][0-9 ]{8,}[0-9]`)
	for _, p := range w.plans {
		for _, raw := range [][]byte{p.Draft, liveAnswers(p)} {
			if raw == nil {
				continue
			}
			a := decode(t, p.ID, raw)
			walk(p.ID, a)
			for _, s := range digits.FindAllString(string(raw), -1) {
				require.True(t, drama.MatchString(s) || nhs.IsTestNHSNumber(s) || strings.Contains(string(raw), `"code":"`+s), "%s holds the number %s", p.ID, s)
			}
		}
	}
	require.Greater(t, phones, 200)
}

func liveAnswers(p training.Plan) []byte {
	if p.Live == nil {
		return nil
	}
	return p.Live.Answers
}

// The program ships no doses, not even invented ones: somebody might copy them.
func TestNoDoses(t *testing.T) {
	files, err := filepath.Glob("plans/*.yaml")
	require.NoError(t, err)
	dose := regexp.MustCompile(`(?i)\b[0-9]+([.,][0-9]+)?\s?(mg|mcg|micrograms?|milligrams?|grams?|g|ml|millilitres?|units?|litres?|l/min|puffs?|tablets?|drops)\b`)
	for _, f := range append(files, "sets.yaml", "people.yaml") {
		text, err := os.ReadFile(f)
		require.NoError(t, err)
		require.Empty(t, dose.FindAllString(string(text), -1), f)
	}
	require.Regexp(t, dose, "give 5 mg now")
	var doses func(a forms.Answers)
	doses = func(a forms.Answers) {
		for id, v := range a {
			if strings.HasSuffix(id, "_dose") {
				require.True(t, strings.HasPrefix(v.Text, "as charted"), v.Text)
			}
			for _, row := range v.Rows {
				doses(row.Answers)
			}
		}
	}
	for _, p := range load(t, today).plans {
		if p.Live != nil {
			doses(decode(t, p.ID, p.Live.Answers))
		}
	}
}

// Every reference names somebody who is there.
func TestReferencesResolve(t *testing.T) {
	n := 0
	for _, p := range load(t, today).plans {
		for _, raw := range [][]byte{p.Draft, liveAnswers(p)} {
			if raw == nil {
				continue
			}
			a := decode(t, p.ID, raw)
			var walk func(b forms.Answers)
			walk = func(b forms.Answers) {
				for id, v := range b {
					for _, row := range v.Rows {
						walk(row.Answers)
					}
					if plan.Definition().Item(id).Kind != forms.Ref || v.Text == "" {
						continue
					}
					group, row, _ := strings.Cut(v.Text, "/")
					require.True(t, slices.ContainsFunc(a[group].Rows, func(r forms.Row) bool { return r.ID == row }), "%s: %s names %s", p.ID, id, v.Text)
					n++
				}
			}
			walk(a)
		}
	}
	require.Greater(t, n, 60)
}

func TestTheSameDayGivesTheSameWorld(t *testing.T) {
	a, err := json.Marshal(fmt.Sprintf("%+v", load(t, today)))
	require.NoError(t, err)
	b, err := json.Marshal(fmt.Sprintf("%+v", load(t, today.Add(5*time.Hour))))
	require.NoError(t, err)
	// Pointers differ, so the live versions are compared one by one.
	pointer := regexp.MustCompile(`0x[0-9a-f]+`)
	require.Equal(t, pointer.ReplaceAllString(string(a), ""), pointer.ReplaceAllString(string(b), ""))
	x, y := load(t, today), load(t, today)
	for i := range x.plans {
		require.Equal(t, x.plans[i], y.plans[i])
	}
}
