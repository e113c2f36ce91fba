package central

// What may change here: what can be done to a data folder without serving it.

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"cmc/api/central/account"
	"cmc/api/central/store"
)

// OpenAccounts opens the accounts of a data folder, which is made when it is not there. It may be used while the service runs
// over the same folder. Call the function that it gives when done.
func OpenAccounts(ctx context.Context, dataDir string) (*account.Book, func() error, error) {
	if err := os.MkdirAll(dataDir, 0o700); err != nil {
		return nil, nil, fmt.Errorf("making the data folder: %w", err)
	}
	db, err := store.Open(ctx, Database(dataDir), store.Options{})
	if err != nil {
		return nil, nil, err
	}
	checker, err := account.NewChecker(false)
	if err != nil {
		return nil, nil, errors.Join(err, db.Close())
	}
	return &account.Book{Store: db, Checker: checker, Now: func() time.Time { return time.Now().UTC() }}, db.Close, nil
}

// VerifyAudit walks the chain of the audit of a data folder and gives the number of its lines. The error names the first line
// that does not follow the one before it.
func VerifyAudit(ctx context.Context, dataDir string) (lines int64, err error) {
	if _, err := os.Stat(Database(dataDir)); err != nil {
		return 0, errors.New("there is no database in this folder")
	}
	db, err := store.Open(ctx, Database(dataDir), store.Options{})
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
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
