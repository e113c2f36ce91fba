// Package seal encrypts single values, so that whoever reads the database, or a copy of it, reads none of them without the
// key, which is not in the database.
//
// Contract:
//   - XChaCha20-Poly1305 with a new random nonce each time. A value that was changed by one bit, or that was sealed for
//     another place, is refused with ErrBroken. The place is the associated data: the plan and the question.
//   - A Ring holds keys by their names. New values are sealed with the last key; older keys stay for what they have sealed.
//   - A ring that meets a name that it does not know reads its file again once: the key may have been changed meanwhile.
//   - No error holds a value or a key.
//   - Safe for use by several goroutines.
package seal

// What may change here: how a value is sealed. The form of a sealed value is stored for ever: a change needs a new mark in
// front of it, and the old one read as long as there are backups.

import (
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"

	"golang.org/x/crypto/chacha20poly1305"
)

// The errors of this package, each a sentence.
var (
	ErrBroken  = errors.New("a sealed value was changed, or belongs elsewhere")
	ErrUnknown = errors.New("a value was sealed with a key that the key file does not hold")
	ErrMissing = errors.New("the key file is not there")
	ErrFile    = errors.New("the key file cannot be read: a line is a name, a space and 64 hexadecimal digits")
	ErrOpen    = errors.New("the key file can be read by others: let only its owner read it (chmod 600)")
	ErrThere   = errors.New("there is a key file already")
)

// A Ring is the keys of a service.
type Ring struct {
	path string

	mu    sync.RWMutex
	names []string // oldest first; the last one seals
	keys  map[string]cipher.AEAD
}

var nameForm = regexp.MustCompile(`^k[0-9]{1,6}$`)

// Load reads the ring of a file.
func Load(path string) (*Ring, error) {
	r := &Ring{path: path}
	if err := r.load(); err != nil {
		return nil, err
	}
	return r, nil
}

// Make writes a key file with one new key, readable by its owner alone, and gives its ring. ErrThere when there is a file.
func Make(path string) (*Ring, error) {
	line, err := newLine("k1")
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("making the key file: %w", err)
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return nil, ErrThere
	}
	if err != nil {
		return nil, fmt.Errorf("making the key file: %w", err)
	}
	_, err = io.WriteString(file, header+line)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return nil, fmt.Errorf("making the key file: %w", err)
	}
	return Load(path)
}

// header tells whoever finds the file what it is.
const header = `# The keys of a Coordinate My Care central service. Without this file what is sealed in its database cannot be read by
# anybody. Keep a copy apart from the backups of the database. The last key seals; older ones open what they have sealed.
`

func newLine(name string) (string, error) {
	key := make([]byte, chacha20poly1305.KeySize)
	if _, err := rand.Read(key); err != nil {
		return "", err
	}
	return name + " " + hex.EncodeToString(key) + "\n", nil
}

func (r *Ring) load() error {
	raw, err := os.ReadFile(r.path)
	if errors.Is(err, os.ErrNotExist) {
		return ErrMissing
	}
	if err != nil {
		return fmt.Errorf("reading the key file: %w", err)
	}
	if err := private(r.path); err != nil {
		return err
	}
	var names []string
	keys := map[string]cipher.AEAD{}
	for line := range strings.Lines(string(raw)) {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, digits, _ := strings.Cut(line, " ")
		key, err := hex.DecodeString(strings.TrimSpace(digits))
		if err != nil || len(key) != chacha20poly1305.KeySize || !nameForm.MatchString(name) || keys[name] != nil {
			return ErrFile
		}
		if keys[name], err = chacha20poly1305.NewX(key); err != nil {
			return ErrFile
		}
		names = append(names, name)
	}
	if len(names) == 0 {
		return ErrFile
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.names, r.keys = names, keys
	return nil
}

// Add puts a new key at the end of the file and seals with it from now on.
func (r *Ring) Add() error {
	r.mu.RLock()
	next := "k" + fmt.Sprint(len(r.names)+1)
	for n := len(r.names) + 1; r.keys[next] != nil; n++ {
		next = "k" + fmt.Sprint(n)
	}
	r.mu.RUnlock()
	line, err := newLine(next)
	if err != nil {
		return err
	}
	raw, err := os.ReadFile(r.path)
	if err != nil {
		return fmt.Errorf("reading the key file: %w", err)
	}
	if len(raw) > 0 && raw[len(raw)-1] != '\n' {
		raw = append(raw, '\n')
	}
	// Written beside it and put in its place in one step: a machine that stops in between has one of the two whole.
	fresh, err := os.OpenFile(r.path+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("writing the key file: %w", err)
	}
	_, err = fresh.Write(append(raw, line...))
	if err = errors.Join(err, fresh.Sync(), fresh.Close()); err != nil {
		return fmt.Errorf("writing the key file: %w", err)
	}
	if err := os.Rename(r.path+".new", r.path); err != nil {
		return fmt.Errorf("writing the key file: %w", err)
	}
	return r.load()
}

// Current is the name of the key that seals now.
func (r *Ring) Current() string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.names[len(r.names)-1]
}

// mark stands before every sealed value.
const mark = "sealed:"

// Sealed says whether a text is a sealed value.
func Sealed(text string) bool { return strings.HasPrefix(text, mark) }

// NameOf is the name of the key that sealed a value; "" when it is not sealed.
func NameOf(text string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(text, mark), ":")
	if !Sealed(text) {
		return ""
	}
	return name
}

// Seal gives the sealed form of a value for one place: "sealed:KEY:BASE64".
func (r *Ring) Seal(place string, value []byte) (string, error) {
	r.mu.RLock()
	name := r.names[len(r.names)-1]
	key := r.keys[name]
	r.mu.RUnlock()
	out := make([]byte, chacha20poly1305.NonceSizeX, chacha20poly1305.NonceSizeX+len(value)+key.Overhead())
	if _, err := rand.Read(out); err != nil {
		return "", err
	}
	out = key.Seal(out, out, value, []byte(place))
	return mark + name + ":" + base64.RawStdEncoding.EncodeToString(out), nil
}

// Open gives a value back. The place must be the one that it was sealed for.
func (r *Ring) Open(place, sealed string) ([]byte, error) {
	rest, is := strings.CutPrefix(sealed, mark)
	name, text, found := strings.Cut(rest, ":")
	raw, err := base64.RawStdEncoding.Strict().DecodeString(text)
	if !is || !found || err != nil || len(raw) < chacha20poly1305.NonceSizeX {
		return nil, ErrBroken
	}
	key, err := r.key(name)
	if err != nil {
		return nil, err
	}
	value, err := key.Open(nil, raw[:chacha20poly1305.NonceSizeX], raw[chacha20poly1305.NonceSizeX:], []byte(place))
	if err != nil {
		return nil, ErrBroken
	}
	return value, nil
}

func (r *Ring) key(name string) (cipher.AEAD, error) {
	r.mu.RLock()
	key := r.keys[name]
	r.mu.RUnlock()
	if key != nil {
		return key, nil
	}
	if err := r.load(); err != nil {
		return nil, err
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	if key = r.keys[name]; key == nil {
		return nil, ErrUnknown
	}
	return key, nil
}
