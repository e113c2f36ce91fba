package access

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"cmc/api"
	"cmc/api/central/lifecycle"
)

// marked is a record of somebody whose record the national index marks as sensitive.
func marked(state lifecycle.State, relations ...Relation) Record {
	r := record(state, relations...)
	r.Marked = true
	return r
}

// Who may break the glass, for every role and state: care-home staff who do not look after the person, and for a marked record
// the clinicians who would otherwise open it with a reason of their own. Urgent care and clinical safety need not.
func TestWhoBreaksTheGlass(t *testing.T) {
	for _, role := range roles {
		for _, state := range lifecycle.States {
			for _, mark := range []bool{false, true} {
				r := record(state)
				r.Marked = mark
				clinician := slices.Contains([]api.Role{api.RoleGP, api.RoleAdvancedNurse, api.RoleCommunityNurse, api.RoleHospiceNurse, api.RoleTrainer}, role)
				want := r.Live && lifecycle.Urgent(state) && (role == api.RoleCareHome || mark && clinician)
				verdict := JudgeGlass(Person{ID: "u", Role: role, Training: true}, r)
				assert.Equal(t, want, verdict.OK, "%s %s marked %v", role, state, mark)
				if !verdict.OK {
					assert.Regexp(t, `^[A-Z].*\.$`, verdict.Why)
				}
			}
		}
	}
	assert.Equal(t, api.CodeState, JudgeGlass(Person{Role: api.RoleCareHome}, record(lifecycle.Approved, CareHome)).Code, "their own resident")
	assert.True(t, JudgeGlass(Person{Role: api.RoleCareHome}, record(lifecycle.Approved, Glass)).OK, "again, before it lapses")
}

// Who broke the glass reads what a crew reads and says how it served. Nothing else, whatever the role may do elsewhere.
func TestWhatBreakingTheGlassGives(t *testing.T) {
	for _, role := range []api.Role{api.RoleCareHome, api.RoleCommunityNurse, api.RoleHospiceNurse, api.RoleGP} {
		for _, state := range lifecycle.States {
			p, r := Person{ID: "u", Role: role}, marked(state, Glass)
			if !r.Live || !lifecycle.Urgent(state) {
				assert.LessOrEqual(t, See(p, r), AskReason, "%s %s", role, state)
				continue
			}
			assert.Equal(t, Published, See(p, r), "%s %s", role, state)
			may, _ := Actions(p, r)
			assert.Equal(t, []string{Print, Feedback}, may, "%s %s", role, state)
			assert.False(t, own(r))
		}
	}
	assert.Equal(t, Everything, See(Person{Role: api.RoleGP}, marked(lifecycle.Approved, Claimed, Glass)), "a claim that held before the mark holds")
}

func TestWhoReviewsOpenings(t *testing.T) {
	for _, role := range roles {
		for _, ods := range []string{"X1", "X2", ""} {
			p := Person{ID: "u", ODS: ods, Role: role, Training: true}
			want := role == api.RoleClinicalSafety || role == api.RoleGP && ods == "X1"
			assert.Equal(t, want, JudgeGlassReview(p, "X1", "other").OK, "%s %q", role, ods)
			assert.False(t, JudgeGlassReview(p, "X1", "u").OK, "not one's own")
		}
	}
	assert.False(t, JudgeGlassReview(Person{ID: "u", Role: api.RoleGP}, "", "other").OK, "a plan that nobody holds is no GP's")
	assert.True(t, JudgeGlassReview(Person{ID: "u", ODS: "X1", Role: api.RoleAdvancedNurse, AdvancedNurseApproves: true}, "X1", "other").OK)
}

func TestWhatMayBeRevealed(t *testing.T) {
	for _, role := range roles {
		p := Person{Role: role, Training: true}
		for _, sight := range []Sight{Nothing, BreakGlass, AskReason} {
			assert.False(t, Reveals(p, sight, false, true).OK)
		}
		assert.True(t, Reveals(p, Published, false, false).OK, "a key safe code, for who reads the plan")
		assert.Equal(t, Of(p).Clinical, Reveals(p, Published, true, false).OK, "%s", role)
		assert.True(t, Reveals(p, Everything, true, false).OK)
		assert.False(t, Reveals(p, Desk, false, false).OK)
		assert.True(t, Reveals(p, Desk, false, true).OK, "an address, for who corrects it")
	}
}
