package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cmc/api/central/store/storetest"
)

// addressFile puts the address of a database where a service would find it.
func addressFile(t *testing.T, address string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "database")
	require.NoError(t, os.WriteFile(path, []byte(address+"\n"), 0o600))
	return path
}

// One database is named in the command, in the environment and by a file; nothing that is printed or logged holds its password.
func TestADatabaseOfOnesOwn(t *testing.T) {
	t.Parallel()
	address := storetest.Database(t)
	_, password, _ := strings.Cut(strings.SplitN(address, "@", 2)[0], "postgres:")
	require.Contains(t, password, "secret")
	file := addressFile(t, address)
	said := func(environment, in string, args ...string) string {
		t.Helper()
		command := program(args...)
		command.Env = append(command.Env, "CMC_DATABASE="+environment)
		command.Stdin = strings.NewReader(in)
		out, err := command.CombinedOutput()
		require.NoError(t, err, "%s", out)
		assert.NotContains(t, string(out), password)
		return string(out)
	}
	assert.Contains(t, said("", "", "orgs", "add", "--database", address, "--ods", "A12345", "--name", "The practice", "--kind", "gp_practice"), "everybody on this computer")
	said(address, "", "orgs", "add", "--ods", "B12345", "--name", "The home", "--kind", "care_home")
	list := said(file, "", "orgs", "list")
	assert.Contains(t, list, "The practice")
	assert.Contains(t, list, "The home")

	var log bytes.Buffer
	command := program("serve", "--addr", "127.0.0.1:0", "--database", file)
	command.Stderr = &log
	words, web := begin(t, command)
	assert.Contains(t, words, "users add --database", "how to make the first account")
	assert.NotContains(t, words, password)
	said("", "a long enough password\n", "users", "add", "--database", file, "--username", "amina.osei", "--name", "Dr Amina Osei", "--role", "gp", "--org", "A12345", "--title", "GP partner")
	signIn(t, web, "amina.osei", "a long enough password")
	stop(t, command)
	assert.NotContains(t, log.String(), password)
	assert.Contains(t, said("", "", "verify-audit", "--database", file), "The audit is whole")

	// What is wrong is said without the password.
	wrong := strings.Replace(address, password, password+"wrong", 1)
	for _, args := range [][]string{
		{"verify-audit", "--database", wrong},
		{"verify-audit", "--database", strings.Replace(address, "/cmc", "/none", 1)},
		{"verify-audit", "--database", strings.Replace(address, "postgres://", "mysql://", 1)},
		{"verify-audit", "--database", strings.Replace(address, "@127", "@%%127", 1)},
		{"verify-audit", "--database", address, "--data", t.TempDir()},
		{"serve", "--training", "--database", address},
	} {
		answer, err := do(t, "", args...)
		require.Error(t, err, answer)
		assert.NotContains(t, answer, password)
	}
	answer, err := do(t, "", "serve", "--training", "--database", file)
	require.Error(t, err)
	assert.Contains(t, answer, "holds the data of a real service")
}
