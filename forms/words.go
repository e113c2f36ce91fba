package forms

// What may change here: how an answer reads for a person.

import (
	"strconv"
	"strings"
	"time"

	"cmc/forms/nhs"
)

// hiddenWords stand for an answer that is kept but not shown.
const hiddenWords = "Recorded (hidden)"

// Words puts an answer into words, in full: option labels, dates as 09-Jun-1941, "Unknown", "Not discussed". A blank
// answer gives "". Secrets and sensitive answers give "Recorded (hidden)". A reference gives "Another entry": Reader.Words
// knows which.
func Words(it *Item, a Answer) string {
	return words(it, a, false)
}

// StateWords puts a state into words; "" for Answered.
func StateWords(s State) string {
	switch s {
	case Answered:
		return ""
	case Unknown:
		return "Unknown"
	case NotDiscussed:
		return "Not discussed"
	case Declined:
		return "Declined to say"
	case NotApplicable:
		return "Not applicable"
	}
	return hiddenWords
}

// words is Words; for the crew it takes the words of the summary where an option has them.
func words(it *Item, a Answer, crew bool) string {
	switch {
	case a.State != Answered:
		return StateWords(a.State)
	case a.Blank():
		return ""
	case it.Kind == Secret, it.Sensitive:
		return hiddenWords
	}
	switch it.Kind {
	case Choice:
		return optionWords(it, a.Text, crew)
	case Choices:
		list := make([]string, 0, len(a.Codes))
		for _, o := range it.Options { // in the order of the definition, whatever the order of the clicks
			for _, c := range a.Codes {
				if c == o.Code {
					list = append(list, optionWords(it, c, crew))
				}
			}
		}
		for _, c := range a.Codes {
			if it.Option(c) == nil {
				list = append(list, c)
			}
		}
		return strings.Join(list, "; ")
	case YesNo:
		if a.Bool == nil {
			return ""
		}
		if *a.Bool {
			return "Yes"
		}
		return "No"
	case Integer, Decimal:
		if a.Number == nil {
			return ""
		}
		return numberWords(it, *a.Number)
	case Date, PartialDate:
		return nhs.FormatDate(a.Text)
	case DateTime:
		t, err := time.Parse(time.RFC3339, a.Text)
		if err != nil {
			return a.Text
		}
		return nhs.FormatDateTime(t)
	case NHSNumber:
		return nhs.FormatNHSNumber(a.Text)
	case Address:
		if a.Address == nil {
			return ""
		}
		return a.Address.String()
	case Coded:
		if a.Coded == nil {
			return a.Text
		}
		if strings.TrimSpace(a.Coded.Text) == "" {
			return "Code " + a.Coded.Code // words are always stored; where a sender left them out, say so rather than nothing
		}
		return a.Coded.Text
	case File:
		if a.File == nil {
			return ""
		}
		if strings.TrimSpace(a.File.Name) == "" {
			return "A file without a name"
		}
		return a.File.Name
	case Ref:
		return "Another entry"
	case Group:
		if len(a.Rows) == 1 {
			return "1 entry"
		}
		return strconv.Itoa(len(a.Rows)) + " entries"
	}
	return a.Text
}

// numberWords writes a number with its unit: "90 %", "62.5 kg".
func numberWords(it *Item, n float64) string {
	s := strconv.FormatFloat(n, 'f', -1, 64)
	if it.Unit != "" {
		s += " " + it.Unit
	}
	return s
}

func optionWords(it *Item, code string, crew bool) string {
	o := it.Option(code)
	switch {
	case o == nil:
		return code
	case crew && o.Crew != "":
		return o.Crew
	}
	return o.Label
}

// String writes an address on one line, with commas.
func (a PostalAddress) String() string {
	parts := make([]string, 0, len(a.Lines)+1)
	for _, l := range append(append([]string(nil), a.Lines...), a.Postcode) {
		if l = strings.TrimSpace(l); l != "" {
			parts = append(parts, l)
		}
	}
	return strings.Join(parts, ", ")
}

// Words puts the visible answer to an item into words; "" when it is hidden or blank. A reference reads as the title of the
// row that it names.
func (r Reader) Words(id string) string {
	r.note(id)
	it := r.v.d.items[id]
	if it == nil || !r.visible(it) {
		return ""
	}
	a, ok := r.raw(it)
	if !ok {
		return ""
	}
	return r.wordsOf(it, a, false)
}

// wordsOf puts an answer into words whether it is visible or not.
func (r Reader) wordsOf(it *Item, a Answer, crew bool) string {
	if it.Kind == Ref && a.State == Answered && !a.Blank() && !it.Sensitive {
		group, row, ok := r.ref(it, a)
		if !ok {
			return "An entry that is no longer in the plan"
		}
		if title := row.Title(); title != "" {
			return title
		}
		return r.v.d.items[group].ShortLabel()
	}
	return words(it, a, crew)
}

// Title names the row that the Reader stands in, by the answer that the group's RowTitle names; "" at the top, or when that
// is blank, hidden or not for showing.
func (r Reader) Title() string {
	if r.row == nil || r.row.group.RowTitle == "" {
		return ""
	}
	it := r.v.d.items[r.row.group.RowTitle]
	if it == nil || it.Kind == Ref || it.Kind == Secret || it.Sensitive {
		return ""
	}
	a, ok := r.raw(it)
	if !ok || a.State != Answered {
		return ""
	}
	return words(it, a, false)
}
