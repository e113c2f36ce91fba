//go:build !nopostgres

package store

// What may change here: how PostgreSQL is filled.

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// Fill implements Filler, over one connection of its own, by COPY. It holds the lock of the writers, so that no copy of the
// service writes meanwhile. The disk is waited for when the mark is taken away at the end, and with that commit for all before.
func (p *Postgres) Fill(ctx context.Context, fn func(*Filling) error) (err error) {
	if err := p.Write(ctx, func(tx Tx) error { return tx.SetMeta(FillingMeta, stamp(time.Now())) }); err != nil {
		return err
	}
	c, err := pgx.ConnectConfig(ctx, p.config.Copy())
	if err != nil {
		return named(err)
	}
	defer func() {
		closing, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = c.Close(closing) // nothing is kept by closing; what it held ends with it
	}()
	if _, err := c.Exec(ctx, "SELECT pg_advisory_lock("+writersLock+")"); err != nil {
		return named(err)
	}
	indexes, err := takePgIndexes(ctx, c)
	if err != nil {
		return err
	}
	if _, err := c.Exec(ctx, "SET synchronous_commit = off"); err != nil {
		return named(err)
	}
	put := func(rows []Row) error {
		return named(pgx.BeginFunc(ctx, c, func(tx pgx.Tx) error {
			for _, group := range together(rows) {
				into := group[0].Into
				if _, err := tx.CopyFrom(ctx, pgx.Identifier{into.Table}, into.Columns, pgx.CopyFromSlice(len(group), func(i int) ([]any, error) {
					return clean(group[i].Values), nil
				})); err != nil {
					return err
				}
			}
			return nil
		}))
	}
	last := func() (seq int64, hash string, err error) {
		err = c.QueryRow(ctx, `SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1`).Scan(&seq, &hash)
		if errors.Is(err, pgx.ErrNoRows) {
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
	for _, one := range append(indexes, "ANALYZE", "SET synchronous_commit = on") {
		if _, err := c.Exec(ctx, one); err != nil {
			return fmt.Errorf("making the indexes again: %w", named(err))
		}
	}
	_, err = c.Exec(ctx, `DELETE FROM meta WHERE name = $1`, FillingMeta)
	return named(err)
}

// takePgIndexes drops every index that a statement made, and gives the statements. Those of keys stay.
func takePgIndexes(ctx context.Context, c *pgx.Conn) ([]string, error) {
	type index struct{ Name, Statement string }
	rows, err := c.Query(ctx, `SELECT i.indexname, i.indexdef FROM pg_indexes i
		JOIN pg_class c ON c.relname = i.indexname AND c.relnamespace = current_schema()::regnamespace
		WHERE i.schemaname = current_schema() AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = c.oid)
		ORDER BY i.indexname`)
	if err != nil {
		return nil, named(err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByPos[index])
	if err != nil {
		return nil, named(err)
	}
	var statements []string
	for _, one := range found {
		if _, err := c.Exec(ctx, "DROP INDEX "+pgx.Identifier{one.Name}.Sanitize()); err != nil {
			return nil, named(err)
		}
		statements = append(statements, one.Statement)
	}
	return statements, nil
}
