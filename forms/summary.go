package forms

import "time"

// What may change here: the order and the names of the blocks of the urgent care summary (domain.md 6), and the model that
// paper, screen and JSON share. Position is safety: the order never depends on the patient.

// SummaryBlocks are the ids of the blocks that answers print into, in their fixed order. Strip (0), banner (1) and footer
// (12) are fields of Summary.
var SummaryBlocks = []BlockKind{
	{"cpr", "Resuscitation"},
	{"treatment", "Level of treatment"},
	{"legal", "Legal"},
	{"problems", "If this happens"},
	{"allergies", "Allergies and critical medicines"},
	{"jic", "Just-in-case medicines"},
	{"call", "Call first"},
	{"access", "Getting in and hazards"},
	{"baseline", "Usual self"},
	{"place", "Where, and what matters"},
}

// A BlockKind is one block's id and its heading on paper and screen.
type BlockKind struct{ ID, Title string }

// A Header is what the lifecycle, not the answers, knows of the plan: it is the status strip and the footer.
type Header struct {
	Status      string              `json:"status"`  // vs_plan_status code
	Version     int                 `json:"version"` // 0 before the first approval
	ApprovedAt  time.Time           `json:"approved_at,omitzero"`
	ApprovedBy  string              `json:"approved_by,omitempty"` // "Dr A. Name (GP partner)"
	ReviewDue   string              `json:"review_due,omitempty"`  // 2006-01-02
	AsAt        time.Time           `json:"as_at"`                 // server time at which the content was read
	ChangeSince time.Time           `json:"change_since,omitzero"` // an amendment has been pending since
	Training    bool                `json:"training"`              // across every page: TRAINING - NOT A REAL PATIENT
	Draft       bool                `json:"draft"`                 // across every page: DRAFT - NOT FOR CLINICAL USE
	Hash        string              `json:"hash,omitempty"`        // short hash of the exact content, "8F3A-41C9"
	Link        string              `json:"link,omitempty"`        // what the QR code holds: an opaque plan id and version, no patient data
	PrintedBy   string              `json:"printed_by,omitempty"`
	PrintedOrg  string              `json:"printed_org,omitempty"`
	PrintedAt   time.Time           `json:"printed_at,omitzero"`
	Kept        string              `json:"kept,omitempty"`     // across the top, instead of the title: it does not come from the service now, and how old it is
	Recorded    map[string]Recorded `json:"recorded,omitempty"` // section id: a block whose section is older than the approval shows its own date
}

// A Summary is what a crew reads: the same model for paper, screen and JSON.
type Summary struct {
	Header Header   `json:"header"`
	Strip  []string `json:"strip"`            // left, middle, right of the status strip
	Urgent string   `json:"urgent,omitempty"` // urgent_banner: the one-line alert
	Banner Banner   `json:"banner"`
	Blocks []Block  `json:"blocks"` // always all of SummaryBlocks, in order
	Footer []string `json:"footer"` // lines; "Check the live plan before you act." first
	Left   []string `json:"left"`   // what the page cannot hold, counted and named: "2 problems", "6 medicines"
}

// A Banner is the patient in the NHS Common User Interface order and formats (domain.md 8).
type Banner struct {
	Name       string `json:"name"` // SMITH, John (Mr)
	Preferred  string `json:"preferred,omitempty"`
	Born       string `json:"born"`                   // 09-Jun-1941 (85y)
	Died       string `json:"died,omitempty"`         // 01-Nov-2026
	AgeAtDeath string `json:"age_at_death,omitempty"` // 85y
	Gender     string `json:"gender"`
	NHSNumber  string `json:"nhs_number"`         // 999 000 9600, or "Not Known"
	Where      string `json:"where,omitempty"`    // where the person is now
	Language   string `json:"language,omitempty"` // English, no interpreter needed
}

// A Block is one block of the summary.
type Block struct {
	ID       string `json:"id"`
	Title    string `json:"title"`
	Headline string `json:"headline,omitempty"` // the one large line (CPR, treatment)
	// HeadlineItems are the ids of the items behind the headline, so that a preview can mark what is being edited.
	HeadlineItems []string `json:"headline_items,omitempty"`
	Lines         []Line   `json:"lines"`
	More          string   `json:"more,omitempty"`  // "2 more problems in the full plan"
	Dated         string   `json:"dated,omitempty"` // the block's own date when older than the approval
}

// A Line is one printed line before wrapping. Columns are set for rows of a group that print as a table (problem, action,
// call first); else Spans.
type Line struct {
	Spans   []Span   `json:"spans,omitempty"`
	Columns [][]Span `json:"columns,omitempty"`
	Items   []string `json:"items,omitempty"`  // ids of the items shown, and of those that computed words were made of, so that a preview can mark what is being edited
	Weight  int      `json:"weight,omitempty"` // what gives way first on a crowded page; 0 never gives way
	Name    string   `json:"name,omitempty"`   // how this line is counted when it gives way: "problem", "contact", "medicine"
}

// A Span is words in one weight. The texts of a line's spans, one after another, are the line: spaces, commas and the
// quotation marks of a quote are in them.
type Span struct {
	Text   string `json:"text"`
	Strong bool   `json:"strong,omitempty"`
	Quote  bool   `json:"quote,omitempty"`
}
