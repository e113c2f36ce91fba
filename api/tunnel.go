package api

// What may change here: how a proxy is asked to open a way to the service.

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	socks "golang.org/x/net/proxy"
)

const (
	// dialFor is how long a computer may take to be reached.
	dialFor = 10 * time.Second
	// openFor is how long a proxy may take to open a way, with all that it asks before.
	openFor = time.Minute
	// maxProxyAnswer is the longest that a proxy may say while it opens a way: what it shows to people is not read.
	maxProxyAnswer = 256 << 10
)

// A tunnel gets to the service, through a proxy where there is one.
type tunnel struct {
	proxies *Proxies
	service *url.URL
	roots   *x509.CertPool
}

// dial gives a connection to the service, as http.Transport asks for it: whether the way leads through a proxy is decided here, and not
// by the library, since one that is signed in to with NTLM wants several questions on one connection.
func (t *tunnel) dial(ctx context.Context, network, address string) (net.Conn, error) {
	proxy, err := t.proxies.wayTo(t.service)
	if err != nil {
		return nil, err
	}
	if proxy == nil {
		return reach(ctx, network, address)
	}
	ctx, cancel := context.WithTimeout(ctx, openFor)
	defer cancel()
	if isSOCKS(proxy) {
		return t.socks(ctx, proxy, address)
	}
	w := &way{tunnel: t, proxy: proxy, target: address}
	conn, err := w.open(ctx)
	if err != nil {
		w.hangUp()
	}
	return conn, err
}

// reach connects to a computer. What is sent there fills a small buffer, so that it can be seen whether it moves.
func reach(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := (&net.Dialer{Timeout: dialFor, KeepAlive: 30 * time.Second}).DialContext(ctx, network, address)
	if line, ok := conn.(*net.TCPConn); ok && err == nil {
		_ = line.SetWriteBuffer(sendBuffer) // a system that does as it likes is only given up later
	}
	return conn, err
}

// atProxy says of a failure that it is the proxy's.
func atProxy(err error) error { return &net.OpError{Op: "proxyconnect", Net: "tcp", Err: err} }

// A way is one that a proxy is asked to open with CONNECT, on a connection that lasts as long as the proxy lets it.
type way struct {
	*tunnel
	proxy  *url.URL
	target string

	conn net.Conn
	in   *bufio.Reader
}

// open signs in as the proxy wants it and gives the opened way.
func (w *way) open(ctx context.Context) (net.Conn, error) {
	scheme := w.proxies.wants(w.proxy)
	answer, said, err := w.ask(ctx, scheme)
	if err == nil && answer.StatusCode == http.StatusProxyAuthRequired && !slices.Contains(offers(answer), scheme) {
		offered := offers(answer)
		switch scheme = choose(offered); {
		case scheme == schemeBasic && w.proxy.User == nil, scheme == schemeNTLM && !w.hasAccount():
			said.spoken = true // there is nothing to be shown
		case scheme != "":
			answer, said, err = w.ask(ctx, scheme)
		}
		if err == nil && scheme == schemeNegotiate && !said.spoken && answer.StatusCode == http.StatusProxyAuthRequired && slices.Contains(offered, schemeBasic) {
			scheme = schemeBasic // inside Negotiate is Kerberos alone, and nothing has been shown yet
			answer, said, err = w.ask(ctx, scheme)
		}
	}
	if err != nil {
		return nil, atProxy(err)
	}
	if answer.StatusCode != http.StatusOK {
		return nil, w.proxies.refuse(w.proxy, said)
	}
	w.proxies.letIn(w.proxy, scheme)
	return w.conn, w.conn.SetDeadline(time.Time{})
}

// ask asks for the way, signing in by a scheme; "" signs in by none. said is what a refusal means.
func (w *way) ask(ctx context.Context, scheme string) (answer *http.Response, said *proxyRefusal, err error) {
	said = new(proxyRefusal)
	switch {
	case scheme == schemeNTLM, scheme == schemeNegotiate:
		answer, err = w.shakeHands(ctx, scheme, said)
	case scheme == schemeBasic && w.proxy.User != nil:
		password, _ := w.proxy.User.Password()
		said.spoken, said.given = true, true
		answer, err = w.connect(ctx, "Basic "+base64.StdEncoding.EncodeToString([]byte(w.proxy.User.Username()+":"+password)))
	default:
		answer, err = w.connect(ctx, "")
	}
	if err != nil {
		return nil, nil, err
	}
	said.status = answer.StatusCode
	if said.status == http.StatusProxyAuthRequired {
		said.schemes = offers(answer)
	} else {
		said.given = false // whatever it refuses, it is not the account
	}
	return answer, said, nil
}

// shakeHands signs in with NTLM, whose two questions must go over one connection, since it is the connection that is signed in.
func (w *way) shakeHands(ctx context.Context, scheme string, said *proxyRefusal) (*http.Response, error) {
	side, mine := w.side()
	defer side.close()
	first, err := side.begin()
	if err != nil {
		return nil, err
	}
	name := map[string]string{schemeNTLM: "NTLM", schemeNegotiate: "Negotiate"}[scheme]
	answer, err := w.connect(ctx, name+" "+base64.StdEncoding.EncodeToString(first))
	if err != nil || answer.StatusCode != http.StatusProxyAuthRequired {
		return answer, err
	}
	challenge := challengeIn(answer, scheme)
	said.spoken = scheme == schemeNTLM || challenge != nil
	if challenge == nil || !mine {
		return answer, nil
	}
	if w.conn == nil {
		return nil, errors.New("the proxy broke off in the middle of signing in")
	}
	last, err := side.answer(challenge)
	if err != nil {
		return nil, err
	}
	said.given = true
	return w.connect(ctx, name+" "+base64.StdEncoding.EncodeToString(last))
}

// challengeIn is the challenge of NTLM in an answer, or nil: inside Negotiate there may be another kind of token.
func challengeIn(answer *http.Response, scheme string) []byte {
	for _, offer := range answer.Header.Values("Proxy-Authenticate") {
		name, words, _ := strings.Cut(strings.TrimSpace(offer), " ")
		if !strings.EqualFold(name, scheme) {
			continue
		}
		if raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(words)); err == nil && strings.HasPrefix(string(raw), "NTLMSSP\x00") {
			return raw
		}
	}
	return nil
}

// connect asks once. The connection is that of the last question where the proxy has left it open.
func (w *way) connect(ctx context.Context, authorization string) (answer *http.Response, err error) {
	if w.conn == nil {
		if err := w.call(ctx); err != nil {
			return nil, err
		}
	}
	conn := w.conn
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	defer func() {
		if !stop() && err == nil {
			err = ctx.Err()
		}
	}()
	request := &http.Request{Method: http.MethodConnect, URL: &url.URL{Opaque: w.target}, Host: w.target, Header: http.Header{}}
	if authorization != "" {
		request.Header.Set("Proxy-Authorization", authorization)
	}
	if err := request.Write(conn); err != nil {
		return nil, err
	}
	answer, err = http.ReadResponse(w.in, request)
	if err != nil {
		return nil, err
	}
	if answer.StatusCode == http.StatusOK {
		return answer, nil
	}
	stays := !answer.Close || answer.ContentLength >= 0 && strings.EqualFold(answer.Header.Get("Proxy-Connection"), "keep-alive")
	if !stays {
		w.hangUp()
		return answer, nil
	}
	if _, err := io.Copy(io.Discard, answer.Body); err != nil {
		w.hangUp()
	}
	return answer, nil
}

// call connects to the proxy itself.
func (w *way) call(ctx context.Context) error {
	conn, err := reach(ctx, "tcp", hostAndPort(w.proxy))
	if err != nil {
		return err
	}
	if w.proxy.Scheme == "https" {
		secure := tls.Client(conn, &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: w.roots, ServerName: w.proxy.Hostname()})
		if err := secure.HandshakeContext(ctx); err != nil {
			_ = conn.Close()
			return err
		}
		conn = secure
	}
	w.conn, w.in = conn, bufio.NewReader(io.LimitReader(conn, maxProxyAnswer))
	return nil
}

// hangUp ends the connection to the proxy.
func (w *way) hangUp() {
	if w.conn != nil {
		_ = w.conn.Close()
		w.conn = nil
	}
}

// hostAndPort is where a proxy is.
func hostAndPort(proxy *url.URL) string {
	if proxy.Port() != "" {
		return proxy.Host
	}
	port := map[string]string{"https": "443", "socks5": "1080", "socks5h": "1080"}[proxy.Scheme]
	if port == "" {
		port = "80"
	}
	return net.JoinHostPort(proxy.Hostname(), port)
}

// socks gets to an address through a proxy that speaks SOCKS5, which looks the name up itself.
func (t *tunnel) socks(ctx context.Context, proxy *url.URL, address string) (net.Conn, error) {
	conn, err := reach(ctx, "tcp", hostAndPort(proxy))
	if err != nil {
		return nil, atProxy(err)
	}
	var account *socks.Auth
	if proxy.User != nil {
		password, _ := proxy.User.Password()
		account = &socks.Auth{User: proxy.User.Username(), Password: password}
	}
	dialer, err := socks.SOCKS5("tcp", hostAndPort(proxy), account, opened{conn})
	if err == nil {
		var through net.Conn
		if through, err = dialer.(socks.ContextDialer).DialContext(ctx, "tcp", address); err == nil {
			return through, nil
		}
	}
	_ = conn.Close()
	if said := socksRefusal(err, account != nil); said != nil {
		return nil, t.proxies.refuse(proxy, said)
	}
	return nil, atProxy(err)
}

// opened is a connection that is there already.
type opened struct{ net.Conn }

// Dial gives it.
func (o opened) Dial(string, string) (net.Conn, error) { return o.Conn, nil }

// DialContext gives it.
func (o opened) DialContext(context.Context, string, string) (net.Conn, error) { return o.Conn, nil }

// socksRefusal is what a proxy of SOCKS said, as one of HTTP would have said it, or nil. The library has words for it and no types.
func socksRefusal(err error, given bool) *proxyRefusal {
	words := err.Error()
	switch {
	case strings.Contains(words, "authentication failed"):
		return &proxyRefusal{status: http.StatusProxyAuthRequired, schemes: []string{"socks password"}, spoken: true, given: given}
	case strings.Contains(words, "no acceptable authentication methods"):
		return &proxyRefusal{status: http.StatusProxyAuthRequired, schemes: []string{"socks"}, spoken: !given}
	case strings.Contains(words, "not allowed by ruleset"):
		return &proxyRefusal{status: http.StatusForbidden}
	case strings.Contains(words, "unknown error"): // it did not reach the service
		return &proxyRefusal{status: http.StatusBadGateway}
	}
	return nil
}
