package account

// What may change here: how the identity provider's refresh token is kept from whoever reads the database.

import (
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"errors"

	"golang.org/x/crypto/chacha20poly1305"
)

// errSealed says that what was sealed does not open.
var errSealed = errors.New("what was sealed does not open with this token")

// sealKey is the key that a session's token gives. The token is random and the service does not keep it: only the desktop, in its
// keychain, does.
func sealKey(token string) []byte {
	key, err := hkdf.Key(sha256.New, []byte(token), nil, "cmc refresh token of the identity provider", chacha20poly1305.KeySize)
	if err != nil {
		panic(err) // only of a length that SHA-256 cannot give
	}
	return key
}

// seal seals a secret for a session (XChaCha20-Poly1305).
func seal(token, secret string) ([]byte, error) {
	if secret == "" {
		return []byte{}, nil
	}
	aead, err := chacha20poly1305.NewX(sealKey(token))
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, aead.NonceSize(), aead.NonceSize()+len(secret)+aead.Overhead())
	rand.Read(nonce) // never fails since Go 1.24
	return aead.Seal(nonce, nonce, []byte(secret), []byte(TokenHash(token))), nil
}

// unseal opens it again; nothing sealed is "".
func unseal(token string, sealed []byte) (string, error) {
	if len(sealed) == 0 {
		return "", nil
	}
	aead, err := chacha20poly1305.NewX(sealKey(token))
	if err != nil {
		return "", err
	}
	if len(sealed) < aead.NonceSize() {
		return "", errSealed
	}
	secret, err := aead.Open(nil, sealed[:aead.NonceSize()], sealed[aead.NonceSize():], []byte(TokenHash(token)))
	if err != nil {
		return "", errSealed
	}
	return string(secret), nil
}
