// Package report says what each report is (domain.md 10.5), works it out from counts, and keeps small numbers from those who
// may not see them.
//
// Contract:
//   - Pure: no clock, no HTTP, no rights. The caller says whose plans are counted and whether numbers are protected.
//   - It reads counts (Rows) and, for clinical governance alone, ids of plans. It never sees a name or an answer, but for Learn,
//     which reads the answers of a version that is being approved and keeps no words of them.
//   - Every figure comes with its denominator.
//   - In a protected report no number below 5 is shown, and none can be worked out from those that are (hide.go).
package report

// What may change here: how a report is asked for and what all reports share. Each report has a file of its own.

import (
	"cmc/api"
	"cmc/api/central/store"
	"cmc/forms"
	"cmc/forms/plan"
)

// Rows are the counts that reports are made of; store.Tx has them.
type Rows interface {
	store.Tallies
	Organisations() ([]store.Organisation, error)
}

// An Ask is what a report is asked for.
type Ask struct {
	Slice     store.Slice // By is one of the report's ways
	Protected bool        // no small number
	Plans     bool        // with the ids of plans for clinical governance
}

// A Definition is one report.
type Definition struct {
	Name, Title string
	About       string   // its definition in one sentence
	Empty       string   // what would appear there
	By          []string // the ways to split it, besides everything together
	Today       bool     // it is about today, and about no period
	make        func(*maker) error
}

// Definitions are all reports in the order of the page.
var Definitions = []Definition{coverage, creation, views, quality, outcomes, dnacpr, problems}

// LeftOut says which reports are not there, and why.
var LeftOut = []string{
	"Use of hospital in the last 90 days of life and savings are not here: both need figures of hospitals, which this service does not receive.",
	"The minutes from an incident to the first reading are not here: they need the times of ambulance services.",
}

// Find finds a report by its name.
func Find(name string) (Definition, bool) {
	for _, d := range Definitions {
		if d.Name == name {
			return d, true
		}
	}
	return Definition{}, false
}

// splits are the titles of the ways to split a report.
var splits = map[string]string{
	"": "Everything together", store.ByPractice: "By practice", store.ByCohort: "By reason for the plan", store.ByAge: "By age",
	store.BySex: "By sex", store.ByEthnicity: "By ethnic category",
}

// Ref is a report as somebody has it: for one organisation alone it is not split by practice.
func (d Definition) Ref(own bool) api.ReportRef {
	out := api.ReportRef{Name: d.Name, Title: d.Title, About: d.About, Period: !d.Today, By: []api.ReportChoice{{Title: splits[""]}}}
	for _, by := range d.By {
		if own && by == store.ByPractice {
			continue
		}
		out.By = append(out.By, api.ReportChoice{ID: by, Title: splits[by]})
	}
	return out
}

// A maker makes one report.
type maker struct {
	Rows
	ask    Ask
	form   *forms.Definition
	tables []table
	first  []table // those of the groups, when the report is split: they are what was asked for
	plans  []api.ReportPlan
	notes  []string
	things int // how much was counted: 0 is an empty report
}

// Make works a report out. By must be "" or one of the report's ways.
func (d Definition) Make(rows Rows, ask Ask) (*api.Report, error) {
	m := &maker{Rows: rows, ask: ask, form: plan.Definition()}
	for _, code := range options(m.form, plan.PlanCohorts) {
		m.ask.Slice.Cohorts = append(m.ask.Slice.Cohorts, code.id)
	}
	if err := d.make(m); err != nil {
		return nil, err
	}
	out := &api.Report{Name: d.Name, Title: d.Title, About: d.About, By: ask.Slice.By, From: ask.Slice.FirstDay, To: ask.Slice.LastDay,
		Protected: ask.Protected, Tables: []api.ReportTable{}, Notes: []string{}}
	if m.things == 0 && !ask.Protected {
		out.Empty = d.Empty
		return out, nil
	}
	hidden := false
	for _, t := range append(m.first, m.tables...) {
		if ask.Protected {
			t.protect()
		}
		shown, some := t.shown(ask.Protected)
		hidden = hidden || some
		out.Tables = append(out.Tables, shown)
	}
	if ask.Plans && !ask.Protected {
		out.Plans = m.plans
	}
	if ask.Protected {
		out.Notes = append(out.Notes, "Numbers are rounded to the nearest 5, and shares are worked out from the rounded numbers.")
	}
	if hidden {
		out.Notes = append(out.Notes, "\u201cNot shown\u201d stands for a number below 5, none among them, or for one from which such a number could be worked out.")
	}
	out.Notes = append(out.Notes, m.notes...)
	return out, nil
}

// note adds a sentence under the report.
func (m *maker) note(words string) { m.notes = append(m.notes, words) }

// all gives the slice that is not split.
func (m *maker) all() store.Slice {
	s := m.ask.Slice
	s.By = ""
	return s
}

// one asks for a tally of everything together.
func (m *maker) one(ask func(store.Slice) ([]store.Tally, error)) (store.Tally, error) {
	found, err := ask(m.all())
	if err != nil || len(found) == 0 {
		return store.Tally{N: map[string]int{}}, err
	}
	return found[0], nil
}

// A coded is a code with its words.
type coded struct{ id, words string }

// options are the options of an item of the form.
func options(d *forms.Definition, item string) []coded {
	var out []coded
	if it := d.Item(item); it != nil {
		for _, o := range it.Options {
			out = append(out, coded{o.Code, o.Label})
		}
	}
	return out
}

// groups are the groups of the way in which the report is split, in order: all that there can be, also those that nobody is in,
// so that a missing row says nothing.
func (m *maker) groups(found []store.Tally) ([]coded, error) {
	var out []coded
	switch m.ask.Slice.By {
	case store.ByPractice:
		known, err := m.Organisations()
		if err != nil {
			return nil, err
		}
		for _, o := range known {
			if o.Kind == "gp_practice" {
				out = append(out, coded{o.ODS, o.Name})
			}
		}
	case store.ByCohort:
		return options(m.form, plan.PlanCohorts), nil
	case store.ByAge:
		out = []coded{{store.AgeUnder18, "Under 18"}, {store.Age18, "18 to 64"}, {store.Age65, "65 to 74"}, {store.Age75, "75 to 84"}, {store.Age85, "85 and over"}}
	case store.BySex:
		out = options(m.form, plan.SexAtBirth)
	case store.ByEthnicity:
		out = options(m.form, plan.Ethnicity)
	}
	for _, one := range found {
		known := false
		for _, g := range out {
			known = known || g.id == one.Group
		}
		switch {
		case known:
		case one.Group == "":
			out = append(out, coded{"", "Not recorded"})
		default:
			out = append(out, coded{one.Group, one.Group})
		}
	}
	return out, nil
}

// split adds a table with a row for each group and one for all of them, when the report is split. figures makes the cells of a
// tally.
func (m *maker) split(title string, heads []string, ask func(store.Slice) ([]store.Tally, error), figures func(map[string]int) []cell) error {
	if m.ask.Slice.By == "" {
		return nil
	}
	found, err := ask(m.ask.Slice)
	if err != nil {
		return err
	}
	whole, err := m.one(ask)
	if err != nil {
		return err
	}
	groups, err := m.groups(found)
	if err != nil {
		return err
	}
	t := table{title: title, heads: append([]string{splitHeads[m.ask.Slice.By]}, heads...), parts: true}
	for _, g := range groups {
		n := map[string]int{}
		for _, one := range found {
			if one.Group == g.id {
				n = one.N
			}
		}
		t.rows = append(t.rows, row{label: g.words, cells: figures(n)})
	}
	t.rows = append(t.rows, row{label: "All", total: true, cells: figures(whole.N)})
	m.first = append(m.first, t)
	if m.ask.Slice.By == store.ByCohort && len(m.first) == 1 {
		m.note("A plan that was made for more than one reason is counted in each of their rows.")
	}
	return nil
}

// splitHeads are the heads of the labels of a table that is split.
var splitHeads = map[string]string{store.ByPractice: "Practice", store.ByCohort: "Reason for the plan", store.ByAge: "Age", store.BySex: "Sex at birth",
	store.ByEthnicity: "Ethnic category"}
