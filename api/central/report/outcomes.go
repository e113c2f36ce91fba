package report

// What may change here: the report Outcomes.

import (
	"cmc/api"
	"cmc/api/central/store"
	"cmc/forms/plan"
)

var outcomes = Definition{
	Name: api.ReportOutcomes, Title: "Outcomes",
	About: "Where people with a plan died in the period, and how many of those with a preferred place recorded died there.",
	Empty: "Once the death of somebody with a plan is notified, this shows where they died and whether it was where they wanted to be.",
	By:    []string{store.ByPractice, store.ByAge, store.ByCohort, store.BySex, store.ByEthnicity},
	make: func(m *maker) error {
		t, err := m.one(m.TallyDeaths)
		if err != nil {
			return err
		}
		m.things = t.N["deaths"]
		var places []coded
		for _, one := range options(m.form, plan.DeathPlace) {
			if one.id == "unknown" {
				one = coded{"unrecorded", "Not recorded"}
			}
			places = append(places, one)
		}
		figures := func(n map[string]int) []cell {
			return []cell{share(n["first"], n["preferred"]), share(n["first"]+n["second"], n["preferred"]), share(n["unrecorded"], n["deaths"])}
		}
		met := figures(t.N)
		m.tables = append(m.tables,
			list("Deaths by place", "Place of death", "Deaths", t.N["deaths"], places, t.N),
			facts("Preferred place of death", "", "Deaths",
				fact("Preferred place met: died in their first choice, of those with a preferred place recorded", met[0]),
				fact("Died in their first or second choice, of the same", met[1]),
				fact("Place of death not recorded, of all deaths", met[2]),
				fact("A preferred place was recorded, of all deaths", share(t.N["preferred"], t.N["deaths"]))))
		m.note("A death whose place is not recorded counts as not met, so read the share beside that of places not recorded.")
		m.note("\u201cWhere they live now\u201d is met at home by those who live at home, and in the care home by those who live there.")
		m.note("Why somebody died in another place than they wanted is not recorded by any page of this program yet, so no reasons are counted.")
		m.note("A death whose date is not known counts on the day on which it was notified.")
		return m.split("Preferred place of death", []string{"In the first choice", "First or second choice", "Place not recorded"}, m.TallyDeaths, figures)
	},
}
