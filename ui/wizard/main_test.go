package wizard

import (
	"os"
	"testing"

	"cmc/app/keychain/keychaintest"
)

// TestMain gives the desks of these tests a real keychain of their own. The typist of kill_test.go needs none.
func TestMain(m *testing.M) {
	if path := os.Getenv(typistEnv); path != "" {
		os.Exit(typist(path))
	}
	os.Exit(keychaintest.Main(m))
}
