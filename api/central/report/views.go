package report

// What may change here: the report Views.

import (
	"fmt"
	"time"

	"cmc/api"
	"cmc/api/central/store"
	"cmc/forms/nhs"
)

// The hours of a practice: from Monday to Friday, 08:00 to 18:30 (the core hours of the GP contract in England).
const (
	opens  = 8 * 60
	closes = 18*60 + 30
)

var views = Definition{
	Name: api.ReportViews, Title: "Views",
	About: "How often ambulance, 111, emergency department and out-of-hours staff read a plan in the period, when, and which plans were never read.",
	Empty: "Once a crew reads a plan, this shows which services read, and when.",
	By:    []string{store.ByPractice, store.ByAge, store.ByCohort, store.BySex, store.ByEthnicity},
	make: func(m *maker) error {
		services, err := m.Readings(m.all())
		if err != nil {
			return err
		}
		times, err := m.ReadingTimes(m.all())
		if err != nil {
			return err
		}
		plans, err := m.one(m.TallyRead)
		if err != nil {
			return err
		}
		looked, err := m.one(m.TallyLooked)
		if err != nil {
			return err
		}
		reads, byName, names := 0, map[string]int{}, []coded{}
		for _, one := range services {
			reads += one.N["reads"]
			byName[one.Group] = one.N["reads"]
			names = append(names, coded{one.Group, one.Group})
		}
		m.things = reads + looked.N["looked"]
		hours, clock := map[string]int{}, map[string]int{}
		for _, one := range times {
			at, err := readingTime(one.Group)
			if err != nil {
				return err
			}
			hours[inHours(at)] += one.N["reads"]
			clock[threeHours(at.Hour()/3)] += one.N["reads"]
		}
		if reads > 0 && len(names) > 0 {
			m.tables = append(m.tables, list("Readings by service", "Service", "Readings", reads, names, byName))
		}
		m.tables = append(m.tables,
			list("In and out of hours", "When", "Readings", reads, []coded{{"in", "In hours: Monday to Friday, 08:00 to 18:30"}, {"out", "Out of hours"}}, hours),
			list("Time of day", "From", "Readings", reads, clockParts(), clock),
			facts("Plans in use today", "", "Plans",
				fact("Read by urgent care in the period", share(plans.N["read"], plans.N["plans"])),
				fact("Not read by urgent care in the period", share(plans.N["plans"]-plans.N["read"], plans.N["plans"])),
				fact("Found by urgent care and not read, of all whose person was looked for", share(looked.N["looked"]-looked.N["read"], looked.N["looked"]))))
		m.note("A reading is one opening of the one-page summary. Bank holidays are not known here: they count as the day of the week that they are.")
		return m.split("Plans in use today, read by urgent care in the period", []string{"Read"}, m.TallyRead,
			func(n map[string]int) []cell { return []cell{share(n["read"], n["plans"])} })
	},
}

// readingTime reads "2026-11-22T18:3" as a time in London.
func readingTime(group string) (time.Time, error) {
	at, err := time.Parse("2006-01-02T15:04", group+"0")
	if err != nil {
		return time.Time{}, fmt.Errorf("a time in the audit cannot be read: %w", err)
	}
	return at.In(nhs.London()), nil
}

func inHours(at time.Time) string {
	minute := at.Hour()*60 + at.Minute()
	if day := at.Weekday(); day == time.Saturday || day == time.Sunday || minute < opens || minute >= closes {
		return "out"
	}
	return "in"
}

func threeHours(n int) string { return fmt.Sprintf("%02d:00 to %02d:00", 3*n, 3*n+3) }

func clockParts() []coded {
	var out []coded
	for n := range 8 {
		out = append(out, coded{threeHours(n), threeHours(n)})
	}
	return out
}
