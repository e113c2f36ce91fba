package central

// What may change here: what can be read of a plan: its page, its gaps, its history.

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"cmc/api"
	"cmc/api/central/access"
	"cmc/api/central/audit"
	"cmc/api/central/store"
	"cmc/forms"
	"cmc/forms/plan"
)

// look reads a plan for a caller, and audits that it was looked at before anything is answered.
func (s *Service) look(ctx context.Context, c *caller, id, action, what string, read func(tx store.Tx, f *folder) error) error {
	var f *folder
	err := s.store.Read(ctx, func(tx store.Tx) error {
		var err error
		if f, err = s.find(tx, c, id); err != nil {
			return err
		}
		switch f.sight {
		case access.AskReason, access.BreakGlass:
			return refuseVerdict(access.Judge(c.person, f.record, action))
		}
		return read(tx, f)
	})
	if err != nil {
		return err
	}
	line := s.line(c, action, f)
	line.What = what
	return s.scribe.write(ctx, line)
}

// view is the plan as the caller may see it.
func (s *Service) view(ctx context.Context, c *caller, id string) (out *api.Plan, err error) {
	err = s.look(ctx, c, id, audit.View, "", func(tx store.Tx, f *folder) error {
		out, err = s.show(tx, c, f)
		return err
	})
	return out, err
}

// clinical refuses those who see a plan only from the desk.
func clinical(f *folder) error {
	if f.sight == access.Desk {
		return refuse(api.CodeForbidden, "Your role does not open the clinical content.", "")
	}
	return nil
}

// problems are the gaps of the draft, or of the live version where there is no draft.
func (s *Service) problems(ctx context.Context, c *caller, id string) (out *api.Problems, err error) {
	err = s.look(ctx, c, id, audit.View, "problems", func(tx store.Tx, f *folder) error {
		if err := clinical(f); err != nil {
			return err
		}
		d, err := definition(f.plan.Definition)
		if err != nil {
			return err
		}
		out = &api.Problems{Items: []forms.Problem{}}
		if f.live != nil {
			out.LastQuality = f.live.Quality
		}
		var raw []byte
		switch {
		case f.draft != nil && f.sight == access.Everything:
			raw = f.draft.Answers
		case f.live != nil:
			raw = f.live.Answers
		default:
			return notFound()
		}
		content, err := answers(raw)
		if err != nil {
			return err
		}
		r := s.reader(d, content)
		out.Items = append(out.Items, r.Validate(forms.ForApproval)...)
		if f.draft != nil {
			person, err := s.identity(tx, r, f.patient)
			if err != nil {
				return err
			}
			out.Items = append(append(out.Items, person...), s.paper(r, f)...)
		}
		out.Quality = plan.Quality(r).Total
		return nil
	})
	return out, err
}

// versions lists the approved versions.
func (s *Service) versions(ctx context.Context, c *caller, id string) (out *api.Versions, err error) {
	err = s.look(ctx, c, id, audit.View, "versions", func(tx store.Tx, f *folder) error {
		out = &api.Versions{Items: []api.Version{}}
		if f.sight == access.Published {
			out.Items = append(out.Items, versionHead(f.live))
			return nil
		}
		stored, err := tx.Versions(f.plan.ID)
		if err != nil {
			return err
		}
		for i := range stored {
			out.Items = append(out.Items, versionHead(&stored[i]))
		}
		return nil
	})
	return out, err
}

// oneVersion finds a version by its number; urgent care sees the live one only.
func (s *Service) oneVersion(tx store.Tx, f *folder, number int) (*store.Version, error) {
	if f.live != nil && number == f.live.Number {
		return f.live, nil
	}
	if f.sight == access.Published {
		return nil, refuse(api.CodeNotFound, "There is no such version that you can open.", "")
	}
	v, err := tx.Version(f.plan.ID, number)
	if errors.Is(err, store.ErrNotFound) {
		return nil, refuse(api.CodeNotFound, "There is no such version.", "")
	}
	return v, err
}

// version is one approved version with its answers.
func (s *Service) version(ctx context.Context, c *caller, id string, number int) (out *api.Version, err error) {
	err = s.look(ctx, c, id, audit.View, "version "+strconv.Itoa(number), func(tx store.Tx, f *folder) error {
		v, err := s.oneVersion(tx, f, number)
		if err != nil {
			return err
		}
		out, err = s.showVersion(c, f, v)
		return err
	})
	return out, err
}

// changes compares a version with the one before, or the draft with the version that it amends.
func (s *Service) changes(ctx context.Context, c *caller, id, to string, everything bool) (out *api.Changes, err error) {
	number := 0
	if to != "draft" {
		if number, err = strconv.Atoi(to); err != nil || number < 1 {
			p := refuse(api.CodeNotFound, "There is no such version.", "")
			p.Status = http.StatusNotFound
			return nil, p
		}
	}
	err = s.look(ctx, c, id, audit.View, "changes "+to, func(tx store.Tx, f *folder) error {
		if err := clinical(f); err != nil {
			return err
		}
		out = &api.Changes{To: number, Items: []forms.Change{}}
		var newRaw, oldRaw []byte
		name := f.plan.Definition
		if number == 0 {
			if f.draft == nil || f.sight != access.Everything {
				return refuse(api.CodeNotFound, "There is no draft.", "")
			}
			newRaw, out.From = f.draft.Answers, f.draft.BaseVersion
		} else {
			v, err := s.oneVersion(tx, f, number)
			if err != nil {
				return err
			}
			newRaw, name, out.From = v.Answers, v.Definition, number-1
		}
		if out.From > 0 && f.sight == access.Everything {
			v, err := tx.Version(f.plan.ID, out.From)
			if err != nil {
				return err
			}
			oldRaw = v.Answers
		}
		d, err := definition(name)
		if err != nil {
			return err
		}
		old, err := answers(oldRaw)
		if err != nil {
			return err
		}
		next, err := answers(newRaw)
		if err != nil {
			return err
		}
		every := forms.Diff(d, old, next, s.today(), true)
		veilChanges(every, f.record.Marked)
		out.Total = len(every)
		for _, one := range every {
			if everything || !one.Same {
				out.Items = append(out.Items, one)
			}
		}
		return nil
	})
	return out, err
}

// maxLooks is the most lines of one access log.
const maxLooks = 1000

// looks are the newest lines of the audit about a plan and its person, and whether there are older ones.
func looks(tx store.Tx, f *folder) (lines []audit.Event, more bool, err error) {
	lines, err = tx.AuditAbout(f.plan.ID, f.plan.PatientID, maxLooks+1)
	if len(lines) > maxLooks {
		return lines[:maxLooks], true, err
	}
	return lines, false, err
}

// accessLog says who saw the plan.
func (s *Service) accessLog(ctx context.Context, c *caller, id string) (out *api.AccessLog, err error) {
	err = s.look(ctx, c, id, audit.ReadLog, "", func(tx store.Tx, f *folder) error {
		if f.sight == access.Published {
			return refuse(api.CodeForbidden, "Those who look after the person read who saw the plan.", "")
		}
		lines, more, err := looks(tx, f)
		if err != nil {
			return err
		}
		out = &api.AccessLog{Items: []api.AccessEvent{}, More: more}
		for _, one := range lines {
			if f.sight == access.Desk {
				one.Reason = "" // clinicians' words (domain.md 10.2: "list, status, not free text")
			}
			if !access.Workstations(c.person) {
				one.Workstation = ""
			}
			out.Items = append(out.Items, api.AccessEvent{At: one.At, Who: one.Who, Role: api.Role(one.Role), Org: one.Org, Action: one.Action,
				Version: one.Version, Reason: one.Reason, Workstation: one.Workstation})
		}
		return nil
	})
	return out, err
}
