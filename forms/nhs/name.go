package nhs

import (
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"
)

// What may change here: how a name is shown. Names are stored as they were typed.

// FormatName shows a name as the patient banner does: SMITH, John (Mr). The family name is in upper case, the given name in
// title case only when it was typed all in one case ("JOHN", "john": a name such as McKenzie or d'Arcy stands as typed), the
// title in brackets without its full stop. Parts that are missing leave no comma or brackets behind. Nothing is ever cut (CUI
// NID-0001 to 0008).
func FormatName(family, given, title string) string {
	family, given, title = squeeze(family), squeeze(given), strings.TrimRight(squeeze(title), ".")
	out := cases.Upper(language.Und).String(family)
	if given != "" {
		if out != "" {
			out += ", "
		}
		out += givenCase(given)
	}
	if title = strings.TrimSpace(title); title != "" {
		if out != "" {
			out += " "
		}
		out += "(" + title + ")"
	}
	return out
}

func givenCase(s string) string {
	upper, lower := false, false
	for _, r := range s {
		upper = upper || unicode.IsUpper(r)
		lower = lower || unicode.IsLower(r)
	}
	if upper == lower {
		return s
	}
	// Every part of Jean-Luc and Mary Ann gets its capital; letters after an apostrophe do too (O'Neil).
	start := true
	return strings.Map(func(r rune) rune {
		first := start
		start = !unicode.IsLetter(r) && !unicode.IsMark(r)
		if first {
			return unicode.ToTitle(r)
		}
		return unicode.ToLower(r)
	}, s)
}

// squeeze turns every run of white space into one space and trims both ends.
func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }
