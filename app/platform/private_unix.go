//go:build !windows

package platform

// What may change here: how a private file or folder is made where files have modes.

import (
	"os"
	"path/filepath"
)

func privateDir(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return os.Chmod(dir, 0o700)
}

func createBeside(path string, mode os.FileMode) (*os.File, error) {
	file, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return nil, err
	}
	if err := file.Chmod(mode); err != nil {
		_ = file.Close()
		_ = os.Remove(file.Name())
		return nil, err
	}
	return file, nil
}

func replace(from, to string) error { return os.Rename(from, to) }
