package store

// What may change here: the SQL of people, their positions, sessions, and tries to sign in.

import (
	"errors"
	"time"
)

// Accounts is what can be asked about people and how they sign in.
type Accounts interface {
	User(id string) (*User, error)            // without a position, as UserNamed, UserOf and Users
	UserNamed(username string) (*User, error) // as they sign in with a password
	UserOf(issuer, subject string) (*User, error)
	Users() ([]User, error)
	AddUser(u *User) error // with the position that its fields name, unless Role is empty
	NameUser(id, name string) error
	LinkUser(id, issuer, subject string) error
	SetUserDisabled(id string, disabled bool) error
	SetPassword(id, hash string) error

	Position(id string) (*Position, error)
	Positions(userID string) ([]Position, error) // the oldest first
	PutPosition(p *Position) error               // by person, role and organisation
	SetPositionDisabled(id string, disabled bool) error

	Session(tokenHash string) (*Session, error)
	Signed(tokenHash string) (*Signed, error)
	AddSession(s *Session) error
	SeeSession(tokenHash string, at time.Time) error
	PlaceSession(tokenHash, positionID string) error
	EndSession(tokenHash string) error
	EndSessionsOf(userID string) error
	EndSessionsIn(positionID string) error

	AddEnding(id, userID string, at time.Time) error
	EndingsSince(at time.Time) (userIDs []string, err error)

	Attempt(nameHash, source string) (*Attempt, error) // zero when there is none
	HoldAttempt(nameHash, source string) error         // nobody else counts there until the transaction ends
	PutAttempt(a *Attempt) error
	ClearAttempt(nameHash, source string) error
	ClearAttempts(nameHash string) error

	Device(deviceHash string) (userID string, err error)
	PutDevice(deviceHash, userID string, at time.Time) error
	DropDevices(userID string) error
}

// A Position is what a person does for an organisation.
type Position struct {
	ID, UserID, Role, RoleTitle, RegNumber, ODS string
	Source                                      string // the identity provider that said so; "": made by hand
	Disabled                                    bool
	CreatedAt                                   time.Time
}

// A Signed is a session with whose it is, in which position, and for whom they work there.
type Signed struct {
	Session  Session
	User     User     // with the fields of the position
	Position Position // zero: none chosen yet
	Org      Organisation
	SSO      bool // the session began at the identity provider
	// RefreshDue is when the identity provider must be asked again.
	RefreshDue time.Time
}

// An Attempt counts tries to sign in under one name from one source.
type Attempt struct {
	NameHash, Source string
	Count            int
	LastAt           time.Time
	LockedUntil      time.Time // zero: not locked
}

const userColumns = `id, username, name, password_hash, disabled, issuer, subject, created_at`

func userFields(u *User) []any {
	return []any{&u.ID, &u.Username, &u.Name, &u.PasswordHash, flag{&u.Disabled}, &u.Issuer, &u.Subject, when{&u.CreatedAt}}
}

func (t *sqlTx) User(id string) (*User, error) {
	return get(t, userFields, `SELECT `+userColumns+` FROM users WHERE id = $1`, id)
}

func (t *sqlTx) UserNamed(username string) (*User, error) {
	return get(t, userFields, `SELECT `+userColumns+` FROM users WHERE username = $1`, username)
}

func (t *sqlTx) UserOf(issuer, subject string) (*User, error) {
	if subject == "" {
		return nil, ErrNotFound
	}
	return get(t, userFields, `SELECT `+userColumns+` FROM users WHERE issuer = $1 AND subject = $2`, issuer, subject)
}

func (t *sqlTx) Users() ([]User, error) {
	return all(t, userFields, `SELECT `+userColumns+` FROM users ORDER BY username`)
}

func (t *sqlTx) AddUser(u *User) error {
	err := t.exec(`INSERT INTO users (`+userColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		u.ID, u.Username, u.Name, u.PasswordHash, bit(u.Disabled), u.Issuer, u.Subject, stamp(u.CreatedAt))
	if err != nil || u.Role == "" {
		return err
	}
	if u.PositionID == "" {
		u.PositionID = u.ID
	}
	return t.PutPosition(&Position{ID: u.PositionID, UserID: u.ID, Role: u.Role, RoleTitle: u.RoleTitle, RegNumber: u.RegNumber,
		ODS: u.ODS, CreatedAt: u.CreatedAt})
}

func (t *sqlTx) NameUser(id, name string) error {
	return t.one(`UPDATE users SET name = $1 WHERE id = $2`, name, id)
}

func (t *sqlTx) LinkUser(id, issuer, subject string) error {
	return t.one(`UPDATE users SET issuer = $1, subject = $2 WHERE id = $3`, issuer, subject, id)
}

func (t *sqlTx) SetUserDisabled(id string, disabled bool) error {
	return t.one(`UPDATE users SET disabled = $1 WHERE id = $2`, bit(disabled), id)
}

func (t *sqlTx) SetPassword(id, hash string) error {
	return t.one(`UPDATE users SET password_hash = $1 WHERE id = $2`, hash, id)
}

const positionColumns = `id, user_id, role, role_title, reg_number, ods, source, disabled, created_at`

func positionFields(p *Position) []any {
	return []any{&p.ID, &p.UserID, &p.Role, &p.RoleTitle, &p.RegNumber, &p.ODS, &p.Source, flag{&p.Disabled}, when{&p.CreatedAt}}
}

func (t *sqlTx) Position(id string) (*Position, error) {
	return get(t, positionFields, `SELECT `+positionColumns+` FROM positions WHERE id = $1`, id)
}

func (t *sqlTx) Positions(userID string) ([]Position, error) {
	return all(t, positionFields, `SELECT `+positionColumns+` FROM positions WHERE user_id = $1 ORDER BY created_at, id`, userID)
}

func (t *sqlTx) PutPosition(p *Position) error {
	return t.exec(`INSERT INTO positions (`+positionColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (user_id, role, ods) DO UPDATE SET role_title = excluded.role_title, reg_number = excluded.reg_number,
		source = excluded.source, disabled = excluded.disabled`,
		p.ID, p.UserID, p.Role, p.RoleTitle, p.RegNumber, p.ODS, p.Source, bit(p.Disabled), stamp(p.CreatedAt))
}

func (t *sqlTx) SetPositionDisabled(id string, disabled bool) error {
	return t.one(`UPDATE positions SET disabled = $1 WHERE id = $2`, bit(disabled), id)
}

func sessionFields(s *Session) []any {
	return []any{&s.TokenHash, &s.UserID, &s.PositionID, when{&s.CreatedAt}, when{&s.SeenAt}, when{&s.ExpiresAt}, &s.Workstation}
}

const sessionColumns = `token_hash, user_id, position_id, created_at, seen_at, expires_at, workstation`

func (t *sqlTx) Session(tokenHash string) (*Session, error) {
	return get(t, sessionFields, `SELECT `+sessionColumns+` FROM sessions WHERE token_hash = $1`, tokenHash)
}

// signedQuery reads a session and everything that each request needs of it in one look.
var signedQuery = `SELECT ` + prefixed("s", sessionColumns) + `, ` + prefixed("u", userColumns) + `,
	COALESCE(p.id, ''), COALESCE(p.role, ''), COALESCE(p.role_title, ''), COALESCE(p.reg_number, ''), COALESCE(p.source, ''),
	COALESCE(p.disabled, 0), COALESCE(o.ods, ''), COALESCE(o.name, ''), COALESCE(o.kind, ''), COALESCE(o.phone, ''),
	COALESCE(o.advanced_nurse_approves, 0), COALESCE(o.lock_minutes, 0), COALESCE(x.token_hash, ''), COALESCE(x.refresh_due, '')
	FROM sessions s JOIN users u ON u.id = s.user_id LEFT JOIN positions p ON p.id = s.position_id
	LEFT JOIN organisations o ON o.ods = p.ods LEFT JOIN sso_sessions x ON x.token_hash = s.token_hash WHERE s.token_hash = $1`

func (t *sqlTx) Signed(tokenHash string) (*Signed, error) {
	var out Signed
	var sso string
	u, p := &out.User, &out.Position
	fields := append(sessionFields(&out.Session), userFields(u)...)
	fields = append(fields, &p.ID, &p.Role, &p.RoleTitle, &p.RegNumber, &p.Source, flag{&p.Disabled})
	fields = append(fields, organisationFields(&out.Org)...)
	fields = append(fields, &sso, when{&out.RefreshDue})
	if err := t.tx.scanOne(t.ctx, signedQuery, []any{tokenHash}, fields...); err != nil {
		return nil, named(err)
	}
	if p.ID != "" {
		p.UserID, p.ODS = u.ID, out.Org.ODS
	}
	u.PositionID, u.Role, u.RoleTitle, u.RegNumber, u.ODS = p.ID, p.Role, p.RoleTitle, p.RegNumber, p.ODS
	out.SSO = sso != ""
	return &out, nil
}

func (t *sqlTx) AddSession(s *Session) error {
	return t.exec(`INSERT INTO sessions (`+sessionColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		s.TokenHash, s.UserID, s.PositionID, stamp(s.CreatedAt), stamp(s.SeenAt), stamp(s.ExpiresAt), s.Workstation)
}

func (t *sqlTx) SeeSession(tokenHash string, at time.Time) error {
	return t.exec(`UPDATE sessions SET seen_at = $1 WHERE token_hash = $2`, stamp(at), tokenHash)
}

func (t *sqlTx) PlaceSession(tokenHash, positionID string) error {
	return t.one(`UPDATE sessions SET position_id = $1 WHERE token_hash = $2`, positionID, tokenHash)
}

func (t *sqlTx) EndSession(tokenHash string) error {
	return errors.Join(
		t.exec(`DELETE FROM sso_sessions WHERE token_hash = $1`, tokenHash),
		t.exec(`DELETE FROM sessions WHERE token_hash = $1`, tokenHash))
}

func (t *sqlTx) EndSessionsOf(userID string) error {
	return errors.Join(
		t.exec(`DELETE FROM sso_sessions WHERE token_hash IN (SELECT token_hash FROM sessions WHERE user_id = $1)`, userID),
		t.exec(`DELETE FROM sessions WHERE user_id = $1`, userID))
}

func (t *sqlTx) EndSessionsIn(positionID string) error {
	return errors.Join(
		t.exec(`DELETE FROM sso_sessions WHERE token_hash IN (SELECT token_hash FROM sessions WHERE position_id = $1)`, positionID),
		t.exec(`DELETE FROM sessions WHERE position_id = $1`, positionID))
}

func (t *sqlTx) AddEnding(id, userID string, at time.Time) error {
	return t.exec(`INSERT INTO endings (id, user_id, at) VALUES ($1, $2, $3)`, id, userID, stamp(at))
}

func (t *sqlTx) EndingsSince(at time.Time) ([]string, error) {
	return all(t, func(id *string) []any { return []any{id} }, `SELECT DISTINCT user_id FROM endings WHERE at >= $1`, stamp(at))
}

func (t *sqlTx) Attempt(nameHash, source string) (*Attempt, error) {
	out, err := get(t, func(a *Attempt) []any {
		return []any{&a.NameHash, &a.Source, &a.Count, when{&a.LastAt}, when{&a.LockedUntil}}
	}, `SELECT name_hash, source, count, last_at, locked_until FROM attempts WHERE name_hash = $1 AND source = $2`, nameHash, source)
	if errors.Is(err, ErrNotFound) {
		return &Attempt{NameHash: nameHash, Source: source}, nil
	}
	return out, err
}

func (t *sqlTx) HoldAttempt(nameHash, source string) error {
	return t.exec(`INSERT INTO attempts (name_hash, source, count, last_at, locked_until) VALUES ($1, $2, 0, '', '')
		ON CONFLICT (name_hash, source) DO UPDATE SET count = attempts.count`, nameHash, source)
}

func (t *sqlTx) PutAttempt(a *Attempt) error {
	return t.exec(`INSERT INTO attempts (name_hash, source, count, last_at, locked_until) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (name_hash, source) DO UPDATE SET count = excluded.count, last_at = excluded.last_at, locked_until = excluded.locked_until`,
		a.NameHash, a.Source, a.Count, stamp(a.LastAt), stamp(a.LockedUntil))
}

func (t *sqlTx) ClearAttempt(nameHash, source string) error {
	return t.exec(`DELETE FROM attempts WHERE name_hash = $1 AND source = $2`, nameHash, source)
}

func (t *sqlTx) ClearAttempts(nameHash string) error {
	return t.exec(`DELETE FROM attempts WHERE name_hash = $1`, nameHash)
}

func (t *sqlTx) Device(deviceHash string) (userID string, err error) {
	return userID, named(t.tx.scanOne(t.ctx, `SELECT user_id FROM devices WHERE device_hash = $1`, []any{deviceHash}, &userID))
}

func (t *sqlTx) PutDevice(deviceHash, userID string, at time.Time) error {
	return t.exec(`INSERT INTO devices (device_hash, user_id, used_at) VALUES ($1, $2, $3)
		ON CONFLICT (device_hash) DO UPDATE SET used_at = excluded.used_at`, deviceHash, userID, stamp(at))
}

func (t *sqlTx) DropDevices(userID string) error {
	return t.exec(`DELETE FROM devices WHERE user_id = $1`, userID)
}

// deviceFor is how long a device that is not used stays known.
const deviceFor = 90 * 24 * time.Hour

// sweepAccounts drops what has expired of signing in.
func (t *sqlTx) sweepAccounts(now time.Time) error {
	return errors.Join(
		t.exec(`DELETE FROM sso_sessions WHERE token_hash IN (SELECT token_hash FROM sessions WHERE expires_at < $1)`, stamp(now)),
		t.exec(`DELETE FROM sessions WHERE expires_at < $1`, stamp(now)),
		t.exec(`DELETE FROM endings WHERE at < $1`, stamp(now.Add(-time.Hour))),
		t.exec(`DELETE FROM attempts WHERE last_at < $1 AND locked_until < $2`, stamp(now.Add(-24*time.Hour)), stamp(now)),
		t.exec(`DELETE FROM devices WHERE used_at < $1`, stamp(now.Add(-deviceFor))),
		t.exec(`DELETE FROM sso_starts WHERE expires_at < $1`, stamp(now)),
		t.exec(`DELETE FROM sso_proofs WHERE expires_at < $1`, stamp(now)),
		t.exec(`DELETE FROM sso_heard WHERE expires_at < $1`, stamp(now)),
	)
}
