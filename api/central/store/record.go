package store

// What may change here: what the database keeps, as Go sees it. A new column needs a migration.

import "time"

// An Organisation is a practice, care home, hospice, trust or service.
type Organisation struct {
	ODS, Name, Kind, Phone string
	AdvancedNurseApproves  bool // the organisation's switch of domain.md 10.2
	LockMinutes            int  // after how many idle minutes its desktops lock; 0: what the service says
}

// A User is a person who may sign in. The fields from PositionID on are those of a Position: AddUser makes it, and Signed
// gives the one in use; otherwise they are empty.
type User struct {
	ID, Username, Name                          string
	PasswordHash                                string // "": no password, they sign in at the identity provider
	Issuer, Subject                             string // who they are at the identity provider; "": nobody there
	Disabled                                    bool
	CreatedAt                                   time.Time
	PositionID, Role, RoleTitle, RegNumber, ODS string
}

// A Session is a signed-in person; only the hash of the token is kept.
type Session struct {
	TokenHash, UserID            string
	PositionID                   string // "": not chosen yet
	Workstation                  string // the name of the computer at which they signed in; "": none was told
	CreatedAt, SeenAt, ExpiresAt time.Time
}

// A Patient is a person in the index.
type Patient struct {
	ID, NHSNumber, FamilyName, GivenName, Title, PreferredName, BirthDate, DeathDate, Gender string
	Place, PracticeODS, PracticeName, CareHomeODS                                            string
	Sensitive                                                                                bool   // the national index marks the record (the S-flag)
	Traced                                                                                   bool   // the number, name and birth date were matched with the national index
	FamilyKey, GivenKey                                                                      string // folded for the search
	Details                                                                                  []byte // JSON answers that a new plan starts with
	CreatedAt                                                                                time.Time
}

// A Plan is the state of one plan. Its content is in its Draft and its Versions.
type Plan struct {
	ID, PatientID, Status            string
	Version                          int // the newest approved; 0: none
	Revision                         int // grows with every change of draft or state; the ETag
	HolderODS, Origin, OriginODS     string
	Definition                       string
	StateSince                       time.Time
	StateBy, Reason                  string
	ReviewDue, DeathDate, DeathPlace string
	RemindOn                         string // the day from which the review is near; "": none
	CreatedAt                        time.Time
	CreatedBy                        string
}

// A Draft is the content being written.
type Draft struct {
	PlanID               string
	Answers, Recorded    []byte // JSON
	BaseVersion          int
	Origin               string
	AuthorID, AuthorODS  string // who started it
	StartedAt, ChangedAt time.Time
	ChangedBy, ChangedID string
	Returned             bool   // it was sent back and not submitted since
	Alarm                string // words of the first contradiction in it; no patient data
	Wanted               string // what changed, for the reviewer's list; labels only
	Typed                []byte // JSON: who wrote each hidden answer last, and when; never the answer
}

// A Comment is a reviewer's words.
type Comment struct {
	ID, PlanID, Item, Row, Words, ByName, ByID string
	At                                         time.Time
	Done                                       bool
	Version                                    int    // the version that the draft was to become
	Hidden                                     []byte // JSON: a hidden answer that was not chosen, by its item; empty: none
}

// A Confirmation is "still so" to one problem.
type Confirmation struct {
	PlanID, Rule, Item, Row, Reason, ByName, ByID string
	At                                            time.Time
}

// A Version is one approved version; nothing in it ever changes.
type Version struct {
	PlanID                                           string
	Number                                           int
	Definition                                       string
	Answers, Recorded, Confirmed, Checks, Summary    []byte // JSON
	ApprovedAt                                       time.Time
	ApprovedBy, ApproverID, ApproverReg, ApproverODS string
	ReviewDue, Hash                                  string
	Quality                                          int
	Salt                                             string // random, part of what Hash is of
}

// A Relationship lets an organisation (ODS) or one person until a time (UserID, Until) see a plan.
type Relationship struct {
	PlanID, Kind, ODS, UserID string
	Until                     time.Time // zero: for as long as the plan says so
	Reason                    string
}

// Feedback is a crew's two taps.
type Feedback struct {
	ID, PlanID      string
	Version         int
	Outcome, Reason string
	ByName, ByID    string
	At              time.Time
}

// An Answered is the first answer to a request with an Idempotency-Key.
type Answered struct {
	UserID, Name, BodyHash string
	Status                 int
	Etag                   string
	Body                   []byte
	At, Until              time.Time // Sweep forgets it after Until
}

// A Listed is a plan with what a worklist shows of it.
type Listed struct {
	Plan    Plan
	Patient Patient
	Draft   *Draft // without its answers; nil: none
	Flag    string // the reason of the newest feedback "could not use" since the last approval, or its outcome
	FlagAt  time.Time
	// Namesake says that the index knows somebody else of the same family name.
	Namesake bool
}

// A Glanced is a plan as far as rights depend on it.
type Glanced struct {
	Plan       Plan
	Draft      bool
	DraftSince time.Time
	Ties       []Relationship // those that have not ended: kind and until
	Marked     bool           // the person's record is marked as sensitive
}

// Asking is who asks, and when: what they stand to a plan depends on it.
type Asking struct {
	ODS, UserID string
	At          time.Time
}

// A Found is somebody of the index, with what a search shows of them.
type Found struct {
	Patient  Patient
	Namesake bool           // somebody else has the same family name
	Plan     *Plan          // the one that has not ended, else the newest; nil: they have none
	Ties     []Relationship // of who asks, those that have not ended: kind and until
}

// A Filter chooses plans for a list. Fields that are empty do not narrow.
type Filter struct {
	Statuses     []string
	RelatedODS   string // the organisation belongs to the plan
	RelatedUser  string // or this person does, by name; with RelatedODS either is enough
	RelatedKind  string // only by a relation of this kind; with one of the two
	HolderODS    string // the organisation holds the plan
	AuthorID     string // the draft was started or last written by this person
	AuthorODS    string // or for this organisation; either is enough
	Returned     *bool  // the draft was sent back
	Flagged      bool   // with feedback "could not use" since the last approval, or with a contradiction
	ReviewBefore string // review due before this date
	RemindBy     string // review near on this date, or overdue
	Origin       string
	Since        time.Time // the state was reached before this time
	Glass        bool      // an opening in an emergency waits for review
	Limit        int       // 0: 500
}
