package platform

// What may change here: how a private file or folder is made on Windows, where each has a list of who may do what.

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

// onlyMe is a list of rights for this user, the system and the administrators, and for nobody by inheritance. It is given
// when something is made: a disk or a share that knows no such lists then just ignores it.
func onlyMe(folder bool) (*windows.SecurityAttributes, error) {
	user, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		return nil, err
	}
	below := ""
	if folder {
		below = "OICI" // what is made in it inherits this
	}
	list := "D:P"
	for _, who := range []string{user.User.Sid.String(), "SY", "BA"} {
		list += fmt.Sprintf("(A;%s;FA;;;%s)", below, who)
	}
	descriptor, err := windows.SecurityDescriptorFromString(list)
	if err != nil {
		return nil, err
	}
	attributes := &windows.SecurityAttributes{SecurityDescriptor: descriptor}
	attributes.Length = uint32(unsafe.Sizeof(*attributes))
	return attributes, nil
}

func privateDir(dir string) error {
	info, err := os.Stat(dir)
	switch {
	case err == nil && info.IsDir():
		return nil
	case err == nil:
		return &fs.PathError{Op: "mkdir", Path: dir, Err: windows.ERROR_DIRECTORY}
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if above := filepath.Dir(dir); above != dir {
		if err := privateDir(above); err != nil {
			return err
		}
	}
	name, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return err
	}
	rights, err := onlyMe(true)
	if err != nil {
		return err
	}
	if err := windows.CreateDirectory(name, rights); err != nil && !errors.Is(err, windows.ERROR_ALREADY_EXISTS) {
		return &fs.PathError{Op: "mkdir", Path: dir, Err: err}
	}
	return nil
}

func createBeside(path string, mode os.FileMode) (*os.File, error) {
	var rights *windows.SecurityAttributes
	if mode&0o077 == 0 {
		var err error
		if rights, err = onlyMe(false); err != nil {
			return nil, err
		}
	}
	beside := filepath.Join(filepath.Dir(path), ".new-"+rand.Text())
	name, err := windows.UTF16PtrFromString(beside)
	if err != nil {
		return nil, fmt.Errorf("%w (%w)", ErrBadName, err)
	}
	handle, err := windows.CreateFile(name, windows.GENERIC_READ|windows.GENERIC_WRITE, windows.FILE_SHARE_READ|windows.FILE_SHARE_WRITE,
		rights, windows.CREATE_NEW, windows.FILE_ATTRIBUTE_NORMAL, 0)
	if err != nil {
		return nil, named(&fs.PathError{Op: "create", Path: beside, Err: err})
	}
	return os.NewFile(uintptr(handle), beside), nil
}

// replace renames. A virus scanner looks into each new file for a moment and holds it meanwhile: that passes.
func replace(from, to string) (err error) {
	for try := range 6 {
		if err = os.Rename(from, to); err == nil || !errors.Is(err, windows.ERROR_SHARING_VIOLATION) && !errors.Is(err, windows.ERROR_ACCESS_DENIED) {
			break
		}
		time.Sleep(10 * time.Millisecond << try)
	}
	if err != nil && heldOpen(to) {
		return fmt.Errorf("%w (%w)", ErrInUse, err)
	}
	return named(err)
}

// heldOpen says whether some program has a file open in a way that keeps it where it is. Windows itself says only "access
// is denied" when such a file is to be replaced.
func heldOpen(path string) bool {
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return false
	}
	handle, err := windows.CreateFile(name, windows.DELETE, windows.FILE_SHARE_READ|windows.FILE_SHARE_WRITE|windows.FILE_SHARE_DELETE,
		nil, windows.OPEN_EXISTING, 0, 0)
	if err == nil {
		_ = windows.CloseHandle(handle)
		return false
	}
	return errors.Is(err, windows.ERROR_SHARING_VIOLATION)
}

// named gives an error of the system its name here, where it has one.
func named(err error) error {
	if errors.Is(err, windows.ERROR_INVALID_NAME) || errors.Is(err, windows.ERROR_BAD_PATHNAME) {
		return fmt.Errorf("%w (%w)", ErrBadName, err)
	}
	return err
}
