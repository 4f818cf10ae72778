package provider

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
)

// sealer encrypts and authenticates what others keep. It is safe for concurrent use.
type sealer struct{ aead cipher.AEAD }

// newSealer returns a sealer with a key of this process.
func newSealer() sealer { return sealerOf([]byte(newSecret())) }

// sealerOf returns the sealer whose key is derived from a secret of 256 random bits or more.
func sealerOf(secret []byte) sealer {
	key := sha256.Sum256(append([]byte("parley seal\x00"), secret...))
	block, err := aes.NewCipher(key[:])
	if err != nil {
		panic(err) // the key has 32 bytes
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic(err) // AES has the block size that GCM needs
	}
	return sealer{aead}
}

func (s sealer) seal(content []byte) string {
	nonce := make([]byte, s.aead.NonceSize(), s.aead.NonceSize()+len(content)+s.aead.Overhead())
	_, _ = rand.Read(nonce) // never fails: crypto/rand crashes the program instead
	return base64.RawURLEncoding.EncodeToString(s.aead.Seal(nonce, nonce, content, nil))
}

// open returns what was sealed. It returns false for anything else.
func (s sealer) open(sealed string) (content []byte, ok bool) {
	b, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil || len(b) < s.aead.NonceSize() {
		return nil, false
	}
	content, err = s.aead.Open(nil, b[:s.aead.NonceSize()], b[s.aead.NonceSize():], nil)
	return content, err == nil
}
