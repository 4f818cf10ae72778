package client

import (
	"cmp"
	"net/http"
	"strings"
)

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
