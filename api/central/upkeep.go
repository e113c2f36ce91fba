package central

// What may change here: how a database is opened, and what can be done to it without serving it.

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"cmc/api/central/account"
	"cmc/api/central/audit"
	"cmc/api/central/seal"
	"cmc/api/central/store"
	"cmc/forms/nhs"
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

// openShut opens a database with its key, for a command. Only with make a folder's is made when it is not there.
func openShut(ctx context.Context, options Options, make bool) (*vault, error) {
	if options.DataDir != "" && !make {
		if _, err := os.Stat(Database(options.DataDir)); err != nil {
			return nil, errors.New("there is no database in this folder")
		}
	}
	db, err := openStore(ctx, options.DataDir, options.Database, store.Options{})
	if err != nil {
		return nil, err
	}
	v, err := openVault(ctx, db, keyFile(options), make && options.Database == "")
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return v, nil
}

// OpenAccounts opens the accounts of a data folder, which is made when it is not there, or of the database at an address. It
// may be used while the service runs over the same. Call the function that it gives when done.
func OpenAccounts(ctx context.Context, options Options) (*account.Book, func() error, error) {
	db, err := openShut(ctx, options, true)
	if err != nil {
		return nil, nil, err
	}
	checker, err := account.NewChecker(false)
	if err != nil {
		return nil, nil, errors.Join(err, db.Close())
	}
	return &account.Book{Store: db, Checker: checker, Now: func() time.Time { return time.Now().UTC() }}, db.Close, nil
}

// An Anchor is a line of the audit as somebody noted it elsewhere: its number and its hash.
type Anchor struct {
	Seq  int64
	Hash string
}

// ParseAnchor reads "SEQ:HASH", as the service logs it.
func ParseAnchor(text string) (Anchor, error) {
	seq, hash, found := strings.Cut(strings.TrimSpace(text), ":")
	n, err := strconv.ParseInt(seq, 10, 64)
	if !found || err != nil || n < 1 || len(hash) != 64 {
		return Anchor{}, errors.New("an anchor is NUMBER:HASH, as the service logs it")
	}
	return Anchor{Seq: n, Hash: hash}, nil
}

// String is the anchor as it is logged.
func (a Anchor) String() string { return strconv.FormatInt(a.Seq, 10) + ":" + a.Hash }

// VerifyAudit walks the chain of the audit of a data folder or of the database at an address, compares its end with the sealed one, and each anchor with its
// line. It gives the last line. The error names the first line that is wrong. It may be used while the service runs.
func VerifyAudit(ctx context.Context, options Options, anchors ...Anchor) (end Anchor, err error) {
	if options.DataDir != "" {
		if _, err := os.Stat(Database(options.DataDir)); err != nil {
			return end, errors.New("there is no database in this folder")
		}
	}
	db, err := openStore(ctx, options.DataDir, options.Database, store.Options{})
	if err != nil {
		return end, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	ring, err := seal.Load(keyFile(options))
	if errors.Is(err, seal.ErrMissing) {
		return end, errors.New("the key file is missing: without it nobody can tell whether lines are missing at the end of the audit. Name it with --key-file")
	}
	if err != nil {
		return end, err
	}
	return verifyAudit(ctx, &vault{Store: db, ring: ring}, anchors)
}

func verifyAudit(ctx context.Context, v *vault, anchors []Anchor) (end Anchor, err error) {
	noted := map[int64]string{}
	for _, one := range anchors {
		noted[one.Seq] = one.Hash
	}
	for done := false; !done && err == nil; {
		err = v.Store.Read(ctx, func(tx store.Tx) error {
			last, err := v.walk(tx, &end, noted)
			done = last == nil
			return err
		})
	}
	if err == nil {
		for seq := range noted {
			return end, fmt.Errorf("the audit is broken: line %d, which was noted, is missing", seq)
		}
	}
	return end, err
}

// walk goes on from the line at end for some lines, moves end to the last that follows, gives it, and takes from noted what it
// has met. When there are no more lines it gives nil, and has compared the end with the sealed one.
func (v *vault) walk(tx store.Tx, end *Anchor, noted map[int64]string) (last *audit.Event, err error) {
	batch, err := tx.AuditFrom(end.Seq+1, 1000)
	if err != nil {
		return nil, err
	}
	for i := range batch {
		if err := follows(&batch[i], *end); err != nil {
			return nil, err
		}
		if hash, there := noted[batch[i].Seq]; there && hash != batch[i].Hash {
			return nil, fmt.Errorf("the audit is broken: line %d is not the one that was noted", batch[i].Seq)
		}
		delete(noted, batch[i].Seq)
		last = &batch[i]
		*end = Anchor{Seq: last.Seq, Hash: last.Hash}
	}
	if last == nil {
		return nil, ends(tx, v, *end) // on the state that had no more lines
	}
	return last, nil
}

// follows says whether a line is whole and stands where it was written.
func follows(line *audit.Event, before Anchor) error {
	switch {
	case line.Seq != before.Seq+1:
		return fmt.Errorf("the audit is broken: line %d is missing", before.Seq+1)
	case !line.Follows(line.PrevHash):
		return fmt.Errorf("the audit is broken: line %d was changed", line.Seq)
	case line.PrevHash != before.Hash:
		return fmt.Errorf("the audit is broken: line %d does not follow the one before it: a line was put in, taken out or moved", line.Seq)
	}
	return nil
}

// ends compares the last line with the sealed end.
func ends(tx store.Tx, v *vault, end Anchor) error {
	sealed, err := v.head(tx)
	switch {
	case err != nil:
		return err
	case sealed.Seq > end.Seq:
		return fmt.Errorf("the audit is broken: it ends with line %d, and %d lines after it are missing", end.Seq, sealed.Seq-end.Seq)
	case sealed.Seq < end.Seq:
		return fmt.Errorf("the audit is broken: line %d was not written by the service", sealed.Seq+1)
	case sealed.Hash != end.Hash:
		return errors.New("the audit is broken: its lines follow each other and are not those that the service wrote")
	}
	return nil
}

// RotateKey adds a new key to the key file and seals everything with it. The older keys stay in the file: backups need them.
// A running service reads the file again by itself.
func RotateKey(ctx context.Context, options Options) (name string, err error) {
	v, err := openShut(ctx, options, false)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, v.Close()) }()
	if err := v.ring.Add(); err != nil {
		return "", err
	}
	return v.ring.Current(), v.rotate(ctx)
}

// NewKey makes a key file, for services whose database is a server of its own. It refuses to touch one that is there.
func NewKey(path string) error {
	_, err := seal.Make(path)
	return err
}

// MarkSensitive sets or clears the mark of a sensitive record, as the national index would, until there is a line to it.
func MarkSensitive(ctx context.Context, options Options, number string, marked bool) (err error) {
	digits, err := nhs.ParseNHSNumber(number)
	if err != nil {
		return err
	}
	v, err := openShut(ctx, options, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, v.Close()) }()
	return v.Write(ctx, func(tx store.Tx) error {
		p, err := tx.PatientByNumber(digits)
		if errors.Is(err, store.ErrNotFound) {
			return errors.New("the index knows nobody with this NHS number")
		}
		if err != nil {
			return err
		}
		p.Sensitive = marked
		what := "marked as sensitive"
		if !marked {
			what = "no longer marked as sensitive"
		}
		return errors.Join(tx.UpdatePatient(p), tx.Audit(&audit.Event{At: time.Now(), Who: "cmc-central", Action: audit.Account, PatientID: p.ID, What: what}))
	})
}
