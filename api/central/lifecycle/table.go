// Package lifecycle is the life of a plan: its states, what may happen in each, and what each happening does (domain.md
// 10.1). It is one table; nothing else in the service knows which state follows which.
//
// Contract:
//   - Pure: no clock, no store. "Today" and "now" are parameters.
//   - Who may do an event at all is said in the table (Who); whether this person may do it to this plan is package access.
//   - What an event must do beside changing the state is named by Effect; the service does it in the same transaction.
package lifecycle

// What may change here: the table. A row is added or changed with its source, and the test that lists every row changes
// with it.

// A State is one of vs_plan_status (domain.md 3).
type State string

// The states.
const (
	None           State = "" // there is no plan yet
	PatientDraft   State = "patient_draft"
	Submitted      State = "submitted"
	Draft          State = "draft"
	InReview       State = "in_review"
	Approved       State = "approved"
	Amending       State = "amending"
	ReviewDue      State = "review_due"
	Overdue        State = "overdue"
	Suspended      State = "suspended"
	Withdrawn      State = "withdrawn"
	Deceased       State = "deceased"
	Closed         State = "closed"
	EnteredInError State = "entered_in_error"
)

// States are all states of a plan that exists, in the order of domain.md 10.1.
var States = []State{PatientDraft, Submitted, Draft, InReview, Approved, Amending, ReviewDue, Overdue, Suspended, Withdrawn,
	Deceased, Closed, EnteredInError}

// An Event is something that happens to a plan. Its value is the last part of the route that does it.
type Event string

// The events.
const (
	PatientStart  Event = "patient-start"
	PatientSubmit Event = "patient-submit"
	Start         Event = "start"
	TakeUp        Event = "take-up"
	Save          Event = "save"
	Submit        Event = "submit"
	Return        Event = "return"
	Approve       Event = "approve"
	Amend         Event = "amend"
	Discard       Event = "discard"
	Suspend       Event = "suspend"
	Resume        Event = "resume"
	Withdraw      Event = "withdraw"
	Die           Event = "deceased"
	Close         Event = "close"
	Err           Event = "error"
	ReviewNear    Event = "review-near"
	ReviewPassed  Event = "review-passed"
	Lapse         Event = "lapse"
)

// Events are all events.
var Events = []Event{PatientStart, PatientSubmit, Start, TakeUp, Save, Submit, Return, Approve, Amend, Discard, Suspend, Resume,
	Withdraw, Die, Close, Err, ReviewNear, ReviewPassed, Lapse}

// Who may do an event at all.
type Who string

// The kinds of doer of domain.md 10.1. Package access says which role is which.
const (
	Patient     Who = "patient"
	Contributor Who = "contributor" // may write drafts
	Approver    Who = "approver"
	Editor      Who = "editor"  // may change a live plan
	Lead        Who = "lead"    // clinical lead, approver, clinical safety officer
	Officer     Who = "officer" // clinical safety role
	Clinician   Who = "clinician"
	Holder      Who = "holder" // somebody of the practice that holds the plan
	System      Who = "system" // the server's clock
)

// An Effect is what happens beside the change of state.
type Effect string

// The effects.
const (
	NoEffect   Effect = ""
	OpenDraft  Effect = "open-draft"  // a first draft
	CopyDraft  Effect = "copy-draft"  // a draft of the live version, beside it
	KeepDraft  Effect = "keep-draft"  // the draft takes the change
	SendBack   Effect = "send-back"   // the draft keeps its content and gets comments
	Publish    Effect = "publish"     // version +1, snapshot frozen, draft gone
	DropDraft  Effect = "drop-draft"  // the draft is gone, the live version stays
	Hide       Effect = "hide"        // urgent care stops seeing it at once
	Show       Effect = "show"        // urgent care sees it again
	NotifyDead Effect = "notify-dead" // the death is written, tasks end
	ReadOnly   Effect = "read-only"
)

// A Condition narrows a row by what the plan has.
type Condition string

// The conditions.
const (
	Always   Condition = ""
	Live     Condition = "live"     // a version was approved
	NotLive  Condition = "not-live" // none was
	Drafted  Condition = "drafted"  // a draft stands beside the live version
	NoDrafts Condition = "undrafted"
)

// Facts are what a condition asks about.
type Facts struct {
	Live  bool // a version was approved
	Draft bool // a draft exists
}

func (c Condition) holds(f Facts) bool {
	switch c {
	case Live:
		return f.Live
	case NotLive:
		return !f.Live
	case Drafted:
		return f.Draft
	case NoDrafts:
		return !f.Draft
	}
	return true
}

// A Row is one line of the table.
type Row struct {
	From   State
	Event  Event
	If     Condition
	To     State
	Who    Who
	Effect Effect
}

// Table is domain.md 10.1. "any live" is written out: approved, amending, review_due, overdue, and in_review and suspended
// over a live version. Rows marked [D] are ours: domain.md is silent and the state would otherwise be a trap.
var Table = []Row{
	{None, PatientStart, Always, PatientDraft, Patient, OpenDraft},
	{None, Start, Always, Draft, Contributor, OpenDraft},
	{PatientDraft, Save, Always, PatientDraft, Patient, KeepDraft},
	{PatientDraft, PatientSubmit, Always, Submitted, Patient, NoEffect},
	{Submitted, TakeUp, Always, Draft, Contributor, NoEffect},

	{Draft, Save, Always, Draft, Contributor, KeepDraft},
	{Draft, Submit, Always, InReview, Contributor, NoEffect},
	{InReview, Save, Always, InReview, Approver, KeepDraft}, // "locks clinical sections to reviewer"
	{InReview, Return, NotLive, Draft, Approver, SendBack},
	{InReview, Return, Live, Amending, Approver, SendBack}, // [D] an amendment goes back to being one
	{InReview, Approve, Always, Approved, Approver, Publish},
	{InReview, Discard, Live, Approved, Editor, DropDraft}, // [D] the live version stays

	{Approved, Amend, Always, Amending, Editor, CopyDraft},
	{ReviewDue, Amend, Always, Amending, Editor, CopyDraft},
	{Overdue, Amend, Always, Amending, Editor, CopyDraft},
	{Amending, Save, Always, Amending, Editor, KeepDraft},
	{Amending, Submit, Always, InReview, Editor, NoEffect}, // an editor who may not approve sends it (10.2, "propose")
	{Amending, Approve, Always, Approved, Approver, Publish},
	{Amending, Discard, Always, Approved, Editor, DropDraft},

	{Approved, ReviewNear, Always, ReviewDue, System, NoEffect},
	{Approved, ReviewPassed, Always, Overdue, System, NoEffect}, // the service was not running when it was near
	{ReviewDue, ReviewPassed, Always, Overdue, System, NoEffect},

	{Approved, Suspend, Always, Suspended, Lead, Hide},
	{ReviewDue, Suspend, Always, Suspended, Lead, Hide},
	{Overdue, Suspend, Always, Suspended, Lead, Hide},
	{Amending, Suspend, Always, Suspended, Lead, Hide},
	{InReview, Suspend, Live, Suspended, Lead, Hide},
	{Suspended, Resume, NoDrafts, Approved, Lead, Show}, // [D] a suspension can end
	{Suspended, Resume, Drafted, Amending, Lead, Show},  // [D]

	{Approved, Withdraw, Always, Withdrawn, Approver, Hide},
	{ReviewDue, Withdraw, Always, Withdrawn, Approver, Hide},
	{Overdue, Withdraw, Always, Withdrawn, Approver, Hide},
	{Amending, Withdraw, Always, Withdrawn, Approver, Hide},
	{InReview, Withdraw, Live, Withdrawn, Approver, Hide},
	{Suspended, Withdraw, Always, Withdrawn, Approver, Hide},
	{Draft, Withdraw, Always, Withdrawn, Contributor, Hide},    // [D] a plan that was never live is given up
	{InReview, Withdraw, NotLive, Withdrawn, Approver, Hide},   // [D]
	{Submitted, Withdraw, Always, Withdrawn, Approver, Hide},   // [D]
	{PatientDraft, Withdraw, Always, Withdrawn, Patient, Hide}, // [D]

	{Approved, Die, Always, Deceased, Clinician, NotifyDead},
	{ReviewDue, Die, Always, Deceased, Clinician, NotifyDead},
	{Overdue, Die, Always, Deceased, Clinician, NotifyDead},
	{Amending, Die, Always, Deceased, Clinician, NotifyDead},
	{InReview, Die, Live, Deceased, Clinician, NotifyDead},
	{Suspended, Die, Always, Deceased, Clinician, NotifyDead},
	{Deceased, Resume, NoDrafts, Approved, Lead, Show}, // [D] the notice was about someone else
	{Deceased, Resume, Drafted, Amending, Lead, Show},  // [D]
	{Deceased, Close, Always, Closed, Holder, ReadOnly},
	{Deceased, Lapse, Always, Closed, System, ReadOnly},

	{PatientDraft, Err, Always, EnteredInError, Officer, Hide},
	{Submitted, Err, Always, EnteredInError, Officer, Hide},
	{Draft, Err, Always, EnteredInError, Officer, Hide},
	{InReview, Err, Always, EnteredInError, Officer, Hide},
	{Approved, Err, Always, EnteredInError, Officer, Hide},
	{Amending, Err, Always, EnteredInError, Officer, Hide},
	{ReviewDue, Err, Always, EnteredInError, Officer, Hide},
	{Overdue, Err, Always, EnteredInError, Officer, Hide},
	{Suspended, Err, Always, EnteredInError, Officer, Hide},
	{Withdrawn, Err, Always, EnteredInError, Officer, Hide},
	{Deceased, Err, Always, EnteredInError, Officer, Hide},
	{Closed, Err, Always, EnteredInError, Officer, Hide},
}

// Next is the row for an event in a state, and whether there is one.
func Next(from State, event Event, facts Facts) (Row, bool) {
	for _, row := range Table {
		if row.From == from && row.Event == event && row.If.holds(facts) {
			return row, true
		}
	}
	return Row{}, false
}
