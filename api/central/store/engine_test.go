package store

// The two databases, as the contract test opens them: every test of the contract runs over both.

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"cmc/api/central/store/storetest"
)

// An opened database, and a door behind it.
type opened struct {
	Store
	exec func(statement string) error        // runs a statement as somebody who has the database in their hands
	copy func(t *testing.T, o Options) Store // opens the same database once more, as another copy of the service
}

type engine struct {
	name string
	open func(t *testing.T, options Options) opened
}

var engines = []engine{
	{sqlite, func(t *testing.T, options Options) opened {
		path := filepath.Join(t.TempDir(), "a folder with ? and #", "..", "central.db")
		again := func(t *testing.T, options Options) Store { return openSQLite(t, path, options) }
		s := openSQLite(t, path, options)
		return opened{Store: s, copy: again, exec: func(statement string) error {
			_, err := s.writer.c.ExecContext(context.Background(), statement)
			return err
		}}
	}},
	{postgres, func(t *testing.T, options Options) opened {
		address := storetest.Database(t)
		again := func(t *testing.T, options Options) Store { return openPostgres(t, address, options) }
		return opened{Store: again(t, options), copy: again, exec: func(statement string) error { return storetest.Exec(address, statement) }}
	}},
}

// onBoth runs a test over both databases.
func onBoth(t *testing.T, test func(t *testing.T, open func(Options) opened)) {
	t.Helper()
	for _, one := range engines {
		t.Run(one.name, func(t *testing.T) {
			test(t, func(options Options) opened { return one.open(t, options) })
		})
	}
}

func openSQLite(t *testing.T, path string, options Options) *SQLite {
	t.Helper()
	s, err := Open(context.Background(), path, options)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

func openPostgres(t *testing.T, address string, options Options) *Postgres {
	t.Helper()
	s, err := OpenPostgres(context.Background(), address, options)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}
