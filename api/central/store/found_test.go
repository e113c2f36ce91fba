package store

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cmc/api/central/audit"
)

func TestWhoIsFoundAndWithWhichPlan(t *testing.T) {
	onBoth(t, func(t *testing.T, open func(Options) opened) {
		s := open(Options{})
		ctx := context.Background()
		require.NoError(t, s.Write(ctx, func(tx Tx) error {
			for _, one := range []struct{ id, number, family, given, born string }{
				{"none", "9990000018", "alone", "ann", "1941-06-09"}, {"live", "9990000026", "same", "ann", "1941-06-09"},
				{"ended", "9990000034", "same", "bea", "1941-06-09"}, {"other", "", "same", "ann", "1950-01-01"}, {"nobody", "", "also_", "a", "1950-01-01"},
			} {
				require.NoError(t, tx.AddPatient(&Patient{ID: one.id, NHSNumber: one.number, FamilyName: one.family, FamilyKey: one.family, GivenKey: one.given,
					BirthDate: one.born, Details: []byte(`{"a":{"value":"b"}}`), Sensitive: one.id == "live", CreatedAt: at}))
			}
			return nil
		}))
		for i, one := range [][3]string{{"old", "live", "closed"}, {"now", "live", "approved"}, {"later", "live", "withdrawn"}, {"first", "ended", "closed"}, {"last", "ended", "entered_in_error"}} {
			require.NoError(t, s.Write(ctx, func(tx Tx) error {
				return tx.AddPlan(&Plan{ID: one[0], PatientID: one[1], Status: one[2], Version: i, Revision: 7, HolderODS: "A", Origin: "clinician", Definition: "d@1",
					StateSince: at, StateBy: "x", CreatedAt: at.Add(time.Duration(i) * time.Hour), CreatedBy: "u"})
			}))
		}
		require.NoError(t, s.Write(ctx, func(tx Tx) error {
			for _, one := range []Relationship{{PlanID: "now", Kind: "holder", ODS: "A"}, {PlanID: "now", Kind: "claimed", UserID: "u", Until: at.Add(time.Hour)},
				{PlanID: "now", Kind: "team", ODS: "B"}, {PlanID: "later", Kind: "care_home", ODS: "A"}} {
				require.NoError(t, tx.PutRelationship(&one))
			}
			return nil
		}))
		require.NoError(t, s.Once(ctx, func(tx Tx) error {
			by := Asking{ODS: "A", UserID: "u", At: at}
			one, err := tx.FoundByNumber("9990000026", by)
			require.NoError(t, err)
			assert.Equal(t, "live", one.Patient.ID)
			assert.JSONEq(t, `{"a":{"value":"b"}}`, string(one.Patient.Details))
			assert.True(t, one.Patient.Sensitive)
			assert.True(t, one.Namesake)
			whole, err := tx.Plan("now")
			require.NoError(t, err)
			assert.Equal(t, whole, one.Plan, "the one that has not ended")
			kinds := []string{}
			for _, tie := range one.Ties {
				kinds = append(kinds, tie.Kind)
				assert.Equal(t, tie.Kind == "holder", tie.Until.IsZero(), tie.Kind)
			}
			slices.Sort(kinds)
			assert.Equal(t, []string{"claimed", "holder"}, kinds, "those of who asks, on this plan")
			one, err = tx.FoundByNumber("9990000026", Asking{ODS: "", UserID: "u", At: at.Add(2 * time.Hour)})
			require.NoError(t, err)
			assert.Empty(t, one.Ties, "what has ended holds no more")
			one, err = tx.FoundByNumber("9990000034", by)
			require.NoError(t, err)
			assert.Equal(t, "last", one.Plan.ID, "the newest of those that have ended")
			one, err = tx.FoundByNumber("9990000018", by)
			require.NoError(t, err)
			assert.Nil(t, one.Plan)
			assert.False(t, one.Namesake)
			for _, number := range []string{"", "9990000042"} {
				_, err = tx.FoundByNumber(number, by)
				require.ErrorIs(t, err, ErrNotFound)
			}
			ids := func(given string, limit int) (out []string) {
				found, err := tx.FoundByName("same", given, "1941-06-09", by, limit)
				require.NoError(t, err)
				for _, one := range found {
					out = append(out, one.Patient.ID)
				}
				return out
			}
			assert.Equal(t, []string{"live", "ended"}, ids("", 20))
			assert.Equal(t, []string{"live"}, ids("", 1))
			assert.Equal(t, []string{"ended"}, ids("b", 20))
			assert.Empty(t, ids("_", 20))
			return nil
		}))
	})
}

// However many lines are kept at once, each is there, in its order and on its chain.
func TestManyLinesAtOnceAreOneChain(t *testing.T) {
	onBoth(t, func(t *testing.T, open func(Options) opened) {
		s := open(Options{})
		ctx := context.Background()
		total := 0
		for _, n := range []int{1, 3, auditRows - 1, 2*auditRows + 5} {
			var lines []*audit.Event
			for i := range n {
				lines = append(lines, &audit.Event{At: at, Who: "Ann", Action: audit.View, PlanID: "p", Version: total + i})
			}
			require.NoError(t, s.Write(ctx, func(tx Tx) error { return tx.Audit(lines...) }))
			total += n
			require.Equal(t, int64(total), lines[n-1].Seq)
		}
		require.NoError(t, s.Read(ctx, func(tx Tx) error {
			lines, err := tx.AuditFrom(1, 1000)
			require.NoError(t, err)
			require.Len(t, lines, total)
			previous := ""
			for i, one := range lines {
				require.Equal(t, i, one.Version)
				require.True(t, one.Follows(previous))
				previous = one.Hash
			}
			return nil
		}))
	})
}
