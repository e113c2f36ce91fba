package central

// A database full of invented plans must be one that the service could have written itself, by every rule that it has.

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"cmc/api"
	"cmc/api/central/seal"
	"cmc/api/central/store"
	"cmc/api/central/store/storetest"
	"cmc/forms"
	"cmc/forms/nhs"
	"cmc/forms/plan"
)

// loaded fills a database that is new and opens a service over it.
func loaded(t *testing.T, what Loading) *ward {
	t.Helper()
	where := Options{DataDir: t.TempDir(), Now: newTestClock().now}
	if overPostgres(t) {
		where.DataDir, where.Database, where.KeyFile = "", storetest.Database(t), oneKey(t)
	}
	last := 0
	require.NoError(t, Load(context.Background(), where, what, func(done int) {
		require.Greater(t, done, last)
		last = done
	}))
	require.Equal(t, what.Plans, last)
	return openWard(t, func(o *Options) { o.DataDir, o.Database, o.KeyFile = where.DataDir, where.Database, where.KeyFile })
}

// wholeAudit holds that the chain of the audit is whole, and gives the number of its lines.
func (w *ward) wholeAudit() int64 {
	w.t.Helper()
	end, err := VerifyAudit(context.Background(), w.s.options)
	require.NoError(w.t, err)
	return end.Seq
}

// invented are the plans that are not those of training.
func (w *ward) invented() []store.Listed {
	w.t.Helper()
	var out []store.Listed
	require.NoError(w.t, w.s.store.Read(context.Background(), func(tx store.Tx) error {
		every, err := tx.List(store.Filter{Limit: 100_000})
		for _, one := range every {
			if strings.HasPrefix(one.Plan.HolderODS, "Q") {
				out = append(out, one)
			}
		}
		return err
	}))
	return out
}

func TestLoadWritesWhatTheServiceCouldHaveWritten(t *testing.T) {
	ctx := context.Background()
	what := Loading{Plans: 400, Versions: 3, Audit: 12, Seed: 1}
	w := loaded(t, what)
	plans := w.invented()
	require.Len(t, plans, what.Plans)

	require.GreaterOrEqual(t, w.wholeAudit(), int64(what.Plans*what.Audit))

	d := plan.Definition()
	number, states, nameless := map[string]bool{}, map[string]int{}, 0
	require.NoError(t, w.s.store.Read(ctx, func(tx store.Tx) error {
		for _, one := range plans {
			p, person := one.Plan, one.Patient
			states[p.Status]++
			if person.NHSNumber == "" {
				nameless++
				require.False(t, person.Traced)
				require.Zero(t, p.Version, "nobody's plan is approved without a number")
			} else {
				digits, err := nhs.ParseNHSNumber(person.NHSNumber)
				require.NoError(t, err)
				require.Regexp(t, `^999\d{7}$`, digits)
				require.False(t, number[digits], "one number, one person")
				number[digits] = true
			}
			require.Equal(t, store.Key(person.FamilyName), person.FamilyKey)
			require.Equal(t, store.Key(person.GivenName), person.GivenKey)

			approvals := map[int]string{}
			log, err := tx.AuditOf(p.ID, 100)
			require.NoError(t, err)
			require.Len(t, log, what.Audit)
			for _, line := range log {
				require.Equal(t, person.ID, line.PatientID)
				if line.UserID != "" {
					_, err := tx.User(line.UserID)
					require.NoError(t, err, "%s %s", line.Who, line.Action)
				}
				if hash, is := strings.CutPrefix(line.What, "sha256 "); is {
					approvals[line.Version] = hash
				}
			}
			holder, err := tx.Organisation(p.HolderODS)
			require.NoError(t, err)
			require.NotEmpty(t, holder.Name)

			require.Len(t, approvals, p.Version)
			for n := 1; n <= p.Version; n++ {
				v, err := tx.Version(p.ID, n)
				require.NoError(t, err)
				require.Equal(t, contentHash(v), approvals[n], "the audit says what was approved")
				require.NoError(t, w.s.store.(*vault).Store.Read(ctx, func(tx store.Tx) error {
					kept, err := tx.Version(p.ID, n)
					require.NoError(t, err)
					require.True(t, strings.HasPrefix(string(kept.Summary), `{"sealed":`), "sealed in the database")
					require.True(t, seal.Sealed(kept.Salt))
					require.NotEqual(t, string(v.Answers), string(kept.Answers))
					return nil
				}))
				require.Equal(t, shortHash(contentHash(v)), v.Hash)
				content := decoded(t, d, v.Answers)
				require.Equal(t, person.FamilyName, forms.NewReader(d, content, v.ApprovedAt).Text(plan.FamilyName))
				if n == p.Version { // the earlier ones are reviews of the same content, as those of training are
					require.Empty(t, stops(forms.Validate(d, content, v.ApprovedAt, forms.ForApproval)), p.ID)
				}
				page := new(forms.Summary)
				require.NoError(t, json.Unmarshal(v.Summary, page))
				require.Contains(t, string(v.Summary), v.Hash)
				require.Contains(t, strings.ToLower(string(v.Summary)), strings.ToLower(person.FamilyName))
				noStandIn(t, string(v.Answers)+string(v.Summary)+string(v.Recorded)+v.ApprovedBy)
			}
			if draft, err := tx.Draft(p.ID); err == nil {
				content := decoded(t, d, draft.Answers)
				r := forms.NewReader(d, content, draft.ChangedAt)
				require.Equal(t, person.NHSNumber, r.Text(plan.NHSNumber))
				require.Equal(t, person.FamilyName, r.Text(plan.FamilyName))
				noStandIn(t, string(draft.Answers)+string(draft.Recorded)+draft.ChangedBy)
			} else {
				require.ErrorIs(t, err, store.ErrNotFound)
				require.NotZero(t, p.Version)
			}
			noStandIn(t, person.FamilyName+person.GivenName+person.Place+string(person.Details)+p.StateBy)
		}
		// What reports count is that which would have been worked out at each approval.
		missing, err := tx.WithoutFacts(10)
		require.NoError(t, err)
		require.Empty(t, missing)
		return nil
	}))
	require.Greater(t, states["approved"], what.Plans/2)
	for _, state := range []string{"draft", "in_review", "amending", "deceased", "closed"} {
		require.NotZero(t, states[state], state)
	}
	require.NotZero(t, nameless)
	require.Greater(t, states["draft"], nameless/2)
}

func decoded(t *testing.T, d *forms.Definition, raw []byte) forms.Answers {
	t.Helper()
	content, problems, err := forms.Decode(d, raw)
	require.NoError(t, err)
	require.Empty(t, problems)
	return content
}

// noStandIn holds that nothing is left of the one who stood for everybody.
func noStandIn(t *testing.T, words string) {
	t.Helper()
	for _, left := range []string{stand.family, stand.given, stand.number, nhs.FormatNHSNumber(stand.number), stand.street, stand.postcode, "\x00"} {
		require.NotContains(t, strings.ToLower(words), strings.ToLower(left))
	}
}

func TestALoadedDatabaseIsServed(t *testing.T) {
	ctx := context.Background()
	w := loaded(t, Loading{Plans: 150, Versions: 1, Audit: 3, Seed: 2})
	seen := 0
	for _, one := range w.invented() {
		if one.Plan.Status != "approved" {
			continue
		}
		gp := w.as("gp." + strings.ToLower(one.Plan.HolderODS))
		found, err := gp.SearchPatients(ctx, api.PatientSearch{NHSNumber: one.Patient.NHSNumber})
		require.NoError(t, err)
		require.Len(t, found.Items, 1)
		require.Equal(t, one.Plan.ID, found.Items[0].Plan.ID)
		page, err := gp.Summary(ctx, one.Plan.ID, "")
		require.NoError(t, err)
		require.NotEmpty(t, page.Blocks)
		list, err := gp.Worklist(ctx, "practice-list")
		require.NoError(t, err)
		require.NotEmpty(t, list.Items)
		// It is a real service's data from here on: what is written joins what was loaded.
		p, err := gp.Amend(ctx, one.Plan.ID, "Something has changed")
		require.NoError(t, err)
		require.Equal(t, "amending", p.Status)
		if seen++; seen == 5 {
			break
		}
	}
	require.Equal(t, 5, seen)
	w.wholeAudit()
}

func TestOnlyAnEmptyTrainingDatabaseIsFilled(t *testing.T) {
	ctx := context.Background()
	few := Loading{Plans: 1, Versions: 1, Audit: 2, Seed: 1}
	quiet := func(int) {}
	options := Options{DataDir: t.TempDir(), Now: newTestClock().now}
	for _, wrong := range []Loading{{}, {Plans: 1_000_001, Versions: 1, Audit: 2}, {Plans: 1, Versions: 2, Audit: 2}, {Plans: 1, Audit: 2}, {Plans: 1, Versions: 21, Audit: 30}} {
		require.ErrorIs(t, Load(ctx, options, wrong, quiet), ErrTooMuch)
	}
	require.NoError(t, Load(ctx, options, few, quiet))
	require.ErrorIs(t, Load(ctx, options, few, quiet), ErrNotEmpty)

	// One that really serves is never touched.
	real := Options{DataDir: t.TempDir(), Now: newTestClock().now}
	s, err := Open(ctx, real)
	require.NoError(t, err)
	require.NoError(t, s.Close())
	require.ErrorIs(t, Load(ctx, real, few, quiet), ErrHoldsReal)

	// One whose filling was broken off is not served.
	broken := Options{DataDir: t.TempDir(), Training: true, Now: newTestClock().now}
	given, cancel := context.WithCancel(ctx)
	require.Error(t, Load(given, broken, Loading{Plans: 2 * batchPlans, Versions: 1, Audit: 2, Seed: 1}, func(int) { cancel() }))
	_, err = Open(ctx, broken)
	require.ErrorIs(t, err, ErrLoading)
	require.ErrorIs(t, Load(ctx, broken, few, quiet), ErrLoading)
}

func TestThereAreNumbersForNineHundredThousand(t *testing.T) {
	l := &loader{taken: map[string]bool{stand.number: true}}
	seen := map[string]bool{}
	for number := l.number(); number != ""; number = l.number() {
		require.False(t, seen[number])
		seen[number] = true
	}
	require.Greater(t, len(seen), plenty)
	require.NotContains(t, seen, stand.number)
	require.Empty(t, l.number())
}
