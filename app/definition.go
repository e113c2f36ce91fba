package app

// What may change here: where the definition of a stored plan comes from.

import (
	"cmc/forms"
	"cmc/forms/plan"
)

// definition is the form that a plan was written under.
func (d *Desk) definition(name string) (*forms.Definition, bool) {
	if d.p.Definition != nil {
		return d.p.Definition(name)
	}
	return plan.DefinitionFor(name)
}
