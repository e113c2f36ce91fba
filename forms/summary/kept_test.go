package summary

// What may change here: what is promised of a page that was made from a copy.

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A page from a copy says across the top that it is not live and how old it is, and takes no more room than a live one: whatever was
// approved can be printed without a connection too.
func TestAPageFromACopySaysItsAge(t *testing.T) {
	for name, s := range pages() {
		if name == "kept" {
			continue
		}
		live, _, err := fit(s)
		require.NoError(t, err)
		at := time.Date(2026, 11, 22, 14, 2, 0, 0, time.UTC)
		copied := s.Kept(at, at.Add(3*time.Hour), "Grace Mbeki (Nurse in charge)", "Elm House care home")
		kept, page, err := fit(copied)
		require.NoError(t, err, name)
		require.Equal(t, live.Left, kept.Left, "%s: nothing gives way for it", name)
		require.Contains(t, strings.ReplaceAll(page.text("title"), "\n", " "), "NOT LIVE: as at 22-Nov-2026 14:02, 3 hours before it was printed", name)
		require.Contains(t, strings.Join(kept.Footer, " "), "Printed 22-Nov-2026 17:02 by Grace Mbeki (Nurse in charge), Elm House care home. As held centrally at 14:02.", name)
		require.Equal(t, s.Header.Training, strings.Contains(page.text("title"), "TRAINING"), name)
		require.Empty(t, pdfFaults(t, copied), name)
	}
}
