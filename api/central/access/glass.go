package access

// What may change here: how a record is opened in an emergency by somebody who does not look after the person, and who
// looks at such openings afterwards (domain.md 10.3 (e), 11.1 H12).

import (
	"slices"

	"cmc/api"
)

// GlassReason says whether a code is one of the reasons for which the glass may be broken (api.BreakGlassReasons).
func GlassReason(code string) bool {
	return slices.ContainsFunc(api.BreakGlassReasons, func(one api.BreakGlassReason) bool { return one.Code == code })
}

// JudgeOpen says whether a person may open a record with a reason of their own. Who broke the glass of a marked record does not
// get by a claim what the mark keeps from them.
func JudgeOpen(p Person, r Record) Verdict {
	switch sight := See(p, r); {
	case sight == Nothing, sight == BreakGlass:
		return Judge(p, r, "view")
	case sight == Published && r.Marked && !Of(p).Urgent && !Of(p).Safety:
		return no(api.CodeState, "You opened this record in an emergency. It is marked as sensitive, and opens to no reason of your own.")
	}
	return yes()
}

// JudgeGlass says whether a person may break the glass now. Nobody does who has a quieter way in.
func JudgeGlass(p Person, r Record) Verdict {
	switch See(p, r) {
	case BreakGlass:
		return yes()
	case Nothing, AskReason:
		return Judge(p, r, "view")
	case Published:
		if slices.Contains(r.Relations, Glass) {
			return yes() // again, before the first opening lapses: the reason may be another
		}
	}
	return no(api.CodeState, "You can open this record already.")
}

// Reviews says which emergency openings a person looks at afterwards: those of every plan (the clinical safety officer), or
// those of the plans that their own organisation holds (who approves there).
func Reviews(p Person) (every, held bool) {
	grant := Of(p)
	return grant.Safety, grant.Approve
}

// JudgeGlassReview says whether a person may say what became of an emergency opening. holder is the organisation that holds
// the plan; opener the person who opened it.
func JudgeGlassReview(p Person, holder, opener string) Verdict {
	every, held := Reviews(p)
	switch {
	case !every && !(held && p.ODS != "" && p.ODS == holder):
		return no(api.CodeNotFound, "There is no such opening.")
	case p.ID == opener:
		return forbidden("Somebody else reviews what you opened yourself.")
	}
	return yes()
}

// JudgePersonLog says whether a person may give the person whom the plan is about the list of who looked: clinicians of the
// practice that holds the plan, until people have a page of their own.
func JudgePersonLog(p Person, r Record) Verdict {
	if Of(p).Clinical && See(p, r) == Everything && slices.Contains(r.Relations, Holder) {
		return yes()
	}
	return forbidden("A clinician of the practice that holds the plan gives this list to the person.")
}
