//go:build !windows

package platform

// What may change here: which errors of Linux and macOS mean a full disk.

import (
	"errors"
	"io/fs"
	"syscall"
)

// IsDiskFull says whether err means that there is no room on the disk.
func IsDiskFull(err error) bool {
	return errors.Is(err, ErrDiskFull) || errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

// IsDenied says whether err means that this user may not write there.
func IsDenied(err error) bool {
	return errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) || errors.Is(err, syscall.ENOTDIR)
}
