//go:build !linux

// Package keychaintest keeps tests away from a person's own keychain: there is no second one to be had on this system, so
// that Main and Empty stand a memory in its place. The real keychain is tested on Linux, see session.go.
package keychaintest

// What may change here: what stands in for a keychain where a test cannot have its own.

import (
	"testing"

	"github.com/zalando/go-keyring"
)

// Main runs m over secrets that are kept in memory.
func Main(m *testing.M) int {
	keyring.MockInit()
	return m.Run()
}

// Empty forgets them.
func Empty(testing.TB) { keyring.MockInit() }
