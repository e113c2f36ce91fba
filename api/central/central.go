// Package central is the central service: the one place where plans live. It answers HTTP, keeps what it knows in a store,
// and decides who may see and do what.
//
// Contract:
//   - Open starts it over a folder, Handler serves it, Close ends it. cmd/cmc-central and cmd/cmc (training, on loopback) are
//     its only hosts.
//   - Every route is in routes.go. Every answer that is not a success is an api.Problem; none holds a patient's data.
//   - Every search, view, save, print and decision is audited: a change in its own transaction, a view before it is answered.
//   - The log holds the method, the route's pattern, the status, the time taken and the user's id; never an address with an
//     id in it, a body or a name.
//   - The service keeps no state of its own that a second copy would need; what it remembers is only to be quicker, and is
//     looked up by what the database says now. Any number of copies may serve one PostgreSQL; one of them does the timed work.
package central

// What may change here: how the service is put together and what it does by itself.

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"cmc/api"
	"cmc/api/central/access"
	"cmc/api/central/account"
	"cmc/api/central/lifecycle"
	"cmc/api/central/notify"
	"cmc/api/central/pressure"
	"cmc/api/central/store"
)

// Options are how a service is opened. DataDir or Database is needed; the rest has defaults.
type Options struct {
	DataDir  string           // a folder for the embedded database, made when it is not there
	Database string           // the address of a PostgreSQL (postgres://...), instead of a folder
	Training bool             // invented people only; seeded when the database is new
	Now      func() time.Time // the clinical clock; nil: time.Now
	Logger   *slog.Logger     // nil: nothing is logged
	Name     string           // of the service; empty: "Coordinate My Care"
	Version  string           // of the program; empty: "development"
	HelpDesk string           // whom to call; empty: words without a number
	SSO      *SSO             // the identity provider; nil: people sign in with a password only
	MaxPages int              // most pages of the embedded database's file, 0: no limit
	Chores   time.Duration    // how often the service looks after what time has brought; 0: each minute
	Limits   pressure.Limits  // how much is done at once, and how fast one may ask; zero: what is usual
	Proxies  []netip.Prefix   // whose X-Forwarded-For is believed
	Offline  time.Duration    // how long plans may be read offline, at most OfflineMost; 0: OfflineFor; less than 0: never
	KeyFile  string           // the key of what is sealed; empty: KeyFile(DataDir), made when the database is new
	// LockMinutes is after how many idle minutes desktops lock; outside api.LeastLock to api.MostLock: api.UsualLock.
	LockMinutes int
	// Client says which versions of the desktop are served. Nobody signs in with one before its Oldest.
	Client api.Releases

	wrap func(store.Store) store.Store // tests: stands between the service and its database
}

// Service is an open service.
type Service struct {
	options Options
	store   store.Store
	book    *account.Book
	hub     *notify.Hub
	scribe  *scribe
	gauges  *gauges
	faces   *faces
	door    *pressure.Door
	pace    *pressure.Pace
	limits  pressure.Limits
	bodies  atomic.Int64 // requests with a body under way
	lines   *lines
	log     *slog.Logger
	now     func() time.Time
	// caughtUp says that the facts of every version that is there are kept (catchUp).
	caughtUp atomic.Bool
	handler  http.Handler

	stop    context.CancelFunc
	chores  sync.WaitGroup
	closing sync.Once
	closed  error
}

// The errors of Open, each a sentence.
var (
	ErrHoldsTraining = errors.New("this holds training data with invented people; a real service needs a folder or database of its own")
	ErrHoldsReal     = errors.New("this holds the data of a real service; training needs a folder or database of its own")
)

// choreEvery is how often the service looks after what time has brought.
const choreEvery = time.Minute

// startFor is for how long a start waits for a database that is busy.
const startFor = 30 * time.Second

// leadFor is for how long a copy of the service that hangs keeps the timed work from the others, at least.
const leadFor = 10 * time.Second

// keyFile is where the key of the options lies; "" when a database of its own server was given none.
func keyFile(options Options) string {
	if options.KeyFile != "" || options.DataDir == "" {
		return options.KeyFile
	}
	return KeyFile(options.DataDir)
}

// Open opens the service over its database, brings the database to its newest shape and, in training, fills a new one with
// invented people. It refuses to mix training and real data.
func Open(ctx context.Context, options Options) (*Service, error) {
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.Logger == nil {
		options.Logger = slog.New(slog.DiscardHandler)
	}
	if options.Name == "" {
		options.Name = "Coordinate My Care"
	}
	if options.Version == "" {
		options.Version = "development"
	}
	if options.HelpDesk == "" {
		options.HelpDesk = "Call the help desk of your organisation."
	}
	if options.LockMinutes < api.LeastLock || options.LockMinutes > api.MostLock { // never off
		options.LockMinutes = api.UsualLock
	}
	if options.Chores <= 0 {
		options.Chores = choreEvery
	}
	if options.Offline == 0 {
		options.Offline = OfflineFor
	}
	if options.Offline > OfflineMost {
		return nil, ErrOffline
	}
	limits := options.Limits.Whole()
	if options.Training {
		limits.Person, limits.Address = limits.Person*limits.Training, limits.Address*limits.Training
	}
	s := &Service{options: options, log: options.Logger, hub: notify.NewHub(), gauges: newGauges(), faces: newFaces(), lines: newLines(), limits: limits,
		door: pressure.NewDoor(limits), pace: pressure.NewPace(limits),
		now: func() time.Time { return options.Now().UTC().Truncate(time.Millisecond) }} // as it is kept, so that a plan read again is not older than the answer to its save
	db, err := openStore(ctx, options.DataDir, options.Database, store.Options{Told: s.told, Missed: s.missed, MaxPages: options.MaxPages})
	if err != nil {
		return nil, err
	}
	var under store.Store = db
	if options.wrap != nil {
		under = options.wrap(db)
	}
	var v *vault
	if err := s.patiently(ctx, func(ctx context.Context) (err error) {
		v, err = openVault(ctx, under, keyFile(options), options.Database == "")
		return err
	}); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	s.store = v
	if err := s.begin(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return s, nil
}

// patiently does a step of the start again while a database of its own server is busy: another copy of the service may be
// filling a new one.
func (s *Service) patiently(ctx context.Context, step func(context.Context) error) error {
	for until := time.Now().Add(startFor); ; {
		err := step(ctx)
		if s.options.Database == "" || !errors.Is(err, store.ErrUnavailable) || time.Now().After(until) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// begin checks what the database is for and starts what runs beside the requests.
func (s *Service) begin(ctx context.Context) error {
	if err := s.patiently(ctx, s.claimMode); err != nil {
		return err
	}
	checker, err := account.NewChecker(s.options.Training)
	if err != nil {
		return err
	}
	s.book = &account.Book{Store: s.store, Checker: checker, Now: s.now}
	if err := s.joinSSO(); err != nil {
		return err
	}
	if s.options.Training {
		if err := s.patiently(ctx, s.seed); err != nil {
			return err
		}
	}
	s.gauges.watch(s.door)
	s.handler = s.wire()
	background, stop := context.WithCancel(context.Background())
	s.stop = stop
	s.scribe = newScribe(s.store)
	s.chores.Go(func() { s.scribe.run() })
	s.chores.Go(func() { s.keepHouse(background) })
	s.chores.Go(func() { s.watchEndings(background) })
	return nil
}

// The values of the meta entry "mode".
const (
	modeTraining = "training"
	modeReal     = "real"
)

// claimMode marks a new database as training or real, and refuses one of the other kind.
func (s *Service) claimMode(ctx context.Context) error {
	return s.store.Write(ctx, func(tx store.Tx) error {
		mode, err := tx.Meta("mode")
		if err != nil {
			return err
		}
		if filling, err := tx.Meta(store.FillingMeta); err != nil || filling != "" {
			return cmp.Or(err, ErrLoading)
		}
		switch {
		case mode == "" && s.options.Training:
			return tx.SetMeta("mode", modeTraining)
		case mode == "":
			return tx.SetMeta("mode", modeReal)
		case mode == modeReal && s.options.Training:
			return ErrHoldsReal
		case mode == modeTraining && !s.options.Training:
			return ErrHoldsTraining
		}
		return nil
	})
}

// keepHouse does the chores until the service closes, while this copy of the service is the one that does.
func (s *Service) keepHouse(ctx context.Context) {
	ticker := time.NewTicker(s.options.Chores)
	defer ticker.Stop()
	leads := false
	for {
		was := leads
		var err error
		if leads, err = s.store.Lead(ctx, max(3*s.options.Chores, leadFor)); leads && err == nil {
			err = s.Chores(ctx)
		}
		if err != nil && ctx.Err() == nil {
			s.log.Error("chores", "err", err)
		}
		if leads != was {
			s.log.Info("timed work", "here", leads)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// Accounts is the service's book of accounts, for the commands of cmc-central.
func (s *Service) Accounts() *account.Book { return s.book }

// Training says whether the service holds invented people.
func (s *Service) Training() bool { return s.options.Training }

// Handler serves every route. It may be used until Close.
func (s *Service) Handler() http.Handler { return s.handler }

// Close ends listening and chores and closes the database. Requests that are under way should have ended: shut the HTTP
// server down first, after calling Hush.
func (s *Service) Close() error {
	s.closing.Do(func() {
		s.hub.Close()
		s.stop()
		s.scribe.close()
		s.chores.Wait()
		s.closed = s.store.Close()
	})
	return s.closed
}

// Hush ends every line of events, so that a server can shut down without waiting for listeners.
func (s *Service) Hush() { s.hub.Close() }

// missed tells everybody that anything may have changed, after notices of other copies may have been missed.
func (s *Service) missed() {
	s.hub.Send(func(access.Person) (api.Event, bool) { return api.Event{Kind: "worklists"}, true })
}

// told passes a notice on to those who may know, as far as they see: the same rule decides as when they ask for the plan.
func (s *Service) told(n store.Notice) {
	s.hub.Send(func(p access.Person) (api.Event, bool) {
		record := access.Record{State: lifecycle.State(n.Status), Live: n.Live}
		holder := ""
		for _, one := range n.Ties {
			if one.ODS != "" && one.ODS == p.ODS || one.UserID != "" && one.UserID == p.ID {
				record.Relations = append(record.Relations, access.Relation(one.Kind))
			}
			if one.Kind == string(access.Holder) {
				holder = one.ODS
			}
		}
		event := api.Event{Kind: n.Kind, PlanID: n.PlanID}
		if n.Kind == glassNotice {
			return event, access.JudgeGlassReview(p, holder, "").OK
		}
		switch access.See(p, record) {
		case access.Everything, access.Desk:
			event.Status = n.Status
			if n.Revision > 0 {
				event.Etag = etag(&store.Plan{Revision: n.Revision})
			}
		case access.Published: // that something changed, not that a draft is being written
		default: // who read the plan while it was in force is told that it is to be read again: it may be on their screen
			record.State = lifecycle.Approved
			return event, n.Live && access.See(p, record) >= access.Desk
		}
		return event, true
	})
}
