package main

// What may change here: what is held of the commands that the papers name.

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cmc/api/central/store/storetest"
)

// papers are those that name commands to whoever runs the service.
var papers = []string{"README.md", "docs/running.md", "docs/security.md"}

var (
	ourCommand = regexp.MustCompile(`cmc-central((?: [a-z][a-z-]*)*)((?: +(?:--?[a-z-]+|"[^"]*"|[^\s` + "`" + `-][^\s` + "`" + `]*))*)`)
	ourFlag    = regexp.MustCompile(` --([a-z-]+)`)
	ofMake     = regexp.MustCompile(`\bmake ([a-z-]+)\b`)
	theirs     = regexp.MustCompile(`\b(psql|pg_[a-z]+|initdb|vacuumdb)\b`)
)

// notPrograms begin as PostgreSQL's programs do: files, settings, functions and views.
var notPrograms = []string{"pg_hba", "pg_last_wal_receive_lsn", "pg_last_wal_replay_lsn", "pg_promote", "pg_reload_conf", "pg_is_in_recovery",
	"pg_stat_replication", "pg_advisory_xact_lock"}

// wrong says which command of a paper is not there: a command or a flag of cmc-central, a command of the Makefile, a program of
// PostgreSQL.
func wrong(t *testing.T, text, makefile string) (out []string) {
	t.Helper()
	seen := map[string]string{} // what a command says of its flags
	for _, line := range strings.Split(text, "\n") {
		for _, found := range ourCommand.FindAllStringSubmatch(line, -1) {
			words := strings.Fields(found[1])
			if len(words) == 0 || !strings.Contains(found[0], " --") {
				continue // the program's name in a sentence
			}
			name := strings.Join(words, " ")
			if _, there := seen[name]; !there {
				var said bytes.Buffer
				_ = run(context.Background(), append(slices.Clone(words), "-h"), nil, &said, &said) // its error asks for the usage
				seen[name] = said.String()
			}
			if seen[name] == "" {
				out = append(out, "cmc-central "+name)
				continue
			}
			for _, flag := range ourFlag.FindAllStringSubmatch(found[0], -1) {
				if !regexp.MustCompile(`(?m)^  -` + regexp.QuoteMeta(flag[1]) + `\b`).MatchString(seen[name]) {
					out = append(out, "cmc-central "+name+" --"+flag[1])
				}
			}
		}
		for _, found := range ofMake.FindAllStringSubmatch(line, -1) {
			if strings.Contains(line, "`"+found[0]) || strings.HasPrefix(line, "    ") {
				if !strings.Contains(makefile, "\n"+found[1]+":") {
					out = append(out, found[0])
				}
			}
		}
		for _, found := range theirs.FindAllString(line, -1) {
			if slices.Contains(notPrograms, found) {
				continue
			}
			if _, err := exec.LookPath(storetest.Program(t, found).Path); err != nil {
				out = append(out, found)
			}
		}
	}
	return out
}

// Somebody who is woken at night types what is written: every command, flag and program in the papers is there.
func TestThePapersNameCommandsThatAreThere(t *testing.T) {
	makefile, err := os.ReadFile("../../Makefile")
	require.NoError(t, err)
	for _, name := range papers {
		text, err := os.ReadFile(filepath.Join("../..", name))
		require.NoError(t, err)
		assert.Empty(t, wrong(t, string(text), string(makefile)), name)
	}
	assert.Equal(t, []string{"cmc-central serve --dance", "cmc-central dance", "make dance", "pg_dance"}, wrong(t,
		"    cmc-central serve --data DIR --dance\n    cmc-central dance --data DIR\n`make dance`\n    pg_dance -h one\n", string(makefile)))
	for _, command := range []string{"backup", "restore", "restored", "new-key", "verify-audit"} {
		assert.Contains(t, usage, "cmc-central "+command+" --")
	}
}
