package app

// What may change here: which service this desk speaks to.

import (
	"context"
	"errors"
	"runtime"
	"time"

	"cmc/api"
)

// ErrNoAddress says that no service has been chosen yet.
var ErrNoAddress = errors.New("no address of a central service is set")

// ErrFixedAddress says that an administrator has settled which service this computer speaks to.
var ErrFixedAddress = errors.New("the address of the central service is settled for this computer by your organisation")

// ErrNoTraining says that this copy of the program cannot host the training service.
var ErrNoTraining = errors.New("this program holds no training service")

// Address is the address of the service in use: the training service's while training is hosted here, else the one of the
// settings, which may be "".
func (d *Desk) Address() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.hosted != nil {
		return d.hosted.Address
	}
	return d.settings.Address
}

// AddressFixed says whether an administrator has settled the address, so that nobody chooses another one here. It never blocks.
func (d *Desk) AddressFixed() bool { return d.p.Preset.Fixed }

// SSOOnly says whether people sign in by single sign-on on this computer wherever the service has it, as an administrator settled it. It
// never blocks.
func (d *Desk) SSOOnly() bool { return d.p.Preset.SSOOnly }

// TestConnection asks the service at an address what it is. The error names the hop that failed in a sentence.
func (d *Desk) TestConnection(ctx context.Context, address string) (api.ServiceInfo, error) {
	r := d.Route()
	r.Address = address
	return d.TryRoute(ctx, r)
}

// SetAddress makes the desk speak to another service from the next sign-in on; training that was hosted here ends, and
// whoever is signed in is signed out here. It keeps the address for the next start. It may block for some seconds while
// open drafts are kept and sent: call it off the drawing thread. ErrFixedAddress: it is another one than an administrator settled.
func (d *Desk) SetAddress(address string) error {
	client, err := d.newClient(address)
	if err != nil {
		return err
	}
	if err := d.mayUse(client); err != nil {
		return err
	}
	d.hosting.Lock()
	defer d.hosting.Unlock()
	ctx, cancel := context.WithTimeout(d.ctx, 5*time.Second)
	defer cancel()
	d.leave(ctx, false)
	d.mu.Lock()
	hosted := d.hosted
	d.hosted, d.training = nil, false
	d.clock.Store(nil)
	settings := d.settings
	d.mu.Unlock()
	if hosted != nil && hosted.Close != nil {
		if err := hosted.Close(); err != nil {
			d.p.Log.Warn("the training service did not end cleanly", "err", err)
		}
	}
	settings.Address = client.Base()
	return d.SaveSettings(settings)
}

// mayUse refuses a client of another service than an administrator settled.
func (d *Desk) mayUse(client *api.Client) error {
	if d.p.Preset.Fixed && client.Base() != d.p.Preset.Address {
		return ErrFixedAddress
	}
	return nil
}

// StartTraining starts a training service inside this program and points the desk at it. A second call does nothing; a desk
// that has been closed starts none, and the error is context.Canceled.
func (d *Desk) StartTraining(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(d.ctx, cancel)()
	d.hosting.Lock() // two at once would be two services over one database
	defer d.hosting.Unlock()
	if err := d.ctx.Err(); err != nil {
		return err
	}
	d.mu.Lock()
	running := d.hosted != nil
	d.mu.Unlock()
	if running {
		return nil
	}
	if d.p.Host == nil {
		return ErrNoTraining
	}
	hosted, err := d.p.Host(ctx)
	if err != nil {
		d.p.Log.Warn("the training service did not start", "err", err)
		return err
	}
	d.leave(ctx, false)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.hosted, d.training = &hosted, true
	d.clock.Store(nil)
	return nil
}

// Training says whether everything here is invented: the service hosted here, or one elsewhere that says so of itself.
func (d *Desk) Training() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.training
}

// freshAnswer is how long an answer may have been on its way and still tell the time. One that a computer slept over does not: its
// time would pass for now, and what is kept here for younger than it is.
const freshAnswer = time.Minute

// learn takes over what the service says of itself. asked is when it was asked, by the clock here: the time in the answer counts
// from then, so that what is wrong by the length of the way makes things older, never younger.
func (d *Desk) learn(info *api.ServiceInfo, asked time.Time) {
	onTheWay := d.p.Now().Sub(asked)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.training = d.hosted != nil || info.Training
	d.lock.minutes = info.LockMinutes
	if !info.Time.IsZero() && onTheWay.Abs() < freshAnswer {
		d.clock.Store(&clockPair{here: asked, service: info.Time})
	}
}

// tooOld is why nobody signs in with this version of the program, or nil. It is known before anybody types.
func (d *Desk) tooOld(info *api.ServiceInfo) error {
	if refused := info.Client.Refusal(d.p.Version); refused != nil {
		return refused
	}
	return nil
}

func (d *Desk) newClient(address string) (*api.Client, error) {
	r := d.Route()
	r.Address = address
	return d.clientFor(r, d.proxies)
}

// clientFor makes a client that goes a route, through these proxies.
func (d *Desk) clientFor(r Route, proxies *api.Proxies) (*api.Client, error) {
	if r.Address == "" {
		return nil, ErrNoAddress
	}
	trusted, err := roots(r.Authority)
	if err != nil {
		return nil, err
	}
	return api.NewClient(r.Address, api.ClientOptions{UserAgent: "cmc/" + d.p.Version + " (" + runtime.GOOS + ")", RootCAs: trusted, Proxies: proxies,
		Workstation: d.workstation, LineHeard: d.noteNews})
}
