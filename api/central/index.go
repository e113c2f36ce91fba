package central

// What may change here: the patient index: how people are found, and what it learns from a plan.

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/google/uuid"

	"cmc/api"
	"cmc/api/central/access"
	"cmc/api/central/audit"
	"cmc/api/central/lifecycle"
	"cmc/api/central/store"
	"cmc/forms"
	"cmc/forms/nhs"
	"cmc/forms/plan"
)

// maxFound is the most people that one search shows.
const maxFound = 20

var isoDate = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)

// search finds people. It is audited with how many were found, never with what was looked for.
func (s *Service) search(ctx context.Context, c *caller, in api.PatientSearch) (*api.PatientList, error) {
	if !access.Of(c.person).Find {
		return nil, refuse(api.CodeForbidden, "Your role does not look for people.", "")
	}
	number := ""
	if strings.TrimSpace(in.NHSNumber) != "" {
		var err error
		if number, err = nhs.ParseNHSNumber(in.NHSNumber); err != nil {
			return nil, invalid("body.nhs_number", sentence(err))
		}
	} else {
		p := refuse(api.CodeInvalid, "Search by NHS number, or by family name and date of birth.", "")
		if store.Key(in.FamilyName) == "" {
			p.Fields = append(p.Fields, api.FieldProblem{Location: "body.family_name", Message: "Enter the family name"})
		}
		if !isoDate.MatchString(in.BirthDate) {
			p.Fields = append(p.Fields, api.FieldProblem{Location: "body.birth_date", Message: "Enter the date of birth as year, month and day: 1941-06-09"})
		} else if born, err := time.Parse(time.DateOnly, in.BirthDate); err != nil {
			p.Fields = append(p.Fields, api.FieldProblem{Location: "body.birth_date", Message: "There is no such date"})
		} else if born.After(s.today()) {
			p.Fields = append(p.Fields, api.FieldProblem{Location: "body.birth_date", Message: "A date of birth is not in the future"})
		}
		if len(p.Fields) > 0 {
			return nil, p
		}
	}
	out := &api.PatientList{Items: []api.Patient{}}
	var only string
	by := store.Asking{ODS: c.Org.ODS, UserID: c.User.ID, At: s.now()}
	err := s.store.Once(ctx, func(tx store.Tx) error {
		var found []store.Found
		if number != "" {
			one, err := tx.FoundByNumber(number, by)
			if err != nil && !errors.Is(err, store.ErrNotFound) {
				return err
			}
			if one != nil {
				found = append(found, *one)
			}
		} else {
			var err error
			if found, err = tx.FoundByName(store.Key(in.FamilyName), store.Key(in.GivenName), in.BirthDate, by, maxFound); err != nil {
				return err
			}
		}
		for i := range found {
			patient := s.showFound(c, &found[i])
			out.Items = append(out.Items, *patient)
			only = patient.ID
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	line := s.line(c, audit.Search, nil)
	line.What = strconv.Itoa(len(out.Items)) + " found"
	if len(out.Items) == 1 {
		line.PatientID = only
	}
	if err := s.scribe.write(ctx, line); err != nil {
		return nil, err
	}
	return out, nil
}

// showFound is a person as a search shows them, with their plan where the caller may know of it.
func (s *Service) showFound(c *caller, found *store.Found) *api.Patient {
	p := &found.Patient
	out := shownPatient(p, found.Namesake)
	stored := found.Plan
	if stored == nil {
		out.NeedsReason = access.Of(c.person).Start && !s.ownPatient(c, p)
		return out
	}
	f := &folder{plan: stored, patient: p}
	f.record = s.glancedRecord(&store.Glanced{Plan: *stored, Ties: found.Ties, Marked: p.Sensitive})
	f.sight = access.See(c.person, f.record)
	switch {
	case f.sight == access.Nothing:
		out.Suspended = access.TellsSuspended(c.person, f.record)
	case lifecycle.Ended(f.state()) && f.sight != access.Everything && f.sight != access.Desk:
	default:
		status := string(f.state())
		if access.Of(c.person).Urgent { // not that a draft is being written
			status = string(lifecycle.OfLive(f.state(), review(stored), s.now()))
		}
		out.Plan = &api.PlanRef{ID: stored.ID, Status: status, Version: stored.Version}
		switch f.sight {
		case access.AskReason:
			out.WayIn, out.NeedsReason = api.WayReason, true
		case access.BreakGlass:
			out.WayIn = api.WayBreakGlass
		}
	}
	if out.Plan == nil && access.Of(c.person).Start {
		out.NeedsReason = !s.ownPatient(c, p)
	}
	return out
}

// ownPatient says whether a person without a plan is the caller's by practice or care home.
func (s *Service) ownPatient(c *caller, p *store.Patient) bool {
	return c.Org.ODS != "" && (p.PracticeODS == c.Org.ODS || p.CareHomeODS == c.Org.ODS)
}

// showPatient is a person as the index knows them.
func (s *Service) showPatient(tx store.Tx, p *store.Patient) (*api.Patient, error) {
	namesake, err := tx.Namesake(p)
	if err != nil {
		return nil, err
	}
	return shownPatient(p, namesake), nil
}

func shownPatient(p *store.Patient, namesake bool) *api.Patient {
	out := &api.Patient{ID: p.ID, NHSNumber: p.NHSNumber, FamilyName: p.FamilyName, GivenName: p.GivenName, Title: p.Title,
		Preferred: p.PreferredName, BirthDate: p.BirthDate, DeathDate: p.DeathDate, Gender: p.Gender, Where: p.Place,
		PracticeODS: p.PracticeODS, PracticeName: p.PracticeName, SameName: namesake}
	if p.Sensitive {
		out.Hidden, out.Where, out.PracticeODS, out.PracticeName = true, "", "", ""
	}
	return out
}

// learn copies what a plan says of its person into the index. What a trace has matched stays: a plan never changes who
// somebody is (X19).
// number is the NHS number to keep: that of the plan, or "" while it is not a whole one or is another entry's.
func (s *Service) learn(p *store.Patient, r forms.Reader, number string) {
	if !p.Traced {
		p.NHSNumber = number
		p.FamilyName, p.GivenName = r.Text(plan.FamilyName), r.Text(plan.GivenName)
		p.BirthDate = r.Text(plan.BirthDate)
		p.FamilyKey, p.GivenKey = store.Key(p.FamilyName), store.Key(p.GivenName)
		p.PracticeODS, p.PracticeName = r.Text(plan.PracticeODS), r.Text(plan.PracticeName)
	}
	p.Title, p.PreferredName = r.Text(plan.Title), r.Text(plan.PreferredName)
	p.Gender = r.Text(plan.GenderAdmin)
	p.CareHomeODS = r.Text(plan.CareHomeODS)
	p.Place = place(r)
}

// place is one line: where the person is now.
func place(r forms.Reader) string {
	for _, id := range []string{plan.AddressCurrent, plan.AddressUsual} {
		answer, there := r.Get(id)
		if !there || answer.Address == nil {
			continue
		}
		parts := make([]string, 0, len(answer.Address.Lines)+1)
		for _, part := range append(append([]string{}, answer.Address.Lines...), answer.Address.Postcode) {
			if part = strings.TrimSpace(part); part != "" {
				parts = append(parts, part)
			}
		}
		if len(parts) > 0 {
			return strings.Join(parts, ", ")
		}
	}
	return ""
}

// newPatient is an entry of the index for somebody whom it does not know.
func (s *Service) newPatient(r forms.Reader) *store.Patient {
	p := &store.Patient{ID: uuid.NewString(), CreatedAt: s.now()}
	s.learn(p, r, wholeNumber(r))
	return p
}

// wholeNumber is the NHS number that a plan names, as ten digits; "" while it is half typed or cannot be right. Nothing less
// is looked for in the index or kept in it: two people may both have got as far as "999".
func wholeNumber(r forms.Reader) string {
	digits, err := nhs.ParseNHSNumber(r.Text(plan.NHSNumber))
	if err != nil {
		return ""
	}
	return digits
}

// samePersonAs says whether the plan's person is the one of an entry: the date of birth and the family name agree as well as
// the number (X19). One digit typed wrongly is somebody else's number, and must never bring their record.
func samePersonAs(r forms.Reader, p *store.Patient) bool {
	return r.Text(plan.BirthDate) == p.BirthDate && store.Key(r.Text(plan.FamilyName)) == p.FamilyKey
}

// starting are the answers that a new plan of a known person starts with.
func starting(d *forms.Definition, p *store.Patient) (forms.Answers, error) {
	out, problems, err := forms.Decode(d, p.Details)
	if err != nil || len(problems) > 0 {
		return nil, fmt.Errorf("the details of a person in the index cannot be read (%d problems)", len(problems))
	}
	set := func(id, value string) {
		if _, there := out[id]; !there && value != "" {
			out.SetText(id, value)
		}
	}
	set(plan.NHSNumber, p.NHSNumber)
	set(plan.FamilyName, p.FamilyName)
	set(plan.GivenName, p.GivenName)
	set(plan.Title, p.Title)
	set(plan.PreferredName, p.PreferredName)
	set(plan.BirthDate, p.BirthDate)
	set(plan.GenderAdmin, p.Gender)
	set(plan.PracticeODS, p.PracticeODS)
	set(plan.PracticeName, p.PracticeName)
	set(plan.HolderOrgODS, p.PracticeODS)
	set(plan.DeceasedDate, p.DeathDate)
	if p.Traced {
		out.SetChoice(plan.NHSNumberStatus, "01")
	}
	if p.Sensitive {
		out.SetBool(plan.SensitiveFlag, true)
	}
	return out, nil
}

// sentence makes an error's words a sentence.
func sentence(err error) string {
	words := []rune(err.Error())
	if len(words) > 0 {
		words[0] = unicode.ToUpper(words[0])
	}
	return string(words)
}
