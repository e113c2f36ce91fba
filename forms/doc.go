// Package forms is the engine under the urgent care plan: it reads a form's definition, holds a person's answers, and
// says what may be seen, what is wrong, what changed, how far the form has got, and what a crew will read.
//
// The plan is defined once, as data (forms/plan/*.yaml), and every face of it (the desktop form, the checks on client and
// server, the comparison, the JSON, the one-page summary) asks this package. A face holds no rule and no message.
//
// Contract:
//   - Every function here but NewRowID is pure: no clock, no network, no disk, no locale, no package state. "Today" is a parameter.
//   - A *Definition is immutable after Load and safe for any number of goroutines.
//   - Answers is a plain map owned by its holder: copy it with Clone before handing it to another goroutine.
//   - Nothing here logs, and no error text contains a patient's answer.
//   - The package imports nothing of this repository but forms/nhs.
//   - The one impure function is NewRowID, which asks crypto/rand.
package forms
