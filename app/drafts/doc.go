// Package drafts holds the words of a plan while a person writes them, and never loses one.
//
// An Editor holds one plan in memory. What is typed is kept on this computer at each pause in typing (Store, encrypted at
// rest) and sent to the central service as a merge patch. Whatever goes wrong on the way (no connection, a full disk, an
// expired sign-in, someone else's save), the words stay in the editor and the Status says so in a sentence.
//
// Contract:
//   - No method of Editor without a context blocks: it touches memory only. Any goroutine may call it.
//   - Two people's changes to different fields merge by themselves. Two changes to one field, and any two changes inside a
//     guarded section (domain.md X23), wait for a person; nothing is sent for those fields until then.
//   - The package decides nothing clinical: what is wrong with a value is forms', what may be saved is the service's.
//   - No log line, file name or error text of this package holds an answer.
//   - No Fyne.
package drafts
