package store

// What may change here: the SQL of which computers hold plans to be read offline.

import "time"

// Bundles is what can be asked about plans that were given to be read offline.
type Bundles interface {
	Bundle(tokenHash string) (*Bundle, error)
	BundlesOf(userID string) ([]Bundle, error)        // the newest first
	PutBundle(b *Bundle) error                        // by its session
	EraseBundle(tokenHash, why string) error          // of one session; none is no error
	EraseBundlesOf(userID, why string) error          // of every session of a person
	EraseBundlesIn(positionID, why string) error      // of every session in a position
	ToldToErase(tokenHash string, at time.Time) error // its computer has asked, and heard that it is to erase
}

// A Bundle says which plans a session was given to be read offline.
type Bundle struct {
	TokenHash, UserID, PositionID string
	GivenAt, Until                time.Time
	Pages                         []byte // JSON: the version by the plan's id
	Erase                         string // why the computer is to erase them; "": it may keep them until Until
	ToldAt                        time.Time
}

const bundleColumns = `token_hash, user_id, position_id, given_at, until, pages, erase, told_at`

func bundleFields(b *Bundle) []any {
	return []any{&b.TokenHash, &b.UserID, &b.PositionID, when{&b.GivenAt}, when{&b.Until}, raw{&b.Pages}, &b.Erase, when{&b.ToldAt}}
}

func (t *sqlTx) Bundle(tokenHash string) (*Bundle, error) {
	return get(t, bundleFields, `SELECT `+bundleColumns+` FROM bundles WHERE token_hash = $1`, tokenHash)
}

func (t *sqlTx) BundlesOf(userID string) ([]Bundle, error) {
	return all(t, bundleFields, `SELECT `+bundleColumns+` FROM bundles WHERE user_id = $1 ORDER BY given_at DESC, token_hash`, userID)
}

func (t *sqlTx) PutBundle(b *Bundle) error {
	return t.exec(`INSERT INTO bundles (`+bundleColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (token_hash) DO UPDATE SET position_id = excluded.position_id, given_at = excluded.given_at,
		until = excluded.until, pages = excluded.pages`,
		b.TokenHash, b.UserID, b.PositionID, stamp(b.GivenAt), stamp(b.Until), object(b.Pages), b.Erase, stamp(b.ToldAt))
}

func (t *sqlTx) EraseBundle(tokenHash, why string) error {
	return t.exec(`UPDATE bundles SET erase = $1 WHERE token_hash = $2`, why, tokenHash)
}

func (t *sqlTx) EraseBundlesOf(userID, why string) error {
	return t.exec(`UPDATE bundles SET erase = $1 WHERE user_id = $2`, why, userID)
}

func (t *sqlTx) EraseBundlesIn(positionID, why string) error {
	return t.exec(`UPDATE bundles SET erase = $1 WHERE position_id = $2`, why, positionID)
}

func (t *sqlTx) ToldToErase(tokenHash string, at time.Time) error {
	return t.exec(`UPDATE bundles SET told_at = $1 WHERE token_hash = $2 AND told_at = ''`, stamp(at), tokenHash)
}

// bundleKept is how long it is remembered after its limit who had which plans, so that a computer which comes back late is still
// told that its person's account was closed.
const bundleKept = 30 * 24 * time.Hour

func (t *sqlTx) sweepBundles(now time.Time) error {
	return t.exec(`DELETE FROM bundles WHERE until < $1`, stamp(now.Add(-bundleKept)))
}
