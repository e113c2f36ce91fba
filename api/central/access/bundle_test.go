package access

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"cmc/api"
	"cmc/api/central/lifecycle"
)

// Whose plans may lie on whose computer: for every role, state, relation and mark. Care-home staff have their residents, hospice and
// community nurses their caseload, nobody else has any; and what was opened with a reason is nobody's.
func TestWhoReadsOffline(t *testing.T) {
	own := map[api.Role]Relation{api.RoleCareHome: CareHome, api.RoleHospiceNurse: Team, api.RoleCommunityNurse: Team}
	inForce := []lifecycle.State{lifecycle.Approved, lifecycle.Amending, lifecycle.ReviewDue, lifecycle.Overdue}
	given := 0
	for _, role := range roles {
		for _, training := range []bool{false, true} {
			p := Person{ID: "u", Role: role, Training: training}
			_, may := Offline(p)
			assert.Equal(t, own[role] != "", may, "%s", role)
			assert.Equal(t, may, slices.Contains(May(p), "offline"), "%s", role)
			for _, state := range lifecycle.States {
				for _, relation := range []Relation{Holder, Team, CareHome, Origin, Claimed, Referral, Glass} {
					for _, mark := range []bool{false, true} {
						r := record(state, relation)
						r.Marked = mark
						verdict := JudgeOffline(p, r)
						want := own[role] == relation && slices.Contains(inForce, state) && !mark
						assert.Equal(t, want, verdict.OK, "%s %s %s marked %v", role, state, relation, mark)
						if want {
							given++
						} else {
							assert.Regexp(t, `^[A-Z].*\.$`, verdict.Why)
						}
					}
				}
			}
		}
	}
	assert.Equal(t, 2*3*len(inForce), given)
	review := record(lifecycle.InReview, CareHome)
	assert.False(t, JudgeOffline(Person{Role: api.RoleCareHome}, review).OK, "a first draft")
	review.Live = true
	assert.True(t, JudgeOffline(Person{Role: api.RoleCareHome}, review).OK, "a change of a plan that stays in force")
}

func TestWhoWipes(t *testing.T) {
	for _, role := range roles {
		assert.Equal(t, role == api.RoleSystemAdmin, JudgeWipe(Person{Role: role, Training: true}).OK, "%s", role)
	}
}
