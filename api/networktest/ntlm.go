package networktest

// What may change here: how a proxy of a Windows domain signs people in.

import (
	"bytes"
	"crypto/hmac"
	"crypto/md5"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"unicode/utf16"

	"golang.org/x/crypto/md4" //lint:ignore SA1019 NTLM is made of it; only this test of it needs it
)

// NTLM is the one account that a proxy knows, and how it asks for it. What a client proves with it is reckoned after as MS-NLMP 3.3.2
// says: a wrong password, a wrong domain and a changed answer are all refused. It holds to one connection, as NTLM does.
type NTLM struct {
	Domain, Name, Password string
	Within                 string // "Negotiate" when it is spoken inside that; "": as itself
	Also                   []string
	Breaks                 bool // it ends the connection in the middle, as a proxy does that cannot hold to one

	mu      sync.Mutex
	refused int
}

// Refused is how often a proof was wrong: what a domain counts before it locks an account.
func (n *NTLM) Refused() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.refused
}

// talkKey and talk are what is known of one connection.
type talkKey struct{}

type talk struct{ challenge []byte }

// The flags of a challenge: Unicode, a target is asked for and given, NTLM, with information about the target.
const challengeFlags = 0x00000001 | 0x00000004 | 0x00000200 | 0x00010000 | 0x00800000

func (n *NTLM) scheme() string {
	if n.Within != "" {
		return n.Within
	}
	return "NTLM"
}

// admits says whether a request has proved whose it is; where not, it has answered.
func (n *NTLM) admits(w http.ResponseWriter, r *http.Request) bool {
	t := r.Context().Value(talkKey{}).(*talk)
	scheme, words, _ := strings.Cut(r.Header.Get("Proxy-Authorization"), " ")
	message, err := base64.StdEncoding.DecodeString(words)
	ours := err == nil && strings.EqualFold(scheme, n.scheme()) && bytes.HasPrefix(message, []byte("NTLMSSP\x00")) && len(message) >= 12
	switch {
	case ours && message[8] == 1:
		t.challenge = make([]byte, 8)
		_, _ = rand.Read(t.challenge)
		w.Header().Add("Proxy-Authenticate", n.scheme()+" "+base64.StdEncoding.EncodeToString(n.challenge(t.challenge)))
		if n.Breaks {
			w.Header().Set("Connection", "close")
		}
	case ours && message[8] == 3 && t.challenge != nil:
		if err := n.proved(message, t.challenge); err == nil {
			return true
		}
		t.challenge = nil
		n.mu.Lock()
		n.refused++
		n.mu.Unlock()
		fallthrough
	default:
		for _, offer := range append([]string{n.scheme()}, n.Also...) {
			w.Header().Add("Proxy-Authenticate", offer)
		}
	}
	http.Error(w, "who are you?", http.StatusProxyAuthRequired)
	return false
}

// challenge is the second message.
func (n *NTLM) challenge(eight []byte) []byte {
	target := wide(n.Domain)
	info := binary.LittleEndian.AppendUint16(nil, 2) // the name of the domain
	info = binary.LittleEndian.AppendUint16(info, uint16(len(target)))
	info = append(append(info, target...), 0, 0, 0, 0)
	out := append([]byte("NTLMSSP\x00"), 2, 0, 0, 0)
	field := func(length, at int) {
		out = binary.LittleEndian.AppendUint16(out, uint16(length))
		out = binary.LittleEndian.AppendUint16(out, uint16(length))
		out = binary.LittleEndian.AppendUint32(out, uint32(at))
	}
	const head = 48
	field(len(target), head)
	out = binary.LittleEndian.AppendUint32(out, challengeFlags)
	out = append(out, eight...)
	out = append(out, make([]byte, 8)...)
	field(len(info), head+len(target))
	return append(append(out, target...), info...)
}

// proved reckons the answer to a challenge after.
func (n *NTLM) proved(message, eight []byte) error {
	field := func(at int) ([]byte, error) {
		if len(message) < at+8 {
			return nil, fmt.Errorf("the message is cut off")
		}
		length, from := int(binary.LittleEndian.Uint16(message[at:])), int(binary.LittleEndian.Uint32(message[at+4:]))
		if from+length > len(message) {
			return nil, fmt.Errorf("the message is cut off")
		}
		return message[from : from+length], nil
	}
	answer, err := field(20)
	if err != nil {
		return err
	}
	domain, err := field(28)
	if err != nil {
		return err
	}
	name, err := field(36)
	if err != nil {
		return err
	}
	given, at := narrow(name), strings.ToUpper(narrow(domain))
	known := strings.EqualFold(given, n.Name) && at == strings.ToUpper(n.Domain) ||
		at == "" && strings.EqualFold(given, n.Name+"@"+n.Domain)
	if !known || len(answer) < 24 {
		return fmt.Errorf("no such account")
	}
	hash := md4.New()
	hash.Write(wide(n.Password))
	key := keyed(hash.Sum(nil), wide(strings.ToUpper(given)+narrow(domain)))
	if !hmac.Equal(answer[:16], keyed(key, eight, answer[16:])) {
		return fmt.Errorf("the password is wrong")
	}
	return nil
}

func keyed(key []byte, parts ...[]byte) []byte {
	mac := hmac.New(md5.New, key)
	for _, part := range parts {
		mac.Write(part)
	}
	return mac.Sum(nil)
}

func wide(words string) []byte {
	var out []byte
	for _, unit := range utf16.Encode([]rune(words)) {
		out = binary.LittleEndian.AppendUint16(out, unit)
	}
	return out
}

func narrow(raw []byte) string {
	var units []uint16
	for i := 0; i+1 < len(raw); i += 2 {
		units = append(units, binary.LittleEndian.Uint16(raw[i:]))
	}
	return string(utf16.Decode(units))
}
