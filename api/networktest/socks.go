package networktest

// What may change here: how a proxy behaves that speaks SOCKS5 (RFC 1928, RFC 1929).

import (
	"encoding/binary"
	"io"
	"net"
	"net/url"
	"strconv"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// A SOCKS is a proxy that passes bytes on and knows nothing of HTTP.
type SOCKS struct {
	URL     *url.URL          // where it is
	Ways    map[string]string // where a name with its port really is
	Account string            // "name:password" that it asks for; "": nothing
	Only    byte              // the one way of signing in that it takes, when it is another than these two; 0: these
	Reply   byte              // what it answers to everybody; 0: it opens the way

	refused atomic.Int64
}

// NewSOCKS starts it.
func NewSOCKS(t *testing.T, s *SOCKS) *SOCKS {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	s.URL = &url.URL{Scheme: "socks5", Host: listener.Addr().String()}
	go func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer near.Close()
				s.serve(near)
			}()
		}
	}()
	return s
}

// Refused is how often a name and a password were wrong.
func (s *SOCKS) Refused() int { return int(s.refused.Load()) }

// serve opens one way.
func (s *SOCKS) serve(near net.Conn) {
	take := func(n int) []byte {
		raw := make([]byte, n)
		if _, err := io.ReadFull(near, raw); err != nil {
			return make([]byte, n)
		}
		return raw
	}
	say := func(raw ...byte) { _, _ = near.Write(raw) }
	const none, password, nothing = 0x00, 0x02, 0xFF
	wanted := byte(none)
	if s.Account != "" {
		wanted = password
	}
	if s.Only != 0 {
		wanted = s.Only
	}
	methods := take(int(take(2)[1]))
	offered := false
	for _, method := range methods {
		offered = offered || method == wanted
	}
	if !offered {
		say(5, nothing)
		return
	}
	say(5, wanted)
	if wanted == password {
		name := take(int(take(2)[1]))
		word := take(int(take(1)[0]))
		if string(name)+":"+string(word) != s.Account {
			s.refused.Add(1)
			say(1, 1)
			return
		}
		say(1, 0)
	}
	var host string
	switch take(4)[3] {
	case 1:
		host = net.IP(take(4)).String()
	case 3:
		host = string(take(int(take(1)[0])))
	case 4:
		host = net.IP(take(16)).String()
	}
	to := s.Ways[net.JoinHostPort(host, strconv.Itoa(int(binary.BigEndian.Uint16(take(2)))))]
	answer := s.Reply
	var far net.Conn
	if answer == 0 {
		var err error
		if far, err = net.Dial("tcp", to); to == "" || err != nil {
			answer = 4 // the host is not reached
		}
	}
	say(5, answer, 0, 1, 0, 0, 0, 0, 0, 0)
	if far == nil {
		return
	}
	defer far.Close()
	go func() {
		_, _ = io.Copy(far, near)
		_ = far.(*net.TCPConn).CloseWrite()
	}()
	_, _ = io.Copy(near, far)
}
