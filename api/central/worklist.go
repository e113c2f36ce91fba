package central

// What may change here: the worklists: who has which, what is in them, and their words.

import (
	"context"
	"errors"

	"cmc/api"
	"cmc/api/central/access"
	"cmc/api/central/audit"
	"cmc/api/central/lifecycle"
	"cmc/api/central/store"
)

// A worklist is one list of work: who has it, what is in it, and what a row asks for.
type worklist struct {
	name, title, empty string
	has                func(access.Grant) bool
	filter             func(s *Service, c *caller) store.Filter
	wanted             func(one *store.Listed) string
	// found says that the filter finds what somebody once wrote: of that, they are shown what they may open now.
	found bool
}

func words(states ...lifecycle.State) []string {
	out := make([]string, len(states))
	for i, state := range states {
		out[i] = string(state)
	}
	return out
}

var yes, no = true, false

// emergencies is the list of openings in an emergency.
const emergencies = "emergency-openings"

// worklists are all lists in the order of the page (experience.md 2).
var worklists = []worklist{
	{"to-approve", "To approve", "Plans that were sent to you for approval appear here.",
		func(g access.Grant) bool { return g.Approve },
		func(_ *Service, c *caller) store.Filter {
			return store.Filter{Statuses: words(lifecycle.InReview), RelatedODS: c.Org.ODS, RelatedUser: c.User.ID}
		},
		func(one *store.Listed) string {
			if one.Draft != nil && one.Draft.Wanted != "" {
				return one.Draft.Wanted
			}
			return "Review and approve"
		}, false},
	{"sent-back", "Sent back to me", "Plans that a reviewer sent back to you appear here.",
		func(g access.Grant) bool { return g.Draft && !g.Admin },
		func(_ *Service, c *caller) store.Filter {
			return store.Filter{Statuses: words(lifecycle.Draft, lifecycle.Amending), AuthorID: c.User.ID, AuthorODS: c.Org.ODS, Returned: &yes}
		},
		func(one *store.Listed) string { return "Answer the reviewer's comments and send again" }, true},
	{"my-drafts", "My drafts", "Plans that you have begun and not sent appear here.",
		func(g access.Grant) bool { return g.Draft && !g.Admin },
		func(_ *Service, c *caller) store.Filter {
			return store.Filter{Statuses: words(lifecycle.Draft, lifecycle.Amending), AuthorID: c.User.ID, Returned: &no}
		},
		func(*store.Listed) string { return "Go on writing, then check and send" }, true},
	{"flagged", "Flagged", "Plans that a crew could not use, or that contradict themselves, appear here.",
		func(g access.Grant) bool { return g.Draft && !g.Admin },
		func(_ *Service, c *caller) store.Filter {
			return store.Filter{Statuses: words(lifecycle.Draft, lifecycle.InReview, lifecycle.Approved, lifecycle.Amending, lifecycle.ReviewDue, lifecycle.Overdue),
				RelatedODS: c.Org.ODS, RelatedUser: c.User.ID, Flagged: true}
		},
		func(one *store.Listed) string {
			if one.Draft != nil && one.Draft.Alarm != "" {
				return one.Draft.Alarm
			}
			if one.Flag != "" {
				return "A crew could not use it: " + one.Flag
			}
			return "A crew could not use it"
		}, false},
	{"review-due", "Review due", "Plans whose review is due soon, or overdue, appear here.",
		func(g access.Grant) bool { return g.Draft && !g.Admin },
		func(s *Service, c *caller) store.Filter {
			return store.Filter{Statuses: words(lifecycle.Approved, lifecycle.ReviewDue, lifecycle.Overdue, lifecycle.Amending, lifecycle.InReview),
				RelatedODS: c.Org.ODS, RelatedUser: c.User.ID, RemindBy: s.today().Format(lifecycle.ISODate)}
		},
		func(one *store.Listed) string { return "Review the plan" }, false},
	{"from-patients", "From patients", "Plans that patients have written themselves appear here.",
		func(g access.Grant) bool { return g.Amend && g.Clinical },
		func(_ *Service, c *caller) store.Filter {
			return store.Filter{Statuses: words(lifecycle.Submitted), RelatedODS: c.Org.ODS, RelatedUser: c.User.ID}
		},
		func(*store.Listed) string { return "Read it, and take it up as a draft" }, false},
	{emergencies, "Emergency openings", "Records that were opened in an emergency by somebody who does not look after the person appear here, until somebody has looked at why.",
		func(g access.Grant) bool { return g.Approve || g.Safety },
		func(_ *Service, c *caller) store.Filter {
			if every, _ := access.Reviews(c.person); every {
				return store.Filter{Glass: true}
			}
			return store.Filter{Glass: true, HolderODS: c.Org.ODS}
		},
		func(*store.Listed) string { return "Review why the record was opened" }, false},
	{"practice-list", "Practice list", "Every plan of your organisation's people appears here.",
		func(g access.Grant) bool { return g.List },
		func(_ *Service, c *caller) store.Filter {
			out := store.Filter{RelatedODS: c.Org.ODS, RelatedUser: c.User.ID, Statuses: words(lifecycle.Submitted, lifecycle.Draft, lifecycle.InReview, lifecycle.Approved,
				lifecycle.Amending, lifecycle.ReviewDue, lifecycle.Overdue, lifecycle.Suspended, lifecycle.Deceased)}
			if access.Of(c.person).Admin { // an administrator sees the plans that the practice holds, and no others
				out.RelatedUser, out.HolderODS = "", c.Org.ODS
			}
			return out
		},
		func(*store.Listed) string { return "" }, false},
}

// listCounts are the caller's lists with their counts.
func (s *Service) listCounts(ctx context.Context, c *caller) (*api.WorklistCounts, error) {
	out := &api.WorklistCounts{Items: []api.WorklistCount{}}
	err := s.store.Read(ctx, func(tx store.Tx) error {
		for _, list := range worklists {
			if !list.has(access.Of(c.person)) {
				continue
			}
			count, err := s.countOf(tx, c, list)
			if err != nil {
				return err
			}
			out.Items = append(out.Items, api.WorklistCount{Name: list.name, Title: list.title, Empty: list.empty, Count: count})
		}
		return nil
	})
	return out, err
}

// list is one list of the caller.
func (s *Service) list(ctx context.Context, c *caller, name string) (*api.Worklist, error) {
	for _, list := range worklists {
		if list.name == name && list.has(access.Of(c.person)) {
			return s.listOf(ctx, c, list)
		}
	}
	return nil, refuse(api.CodeNotFound, "You have no such list.", "")
}

func (s *Service) listOf(ctx context.Context, c *caller, list worklist) (*api.Worklist, error) {
	out := &api.Worklist{Name: list.name, Items: []api.WorklistRow{}}
	err := s.store.Read(ctx, func(tx store.Tx) error {
		found, err := s.listed(tx, c, list)
		if err != nil {
			return err
		}
		for i := range found {
			row, err := s.row(tx, list, &found[i])
			if err != nil {
				return err
			}
			if row != nil {
				out.Items = append(out.Items, *row)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	line := s.line(c, audit.View, nil)
	line.What = "worklist " + list.name
	return out, s.scribe.write(ctx, line)
}

// listed are the plans of a list that its reader may see.
func (s *Service) listed(tx store.Tx, c *caller, list worklist) ([]store.Listed, error) {
	found, err := tx.List(list.filter(s, c))
	if err != nil || !list.found {
		return found, err
	}
	out := found[:0]
	for _, one := range found {
		glanced, err := tx.Glance(one.Plan.ID, c.Org.ODS, c.User.ID, s.now())
		if err != nil {
			return nil, err
		}
		if access.See(c.person, s.glancedRecord(glanced)) > access.AskReason {
			out = append(out, one)
		}
	}
	return out, nil
}

// countOf is how many plans a list has.
func (s *Service) countOf(tx store.Tx, c *caller, list worklist) (int, error) {
	if !list.found {
		return tx.Count(list.filter(s, c))
	}
	found, err := s.listed(tx, c, list)
	return len(found), err
}

// row is one plan of a list.
func (s *Service) row(tx store.Tx, list worklist, one *store.Listed) (*api.WorklistRow, error) {
	patient := shownPatient(&one.Patient, one.Namesake)
	state := s.effective(&one.Plan)
	patient.Plan = &api.PlanRef{ID: one.Plan.ID, Status: string(state), Version: one.Plan.Version}
	row := &api.WorklistRow{PlanID: one.Plan.ID, Patient: *patient, Status: string(state), Words: short(state, one), Wanted: list.wanted(one),
		From: one.Plan.StateBy, Since: one.Plan.StateSince}
	switch {
	case state == lifecycle.Overdue:
		row.Alarm = true
	case list.name == "flagged" && one.Draft != nil && one.Draft.Alarm != "":
		row.Alarm, row.Words = true, "Contradiction"
	case list.name == "flagged":
		row.Words, row.Since, row.From = "Reported by a crew", one.FlagAt, ""
	}
	if state == lifecycle.InReview {
		row.From = "Sent by " + one.Plan.StateBy
	}
	if list.name == "sent-back" {
		row.Words, row.From = "Sent back", "Sent back by "+one.Plan.StateBy
		if one.Plan.Reason != "" {
			row.Wanted = one.Plan.Reason
		}
	}
	if list.name == "my-drafts" && one.Draft != nil {
		row.Since, row.From = one.Draft.ChangedAt, "Last written by "+one.Draft.ChangedBy
	}
	if list.name == emergencies {
		if err := s.glassRow(tx, row); err != nil {
			return nil, err
		}
	}
	if list.name == "review-due" && one.Plan.ReviewDue != "" {
		row.From = "Review due " + displayDate(one.Plan.ReviewDue)
		if of := lifecycle.OfLive(state, review(&one.Plan), s.now()); of != state { // a change must not hide it
			row.Alarm, row.Words = of == lifecycle.Overdue, short(of, one)+", a change is being written"
		}
	}
	return row, nil
}

// short is a state in few words.
func short(state lifecycle.State, one *store.Listed) string {
	switch state {
	case lifecycle.InReview:
		return "Waiting for approval"
	case lifecycle.ReviewDue:
		return "Review due soon"
	case lifecycle.Overdue:
		return "Review overdue"
	case lifecycle.Approved:
		return "Approved"
	case lifecycle.Suspended:
		return "Suspended"
	}
	return lifecycle.Words(state, one.Plan.Version)
}

// feedback keeps a crew's two taps and tells those who look after the plan.
func (s *Service) feedback(ctx context.Context, c *caller, id string, in api.Feedback) error {
	if err := cleanWords("body.reason", in.Reason); err != nil {
		return err
	}
	if in.Outcome == "could_not_use" && in.Reason == "" {
		return invalid("body.reason", "Say in a few words why it could not be used")
	}
	return s.store.Write(ctx, func(tx store.Tx) error {
		f, err := s.find(tx, c, id)
		if err != nil {
			return err
		}
		if verdict := access.Judge(c.person, f.record, access.Feedback); !verdict.OK {
			return refuseVerdict(verdict)
		}
		line := s.line(c, "feedback", f)
		line.What, line.Reason = in.Outcome, in.Reason
		return errors.Join(
			tx.AddFeedback(&store.Feedback{ID: newID(), PlanID: f.plan.ID, Version: f.plan.Version, Outcome: in.Outcome, Reason: in.Reason, ByName: c.signature(), ByID: c.User.ID, At: s.now()}),
			tx.Audit(line), s.tell(tx, f.plan))
	})
}
