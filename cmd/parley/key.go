package main

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"parley/hub"
	"parley/hub/journal/sqlite"
)

// keyFile holds the secret that every link and token is derived from.
const keyFile = "token.key"

// loadKey reads the key in the data directory, and makes it when there is none
// and no session yet for which links could have been given out. A key that others
// can read or choose is refused, since they could act as anybody.
func loadKey(dir string, used bool) (hub.Key, error) {
	path := filepath.Join(dir, keyFile)
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, os.ErrNotExist) && used:
		return hub.Key{}, fmt.Errorf("%s is missing, and the journal beside it has sessions whose links and tokens it makes; restore it from a backup, or give them all up with a new one: (umask 077; openssl rand -hex 32 > %s)", path, path)
	case errors.Is(err, os.ErrNotExist):
		return createKey(path)
	case err != nil:
		return hub.Key{}, fmt.Errorf("read key: %w", err)
	case !info.Mode().IsRegular():
		return hub.Key{}, fmt.Errorf("%s is not a regular file; put the key itself there", path)
	case info.Mode().Perm()&0o077 != 0 && runtime.GOOS != "windows":
		return hub.Key{}, fmt.Errorf("%s can be read by others; run: chmod 600 %s", path, path)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return hub.Key{}, fmt.Errorf("read key: %w", err)
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(content)))
	if err != nil || len(key) != len(hub.Key{}) {
		return hub.Key{}, fmt.Errorf("%s is damaged: it should hold %d hexadecimal digits; restore it from a backup, or give up every link and token with a new one: (umask 077; openssl rand -hex 32 > %s)", path, 2*len(hub.Key{}), path)
	}
	return hub.Key(key), nil
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
