package access

import (
	"net/http"
	"strings"

	"parley/protocol"
	"parley/web/internal/forward"
	"parley/web/internal/guard"
)

// Need is what an endpoint asks of its caller.
type Need int

const (
	// Nothing is asked for pages, their files, probes, and signing in.
	Nothing Need = iota + 1
	// Credentials of a participant, or an invite, are asked for by the endpoint itself, always.
	Credentials
	// Reader is a participant, whose credentials the endpoint checks, or an operator. Without
	// protection it is everybody.
	Reader
	// Operator is whoever has a key, or a verified person, who can use no more than that
	// person has created. Without protection it is everybody.
	Operator
	// Administrator is whoever has a key, or a verified person who administers the server.
	// Without protection it is everybody.
	Administrator
)

// Keys are the keys of operators.
type Keys interface {
	// Name returns the name of a key that is valid.
	Name(key string) (name string, ok bool)
}

// Options are the settings of a [Guard].
type Options struct {
	Protected bool // whether every request is under protection
	Open      bool // whether no request is, whatever way it has come
	Keys      Keys // nil for none

	Identities Identities // nil for none
	Header     string     // in which a believed proxy names the user; empty for none
	NameHeader string     // in which it gives the user's display name; empty for none
}

// Guard decides who may call an endpoint.
type Guard struct{ o Options }

// New returns a Guard.
func New(o Options) Guard { return Guard{o} }

const (
	// Cookie is the name of the cookie with an operator's key. Browsers send it only over
	// HTTPS, and take it only from this very host.
	Cookie = "__Host-parley"
	// HeaderPage is a header that only pages of this server send: a page of another site
	// cannot set it without being allowed to.
	HeaderPage = "Parley-Page"
	// HeaderIdentity has the credential of a person beside that of a participant.
	HeaderIdentity = "Parley-Identity"
	// HeaderParticipant says that the bearer token is a participant's.
	HeaderParticipant = "Parley-Participant"
)

// Errors of [Guard.Check].
var (
	ErrNoKey           = protocol.Errorf(protocol.CodeUnauthorized, "this server is protected: sign in, or send an operator's key as Authorization: Bearer KEY; parley key add NAME makes one")
	ErrWrongKey        = protocol.Errorf(protocol.CodeInvalidOperatorKey, "the operator's key is not valid, or no longer valid: sign in again")
	errNoAdministrator = protocol.Errorf(protocol.CodeOwnerRequired, "only those who administer this server can do this")
	ErrNoReader        = protocol.Errorf(protocol.CodeUnauthorized, "this server is protected: send a participant's credentials as Authorization and %s, or an operator's key", HeaderParticipant)
)

// IsProtected reports whether a request is under protection. A server that only this
// machine can reach cannot know who is behind a proxy.
func (g Guard) IsProtected(r *http.Request) bool {
	return !g.o.Open && (g.o.Protected || forward.IsForwarded(r))
}

// Check returns nil if a request, which carries its proof, meets a need as far as that is
// decided here. A participant's credentials are left to the endpoint.
func (g Guard) Check(r *http.Request, need Need) error {
	if p := ProofOf(r); need == Administrator && p.Subject != "" && !p.Admin && g.IsProtected(r) {
		return errNoAdministrator
	}
	if need == Nothing || need == Credentials || !g.IsProtected(r) || ProofOf(r).Subject != "" {
		return nil
	}
	_, _, isParticipant := Participant(r)
	switch {
	case need == Reader && isParticipant:
		return nil
	case need == Reader:
		return ErrNoReader
	}
	return ErrNoKey
}

// Participant returns the participant's credentials in the headers of a request, valid or
// not. The token is empty if the request carries a proof of a person.
func Participant(r *http.Request) (id, token string, ok bool) {
	id = r.Header.Get(HeaderParticipant)
	token, ok = Bearer(r)
	if ok && ProvesPerson(token) {
		token, ok = "", ProofOf(r).IsPerson()
	}
	return id, token, id != "" && (ok || ProofOf(r).IsPerson())
}

// Bearer returns the bearer token of a request, if any.
func Bearer(r *http.Request) (token string, ok bool) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	return strings.TrimSpace(token), strings.EqualFold(scheme, "Bearer")
}

func (g Guard) name(key string) (string, bool) {
	if g.o.Keys == nil {
		return "", false
	}
	return g.o.Keys.Name(key)
}

// isOwnPage reports whether a page of this server has sent a request. The header can be set
// by no page of another origin. A WebSocket has no headers of its own, but its Origin was
// checked before.
func isOwnPage(r *http.Request) bool {
	return r.Header.Get(HeaderPage) != "" || guard.IsUpgrade(r) && r.Header.Get("Origin") != ""
}
