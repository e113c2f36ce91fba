package api

// What may change here: whose account is shown to a proxy of a Windows domain.

import "github.com/Azure/go-ntlmssp"

// A side is the client's of a handshake by NTLM.
type side interface {
	begin() ([]byte, error)                  // the first message, in which nobody is named
	answer(challenge []byte) ([]byte, error) // the proof
	close()
}

// side is the account that was typed, else the one that is signed in to Windows. Where there is neither, mine is false: only the first
// message may be sent then, which tells whether NTLM is spoken.
func (w *way) side() (s side, mine bool) {
	if w.proxy.User != nil {
		password, _ := w.proxy.User.Password()
		return typedAccount{w.proxy.User.Username(), password}, true
	}
	if own := signedIn(); own != nil {
		return own, true
	}
	return typedAccount{}, false
}

// hasAccount says whether there is one to be shown.
func (w *way) hasAccount() bool {
	side, mine := w.side()
	side.close()
	return mine
}

// typedAccount is a name (DOMAIN\name, name@domain, or a name alone) and a password.
type typedAccount struct{ name, password string }

func (typedAccount) begin() ([]byte, error) { return ntlmssp.NewNegotiateMessage("", "") }

func (a typedAccount) answer(challenge []byte) ([]byte, error) {
	return ntlmssp.NewAuthenticateMessage(challenge, a.name, a.password, nil)
}

func (typedAccount) close() {}
