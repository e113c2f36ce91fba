package app

// What may change here: how this computer gets to the service: its proxy, and the authority of its network's certificates. A name
// and a password for a proxy are in the keychain or in memory, never in a file, an address that is shown, or a log.

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"net/url"
	"os"
	"strings"

	"cmc/api"
	"cmc/app/keychain"
	"cmc/app/proxy"
)

// A Route is how this computer gets to a service.
type Route struct {
	Address   string // of the service
	Proxy     string // "": the one that this computer names; proxy.None; or a proxy's address
	Authority string // the file of an authority's certificate (PEM) that is trusted beside those of this computer; "": none
	Name      string // for the proxy; with an empty one, what is kept for that proxy is used
	Password  string
}

// The ways in which a route cannot be used.
var (
	ErrNoProxyHere  = errors.New("a name for a proxy was given, and there is no proxy")
	ErrNoAuthority  = errors.New("the file of an authority cannot be read")
	ErrBadAuthority = errors.New("the file of an authority holds no certificate")
)

// IsBadProxy says that the address of a proxy cannot be used; Explain has the sentence.
func IsBadProxy(err error) bool { return errors.As(err, new(proxy.Wrong)) }

// account is a name and a password for a proxy. The empty one is none.
type account struct {
	Name     string `json:"name"`
	Password string `json:"password"`
}

// Route is the way that the settings name. It never blocks. Name and Password are empty: they are for who types them.
func (d *Desk) Route() Route {
	s := d.Settings()
	return Route{Address: s.Address, Proxy: s.Proxy, Authority: s.Authority}
}

// ComputersProxy is the proxy that this computer names for the service, as host and port, or "". script says that it finds its
// proxies with a script, which is not run for this. It never blocks.
func (d *Desk) ComputersProxy() (host string, script bool) {
	source := proxy.Computer()
	if source.Script {
		return "", true
	}
	address, err := url.Parse(d.Settings().Address)
	if err != nil || address.Host == "" {
		address = &url.URL{Scheme: "https", Host: "cmc.invalid"}
	}
	if found, err := source.Find(address); err == nil && found != nil {
		host = found.Host
	}
	return host, false
}

// TryRoute asks the service at the end of a route what it is, and keeps nothing. The error names the hop that failed.
func (d *Desk) TryRoute(ctx context.Context, r Route) (api.ServiceInfo, error) {
	typed := account{r.Name, r.Password}
	if _, err := d.proxyOf(r); err != nil {
		return api.ServiceInfo{}, err
	}
	client, err := d.clientFor(r, api.NewProxies(func(address *url.URL) (*url.URL, error) {
		return d.withAccount(r.Proxy, address, typed)
	}))
	if err != nil {
		return api.ServiceInfo{}, err
	}
	return value(client.Reach(ctx))
}

// SetRoute makes the desk go this way from now on. Where the address is another one, it does what SetAddress does. notice is a sentence
// when the name and the password for the proxy could not be kept in the keychain: they are used until the program ends. It blocks on
// the keychain and the disk.
func (d *Desk) SetRoute(ctx context.Context, r Route) (notice string, err error) {
	through, err := d.proxyOf(r)
	if err != nil {
		return "", err
	}
	client, err := d.clientFor(r, d.proxies)
	if err != nil {
		return "", err
	}
	if err := d.mayUse(client); err != nil {
		return "", err
	}
	if r.Name != "" {
		own := account{r.Name, r.Password}
		raw, err := json.Marshal(own)
		if err != nil {
			return "", err
		}
		if err := d.keys.Set(ctx, proxyName(through.Host), string(raw)); err != nil {
			d.p.Log.Warn("the account for the proxy was not kept", "err", err)
			notice = "The name and the password for the proxy are not kept: " + whyNoStore(err) + ". They are used until this program is closed."
		}
		d.mu.Lock()
		d.accounts[through.Host] = own
		d.mu.Unlock()
	}
	d.proxies.Forget()
	settings := d.Settings()
	settings.Proxy, settings.Authority = strings.TrimSpace(r.Proxy), strings.TrimSpace(r.Authority)
	if client.Base() == settings.Address && !d.hostsTraining() {
		return notice, d.SaveSettings(settings)
	}
	d.mu.Lock()
	d.settings = settings
	d.mu.Unlock()
	return notice, d.SetAddress(client.Base())
}

// ForgetProxyAccount takes away the name and the password that are kept for the proxy of a route, out of the keychain and out of memory.
// proxy is its host and port; had says whether any were kept. It blocks on the keychain.
func (d *Desk) ForgetProxyAccount(ctx context.Context, r Route) (proxy string, had bool, err error) {
	through, err := d.proxyOf(r)
	if err != nil {
		return "", false, err
	}
	if through == nil {
		return "", false, ErrNoProxyHere
	}
	d.mu.Lock()
	had = d.accounts[through.Host].Name != ""
	d.accounts[through.Host] = account{} // though the keychain should not answer: it is not used any more until the program ends
	d.mu.Unlock()
	d.proxies.Forget()
	switch _, err = d.keys.Get(ctx, proxyName(through.Host)); {
	case err == nil:
		had, err = true, d.keys.Delete(ctx, proxyName(through.Host))
	case errors.Is(err, keychain.ErrNotFound), errors.Is(err, keychain.ErrMissing):
		err = nil
	}
	return through.Host, had, err
}

// hostsTraining says whether the training service runs in this program.
func (d *Desk) hostsTraining() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.hosted != nil
}

// proxyOf is the proxy of a route, nil for none, and refuses a name for a proxy that is not there.
func (d *Desk) proxyOf(r Route) (*url.URL, error) {
	address, err := url.Parse(strings.TrimSpace(r.Address))
	if err != nil {
		return nil, nil // api.NewClient says what is wrong with an address
	}
	through, err := proxy.For(r.Proxy, address)
	if err == nil && through == nil && r.Name != "" {
		err = ErrNoProxyHere
	}
	return through, err
}

// wayOut is the proxy for an address as the settings say at this moment, with what is kept for it.
func (d *Desk) wayOut(address *url.URL) (*url.URL, error) {
	return d.withAccount(d.Settings().Proxy, address, account{})
}

// withAccount is the proxy for an address with a name and a password: those that were typed, those that an administrator wrote into
// the environment, or what is kept.
func (d *Desk) withAccount(chosen string, address *url.URL, typed account) (*url.URL, error) {
	through, err := proxy.For(chosen, address)
	if err != nil || through == nil || through.User != nil && typed.Name == "" {
		return through, err
	}
	if typed.Name == "" {
		typed = d.proxyAccount(through.Host)
	}
	if typed.Name != "" {
		own := *through
		own.User = url.UserPassword(typed.Name, typed.Password)
		through = &own
	}
	return through, nil
}

// proxyAccount is what is kept for a proxy. The keychain is asked once, unless it could not answer.
func (d *Desk) proxyAccount(host string) account {
	d.mu.Lock()
	own, ok := d.accounts[host]
	d.mu.Unlock()
	if ok {
		return own
	}
	raw, err := d.keys.Get(d.ctx, proxyName(host))
	if err != nil && !errors.Is(err, keychain.ErrNotFound) {
		d.p.Log.Warn("the account for the proxy was not read", "err", err)
		return account{}
	}
	if err == nil && json.Unmarshal([]byte(raw), &own) != nil {
		d.p.Log.Warn("what is kept for the proxy cannot be read")
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if newer, ok := d.accounts[host]; ok {
		return newer
	}
	d.accounts[host] = own
	return own
}

// proxyName is what the account for a proxy is filed under; it says nothing to who reads it.
func proxyName(host string) string { return "proxy " + opaque(strings.ToLower(host)) }

// roots are the authorities that this computer trusts, and the one of a file. nil: the computer's alone.
func roots(file string) (*x509.CertPool, error) {
	file = strings.TrimSpace(file)
	if file == "" {
		return nil, nil
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, errors.Join(ErrNoAuthority, err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(raw) {
		return nil, ErrBadAuthority
	}
	return pool, nil
}
