package central

// What may change here: how a plan is compared with the patient index before approval (X19).

import (
	"errors"
	"slices"

	"cmc/api"
	"cmc/api/central/access"
	"cmc/api/central/lifecycle"
	"cmc/api/central/store"
	"cmc/forms"
	"cmc/forms/plan"
)

// identity compares the plan's person with the entry of the index that the plan hangs on. An entry that was made from the
// plan itself proves nothing: only one that was traced counts. A number that is another entry's stops approval, signed or not.
func (s *Service) identity(tx store.Tx, r forms.Reader, p *store.Patient) ([]forms.Problem, error) {
	out := plan.CheckIndex(r, traced{p})
	other, err := tx.PatientByNumber(wholeNumber(r))
	if errors.Is(err, store.ErrNotFound) {
		return out, nil
	}
	if err != nil {
		return nil, err
	}
	if other.ID != p.ID && !p.Traced {
		out = slices.DeleteFunc(out, func(one forms.Problem) bool { return one.Item == plan.NHSNumber })
		out = append(out, forms.Problem{Item: plan.NHSNumber, Step: stepOf(r.Def(), plan.NHSNumber), Rule: "X19", Severity: forms.Stop, Words: otherPersons})
	}
	return out, nil
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
