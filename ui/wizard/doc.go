// Package wizard is the guided form: the steps at the left, one step in the middle, what a crew will read at the right, and
// the page that checks and sends.
//
// Contract:
//   - It holds no rule and no message about a plan: problems, words, progress and the summary come from package forms.
//   - The page of a step is built once and kept; a change of an answer updates it in place and never takes the keyboard from
//     the person who is typing.
//   - Every answer goes into the editor at once. What the foot says about saving is the editor's Status.
//   - Calls to the service go through Deps.Work; nothing here blocks.
package wizard
