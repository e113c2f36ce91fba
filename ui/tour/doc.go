// Package tour does the main job by itself, in the real window and with the keyboard alone: a care-home nurse writes a plan
// with a resident, a GP reviews and approves it, an ambulance clinician reads it and saves the page. It is the test of the
// whole, the source of the pictures in docs/, and what a trainer shows to people.
//
// Contract:
//   - It reaches every control as a person does: the Tab key or a link leads to it, keys fill it. It calls nothing that a
//     person could not do at the keyboard.
//   - It waits for what it expects to see, never for a time; with a pace it also leaves people the time to read.
//   - Run is called on a goroutine of its own, never on the drawing thread. Params.Do brings it there.
//   - What it writes is invented.
package tour
