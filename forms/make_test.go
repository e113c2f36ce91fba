package forms_test

// What may change here: how plans are made up for the property tests: any answers at all that the small form can hold,
// right or wrong, hidden or not.

import (
	"fmt"
	"time"

	"pgregory.net/rapid"

	"cmc/forms"
)

// anyText draws words that Decode lets through: anything but hidden and control characters.
func anyText(multiline bool) *rapid.Generator[string] {
	letters := []rune("abcXYZ019 .,;'\"<>&éß–€漢😀\u0301\u00a0")
	if multiline {
		letters = append(letters, '\n')
	}
	return rapid.StringOfN(rapid.SampledFrom(letters), 0, 20, -1)
}

// anyAnswer draws an answer that item can store; blank ones too.
func anyAnswer(t *rapid.T, d *forms.Definition, it *forms.Item) forms.Answer {
	name := it.ID
	if rapid.IntRange(0, 4).Draw(t, name+" has a state") == 0 {
		return forms.StateAnswer(rapid.SampledFrom([]forms.State{forms.Unknown, forms.NotDiscussed, forms.Declined, forms.NotApplicable}).Draw(t, name))
	}
	codes := make([]string, len(it.Options))
	for i, o := range it.Options {
		codes[i] = o.Code
	}
	switch it.Kind {
	case forms.Choice:
		return forms.ChoiceAnswer(rapid.SampledFrom(codes).Draw(t, name))
	case forms.Choices:
		return forms.ChoicesAnswer(rapid.SliceOfDistinct(rapid.SampledFrom(codes), func(s string) string { return s }).Draw(t, name)...)
	case forms.YesNo:
		return forms.BoolAnswer(rapid.Bool().Draw(t, name))
	case forms.Integer:
		return forms.NumberAnswer(float64(rapid.IntRange(-5, 120).Draw(t, name)))
	case forms.Decimal:
		return forms.NumberAnswer(rapid.Float64Range(-1e6, 1e6).Draw(t, name))
	case forms.Date:
		return forms.TextAnswer(anyDay().Draw(t, name).Format(time.DateOnly))
	case forms.PartialDate:
		return forms.TextAnswer(anyDay().Draw(t, name).Format(rapid.SampledFrom([]string{"2006", "2006-01", time.DateOnly}).Draw(t, name)))
	case forms.DateTime:
		return forms.TextAnswer(anyDay().Draw(t, name).Format(time.RFC3339))
	case forms.Address:
		return forms.AddressAnswer(forms.PostalAddress{
			Lines:    rapid.SliceOfN(anyText(false), 0, 6).Draw(t, name),
			Postcode: rapid.SampledFrom([]string{"", "SE1 0AA", "nowhere"}).Draw(t, name),
		})
	case forms.Coded:
		return forms.CodedAnswer(forms.CodedText{Text: anyText(false).Draw(t, name), System: rapid.SampledFrom([]string{"", "urn:x"}).Draw(t, name),
			Code: rapid.SampledFrom([]string{"", "1"}).Draw(t, name)})
	case forms.File:
		return forms.FileAnswer(forms.FileRef{Name: anyText(false).Draw(t, name), MediaType: "application/pdf", Size: rapid.Int64Range(0, 1<<40).Draw(t, name),
			SHA256: fmt.Sprintf("%064x", rapid.Uint64().Draw(t, name))})
	case forms.Ref:
		return forms.TextAnswer("contacts/" + anyRowID().Draw(t, name))
	case forms.LongText:
		return forms.TextAnswer(anyText(true).Draw(t, name))
	case forms.Group:
		rows := []forms.Row{}
		for _, id := range rapid.SliceOfNDistinct(anyRowID(), 0, 5, func(s string) string { return s }).Draw(t, name+" rows") {
			row := forms.Row{ID: id, Answers: forms.Answers{}}
			for _, c := range it.Items {
				if rapid.Bool().Draw(t, c.ID+" given") {
					row.Answers.Set(c.ID, anyAnswer(t, d, c))
				}
			}
			rows = append(rows, row)
		}
		return forms.RowsAnswer(rows...)
	}
	return forms.TextAnswer(anyText(false).Draw(t, name))
}

func anyRowID() *rapid.Generator[string] {
	return rapid.SampledFrom([]string{"a", "b", "c", "d", "e", "f"})
}

// anyDay draws a day from a century, most of them near today.
func anyDay() *rapid.Generator[time.Time] {
	return rapid.Custom(func(t *rapid.T) time.Time {
		back := rapid.SampledFrom([]int{40, 40 * 365}).Draw(t, "span")
		return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(-back, 40).Draw(t, "days"))
	})
}

// anyPlan draws a whole plan, a different one each time, with most answers there or most of them not.
func anyPlan(d *forms.Definition, label string) *rapid.Generator[forms.Answers] {
	return rapid.Custom(func(t *rapid.T) forms.Answers {
		a := forms.Answers{}
		often := rapid.IntRange(1, 9).Draw(t, label+" density")
		for it := range d.Items() {
			if it.InGroup() != nil || it.Kind == forms.Computed || it.Kind == forms.Group && !it.Repeats {
				continue
			}
			if rapid.IntRange(0, 9).Draw(t, it.ID+" given") < often {
				a.Set(it.ID, anyAnswer(t, d, it))
			}
		}
		return a
	})
}

// anyEdit draws a plan that differs from another in a few answers, as a person's save does.
func anyEdit(t *rapid.T, d *forms.Definition, a forms.Answers) forms.Answers {
	b := a.Clone()
	for it := range d.Items() {
		if it.InGroup() != nil || it.Kind == forms.Computed || it.Kind == forms.Group && !it.Repeats {
			continue
		}
		switch rapid.IntRange(0, 9).Draw(t, it.ID+" edit") {
		case 0:
			b.Set(it.ID, anyAnswer(t, d, it))
		case 1:
			delete(b, it.ID)
		}
	}
	return b
}
