package central

// What may change here: how a copy of the embedded database is kept, checked and put back.

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"cmc/api/central/audit"
	"cmc/api/central/seal"
	"cmc/api/central/store"
)

// A Kept is what a backup holds.
type Kept struct {
	Plans  int
	Lines  int64     // of the audit
	Newest time.Time // when its last line was written
	Bytes  int64
	SHA256 string
	// KeyFile is the file that opens what is sealed in the backup. It is not in the backup, which nobody can use without it.
	KeyFile string
}

var errKeyOfBackup = errors.New("the key file is missing: a backup holds no key, and what is sealed in it cannot be read without the file. " +
	"Put it back from where its copy is kept, or name it with --key-file; nothing was made")

// sumName is the file beside a backup that holds its sum, in the form that sha256sum -c reads.
func sumName(file string) string { return file + ".sha256" }

// Backup writes the embedded database of a folder, as it is at one moment, into a new file, with its sum in a file beside it.
// The service may be running over the folder. The file is called good only after it was read back: each page, the chain of its
// audit to the sealed end, that the key opens it, and that it holds at least what was there when the backup began. A file that
// is not good is not kept under its name. The key is not in it.
func Backup(ctx context.Context, options Options, file string) (*Kept, error) {
	from := Database(options.DataDir)
	if _, err := os.Stat(from); err != nil {
		return nil, errors.New("there is no database in this folder")
	}
	ring, err := ringOf(options)
	if err != nil {
		return nil, err
	}
	if err := notThere(file, sumName(file)); err != nil {
		return nil, err
	}
	part, err := partOf(file)
	if err != nil {
		return nil, err
	}
	defer os.Remove(part) // gone once it has its name
	before, err := store.Copy(ctx, from, part)
	if err != nil {
		return nil, err
	}
	kept := &Kept{KeyFile: keyFile(options)}
	if err := store.ReadCopy(ctx, part, func(tx store.Tx) error { return kept.look(tx, &vault{ring: ring}) }); err != nil {
		return nil, err
	}
	if kept.Lines < before {
		return nil, errors.New("the copy holds less than there was when it was begun; it was not kept")
	}
	if kept.Bytes, kept.SHA256, err = copyFile(part, ""); err != nil {
		return nil, fmt.Errorf("reading the copy: %w", err)
	}
	if err := errors.Join(settle(part), os.Rename(part, file),
		os.WriteFile(sumName(file), []byte(kept.SHA256+"  "+filepath.Base(file)+"\n"), 0o600), settle(sumName(file)), settleFolder(filepath.Dir(file))); err != nil {
		return nil, fmt.Errorf("keeping the backup: %w", err)
	}
	return kept, nil
}

// Restore puts a backup into a folder that holds no database; the key file must be where the service will find it. The backup is
// checked first: that not a bit of it has changed, that it is whole, and that the key is its own. Every session ends, since it
// may have been ended after the backup was made; and the audit says that the database was put back.
func Restore(ctx context.Context, file string, options Options) (*Kept, error) {
	to := Database(options.DataDir)
	if err := notThere(to, to+"-wal"); err != nil {
		return nil, err
	}
	if _, err := ringOf(options); err != nil {
		return nil, err
	}
	said, err := os.ReadFile(sumName(file))
	if err != nil {
		return nil, fmt.Errorf("reading the sum that belongs to the backup: %w", err)
	}
	if err := os.MkdirAll(options.DataDir, 0o700); err != nil {
		return nil, fmt.Errorf("making the data folder: %w", err)
	}
	part, err := partOf(to)
	if err != nil {
		return nil, err
	}
	defer os.Remove(part) // gone once it has its name
	kept := &Kept{KeyFile: keyFile(options)}
	if kept.Bytes, kept.SHA256, err = copyFile(file, part); err != nil {
		return nil, fmt.Errorf("reading the backup: %w", err)
	}
	if sum, _, _ := strings.Cut(string(said), " "); sum != kept.SHA256 {
		return nil, errors.New("the backup is not as it was made: its sum is another one; nothing was restored")
	}
	if err := store.ReadCopy(ctx, part, func(store.Tx) error { return nil }); err != nil {
		return nil, err
	}
	if err := kept.revive(ctx, part); err != nil {
		return nil, err
	}
	if _, err := os.Stat(part + "-wal"); err == nil {
		return nil, errors.New("the database was not closed as a whole; nothing was restored")
	}
	if err := errors.Join(settle(part), notThere(to), os.Rename(part, to), settleFolder(options.DataDir)); err != nil {
		return nil, fmt.Errorf("restoring: %w", err)
	}
	return kept, nil
}

// revive brings a copy to the newest shape, looks at what it holds, ends its sessions and writes that it was put back.
func (k *Kept) revive(ctx context.Context, path string) (err error) {
	db, err := store.Open(ctx, path, store.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	v, err := openVault(ctx, db, k.KeyFile, false)
	if err != nil {
		return err
	}
	if err := v.Store.Read(ctx, func(tx store.Tx) error { return k.look(tx, v) }); err != nil {
		return err
	}
	return v.putBack(ctx, fmt.Sprintf("a backup with %d lines, the last of %s", k.Lines, k.Newest.Format(time.RFC3339)))
}

// Restored is told once when a PostgreSQL was put back from a backup or to a point in time, before anybody is served from it. It
// follows the audit to its end and proves the key, ends every session, writes into the audit that the database was put back,
// and gives where the audit had ended.
func Restored(ctx context.Context, options Options) (end Anchor, err error) {
	v, err := openShut(ctx, options, false)
	if err != nil {
		return end, err
	}
	defer func() { err = errors.Join(err, v.Close()) }()
	if end, err = verifyAudit(ctx, v, nil); err != nil {
		return end, err
	}
	return end, v.putBack(ctx, fmt.Sprintf("the database as it was with %d lines", end.Seq))
}

// putBack ends every session, since it may have been ended after what was put back, and says so in the audit.
func (v *vault) putBack(ctx context.Context, what string) error {
	return v.Write(ctx, func(tx store.Tx) error {
		people, err := tx.Users()
		if err != nil {
			return err
		}
		for _, one := range people {
			if err := tx.EndSessionsOf(one.ID); err != nil {
				return err
			}
		}
		return tx.Audit(&audit.Event{At: time.Now().UTC(), Who: "Whoever runs the service", Action: audit.Restored, What: what})
	})
}

// look counts what a copy holds, follows its audit to the end, and proves the key.
func (k *Kept) look(tx store.Tx, v *vault) error {
	check, err := tx.Meta(metaCheck)
	if err != nil {
		return err
	}
	if err := v.proved(check); err != nil {
		return err
	}
	if k.Plans, err = tx.Count(store.Filter{}); err != nil {
		return err
	}
	for end := (Anchor{}); ; {
		last, err := v.walk(tx, &end, nil)
		if err != nil || last == nil {
			return err
		}
		k.Lines, k.Newest = last.Seq, last.At
	}
}

// ringOf reads the key file of a folder.
func ringOf(options Options) (*seal.Ring, error) {
	ring, err := seal.Load(keyFile(options))
	if errors.Is(err, seal.ErrMissing) {
		return nil, errKeyOfBackup
	}
	return ring, err
}

func notThere(names ...string) error {
	for _, name := range names {
		if _, err := os.Lstat(name); !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%s is there already; nothing is overwritten", name)
		}
	}
	return nil
}

// partOf makes an empty file, for its owner alone, beside the one that it becomes.
func partOf(name string) (string, error) {
	file, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".part-*")
	if err != nil {
		return "", fmt.Errorf("making a file: %w", err)
	}
	return file.Name(), file.Close()
}

// copyFile reads a file, writes it into another that is there, unless that is "", and gives its length and its sum.
func copyFile(from, to string) (size int64, sum string, err error) {
	in, err := os.Open(from)
	if err != nil {
		return 0, "", err
	}
	defer in.Close()
	hash := sha256.New()
	into := io.Writer(hash)
	if to != "" {
		out, err := os.OpenFile(to, os.O_WRONLY|os.O_TRUNC, 0o600)
		if err != nil {
			return 0, "", err
		}
		defer func() { err = errors.Join(err, out.Close()) }()
		into = io.MultiWriter(hash, out)
	}
	size, err = io.Copy(into, in)
	return size, hex.EncodeToString(hash.Sum(nil)), err
}

// settle makes a file safe from a power cut.
func settle(name string) error {
	file, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}

// settleFolder makes the names in a folder safe from a power cut; Windows does that by itself.
func settleFolder(name string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	folder, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
