package api

// What may change here: how the client gets out of a network through its proxy, and what a proxy's refusal means.

import (
	"context"
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

// Proxies are the ways out of a network, and remember which name and password a proxy refused. Several clients may share one; any
// goroutine may use it. Make it with NewProxies.
type Proxies struct {
	find func(service *url.URL) (*url.URL, error)

	mu      sync.Mutex
	refused map[[sha256.Size]byte]time.Time // by the whole address of a proxy, with name and password
}

// NewProxies makes them. find gives the proxy for an address, with the name and the password for it, or nil for none; it is called
// before each new connection, on a goroutine of the network's, and may block. This very computer is never asked through a proxy.
func NewProxies(find func(service *url.URL) (*url.URL, error)) *Proxies {
	return &Proxies{find: find, refused: map[[sha256.Size]byte]time.Time{}}
}

// Forget has names and passwords that were refused tried again.
func (p *Proxies) Forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	clear(p.refused)
}

// forRequest is the proxy for a request, as http.Transport asks for it.
func (p *Proxies) forRequest(r *http.Request) (*url.URL, error) {
	if isLoopback(r.URL.Hostname()) {
		return nil, nil
	}
	proxy, err := p.find(r.URL)
	if err != nil || proxy == nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if at, ok := p.refused[whole(proxy)]; ok && proxy.User != nil && time.Since(at) < refusedFor {
		return nil, &proxyRefusal{status: http.StatusProxyAuthRequired, schemes: []string{"basic"}}
	}
	return proxy, nil
}

// whole names a proxy with its name and password, and does not show them.
func whole(proxy *url.URL) [sha256.Size]byte { return sha256.Sum256([]byte(proxy.String())) }

// heed reads what a proxy answers to CONNECT, which the library would turn into a word.
func (p *Proxies) heed(_ context.Context, proxy *url.URL, _ *http.Request, answer *http.Response) error {
	if answer.StatusCode == http.StatusOK {
		return nil
	}
	refused := &proxyRefusal{status: answer.StatusCode}
	if answer.StatusCode == http.StatusProxyAuthRequired {
		for _, offer := range answer.Header.Values("Proxy-Authenticate") {
			scheme, _, _ := strings.Cut(offer, " ")
			refused.schemes = append(refused.schemes, strings.ToLower(scheme))
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		p.refused[whole(proxy)] = time.Now()
	}
	return refused
}

// proxyRefusal is what a proxy said instead of opening the way.
type proxyRefusal struct {
	status  int
	schemes []string // the ways of signing in that it takes, in small letters; only with 407
}

// Error is for the log.
func (p *proxyRefusal) Error() string {
	return fmt.Sprintf("the proxy answered %d (%s)", p.status, strings.Join(p.schemes, ", "))
}

func (p *proxyRefusal) hop() Hop {
	switch {
	case p.status == http.StatusProxyAuthRequired && slices.Contains(p.schemes, "basic"):
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
