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
	const ( // an id and words that no plan will ever have
		beside = "      - {id: cognition,"
		entry  = "      - {id: test_usual_sleep, kind: text, label: What does the test ask of the night, short: Night of the test, max: 200, need: answer, print: {block: baseline, order: 0, label: 'Night of the test:'}}\n"
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
	require.NotContains(t, texts(without.w.Object()), "What does the test ask of the night")

	with := startWith(t, newEditorOf(t, def, plantest.Example(today)), 1280, 664)
	with.w.Show("diagnosis", "test_usual_sleep", "")
	require.Contains(t, texts(with.w.Object()), "What does the test ask of the night")
	box := entryAt(t, with, drafts.At{Item: "test_usual_sleep"})
	for _, r := range "Lightly" {
		box.TypedRune(r)
	}
	require.Equal(t, "Lightly", with.e.Answers()["test_usual_sleep"].Text)
	require.Contains(t, texts(with.w.Object()), "Night of the test: Lightly")
}
