//go:build unix

package kept

import (
	"encoding/hex"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/vfs"
)

// watched looks at a journal at the moment when SQLite opens it.
type watched struct {
	vfs.VFSFilename
	seen *[]fs.FileMode
}

func (w watched) OpenFilename(name *vfs.Filename, flags vfs.OpenFlag) (vfs.File, vfs.OpenFlag, error) {
	if flags&vfs.OPEN_MAIN_JOURNAL != 0 && flags&vfs.OPEN_CREATE != 0 {
		info, err := os.Stat(name.String())
		if err != nil {
			*w.seen = append(*w.seen, 0)
		} else {
			*w.seen = append(*w.seen, info.Mode().Perm())
		}
	}
	return w.VFSFilename.OpenFilename(name, flags)
}

// A journal is its owner's alone before SQLite opens it, not only once the store is at rest.
func TestAJournalIsPrivateFromItsFirstMoment(t *testing.T) {
	var seen []fs.FileMode
	vfs.Register("cmc-kept-watched", private{watched{vfs.Find(vfsName).(private).VFSFilename, &seen}})
	defer vfs.Unregister("cmc-kept-watched")
	db, err := sqlite3.Open("file:" + filepath.Join(t.TempDir(), "k.db") + "?vfs=cmc-kept-watched&hexkey=" + hex.EncodeToString(testKey))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	for _, statement := range []string{"CREATE TABLE t (x)", "INSERT INTO t VALUES (1)", "DELETE FROM t"} {
		if err := db.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	if len(seen) != 3 {
		t.Fatalf("SQLite opened %d journals", len(seen))
	}
	for _, mode := range seen {
		if mode != 0o600 {
			t.Errorf("others may read a journal: %s", mode)
		}
	}
}
