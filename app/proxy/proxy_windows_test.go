package proxy

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/windows/registry"
)

// The real registry. What the test writes there, it takes away again.
func TestTheRegistryNamesAProxy(t *testing.T) {
	t.Setenv("HTTPS_PROXY", "")
	key, _, err := registry.CreateKey(registry.CURRENT_USER, settingsKey, registry.ALL_ACCESS)
	require.NoError(t, err)
	t.Cleanup(func() {
		for _, name := range []string{"ProxyEnable", "ProxyServer", "ProxyOverride", "AutoConfigURL"} {
			_ = key.DeleteValue(name)
		}
		_ = key.Close()
	})
	service := "https://cmc.example.nhs.uk"
	require.NoError(t, key.SetDWordValue("ProxyEnable", 0))
	require.NoError(t, key.SetStringValue("ProxyServer", "proxy.example.nhs.uk:3128"))
	assert.Empty(t, where(t, Computer(), service))
	require.NoError(t, key.SetStringValue("AutoConfigURL", "http://wpad.example.nhs.uk/wpad.dat"))
	assert.True(t, Computer().Script)
	require.NoError(t, key.SetDWordValue("ProxyEnable", 1))
	require.NoError(t, key.SetStringValue("ProxyOverride", "*.local;<local>"))
	assert.Equal(t, "http://proxy.example.nhs.uk:3128", where(t, Computer(), service))
	assert.Empty(t, where(t, Computer(), "https://cmc.local"))
	assert.False(t, Computer().Script)
}
