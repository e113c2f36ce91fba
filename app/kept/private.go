package kept

// What may change here: how the files that SQLite makes beside a store are kept from other users of the computer.

import (
	"os"

	"github.com/ncruces/go-sqlite3/vfs"
	"github.com/ncruces/go-sqlite3/vfs/xts"
)

// vfsName is what SQLite knows the way to a store's files by.
const vfsName = "cmc-kept"

func init() {
	encrypted := xts.Wrap(vfs.Find(""), nil) // nil: AES
	vfs.Register(vfsName, private{encrypted.(vfs.VFSFilename)})
}

// private makes SQLite's journal readable by its owner alone from its first moment. SQLite would create it with the modes that
// the user's mask leaves and only then take away what others may; that moment is short, and is not needed.
type private struct{ vfs.VFSFilename }

func (p private) OpenFilename(name *vfs.Filename, flags vfs.OpenFlag) (vfs.File, vfs.OpenFlag, error) {
	if name != nil && flags&vfs.OPEN_MAIN_JOURNAL != 0 && flags&vfs.OPEN_CREATE != 0 {
		// What stands in the way is left to SQLite, which has a code for each case.
		if file, err := os.OpenFile(name.String(), os.O_CREATE|os.O_RDWR, 0o600); err == nil {
			_ = file.Close()
		}
	}
	return p.VFSFilename.OpenFilename(name, flags)
}
