// Package access says who may see and do what: the roles of domain.md 10.2 and the relationships of 10.3, in one place.
// The service sends its answer with every plan, and asks it again before every act.
//
// Contract:
//   - Pure: no clock, no store. The caller gives the relationships that hold now.
//   - Every refusal is a sentence that a person can read.
//   - What is not granted here is refused.
package access

// What may change here: what a role may do. A change needs a line in docs/decisions.md, and the test that lists the grants
// changes with it.

import "cmc/api"

// A Grant is what a role may do to plans that it is related to.
type Grant struct {
	Find     bool // look for a person
	Start    bool // begin a plan
	Draft    bool // write in a draft
	Admin    bool // only demographics and contacts, never free text
	Amend    bool // open a draft beside a live plan
	Approve  bool // publish; a nurse only where the organisation's switch is on
	Urgent   bool // sees only what is approved, by an opening of 12 hours
	Safety   bool // suspends and enters in error
	Clinical bool // is a clinician: may notify a death
	Claim    bool // may open a record that is not theirs, with a reason
	Feedback bool // may say "used" or "could not use"
	Reports  bool
	List     bool // has the list of its organisation's plans
}

// grants are domain.md 10.2. Care-home staff draft every section, since the main job begins with them: nothing of it is
// seen by urgent care before a clinician approves it.
var grants = map[api.Role]Grant{
	api.RoleUrgentViewer:    {Find: true, Urgent: true, Claim: true, Feedback: true},
	api.RoleUrgentClinician: {Find: true, Urgent: true, Claim: true, Feedback: true, Clinical: true},
	api.RoleGP: {Find: true, Start: true, Draft: true, Amend: true, Approve: true, Clinical: true, Claim: true,
		Feedback: true, Reports: true, List: true},
	api.RoleAdvancedNurse: {Find: true, Start: true, Draft: true, Amend: true, Approve: true, Clinical: true, Claim: true,
		Feedback: true, Reports: true, List: true},
	api.RoleCommunityNurse: {Find: true, Start: true, Draft: true, Amend: true, Clinical: true, Claim: true, Feedback: true, List: true},
	api.RoleHospiceNurse:   {Find: true, Start: true, Draft: true, Amend: true, Clinical: true, Claim: true, Feedback: true, List: true},
	api.RoleCareHome:       {Find: true, Start: true, Draft: true, Amend: true, Feedback: true, List: true},
	api.RolePracticeAdmin:  {Find: true, Draft: true, Admin: true, List: true, Reports: true},
	api.RoleTrainer:        {Find: true, Start: true, Draft: true, Amend: true, Claim: true, List: true}, // only in training: see Of
	api.RoleClinicalSafety: {Find: true, Safety: true, Claim: true, Reports: true},
	api.RoleSystemAdmin:    {},
	api.RoleCommissioner:   {Reports: true},
}

// A Person is who asks.
type Person struct {
	ID, ODS               string
	Role                  api.Role
	AdvancedNurseApproves bool // the organisation's switch
	Training              bool // the service is a training service
}

// Of is what a person's role grants here.
func Of(p Person) Grant {
	grant := grants[p.Role]
	if p.Role == api.RoleAdvancedNurse && !p.AdvancedNurseApproves {
		grant.Approve = false
	}
	if p.Role == api.RoleTrainer && !p.Training {
		return Grant{}
	}
	return grant
}

// Known says whether a role exists.
func Known(role api.Role) bool {
	_, found := grants[role]
	return found
}

// Works says whether a person has lists of plans that wait for them: who writes or approves, and who looks into openings in an
// emergency. The list of a practice is not of these.
func Works(p Person) bool {
	grant := Of(p)
	return grant.Draft && !grant.Admin || grant.Approve || grant.Safety
}

// May is what the left rail may show, and "offline" for whoever has plans to read offline.
func May(p Person) []string {
	grant := Of(p)
	may := []string{}
	add := func(granted bool, name string) {
		if granted {
			may = append(may, name)
		}
	}
	add(grant.Find, "find")
	add(grant.Start, "start")
	add(grant.Approve, "approve")
	add(Works(p), "work")
	add(grant.List, "practice_list")
	add(grant.Reports, "reports")
	_, offline := Offline(p)
	add(offline, "offline")
	add(p.Training, "training")
	add(grant.Urgent, "urgent_view")
	return may
}
