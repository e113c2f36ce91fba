// Package audit says what a line of the audit is and how lines are chained, so that one taken out or changed is found.
//
// Contract:
//   - Pure: no clock, no disk. The store keeps the lines, in the transaction of the act that they tell of, and never changes
//     or deletes one.
//   - A line holds who, in which role, for which organisation, at which computer, on whom, which version, what, why and when (domain.md
//     10.3). It never holds an answer of a plan, a search term or a password.
package audit

// What may change here: the fields of a line. A new one is added at the end of Event.Hash, with a migration; an old one
// never changes place, since old hashes must still be found right.

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"
)

// The actions that are not events of the lifecycle.
const (
	SignIn     = "sign-in"
	SignOut    = "sign-out"
	SignInFail = "sign-in refused"
	Search     = "search"
	Create     = "create"
	View       = "view"
	Opened     = "open"
	Glass      = "break-glass"
	Reviewed   = "break-glass reviewed"
	Summary    = "summary"
	Print      = "print"
	Reveal     = "reveal"
	Save       = "save"
	Comment    = "comment"
	Confirm    = "confirm"
	Feedback   = "feedback"
	Attach     = "attach"
	Attachment = "attachment" // a copy of a document was read
	Report     = "report"     // a report was read; What is its name
	ReadLog    = "access-log"
	Account    = "account"
	Proof      = "proof" // proved again who they are, for an approval
	ProofFail  = "proof refused"
	Position   = "position" // in which position a person works from now on
	Refused    = "refused"
	Restored   = "restored" // the database was put back from a backup

	Offline      = "offline"       // a page was given to a computer, to be read there without a connection
	OfflineRead  = "offline-read"  // it was read there; What says when
	OfflinePrint = "offline-print" // it was printed there, or kept as a file; What says when
	Wipe         = "wipe"          // what somebody's computers keep is to be erased; What is the user name
)

// An Event is one line.
type Event struct {
	Seq       int64
	At        time.Time
	UserID    string
	Who       string
	Role      string
	ODS       string
	Org       string
	PatientID string
	PlanID    string
	Version   int
	Action    string
	What      string // which sections or which item, by id; how many were found
	Reason    string
	PrevHash  string
	Hash      string
	// Workstation is the computer at which it was done, by the random name that the desktop signed in with; "": none is known.
	Workstation string
}

// TimeFormat is how a line's time is written in its hash and in the database.
const TimeFormat = "2006-01-02T15:04:05.000Z"

// Chain sets PrevHash and Hash of a line that follows the line with the hash prev ("" for the first).
func (e *Event) Chain(prev string) {
	e.PrevHash = prev
	e.Hash = e.compute()
}

// compute is the hash of the line: SHA-256 over every field, each with its length before it. Fields that came later are there only
// where they are not empty: so the lines from before keep their hashes, and one that is filled in or emptied afterwards is found.
func (e *Event) compute() string {
	var line strings.Builder
	fields := []string{e.PrevHash, strconv.FormatInt(e.Seq, 10), e.At.UTC().Format(TimeFormat), e.UserID, e.Who,
		e.Role, e.ODS, e.Org, e.PatientID, e.PlanID, strconv.Itoa(e.Version), e.Action, e.What, e.Reason}
	if e.Workstation != "" {
		fields = append(fields, e.Workstation)
	}
	for _, field := range fields {
		line.WriteString(strconv.Itoa(len(field)))
		line.WriteByte(':')
		line.WriteString(field)
	}
	sum := sha256.Sum256([]byte(line.String()))
	return hex.EncodeToString(sum[:])
}

// Follows says whether the line is whole and follows the line with the hash prev.
func (e *Event) Follows(prev string) bool { return e.PrevHash == prev && e.Hash == e.compute() }
