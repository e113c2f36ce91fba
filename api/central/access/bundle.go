package access

// What may change here: whose plans a person may keep on a computer, to be read there without a connection, and who has that
// erased. A page on a computer can be stolen with it, so that only those have it who are beside the person when the line fails.

import (
	"slices"

	"cmc/api"
	"cmc/api/central/lifecycle"
)

// offline says by which relation a role has plans to read offline: care-home staff those of their residents, hospice and community
// nurses those of their caseload, by the plan's care team. A role that is not here has none; urgent care opens a record with a
// reason, each time, and carries none about.
var offline = map[api.Role]Relation{
	api.RoleCareHome:       CareHome,
	api.RoleHospiceNurse:   Team,
	api.RoleCommunityNurse: Team,
}

// Offline is the relation by which a person has plans to read offline; false: they have none.
func Offline(p Person) (Relation, bool) {
	relation, there := offline[p.Role]
	return relation, there && Of(p).Find
}

// JudgeOffline says whether a plan may be kept on a person's computer, to be read there without a connection: the approved version
// in force, of somebody whom they look after by that relation. What was opened with a reason is not theirs, and a record that is
// marked as sensitive never leaves the service: that somebody is looked after here says where they are.
func JudgeOffline(p Person, r Record) Verdict {
	relation, may := Offline(p)
	switch {
	case !may:
		return forbidden("Your role keeps no plans to be read offline.")
	case See(p, r) < Published || !slices.Contains(r.Relations, relation):
		return no(api.CodeNotFound, "There is no plan here that you keep to be read offline.")
	case r.Marked:
		return forbidden("This record is marked as sensitive. It is read at the service only.")
	case !r.Live || !lifecycle.InForce(r.State):
		return no(api.CodeState, "No approved version is in force.")
	}
	return yes()
}

// JudgeWipe says whether a person may have what another's computers keep erased: who looks after accounts.
func JudgeWipe(p Person) Verdict {
	if p.Role == api.RoleSystemAdmin {
		return yes()
	}
	return forbidden("Those who look after accounts ask for this.")
}
