package operators

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"parley/cmd/parley/internal/secretfile"
	"parley/web"
)

const (
	// Dir is the name of the directory in the data directory.
	Dir = "operators"
	// CodeLasts is how long the code of a sign-in link is valid.
	CodeLasts = 10 * time.Minute
	// maxEntries bounds the keys and codes together. Signing in again and again makes many.
	maxEntries = 1000
	// keyPrefix begins every key, so that people and scanners recognise one.
	keyPrefix = "parley_"
)

// Key is what is known of a key.
type Key struct {
	Name     string    `json:"name"`
	Created  time.Time `json:"created"`
	SignedIn bool      `json:"signedIn,omitzero"` // a sign-in link has made it, so signing out removes it

	id string // the name of its file
}

// code is what is known of the code of a sign-in link.
type code struct {
	Name    string    `json:"name"` // of the key to make
	Expires time.Time `json:"expires"`
}

// Store is the keys and codes of a data directory.
type Store struct {
	dir string           // immutable
	now func() time.Time // immutable
}

// Open returns the store in a data directory. It creates nothing.
func Open(data string) *Store { return &Store{filepath.Join(data, Dir), time.Now} }

const (
	keyFile  = ".key"
	codeFile = ".code"
)

// path returns the path of the file of a secret.
func (s *Store) path(secret, kind string) string {
	digest := sha256.Sum256([]byte(secret))
	return filepath.Join(s.dir, hex.EncodeToString(digest[:])+kind)
}

// newSecret returns 256 random bits as text.
func newSecret() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand crashes the program instead
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// Add makes a key, and returns it. Names need not be unique.
func (s *Store) Add(name string) (key string, err error) {
	return s.add(Key{Name: name, Created: s.now().UTC()})
}

func (s *Store) add(k Key) (key string, err error) {
	if err := CheckName(k.Name); err != nil {
		return "", err
	}
	key = keyPrefix + newSecret()
	return key, s.write(s.path(key, keyFile), k)
}

// AddCode makes the code of a sign-in link, which is valid once and for [CodeLasts]. The key
// for which it is exchanged will have the name.
func (s *Store) AddCode(name string) (string, error) {
	if err := CheckName(name); err != nil {
		return "", err
	}
	secret := newSecret()
	return secret, s.write(s.path(secret, codeFile), code{name, s.now().Add(CodeLasts).UTC()})
}

// write writes an entry, after it has removed expired codes.
func (s *Store) write(path string, entry any) error {
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return err
	}
	count, err := s.removeExpired()
	if err != nil {
		return err
	}
	if count >= maxEntries {
		return fmt.Errorf("there are %d keys; revoke some with parley key revoke", count)
	}
	content, err := json.Marshal(entry)
	if err != nil {
		return err
	}
	return secretfile.Write(path, append(content, '\n'))
}

// removeExpired removes codes that have expired, and returns how many entries are left.
func (s *Store) removeExpired() (left int, err error) {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return 0, err
	}
	for _, e := range entries {
		path := filepath.Join(s.dir, e.Name())
		if strings.HasSuffix(path, codeFile) && s.isExpired(path) {
			_ = os.Remove(path) // another process may have been faster
			continue
		}
		left++
	}
	return left, nil
}

func (s *Store) isExpired(path string) bool {
	var c code
	return read(path, &c) != nil || !s.now().Before(c.Expires)
}

// read decodes a file.
func read(path string, into any) error {
	content, err := secretfile.Read(path)
	if err != nil {
		return err
	}
	return json.Unmarshal(content, into)
}

// Name implements [web.Operators].
func (s *Store) Name(key string) (name string, ok bool) {
	var k Key
	if err := read(s.path(key, keyFile), &k); err != nil {
		return "", false
	}
	return k.Name, true
}

// Redeem implements [web.Operators].
func (s *Store) Redeem(secret string) (key, name string, err error) {
	var c code
	path := s.path(secret, codeFile)
	if read(path, &c) != nil || !s.now().Before(c.Expires) || os.Remove(path) != nil {
		return "", "", web.ErrCode
	}
	key, err = s.add(Key{Name: c.Name, Created: s.now().UTC(), SignedIn: true})
	return key, c.Name, err
}

// SignOut implements [web.Operators].
func (s *Store) SignOut(key string) error {
	var k Key
	path := s.path(key, keyFile)
	if read(path, &k) != nil || !k.SignedIn {
		return nil
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// Keys lists the keys, the oldest first.
func (s *Store) Keys() ([]Key, error) {
	entries, err := os.ReadDir(s.dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	var keys []Key
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), keyFile) {
			continue
		}
		k := Key{id: e.Name()}
		switch err := read(filepath.Join(s.dir, e.Name()), &k); {
		case errors.Is(err, os.ErrNotExist): // it was revoked meanwhile
		case err != nil:
			return nil, err
		default:
			keys = append(keys, k)
		}
	}
	slices.SortStableFunc(keys, func(a, b Key) int { return a.Created.Compare(b.Created) })
	return keys, nil
}

// Revoke makes all keys of a name invalid, and returns how many there were.
func (s *Store) Revoke(name string) (int, error) {
	keys, err := s.Keys()
	if err != nil {
		return 0, err
	}
	count := 0
	for _, k := range keys {
		if k.Name != name {
			continue
		}
		if err := os.Remove(filepath.Join(s.dir, k.id)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return count, err
		}
		count++
	}
	return count, nil
}

// CheckName returns an error unless a name is a line of at most 128 characters.
func CheckName(name string) error {
	if name == "" || len(name) > 128 || strings.TrimSpace(name) != name || strings.ContainsFunc(name, isControl) {
		return fmt.Errorf("%.60q is not a name for a key, such as ann-laptop", name)
	}
	return nil
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f || r == 0xfffd }
