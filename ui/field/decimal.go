package field

// What may change here: numbers with decimals are typed like whole ones; forms says which are wrong.

import "cmc/forms"

func init() { kinds[forms.Decimal] = newNumber }
