package field

// What may change here: dates of which only the year, or the month and year, may be known.

import (
	"cmc/forms"
	"cmc/forms/nhs"
)

func init() {
	kinds[forms.PartialDate] = func(f *frame) body {
		return newDated(f, func(s string) (string, error) { return nhs.ParsePartialDate(s, f.b.Draft.Today()) })
	}
}
