//go:build race

package forms_test

// slow is how much longer everything may take under the race detector.
const slow = 20
