// Package plan is THE urgent care plan: its questions (the YAML files beside this one), the ids of its fields, the rules
// across fields X01 to X25 of domain.md 5, the words that the summary needs worked out, the quality score and the limits
// of review.
//
// Contract:
//   - Everything here is pure: no clock, no network, no disk. "Today" comes with the Reader.
//   - Definition and what hangs from it are immutable and safe for any number of goroutines.
//   - No sentence made here holds a patient's answer, only labels of options.
//   - The package records and shows; it gives no treatment advice and ships no doses.
package plan

// What may change here: which versions of the plan can be read. An old version is never taken away.

import (
	"embed"
	"sync"

	"cmc/forms"
)

//go:embed *.yaml
var files embed.FS

// Definition is the plan that new plans are written under. It is built once; it panics only when the files built into the
// program are wrong, which a test holds that they are not.
var Definition = sync.OnceValue(func() *forms.Definition {
	d, err := forms.Load(files, ".", Hooks())
	if err != nil {
		panic("forms/plan: " + err.Error())
	}
	return d
})

// DefinitionFor finds the definition that a stored plan names, for example "urgent-care-plan@1.0"; false when this program
// does not know it.
func DefinitionFor(name string) (*forms.Definition, bool) {
	if d := Definition(); d.Name() == name {
		return d, true
	}
	return nil, false
}

// Hooks are the Go parts that the YAML names: checks of one value, computed words, and the rules across fields. They go
// with forms.Load, for a definition of one's own that grows from this one.
func Hooks() forms.Hooks {
	return forms.Hooks{Checks: checks, Computed: computed, Rules: Rules}
}
