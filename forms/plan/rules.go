package plan

// What may change here: the table of rules across fields, and nothing else. Each rule is one function, named for it, in the
// file of its group.

import "cmc/forms"

// Rules are the rules across fields of domain.md 5, in its order.
var Rules = []forms.CrossRule{}
