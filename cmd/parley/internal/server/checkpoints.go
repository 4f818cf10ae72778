package server

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"parley/cmd/parley/internal/secretfile"
)

// CheckpointKeyFile is the name of the file in the data directory that holds the key that
// signs exports.
const CheckpointKeyFile = "checkpoint.key"

// LoadCheckpointKey loads the key that signs exports from the data directory. It creates the
// key if there is none. Exports that an earlier key has signed stay valid under that key.
func LoadCheckpointKey(dir string) (ed25519.PrivateKey, error) {
	path := filepath.Join(dir, CheckpointKeyFile)
	content, err := secretfile.Read(path)
	if errors.Is(err, os.ErrNotExist) {
		_, key, err := ed25519.GenerateKey(rand.Reader)
		if err == nil {
			err = secretfile.Write(path, []byte(hex.EncodeToString(key.Seed())+"\n"))
		}
		if err != nil {
			return nil, fmt.Errorf("create %s: %w", path, err)
		}
		return key, nil
	}
	if err != nil {
		return nil, err
	}
	seed, err := hex.DecodeString(strings.TrimSpace(string(content)))
	if err != nil || len(seed) != ed25519.SeedSize {
		return nil, fmt.Errorf("%s is damaged: want %d hexadecimal digits; restore it from a backup, or remove it to sign with a new key", path, 2*ed25519.SeedSize)
	}
	return ed25519.NewKeyFromSeed(seed), nil
}
