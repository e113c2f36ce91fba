package pressure

// What may change here: how fast one person, or one address, may ask.

import (
	"context"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/go-chi/httprate"
)

// TooFast refuses a request of somebody who has asked too often.
type TooFast struct {
	By    string        // "person" or "address"
	Again time.Duration // after which it may come again
}

// Error says so for a log.
func (t *TooFast) Error() string { return "too many requests of one " + t.By }

// A Pace counts the requests of people and of addresses. Make it with NewPace.
type Pace struct {
	person, address *httprate.RateLimiter
	window          time.Duration
}

// NewPace makes a pace with these limits, Whole.
func NewPace(limits Limits) *Pace {
	quiet := httprate.WithResponseHeaders(httprate.ResponseHeaders{}) // what is said is the service's
	return &Pace{
		person:  httprate.NewRateLimiter(limits.Person, limits.Window, quiet),
		address: httprate.NewRateLimiter(limits.Address, limits.Window, quiet),
		window:  limits.Window,
	}
}

// asks is what httprate wants to see; it reads nothing of it but the context.
var asks = (&http.Request{}).WithContext(context.Background())

// Person counts a request of a signed-in person. The error is a *TooFast.
func (p *Pace) Person(id string) error {
	if p.person.OnLimit(nil, asks, id) {
		return &TooFast{"person", p.window}
	}
	return nil
}

// Address counts a request without a session. The zero address, and that of this computer, are not counted: who asks from
// there is a program beside the service, or a proxy that does not say for whom. The error is a *TooFast.
func (p *Pace) Address(from netip.Addr) error {
	if !from.IsValid() || from.IsLoopback() {
		return nil
	}
	if from.Is6() && !from.Is4In6() { // a household has a whole /64
		if prefix, err := from.Prefix(64); err == nil {
			from = prefix.Addr()
		}
	}
	if p.address.OnLimit(nil, asks, from.Unmap().String()) {
		return &TooFast{"address", p.window}
	}
	return nil
}

// From is the address that a request comes from. Where the connection's other end is one of the proxies, it is the last
// address in X-Forwarded-For that is not; what a client wrote before that is believed by nobody.
func From(r *http.Request, proxies []netip.Prefix) netip.Addr {
	end, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	at := end.Addr().Unmap()
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && trusted(at, proxies); i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		at = hop.Unmap()
	}
	return at
}

func trusted(at netip.Addr, proxies []netip.Prefix) bool {
	for _, one := range proxies {
		if one.Contains(at) {
			return true
		}
	}
	return false
}
