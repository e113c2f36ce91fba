package ui_test

import (
	"os"
	"testing"

	"cmc/app/keychain/keychaintest"
)

// TestMain gives the desks of these tests a real keychain of their own.
func TestMain(m *testing.M) { os.Exit(keychaintest.Main(m)) }
