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

	"github.com/ncruces/go-sqlite3"
)

// named puts an error of an engine under one of this package's names, and keeps its code for the log.
func named(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, ErrNotFound), errors.Is(err, ErrDuplicate), errors.Is(err, ErrUnavailable):
		return err // it has its name
	case errors.Is(err, sql.ErrNoRows):
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
	if answer := namedPostgres(err); answer != nil {
		return answer
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

// lost says whether an error is that of the way to the database, not an answer of it.
func lost(err error) bool {
	if lost, known := lostPostgres(err); known {
		return lost
	}
	var network net.Error
	return errors.As(err, &network) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, io.EOF) ||
		errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) || errors.Is(err, context.DeadlineExceeded)
}
