//go:build !windows

package preset

// What may change here: where systems without a registry keep the values.

import (
	"os"
	"slices"
	"strings"
)

// The files. Only an administrator can write them.
const (
	policyFile    = "/etc/cmc/policy.conf"
	installedFile = "/etc/cmc/preset.conf"
)

func policy() map[string]string    { return read(policyFile) }
func installed() map[string]string { return read(installedFile) }

// read gives the values of a file: lines "Name = value". Every other line is left alone, and a file that is not there holds none.
func read(file string) map[string]string {
	found := map[string]string{}
	raw, err := os.ReadFile(file)
	if err != nil {
		return found
	}
	for line := range strings.Lines(string(raw)) {
		name, value, ok := strings.Cut(line, "=")
		if name = strings.TrimSpace(name); ok && slices.Contains(names, name) {
			found[name] = strings.TrimSpace(value)
		}
	}
	return found
}
