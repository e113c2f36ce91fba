package preset

// What may change here: where Windows keeps the values.

import (
	"strconv"

	"golang.org/x/sys/windows/registry"
)

// The keys. A group policy writes under Software\Policies, where people cannot write; the installer writes the other one.
const (
	policyKey    = `Software\Policies\Coordinate My Care`
	installedKey = `Software\Coordinate My Care`
)

// policy is what a group policy settles, for the computer before the user.
func policy() map[string]string {
	found := values(registry.CURRENT_USER, policyKey)
	for name, value := range values(registry.LOCAL_MACHINE, policyKey) {
		found[name] = value
	}
	return found
}

// installed is what the installer was given.
func installed() map[string]string { return values(registry.LOCAL_MACHINE, installedKey) }

// values reads the values of a key that have a name of ours. A key that is not there holds none.
func values(root registry.Key, path string) map[string]string {
	found := map[string]string{}
	key, err := registry.OpenKey(root, path, registry.QUERY_VALUE)
	if err != nil {
		return found
	}
	defer key.Close()
	for _, name := range names {
		if number, _, err := key.GetIntegerValue(name); err == nil {
			found[name] = strconv.FormatUint(number, 10)
		} else if words, _, err := key.GetStringValue(name); err == nil {
			found[name] = words
		}
	}
	return found
}
