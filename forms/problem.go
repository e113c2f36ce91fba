package forms

// What may change here: what a finding looks like to every face.

// A Severity says what a problem stops.
type Severity string

// The severities. Stop blocks the step that was asked about (see Scope); Confirm needs a person to say "yes, still so"
// with a reason, kept in the audit; Advise stops nothing.
const (
	Stop    Severity = "stop"
	Confirm Severity = "confirm"
	Advise  Severity = "advise"
)

// A Scope says what the check is for.
type Scope string

// The scopes. ForSave finds values that cannot be kept as they stand (wrong shape, no such date, too long) and the draft
// minimum; ForApproval finds everything. A draft with problems can always be kept: see Validate.
const (
	ForSave     Scope = "save"
	ForApproval Scope = "approval"
)

// A Problem is one finding, ready for a person to read. The same words appear beside the field, on the check page and in
// problem+json.
type Problem struct {
	Item     string   `json:"item"`            // id of the field to land in
	Row      string   `json:"row,omitempty"`   // id of the row, when the item is in a repeating group; "group/row" is not used
	Group    string   `json:"group,omitempty"` // id of the repeating group, with Row
	Step     string   `json:"step"`            // id of the step that holds it; Validate fills it
	Rule     string   `json:"rule"`            // "X06"; "X01" for a gap; "format", "range", "length", "shape" for one value
	Severity Severity `json:"severity"`
	Gap      bool     `json:"gap,omitempty"` // true when nothing is wrong but an answer is missing
	Words    string   `json:"words"`         // one sentence, no patient data beyond option labels
}
