package store

// What may change here: the SQL of the facts that reports need of approved versions. A new fact needs a migration that empties
// the table, so that the facts of before are worked out again.

import "time"

// Facts are what reports need of the newest approved version of a plan. None of them is free text, a name or a number of a
// person.
type Facts struct {
	PlanID     string
	Version    int
	FirstAt    time.Time // when version 1 was approved
	FirstDays  int       // whole days from starting the plan to that
	ApprovedOn string    // the day in London on which this version was approved
	Quality    int       // the score, 0 to 100
	Cohorts    []string  // codes of plan_cohorts
	Age        int       // whole years on the day of approval; -1: not known
	Sex        string    // code of sex_at_birth
	Ethnicity  string    // code of ethnicity

	CPR         string // code of cpr_decision
	CPROn       string // the day in London on which it was decided
	CPRMaker    string // code of cpr_decided_role
	CPRReasoned bool   // the reason is there, chosen and in words
	CPRTold     string // code of cpr_patient_discussed
	CPRToldWhy  bool   // where it was not discussed with the person: it says why
	CPRFamily   string // code of cpr_family_discussed

	Ceiling    bool   // the level of treatment was discussed and chosen
	Conveyance bool   // and so was going to hospital
	JIC        bool   // where the just-in-case medicines are, or that there are none
	OOH        bool   // a number that answers out of hours
	Place1     string // the place of death that meets the first choice (plan.PlaceMeeting); "": no place was named
	Place2     string // and the second
}

// A VersionRef names an approved version.
type VersionRef struct {
	PlanID  string
	Version int
}

// FactKeeping is the part of Tx that keeps facts.
type FactKeeping interface {
	// PutFacts keeps the facts of a plan's newest version in place of those of the version before it.
	PutFacts(f *Facts) error
	// WithoutFacts names newest versions whose facts are not there, at most limit of them.
	WithoutFacts(limit int) ([]VersionRef, error)
}

func (t *sqlTx) PutFacts(f *Facts) error {
	return t.exec(`INSERT INTO facts (plan_id, version, first_at, first_days, approved_on, quality, cohorts, age, sex, ethnicity, cpr, cpr_on,
		cpr_maker, cpr_reasoned, cpr_told, cpr_told_why, cpr_family, ceiling, conveyance, jic, ooh, place_1, place_2)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)
		ON CONFLICT (plan_id) DO UPDATE SET version = excluded.version, first_at = excluded.first_at, first_days = excluded.first_days,
		approved_on = excluded.approved_on, quality = excluded.quality, cohorts = excluded.cohorts, age = excluded.age, sex = excluded.sex,
		ethnicity = excluded.ethnicity, cpr = excluded.cpr, cpr_on = excluded.cpr_on, cpr_maker = excluded.cpr_maker,
		cpr_reasoned = excluded.cpr_reasoned, cpr_told = excluded.cpr_told, cpr_told_why = excluded.cpr_told_why,
		cpr_family = excluded.cpr_family, ceiling = excluded.ceiling, conveyance = excluded.conveyance, jic = excluded.jic,
		ooh = excluded.ooh, place_1 = excluded.place_1, place_2 = excluded.place_2`,
		f.PlanID, f.Version, stamp(f.FirstAt), f.FirstDays, f.ApprovedOn, f.Quality, listed(f.Cohorts), f.Age, f.Sex, f.Ethnicity, f.CPR, f.CPROn,
		f.CPRMaker, bit(f.CPRReasoned), f.CPRTold, bit(f.CPRToldWhy), f.CPRFamily, bit(f.Ceiling), bit(f.Conveyance), bit(f.JIC), bit(f.OOH),
		f.Place1, f.Place2)
}

func (t *sqlTx) WithoutFacts(limit int) ([]VersionRef, error) {
	return all(t, func(v *VersionRef) []any { return []any{&v.PlanID, &v.Version} }, `SELECT p.id, p.version FROM plans p
		LEFT JOIN facts f ON f.plan_id = p.id AND f.version = p.version WHERE p.version > 0 AND f.plan_id IS NULL LIMIT `+digits(limit))
}

// listed writes codes so that each stands between two commas: ",eol,frailty,".
func listed(codes []string) string {
	out := ","
	for _, code := range codes {
		out += code + ","
	}
	return out
}
