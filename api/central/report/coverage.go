package report

// What may change here: the report Coverage.

import (
	"cmc/api"
	"cmc/api/central/store"
)

var coverage = Definition{
	Name: api.ReportCoverage, Title: "Coverage",
	About: "How many of the living people whom the service knows have an approved plan in use today.",
	Empty: "Once people are in the index of the service, this shows how many of them have a plan.",
	By:    []string{store.ByPractice, store.ByAge, store.ByCohort, store.BySex, store.ByEthnicity},
	Today: true,
	make: func(m *maker) error {
		people, err := m.one(m.TallyPeople)
		if err != nil {
			return err
		}
		m.things = people.N["people"]
		m.tables = append(m.tables, facts("Today", "", "With a plan in use",
			fact("Living people whom the service knows", share(people.N["planned"], people.N["people"])),
			fact("Of these, those in care homes", share(people.N["home_planned"], people.N["home"]))))
		m.note("Whom the service knows is not the list of a practice: a share here is no share of everybody registered there.")
		switch m.ask.Slice.By {
		case store.ByPractice, store.ByAge:
			return m.split("People with a plan in use", []string{"With a plan", "Of these in care homes"}, m.TallyPeople, func(n map[string]int) []cell {
				return []cell{share(n["planned"], n["people"]), share(n["home_planned"], n["home"])}
			})
		}
		return m.split("Plans in use", []string{"Plans in use"}, m.TallyInUse, func(n map[string]int) []cell { return []cell{count(n["plans"])} })
	},
}
