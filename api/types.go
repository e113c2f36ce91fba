package api

// What may change here: the shapes that cross the wire. Add; never rename.

import (
	"encoding/json"
	"time"

	"cmc/forms"
)

// Role is what a person does for an organisation (domain.md 10.2). The central service decides what each may do; a client
// uses it only to choose words.
type Role string

// The roles. Each name is also the training account that holds it, where architecture.md names one.
const (
	RoleUrgentViewer    Role = "urgent_viewer"    // 999, 111, ED and OOH call handlers
	RoleUrgentClinician Role = "urgent_clinician" // paramedic, OOH GP
	RoleGP              Role = "gp"               // GP partner or salaried, consultant, hospice doctor
	RoleAdvancedNurse   Role = "advanced_nurse"   // nurse consultant or advanced practitioner with DNACPR authority
	RoleCommunityNurse  Role = "community_nurse"  // community or palliative nurse, AHP, social worker
	RoleHospiceNurse    Role = "hospice_nurse"    // as community nurse; reviews flagged plans
	RoleCareHome        Role = "care_home"
	RolePracticeAdmin   Role = "practice_admin"
	RoleTrainer         Role = "trainer"
	RoleSystemAdmin     Role = "system_admin"    // never sees clinical text
	RoleClinicalSafety  Role = "clinical_safety" // audit, suspend, entered in error
	RoleCommissioner    Role = "commissioner"    // aggregates only
)

// Organisation is a practice, care home, hospice, trust or service.
type Organisation struct {
	ODS   string `json:"ods"`
	Name  string `json:"name"`
	Kind  string `json:"kind"` // gp_practice, care_home, hospice, ambulance, community, commissioner, central
	Phone string `json:"phone,omitempty"`
}

// User is the signed-in person.
type User struct {
	ID           string       `json:"id"`
	Username     string       `json:"username"`
	Name         string       `json:"name"` // "Dr Amina Osei"
	Role         Role         `json:"role"`
	RoleTitle    string       `json:"role_title"` // "GP partner"
	RegNumber    string       `json:"reg_number,omitempty"`
	Organisation Organisation `json:"organisation"`
	Position     string       `json:"position,omitempty"`     // the id of the position in which the person works now; "": none is chosen yet
	Positions    []Position   `json:"positions,omitempty"`    // every position, for who holds more than one
	Signs        string       `json:"signs,omitempty"`        // how an approval is signed: "password", or "sso" with a proof of the identity provider
	LockMinutes  int          `json:"lock_minutes,omitempty"` // of the organisation: as ServiceInfo.LockMinutes, which counts where this is 0
	May          []string     `json:"may"`                    // what the left rail may show: find, start, approve, work (has lists of plans that wait for them), practice_list, reports, offline (has plans to read offline), training, urgent_view
}

// Position is what a person does for one organisation.
type Position struct {
	ID           string       `json:"id"`
	Role         Role         `json:"role"`
	RoleTitle    string       `json:"role_title"`
	RegNumber    string       `json:"reg_number,omitempty"`
	Organisation Organisation `json:"organisation"`
}

// Choice puts the session into one of the person's positions.
type Choice struct {
	Position string `json:"position" maxLength:"100"`
}

// Credentials is what a person types to sign in. Position begins in one of several. A client that can keep a secret asks for a
// pass for its device (NewDevice), and sends it as Device the next time: then a stranger's wrong guesses do not keep it out.
// Workstation is the name of the computer (NewWorkstation), which every audit line of the session holds; a client fills it in by itself.
type Credentials struct {
	Username    string `json:"username" maxLength:"200"`
	Password    string `json:"password" maxLength:"1000"`
	Position    string `json:"position,omitempty" maxLength:"100"`
	Device      string `json:"device,omitempty" maxLength:"200"`
	NewDevice   bool   `json:"new_device,omitempty"`
	Workstation string `json:"workstation,omitempty" pattern:"^([A-Z2-7]{4}-[A-Z2-7]{4}-[A-Z2-7]{4})?$"`
}

// Session is the answer to a sign-in. While User.Position is empty the person holds several positions, and every call but Me,
// ChoosePosition and SignOut gets CodePosition.
type Session struct {
	Token     string    `json:"token"`
	ExpiresAt time.Time `json:"expires_at"`
	User      User      `json:"user"`
	Device    string    `json:"device,omitempty"` // the pass of this device, when one was asked for and there was none
}

// ServiceInfo is what anyone may ask before signing in (GET /v1/service).
type ServiceInfo struct {
	Name       string    `json:"name"`
	Version    string    `json:"version"`
	Training   bool      `json:"training"`
	HelpDesk   string    `json:"help_desk"`
	Time       time.Time `json:"time"`
	Definition string    `json:"definition"` // "urgent-care-plan@1.0"
	SSO        *SSOInfo  `json:"sso,omitempty"`
	// LockMinutes is after how many idle minutes a desktop locks: 1 to 15. A desktop takes anything else for UsualLock.
	LockMinutes int `json:"lock_minutes,omitempty"`
	// Client says which versions of the desktop are served; nil: all.
	Client *Releases `json:"client,omitempty"`
}

// The idle minutes after which a desktop locks: the fewest and the most that an organisation may choose, and what is usual.
const (
	LeastLock = 1
	UsualLock = 5
	MostLock  = 15
)

// SSOInfo says that people may sign in at an identity provider, and what it is called: "NHS CIS2".
type SSOInfo struct {
	Name string `json:"name"`
}

// StartSSO begins a sign-in at the identity provider (RFC 8252): the client listens on the loopback of its computer at RedirectURI,
// http://127.0.0.1:PORT/callback, and keeps the PKCE verifier of CodeChallenge (S256) to itself. Afresh has the person prove who
// they are though they are signed in at the provider: for a desk that is locked. The answer then says Afresh too.
type StartSSO struct {
	CodeChallenge string `json:"code_challenge" maxLength:"100"`
	RedirectURI   string `json:"redirect_uri" maxLength:"200"`
	Afresh        bool   `json:"afresh,omitempty"`
}

// StartProof begins a proof of identity for approving one plan, as Etag names its content.
type StartProof struct {
	PlanID        string `json:"plan_id" maxLength:"100"`
	Etag          string `json:"etag" maxLength:"200"`
	CodeChallenge string `json:"code_challenge" maxLength:"100"`
	RedirectURI   string `json:"redirect_uri" maxLength:"200"`
}

// SSOStarted is where the browser goes, and the state with which the answer comes back.
type SSOStarted struct {
	State string `json:"state"`
	URL   string `json:"url"`
}

// SSOAnswer is what the browser brought back, with the verifier. It is taken once. Position begins in one of several positions.
// Workstation is as in Credentials.
type SSOAnswer struct {
	State        string `json:"state" maxLength:"200"`
	Code         string `json:"code" maxLength:"4000"`
	CodeVerifier string `json:"code_verifier" maxLength:"200"`
	RedirectURI  string `json:"redirect_uri" maxLength:"200"`
	Position     string `json:"position,omitempty" maxLength:"100"`
	Afresh       bool   `json:"afresh,omitempty"` // refuse whoever the provider did not ask again
	Workstation  string `json:"workstation,omitempty" pattern:"^([A-Z2-7]{4}-[A-Z2-7]{4}-[A-Z2-7]{4})?$"`
}

// Proof proves for one approval that its signer has just signed in again.
type Proof struct {
	Proof     string    `json:"proof"`
	ExpiresAt time.Time `json:"expires_at"`
}

// PatientSearch finds people by NHS number, or by family name and birth date (given name narrows).
type PatientSearch struct {
	NHSNumber  string `json:"nhs_number,omitempty" maxLength:"40"`
	FamilyName string `json:"family_name,omitempty" maxLength:"100"`
	GivenName  string `json:"given_name,omitempty" maxLength:"100"`
	BirthDate  string `json:"birth_date,omitempty" maxLength:"10"` // 2006-01-02
}

// Patient is a person as the index knows them. Name parts are as stored; format with forms/nhs.
type Patient struct {
	ID           string   `json:"id"`
	NHSNumber    string   `json:"nhs_number,omitempty"`
	FamilyName   string   `json:"family_name"`
	GivenName    string   `json:"given_name"`
	Title        string   `json:"title,omitempty"`
	Preferred    string   `json:"preferred_name,omitempty"`
	BirthDate    string   `json:"birth_date"`
	DeathDate    string   `json:"death_date,omitempty"`
	Gender       string   `json:"gender,omitempty"` // vs_gender_admin code
	Where        string   `json:"where,omitempty"`  // one line: where the person is now, for telling people apart
	PracticeODS  string   `json:"practice_ods,omitempty"`
	PracticeName string   `json:"practice_name,omitempty"`
	SameName     bool     `json:"same_name"`        // another person here shares the family name: look twice (H01)
	Plan         *PlanRef `json:"plan,omitempty"`   // the one live or drafted plan, if this user may know of it
	NeedsReason  bool     `json:"needs_reason"`     // opening asks why, and the answer is kept
	WayIn        string   `json:"way_in,omitempty"` // how the plan is opened, where not at once: reason, break_glass
	Hidden       bool     `json:"hidden,omitempty"` // the record is marked as sensitive: where and practice are not shown
	// Suspended is for urgent care, in place of Plan: there is a plan, and it was taken out of use for safety. Nothing of it is shown, and
	// a page of it that was printed or sent earlier must not be relied on: call the practice.
	Suspended bool `json:"suspended,omitempty"`
}

// PlanRef names a plan and its state.
type PlanRef struct {
	ID      string `json:"id"`
	Status  string `json:"status"`
	Version int    `json:"version"`
}

// PatientList is the answer to a search.
type PatientList struct {
	Items []Patient `json:"items"`
}

// NewPlan starts a plan: for a person of the index (PatientID), or for someone not there yet, from the draft minimum in
// Answers. Starting a second plan for one person gets 409 with the first one's id.
type NewPlan struct {
	PatientID string        `json:"patient_id,omitempty"`
	Answers   forms.Answers `json:"answers,omitempty"`
	Reason    string        `json:"reason,omitempty" maxLength:"300"` // when the person is not this user's
}

// Plan is one plan as this user may see it now.
type Plan struct {
	ID          string            `json:"id"`
	Status      string            `json:"status"`       // vs_plan_status
	StatusWords string            `json:"status_words"` // "Waiting for approval", "Draft. Version 6 stays live"
	Patient     Patient           `json:"patient"`
	Holder      Organisation      `json:"holder"`
	Definition  string            `json:"definition"` // "urgent-care-plan@1.0"
	Draft       *Draft            `json:"draft,omitempty"`
	Published   *Version          `json:"published,omitempty"`
	Actions     []string          `json:"actions"`           // what this user may do now: save, submit, return, approve, amend, discard, withdraw, suspend, resume, deceased, error, comment, print, feedback
	Refused     map[string]string `json:"refused,omitempty"` // action: why not, in a sentence, for the actions that a person might expect
	Etag        string            `json:"etag"`              // also in the ETag header
	StateSince  time.Time         `json:"state_since"`
	StateBy     string            `json:"state_by"`         // who brought it here, "Nurse in charge, Elm House care home"
	Reason      string            `json:"reason,omitempty"` // why returned, withdrawn, suspended, in error; for those who may know
	ReviewDue   string            `json:"review_due,omitempty"`
	WayIn       string            `json:"way_in,omitempty"` // break_glass: this user reads it because of an emergency, for twelve hours
}

// Draft is the content being written.
type Draft struct {
	Answers     forms.Answers             `json:"answers"`
	Recorded    map[string]forms.Recorded `json:"recorded"`     // by section id
	BaseVersion int                       `json:"base_version"` // the live version that it amends; 0: a first plan
	Comments    []Comment                 `json:"comments"`
	Confirmed   []Confirmation            `json:"confirmed"` // "still right", with a reason, for problems that ask for it
	ChangedAt   time.Time                 `json:"changed_at"`
	ChangedBy   string                    `json:"changed_by"`
	Origin      string                    `json:"origin"`                 // patient, clinician, care_home, central_team, import
	HiddenSince []string                  `json:"hidden_since,omitempty"` // on 412: hidden answers that others wrote since: item, or group/row/item
}

// Comment is a reviewer's words on one field, or on the whole plan when Item is empty.
type Comment struct {
	ID   string    `json:"id" required:"false"` // the service gives it, as it does By, At and Done
	Item string    `json:"item,omitempty"`
	Row  string    `json:"row,omitempty"`
	Text string    `json:"text" maxLength:"1000"`
	By   string    `json:"by" required:"false"`
	At   time.Time `json:"at" required:"false"`
	Done bool      `json:"done" required:"false"`
}

// Confirmation records that a person looked at a problem of severity Confirm and says "still so", and why.
type Confirmation struct {
	Rule   string    `json:"rule"`
	Item   string    `json:"item"`
	Row    string    `json:"row,omitempty"`
	Reason string    `json:"reason" maxLength:"300"`
	By     string    `json:"by"`
	At     time.Time `json:"at"`
}

// Version is one approved, frozen version.
type Version struct {
	Number      int                       `json:"number"`
	Definition  string                    `json:"definition"`
	Answers     forms.Answers             `json:"answers,omitempty"` // left out in lists
	Recorded    map[string]forms.Recorded `json:"recorded,omitempty"`
	ApprovedAt  time.Time                 `json:"approved_at"`
	ApprovedBy  string                    `json:"approved_by"`
	ApproverReg string                    `json:"approver_reg"`
	ReviewDue   string                    `json:"review_due"`
	Hash        string                    `json:"hash"` // of the exact content, short: "8F3A-41C9"
	Quality     int                       `json:"quality"`
}

// Versions lists the approved versions, newest first.
type Versions struct {
	Items []Version `json:"items"`
}

// Changes is the comparison of two versions, or of the draft with the live one.
type Changes struct {
	From  int            `json:"from"`  // 0: nothing before
	To    int            `json:"to"`    // 0: the draft
	Total int            `json:"total"` // how many answers there are in all
	Items []forms.Change `json:"items"`
}

// Problems is every gap at once, with the quality score beside it.
type Problems struct {
	Items       []forms.Problem `json:"items"`
	Quality     int             `json:"quality"`
	LastQuality int             `json:"last_quality,omitempty"` // of the live version
}

// Submit sends a draft for review.
type Submit struct {
	Note string `json:"note,omitempty" maxLength:"1000"`
}

// Return sends it back. Reason is required.
type Return struct {
	Reason   string    `json:"reason" maxLength:"1000"`
	Comments []Comment `json:"comments,omitempty"`
}

// ApprovalChecks are the five checks of domain.md 4.26, in order. Every one must be in Approve.Checks.
var ApprovalChecks = []ApprovalCheck{
	{"identity", "This is the right person: name, birth date, NHS number"},
	{"cpr", "The resuscitation decision is right and was discussed"},
	{"ceiling", "The level of treatment is right"},
	{"contacts", "Contacts and numbers to call are right"},
	{"access", "How to get in is right"},
}

// ApprovalCheck is one of the five ticks. It is never ticked for anybody.
type ApprovalCheck struct{ ID, Words string }

// Approve publishes the draft. The password proves again who signs, or for whoever signed in at the identity provider (User.Signs
// is "sso") a Proof.
type Approve struct {
	Password  string   `json:"password" maxLength:"1000" required:"false"`
	Checks    []string `json:"checks" nullable:"false" doc:"All five, by their ids: identity, cpr, ceiling, contacts, access"`
	ReviewDue string   `json:"review_due"`
	Proof     string   `json:"proof,omitempty" maxLength:"200"`
}

// Decide carries the reason of withdraw, suspend, resume, discard and error, and of amend (may be empty there).
type Decide struct {
	Reason string `json:"reason" maxLength:"1000"`
}

// Death notifies that the person has died. An unknown place or date is left empty.
type Death struct {
	Date  string `json:"date,omitempty"`
	Place string `json:"place,omitempty"` // vs_place_actual
}

// Opening says why a record that is not this user's is opened; the answer is kept (POST /v1/plans/{id}/open).
type Opening struct {
	Reason string `json:"reason" maxLength:"300"`
}

// Feedback is a crew's two taps: used, or not usable because.
type Feedback struct {
	Outcome string `json:"outcome" enum:"used,could_not_use"`
	Reason  string `json:"reason,omitempty" maxLength:"500"`
}

// Confirm answers one problem of severity Confirm (POST /v1/plans/{id}/confirmations).
type Confirm struct {
	Rule   string `json:"rule"`
	Item   string `json:"item"`
	Row    string `json:"row,omitempty"`
	Reason string `json:"reason" maxLength:"300"`
}

// WorklistCount is one worklist and how many wait in it.
type WorklistCount struct {
	Name  string `json:"name"`  // to-approve, sent-back, my-drafts, flagged, review-due, from-patients, practice-list
	Title string `json:"title"` // "To approve"
	Empty string `json:"empty"` // what would appear there
	Count int    `json:"count"`
}

// WorklistCounts are the worklists that this user has, in order.
type WorklistCounts struct {
	Items []WorklistCount `json:"items"`
}

// WorklistRow is one plan that waits for something.
type WorklistRow struct {
	PlanID  string    `json:"plan_id"`
	Patient Patient   `json:"patient"`
	Status  string    `json:"status"`
	Words   string    `json:"words"`  // the state in words: "Waiting for approval", "Contradiction"
	Alarm   bool      `json:"alarm"`  // the state is a contradiction or overdue
	Wanted  string    `json:"wanted"` // "Approve: CPR decision changed"
	From    string    `json:"from"`   // "Sent by Elm House care home"
	Since   time.Time `json:"since"`
}

// Worklist is one list, the longest wait first.
type Worklist struct {
	Name  string        `json:"name"`
	Items []WorklistRow `json:"items"`
}

// AccessEvent is one line of "who saw this plan".
type AccessEvent struct {
	At      time.Time `json:"at"`
	Who     string    `json:"who"`
	Role    Role      `json:"role"`
	Org     string    `json:"org"`
	Action  string    `json:"action"` // search, view, summary, print, export, save, submit, approve, ...
	Version int       `json:"version"`
	Reason  string    `json:"reason,omitempty"`
	// In the form for the person: what was done and by whom, in plain words, without names.
	Words     string `json:"words,omitempty"`
	RoleWords string `json:"role_words,omitempty"`
	Emergency bool   `json:"emergency,omitempty"` // the record was opened in an emergency, without being theirs
	// For clinical safety alone: the computer at which it was done, or "" where none is known.
	Workstation string `json:"workstation,omitempty"`
}

// AccessLog lists the newest first: what was done with the plan, and searches that found its person alone.
type AccessLog struct {
	Items []AccessEvent `json:"items"`
	More  bool          `json:"more,omitempty"` // there are older lines than these
}

// Event is one server-sent event: that something changed, never what. The reader asks for the rest.
type Event struct {
	Kind   string `json:"kind"` // plan, worklists
	PlanID string `json:"plan_id,omitempty"`
	Status string `json:"status,omitempty"`
	// Etag is the plan's tag since the change, for those who see its drafts: whoever has the plan with this tag knows of it already.
	Etag string `json:"etag,omitempty"`
}

// Problem is an RFC 9457 problem+json answer. Its Type is "urn:cmc:problem:" and a Code below.
type Problem struct {
	Type       string          `json:"type"`
	Title      string          `json:"title"` // a sentence for people
	Status     int             `json:"status"`
	Detail     string          `json:"detail,omitempty"` // what it means for the plan, and what to do now
	Fields     []FieldProblem  `json:"errors,omitempty"`
	Theirs     json.RawMessage `json:"theirs,omitempty"`      // on 412: the draft as someone else saved it (a Draft)
	Etag       string          `json:"etag,omitempty"`        // on 412: the tag to send next
	PlanID     string          `json:"plan_id,omitempty"`     // on 409 duplicate: the plan that exists already
	RetryAfter int             `json:"retry_after,omitempty"` // seconds, on 423, 429 and 503 under load
}

// FieldProblem is one field at fault. It never echoes the value.
type FieldProblem struct {
	Location string         `json:"location"` // "body.answers.nhs_number"
	Message  string         `json:"message"`
	Problem  *forms.Problem `json:"problem,omitempty"` // when it comes from the plan's own checks
}

// The codes of Problem.Type after "urn:cmc:problem:".
const (
	CodeUnauthenticated = "unauthenticated"   // 401: no token, expired or ended
	CodeErase           = "erase"             // 401: as unauthenticated, and what is kept here to be read offline is to be erased now
	CodeWrongPassword   = "wrong-password"    // 401 on sign-in, 403 on approve
	CodeLocked          = "locked"            // 423: too many failures; RetryAfter says how long
	CodeForbidden       = "forbidden"         // 403: this user may not, and Title says why
	CodeNotFound        = "not-found"         // 404: also for what this user may not know of
	CodeReason          = "reason-required"   // 403: open with a reason first
	CodeBreakGlass      = "break-glass"       // 403: it opens in an emergency only
	CodeConfirm         = "confirm-required"  // 409: Title and Detail ask again; send the same with confirmed
	CodeSSO             = "sso-refused"       // 403: the identity provider's answer was not taken; Title says why
	CodeProof           = "proof-required"    // 403: prove again at the identity provider who you are
	CodePosition        = "position-required" // 403: choose a position first
	CodeConflict        = "conflict"          // 412: someone else saved; Theirs and Etag
	CodePrecondition    = "if-match-required" // 428
	CodeDuplicate       = "duplicate"         // 409: this person has a plan; PlanID
	CodeState           = "state"             // 409: the plan's state does not allow it
	CodeInvalid         = "invalid"           // 422: Fields say what
	CodeTooLarge        = "too-large"         // 413
	CodeUpdate          = "update-required"   // 426 on sign-in: this version of the desktop is no longer served; Title and Detail say what to do
	CodeTooMany         = "too-many"          // 429
	CodeUnavailable     = "unavailable"       // 503: the service cannot keep it now (disk, database); nothing was saved
	CodeInternal        = "internal"          // 500
)
