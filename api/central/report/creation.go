package report

// What may change here: the report Creation and review.

import (
	"time"

	"cmc/api"
	"cmc/api/central/store"
)

var creation = Definition{
	Name: api.ReportCreation, Title: "Creation and review",
	About: "How many plans were started and approved in the period and how soon, and how many plans in use are waiting for their review today.",
	Empty: "Once a plan is started or approved, this shows how soon it was approved and whether its review is due.",
	By:    []string{store.ByPractice},
	make: func(m *maker) error {
		begun, err := m.one(m.TallyStarted)
		if err != nil {
			return err
		}
		decided, err := m.one(m.TallyDecided)
		if err != nil {
			return err
		}
		inUse, err := m.one(m.TallyInUse)
		if err != nil {
			return err
		}
		days, err := m.Approved(m.all())
		if err != nil {
			return err
		}
		median, err := medianAge(days, m.ask.Slice.Today)
		if err != nil {
			return err
		}
		plans := inUse.N["plans"]
		m.things = begun.N["started"] + begun.N["approved"] + plans
		m.tables = append(m.tables,
			facts("In the period", "", "Plans",
				fact("Started", count(begun.N["started"])),
				fact("Approved for the first time", count(begun.N["approved"])),
				fact("Of these, within 7 days of being started", share(begun.N["soon"], begun.N["approved"]))),
			facts("Reviewers' decisions in the period", "", "Decisions",
				fact("Sent back, of all approved or sent back", share(decided.N["returned"], decided.N["decided"]))),
			facts("Plans in use today", "", "Plans",
				fact("Review due soon", share(inUse.N["near"], plans)),
				fact("Review overdue", share(inUse.N["overdue"], plans)),
				fact("Time since the last approval, median", value(median, plans, "days"))))
		if err := m.split("Started and approved in the period", []string{"Started", "Approved for the first time", "Within 7 days"}, m.TallyStarted,
			func(n map[string]int) []cell {
				return []cell{count(n["started"]), count(n["approved"]), share(n["soon"], n["approved"])}
			}); err != nil {
			return err
		}
		return m.split("Review of the plans in use today", []string{"Due soon", "Overdue"}, m.TallyInUse, func(n map[string]int) []cell {
			return []cell{share(n["near"], n["plans"]), share(n["overdue"], n["plans"])}
		})
	},
}

// medianAge is the median number of days from the days on which plans were approved to today: the lower one of two.
func medianAge(days []store.Tally, today string) (int, error) {
	all := 0
	for _, d := range days {
		all += d.N["plans"]
	}
	if all == 0 {
		return 0, nil
	}
	now, err := time.Parse(time.DateOnly, today)
	if err != nil {
		return 0, err
	}
	past := 0
	for i := len(days) - 1; i >= 0; i-- { // the newest day first: the shortest time
		if past += days[i].N["plans"]; 2*past >= all {
			on, err := time.Parse(time.DateOnly, days[i].Group)
			if err != nil {
				return 0, err
			}
			return int(now.Sub(on).Hours() / 24), nil
		}
	}
	return 0, nil
}
