package store

// What may change here: the SQL that counts for reports. What a report is made of, and what it says, is package report's.

import (
	"strings"
	"time"
)

// The ways to split a tally. The empty way is everything together.
const (
	ByPractice  = "practice"
	ByCohort    = "cohort"
	ByAge       = "age"
	BySex       = "sex"
	ByEthnicity = "ethnicity"
)

// The age bands, by the codes that a tally by age has as groups.
const (
	AgeUnder18 = "0"
	Age18      = "18"
	Age65      = "65"
	Age75      = "75"
	Age85      = "85"
	AgeUnknown = ""
)

// A Slice says what is counted: whose plans, in which period, split how.
type Slice struct {
	HolderODS         string    // plans that this organisation holds; "": all
	By                string    // one of the ways to split
	From, Until       time.Time // the period as moments: From is in it, Until is not
	FirstDay, LastDay string    // the same as days, both in it
	Today             string
	InUse             []string // the states in which urgent care sees the plan of a living person
	Readers           []string // the roles of urgent care
	Cohorts           []string // every code of a cohort, for a tally by cohort
}

// A Tally counts one group. The names of N are those of the method that gives it; one that is not there is 0.
type Tally struct {
	Group string // "" for everything together, or for what has no such answer
	N     map[string]int
}

// A Governed is a plan that clinical governance looks at.
type Governed struct {
	PlanID, Status, HolderODS, DecidedOn, Maker, Told string
	LearningDisability, Autism                        bool
}

// Tallies is the part of Tx for reports. Nothing in it names a person; Governed alone names plans.
type Tallies interface {
	// TallyPeople counts living people of the index, by practice or age: people, planned (with a plan in use), home (in a care
	// home), home_planned. HolderODS is their practice.
	TallyPeople(s Slice) ([]Tally, error)
	// TallyInUse counts plans in use: plans, near (review near), overdue, score (the sum of scores), low, fair, good, high (bands of
	// the score: under 50, to 69, to 84, above), ceiling, conveyance, jic, ooh, place, all.
	TallyInUse(s Slice) ([]Tally, error)
	// TallyStarted counts by practice: started and approved for the first time in the period, and soon (within 7 days).
	TallyStarted(s Slice) ([]Tally, error)
	// TallyDecided counts by practice what reviewers did in the period: decided (approved or sent back), returned (sent back).
	TallyDecided(s Slice) ([]Tally, error)
	// Approved counts plans in use by the day of their newest approval; Group is the day, N has plans.
	Approved(s Slice) ([]Tally, error)
	// TallyRead counts plans in use: plans, read (by urgent care in the period).
	TallyRead(s Slice) ([]Tally, error)
	// TallyLooked counts the plans in use whose person urgent care looked for by themselves in the period: looked, read.
	TallyLooked(s Slice) ([]Tally, error)
	// Readings counts readings by urgent care: by their service (Group is its name; N has reads).
	Readings(s Slice) ([]Tally, error)
	// ReadingTimes counts the same by when: Group is the start of the time up to the tens of minutes in UTC ("2026-11-22T18:3").
	ReadingTimes(s Slice) ([]Tally, error)
	// TallyDeaths counts deaths in the period: deaths, each place of death by its code (unrecorded where it is not known),
	// preferred (a place was preferred), first and second (died in the first, the second choice).
	TallyDeaths(s Slice) ([]Tally, error)
	// TallyDecisions counts decisions of the period that resuscitation is not attempted, or is modified: decisions, each maker by
	// code, told, untold (not discussed with the person, and it says why), silent (it does not), family, unreasoned,
	// learning_disability, autism.
	TallyDecisions(s Slice, makers []string) ([]Tally, error)
	// Governed names the plans of these decisions of people with a learning disability or autism, the newest decision first.
	Governed(s Slice, limit int) ([]Governed, error)
	// TallyProblems counts what crews said in the period, by practice: told, used, problems, answered (a newer version is there).
	TallyProblems(s Slice) ([]Tally, error)
}

// statement is SQL that grows, with its parameters in the order of their marks.
type statement struct {
	text strings.Builder
	args []any
}

// add appends SQL; each ? takes the next of the values.
func (q *statement) add(text string, values ...any) *statement {
	for _, value := range values {
		before, after, _ := strings.Cut(text, "?")
		q.args = append(q.args, value)
		q.text.WriteString(before + "$" + digits(len(q.args)))
		text = after
	}
	q.text.WriteString(text)
	return q
}

// in appends "column IN (...)" for values that are there.
func (q *statement) in(column string, values []string) *statement {
	q.add(column + " IN (")
	for i, value := range values {
		if i > 0 {
			q.add(", ")
		}
		q.add("?", value)
	}
	return q.add(")")
}

// A measure is one number of a tally: how many rows have it.
type measure struct {
	name, when string
	values     []any
}

func is(name, when string, values ...any) measure { return measure{name, when, values} }

// ages is the age band of a number of years.
const ages = `CASE WHEN f.age IS NULL OR f.age < 0 THEN '' WHEN f.age < 18 THEN '0' WHEN f.age < 65 THEN '18' WHEN f.age < 75 THEN '65'
	WHEN f.age < 85 THEN '75' ELSE '85' END`

// group is the column by which a slice of plans with facts is split.
func (s *Slice) group() string {
	switch s.By {
	case ByPractice:
		return "p.holder_ods"
	case ByCohort:
		return "g.code"
	case ByAge:
		return ages
	case BySex:
		return "COALESCE(f.sex, '')"
	case ByEthnicity:
		return "COALESCE(f.ethnicity, '')"
	}
	return "''"
}

// head begins a tally: SELECT, group and measures.
func (q *statement) head(group string, measures []measure) {
	q.add("SELECT " + group + " AS grp")
	for _, m := range measures {
		q.add(", COALESCE(SUM(CASE WHEN "+m.when+" THEN 1 ELSE 0 END), 0)", m.values...)
	}
}

// cohorts joins the cohorts of a slice by cohort: a person with two is in both.
func (q *statement) cohorts(s *Slice) {
	if s.By != ByCohort {
		return
	}
	q.add(" JOIN (")
	for i, code := range s.Cohorts {
		if i > 0 {
			q.add(" UNION ALL ")
		}
		q.add("SELECT CAST(? AS TEXT) AS code", code)
	}
	q.add(") g ON f.cohorts LIKE '%,' || g.code || ',%'")
}

// held narrows to the plans of the slice's holder.
func (q *statement) held(s *Slice) {
	if s.HolderODS != "" {
		q.add(" AND p.holder_ods = ?", s.HolderODS)
	}
}

// split ends a tally.
func (q *statement) split(s *Slice) {
	if s.By != "" {
		q.add(" GROUP BY 1 ORDER BY 1")
	}
}

// tally runs a statement that begins with head.
func (t *sqlTx) tally(q *statement, measures []measure) ([]Tally, error) {
	rows, err := t.tx.QueryContext(t.ctx, q.text.String(), q.args...)
	if err != nil {
		return nil, named(err)
	}
	defer rows.Close()
	out := []Tally{}
	for rows.Next() {
		one := Tally{N: make(map[string]int, len(measures))}
		counts := make([]int, len(measures))
		into := []any{&one.Group}
		for i := range counts {
			into = append(into, &counts[i])
		}
		if err := rows.Scan(into...); err != nil {
			return nil, named(err)
		}
		for i, m := range measures {
			one.N[m.name] = counts[i]
		}
		out = append(out, one)
	}
	return out, named(rows.Err())
}

func (t *sqlTx) TallyPeople(s Slice) ([]Tally, error) {
	measures := []measure{is("people", "1 = 1"), is("planned", "p.id IS NOT NULL"), is("home", "q.care_home_ods <> ''"),
		is("home_planned", "q.care_home_ods <> '' AND p.id IS NOT NULL")}
	group := "''"
	q := new(statement)
	switch s.By {
	case ByPractice:
		group = "q.practice_ods"
	case ByAge:
		group = "b.band"
	}
	q.head(group, measures)
	q.add(" FROM patients q")
	if s.By == ByAge {
		bands, err := birthBands(s.Today)
		if err != nil {
			return nil, err
		}
		q.add(" JOIN (")
		for i, b := range bands {
			if i > 0 {
				q.add(" UNION ALL ")
			}
			q.add("SELECT CAST(? AS TEXT) AS band, CAST(? AS TEXT) AS born_after, CAST(? AS TEXT) AS born_until", b.code, b.from, b.until)
		}
		q.add(") b ON q.birth_date > b.born_after AND q.birth_date <= b.born_until")
	}
	q.add(" LEFT JOIN plans p ON p.patient_id = q.id AND p.version > 0 AND ").in("p.status", s.InUse)
	q.add(" WHERE q.death_date = ''")
	if s.HolderODS != "" {
		q.add(" AND q.practice_ods = ?", s.HolderODS)
	}
	q.split(&s)
	return t.tally(q, measures)
}

// A birthBand is an age band as dates of birth: after from, up to until.
type birthBand struct{ code, from, until string }

func birthBands(today string) ([]birthBand, error) {
	day, err := time.Parse(time.DateOnly, today)
	if err != nil {
		return nil, err
	}
	limits := []struct {
		code  string
		years int
	}{{AgeUnder18, 0}, {Age18, 18}, {Age65, 65}, {Age75, 75}, {Age85, 85}}
	out := []birthBand{{AgeUnknown, "", "0000"}, {AgeUnknown, today, "9999-99-99"}} // before every date, or after today
	for i, l := range limits {
		b := birthBand{code: l.code, from: "0000", until: day.AddDate(-l.years, 0, 0).Format(time.DateOnly)}
		if i+1 < len(limits) {
			b.from = day.AddDate(-limits[i+1].years, 0, 0).Format(time.DateOnly)
		}
		out = append(out, b)
	}
	return out, nil
}

// inUse narrows to plans in use of a slice.
func (q *statement) inUse(s *Slice) {
	q.add(" WHERE p.version > 0 AND ").in("p.status", s.InUse)
	q.held(s)
}

func (t *sqlTx) TallyInUse(s Slice) ([]Tally, error) {
	measures := []measure{is("plans", "1 = 1"),
		is("near", "p.remind_on <> '' AND p.remind_on <= ? AND p.review_due >= ?", s.Today, s.Today),
		is("overdue", "p.review_due <> '' AND p.review_due < ?", s.Today),
		is("low", "f.quality < 50"), is("fair", "f.quality >= 50 AND f.quality < 70"), is("good", "f.quality >= 70 AND f.quality < 85"),
		is("high", "f.quality >= 85"),
		is("ceiling", "f.ceiling = 1"), is("conveyance", "f.conveyance = 1"), is("jic", "f.jic = 1"), is("ooh", "f.ooh = 1"),
		is("place", "f.place_1 <> ''"),
		is("all", "f.ceiling = 1 AND f.conveyance = 1 AND f.jic = 1 AND f.ooh = 1")}
	q := new(statement)
	q.head(s.group(), measures)
	q.add(", COALESCE(SUM(f.quality), 0)")
	q.add(" FROM plans p JOIN facts f ON f.plan_id = p.id")
	q.cohorts(&s)
	q.inUse(&s)
	q.split(&s)
	return t.tally(q, append(measures, measure{name: "score"}))
}

func (t *sqlTx) TallyStarted(s Slice) ([]Tally, error) {
	from, until := stamp(s.From), stamp(s.Until)
	measures := []measure{is("started", "p.created_at >= ? AND p.created_at < ?", from, until),
		is("approved", "f.first_at >= ? AND f.first_at < ?", from, until),
		is("soon", "f.first_at >= ? AND f.first_at < ? AND f.first_days <= 7", from, until)}
	q := new(statement)
	q.head(s.group(), measures)
	q.add(" FROM plans p LEFT JOIN facts f ON f.plan_id = p.id WHERE p.status <> 'entered_in_error'")
	q.held(&s)
	q.split(&s)
	return t.tally(q, measures)
}

// done narrows lines of the audit to one kind of act in the period of a slice.
func (q *statement) done(s *Slice, actions ...string) {
	q.in("a.action", actions).add(" AND a.at >= ? AND a.at < ?", stamp(s.From), stamp(s.Until))
}

// doneTo narrows them to acts on plans. It says that there is a plan, so that the index of the plans' lines can serve.
func (q *statement) doneTo(s *Slice, actions ...string) {
	q.add("a.plan_id <> '' AND ")
	q.done(s, actions...)
}

func (t *sqlTx) TallyDecided(s Slice) ([]Tally, error) {
	measures := []measure{is("decided", "1 = 1"), is("returned", "a.action = 'return'")}
	q := new(statement)
	q.head(s.group(), measures)
	q.add(" FROM audit a JOIN plans p ON p.id = a.plan_id WHERE ")
	q.doneTo(&s, "approve", "return")
	q.held(&s)
	q.split(&s)
	return t.tally(q, measures)
}

func (t *sqlTx) Approved(s Slice) ([]Tally, error) {
	q := new(statement)
	q.add("SELECT f.approved_on AS grp, COUNT(*) FROM plans p JOIN facts f ON f.plan_id = p.id")
	q.inUse(&s)
	q.add(" GROUP BY 1 ORDER BY 1")
	return t.tally(q, []measure{{name: "plans"}})
}

// read are the plans that urgent care read in the period of a slice.
func (q *statement) read(s *Slice) {
	q.add("(SELECT DISTINCT a.plan_id FROM audit a WHERE ")
	q.doneTo(s, "summary")
	q.add(" AND ").in("a.role", s.Readers).add(")")
}

func (t *sqlTx) TallyRead(s Slice) ([]Tally, error) {
	measures := []measure{is("plans", "1 = 1"), is("read", "r.plan_id IS NOT NULL")}
	q := new(statement)
	q.head(s.group(), measures)
	q.add(" FROM plans p JOIN facts f ON f.plan_id = p.id")
	q.cohorts(&s)
	q.add(" LEFT JOIN ")
	q.read(&s)
	q.add(" r ON r.plan_id = p.id")
	q.inUse(&s)
	q.split(&s)
	return t.tally(q, measures)
}

func (t *sqlTx) TallyLooked(s Slice) ([]Tally, error) {
	measures := []measure{is("looked", "1 = 1"), is("read", "r.plan_id IS NOT NULL")}
	q := new(statement)
	q.head("''", measures)
	q.add(" FROM plans p JOIN (SELECT DISTINCT a.patient_id FROM audit a WHERE ")
	q.done(&s, "search")
	q.add(" AND a.patient_id <> '' AND ").in("a.role", s.Readers).add(") l ON l.patient_id = p.patient_id LEFT JOIN ")
	q.read(&s)
	q.add(" r ON r.plan_id = p.id")
	q.inUse(&s)
	return t.tally(q, measures)
}

// readings counts readings by urgent care in the period, split by a column of the audit.
func (t *sqlTx) readings(s Slice, group string) ([]Tally, error) {
	q := new(statement)
	q.add("SELECT " + group + " AS grp, COUNT(*) FROM audit a JOIN plans p ON p.id = a.plan_id WHERE ")
	q.doneTo(&s, "summary")
	q.add(" AND ").in("a.role", s.Readers)
	q.held(&s)
	q.add(" GROUP BY 1 ORDER BY 1")
	return t.tally(q, []measure{{name: "reads"}})
}

func (t *sqlTx) Readings(s Slice) ([]Tally, error)     { return t.readings(s, "a.org") }
func (t *sqlTx) ReadingTimes(s Slice) ([]Tally, error) { return t.readings(s, "substr(a.at, 1, 15)") }

func (t *sqlTx) TallyDeaths(s Slice) ([]Tally, error) {
	measures := []measure{is("deaths", "1 = 1"), is("unrecorded", "p.death_place IN ('', 'unknown')")}
	for _, place := range []string{"home", "care_home", "hospice", "hospital", "ed", "other"} {
		measures = append(measures, is(place, "p.death_place = ?", place))
	}
	measures = append(measures, is("preferred", "f.place_1 <> ''"), is("first", "f.place_1 <> '' AND p.death_place = f.place_1"),
		is("second", "f.place_1 <> '' AND p.death_place <> f.place_1 AND f.place_2 <> '' AND p.death_place = f.place_2"))
	q := new(statement)
	q.head(s.group(), measures)
	q.add(" FROM plans p LEFT JOIN facts f ON f.plan_id = p.id")
	q.cohorts(&s)
	q.add(" WHERE p.status IN ('deceased', 'closed') AND "+died+" >= ? AND "+died+" <= ?", s.FirstDay, s.LastDay)
	q.held(&s)
	q.split(&s)
	return t.tally(q, measures)
}

// died is the day of a death, or the day on which it was notified where that is not known.
const died = `(CASE WHEN p.death_date <> '' THEN p.death_date ELSE substr(p.state_since, 1, 10) END)`

// decided narrows to decisions of the period that resuscitation is not attempted, or is modified.
func (q *statement) decided(s *Slice) {
	q.add(" WHERE p.status <> 'entered_in_error' AND f.cpr IN ('dnacpr', 'modified_child') AND f.cpr_on >= ? AND f.cpr_on <= ?", s.FirstDay, s.LastDay)
	q.held(s)
}

func (t *sqlTx) TallyDecisions(s Slice, makers []string) ([]Tally, error) {
	measures := []measure{is("decisions", "1 = 1"), is("told", "f.cpr_told = 'yes'"), is("untold", "f.cpr_told <> 'yes' AND f.cpr_told_why = 1"),
		is("silent", "f.cpr_told <> 'yes' AND f.cpr_told_why = 0"), is("family", "f.cpr_family = 'yes'"), is("unreasoned", "f.cpr_reasoned = 0"),
		is("learning_disability", "f.cohorts LIKE '%,learning_disability,%'"), is("autism", "f.cohorts LIKE '%,autism,%'")}
	for _, maker := range makers {
		measures = append(measures, is(maker, "f.cpr_maker = ?", maker))
	}
	q := new(statement)
	q.head(s.group(), measures)
	q.add(" FROM plans p JOIN facts f ON f.plan_id = p.id")
	q.cohorts(&s)
	q.decided(&s)
	q.split(&s)
	return t.tally(q, measures)
}

func (t *sqlTx) Governed(s Slice, limit int) ([]Governed, error) {
	q := new(statement)
	q.add(`SELECT p.id, p.status, p.holder_ods, f.cpr_on, f.cpr_maker, f.cpr_told, CASE WHEN f.cohorts LIKE '%,learning_disability,%' THEN 1 ELSE 0 END,
		CASE WHEN f.cohorts LIKE '%,autism,%' THEN 1 ELSE 0 END FROM plans p JOIN facts f ON f.plan_id = p.id`)
	q.decided(&s)
	q.add(" AND (f.cohorts LIKE '%,learning_disability,%' OR f.cohorts LIKE '%,autism,%') ORDER BY f.cpr_on DESC, p.id LIMIT " + digits(limit))
	return all(t, func(g *Governed) []any {
		return []any{&g.PlanID, &g.Status, &g.HolderODS, &g.DecidedOn, &g.Maker, &g.Told, flag{&g.LearningDisability}, flag{&g.Autism}}
	}, q.text.String(), q.args...)
}

func (t *sqlTx) TallyProblems(s Slice) ([]Tally, error) {
	measures := []measure{is("told", "1 = 1"), is("used", "b.outcome = 'used'"), is("problems", "b.outcome = 'could_not_use'"),
		is("answered", "b.outcome = 'could_not_use' AND p.version > b.version")}
	q := new(statement)
	q.head(s.group(), measures)
	q.add(" FROM feedback b JOIN plans p ON p.id = b.plan_id WHERE b.at >= ? AND b.at < ?", stamp(s.From), stamp(s.Until))
	q.held(&s)
	q.split(&s)
	return t.tally(q, measures)
}
