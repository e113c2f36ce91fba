package proxy

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func where(t *testing.T, s Source, address string) string {
	t.Helper()
	to, err := url.Parse(address)
	require.NoError(t, err)
	found, err := s.Find(to)
	require.NoError(t, err)
	if found == nil {
		return ""
	}
	return found.String()
}

func TestAChosenProxy(t *testing.T) {
	for words, want := range map[string]string{"": "", "none": "", "NONE": "", "proxy:3128": "http://proxy:3128", " https://proxy.example.nhs.uk:3129/ ": "https://proxy.example.nhs.uk:3129",
		"socks5://proxy:1080": "socks5://proxy:1080", "SOCKS5://[2001:db8::1]:1080": "socks5://[2001:db8::1]:1080", "socks://proxy:1080": "socks5://proxy:1080",
		"[2001:db8::1]:8080": "http://[2001:db8::1]:8080"} {
		got, err := Read(words)
		require.NoError(t, err, words)
		if want == "" {
			assert.Nil(t, got)
		} else {
			assert.Equal(t, want, got.String())
		}
	}
	for _, words := range []string{"proxy", "http://user:secret@proxy:3128", "socks4://proxy:1080", "ftp://proxy:21", "http://proxy:80/proxy.pac", "://", "http://proxy"} {
		_, err := Read(words)
		require.Error(t, err, words)
		assert.Regexp(t, `^[A-Z].*\.$`, err.Error())
		assert.NotContains(t, err.Error(), "secret")
	}
}

func TestTheInternetSettingsOfWindows(t *testing.T) {
	service := "https://cmc.example.nhs.uk"
	for _, c := range []struct {
		settings internet
		address  string
		want     string
	}{
		{internet{enabled: true, server: "proxy:3128"}, service, "http://proxy:3128"},
		{internet{enabled: true, server: "proxy"}, service, "http://proxy:80"},
		{internet{enabled: true, server: "http=web:80;https=proxy:3128;ftp=x:21"}, service, "http://proxy:3128"},
		{internet{enabled: true, server: "http=web:80"}, service, ""},
		{internet{enabled: true, server: "https=http://proxy:3128"}, service, "http://proxy:3128"},
		{internet{enabled: false, server: "proxy:3128"}, service, ""},
		{internet{enabled: true}, service, ""},
		{internet{enabled: true, server: "proxy:3128", override: "*.example.nhs.uk;<local>"}, service, ""},
		{internet{enabled: true, server: "proxy:3128", override: "https://*.Example.nhs.uk"}, service, ""},
		{internet{enabled: true, server: "proxy:3128", override: "10.*;<local>"}, "https://10.1.2.3", ""},
		{internet{enabled: true, server: "proxy:3128", override: "10.*;<local>"}, "https://cmc", ""},
		{internet{enabled: true, server: "proxy:3128", override: "10.*"}, "https://cmc", "http://proxy:3128"},
		{internet{enabled: true, server: "proxy:3128", override: "example.nhs.uk"}, service, "http://proxy:3128"},
		{internet{enabled: true, server: "proxy:3128"}, "http://127.0.0.1:8443", ""},
	} {
		assert.Equal(t, c.want, where(t, c.settings.source(), c.address), "%+v", c)
	}
	assert.True(t, internet{script: "http://wpad/wpad.dat"}.source().Script)
}

// What a script finds comes first, as in Windows; a script that gives nothing leaves what is set besides.
func TestAScriptThatFindsProxies(t *testing.T) {
	var asked []string
	run := func(script, address string) string {
		asked = append(asked, script+" "+address)
		return map[string]string{"https://cmc.example.nhs.uk": "found.example.nhs.uk:8080", "https://two.example.nhs.uk": "one:80;two:80"}[address]
	}
	s := internet{script: "http://wpad/proxy.pac", run: run}.source()
	assert.Equal(t, "http://found.example.nhs.uk:8080", where(t, s, "https://cmc.example.nhs.uk"))
	assert.Equal(t, "http://one:80", where(t, s, "https://two.example.nhs.uk"))
	assert.Empty(t, where(t, s, "https://direct.example.nhs.uk"))
	assert.Empty(t, where(t, s, "http://127.0.0.1:8443"))
	assert.Equal(t, []string{"http://wpad/proxy.pac https://cmc.example.nhs.uk", "http://wpad/proxy.pac https://two.example.nhs.uk", "http://wpad/proxy.pac https://direct.example.nhs.uk"}, asked)
	s = internet{script: "http://wpad/proxy.pac", run: run, enabled: true, server: "proxy:3128", override: "*.local"}.source()
	assert.Equal(t, "http://found.example.nhs.uk:8080", where(t, s, "https://cmc.example.nhs.uk"))
	assert.Equal(t, "http://proxy:3128", where(t, s, "https://other.example.nhs.uk"))
	assert.Empty(t, where(t, s, "https://cmc.local"))
}

func TestTheEnvironmentComesFirst(t *testing.T) {
	t.Setenv("HTTPS_PROXY", "http://environment:3128")
	t.Setenv("NO_PROXY", "other.example.nhs.uk")
	assert.Equal(t, "http://environment:3128", where(t, Computer(), "https://cmc.example.nhs.uk"))
	assert.Empty(t, where(t, Computer(), "https://other.example.nhs.uk"))
	to := &url.URL{Scheme: "https", Host: "cmc.example.nhs.uk"}
	for chosen, want := range map[string]string{"": "http://environment:3128", "none": "", "chosen:1": "http://chosen:1"} {
		got, err := For(chosen, to)
		require.NoError(t, err)
		if want == "" {
			assert.Nil(t, got)
		} else {
			assert.Equal(t, want, got.String())
		}
	}
}
