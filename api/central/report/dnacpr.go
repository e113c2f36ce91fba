package report

// What may change here: the report of decisions about resuscitation. The findings of the Care Quality Commission that it answers
// are in domain.md 10.5 [S54].

import (
	"slices"
	"strings"

	"cmc/api"
	"cmc/api/central/lifecycle"
	"cmc/api/central/store"
	"cmc/forms/plan"
)

// maxGoverned is the most plans that are named at once.
const maxGoverned = 200

var dnacpr = Definition{
	Name: api.ReportDNACPR, Title: "Resuscitation decisions",
	About: "Decisions of the period that resuscitation should not be attempted, or is modified for a child: who made them, whether they were discussed, and whether they say why.",
	Empty: "Once a plan is approved that says not to attempt resuscitation, this shows who decided and whether it was discussed.",
	By:    []string{store.ByPractice, store.ByAge, store.ByCohort, store.BySex, store.ByEthnicity},
	make: func(m *maker) error {
		roles := options(m.form, plan.CPRDecidedRole)
		var codes []string
		for _, role := range roles {
			codes = append(codes, role.id)
		}
		ask := func(s store.Slice) ([]store.Tally, error) { return m.TallyDecisions(s, codes) }
		t, err := m.one(ask)
		if err != nil {
			return err
		}
		all := t.N["decisions"]
		m.things = all
		left := all
		for _, code := range codes {
			left -= t.N[code]
		}
		t.N[""] = left
		m.tables = append(m.tables,
			list("Who decided", "Role", "Decisions", all, append(slices.Clone(roles), coded{"", "Not recorded"}), t.N),
			list("Discussed with the person", "", "Decisions", all,
				[]coded{{"told", "Yes"}, {"untold", "No, and it says why"}, {"silent", "No, and it does not say why"}}, t.N),
			facts("What reviewers should look at", "", "Decisions",
				fact("Discussed with family or carers", share(t.N["family"], all)),
				fact("Without a reason, chosen and in words", share(t.N["unreasoned"], all)),
				fact("Of people with a learning disability", share(t.N["learning_disability"], all)),
				fact("Of autistic people", share(t.N["autism"], all))))
		m.note("Each plan counts once, by its newest approved version, also when the person has died since.")
		m.note("A learning disability or autism is never a reason not to attempt resuscitation: every such decision is looked at.")
		if m.ask.Plans && !m.ask.Protected {
			if err := m.govern(roles); err != nil {
				return err
			}
		}
		return m.split("Decisions", []string{"Decisions", "Discussed with the person", "With family", "Without a reason"}, ask, func(n map[string]int) []cell {
			all := n["decisions"]
			return []cell{count(all), share(n["told"], all), share(n["family"], all), share(n["unreasoned"], all)}
		})
	},
}

// govern names the plans that clinical governance looks at.
func (m *maker) govern(roles []coded) error {
	found, err := m.Governed(m.all(), maxGoverned)
	if err != nil {
		return err
	}
	known, err := m.Organisations()
	if err != nil {
		return err
	}
	for _, one := range found {
		var why []string
		if one.LearningDisability {
			why = append(why, "Learning disability")
		}
		if one.Autism {
			why = append(why, "Autism")
		}
		words := "Decided by somebody whose role is not recorded"
		for _, role := range roles {
			if role.id == one.Maker {
				words = "Decided by: " + role.words
			}
		}
		if one.Told == "yes" {
			words += ". Discussed with the person"
		} else {
			words += ". Not discussed with the person"
		}
		holder := one.HolderODS
		for _, o := range known {
			if o.ODS == one.HolderODS {
				holder = o.Name
			}
		}
		m.plans = append(m.plans, api.ReportPlan{PlanID: one.PlanID, Status: lifecycle.Words(lifecycle.State(one.Status), 0), Why: strings.Join(why, ", "), Words: words,
			On: one.DecidedOn, Holder: holder})
	}
	return nil
}
