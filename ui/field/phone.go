package field

// What may change here: how this kind is typed. What is right is said by package nhs.

import (
	"cmc/forms"
	"cmc/forms/nhs"
)

func init() {
	kinds[forms.Phone] = func(f *frame) body {
		return newLine(f, 240, func(s string) (string, bool) {
			norm, err := nhs.CheckPhone(s)
			return norm, err == nil
		})
	}
}
