package focus

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"cmc/ui/control"
	"cmc/ui/theme"

	"github.com/stretchr/testify/require"
)

func TestFirstSkipsWhatCannotBePressed(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(theme.New(theme.Light, 1))
	off, hidden, on := control.Primary("Off", nil), control.Primary("Hidden", nil), control.Primary("On", nil)
	off.Disable()
	hidden.Hide()
	root := control.VStack(8, control.Title("A page"), off, hidden, control.Card("A card", on), control.NewLink("After", nil))
	w := test.NewWindow(root)
	defer w.Close()
	require.True(t, First(w.Canvas(), root))
	require.Equal(t, fyne.Focusable(on), w.Canvas().Focused())
	require.Len(t, Order(root), 2)
	require.False(t, First(w.Canvas(), control.VStack(0)))
}

func TestFollowBringsIntoView(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(theme.New(theme.Light, 1))
	last := control.Primary("Last", nil)
	scroll := container.NewVScroll(container.NewVBox(control.VStack(0).Inset(900, 0, 0, 0), last))
	w := test.NewWindow(scroll)
	defer w.Close()
	w.Resize(fyne.NewSize(300, 200))
	defer Follow(scroll, w)()
	w.Canvas().Focus(last)
	require.Greater(t, scroll.Offset.Y, float32(700))
	bottom := fyne.CurrentApp().Driver().AbsolutePositionForObject(last).Y + last.Size().Height
	require.LessOrEqual(t, bottom, float32(200))
}
