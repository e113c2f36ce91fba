package ui_test

import (
	"os"
	"testing"

	"cmc/api/central/signon/signontest"
	"cmc/app/keychain/keychaintest"
)

// TestMain gives the desks of these tests a real keychain of their own.
func TestMain(m *testing.M) {
	signontest.Chromium() // when the desktop has started this program as its browser
	os.Exit(keychaintest.Main(m))
}
