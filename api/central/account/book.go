package account

// What may change here: what can be done with accounts and sessions.

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"cmc/api"
	"cmc/api/central/access"
	"cmc/api/central/audit"
	"cmc/api/central/store"
)

// The refusals of this package. Each is a sentence.
var (
	ErrWrong    = errors.New("the user name or the password is wrong")
	ErrLocked   = errors.New("signing in is locked for a while after repeated failures")
	ErrSession  = errors.New("the session has ended")
	ErrRole     = errors.New("there is no such role")
	ErrUsername = errors.New("a user name has 2 to 100 letters, digits, dots, dashes, underlines or an @ sign")
)

// Locked is ErrLocked with the time until which it lasts.
type Locked struct{ Until time.Time }

// Error is ErrLocked's sentence.
func (l *Locked) Error() string { return ErrLocked.Error() }

// Is makes errors.Is(err, ErrLocked) true.
func (l *Locked) Is(target error) bool { return target == ErrLocked }

// A Book is the accounts of one service.
type Book struct {
	Store   store.Store
	Checker *Checker
	Now     func() time.Time
}

// A Holder is a signed-in person.
type Holder struct {
	User      store.User
	Org       store.Organisation
	TokenHash string
	ExpiresAt time.Time
}

// Line begins an audit line about what this person does now.
func (h *Holder) Line(at time.Time, action string) *audit.Event {
	return &audit.Event{At: at, UserID: h.User.ID, Who: h.User.Name, Role: h.User.Role, ODS: h.Org.ODS, Org: h.Org.Name, Action: action}
}

// SignIn checks a name and a password and starts a session. It refuses with ErrWrong or a *Locked; the name that was typed
// is not kept in the audit unless it is an account's.
func (b *Book) SignIn(ctx context.Context, username, password string) (token string, holder *Holder, err error) {
	username = Username(username)
	nameHash := NameHash(username)
	var user *store.User
	var org *store.Organisation
	var failure *store.Failure
	err = b.Store.Read(ctx, func(tx store.Tx) error {
		var err error
		if failure, err = tx.Failure(nameHash); err != nil {
			return err
		}
		if user, err = tx.UserNamed(username); errors.Is(err, store.ErrNotFound) {
			user, err = nil, nil
		}
		if err != nil || user == nil {
			return err
		}
		org, err = tx.Organisation(user.ODS)
		return err
	})
	if err != nil {
		return "", nil, err
	}
	now := b.Now()
	if now.Before(failure.LockedUntil) {
		return "", nil, &Locked{Until: failure.LockedUntil}
	}
	hash := ""
	if user != nil {
		hash = user.PasswordHash
	}
	matches, err := b.Checker.Matches(ctx, password, hash)
	if err != nil {
		return "", nil, err
	}
	if !matches || user == nil || user.Disabled {
		return "", nil, b.fail(ctx, nameHash, user, org)
	}
	token, tokenHash := NewToken()
	holder = &Holder{User: *user, Org: *org, TokenHash: tokenHash, ExpiresAt: now.Add(SessionFor)}
	err = b.Store.Write(ctx, func(tx store.Tx) error {
		return errors.Join(
			tx.ClearFailure(nameHash),
			tx.AddSession(&store.Session{TokenHash: tokenHash, UserID: user.ID, CreatedAt: now, SeenAt: now, ExpiresAt: holder.ExpiresAt}),
			tx.Audit(holder.Line(now, audit.SignIn)),
		)
	})
	if err != nil {
		return "", nil, err
	}
	return token, holder, nil
}

// fail counts a failure and says what to answer.
func (b *Book) fail(ctx context.Context, nameHash string, user *store.User, org *store.Organisation) error {
	now := b.Now()
	answer := error(ErrWrong)
	err := b.Store.Write(ctx, func(tx store.Tx) error {
		failure, err := tx.Failure(nameHash) // again: others may have failed meanwhile
		if err != nil {
			return err
		}
		failure.Count, failure.LockedUntil = Fail(failure.Count, failure.LastAt, now)
		failure.LastAt = now
		if !failure.LockedUntil.IsZero() {
			answer = &Locked{Until: failure.LockedUntil}
		}
		line := &audit.Event{At: now, Action: audit.SignInFail}
		if user != nil && org != nil {
			line = (&Holder{User: *user, Org: *org}).Line(now, audit.SignInFail)
		}
		return errors.Join(tx.PutFailure(failure), tx.Audit(line))
	})
	if err != nil {
		return err
	}
	return answer
}

// CheckAgain compares the password of somebody who is signed in, for a signature. It counts failures as SignIn does.
func (b *Book) CheckAgain(ctx context.Context, holder *Holder, password string) error {
	nameHash := NameHash(holder.User.Username)
	var failure *store.Failure
	var user *store.User
	err := b.Store.Read(ctx, func(tx store.Tx) (err error) {
		if failure, err = tx.Failure(nameHash); err != nil {
			return err
		}
		user, err = tx.User(holder.User.ID)
		return err
	})
	if err != nil {
		return err
	}
	if b.Now().Before(failure.LockedUntil) {
		return &Locked{Until: failure.LockedUntil}
	}
	matches, err := b.Checker.Matches(ctx, password, user.PasswordHash)
	if err != nil {
		return err
	}
	if !matches || user.Disabled {
		return b.fail(ctx, nameHash, user, &holder.Org)
	}
	return nil
}

// Session finds the person who holds a token. It refuses with ErrSession.
func (b *Book) Session(ctx context.Context, token string) (*Holder, error) {
	if token == "" {
		return nil, ErrSession
	}
	hash := TokenHash(token)
	now := b.Now()
	var holder *Holder
	var seen time.Time
	err := b.Store.Once(ctx, func(tx store.Tx) error {
		session, user, org, err := tx.Signed(hash)
		if err != nil {
			return err
		}
		if !Alive(session.SeenAt, session.ExpiresAt, now) || user.Disabled {
			return ErrSession
		}
		seen = session.SeenAt
		holder = &Holder{User: *user, Org: *org, TokenHash: hash, ExpiresAt: session.ExpiresAt}
		return nil
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil, ErrSession
	}
	if err != nil {
		return nil, err
	}
	if now.Sub(seen) >= SeenEvery {
		if err := b.Store.Write(ctx, func(tx store.Tx) error { return tx.SeeSession(hash, now) }); err != nil &&
			!errors.Is(err, store.ErrUnavailable) {
			return nil, err
		}
	}
	return holder, nil
}

// SignOut ends a session.
func (b *Book) SignOut(ctx context.Context, holder *Holder) error {
	return b.Store.Write(ctx, func(tx store.Tx) error {
		return errors.Join(tx.EndSession(holder.TokenHash), tx.Audit(holder.Line(b.Now(), audit.SignOut)))
	})
}

// A NewUser is an account to be made.
type NewUser struct {
	Username, Name, RoleTitle, RegNumber, ODS, Password string
	Role                                                api.Role
}

// Add makes an account.
func (b *Book) Add(ctx context.Context, n NewUser) (*store.User, error) {
	if err := CheckPassword(n.Password); err != nil {
		return nil, err
	}
	hashed, err := Hash(n.Password)
	if err != nil {
		return nil, err
	}
	return b.AddHashed(ctx, n, hashed)
}

// AddHashed makes an account whose password is hashed already.
func (b *Book) AddHashed(ctx context.Context, n NewUser, hashed string) (*store.User, error) {
	if !access.Known(n.Role) {
		return nil, ErrRole
	}
	if !goodUsername(Username(n.Username)) {
		return nil, ErrUsername
	}
	user := &store.User{ID: uuid.NewString(), Username: Username(n.Username), Name: n.Name, Role: string(n.Role), RoleTitle: n.RoleTitle,
		RegNumber: n.RegNumber, ODS: n.ODS, PasswordHash: hashed, CreatedAt: b.Now()}
	err := b.Store.Write(ctx, func(tx store.Tx) error {
		if _, err := tx.Organisation(n.ODS); err != nil {
			return fmt.Errorf("organisation %s: %w", n.ODS, err)
		}
		return errors.Join(tx.AddUser(user), tx.Audit(b.byHand("add", user.Username)))
	})
	if err != nil {
		return nil, err
	}
	return user, nil
}

// byHand is the audit line of a command on the server itself.
func (b *Book) byHand(what, username string) *audit.Event {
	return &audit.Event{At: b.Now(), Who: "cmc-central", Action: audit.Account, What: what + " " + username}
}

func goodUsername(name string) bool {
	if len(name) < 2 || len(name) > 100 {
		return false
	}
	for _, r := range name {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '.', r == '-', r == '_', r == '@':
		default:
			return false
		}
	}
	return true
}

// SetPassword changes a password and ends every session of the account.
func (b *Book) SetPassword(ctx context.Context, username, password string) error {
	if err := CheckPassword(password); err != nil {
		return err
	}
	hashed, err := Hash(password)
	if err != nil {
		return err
	}
	return b.Store.Write(ctx, func(tx store.Tx) error {
		user, err := tx.UserNamed(Username(username))
		if err != nil {
			return err
		}
		return errors.Join(tx.SetPassword(user.ID, hashed), tx.EndSessionsOf(user.ID), tx.ClearFailure(NameHash(user.Username)),
			tx.Audit(b.byHand("set-password", user.Username)))
	})
}

// Disable ends an account and every session of it, or with false opens it again.
func (b *Book) Disable(ctx context.Context, username string, disabled bool) error {
	return b.Store.Write(ctx, func(tx store.Tx) error {
		user, err := tx.UserNamed(Username(username))
		if err != nil {
			return err
		}
		what := "enable"
		if disabled {
			what = "disable"
		}
		return errors.Join(tx.SetUserDisabled(user.ID, disabled), tx.EndSessionsOf(user.ID), tx.Audit(b.byHand(what, user.Username)))
	})
}

// Users lists the accounts.
func (b *Book) Users(ctx context.Context) (users []store.User, err error) {
	err = b.Store.Read(ctx, func(tx store.Tx) error {
		users, err = tx.Users()
		return err
	})
	return users, err
}

// PutOrganisation adds an organisation or changes it.
func (b *Book) PutOrganisation(ctx context.Context, o store.Organisation) error {
	return b.Store.Write(ctx, func(tx store.Tx) error {
		return errors.Join(tx.PutOrganisation(&o), tx.Audit(b.byHand("organisation", o.ODS)))
	})
}

// Organisations lists the organisations.
func (b *Book) Organisations(ctx context.Context) (organisations []store.Organisation, err error) {
	err = b.Store.Read(ctx, func(tx store.Tx) error {
		organisations, err = tx.Organisations()
		return err
	})
	return organisations, err
}

// Stands says whether a session still stands, without counting as use of it.
func (b *Book) Stands(ctx context.Context, holder *Holder) bool {
	stands := false
	err := b.Store.Read(ctx, func(tx store.Tx) error {
		session, err := tx.Session(holder.TokenHash)
		if err != nil {
			return err
		}
		user, err := tx.User(session.UserID)
		if err != nil {
			return err
		}
		stands = !user.Disabled && Alive(session.SeenAt, session.ExpiresAt, b.Now())
		return nil
	})
	return stands || errors.Is(err, store.ErrUnavailable)
}
