package nhs

import "errors"

// What may change here: the words of an error. The Err values themselves are compared by callers and stay.

// Error is a refusal of what was typed: Kind is one of the Err values of this package, Words a full sentence for the person
// who typed it. It holds nothing that was typed, except that a day that does not exist may be named ("31 February").
type Error struct {
	Kind  error
	Words string
}

// Error gives the sentence.
func (e *Error) Error() string { return e.Words }

// Unwrap gives the kind, so that errors.Is works.
func (e *Error) Unwrap() error { return e.Kind }

func refuse(kind error, words string) error { return &Error{Kind: kind, Words: words} }

// The kinds of refusal that any parser may give.
var (
	ErrEmpty   = errors.New("nhs: nothing was entered")
	ErrLetters = errors.New("nhs: characters that do not belong")
	ErrLength  = errors.New("nhs: too short or too long")
	ErrShape   = errors.New("nhs: not of the usual shape")
)
