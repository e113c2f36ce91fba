package access

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"cmc/api"
	"cmc/api/central/lifecycle"
)

// Who attaches and who reads copies of documents, for every role and state: whoever attaches may save the draft, and urgent
// care reads only what is approved.
func TestAttachments(t *testing.T) {
	for _, role := range roles {
		for _, state := range lifecycle.States {
			for _, relations := range [][]Relation{nil, {Holder}, {Claimed}, {Referral}} {
				p, r := Person{ID: "u", Role: role, Training: true}, record(state, relations...)
				save := Judge(p, r, "save").OK
				attach := JudgeAttach(p, r)
				assert.Equal(t, save && role != api.RolePracticeAdmin, attach.OK, "%s %s %v", role, state, relations)
				for _, approved := range []bool{false, true} {
					read := JudgeAttachment(p, r, approved)
					sight := See(p, r)
					assert.Equal(t, sight == Everything || sight == Published && approved, read.OK, "%s %s %v", role, state, relations)
					for _, verdict := range []Verdict{attach, read} {
						if !verdict.OK {
							assert.Regexp(t, `^[A-Z].*\.$`, verdict.Why, "%s %s", role, state)
							assert.NotEmpty(t, verdict.Code)
						}
					}
				}
			}
		}
	}
	assert.False(t, JudgeAttach(Person{Role: api.RolePracticeAdmin}, record(lifecycle.Draft, Holder)).OK, "the desk writes no clinical content")
	assert.False(t, JudgeAttach(Person{Role: api.RoleUrgentClinician}, record(lifecycle.Approved, Referral)).OK)
	assert.True(t, JudgeAttach(Person{Role: api.RoleCareHome}, record(lifecycle.Draft, CareHome)).OK)
	assert.False(t, JudgeAttachment(Person{Role: api.RoleUrgentClinician}, record(lifecycle.Amending, Referral), false).OK)
	assert.True(t, JudgeAttachment(Person{Role: api.RoleUrgentClinician}, record(lifecycle.Amending, Referral), true).OK)
	assert.False(t, JudgeAttachment(Person{Role: api.RoleSystemAdmin}, record(lifecycle.Approved, Holder), true).OK)
}
