//go:build !windows

package preset

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheLinesOfAFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "preset.conf")
	require.NoError(t, os.WriteFile(file, []byte("# For the surgery\r\nServiceAddress = https://a.example/?x=1\r\nIdleLockMinutes=4\nSomething = else\nnonsense\n"), 0o600))
	assert.Equal(t, map[string]string{ServiceAddress: "https://a.example/?x=1", IdleLockMinutes: "4"}, read(file))
	assert.Empty(t, read(filepath.Join(t.TempDir(), "none")))
}
