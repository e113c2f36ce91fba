// Package signon speaks to the identity provider: the service is the relying party of OpenID Connect, as a confidential client.
//
// Contract:
//   - The desktop opens the browser and brings back a code; the code is exchanged here, with the client's secret and the
//     desktop's PKCE verifier, and the ID token is checked here. The secret and the provider's tokens never reach a desktop.
//   - Checked of every ID token: signature, issuer, audience, expiry, that it was issued between the request and now (Skew apart),
//     nonce, at_hash, and where it was asked for, when the person proved who they are.
//   - Nothing is kept: no state, no token. What is remembered (the provider's description, for DescribedFor) is only to be
//     quicker. Its keys are asked for each time: a new one is good at once, and one that was taken away is not.
//   - Errors are a *Refusal, which has words for people, or ErrAway (errors.Is) when the provider cannot be reached. None holds a
//     token, a code or a claim.
package signon

// What may change here: what is asked of the identity provider and what is checked of its answers.

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

const (
	// Skew is how far the clocks of the provider and of this service may differ.
	Skew = 2 * time.Minute
	// DescribedFor is how long the provider's description is believed without asking again.
	DescribedFor = 5 * time.Minute
	// tryFor is how long one request to the provider may take.
	tryFor = 10 * time.Second
)

// ErrAway says that the identity provider could not be reached, or had a fault of its own.
var ErrAway = errors.New("the identity provider cannot be reached")

// A Refusal says why nobody came in. Reason is one word for the audit and the log, Words and Do are sentences for the person.
type Refusal struct{ Reason, Words, Do string }

// Error is the reason alone.
func (r *Refusal) Error() string { return "single sign-on refused: " + r.Reason }

// Config says which provider, and who this service is there.
type Config struct {
	Name, Issuer, ClientID, Secret string
	Mapping                        *Mapping
	Now                            func() time.Time
}

// A Party is this service at the identity provider. Make it with New; any goroutine may use it.
type Party struct {
	Config
	client *http.Client

	mu       sync.Mutex
	provider *oidc.Provider
	readAt   time.Time
}

// New makes a Party. It asks nothing yet: a provider that is away does not keep the service from starting.
func New(c Config) (*Party, error) {
	address, err := url.Parse(c.Issuer)
	if err != nil || address.Host == "" || (address.Scheme != "https" && !(address.Scheme == "http" && Loopback(address.Hostname()))) {
		return nil, errors.New("the issuer of single sign-on starts with https:// and a name")
	}
	if c.ClientID == "" || c.Secret == "" {
		return nil, errors.New("single sign-on needs a client id and a file with its secret")
	}
	return &Party{Config: c, client: &http.Client{Timeout: tryFor, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}}, nil
}

// Loopback says whether a host is this very computer by number (RFC 8252, 8.3: not by name).
func Loopback(host string) bool { return host == "127.0.0.1" || host == "::1" }

// RedirectOK says whether an answer may be sent there: the loopback of the computer that asks, any port (RFC 8252, 7.3).
func RedirectOK(redirect string) bool {
	address, err := url.Parse(redirect)
	return err == nil && address.Scheme == "http" && Loopback(address.Hostname()) && address.Port() != "" && address.Path == "/callback" &&
		address.RawQuery == "" && address.Fragment == "" && address.User == nil
}

// An Identity is who somebody is, as the provider says.
type Identity struct {
	Issuer, Subject, SID string
	Name                 string
	Selected             string // the id of the post that was chosen at the provider, or ""
	Posts                []Post
	AuthTime             time.Time // when they proved who they are; zero: not said
	Refresh              string    // the refresh token, or ""
	Until                time.Time // when the access token ends
}

// of gives the provider's description, at most DescribedFor old.
func (p *Party) of(ctx context.Context) (*oidc.Provider, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.provider != nil && time.Since(p.readAt) < DescribedFor {
		return p.provider, nil
	}
	// The provider keeps the context for fetching keys later, so that it is not the request's.
	provider, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), p.client), p.Issuer)
	if err != nil {
		var other *oidc.IssuerMismatchError
		if errors.As(err, &other) {
			return nil, &Refusal{"issuer", "The identity provider answers under another name than was agreed.", "Nobody was signed in. Tell your help desk."}
		}
		return nil, fmt.Errorf("%w: its description could not be read", ErrAway)
	}
	p.provider, p.readAt = provider, time.Now()
	return provider, nil
}

func (p *Party) oauth(provider *oidc.Provider, redirect string) *oauth2.Config {
	scopes := []string{oidc.ScopeOpenID}
	for _, scope := range p.Mapping.Scopes {
		if !slices.Contains(scopes, scope) {
			scopes = append(scopes, scope)
		}
	}
	return &oauth2.Config{ClientID: p.ClientID, ClientSecret: p.Secret, Endpoint: provider.Endpoint(), RedirectURL: redirect, Scopes: scopes}
}

// An Ask is one journey through the browser.
type Ask struct {
	State, Nonce, Challenge, Redirect string
	Afresh                            bool // the person proves again who they are, though they are signed in at the provider
}

// Address is where the browser goes.
func (p *Party) Address(ctx context.Context, a Ask) (string, error) {
	provider, err := p.of(ctx)
	if err != nil {
		return "", err
	}
	options := []oauth2.AuthCodeOption{oidc.Nonce(a.Nonce), oauth2.SetAuthURLParam("code_challenge", a.Challenge),
		oauth2.SetAuthURLParam("code_challenge_method", "S256")}
	if a.Afresh {
		options = append(options, oauth2.SetAuthURLParam("prompt", "login"), oauth2.SetAuthURLParam("max_age", "0"))
	}
	return p.oauth(provider, a.Redirect).AuthCodeURL(a.State, options...), nil
}

// A Return is what came back from the browser, with what is known of how it began.
type Return struct {
	Code, Verifier, Redirect, Nonce string
	BeganAt                         time.Time
}

// Redeem exchanges a code and says who came.
func (p *Party) Redeem(ctx context.Context, r Return) (*Identity, error) {
	provider, err := p.of(ctx)
	if err != nil {
		return nil, err
	}
	ctx = oidc.ClientContext(ctx, p.client)
	token, err := p.oauth(provider, r.Redirect).Exchange(ctx, r.Code, oauth2.VerifierOption(r.Verifier))
	if err != nil {
		return nil, tokenRefusal(err, &Refusal{"code", "The identity provider did not take the answer of the browser: it was used before, or came too late.",
			"Nobody was signed in. Start again."})
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := p.verify(ctx, provider, raw)
	if err != nil {
		return nil, err
	}
	if r.Nonce == "" || id.Nonce != r.Nonce {
		return nil, &Refusal{"nonce", "The identity provider's answer belongs to another sign-in.", "Nobody was signed in. Start again."}
	}
	if err := p.timely(id.IssuedAt, r.BeganAt); err != nil {
		return nil, err
	}
	return p.identity(ctx, provider, id, token)
}

// Ask again is Refresh: it asks with a refresh token whether the person is still who they were, and what they are now. A *Refusal
// says no.
func (p *Party) Refresh(ctx context.Context, refresh, subject string) (*Identity, error) {
	provider, err := p.of(ctx)
	if err != nil {
		return nil, err
	}
	ctx = oidc.ClientContext(ctx, p.client)
	token, err := p.oauth(provider, "").TokenSource(ctx, &oauth2.Token{RefreshToken: refresh}).Token()
	ended := &Refusal{"ended", "Your identity provider says that your session there has ended.", "Sign in again."}
	if err != nil {
		return nil, tokenRefusal(err, ended)
	}
	raw, _ := token.Extra("id_token").(string)
	id := &oidc.IDToken{Issuer: p.Issuer, Subject: subject}
	if raw != "" { // not every provider sends one again
		if id, err = p.verify(ctx, provider, raw); err != nil {
			return nil, err
		}
		if err := p.timely(id.IssuedAt, p.Now().Add(-tryFor)); err != nil {
			return nil, err
		}
	}
	if id.Subject != subject {
		return nil, ended
	}
	out, err := p.identity(ctx, provider, id, token)
	if err != nil {
		return nil, err
	}
	if out.Refresh == "" {
		out.Refresh = refresh
	}
	return out, nil
}

// verify checks signature, issuer, audience and expiry.
func (p *Party) verify(ctx context.Context, provider *oidc.Provider, raw string) (*oidc.IDToken, error) {
	if raw == "" {
		return nil, &Refusal{"token", "The identity provider did not say who you are.", "Nobody was signed in. Tell your help desk."}
	}
	id, err := provider.VerifierContext(ctx, p.verifying()).Verify(ctx, raw)
	if err != nil {
		return nil, p.unsound(err)
	}
	var party struct {
		Azp string `json:"azp"`
	}
	if err := id.Claims(&party); err != nil || (party.Azp != "" || len(id.Audience) > 1) && party.Azp != p.ClientID {
		return nil, &Refusal{"audience", "The identity provider's answer was made for another service.", "Nobody was signed in. Tell your help desk."}
	}
	if id.Subject == "" {
		return nil, &Refusal{"token", "The identity provider did not say who you are.", "Nobody was signed in. Tell your help desk."}
	}
	return id, nil
}

func (p *Party) verifying() *oidc.Config { return &oidc.Config{ClientID: p.ClientID, Now: p.Now} }

// unsound sorts the faults of a token that was not taken. The library names them by its words.
func (p *Party) unsound(err error) error {
	var expired *oidc.TokenExpiredError
	words := err.Error()
	switch {
	case errors.As(err, &expired):
		return clockRefusal()
	case strings.Contains(words, "different provider"):
		return &Refusal{"issuer", "The answer came from another identity provider than was agreed.", "Nobody was signed in. Tell your help desk."}
	case strings.Contains(words, "audience"):
		return &Refusal{"audience", "The identity provider's answer was made for another service.", "Nobody was signed in. Tell your help desk."}
	case strings.Contains(words, "fetching keys"):
		return fmt.Errorf("%w: its keys could not be read", ErrAway)
	case strings.Contains(words, "signature"):
		return &Refusal{"signature", "The identity provider's answer is not signed with a key that it uses now.", "Nobody was signed in. Tell your help desk."}
	}
	return &Refusal{"token", "The identity provider's answer cannot be read.", "Nobody was signed in. Tell your help desk."}
}

func clockRefusal() *Refusal {
	return &Refusal{"clock", "The clocks of the identity provider and of this service do not agree, or its answer is too old.",
		"Nobody was signed in. Start again; if it happens again, tell your help desk."}
}

// timely refuses a token that was made before it was asked for, or in the future.
func (p *Party) timely(issued, from time.Time) error {
	if issued.Before(from.Add(-Skew)) || issued.After(p.Now().Add(Skew)) {
		return clockRefusal()
	}
	return nil
}

// identity reads the claims of the ID token and of the user-info endpoint.
func (p *Party) identity(ctx context.Context, provider *oidc.Provider, id *oidc.IDToken, token *oauth2.Token) (*Identity, error) {
	if id.AccessTokenHash != "" && id.VerifyAccessToken(token.AccessToken) != nil {
		return nil, &Refusal{"token", "The parts of the identity provider's answer do not belong together.", "Nobody was signed in. Tell your help desk."}
	}
	claims := map[string]any{}
	var raw json.RawMessage
	if id.Claims(&raw) == nil {
		if err := json.Unmarshal(raw, &claims); err != nil {
			return nil, &Refusal{"token", "The identity provider's answer cannot be read.", "Nobody was signed in. Tell your help desk."}
		}
	}
	out := &Identity{Issuer: p.Issuer, Subject: id.Subject, SID: text(claims["sid"]), Refresh: token.RefreshToken, Until: token.Expiry}
	if at, ok := claims["auth_time"].(float64); ok {
		out.AuthTime = time.Unix(int64(at), 0).UTC()
	}
	if provider.UserInfoEndpoint() != "" {
		info, err := provider.UserInfo(ctx, oauth2.StaticTokenSource(token))
		if err != nil && strings.HasPrefix(err.Error(), "40") { // the library tells the status by words
			return nil, &Refusal{"token", "The identity provider's answer does not open what it says of you.", "Nobody was signed in. Start again."}
		}
		if err != nil {
			return nil, fmt.Errorf("%w: it did not say who somebody is", ErrAway)
		}
		if info.Subject != id.Subject {
			return nil, &Refusal{"token", "The parts of the identity provider's answer do not belong together.", "Nobody was signed in. Tell your help desk."}
		}
		more := map[string]any{}
		if err := info.Claims(&more); err != nil {
			return nil, fmt.Errorf("%w: it did not say who somebody is", ErrAway)
		}
		for name, value := range more {
			if _, there := claims[name]; !there {
				claims[name] = value
			}
		}
	}
	return out, p.Mapping.read(claims, out)
}

// Revoke tells the provider that a refresh token is no longer wanted (RFC 7009). A provider without that keeps it until it lapses.
func (p *Party) Revoke(ctx context.Context, refresh string) error {
	provider, err := p.of(ctx)
	if err != nil {
		return err
	}
	var more struct {
		Revocation string `json:"revocation_endpoint"`
	}
	if err := provider.Claims(&more); err != nil || more.Revocation == "" {
		return nil
	}
	form := url.Values{"token": {refresh}, "token_type_hint": {"refresh_token"}}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, more.Revocation, strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.SetBasicAuth(url.QueryEscape(p.ClientID), url.QueryEscape(p.Secret))
	answer, err := p.client.Do(request)
	if err != nil {
		return ErrAway
	}
	return answer.Body.Close()
}

// A Logout says whose sessions end: those of the subject, of the session, or of both together.
type Logout struct {
	ID, Subject, SID string
	Until            time.Time
}

// Logout checks a logout token (OpenID Connect Back-Channel Logout 1.0).
func (p *Party) Logout(ctx context.Context, raw string) (*Logout, error) {
	provider, err := p.of(ctx)
	if err != nil {
		return nil, err
	}
	token, err := provider.VerifierContext(oidc.ClientContext(ctx, p.client), p.verifying()).VerifyLogout(ctx, raw)
	if err != nil {
		return nil, p.unsound(err)
	}
	if err := p.timely(token.IssuedAt, p.Now()); err != nil {
		return nil, err
	}
	return &Logout{ID: token.TokenID, Subject: token.Subject, SID: token.SessionID, Until: token.Expiry.Add(Skew)}, nil
}

// tokenRefusal tells a no of the token endpoint from a provider that is away.
func tokenRefusal(err error, no *Refusal) error {
	var answer *oauth2.RetrieveError
	if errors.As(err, &answer) && answer.Response != nil && answer.Response.StatusCode < 500 && answer.Response.StatusCode != http.StatusTooManyRequests {
		if answer.ErrorCode == "invalid_client" || answer.ErrorCode == "unauthorized_client" {
			return &Refusal{"client", "The identity provider does not know this service.", "Nobody was signed in. Tell your help desk."}
		}
		return no
	}
	return ErrAway
}
