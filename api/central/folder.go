package central

// What may change here: what is read of a plan before anything is said of it, and how it looks to the one who asks.

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"cmc/api"
	"cmc/api/central/access"
	"cmc/api/central/lifecycle"
	"cmc/api/central/store"
	"cmc/forms"
	"cmc/forms/plan"
)

// A folder is one plan with all that belongs to it, as it is at one moment, and how the caller stands to it.
type folder struct {
	plan    *store.Plan
	patient *store.Patient
	holder  api.Organisation
	draft   *store.Draft   // nil: none
	live    *store.Version // the newest approved version; nil: none
	record  access.Record
	sight   access.Sight
}

// state is the state now, whether or not the clock's step was written yet.
func (f *folder) state() lifecycle.State { return f.record.State }

// find reads a plan. It refuses with notFound when there is none or the caller may not know of it: either is found out by
// the same one question, so that nothing tells the two apart. Of a plan that the caller has yet to open it gives the plan and how
// they stand to it, and reads nothing that was written in it.
func (s *Service) find(tx store.Tx, c *caller, id string) (*folder, error) {
	glanced, err := tx.Glance(id, c.Org.ODS, c.User.ID, s.now())
	if err != nil {
		return nil, err
	}
	f := &folder{plan: &glanced.Plan, record: s.glancedRecord(glanced)}
	switch f.sight = access.See(c.person, f.record); f.sight {
	case access.Nothing:
		return nil, notFound()
	case access.AskReason, access.BreakGlass:
		return f, nil
	}
	return s.fill(tx, c, f.plan)
}

// glancedRecord is what rights depend on, but for what is written in the draft.
func (s *Service) glancedRecord(g *store.Glanced) access.Record {
	out := access.Record{State: s.effective(&g.Plan), Live: g.Plan.Version > 0, Draft: g.Draft, Marked: g.Marked}
	out.Relations = s.holding(g.Ties)
	return out
}

// holding are the relationships that hold now.
func (s *Service) holding(all []store.Relationship) (out []access.Relation) {
	for _, one := range all {
		if kind := access.Relation(one.Kind); access.Holds(kind, one.Until, s.now()) {
			out = append(out, kind)
		}
	}
	return out
}

// fill reads what belongs to a plan.
func (s *Service) fill(tx store.Tx, c *caller, stored *store.Plan) (*folder, error) {
	f := &folder{plan: stored}
	var err error
	if f.patient, err = tx.Patient(stored.PatientID); err != nil {
		return nil, err
	}
	if f.holder, err = s.organisation(tx, stored.HolderODS, f.patient.PracticeName); err != nil {
		return nil, err
	}
	if stored.Version > 0 {
		if f.live, err = tx.Version(stored.ID, stored.Version); err != nil {
			return nil, err
		}
	}
	if f.draft, err = tx.Draft(stored.ID); errors.Is(err, store.ErrNotFound) {
		f.draft, err = nil, nil
	}
	if err != nil {
		return nil, err
	}
	return f, s.stand(tx, c, f)
}

// stand works out how the caller stands to the plan now.
func (s *Service) stand(tx store.Tx, c *caller, f *folder) error {
	relations, err := tx.RelationshipsFor(f.plan.ID, c.Org.ODS, c.User.ID, s.now())
	if err != nil {
		return err
	}
	f.record = access.Record{State: s.effective(f.plan), Live: f.plan.Version > 0, Draft: f.draft != nil, Marked: f.patient.Sensitive}
	if f.record.ConsentEnded, err = consentEnded(f); err != nil {
		return err
	}
	f.record.Relations = s.holding(relations)
	f.sight = access.See(c.person, f.record)
	return nil
}

// consentEnded says whether the draft beside a live version records that consent was refused or withdrawn.
func consentEnded(f *folder) (bool, error) {
	if f.draft == nil || f.live == nil {
		return false, nil
	}
	content, err := answers(f.draft.Answers)
	if err != nil {
		return false, err
	}
	switch content[plan.ConsentStatus].Text {
	case plan.ConsentRefused, plan.ConsentWithdrawn:
		return true, nil
	}
	return false, nil
}

// effective is the state of a plan now.
func (s *Service) effective(p *store.Plan) lifecycle.State {
	return lifecycle.Effective(lifecycle.State(p.Status), review(p), p.StateSince, s.now())
}

// review is when the live version of a plan is reviewed.
func review(p *store.Plan) lifecycle.Review {
	return lifecycle.Review{Due: p.ReviewDue, RemindOn: p.RemindOn}
}

// organisation finds an organisation; one that is not known here has its code and the name given.
func (s *Service) organisation(tx store.Tx, ods, name string) (api.Organisation, error) {
	if ods == "" {
		return api.Organisation{Name: "No practice named yet"}, nil
	}
	found, err := tx.Organisation(ods)
	if errors.Is(err, store.ErrNotFound) {
		return api.Organisation{ODS: ods, Name: name, Kind: "gp_practice"}, nil
	}
	if err != nil {
		return api.Organisation{}, err
	}
	return organisation(*found), nil
}

// etag is the tag of a plan at its revision.
func etag(p *store.Plan) string { return `"` + strconv.Itoa(p.Revision) + `"` }

// sameTag compares an If-Match header with a plan. "*" is never enough: a writer must have seen what they change.
func sameTag(header string, p *store.Plan) bool {
	return slices.ContainsFunc(strings.Split(header, ","), func(one string) bool { return strings.TrimSpace(one) == etag(p) })
}

// needTag refuses a write whose writer has not seen the plan as it is.
func (s *Service) needTag(tx store.Tx, c *caller, f *folder, header string, needed bool) error {
	if header == "" {
		if !needed {
			return nil
		}
		return refuse(api.CodePrecondition, "The request does not say which state of the plan it changes.", "Send If-Match with the ETag of the plan as you saw it.")
	}
	if sameTag(header, f.plan) {
		return nil
	}
	p := refuse(api.CodeConflict, "Someone else has changed the plan since you opened it.", "Nothing of yours is lost. Compare the two and save again.")
	p.Etag = etag(f.plan)
	if f.draft != nil {
		draft, err := s.showDraft(tx, c, f)
		if err != nil {
			return err
		}
		if draft.HiddenSince, err = hiddenSince(f.draft, header, c); err != nil {
			return err
		}
		if p.Theirs, err = json.Marshal(draft); err != nil {
			return fmt.Errorf("writing the other draft: %w", err)
		}
	}
	return p
}

// definition finds the definition that a plan was written under.
func definition(name string) (*forms.Definition, error) {
	d, known := plan.DefinitionFor(name)
	if !known {
		return nil, fmt.Errorf("the definition %q is not known to this program", name)
	}
	return d, nil
}

// answers reads stored answers.
func answers(raw []byte) (forms.Answers, error) {
	out := forms.Answers{}
	if len(raw) == 0 {
		return out, nil
	}
	if err := out.UnmarshalJSON(raw); err != nil { // encoding/json would go through all of it once more before
		return nil, errors.New("stored answers cannot be read")
	}
	return out, nil
}

func recorded(raw []byte) (map[string]forms.Recorded, error) {
	out := map[string]forms.Recorded{}
	if len(raw) == 0 {
		return out, nil
	}
	if err := json.Unmarshal(raw, &out); err != nil {
		return nil, errors.New("stored stamps cannot be read")
	}
	return out, nil
}

// show is the plan as the caller may see it.
func (s *Service) show(tx store.Tx, c *caller, f *folder) (*api.Plan, error) {
	may, refused := access.Actions(c.person, f.record)
	patient, err := s.showPatient(tx, f.patient)
	if err != nil {
		return nil, err
	}
	patient.Plan = &api.PlanRef{ID: f.plan.ID, Status: string(f.state()), Version: f.plan.Version}
	out := &api.Plan{
		ID: f.plan.ID, Status: string(f.state()), StatusWords: lifecycle.Words(f.state(), f.plan.Version), Patient: *patient,
		Holder: f.holder, Definition: f.plan.Definition, Actions: may, Refused: refused, Etag: etag(f.plan),
		StateSince: f.plan.StateSince, StateBy: f.plan.StateBy, ReviewDue: f.plan.ReviewDue,
	}
	if f.record.Marked {
		out.Holder = hiddenHolder()
	}
	if f.sight == access.Everything || f.sight == access.Desk {
		if f.sight == access.Everything {
			out.Reason = f.plan.Reason // clinicians' words: the desk sees the state, not free text (domain.md 10.2)
		}
		if f.draft != nil {
			if out.Draft, err = s.showDraft(tx, c, f); err != nil {
				return nil, err
			}
		}
	}
	if f.sight == access.Published {
		// Urgent care sees the live version by itself: not that, or by whom, a draft is being written.
		state := lifecycle.OfLive(f.state(), review(f.plan), s.now())
		out.Status, out.StatusWords = string(state), lifecycle.Words(state, f.plan.Version)
		out.Patient.Plan.Status = string(state)
		out.StateSince, out.StateBy = f.live.ApprovedAt, f.live.ApprovedBy
		if slices.Contains(f.record.Relations, access.Glass) {
			out.WayIn = api.WayBreakGlass
		}
	}
	if f.live != nil && f.sight >= access.Published {
		if out.Published, err = s.showVersion(c, f, f.live); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// showDraft is the draft as the caller may see it.
func (s *Service) showDraft(tx store.Tx, c *caller, f *folder) (*api.Draft, error) {
	d, err := definition(f.plan.Definition)
	if err != nil {
		return nil, err
	}
	content, err := answers(f.draft.Answers)
	if err != nil {
		return nil, err
	}
	stamps, err := recorded(f.draft.Recorded)
	if err != nil {
		return nil, err
	}
	if content, err = s.mask(d, content, c, f, f.draft); err != nil {
		return nil, err
	}
	out := &api.Draft{Answers: content, Recorded: stamps, BaseVersion: f.draft.BaseVersion, Comments: []api.Comment{},
		Confirmed: []api.Confirmation{}, ChangedAt: f.draft.ChangedAt, ChangedBy: f.draft.ChangedBy, Origin: f.draft.Origin}
	if f.sight != access.Everything {
		return out, nil
	}
	comments, err := tx.Comments(f.plan.ID, f.plan.Version+1)
	if err != nil {
		return nil, err
	}
	for _, one := range comments {
		out.Comments = append(out.Comments, api.Comment{ID: one.ID, Item: one.Item, Row: one.Row, Text: one.Words, By: one.ByName, At: one.At, Done: one.Done})
	}
	confirmations, err := tx.Confirmations(f.plan.ID)
	if err != nil {
		return nil, err
	}
	out.Confirmed = confirmed(confirmations)
	return out, nil
}

func confirmed(stored []store.Confirmation) []api.Confirmation {
	out := []api.Confirmation{}
	for _, one := range stored {
		out = append(out, api.Confirmation{Rule: one.Rule, Item: one.Item, Row: one.Row, Reason: one.Reason, By: one.ByName, At: one.At})
	}
	return out
}

// showVersion is one approved version as the caller may see it.
func (s *Service) showVersion(c *caller, f *folder, v *store.Version) (*api.Version, error) {
	out := versionHead(v)
	if len(v.Answers) == 0 {
		return &out, nil
	}
	d, err := definition(v.Definition)
	if err != nil {
		return nil, err
	}
	content, err := answers(v.Answers)
	if err != nil {
		return nil, err
	}
	if out.Answers, err = s.mask(d, content, c, f, nil); err != nil {
		return nil, err
	}
	if out.Recorded, err = recorded(v.Recorded); err != nil {
		return nil, err
	}
	return &out, nil
}

func versionHead(v *store.Version) api.Version {
	return api.Version{Number: v.Number, Definition: v.Definition, ApprovedAt: v.ApprovedAt, ApprovedBy: v.ApprovedBy,
		ApproverReg: v.ApproverReg, ReviewDue: v.ReviewDue, Hash: v.Hash, Quality: v.Quality}
}

// mask hides from the caller what nobody reads without asking (hidden.go), and from a practice administrator everything but
// demographics and contacts. draft is the draft that the answers are of; nil: a version.
func (s *Service) mask(d *forms.Definition, content forms.Answers, c *caller, f *folder, draft *store.Draft) (forms.Answers, error) {
	v := veil{d: d, marked: f.record.Marked, desk: f.sight == access.Desk, known: f.sight != access.Everything || !access.Of(c.person).Draft}
	if draft != nil {
		var err error
		if v.seen, err = s.seenBy(c, draft); err != nil {
			return nil, err
		}
	}
	return v.over(content), nil
}

// reader looks at answers on the clinical day.
func (s *Service) reader(d *forms.Definition, content forms.Answers) forms.Reader {
	return forms.NewReader(d, content, s.today())
}

// today is the clinical day.
func (s *Service) today() time.Time { return lifecycle.Today(s.now()) }
