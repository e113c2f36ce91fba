// Package kept keeps one user's records on this computer until the service has them: an encrypted SQLite file, and inside it
// each record sealed by itself.
//
// Contract:
//   - What Change has returned nil for outlives the program and the power.
//   - A record is given back exactly as it was put, or not at all: each is sealed with XChaCha20-Poly1305 over its name, so
//     that a flipped bit is noticed and never becomes a wrong word. The file around them is AES-XTS, which hides how many
//     there are and what they are called, and notices nothing.
//   - A file that is damaged, or that this key does not open, is set aside under a name of its own and never written again.
//     Every record in it that can still be read is in the new file. Report says so.
//   - One program at a time has a store: a second one gets ErrInUse.
//   - No error text, log line or file name holds anything of a record.
package kept

// What may change here: how records are kept, and what is done with a file that is not whole. A change of the shape needs a
// new format byte, and a test that the old one still reads.

import (
	"bytes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"sync"

	"github.com/ncruces/go-sqlite3"
	"golang.org/x/crypto/chacha20poly1305"

	"cmc/app/platform"
)

// KeyBytes is the length of a store's key: AES-XTS with two keys of 128 bits. The key that seals records is made from it.
const KeyBytes = 32

// Draft is what the names of drafts begin with; the rest is the plan's id.
const Draft = "draft/"

var (
	// ErrKey says that a key is not one of KeyBytes.
	ErrKey = errors.New("this is not a key of a local store")
	// ErrInUse says that another program has the store open.
	ErrInUse = errors.New("another program has the local store open")
	// ErrClosed says that the store has ended.
	ErrClosed = errors.New("the local store is closed")
)

// A Report says what was found when a store was opened. The zero Report: all is well.
type Report struct {
	SetAside string // the name under which a file stands that was not whole or not ours; "" when there was none
	Foreign  bool   // nothing in it opens with this key: it is another computer's, or noise
	Read     int    // records that were read out of it
	ReadOnly error  // nothing can be kept here, though what was kept is read; nil: it can
}

// Options are for who needs other than the usual.
type Options struct {
	MaxPages int // most pages of the file, 0: no limit. A full disk can be tried with it
}

// A Store is one user's records. Make it with Open. Any goroutine may use it; every method but All may block on the disk.
type Store struct {
	path   string
	seal   cipher.AEAD
	report Report
	lock   *platform.Lock

	mu      sync.Mutex // of db and count
	db      *sqlite3.Conn
	count   uint64 // the newest record's number: what is newer is told by it, never by a clock
	records map[string][]byte
}

// FileName is the name of a user's store for a key. Another computer has another key and so another file: a profile that
// travels between computers brings each its own, and neither stands in the other's way.
func FileName(user string, key []byte) string {
	mark, err := hkdf.Key(sha256.New, key, nil, "the name of the file", 6)
	if err != nil {
		return user + ".db"
	}
	return user + "-" + hex.EncodeToString(mark) + ".db"
}

// Open opens a store at path, or makes it, with a key of KeyBytes. What is kept is read at once.
func Open(path string, key []byte, o Options) (_ *Store, err error) {
	if len(key) != KeyBytes {
		return nil, ErrKey
	}
	secret, err := hkdf.Key(sha256.New, key, nil, "records", chacha20poly1305.KeySize)
	if err != nil {
		return nil, err
	}
	s := &Store{path: path, records: map[string][]byte{}}
	if s.seal, err = chacha20poly1305.NewX(secret); err != nil {
		return nil, err
	}
	s.lock, err = platform.TakeLock(path + ".lock")
	switch {
	case errors.Is(err, platform.ErrTaken):
		return nil, ErrInUse
	case platform.IsDenied(err):
		return s.openToRead(key, err)
	case err != nil:
		return nil, onDisk(path, err)
	}
	defer func() {
		if err != nil {
			_ = s.lock.Release()
		}
	}()
	err = s.open(key, o)
	if platform.IsDenied(err) {
		_ = s.lock.Release()
		return s.openToRead(key, err)
	}
	if err == nil {
		return s, nil
	}
	if !errors.Is(err, errDamaged) {
		return nil, err
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, onDisk(path, err)
	}
	found, ours := s.salvage(raw, key)
	aside, err := setAside(path)
	if err != nil {
		return nil, onDisk(path, err)
	}
	s.report = Report{SetAside: filepath.Base(aside), Foreign: !ours, Read: len(found)}
	s.records, s.count = map[string][]byte{}, 0
	if err := s.open(key, o); err != nil {
		return nil, err
	}
	put := map[string][]byte{}
	for name, one := range found {
		s.count = max(s.count, one.number)
		put[name] = one.raw
	}
	if err := s.Change(put); err != nil {
		_ = s.db.Close()
		return nil, err
	}
	return s, nil
}

// openToRead reads what is there without changing anything: the folder cannot be written to.
func (s *Store) openToRead(key []byte, why error) (*Store, error) {
	raw, err := os.ReadFile(s.path)
	if errors.Is(err, fs.ErrNotExist) || err != nil {
		return nil, why
	}
	found, _ := s.salvage(raw, key)
	for name, one := range found {
		s.records[name] = one.raw
	}
	s.report = Report{ReadOnly: why, Read: len(found)}
	return s, nil
}

// errDamaged says that the file is not whole, or not made with this key.
var errDamaged = errors.New("the local store is damaged")

// open opens the file and reads every record. errDamaged: it is not whole.
func (s *Store) open(key []byte, o Options) (err error) {
	made, err := os.OpenFile(s.path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	if err := made.Close(); err != nil {
		return err
	}
	db, err := sqlite3.Open(fileURI(s.path))
	if err != nil {
		return fmt.Errorf("opening the local store: %w", err)
	}
	defer func() {
		if err != nil {
			_ = db.Close()
		}
	}()
	// The key is given as a statement, not in the name, so that no error text can hold it.
	if err := db.Exec("PRAGMA hexkey='" + hex.EncodeToString(key) + "'"); err != nil {
		return ErrKey // the cause would carry the statement
	}
	statements := []string{
		"PRAGMA busy_timeout=2000",
		"PRAGMA page_size=" + strconv.Itoa(pageSize),
		"PRAGMA temp_store=memory",
		"PRAGMA synchronous=FULL",
		"PRAGMA secure_delete=ON",
		"PRAGMA trusted_schema=OFF",
		"CREATE TABLE IF NOT EXISTS sealed (name TEXT PRIMARY KEY, box BLOB NOT NULL) STRICT",
	}
	if o.MaxPages > 0 {
		statements = append(statements, "PRAGMA max_page_count="+strconv.Itoa(o.MaxPages))
	}
	for _, statement := range statements {
		if err := db.Exec(statement); err != nil {
			return s.sort(err)
		}
	}
	whole := true
	err = each(db, "PRAGMA integrity_check", func(row *sqlite3.Stmt) { whole = whole && row.ColumnText(0) == "ok" })
	if err != nil {
		return s.sort(err)
	}
	if !whole {
		return errDamaged
	}
	err = each(db, "SELECT name, box FROM sealed", func(row *sqlite3.Stmt) {
		name := row.ColumnText(0)
		number, raw, ok := s.unseal(name, row.ColumnRawBlob(1))
		if !ok {
			whole = false
			return
		}
		s.count = max(s.count, number)
		s.records[name] = raw
	})
	if err != nil {
		return s.sort(err)
	}
	if !whole {
		return errDamaged
	}
	s.db = db
	if err = s.takeOver(); err != nil {
		s.db = nil
	}
	return err
}

// takeOver seals the records of a store of the first format, which were not sealed one by one.
func (s *Store) takeOver() error {
	old := map[string][]byte{}
	there := false
	err := each(s.db, "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'kept'", func(*sqlite3.Stmt) { there = true })
	if err != nil || !there {
		return err
	}
	err = each(s.db, "SELECT plan, record FROM kept", func(row *sqlite3.Stmt) {
		if name := Draft + row.ColumnText(0); s.records[name] == nil {
			old[name] = bytes.Clone(row.ColumnRawBlob(1))
		}
	})
	if err != nil {
		return s.sort(err)
	}
	if err := s.Change(old); err != nil {
		return err
	}
	return onDisk(s.path, s.db.Exec("DROP TABLE kept"))
}

// sort tells damage from a disk that does not work.
func (s *Store) sort(err error) error {
	if errors.Is(err, sqlite3.NOTADB) || errors.Is(err, sqlite3.CORRUPT) || errors.Is(err, sqlite3.ERROR) || errors.Is(err, sqlite3.FORMAT) {
		return errDamaged
	}
	err = onDisk(s.path, err)
	var failed *diskError
	if errors.As(err, &failed) && failed.disk == nil { // the disk works: what is in the file makes no sense
		if info, statErr := os.Stat(s.path); statErr == nil && info.Size() > 0 && !errors.Is(err, sqlite3.BUSY) && !errors.Is(err, sqlite3.FULL) {
			return errDamaged
		}
	}
	return err
}

func each(db *sqlite3.Conn, sql string, row func(*sqlite3.Stmt)) error {
	rows, _, err := db.Prepare(sql)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Step() {
		row(rows)
	}
	return rows.Err()
}

// fileURI names a file for SQLite, whatever its path holds. A path of Windows begins with its drive, without a stroke.
func fileURI(path string) string {
	return "file:" + (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath() + "?vfs=" + vfsName
}

// setAside gives a file, and what SQLite keeps beside it, a name that nothing has yet.
func setAside(path string) (string, error) {
	for n := 1; ; n++ {
		aside := path + ".damaged-" + strconv.Itoa(n)
		if _, err := os.Lstat(aside); err == nil {
			continue
		} else if !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
		if err := os.Rename(path, aside); err != nil {
			return "", err
		}
		if err := os.Rename(path+"-journal", aside+"-journal"); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
		return aside, nil
	}
}

// Report says what was found when the store was opened.
func (s *Store) Report() Report { return s.report }

// All are the records that are kept now, by name. Do not change them. It never blocks on the disk for long: only while a
// change is being written.
func (s *Store) All() map[string][]byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.records)
}

// Change puts records and removes those that are nil, all of them or none. A name is for the code that keeps it: an opaque id.
func (s *Store) Change(records map[string][]byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.report.ReadOnly != nil {
		return onDisk(s.path, s.report.ReadOnly)
	}
	if s.db == nil {
		return ErrClosed
	}
	if err := s.write(records); err != nil {
		return err
	}
	for name, raw := range records {
		if raw == nil {
			delete(s.records, name)
		} else {
			s.records[name] = bytes.Clone(raw)
		}
	}
	return nil
}

// write needs s.mu.
func (s *Store) write(records map[string][]byte) (err error) {
	if err := s.db.Exec("BEGIN IMMEDIATE"); err != nil {
		return onDisk(s.path, err)
	}
	defer func() {
		if err != nil {
			_ = s.db.Exec("ROLLBACK") // which a full disk may have done already
			err = onDisk(s.path, err)
		}
	}()
	for name, raw := range records {
		sql := "DELETE FROM sealed WHERE name = ?"
		if raw != nil {
			sql = "INSERT INTO sealed (name, box) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET box = excluded.box"
		}
		statement, _, err := s.db.Prepare(sql)
		if err != nil {
			return err
		}
		err = statement.BindText(1, name)
		if err == nil && raw != nil {
			s.count++
			err = statement.BindBlob(2, s.sealed(name, s.count, raw))
		}
		if err == nil {
			err = statement.Exec()
		}
		if closed := statement.Close(); err == nil {
			err = closed
		}
		if err != nil {
			return err
		}
	}
	return s.db.Exec("COMMIT")
}

// Close ends the store. What is kept stays; where nothing is, no file stays, so that a file which is there holds words.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var err error
	if s.db != nil {
		err = s.db.Close()
		s.db = nil
		if err == nil && len(s.records) == 0 {
			err = os.Remove(s.path)
		}
	}
	if s.lock != nil {
		err = errors.Join(err, s.lock.Release())
		s.lock = nil
	}
	return err
}

// A sealed record is a format byte, a nonce, and what is sealed: the record's number, how long its words are, the words, and
// noughts up to its size. Its name is sealed with it: a record that was moved under another name does not open. Before format
// 3 there were neither the length nor the noughts.
const (
	format         = 3
	formatUnpadded = 2
	beforeWords    = 1 + chacha20poly1305.NonceSizeX + 8 + 4
)

func bound(format byte, name string) []byte {
	return []byte("cmc kept " + strconv.Itoa(int(format)) + "\x00" + name)
}

func (s *Store) sealed(name string, number uint64, raw []byte) []byte {
	size := aloneOnPage(len(name), beforeWords+len(raw)+chacha20poly1305.Overhead)
	box := make([]byte, 1+chacha20poly1305.NonceSizeX, size)
	box[0] = format
	_, _ = rand.Read(box[1:])
	plain := make([]byte, 0, size)
	plain = binary.BigEndian.AppendUint64(plain, number)
	plain = binary.BigEndian.AppendUint32(plain, uint32(len(raw)))
	plain = append(plain, raw...)[:size-1-chacha20poly1305.NonceSizeX-chacha20poly1305.Overhead]
	return s.seal.Seal(box, box[1:], plain, bound(format, name))
}

func (s *Store) unseal(name string, box []byte) (number uint64, raw []byte, ok bool) {
	if len(box) < 1+chacha20poly1305.NonceSizeX+8+chacha20poly1305.Overhead || box[0] != format && box[0] != formatUnpadded {
		return 0, nil, false
	}
	nonce, rest := box[1:1+chacha20poly1305.NonceSizeX], box[1+chacha20poly1305.NonceSizeX:]
	plain, err := s.seal.Open(nil, nonce, rest, bound(box[0], name))
	if err != nil {
		return 0, nil, false
	}
	number, raw = binary.BigEndian.Uint64(plain), plain[8:]
	if box[0] == formatUnpadded {
		return number, raw, true
	}
	if len(raw) < 4 || uint64(binary.BigEndian.Uint32(raw)) > uint64(len(raw)-4) {
		return 0, nil, false
	}
	return number, raw[4:][:binary.BigEndian.Uint32(raw)], true
}

// aloneOnPage is the size of a box, at least size, whose row takes more than half of its page. So no two records share one,
// and a flipped bit, which garbles the sixteen bytes around it, never costs the end of one and the beginning of the next.
func aloneOnPage(name, size int) int {
	const least, most = 3, 8 // bytes of a row's head: it says how long the name and the box are
	for localPart(least+name+size) < pageSize/2 || localPart(most+name+size) < pageSize/2 {
		size++
	}
	return size
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

// Name is the name of the file.
func (s *Store) Name() string { return filepath.Base(s.path) }
