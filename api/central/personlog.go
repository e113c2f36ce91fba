package central

// What may change here: how the person whom a plan is about is told who looked at it: plain words, organisations and roles,
// no names of staff, and no reason that speaks of safeguarding (domain.md 10.3, "who saw my plan").

import (
	"context"
	"strconv"
	"strings"

	"cmc/api"
	"cmc/api/central/access"
	"cmc/api/central/audit"
	"cmc/api/central/lifecycle"
	"cmc/api/central/store"
	"cmc/forms/plan"
)

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

// plainly says in the person's words what each action did. An action that is not here is told as "Worked on the plan".
var plainly = map[string]string{
	audit.Search:                   "Found you in a search",
	audit.Create:                   "Started the plan",
	audit.View:                     "Looked at the plan",
	audit.Opened:                   "Opened the plan, and said why",
	audit.Glass:                    "Opened the plan in an emergency",
	audit.Reviewed:                 "Checked whether opening it in an emergency was right",
	audit.Summary:                  "Read the urgent care summary",
	audit.Print:                    "Printed the urgent care summary, or kept it as a file",
	audit.Offline:                  "Had the urgent care summary put on a computer, to be read without a connection",
	audit.OfflineRead:              "Read the urgent care summary without a connection",
	audit.OfflinePrint:             "Printed the urgent care summary without a connection, or kept it as a file",
	audit.Reveal:                   "Looked at an answer that is hidden from most people",
	audit.Save:                     "Wrote in the draft",
	audit.Comment:                  "Commented on the draft",
	audit.Confirm:                  "Confirmed an answer in the draft",
	audit.Feedback:                 "Said how the plan served",
	audit.Attach:                   "Attached a copy of a document",
	audit.Attachment:               "Opened a copy of a document",
	audit.ReadLog:                  "Looked at who had looked",
	string(lifecycle.TakeUp):       "Took up what you had written",
	string(lifecycle.Submit):       "Sent the draft for approval",
	string(lifecycle.Return):       "Sent the draft back",
	string(lifecycle.Approve):      "Approved the plan",
	string(lifecycle.Amend):        "Began to change the plan",
	string(lifecycle.Discard):      "Dropped the change",
	string(lifecycle.Withdraw):     "Took the plan out of use",
	string(lifecycle.Suspend):      "Hid the plan for safety",
	string(lifecycle.Resume):       "Put the plan back into use",
	string(lifecycle.Close):        "Closed the plan",
	string(lifecycle.Die):          "Recorded a death",
	string(lifecycle.Err):          "Marked the plan as entered in error",
	string(lifecycle.ReviewNear):   "Noted that a review is near",
	string(lifecycle.ReviewPassed): "Noted that a review is overdue",
	string(lifecycle.Lapse):        "Closed the plan",
}

// roleWords are the roles in words that a patient could read.
var roleWords = map[api.Role]string{
	api.RoleUrgentViewer:    "Urgent care call handler",
	api.RoleUrgentClinician: "Ambulance or out-of-hours clinician",
	api.RoleGP:              "Doctor",
	api.RoleAdvancedNurse:   "Senior nurse",
	api.RoleCommunityNurse:  "Community nurse or therapist",
	api.RoleHospiceNurse:    "Hospice nurse",
	api.RoleCareHome:        "Care home staff",
	api.RolePracticeAdmin:   "Practice administrator",
	api.RoleTrainer:         "Trainer",
	api.RoleSystemAdmin:     "System administrator",
	api.RoleClinicalSafety:  "Clinical safety officer",
	api.RoleCommissioner:    "Planner of services",
}

// guardedWords are words of reasons that may speak of safeguarding: whoever harms the person may read the list with them.
var guardedWords = []string{"safeguard", "abus", "neglect", "violen", "assault", "harm", "coerc", "exploit", "police", "domestic", "theft", "stole", "stolen",
	"money", "bruis", "injur", "marac", "mash", "social services", "protect", "threat", "afraid", "scared", "misuse", "divert"}

// guarded says whether a reason is kept from the list that the person reads. Too many reasons are kept back rather than one
// too few: that somebody looked is told each time.
func guarded(e *audit.Event) bool {
	if e.Action == audit.Glass && e.What == "safeguarding" || e.Action == audit.Reviewed {
		return true
	}
	if e.Action == audit.Reveal && e.What != plan.KeySafeCode {
		return true
	}
	reason := strings.ToLower(e.Reason)
	for _, word := range guardedWords {
		if strings.Contains(reason, word) {
			return true
		}
	}
	return false
}

// personLog is the list of who looked in the form that is given to the person.
func (s *Service) personLog(ctx context.Context, c *caller, id string) (out *api.AccessLog, err error) {
	err = s.look(ctx, c, id, audit.ReadLog, "for the person", func(tx store.Tx, f *folder) error {
		if verdict := access.JudgePersonLog(c.person, f.record); !verdict.OK {
			return refuseVerdict(verdict)
		}
		lines, more, err := looks(tx, f)
		if err != nil {
			return err
		}
		out = &api.AccessLog{Items: []api.AccessEvent{}, More: more}
		for i := range lines {
			out.Items = append(out.Items, forThePerson(&lines[i]))
		}
		return nil
	})
	return out, err
}

// forThePerson puts one line into plain words.
func forThePerson(e *audit.Event) api.AccessEvent {
	out := api.AccessEvent{At: e.At, Role: api.Role(e.Role), Org: e.Org, Action: e.Action, Version: e.Version, Words: plainly[e.Action],
		RoleWords: roleWords[api.Role(e.Role)], Emergency: e.Action == audit.Glass}
	if out.Words == "" {
		out.Words = "Worked on the plan"
	}
	if out.RoleWords == "" {
		out.RoleWords = "This service"
	}
	switch e.Action {
	case audit.Glass:
		out.Reason = glassWords(api.BreakGlassReasons, e.What) + ". " + e.Reason
	case audit.Opened, audit.Reveal:
		out.Reason = e.Reason // why they looked; other reasons are words between clinicians
	}
	if guarded(e) {
		out.Reason = ""
	}
	return out
}
