package access

// What may change here: how far a person sees into a plan.

import (
	"slices"
	"time"

	"cmc/api/central/lifecycle"
)

// A Relation ties a person, or the person's organisation, to a plan (domain.md 10.3).
type Relation string

// The relations. Those of organisations hold for as long as the plan says so; the last two lapse.
const (
	Holder   Relation = "holder"    // (a) the practice that holds the plan
	Team     Relation = "team"      // (b) an organisation in the plan's care team
	CareHome Relation = "care_home" // the home in which the person lives
	Origin   Relation = "origin"    // the organisation that started the plan
	Claimed  Relation = "claimed"   // (d) self-claimed, with a reason
	Referral Relation = "urgent"    // (c) an urgent contact, with a reason
)

// How long an opening with a reason lasts.
const (
	ClaimedFor  = 28 * 24 * time.Hour
	ReferralFor = 12 * time.Hour
)

// A Record is the plan that is asked about, as far as rights depend on it.
type Record struct {
	State     lifecycle.State
	Live      bool       // a version was approved
	Draft     bool       // a draft exists
	Relations []Relation // of this person or their organisation, those that hold now
	// ConsentEnded says that the draft records consent as refused or withdrawn, which the live version does not.
	ConsentEnded bool
}

func (r Record) facts() lifecycle.Facts { return lifecycle.Facts{Live: r.Live, Draft: r.Draft} }

// A Sight is how far a person sees.
type Sight int

// The sights, from none to all.
const (
	Nothing   Sight = iota // does not even learn that there is a plan
	Refused                // knows of it, and may not open it
	AskReason              // may open it with a reason
	Desk                   // state, demographics and contacts; no free text
	Published              // the live version and nothing else
	Everything
)

// See says how far a person sees into a record.
func See(p Person, r Record) Sight {
	grant := Of(p)
	related := len(r.Relations) > 0
	switch {
	case !grant.Find:
		return Nothing
	case grant.Urgent:
		if !r.Live || !lifecycle.Urgent(r.State) {
			return Nothing
		}
		if related {
			return Published
		}
		return AskReason
	case grant.Admin:
		if slices.Contains(r.Relations, Holder) {
			return Desk
		}
		return Nothing
	case related:
		return Everything
	case grant.Claim:
		return AskReason
	}
	return Refused
}

// Opening is the relation that an opening with a reason makes for this person, and for how long.
func Opening(p Person) (Relation, time.Duration, bool) {
	grant := Of(p)
	switch {
	case grant.Urgent && grant.Claim:
		return Referral, ReferralFor, true
	case grant.Claim:
		return Claimed, ClaimedFor, true
	}
	return "", 0, false
}

// own says whether a person belongs to the plan other than by their own claim.
func own(r Record) bool {
	return slices.ContainsFunc(r.Relations, func(one Relation) bool { return one != Claimed && one != Referral })
}
