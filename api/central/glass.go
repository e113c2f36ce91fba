package central

// What may change here: opening a record in an emergency, and looking at such openings afterwards. Who may is in package
// access.

import (
	"context"
	"errors"
	"strings"

	"cmc/api"
	"cmc/api/central/access"
	"cmc/api/central/audit"
	"cmc/api/central/store"
)

// maxGlass is the most openings that one list shows.
const maxGlass = 500

// glassWords are the words of a code of one of api's closed lists.
func glassWords(list []api.BreakGlassReason, code string) string {
	for _, one := range list {
		if one.Code == code {
			return one.Words
		}
	}
	return code
}

// breakGlass opens a record in an emergency: for twelve hours, told to the holder at once, and kept for review. The first
// request gets the second question.
func (s *Service) breakGlass(ctx context.Context, c *caller, id string, in api.BreakGlass, key string) (*api.Plan, error) {
	if !access.GlassReason(in.Code) {
		return nil, invalid("body.code", "Choose one of the reasons")
	}
	if err := needReason(in.Reason, "Say in your own words why care cannot wait"); err != nil {
		return nil, err
	}
	o := order{c: c, key: key, said: []any{"break-glass", id, in}}
	return s.change(ctx, o, func(tx store.Tx) (*folder, error) {
		f, err := s.find(tx, c, id)
		if err != nil {
			return nil, err
		}
		if verdict := access.JudgeGlass(c.person, f.record); !verdict.OK {
			return nil, refuseVerdict(verdict)
		}
		if !in.Confirmed {
			return nil, refuse(api.CodeConfirm, "You are about to open the record of somebody whom your organisation does not look after.",
				"The person's practice is told at once, with your name and your reason. The opening is reviewed, and the person can ask who looked. "+
					"Go on only if care cannot wait.")
		}
		now := s.now()
		until := now.Add(access.GlassFor)
		opening := &store.Glass{ID: newID(), PlanID: f.plan.ID, UserID: c.User.ID, Who: c.signature(), Role: c.User.Role, ODS: c.Org.ODS,
			Org: c.Org.Name, Code: in.Code, Reason: in.Reason, At: now, Until: until}
		line := s.line(c, audit.Glass, f)
		line.What, line.Reason = in.Code, in.Reason
		if err := errors.Join(
			tx.PutRelationship(&store.Relationship{PlanID: f.plan.ID, Kind: string(access.Glass), UserID: c.User.ID, Until: until, Reason: in.Reason}),
			tx.AddGlass(opening), tx.Audit(line), s.tellOfGlass(tx, f)); err != nil {
			return nil, err
		}
		return s.fill(tx, c, f.plan)
	})
}

// tellOfGlass tells those who review an opening that there is one: who approves at the holder, and clinical safety.
func (s *Service) tellOfGlass(tx store.Tx, f *folder) error { return s.tellAs(tx, f.plan, glassNotice) }

// glassQueue lists openings for those who review them.
func (s *Service) glassQueue(ctx context.Context, c *caller, reviewed bool) (*api.BreakGlassQueue, error) {
	every, held := access.Reviews(c.person)
	if !every && (!held || c.Org.ODS == "") {
		return nil, refuse(api.CodeForbidden, "Those who approve plans, and the clinical safety officer, review openings in an emergency.", "")
	}
	holder := c.Org.ODS
	if every {
		holder = ""
	}
	out := &api.BreakGlassQueue{Items: []api.BreakGlassOpening{}}
	err := s.store.Read(ctx, func(tx store.Tx) error {
		found, err := tx.GlassQueue(holder, reviewed, maxGlass)
		if err != nil {
			return err
		}
		for i := range found {
			one, err := s.showGlass(tx, &found[i])
			if err != nil {
				return err
			}
			out.Items = append(out.Items, *one)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	line := s.line(c, audit.View, nil)
	line.What = "openings in an emergency"
	return out, s.scribe.write(ctx, line)
}

// glassReviewed keeps what a review found, once.
func (s *Service) glassReviewed(ctx context.Context, c *caller, id string, in api.BreakGlassReviewed) (out *api.BreakGlassOpening, err error) {
	note := strings.TrimSpace(in.Note)
	if err := cleanWords("body.note", note); err != nil {
		return nil, err
	}
	if note == "" && in.Outcome != api.BreakGlassOutcomes[0].Code {
		return nil, invalid("body.note", "Say in a few words what was found")
	}
	err = s.store.Write(ctx, func(tx store.Tx) error {
		found, err := tx.Glass(id)
		if errors.Is(err, store.ErrNotFound) {
			return refuse(api.CodeNotFound, "There is no such opening.", "")
		}
		if err != nil {
			return err
		}
		p, err := tx.Plan(found.PlanID)
		if err != nil {
			return err
		}
		if verdict := access.JudgeGlassReview(c.person, p.HolderODS, found.UserID); !verdict.OK {
			return refuse(verdict.Code, verdict.Why, "")
		}
		found.ReviewedAt, found.ReviewedBy, found.ReviewerID, found.Outcome, found.Note = s.now(), c.signature(), c.User.ID, in.Outcome, note
		if err := tx.ReviewGlass(found); errors.Is(err, store.ErrNotFound) {
			return refuse(api.CodeState, "This opening was reviewed already.", "Nothing was changed.")
		} else if err != nil {
			return err
		}
		line := s.line(c, audit.Reviewed, &folder{plan: p})
		line.What, line.Reason = in.Outcome, note
		if err := errors.Join(tx.Audit(line), s.tellOfGlass(tx, &folder{plan: p})); err != nil {
			return err
		}
		out, err = s.showGlass(tx, found)
		return err
	})
	return out, err
}

// showGlass is one opening as its reviewers see it.
func (s *Service) showGlass(tx store.Tx, g *store.Glass) (*api.BreakGlassOpening, error) {
	p, err := tx.Plan(g.PlanID)
	if err != nil {
		return nil, err
	}
	person, err := tx.Patient(p.PatientID)
	if err != nil {
		return nil, err
	}
	patient, err := s.showPatient(tx, person)
	if err != nil {
		return nil, err
	}
	out := &api.BreakGlassOpening{ID: g.ID, PlanID: g.PlanID, Patient: *patient, Who: g.Who, Role: api.Role(g.Role), Org: g.Org, Code: g.Code,
		CodeWords: glassWords(api.BreakGlassReasons, g.Code), Reason: g.Reason, At: g.At, Until: g.Until}
	if !g.ReviewedAt.IsZero() {
		out.Review = &api.BreakGlassReview{Outcome: g.Outcome, Note: g.Note, By: g.ReviewedBy, At: g.ReviewedAt}
	}
	return out, nil
}

// glassRow makes the row of a worklist speak of the openings of its plan that wait.
func (s *Service) glassRow(tx store.Tx, row *api.WorklistRow) error {
	waiting, err := tx.GlassOf(row.PlanID)
	if err != nil || len(waiting) == 0 {
		return err
	}
	row.Alarm, row.Words = true, "Emergency opening"
	row.Wanted = "Review: " + glassWords(api.BreakGlassReasons, waiting[0].Code)
	row.From = "Opened by " + waiting[0].Who + ", " + waiting[0].Org
	row.Since = waiting[0].At
	if more := len(waiting) - 1; more > 0 {
		row.From += ", and " + count(more, "other opening", "other openings")
	}
	return nil
}
