package forms

// What may change here: the shape of a definition, which is the shape of the YAML files in forms/plan. A change here is a
// change of format: Definition.Check, the loader's tests and CONTRIBUTING.md change with it.

// A Definition is one version of a form: its steps in the order in which a clinician meets them. The shape follows FHIR R4
// Questionnaire (stable link ids, codes, enableWhen, repeats). Build one with Load; never change it afterwards.
type Definition struct {
	ID      string  // for example "urgent-care-plan"; never re-used
	Version string  // for example "1.0"; a stored plan names the version that it was written under
	Title   string  // for people
	Steps   []*Step // in the order of the guided form

	items  map[string]*Item // every item by id, nested ones included; filled by Load
	order  []*Item          // the same, depth first
	print  map[string][]*Item
	hooks  Hooks
	faults []error // found while linking; Check reports them with its own
}

// A Step is one page of the guided form: one YAML file.
type Step struct {
	ID       string     `yaml:"step"`     // stable, for example "resuscitation"
	Title    string     `yaml:"title"`    // "Resuscitation and treatment"
	Intro    string     `yaml:"intro"`    // one sentence under the title, may be empty
	When     *Rule      `yaml:"when"`     // nil: always shown
	Sections []*Section `yaml:"sections"` // cards on the page
}

// A Section is one card of a step, and the unit that is stamped with who recorded it (domain.md 4, "hidden set").
type Section struct {
	ID      string  `yaml:"section"` // stable, for example "cpr"; the names of domain.md 4
	Title   string  `yaml:"title"`
	Intro   string  `yaml:"intro"`
	When    *Rule   `yaml:"when"`
	Guarded bool    `yaml:"guarded"` // X22, X23: only a person merges or approves a change here
	Decided bool    `yaml:"decided"` // X23: when two people wrote, a person decides here even what only one of them changed; Guarded too
	Crew    bool    `yaml:"crew"`    // some answer of it is on the urgent summary
	Source  string  `yaml:"source"`  // where the section comes from, for example "domain.md 4.9; SCCI1580; NMDS"
	Items   []*Item `yaml:"items"`
}

// A Kind says how an item is asked and how its value is stored. The set is closed.
type Kind string

// The kinds, each with the Answer field that holds its value and the form of that value.
const (
	Text        Kind = "text"        // Answer.Text, one line
	LongText    Kind = "longtext"    // Answer.Text, several lines
	Choice      Kind = "choice"      // Answer.Text: one option code; radio buttons up to seven options, never a dropdown when Critical
	Choices     Kind = "choices"     // Answer.Codes: option codes, in the order of the definition
	YesNo       Kind = "yesno"       // Answer.Bool
	Date        Kind = "date"        // Answer.Text: 2006-01-02
	PartialDate Kind = "partialdate" // Answer.Text: 2006, 2006-01 or 2006-01-02
	DateTime    Kind = "datetime"    // Answer.Text: RFC 3339 with zone, minutes are enough: 2006-01-02T15:04:00Z
	Integer     Kind = "integer"     // Answer.Number, whole
	Decimal     Kind = "decimal"     // Answer.Number
	NHSNumber   Kind = "nhsnumber"   // Answer.Text: ten digits, no spaces
	ODS         Kind = "ods"         // Answer.Text: upper case
	Phone       Kind = "phone"       // Answer.Text: as the person writes it, single spaces; checked with CheckPhone
	Email       Kind = "email"       // Answer.Text
	RegNumber   Kind = "regnumber"   // Answer.Text: GMC, NMC or HCPC number, upper case
	Address     Kind = "address"     // Answer.Address
	Coded       Kind = "coded"       // Answer.Coded: the words are always stored, the code where one is known
	Secret      Kind = "secret"      // Answer.Text; masked on screen, never printed, exported or logged
	Ref         Kind = "ref"         // Answer.Text: "group/rowid" of a row of one of Item.RefTo
	File        Kind = "file"        // Answer.File: a description of a stored attachment, never its bytes
	Group       Kind = "group"       // Answer.Rows when Repeats, else the children stand at the top level
	Computed    Kind = "computed"    // never asked or stored: Compute names the function that writes its words for the summary
)

// A Need says when an item must hold something (columns D and A of domain.md 4).
type Need string

// The needs. A missing value under "answer" may be one of the other States.
const (
	NeedNever   Need = ""        // O: optional
	NeedSave    Need = "save"    // D=M: without it not even a draft can be kept; also needed to approve
	NeedApprove Need = "approve" // A=M: approval needs a real value
	NeedAnswer  Need = "answer"  // A=R: approval needs an answer, if only "unknown", "not discussed" or "declined"
)

// An Item is one question, or a group of them.
type Item struct {
	ID          string    `yaml:"id"` // stable, never re-used or renamed; snake_case; unique in the definition
	Kind        Kind      `yaml:"kind"`
	Label       string    `yaml:"label"`   // the question as asked, in words a patient could read
	Short       string    `yaml:"short"`   // the label in lists, comparisons and the summary; empty: Label
	Hint        string    `yaml:"hint"`    // help under the label, always shown
	Why         string    `yaml:"why"`     // unusual help, behind "Why we ask"
	Options     []*Option `yaml:"options"` // choice and choices, in order
	Suggest     []string  `yaml:"suggest"` // coded and text: a pick list that never limits what may be typed
	Unit        string    `yaml:"unit"`    // integer and decimal: "%", "kg"
	Min         *float64  `yaml:"min"`     // integer and decimal, inclusive
	Max         *float64  `yaml:"max"`     // integer and decimal, inclusive; on the text kinds the same key is MaxChars
	Step        float64   `yaml:"step"`    // integer: multiples of Step only, 0: any
	MaxChars    int       `yaml:"-"`       // text kinds, filled by Load from "max": characters (runes) at most; without it Load sets 200 (text, coded), 1000 (longtext), 100 (secret) (X24)
	Past        bool      `yaml:"past"`    // dates: not after today
	Future      bool      `yaml:"future"`  // dates: not before today
	Need        Need      `yaml:"need"`
	NeedWhen    *Rule     `yaml:"need_when"`   // column C: Need holds only while this does; nil: always
	When        *Rule     `yaml:"when"`        // relevance; a hidden answer is kept, counts for nothing, and is shown in review as no longer applying
	States      []State   `yaml:"states"`      // answers other than a value that are offered; Load adds unknown, not_discussed and declined under NeedAnswer when empty
	Codes       []Code    `yaml:"codes"`       // terminology bound to the question
	Critical    bool      `yaml:"critical"`    // a mistake here could kill: radio only, no default, marked "Critical" in review
	Sensitive   bool      `yaml:"sensitive"`   // masked until revealed with a reason; not printed
	Patient     bool      `yaml:"patient"`     // the patient may edit it (domain.md 10.1, first row)
	Admin       bool      `yaml:"admin"`       // a practice administrator may edit it (demographics and contacts)
	NonClinical bool      `yaml:"nonclinical"` // care-home staff may edit it without a clinician (domain.md 10.2)
	System      bool      `yaml:"system"`      // column "a": set by the service, shown, never typed
	Rapid       bool      `yaml:"rapid"`       // part of the approval minimum: asked in a rapid plan (domain.md 4.27)
	RefTo       []string  `yaml:"ref_to"`      // ref: the ids of the groups whose rows may be named
	Repeats     bool      `yaml:"repeats"`     // group: rows with stable ids
	RowTitle    string    `yaml:"row_title"`   // group: the id of the child that names a row
	AddLabel    string    `yaml:"add_label"`   // group: the words of the button, "Add another person"
	MaxRows     int       `yaml:"max_rows"`    // group: 0 means 50
	Items       []*Item   `yaml:"items"`       // group
	Checks      []string  `yaml:"checks"`      // named checks of one value, from Hooks.Checks
	Compute     string    `yaml:"compute"`     // computed: a name in Hooks.Computed
	Print       *Print    `yaml:"print"`       // nil: not on the summary
	Missing     string    `yaml:"missing"`     // words when it is missing; empty: made from Label
	Source      string    `yaml:"source"`      // where the row comes from, when it is not the section's source

	section *Section
	step    *Step
	parent  *Item
	group   *Item // the repeating group whose rows hold the answer; nil at the top level and for the group itself
	index   int   // place in Items
	end     int   // the index after the last descendant
}

// An Option is one member of a value set (domain.md 3).
type Option struct {
	Code  string `yaml:"code"`  // stored
	Label string `yaml:"label"` // shown in the form
	Hint  string `yaml:"hint"`  // under the label
	Crew  string `yaml:"crew"`  // the words on the summary; empty: Label
	Codes []Code `yaml:"codes"` // terminology
	When  *Rule  `yaml:"when"`  // offered only while this holds; a value whose option is not offered is a problem, never removed
}

// A Code is one code of a terminology.
type Code struct {
	System  string `yaml:"system" json:"system"` // "http://snomed.info/sct", or "urn:cmc:..." for a local code
	Code    string `yaml:"code" json:"code"`
	Display string `yaml:"display" json:"display"`
	Source  string `yaml:"source" json:"-"` // where it was seen: "domain.md 7.1 [S20]"
}

// A Print places an item on the urgent care summary.
type Print struct {
	Block   string `yaml:"block"`   // one of the ids in SummaryBlocks; empty for the children of a repeating group
	Order   int    `yaml:"order"`   // within the block, ascending; equal orders keep the order of the definition
	Label   string `yaml:"label"`   // bold words before the value; empty: none
	Style   string `yaml:"style"`   // "", "headline" (the block's large line), "strong", "quote" (the person's own words), "line" (starts a new line), "column" (child of a group: starts a column; three of them make a table)
	Unknown string `yaml:"unknown"` // printed when there is no value; empty: nothing is printed (items of blocks 2-9 must set it or have a sibling that does)
	Rows    int    `yaml:"rows"`    // group: how many rows are printed; the others are counted under More
	More    string `yaml:"more"`    // group: "more problem|more problems", one and many; rows that are not printed are counted in these words
	Only    *Rule  `yaml:"only"`    // group: rows for which this holds are printed; item: printed only when it holds
	Weight  int    `yaml:"weight"`  // what gives way first on a crowded page: higher goes first; 0 never gives way; the first row of a group weighs half
}

// A Rule is a condition on answers. Exactly one of Item, All, Any, Not is set. The set of operators is closed. Inside a
// repeating group an item is looked up in the same row first; from outside, a rule on an item of a repeating group holds
// when it holds for any row. A rule on choices holds when any chosen code matches. Two
// derived items exist: "@age" (whole years on the day, from birth_date; does not exist without it) and "@state:ITEM" (the
// State of an answer, as text, "answered" for a value). An answer that is hidden or not "answered" does not exist for a rule.
type Rule struct {
	Item  string  `yaml:"item"`
	Op    Op      `yaml:"op"`
	Value any     `yaml:"value"` // string, number or bool; a list of them for "in"
	All   []*Rule `yaml:"all"`
	Any   []*Rule `yaml:"any"`
	Not   *Rule   `yaml:"not"`
}

// An Op compares an answer with a value.
type Op string

// The operators. With no answer, every one of them but OpNotEqual is false; OpNotEqual is true.
const (
	OpExists   Op = "exists"
	OpEqual    Op = "="
	OpNotEqual Op = "!="
	OpLess     Op = "<"
	OpMore     Op = ">"
	OpIn       Op = "in"
)

// Hooks are the Go parts that a definition names: they are given to Load, which fails when a name is unknown.
type Hooks struct {
	Checks   map[string]func(Answer) string // a sentence, or "" when the value is right
	Computed map[string]func(Reader) []Span // words for the summary; nil: nothing to say
	Rules    []CrossRule                    // rules across fields, run in order by Validate
}

// A CrossRule is one rule across fields (X01 to X25 of domain.md 5).
type CrossRule struct {
	ID    string                 // "X06"
	Title string                 // one line, for documents
	Level Severity               // of the problems that it makes, unless a problem says otherwise
	Check func(Reader) []Problem // nil or empty: satisfied. It fills Item, Row, Words and, where it differs, Severity
}
