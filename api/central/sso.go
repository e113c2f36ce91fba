package central

// What may change here: how single sign-on is set up, and what its routes take and give.

import (
	"context"
	"errors"
	"net/http"
	"time"

	"cmc/api"
	"cmc/api/central/account"
	"cmc/api/central/signon"
)

// SSO says which identity provider people sign in at.
type SSO struct {
	Name             string // as people know it, "NHS CIS2"
	Issuer           string
	ClientID, Secret string
	Mapping          []byte        // what claims mean, YAML; nil: those of NHS CIS2 (signon/cis2.yaml)
	RefreshEvery     time.Duration // how often it is asked whether a session goes on; 0: 5 minutes
}

// logoutPath is where the identity provider posts its logout tokens (OpenID Connect Back-Channel Logout 1.0).
const logoutPath = "/v1/sessions/sso/logout"

func (s *Service) joinSSO() error {
	o := s.options.SSO
	if o == nil {
		return nil
	}
	mapping, err := signon.ReadMapping(o.Mapping)
	if err != nil {
		return err
	}
	name := o.Name
	if name == "" {
		name = "NHS CIS2"
	}
	s.book.RefreshEvery = o.RefreshEvery
	s.book.SSO, err = signon.New(signon.Config{Name: name, Issuer: o.Issuer, ClientID: o.ClientID, Secret: o.Secret, Mapping: mapping, Now: s.now})
	return err
}

func (s *Service) ssoInfo() *api.SSOInfo {
	if s.book.SSO == nil {
		return nil
	}
	return &api.SSOInfo{Name: s.book.SSO.Name}
}

func started(b *account.Begun, err error) (*answerOf[api.SSOStarted], error) {
	if err != nil {
		return nil, err
	}
	return &answerOf[api.SSOStarted]{Body: &api.SSOStarted{State: b.State, URL: b.Address}}, nil
}

func (s *Service) startSSORoute(ctx context.Context, in *struct {
	FromClient
	Body api.StartSSO
}) (*answerOf[api.SSOStarted], error) {
	if err := s.tooOld(in.FromClient); err != nil {
		return nil, err
	}
	return started(s.book.StartSSO(ctx, account.Journey{Redirect: in.Body.RedirectURI, Challenge: in.Body.CodeChallenge, Afresh: in.Body.Afresh}))
}

func (s *Service) signInSSORoute(ctx context.Context, in *struct {
	FromClient
	Body api.SSOAnswer
}) (*answerOf[api.Session], error) {
	if err := s.tooOld(in.FromClient); err != nil {
		return nil, err
	}
	got, err := s.book.SignInSSO(ctx, answered(in.Body))
	if err != nil {
		return nil, err
	}
	return answerWith(s.sessionOf(ctx, got))
}

func (s *Service) startProofRoute(ctx context.Context, c *caller, in *struct{ Body api.StartProof }) (*answerOf[api.SSOStarted], error) {
	return started(s.book.StartProof(ctx, c.Holder, in.Body.PlanID, in.Body.Etag, account.Journey{Redirect: in.Body.RedirectURI, Challenge: in.Body.CodeChallenge}))
}

func (s *Service) proveRoute(ctx context.Context, c *caller, in *struct{ Body api.SSOAnswer }) (*answerOf[api.Proof], error) {
	proof, until, err := s.book.Prove(ctx, c.Holder, answered(in.Body))
	if err != nil {
		return nil, err
	}
	return &answerOf[api.Proof]{Body: &api.Proof{Proof: proof, ExpiresAt: until}}, nil
}

func answered(in api.SSOAnswer) account.Answer {
	return account.Answer{State: in.State, Code: in.Code, Verifier: in.CodeVerifier, Redirect: in.RedirectURI, Position: in.Position, Afresh: in.Afresh,
		Workstation: in.Workstation}
}

// logoutSSO takes a logout token of the identity provider. Its answers are those of the standard, not problems: who reads them is a
// machine.
func (s *Service) logoutSSO(w http.ResponseWriter, r *http.Request) {
	err := s.book.LogoutSSO(r.Context(), r.PostFormValue("logout_token"))
	var refused *signon.Refusal
	w.Header().Set("Content-Type", "application/json")
	switch {
	case err == nil:
		w.WriteHeader(http.StatusOK)
	case errors.As(err, &refused), errors.Is(err, account.ErrNoSSO):
		s.log.WarnContext(r.Context(), "a logout token was refused", "err", err)
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"error":"invalid_request"}`)) // the status is out: nothing better can be said
	default:
		s.log.ErrorContext(r.Context(), "a logout token could not be obeyed", "err", err)
		w.WriteHeader(http.StatusServiceUnavailable)
	}
}
