package main

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"parley/hub"
	"parley/hub/journal/sqlite"
)

// keyFile holds the secret that every link and token is derived from.
const keyFile = "token.key"

// loadKey reads the key in the data directory, making it the first time. A key
// that others can read is refused, since they could act as anybody.
func loadKey(dir string) (hub.Key, error) {
	path := filepath.Join(dir, keyFile)
	info, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) {
		return createKey(path)
	}
	if err != nil {
		return hub.Key{}, fmt.Errorf("read key: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return hub.Key{}, fmt.Errorf("%s can be read by others; run: chmod 600 %s", path, path)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return hub.Key{}, fmt.Errorf("read key: %w", err)
	}
	var key hub.Key
	n, err := hex.Decode(key[:], []byte(strings.TrimSpace(string(content))))
	if err != nil || n != len(key) {
		return hub.Key{}, fmt.Errorf("%s is damaged: it should hold %d hexadecimal digits; restore it from a backup, or remove it, which makes every link and token invalid", path, 2*len(key))
	}
	return key, nil
}

// createKey writes a new key so that a crash leaves either none or a whole one,
// and no link is given out that a power cut could make invalid.
func createKey(path string) (hub.Key, error) {
	var key hub.Key
	_, _ = rand.Read(key[:])                                  // never fails: crypto/rand ends the program rather
	f, err := os.CreateTemp(filepath.Dir(path), keyFile+".*") // has mode 0600
	if err != nil {
		return key, fmt.Errorf("create key: %w", err)
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(hex.EncodeToString(key[:]) + "\n")
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return key, fmt.Errorf("create key: %w", err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return key, fmt.Errorf("create key: %w", err)
	}
	if err := sqlite.SyncDir(filepath.Dir(path)); err != nil {
		return key, fmt.Errorf("create key: %w", err)
	}
	return key, nil
}
