package store

// What may change here: how a connection is held and how its statements are kept.

import (
	"context"
	"database/sql"
	"errors"
)

// maxKept is the most statements that one connection keeps ready.
const maxKept = 200

// A conn is one connection with its statements, which are read once and then kept ready. One goroutine has it at a time.
type conn struct {
	c    *sql.Conn
	kept map[string]*sql.Stmt
}

func newConn(ctx context.Context, db *sql.DB) (*conn, error) {
	c, err := db.Conn(ctx)
	if err != nil {
		return nil, named(err)
	}
	return &conn{c: c, kept: map[string]*sql.Stmt{}}, nil
}

// ready gives the statement of a query.
func (c *conn) ready(query string) (*sql.Stmt, error) {
	if stmt, there := c.kept[query]; there {
		return stmt, nil
	}
	if len(c.kept) >= maxKept {
		c.forget()
	}
	// The statement outlives the request that was the first to need it.
	stmt, err := c.c.PrepareContext(context.Background(), query)
	if err != nil {
		return nil, err
	}
	c.kept[query] = stmt
	return stmt, nil
}

func (c *conn) forget() {
	for query, stmt := range c.kept {
		_ = stmt.Close() // the connection's own Close says what went wrong with the file
		delete(c.kept, query)
	}
}

func (c *conn) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	stmt, err := c.ready(query)
	if err != nil {
		return nil, err
	}
	return stmt.ExecContext(ctx, args...)
}

func (c *conn) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	stmt, err := c.ready(query)
	if err != nil {
		return nil, err
	}
	return stmt.QueryContext(ctx, args...)
}

// scanOne reads one row, or says sql.ErrNoRows.
func (c *conn) scanOne(ctx context.Context, query string, args []any, into ...any) error {
	stmt, err := c.ready(query)
	if err != nil {
		return err
	}
	return stmt.QueryRowContext(ctx, args...).Scan(into...)
}

// within runs fn between begin and end. Whatever fn did is undone when it fails, panics or cannot be kept.
func (c *conn) within(ctx context.Context, begin, end string, fn func() error) (err error) {
	if err := ctx.Err(); err != nil {
		return err
	}
	if _, err := c.ExecContext(ctx, begin); err != nil {
		return named(err)
	}
	kept := false
	defer func() {
		if errors.Is(err, errInterrupted) && ctx.Err() != nil {
			err = ctx.Err()
		}
		if !kept {
			// After some failures SQLite has undone it already: then there is nothing to undo, and that is fine. It must be
			// undone even when the request was given up.
			_, _ = c.ExecContext(context.Background(), "ROLLBACK")
		}
	}()
	if err := fn(); err != nil {
		return err
	}
	if _, err := c.ExecContext(ctx, end); err != nil {
		return named(err)
	}
	kept = true
	return nil
}

func (c *conn) close() error {
	c.forget()
	if err := c.c.Close(); err != nil && !errors.Is(err, sql.ErrConnDone) {
		return err
	}
	return nil
}
