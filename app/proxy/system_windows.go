package proxy

// What may change here: where Windows keeps its proxy.

import (
	"github.com/mattn/go-ieproxy"
	"golang.org/x/sys/windows/registry"
)

// settingsKey is where the Internet settings of a user are. A group policy writes them there, or, for the whole computer, under the
// same name of the computer's part.
const settingsKey = `Software\Microsoft\Windows\CurrentVersion\Internet Settings`

// perComputer says, under the computer's part, that its settings count and not the user's.
const perComputer = `Software\Policies\Microsoft\Windows\CurrentVersion\Internet Settings`

// system reads the Internet settings.
func system() Source {
	root := registry.CURRENT_USER
	if key, err := registry.OpenKey(registry.LOCAL_MACHINE, perComputer, registry.QUERY_VALUE); err == nil {
		if user, _, err := key.GetIntegerValue("ProxySettingsPerUser"); err == nil && user == 0 {
			root = registry.LOCAL_MACHINE
		}
		_ = key.Close()
	}
	var found internet
	key, err := registry.OpenKey(root, settingsKey, registry.QUERY_VALUE)
	if err != nil {
		return found.source()
	}
	defer key.Close()
	on, _, _ := key.GetIntegerValue("ProxyEnable") // what is not there is 0 and ""
	found.enabled = on != 0
	found.server, _, _ = key.GetStringValue("ProxyServer")
	found.override, _, _ = key.GetStringValue("ProxyOverride")
	found.script, _, _ = key.GetStringValue("AutoConfigURL")
	found.run = run
	return found.source()
}

// run has Windows fetch and run a script (WinHTTP), which also knows how to keep it for a while.
func run(script, address string) string {
	return (&ieproxy.ProxyScriptConf{Active: true, PreConfiguredURL: script}).FindProxyForURL(address)
}
