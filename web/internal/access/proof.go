package access

import (
	"context"
	"net"
	"net/http"
	"strings"
	"time"

	"parley/hub"
	"parley/protocol"
	"parley/web/internal/forward"
	"parley/web/internal/guard"
)

// Proof is what a request proves of its caller. The zero value proves nothing.
type Proof struct {
	hub.Identity
	Admin   bool      // the caller may use what others have created
	Expires time.Time // when the credential has to be checked again; zero for never

	credential string // empty if a proxy has vouched for the caller
}

// Identities verifies credentials that are not operators' keys. It is safe for concurrent
// use.
type Identities interface {
	// Identify returns who a credential proves its holder to be. Errors: INVALID_IDENTITY,
	// IDENTITY_NOT_ALLOWED, IDENTITY_UNAVAILABLE if the provider cannot be reached, and ctx's.
	Identify(ctx context.Context, credential string) (Proof, error)
}

// BearerSubprotocol begins a subprotocol that a client offers beside that of the WebSocket.
// The rest of it is a bearer token: browsers let pages set no other header of a handshake.
const BearerSubprotocol = "parley.bearer."

// SessionPrefix begins the credentials that a server gives to those who have signed in with
// an identity provider.
const SessionPrefix = protocol.IdentityPrefix

type proofKey struct{}

// With returns a request that carries a proof.
func With(r *http.Request, p Proof) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), proofKey{}, p))
}

// ProofOf returns the proof that a request carries; zero for none.
func ProofOf(r *http.Request) Proof {
	p, _ := r.Context().Value(proofKey{}).(Proof)
	return p
}

// Caller returns the caller of a request with a proof.
func (g Guard) Caller(r *http.Request) hub.Caller {
	address, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		address = r.RemoteAddr
	}
	p := ProofOf(r)
	return hub.Caller{Address: address, Identity: p.Identity, Unrestricted: p.Admin || !g.IsProtected(r)}
}

// Identify returns what a request proves of its caller. Errors: INVALID_OPERATOR_KEY, those
// of [Identities], and INVALID_IDENTITY for a proxy's header that no user id can be.
func (g Guard) Identify(r *http.Request) (Proof, error) {
	if credential := CredentialOf(r); credential != "" {
		return g.verify(r.Context(), credential)
	}
	if g.o.Header == "" || !forward.ByProxy(r) || len(r.Header.Values(g.o.Header)) == 0 {
		return Proof{}, nil
	}
	return g.vouched(r.Header)
}

// vouched returns what a believed proxy says of the caller.
func (g Guard) vouched(h http.Header) (Proof, error) {
	values := h.Values(g.o.Header)
	user := values[0]
	if strings.TrimSpace(user) == "" {
		return Proof{}, nil // the proxy has let in somebody who has not signed in
	}
	if err := protocol.NormalizeUserID(&user); err != nil || len(values) > 1 {
		return Proof{}, protocol.Errorf(protocol.CodeInvalidIdentity, "the proxy's header %s is not one user id", g.o.Header)
	}
	id := hub.Identity{Subject: "proxy\x00" + user, UserID: user}
	if g.o.NameHeader != "" {
		name := h.Get(g.o.NameHeader)
		shown := &name
		if err := protocol.NormalizeDisplayName(&shown); err == nil && shown != nil {
			id.Name = *shown
		}
	}
	return Proof{Identity: id}, nil
}

// Recheck checks again what a request has proved. It returns the new time at which to check
// it again, or why the proof is no longer valid.
func (g Guard) Recheck(ctx context.Context, p Proof) (expires time.Time, err error) {
	if p.credential == "" {
		return time.Time{}, nil
	}
	now, err := g.verify(ctx, p.credential)
	if err == nil && now.Subject != p.Subject {
		err = errNotValid
	}
	return now.Expires, err
}

var errNotValid = protocol.Errorf(protocol.CodeInvalidIdentity, "the credential is not valid, or no longer: sign in again")

// verify returns what a credential proves.
func (g Guard) verify(ctx context.Context, credential string) (Proof, error) {
	if name, ok := g.name(credential); ok {
		id := hub.Identity{Subject: "key\x00" + name, UserID: name, Operator: true}
		return Proof{Identity: id, Admin: true, credential: credential}, nil
	}
	if g.o.Identities == nil {
		return Proof{}, ErrWrongKey
	}
	p, err := g.o.Identities.Identify(ctx, credential)
	p.credential = credential
	return p, err
}

// CredentialOf returns the credential of an operator or of a person in a request, valid or
// not; empty for none. A participant's token is none.
func CredentialOf(r *http.Request) string {
	if token := r.Header.Get(HeaderIdentity); token != "" {
		return token
	}
	if token, ok := Bearer(r); ok {
		if r.Header.Get(HeaderParticipant) == "" || ProvesPerson(token) {
			return token
		}
	} else if token, ok := subprotocolBearer(r); ok {
		return token
	}
	return CookieOf(r)
}

// CookieOf returns the credential in the cookie of the web pages, valid or not; empty for
// none, and unless one of these pages has sent the request.
func CookieOf(r *http.Request) string {
	cookie, err := r.Cookie(Cookie)
	if err != nil || !isOwnPage(r) {
		return ""
	}
	return cookie.Value
}

// ProvesPerson reports whether a bearer token looks like a credential of a person, and not
// like the token of a participant, an invite or an operator's key. People act as their
// participants with such a credential in place of the participant's token.
func ProvesPerson(token string) bool {
	return strings.HasPrefix(token, SessionPrefix) || strings.Count(token, ".") == 2
}

// subprotocolBearer returns the bearer token that a WebSocket handshake offers as a
// subprotocol.
func subprotocolBearer(r *http.Request) (token string, ok bool) {
	if !guard.IsUpgrade(r) {
		return "", false
	}
	for _, header := range r.Header.Values("Sec-WebSocket-Protocol") {
		for name := range strings.SplitSeq(header, ",") {
			if token, ok := strings.CutPrefix(strings.TrimSpace(name), BearerSubprotocol); ok {
				return token, true
			}
		}
	}
	return "", false
}
