package store

// What may change here: how a copy of the embedded database is made and read.

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"

	"github.com/ncruces/go-sqlite3/driver"
)

// ErrBroken says that a file is no whole database.
var ErrBroken = errors.New("the file is not a whole database")

// Copy writes the embedded database of one file, as it is at one moment, into another file, which must not be there or be
// empty. The service may go on over the first: nobody waits. The second is one file, with nothing beside it, and is not yet
// safe from a power cut when Copy returns. lines is how many the audit had when it began: the copy has no fewer.
func Copy(ctx context.Context, from, to string) (lines int64, err error) {
	if from, err = filepath.Abs(from); err != nil {
		return 0, err
	}
	if to, err = filepath.Abs(to); err != nil {
		return 0, err
	}
	db, err := driver.Open(fileURI(from, url.Values{"mode": {"rw"}, "_pragma": {"busy_timeout(5000)", "trusted_schema(off)"}}))
	if err != nil {
		return 0, fmt.Errorf("opening the database: %w", named(err))
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := db.QueryRowContext(ctx, `SELECT COALESCE(MAX(seq), 0) FROM audit`).Scan(&lines); err != nil {
		return 0, fmt.Errorf("reading the database: %w", named(err))
	}
	if _, err := db.ExecContext(ctx, `VACUUM INTO $1`, to); err != nil {
		return 0, fmt.Errorf("copying the database: %w", named(err))
	}
	return lines, nil
}

// ReadCopy checks that a file which nobody writes is a whole database, down to each page and each index, and runs fn on it.
func ReadCopy(ctx context.Context, path string, fn func(Tx) error) (err error) {
	if path, err = filepath.Abs(path); err != nil {
		return err
	}
	db, err := driver.Open(fileURI(path, url.Values{"mode": {"ro"}, "immutable": {"1"}, "_pragma": {"trusted_schema(off)"}}))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrBroken, named(err))
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1)
	for pragma, good := range map[string][]string{"integrity_check": {"ok"}, "foreign_key_check": nil} {
		rows, err := db.QueryContext(ctx, "PRAGMA "+pragma)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrBroken, named(err))
		}
		var said []string
		for rows.Next() {
			var first string
			var others [3]any
			columns, _ := rows.Columns() // known once there is a row
			into := []any{&first}
			for i := range columns[1:] {
				into = append(into, &others[i])
			}
			if err := rows.Scan(into...); err != nil {
				return errors.Join(ErrBroken, rows.Close())
			}
			said = append(said, first)
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return fmt.Errorf("%w: %w", ErrBroken, named(err))
		}
		if len(said) != len(good) || len(good) > 0 && said[0] != good[0] {
			return fmt.Errorf("%w: PRAGMA %s finds something", ErrBroken, pragma) // its words may hold a value
		}
	}
	c, err := newConn(ctx, db)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrBroken, named(err))
	}
	defer func() { err = errors.Join(err, c.close()) }()
	return c.within(ctx, "BEGIN", "COMMIT", func() error { return fn(&sqlTx{ctx: ctx, tx: c, engine: sqlite}) })
}
