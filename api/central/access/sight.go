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
	Glass    Relation = "glass"     // (e) break-glass: asked twice, told to the holder at once, reviewed
)

// How long an opening with a reason lasts.
const (
	ClaimedFor  = 28 * 24 * time.Hour
	ReferralFor = 12 * time.Hour
	GlassFor    = 12 * time.Hour
)

// Drift is how far two clocks of a service may differ.
const Drift = 5 * time.Minute

// openings are how long each relation lasts that somebody makes by opening a record. The others last for as long as the plan says so.
var openings = map[Relation]time.Duration{Claimed: ClaimedFor, Referral: ReferralFor, Glass: GlassFor}

// Holds says whether a relation that was written to last until a time (zero: for as long as the plan says so) holds now. An
// opening that would last longer than any can was made by a clock that was ahead and has been set right since: it does not hold,
// and whoever made it says why once more.
func Holds(one Relation, until, now time.Time) bool {
	if lasts, opening := openings[one]; opening {
		return now.Before(until) && until.Sub(now) <= lasts+Drift
	}
	return until.IsZero() || now.Before(until)
}

// A Record is the plan that is asked about, as far as rights depend on it.
type Record struct {
	State     lifecycle.State
	Live      bool       // a version was approved
	Draft     bool       // a draft exists
	Relations []Relation // of this person or their organisation, those that hold now
	// ConsentEnded says that the draft records consent as refused or withdrawn, which the live version does not.
	ConsentEnded bool
	// Marked says that the person's record is marked as sensitive in the national index (the S-flag).
	Marked bool
}

func (r Record) facts() lifecycle.Facts { return lifecycle.Facts{Live: r.Live, Draft: r.Draft} }

// A Sight is how far a person sees.
type Sight int

// The sights, from none to all.
const (
	Nothing    Sight = iota // does not even learn that there is a plan
	BreakGlass              // may open it in an emergency only
	AskReason               // may open it with a reason
	Desk                    // state, demographics and contacts; no free text
	Published               // the live version and nothing else
	Everything
)

// See says how far a person sees into a record. Who broke the glass sees what a crew sees, and nothing of a draft.
func See(p Person, r Record) Sight {
	grant := Of(p)
	glass := slices.Contains(r.Relations, Glass)
	related := slices.ContainsFunc(r.Relations, func(one Relation) bool { return ties(grant, one) })
	live := r.Live && lifecycle.Urgent(r.State)
	switch {
	case !grant.Find:
		return Nothing
	case grant.Urgent:
		if !live {
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
	case live && glass:
		return Published
	case grant.Claim && r.Marked && !grant.Safety: // a claim of one's own is not enough
		if live {
			return BreakGlass
		}
		return Nothing
	case grant.Claim:
		return AskReason
	case live:
		return BreakGlass
	}
	return Nothing // what is not live is of no use in an emergency
}

// TellsSuspended says whether a person who looks somebody up is told that there is a plan and that it is suspended, and nothing else
// of it (domain.md 10.1: "hidden from summary with reason 'call practice'"). It is for urgent care, who would be told of the plan if it
// were in force: to them, nothing said means that there is nothing to ask for.
func TellsSuspended(p Person, r Record) bool {
	grant := Of(p)
	return grant.Find && grant.Urgent && r.State == lifecycle.Suspended && r.Live
}

// ties says whether a relation counts for somebody in this role. An opening counts in the kind of role in which it was made: who
// works at two places has not opened for the one what they opened for the other.
func ties(grant Grant, one Relation) bool {
	switch one {
	case Referral:
		return grant.Urgent
	case Claimed:
		return grant.Claim && !grant.Urgent
	case Glass:
		return false // gives less: see See
	}
	return true
}

// Reveals says whether a person may ask, with a reason, for an answer that is hidden from everybody. free says that it is
// words of clinicians (safeguarding, misuse), not a key safe code or an address; admin, that it is one of those that a
// practice administrator corrects.
func Reveals(p Person, sight Sight, free, admin bool) Verdict {
	grant := Of(p)
	switch {
	case sight < Desk:
		return forbidden("You cannot open this record.")
	case sight == Desk && !admin:
		return forbidden("Your role does not open the clinical content.")
	case free && sight == Published && !grant.Clinical:
		return forbidden("Only a clinician reads this. You can ask for the key safe code and the address.")
	}
	return yes()
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
	return slices.ContainsFunc(r.Relations, func(one Relation) bool { return one != Claimed && one != Referral && one != Glass })
}
