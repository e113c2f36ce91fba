package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cmc/api"
)

// numberOf is the number in the words that an author wrote last: it only grows.
func numberOf(p *api.Plan) int {
	text := p.Published.Answers[banner].Text
	if p.Draft != nil {
		text = words(p)
	}
	var n int
	_, _ = fmt.Sscanf(text, "Words number %d", &n) // 0: the author has not begun
	return n
}

// Backups are made while people write. Each holds all that was answered before it was begun, and a service over what is restored
// from it goes on: with the same versions, a whole audit, and nobody signed in.
func TestBackupsWhileServing(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	data := filepath.Join(t.TempDir(), "data")
	key := filepath.Join(data, "central.key")
	command, address := start(t, "--training", "--data", data)
	gp := signIn(t, address, "gp", "training")
	authors := authorsOf(t, ctx, gp, 3)
	folder := t.TempDir()
	for _, name := range []string{"one", "two", "three"} {
		type seen struct{ words, versions int }
		before := map[string]seen{}
		for _, a := range authors {
			before[a.acked.ID] = seen{numberOf(a.acked), a.acked.Published.Number}
		}
		quit := make(chan struct{})
		wrong := make(chan error, len(authors))
		var busy sync.WaitGroup
		for _, a := range authors {
			a.quit = quit
			busy.Go(func() { wrong <- a.write(ctx) })
		}
		file := filepath.Join(folder, name)
		said, err := do(t, "", "backup", "--data", data, "--to", file)
		require.NoError(t, err, said)
		assert.Contains(t, said, "was made and read back")
		assert.Contains(t, said, "The key file "+key+" is not in it", "whoever runs it knows what else to keep")
		close(quit)
		busy.Wait()
		for range authors {
			require.NoError(t, <-wrong, "nobody notices")
		}
		info, err := os.Stat(file)
		require.NoError(t, err)
		assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())

		again := filepath.Join(folder, name+" restored")
		said, err = do(t, "", "restore", "--from", file, "--data", again)
		require.Error(t, err, "without the key")
		assert.Contains(t, said, "the key file is missing")
		assert.NoDirExists(t, again)
		copyOf(t, key, filepath.Join(again, "central.key"))
		said, err = do(t, "", "restore", "--from", file, "--data", again)
		require.NoError(t, err, said)
		assert.Contains(t, said, "signs in again")
		said, err = do(t, "", "verify-audit", "--data", again)
		require.NoError(t, err, said)
		second, there := start(t, "--training", "--data", again)
		old, err := api.NewClient(there, api.ClientOptions{})
		require.NoError(t, err)
		old.SetToken(gp.Token()) // the backup holds this session
		_, err = old.Me(ctx)
		require.True(t, api.IsCode(err, api.CodeUnauthenticated), "%v", err)
		restored := signIn(t, there, "gp", "training")
		for _, a := range authors {
			now, err := restored.Plan(ctx, a.acked.ID)
			require.NoError(t, err)
			assert.GreaterOrEqual(t, numberOf(now), before[now.ID].words, "what was answered before the backup is in it")
			assert.GreaterOrEqual(t, now.Published.Number, before[now.ID].versions)
			assert.LessOrEqual(t, now.Published.Number, a.acked.Published.Number)
			live, err := gp.Version(ctx, now.ID, now.Published.Number)
			require.NoError(t, err)
			assert.Equal(t, live.Hash, now.Published.Hash)
		}
		stop(t, second)
		// Whoever put it back by other means says so with a command of its own.
		said, err = do(t, "", "restored", "--data", again)
		require.NoError(t, err, said)
		second, there = start(t, "--training", "--data", again)
		old, err = api.NewClient(there, api.ClientOptions{})
		require.NoError(t, err)
		old.SetToken(restored.Token())
		_, err = old.Me(ctx)
		require.True(t, api.IsCode(err, api.CodeUnauthenticated), "%v", err)
		stop(t, second)
	}
	stop(t, command)

	// Without the key nothing is called a backup.
	bare := t.TempDir()
	copyOf(t, filepath.Join(data, "central.db"), filepath.Join(bare, "central.db"))
	said, err := do(t, "", "backup", "--data", bare, "--to", filepath.Join(folder, "none"))
	require.Error(t, err)
	assert.Contains(t, said, "the key file is missing")
	said, err = do(t, "", "backup", "--data", bare, "--key-file", newKeyFile(t), "--to", filepath.Join(folder, "none"))
	require.Error(t, err)
	assert.Contains(t, said, "does not belong to this database")
	assert.NoFileExists(t, filepath.Join(folder, "none"))

	// Nothing is overwritten, and what is not whole is not restored.
	file := filepath.Join(folder, "one")
	for _, args := range [][]string{
		{"backup", "--data", data, "--to", file},
		{"restore", "--from", file, "--data", data},
		{"restore", "--from", file, "--data", filepath.Join(t.TempDir(), "data"), "--key-file", newKeyFile(t)},
		{"backup", "--data", t.TempDir(), "--to", filepath.Join(folder, "none")},
		{"backup", "--database", "postgres://nobody@127.0.0.1/none", "--to", filepath.Join(folder, "none")},
	} {
		said, err := do(t, "", args...)
		require.Error(t, err, said)
	}
	whole, err := os.ReadFile(file)
	require.NoError(t, err)
	sum, err := os.ReadFile(file + ".sha256")
	require.NoError(t, err)
	for what, text := range map[string]string{
		"cut off":     string(whole[:len(whole)/2]),
		"one bit":     string(whole[:len(whole)/2]) + string(whole[len(whole)/2]^1) + string(whole[len(whole)/2+1:]),
		"no database": "not a database",
		"empty":       "",
		"too long":    string(whole) + "x",
	} {
		bad := filepath.Join(t.TempDir(), "bad")
		require.NoError(t, os.WriteFile(bad, []byte(text), 0o600))
		require.NoError(t, os.WriteFile(bad+".sha256", sum, 0o600))
		again := filepath.Join(t.TempDir(), "data")
		said, err := do(t, "", "restore", "--from", bad, "--data", again, "--key-file", key)
		require.Error(t, err, "%s: %s", what, said)
		left, _ := os.ReadDir(again)
		assert.Empty(t, left, what)
	}
}

// copyOf copies a file into a folder that is made.
func copyOf(t *testing.T, from, to string) {
	t.Helper()
	raw, err := os.ReadFile(from)
	require.NoError(t, err)
	require.NoError(t, os.MkdirAll(filepath.Dir(to), 0o700))
	require.NoError(t, os.WriteFile(to, raw, 0o600))
}
