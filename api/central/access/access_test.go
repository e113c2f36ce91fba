package access

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"cmc/api"
	"cmc/api/central/lifecycle"
)

var roles = []api.Role{api.RoleUrgentViewer, api.RoleUrgentClinician, api.RoleGP, api.RoleAdvancedNurse, api.RoleCommunityNurse,
	api.RoleHospiceNurse, api.RoleCareHome, api.RolePracticeAdmin, api.RoleTrainer, api.RoleSystemAdmin, api.RoleClinicalSafety,
	api.RoleCommissioner}

func record(state lifecycle.State, relations ...Relation) Record {
	live := slices.Contains([]lifecycle.State{lifecycle.Approved, lifecycle.Amending, lifecycle.ReviewDue, lifecycle.Overdue, lifecycle.Suspended,
		lifecycle.Withdrawn, lifecycle.Deceased, lifecycle.Closed}, state)
	draft := slices.Contains([]lifecycle.State{lifecycle.PatientDraft, lifecycle.Submitted, lifecycle.Draft, lifecycle.InReview, lifecycle.Amending}, state)
	return Record{State: state, Live: live, Draft: draft, Relations: relations}
}

// What domain.md 10.2 says of each role that belongs to the plan's practice, in the states that matter.
func TestTheActionsOfEachRole(t *testing.T) {
	for _, c := range []struct {
		role  api.Role
		state lifecycle.State
		want  []string
	}{
		{api.RoleGP, lifecycle.Draft, []string{"save", "submit", "comment", "withdraw"}},
		{api.RoleGP, lifecycle.InReview, []string{"save", "return", "approve", "comment", "withdraw"}},
		{api.RoleGP, lifecycle.Approved, []string{"amend", "print", "feedback", "deceased", "withdraw", "suspend"}},
		{api.RoleGP, lifecycle.Amending, []string{"save", "submit", "approve", "discard", "comment", "print", "feedback", "deceased", "withdraw", "suspend"}},
		{api.RoleGP, lifecycle.Suspended, []string{"deceased", "withdraw", "resume"}},
		{api.RoleGP, lifecycle.Deceased, []string{"print", "feedback", "close", "resume"}},
		{api.RoleGP, lifecycle.Closed, []string{}},
		{api.RoleAdvancedNurse, lifecycle.InReview, []string{"comment", "withdraw"}}, // "approver, holder"
		{api.RoleCommunityNurse, lifecycle.Draft, []string{"save", "submit", "comment", "withdraw"}},
		{api.RoleCommunityNurse, lifecycle.InReview, []string{"comment", "withdraw"}},
		{api.RoleCareHome, lifecycle.Draft, []string{"save", "submit", "comment", "withdraw"}},
		{api.RoleCareHome, lifecycle.InReview, []string{"comment"}},
		{api.RoleCareHome, lifecycle.Approved, []string{"amend", "print", "feedback"}},
		{api.RolePracticeAdmin, lifecycle.Draft, []string{"save"}},
		{api.RolePracticeAdmin, lifecycle.Approved, []string{}},
		{api.RoleClinicalSafety, lifecycle.Approved, []string{"print", "suspend", "error"}},
		{api.RoleUrgentClinician, lifecycle.Approved, []string{"print", "feedback", "deceased"}},
		{api.RoleUrgentViewer, lifecycle.Approved, []string{"print", "feedback"}},
		{api.RoleUrgentViewer, lifecycle.Draft, []string{}},
		{api.RoleSystemAdmin, lifecycle.Approved, []string{}},
		{api.RoleCommissioner, lifecycle.Approved, []string{}},
		{api.RoleTrainer, lifecycle.Approved, []string{}},
	} {
		may, _ := Actions(Person{ID: "u", Role: c.role}, record(c.state, Holder))
		assert.ElementsMatch(t, c.want, may, "%s %s", c.role, c.state)
	}
}

// A person who takes back their consent tells it to whoever is with them: these need not wait for a doctor (domain.md 5 X21).
func TestWithdrawnConsentIsActedOnAtOnce(t *testing.T) {
	for _, role := range roles {
		for _, relation := range []Relation{Holder, Team, CareHome, Origin, Claimed, Referral} {
			r := record(lifecycle.Amending, relation)
			before := Judge(Person{ID: "u", Role: role}, r, "withdraw").OK
			r.ConsentEnded = true
			after := Judge(Person{ID: "u", Role: role}, r, "withdraw").OK
			own := relation != Claimed && relation != Referral
			writes := slices.Contains([]api.Role{api.RoleGP, api.RoleAdvancedNurse, api.RoleCommunityNurse, api.RoleHospiceNurse, api.RoleCareHome}, role)
			assert.Equal(t, before || own && writes, after, "%s %s", role, relation)
		}
	}
	assert.False(t, Judge(Person{ID: "u", Role: api.RoleCareHome}, record(lifecycle.Amending, CareHome), "withdraw").OK)
}

func TestOnlyApproversApprove(t *testing.T) {
	for _, role := range roles {
		for _, training := range []bool{false, true} {
			for _, relation := range []Relation{Holder, Team, CareHome, Origin, Claimed, Referral} {
				p := Person{ID: "u", Role: role, Training: training}
				verdict := Judge(p, record(lifecycle.InReview, relation), "approve")
				want := role == api.RoleGP && relation != Claimed && relation != Referral
				assert.Equal(t, want, verdict.OK, "%s %s", role, relation)
				if !verdict.OK {
					assert.NotEmpty(t, verdict.Why)
					assert.NotEmpty(t, verdict.Code)
				}
			}
		}
	}
	nurse := Person{ID: "u", Role: api.RoleAdvancedNurse, AdvancedNurseApproves: true}
	assert.True(t, Judge(nurse, record(lifecycle.InReview, Holder), "approve").OK, "where the organisation's switch is on")
}

// Whatever the role: nothing that is not live and visible is seen by urgent care, and no stranger sees anything.
func TestSight(t *testing.T) {
	for _, role := range roles {
		for _, state := range lifecycle.States {
			stranger := See(Person{ID: "u", Role: role, Training: true}, record(state))
			assert.LessOrEqual(t, stranger, AskReason, "%s %s", role, state)
			related := See(Person{ID: "u", Role: role, Training: true}, record(state, Holder))
			switch role {
			case api.RoleUrgentViewer, api.RoleUrgentClinician:
				want := Nothing
				if lifecycle.Urgent(state) && record(state).Live {
					want = Published
				}
				assert.Equal(t, want, related, "%s %s", role, state)
			case api.RoleSystemAdmin, api.RoleCommissioner:
				assert.Equal(t, Nothing, related)
			case api.RolePracticeAdmin:
				assert.Equal(t, Desk, related)
			default:
				assert.Equal(t, Everything, related)
			}
		}
	}
	assert.Equal(t, BreakGlass, See(Person{ID: "u", Role: api.RoleCareHome}, record(lifecycle.Approved)), "own residents only, but in an emergency")
	assert.Equal(t, Nothing, See(Person{ID: "u", Role: api.RoleCareHome}, record(lifecycle.Draft)), "a draft helps nobody in an emergency")
	assert.Equal(t, Nothing, See(Person{ID: "u", Role: api.RoleTrainer}, record(lifecycle.Approved, Holder)), "a trainer sees nobody real")
	_, lasts, may := Opening(Person{Role: api.RoleUrgentClinician})
	assert.True(t, may)
	assert.Equal(t, 12*time.Hour, lasts)
	_, lasts, may = Opening(Person{Role: api.RoleHospiceNurse})
	assert.True(t, may)
	assert.Equal(t, 28*24*time.Hour, lasts)
	_, _, may = Opening(Person{Role: api.RoleCareHome})
	assert.False(t, may)
}

// An opening holds until it ends, and never for longer than one can: a clock that was ahead has written no right for a year.
func TestAnOpeningHoldsNoLongerThanItCan(t *testing.T) {
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	for kind, lasts := range map[Relation]time.Duration{Referral: 12 * time.Hour, Glass: 12 * time.Hour, Claimed: 28 * 24 * time.Hour} {
		assert.True(t, Holds(kind, now.Add(lasts), now), kind)
		assert.True(t, Holds(kind, now.Add(time.Millisecond), now), kind)
		assert.False(t, Holds(kind, now, now), kind)
		assert.False(t, Holds(kind, now.Add(lasts+6*time.Minute), now), kind)
		assert.False(t, Holds(kind, time.Time{}, now), "an opening always ends: %s", kind)
	}
	for _, kind := range []Relation{Holder, Team, CareHome, Origin} {
		assert.True(t, Holds(kind, time.Time{}, now), kind)
	}
	assert.False(t, Holds(Team, now, now), "a person in the team until a day")
}

// An opening counts in the kind of role in which it was made.
func TestAnOpeningIsNotAnothersRole(t *testing.T) {
	for _, role := range []api.Role{api.RoleGP, api.RoleCareHome, api.RoleClinicalSafety, api.RoleHospiceNurse} {
		assert.LessOrEqual(t, See(Person{ID: "u", Role: role}, record(lifecycle.Approved, Referral)), AskReason, role)
	}
	assert.Equal(t, AskReason, See(Person{ID: "u", Role: api.RoleUrgentViewer}, record(lifecycle.Approved, Claimed)))
	assert.Equal(t, BreakGlass, See(Person{ID: "u", Role: api.RoleCareHome}, record(lifecycle.Approved, Claimed)))
	assert.Equal(t, BreakGlass, See(Person{ID: "u", Role: api.RoleGP}, marked(lifecycle.Approved, Referral)))
	assert.Equal(t, Nothing, See(Person{ID: "u", Role: api.RoleGP}, marked(lifecycle.Draft)), "not told of at all")
}

func TestEveryRefusalIsASentence(t *testing.T) {
	for _, role := range roles {
		for _, state := range lifecycle.States {
			for _, action := range shown {
				for _, relations := range [][]Relation{nil, {Holder}, {Claimed}} {
					verdict := Judge(Person{ID: "u", Role: role, Training: true}, record(state, relations...), action)
					if !verdict.OK {
						assert.Regexp(t, `^[A-Z].*\.$`, verdict.Why, "%s %s %s", role, state, action)
					}
				}
			}
		}
	}
	assert.False(t, Known("wizard"))
	assert.Equal(t, Grant{}, Of(Person{Role: "wizard"}))
}
