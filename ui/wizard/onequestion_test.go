package wizard

// What may change here: nothing but the question. The promise of the house is that one entry in one file is enough; here it
// is held for the form on the screen and the page beside it (forms holds it for checks, comparison and JSON).

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"cmc/app/drafts"
	"cmc/forms"
	"cmc/forms/plan"
	"cmc/forms/plan/plantest"
)

func TestOneEntryInOneFileIsOnTheScreen(t *testing.T) {
	const (
		beside = "      - {id: cognition,"
		entry  = "      - {id: sleep, kind: text, label: How does the person usually sleep, short: Usual sleep, max: 200, need: answer, print: {block: baseline, order: 0, label: 'Sleep:'}}\n"
	)
	files := fstest.MapFS{}
	paths, err := filepath.Glob("../../forms/plan/*.yaml")
	require.NoError(t, err)
	added := 0
	for _, path := range paths {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		added += strings.Count(string(text), beside)
		files[filepath.Base(path)] = &fstest.MapFile{Data: []byte(strings.Replace(string(text), beside, entry+beside, 1))}
	}
	require.Equal(t, 1, added)
	def, err := forms.Load(files, ".", plan.Hooks())
	require.NoError(t, err)

	light(t)
	without := start(t, plantest.Example(today), 1280, 664)
	without.w.Show("diagnosis", "", "")
	require.NotContains(t, texts(without.w.Object()), "How does the person usually sleep")

	with := startWith(t, newEditorOf(t, def, plantest.Example(today)), 1280, 664)
	with.w.Show("diagnosis", "sleep", "")
	require.Contains(t, texts(with.w.Object()), "How does the person usually sleep")
	box := entryAt(t, with, drafts.At{Item: "sleep"})
	for _, r := range "Lightly" {
		box.TypedRune(r)
	}
	require.Equal(t, "Lightly", with.e.Answers()["sleep"].Text)
	require.Contains(t, texts(with.w.Object()), "Sleep: Lightly")
}
