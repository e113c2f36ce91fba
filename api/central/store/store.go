// Package store keeps what the central service knows: accounts, the patient index, plans, versions and the audit.
//
// Contract:
//   - Everything happens inside Read or Write. A Write is one transaction: all of it is kept, or none. There is one writer
//     at a time; do no slow work (passwords, rendering) inside one.
//   - A Tx is used by one goroutine and only until its function returns.
//   - Errors are ErrNotFound, ErrDuplicate or ErrUnavailable by errors.Is, or the context's; none holds a patient's data.
//   - There are two databases, and one contract test that both pass: SQLite, one file for one copy of the service, and
//     PostgreSQL, which any number of copies share. "Alone" and "one at a time" mean across all copies. The SQL is written
//     once, for both; so are the migrations (migrate.go).
//   - Times are UTC and kept to the millisecond.
package store

// What may change here: what the service can ask of its database.

import (
	"context"
	"errors"
	"fmt"
	"time"

	"cmc/api/central/audit"
)

// The errors of this package.
var (
	ErrNotFound    = errors.New("not found")
	ErrDuplicate   = errors.New("there already")
	ErrUnavailable = errors.New("the database cannot keep it now")
	// ErrInDoubt is an ErrUnavailable after which nobody knows whether the write was kept: the way to the database broke
	// while it was asked to keep it.
	ErrInDoubt = fmt.Errorf("%w, and may have kept it", ErrUnavailable)
)

// A Store is a database.
type Store interface {
	// Read runs fn on one consistent state. fn may run at the same time as others.
	Read(ctx context.Context, fn func(Tx) error) error
	// Once is Read for fn that asks once, or asks again only for what never changes (a version): it spares the transaction.
	// fn may be run again when the connection turns out to be dead.
	Once(ctx context.Context, fn func(Tx) error) error
	// Write runs fn alone and keeps what it did, or nothing when it returns an error.
	Write(ctx context.Context, fn func(Tx) error) error
	// WriteSoon is Write for lines of the audit that tell of looking: a dead copy of the service loses none of it, and a power
	// cut of the database no more than what came since the last Write or Flush. What is lost is the newest, never one between
	// others.
	WriteSoon(ctx context.Context, fn func(Tx) error) error
	// Flush makes what WriteSoon has kept safe from a power cut too.
	Flush(ctx context.Context) error
	// Ready says whether the database can be read and written now.
	Ready(ctx context.Context) error
	// Lead says whether this copy of the service is the one that does the timed work, from now until lasts after the last call
	// that said so. When it dies another becomes it at its next call; when it hangs, after lasts.
	Lead(ctx context.Context, lasts time.Duration) (bool, error)
	// Close waits for what runs and closes the files.
	Close() error
}

// A Tx is what can be asked inside Read (the first of each group) and Write (all).
type Tx interface {
	Meta(name string) (string, error) // "" when there is none
	SetMeta(name, value string) error

	Organisation(ods string) (*Organisation, error)
	Organisations() ([]Organisation, error)
	// OrganisationsNamed gives the ODS codes of those with a name, as Key reads it; none for a name without letters.
	OrganisationsNamed(name string) (ods []string, err error)
	PutOrganisation(o *Organisation) error

	Accounts
	SSO

	Patient(id string) (*Patient, error)
	PatientByNumber(nhsNumber string) (*Patient, error)
	FoundByNumber(nhsNumber string, by Asking) (*Found, error) // ErrNotFound when there is nobody
	FoundByName(familyKey, givenKey, birthDate string, by Asking, limit int) ([]Found, error)
	Namesake(p *Patient) (bool, error) // whether somebody else has the same family name
	CountPatients() (int, error)
	AddPatient(p *Patient) error
	UpdatePatient(p *Patient) error
	DropPatient(id string) error // one without a plan

	Plan(id string) (*Plan, error)
	Glance(id, ods, userID string, now time.Time) (*Glanced, error) // what rights need, in one look
	MovePlan(id, patientID string) error                            // to the entry of the same person
	PlanOf(patientID string) (*Plan, error)                         // the one that has not ended
	LastPlanOf(patientID string) (*Plan, error)                     // the newest, ended or not
	AddPlan(p *Plan) error
	UpdatePlan(p *Plan) error
	List(f Filter) ([]Listed, error)
	Count(f Filter) (int, error)

	Draft(planID string) (*Draft, error)
	PutDraft(d *Draft) error
	DropDraft(planID string) error
	KeepDiscarded(d *Draft, at time.Time, byName, byID string) error // for ever, before DropDraft
	Discarded(planID string) ([]Draft, error)                        // oldest first; ChangedAt and ChangedBy say when and by whom

	Comments(planID string, version int) ([]Comment, error)
	AddComment(c *Comment) error
	CommentDone(planID, id string) error

	Confirmations(planID string) ([]Confirmation, error)
	PutConfirmation(c *Confirmation) error
	DropConfirmation(planID, rule, item, row string) error
	DropConfirmations(planID string) error

	Version(planID string, number int) (*Version, error)
	Versions(planID string) ([]Version, error) // newest first, without content
	AddVersion(v *Version) error

	Relationships(planID string) ([]Relationship, error)
	RelationshipsFor(planID, ods, userID string, now time.Time) ([]Relationship, error) // those that have not ended
	SetOrganisations(planID string, kind string, ods []string) error
	PutRelationship(r *Relationship) error

	AddFeedback(f *Feedback) error

	Attachments

	Openings

	Bundles

	// What reports count, and the facts that they count by.
	FactKeeping
	Tallies

	Sealing

	Audit(events ...*audit.Event) error                                    // sets Seq and the hashes
	AuditOf(planID string, limit int) ([]audit.Event, error)               // the newest first
	AuditAbout(planID, patientID string, limit int) ([]audit.Event, error) // with the searches that found the person alone
	AuditFrom(seq int64, limit int) ([]audit.Event, error)
	AuditEnd() (*audit.Event, error) // the last line, a zero one when there is none

	Answered(userID, name string) (*Answered, error)
	PutAnswered(a *Answered) error

	// Tell puts a notice into the outbox; it is sent when the transaction is kept.
	Tell(n Notice) error

	// Sweep drops what has expired: sessions, failures, first answers, sent notices and personal relationships.
	Sweep(now time.Time) error
}

// A Notice says that something changed, never what.
type Notice struct {
	Kind, PlanID, Status string
	Live                 bool  // a version was approved
	Revision             int   // of the plan, which its tag is made of; 0: not known
	Ties                 []Tie // who belongs to the plan: what each of them may know is not decided here
	At                   time.Time
}

// A Tie is an organisation or a person of a Relationship that held when a notice was written.
type Tie struct {
	Kind   string `json:"kind"`
	ODS    string `json:"ods,omitempty"`
	UserID string `json:"user,omitempty"`
}
