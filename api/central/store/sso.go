package store

// What may change here: the SQL of single sign-on.

import "time"

// SSO is what can be asked about sign-ins at the identity provider. What is taken (Take...) is gone: it answers once.
type SSO interface {
	AddStart(s *Start) error
	TakeStart(stateHash string) (*Start, error)

	PutSSOSession(s *SSOSession) error
	SSOSession(tokenHash string) (*SSOSession, error)
	LeaseSSOSession(tokenHash string, now, until time.Time) (mine bool, err error) // who gets it asks the identity provider
	SSOSessionsOf(issuer, subject, sid string) ([]SSOSession, error)               // empty subject or sid: any

	AddProof(p *Proof) error
	Proof(proofHash string) (*Proof, error)
	TakeProof(proofHash string) error // ErrNotFound: taken already

	Heard(name string, until time.Time) error // ErrDuplicate: heard before
}

// A Start is what was begun at the identity provider.
type Start struct {
	StateHash, Nonce, Challenge, RedirectURI string
	TokenHash, PlanID, Etag                  string // of the session and the plan, when it is a proof for an approval
	BeganAt, ExpiresAt                       time.Time
}

// An SSOSession is what the identity provider said of a session.
type SSOSession struct {
	TokenHash, Issuer, Subject, SID string
	AuthTime                        time.Time
	Refresh                         []byte    // the refresh token, sealed; empty: none was given
	HeardAt, RefreshDue             time.Time // when it last said yes, and when it is asked again
	LeaseUntil                      time.Time
}

// A Proof is a proof of identity for one approval.
type Proof struct {
	ProofHash, TokenHash, PlanID, Etag string
	ExpiresAt                          time.Time
}

const startColumns = `state_hash, nonce, challenge, redirect_uri, token_hash, plan_id, etag, began_at, expires_at`

func (t *sqlTx) AddStart(s *Start) error {
	return t.exec(`INSERT INTO sso_starts (`+startColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		s.StateHash, s.Nonce, s.Challenge, s.RedirectURI, s.TokenHash, s.PlanID, s.Etag, stamp(s.BeganAt), stamp(s.ExpiresAt))
}

func (t *sqlTx) TakeStart(stateHash string) (*Start, error) {
	s, err := get(t, func(s *Start) []any {
		return []any{&s.StateHash, &s.Nonce, &s.Challenge, &s.RedirectURI, &s.TokenHash, &s.PlanID, &s.Etag, when{&s.BeganAt}, when{&s.ExpiresAt}}
	}, `SELECT `+startColumns+` FROM sso_starts WHERE state_hash = $1`, stateHash)
	if err != nil {
		return nil, err
	}
	return s, t.one(`DELETE FROM sso_starts WHERE state_hash = $1`, stateHash)
}

const ssoColumns = `token_hash, issuer, subject, sid, auth_time, refresh_token, heard_at, refresh_due, lease_until`

func ssoFields(s *SSOSession) []any {
	return []any{&s.TokenHash, &s.Issuer, &s.Subject, &s.SID, when{&s.AuthTime}, raw{&s.Refresh}, when{&s.HeardAt}, when{&s.RefreshDue}, when{&s.LeaseUntil}}
}

func (t *sqlTx) PutSSOSession(s *SSOSession) error {
	if s.Refresh == nil {
		s.Refresh = []byte{}
	}
	return t.exec(`INSERT INTO sso_sessions (`+ssoColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (token_hash) DO UPDATE SET sid = excluded.sid, auth_time = excluded.auth_time, refresh_token = excluded.refresh_token,
		heard_at = excluded.heard_at, refresh_due = excluded.refresh_due, lease_until = excluded.lease_until`,
		s.TokenHash, s.Issuer, s.Subject, s.SID, stamp(s.AuthTime), s.Refresh, stamp(s.HeardAt), stamp(s.RefreshDue), stamp(s.LeaseUntil))
}

func (t *sqlTx) SSOSession(tokenHash string) (*SSOSession, error) {
	return get(t, ssoFields, `SELECT `+ssoColumns+` FROM sso_sessions WHERE token_hash = $1`, tokenHash)
}

func (t *sqlTx) LeaseSSOSession(tokenHash string, now, until time.Time) (bool, error) {
	result, err := t.tx.ExecContext(t.ctx, `UPDATE sso_sessions SET lease_until = $1 WHERE token_hash = $2 AND refresh_due <= $3 AND lease_until <= $3`,
		stamp(until), tokenHash, stamp(now))
	if err != nil {
		return false, named(err)
	}
	n, err := result.RowsAffected()
	return n > 0, named(err)
}

func (t *sqlTx) SSOSessionsOf(issuer, subject, sid string) ([]SSOSession, error) {
	return all(t, ssoFields, `SELECT `+ssoColumns+` FROM sso_sessions WHERE issuer = $1 AND (subject = $2 OR $2 = '') AND (sid = $3 OR $3 = '')`,
		issuer, subject, sid)
}

const proofColumns = `proof_hash, token_hash, plan_id, etag, expires_at`

func (t *sqlTx) AddProof(p *Proof) error {
	return t.exec(`INSERT INTO sso_proofs (`+proofColumns+`) VALUES ($1, $2, $3, $4, $5)`, p.ProofHash, p.TokenHash, p.PlanID, p.Etag, stamp(p.ExpiresAt))
}

func (t *sqlTx) Proof(proofHash string) (*Proof, error) {
	return get(t, func(p *Proof) []any {
		return []any{&p.ProofHash, &p.TokenHash, &p.PlanID, &p.Etag, when{&p.ExpiresAt}}
	}, `SELECT `+proofColumns+` FROM sso_proofs WHERE proof_hash = $1`, proofHash)
}

func (t *sqlTx) TakeProof(proofHash string) error {
	return t.one(`DELETE FROM sso_proofs WHERE proof_hash = $1`, proofHash)
}

func (t *sqlTx) Heard(name string, until time.Time) error {
	return t.exec(`INSERT INTO sso_heard (name, expires_at) VALUES ($1, $2)`, name, stamp(until))
}
