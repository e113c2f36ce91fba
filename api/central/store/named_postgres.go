//go:build !nopostgres

package store

// What may change here: under which name of this package an error of PostgreSQL goes.

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// namedPostgres is an answer of PostgreSQL's under one of this package's names, nil: err is none.
func namedPostgres(err error) error {
	var refused *pgconn.PgError
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return ErrNotFound
	case errors.As(err, &refused):
		return namedCode(refused.Code)
	}
	return nil
}

// lostPostgres is lost for the errors that only PostgreSQL's driver knows; known: err is one of them.
func lostPostgres(err error) (lost, known bool) {
	var refused *pgconn.PgError
	var connecting *pgconn.ConnectError
	switch {
	case errors.As(err, &connecting):
		return true, true
	case errors.As(err, &refused):
		// It said that it goes: the next connection may reach one that stays.
		return strings.HasPrefix(refused.Code, "57P") || refused.Code == "25P03", true
	}
	return true, pgconn.SafeToRetry(err)
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

// refusedBy says whether the database itself answered with a refusal, after which nothing was kept. One that says that the
// server goes leaves it open.
func refusedBy(err error) bool {
	var refused *pgconn.PgError
	return errors.As(err, &refused) && !strings.HasPrefix(refused.Code, "57P") && !strings.HasPrefix(refused.Code, "08")
}
