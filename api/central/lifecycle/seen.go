package lifecycle

// What may change here: in which states urgent care sees the live version, and what a state is called.

import "strconv"

// Urgent says whether urgent care sees the live version in this state. It needs a live version too.
func Urgent(state State) bool {
	switch state {
	case Approved, Amending, InReview, ReviewDue, Overdue, Deceased:
		return true
	}
	return false
}

// InForce says whether the live version is acted on in this state: as Urgent, but for somebody who has died. It needs a live
// version too.
func InForce(state State) bool { return Urgent(state) && state != Deceased }

// Ended says whether the plan is over, so that a new one may be started for the person. It is the same list as the unique
// index on plans.
func Ended(state State) bool {
	switch state {
	case Withdrawn, Closed, EnteredInError:
		return true
	}
	return false
}

// Words say a state to a person; live is the number of the live version, 0 when there is none.
func Words(state State, live int) string {
	stays := ""
	if live > 0 {
		stays = ". Version " + strconv.Itoa(live) + " stays live"
	}
	switch state {
	case PatientDraft:
		return "Being written by the patient"
	case Submitted:
		return "Sent by the patient"
	case Draft, Amending:
		return "Draft" + stays
	case InReview:
		return "Waiting for approval" + stays
	case Approved:
		return "Approved, version " + strconv.Itoa(live)
	case ReviewDue:
		return "Approved, version " + strconv.Itoa(live) + ". Review due soon"
	case Overdue:
		return "Approved, version " + strconv.Itoa(live) + ". Review overdue"
	case Suspended:
		return "Suspended: not shown to urgent care"
	case Withdrawn:
		return "Withdrawn: not shown to urgent care"
	case Deceased:
		return "The person has died"
	case Closed:
		return "Closed"
	case EnteredInError:
		return "Entered in error"
	}
	return string(state)
}
