package wizard

// What may change here: what stops a plan beside the rules of the form, and its words: answers that are half typed.

import (
	"maps"
	"strings"

	"cmc/app/drafts"
	"cmc/forms"
)

// ruleTyped names the problem of words that are not a value yet. No plan can hold them, so only the desktop finds it.
const ruleTyped = "typed"

// asked goes through the questions that are asked now and take an answer of their own, in the order of the form, row by row.
func (w *Wizard) asked(visit func(it *forms.Item, at drafts.At, r forms.Reader)) {
	for it := range w.def.Items() {
		switch {
		case it.Kind == forms.Computed || it.Kind == forms.Group:
		case it.InGroup() == nil:
			if w.reader.Visible(it.ID) {
				visit(it, drafts.At{Item: it.ID}, w.reader)
			}
		default:
			group := it.InGroup().ID
			for _, r := range w.reader.Rows(group) {
				if r.Visible(it.ID) {
					visit(it, drafts.At{Group: group, Row: r.RowID(), Item: it.ID}, r)
				}
			}
		}
	}
}

// withTyped adds a problem for each place where words are half typed: the answer that stood there is gone, and a plan that
// went without it would be silently poorer. Such a problem stands in the place of the gap that it leaves. What this person
// cannot put right stops nothing.
func (w *Wizard) withTyped(problems []forms.Problem) []forms.Problem {
	w.typed = w.d.Editor.HalfTyped()
	if len(w.typed) == 0 {
		return problems
	}
	found := map[drafts.At]bool{}
	var typed []forms.Problem
	w.asked(func(it *forms.Item, at drafts.At, _ forms.Reader) {
		raw, ok := w.typed[at]
		if !ok || it.System || w.d.Locked != nil && w.d.Locked(it) {
			return
		}
		found[at] = true
		typed = append(typed, forms.Problem{Severity: forms.Stop, Step: it.InStep().ID, Item: at.Item, Group: at.Group, Row: at.Row,
			Rule: ruleTyped, Words: typedWords(it, raw)})
	})
	out := make([]forms.Problem, 0, len(problems)+len(typed))
	for _, p := range problems {
		if !p.Gap || !found[placeOf(p)] {
			out = append(out, p)
		}
	}
	return append(out, typed...)
}

// typedChanged says whether other words are half typed than those that the form knows: a choice between two versions ends some.
func (w *Wizard) typedChanged() bool { return !maps.Equal(w.typed, w.d.Editor.HalfTyped()) }

// typedWords say what is wrong with half-typed words, wherever the field itself is not in sight.
func typedWords(it *forms.Item, raw string) string {
	what := "an answer"
	switch it.Kind {
	case forms.Integer, forms.Decimal:
		what = "a number"
	case forms.Date, forms.PartialDate:
		what = "a date"
	case forms.DateTime: // typed in two boxes
		what = "a date and a time"
		raw = strings.Replace(raw, " | ", " ", 1)
	case forms.NHSNumber:
		what = "an NHS number"
	case forms.Choice, forms.Choices:
		what = "one of the answers in the list"
	case forms.Address:
		what = "an address with a postcode"
	case forms.Phone:
		what = "a telephone number"
	case forms.Email:
		what = "an email address"
	}
	return it.ShortLabel() + ": \u201c" + strings.TrimSpace(raw) + "\u201d is not " + what + " yet"
}
