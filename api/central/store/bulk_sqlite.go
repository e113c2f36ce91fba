package store

// What may change here: how SQLite is filled.

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
)

// fillRows is the most rows of one statement of SQLite.
const fillRows = 32

// insertOf is a statement for so many rows.
func insertOf(into *Into, rows int) string {
	var query strings.Builder
	query.WriteString("INSERT INTO " + into.Table + " (" + strings.Join(into.Columns, ", ") + ") VALUES ")
	n := 0
	for row := range rows {
		if row > 0 {
			query.WriteByte(',')
		}
		query.WriteByte('(')
		for i := range into.Columns {
			if i > 0 {
				query.WriteByte(',')
			}
			n++
			query.WriteString("$" + digits(n))
		}
		query.WriteByte(')')
	}
	return query.String()
}

// Fill implements Filler. Until all is done the disk is not waited for: what is lost by a power cut is a database that is not
// ready yet, and says so.
func (s *SQLite) Fill(ctx context.Context, fn func(*Filling) error) error {
	if err := s.myTurn(ctx); err != nil {
		return err
	}
	defer s.next()
	if err := s.waitForDisk(true); err != nil {
		return err
	}
	mark := func(tx Tx) error { return tx.SetMeta(FillingMeta, stamp(time.Now())) }
	if err := s.writeNow(ctx, mark); err != nil {
		return err
	}
	pragmas := func(list ...string) error {
		for _, one := range list {
			if _, err := s.writer.c.ExecContext(ctx, "PRAGMA "+one); err != nil {
				return named(err)
			}
		}
		return nil
	}
	// SQLite runs in 256 MB here and ends the program when it has no more: its cache must leave room.
	if err := pragmas("foreign_keys = off", "synchronous = off", "cache_size = -64000", "temp_store = file"); err != nil {
		return err
	}
	indexes, err := s.takeIndexes(ctx)
	if err != nil {
		return err
	}
	put := func(rows []Row) error {
		return s.writer.within(ctx, "BEGIN IMMEDIATE", "COMMIT", func() error {
			for _, group := range together(rows) {
				if err := s.putGroup(ctx, group); err != nil {
					return err
				}
			}
			return nil
		})
	}
	last := func() (seq int64, hash string, err error) {
		err = s.writer.scanOne(ctx, `SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1`, nil, &seq, &hash)
		if errors.Is(err, sql.ErrNoRows) {
			err = nil
		}
		return seq, hash, named(err)
	}
	f, err := filling(ctx, put, last)
	if err != nil {
		return err
	}
	if err := fn(f); err != nil {
		return err
	}
	s.writer.forget()
	// The sorting of an index takes as much as the cache, beside it.
	if err := pragmas("cache_size = -32000"); err != nil {
		return err
	}
	for _, one := range indexes {
		if _, err := s.writer.c.ExecContext(ctx, one); err != nil {
			return fmt.Errorf("making the indexes again: %w", named(err))
		}
	}
	if err := pragmas("analysis_limit = 2000", "optimize = 0x10002", "cache_size = -16000", "foreign_keys = on", "synchronous = full"); err != nil {
		return err
	}
	s.hasty = false
	if err := s.writeNow(ctx, func(tx Tx) error { return tx.(*sqlTx).exec(`DELETE FROM meta WHERE name = $1`, FillingMeta) }); err != nil {
		return err
	}
	return pragmas("wal_checkpoint(truncate)")
}

// takeIndexes drops every index that a statement made, and gives the statements.
func (s *SQLite) takeIndexes(ctx context.Context) ([]string, error) {
	rows, err := s.writer.QueryContext(ctx, `SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name`)
	if err != nil {
		return nil, named(err)
	}
	var names, statements []string
	for rows.Next() {
		var name, statement string
		if err := rows.Scan(&name, &statement); err != nil {
			return nil, errors.Join(named(err), rows.Close())
		}
		names, statements = append(names, name), append(statements, statement)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return nil, named(err)
	}
	s.writer.forget()
	for _, name := range names {
		if _, err := s.writer.c.ExecContext(ctx, `DROP INDEX "`+name+`"`); err != nil {
			return nil, named(err)
		}
	}
	return statements, nil
}

// putGroup puts in rows of one table.
func (s *SQLite) putGroup(ctx context.Context, group []Row) error {
	into := group[0].Into
	for len(group) > 0 {
		n := 1
		if len(group) >= fillRows {
			n = fillRows
		}
		args := make([]any, 0, n*len(into.Columns))
		for _, row := range group[:n] {
			args = append(args, row.Values...)
		}
		if _, err := s.writer.ExecContext(ctx, insertOf(into, n), args...); err != nil {
			return named(err)
		}
		group = group[n:]
	}
	return nil
}
