package forms

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestAge(t *testing.T) {
	at := time.Date(2026, 11, 25, 14, 2, 0, 0, time.UTC)
	for _, c := range []struct {
		after time.Duration
		want  string
	}{
		{-time.Hour, "as at 14:02, less than a minute ago"},
		{59 * time.Second, "as at 14:02, less than a minute ago"},
		{time.Minute, "as at 14:02, 1 minute ago"},
		{59*time.Minute + 59*time.Second, "as at 14:02, 59 minutes ago"},
		{time.Hour, "as at 14:02, 1 hour ago"},
		{3 * time.Hour, "as at 14:02, 3 hours ago"},
		{3*time.Hour + time.Minute, "as at 14:02, 3 hours 1 minute ago"},
		{11*time.Hour + 59*time.Minute, "as at 25-Nov-2026 14:02, 11 hours 59 minutes ago"},
	} {
		require.Equal(t, c.want, AsAt(at, at.Add(c.after)))
	}
}

func TestAKeptSummarySaysSo(t *testing.T) {
	at := time.Date(2026, 11, 25, 14, 2, 0, 0, time.UTC)
	s := Summary{Header: Header{Status: "approved", Version: 7, ReviewDue: "2026-11-25"}, Strip: []string{"APPROVED, version 7", "", "Review by 25-Nov-2026; change pending since 20-Nov-2026"},
		Footer: []string{"Check the live plan before you act.", "As held centrally at 25-Nov-2026 14:02.", "Version 7."}}
	kept := s.Kept(at, at.Add(3*time.Hour), "", "")
	require.Equal(t, "NOT LIVE: as at 14:02, 3 hours ago", kept.Header.Kept)
	require.Equal(t, s.Strip, kept.Strip, "due today")
	require.Equal(t, s.Footer, kept.Footer)
	late := s.Kept(at, at.Add(10*time.Hour+30*time.Minute), "", "")
	require.Equal(t, "REVIEW OVERDUE since 25-Nov-2026; change pending since 20-Nov-2026", late.Strip[2], "due yesterday, by London's calendar")
	require.Equal(t, "overdue", late.Header.Status)
	require.Equal(t, "Review by 25-Nov-2026; change pending since 20-Nov-2026", s.Strip[2], "what was kept is left as it is")
	require.Empty(t, s.Header.Kept)
}
