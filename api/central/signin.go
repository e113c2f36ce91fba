package central

// What may change here: how people come in with a password, and what they are told of themselves.

import (
	"context"

	"cmc/api"
	"cmc/api/central/access"
	"cmc/api/central/account"
)

// withoutPosition are the routes for somebody who has not chosen a position yet.
var withoutPosition = map[string]bool{"me": true, "sign-out": true, "choose-position": true}

// signIn starts a session with a password.
func (s *Service) signIn(ctx context.Context, in api.Credentials) (*api.Session, error) {
	got, err := s.book.SignIn(ctx, account.Entry{Username: in.Username, Password: in.Password, Position: in.Position,
		Device: in.Device, NewDevice: in.NewDevice, From: came(ctx), Workstation: in.Workstation})
	if err != nil {
		return nil, err
	}
	return s.sessionOf(ctx, got)
}

// releases says which versions of the desktop are served, or nil.
func (s *Service) releases() *api.Releases {
	if s.options.Client == (api.Releases{}) {
		return nil
	}
	own := s.options.Client
	return &own
}

// tooOld refuses whoever begins to sign in with a desktop that is no longer served. A session that stands goes on to its end: nothing
// that somebody is typing is refused for it.
func (s *Service) tooOld(from FromClient) error {
	if refused := s.releases().Refusal(api.AgentVersion(from.Agent)); refused != nil {
		return refused
	}
	return nil
}

// sessionOf is a new session as the wire has it.
func (s *Service) sessionOf(ctx context.Context, got *account.SignedIn) (*api.Session, error) {
	user, err := s.who(ctx, got.Holder)
	if err != nil {
		return nil, err
	}
	return &api.Session{Token: got.Token, ExpiresAt: got.Holder.ExpiresAt, User: *user, Device: got.Device}, nil
}

func (s *Service) choosePositionRoute(ctx context.Context, c *caller, in *struct{ Body api.Choice }) (*answerOf[api.User], error) {
	next, err := s.book.Choose(ctx, c.Holder, in.Body.Position)
	if err != nil {
		return nil, err
	}
	return answerWith(s.who(ctx, next))
}

// who is a person as the wire has them, with every position when there are several.
func (s *Service) who(ctx context.Context, h *account.Holder) (*api.User, error) {
	c := s.caller(h)
	user := &api.User{
		ID: h.User.ID, Username: h.User.Username, Name: h.User.Name, Role: c.person.Role, RoleTitle: h.User.RoleTitle,
		RegNumber: h.User.RegNumber, Organisation: organisation(h.Org), Position: h.User.PositionID, Signs: "password", May: []string{},
		LockMinutes: h.Org.LockMinutes,
	}
	if h.SSO {
		user.Signs = "sso"
	}
	if h.Chosen() {
		user.May = access.May(c.person)
	}
	posts, err := s.book.Posts(ctx, h.User.ID)
	if err != nil {
		return nil, err
	}
	if len(posts) > 1 {
		for _, one := range posts {
			user.Positions = append(user.Positions, api.Position{ID: one.ID, Role: api.Role(one.Role), RoleTitle: one.RoleTitle,
				RegNumber: one.RegNumber, Organisation: organisation(one.Org)})
		}
	}
	return user, nil
}
