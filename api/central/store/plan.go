package store

// What may change here: the SQL of plans, drafts and versions.

import (
	"strconv"
	"strings"
	"time"
)

func digits(n int) string { return strconv.Itoa(n) }

// likePrefix makes a pattern for "begins with".
func likePrefix(text string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text) + "%"
}

// object is JSON for a column that may not be empty.
func object(b []byte) string {
	if len(b) == 0 {
		return "{}"
	}
	return string(b)
}

const planColumns = `id, patient_id, status, version, revision, holder_ods, origin, origin_ods, definition, state_since,
	state_by, reason, review_due, death_date, death_place, remind_on, created_at, created_by`

func planFields(p *Plan) []any {
	return []any{&p.ID, &p.PatientID, &p.Status, &p.Version, &p.Revision, &p.HolderODS, &p.Origin, &p.OriginODS, &p.Definition,
		when{&p.StateSince}, &p.StateBy, &p.Reason, &p.ReviewDue, &p.DeathDate, &p.DeathPlace, &p.RemindOn,
		when{&p.CreatedAt}, &p.CreatedBy}
}

func (t *sqlTx) Plan(id string) (*Plan, error) {
	return get(t, planFields, `SELECT `+planColumns+` FROM plans WHERE id = $1`, id)
}

var prefixedPlan = prefixed("p", planColumns)

func (t *sqlTx) Glance(id, ods, userID string, now time.Time) (*Glanced, error) {
	out := new(Glanced)
	var ties string
	fields := append(planFields(&out.Plan), when{&out.DraftSince}, &ties, flag{&out.Marked})
	if err := t.tx.scanOne(t.ctx, `SELECT `+prefixedPlan+`,
		COALESCE((SELECT d.started_at FROM drafts d WHERE d.plan_id = p.id), ''),
		COALESCE((SELECT `+groupTies[t.engine]+` FROM relationships r WHERE r.plan_id = p.id AND
			((r.ods <> '' AND r.ods = $1) OR (r.user_id <> '' AND r.user_id = $2)) AND (r.until = '' OR r.until > $3)), ''),
		COALESCE((SELECT q.sensitive FROM patients q WHERE q.id = p.patient_id), 0)
		FROM plans p WHERE p.id = $4`, []any{ods, userID, stamp(now), id}, fields...); err != nil {
		return nil, named(err)
	}
	out.Draft = !out.DraftSince.IsZero()
	var err error
	out.Ties, err = tiesOf(id, ties)
	return out, err
}

// tiesOf reads what groupTies joins.
func tiesOf(planID, text string) (out []Relationship, err error) {
	for tie := range strings.SplitSeq(text, ",") {
		kind, until, found := strings.Cut(tie, " ")
		if !found {
			continue
		}
		one := Relationship{PlanID: planID, Kind: kind}
		if err := (when{&one.Until}).Scan(until); err != nil {
			return nil, named(err)
		}
		out = append(out, one)
	}
	return out, nil
}

// groupTies joins kinds and times with commas, in each engine's words.
var groupTies = map[string]string{sqlite: `group_concat(r.kind || ' ' || r.until)`, postgres: `string_agg(r.kind || ' ' || r.until, ',')`}

func (t *sqlTx) PlanOf(patientID string) (*Plan, error) {
	return get(t, planFields, `SELECT `+planColumns+` FROM plans WHERE patient_id = $1
		AND status NOT IN ('withdrawn', 'closed', 'entered_in_error')`, patientID)
}

func (t *sqlTx) LastPlanOf(patientID string) (*Plan, error) {
	return get(t, planFields, `SELECT `+planColumns+` FROM plans WHERE patient_id = $1 ORDER BY created_at DESC, id LIMIT 1`, patientID)
}

func (t *sqlTx) AddPlan(p *Plan) error {
	return t.exec(`INSERT INTO plans (`+planColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`,
		p.ID, p.PatientID, p.Status, p.Version, p.Revision, p.HolderODS, p.Origin, p.OriginODS, p.Definition, stamp(p.StateSince),
		p.StateBy, p.Reason, p.ReviewDue, p.DeathDate, p.DeathPlace, p.RemindOn, stamp(p.CreatedAt), p.CreatedBy)
}

func (t *sqlTx) UpdatePlan(p *Plan) error {
	return t.one(`UPDATE plans SET status = $1, version = $2, revision = $3, holder_ods = $4, definition = $5, state_since = $6,
		state_by = $7, reason = $8, review_due = $9, death_date = $10, death_place = $11, remind_on = $12 WHERE id = $13`,
		p.Status, p.Version, p.Revision, p.HolderODS, p.Definition, stamp(p.StateSince), p.StateBy, p.Reason, p.ReviewDue,
		p.DeathDate, p.DeathPlace, p.RemindOn, p.ID)
}

func (t *sqlTx) MovePlan(id, patientID string) error {
	return t.one(`UPDATE plans SET patient_id = $1 WHERE id = $2`, patientID, id)
}

func (t *sqlTx) DropPatient(id string) error {
	return t.one(`DELETE FROM patients WHERE id = $1 AND traced = 0`, id)
}

const draftColumns = `plan_id, answers, recorded, base_version, origin, author_id, author_ods, started_at, changed_at,
	changed_by, changed_id, returned, alarm, wanted, typed`

func draftFields(d *Draft) []any {
	return []any{&d.PlanID, raw{&d.Answers}, raw{&d.Recorded}, &d.BaseVersion, &d.Origin, &d.AuthorID, &d.AuthorODS,
		when{&d.StartedAt}, when{&d.ChangedAt}, &d.ChangedBy, &d.ChangedID, flag{&d.Returned}, &d.Alarm, &d.Wanted, raw{&d.Typed}}
}

func (t *sqlTx) Draft(planID string) (*Draft, error) {
	return get(t, draftFields, `SELECT `+draftColumns+` FROM drafts WHERE plan_id = $1`, planID)
}

func (t *sqlTx) PutDraft(d *Draft) error {
	return t.exec(`INSERT INTO drafts (`+draftColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
		ON CONFLICT (plan_id) DO UPDATE SET answers = excluded.answers, recorded = excluded.recorded,
		base_version = excluded.base_version, origin = excluded.origin, author_id = excluded.author_id,
		author_ods = excluded.author_ods, started_at = excluded.started_at, changed_at = excluded.changed_at,
		changed_by = excluded.changed_by, changed_id = excluded.changed_id, returned = excluded.returned,
		alarm = excluded.alarm, wanted = excluded.wanted, typed = excluded.typed`,
		d.PlanID, object(d.Answers), object(d.Recorded), d.BaseVersion, d.Origin, d.AuthorID, d.AuthorODS, stamp(d.StartedAt),
		stamp(d.ChangedAt), d.ChangedBy, d.ChangedID, bit(d.Returned), d.Alarm, d.Wanted, object(d.Typed))
}

func (t *sqlTx) KeepDiscarded(d *Draft, at time.Time, byName, byID string) error {
	return t.exec(`INSERT INTO discarded (plan_id, at, by_name, by_id, base_version, answers, recorded) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		d.PlanID, stamp(at), byName, byID, d.BaseVersion, object(d.Answers), object(d.Recorded))
}

func (t *sqlTx) Discarded(planID string) ([]Draft, error) {
	return all(t, func(d *Draft) []any {
		return []any{&d.PlanID, when{&d.ChangedAt}, &d.ChangedBy, &d.ChangedID, &d.BaseVersion, raw{&d.Answers}, raw{&d.Recorded}}
	}, `SELECT plan_id, at, by_name, by_id, base_version, answers, recorded FROM discarded WHERE plan_id = $1 ORDER BY at`, planID)
}

func (t *sqlTx) DropDraft(planID string) error {
	return t.exec(`DELETE FROM drafts WHERE plan_id = $1`, planID)
}

func (t *sqlTx) Comments(planID string, version int) ([]Comment, error) {
	return all(t, func(c *Comment) []any {
		return []any{&c.ID, &c.PlanID, &c.Item, &c.Row, &c.Words, &c.ByName, &c.ByID, when{&c.At}, flag{&c.Done}, &c.Version, raw{&c.Hidden}}
	}, `SELECT id, plan_id, item, row_id, words, by_name, by_id, at, done, version, hidden FROM comments
		WHERE plan_id = $1 AND version = $2 ORDER BY at, id`, planID, version)
}

func (t *sqlTx) AddComment(c *Comment) error {
	return t.exec(`INSERT INTO comments (id, plan_id, item, row_id, words, by_name, by_id, at, done, version, hidden)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		c.ID, c.PlanID, c.Item, c.Row, c.Words, c.ByName, c.ByID, stamp(c.At), bit(c.Done), c.Version, string(c.Hidden))
}

func (t *sqlTx) CommentDone(planID, id string) error {
	return t.one(`UPDATE comments SET done = 1 WHERE plan_id = $1 AND id = $2`, planID, id)
}

func (t *sqlTx) Confirmations(planID string) ([]Confirmation, error) {
	return all(t, func(c *Confirmation) []any {
		return []any{&c.PlanID, &c.Rule, &c.Item, &c.Row, &c.Reason, &c.ByName, &c.ByID, when{&c.At}}
	}, `SELECT plan_id, rule, item, row_id, reason, by_name, by_id, at FROM confirmations WHERE plan_id = $1 ORDER BY at, rule, item, row_id`, planID)
}

func (t *sqlTx) PutConfirmation(c *Confirmation) error {
	return t.exec(`INSERT INTO confirmations (plan_id, rule, item, row_id, reason, by_name, by_id, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (plan_id, rule, item, row_id)
		DO UPDATE SET reason = excluded.reason, by_name = excluded.by_name, by_id = excluded.by_id, at = excluded.at`,
		c.PlanID, c.Rule, c.Item, c.Row, c.Reason, c.ByName, c.ByID, stamp(c.At))
}

func (t *sqlTx) DropConfirmation(planID, rule, item, row string) error {
	return t.exec(`DELETE FROM confirmations WHERE plan_id = $1 AND rule = $2 AND item = $3 AND row_id = $4`, planID, rule, item, row)
}

func (t *sqlTx) DropConfirmations(planID string) error {
	return t.exec(`DELETE FROM confirmations WHERE plan_id = $1`, planID)
}

const versionColumns = `plan_id, number, definition, answers, recorded, confirmed, checks, summary, approved_at, approved_by,
	approver_id, approver_reg, approver_ods, review_due, hash, quality, salt`

func versionFields(v *Version) []any {
	return []any{&v.PlanID, &v.Number, &v.Definition, raw{&v.Answers}, raw{&v.Recorded}, raw{&v.Confirmed}, raw{&v.Checks},
		raw{&v.Summary}, when{&v.ApprovedAt}, &v.ApprovedBy, &v.ApproverID, &v.ApproverReg, &v.ApproverODS, &v.ReviewDue, &v.Hash,
		&v.Quality, &v.Salt}
}

func (t *sqlTx) Version(planID string, number int) (*Version, error) {
	return get(t, versionFields, `SELECT `+versionColumns+` FROM versions WHERE plan_id = $1 AND number = $2`, planID, number)
}

func (t *sqlTx) Versions(planID string) ([]Version, error) {
	return all(t, func(v *Version) []any {
		return []any{&v.PlanID, &v.Number, &v.Definition, when{&v.ApprovedAt}, &v.ApprovedBy, &v.ApproverReg, &v.ReviewDue, &v.Hash, &v.Quality}
	}, `SELECT plan_id, number, definition, approved_at, approved_by, approver_reg, review_due, hash, quality FROM versions
		WHERE plan_id = $1 ORDER BY number DESC`, planID)
}

func (t *sqlTx) AddVersion(v *Version) error {
	return t.exec(`INSERT INTO versions (`+versionColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
		v.PlanID, v.Number, v.Definition, object(v.Answers), object(v.Recorded), string(v.Confirmed), string(v.Checks), object(v.Summary),
		stamp(v.ApprovedAt), v.ApprovedBy, v.ApproverID, v.ApproverReg, v.ApproverODS, v.ReviewDue, v.Hash, v.Quality, v.Salt)
}

func relationshipFields(r *Relationship) []any {
	return []any{&r.PlanID, &r.Kind, &r.ODS, &r.UserID, when{&r.Until}, &r.Reason}
}

func (t *sqlTx) Relationships(planID string) ([]Relationship, error) {
	return all(t, relationshipFields, `SELECT plan_id, kind, ods, user_id, until, reason FROM relationships WHERE plan_id = $1
		ORDER BY kind, ods, user_id`, planID)
}

func (t *sqlTx) RelationshipsFor(planID, ods, userID string, now time.Time) ([]Relationship, error) {
	return all(t, relationshipFields, `SELECT plan_id, kind, ods, user_id, until, reason FROM relationships WHERE plan_id = $1
		AND ((ods <> '' AND ods = $2) OR (user_id <> '' AND user_id = $3)) AND (until = '' OR until > $4) ORDER BY kind`,
		planID, ods, userID, stamp(now))
}

func (t *sqlTx) SetOrganisations(planID, kind string, ods []string) error {
	if err := t.exec(`DELETE FROM relationships WHERE plan_id = $1 AND kind = $2 AND user_id = ''`, planID, kind); err != nil {
		return err
	}
	for _, one := range ods {
		if one == "" {
			continue
		}
		if err := t.exec(`INSERT INTO relationships (plan_id, kind, ods) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, planID, kind, one); err != nil {
			return err
		}
	}
	return nil
}

func (t *sqlTx) PutRelationship(r *Relationship) error {
	return t.exec(`INSERT INTO relationships (plan_id, kind, ods, user_id, until, reason) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (plan_id, kind, ods, user_id) DO UPDATE SET until = excluded.until, reason = excluded.reason`,
		r.PlanID, r.Kind, r.ODS, r.UserID, stamp(r.Until), r.Reason)
}

func (t *sqlTx) AddFeedback(f *Feedback) error {
	return t.exec(`INSERT INTO feedback (id, plan_id, version, outcome, reason, by_name, by_id, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		f.ID, f.PlanID, f.Version, f.Outcome, f.Reason, f.ByName, f.ByID, stamp(f.At))
}

// prefixed puts a table's short name before each column.
func prefixed(short, columns string) string {
	parts := strings.Split(columns, ",")
	for i, part := range parts {
		parts[i] = short + "." + strings.TrimSpace(part)
	}
	return strings.Join(parts, ", ")
}

// flagged are plans with feedback "could not use" on the live version.
const flagged = `(SELECT f.at FROM feedback f WHERE f.plan_id = p.id AND f.version = p.version AND f.outcome = 'could_not_use'
	ORDER BY f.at DESC LIMIT 1)`

const flagWords = `(SELECT f.reason FROM feedback f WHERE f.plan_id = p.id AND f.version = p.version AND f.outcome = 'could_not_use'
	ORDER BY f.at DESC LIMIT 1)`

// someones says whether the filter is for what belongs to somebody: a few plans of all, which are then found by whose they are.
// Going through all plans of a state instead would take longer with every plan that others have, and an engine that knows
// nothing yet of how many there are may choose it; so it is kept from the index of the states.
func (f *Filter) someones() bool {
	return f.RelatedODS != "" || f.RelatedUser != "" || f.AuthorID != "" || f.AuthorODS != "" || f.Glass
}

// where makes the condition of a filter and its parameters.
func (f *Filter) where() (string, []any) {
	var parts []string
	var args []any
	add := func(condition string, values ...any) {
		for _, value := range values {
			args = append(args, value)
			condition = strings.Replace(condition, "?", "$"+digits(len(args)), 1)
		}
		parts = append(parts, condition)
	}
	if len(f.Statuses) > 0 {
		marks := make([]string, len(f.Statuses))
		values := make([]any, len(f.Statuses))
		for i, status := range f.Statuses {
			marks[i], values[i] = "?", status
		}
		status := "p.status"
		if f.someones() {
			status = "(p.status || '')"
		}
		add(status+" IN ("+strings.Join(marks, ", ")+")", values...)
	}
	var related, written []string // where the plans of somebody are found; every part has an index of its own
	var whose, writers []any
	as := "" // in which part
	if f.RelatedKind != "" {
		as = ` AND r.kind = ?`
	}
	relate := func(query, who string) {
		if who == "" {
			return
		}
		related, whose = append(related, query+as), append(whose, who)
		if as != "" {
			whose = append(whose, f.RelatedKind)
		}
	}
	relate(`SELECT r.plan_id FROM relationships r WHERE r.ods = ?`, f.RelatedODS)
	relate(`SELECT r.plan_id FROM relationships r WHERE r.user_id = ? AND r.until = ''`, f.RelatedUser)
	if related != nil {
		add(`p.id IN (`+strings.Join(related, ` UNION `)+`)`, whose...)
	}
	if f.HolderODS != "" {
		add(`p.holder_ods = ?`, f.HolderODS)
	}
	if f.AuthorID != "" {
		written = append(written, `SELECT w.plan_id FROM drafts w WHERE w.author_id = ?`, `SELECT w.plan_id FROM drafts w WHERE w.changed_id = ?`)
		writers = append(writers, f.AuthorID, f.AuthorID)
	}
	if f.AuthorODS != "" {
		written, writers = append(written, `SELECT w.plan_id FROM drafts w WHERE w.author_ods = ?`), append(writers, f.AuthorODS)
	}
	if written != nil {
		add(`p.id IN (`+strings.Join(written, ` UNION `)+`)`, writers...)
	}
	if f.Returned != nil {
		add(`d.returned = ?`, bit(*f.Returned))
	}
	if f.Flagged {
		add(`(d.alarm <> '' OR ` + flagged + ` IS NOT NULL)`)
	}
	if f.ReviewBefore != "" {
		add(`p.review_due <> '' AND p.review_due < ?`, f.ReviewBefore)
	}
	if f.RemindBy != "" {
		add(`p.remind_on <> '' AND p.remind_on <= ?`, f.RemindBy)
	}
	if f.Origin != "" {
		add(`p.origin = ?`, f.Origin)
	}
	if f.Glass {
		add(`p.id IN (SELECT g.plan_id FROM break_glass g WHERE g.reviewed_at = '')`)
	}
	if !f.Since.IsZero() {
		add(`p.state_since < ?`, stamp(f.Since))
	}
	if len(parts) == 0 {
		return "1 = 1", nil
	}
	return strings.Join(parts, " AND "), args
}

func (t *sqlTx) Count(f Filter) (int, error) {
	where, args := f.where()
	return t.number(`SELECT COUNT(*) FROM plans p LEFT JOIN drafts d ON d.plan_id = p.id WHERE `+where, args...)
}

func (t *sqlTx) List(f Filter) ([]Listed, error) {
	where, args := f.where()
	limit := f.Limit
	if limit <= 0 {
		limit = 500
	}
	rows, err := t.tx.QueryContext(t.ctx, `SELECT `+prefixed("p", planColumns)+`, `+prefixed("q", patientColumns)+`,
		COALESCE(d.plan_id, ''), COALESCE(d.base_version, 0), COALESCE(d.origin, ''), COALESCE(d.author_id, ''),
		COALESCE(d.author_ods, ''), COALESCE(d.started_at, ''), COALESCE(d.changed_at, ''), COALESCE(d.changed_by, ''),
		COALESCE(d.returned, 0), COALESCE(d.alarm, ''), COALESCE(d.wanted, ''),
		COALESCE(`+flagWords+`, ''), COALESCE(`+flagged+`, ''),
		EXISTS (SELECT 1 FROM patients s WHERE s.family_key = q.family_key AND s.id <> q.id)
		FROM plans p JOIN patients q ON q.id = p.patient_id LEFT JOIN drafts d ON d.plan_id = p.id
		WHERE `+where+` ORDER BY p.state_since, p.id LIMIT `+digits(limit), args...)
	if err != nil {
		return nil, named(err)
	}
	defer rows.Close()
	out := []Listed{}
	for rows.Next() {
		var one Listed
		var draft Draft
		fields := append(planFields(&one.Plan), patientFields(&one.Patient)...)
		fields = append(fields, &draft.PlanID, &draft.BaseVersion, &draft.Origin, &draft.AuthorID, &draft.AuthorODS,
			when{&draft.StartedAt}, when{&draft.ChangedAt}, &draft.ChangedBy, flag{&draft.Returned}, &draft.Alarm, &draft.Wanted,
			&one.Flag, when{&one.FlagAt}, flag{&one.Namesake})
		if err := rows.Scan(fields...); err != nil {
			return nil, named(err)
		}
		if draft.PlanID != "" {
			one.Draft = &draft
		}
		out = append(out, one)
	}
	return out, named(rows.Err())
}
