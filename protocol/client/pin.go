package client

import (
	"cmp"
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

// headerIdentity has the credential of a person beside that of a participant.
const headerIdentity = "Parley-Identity"

// identified adds a person's credential to the requests to a server, and to no others: a
// redirect may lead elsewhere.
type identified struct {
	next     http.RoundTripper // nil for the default
	server   string
	identity string
}

// RoundTrip implements [http.RoundTripper].
func (t identified) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasPrefix(r.URL.String(), t.server+"/") {
		r = r.Clone(r.Context())
		r.Header.Set(headerIdentity, t.identity)
	}
	return cmp.Or(t.next, http.DefaultTransport).RoundTrip(r)
}

// CloseIdleConnections closes those of the next transport.
func (t identified) CloseIdleConnections() {
	if next, ok := t.next.(interface{ CloseIdleConnections() }); ok {
		next.CloseIdleConnections()
	}
}
