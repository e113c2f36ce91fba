package api

// What may change here: shapes that cross the wire beside those of types.go. Add; never rename.

import (
	"time"

	"cmc/forms"
)

// NewComment is what a reviewer writes (POST /v1/plans/{id}/comments).
type NewComment struct {
	Item string `json:"item,omitempty" maxLength:"100"`
	Row  string `json:"row,omitempty" maxLength:"100"`
	Text string `json:"text" maxLength:"1000"`
	// Hidden is an answer of Item that its writer gave up for another person's, where no note may repeat it: by its item. The service
	// keeps it sealed, and gives it to who asks for the answer of the draft (Reveal).
	Hidden forms.Answers `json:"hidden,omitempty"`
}

// Print says which version was printed (POST /v1/plans/{id}/prints). 0 is the draft.
type Print struct {
	Version int `json:"version"`
}

// Reveal asks for one hidden answer and says why (POST /v1/plans/{id}/reveal).
type Reveal struct {
	Item   string `json:"item" maxLength:"100"`
	Row    string `json:"row,omitempty" maxLength:"100"`
	Reason string `json:"reason" maxLength:"300"`
	Draft  bool   `json:"draft,omitempty"` // of the draft, for those who write or review it; else of the live version
}

// Revealed is the hidden answer. It is never stored, printed or logged by a client.
type Revealed struct {
	Item  string `json:"item"`
	Row   string `json:"row,omitempty"`
	Value string `json:"value"`
	// Unchosen are other answers that were written in this place of the draft and not chosen, oldest first.
	Unchosen []Unchosen `json:"unchosen,omitempty"`
}

// Unchosen is a hidden answer that another took the place of.
type Unchosen struct {
	Value string    `json:"value"`
	By    string    `json:"by"` // whose choice it was
	At    time.Time `json:"at"`
}
