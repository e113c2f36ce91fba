package account

// What may change here: what a token is and how long it lasts.

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"time"

	"cmc/api/central/access"
)

// How long a session lasts, and how long it lasts unused.
const (
	SessionFor = 12 * time.Hour
	IdleFor    = 60 * time.Minute
	// SeenEvery is how often the last use is written: not at each request.
	SeenEvery = time.Minute
	// Drift is how far two clocks of a service may differ. A session or a lock that would last longer than any can was made by a
	// clock that was ahead and has been set right since: the session has ended, and the lock does not count.
	Drift = access.Drift
)

// NewToken makes a token of 32 random bytes and the hash that is kept of it.
func NewToken() (token, hash string) {
	raw := make([]byte, 32)
	rand.Read(raw) // never fails since Go 1.24
	token = base64.RawURLEncoding.EncodeToString(raw)
	return token, TokenHash(token)
}

// TokenHash is what is kept of a token. A token is random, so one round is enough.
func TokenHash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// Bearer takes the token from an Authorization header; "" when there is none.
func Bearer(header string) string {
	scheme, token, found := strings.Cut(header, " ")
	if !found || !strings.EqualFold(scheme, "Bearer") || len(token) > 200 {
		return ""
	}
	return strings.TrimSpace(token)
}

// Alive says whether a session is still good now.
func Alive(seen, expires, now time.Time) bool {
	return now.Before(expires) && now.Before(seen.Add(IdleFor)) && expires.Sub(now) <= SessionFor+Drift
}
