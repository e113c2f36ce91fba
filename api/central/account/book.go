package account

// What may change here: what can be done with accounts and sessions.

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"github.com/google/uuid"

	"cmc/api"
	"cmc/api/central/access"
	"cmc/api/central/audit"
	"cmc/api/central/signon"
	"cmc/api/central/store"
)

// The refusals of this package. Each is a sentence.
var (
	ErrWrong    = errors.New("the user name or the password is wrong")
	ErrLocked   = errors.New("signing in is locked for a while after repeated failures")
	ErrSession  = errors.New("the session has ended")
	ErrRole     = errors.New("there is no such role")
	ErrUsername = errors.New("a user name has 2 to 100 letters, digits, dots, dashes, underlines or an @ sign")
	// ErrPosition and ErrNoPosition are told only to somebody who has proved who they are.
	ErrPosition   = errors.New("this person does not hold that position now")
	ErrNoPosition = errors.New("this person holds no position now")
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
	// SSO is the identity provider; nil: there is none.
	SSO *signon.Party
	// RefreshEvery is how often it is asked whether a session goes on; 0: the constant of this name.
	RefreshEvery time.Duration
}

// A Holder is a signed-in person in one position.
type Holder struct {
	User      store.User // with the position's fields, which are empty until one is chosen
	Org       store.Organisation
	Token     string // never kept, never logged
	TokenHash string
	ExpiresAt time.Time
	SSO       bool // signed in at the identity provider
	// Workstation is the name of the computer at which they signed in; "": none was told.
	Workstation string
}

// Chosen says whether the person has said in which position they work.
func (h *Holder) Chosen() bool { return h.User.PositionID != "" }

// Line begins an audit line about what this person does now.
func (h *Holder) Line(at time.Time, action string) *audit.Event {
	return &audit.Event{At: at, UserID: h.User.ID, Who: h.User.Name, Role: h.User.Role, ODS: h.Org.ODS, Org: h.Org.Name, Action: action,
		Workstation: h.Workstation}
}

// An Entry is how somebody comes in with a password.
type Entry struct {
	Username, Password string
	Position           string     // the id of the position to begin in; "": the only one, or chosen afterwards
	Device             string     // the pass of a device on which they have signed in before, or ""
	NewDevice          bool       // give a pass for this device
	From               netip.Addr // where the request came from
	Workstation        string     // the name of the computer; "": none was told
}

// A SignedIn is what somebody who came in gets.
type SignedIn struct {
	Token, Device string // Device: the pass for the next time; "": none was asked for, or the old one stays
	Holder        *Holder
}

// SignIn checks a name and a password and starts a session. It refuses with ErrWrong, a *Locked, ErrPosition or ErrNoPosition;
// the name that was typed is not kept in the audit unless it is an account's.
func (b *Book) SignIn(ctx context.Context, in Entry) (*SignedIn, error) {
	in.Username = Username(in.Username)
	nameHash := NameHash(in.Username)
	var user *store.User
	var lanes []lane
	now := b.Now()
	err := b.Store.Write(ctx, func(tx store.Tx) (err error) {
		if user, err = tx.UserNamed(in.Username); errors.Is(err, store.ErrNotFound) {
			user, err = nil, nil
		}
		if err != nil {
			return err
		}
		known, err := knownDevice(tx, in.Device, user)
		if err != nil {
			return err
		}
		if known {
			lanes = []lane{deviceLane(TokenHash(in.Device))}
			if err := b.reserve(tx, nameHash, lanes, now); !errors.Is(err, ErrLocked) {
				return err
			}
		}
		lanes = strangerLanes(nameHash, in.From)
		return b.reserve(tx, nameHash, lanes, now)
	})
	if err != nil {
		return nil, err
	}
	hash := ""
	if user != nil {
		hash = user.PasswordHash
	}
	matches, err := b.Checker.Matches(ctx, in.Password, hash)
	if err != nil {
		return nil, err
	}
	if !matches || user == nil || user.Disabled {
		as := &Holder{Workstation: in.Workstation}
		if user != nil {
			as.User = *user
		}
		return nil, b.fail(ctx, nameHash, lanes, as)
	}
	out := &SignedIn{}
	refused := error(nil)
	err = b.Store.Write(ctx, func(tx store.Tx) (err error) {
		if err := b.release(tx, nameHash, lanes); err != nil {
			return err
		}
		if out.Token, out.Holder, err = b.begin(tx, user, in.Position, in.Workstation); errors.Is(err, ErrPosition) || errors.Is(err, ErrNoPosition) {
			refused = err
			line := (&Holder{User: *user, Workstation: in.Workstation}).Line(b.Now(), audit.SignInFail)
			line.What = "no such position"
			return tx.Audit(line)
		}
		if err != nil || !in.NewDevice {
			return err
		}
		pass := in.Device
		if known, err := knownDevice(tx, pass, user); err != nil {
			return err
		} else if !known {
			pass, _ = NewToken()
			out.Device = pass
		}
		return tx.PutDevice(TokenHash(pass), user.ID, b.Now())
	})
	if err = errors.Join(err, refused); err != nil {
		return nil, err
	}
	return out, nil
}

// begin starts a session: in the position that was asked for, in the only one, or in none until one is chosen.
func (b *Book) begin(tx store.Tx, user *store.User, positionID, workstation string) (string, *Holder, error) {
	open, err := openPositions(tx, user.ID)
	if err != nil {
		return "", nil, err
	}
	if len(open) == 0 {
		return "", nil, ErrNoPosition
	}
	if positionID == "" && len(open) == 1 {
		positionID = open[0].ID
	}
	now := b.Now()
	token, tokenHash := NewToken()
	holder := &Holder{User: *user, Token: token, TokenHash: tokenHash, ExpiresAt: now.Add(SessionFor), Workstation: workstation}
	if positionID != "" {
		if err := holder.take(tx, open, positionID); err != nil {
			return "", nil, err
		}
	}
	return token, holder, errors.Join(
		tx.AddSession(&store.Session{TokenHash: tokenHash, UserID: user.ID, PositionID: positionID, CreatedAt: now, SeenAt: now, ExpiresAt: holder.ExpiresAt,
			Workstation: workstation}),
		tx.Audit(holder.Line(now, audit.SignIn)),
	)
}

// fail audits a failure of whose account was tried, as far as that is known, and says what to answer.
func (b *Book) fail(ctx context.Context, nameHash string, lanes []lane, as *Holder) error {
	line := as.Line(b.Now(), audit.SignInFail)
	if err := b.Store.Write(ctx, func(tx store.Tx) error { return tx.Audit(line) }); err != nil {
		return err
	}
	if err := b.lockedNow(ctx, nameHash, lanes); err != nil {
		return err
	}
	return ErrWrong
}

// CheckAgain compares the password of somebody who is signed in, for a signature. Its failures are counted for this session, so
// that nobody else can lock a signature.
func (b *Book) CheckAgain(ctx context.Context, holder *Holder, password string) error {
	nameHash := NameHash(holder.User.Username)
	lanes := []lane{sessionLane(holder.TokenHash)}
	var user *store.User
	err := b.Store.Write(ctx, func(tx store.Tx) (err error) {
		if user, err = tx.User(holder.User.ID); err != nil {
			return err
		}
		return b.reserve(tx, nameHash, lanes, b.Now())
	})
	if err != nil {
		return err
	}
	matches, err := b.Checker.Matches(ctx, password, user.PasswordHash)
	if err != nil {
		return err
	}
	if !matches || user.Disabled {
		return b.fail(ctx, nameHash, lanes, holder)
	}
	return b.Store.Write(ctx, func(tx store.Tx) error { return b.release(tx, nameHash, lanes) })
}

// Session finds the person who holds a token. It refuses with ErrSession.
func (b *Book) Session(ctx context.Context, token string) (*Holder, error) {
	holder, seen, err := b.look(ctx, token)
	if err != nil {
		return nil, err
	}
	if now := b.Now(); now.Sub(seen) >= SeenEvery {
		if err := b.Store.Write(ctx, func(tx store.Tx) error { return tx.SeeSession(holder.TokenHash, now) }); err != nil &&
			!errors.Is(err, store.ErrUnavailable) {
			return nil, err
		}
	}
	return holder, nil
}

// look finds the person who holds a token, without counting as use, and asks the identity provider when it is time to.
func (b *Book) look(ctx context.Context, token string) (*Holder, time.Time, error) {
	if token == "" {
		return nil, time.Time{}, ErrSession
	}
	hash := TokenHash(token)
	var signed *store.Signed
	err := b.Store.Once(ctx, func(tx store.Tx) (err error) {
		signed, err = tx.Signed(hash)
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		err = ErrSession
	}
	if err != nil {
		return nil, time.Time{}, err
	}
	now := b.Now()
	s := &signed.Session
	if !Alive(s.SeenAt, s.ExpiresAt, now) || signed.User.Disabled || signed.Position.Disabled {
		return nil, time.Time{}, ErrSession
	}
	holder := &Holder{User: signed.User, Org: signed.Org, Token: token, TokenHash: hash, ExpiresAt: s.ExpiresAt, SSO: signed.SSO,
		Workstation: s.Workstation}
	if signed.SSO && !now.Before(signed.RefreshDue) {
		if err := b.ask(ctx, holder); errors.Is(err, store.ErrNotFound) { // it ended while the provider was asked
			return nil, time.Time{}, ErrSession
		} else if err != nil {
			return nil, time.Time{}, err
		}
	}
	return holder, s.SeenAt, nil
}

// Stands gives a session as it is now, without counting as use of it; nil: it has ended. While the database is away, what
// was true stays.
func (b *Book) Stands(ctx context.Context, holder *Holder) *Holder {
	now, _, err := b.look(ctx, holder.Token)
	if errors.Is(err, ErrSession) {
		return nil
	}
	if err != nil {
		return holder
	}
	return now
}

// SignOut ends a session.
func (b *Book) SignOut(ctx context.Context, holder *Holder) error {
	b.forgetAt(ctx, holder)
	return b.Store.Write(ctx, func(tx store.Tx) error {
		return errors.Join(tx.EndSession(holder.TokenHash), tx.EraseBundle(holder.TokenHash, SignedOut), b.ending(tx, holder.User.ID), tx.Audit(holder.Line(b.Now(), audit.SignOut)))
	})
}

// A NewUser is an account to be made, with its first position.
type NewUser struct {
	Username, Name, RoleTitle, RegNumber, ODS, Password string
	Role                                                api.Role
	Issuer, Subject                                     string // who they are at the identity provider; "": nobody there
}

// Add makes an account. Somebody of the identity provider may have no password.
func (b *Book) Add(ctx context.Context, n NewUser) (*store.User, error) {
	if n.Password == "" && n.Subject != "" {
		return b.AddHashed(ctx, n, "")
	}
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
		RegNumber: n.RegNumber, ODS: n.ODS,
		Issuer: n.Issuer, Subject: n.Subject, PasswordHash: hashed, CreatedAt: b.Now()}
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

// SetPassword changes a password, ends every session of the account and forgets its devices.
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
		return errors.Join(tx.SetPassword(user.ID, hashed), tx.DropDevices(user.ID), b.endAll(tx, user.ID), tx.ClearAttempts(NameHash(user.Username)),
			tx.Audit(b.byHand("set-password", user.Username)))
	})
}

// Disable ends an account, every session of it and its devices, or with false opens it again.
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
		return errors.Join(tx.SetUserDisabled(user.ID, disabled), tx.DropDevices(user.ID), b.endAll(tx, user.ID), tx.Audit(b.byHand(what, user.Username)))
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
