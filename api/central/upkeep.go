package central

// What may change here: how a database is opened, and what can be done to it without serving it.

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"cmc/api/central/account"
	"cmc/api/central/store"
)

// Database is the file that holds the plans, in a data folder.
func Database(dataDir string) string { return filepath.Join(dataDir, "central.db") }

// openStore opens the embedded database of a folder, which is made when it is not there, or the PostgreSQL at an address.
func openStore(ctx context.Context, dataDir, address string, options store.Options) (store.Store, error) {
	switch {
	case dataDir != "" && address != "":
		return nil, errors.New("the plans are in a folder or in a database of your own, not in both")
	case address != "":
		db, err := store.OpenPostgres(ctx, address, options)
		if err != nil {
			return nil, err // not db: a nil *Postgres is not a nil Store
		}
		return db, nil
	case dataDir == "":
		return nil, errors.New("a folder for the data is needed, or the address of a database")
	}
	if err := os.MkdirAll(dataDir, 0o700); err != nil {
		return nil, fmt.Errorf("making the data folder: %w", err)
	}
	db, err := store.Open(ctx, Database(dataDir), options)
	if err != nil {
		return nil, err
	}
	return db, nil
}

// OpenAccounts opens the accounts of a data folder, which is made when it is not there, or of the database at an address. It
// may be used while the service runs over the same. Call the function that it gives when done.
func OpenAccounts(ctx context.Context, dataDir, address string) (*account.Book, func() error, error) {
	db, err := openStore(ctx, dataDir, address, store.Options{})
	if err != nil {
		return nil, nil, err
	}
	checker, err := account.NewChecker(false)
	if err != nil {
		return nil, nil, errors.Join(err, db.Close())
	}
	return &account.Book{Store: db, Checker: checker, Now: func() time.Time { return time.Now().UTC() }}, db.Close, nil
}

// VerifyAudit walks the chain of the audit of a data folder, or of the database at an address, and gives the number of its
// lines. The error names the first line that does not follow the one before it.
func VerifyAudit(ctx context.Context, dataDir, address string) (lines int64, err error) {
	if dataDir != "" {
		if _, err := os.Stat(Database(dataDir)); err != nil {
			return 0, errors.New("there is no database in this folder")
		}
	}
	db, err := openStore(ctx, dataDir, address, store.Options{})
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return verifyAudit(ctx, db)
}

// verifyAudit walks the chain of a store's audit.
func verifyAudit(ctx context.Context, db store.Store) (lines int64, err error) {
	previous := ""
	for {
		var found int
		err := db.Read(ctx, func(tx store.Tx) error {
			batch, err := tx.AuditFrom(lines+1, 1000)
			if err != nil {
				return err
			}
			found = len(batch)
			for i := range batch {
				if batch[i].Seq != lines+1 {
					return fmt.Errorf("the audit is broken: line %d is missing", lines+1)
				}
				if !batch[i].Follows(previous) {
					return fmt.Errorf("the audit is broken: line %d was changed, or does not follow the one before it", batch[i].Seq)
				}
				previous, lines = batch[i].Hash, batch[i].Seq
			}
			return nil
		})
		if err != nil || found == 0 {
			return lines, err
		}
	}
}
