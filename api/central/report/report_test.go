package report

import (
	"encoding/csv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cmc/api"
	"cmc/api/central/store"
)

func day0(text string) time.Time {
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return at
}

func TestThePeriod(t *testing.T) {
	for _, c := range []struct {
		from, to    string
		whole       bool
		first, last string
		err         error
	}{
		{"", "", false, "2025-11-26", "2026-11-25", nil},
		{"", "", true, "2025-11-01", "2026-10-31", nil},
		{"2026-02-03", "2026-09-17", false, "2026-02-03", "2026-09-17", nil},
		{"2026-02-03", "2026-09-17", true, "2026-03-01", "2026-08-31", nil},
		{"2026-02-01", "2026-09-30", true, "2026-02-01", "2026-09-30", nil},
		{"2026-02-01", "2027-09-30", true, "2026-02-01", "2026-10-31", nil}, // not what has not ended
		{"2026-10-02", "", true, "", "", ErrMonth},
		{"2026-11-01", "", true, "", "", ErrMonth},
		{"2026-09-01", "2026-08-01", false, "", "", ErrOrder},
		{"yesterday", "", false, "", "", ErrFrom},
		{"", "31/01/2026", true, "", "", ErrTo},
	} {
		p, err := ParsePeriod(c.from, c.to, day0("2026-11-25"), c.whole)
		require.Equal(t, c.err, err, "%+v", c)
		if err == nil {
			assert.Equal(t, [2]string{c.first, c.last}, [2]string{p.First.Format(time.DateOnly), p.Last.Format(time.DateOnly)}, "%+v", c)
		}
	}
	// On the last day of a month that month has not ended.
	p, err := ParsePeriod("", "", day0("2026-11-30"), true)
	require.NoError(t, err)
	assert.Equal(t, "2026-10-31", p.Last.Format(time.DateOnly))
	// A day begins at midnight in London, in summer too.
	from, until := Period{First: day0("2026-07-01"), Last: day0("2026-12-31")}.Moments()
	assert.Equal(t, []string{"2026-06-30T23:00:00Z", "2027-01-01T00:00:00Z"}, []string{from.Format(time.RFC3339), until.Format(time.RFC3339)})
}

func TestTheMedian(t *testing.T) {
	at := func(day string, n int) store.Tally { return store.Tally{Group: day, N: map[string]int{"plans": n}} }
	for want, days := range map[int][]store.Tally{
		0:  nil,
		5:  {at("2026-11-20", 1)},
		10: {at("2026-10-16", 1), at("2026-11-15", 1), at("2026-11-20", 1)},
		40: {at("2026-10-16", 5), at("2026-11-15", 1), at("2026-11-20", 1)},
	} {
		got, err := medianAge(days, "2026-11-25")
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
}

func TestHours(t *testing.T) {
	for group, want := range map[string]string{
		"2026-11-25T07:5": "out", "2026-11-25T08:0": "in", "2026-11-25T18:2": "in", "2026-11-25T18:3": "out", // a Wednesday
		"2026-11-28T12:0": "out",                          // a Saturday
		"2026-07-01T07:0": "in", "2026-07-01T17:3": "out", // in summer London is an hour ahead
	} {
		at, err := readingTime(group)
		require.NoError(t, err)
		assert.Equal(t, want, inHours(at), group)
	}
}

// No cell of the file is a formula to a spreadsheet, whatever an organisation calls itself.
func TestAFileHoldsNoFormula(t *testing.T) {
	n := 31
	for _, evil := range []string{"=HYPERLINK(\"http://x\")", "+1", "-1+1|cmd", "@SUM(A1)", "\t=1", "\r=1", "\n=1"} {
		out, err := CSV(&api.Report{Name: "coverage", Scope: evil, Tables: []api.ReportTable{{Title: evil, Heads: []string{"", evil},
			Rows: []api.ReportRow{{Label: evil, Figures: []api.ReportFigure{{Count: &n, Of: &n}}}}}}})
		require.NoError(t, err)
		lines, err := csv.NewReader(strings.NewReader(string(out))).ReadAll()
		require.NoError(t, err)
		require.Len(t, lines, 2)
		for i, cell := range lines[1] {
			assert.False(t, cell != "" && strings.ContainsRune("=+-@\t\r\n", rune(cell[0])), "column %d: %q", i, cell)
		}
		assert.Equal(t, []string{"31", "31", "100"}, lines[1][7:10], "numbers stay numbers")
	}
}

func TestFiguresInWords(t *testing.T) {
	i := func(n int) *int { return &n }
	for want, f := range map[string]api.ReportFigure{
		"31 of 40 (78 %)":      {Count: i(31), Of: i(40)},
		"12":                   {Count: i(12)},
		"84 points":            {Value: i(84), Of: i(40), Unit: "points"},
		"not shown":            {Hidden: true},
		"not shown of 40":      {Hidden: true, Of: i(40)},
		"fewer than 5 of 40":   {Hidden: true, Of: i(40), Below: 5},
		"none":                 {Count: i(0), Of: i(0)},
		"0 of 40 (0 %)":        {Count: i(0), Of: i(40)},
		"1 of 400 (under 1 %)": {Count: i(1), Of: i(400)},
		"399 of 400 (99 %)":    {Count: i(399), Of: i(400)},
		"2000 of 2000 (100 %)": {Count: i(2000), Of: i(2000)},
	} {
		assert.Equal(t, want, f.Words())
	}
}
