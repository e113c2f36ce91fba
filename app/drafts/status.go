package drafts

// What may change here: what an editor says about the safety of a person's words.

import (
	"slices"
	"strings"
	"time"

	"cmc/forms"
)

// A State says where the newest words are.
type State string

// The states. Only StateSaved means that the service has everything.
const (
	StateSaved    State = "saved"    // the service has every word
	StateSaving   State = "saving"   // words are on their way
	StateKept     State = "kept"     // not at the service, kept on this computer; tried again by itself
	StateUnkept   State = "unkept"   // not at the service and not kept on this computer: the words are only in this window
	StateConflict State = "conflict" // someone else changed the same thing: a person must choose (Status.Conflict)
	StateRefused  State = "refused"  // the service does not take some values (Status.Problems); the others are saved
)

// A Status is what the foot of the form says.
type Status struct {
	State    State
	At       time.Time       // when the service last had everything; zero: not since the plan was opened
	Waiting  int             // how many answers the service does not have yet
	Kept     bool            // this computer or the service has every word; false: some are in this window alone
	Words    string          // one line for people: "Saved centrally at 14:02"
	SignIn   bool            // the words wait for the person to sign in again
	Conflict *Conflict       // set in StateConflict
	Problems []forms.Problem // values that the service refused, each at its field
	Whole    error           // in StateRefused: why the service takes nothing of this draft; nil: it takes the rest
}

// A Conflict is what two people wrote in the same place. All three versions are whole, so that any part can be shown.
type Conflict struct {
	By     string        // who saved the newest of the other words; each Clash has its own
	At     time.Time     // when they did
	Base   forms.Answers // what both started from
	Theirs forms.Answers // as the other person saved it
	Mine   forms.Answers // as it stands in this editor
	Fields []Clash       // what a person must choose, in the order of the form
}

// A Clash is one place where a person must choose.
type Clash struct {
	At                 At
	Label              string    // the field's short label, for people
	By                 string    // who wrote the other words, as far as the service says: it notes who last wrote in a section
	When               time.Time // when they did
	Base, Theirs, Mine forms.Answer
	InBase, InTheirs   bool // false: there is no answer in that version
	InMine             bool
	Guarded            bool // the section is one where nothing merges by itself (domain.md X23)
	News               bool // only the other person changed it, in a section that a person always decides: it stands until Mine is put back
}

// has says whether a conflict asks the same as another does: with the same words of the other person, on the same ground.
func (c *Conflict) has(field Clash) bool {
	return c != nil && slices.ContainsFunc(c.Fields, func(f Clash) bool { return f.Asks(field) })
}

// Asks says whether a clash asks the same as another one, whatever this person's own words are by now.
func (c Clash) Asks(other Clash) bool {
	return c.At == other.At && c.News == other.News && c.InBase == other.InBase && c.Base.Equal(other.Base) &&
		c.InTheirs == other.InTheirs && c.Theirs.Equal(other.Theirs)
}

// At names one answer: an item at the top level (Group and Row empty), an item in a row of a repeating group, a whole row
// (Item empty), or a whole group (only Item set, to the group's id: then it is about the order of its rows).
type At struct {
	Group, Row, Item string
}

// String is the place in one line, for a key: "group/row/item".
func (at At) String() string { return at.Group + "/" + at.Row + "/" + at.Item }

// readAt is the reverse of String. Ids hold no stroke.
func readAt(s string) At {
	parts := append(strings.SplitN(s, "/", 3), "", "", "")
	return At{Group: parts[0], Row: parts[1], Item: parts[2]}
}
