package access

// What may change here: who has which report, over whose plans, and how much of it.

import (
	"slices"

	"cmc/api"
)

// A ReportGrant is what a person has of the reports.
type ReportGrant struct {
	Names     []string // of the reports, in the order of the page; none: no reports
	Own       bool     // only of the plans that the person's organisation holds; else of all
	Protected bool     // pseudonymised: no small number, nothing that gives one away, no id
	Plans     bool     // with the ids of the plans that clinical governance looks at
}

// everyReport are all reports in the order of the page.
var everyReport = []string{api.ReportCoverage, api.ReportCreation, api.ReportViews, api.ReportQuality, api.ReportOutcomes, api.ReportDNACPR,
	api.ReportProblems}

// withoutClinical are those that a practice administrator has: none that says what was decided for whom (domain.md 10.2: list and
// status), since in one practice a count of one is a person whom they know.
var withoutClinical = []string{api.ReportCoverage, api.ReportCreation, api.ReportViews, api.ReportQuality, api.ReportProblems}

// reports are domain.md 10.5 and 10.2. A role that is not here has none.
var reports = map[api.Role]ReportGrant{
	api.RoleGP:             {Names: everyReport, Own: true, Plans: true},
	api.RoleAdvancedNurse:  {Names: everyReport, Own: true, Plans: true},
	api.RolePracticeAdmin:  {Names: withoutClinical, Own: true},
	api.RoleClinicalSafety: {Names: everyReport, Plans: true},
	api.RoleCommissioner:   {Names: everyReport, Protected: true},
}

// Reports is what a person has of the reports. The ids of plans are for who may open every plan of them with a reason or by right:
// clinical safety, and the approvers of the practice that holds them.
func Reports(p Person) ReportGrant {
	grant := Of(p)
	out, there := reports[p.Role]
	if !grant.Reports || !there || out.Own && p.ODS == "" {
		return ReportGrant{}
	}
	out.Names = slices.Clone(out.Names)
	out.Plans = out.Plans && (grant.Approve || grant.Safety)
	return out
}

// UrgentRoles are the roles of urgent care, in the order of their names.
func UrgentRoles() []string {
	var out []string
	for role, grant := range grants {
		if grant.Urgent {
			out = append(out, string(role))
		}
	}
	slices.Sort(out)
	return out
}
