package store

// What may change here: how SQLite is opened.

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/ncruces/go-sqlite3/driver"
)

// SQLite is the embedded database: one connection that writes, several that read, one file and its log beside it.
type SQLite struct {
	write, read *sql.DB
	turn        chan struct{} // holds one: who takes it writes, alone in this process; it guards writer and hasty
	writer      *conn
	hasty       bool       // commits of writer do not wait for the disk; guarded by turn
	readers     chan *conn // those that nobody reads with now
	told        func(Notice)
}

// Options are how a database is opened. The functions may be called from any goroutine and must not wait.
type Options struct {
	Told     func(Notice) // gets every notice after its transaction was kept, by whichever copy of the service; nil: nobody
	Missed   func()       // is called when notices may have been missed; nil: nobody
	MaxPages int          // most pages of SQLite's file, 0: no limit. A full disk can be tried with it
}

const (
	readers   = 4
	closeWait = 2 * time.Second
)

// Open opens the file and brings it to the newest shape.
func Open(ctx context.Context, path string, options Options) (*SQLite, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("opening the database: %w", err)
	}
	if err := private(path); err != nil {
		return nil, err
	}
	name := func(extra url.Values) string {
		extra.Add("_pragma", "busy_timeout(5000)")
		extra.Add("_pragma", "journal_mode(wal)")
		extra.Add("_pragma", "synchronous(full)")
		extra.Add("_pragma", "foreign_keys(on)")
		extra.Add("_pragma", "trusted_schema(off)")
		extra.Add("_pragma", "cache_size(-16000)")
		return fileURI(path, extra)
	}
	writePragmas := url.Values{}
	if options.MaxPages > 0 {
		writePragmas.Add("_pragma", fmt.Sprintf("max_page_count(%d)", options.MaxPages))
	}
	write, err := driver.Open(name(writePragmas))
	if err != nil {
		return nil, fmt.Errorf("opening the database: %w", named(err))
	}
	write.SetMaxOpenConns(1)
	write.SetMaxIdleConns(1)
	write.SetConnMaxLifetime(0)
	s := &SQLite{write: write, turn: make(chan struct{}, 1), told: options.Told, readers: make(chan *conn, readers)}
	if err := migrate(ctx, write, sqlite); err != nil {
		return nil, errors.Join(err, write.Close())
	}
	if s.writer, err = newConn(ctx, write); err != nil {
		return nil, errors.Join(err, write.Close())
	}
	s.read, err = driver.Open(name(url.Values{"_pragma": {"query_only(on)"}}))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening the database: %w", named(err)), write.Close())
	}
	s.read.SetMaxOpenConns(readers)
	s.read.SetMaxIdleConns(readers)
	for range readers {
		c, err := newConn(ctx, s.read)
		if err != nil {
			return nil, errors.Join(err, s.Close())
		}
		s.readers <- c
	}
	if err := private(path); err != nil { // now with those that SQLite made beside it
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Read implements Store.
func (s *SQLite) Read(ctx context.Context, fn func(Tx) error) error {
	var c *conn
	select {
	case c = <-s.readers:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { s.readers <- c }()
	return c.within(ctx, "BEGIN", "COMMIT", func() error { return fn(&sqlTx{ctx: ctx, tx: c, engine: sqlite}) })
}

// Once implements Store.
func (s *SQLite) Once(ctx context.Context, fn func(Tx) error) error {
	var c *conn
	select {
	case c = <-s.readers:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { s.readers <- c }()
	return fn(&sqlTx{ctx: ctx, tx: c, engine: sqlite})
}

// myTurn waits until nobody else writes, as long as the request may take: a writer that hangs must not hold the others with it.
func (s *SQLite) myTurn(ctx context.Context) error {
	select {
	case s.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *SQLite) next() { <-s.turn }

// Write implements Store.
func (s *SQLite) Write(ctx context.Context, fn func(Tx) error) error {
	if err := s.myTurn(ctx); err != nil {
		return err
	}
	defer s.next()
	if err := s.waitForDisk(true); err != nil {
		return err
	}
	return s.writeNow(ctx, fn)
}

// WriteSoon implements Store: it leaves out the wait for the disk (SQLite's synchronous=normal over a write-ahead log keeps
// the file whole, and the next full commit waits for all that came before it).
func (s *SQLite) WriteSoon(ctx context.Context, fn func(Tx) error) error {
	if err := s.myTurn(ctx); err != nil {
		return err
	}
	defer s.next()
	if err := s.waitForDisk(false); err != nil {
		return err
	}
	return s.writeNow(ctx, fn)
}

// waitForDisk says whether the next commits wait for the disk. Whoever has the turn calls it.
func (s *SQLite) waitForDisk(wait bool) error {
	if s.hasty == !wait {
		return nil
	}
	pragma := "PRAGMA synchronous = full"
	if !wait {
		pragma = "PRAGMA synchronous = normal"
	}
	if _, err := s.writer.ExecContext(context.Background(), pragma); err != nil {
		return named(err)
	}
	s.hasty = !wait
	return nil
}

// Flush implements Store.
func (s *SQLite) Flush(ctx context.Context) error {
	return s.Write(ctx, func(tx Tx) error { return tx.SetMeta("flushed_at", stamp(time.Now())) })
}

// writeNow is Write for one who has the turn.
func (s *SQLite) writeNow(ctx context.Context, fn func(Tx) error) error {
	inside := &sqlTx{ctx: ctx, tx: s.writer, engine: sqlite}
	if err := s.writer.within(ctx, "BEGIN IMMEDIATE", "COMMIT", func() error { return fn(inside) }); err != nil {
		return err
	}
	if s.told != nil {
		for _, notice := range inside.notices {
			s.told(notice)
		}
	}
	return nil
}

// Ready implements Store.
func (s *SQLite) Ready(ctx context.Context) error {
	return s.Write(ctx, func(tx Tx) error { return tx.SetMeta("ready_at", stamp(time.Now())) })
}

// Close implements Store. It waits for what reads and writes.
func (s *SQLite) Close() error {
	s.turn <- struct{}{}
	defer s.next()
	var errs []error
	for range cap(s.readers) {
		select {
		case c := <-s.readers:
			errs = append(errs, c.close())
		case <-time.After(closeWait):
			errs = append(errs, errors.New("something still reads"))
		}
	}
	errs = append(errs, s.writer.close(), s.read.Close(), s.write.Close())
	return errors.Join(errs...)
}

// fileURI is the name of a file for SQLite. It begins with no //: on Windows the drive would be read as the name of a host.
func fileURI(path string, extra url.Values) string {
	return "file:" + (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath() + "?" + extra.Encode()
}

// private makes the file, and those that SQLite writes beside it, readable by their owner alone, also where they are there
// already and the folder lets others in.
func private(path string) error {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("opening the database: %w", err)
	}
	if err := file.Close(); err != nil {
		return fmt.Errorf("opening the database: %w", err)
	}
	for _, name := range []string{path, path + "-wal", path + "-shm"} {
		if err := os.Chmod(name, 0o600); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("opening the database: %w", err)
		}
	}
	return nil
}

// Lead implements Store: one file is one service's.
func (s *SQLite) Lead(context.Context, time.Duration) (bool, error) { return true, nil }
