package forms

import (
	"log/slog"
	"strconv"
	"time"
)

// What may change here: how an answer is held and how it looks in JSON. The JSON is stored for ever and is part of the
// contract in api: a change needs a migration and a test that old plans still read.

// A State says what kind of answer was given. Blank (no Answer at all) means never asked; it is never "no".
type State string

// The states of domain.md 4.27. The zero value means that a value was given.
const (
	Answered      State = ""
	Unknown       State = "unknown"
	NotDiscussed  State = "not_discussed"
	Declined      State = "declined"
	NotApplicable State = "not_applicable"
	Withheld      State = "withheld" // masked by the service for this reader; a reader may never send it back
)

// An Answer is what was said to one item. Only the field that the item's Kind names is set, and only when State is
// Answered. In JSON: {"value": ...} | {"state": "unknown"} | {"rows": {"id": {"order": 1, "answers": {...}}}}. The value is
// a string, a list of strings, a number, a bool, or an object: {"text": ...} for Coded, {"lines": [...]} for Address,
// {"sha256": ...} for File.
type Answer struct {
	State   State
	Text    string
	Codes   []string
	Number  *float64
	Bool    *bool
	Coded   *CodedText
	Address *PostalAddress
	File    *FileRef
	Rows    []Row // in their order
}

// Answers holds the answers of one plan by item id. Children of a repeating group live in its rows, all others at the top.
type Answers map[string]Answer

// A Row is one entry of a repeating group. Its ID never changes and is never re-used within the plan, so that audit,
// merge and comparison work per row.
type Row struct {
	ID      string
	Answers Answers
}

// CodedText is words with a code where one is known. Text is always there and is never derived from the code.
type CodedText struct {
	Text               string `json:"text"`
	System             string `json:"system,omitempty"`
	Code               string `json:"code,omitempty"`
	Display            string `json:"display,omitempty"`
	TerminologyVersion string `json:"terminology_version,omitempty"`
}

// PostalAddress is up to five lines and a postcode (PDS shape).
type PostalAddress struct {
	Lines    []string `json:"lines"`
	Postcode string   `json:"postcode,omitempty"`
}

// FileRef describes a stored attachment.
type FileRef struct {
	Name      string `json:"name"`
	MediaType string `json:"media_type"`
	Size      int64  `json:"size"`
	SHA256    string `json:"sha256"`
}

// Recorded is the hidden set of a section: who wrote it last, as what, for whom, when, and how it came in.
type Recorded struct {
	By     string    `json:"recorded_by"`
	Role   string    `json:"recorded_role"`
	Org    string    `json:"recorded_org_ods"`
	At     time.Time `json:"recorded_at"`
	Source string    `json:"source"` // typed, imported, patient or migrated
}

// LogValue keeps answers out of logs, whoever passes them there: it says only how many they are.
func (a Answers) LogValue() slog.Value {
	return slog.StringValue(strconv.Itoa(len(a)) + " answers")
}

// LogValue keeps an answer out of logs.
func (a Answer) LogValue() slog.Value { return slog.StringValue("an answer") }

// LogValue keeps a row's answers out of logs.
func (r Row) LogValue() slog.Value { return slog.StringValue("row " + r.ID) }
