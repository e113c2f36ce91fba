package access

// What may change here: who learns at which computer something was done.

// Workstations says whether a person learns at which computer a plan was read or changed. It is for governance, who look into what
// went wrong; to colleagues it would say where somebody worked and when, and to the person whom the plan is about it says nothing.
func Workstations(p Person) bool { return Of(p).Safety }
