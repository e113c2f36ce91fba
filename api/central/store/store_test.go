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
)

var at = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

func open(t *testing.T, options Options) *SQLite {
	t.Helper()
	s, err := Open(context.Background(), filepath.Join(t.TempDir(), "a folder with ? and #", "..", "central.db"), options)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

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
	s := open(t, Options{})
	ctx := context.Background()
	for range 3 {
		require.NoError(t, s.Write(ctx, func(tx Tx) error {
			return tx.Audit(&audit.Event{At: at, Who: "Ann", Action: audit.View, PlanID: "p"})
		}))
	}
	for _, statement := range []string{`UPDATE audit SET who = 'Bob' WHERE seq = 2`, `DELETE FROM audit WHERE seq = 2`, `DELETE FROM audit`} {
		_, err := s.writer.c.ExecContext(ctx, statement)
		require.ErrorContains(t, err, "append-only", statement)
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
}

func TestAVersionIsFrozen(t *testing.T) {
	s := open(t, Options{})
	ctx := context.Background()
	require.NoError(t, addPlan(t, s, "p", "q", "approved"))
	v := &Version{PlanID: "p", Number: 1, Definition: "d@1", Answers: []byte(`{"a":{"value":"1"}}`), Confirmed: []byte("[]"), Checks: []byte("[]"), ApprovedAt: at}
	require.NoError(t, s.Write(ctx, func(tx Tx) error { return tx.AddVersion(v) }))
	require.ErrorIs(t, s.Write(ctx, func(tx Tx) error { return tx.AddVersion(v) }), ErrDuplicate)
	for _, statement := range []string{`UPDATE versions SET answers = '{}'`, `DELETE FROM versions`} {
		_, err := s.writer.c.ExecContext(ctx, statement)
		require.ErrorContains(t, err, "frozen", statement)
	}
}

func TestOnePlanForOnePerson(t *testing.T) {
	s := open(t, Options{})
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
}

func TestAWriteIsAllOrNothingAndOneAtATime(t *testing.T) {
	told := []Notice{}
	s := open(t, Options{Told: func(n Notice) { told = append(told, n) }})
	ctx := context.Background()
	boom := errors.New("boom")
	require.ErrorIs(t, s.Write(ctx, func(tx Tx) error {
		require.NoError(t, tx.SetMeta("a", "1"))
		require.NoError(t, tx.Tell(Notice{Kind: "plan", At: at}))
		return boom
	}), boom)
	require.NoError(t, s.Read(ctx, func(tx Tx) error {
		value, err := tx.Meta("a")
		assert.Empty(t, value)
		return err
	}))
	assert.Empty(t, told, "nobody is told of what was not kept")

	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			for range 10 {
				err := s.Write(ctx, func(tx Tx) error {
					value, err := tx.Meta("count")
					if err != nil {
						return err
					}
					return tx.SetMeta("count", value+"x")
				})
				assert.NoError(t, err)
			}
		})
	}
	all.Wait()
	require.NoError(t, s.Read(ctx, func(tx Tx) error {
		value, err := tx.Meta("count")
		assert.Len(t, value, 160, "no update is lost")
		return err
	}))
	require.Error(t, s.Read(ctx, func(tx Tx) error { return tx.SetMeta("a", "2") }), "reading does not write")
	ended, stop := context.WithCancel(ctx)
	stop()
	require.ErrorIs(t, s.Write(ended, func(Tx) error { return nil }), context.Canceled)
}

func TestSweep(t *testing.T) {
	s := open(t, Options{})
	ctx := context.Background()
	require.NoError(t, addPlan(t, s, "p", "q", "approved"))
	require.NoError(t, s.Write(ctx, func(tx Tx) error {
		return errors.Join(
			tx.PutOrganisation(&Organisation{ODS: "A1", Name: "A"}),
			tx.AddUser(&User{ID: "u", Username: "u", ODS: "A1", CreatedAt: at}),
			tx.AddSession(&Session{TokenHash: "old", UserID: "u", CreatedAt: at, SeenAt: at, ExpiresAt: at}),
			tx.AddSession(&Session{TokenHash: "new", UserID: "u", CreatedAt: at, SeenAt: at, ExpiresAt: at.Add(time.Hour * 9)}),
			tx.PutAnswered(&Answered{UserID: "u", Name: "k", Body: []byte("x"), At: at.Add(-25 * time.Hour)}),
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
		relations, err := tx.Relationships("p")
		assert.Len(t, relations, 2)
		return err
	}))
}

func TestTheMigrationsGoDownAndUp(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "central.db")
	s, err := Open(ctx, path, Options{})
	require.NoError(t, err)
	require.NoError(t, s.Close())
	s, err = Open(ctx, path, Options{}) // a second time there is nothing to do
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	require.NoError(t, s.Ready(ctx))
	rows, err := s.writer.c.QueryContext(ctx, `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'goose%' AND name NOT LIKE 'sqlite%'`)
	require.NoError(t, err)
	defer rows.Close()
	tables := 0
	for rows.Next() {
		var name string
		require.NoError(t, rows.Scan(&name))
		tables++
	}
	require.NoError(t, rows.Err())
	assert.Equal(t, 26, tables)
}

func TestErrorsHoldNoValues(t *testing.T) {
	s := open(t, Options{})
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
