package api

// What may change here: how the client gets out of a network through its proxy, and what a proxy's refusal means.

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// refusedFor is how long a name and a password that a proxy refused are not shown to it again. Where they are those of a whole
// network, a program that goes on with a wrong one locks its owner out of everything.
const refusedFor = 15 * time.Minute

// Proxies are the ways out of a network, and remember which name and password a proxy refused and how it wants to be signed in to.
// Several clients may share one; any goroutine may use it. Make it with NewProxies.
type Proxies struct {
	find func(service *url.URL) (*url.URL, error)

	mu      sync.Mutex
	refused map[[sha256.Size]byte]refusal // by the whole address of a proxy, with name and password
	scheme  map[string]string             // how a proxy let us in last, by its host and port
}

// refusal is what a proxy said to a name and a password, and when.
type refusal struct {
	at time.Time
	as *proxyRefusal
}

// NewProxies makes them. find gives the proxy for an address, with the name and the password for it, or nil for none; it is called
// before each new connection, on a goroutine of the network's, and may block. This very computer is never asked through a proxy. The
// address of a proxy begins with http, https or socks5.
func NewProxies(find func(service *url.URL) (*url.URL, error)) *Proxies {
	return &Proxies{find: find, refused: map[[sha256.Size]byte]refusal{}, scheme: map[string]string{}}
}

// Forget has names and passwords that were refused tried again.
func (p *Proxies) Forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	clear(p.refused)
	clear(p.scheme)
}

// wayTo is the proxy for an address, or nil.
func (p *Proxies) wayTo(address *url.URL) (*url.URL, error) {
	if isLoopback(address.Hostname()) {
		return nil, nil
	}
	proxy, err := p.find(address)
	if err != nil || proxy == nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if before, ok := p.refused[whole(proxy)]; ok && time.Since(before.at) < refusedFor {
		return nil, before.as
	}
	return proxy, nil
}

// openWay is the proxy for a request without encryption, as http.Transport asks for it. A name and a password go with it only to a
// proxy that is known to want them so.
func (p *Proxies) openWay(r *http.Request) (*url.URL, error) {
	proxy, err := p.wayTo(r.URL)
	if err != nil || proxy == nil || proxy.User == nil || isSOCKS(proxy) || p.wants(proxy) == schemeBasic {
		return proxy, err
	}
	bare := *proxy
	bare.User = nil
	return &bare, nil
}

// wants is how a proxy let us in last, or "".
func (p *Proxies) wants(proxy *url.URL) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.scheme[proxy.Host]
}

// letIn keeps how a proxy let us in.
func (p *Proxies) letIn(proxy *url.URL, scheme string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.scheme[proxy.Host] = scheme
}

// refuse keeps what a proxy said to a name and a password.
func (p *Proxies) refuse(proxy *url.URL, said *proxyRefusal) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if said.given {
		p.refused[whole(proxy)] = refusal{time.Now(), said}
	}
	return said
}

// whole names a proxy with its name and password, and does not show them.
func whole(proxy *url.URL) [sha256.Size]byte { return sha256.Sum256([]byte(proxy.String())) }

// isSOCKS tells a proxy of the older kind, which passes bytes on and knows nothing of HTTP.
func isSOCKS(proxy *url.URL) bool { return strings.HasPrefix(proxy.Scheme, "socks5") }

// The ways of signing in to a proxy that the client has.
const (
	schemeBasic     = "basic"
	schemeNTLM      = "ntlm"
	schemeNegotiate = "negotiate" // only with NTLM inside it
)

// proxyRefusal is what a proxy said instead of opening the way.
type proxyRefusal struct {
	status  int
	schemes []string // the ways of signing in that it takes, in small letters; only with 407
	spoken  bool     // one of them is one that the client has
	given   bool     // it was shown a name and a password, and did not take them
}

// Error is for the log.
func (p *proxyRefusal) Error() string {
	return fmt.Sprintf("the proxy answered %d (%s)", p.status, strings.Join(p.schemes, ", "))
}

func (p *proxyRefusal) hop() Hop {
	switch {
	case p.status == http.StatusProxyAuthRequired && p.spoken:
		return HopProxyAuth
	case p.status == http.StatusProxyAuthRequired:
		return HopProxyScheme
	case p.status == http.StatusNetworkAuthenticationRequired || p.status >= 300 && p.status < 400:
		return HopPortal
	case p.status >= 500:
		return HopProxyOnward
	}
	return HopProxyNo
}

// offers are the ways of signing in that an answer names, in small letters.
func offers(answer *http.Response) []string {
	var out []string
	for _, offer := range answer.Header.Values("Proxy-Authenticate") {
		scheme, _, _ := strings.Cut(strings.TrimSpace(offer), " ")
		out = append(out, strings.ToLower(scheme))
	}
	return out
}

// choose picks the way of signing in that shows least: with NTLM the password itself does not travel. Who takes NTLM is never tried with
// Basic after it, since both count as wrong passwords of one account.
func choose(offered []string) string {
	for _, scheme := range []string{schemeNTLM, schemeNegotiate, schemeBasic} {
		if slices.Contains(offered, scheme) {
			return scheme
		}
	}
	return ""
}
