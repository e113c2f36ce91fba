package platform

// What may change here: which errors of Windows mean a full disk.

import (
	"errors"
	"io/fs"
	"syscall"
)

// IsDiskFull says whether err means that there is no room on the disk (ERROR_DISK_FULL, ERROR_HANDLE_DISK_FULL).
func IsDiskFull(err error) bool {
	return errors.Is(err, ErrDiskFull) || errors.Is(err, syscall.Errno(112)) || errors.Is(err, syscall.Errno(39))
}

// IsDenied says whether err means that this user may not write there.
func IsDenied(err error) bool { return errors.Is(err, fs.ErrPermission) }
