package drafts

// What may change here: what can go wrong with a draft, as errors. app.Explain gives each its sentences.

import (
	"errors"
	"fmt"
	"strings"

	"cmc/api"
	"cmc/app/kept"
	"cmc/app/platform"
)

var (
	// ErrConflict says that someone else changed the same thing and a person must choose (Status.Conflict).
	ErrConflict = errors.New("someone else changed the same answer")
	// ErrNotChosen says that Resolve was called without a choice for every field as it is now.
	ErrNotChosen = errors.New("not every field of the conflict has a choice")
	// ErrOnlyHere says that words are neither at the service nor kept on this computer.
	ErrOnlyHere = errors.New("the words are only in this window")
	// ErrWrongKey says that the store on this computer does not open with the key.
	ErrWrongKey = errors.New("the local store does not open with this key")
	// ErrNewer says that a newer version of this program keeps words of the plan in the store on this computer.
	ErrNewer = errors.New("the words kept here are of a newer version of this program")
	// ErrClosed says that the editor or the store has ended.
	ErrClosed = errors.New("closed")
)

// The service's no that need not be asked for: its plan says that nothing can be written in it any more.
var (
	errNoDraft = &api.Problem{Type: api.TypeOf(api.CodeState), Status: 409, Title: "The draft of this plan is closed, so what you wrote cannot go into it.",
		Detail: "It was not saved in the plan, and nothing was overwritten."}
	errNoSave = &api.Problem{Type: api.TypeOf(api.CodeState), Status: 409, Title: "You cannot write in this plan any more, so what you wrote cannot go into it.",
		Detail: "It was not saved in the plan, and nothing was overwritten."}
)

// errNoNote says that the service will not keep words that were not chosen.
var errNoNote = &api.Problem{Type: api.TypeOf(api.CodeState), Status: 409, Title: "Words that were not chosen cannot be kept with this plan as a note any more.",
	Detail: "What was chosen stands. The words that were not chosen were not saved in the plan."}

// A RefusedError says that the service does not take some values. The others are saved.
type RefusedError struct {
	Count int
	Err   error // what the service said
}

// Error names how many, never what.
func (r *RefusedError) Error() string {
	return fmt.Sprintf("the service refused %d answers: %v", r.Count, r.Err)
}

// Unwrap gives what the service said.
func (r *RefusedError) Unwrap() error { return r.Err }

// WhyNotKept says why this computer cannot keep words; it goes after "this computer cannot keep it: ".
func WhyNotKept(err error) string {
	switch {
	case errors.Is(err, ErrWrongKey):
		return "the key in its keychain does not fit"
	case errors.Is(err, ErrNewer):
		return "a newer version of this program keeps words of this plan here"
	case errors.Is(err, kept.ErrInUse):
		return "another window of this program has what is kept"
	case platform.IsDiskFull(err):
		return "its disk is full"
	case platform.IsDenied(err):
		return "this program may not write to its folder"
	}
	return "its disk gave an error"
}

// ItemOf is the id of the item in a problem's location: "body.answers.nhs_number" gives "nhs_number".
func ItemOf(location string) string { return placeOf(location).Item }

// placeOf reads a problem's location, "body.answers.ITEM" or "body.answers.GROUP.rows.ROW.answers.ITEM", with or without
// "body" and "answers".
func placeOf(location string) At {
	var parts []string
	for _, part := range strings.Split(location, ".") {
		if part != "body" && part != "answers" && part != "rows" && part != "" && part != "value" {
			parts = append(parts, part)
		}
	}
	switch len(parts) {
	case 0:
		return At{}
	case 1:
		return At{Item: parts[0]}
	case 2:
		return At{Group: parts[0], Row: parts[1]}
	}
	return At{Group: parts[0], Row: parts[1], Item: parts[2]}
}
