package preset

// What may change here: how the real registry is read. It is run on a Windows that is thrown away.

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/windows/registry"
)

func write(t *testing.T, root registry.Key, path string, words map[string]string, numbers map[string]uint32) {
	t.Helper()
	key, _, err := registry.CreateKey(root, path, registry.SET_VALUE)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, registry.DeleteKey(root, path)) })
	defer key.Close()
	for name, value := range words {
		require.NoError(t, key.SetStringValue(name, value))
	}
	for name, value := range numbers {
		require.NoError(t, key.SetDWordValue(name, value))
	}
}

func TestTheRegistry(t *testing.T) {
	require.Equal(t, Preset{}, Read(), "a fresh computer")
	write(t, registry.LOCAL_MACHINE, installedKey, map[string]string{ServiceAddress: "https://installed.example", IdleLockMinutes: "9"}, nil)
	assert.Equal(t, Preset{Address: "https://installed.example", LockMinutes: 9}, Read())
	write(t, registry.CURRENT_USER, policyKey, map[string]string{ServiceAddress: "https://user.example"}, map[string]uint32{SingleSignOnOnly: 1})
	assert.Equal(t, Preset{Address: "https://user.example", Fixed: true, SSOOnly: true, LockMinutes: 9}, Read())
	write(t, registry.LOCAL_MACHINE, policyKey, map[string]string{ServiceAddress: "https://computer.example"}, map[string]uint32{IdleLockMinutes: 2})
	assert.Equal(t, Preset{Address: "https://computer.example", Fixed: true, SSOOnly: true, LockMinutes: 2}, Read())
}
