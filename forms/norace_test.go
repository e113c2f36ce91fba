//go:build !race

package forms_test

// slow is how much longer everything may take: not at all.
const slow = 1
