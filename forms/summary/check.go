package summary

// What may change here: the words in which a plan is told that its page cannot be printed.

import (
	"errors"
	"fmt"

	"cmc/forms"
)

// Check says why s could not be printed, as problems that stop an approval (domain.md 5 X24: what the summary cannot show is
// refused, never cut). It is empty for nearly every plan: the lengths of the form's texts see to that. The service asks it
// before it approves, the form of the desktop at each pause in typing and before it sends (ui/wizard). Of a full plan it takes some
// 20 ms, more than a key may: keep it off the drawing thread. Item is the field to land in, where one is known; Step is not filled.
func Check(s forms.Summary) []forms.Problem {
	var out []forms.Problem
	add := func(item, words string) {
		out = append(out, forms.Problem{Item: item, Rule: "X24", Severity: forms.Stop, Words: words})
	}
	for _, m := range missingGlyphs(s) {
		add(m.item, fmt.Sprintf("The one-page summary cannot print the character %q (%U) under “%s”: write it in other letters, or in words.",
			string(m.Rune), m.Rune, m.Where))
	}
	var none ErrNoRoom
	switch _, err := Fit(s); {
	case errors.As(err, &none):
		add(none.Item, fmt.Sprintf("The one-page summary has no room for all that must be on it: shorten what stands under “%s”.", none.Block))
	case err != nil:
		add("", "The link to the live plan cannot stand on the one-page summary: it is too long, or it holds an NHS number.")
	}
	return out
}
