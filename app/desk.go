// Package app is the desktop's brain: signing in, finding people, writing drafts, printing, training. It draws nothing.
//
// Contract:
//   - Every method of Desk with a context may block on the network, the disk or the keychain: call it off the drawing
//     thread. Methods without a context touch memory only, unless their comment says otherwise.
//   - All methods may be called from any goroutine.
//   - The service decides what a person may do; the desk only carries it.
//   - Clinical words are on this computer only in memory and in the encrypted store of package drafts. Credentials are in
//     the OS keychain or nowhere.
//   - Errors become words in Explain, and only there. Log lines hold no patient's data.
//   - No Fyne, and no import of api/central: the training service is given by Params.Host.
package app

// What may change here: what a Desk is made of, and how it begins and ends.

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"cmc/api"
	"cmc/app/keychain"
	"cmc/app/platform"
	"cmc/app/preset"
	"cmc/app/printing"
	"cmc/forms"
)

// Params is what a Desk needs.
type Params struct {
	ProfileDir string                                      // this user's own folder for settings and the encrypted local store; made with 0700
	Version    string                                      // of the program, for the service's log
	Host       func(ctx context.Context) (Hosted, error)   // hosts the training service in this process, on loopback; nil: no training
	Now        func() time.Time                            // nil: time.Now
	Definition func(name string) (*forms.Definition, bool) // the form that a plan names; nil: the plans of forms/plan
	Log        *slog.Logger                                // nil: nothing is logged
	Refresh    time.Duration                               // how often plans to be read offline are fetched anew; 0: ten minutes
	Preset     preset.Preset                               // what an administrator settled on this computer
	Proof      Proof                                       // proves without the service who somebody is; nil: nothing here can
}

// Hosted is a training service that runs inside this process.
type Hosted struct {
	Address string
	Close   func() error
}

// A Desk is one running desktop. Make it with New and end it with Close.
type Desk struct {
	p    Params
	keys *keychain.Chain
	// proxies are the ways out of this network, for all clients: they remember together what a proxy refused.
	proxies *api.Proxies
	ctx     context.Context // ends with the desk
	stop    context.CancelFunc
	tasks   sync.WaitGroup
	clock   atomic.Pointer[clockPair]

	workstation string // does not change after New

	saving  sync.Mutex // of the settings file; taken before mu
	hosting sync.Mutex // while a training service starts or ends; taken before saving and mu

	mu       sync.Mutex
	settings Settings
	places   map[string]Place
	readers  map[string]string
	writing  *platform.LatestWriter
	hosted   *Hosted
	training bool
	now      *session // nil: nobody is signed in
	waiting  *waiting // nil: nobody has a position to choose
	desks    map[string]*held
	jobs     map[*printing.Job]struct{}
	watchers map[int]watcher
	wheres   map[int]func()
	off      offline
	accounts map[string]account // for proxies, by host and port
	nextID   int
	lock     locking
}

// New makes a desk, reads its settings, and removes pages that a crash left behind. A profile folder that cannot be used
// is no error: nothing is kept then, and the status of every draft says so. It may block on the disk: call it at start.
func New(p Params) (*Desk, error) {
	if p.ProfileDir == "" {
		return nil, errors.New("app: no profile folder was given")
	}
	if p.Now == nil {
		p.Now = time.Now
	}
	if p.Log == nil {
		p.Log = slog.New(slog.DiscardHandler)
	}
	dir, err := filepath.Abs(p.ProfileDir)
	if err != nil {
		return nil, err
	}
	p.ProfileDir = dir
	if err := platform.PrivateDir(dir); err != nil {
		p.Log.Warn("the profile folder cannot be used", "err", err)
	}
	d := &Desk{
		p: p, keys: keychain.New(), desks: map[string]*held{}, jobs: map[*printing.Job]struct{}{},
		watchers: map[int]watcher{}, wheres: map[int]func(){}, writing: platform.NewLatestWriter(),
	}
	d.accounts, d.proxies = map[string]account{}, api.NewProxies(d.wayOut)
	d.ctx, d.stop = context.WithCancel(context.Background())
	d.settings, d.places, d.readers = d.readSettings()
	d.nameWorkstation()
	d.lock.proofs, d.lock.missed = map[string]proof{}, map[string]api.Event{}
	if err := printing.Sweep(d.printDir()); err != nil && !errors.Is(err, os.ErrNotExist) {
		p.Log.Warn("old pages could not be removed", "err", err)
	}
	d.tasks.Go(d.sweepOffline)
	return d, nil
}

// Close keeps what is left, ends the training service if there is one, and removes pages that wait for a printer. The
// session stays valid, so that the next start can resume it. It may block for some seconds, and on Windows for two minutes
// after printing, until what shows PDF files has read the page; call it when the window has closed.
func (d *Desk) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	d.leave(ctx, true)
	d.closeJobs()
	d.stop()
	d.hosting.Lock() // one that is just starting has been told to stop, or ends here
	defer d.hosting.Unlock()
	d.mu.Lock()
	hosted := d.hosted
	d.hosted = nil
	d.mu.Unlock()
	var err error
	if hosted != nil && hosted.Close != nil {
		err = hosted.Close()
	}
	d.writing.Close()
	d.tasks.Wait()
	return err
}

// Closed ends when the desk does.
func (d *Desk) Closed() <-chan struct{} { return d.ctx.Done() }

// A clockPair is one moment on two clocks.
type clockPair struct{ here, service time.Time }

// Now is the clinical time: the service's clock, as far as it is known. It takes no lock: editors ask it under theirs.
// A clock that is set back while the program runs takes it nowhere: the time that has passed since is counted then, and the
// clock on the wall only where it has gone on by more (a computer that slept).
func (d *Desk) Now() time.Time {
	now, pair := d.p.Now(), d.clock.Load()
	if pair == nil {
		return now
	}
	counted, shown := now.Sub(pair.here), now.Round(0).Sub(pair.here.Round(0))
	return pair.service.Add(max(counted, shown, 0)).In(now.Location())
}

func (d *Desk) printDir() string { return filepath.Join(d.p.ProfileDir, "paper") }
