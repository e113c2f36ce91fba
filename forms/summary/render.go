package summary

// What may change here: what is checked before a page is printed.

import (
	"fmt"
	"io"
	"sort"
	"strings"
	"time"

	"cmc/forms"
)

// A MissingGlyph is a character that the page cannot print, and where it stands: the title of a block, "Person",
// "Status", "Alert" or "Footer".
type MissingGlyph struct {
	Rune  rune
	Where string
}

// ErrGlyph says that the page was not made because the font lacks characters. The text can be changed, and then it can.
type ErrGlyph struct {
	Runes []rune // each once, ascending
	Where string // the places, as in MissingGlyph, separated by commas
}

// Error names the characters by their code points, and the places; it repeats no words of the plan.
func (e ErrGlyph) Error() string {
	var codes []string
	for _, r := range e.Runes {
		codes = append(codes, fmt.Sprintf("%U", r))
	}
	return fmt.Sprintf("summary: the page cannot print %s (in %s)", strings.Join(codes, ", "), e.Where)
}

// Render writes s as a PDF of exactly one A4 page. The same Summary gives the same bytes. The error is an ErrGlyph, an
// ErrNoRoom, ErrLink, or what w returned; nothing has been written for the first three.
func Render(w io.Writer, s forms.Summary) error {
	if missing := MissingGlyphs(s); len(missing) > 0 {
		return newErrGlyph(missing)
	}
	t, err := arrange(s)
	if err != nil {
		return err
	}
	page, err := t.page()
	if err != nil {
		return err
	}
	return draw(w, page, written(s.Header))
}

// written is the time that the PDF says it was made at.
func written(h forms.Header) time.Time {
	for _, t := range []time.Time{h.PrintedAt, h.AsAt, h.ApprovedAt} {
		if !t.IsZero() {
			return t.UTC()
		}
	}
	return time.Unix(0, 0).UTC()
}

// MissingGlyphs lists the characters of s that the page cannot print, each once for each place, in the order of the
// page. Say so before printing; Render refuses such a page. Arrows, ticks, boxes and accents are there; emoji, Chinese,
// Japanese and Korean, and scripts that are written from right to left are not.
func MissingGlyphs(s forms.Summary) []MissingGlyph {
	var out []MissingGlyph
	seen := map[MissingGlyph]bool{}
	for _, m := range missingGlyphs(s) {
		if !seen[m.MissingGlyph] {
			seen[m.MissingGlyph] = true
			out = append(out, m.MissingGlyph)
		}
	}
	return out
}

// A missingAt is a missing character with the field that it was written in, where that is known.
type missingAt struct {
	MissingGlyph
	item string
}

// The fields of the person and the alert, by their ids in the plan. A test holds that they are there.
const (
	itemName      = "family_name"
	itemPreferred = "preferred_name"
	itemWhere     = "address_usual"
	itemUrgent    = "urgent_banner"
)

func missingGlyphs(s forms.Summary) []missingAt {
	var out []missingAt
	seen := map[missingAt]bool{}
	look := func(where, item string, texts ...string) {
		for _, t := range texts {
			for _, r := range tidy(t) {
				m := missingAt{MissingGlyph{r, where}, item}
				if !printable(r) && !seen[m] {
					seen[m] = true
					out = append(out, m)
				}
			}
		}
	}
	b := s.Banner
	look("Status", "", s.Strip...)
	look("Person", itemName, b.Name)
	look("Person", itemPreferred, b.Preferred)
	look("Person", itemWhere, b.Where)
	look("Person", "", b.Born, b.Died, b.AgeAtDeath, b.Gender, b.NHSNumber, b.Language)
	look("Alert", itemUrgent, s.Urgent)
	for _, bl := range normal(s).Blocks {
		look(bl.Title, "", bl.Title, bl.Headline, bl.More, bl.Dated)
		for _, l := range bl.Lines {
			item := firstItem(l)
			look(bl.Title, item, l.Name)
			for _, sp := range l.Spans {
				look(bl.Title, item, sp.Text)
			}
			for _, c := range l.Columns {
				for _, sp := range c {
					look(bl.Title, item, sp.Text)
				}
			}
		}
	}
	look("Footer", "", s.Footer...)
	look("Footer", "", s.Left...)
	look("Footer", "", s.Header.PrintedBy, s.Header.PrintedOrg, s.Header.Hash)
	return out
}

// firstItem is the first field of a line.
func firstItem(l forms.Line) string {
	if len(l.Items) == 0 {
		return ""
	}
	return l.Items[0]
}

func newErrGlyph(missing []MissingGlyph) ErrGlyph {
	var e ErrGlyph
	var where []string
	runes, places := map[rune]bool{}, map[string]bool{}
	for _, m := range missing {
		if !runes[m.Rune] {
			runes[m.Rune] = true
			e.Runes = append(e.Runes, m.Rune)
		}
		if !places[m.Where] {
			places[m.Where] = true
			where = append(where, m.Where)
		}
	}
	sort.Slice(e.Runes, func(i, j int) bool { return e.Runes[i] < e.Runes[j] })
	e.Where = strings.Join(where, ", ")
	return e
}
