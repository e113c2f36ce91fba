// What may change here: the shapes that the central service seeds from, and the placeholders. The people and their plans are
// in the YAML files beside this one and may change freely, as long as the tests hold.

// Package training holds the invented people, organisations, accounts and plans of training mode. Nobody in it exists: NHS
// numbers are of the range that is never issued (999 000 0000 to 999 999 9999), phone numbers of the ranges that Ofcom
// keeps for drama, organisation codes and registration numbers are made up. The plans are no clinical advice and name no dose.
//
// Load reads the embedded files for a given day. Every date in them is written relative to that day, so that ages, review
// dates and medicines lists make sense whenever somebody practises. Load is pure: the same day gives the same people, bytes
// and ids. The package imports only the standard library and a YAML reader; it knows nothing of the form, and hands answers
// over as the JSON that the form's decoder reads:
//
//	{"family_name": {"value": "Smith"}, "prognosis": {"state": "not_discussed"}, "contacts": {"rows": {"ann": {"order": 1, "answers": {...}}}}}
//
// # How the files are written
//
// An answer is written as its bare value: a word, number, yes or no (true, false), a list of option codes, {text: ...} for coded
// words, {lines: [...], postcode: ...} for an address, a list of maps for the rows of a group (the key "row" names a row, so
// that a reference such as "contacts/ann" can point at it). "{unknown}", "{not_discussed}", "{declined}" and
// "{not_applicable}" are the answers without a value.
//
// A date is a placeholder: {today}, {today-20}, {today+6m}, {today-9y-35d} (d days, the default; w weeks; m months; y
// years). {today-20 14:30} is a moment in London; {today-3m month} and {today-5y year} are partial dates. A placeholder within
// other words reads as 09-Jun-1941.
//
// Answers that many plans share stand in sets.yaml; a plan names the sets that it starts from. Who the person is (names, dates, address, practice) is taken from people.yaml and organisations.yaml and added to every plan.
// "answers" is the live version where there is one, else the draft; "draft" lists what the draft beside a live version
// changes ("{gone}" takes an answer away).
package training

import (
	"bytes"
	"embed"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"time"

	"go.yaml.in/yaml/v3"
)

//go:embed *.yaml plans/*.yaml
var files embed.FS

// Organisation is a practice, care home, hospice, trust or service.
type Organisation struct {
	ODS      string   `yaml:"ods"`
	Name     string   `yaml:"name"`
	Kind     string   `yaml:"kind"` // gp_practice, care_home, hospice, ambulance, community, commissioner, central
	Phone    string   `yaml:"phone"`
	Bypass   string   `yaml:"bypass"` // practices: the number that only professionals use; may be empty
	Address  []string `yaml:"address"`
	Postcode string   `yaml:"postcode"`
}

// Account is somebody who may sign in while training, with the password "training".
type Account struct {
	Username  string   `yaml:"username"`
	Name      string   `yaml:"name"`       // "Dr Amina Osei"
	Role      string   `yaml:"role"`       // a role of package api: gp, care_home, urgent_clinician ...
	RoleTitle string   `yaml:"role_title"` // "GP partner"
	RegNumber string   `yaml:"reg_number"` // empty for those whom no register lists
	ODS       string   `yaml:"ods"`        // the organisation's code
	Extra     bool     `yaml:"extra"`      // not one of the accounts that the program offers by name
	Teams     []string `yaml:"teams"`      // the ids of people whom this account looks after although their practice and home do not say so
}

// Person is one invented person, as the patient index knows them. Dates are 2006-01-02.
type Person struct {
	ID          string         `yaml:"id"` // stable: "edith-example"
	NHSNumber   string         `yaml:"nhs"`
	FamilyName  string         `yaml:"family"`
	GivenName   string         `yaml:"given"`
	MiddleNames string         `yaml:"middle"`
	Title       string         `yaml:"title"`
	Preferred   string         `yaml:"preferred"`
	BirthDate   string         `yaml:"born"`
	DeathDate   string         `yaml:"died"`
	Sex         string         `yaml:"sex"`    // vs_sex_at_birth
	Gender      string         `yaml:"gender"` // vs_gender_admin; empty: as Sex
	Ethnicity   string         `yaml:"ethnicity"`
	Address     []string       `yaml:"address"`  // up to five lines; in a care home the room is written, and the home is added
	Postcode    string         `yaml:"postcode"` // ZZ99 3VZ: no fixed abode
	Residence   string         `yaml:"residence"`
	CareHome    string         `yaml:"care_home"` // its ODS code
	Practice    string         `yaml:"practice"`  // its ODS code
	GP          string         `yaml:"gp"`
	Phone       string         `yaml:"phone"`
	Mobile      string         `yaml:"mobile"`
	Extra       map[string]any `yaml:"answers"` // further answers about the person, as in a plan
}

// Plan is one plan in the state that it is to be seeded in.
type Plan struct {
	ID         string      // stable: the person's id, or the id with a suffix for a second plan
	Person     string      // Person.ID
	Status     string      // vs_plan_status
	Origin     string      // patient, clinician, care_home, central_team, import
	Story      string      // one line for trainers: what this plan teaches
	Holder     string      // ODS code of the practice that holds it
	CreatedBy  string      // a username; empty: the patient
	CreatedAt  time.Time   // when it was started
	Since      time.Time   // when it reached this state
	By         string      // a username: who brought it here; empty: the patient, or the service's clock
	Reason     string      // why returned, suspended, withdrawn or entered in error
	Live       *Live       // the approved version; nil: none
	Draft      []byte      // answers as JSON; nil: none
	Note       string      // the note that came with the submission
	Comments   []Comment   // a reviewer's, on the draft
	Feedback   []Feedback  // from crews
	DeathPlace string      // vs_place_actual, once the outcome is known
	ReadAt     []time.Time // when an ambulance crew read it, besides those that gave feedback
}

// Live is the approved version of a plan.
type Live struct {
	Version    int
	Answers    []byte // JSON
	ApprovedBy string // a username
	ApprovedAt time.Time
	ReviewDue  string // 2006-01-02
}

// Comment is a reviewer's words on one field, or on the whole plan when Item is empty.
type Comment struct {
	Item string
	By   string // a username
	At   time.Time
	Text string
}

// Feedback is what a crew said after using a plan.
type Feedback struct {
	Outcome string // used, could_not_use
	Reason  string
	By      string // a username
	At      time.Time
}

// Load reads the people, plans, organisations and accounts as they are on the day that today falls on in London. An error
// means that an embedded file is wrong: the tests hold that none is.
func Load(today time.Time) ([]Person, []Plan, []Organisation, []Account, error) {
	l := loader{day: newDay(today)}
	var who struct {
		Organisations []Organisation `yaml:"organisations"`
		Accounts      []Account      `yaml:"accounts"`
	}
	if err := read("organisations.yaml", &who); err != nil {
		return nil, nil, nil, nil, err
	}
	l.organisations = map[string]Organisation{}
	for _, o := range who.Organisations {
		l.organisations[o.ODS] = o
	}
	var people []Person
	if err := read("people.yaml", &people); err != nil {
		return nil, nil, nil, nil, err
	}
	l.people = map[string]Person{}
	for i := range people {
		p := &people[i]
		p.BirthDate, p.DeathDate = l.text(p.BirthDate), l.text(p.DeathDate)
		if p.Gender == "" {
			p.Gender = p.Sex
		}
		if home, ok := l.organisations[p.CareHome]; ok {
			p.Address, p.Postcode = slices.Concat([]string{home.Name}, p.Address, home.Address), home.Postcode
			if p.Phone == "" {
				p.Phone = home.Phone
			}
		}
		l.people[p.ID] = *p
	}
	if err := read("sets.yaml", &l.sets); err != nil {
		return nil, nil, nil, nil, err
	}
	names, err := fs.Glob(files, "plans/*.yaml")
	if err != nil {
		return nil, nil, nil, nil, err
	}
	var plans []Plan
	for _, name := range names {
		var written []writtenPlan
		if err := read(name, &written); err != nil {
			return nil, nil, nil, nil, err
		}
		for _, w := range written {
			p, err := l.plan(w)
			if err != nil {
				return nil, nil, nil, nil, fmt.Errorf("%s: %s: %w", name, w.Person, err)
			}
			plans = append(plans, p)
		}
	}
	if l.err != nil {
		return nil, nil, nil, nil, l.err
	}
	return people, plans, who.Organisations, who.Accounts, nil
}

// read decodes one embedded file; a key that the shape does not have is an error.
func read(name string, into any) error {
	b, err := files.ReadFile(name)
	if err != nil {
		return err
	}
	dec := yaml.NewDecoder(bytes.NewReader(b))
	dec.KnownFields(true)
	if err := dec.Decode(into); err != nil && err != io.EOF {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
