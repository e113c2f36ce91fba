package main

// What may change here: how the program begins again with other flags, on Windows.

import (
	"os"
	"os/exec"
)

// beginAgain begins the program anew, with more flags after those that it was given, and ends this process, which holds the profile.
// It gives an error or does not return.
func beginAgain(flags ...string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	again := exec.Command(self, withFlags(os.Args[1:], flags...)...)
	again.Stdout, again.Stderr = os.Stdout, os.Stderr
	if err := again.Start(); err != nil {
		return err
	}
	os.Exit(0)
	return nil
}
