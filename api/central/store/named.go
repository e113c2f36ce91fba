package store

// What may change here: under which name of this package an engine's error goes. Its words may hold a value and are dropped.

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/ncruces/go-sqlite3"
)

// named puts an error of an engine under one of this package's names, and keeps its code for the log.
func named(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, ErrNotFound), errors.Is(err, ErrDuplicate), errors.Is(err, ErrUnavailable):
		return err // it has its name
	case errors.Is(err, sql.ErrNoRows), errors.Is(err, pgx.ErrNoRows):
		return ErrNotFound
	case errors.Is(err, sqlite3.INTERRUPT):
		return errInterrupted
	case errors.Is(err, sqlite3.CONSTRAINT_UNIQUE), errors.Is(err, sqlite3.CONSTRAINT_PRIMARYKEY):
		return fmt.Errorf("%w: %v", ErrDuplicate, errorCode(err))
	case errors.Is(err, sqlite3.FULL), errors.Is(err, sqlite3.IOERR), errors.Is(err, sqlite3.READONLY),
		errors.Is(err, sqlite3.CANTOPEN), errors.Is(err, sqlite3.BUSY), errors.Is(err, sqlite3.LOCKED),
		errors.Is(err, sqlite3.CORRUPT), errors.Is(err, sqlite3.NOTADB):
		return fmt.Errorf("%w: %v", ErrUnavailable, errorCode(err))
	}
	var refused *pgconn.PgError
	if errors.As(err, &refused) {
		return namedCode(refused.Code)
	}
	if lost(err) {
		return errLost
	}
	return err
}

// errInterrupted says that a request ran out of time, or that its sender went away, while SQLite worked for it.
var errInterrupted = fmt.Errorf("%w: the request was given up", ErrUnavailable)

// errLost says that nothing was answered at all.
var errLost = fmt.Errorf("%w: the connection to the database was lost or could not be made", ErrUnavailable)

// errorCode keeps the code of an error of SQLite and drops its words, which may name a value.
func errorCode(err error) string {
	var code sqlite3.ExtendedErrorCode
	if errors.As(err, &code) {
		return fmt.Sprintf("sqlite error %d", uint16(code))
	}
	var full *sqlite3.Error
	if errors.As(err, &full) {
		return fmt.Sprintf("sqlite error %d", uint16(full.ExtendedCode()))
	}
	return "sqlite error"
}

// notNow are the classes and codes of PostgreSQL (its manual, appendix A) that say: not now, or not this server.
var notNow = []string{
	"08",    // the connection
	"53",    // full: disk 53100, memory, connections
	"57",    // an operator: stopping 57P01, starting 57P03, a statement that took too long 57014
	"58",    // the system: input and output
	"25006", // a standby, or a database that only reads
	"25P03", // thrown out for holding a transaction open
	"40",    // taken back: deadlock, serialization, COMMIT of what failed
	"55P03", // another one held the lock for too long
	"XX001", // a page of the file is broken
	"XX002", // an index is broken
	"28",    // not let in: a password that was changed
	"3D000", // there is no such database now
}

// namedCode puts a code of PostgreSQL under one of this package's names.
func namedCode(code string) error {
	switch {
	case code == "23505":
		return fmt.Errorf("%w: postgres error %s", ErrDuplicate, code)
	case slices.ContainsFunc(notNow, func(begin string) bool { return strings.HasPrefix(code, begin) }):
		return fmt.Errorf("%w: postgres error %s%s", ErrUnavailable, code, inWords[code])
	}
	return fmt.Errorf("postgres error %s", code)
}

// inWords helps whoever reads the log at night.
var inWords = map[string]string{
	"53100": " (its disk is full)",
	"53300": " (it has too many connections)",
	"25006": " (it only reads: a standby?)",
	"57P01": " (it is being stopped)",
	"57P03": " (it is starting or stopping)",
	"57014": " (a statement took too long)",
	"55P03": " (another writer held it for too long)",
	"25P03": " (this program kept it waiting for too long)",
	"28P01": " (it refused the password)",
	"3D000": " (there is no such database)",
}

// lost says whether an error is that of the way to the database, not an answer of it.
func lost(err error) bool {
	var refused *pgconn.PgError
	var connecting *pgconn.ConnectError
	var network net.Error
	switch {
	case errors.As(err, &connecting):
		return true
	case errors.As(err, &refused):
		// It said that it goes: the next connection may reach one that stays.
		return strings.HasPrefix(refused.Code, "57P") || refused.Code == "25P03"
	case errors.As(err, &network), errors.Is(err, driver.ErrBadConn), errors.Is(err, sql.ErrConnDone), errors.Is(err, io.EOF),
		errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed), errors.Is(err, context.DeadlineExceeded), pgconn.SafeToRetry(err):
		return true
	}
	return false
}

// refusedBy says whether the database itself answered with a refusal, after which nothing was kept. One that says that the
// server goes leaves it open.
func refusedBy(err error) bool {
	var refused *pgconn.PgError
	return errors.As(err, &refused) && !strings.HasPrefix(refused.Code, "57P") && !strings.HasPrefix(refused.Code, "08")
}
