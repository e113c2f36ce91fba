package store

// What may change here: the SQL with which people are looked for. A crew waits for it: what a search shows of a person is one
// statement.

import "strings"

// foundColumns are those of a Found; the parameters $1 to $3 are those of Asking.
var foundColumns = map[string]string{sqlite: foundWords(sqlite), postgres: foundWords(postgres)}

func foundWords(engine string) string {
	var plan []string
	for _, column := range strings.Split(planColumns, ",") {
		column = strings.TrimSpace(column)
		none := `''`
		if column == "version" || column == "revision" {
			none = "0"
		}
		plan = append(plan, "COALESCE(p."+column+", "+none+")")
	}
	return `SELECT COALESCE((SELECT ` + groupTies[engine] + ` FROM relationships r WHERE r.plan_id = p.id AND
			((r.ods <> '' AND r.ods = $1) OR (r.user_id <> '' AND r.user_id = $2)) AND (r.until = '' OR r.until > $3)), ''),
		EXISTS (SELECT 1 FROM patients s WHERE s.family_key = q.family_key AND s.id <> q.id),
		` + prefixed("q", patientColumns) + `, ` + strings.Join(plan, ", ") + `
		FROM patients q LEFT JOIN plans p ON p.id = (SELECT l.id FROM plans l WHERE l.patient_id = q.id
			ORDER BY CASE WHEN l.status IN ('withdrawn', 'closed', 'entered_in_error') THEN 1 ELSE 0 END, l.created_at DESC, l.id LIMIT 1)`
}

// found runs a search.
func (t *sqlTx) found(by Asking, where string, args ...any) ([]Found, error) {
	rows, err := t.tx.QueryContext(t.ctx, foundColumns[t.engine]+where, append([]any{by.ODS, by.UserID, stamp(by.At)}, args...)...)
	if err != nil {
		return nil, named(err)
	}
	defer rows.Close()
	out := []Found{}
	for rows.Next() {
		var one Found
		var plan Plan
		var ties string
		fields := append([]any{&ties, flag{&one.Namesake}}, patientFields(&one.Patient)...)
		if err := rows.Scan(append(fields, planFields(&plan)...)...); err != nil {
			return nil, named(err)
		}
		if plan.ID != "" {
			one.Plan = &plan
		}
		var err error
		if one.Ties, err = tiesOf(plan.ID, ties); err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, named(rows.Err())
}

func (t *sqlTx) FoundByNumber(nhsNumber string, by Asking) (*Found, error) {
	if nhsNumber == "" {
		return nil, ErrNotFound
	}
	found, err := t.found(by, ` WHERE q.nhs_number = $4 AND q.nhs_number <> ''`, nhsNumber) // the index is for those who have one
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, ErrNotFound
	}
	return &found[0], nil
}

func (t *sqlTx) FoundByName(familyKey, givenKey, birthDate string, by Asking, limit int) ([]Found, error) {
	where, args := ` WHERE q.family_key = $4 AND q.birth_date = $5`, []any{familyKey, birthDate}
	if givenKey != "" {
		where += ` AND q.given_key LIKE $6 ESCAPE '\'`
		args = append(args, likePrefix(givenKey))
	}
	return t.found(by, where+` ORDER BY q.given_key, q.id LIMIT `+digits(limit), args...)
}
