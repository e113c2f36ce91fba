package api

// What may change here: how Windows itself is asked to prove who is signed in to it.

import (
	"errors"

	"github.com/alexbrainman/sspi"
)

// longestToken is more than a message of NTLM takes (Windows says 2888).
const longestToken = 16 << 10

// signedIn is the account that is signed in to Windows, or nil where Windows does not prove it. The password is never seen here.
func signedIn() side {
	account, err := sspi.AcquireCredentials("", sspi.NTLMSP_NAME, sspi.SECPKG_CRED_OUTBOUND, nil)
	if err != nil {
		return nil
	}
	w := &windowsAccount{account: account, talk: sspi.NewClientContext(account, sspi.ISC_REQ_CONNECTION)}
	if w.first, err = w.step(nil); err != nil { // who came in without a password, say, cannot prove one
		w.close()
		return nil
	}
	return w
}

// windowsAccount is one handshake of it.
type windowsAccount struct {
	account *sspi.Credentials
	talk    *sspi.Context
	first   []byte
}

func (w *windowsAccount) begin() ([]byte, error)                  { return w.first, nil }
func (w *windowsAccount) answer(challenge []byte) ([]byte, error) { return w.step(challenge) }

// step gives Windows what came, and gives what it wants sent.
func (w *windowsAccount) step(came []byte) ([]byte, error) {
	var in, out [1]sspi.SecBuffer
	in[0].Set(sspi.SECBUFFER_TOKEN, came)
	out[0].Set(sspi.SECBUFFER_TOKEN, make([]byte, longestToken))
	switch code := w.talk.Update(nil, sspi.NewSecBufferDesc(out[:]), sspi.NewSecBufferDesc(in[:])); code {
	case sspi.SEC_E_OK, sspi.SEC_I_CONTINUE_NEEDED:
	default:
		return nil, code
	}
	if out[0].BufferSize == 0 {
		return nil, errors.New("Windows gave no proof of who is signed in")
	}
	return out[0].Bytes(), nil
}

func (w *windowsAccount) close() {
	if w.talk.Handle != nil {
		_ = w.talk.Release()
	}
	_ = w.account.Release()
}
