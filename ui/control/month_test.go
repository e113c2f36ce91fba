package control

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"github.com/stretchr/testify/require"
)

func date(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t
}

func TestMonthMovesByKeys(t *testing.T) {
	begin(t, 1)
	m := NewMonth(date("2026-11-22"))
	inWindow(t, Scroll(VStack(8, m)), 600, 600).Canvas().Focus(m)
	require.Contains(t, m.Words(), "Sunday 22 November 2026, today", "today is said in words")
	shift := &fyne.KeyEvent{Name: desktop.KeyShiftLeft}
	for _, c := range []struct {
		name  fyne.KeyName
		shift bool
		want  string
	}{
		{fyne.KeyLeft, false, "2026-11-21"},
		{fyne.KeyHome, false, "2026-11-16"},
		{fyne.KeyEnd, false, "2026-11-22"},
		{fyne.KeyRight, false, "2026-11-23"},
		{fyne.KeyUp, false, "2026-11-16"},
		{fyne.KeyDown, false, "2026-11-23"},
		{fyne.KeyPageUp, false, "2026-10-23"},
		{fyne.KeyPageDown, false, "2026-11-23"},
		{fyne.KeyPageUp, true, "2025-11-23"},
		{fyne.KeyPageDown, true, "2026-11-23"},
	} {
		if c.shift {
			m.KeyDown(shift)
		}
		m.TypedKey(key(c.name))
		m.KeyUp(shift)
		require.Equal(t, c.want, m.Day().Format(time.DateOnly), "%s, Shift %v", c.name, c.shift)
		require.True(t, m.Ringed())
	}
	m.Point(date("2026-01-31"))
	m.TypedKey(key(fyne.KeyPageDown))
	require.Equal(t, date("2026-02-28"), m.Day(), "a month on from the 31st is the last of February")
}

func TestMonthKeepsToItsLimits(t *testing.T) {
	begin(t, 1)
	m := NewMonth(date("2026-11-22"))
	inWindow(t, m, 400, 400)
	var chosen []time.Time
	m.OnChosen = func(day time.Time) { chosen = append(chosen, day) }
	m.Limits(time.Time{}, date("2026-11-22"), "Not after today.")
	require.Contains(t, m.Words(), "Not after today.")
	m.TypedKey(key(fyne.KeyRight))
	require.Equal(t, date("2026-11-22"), m.Day())
	m.TypedKey(key(fyne.KeyPageDown))
	require.Equal(t, date("2026-11-22"), m.Day())
	press := func(day int) {
		at := m.cellOf(day)
		m.Tapped(&fyne.PointEvent{Position: fyne.NewPos(at.x+at.w/2, at.y+at.h/2)})
	}
	press(23)
	require.Empty(t, chosen, "a day after the last is not taken")
	press(5)
	require.Equal(t, []time.Time{date("2026-11-05")}, chosen)
	press(-3) // before the first of the month
	require.Len(t, chosen, 1)
	at := m.arrowAt[1]
	m.Tapped(&fyne.PointEvent{Position: fyne.NewPos(at.x+1, at.y+1)})
	require.Equal(t, date("2026-10-22"), m.Day())
}

// Every month begins under its weekday.
func TestMonthBeginsOnItsWeekday(t *testing.T) {
	begin(t, 1)
	m := NewMonth(date("2026-11-22"))
	inWindow(t, m, 400, 400)
	for day := date("2024-01-01"); day.Year() < 2029; day = day.AddDate(0, 0, 1) {
		m.Point(day)
		column := int((m.cellOf(day.Day()).x - m.grid.x + 1) / m.cell.Width)
		require.Equal(t, day.Format("Mon"), m.heads[column].words(), day)
	}
}
