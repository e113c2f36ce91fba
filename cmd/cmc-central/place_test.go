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

// newKeyFile makes a key as an operator does.
func newKeyFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "central.key")
	out, err := do(t, "", "new-key", "--key-file", path)
	require.NoError(t, err, out)
	return path
}

// One database is named in the command, in the environment and by a file; nothing that is printed or logged holds its password.
func TestADatabaseOfOnesOwn(t *testing.T) {
	t.Parallel()
	address := storetest.Database(t)
	_, password, _ := strings.Cut(strings.SplitN(address, "@", 2)[0], "postgres:")
	require.Contains(t, password, "secret")
	file, key := addressFile(t, address), newKeyFile(t)
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
	assert.Contains(t, said("", "", "orgs", "add", "--database", address, "--key-file", key, "--ods", "A12345", "--name", "The practice", "--kind", "gp_practice"), "everybody on this computer")
	said(address, "", "orgs", "add", "--key-file", key, "--ods", "B12345", "--name", "The home", "--kind", "care_home")
	list := said(file, "", "orgs", "list", "--key-file", key)
	assert.Contains(t, list, "The practice")
	assert.Contains(t, list, "The home")

	var log bytes.Buffer
	command := program("serve", "--addr", "127.0.0.1:0", "--database", file, "--key-file", key)
	command.Stderr = &log
	words, web := begin(t, command)
	assert.Contains(t, words, "users add --database", "how to make the first account")
	assert.NotContains(t, words, password)
	said("", "a long enough password\n", "users", "add", "--database", file, "--key-file", key, "--username", "amina.osei", "--name", "Dr Amina Osei", "--role", "gp", "--org", "A12345", "--title", "GP partner")
	signIn(t, web, "amina.osei", "a long enough password")
	stop(t, command)
	assert.NotContains(t, log.String(), password)
	assert.Contains(t, said("", "", "verify-audit", "--database", file, "--key-file", key), "The audit is whole")

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
	answer, err := do(t, "", "serve", "--training", "--database", file, "--key-file", key)
	require.Error(t, err)
	assert.Contains(t, answer, "holds the data of a real service")

	// Without the key it does not begin, and says what to do; a file that is not there is not made, since every copy needs the
	// same.
	for want, args := range map[string][]string{
		"needs --key-file":            {"serve", "--training", "--database", file},
		"the key file is missing":     {"serve", "--training", "--database", file, "--key-file", key + ".none"},
		"does not belong to this":     {"serve", "--training", "--database", file, "--key-file", newKeyFile(t)},
		"cmc-central new-key makes":   {"serve", "--training", "--database", storetest.Database(t), "--key-file", key + ".none"},
		"there is a key file already": {"new-key", "--key-file", key},
	} {
		answer, err := do(t, "", args...)
		require.Error(t, err, answer)
		assert.Contains(t, answer, want)
	}
	_, err = os.Stat(key + ".none")
	require.ErrorIs(t, err, os.ErrNotExist)
	answer, err = do(t, "", "rotate-key", "--database", file, "--key-file", key)
	require.NoError(t, err, answer)
	assert.Contains(t, answer, "new key k2")
	assert.Contains(t, said("", "", "verify-audit", "--database", file, "--key-file", key), "The audit is whole")
}
