package report

// What may change here: the report of what crews said.

import (
	"cmc/api"
	"cmc/api/central/store"
)

var problems = Definition{
	Name: api.ReportProblems, Title: "Problems reported by crews",
	About: "What crews said in the period after using a plan, and whether a newer version has answered the problems that they found.",
	Empty: "Once a crew says that it used a plan, or could not, this shows it.",
	By:    []string{store.ByPractice},
	make: func(m *maker) error {
		t, err := m.one(m.TallyProblems)
		if err != nil {
			return err
		}
		m.things = t.N["told"]
		m.tables = append(m.tables,
			list("What crews said", "", "Times", t.N["told"], []coded{{"used", "Used the plan"}, {"problems", "Could not use it"}}, t.N),
			facts("Answered", "", "Times",
				fact("Could not be used, and a newer version was approved since", share(t.N["answered"], t.N["problems"]))))
		m.note("The crews' own words stay with the plans: they may name somebody.")
		return m.split("What crews said", []string{"Could not use it", "Answered by a newer version"}, m.TallyProblems, func(n map[string]int) []cell {
			return []cell{share(n["problems"], n["told"]), share(n["answered"], n["problems"])}
		})
	},
}
