package training

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"time"
)

// What may change here: how a written plan becomes the JSON of answers.

// writtenPlan is a plan as its file has it.
type writtenPlan struct {
	ID        string         `yaml:"id"` // empty: as Person
	Person    string         `yaml:"person"`
	Status    string         `yaml:"status"`
	Origin    string         `yaml:"origin"`
	Story     string         `yaml:"story"`
	Holder    string         `yaml:"holder"` // empty: the person's practice
	CreatedBy string         `yaml:"created_by"`
	Created   string         `yaml:"created"`
	Since     string         `yaml:"since"`
	By        string         `yaml:"by"`
	Reason    string         `yaml:"reason"`
	Version   int            `yaml:"version"` // 0: never approved
	Approved  string         `yaml:"approved"`
	Approver  string         `yaml:"approver"`
	Note      string         `yaml:"note"`
	Died      string         `yaml:"death_place"`
	Read      []string       `yaml:"read"` // when a crew read it
	Sets      []string       `yaml:"sets"` // of sets.yaml: later ones and Answers go over earlier ones
	Answers   map[string]any `yaml:"answers"`
	Draft     map[string]any `yaml:"draft"`
	Comments  []struct {
		Item string `yaml:"item"`
		By   string `yaml:"by"`
		At   string `yaml:"at"`
		Text string `yaml:"text"`
	} `yaml:"comments"`
	Feedback []struct {
		Outcome string `yaml:"outcome"`
		Reason  string `yaml:"reason"`
		By      string `yaml:"by"`
		At      string `yaml:"at"`
	} `yaml:"feedback"`
}

// gone, as an answer of a draft, takes the live version's answer away.
const gone = "{gone}"

var states = map[string]string{"{unknown}": "unknown", "{not_discussed}": "not_discussed", "{declined}": "declined", "{not_applicable}": "not_applicable"}

// A loader turns what is written into what is seeded. The first thing that is wrong is kept in err.
type loader struct {
	day           day
	organisations map[string]Organisation
	people        map[string]Person
	sets          map[string]map[string]any
	err           error
}

func (l *loader) fail(err error) {
	if l.err == nil && err != nil {
		l.err = err
	}
}

func (l *loader) text(s string) string {
	out, err := l.day.fill(s)
	l.fail(err)
	return out
}

func (l *loader) moment(s string) time.Time {
	at, err := l.day.moment(s)
	l.fail(err)
	return at
}

func (l *loader) plan(w writtenPlan) (Plan, error) {
	person, ok := l.people[w.Person]
	if !ok {
		return Plan{}, fmt.Errorf("there is no such person")
	}
	created := l.moment(w.Created)
	home := l.day
	defer func() { l.day = home }()
	l.day = l.day.at(created)
	if w.Approved != "" {
		l.day = l.day.at(l.moment(w.Approved))
	}
	p := Plan{ID: w.ID, Person: w.Person, Status: w.Status, Origin: w.Origin, Story: w.Story, Holder: w.Holder, CreatedBy: w.CreatedBy, By: w.By, DeathPlace: w.Died,
		Reason: l.text(w.Reason), Note: l.text(w.Note), CreatedAt: created, Since: l.moment(w.Since)}
	if p.ID == "" {
		p.ID = w.Person
	}
	if p.Holder == "" {
		p.Holder = person.Practice
	}
	if p.Origin == "" {
		p.Origin = "clinician"
	}
	for _, c := range w.Comments {
		p.Comments = append(p.Comments, Comment{c.Item, c.By, l.moment(c.At), l.text(c.Text)})
	}
	for _, at := range w.Read {
		p.ReadAt = append(p.ReadAt, l.moment(at))
	}
	for _, f := range w.Feedback {
		p.Feedback = append(p.Feedback, Feedback{f.Outcome, l.text(f.Reason), f.By, l.moment(f.At)})
	}
	answers := l.identity(person, p)
	for _, name := range w.Sets {
		set, ok := l.sets[name]
		if !ok {
			return p, fmt.Errorf("there is no set %q", name)
		}
		maps.Copy(answers, set)
	}
	maps.Copy(answers, w.Answers)
	drop(answers)
	raw, err := l.json(p.ID, answers)
	if err != nil {
		return p, err
	}
	if w.Version == 0 {
		p.Draft = raw
		return p, l.err
	}
	due, _ := answers["review_due"].(string)
	p.Live = &Live{Version: w.Version, Answers: raw, ApprovedBy: w.Approver, ApprovedAt: l.moment(w.Approved), ReviewDue: l.text(due)}
	if w.Draft != nil {
		maps.Copy(answers, w.Draft)
		drop(answers)
		if p.Draft, err = l.json(p.ID, answers); err != nil {
			return p, err
		}
	}
	return p, l.err
}

func drop(answers map[string]any) {
	maps.DeleteFunc(answers, func(_ string, v any) bool { return v == gone })
}

// identity is what every plan says of its person, with the field ids of domain.md 4.1 to 4.3.
func (l *loader) identity(p Person, plan Plan) map[string]any {
	practice := l.organisations[p.Practice]
	a := map[string]any{
		"plan_origin": plan.Origin, "nhs_number": p.NHSNumber, "nhs_number_status": "01", "family_name": p.FamilyName,
		"given_name": p.GivenName, "middle_names": p.MiddleNames, "title": p.Title, "preferred_name": p.Preferred,
		"birth_date": p.BirthDate, "sex_at_birth": p.Sex, "gender_admin": p.Gender, "ethnicity": p.Ethnicity,
		"address_usual": address(p.Address, p.Postcode), "residence_type": p.Residence, "care_home_ods": p.CareHome,
		"phone_home": p.Phone, "phone_mobile": p.Mobile, "deceased_date": p.DeathDate,
		"practice_ods": practice.ODS, "practice_name": practice.Name, "practice_phone": practice.Phone,
		"practice_bypass_phone": practice.Bypass, "usual_gp_name": p.GP, "holder_org_ods": plan.Holder,
	}
	if p.Ethnicity == "" {
		a["ethnicity"] = "Z"
	}
	if p.Phone == "" && p.Mobile == "" {
		a["phone_home"] = "{not_applicable}"
	}
	if plan.Origin == "patient" && plan.Status == "patient_draft" {
		delete(a, "holder_org_ods")
	}
	maps.Copy(a, p.Extra)
	return a
}

func address(lines []string, postcode string) map[string]any {
	list := make([]any, len(lines))
	for i, s := range lines {
		list[i] = s
	}
	return map[string]any{"lines": list, "postcode": postcode}
}

// json writes answers as the form's decoder reads them, names sorted, empty ones left out.
func (l *loader) json(plan string, written map[string]any) ([]byte, error) {
	out, err := l.answers(plan, written)
	if err != nil {
		return nil, err
	}
	return json.Marshal(out)
}

func (l *loader) answers(where string, written map[string]any) (map[string]any, error) {
	out := make(map[string]any, len(written))
	for id, v := range written {
		a, err := l.answer(where+"/"+id, v)
		if err != nil {
			return nil, err
		}
		if a != nil {
			out[id] = a
		}
	}
	return out, nil
}

func (l *loader) answer(where string, v any) (map[string]any, error) {
	switch v := v.(type) {
	case string:
		if v == "" {
			return nil, nil
		}
		if s, ok := states[v]; ok {
			return map[string]any{"state": s}, nil
		}
		return map[string]any{"value": l.text(strings.TrimRight(v, "\n"))}, nil
	case bool, int, float64:
		return map[string]any{"value": v}, nil
	case map[string]any:
		return map[string]any{"value": l.inside(v)}, nil
	case []any:
		if len(v) == 0 {
			return nil, nil
		}
		if _, ok := v[0].(map[string]any); !ok {
			return map[string]any{"value": l.inside(v)}, nil
		}
		return l.rows(where, v)
	}
	return nil, fmt.Errorf("%s: %T is no answer", where, v)
}

// rows gives each row its id: the one written as "row", or one made from where it stands.
func (l *loader) rows(where string, list []any) (map[string]any, error) {
	rows := map[string]any{}
	for i, v := range list {
		m, ok := v.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("%s: row %d is no map", where, i+1)
		}
		m = maps.Clone(m)
		id, _ := m["row"].(string)
		delete(m, "row")
		if id == "" {
			sum := sha256.Sum256([]byte(fmt.Sprint(where, i)))
			id = strings.ToLower(base32.StdEncoding.EncodeToString(sum[:5]))
		}
		if rows[id] != nil {
			return nil, fmt.Errorf("%s: two rows are called %s", where, id)
		}
		answers, err := l.answers(where+"/"+id, m)
		if err != nil {
			return nil, err
		}
		rows[id] = map[string]any{"order": i + 1, "answers": answers}
	}
	return map[string]any{"rows": rows}, nil
}

// inside fills the placeholders within an address, a coded text or a list of codes.
func (l *loader) inside(v any) any {
	switch v := v.(type) {
	case string:
		return l.text(v)
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = l.inside(x)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, x := range v {
			if x != "" {
				out[k] = l.inside(x)
			}
		}
		return out
	}
	return v
}
