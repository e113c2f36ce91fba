package drafts

// What may change here: how words are kept on this computer.

import "errors"

// KeyBytes is the length of a store's key: AES-XTS with two keys of 128 bits.
const KeyBytes = 32

// A Store keeps one user's unsent words on this computer, encrypted.
type Store struct{}

// OpenStore opens a user's store, or makes it.
func OpenStore(path string, key []byte) (*Store, error) {
	if len(key) != KeyBytes {
		return nil, ErrWrongKey
	}
	return nil, errors.ErrUnsupported
}

// Close ends it.
func (s *Store) Close() error { return nil }
