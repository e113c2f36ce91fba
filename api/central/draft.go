package central

// What may change here: how a plan is started and its draft saved.

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"cmc/api"
	"cmc/api/central/access"
	"cmc/api/central/audit"
	"cmc/api/central/lifecycle"
	"cmc/api/central/store"
	"cmc/forms"
	"cmc/forms/plan"
)

// origins are the plan_origin of each role that starts plans.
func origin(role api.Role) string {
	if role == api.RoleCareHome {
		return "care_home"
	}
	return "clinician"
}

// A beginning is what a request to start a plan holds.
type beginning struct {
	PatientID string
	Answers   json.RawMessage
	Reason    string
}

// create starts a plan for a person of the index, or for somebody whom the answers name.
func (s *Service) create(ctx context.Context, c *caller, in beginning, key string) (*api.Plan, error) {
	if !access.Of(c.person).Start {
		return nil, refuse(api.CodeForbidden, "Your role does not start plans.", "A clinician or care-home nurse starts one.")
	}
	d := plan.Definition()
	typed := forms.Answers{}
	if len(bytes.TrimSpace(in.Answers)) > 0 && string(bytes.TrimSpace(in.Answers)) != "null" {
		var problems []forms.Problem
		var err error
		if typed, problems, err = forms.Decode(d, in.Answers); err != nil {
			return nil, unreadable(err, "body.answers")
		}
		problems = append(problems, notTheirs(d, forms.Answers{}, typed, c)...)
		if len(problems) > 0 {
			return nil, invalidAnswers("Some answers cannot be kept as they are.", "body.answers", problems)
		}
	}
	if in.PatientID == "" && len(typed) == 0 {
		p := refuse(api.CodeInvalid, "Say for whom the plan is.", "Nothing was changed.")
		p.Fields = []api.FieldProblem{{Location: "body.patient_id", Message: "Choose a person, or give at least the names and the date of birth"}}
		return nil, p
	}
	o := order{c: c, key: key, said: []any{"create", in.PatientID, string(in.Answers), in.Reason}}
	return s.change(ctx, o, func(tx store.Tx) (*folder, error) { return s.begun(tx, c, d, typed, in) })
}

// begun starts the plan inside the transaction.
func (s *Service) begun(tx store.Tx, c *caller, d *forms.Definition, typed forms.Answers, in beginning) (*folder, error) {
	patient, err := s.personOf(tx, d, typed, in.PatientID)
	if err != nil {
		return nil, err
	}
	content := typed
	if patient != nil {
		if patient.DeathDate != "" {
			return nil, refuse(api.CodeState, "This person has died. A plan cannot be started.", "If that is wrong, ask the practice that holds their record.")
		}
		if content, err = starting(d, patient); err != nil {
			return nil, err
		}
		for id, answer := range typed {
			content[id] = answer
		}
		if mine, err := s.mayStartFor(tx, c, patient); err != nil {
			return nil, err
		} else if !mine {
			return nil, refuse(api.CodeForbidden, "You start plans for people whom your organisation looks after.", "The person's practice can start one.")
		}
		if !s.ownPatient(c, patient) && strings.TrimSpace(in.Reason) == "" && access.Of(c.person).Claim {
			return nil, refuse(api.CodeReason, "This person is not your organisation's. Say why you start a plan. The answer is kept.", "")
		}
		if existing, err := tx.PlanOf(patient.ID); err == nil {
			p := refuse(api.CodeDuplicate, "This person has a plan already.", "Open that plan. One person has one plan.")
			p.PlanID = existing.ID
			return nil, p
		} else if !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
	}
	content.SetChoice(plan.PlanOrigin, origin(c.person.Role))
	r := s.reader(d, content)
	if missing := unnamed(r); len(missing) > 0 {
		return nil, invalidAnswers("A plan needs at least the names and the date of birth.", "body.answers", missing)
	}
	if lost, err := unattached(tx, "", d, nil, content); err != nil {
		return nil, err
	} else if len(lost) > 0 {
		return nil, invalidAnswers("Copies of documents are attached once the plan has been started.", "body.answers", lost)
	}
	if patient == nil {
		patient = s.newPatient(r)
		content.SetChoice(plan.NHSNumberStatus, untraced(patient))
		r = s.reader(d, content)
		if err := tx.AddPatient(patient); err != nil {
			return nil, err
		}
	}
	now := s.now()
	stored := &store.Plan{ID: uuid.NewString(), PatientID: patient.ID, Status: string(lifecycle.Draft), Revision: 1,
		HolderODS: holderOf(r), Origin: origin(c.person.Role), OriginODS: c.Org.ODS, Definition: d.Name(), StateSince: now,
		StateBy: c.title(), CreatedAt: now, CreatedBy: c.User.ID}
	if err := tx.AddPlan(stored); err != nil {
		return nil, err
	}
	draft := &store.Draft{PlanID: stored.ID, Origin: stored.Origin, AuthorID: c.User.ID, AuthorODS: c.Org.ODS, StartedAt: now}
	if err := s.write(draft, d, forms.Answers{}, content, c); err != nil {
		return nil, err
	}
	if err := s.typedNow(draft, d, patient.Sensitive, differences(forms.Answers{}, typed), c, stored.Revision); err != nil {
		return nil, err
	}
	if err := tx.PutDraft(draft); err != nil {
		return nil, err
	}
	if err := tx.SetOrganisations(stored.ID, string(access.Origin), []string{c.Org.ODS}); err != nil {
		return nil, err
	}
	if err := s.relate(tx, stored, r); err != nil {
		return nil, err
	}
	line := c.Line(now, audit.Create)
	line.PatientID, line.PlanID, line.Reason = patient.ID, stored.ID, in.Reason
	if err := tx.Audit(line); err != nil {
		return nil, err
	}
	if err := s.tell(tx, stored); err != nil {
		return nil, err
	}
	return s.fill(tx, c, stored)
}

// mayStartFor says whether the caller may start a plan for a person of the index: their own, somebody whose plan they know of
// already, or with a claim, which a marked record does not take. Whether there is a plan makes no difference to the others: that is not theirs to know.
func (s *Service) mayStartFor(tx store.Tx, c *caller, patient *store.Patient) (bool, error) {
	if s.ownPatient(c, patient) || access.Of(c.person).Claim && !patient.Sensitive {
		return true, nil
	}
	existing, err := tx.PlanOf(patient.ID)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	f := &folder{plan: existing, patient: patient}
	if err := s.stand(tx, c, f); err != nil {
		return false, err
	}
	return f.sight > access.AskReason, nil
}

// personOf finds the person of the index for whom a plan is started: by id, or by the NHS number that was typed; nil when
// the index does not know them. Names alone never decide, nor does the number alone (X19).
func (s *Service) personOf(tx store.Tx, d *forms.Definition, typed forms.Answers, id string) (*store.Patient, error) {
	r := s.reader(d, typed)
	number := wholeNumber(r)
	if id != "" {
		patient, err := tx.Patient(id)
		if errors.Is(err, store.ErrNotFound) {
			return nil, invalid("body.patient_id", "There is no such person.")
		}
		if err == nil && number != "" && patient.NHSNumber != "" && number != patient.NHSNumber {
			return nil, invalid("body.answers."+plan.NHSNumber, "This is not the NHS number of the person chosen.")
		}
		return patient, err
	}
	patient, err := tx.PatientByNumber(number)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err == nil && !samePersonAs(r, patient) {
		return nil, invalid("body.answers."+plan.NHSNumber, otherPersons)
	}
	return patient, err
}

// otherPersons says that a number is in the index under another name or date of birth, and not whose it is.
const otherPersons = "This NHS number is in the index with another family name or date of birth. Check all three"

// untraced is the NHS number status of somebody whom the index did not know (vs_nhsno_status).
func untraced(p *store.Patient) string {
	if p.NHSNumber == "" {
		return "07"
	}
	return "02"
}

// holderOf is the practice that holds the plan.
func holderOf(r forms.Reader) string {
	if ods := r.Text(plan.HolderOrgODS); ods != "" {
		return ods
	}
	return r.Text(plan.PracticeODS)
}

// unnamed are the answers without which nobody could tell for whom the plan is.
func unnamed(r forms.Reader) []forms.Problem {
	var missing []forms.Problem
	for _, one := range []struct{ id, words string }{
		{plan.FamilyName, "Enter the family name"}, {plan.GivenName, "Enter the given name"}, {plan.BirthDate, "Enter the date of birth"},
	} {
		if r.Text(one.id) == "" {
			missing = append(missing, forms.Problem{Item: one.id, Step: stepOf(r.Def(), one.id), Rule: "X01", Severity: forms.Stop, Gap: true, Words: one.words})
		}
	}
	return missing
}

func stepOf(d *forms.Definition, id string) string {
	if item := d.Item(id); item != nil && item.InStep() != nil {
		return item.InStep().ID
	}
	return ""
}

// unreadable makes a problem of answers that are not JSON, or too large.
func unreadable(err error, place string) error {
	if errors.Is(err, forms.ErrTooLarge) {
		return refuse(api.CodeTooLarge, "The plan has become too large to keep.", "Nothing was changed. Shorten the longest texts.")
	}
	p := invalid(place, "This is not JSON that can be read.")
	p.Status = http.StatusUnprocessableEntity
	return p
}

// patch saves a merge patch of answers into the draft.
func (s *Service) patch(ctx context.Context, c *caller, id string, body []byte, tag, key string) (*api.Plan, error) {
	o := order{c: c, key: key, said: []any{"patch", id, tag, string(body)}, save: true}
	return s.change(ctx, o, func(tx store.Tx) (*folder, error) {
		f, err := s.take(tx, c, id, string(lifecycle.Save))
		if err != nil {
			return nil, err
		}
		if err := s.needTag(tx, c, f, tag, true); err != nil {
			return nil, err
		}
		d, err := definition(f.plan.Definition)
		if err != nil {
			return nil, err
		}
		old, err := answers(f.draft.Answers)
		if err != nil {
			return nil, err
		}
		// The patch changes what its writer saw: a hidden answer that it does not name stays, and one that it does is replaced as
		// a whole, never merged with what the writer did not see (half of an old address).
		seen, err := s.seenBy(c, f.draft)
		if err != nil {
			return nil, err
		}
		before := veil{d: d, marked: f.record.Marked, seen: seen}.over(old)
		next, problems, err := forms.ApplyPatch(d, before, body)
		if err != nil {
			return nil, unreadable(err, "body")
		}
		problems = slices.DeleteFunc(problems, func(p forms.Problem) bool { return sentBack(before, p) })
		next, over := lift(old, before, next)
		problems = slices.DeleteFunc(problems, func(p forms.Problem) bool { return keptLong(d, next, p) })
		if refused := notTheirs(d, old, next, c); len(refused) > 0 {
			problems = append(problems, refused...)
		}
		r := s.reader(d, next)
		problems = append(problems, unnamed(r)...)
		lost, err := unattached(tx, f.plan.ID, d, old, next)
		if err != nil {
			return nil, err
		}
		if problems = append(problems, lost...); len(problems) > 0 {
			return nil, invalidAnswers("Some answers cannot be kept as they are.", "body", problems)
		}
		changed := differences(old, next)
		for _, one := range over { // written anew without being seen: a change, so that nobody learns by trying whether it is the same
			if !slices.ContainsFunc(changed, func(d difference) bool { return d.item == one.item && d.row == one.row }) {
				changed = append(changed, one)
			}
		}
		if len(changed) == 0 {
			return f, nil
		}
		if f, err = s.samePerson(tx, c, f, r); err != nil {
			return nil, err
		}
		next.SetChoice(plan.NHSNumberStatus, numberStatus(f.patient))
		if f.patient.Sensitive {
			next.SetBool(plan.SensitiveFlag, true)
		}
		if err := s.write(f.draft, d, old, next, c); err != nil {
			return nil, err
		}
		if err := s.keepUnchosen(tx, c, f, d, old, changed); err != nil {
			return nil, err
		}
		if err := s.typedNow(f.draft, d, f.record.Marked, changed, c, f.plan.Revision+1); err != nil {
			return nil, err
		}
		if err := tx.PutDraft(f.draft); err != nil {
			return nil, err
		}
		if err := s.unconfirm(tx, f, changed); err != nil {
			return nil, err
		}
		if f.plan.Version == 0 {
			f.plan.HolderODS = holderOf(r)
			if err := s.relate(tx, f.plan, r); err != nil {
				return nil, err
			}
			if f.holder, err = s.organisation(tx, f.plan.HolderODS, r.Text(plan.PracticeName)); err != nil {
				return nil, err
			}
		}
		f.plan.Revision++
		return f, s.keep(tx, c, f, audit.Save, strings.Join(sectionsOf(d, changed), ", "), "")
	})
}

// keptLong says whether a problem is only that a text is longer than its field: such a text is kept, so that nothing typed
// is lost, and stops the plan from being sent (X24).
func keptLong(d *forms.Definition, next forms.Answers, p forms.Problem) bool {
	item := d.Item(p.Item)
	if p.Rule != "length" || item == nil || item.MaxChars == 0 {
		return false
	}
	in := next
	if p.Row != "" {
		in = nil
		for _, row := range next[p.Group].Rows {
			if row.ID == p.Row {
				in = row.Answers
			}
		}
	}
	return utf8.RuneCountInString(in[p.Item].Text) > item.MaxChars
}

// numberStatus is what the service knows of the NHS number (vs_nhsno_status): it alone writes it.
func numberStatus(p *store.Patient) string {
	if p.Traced {
		return "01"
	}
	return untraced(p)
}

// samePerson keeps the index in step with the draft of somebody whom it does not know yet. When the NHS number now typed is
// another entry's, and so are the family name and the date of birth, the plan goes to that entry, or is refused when that
// person has a plan.
func (s *Service) samePerson(tx store.Tx, c *caller, f *folder, r forms.Reader) (*folder, error) {
	if f.patient.Traced {
		return f, nil
	}
	number := wholeNumber(r)
	other, err := tx.PatientByNumber(number)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	if other != nil && other.ID != f.patient.ID && !samePersonAs(r, other) {
		// Somebody else's number, or a wrong name: the words are kept with the draft, the plan with its own entry, and approval
		// stops until the three agree.
		other, number = nil, ""
	}
	if other == nil || other.ID == f.patient.ID {
		if f.plan.Version == 0 {
			s.learn(f.patient, r, number)
			return f, tx.UpdatePatient(f.patient)
		}
		return f, nil
	}
	if existing, err := tx.PlanOf(other.ID); err == nil {
		p := refuse(api.CodeDuplicate, "The person with this NHS number has a plan already.", "Nothing was changed. Check the number; if it is right, open that plan.")
		p.PlanID = existing.ID
		return nil, p
	} else if !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	orphan := f.patient.ID
	if err := tx.MovePlan(f.plan.ID, other.ID); err != nil {
		return nil, err
	}
	if _, err := tx.LastPlanOf(orphan); errors.Is(err, store.ErrNotFound) {
		if err := tx.DropPatient(orphan); err != nil {
			return nil, err
		}
	}
	f.plan.PatientID, f.patient = other.ID, other
	return f, nil
}

// notTheirs finds answers that the caller may not change: those that the service sets, those that were hidden from them,
// and for a practice administrator everything but demographics and contacts (domain.md 10.2).
func notTheirs(d *forms.Definition, old, next forms.Answers, c *caller) []forms.Problem {
	var problems []forms.Problem
	desk := access.Of(c.person).Admin
	for _, one := range differences(old, next) {
		item := d.Item(one.item)
		if item == nil {
			continue
		}
		words := ""
		switch {
		case item.System:
			words = "This is set by the service"
		case one.withheld:
			words = "A hidden answer cannot be sent back"
		case desk && !item.Admin:
			words = "A clinician or care-home nurse changes this"
		}
		if words != "" {
			problems = append(problems, forms.Problem{Item: one.item, Row: one.row, Group: one.group, Step: stepOf(d, one.item),
				Rule: "shape", Severity: forms.Stop, Words: words})
		}
	}
	return problems
}

// write puts new answers into a draft, with the stamp of each section that changed.
func (s *Service) write(draft *store.Draft, d *forms.Definition, old, next forms.Answers, c *caller) error {
	stamps, err := recorded(draft.Recorded)
	if err != nil {
		return err
	}
	now := s.now()
	for _, section := range sectionsOf(d, differences(old, next)) {
		stamps[section] = forms.Recorded{By: c.User.Name, Role: c.User.RoleTitle, Org: c.Org.ODS, At: now, Source: "typed"}
	}
	if draft.Answers, err = json.Marshal(next); err != nil {
		return fmt.Errorf("writing the answers: %w", err)
	}
	if draft.Recorded, err = json.Marshal(stamps); err != nil {
		return fmt.Errorf("writing the stamps: %w", err)
	}
	draft.ChangedAt, draft.ChangedBy, draft.ChangedID = now, c.User.Name+", "+c.Org.Name, c.User.ID
	draft.Alarm = alarm(s.reader(d, next))
	return nil
}

// alarm is the first contradiction of a draft in words, for the list of flagged plans; "" when there is none. Gaps are not
// contradictions.
func alarm(r forms.Reader) string {
	for _, p := range r.Validate(forms.ForApproval) {
		if p.Severity == forms.Stop && !p.Gap && strings.HasPrefix(p.Rule, "X") && !slices.Contains(approverOnly, p.Item) {
			return p.Words
		}
	}
	return ""
}

// unconfirm drops the confirmations of answers that have changed since.
func (s *Service) unconfirm(tx store.Tx, f *folder, changed []difference) error {
	confirmations, err := tx.Confirmations(f.plan.ID)
	if err != nil {
		return err
	}
	for _, one := range confirmations {
		if slices.ContainsFunc(changed, func(d difference) bool { return d.item == one.Item && d.row == one.Row }) {
			if err := tx.DropConfirmation(f.plan.ID, one.Rule, one.Item, one.Row); err != nil {
				return err
			}
		}
	}
	return nil
}

// relate writes which organisations belong to a plan: the practice that holds it, the care home, and services of the care
// team that are organisations here.
func (s *Service) relate(tx store.Tx, p *store.Plan, r forms.Reader) error {
	if err := tx.SetOrganisations(p.ID, string(access.Holder), []string{p.HolderODS}); err != nil {
		return err
	}
	if err := tx.SetOrganisations(p.ID, string(access.CareHome), []string{r.Text(plan.CareHomeODS)}); err != nil {
		return err
	}
	var team []string
	for _, row := range r.Rows(plan.CareTeam) {
		known, err := tx.OrganisationsNamed(row.Text(plan.TeamService))
		if err != nil {
			return err
		}
		team = append(team, known...)
	}
	return tx.SetOrganisations(p.ID, string(access.Team), team)
}
