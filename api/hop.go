package api

// What may change here: which part of the way to the service failed, and how that is told from what the network says.

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/go-resty/resty/v2"
)

// A Hop is the part of the way to the service that failed.
type Hop string

// The hops, in the order in which a request passes them.
const (
	HopProxy       Hop = "proxy"         // the proxy of the network was not found, does not answer, or breaks off
	HopProxyAuth   Hop = "proxy-auth"    // the proxy wants a name and a password, or others than it was given
	HopProxyScheme Hop = "proxy-scheme"  // the proxy wants a way of signing in that the client does not have
	HopProxyNo     Hop = "proxy-refuses" // the proxy lets nobody through to the service
	HopProxyOnward Hop = "proxy-onward"  // the proxy does not reach the service
	HopName        Hop = "name"          // the address has no known name
	HopConnect     Hop = "connect"       // nothing answers there, or no network
	HopRefused     Hop = "refused"       // the computer of the service is there, and no service on it
	HopPortal      Hop = "portal"        // a page of the network answered, which wants something first
	HopOldTLS      Hop = "old-tls"       // both sides have no way of encrypting in common: the other is older than TLS 1.2
	HopTLS         Hop = "tls"           // the certificate is not trusted
	HopWrongName   Hop = "wrong-name"    // the certificate is that of another name
	HopExpired     Hop = "expired"       // the certificate is outside its dates, or this computer's clock is wrong
	HopGateway     Hop = "gateway"       // what stands before the service does not reach it
	HopTime        Hop = "time"          // no answer in time
	HopAnswer      Hop = "answer"        // something answered, and it is not the central service
	HopBroken      Hop = "broken"        // the line broke while the answer was under way: it may have been done
)

// hopWords are the sentences of Unreachable.
var hopWords = map[Hop]string{
	HopProxy:       "The proxy of this network does not answer.",
	HopProxyAuth:   "The proxy of this network wants a name and a password, or others than it was given.",
	HopProxyScheme: "The proxy of this network takes only Kerberos, or another way of signing in that this program does not have.",
	HopProxyNo:     "The proxy of this network does not let this program through to the central service.",
	HopProxyOnward: "The proxy of this network does not reach the central service.",
	HopName:        "The address of the central service was not found. Check the address and the network.",
	HopConnect:     "There is no connection to the central service.",
	HopRefused:     "There is no connection to the central service. Its computer answers, but the service does not run there.",
	HopPortal:      "A web page of this network answered instead of the central service.",
	HopOldTLS:      "The connection to the central service is not safe: what answers encrypts in a way that is too old.",
	HopTLS:         "The connection to the central service is not safe: its certificate is not trusted on this computer.",
	HopWrongName:   "The connection to the central service is not safe: the certificate belongs to another name.",
	HopExpired:     "The certificate of the central service is not valid at the date of this computer: it has expired, or this computer's clock is wrong.",
	HopGateway:     "The central service is not reached by what stands before it.",
	HopTime:        "The central service did not answer in time.",
	HopAnswer:      "What answered at this address is not the central service.",
	HopBroken:      "The connection to the central service broke off.",
}

// Hops are all hops, in the order in which a request passes them.
func Hops() []Hop {
	return []Hop{HopProxy, HopProxyAuth, HopProxyScheme, HopProxyNo, HopProxyOnward, HopName, HopConnect, HopRefused, HopPortal, HopOldTLS,
		HopTLS, HopWrongName, HopExpired, HopGateway, HopTime, HopAnswer, HopBroken}
}

// Unreachable says that the service gave no answer: it may or may not have done what was asked. A request with an
// Idempotency-Key may be repeated with the same key.
type Unreachable struct {
	Hop Hop
	Err error // for the log; never shown
}

// Error is a sentence for people.
func (u *Unreachable) Error() string {
	if u.Hop == HopProxyAuth && u.ProxyRefusedAccount() {
		return "The proxy of this network does not take the name and the password that it was given."
	}
	if words, ok := hopWords[u.Hop]; ok {
		return words
	}
	return hopWords[HopBroken]
}

// Unwrap gives the cause.
func (u *Unreachable) Unwrap() error { return u.Err }

// Technical is the cause for a log or a support call: the hop, and the error of the network. It holds no patient's data
// since no address of this service does, and no password since none is in an error of the network.
func (u *Unreachable) Technical() string { return fmt.Sprintf("%s: %v", u.Hop, u.Err) }

// ProxyRefusedAccount says that a proxy was shown a name and a password, or the account of Windows, and did not take them. Where it is
// false with HopProxyAuth, none was given.
func (u *Unreachable) ProxyRefusedAccount() bool {
	var proxy *proxyRefusal
	return errors.As(u.Err, &proxy) && proxy.given
}

// IsUnreachable says whether err means that no answer came.
func IsUnreachable(err error) bool {
	var u *Unreachable
	return errors.As(err, &u)
}

// decided says of a failure that asking again at once would change nothing: a certificate stays what it is, and a proxy that was
// given a wrong password again and again locks its owner out of more than this program.
func decided(err error) bool {
	switch hopOf(err) {
	case HopTLS, HopWrongName, HopExpired, HopOldTLS, HopProxyAuth, HopProxyScheme, HopProxyNo, HopPortal, HopAnswer:
		return true
	}
	return false
}

// noAnswer sorts a failure of the network.
func noAnswer(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return &Unreachable{Hop: hopOf(err), Err: err}
}

// hopOf tells which part of the way failed.
func hopOf(err error) Hop {
	var (
		proxy   *proxyRefusal
		op      *net.OpError
		name    *net.DNSError
		cert    *tls.CertificateVerificationError
		wrong   x509.HostnameError
		invalid x509.CertificateInvalidError
		slow    net.Error
	)
	isOp := errors.As(err, &op)
	switch {
	case errors.As(err, &proxy):
		return proxy.hop()
	case isOp && op.Op == "proxyconnect":
		return HopProxy
	case errors.As(err, &name):
		return HopName
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return HopExpired
	case errors.As(err, &wrong):
		return HopWrongName
	case errors.As(err, &cert):
		return HopTLS
	case isTooOld(err):
		return HopOldTLS
	case errors.Is(err, http.ErrSchemeMismatch), errors.As(err, new(tls.RecordHeaderError)), errors.Is(err, resty.ErrResponseBodyTooLarge):
		return HopAnswer
	case isRefused(err):
		return HopRefused
	case errors.As(err, &slow) && slow.Timeout():
		return HopTime
	case isOp && op.Op == "dial":
		return HopConnect
	}
	return HopBroken
}

// isTooOld tells that the two sides found no way of encrypting. The library has no type for it: the words are those of the alerts
// of TLS 70, 40 and 71, and of its own refusal.
func isTooOld(err error) bool {
	words := err.Error()
	for _, part := range []string{"protocol version not supported", "unsupported protocol version", "tls: handshake failure", "tls: insufficient security level"} {
		if strings.Contains(words, part) {
			return true
		}
	}
	return false
}

// isRefused tells that a computer answered that nothing listens there.
func isRefused(err error) bool {
	const onWindows = syscall.Errno(10061) // WSAECONNREFUSED, for which the syscall package has another number there
	var code syscall.Errno
	return errors.As(err, &code) && (code == syscall.ECONNREFUSED || runtime.GOOS == "windows" && code == onWindows)
}

// stranger tells what gave an answer that the service does not give: a web page is most often the network's own.
func stranger(header http.Header) Hop {
	if media, _, err := mime.ParseMediaType(header.Get("Content-Type")); err == nil && (media == "text/html" || media == "application/xhtml+xml") {
		return HopPortal
	}
	return HopAnswer
}

// readRefusal makes the error of an answer that is not a success. base is the address that was asked.
func readRefusal(status int, header http.Header, body []byte, base string) error {
	if strings.HasPrefix(header.Get("Content-Type"), "application/problem+json") {
		problem := new(Problem)
		if err := json.Unmarshal(body, problem); err != nil || problem.Title == "" {
			return &Unreachable{Hop: HopAnswer, Err: fmt.Errorf("status %d with an unreadable problem", status)}
		}
		problem.Status = status
		return problem
	}
	hop := HopAnswer
	switch status {
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		hop = HopGateway
	default:
		if isPortal(status, header, base) {
			hop = HopPortal
		}
	}
	return &Unreachable{Hop: hop, Err: fmt.Errorf("status %d without a problem", status)}
}

// isPortal tells an answer by which a network sends whoever has not agreed to its terms elsewhere: to another computer, or as RFC
// 6585 says it.
func isPortal(status int, header http.Header, base string) bool {
	if status == http.StatusNetworkAuthenticationRequired {
		return true
	}
	if status < 300 || status >= 400 {
		return false
	}
	asked, err := url.Parse(base)
	if err != nil {
		return false
	}
	to, err := asked.Parse(header.Get("Location"))
	return err == nil && header.Get("Location") != "" && !strings.EqualFold(to.Hostname(), asked.Hostname())
}

// portalFor is how long a portal is looked for.
const portalFor = 3 * time.Second

// Reach is Service for somebody who looks into why it cannot be reached: where the way ends before the service is known to be the
// service, it looks whether the network sends whoever asks for a page without encryption to a page of its own, and then says
// HopPortal. What is asked for is "/" of the service's name, without a word more: both are no secret to a network.
func (c *Client) Reach(ctx context.Context) (*ServiceInfo, error) {
	info, err := c.Service(ctx)
	var u *Unreachable
	if !errors.As(err, &u) || !strings.HasPrefix(c.base, "https://") {
		return info, err
	}
	switch u.Hop {
	case HopConnect, HopRefused, HopOldTLS, HopTLS, HopWrongName, HopTime, HopBroken, HopAnswer:
		if c.portal(ctx) {
			return nil, &Unreachable{Hop: HopPortal, Err: err}
		}
	}
	return nil, err
}

// portal says whether the network answers in the place of the service's computer.
func (c *Client) portal(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, portalFor)
	defer cancel()
	address, err := url.Parse(c.base)
	if err != nil {
		return false
	}
	open := "http://" + net.JoinHostPort(address.Hostname(), c.openPort) + "/"
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, open, nil)
	if err != nil {
		return false
	}
	answer, err := c.open.Do(request)
	if err != nil {
		return false
	}
	defer answer.Body.Close()
	return isPortal(answer.StatusCode, answer.Header, open)
}
