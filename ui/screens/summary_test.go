package screens

// What may change here: what is proved about how the summary stands on a screen.

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/require"

	"cmc/forms"
	"cmc/forms/plan"
	"cmc/forms/plan/plantest"
	"cmc/ui/control"
	"cmc/ui/theme"
)

// TestTheExampleFitsTheFirstPage lays out the plan of the design's pictures in the room that a window of 1280x800 leaves to
// the summary.
func TestTheExampleFitsTheFirstPage(t *testing.T) {
	a := test.NewTempApp(t)
	a.Settings().SetTheme(theme.New(theme.Light, 1))
	today := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	s := forms.Summarise(plan.Definition(), plantest.Example(today), forms.Header{
		Status: "approved", Version: 7, AsAt: today, ApprovedAt: today, ApprovedBy: "Dr Amina Osei", ReviewDue: "2027-02-20", Training: true,
	}, today)
	view, blocks := summaryView(s, false, nil)
	body := control.VStack(0, view).Inset(5, 14, 14, 14)
	w := test.NewTempWindow(t, body)
	w.SetPadded(false)
	w.Resize(fyne.NewSize(1280, control.HeightFor(body, 1280)))
	body.Resize(fyne.NewSize(1280, control.HeightFor(body, 1280)))
	const room = 608 // of 800: without the bar, the training band, a banner of one line, and the foot
	for _, b := range blocks {
		if b.id == "call" {
			bottom := fyne.CurrentApp().Driver().AbsolutePositionForObject(b.object).Y + b.object.Size().Height
			t.Logf("%.0f of %d", bottom, room)
			require.Greater(t, bottom, float32(200), "it has been laid out")
			require.LessOrEqual(t, bottom, float32(room))
			return
		}
	}
	t.Fatal("there is no such block")
}

func TestANumberStaysOnOneLine(t *testing.T) {
	require.Equal(t, "First: Riverside Practice 020\u00a07946\u00a00101.", control.Whole("First: Riverside Practice 020 7946 0101."))
	require.Equal(t, "07700\u00a0900123 (decides only", control.Whole("07700 900123 (decides only"))
	require.Equal(t, "999\u00a0012\u00a09600", control.Whole("999 012 9600"))
	for _, same := range []string{"09-Jun-1941", "88-92 %", "SE1 0AA", "10:30 020"} {
		require.Equal(t, same, control.Whole(same))
	}
}
