//go:build !windows

package seal

// What may change here: who may read a key file where files have an owner and modes.

import (
	"fmt"
	"os"
)

// private refuses a key file that others can read.
func private(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("reading the key file: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return ErrOpen
	}
	return nil
}
