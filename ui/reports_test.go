package ui_test

// What may change here: what is proved about reports on the screen.

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"cmc/api"
	"cmc/ui/control"
	"cmc/ui/screens"
	"cmc/ui/theme"
)

// reports waits until a report is drawn.
func (h *house) reports(name string) *screens.Reports {
	h.t.Helper()
	h.until("the report "+name, func() bool {
		r, ok := h.w.Screen().(*screens.Reports)
		return ok && r.Shown() != nil && r.Shown().Name == name
	})
	return h.w.Screen().(*screens.Reports)
}

// chip opens one of the reports by its name.
func (h *house) chip(words string) {
	h.t.Helper()
	for range 60 {
		if c, ok := h.canvas().Focused().(*control.Chip); ok && c.Words() == words {
			h.key(fyne.KeyReturn)
			return
		}
		h.canvas().FocusNext()
	}
	h.t.Fatalf("Tab does not reach %q", words)
}

// words are everything that the page says.
func (h *house) words() string {
	var out []string
	control.Walk(h.w.Screen().Object(), func(o fyne.CanvasObject) bool {
		if t, ok := o.(*control.Text); ok {
			out = append(out, t.String())
		}
		return true
	})
	return strings.Join(out, "\n")
}

// bars are how full the bars of the page are.
func (h *house) bars() (full []int) {
	control.Walk(h.w.Screen().Object(), func(o fyne.CanvasObject) bool {
		if b, ok := o.(*control.ShareBar); ok {
			full = append(full, b.Percent())
		}
		return true
	})
	return full
}

// every picks each report that is there, and says what is under it.
func (h *house) every(who string, titles ...string) {
	h.t.Helper()
	names := map[string]string{"Coverage": api.ReportCoverage, "Creation and review": api.ReportCreation, "Views": api.ReportViews, "Quality": api.ReportQuality,
		"Outcomes": api.ReportOutcomes, "Resuscitation decisions": api.ReportDNACPR, "Problems reported by crews": api.ReportProblems}
	for _, title := range titles {
		h.chip(title)
		r := h.reports(names[title])
		require.Contains(h.t, h.words(), r.Shown().About, "the definition stands under the title")
		for _, t := range r.Shown().Tables {
			for _, row := range t.Rows {
				for _, f := range row.Figures {
					require.Contains(h.t, h.words(), f.Words(), "%s: %s", title, row.Label)
				}
			}
		}
		require.Positive(h.t, len(r.Shown().Tables), title)
		h.picture("report-" + who + "-" + names[title])
	}
}

var sevenReports = []string{"Coverage", "Creation and review", "Views", "Quality", "Outcomes", "Resuscitation decisions", "Problems reported by crews"}

// A commissioner begins with the reports, sees numbers alone, and saves them.
func TestACommissionerReadsTheReports(t *testing.T) {
	h := newHouse(t)
	h.signIn("commissioner")
	h.reports(api.ReportCoverage)
	require.False(t, h.reaches("Find a patient"))
	h.every("commissioner", sevenReports...)
	require.Contains(t, h.words(), "All organisations")
	require.Contains(t, h.words(), "Use of hospital", "what is not there is said")

	h.chip("Outcomes")
	r := h.reports(api.ReportOutcomes)
	require.NotEmpty(t, h.bars())
	require.Contains(t, h.words(), api.NotShown)
	for _, figure := range []string{"1 of", "2 of", "3 of", "4 of"} {
		require.NotContains(t, "\n"+h.words(), "\n"+figure)
	}
	// The ways to split it are one stop, the arrows move in them.
	h.until("the ways to split it", func() bool {
		_, ok := h.canvas().Focused().(*control.Pills)
		if !ok {
			h.canvas().FocusNext()
		}
		return ok
	})
	h.key(fyne.KeyRight, fyne.KeySpace)
	h.until("the practices", func() bool { return r.Shown().By == "practice" })
	require.Contains(t, h.words(), "Hill Lane Surgery")
	h.picture("report-commissioner-by-practice")

	h.press("Save as CSV...")
	h.until("the question", func() bool { return h.w.Messages().Open() })
	h.focusOn("(box)")
	box := h.canvas().Focused().(*control.Entry)
	path := filepath.Join(t.TempDir(), "outcomes.csv")
	box.SetText(path)
	h.picture("report-save")
	h.press("Save")
	h.until("the file", func() bool { _, err := os.Stat(path); return err == nil })
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(string(content), "report,from,to,scope"))
	require.Contains(t, string(content), "Hill Lane Surgery")
}

// A GP sees the plans of the practice alone, with the decisions to look at, opens one and comes back to it.
func TestAGPReadsTheReports(t *testing.T) {
	h := newHouse(t)
	h.signIn("gp")
	h.myWork()
	h.press("Reports")
	h.reports(api.ReportCoverage)
	h.every("gp", sevenReports...)
	require.Contains(t, h.words(), "Riverside Practice")
	require.NotContains(t, h.words(), "Hill Lane Surgery")
	h.chip("Resuscitation decisions")
	r := h.reports(api.ReportDNACPR)
	require.NotEmpty(t, r.Shown().Plans)
	h.until("the first of them", func() bool {
		_, ok := h.canvas().Focused().(*control.Pressable)
		if !ok {
			h.canvas().FocusNext()
		}
		return ok
	})
	h.picture("report-gp-governed")
	h.key(fyne.KeyReturn)
	h.until("the plan", func() bool { _, still := h.w.Screen().(*screens.Reports); return !still })
	h.w.Back()
	h.reports(api.ReportDNACPR)
	h.until("the same row", func() bool { _, ok := h.canvas().Focused().(*control.Pressable); return ok })
}

// A practice administrator has those that say nothing of what was decided for whom.
func TestAPracticeAdministratorReadsTheReports(t *testing.T) {
	h := newHouse(t)
	h.signIn("practiceadmin")
	h.myWork()
	h.press("Reports")
	h.reports(api.ReportCoverage)
	h.every("admin", "Coverage", "Creation and review", "Views", "Quality", "Problems reported by crews")
	for _, o := range []string{"Outcomes", "Resuscitation decisions"} {
		control.Walk(h.w.Screen().Object(), func(object fyne.CanvasObject) bool {
			c, ok := object.(*control.Chip)
			require.False(t, ok && c.Words() == o)
			return true
		})
	}
}

// With large text no number is cut off and nothing needs more width than there is.
func TestReportsInLargeText(t *testing.T) {
	h := newHouse(t)
	fyne.CurrentApp().Settings().SetTheme(theme.New(theme.Light, 1.5))
	h.signIn("gp")
	h.myWork()
	h.press("Reports")
	h.reports(api.ReportCoverage)
	for _, title := range []string{"Quality", "Outcomes"} {
		h.chip(title)
		r := h.reports(map[string]string{"Quality": api.ReportQuality, "Outcomes": api.ReportOutcomes}[title])
		for r.Shown().By != "age" {
			h.until("the ways to split it", func() bool {
				_, ok := h.canvas().Focused().(*control.Pills)
				if !ok {
					h.canvas().FocusNext()
				}
				return ok
			})
			before := r.Shown()
			h.key(fyne.KeyRight, fyne.KeySpace)
			h.until("another split", func() bool { return r.Shown() != before })
		}
		h.picture("report-large-" + r.Shown().Name)
		control.Walk(r.Object(), func(o fyne.CanvasObject) bool {
			at := fyne.CurrentApp().Driver().AbsolutePositionForObject(o)
			_, page := o.(*control.Page)
			require.LessOrEqual(t, at.X+o.Size().Width, h.canvas().Size().Width+1, "%T", o)
			if text, ok := o.(*control.Text); ok && !page {
				require.GreaterOrEqual(t, text.Size().Height+0.5, text.HeightFor(text.Size().Width), text.String())
				for _, word := range strings.Fields(text.String()) {
					require.LessOrEqual(t, control.Words(word, 15, true, theme.Ink).NaturalWidth(), max(text.Size().Width, 60)+1, "%q is cut off", word)
				}
			}
			return true
		})
	}
}
