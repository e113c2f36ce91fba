package report

// What may change here: the report Quality.

import (
	"cmc/api"
	"cmc/api/central/store"
)

var quality = Definition{
	Name: api.ReportQuality, Title: "Quality",
	About: "How complete and usable the plans in use today are: their score of 100 points, and the answers that a crew asks for first.",
	Empty: "Once a plan is approved, this shows how complete it is.",
	By:    []string{store.ByPractice, store.ByAge, store.ByCohort, store.BySex, store.ByEthnicity},
	Today: true,
	make: func(m *maker) error {
		t, err := m.one(m.TallyInUse)
		if err != nil {
			return err
		}
		plans := t.N["plans"]
		m.things = plans
		m.tables = append(m.tables,
			facts("Plans in use today", "", "Plans",
				fact("Score, mean", value(mean(t.N), plans, "points")),
				fact("With a level of treatment", share(t.N["ceiling"], plans)),
				fact("With a decision about going to hospital", share(t.N["conveyance"], plans)),
				fact("With where the just-in-case medicines are, or that there are none", share(t.N["jic"], plans)),
				fact("With a number that answers out of hours", share(t.N["ooh"], plans)),
				fact("With all four", share(t.N["all"], plans)),
				fact("With a preferred place of death", share(t.N["place"], plans))),
			list("Score of the plans in use today", "Points of 100", "Plans", plans,
				[]coded{{"high", "85 to 100"}, {"good", "70 to 84"}, {"fair", "50 to 69"}, {"low", "Under 50"}}, t.N))
		m.note("The score is feedback to those who write plans. It is no measure of care.")
		return m.split("Plans in use today", []string{"Mean score", "Level of treatment", "Going to hospital", "Just-in-case", "Out of hours"}, m.TallyInUse,
			func(n map[string]int) []cell {
				return []cell{value(mean(n), n["plans"], "points"), share(n["ceiling"], n["plans"]), share(n["conveyance"], n["plans"]),
					share(n["jic"], n["plans"]), share(n["ooh"], n["plans"])}
			})
	},
}

// mean is the mean score, to the nearest point.
func mean(n map[string]int) int {
	if n["plans"] == 0 {
		return 0
	}
	return (2*n["score"] + n["plans"]) / (2 * n["plans"])
}
