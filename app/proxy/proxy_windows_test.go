package proxy

import (
	"io"
	"net/http"
	"net/http/httptest"
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
}

// Windows itself fetches the script that its registry names, and runs it.
func TestWindowsRunsAScript(t *testing.T) {
	t.Setenv("HTTPS_PROXY", "")
	asked := 0
	network := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked++
		w.Header().Set("Content-Type", "application/x-ns-proxy-autoconfig")
		_, _ = io.WriteString(w, `function FindProxyForURL(url, host) {
			if (dnsDomainIs(host, ".example.nhs.uk")) return "PROXY found.example.nhs.uk:8080; PROXY second.example.nhs.uk:8080";
			return "DIRECT";
		}`)
	}))
	t.Cleanup(network.Close)
	key, _, err := registry.CreateKey(registry.CURRENT_USER, settingsKey, registry.ALL_ACCESS)
	require.NoError(t, err)
	t.Cleanup(func() {
		_ = key.DeleteValue("AutoConfigURL")
		_ = key.Close()
	})
	require.NoError(t, key.SetStringValue("AutoConfigURL", network.URL+"/proxy.pac"))
	require.True(t, Computer().Script)
	assert.Equal(t, "http://found.example.nhs.uk:8080", where(t, Computer(), "https://cmc.example.nhs.uk"))
	assert.Empty(t, where(t, Computer(), "https://elsewhere.example"))
	assert.NotZero(t, asked)
}
