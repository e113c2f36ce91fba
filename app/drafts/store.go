package drafts

// What may change here: how words are kept on this computer: one encrypted SQLite file for each user, one row for each
// plan. A change of the record's shape needs a new record version, and a test that the old one still reads.

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"

	"github.com/ncruces/go-sqlite3"
	_ "github.com/ncruces/go-sqlite3/vfs/xts" // encrypts at rest

	"cmc/app/platform"
	"cmc/forms"
)

// KeyBytes is the length of a store's key: AES-XTS with two keys of 128 bits.
const KeyBytes = 32

// A Store keeps one user's unsent words on this computer, encrypted. Any goroutine may use it; every method but Unsent may
// block on the disk. Encryption keeps words from who takes the disk; it does not show tampering.
type Store struct {
	mu   sync.Mutex // of db
	db   *sqlite3.Conn
	path string

	seen    sync.Mutex // of records: never held while the disk works
	records map[string]record
}

// A record is what is kept of one draft.
type record struct {
	V     int               `json:"v"`
	Base  forms.Answers     `json:"base"`            // what the service had
	Etag  string            `json:"etag"`            // of base
	Now   forms.Answers     `json:"now"`             // what the person had written
	Sent  forms.Answers     `json:"sent,omitempty"`  // was sent, and no answer came: the service may have it
	Held  []string          `json:"held,omitempty"`  // by group/row/item: what a person must choose
	Asked forms.Answers     `json:"asked,omitempty"` // with Held: what both sides started from
	Typed map[string]string `json:"typed,omitempty"` // by group/row/item: words that are not values yet
}

const recordVersion = 1

// OpenStore opens a user's store at path, or makes it, with a key of KeyBytes. ErrWrongKey: the file was made with another
// key. What is kept is read at once, so that nothing waits for it later.
func OpenStore(path string, key []byte) (_ *Store, err error) {
	if len(key) != KeyBytes {
		return nil, ErrWrongKey
	}
	made, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := made.Close(); err != nil {
		return nil, err
	}
	db, err := sqlite3.Open(fileURI(path))
	if err != nil {
		return nil, fmt.Errorf("opening the local store: %w", err)
	}
	defer func() {
		if err != nil {
			_ = db.Close()
		}
	}()
	// The key is given as a statement, not in the name, so that no error text can hold it.
	if err := db.Exec("PRAGMA hexkey='" + hex.EncodeToString(key) + "'"); err != nil {
		return nil, ErrWrongKey // the cause would carry the statement
	}
	for _, statement := range []string{
		"PRAGMA busy_timeout=2000",
		"PRAGMA temp_store=memory",
		"PRAGMA synchronous=FULL",
		"PRAGMA secure_delete=ON",
		"CREATE TABLE IF NOT EXISTS kept (plan TEXT PRIMARY KEY, record BLOB NOT NULL) STRICT",
	} {
		if err := db.Exec(statement); err != nil {
			if errors.Is(err, sqlite3.NOTADB) || errors.Is(err, sqlite3.CORRUPT) {
				return nil, ErrWrongKey
			}
			return nil, onDisk(path, err)
		}
	}
	s := &Store{db: db, path: path, records: map[string]record{}}
	if err := s.load(); err != nil {
		return nil, err
	}
	return s, nil
}

// fileURI names a file for SQLite, whatever its path holds. A path of Windows begins with its drive, without a stroke.
func fileURI(path string) string {
	return "file:" + (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath() + "?vfs=xts"
}

func (s *Store) load() error {
	rows, _, err := s.db.Prepare("SELECT plan, record FROM kept")
	if err != nil {
		return onDisk(s.path, err)
	}
	defer rows.Close()
	for rows.Step() {
		var r record
		if err := json.Unmarshal(rows.ColumnRawBlob(1), &r); err != nil || r.V > recordVersion {
			continue // of a newer program: left alone
		}
		s.records[rows.ColumnText(0)] = r
	}
	return onDisk(s.path, rows.Err())
}

// Unsent are the plans that have words here which the service lacks. Half-typed words alone do not count: they are never
// sent.
func (s *Store) Unsent() []string {
	s.seen.Lock()
	defer s.seen.Unlock()
	var plans []string
	for plan, r := range s.records {
		if !r.Base.Equal(r.Now) {
			plans = append(plans, plan)
		}
	}
	return plans
}

func (s *Store) get(plan string) (record, bool) {
	s.seen.Lock()
	defer s.seen.Unlock()
	r, ok := s.records[plan]
	return r, ok
}

// put keeps a record: when it returns nil, the words outlive the program and the power.
func (s *Store) put(plan string, r record) error {
	r.V = recordVersion
	raw, err := json.Marshal(r)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.exec("INSERT INTO kept (plan, record) VALUES (?, ?) ON CONFLICT (plan) DO UPDATE SET record = excluded.record", plan, raw); err != nil {
		return err
	}
	s.seen.Lock()
	defer s.seen.Unlock()
	s.records[plan] = r
	return nil
}

// remove forgets a record: the service has every word.
func (s *Store) remove(plan string) error {
	s.seen.Lock()
	_, there := s.records[plan]
	s.seen.Unlock()
	if !there {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.exec("DELETE FROM kept WHERE plan = ?", plan, nil); err != nil {
		return err
	}
	s.seen.Lock()
	defer s.seen.Unlock()
	delete(s.records, plan)
	return nil
}

// exec needs s.mu.
func (s *Store) exec(sql, plan string, raw []byte) error {
	if s.db == nil {
		return ErrClosed
	}
	statement, _, err := s.db.Prepare(sql)
	if err != nil {
		return onDisk(s.path, err)
	}
	defer statement.Close()
	if err := statement.BindText(1, plan); err != nil {
		return err
	}
	if raw != nil {
		if err := statement.BindBlob(2, raw); err != nil {
			return err
		}
	}
	return onDisk(s.path, statement.Exec())
}

// Close ends the store. What is kept stays.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.db == nil {
		return nil
	}
	err := s.db.Close()
	s.db = nil
	return err
}

// A diskError is a failure of the store with what the disk itself says, so that a person hears "full" and not a number.
type diskError struct{ store, disk error }

func (d *diskError) Error() string   { return "the local store: " + d.store.Error() }
func (d *diskError) Unwrap() []error { return []error{d.store, d.disk} }

// onDisk asks the disk why a statement failed: SQLite says "disk I/O error" for most things.
func onDisk(path string, err error) error {
	if err == nil {
		return nil
	}
	cause := platform.Probe(filepath.Dir(path))
	if cause == nil && errors.Is(err, sqlite3.FULL) {
		cause = platform.ErrDiskFull
	}
	return &diskError{err, cause}
}
