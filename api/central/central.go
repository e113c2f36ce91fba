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
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"cmc/api"
	"cmc/api/central/account"
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
	if options.Chores <= 0 {
		options.Chores = choreEvery
	}
	limits := options.Limits.Whole()
	if options.Training {
		limits.Person, limits.Address = limits.Person*limits.Training, limits.Address*limits.Training
	}
	s := &Service{options: options, log: options.Logger, hub: notify.NewHub(), gauges: newGauges(), faces: newFaces(), lines: newLines(), limits: limits,
		door: pressure.NewDoor(limits), pace: pressure.NewPace(limits),
		now: func() time.Time { return options.Now().UTC() }}
	db, err := openStore(ctx, options.DataDir, options.Database, store.Options{Told: s.told, Missed: s.missed, MaxPages: options.MaxPages})
	if err != nil {
		return nil, err
	}
	s.store = db
	if options.wrap != nil {
		s.store = options.wrap(db)
	}
	if err := s.begin(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return s, nil
}

// begin checks what the database is for and starts what runs beside the requests.
func (s *Service) begin(ctx context.Context) error {
	if err := s.claimMode(ctx); err != nil {
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
		if err := s.seed(ctx); err != nil {
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
		if leads, err = s.store.Lead(ctx, 3*s.options.Chores); leads && err == nil {
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
	s.hub.Send(api.Event{Kind: "worklists"}, func(string, string) bool { return true })
}

// told passes a notice on to those who may know.
func (s *Service) told(n store.Notice) {
	ods := make(map[string]bool, len(n.ODS))
	for _, one := range n.ODS {
		ods[one] = true
	}
	users := make(map[string]bool, len(n.Users))
	for _, one := range n.Users {
		users[one] = true
	}
	s.hub.Send(api.Event{Kind: n.Kind, PlanID: n.PlanID, Status: n.Status}, func(userID, listenerODS string) bool {
		return users[userID] || ods[listenerODS]
	})
}
