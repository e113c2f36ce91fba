package api

// What may change here: the shapes of what is read offline, and the calls for it. Add; never rename.

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"cmc/forms"
)

// A Bundle is the plans that a person may read on their computer when there is no connection (GET /v1/bundle). Each page has a
// limit of its own, after which nobody shows it to anybody.
type Bundle struct {
	UserID       string       `json:"user_id"`
	Position     string       `json:"position"`      // in which the person may read them
	AsAt         time.Time    `json:"as_at"`         // the service's clock
	SessionUntil time.Time    `json:"session_until"` // when the session ends if nothing more is asked with it
	LeftOut      int          `json:"left_out"`      // so many of their people have a plan that is in no bundle
	Pages        []BundlePage `json:"pages"`
}

// A BundlePage is one approved version in force, as a crew reads it: no draft, and nothing that is hidden.
type BundlePage struct {
	PlanID  string        `json:"plan_id"`
	Version int           `json:"version"`
	Hash    string        `json:"hash"` // of the exact content, short: "8F3A-41C9"
	Status  string        `json:"status"`
	Words   string        `json:"words"` // the state in words: "Approved"
	Alarm   bool          `json:"alarm"` // the review is overdue
	Patient Patient       `json:"patient"`
	AsAt    time.Time     `json:"as_at"` // when this was true
	Until   time.Time     `json:"until"` // from then on it is never shown
	Summary forms.Summary `json:"summary"`
}

// OfflineReadings tells the service what was read while it could not be asked (POST /v1/bundle/readings).
type OfflineReadings struct {
	Items []OfflineReading `json:"items" maxItems:"1000"`
}

// An OfflineReading is one page that was looked at, or put on paper or into a file.
type OfflineReading struct {
	PlanID  string    `json:"plan_id" maxLength:"100"`
	Version int       `json:"version"`
	At      time.Time `json:"at"`
	Printed bool      `json:"printed,omitempty"`
}

// Wipe asks that the computers of a person erase what they keep to be read offline (POST /v1/accounts/wipe).
type Wipe struct {
	Username string `json:"username" maxLength:"200"`
	Reason   string `json:"reason" maxLength:"300"`
}

// Wiped says how many computers will do so at their next contact.
type Wiped struct {
	Computers int `json:"computers"`
}

// Bundle is every plan that this person may read offline, or with planID that one alone, if it is among them. That they were given
// is audited.
func (c *Client) Bundle(ctx context.Context, planID string) (*Bundle, error) {
	out := new(Bundle)
	query := url.Values{}
	if planID != "" {
		query.Set("plan", planID)
	}
	_, err := c.send(ctx, call{method: http.MethodGet, path: "/v1/bundle", query: query}, out)
	return orNil(out, err)
}

// BundleReadings tells what was read offline, for the audit. A repeat with the same key is taken once.
func (c *Client) BundleReadings(ctx context.Context, in OfflineReadings, idemKey string) error {
	_, err := c.send(ctx, call{method: http.MethodPost, path: "/v1/bundle/readings", body: in, idem: orKey(idemKey)}, nil)
	return err
}

// Wipe has the computers of a person erase what they keep to be read offline, and ends their sessions; for administrators.
func (c *Client) Wipe(ctx context.Context, in Wipe) (*Wiped, error) {
	out := new(Wiped)
	_, err := c.send(ctx, call{method: http.MethodPost, path: "/v1/accounts/wipe", body: in, idem: newKey()}, out)
	return orNil(out, err)
}
