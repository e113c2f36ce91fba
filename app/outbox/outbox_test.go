package outbox_test

// What may change here: how letters are held to be on the disk, in order and whole. That they go once is held over a real service
// in package app's tests.

import (
	"context"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cmc/api"
	"cmc/app/kept"
	"cmc/app/outbox"
)

var at = time.Date(2026, 11, 25, 4, 0, 0, 0, time.UTC)

func open(t *testing.T, path string, o kept.Options) *kept.Store {
	t.Helper()
	s, err := kept.Open(path, []byte(strings.Repeat("k", kept.KeyBytes)), o)
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func put(t *testing.T, b *outbox.Box, kind, plan, words string) outbox.Letter {
	t.Helper()
	l, err := b.New(kind, plan, api.Patient{FamilyName: "Ashbourne"}, api.Comment{Text: words}, "", at)
	require.NoError(t, err)
	require.NoError(t, b.Put(l, nil))
	return l
}

// Letters come back in the order in which they were written, each as it was, and a new one goes behind them.
func TestLettersComeBackInOrder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	store := open(t, path, kept.Options{})
	b := outbox.Open(store, nil)
	var wrote []outbox.Letter
	for range 12 {
		wrote = append(wrote, put(t, b, outbox.Comment, "p", "One"))
	}
	require.NoError(t, b.Remove(wrote[3], nil))
	wrote = append(wrote[:3:3], wrote[4:]...)
	require.NoError(t, store.Close())
	again := outbox.Open(open(t, path, kept.Options{}), nil)
	assert.Equal(t, wrote, again.Letters())
	last := put(t, again, outbox.Submit, "p", "Two")
	assert.Greater(t, last.Number, wrote[len(wrote)-1].Number)
	keys := map[string]bool{}
	for _, l := range again.Letters() {
		keys[l.Key] = true
	}
	assert.Len(t, keys, 12, "each goes under a key of its own")
}

// When the service has started a plan, what was to follow bears the plan's id, in one step, also after a restart.
func TestWhatFollowsABeginningMovesWithIt(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	store := open(t, path, kept.Options{})
	b := outbox.Open(store, nil)
	start := put(t, b, outbox.Start, outbox.Here+"one", "")
	put(t, b, outbox.Comment, outbox.Here+"one", "For the reviewer")
	other := put(t, b, outbox.Comment, outbox.Here+"two", "Another's")
	put(t, b, outbox.Submit, outbox.Here+"one", "")
	require.NoError(t, b.Began(start, "real", map[string][]byte{"draft/real": []byte("{}")}))
	require.NoError(t, store.Close())
	back := open(t, path, kept.Options{})
	letters := outbox.Open(back, nil).Letters()
	require.Len(t, letters, 3)
	assert.Equal(t, []string{"real", other.Plan, "real"}, []string{letters[0].Plan, letters[1].Plan, letters[2].Plan})
	assert.Contains(t, back.All(), "draft/real")
}

// A letter of a newer program is left as it is; a disk that is full keeps nothing by halves.
func TestLettersThatAreNotOurs(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	store := open(t, path, kept.Options{MaxPages: 24})
	newer, err := json.Marshal(map[string]any{"v": 99, "number": 7, "kind": "what-will-be"})
	require.NoError(t, err)
	require.NoError(t, store.Change(map[string][]byte{"letter/7": newer}))
	b := outbox.Open(store, nil)
	assert.Empty(t, b.Letters())
	l := put(t, b, outbox.Comment, "p", "One")
	long, err := b.New(outbox.Comment, "p", api.Patient{}, api.Comment{Text: strings.Repeat("word ", 60000)}, "", at)
	require.NoError(t, err)
	require.Error(t, b.Put(long, map[string][]byte{"beside": []byte("x")}))
	require.Error(t, b.Remove(l, map[string][]byte{"beside": []byte(strings.Repeat("y", 300000))}))
	assert.Len(t, b.Letters(), 1)
	require.NoError(t, store.Close())
	back := open(t, path, kept.Options{})
	assert.NotContains(t, back.All(), "beside")
	assert.Equal(t, newer, back.All()["letter/7"])
	assert.Len(t, outbox.Open(back, nil).Letters(), 1)
}

// A letter of a newer program is not written over by one that is written after it, whatever has become of what is in it.
func TestALetterOfANewerProgramIsNotWrittenOver(t *testing.T) {
	for _, newer := range []string{`{"v":2,"number":1,"kind":"comment","plan":"p"}`, `{"v":2,"number":"one"}`, "not JSON"} {
		store := open(t, filepath.Join(t.TempDir(), "store.db"), kept.Options{})
		const name = "letter/00000000000000000001"
		require.NoError(t, store.Change(map[string][]byte{name: []byte(newer)}))
		b := outbox.Open(store, nil)
		l := put(t, b, outbox.Comment, "p", "One")
		assert.Equal(t, uint64(2), l.Number)
		assert.Equal(t, newer, string(store.All()[name]))
		require.NoError(t, b.Remove(l, nil))
		assert.Equal(t, newer, string(store.All()[name]))
	}
}

// What somebody asked for in one of their positions is not asked for while they work in another: nothing goes out.
func TestALetterWaitsForItsPosition(t *testing.T) {
	b := outbox.Open(open(t, filepath.Join(t.TempDir(), "store.db"), kept.Options{}), nil)
	l, err := b.New(outbox.Comment, "p", api.Patient{}, api.Comment{Text: "One"}, "home", at)
	require.NoError(t, err)
	require.NoError(t, b.Put(l, nil))
	service, err := api.NewClient("http://127.0.0.1:1", api.ClientOptions{}) // nobody listens: what goes out comes back as an error
	require.NoError(t, err)
	require.NoError(t, b.Push(t.Context(), service, nothing{}, "hospice"))
	assert.Len(t, b.Letters(), 1)
	require.True(t, api.IsUnreachable(b.Push(t.Context(), service, nothing{}, "home")))
	assert.Len(t, b.Letters(), 1)
}

// nothing is a desk on which no plan is open.
type nothing struct{}

func (nothing) Flush(_ context.Context, planID string) (string, string, error) {
	return planID, "", nil
}
func (nothing) Newest(context.Context, string) error { return nil }
func (nothing) Adopt(*api.Plan)                      {}
