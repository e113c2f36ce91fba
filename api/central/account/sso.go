package account

// What may change here: how people sign in at the identity provider, how their sessions go on and end there, and how they prove
// again who they are. What is checked of the provider's answers is in package signon.

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"

	"cmc/api/central/audit"
	"cmc/api/central/signon"
	"cmc/api/central/store"
	"cmc/forms"
	"cmc/forms/summary"
)

// The times of single sign-on.
const (
	StartFor     = 10 * time.Minute // from opening the browser to coming back
	RefreshEvery = 5 * time.Minute  // how often the identity provider is asked whether a session goes on
	GoOnFor      = time.Hour        // how long sessions go on while it cannot be reached
	ProofFor     = 5 * time.Minute  // how old a proof may be when a plan is approved
	leaseFor     = 20 * time.Second // one request asks; others wait this long for it
	awayFor      = 30 * time.Second // between two tries while it cannot be reached
	proofSkew    = 5 * time.Second  // the provider says whole seconds by its own clock
)

// ErrNoSSO says that this service has no identity provider.
var ErrNoSSO = errors.New("this service has no single sign-on")

// ErrProof says that an approval came without a proof that holds.
var ErrProof = errors.New("the proof of identity does not hold for this approval")

// A Begun is a journey through the browser that was begun: where it goes, and the word by which it is known when it comes back.
type Begun struct{ State, Address string }

// A Journey is what the desktop brings: where the answer comes to, and the PKCE challenge.
// Afresh has the provider ask the person again though they are signed in there.
type Journey struct {
	Redirect, Challenge string
	Afresh              bool
}

// An Answer is what came back from the browser, with the PKCE verifier. Afresh refuses whoever the provider did not ask again.
type Answer struct {
	State, Code, Verifier, Redirect, Position string
	Afresh                                    bool
	Workstation                               string // the name of the computer; "": none was told
}

// StartSSO begins a sign-in at the identity provider.
func (b *Book) StartSSO(ctx context.Context, j Journey) (*Begun, error) {
	return b.start(ctx, &store.Start{RedirectURI: j.Redirect, Challenge: j.Challenge}, j.Afresh)
}

// StartProof begins a proof of identity for approving one plan as the tag names it. The person signs in again.
func (b *Book) StartProof(ctx context.Context, holder *Holder, planID, etag string, j Journey) (*Begun, error) {
	if !holder.SSO {
		return nil, ErrNoSSO
	}
	return b.start(ctx, &store.Start{RedirectURI: j.Redirect, Challenge: j.Challenge, TokenHash: holder.TokenHash, PlanID: planID, Etag: etag}, true)
}

func (b *Book) start(ctx context.Context, s *store.Start, afresh bool) (*Begun, error) {
	if b.SSO == nil {
		return nil, ErrNoSSO
	}
	if !signon.RedirectOK(s.RedirectURI) {
		return nil, &signon.Refusal{Reason: "redirect", Words: "The answer of the identity provider may come back to this computer only.", Do: "Update this program."}
	}
	if raw, err := base64.RawURLEncoding.DecodeString(s.Challenge); err != nil || len(raw) != sha256.Size {
		return nil, &signon.Refusal{Reason: "pkce", Words: "The sign-in was begun without the proof that it comes back to the same program.", Do: "Update this program."}
	}
	state, hash := NewToken()
	s.StateHash = hash
	s.Nonce, _ = NewToken()
	s.BeganAt = b.Now()
	s.ExpiresAt = s.BeganAt.Add(StartFor)
	address, err := b.SSO.Address(ctx, signon.Ask{State: state, Nonce: s.Nonce, Challenge: s.Challenge, Redirect: s.RedirectURI, Afresh: afresh})
	if err != nil {
		return nil, err
	}
	if err := b.Store.Write(ctx, func(tx store.Tx) error { return tx.AddStart(s) }); err != nil {
		return nil, err
	}
	return &Begun{State: state, Address: address}, nil
}

// redeem takes the start that an answer belongs to, which is gone then, and asks the identity provider who came. holder is nil
// for a sign-in.
func (b *Book) redeem(ctx context.Context, in Answer, holder *Holder) (*store.Start, *signon.Identity, error) {
	if b.SSO == nil {
		return nil, nil, ErrNoSSO
	}
	var start *store.Start
	err := b.Store.Write(ctx, func(tx store.Tx) (err error) {
		start, err = tx.TakeStart(TokenHash(in.State))
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil, &signon.Refusal{Reason: "state", Words: "This answer of the browser was used already, or belongs to no sign-in.", Do: "Start again."}
	}
	if err != nil {
		return nil, nil, err
	}
	mine := ""
	if holder != nil {
		mine = holder.TokenHash
	}
	sum := sha256.Sum256([]byte(in.Verifier))
	switch {
	case !b.Now().Before(start.ExpiresAt):
		return nil, nil, &signon.Refusal{Reason: "late", Words: "Signing in took longer than ten minutes.", Do: "Start again."}
	case start.TokenHash != mine, start.RedirectURI != in.Redirect, base64.RawURLEncoding.EncodeToString(sum[:]) != start.Challenge:
		return nil, nil, &signon.Refusal{Reason: "pkce", Words: "This answer of the browser belongs to another program or another session.", Do: "Start again."}
	}
	identity, err := b.SSO.Redeem(ctx, signon.Return{Code: in.Code, Verifier: in.Verifier, Redirect: in.Redirect, Nonce: start.Nonce, BeganAt: start.BeganAt})
	return start, identity, err
}

// SignInSSO starts a session for whoever comes back from the identity provider. Its refusals are a *signon.Refusal, and audited.
func (b *Book) SignInSSO(ctx context.Context, in Answer) (*SignedIn, error) {
	start, identity, err := b.redeem(ctx, in, nil)
	if err == nil && in.Afresh {
		if at := identity.AuthTime; at.IsZero() || at.Before(start.BeganAt.Add(-proofSkew)) || at.After(b.Now().Add(signon.Skew)) {
			err = &signon.Refusal{Reason: "not afresh", Words: "The identity provider did not ask again who you are.", Do: "Start again."}
		}
	}
	if err != nil {
		return nil, b.refused(ctx, &Holder{Workstation: in.Workstation}, audit.SignInFail, err)
	}
	var out *SignedIn
	var user *store.User
	enter := func() error {
		return b.Store.Write(ctx, func(tx store.Tx) (err error) {
			out, user, err = b.enter(tx, identity, in)
			return err
		})
	}
	if err = enter(); errors.Is(err, store.ErrDuplicate) { // somebody's very first sign-in, twice at once
		err = enter()
	}
	if errors.Is(err, ErrNoPosition) {
		err = &signon.Refusal{Reason: "role", Words: "Your identity provider gives you no role that this service knows, at an organisation that it knows.",
			Do: "Ask your registration authority, or your help desk."}
	}
	if err != nil {
		as := &Holder{Workstation: in.Workstation}
		if user != nil {
			as.User = *user
		}
		return nil, b.refused(ctx, as, audit.SignInFail, err)
	}
	return out, nil
}

// enter makes a session of an identity, and an account where there is none.
func (b *Book) enter(tx store.Tx, identity *signon.Identity, in Answer) (*SignedIn, *store.User, error) {
	if len(summary.MissingGlyphs(forms.Summary{Header: forms.Header{PrintedBy: identity.Name}})) > 0 {
		return nil, nil, &signon.Refusal{Reason: "name", Words: "Your name, as your identity provider has it, holds signs that the one-page summary cannot print.",
			Do: "Ask your registration authority to add it in Latin letters."}
	}
	user, err := tx.UserOf(identity.Issuer, identity.Subject)
	if errors.Is(err, store.ErrNotFound) {
		sum := sha256.Sum256([]byte(identity.Issuer + "\x00" + identity.Subject))
		user = &store.User{ID: uuid.NewString(), Username: "sso-" + hex.EncodeToString(sum[:8]), Name: identity.Name, Issuer: identity.Issuer,
			Subject: identity.Subject, CreatedAt: b.Now()}
		err = tx.AddUser(user)
	}
	if err != nil {
		return nil, nil, err
	}
	if user.Disabled {
		return nil, user, &signon.Refusal{Reason: "disabled", Words: "Your account at this service is closed.", Do: "Ask your help desk."}
	}
	selected, err := b.follow(tx, user, identity)
	if err != nil {
		return nil, user, err
	}
	position := in.Position
	if position == "" {
		position = selected
	}
	token, holder, err := b.begin(tx, user, position, in.Workstation)
	if err != nil {
		return nil, user, err
	}
	holder.SSO = true
	sealed, err := seal(token, identity.Refresh)
	if err != nil {
		return nil, user, err
	}
	now := b.Now()
	return &SignedIn{Token: token, Holder: holder}, user, tx.PutSSOSession(&store.SSOSession{TokenHash: holder.TokenHash, Issuer: identity.Issuer,
		Subject: identity.Subject, SID: identity.SID, AuthTime: identity.AuthTime, Refresh: sealed, HeardAt: now, RefreshDue: b.due(identity)})
}

// due is when the identity provider is asked again. Without a refresh token it cannot be asked: then the session ends with the
// provider's own word for how long it holds.
func (b *Book) due(identity *signon.Identity) time.Time {
	now := b.Now()
	if identity.Refresh == "" {
		if identity.Until.After(now) {
			return identity.Until
		}
		return now.Add(b.refreshEvery())
	}
	return now.Add(b.refreshEvery())
}

func (b *Book) refreshEvery() time.Duration {
	if b.RefreshEvery > 0 {
		return b.RefreshEvery
	}
	return RefreshEvery
}

// follow brings a person's name and positions to what the identity provider says, and gives the id of the position that was chosen
// there, or "". What was given or ended by hand stays as it is.
func (b *Book) follow(tx store.Tx, user *store.User, identity *signon.Identity) (selected string, err error) {
	if user.Name != identity.Name {
		user.Name = identity.Name
		if err := tx.NameUser(user.ID, identity.Name); err != nil {
			return "", err
		}
	}
	held, err := tx.Positions(user.ID)
	if err != nil {
		return "", err
	}
	said := map[string]bool{} // ids of positions
	for _, post := range identity.Posts {
		org, err := tx.Organisation(post.ODS)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return "", err
		}
		role, known := b.SSO.Mapping.Role(post, org.Kind)
		if !known {
			continue
		}
		p := store.Position{ID: uuid.NewString(), UserID: user.ID, Role: string(role), RoleTitle: post.Title, RegNumber: post.Registration,
			ODS: org.ODS, Source: identity.Issuer, CreatedAt: b.Now()}
		i := slices.IndexFunc(held, func(h store.Position) bool { return h.Role == p.Role && h.ODS == p.ODS })
		if i >= 0 {
			p.ID = held[i].ID
			if p.RegNumber == "" {
				p.RegNumber = held[i].RegNumber
			}
		}
		if i < 0 || held[i].Source != "" {
			if err := tx.PutPosition(&p); err != nil {
				return "", err
			}
			if i < 0 {
				held = append(held, p)
			}
		}
		said[p.ID] = true
		if post.ID != "" && post.ID == identity.Selected && (i < 0 || held[i].Source != "" || !held[i].Disabled) {
			selected = p.ID
		}
	}
	for i := range held {
		if held[i].Source == identity.Issuer && !held[i].Disabled && !said[held[i].ID] {
			if err := b.endPosition(tx, &held[i]); err != nil {
				return "", err
			}
		}
	}
	return selected, nil
}

// ask asks the identity provider whether a session still stands, and takes over what it says. It refuses with ErrSession. One
// request on one copy of the service asks; the others wait for it.
func (b *Book) ask(ctx context.Context, holder *Holder) error {
	if b.SSO == nil { // the service was started without it: nobody can say that the session stands
		return ErrSession
	}
	var s *store.SSOSession
	var mine bool
	err := b.Store.Write(ctx, func(tx store.Tx) (err error) {
		now := b.Now()
		if mine, err = tx.LeaseSSOSession(holder.TokenHash, now, now.Add(leaseFor)); err != nil {
			return err
		}
		s, err = tx.SSOSession(holder.TokenHash)
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return ErrSession
	}
	if err != nil {
		return err
	}
	if !mine {
		return b.await(ctx, holder)
	}
	// Whoever asked may leave: the provider's new refresh token must not be lost with them.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaseFor-5*time.Second)
	defer cancel()
	refresh, err := unseal(holder.Token, s.Refresh)
	if err != nil || refresh == "" {
		return b.over(ctx, holder, "no refresh token", false)
	}
	identity, err := b.SSO.Refresh(ctx, refresh, s.Subject)
	var no *signon.Refusal
	switch {
	case errors.As(err, &no):
		return b.over(ctx, holder, no.Reason, true)
	case err != nil && b.Now().Sub(s.HeardAt) >= GoOnFor:
		return b.over(ctx, holder, "the provider is away", false)
	case err != nil:
		s.RefreshDue, s.LeaseUntil = b.Now().Add(awayFor), time.Time{}
		return b.Store.Write(ctx, func(tx store.Tx) error { return b.keepSSO(tx, s) })
	}
	if s.Refresh, err = seal(holder.Token, identity.Refresh); err != nil {
		return err
	}
	s.HeardAt, s.RefreshDue, s.LeaseUntil = b.Now(), b.due(identity), time.Time{}
	return b.Store.Write(ctx, func(tx store.Tx) error {
		user, err := tx.User(holder.User.ID)
		if err != nil {
			return err
		}
		if _, err := b.follow(tx, user, identity); err != nil {
			return err
		}
		return b.keepSSO(tx, s)
	})
}

// keepSSO keeps what the provider said of a session, unless it has ended meanwhile, perhaps by what the provider said.
func (b *Book) keepSSO(tx store.Tx, s *store.SSOSession) error {
	if _, err := tx.Session(s.TokenHash); err != nil {
		return err
	}
	return tx.PutSSOSession(s)
}

// await waits for the request that asks.
func (b *Book) await(ctx context.Context, holder *Holder) error {
	deadline := time.After(leaseFor)
	for {
		var s *store.SSOSession
		err := b.Store.Once(ctx, func(tx store.Tx) (err error) {
			s, err = tx.SSOSession(holder.TokenHash)
			return err
		})
		if errors.Is(err, store.ErrNotFound) {
			return ErrSession
		}
		if err != nil {
			return err
		}
		if b.Now().Before(s.RefreshDue) {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-deadline:
			return store.ErrUnavailable
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// over ends a session because of the identity provider. refused says that the provider does not let the person go on: then what
// their computer keeps to be read offline goes too, which an outage does not take from anybody.
func (b *Book) over(ctx context.Context, holder *Holder, why string, refused bool) error {
	err := b.Store.Write(ctx, func(tx store.Tx) error {
		line := holder.Line(b.Now(), audit.SignOut)
		line.What = "identity provider: " + why
		var erase error
		if refused {
			erase = tx.EraseBundle(holder.TokenHash, Closed)
		}
		return errors.Join(tx.EndSession(holder.TokenHash), erase, b.ending(tx, holder.User.ID), tx.Audit(line))
	})
	if err != nil {
		return err
	}
	return ErrSession
}

// LogoutSSO ends the sessions that a logout token of the identity provider names, at once. A token works once.
func (b *Book) LogoutSSO(ctx context.Context, raw string) error {
	if b.SSO == nil {
		return ErrNoSSO
	}
	out, err := b.SSO.Logout(ctx, raw)
	if err != nil {
		return err
	}
	err = b.Store.Write(ctx, func(tx store.Tx) error {
		if err := tx.Heard("logout "+TokenHash(b.SSO.Issuer+" "+out.ID), out.Until); err != nil {
			return err
		}
		sessions, err := tx.SSOSessionsOf(b.SSO.Issuer, out.Subject, out.SID)
		if err != nil {
			return err
		}
		for _, one := range sessions {
			signed, err := tx.Signed(one.TokenHash)
			if errors.Is(err, store.ErrNotFound) {
				continue
			}
			if err != nil {
				return err
			}
			line := (&Holder{User: signed.User, Org: signed.Org}).Line(b.Now(), audit.SignOut)
			line.What = "identity provider: logout"
			if err := errors.Join(tx.EndSession(one.TokenHash), tx.EraseBundle(one.TokenHash, SignedOut), b.ending(tx, signed.User.ID), tx.Audit(line)); err != nil {
				return err
			}
		}
		return nil
	})
	if errors.Is(err, store.ErrDuplicate) {
		return &signon.Refusal{Reason: "replayed", Words: "This logout token was used already.", Do: ""}
	}
	return err
}

// forgetAt tells the identity provider that a session's refresh token is no longer wanted. It is a courtesy: what it does not hear
// lapses there by itself.
func (b *Book) forgetAt(ctx context.Context, holder *Holder) {
	if !holder.SSO || b.SSO == nil {
		return
	}
	var s *store.SSOSession
	if b.Store.Read(ctx, func(tx store.Tx) (err error) {
		s, err = tx.SSOSession(holder.TokenHash)
		return err
	}) != nil {
		return
	}
	if refresh, err := unseal(holder.Token, s.Refresh); err == nil && refresh != "" {
		ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
		defer cancel()
		_ = b.SSO.Revoke(ctx, refresh)
	}
}

// Prove gives the proof of identity for one approval to whoever comes back from the identity provider: the same person, who signed
// in there after the proof was asked for.
func (b *Book) Prove(ctx context.Context, holder *Holder, in Answer) (proof string, until time.Time, err error) {
	start, identity, err := b.redeem(ctx, in, holder)
	if err != nil {
		return "", time.Time{}, b.refused(ctx, holder, audit.ProofFail, err)
	}
	now := b.Now()
	err = b.Store.Write(ctx, func(tx store.Tx) error {
		s, err := tx.SSOSession(holder.TokenHash)
		if errors.Is(err, store.ErrNotFound) {
			return ErrSession
		}
		if err != nil {
			return err
		}
		at := identity.AuthTime
		switch {
		case identity.Issuer != s.Issuer || identity.Subject != s.Subject:
			return &signon.Refusal{Reason: "person", Words: "Somebody else signed in at the identity provider.", Do: "Nothing was approved. Prove again that it is you."}
		case at.IsZero() || at.Before(start.BeganAt.Add(-proofSkew)) || !at.After(s.AuthTime) || at.After(now.Add(signon.Skew)) || now.Sub(at) > ProofFor:
			return &signon.Refusal{Reason: "not afresh", Words: "The identity provider did not ask again who you are.", Do: "Nothing was approved. Prove again that it is you."}
		}
		// Signing in again may void what the provider gave before: the session goes on with the new.
		s.AuthTime = at
		if identity.Refresh != "" {
			if s.Refresh, err = seal(holder.Token, identity.Refresh); err != nil {
				return err
			}
			s.SID, s.HeardAt, s.RefreshDue, s.LeaseUntil = identity.SID, now, b.due(identity), time.Time{}
		}
		if err := b.keepSSO(tx, s); err != nil {
			return err
		}
		var hash string
		proof, hash = NewToken()
		until = now.Add(ProofFor)
		line := holder.Line(now, audit.Proof)
		line.PlanID = start.PlanID
		return errors.Join(tx.AddProof(&store.Proof{ProofHash: hash, TokenHash: holder.TokenHash, PlanID: start.PlanID, Etag: start.Etag, ExpiresAt: until}), tx.Audit(line))
	})
	if err != nil {
		return "", time.Time{}, b.refused(ctx, holder, audit.ProofFail, err)
	}
	return proof, until, nil
}

// UseProof takes the proof of identity of one approval, in the transaction of the approval: when that is not kept, neither is this.
// It refuses with ErrProof.
func (b *Book) UseProof(tx store.Tx, holder *Holder, proof, planID, etag string) error {
	hash := TokenHash(proof)
	p, err := tx.Proof(hash)
	if errors.Is(err, store.ErrNotFound) {
		return ErrProof
	}
	if err != nil {
		return err
	}
	if p.TokenHash != holder.TokenHash || p.PlanID != planID || p.Etag != etag || !b.Now().Before(p.ExpiresAt) {
		return ErrProof
	}
	if err := tx.TakeProof(hash); errors.Is(err, store.ErrNotFound) {
		return ErrProof
	} else if err != nil {
		return err
	}
	return nil
}

// refused audits a refusal of the identity provider's answer. as is who it was, as far as that is known.
func (b *Book) refused(ctx context.Context, as *Holder, action string, err error) error {
	var no *signon.Refusal
	if !errors.As(err, &no) {
		return err
	}
	line := as.Line(b.Now(), action)
	line.What = "identity provider: " + no.Reason
	return errors.Join(err, b.Store.Write(context.WithoutCancel(ctx), func(tx store.Tx) error { return tx.Audit(line) }))
}
