package field

// What may change here: nothing. A computed item is never asked; it writes words for the summary.

import "cmc/forms"

func init() { kinds[forms.Computed] = func(*frame) body { return noBody{} } }
