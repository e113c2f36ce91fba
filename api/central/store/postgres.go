//go:build !nopostgres

package store

// What may change here: how PostgreSQL is opened, how its transactions begin and end, and how long anything may take.

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// Postgres is a database for a whole region, which any number of copies of the service share. It keeps the contract of this
// package by the database's own means:
//
//   - Write takes one lock of the whole database first (pg_advisory_xact_lock), and every statement after it sees all that was
//     kept before (READ COMMITTED; with REPEATABLE READ it would see the state from before it waited). So writes are one at a
//     time across all copies, no read-then-write can lose an update, and the audit is one chain. The price is that one
//     region's writes follow one another: their rate is one through the time of one transaction.
//   - Where standbys must confirm, a write is kept on the leader first, lets the next one begin, and is acknowledged when one of
//     them has it (confirm). So without any, nothing is acknowledged and everything can still be read.
//   - Read is one REPEATABLE READ READ ONLY transaction. Readers wait for nobody.
//   - A copy that hangs in the middle of a write is thrown out after holdFor; a dead one at once. Who waits for the lock waits
//     longer than that.
type Postgres struct {
	reads, writes, soon *sql.DB
	turns               chan struct{} // one for each that writes or stands in the queue
	config              *pgx.ConnConfig
	told                func(Notice)
	missed              func()
	stop                context.CancelFunc
	listening           sync.WaitGroup
	leading             leading
}

// How many connections one copy of the service holds, with two more: one that listens and, in one copy, one that leads.
const (
	pgReaders = 16
	// Of two that write, one works and one stands in the queue of the database, so that no time goes by between them.
	pgTurns = 2
	// More may wait for a standby to say that it has what they wrote.
	pgWriters = 8
	// Lines of looking have ways of their own, so that nobody who waits for a standby stands before a crew; readiness is asked there too.
	pgSoon = 2
)

// How long things may take. Each is longer than the one before it, so that the first cause is what is seen; a request that
// waits for a connection and then for the lock is answered before its client gives up (15 seconds).
const (
	connectFor   = 3 * time.Second  // to reach one host, unless the address says connect_timeout
	holdFor      = 4 * time.Second  // to keep a transaction open without asking anything
	waitFor      = 6 * time.Second  // to wait for the lock of the writers, or for a free connection
	statementFor = 8 * time.Second  // one statement, with its wait for a lock
	answerFor    = 10 * time.Second // one statement, with the way to the database and back
	workFor      = 30 * time.Second // all statements of one transaction
	// after a request's time is up, for what is under way to end well; a database that hangs ends nothing, and whoever asked must be told
	// before they give up
	graceFor = 2 * time.Second
)

// The locks of the whole database. The numbers are those of no other program.
const (
	writersLock = "7306096001"
	leaderLock  = "7306096002"
	shapeLock   = "7306096003"
)

// Errors of the address, each a sentence.
var (
	ErrAddress  = errors.New("the address of the database is postgres://USER@HOST:PORT/NAME; it could not be read")
	ErrEncoding = errors.New("the database must have the encoding UTF8: make it with CREATE DATABASE ... ENCODING 'UTF8' TEMPLATE template0")
)

// OpenPostgres opens a database by its address (postgres://...) and brings it to the newest shape; when several copies open it
// at once, one does so and the others wait. The address may name several hosts and what is wanted of them
// (target_session_attrs=read-write), and sslmode; without sslmode a host that is not this computer must show a certificate for
// its name that this computer trusts. No error holds the address.
func OpenPostgres(ctx context.Context, address string, options Options) (*Postgres, error) {
	config, err := readAddress(address)
	if err != nil {
		return nil, err
	}
	if err := shapeUp(ctx, config); err != nil {
		return nil, err
	}
	p := &Postgres{config: config, told: options.Told, missed: options.Missed}
	limited := config.Copy()
	limit(limited, map[string]string{
		"idle_in_transaction_session_timeout": milliseconds(holdFor),
		"lock_timeout":                        milliseconds(waitFor),
		"statement_timeout":                   milliseconds(statementFor),
	})
	p.reads = pool(limited, pgReaders, "SET default_transaction_read_only = on")
	p.writes = pool(limited, pgWriters, "")
	p.soon = pool(limited, pgSoon, "")
	p.turns = make(chan struct{}, pgTurns)
	background, stop := context.WithCancel(context.Background())
	p.stop = stop
	if options.Told != nil || options.Missed != nil {
		if err := p.listen(ctx, background); err != nil {
			return nil, errors.Join(err, p.Close())
		}
	}
	return p, nil
}

// readAddress reads an address, and fills in what is safe where it says nothing.
func readAddress(address string) (*pgx.ConnConfig, error) {
	if !strings.HasPrefix(address, "postgres://") && !strings.HasPrefix(address, "postgresql://") {
		return nil, ErrAddress
	}
	config, err := pgx.ParseConfig(address)
	if err != nil {
		return nil, ErrAddress // its own error may hold a part of the password
	}
	parsed, err := url.Parse(address)
	if err != nil {
		return nil, ErrAddress
	}
	said := parsed.Query()
	if !said.Has("sslmode") && os.Getenv("PGSSLMODE") == "" && !near(config) {
		said.Set("sslmode", "verify-full")
		parsed.RawQuery = said.Encode()
		if config, err = pgx.ParseConfig(parsed.String()); err != nil {
			return nil, ErrAddress
		}
	}
	if !said.Has("connect_timeout") && os.Getenv("PGCONNECT_TIMEOUT") == "" {
		config.ConnectTimeout = connectFor
	}
	config.OnNotice = noteWarning
	limit(config, map[string]string{
		"application_name": "cmc-central",
		// A computer that vanished holds nothing for longer than half a minute.
		"tcp_keepalives_idle": "10", "tcp_keepalives_interval": "5", "tcp_keepalives_count": "3",
		"client_connection_check_interval": milliseconds(holdFor),
	})
	return config, nil
}

// near says whether every host of the address is this computer.
func near(config *pgx.ConnConfig) bool {
	hosts := []string{config.Host}
	for _, one := range config.Fallbacks {
		hosts = append(hosts, one.Host)
	}
	for _, host := range hosts {
		ip, err := netip.ParseAddr(host)
		if !strings.HasPrefix(host, "/") && host != "localhost" && (err != nil || !ip.IsLoopback()) {
			return false
		}
	}
	return true
}

// limit sets what the address did not set.
func limit(config *pgx.ConnConfig, settings map[string]string) {
	for name, value := range settings {
		if config.RuntimeParams[name] == "" {
			config.RuntimeParams[name] = value
		}
	}
}

func milliseconds(d time.Duration) string { return digits(int(d.Milliseconds())) }

func pool(config *pgx.ConnConfig, most int, first string) *sql.DB {
	db := stdlib.OpenDB(*config, stdlib.OptionAfterConnect(func(ctx context.Context, c *pgx.Conn) error {
		if first == "" {
			return nil
		}
		_, err := c.Exec(ctx, first)
		return err
	}))
	db.SetMaxOpenConns(most)
	db.SetMaxIdleConns(most)
	db.SetConnMaxIdleTime(5 * time.Minute)
	db.SetConnMaxLifetime(time.Hour)
	return db
}

// shapeUp brings the database to its newest shape, alone.
func shapeUp(ctx context.Context, config *pgx.ConnConfig) (err error) {
	db := stdlib.OpenDB(*config)
	defer func() { err = errors.Join(err, db.Close()) }()
	alone, err := db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("opening the database: %w", named(err))
	}
	defer func() { err = errors.Join(err, alone.Close()) }() // the lock ends with the connection's session, in db.Close
	var encoding string
	if err := alone.QueryRowContext(ctx, "SHOW server_encoding").Scan(&encoding); err != nil {
		return fmt.Errorf("opening the database: %w", named(err))
	}
	if encoding != "UTF8" {
		return ErrEncoding
	}
	if _, err := alone.ExecContext(ctx, "SELECT pg_advisory_lock("+shapeLock+")"); err != nil {
		return fmt.Errorf("opening the database: %w", named(err))
	}
	return migrate(ctx, db, postgres)
}

// A pgConn is one connection while one goroutine has it. What has begun is not broken off when the request is given up (that
// would cost the connection); the next statement is not begun.
type pgConn struct {
	c     *sql.Conn
	asked context.Context // the request's
}

// clean replaces what PostgreSQL's text cannot hold: the sign 0, and bytes that are not UTF-8. SQLite keeps them; nobody means
// them.
func clean(args []any) []any {
	for i, arg := range args {
		if text, ok := arg.(string); ok {
			args[i] = cleanText(text)
		}
	}
	return args
}

func (c *pgConn) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if err := c.asked.Err(); err != nil {
		return nil, err
	}
	return c.c.ExecContext(ctx, query, clean(args)...)
}

func (c *pgConn) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := c.asked.Err(); err != nil {
		return nil, err
	}
	return c.c.QueryContext(ctx, query, clean(args)...)
}

func (c *pgConn) scanOne(ctx context.Context, query string, args []any, into ...any) error {
	if err := c.asked.Err(); err != nil {
		return err
	}
	return c.c.QueryRowContext(ctx, query, clean(args)...).Scan(into...)
}

// working is the context of all statements of one piece of work: not the request's, which may be given up at any time, but not for
// much longer than the request has.
func working(ctx context.Context) (context.Context, context.CancelFunc) {
	most := workFor
	if until, limited := ctx.Deadline(); limited {
		most = min(most, max(0, time.Until(until))+graceFor)
	}
	return context.WithTimeout(context.WithoutCancel(ctx), most)
}

// take takes a connection of a pool and begins a transaction on it, or with begin "" none. Nothing has been done yet when that
// fails, so that a connection which turns out to be dead is thrown away and the next one taken.
func take(ctx context.Context, db *sql.DB, begin string) (*pgConn, error) {
	waiting, cancel := context.WithTimeout(ctx, waitFor)
	defer cancel()
	var err error
	for range pgReaders + 1 {
		var c *sql.Conn
		if c, err = db.Conn(waiting); err != nil {
			break
		}
		taken := &pgConn{c: c, asked: ctx}
		if begin == "" {
			return taken, nil
		}
		if err = start(ctx, c, begin); err == nil {
			return taken, nil
		}
		err = errors.Join(err, drop(c))
		if !lost(err) || waiting.Err() != nil {
			break
		}
	}
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case waiting.Err() != nil:
		return nil, fmt.Errorf("%w: no connection to the database became free in time", ErrUnavailable)
	}
	return nil, named(err)
}

// start begins a transaction. A request that is given up leaves the queue of the writers.
func start(ctx context.Context, c *sql.Conn, begin string) error {
	ctx, cancel := context.WithTimeout(ctx, answerFor)
	defer cancel()
	_, err := c.ExecContext(ctx, begin)
	return err
}

// drop closes a connection, so that the pool does not give it out again.
func drop(c *sql.Conn) error {
	err := c.Raw(func(inner any) error {
		if held, ok := inner.(*stdlib.Conn); ok {
			ctx, cancel := context.WithTimeout(context.Background(), time.Second)
			defer cancel()
			_ = held.Conn().Close(ctx) // it is being thrown away
		}
		return nil
	})
	if errors.Is(err, sql.ErrConnDone) {
		err = nil
	}
	if closing := c.Close(); closing != nil && !errors.Is(closing, sql.ErrConnDone) {
		err = errors.Join(err, closing)
	}
	return err
}

// within runs fn in the transaction that begin begins. Whatever fn did is undone when it fails, panics or cannot be kept. After
// it, then is called with the same connection, unless it is nil.
func within(ctx context.Context, db *sql.DB, begin string, inside *sqlTx, fn func(Tx) error, then func(context.Context, *sql.Conn) error) (err error) {
	c, err := take(ctx, db, begin)
	if err != nil {
		return err
	}
	ended := false
	defer func() {
		if !ended {
			// Closing the connection undoes all that was done on it, also when nothing can be said on it any more.
			rolling, cancel := context.WithTimeout(context.Background(), time.Second)
			defer cancel()
			if _, rolled := c.c.ExecContext(rolling, "ROLLBACK"); rolled != nil {
				_ = drop(c.c)
				return
			}
			_ = c.c.Close() // back to the pool
		}
	}()
	work, done := working(ctx)
	defer done()
	inside.ctx, inside.tx, inside.engine = work, c, postgres
	if err := fn(inside); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	ended = true
	err = say(work, c.c, "COMMIT", "COMMIT")
	if err == nil && then != nil {
		err = then(work, c.c)
	}
	if err != nil {
		_ = drop(c.c)
		return err
	}
	_ = c.c.Close() // back to the pool
	return nil
}

// say asks for what ends a write, and wants a certain answer. An error that leaves open whether it was kept is ErrInDoubt.
func say(ctx context.Context, c *sql.Conn, words, want string) error {
	ctx, cancel := context.WithTimeout(ctx, answerFor)
	defer cancel()
	return c.Raw(func(inner any) error {
		held, ok := inner.(*stdlib.Conn)
		if !ok {
			return fmt.Errorf("%w: an unknown driver", ErrUnavailable)
		}
		marks := held.Conn().PgConn().CustomData()
		delete(marks, warned)
		tag, err := held.Conn().Exec(ctx, words)
		switch {
		case err != nil && refusedBy(err):
			return named(err)
		case err != nil:
			return fmt.Errorf("%w: %w", ErrInDoubt, named(err))
		case !strings.HasPrefix(tag.String(), want):
			return fmt.Errorf("%w: the database took the transaction back", ErrUnavailable)
		case marks[warned] != nil:
			// The wait for the standby was broken off: it is kept here, and would be lost with this machine.
			return fmt.Errorf("%w: no standby said that it has it", ErrInDoubt)
		}
		return nil
	})
}

// confirm waits until as many standbys as are wanted have all that was written before: it has the database write a word into its
// log, and wait for that. It is asked of the connection that wrote, since a leader that came after could confirm what it never had.
func confirm(ctx context.Context, c *sql.Conn) error {
	err := say(ctx, c, "SELECT pg_logical_emit_message(true, 'cmc', '') WHERE current_setting('synchronous_standby_names') <> ''", "SELECT")
	if err != nil && !errors.Is(err, ErrInDoubt) {
		err = fmt.Errorf("%w: %w", ErrInDoubt, err) // it is kept on the leader
	}
	return err
}

// warned marks a connection on which a warning came.
const warned = "cmc: warned"

func noteWarning(c *pgconn.PgConn, notice *pgconn.Notice) {
	if notice.SeverityUnlocalized == "WARNING" {
		c.CustomData()[warned] = true
	}
}

// Read implements Store.
func (p *Postgres) Read(ctx context.Context, fn func(Tx) error) error {
	return within(ctx, p.reads, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", &sqlTx{}, fn, nil)
}

// Once implements Store.
func (p *Postgres) Once(ctx context.Context, fn func(Tx) error) error {
	c, err := take(ctx, p.reads, "")
	if err != nil {
		return err
	}
	work, done := working(ctx)
	defer done()
	err = fn(&sqlTx{ctx: work, tx: c, engine: postgres})
	switch {
	case errors.Is(err, errLost):
		// The connection was dead before it was asked, which nothing had found out yet.
		_ = drop(c.c)
		return p.Read(ctx, fn)
	case err != nil && errors.Is(err, ErrUnavailable):
		_ = drop(c.c)
	default:
		_ = c.c.Close() // back to the pool
	}
	return err
}

// The statements that begin a write, in one way to the database and back. The lock of the writers is held until the end of the
// transaction, so that the transaction itself waits for this machine's disk at most, and never for another machine.
const (
	beginWrite = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL synchronous_commit = local; SELECT pg_advisory_xact_lock(" + writersLock + ")"
	beginSoon  = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL synchronous_commit = off; SELECT pg_advisory_xact_lock(" + writersLock + ")"
)

// Write implements Store.
func (p *Postgres) Write(ctx context.Context, fn func(Tx) error) error {
	late := time.NewTimer(waitFor)
	defer late.Stop()
	select {
	case p.turns <- struct{}{}:
	case <-late.C:
		return fmt.Errorf("%w: those who write did not come to an end in time", ErrUnavailable)
	case <-ctx.Done():
		return ctx.Err()
	}
	next := sync.OnceFunc(func() { <-p.turns })
	defer next()
	return within(ctx, p.writes, beginWrite, &sqlTx{}, fn, func(ctx context.Context, c *sql.Conn) error {
		next()
		return confirm(ctx, c)
	})
}

// WriteSoon implements Store: it leaves out the wait for the disk, and for a standby, by synchronous_commit = off. The database
// writes it within three times its wal_writer_delay (0.6 s), and a later Write or Flush waits for all that came before it. What is to
// be quick is given up early: when the way to the database is gone without a word, the next one finds another way.
func (p *Postgres) WriteSoon(ctx context.Context, fn func(Tx) error) error {
	ctx, cancel := context.WithTimeout(ctx, answerFor)
	defer cancel()
	return within(ctx, p.soon, beginSoon, &sqlTx{}, fn, nil)
}

// Flush implements Store.
func (p *Postgres) Flush(ctx context.Context) error {
	return p.Write(ctx, func(tx Tx) error { return tx.SetMeta("flushed_at", stamp(time.Now())) })
}

// Ready implements Store. A leader whose standbys are gone is ready: it can be read from.
func (p *Postgres) Ready(ctx context.Context) error {
	return within(ctx, p.soon, beginWrite, &sqlTx{}, func(tx Tx) error { return tx.SetMeta("ready_at", stamp(time.Now())) }, nil)
}

// Close implements Store.
func (p *Postgres) Close() error {
	p.stop()
	p.listening.Wait()
	p.leading.end()
	return errors.Join(p.reads.Close(), p.writes.Close(), p.soon.Close())
}

// WithoutPassword is an address as it may be shown to whoever runs the service, and whether it held a password.
func WithoutPassword(address string) (shown string, had bool) {
	parsed, err := url.Parse(address)
	if err != nil {
		return "", strings.Contains(address, "password") || strings.Contains(address, "@")
	}
	if parsed.User != nil {
		_, had = parsed.User.Password()
		parsed.User = url.User(parsed.User.Username())
	}
	query := parsed.Query()
	for _, secret := range []string{"password", "sslpassword"} {
		had = had || query.Has(secret)
		query.Del(secret)
	}
	parsed.RawQuery = query.Encode()
	return parsed.String(), had
}
