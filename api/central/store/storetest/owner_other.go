//go:build !linux

package storetest

// What may change here: what is done where the tests cannot start PostgreSQL yet. Those that need one fail there and say so.

import (
	"errors"
	"os/exec"
	"syscall"
)

const stop, carryOn = syscall.SIGTERM, syscall.SIGTERM

func send(int, syscall.Signal) {}

func owned(string) error { return errors.New("the tests start PostgreSQL on Linux only") }

func asPostgres(*exec.Cmd) error { return owned("") }

func childrenOf(int) []int { return nil }

func ended(int) bool { return true }
