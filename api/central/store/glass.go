package store

// What may change here: the SQL of emergency openings.

import "time"

// A Glass is one opening of a record in an emergency, and what its review found.
type Glass struct {
	ID, PlanID, UserID, Who, Role, ODS, Org, Code, Reason string
	At, Until                                             time.Time
	ReviewedAt                                            time.Time // zero: not yet
	ReviewedBy, ReviewerID, Outcome, Note                 string
}

// Openings are what is kept of openings in an emergency.
type Openings interface {
	AddGlass(g *Glass) error
	Glass(id string) (*Glass, error)
	GlassOf(planID string) ([]Glass, error) // those that wait for review, oldest first
	// GlassQueue lists openings, those that wait first, then the newest. holderODS narrows to the plans that an organisation
	// holds; "" does not. reviewed says that those whose review is done come too.
	GlassQueue(holderODS string, reviewed bool, limit int) ([]Glass, error)
	ReviewGlass(g *Glass) error // ErrNotFound when it was reviewed already
}

const glassColumns = `id, plan_id, user_id, who, role, ods, org, code, reason, at, until, reviewed_at, reviewed_by, reviewer_id, outcome, note`

var prefixedGlass = prefixed("g", glassColumns)

func glassFields(g *Glass) []any {
	return []any{&g.ID, &g.PlanID, &g.UserID, &g.Who, &g.Role, &g.ODS, &g.Org, &g.Code, &g.Reason, when{&g.At}, when{&g.Until},
		when{&g.ReviewedAt}, &g.ReviewedBy, &g.ReviewerID, &g.Outcome, &g.Note}
}

func (t *sqlTx) AddGlass(g *Glass) error {
	return t.exec(`INSERT INTO break_glass (id, plan_id, user_id, who, role, ods, org, code, reason, at, until)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		g.ID, g.PlanID, g.UserID, g.Who, g.Role, g.ODS, g.Org, g.Code, g.Reason, stamp(g.At), stamp(g.Until))
}

func (t *sqlTx) Glass(id string) (*Glass, error) {
	return get(t, glassFields, `SELECT `+glassColumns+` FROM break_glass WHERE id = $1`, id)
}

func (t *sqlTx) GlassOf(planID string) ([]Glass, error) {
	return all(t, glassFields, `SELECT `+glassColumns+` FROM break_glass WHERE plan_id = $1 AND reviewed_at = '' ORDER BY at, id`, planID)
}

func (t *sqlTx) GlassQueue(holderODS string, reviewed bool, limit int) ([]Glass, error) {
	query, args := `SELECT `+prefixedGlass+` FROM break_glass g JOIN plans p ON p.id = g.plan_id WHERE 1 = 1`, []any(nil)
	if holderODS != "" {
		query += ` AND p.holder_ods = $1`
		args = append(args, holderODS)
	}
	if !reviewed {
		query += ` AND g.reviewed_at = ''`
	}
	return all(t, glassFields, query+` ORDER BY CASE WHEN g.reviewed_at = '' THEN 0 ELSE 1 END, g.at DESC, g.id LIMIT `+digits(limit), args...)
}

func (t *sqlTx) ReviewGlass(g *Glass) error {
	return t.one(`UPDATE break_glass SET reviewed_at = $1, reviewed_by = $2, reviewer_id = $3, outcome = $4, note = $5
		WHERE id = $6 AND reviewed_at = ''`, stamp(g.ReviewedAt), g.ReviewedBy, g.ReviewerID, g.Outcome, g.Note, g.ID)
}
