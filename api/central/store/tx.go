package store

// What may change here: the SQL of organisations, the index, audit and notices. That of accounts is in account.go, that of
// plans in plan.go.

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"cmc/api/central/audit"
)

// sqlTx is a Tx over database/sql. Its statements number their parameters in the order in which they first appear, which
// SQLite and PostgreSQL read alike.
type sqlTx struct {
	ctx     context.Context
	tx      connection
	engine  string // sqlite or postgres, for the few words in which they differ
	notices []Notice

	lastSeq  int64 // of the audit, once it was read in this transaction
	lastHash string
}

// A connection asks one database. One goroutine has it at a time.
type connection interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	// scanOne reads one row, or says sql.ErrNoRows.
	scanOne(ctx context.Context, query string, args []any, into ...any) error
}

// stamp writes a time so that it sorts; the zero time is "".
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(audit.TimeFormat)
}

// when reads a stamp into out.
type when struct{ out *time.Time }

func (w when) Scan(value any) error {
	text, _ := value.(string)
	if t, ok := value.(time.Time); ok {
		*w.out = t.UTC()
		return nil
	}
	if text == "" {
		*w.out = time.Time{}
		return nil
	}
	t, err := time.Parse(audit.TimeFormat, text)
	*w.out = t
	return err
}

// flag reads 0 or 1 into out.
type flag struct{ out *bool }

func (f flag) Scan(value any) error {
	number, _ := value.(int64)
	truth, _ := value.(bool)
	*f.out = number != 0 || truth
	return nil
}

// raw reads text or bytes into out.
type raw struct{ out *[]byte }

func (r raw) Scan(value any) error {
	switch v := value.(type) {
	case string:
		*r.out = []byte(v)
	case []byte:
		*r.out = append([]byte(nil), v...)
	}
	return nil
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (t *sqlTx) exec(query string, args ...any) error {
	_, err := t.tx.ExecContext(t.ctx, query, args...)
	return named(err)
}

// one runs a statement that must touch one row.
func (t *sqlTx) one(query string, args ...any) error {
	result, err := t.tx.ExecContext(t.ctx, query, args...)
	if err != nil {
		return named(err)
	}
	if n, err := result.RowsAffected(); err == nil && n == 0 {
		return ErrNotFound
	}
	return nil
}

func get[T any](t *sqlTx, fields func(*T) []any, query string, args ...any) (*T, error) {
	out := new(T)
	if err := t.tx.scanOne(t.ctx, query, args, fields(out)...); err != nil {
		return nil, named(err)
	}
	return out, nil
}

func all[T any](t *sqlTx, fields func(*T) []any, query string, args ...any) ([]T, error) {
	rows, err := t.tx.QueryContext(t.ctx, query, args...)
	if err != nil {
		return nil, named(err)
	}
	defer rows.Close()
	out := []T{}
	for rows.Next() {
		var one T
		if err := rows.Scan(fields(&one)...); err != nil {
			return nil, named(err)
		}
		out = append(out, one)
	}
	return out, named(rows.Err())
}

func (t *sqlTx) number(query string, args ...any) (int, error) {
	var n int
	err := t.tx.scanOne(t.ctx, query, args, &n)
	return n, named(err)
}

func (t *sqlTx) Meta(name string) (string, error) {
	var value string
	err := t.tx.scanOne(t.ctx, `SELECT value FROM meta WHERE name = $1`, []any{name}, &value)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return value, named(err)
}

func (t *sqlTx) SetMeta(name, value string) error {
	return t.exec(`INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, value)
}

const organisationColumns = `ods, name, kind, phone, advanced_nurse_approves, lock_minutes`

func organisationFields(o *Organisation) []any {
	return []any{&o.ODS, &o.Name, &o.Kind, &o.Phone, flag{&o.AdvancedNurseApproves}, &o.LockMinutes}
}

func (t *sqlTx) Organisation(ods string) (*Organisation, error) {
	return get(t, organisationFields, `SELECT `+organisationColumns+` FROM organisations WHERE ods = $1`, ods)
}

func (t *sqlTx) Organisations() ([]Organisation, error) {
	return all(t, organisationFields, `SELECT `+organisationColumns+` FROM organisations ORDER BY ods`)
}

func (t *sqlTx) OrganisationsNamed(name string) ([]string, error) {
	return all(t, func(ods *string) []any { return []any{ods} }, `SELECT ods FROM organisations WHERE name_key = $1 AND name_key <> '' ORDER BY ods`, Key(name))
}

func (t *sqlTx) PutOrganisation(o *Organisation) error {
	return t.exec(`INSERT INTO organisations (`+organisationColumns+`, name_key) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (ods) DO UPDATE SET name = excluded.name, kind = excluded.kind, phone = excluded.phone,
		advanced_nurse_approves = excluded.advanced_nurse_approves, lock_minutes = excluded.lock_minutes, name_key = excluded.name_key`,
		o.ODS, o.Name, o.Kind, o.Phone, bit(o.AdvancedNurseApproves), o.LockMinutes, Key(o.Name))
}

const patientColumns = `id, nhs_number, family_name, given_name, title, preferred_name, birth_date, death_date, gender, place,
	practice_ods, practice_name, care_home_ods, traced, family_key, given_key, details, created_at, sensitive`

func patientFields(p *Patient) []any {
	return []any{&p.ID, &p.NHSNumber, &p.FamilyName, &p.GivenName, &p.Title, &p.PreferredName, &p.BirthDate, &p.DeathDate,
		&p.Gender, &p.Place, &p.PracticeODS, &p.PracticeName, &p.CareHomeODS, flag{&p.Traced}, &p.FamilyKey, &p.GivenKey,
		raw{&p.Details}, when{&p.CreatedAt}, flag{&p.Sensitive}}
}

func (t *sqlTx) Patient(id string) (*Patient, error) {
	return get(t, patientFields, `SELECT `+patientColumns+` FROM patients WHERE id = $1`, id)
}

func (t *sqlTx) PatientByNumber(nhsNumber string) (*Patient, error) {
	if nhsNumber == "" {
		return nil, ErrNotFound
	}
	return get(t, patientFields, `SELECT `+patientColumns+` FROM patients WHERE nhs_number = $1 AND nhs_number <> ''`, nhsNumber) // the index is for those who have one
}

func (t *sqlTx) Namesake(p *Patient) (bool, error) {
	n, err := t.number(`SELECT COUNT(*) FROM (SELECT 1 FROM patients WHERE family_key = $1 AND id <> $2 LIMIT 1) other`, p.FamilyKey, p.ID)
	return n > 0, err
}

func (t *sqlTx) CountPatients() (int, error) { return t.number(`SELECT COUNT(*) FROM patients`) }

func (t *sqlTx) AddPatient(p *Patient) error {
	return t.exec(`INSERT INTO patients (`+patientColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)`,
		p.ID, p.NHSNumber, p.FamilyName, p.GivenName, p.Title, p.PreferredName, p.BirthDate, p.DeathDate, p.Gender, p.Place,
		p.PracticeODS, p.PracticeName, p.CareHomeODS, bit(p.Traced), p.FamilyKey, p.GivenKey, object(p.Details), stamp(p.CreatedAt), bit(p.Sensitive))
}

func (t *sqlTx) UpdatePatient(p *Patient) error {
	return t.one(`UPDATE patients SET nhs_number = $1, family_name = $2, given_name = $3, title = $4, preferred_name = $5,
		birth_date = $6, death_date = $7, gender = $8, place = $9, practice_ods = $10, practice_name = $11, care_home_ods = $12,
		traced = $13, family_key = $14, given_key = $15, sensitive = $16 WHERE id = $17`,
		p.NHSNumber, p.FamilyName, p.GivenName, p.Title, p.PreferredName, p.BirthDate, p.DeathDate, p.Gender, p.Place,
		p.PracticeODS, p.PracticeName, p.CareHomeODS, bit(p.Traced), p.FamilyKey, p.GivenKey, bit(p.Sensitive), p.ID)
}

const auditColumns = `seq, at, user_id, who, role, ods, org, patient_id, plan_id, version, action, what, reason, prev_hash, hash, workstation`

func auditFields(e *audit.Event) []any {
	return []any{&e.Seq, when{&e.At}, &e.UserID, &e.Who, &e.Role, &e.ODS, &e.Org, &e.PatientID, &e.PlanID, &e.Version, &e.Action,
		&e.What, &e.Reason, &e.PrevHash, &e.Hash, &e.Workstation}
}

func (t *sqlTx) Audit(events ...*audit.Event) error {
	if t.lastSeq == 0 {
		err := t.tx.scanOne(t.ctx, `SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1`, nil, &t.lastSeq, &t.lastHash)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return named(err)
		}
	}
	for len(events) > 0 {
		// As many as go into one statement, which is 1, 2, 4, ... of them: so there are only a few statements to keep ready.
		n := 1
		for 2*n <= min(len(events), auditRows) {
			n *= 2
		}
		var args []any
		for _, e := range events[:n] {
			for _, text := range []*string{&e.UserID, &e.Who, &e.Role, &e.ODS, &e.Org, &e.PatientID, &e.PlanID, &e.Action, &e.What, &e.Reason, &e.Workstation} {
				*text = cleanText(*text) // the hash is that of what is kept
			}
			e.Seq = t.lastSeq + 1
			e.At = e.At.UTC().Truncate(time.Millisecond)
			e.Chain(t.lastHash)
			t.lastSeq, t.lastHash = e.Seq, e.Hash
			args = append(args, e.Seq, stamp(e.At), e.UserID, e.Who, e.Role, e.ODS, e.Org, e.PatientID, e.PlanID, e.Version, e.Action, e.What, e.Reason,
				e.PrevHash, e.Hash, e.Workstation)
		}
		if err := t.exec(auditInserts[n], args...); err != nil {
			return err
		}
		events = events[n:]
	}
	return nil
}

// auditRows is the most lines of the audit that one statement keeps.
const auditRows = 32

// auditInserts are the statements by how many lines they keep.
var auditInserts = func() map[int]string {
	out := map[int]string{}
	for n := 1; n <= auditRows; n *= 2 {
		var rows []string
		for at := range n {
			var places []string
			for i := range strings.Count(auditColumns, ",") + 1 {
				places = append(places, "$"+digits(at*(strings.Count(auditColumns, ",")+1)+i+1))
			}
			rows = append(rows, "("+strings.Join(places, ", ")+")")
		}
		out[n] = `INSERT INTO audit (` + auditColumns + `) VALUES ` + strings.Join(rows, ", ")
	}
	return out
}()

func (t *sqlTx) AuditOf(planID string, limit int) ([]audit.Event, error) {
	return all(t, auditFields, `SELECT `+auditColumns+` FROM audit WHERE plan_id = $1 AND plan_id <> '' ORDER BY seq DESC LIMIT `+digits(limit), planID)
}

func (t *sqlTx) AuditAbout(planID, patientID string, limit int) ([]audit.Event, error) {
	newest := ` ORDER BY seq DESC LIMIT ` + digits(limit)
	return all(t, auditFields, `SELECT `+auditColumns+` FROM (SELECT `+auditColumns+` FROM audit WHERE plan_id = $1 AND plan_id <> ''`+newest+`) of_plan
		UNION ALL SELECT `+auditColumns+` FROM (SELECT `+auditColumns+` FROM audit WHERE patient_id = $2 AND plan_id = '' AND action = $3`+newest+`) of_person`+newest,
		planID, patientID, audit.Search)
}

func (t *sqlTx) AuditFrom(seq int64, limit int) ([]audit.Event, error) {
	return all(t, auditFields, `SELECT `+auditColumns+` FROM audit WHERE seq >= $1 ORDER BY seq LIMIT `+digits(limit), seq)
}

func (t *sqlTx) AuditEnd() (*audit.Event, error) {
	last, err := get(t, auditFields, `SELECT `+auditColumns+` FROM audit ORDER BY seq DESC LIMIT 1`)
	if errors.Is(err, ErrNotFound) {
		return new(audit.Event), nil
	}
	return last, err
}

func (t *sqlTx) Answered(userID, name string) (*Answered, error) {
	return get(t, func(a *Answered) []any {
		return []any{&a.UserID, &a.Name, &a.BodyHash, &a.Status, &a.Etag, raw{&a.Body}, when{&a.At}, when{&a.Until}}
	}, `SELECT user_id, name, body_hash, status, etag, body, at, until FROM answered WHERE user_id = $1 AND name = $2`, userID, name)
}

func (t *sqlTx) PutAnswered(a *Answered) error {
	return t.exec(`INSERT INTO answered (user_id, name, body_hash, status, etag, body, at, until) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		a.UserID, a.Name, a.BodyHash, a.Status, a.Etag, a.Body, stamp(a.At), stamp(a.Until))
}

func (t *sqlTx) Tell(n Notice) error {
	who, err := json.Marshal(audience{Live: n.Live, Ties: n.Ties, Revision: n.Revision})
	if err != nil {
		return err
	}
	t.notices = append(t.notices, n)
	return t.exec(`INSERT INTO outbox (at, kind, plan_id, status, audience) VALUES ($1, $2, $3, $4, $5)`,
		stamp(n.At), n.Kind, n.PlanID, n.Status, string(who))
}

func (t *sqlTx) Sweep(now time.Time) error {
	return errors.Join(
		t.sweepAccounts(now),
		t.exec(`DELETE FROM answered WHERE at < $1 AND until < $2`, stamp(now.Add(-24*time.Hour)), stamp(now)),
		t.sweepBundles(now),
		t.exec(`DELETE FROM outbox WHERE at < $1`, stamp(now.Add(-7*24*time.Hour))),
		t.exec(`DELETE FROM relationships WHERE user_id <> '' AND until <> '' AND until < $1`, stamp(now)),
	)
}

// An audience is who may know of a notice, as the outbox keeps it. It may be long, so that the notification itself (8000 bytes
// at most) holds the number of the row only.
type audience struct {
	Live     bool  `json:"live,omitempty"`
	Ties     []Tie `json:"ties,omitempty"`
	Revision int   `json:"revision,omitempty"`
}

// cleanText replaces what PostgreSQL cannot hold in a text, on both engines alike where it is hashed.
func cleanText(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
}
