package access

// What may change here: which actions a person has on a plan, and why not.

import (
	"slices"

	"cmc/api"
	"cmc/api/central/lifecycle"
)

// Actions beside the events of the lifecycle.
const (
	Comment  = "comment"
	Print    = "print"
	Feedback = "feedback"
)

// shown are the actions in the order in which a plan lists them.
var shown = []string{
	string(lifecycle.Save), string(lifecycle.TakeUp), string(lifecycle.Submit), string(lifecycle.Return),
	string(lifecycle.Approve), string(lifecycle.Amend), string(lifecycle.Discard), Comment, Print, Feedback,
	string(lifecycle.Die), string(lifecycle.Close), string(lifecycle.Withdraw), string(lifecycle.Suspend),
	string(lifecycle.Resume), string(lifecycle.Err),
}

// wanted are the actions whose refusal is told even before anybody tries.
var wanted = []string{string(lifecycle.Save), string(lifecycle.Submit), string(lifecycle.Approve), string(lifecycle.Amend), Print}

// A Verdict says whether an action may be done now. Code is one of api's problem codes and Why a sentence, when it may not.
type Verdict struct {
	OK   bool
	Code string
	Why  string
}

func yes() Verdict                 { return Verdict{OK: true} }
func no(code, why string) Verdict  { return Verdict{Code: code, Why: why} }
func forbidden(why string) Verdict { return no(api.CodeForbidden, why) }

// Actions lists what a person may do to a record now, and why not for what they might expect.
func Actions(p Person, r Record) (may []string, refused map[string]string) {
	may = []string{}
	for _, action := range shown {
		verdict := Judge(p, r, action)
		if verdict.OK {
			may = append(may, action)
			continue
		}
		if slices.Contains(wanted, action) && verdict.Why != "" {
			if refused == nil {
				refused = map[string]string{}
			}
			refused[action] = verdict.Why
		}
	}
	return may, refused
}

// Judge says whether a person may do one action to a record now: first whether they may know of it, then whether the role
// ever may, then whether the state allows it.
func Judge(p Person, r Record, action string) Verdict {
	sight := See(p, r)
	switch sight {
	case Nothing:
		return no(api.CodeNotFound, "There is no plan here that you can open.")
	case BreakGlass:
		return no(api.CodeBreakGlass, "Your organisation does not look after this person. In an emergency the record can be opened: "+
			"the practice is told at once, and every such opening is reviewed.")
	case AskReason:
		return no(api.CodeReason, "Say why you open this record. The answer is kept.")
	}
	switch action {
	case Comment:
		return comment(p, r, sight)
	case Print, Feedback:
		return onLive(p, r, sight, action)
	}
	if sight == Published && !Of(p).Urgent {
		return forbidden("You opened this record in an emergency: you can read the approved plan, and say how it served.")
	}
	event := lifecycle.Event(action)
	if row, found := lifecycle.Next(r.State, event, r.facts()); found {
		return mayDo(p, r, row.Who, event)
	}
	if verdict := ever(p, r, event); !verdict.OK {
		return verdict
	}
	return no(api.CodeState, notNow(event, r))
}

// ever says whether a person may do an event in any state at all, so that "never you" is said before "not now".
func ever(p Person, r Record, event lifecycle.Event) Verdict {
	last := forbidden("This is not done by hand.")
	for _, row := range lifecycle.Table {
		if row.Event != event || row.Who == lifecycle.Patient || row.Who == lifecycle.System {
			continue
		}
		if last = mayDo(p, r, row.Who, event); last.OK {
			return last
		}
	}
	return last
}

// mayDo says whether a person is of the kind that may do an event at all, to a plan of theirs.
func mayDo(p Person, r Record, who lifecycle.Who, event lifecycle.Event) Verdict {
	grant := Of(p)
	holder := slices.Contains(r.Relations, Holder)
	switch who {
	case lifecycle.Contributor:
		if !grant.Draft {
			return forbidden("Your role reads plans and does not write them.")
		}
		if grant.Admin && event != lifecycle.Save {
			return forbidden("A clinician or care-home nurse sends the plan. You can correct names, addresses and contacts in the draft.")
		}
		return yes()
	case lifecycle.Editor:
		if grant.Admin && event == lifecycle.Save {
			return yes()
		}
		if !grant.Amend {
			return forbidden("Your role does not change a live plan.")
		}
		return yes()
	case lifecycle.Approver:
		if event == lifecycle.Withdraw && grant.Clinical && grant.Draft && holder {
			return yes() // "approver, holder"
		}
		if event == lifecycle.Withdraw && r.ConsentEnded && grant.Draft && !grant.Admin && own(r) {
			return yes() // X21: "leaves urgent view at once", whoever of their own people was told
		}
		if event == lifecycle.Save && grant.Draft && !grant.Approve {
			return forbidden("The plan waits for approval. Only the reviewer changes it now.")
		}
		if !grant.Approve {
			if p.Role == api.RoleAdvancedNurse {
				return forbidden("Your organisation has not switched on approval by advanced nurses. A GP or consultant approves the plan.")
			}
			return forbidden("A GP or consultant approves the plan.")
		}
		if !own(r) {
			return forbidden("A GP of the practice that holds the plan, or a doctor of a team that it names, approves it.")
		}
		return yes()
	case lifecycle.Lead:
		if grant.Safety || (grant.Approve && own(r)) {
			return yes()
		}
		return forbidden("A GP of the practice that holds the plan, or the clinical safety officer, does this.")
	case lifecycle.Officer:
		if grant.Safety {
			return yes()
		}
		return forbidden("Only the clinical safety officer marks a plan as entered in error.")
	case lifecycle.Clinician:
		if grant.Clinical {
			return yes()
		}
		return forbidden("A clinician notifies the death.")
	case lifecycle.Holder:
		if holder && grant.Draft && !grant.Admin {
			return yes()
		}
		return forbidden("A clinician of the practice that holds the plan closes it.")
	}
	return forbidden("This is not done by hand.")
}

// JudgeConfirm says whether a person may say of something unusual in the draft that it is still so: those who may save the draft,
// but for a practice administrator, since most of it is clinical.
func JudgeConfirm(p Person, r Record) Verdict {
	verdict := Judge(p, r, string(lifecycle.Save))
	if verdict.OK && Of(p).Admin {
		return forbidden("A clinician or care-home nurse confirms this.")
	}
	return verdict
}

// comment needs a draft and somebody who may write or review.
func comment(p Person, r Record, sight Sight) Verdict {
	grant := Of(p)
	if sight != Everything || !grant.Draft {
		return forbidden("Your role does not comment on drafts.")
	}
	if !r.Draft {
		return no(api.CodeState, "There is no draft to comment on.")
	}
	switch r.State {
	case lifecycle.Draft, lifecycle.InReview, lifecycle.Amending:
		return yes()
	}
	return no(api.CodeState, "The draft cannot be changed now.")
}

// onLive needs a version that urgent care may see.
func onLive(p Person, r Record, sight Sight, action string) Verdict {
	if sight == Desk {
		return forbidden("Your role does not open the clinical summary.")
	}
	if action == Feedback && !Of(p).Feedback {
		return forbidden("Feedback comes from those who used the plan.")
	}
	if !r.Live || !lifecycle.Urgent(r.State) {
		return no(api.CodeState, "Nothing is approved that could be used.")
	}
	return yes()
}

// notNow says why the state does not allow an event.
func notNow(event lifecycle.Event, r Record) string {
	switch r.State {
	case lifecycle.InReview:
		return "The plan waits for approval. It can be changed when it was sent back or approved."
	case lifecycle.Approved, lifecycle.ReviewDue, lifecycle.Overdue:
		if event == lifecycle.Approve || event == lifecycle.Submit || event == lifecycle.Return {
			return "There is no draft. The approved plan is live."
		}
		if event == lifecycle.Save {
			return "The approved plan is not changed itself. Start an amendment first."
		}
		return "The approved plan is live: this does not apply."
	case lifecycle.Amending:
		if event == lifecycle.Amend {
			return "An amendment has been started already."
		}
		return "An amendment is being written: this does not apply."
	case lifecycle.Draft:
		if event == lifecycle.Approve || event == lifecycle.Return {
			return "The draft was not sent for review yet."
		}
		return "The plan is a draft: this does not apply."
	case lifecycle.PatientDraft, lifecycle.Submitted:
		return "The patient's own draft has not been taken up yet."
	case lifecycle.Suspended:
		return "The plan is suspended."
	case lifecycle.Withdrawn:
		return "The plan was withdrawn."
	case lifecycle.Deceased:
		return "The person has died. The plan is kept as it was."
	case lifecycle.Closed:
		return "The plan is closed and can only be read."
	case lifecycle.EnteredInError:
		return "The plan was entered in error."
	}
	return "The plan's state does not allow this."
}
