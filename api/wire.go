package api

// What may change here: shapes that cross the wire beside those of types.go. Add; never rename.

// NewComment is what a reviewer writes (POST /v1/plans/{id}/comments).
type NewComment struct {
	Item string `json:"item,omitempty" maxLength:"100"`
	Row  string `json:"row,omitempty" maxLength:"100"`
	Text string `json:"text" maxLength:"1000"`
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
}
