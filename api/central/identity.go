package central

// What may change here: how a plan is compared with the patient index before approval (X19).

import (
	"cmc/api"
	"cmc/api/central/access"
	"cmc/api/central/lifecycle"
	"cmc/api/central/store"
	"cmc/forms"
	"cmc/forms/plan"
)

// identity compares the plan's person with the entry of the index that the plan hangs on. An entry that was made from the
// plan itself proves nothing: only one that was traced counts.
func (s *Service) identity(r forms.Reader, p *store.Patient) []forms.Problem {
	return plan.CheckIndex(r, traced{p})
}

// traced is the index as far as one plan is concerned.
type traced struct{ *store.Patient }

// FindByNHSNumber implements plan.Index. A traced person whose plan has another number is given too, so that the difference is
// told.
func (t traced) FindByNHSNumber(string) (plan.IndexRecord, bool) {
	return plan.IndexRecord{NHSNumber: t.NHSNumber, FamilyName: t.FamilyName, GivenName: t.GivenName, BirthDate: t.BirthDate}, t.Traced
}

// judgeApprove says why the caller may not approve now; nil when they may.
func judgeApprove(c *caller, f *folder) *api.Problem {
	if verdict := access.Judge(c.person, f.record, string(lifecycle.Approve)); !verdict.OK {
		return refuseVerdict(verdict)
	}
	if c.User.RegNumber == "" {
		return refuse(api.CodeForbidden, "Your account has no registration number, and an approval carries one.", "Ask the help desk to add it.")
	}
	return nil
}
