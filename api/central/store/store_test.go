package store

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cmc/api/central/audit"
	"cmc/api/central/store/storetest"
)

var at = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

func addPlan(t *testing.T, s Store, id, patient, status string) error {
	t.Helper()
	return s.Write(context.Background(), func(tx Tx) error {
		if _, err := tx.Patient(patient); errors.Is(err, ErrNotFound) {
			if err := tx.AddPatient(&Patient{ID: patient, FamilyName: "Example", GivenName: "Ann", BirthDate: "1941-06-09", FamilyKey: "example", GivenKey: "ann", CreatedAt: at}); err != nil {
				return err
			}
		}
		return tx.AddPlan(&Plan{ID: id, PatientID: patient, Status: status, Revision: 1, Origin: "clinician", Definition: "d@1", StateSince: at, StateBy: "x", CreatedAt: at, CreatedBy: "u"})
	})
}

func TestTheAuditOnlyGrows(t *testing.T) {
	onBoth(t, func(t *testing.T, open func(Options) opened) {
		s := open(Options{})
		ctx := context.Background()
		for range 3 {
			require.NoError(t, s.Write(ctx, func(tx Tx) error {
				return tx.Audit(&audit.Event{At: at, Who: "Ann", Action: audit.View, PlanID: "p"})
			}))
		}
		for _, statement := range []string{`UPDATE audit SET who = 'Bob' WHERE seq = 2`, `DELETE FROM audit WHERE seq = 2`, `DELETE FROM audit`} {
			require.ErrorContains(t, s.exec(statement), "append-only", statement)
		}
		require.NoError(t, s.Read(ctx, func(tx Tx) error {
			lines, err := tx.AuditFrom(1, 10)
			require.NoError(t, err)
			require.Len(t, lines, 3)
			previous := ""
			for _, one := range lines {
				assert.True(t, one.Follows(previous))
				previous = one.Hash
			}
			lines[1].Reason = "another"
			assert.False(t, lines[1].Follows(lines[0].Hash), "a changed line is found")
			assert.False(t, lines[2].Follows(lines[0].Hash), "a missing line is found")
			newest, err := tx.AuditOf("p", 2)
			require.NoError(t, err)
			assert.Equal(t, int64(3), newest[0].Seq)
			return nil
		}))
	})
}

func TestAVersionIsFrozen(t *testing.T) {
	onBoth(t, func(t *testing.T, open func(Options) opened) {
		s := open(Options{})
		ctx := context.Background()
		require.NoError(t, addPlan(t, s, "p", "q", "approved"))
		v := &Version{PlanID: "p", Number: 1, Definition: "d@1", Answers: []byte(`{"a":{"value":"1"}}`), Confirmed: []byte("[]"), Checks: []byte("[]"), ApprovedAt: at}
		require.NoError(t, s.Write(ctx, func(tx Tx) error { return tx.AddVersion(v) }))
		require.ErrorIs(t, s.Write(ctx, func(tx Tx) error { return tx.AddVersion(v) }), ErrDuplicate)
		for _, statement := range []string{`UPDATE versions SET answers = '{}'`, `DELETE FROM versions`} {
			require.ErrorContains(t, s.exec(statement), "frozen", statement)
		}
	})
}

func TestOnePlanForOnePerson(t *testing.T) {
	onBoth(t, func(t *testing.T, open func(Options) opened) {
		s := open(Options{})
		require.NoError(t, addPlan(t, s, "p1", "q", "withdrawn"))
		require.NoError(t, addPlan(t, s, "p2", "q", "draft"))
		require.ErrorIs(t, addPlan(t, s, "p3", "q", "draft"), ErrDuplicate)
		require.NoError(t, addPlan(t, s, "p4", "q", "closed"))
		require.NoError(t, s.Read(context.Background(), func(tx Tx) error {
			p, err := tx.PlanOf("q")
			assert.Equal(t, "p2", p.ID)
			_, none := tx.PlanOf("nobody")
			assert.ErrorIs(t, none, ErrNotFound)
			return err
		}))
	})
}

func TestAWriteIsAllOrNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, open func(Options) opened) {
		told := make(chan Notice, 10)
		s := open(Options{Told: func(n Notice) { told <- n }})
		ctx := context.Background()
		boom := errors.New("boom")
		half := func(tx Tx) error {
			require.NoError(t, tx.SetMeta("a", "1"))
			return tx.Tell(Notice{Kind: "half", At: at})
		}
		for _, write := range []func(context.Context, func(Tx) error) error{s.Write, s.WriteSoon} {
			require.ErrorIs(t, write(ctx, func(tx Tx) error { return errors.Join(half(tx), boom) }), boom)
			require.Panics(t, func() { _ = write(ctx, func(tx Tx) error { panic(half(tx)) }) })
			given, giveUp := context.WithCancel(ctx)
			require.ErrorIs(t, write(given, func(tx Tx) error {
				err := half(tx)
				giveUp()
				return err
			}), context.Canceled, "a request that was given up changes nothing")
		}
		require.NoError(t, s.Read(ctx, func(tx Tx) error {
			value, err := tx.Meta("a")
			assert.Empty(t, value)
			return err
		}))
		notice := Notice{Kind: "plan", PlanID: "p", Status: "draft", Live: true, Revision: 7, Ties: []Tie{{Kind: "holder", ODS: "A1"}, {Kind: "claimed", UserID: "u"}}, At: at}
		require.NoError(t, s.Write(ctx, func(tx Tx) error { return tx.Tell(notice) }))
		assert.Equal(t, notice, <-told, "and of what was not kept nobody is told")
		require.Error(t, s.Read(ctx, func(tx Tx) error { return tx.SetMeta("a", "2") }), "reading does not write")
		require.Error(t, s.Once(ctx, func(tx Tx) error { return tx.SetMeta("a", "2") }), "reading does not write")
		ended, stop := context.WithCancel(ctx)
		stop()
		for _, do := range []func(context.Context, func(Tx) error) error{s.Write, s.WriteSoon, s.Read} {
			require.ErrorIs(t, do(ended, func(Tx) error { return nil }), context.Canceled)
		}
		require.NoError(t, s.Ready(ctx))
		require.NoError(t, s.Flush(ctx))
	})
}

// Many write at once, over two copies of the service: no update is lost, and the audit is one chain.
func TestOneWritesAtATime(t *testing.T) {
	onBoth(t, func(t *testing.T, open func(Options) opened) {
		first := open(Options{})
		copies := []Store{first, first.copy(t, Options{})}
		ctx := context.Background()
		var all sync.WaitGroup
		for n := range 16 {
			all.Go(func() {
				for range 10 {
					s := copies[n%2]
					write := s.Write
					if n%4 < 2 {
						write = s.WriteSoon
					}
					assert.NoError(t, write(ctx, func(tx Tx) error {
						value, err := tx.Meta("count")
						if err != nil {
							return err
						}
						return errors.Join(tx.SetMeta("count", value+"x"), tx.Audit(&audit.Event{At: at, Action: audit.View}))
					}))
				}
			})
		}
		all.Wait()
		require.NoError(t, first.Read(ctx, func(tx Tx) error {
			value, err := tx.Meta("count")
			require.NoError(t, err)
			assert.Len(t, value, 160, "no update is lost")
			lines, err := tx.AuditFrom(1, 1000)
			require.Len(t, lines, 160)
			previous := ""
			for i, one := range lines {
				require.Equal(t, int64(i+1), one.Seq)
				require.True(t, one.Follows(previous))
				previous = one.Hash
			}
			return err
		}))
	})
}

// What is read in one Read is one state, whatever others write meanwhile.
func TestAReadSeesOneState(t *testing.T) {
	onBoth(t, func(t *testing.T, open func(Options) opened) {
		s := open(Options{})
		ctx := context.Background()
		put := func(value string) {
			require.NoError(t, s.Write(ctx, func(tx Tx) error { return errors.Join(tx.SetMeta("a", value), tx.SetMeta("b", value)) }))
		}
		put("1")
		require.NoError(t, s.Read(ctx, func(tx Tx) error {
			a, err := tx.Meta("a")
			require.NoError(t, err)
			put("2")
			b, err := tx.Meta("b")
			assert.Equal(t, "1", a)
			assert.Equal(t, "1", b)
			return err
		}))
		require.NoError(t, s.Once(ctx, func(tx Tx) error {
			b, err := tx.Meta("b")
			assert.Equal(t, "2", b)
			return err
		}))
	})
}

// Every sign that a person can type is kept as it is; what no text can hold does no harm.
func TestTextIsKeptAsItIs(t *testing.T) {
	onBoth(t, func(t *testing.T, open func(Options) opened) {
		s := open(Options{})
		ctx := context.Background()
		for _, words := range []string{"Ōsei-Łukasz 李 🙂 '; DROP TABLE plans; --", `back\slash % _ "`, "a\tb\nc\r", " "} {
			require.NoError(t, s.Write(ctx, func(tx Tx) error { return tx.SetMeta("words", words) }))
			require.NoError(t, s.Read(ctx, func(tx Tx) error {
				kept, err := tx.Meta("words")
				assert.Equal(t, words, kept)
				return err
			}))
		}
		require.NoError(t, s.Read(ctx, func(tx Tx) error {
			_, err := tx.Plan("no\x00plan")
			assert.ErrorIs(t, err, ErrNotFound)
			_, err = tx.Plan("no\xffplan")
			assert.ErrorIs(t, err, ErrNotFound)
			return nil
		}))
		require.NoError(t, s.Write(ctx, func(tx Tx) error {
			return tx.Audit(&audit.Event{At: at, Action: audit.View, Reason: "a\x00b\xff", What: "Ōsei"})
		}))
		require.NoError(t, s.Read(ctx, func(tx Tx) error {
			lines, err := tx.AuditFrom(1, 1)
			require.NoError(t, err)
			assert.True(t, lines[0].Follows(""), "the line is whole")
			return nil
		}))
	})
}

func TestSweep(t *testing.T) {
	onBoth(t, func(t *testing.T, open func(Options) opened) {
		s := open(Options{})
		ctx := context.Background()
		require.NoError(t, addPlan(t, s, "p", "q", "approved"))
		require.NoError(t, s.Write(ctx, func(tx Tx) error {
			return errors.Join(
				tx.PutOrganisation(&Organisation{ODS: "A1", Name: "A"}),
				tx.AddUser(&User{ID: "u", Username: "u", ODS: "A1", CreatedAt: at}),
				tx.AddSession(&Session{TokenHash: "old", UserID: "u", CreatedAt: at, SeenAt: at, ExpiresAt: at}),
				tx.AddSession(&Session{TokenHash: "new", UserID: "u", CreatedAt: at, SeenAt: at, ExpiresAt: at.Add(time.Hour * 9)}),
				tx.PutAnswered(&Answered{UserID: "u", Name: "k", Body: []byte("x"), At: at.Add(-25 * time.Hour)}),
				tx.PutAnswered(&Answered{UserID: "u", Name: "long", Body: []byte("x"), At: at.Add(-25 * time.Hour), Until: at.Add(time.Hour)}),
				tx.PutRelationship(&Relationship{PlanID: "p", Kind: "claimed", UserID: "u", Until: at}),
				tx.PutRelationship(&Relationship{PlanID: "p", Kind: "team", UserID: "u"}),
				tx.SetOrganisations("p", "holder", []string{"A1", ""}),
				tx.Sweep(at.Add(time.Minute)))
		}))
		require.NoError(t, s.Read(ctx, func(tx Tx) error {
			_, err := tx.Session("old")
			assert.ErrorIs(t, err, ErrNotFound)
			_, err = tx.Session("new")
			assert.NoError(t, err)
			_, err = tx.Answered("u", "k")
			assert.ErrorIs(t, err, ErrNotFound)
			_, err = tx.Answered("u", "long")
			assert.NoError(t, err)
			relations, err := tx.Relationships("p")
			assert.Len(t, relations, 2)
			return err
		}))
	})
}

// Opening a database once more finds nothing to do; two copies that open a new one at the same time do not trip over each other.
func TestTheNewestShapeIsReachedOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, open func(Options) opened) {
		s := open(Options{})
		require.NoError(t, s.copy(t, Options{}).Ready(context.Background()))
	})
	address := storetest.Database(t)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			s, err := OpenPostgres(context.Background(), address, Options{})
			if assert.NoError(t, err) {
				assert.NoError(t, s.Ready(context.Background()))
				assert.NoError(t, s.Close())
			}
		})
	}
	all.Wait()
}

func TestErrorsHoldNoValues(t *testing.T) {
	onBoth(t, func(t *testing.T, open func(Options) opened) {
		s := open(Options{})
		secret := "9990009600"
		add := func() error {
			return s.Write(context.Background(), func(tx Tx) error {
				return tx.AddPatient(&Patient{ID: secret, NHSNumber: secret, FamilyName: "E", GivenName: "A", BirthDate: "1941-06-09", FamilyKey: "e", GivenKey: "a", CreatedAt: at})
			})
		}
		require.NoError(t, add())
		err := add()
		require.ErrorIs(t, err, ErrDuplicate)
		assert.NotContains(t, err.Error(), secret)
		assert.ErrorIs(t, named(sql.ErrNoRows), ErrNotFound)
	})
}

// A folder that others may read holds a file that they may not.
func TestTheFileIsItsOwnersAlone(t *testing.T) {
	if runtime.GOOS == "windows" {
		return // the folder's own rights hold there
	}
	path := filepath.Join(t.TempDir(), "central.db")
	require.NoError(t, os.WriteFile(path, nil, 0o644))
	s, err := Open(context.Background(), path, Options{})
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	files, err := filepath.Glob(path + "*")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, name := range files {
		info, err := os.Stat(name)
		require.NoError(t, err)
		assert.Equal(t, os.FileMode(0o600), info.Mode().Perm(), filepath.Base(name))
	}
}
