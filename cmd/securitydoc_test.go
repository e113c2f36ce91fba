package cmd_test

// What may change here: what the security paper (docs/security.md) is held to: each file and test that it names as the place
// of a fact is there.

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const securityPaper = "docs/security.md"

var (
	quoted    = regexp.MustCompile("`([^`\n]+)`")
	testName  = regexp.MustCompile(`^([a-z0-9/-]+)\.((?:Test|Fuzz)[A-Za-z0-9_]+)$`)
	fileName  = regexp.MustCompile(`^(?:[A-Za-z0-9._-]+/)*[A-Za-z0-9._-]+\.(?:go|yaml|json|md)$|^(?:go\.mod|go\.sum|Makefile|\.gitignore)$`)
	notOfTree = regexp.MustCompile(`^/`) // a route
)

// paperFaults are the files and tests that a paper names and that are not there, and how many it names that are.
func paperFaults(paper string, exists func(dir, test string) bool, isFile func(name string) bool) (faults []string, there int) {
	for _, found := range quoted.FindAllStringSubmatch(paper, -1) {
		name := found[1]
		if of := testName.FindStringSubmatch(name); of != nil {
			if exists(of[1], of[2]) {
				there++
			} else {
				faults = append(faults, "there is no test "+name)
			}
			continue
		}
		if notOfTree.MatchString(name) || !fileName.MatchString(name) {
			continue
		}
		if isFile(name) {
			there++
		} else {
			faults = append(faults, "there is no file "+name)
		}
	}
	return faults, there
}

func TestTheSecurityPaperNamesWhatIsThere(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join("..", filepath.FromSlash(securityPaper)))
	require.NoError(t, err)
	_, exists := readLog(t)
	isFile := func(name string) bool {
		info, err := os.Stat(filepath.Join("..", filepath.FromSlash(name)))
		return err == nil && info.Mode().IsRegular()
	}
	faults, there := paperFaults(string(raw), exists, isFile)
	require.Empty(t, faults)
	require.Greater(t, there, 100)

	for old, says := range map[string]string{"`api/central/guard.go`": "there is no file api/central/nothing.go", "`api.TestAddresses`": "there is no test api.TestNothing"} {
		now := strings.ReplaceAll(strings.ReplaceAll(old, "guard.go", "nothing.go"), "TestAddresses", "TestNothing")
		require.Contains(t, string(raw), old)
		faults, _ := paperFaults(strings.Replace(string(raw), old, now, 1), exists, isFile)
		require.Equal(t, []string{says}, faults, "the check can fail")
	}
}
