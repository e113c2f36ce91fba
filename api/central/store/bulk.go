package store

// What may change here: how a new database is filled with very many rows at once. What a row holds is said by the methods of
// Tx alone: their statements are collected here, and their rows then go in by the hundred.

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"regexp"
	"strings"
	"sync"

	"cmc/api/central/audit"
)

// An Into is a table and the columns that a statement gives.
type Into struct {
	Table   string
	Columns []string
}

// At is the place of a column, or -1.
func (i *Into) At(column string) int {
	for at, one := range i.Columns {
		if one == column {
			return at
		}
	}
	return -1
}

// A Row is one row that is to be put in: the values of its columns, in their order.
type Row struct {
	Into   *Into
	Values []any
}

// A Filler is a database that can be filled while nobody uses it.
type Filler interface {
	Store
	// Fill takes the indexes away, lets fn put rows in, and makes the indexes again. Only a database that is new may be
	// filled: what goes wrong on the way leaves it unusable, and Meta("filling") says so until all is done.
	Fill(ctx context.Context, fn func(*Filling) error) error
}

// FillingMeta names the entry of meta that is there while a database is being filled, and stays when that was broken off.
const FillingMeta = "filling"

// A Filling is a database while it is filled. Put is for one goroutine at a time; Collect may be called from any.
type Filling struct {
	put  func(rows []Row) error
	tx   *sqlTx // knows the last line of the audit
	last *collector
}

// errNotFilled says that a statement cannot be turned into a row.
var errNotFilled = errors.New("only plain inserts can be collected")

// Collect gives the rows that fn would write. fn sees an empty database: what it asks for is not there. What it deletes is
// nothing, and it cannot update.
func Collect(ctx context.Context, fn func(Tx) error) ([]Row, error) {
	c := &collector{}
	err := fn(&sqlTx{ctx: ctx, tx: c})
	return c.rows, err
}

// Put keeps rows, all or none.
func (f *Filling) Put(rows []Row) error { return f.put(rows) }

// Audit gives the rows of lines that follow all lines before them; it sets their numbers and hashes. They must be put in in
// the order in which they were given.
func (f *Filling) Audit(lines []audit.Event) ([]Row, error) {
	f.last.rows = nil
	for i := range lines {
		if err := f.tx.Audit(&lines[i]); err != nil {
			return nil, err
		}
	}
	return f.last.rows, nil
}

// filling begins one. last reads the number and the hash of the last line of the audit.
func filling(ctx context.Context, put func([]Row) error, last func() (int64, string, error)) (*Filling, error) {
	c := &collector{}
	f := &Filling{put: put, last: c, tx: &sqlTx{ctx: ctx, tx: c}}
	var err error
	f.tx.lastSeq, f.tx.lastHash, err = last()
	return f, err
}

// A collector takes statements as a connection does, and keeps their rows.
type collector struct{ rows []Row }

var (
	insert = regexp.MustCompile(`^\s*INSERT INTO (\w+) \(([^)]*)\)\s*VALUES \(([^)]*)\)\s*(ON CONFLICT|$)`)
	intos  sync.Map // query -> *Into, nil for one that deletes
)

// intoOf reads a statement.
func intoOf(query string) (*Into, error) {
	if known, there := intos.Load(query); there {
		return known.(*Into), nil
	}
	var into *Into
	if parts := insert.FindStringSubmatch(query); parts != nil {
		into = &Into{Table: parts[1]}
		for one := range strings.SplitSeq(parts[2], ",") {
			into.Columns = append(into.Columns, strings.TrimSpace(one))
		}
		for i, one := range strings.Split(parts[3], ",") {
			if strings.TrimSpace(one) != "$"+digits(i+1) {
				return nil, errNotFilled
			}
		}
	} else if !strings.HasPrefix(query, "DELETE ") {
		return nil, errNotFilled
	}
	intos.Store(query, into)
	return into, nil
}

func (c *collector) ExecContext(_ context.Context, query string, args ...any) (sql.Result, error) {
	into, err := intoOf(query)
	if err != nil {
		return nil, err
	}
	if into == nil {
		return driver.RowsAffected(0), nil
	}
	c.rows = append(c.rows, Row{Into: into, Values: args})
	return driver.RowsAffected(1), nil
}

func (c *collector) QueryContext(context.Context, string, ...any) (*sql.Rows, error) {
	return nil, errNotFilled
}

func (c *collector) scanOne(context.Context, string, []any, ...any) error { return sql.ErrNoRows }

// together groups rows by what they go into, in the order in which the tables first come, so that a row comes after the one
// that it refers to.
func together(rows []Row) [][]Row {
	var out [][]Row
	at := map[*Into]int{}
	for _, row := range rows {
		place, there := at[row.Into]
		if !there {
			place = len(out)
			at[row.Into] = place
			out = append(out, nil)
		}
		out[place] = append(out[place], row)
	}
	return out
}
