//go:build nopostgres

package store

// What may change here: nothing. A program that is built without PostgreSQL (the desktop, whose training is in a folder) says so.

import (
	"context"
	"errors"
)

// OpenPostgres says that this program was built without PostgreSQL.
func OpenPostgres(context.Context, string, Options) (Store, error) {
	return nil, errors.New("this program was built without PostgreSQL")
}

func namedPostgres(error) error { return nil }

func lostPostgres(error) (lost, known bool) { return false, false }
