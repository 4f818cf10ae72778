package web

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"parley/hub"
	"parley/protocol"
	"parley/web/internal/access"
	"parley/web/internal/limit"
)

// Proof is what a credential proves of its holder.
type Proof = access.Proof

// Identities lets people prove who they are, to an identity provider. Its methods are safe
// for concurrent use.
type Identities interface {
	access.Identities
	// Provider describes the provider.
	Provider() protocol.IdentityProvider
	// Begin begins the sign-in of a browser. It returns the address of the provider's page,
	// which sends the browser back to callback, and what the browser keeps meanwhile. Errors:
	// IDENTITY_UNAVAILABLE.
	Begin(ctx context.Context, callback string) (redirect, kept string, err error)
	// Finish finishes it with the parameters of the callback. It returns what the browser
	// keeps instead, also with an error, which is for the log alone: [Identities.Collect]
	// returns it to the browser's page.
	Finish(ctx context.Context, kept string, answer url.Values) (string, error)
	// Collect returns the credential of a browser that has signed in. Errors: INVALID_IDENTITY,
	// IDENTITY_NOT_ALLOWED, IDENTITY_UNAVAILABLE.
	Collect(kept string) (credential string, err error)
	// Exchange returns a credential for the tokens that a program has got from the provider
	// for its user. Errors: as [Identities.Collect].
	Exchange(ctx context.Context, tokens ProviderTokens) (credential string, err error)
	// SignOut makes a credential of [Identities.Collect] invalid.
	SignOut(credential string) error
}

// ProviderTokens are what an identity provider gives to a program whose user has signed in.
type ProviderTokens struct {
	ID      string `json:"idToken"`
	Access  string `json:"accessToken,omitzero"`
	Refresh string `json:"refreshToken,omitzero"` // with which the server checks the sign-in again
}

// SignInTakes is how long a browser may take to sign in at a provider.
const SignInTakes = 10 * time.Minute

// SessionPrefix begins the credentials that [Identities] gives to those who have signed in.
const SessionPrefix = access.SessionPrefix

// identitiesOf returns what verifies credentials of people; nil for none.
func identitiesOf(o Options) access.Identities {
	if o.Identities == nil {
		return nil // and not an interface that holds nil
	}
	return o.Identities
}

// pageFacts returns what the web pages know of the server when they are loaded.
func pageFacts(o Options) map[string]string {
	facts := map[string]string{}
	if o.Certificate != "" {
		facts["parley-certificate"] = o.Certificate
	}
	if o.Identities != nil {
		facts["parley-people"] = o.Identities.Provider().Name
	} else if o.IdentityHeader != "" {
		facts["parley-people"] = "proxy"
	}
	return facts
}

// protect lets only those call an endpoint who meet its need, and lets their requests carry
// what they prove. Wrong credentials are counted for the client's address, and a client with
// a valid one is known.
func (s *Server) protect(need access.Need, h http.Handler) http.Handler {
	if need == access.Nothing {
		return h
	}
	return s.handle(func(w http.ResponseWriter, r *http.Request) error {
		var proof Proof
		err := s.addresses.Attempt(r.RemoteAddr, func() (err error) {
			proof, err = s.access.Identify(r)
			if err != nil && s.ignores(r, need) {
				return nil
			}
			return err
		})
		if err != nil {
			s.forget(w, r, err)
			return err
		}
		if proof.Subject != "" {
			r = access.With(r, proof)
			limit.ConnectionOf(r.Context()).Identified()
		}
		if err := s.access.Check(r, need); err != nil {
			return err
		}
		h.ServeHTTP(w, r)
		return nil
	})
}

// ignores reports whether a wrong credential is ignored, because it need not be one: an
// endpoint of a participant checks other credentials, and a server that is not protected asks
// for none.
func (s *Server) ignores(r *http.Request, need access.Need) bool {
	if s.options.Identities != nil && access.ProvesPerson(access.CredentialOf(r)) {
		return false
	}
	return need == access.Credentials || !s.access.IsProtected(r)
}

// forget removes the cookie of a browser whose sign-in is no longer valid, so that its user is
// a guest again who can sign in.
func (s *Server) forget(w http.ResponseWriter, r *http.Request, err error) {
	e, ok := asProtocol(err)
	if ok && e.Entry().Status == http.StatusUnauthorized && access.CookieOf(r) != "" && access.CookieOf(r) == access.CredentialOf(r) {
		http.SetCookie(w, signInCookie("", -time.Second))
	}
}

// as returns the hub as the caller of a request may use it.
func (s *Server) as(r *http.Request) hub.Access { return s.hub.As(s.access.Caller(r)) }

// identityAnswer describes the person of a request; nil for none.
func (s *Server) identityAnswer(p Proof) *protocol.IdentityAnswer {
	if !p.IsPerson() {
		return nil
	}
	owner := s.hub.Owner(hub.Caller{Identity: p.Identity})
	answer := &protocol.IdentityAnswer{ID: owner.ID, UserID: p.UserID, Name: owner.Name, Admin: p.Admin}
	if !p.Expires.IsZero() {
		answer.Expires = &p.Expires
	}
	return answer
}

// recheck checks again what the request of a live connection has proved.
func (s *Server) recheck(ctx context.Context, p Proof) (Proof, error) {
	expires, err := s.access.Recheck(ctx, p)
	p.Expires = expires
	return p, err
}

// takeCommand counts a command of a participant. It returns nil or a RATE_LIMITED error.
func (s *Server) takeCommand(c hub.Credentials) error {
	return s.participants.Take(c.ParticipantID, c.Token, c.Caller.Identity.Subject)
}
