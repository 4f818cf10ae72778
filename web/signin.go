package web

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"parley/hub"
	"parley/protocol"
	"parley/web/internal/access"
	"parley/web/internal/forward"
)

// Operators keeps the keys of those who may start agents and list sessions. Its methods are
// safe for concurrent use.
type Operators interface {
	// Name returns the name of a key that is valid.
	Name(key string) (name string, ok bool)
	// Redeem exchanges the code of a sign-in link, which is valid once, for a new key. The
	// error is [ErrCode] if the code is not valid.
	Redeem(code string) (key, name string, err error)
	// SignOut makes a key invalid if [Operators.Redeem] has made it.
	SignOut(key string) error
}

// ErrCode means that the code of a sign-in link is not valid.
var ErrCode = protocol.Errorf(protocol.CodeInvalidOperatorKey, "the sign-in link is not valid, or no longer: it is valid once and for ten minutes; parley key link makes another")

// signedInFor is how long a browser keeps the cookie of a sign-in.
const signedInFor = 90 * 24 * time.Hour

// describeServer tells a client what this server asks it for.
func (s *Server) describeServer(r *http.Request, _ []byte) (protocol.ServerAnswer, error) {
	answer := protocol.ServerAnswer{Protected: s.access.IsProtected(r)}
	if s.options.Identities != nil {
		answer.Provider = new(s.options.Identities.Provider())
	}
	proof, err := s.access.Identify(r)
	if e, ok := asProtocol(err); ok && e.Entry().Retryable {
		return answer, err // the client may still be signed in
	} else if err != nil {
		return answer, nil // the client has to sign in
	}
	if proof.Operator {
		answer.Operator = &proof.UserID
	}
	answer.Identity = s.identityAnswer(proof)
	return answer, nil
}

// forgetting serves h, and removes the cookie of a browser whose sign-in is no longer valid.
func (s *Server) forgetting(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := s.access.Identify(r); err != nil {
			s.forget(w, r, err)
		}
		h.ServeHTTP(w, r)
	})
}

// signInOperator checks an operator's key, or exchanges the code of a sign-in link for one.
// A page that was loaded by HTTPS asks to keep it in a cookie, which no script can read.
func (s *Server) signInOperator(w http.ResponseWriter, r *http.Request) error {
	body, err := s.readBody(w, r)
	if err != nil {
		return err
	}
	given, err := decodeBody[struct {
		Code     string `json:"code,omitzero"`
		Key      string `json:"key,omitzero"`
		Provider bool   `json:"provider,omitzero"` // this browser has been at the identity provider
		Cookie   bool   `json:"cookie,omitzero"`

		Tokens *ProviderTokens `json:"tokens,omitzero"`
	}](body)
	if err != nil {
		return err
	}
	var answer protocol.OperatorSignInAnswer
	err = s.attempt(r, nil, func() error {
		switch {
		case given.Provider:
			answer.Key, answer.Name, err = s.collect(w, r)
		case given.Tokens != nil:
			answer.Key, answer.Name, err = s.exchange(r, *given.Tokens)
		default:
			answer.Key, answer.Name, err = s.keyFor(given.Code, given.Key)
		}
		return err
	})
	if err != nil {
		return err
	}
	if given.Cookie {
		http.SetCookie(w, signInCookie(answer.Key, signedInFor))
		answer.Key = ""
	}
	encoded, err := protocol.Marshal(answer)
	if err == nil {
		s.writeAnswer(w, http.StatusOK, encoded)
	}
	return err
}

// keyFor returns the key for a code, or the key itself.
func (s *Server) keyFor(code, key string) (valid, name string, err error) {
	operators := s.options.Operators
	switch {
	case (code == "") == (key == ""):
		return "", "", protocol.Errorf(protocol.CodeInvalidRequest, "either code or key is needed")
	case operators == nil:
		return "", "", access.ErrWrongKey
	case code != "":
		valid, name, err = operators.Redeem(code)
		if err != nil && !errors.Is(err, ErrCode) {
			s.log.Error("sign-in failed: " + err.Error())
		}
		return valid, name, err
	}
	if name, ok := operators.Name(key); ok {
		return key, name, nil
	}
	return "", "", access.ErrWrongKey
}

// toProvider sends a browser to the identity provider.
func (s *Server) toProvider(w http.ResponseWriter, r *http.Request) error {
	if s.options.Identities == nil {
		return errNotFound
	}
	if err := s.addresses.Read(r.RemoteAddr); err != nil {
		return err
	}
	redirect, kept, err := s.options.Identities.Begin(r.Context(), s.callbackURL(r))
	if err != nil {
		return err
	}
	http.SetCookie(w, transactionCookie(r, kept, SignInTakes))
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Location", redirect)
	w.WriteHeader(http.StatusSeeOther)
	return nil
}

// fromProvider takes a browser back from the identity provider, and sends it to the start page,
// which collects the outcome: this request comes from a page of the provider.
func (s *Server) fromProvider(w http.ResponseWriter, r *http.Request) error {
	if s.options.Identities == nil {
		return errNotFound
	}
	kept, err := r.Cookie(transactionName(r))
	if err != nil {
		kept = new(http.Cookie)
	}
	var outcome string
	err = s.addresses.Attempt(r.RemoteAddr, func() (err error) {
		outcome, err = s.options.Identities.Finish(r.Context(), kept.Value, r.URL.Query())
		return err
	})
	if e, ok := asProtocol(err); ok && e.Code == protocol.CodeRateLimited {
		return err
	}
	http.SetCookie(w, transactionCookie(r, outcome, SignInTakes))
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Location", "../../#signed-in") // relative, since a proxy may have removed a prefix
	w.WriteHeader(http.StatusSeeOther)
	return nil
}

// collect returns the credential of a browser that the identity provider has sent back.
func (s *Server) collect(w http.ResponseWriter, r *http.Request) (credential, name string, err error) {
	if s.options.Identities == nil {
		return "", "", errNotFound
	}
	kept, err := r.Cookie(transactionName(r))
	if err != nil {
		kept = new(http.Cookie)
	}
	http.SetCookie(w, transactionCookie(r, "", -time.Second))
	if credential, err = s.options.Identities.Collect(kept.Value); err != nil {
		return "", "", err
	}
	return s.signedIn(r, credential)
}

// exchange returns a credential for the tokens of a program's user.
func (s *Server) exchange(r *http.Request, tokens ProviderTokens) (credential, name string, err error) {
	if s.options.Identities == nil {
		return "", "", errNotFound
	}
	if credential, err = s.options.Identities.Exchange(r.Context(), tokens); err != nil {
		return "", "", err
	}
	return s.signedIn(r, credential)
}

// signedIn returns a credential with the name of the person.
func (s *Server) signedIn(r *http.Request, credential string) (_, name string, err error) {
	proof, err := s.options.Identities.Identify(r.Context(), credential)
	if err != nil {
		return "", "", err
	}
	return credential, s.hub.Owner(hub.Caller{Identity: proof.Identity}).Name, nil
}

// callbackURL returns the address to which the identity provider sends a browser back.
func (s *Server) callbackURL(r *http.Request) string {
	const path = "/api/sign-in/callback"
	if public := s.options.PublicURL; public != nil {
		return strings.TrimSuffix(public.String(), "/") + path
	}
	scheme := "http"
	if forward.IsTLS(r) {
		scheme = "https"
	}
	return scheme + "://" + r.Host + path
}

// transactionName returns the name of the cookie in which a browser keeps its sign-in while it
// is at the identity provider.
func transactionName(r *http.Request) string {
	if forward.IsTLS(r) {
		return "__Host-parley-sign-in"
	}
	return "parley-sign-in"
}

// transactionCookie returns that cookie. It must survive the way back from the provider, so
// that it cannot be strict.
func transactionCookie(r *http.Request, kept string, lasts time.Duration) *http.Cookie {
	return &http.Cookie{
		Name: transactionName(r), Value: kept, Path: "/", MaxAge: int(lasts / time.Second),
		Secure: forward.IsTLS(r), HttpOnly: true, SameSite: http.SameSiteLaxMode,
	}
}

// signOutOperator removes the cookie, and makes the credential of a sign-in invalid.
func (s *Server) signOutOperator(w http.ResponseWriter, r *http.Request) error {
	if _, err := s.readBody(w, r); err != nil {
		return err
	}
	var err error
	switch key := access.CredentialOf(r); {
	case key == "":
	case access.ProvesPerson(key) && s.options.Identities != nil:
		err = s.options.Identities.SignOut(key)
	case s.options.Operators != nil:
		err = s.options.Operators.SignOut(key)
	}
	if err != nil {
		return err
	}
	http.SetCookie(w, signInCookie("", -time.Second))
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// signInCookie returns the cookie that keeps a credential in a browser for a time.
func signInCookie(key string, lasts time.Duration) *http.Cookie {
	return &http.Cookie{
		Name: access.Cookie, Value: key, Path: "/", MaxAge: int(lasts / time.Second),
		Secure: true, HttpOnly: true, SameSite: http.SameSiteStrictMode,
	}
}
