package central

// What may change here: how the invented people of training mode are put into a new database.

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"cmc/api"
	"cmc/api/central/access"
	"cmc/api/central/account"
	"cmc/api/central/audit"
	"cmc/api/central/lifecycle"
	"cmc/api/central/store"
	"cmc/assets/training"
	"cmc/forms"
	"cmc/forms/plan"
)

// trainingPassword is the password of every training account. It is in the documentation: it guards nothing.
const trainingPassword = "training"

// trainingSpace makes the same opaque id of the same written id each time.
var trainingSpace = uuid.NewSHA1(uuid.NameSpaceURL, []byte("urn:cmc:training"))

func trainingID(kind, id string) string {
	return uuid.NewSHA1(trainingSpace, []byte(kind+"/"+id)).String()
}

// metaSeeding is there while a new training database is being filled.
const metaSeeding = "seeding"

// seedPiece is how many plans one transaction puts into a database of its own server.
const seedPiece = 8

// unseeded says whether the invented people are not all there yet, and whether some are.
func unseeded(tx store.Tx) (missing, begun bool, err error) {
	n, err := tx.CountPatients()
	if err != nil {
		return false, false, err
	}
	mark, err := tx.Meta(metaSeeding)
	return n == 0 || mark != "", mark != "", err
}

// seed fills a new training database. One that was filled to its end is left as it is, so that a trainee's work stays.
//
// The embedded database is filled in one transaction: each would wait for the disk. A database of its own server is filled in pieces,
// since no transaction there may take long, however slow the server is: others wait for it. What was broken off goes on at the next
// try or the next start, at whichever copy of the service: each step looks first whether it was done.
func (s *Service) seed(ctx context.Context) error {
	missing := false
	if err := s.store.Read(ctx, func(tx store.Tx) (err error) {
		missing, _, err = unseeded(tx)
		return err
	}); err != nil || !missing {
		return err
	}
	people, plans, organisations, accounts, err := training.Load(s.now())
	if err != nil {
		return fmt.Errorf("reading the training data: %w", err)
	}
	hashed, err := account.HashTraining(trainingPassword)
	if err != nil {
		return err
	}
	w := &sower{s: s, d: plan.Definition(), hashed: hashed, accounts: map[string]*caller{}, orgs: map[string]store.Organisation{}, people: map[string]training.Person{}}
	if err := w.know(organisations, accounts, people); err != nil {
		return err
	}
	steps := []func(store.Tx) error{func(tx store.Tx) error { return w.everybody(tx, organisations, accounts, people) }}
	for piece := range slices.Chunk(plans, seedPiece) {
		steps = append(steps, func(tx store.Tx) error { return w.plans(tx, piece) })
	}
	steps = append(steps, func(tx store.Tx) error {
		for _, a := range accounts {
			if err := w.teams(tx, a, plans); err != nil {
				return fmt.Errorf("training account %s: %w", a.Username, err)
			}
		}
		return tx.SetMeta(metaSeeding, "")
	})
	if s.options.Database == "" {
		all := steps
		steps = []func(store.Tx) error{func(tx store.Tx) error {
			for _, step := range all {
				if err := step(tx); err != nil {
					return err
				}
			}
			return nil
		}}
	}
	for _, step := range steps {
		if err := s.store.Write(ctx, func(tx store.Tx) error {
			if missing, _, err := unseeded(tx); err != nil || !missing {
				return err // another copy of the service was quicker
			}
			return step(tx)
		}); err != nil {
			return err
		}
	}
	return nil
}

// A sower puts what was written into the store.
type sower struct {
	s        *Service
	d        *forms.Definition
	hashed   string
	accounts map[string]*caller
	orgs     map[string]store.Organisation
	people   map[string]training.Person
}

// know takes over who there is, without a database.
func (w *sower) know(organisations []training.Organisation, accounts []training.Account, people []training.Person) error {
	for _, o := range organisations {
		w.orgs[o.ODS] = store.Organisation{ODS: o.ODS, Name: o.Name, Kind: o.Kind, Phone: o.Phone}
	}
	for _, a := range accounts {
		if !access.Known(api.Role(a.Role)) {
			return fmt.Errorf("training account %s: %w", a.Username, account.ErrRole)
		}
		w.accounts[a.Username] = w.s.caller(&account.Holder{User: w.user(a), Org: w.orgs[a.ODS]})
	}
	for _, p := range people {
		w.people[p.ID] = p
	}
	return nil
}

// everybody puts organisations, accounts and the people of the index in, and marks that the rest is to come.
func (w *sower) everybody(tx store.Tx, organisations []training.Organisation, accounts []training.Account, people []training.Person) error {
	if _, begun, err := unseeded(tx); err != nil || begun {
		return err
	}
	for _, o := range organisations {
		one := w.orgs[o.ODS]
		if err := tx.PutOrganisation(&one); err != nil {
			return fmt.Errorf("training organisation %s: %w", o.ODS, err)
		}
	}
	for _, a := range accounts {
		user := w.user(a)
		if err := tx.AddUser(&user); err != nil {
			return fmt.Errorf("training account %s: %w", a.Username, err)
		}
	}
	for _, p := range people {
		if err := w.person(tx, p); err != nil {
			return fmt.Errorf("training person %s: %w", p.ID, err)
		}
	}
	return tx.SetMeta(metaSeeding, "1")
}

// plans puts those in that are not there.
func (w *sower) plans(tx store.Tx, plans []training.Plan) error {
	for i := range plans {
		if _, err := tx.Plan(trainingID("plan", plans[i].ID)); err == nil {
			continue
		} else if !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if err := w.plan(tx, &plans[i]); err != nil {
			return fmt.Errorf("training plan %s: %w", plans[i].ID, err)
		}
	}
	return nil
}

func (w *sower) user(a training.Account) store.User {
	return store.User{ID: trainingID("account", a.Username), Username: account.Username(a.Username), Name: a.Name, Role: a.Role,
		RoleTitle: a.RoleTitle, RegNumber: a.RegNumber, ODS: a.ODS, PasswordHash: w.hashed, CreatedAt: w.s.now()}
}

// person puts somebody into the index, traced, with the details that a new plan starts with.
func (w *sower) person(tx store.Tx, p training.Person) error {
	details := forms.Answers{}
	set := func(id, value string) {
		if value != "" {
			details.SetText(id, value)
		}
	}
	set(plan.MiddleNames, p.MiddleNames)
	set(plan.SexAtBirth, p.Sex)
	set(plan.Ethnicity, p.Ethnicity)
	set(plan.ResidenceType, p.Residence)
	set(plan.CareHomeODS, p.CareHome)
	set(plan.PhoneHome, p.Phone)
	set(plan.PhoneMobile, p.Mobile)
	set(plan.UsualGPName, p.GP)
	practice := w.orgs[p.Practice]
	set(plan.PracticePhone, practice.Phone)
	if len(p.Address) > 0 || p.Postcode != "" {
		details.SetAddress(plan.AddressUsual, forms.PostalAddress{Lines: p.Address, Postcode: p.Postcode})
	}
	raw, err := json.Marshal(details)
	if err != nil {
		return err
	}
	if _, problems, err := forms.Decode(w.d, raw); err != nil || len(problems) > 0 {
		return fmt.Errorf("the details do not fit the form: %v %v", err, problems)
	}
	where := strings.Join(append(slices.Clone(p.Address), p.Postcode), ", ")
	return tx.AddPatient(&store.Patient{ID: trainingID("person", p.ID), NHSNumber: p.NHSNumber, FamilyName: p.FamilyName, GivenName: p.GivenName,
		Title: p.Title, PreferredName: p.Preferred, BirthDate: p.BirthDate, DeathDate: p.DeathDate, Gender: p.Gender, Place: where,
		PracticeODS: p.Practice, PracticeName: practice.Name, CareHomeODS: p.CareHome, Traced: true, FamilyKey: store.Key(p.FamilyName),
		GivenKey: store.Key(p.GivenName), Details: raw, CreatedAt: w.s.now()})
}

// who finds an account; an empty or unknown name is somebody without one (the patient, the clock).
func (w *sower) who(username string) *caller {
	if c, there := w.accounts[username]; there {
		return c
	}
	return nil
}

func (w *sower) plan(tx store.Tx, p *training.Plan) error {
	by, author := w.who(p.By), w.who(p.CreatedBy)
	stateBy := "The patient"
	switch {
	case by != nil:
		stateBy = by.title()
	case p.Status == string(lifecycle.ReviewDue) || p.Status == string(lifecycle.Overdue) || p.Status == string(lifecycle.Closed):
		stateBy = "The service's clock"
	}
	stored := &store.Plan{ID: trainingID("plan", p.ID), PatientID: trainingID("person", p.Person), Status: p.Status, Revision: 1, HolderODS: p.Holder,
		Origin: p.Origin, Definition: w.d.Name(), StateSince: p.Since, StateBy: stateBy, Reason: p.Reason, CreatedAt: p.CreatedAt}
	if author != nil {
		stored.OriginODS, stored.CreatedBy = author.Org.ODS, author.User.ID
	}
	var content forms.Answers
	var err error
	if p.Live != nil {
		stored.Version, stored.ReviewDue = p.Live.Version, p.Live.ReviewDue
		stored.RemindOn = lifecycle.RemindOn(p.Live.ApprovedAt, p.Live.ReviewDue)
	}
	if lifecycle.State(p.Status) == lifecycle.Deceased || lifecycle.State(p.Status) == lifecycle.Closed {
		stored.DeathDate, stored.DeathPlace = w.people[p.Person].DeathDate, p.DeathPlace
	}
	if err := tx.AddPlan(stored); err != nil {
		return err
	}
	if err := w.line(tx, author, stored, p.CreatedAt, audit.Create, ""); err != nil {
		return err
	}
	if p.Live != nil {
		if content, err = w.read(p.Live.Answers); err != nil {
			return err
		}
		if err := w.live(tx, stored, p, content); err != nil {
			return err
		}
	}
	if p.Draft != nil {
		old := content
		if content, err = w.read(p.Draft); err != nil {
			return err
		}
		if err := w.draft(tx, stored, p, old, content); err != nil {
			return err
		}
	}
	r := w.s.reader(w.d, content)
	if err := tx.SetOrganisations(stored.ID, string(access.Origin), []string{stored.OriginODS}); err != nil {
		return err
	}
	if err := w.s.relate(tx, stored, r); err != nil {
		return err
	}
	for i, one := range p.Comments {
		name, id := "A reviewer", ""
		if c := w.who(one.By); c != nil {
			name, id = c.signature(), c.User.ID
		}
		if err := tx.AddComment(&store.Comment{ID: trainingID("comment", fmt.Sprint(p.ID, i)), PlanID: stored.ID, Item: one.Item, Words: one.Text,
			ByName: name, ByID: id, At: one.At, Version: stored.Version + 1}); err != nil {
			return err
		}
	}
	for i, one := range p.Feedback {
		name, id := "A crew", ""
		if c := w.who(one.By); c != nil {
			name, id = c.signature(), c.User.ID
		}
		version := stored.Version // what was live when it was said
		for version > 1 && one.At.Before(approvedAt(p.Live, version)) {
			version--
		}
		if err := tx.AddFeedback(&store.Feedback{ID: trainingID("feedback", fmt.Sprint(p.ID, i)), PlanID: stored.ID, Version: version,
			Outcome: one.Outcome, Reason: one.Reason, ByName: name, ByID: id, At: one.At}); err != nil {
			return err
		}
	}
	if err := w.looked(tx, stored, p); err != nil {
		return err
	}
	switch lifecycle.State(p.Status) {
	case lifecycle.Approved, lifecycle.ReviewDue, lifecycle.Overdue, lifecycle.Draft, lifecycle.PatientDraft:
		return nil
	}
	return w.line(tx, by, stored, p.Since, "state: "+p.Status, p.Reason)
}

// read reads written answers by the form, which must find nothing wrong with them.
func (w *sower) read(raw []byte) (forms.Answers, error) {
	content, problems, err := forms.Decode(w.d, raw)
	if err != nil {
		return nil, err
	}
	for _, one := range problems {
		if one.Rule != "length" {
			return nil, fmt.Errorf("%s %s: %s", one.Item, one.Row, one.Words)
		}
	}
	return content, nil
}

// stamps says that one person wrote every section at one time.
func (w *sower) stamps(old, content forms.Answers, by *caller, at time.Time) ([]byte, error) {
	out := map[string]forms.Recorded{}
	for _, section := range sectionsOf(w.d, differences(old, content)) {
		stamp := forms.Recorded{By: "The patient", At: at, Source: "patient"}
		if by != nil {
			stamp = forms.Recorded{By: by.User.Name, Role: by.User.RoleTitle, Org: by.Org.ODS, At: at, Source: "typed"}
		}
		out[section] = stamp
	}
	return json.Marshal(out)
}

// live puts the approved version in place, and the earlier ones with the same content, each a review without a change.
func (w *sower) live(tx store.Tx, stored *store.Plan, p *training.Plan, content forms.Answers) error {
	by := w.who(p.Live.ApprovedBy)
	if by == nil {
		return fmt.Errorf("nobody is called %q", p.Live.ApprovedBy)
	}
	author := w.who(p.CreatedBy)
	raw, err := json.Marshal(content)
	if err != nil {
		return err
	}
	checks := make([]string, 0, len(api.ApprovalChecks))
	for _, check := range api.ApprovalChecks {
		checks = append(checks, check.ID)
	}
	ticked, err := json.Marshal(checks)
	if err != nil {
		return err
	}
	r := w.s.reader(w.d, content)
	for number := 1; number <= p.Live.Version; number++ {
		at := approvedAt(p.Live, number)
		due := p.Live.ReviewDue
		if number < p.Live.Version {
			due = at.AddDate(0, 0, 90).Format(lifecycle.ISODate)
		}
		stamps, err := w.stamps(nil, content, author, at)
		if err != nil {
			return err
		}
		v := &store.Version{PlanID: stored.ID, Number: number, Definition: w.d.Name(), Answers: raw, Recorded: stamps, Confirmed: []byte("[]"),
			Checks: ticked, ApprovedAt: at, ApprovedBy: by.signature(), ApproverID: by.User.ID, ApproverReg: by.User.RegNumber,
			ApproverODS: by.Org.ODS, ReviewDue: due, Quality: plan.Quality(r).Total}
		v.Salt = rand.Text()
		whole := contentHash(v)
		v.Hash = shortHash(whole)
		f := &folder{plan: stored, live: v}
		if v.Summary, err = json.Marshal(r.Summarise(w.s.header(f, v))); err != nil {
			return err
		}
		if err := tx.AddVersion(v); err != nil {
			return err
		}
		if err := w.s.learnFacts(tx, stored, v, content); err != nil {
			return err
		}
		line := by.Line(at, string(lifecycle.Approve))
		line.PatientID, line.PlanID, line.Version, line.What = stored.PatientID, stored.ID, number, "sha256 "+whole
		if err := tx.Audit(line); err != nil {
			return err
		}
	}
	return nil
}

// draft puts the content being written in place.
func (w *sower) draft(tx store.Tx, stored *store.Plan, p *training.Plan, old, content forms.Answers) error {
	author := w.who(p.CreatedBy)
	state := lifecycle.State(p.Status)
	returned := p.Reason != "" && (state == lifecycle.Draft || state == lifecycle.Amending)
	if by := w.who(p.By); stored.Version > 0 && by != nil && !returned {
		author = by // who amends is not who began the plan years ago
	}
	raw, err := json.Marshal(content)
	if err != nil {
		return err
	}
	stamps, err := w.stamps(old, content, author, p.Since)
	if err != nil {
		return err
	}
	draft := &store.Draft{PlanID: stored.ID, Answers: raw, Recorded: stamps, BaseVersion: stored.Version, Origin: p.Origin, StartedAt: p.Since,
		ChangedAt: p.Since, ChangedBy: "The patient", Returned: returned}
	if stored.Version == 0 {
		draft.StartedAt = p.CreatedAt
	}
	if author != nil {
		draft.AuthorID, draft.AuthorODS, draft.ChangedID = author.User.ID, author.Org.ODS, author.User.ID
		draft.ChangedBy = author.User.Name + ", " + author.Org.Name
	}
	r := w.s.reader(w.d, content)
	draft.Alarm = alarm(r)
	if state == lifecycle.InReview {
		f := &folder{plan: stored}
		if stored.Version > 0 {
			if f.live, err = tx.Version(stored.ID, stored.Version); err != nil {
				return err
			}
		}
		if draft.Wanted, err = w.s.wanted(tx, f, w.d, content); err != nil {
			return err
		}
	}
	return tx.PutDraft(draft)
}

// teams lets an account see the people whom it looks after although neither their practice nor their home says so.
func (w *sower) teams(tx store.Tx, a training.Account, plans []training.Plan) error {
	for _, person := range a.Teams {
		if _, there := w.people[person]; !there {
			return fmt.Errorf("nobody is called %q", person)
		}
		for i := range plans {
			if plans[i].Person != person {
				continue
			}
			if err := tx.PutRelationship(&store.Relationship{PlanID: trainingID("plan", plans[i].ID), Kind: string(access.Team), UserID: w.accounts[a.Username].User.ID}); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *sower) line(tx store.Tx, by *caller, p *store.Plan, at time.Time, action, reason string) error {
	line := &audit.Event{At: at, Who: "The patient", Action: action}
	if by != nil {
		line = by.Line(at, action)
	}
	line.PatientID, line.PlanID, line.Version, line.Reason = p.PatientID, p.ID, p.Version, reason
	return errors.Join(tx.Audit(line))
}

// approvedAt is when a version was approved: each 90 days before the next.
func approvedAt(live *training.Live, number int) time.Time {
	return live.ApprovedAt.AddDate(0, 0, -90*(live.Version-number)).Truncate(time.Millisecond)
}

// looked writes that crews read the plan: those that said afterwards how it went, and others.
func (w *sower) looked(tx store.Tx, stored *store.Plan, p *training.Plan) error {
	type reading struct {
		by *caller
		at time.Time
	}
	var all []reading
	for _, one := range p.Feedback {
		all = append(all, reading{w.who(one.By), one.At.Add(-20 * time.Minute)})
	}
	for _, at := range p.ReadAt {
		all = append(all, reading{w.who("urgent"), at})
	}
	for _, one := range all {
		if one.by == nil {
			continue
		}
		if err := errors.Join(w.line(tx, one.by, stored, one.at, audit.Opened, "999 call to the address"), w.line(tx, one.by, stored, one.at, audit.Summary, "")); err != nil {
			return err
		}
	}
	return nil
}
