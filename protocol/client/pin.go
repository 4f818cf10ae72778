package client

import (
	"crypto/sha256"
	"crypto/subtle"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// ErrCertificate means that a server does not have the certificate that a link names.
var ErrCertificate = errors.New("the server's certificate is not the one that the link names: someone may be intercepting the connection, or the server has a new certificate; ask for a new link")

// NewTransport returns a new transport, as [http.DefaultTransport]. If pin is not empty, it is
// a [Link]'s Certificate, and the transport accepts that certificate alone, whoever has
// issued it and whatever names it is for.
func NewTransport(pin string) *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	if pin == "" {
		return t
	}
	t.TLSClientConfig = &tls.Config{
		InsecureSkipVerify: true, // VerifyConnection does it, for resumed connections too
		VerifyConnection: func(state tls.ConnectionState) error {
			digest := sha256.Sum256(state.PeerCertificates[0].Raw)
			if subtle.ConstantTimeCompare([]byte(base64.RawURLEncoding.EncodeToString(digest[:])), []byte(pin)) == 0 {
				return ErrCertificate
			}
			return nil
		},
	}
	return t
}

// Fingerprint returns a [Link]'s Certificate as browsers show it: pairs of hexadecimal
// digits. It returns a text that is not a fingerprint unchanged.
func Fingerprint(pin string) string {
	digest, err := base64.RawURLEncoding.DecodeString(pin)
	if err != nil {
		return pin
	}
	return strings.ReplaceAll(fmt.Sprintf("% X", digest), " ", ":")
}

// isPin reports whether a text is a fingerprint.
func isPin(text string) bool {
	digest, err := base64.RawURLEncoding.Strict().DecodeString(text)
	return err == nil && len(digest) == sha256.Size
}
