package field

// What may change here: how a registration number is typed. What is right is said by package nhs.

import (
	"cmc/forms"
	"cmc/forms/nhs"
)

func init() {
	kinds[forms.RegNumber] = func(f *frame) body {
		return newLine(f, 180, func(s string) (string, bool) {
			_, norm, err := nhs.CheckRegNumber(s)
			return norm, err == nil
		})
	}
}
