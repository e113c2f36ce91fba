package api

// What may change here: the shapes of openings in an emergency and of their review. Add; never rename.

import "time"

// The ways in to a plan that a search finds (Patient.WayIn).
const (
	WayReason     = "reason"      // it opens with a reason (POST /v1/plans/{id}/open)
	WayBreakGlass = "break_glass" // it opens in an emergency only (POST /v1/plans/{id}/break-glass)
)

// BreakGlassReasons is the closed list of reasons for opening a record in an emergency, in the order in which they are
// offered. Codes are kept for ever: they grow and are never renamed.
var BreakGlassReasons = []BreakGlassReason{
	{"life_at_risk", "A life is at risk now"},
	{"team_not_reached", "Their own team cannot be reached, and care cannot wait"},
	{"just_arrived", "The person has just come into our care"},
	{"safeguarding", "To keep the person or somebody else from harm"},
	{"other", "Something else that cannot wait"},
}

// BreakGlassReason is one of them, with its words for people.
type BreakGlassReason struct{ Code, Words string }

// BreakGlass opens the record of somebody whom the caller does not look after (POST /v1/plans/{id}/break-glass). Without
// Confirmed the answer is a problem of CodeConfirm whose Title and Detail are the second question; the same request with
// Confirmed opens the record for twelve hours.
type BreakGlass struct {
	Code      string `json:"code" maxLength:"40"` // of BreakGlassReasons
	Reason    string `json:"reason" maxLength:"300"`
	Confirmed bool   `json:"confirmed,omitempty"`
}

// BreakGlassOpening is one record that was opened in an emergency, and what its review found.
type BreakGlassOpening struct {
	ID        string            `json:"id"`
	PlanID    string            `json:"plan_id"`
	Patient   Patient           `json:"patient"`
	Who       string            `json:"who"`
	Role      Role              `json:"role"`
	Org       string            `json:"org"`
	Code      string            `json:"code"`
	CodeWords string            `json:"code_words"`
	Reason    string            `json:"reason"`
	At        time.Time         `json:"at"`
	Until     time.Time         `json:"until"`
	Review    *BreakGlassReview `json:"review,omitempty"` // none: it waits
}

// BreakGlassReview is what became of an opening.
type BreakGlassReview struct {
	Outcome string    `json:"outcome"` // appropriate, not_appropriate, unclear
	Note    string    `json:"note,omitempty"`
	By      string    `json:"by"`
	At      time.Time `json:"at"`
}

// BreakGlassQueue is what waits for review first, then the newest (GET /v1/governance/break-glass).
type BreakGlassQueue struct {
	Items []BreakGlassOpening `json:"items"`
}

// BreakGlassOutcomes are what a review may find, in the order in which they are offered.
var BreakGlassOutcomes = []BreakGlassReason{
	{"appropriate", "It was right to open the record"},
	{"not_appropriate", "It was not right"},
	{"unclear", "It cannot be told, or is still being asked"},
}

// BreakGlassReviewed says what became of an opening (POST /v1/governance/break-glass/{id}/reviewed). Without a note only
// "appropriate" is taken.
type BreakGlassReviewed struct {
	Outcome string `json:"outcome" enum:"appropriate,not_appropriate,unclear"`
	Note    string `json:"note,omitempty" maxLength:"1000"`
}
