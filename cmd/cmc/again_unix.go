//go:build unix

package main

// What may change here: how the program begins again with other flags, where a process can become another one.

import (
	"os"
	"syscall"
)

// beginAgain begins the program anew in this very process, with more flags after those that it was given. It gives an error or does
// not return; what the process held (the profile) it holds no more.
func beginAgain(flags ...string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	return syscall.Exec(self, append(os.Args[:1:1], withFlags(os.Args[1:], flags...)...), os.Environ())
}
