package server

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"parley/cmd/parley/internal/secretfile"
	"parley/hub/rules"
)

// KeyFile is the name of the file in the data directory that holds the secret from which
// all links and tokens are derived.
const KeyFile = "token.key"

// LoadKey loads the key from the data directory. It creates the key if there is none and
// inUse is false; with inUse set, the journal has sessions whose links need the key. A
// key file that others can read or replace is refused, since they could act as any
// participant.
func LoadKey(dir string, inUse bool) (rules.Key, error) {
	path := filepath.Join(dir, KeyFile)
	content, err := secretfile.Read(path)
	switch {
	case errors.Is(err, os.ErrNotExist) && inUse:
		return rules.Key{}, fmt.Errorf("%s is missing, and the links and tokens of the sessions in the journal depend on it; restore it from a backup, or invalidate all of them with a new key: (umask 077; openssl rand -hex 32 > %s)", path, path)
	case errors.Is(err, os.ErrNotExist):
		return createKey(path)
	case err != nil:
		return rules.Key{}, fmt.Errorf("read key: %w", err)
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(content)))
	if err != nil || len(key) != len(rules.Key{}) {
		return rules.Key{}, fmt.Errorf("%s is damaged: want %d hexadecimal digits; restore it from a backup, or invalidate all links and tokens with a new key: (umask 077; openssl rand -hex 32 > %s)", path, 2*len(rules.Key{}), path)
	}
	return rules.Key(key), nil
}

// createKey creates a key, which is durable before any link is derived from it.
func createKey(path string) (rules.Key, error) {
	var key rules.Key
	_, _ = rand.Read(key[:]) // never fails: crypto/rand crashes the program instead
	if err := secretfile.Write(path, []byte(hex.EncodeToString(key[:])+"\n")); err != nil {
		return key, fmt.Errorf("create key: %w", err)
	}
	return key, nil
}
