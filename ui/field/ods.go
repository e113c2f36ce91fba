package field

// What may change here: how this kind is typed. What is right is said by package nhs.

import (
	"cmc/forms"
	"cmc/forms/nhs"
)

func init() {
	kinds[forms.ODS] = func(f *frame) body {
		return newLine(f, 140, func(s string) (string, bool) {
			norm, err := nhs.ParseODS(s)
			return norm, err == nil
		})
	}
}
