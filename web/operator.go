package web

import (
	"errors"
	"net/http"
	"time"

	"parley/protocol"
	"parley/web/internal/access"
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

// signedInFor is how long a browser keeps the cookie of an operator.
const signedInFor = 90 * 24 * time.Hour

// describeServer tells a client what this server asks it for.
func (s *Server) describeServer(r *http.Request, _ []byte) (protocol.ServerAnswer, error) {
	answer := protocol.ServerAnswer{Protected: s.access.IsProtected(r)}
	if s.options.Identities != nil {
		answer.Provider = new(s.options.Identities.Provider())
	}
	proof, err := s.access.Identify(r)
	if err != nil {
		return answer, nil // the client has to sign in
	}
	if proof.Operator {
		answer.Operator = &proof.UserID
	}
	answer.Identity = s.identityAnswer(proof)
	return answer, nil
}

// signInOperator checks an operator's key, or exchanges the code of a sign-in link for one.
// A page that was loaded by HTTPS asks to keep it in a cookie, which no script can read.
func (s *Server) signInOperator(w http.ResponseWriter, r *http.Request) error {
	body, err := s.readBody(w, r)
	if err != nil {
		return err
	}
	given, err := decodeBody[struct {
		Code   string `json:"code,omitzero"`
		Key    string `json:"key,omitzero"`
		Cookie bool   `json:"cookie,omitzero"`
	}](body)
	if err != nil {
		return err
	}
	var answer protocol.OperatorSignInAnswer
	err = s.attempt(r, nil, func() error {
		answer.Key, answer.Name, err = s.keyFor(given.Code, given.Key)
		return err
	})
	if err != nil {
		return err
	}
	if given.Cookie {
		http.SetCookie(w, operatorCookie(answer.Key, signedInFor))
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

// signOutOperator removes the cookie, and makes a key of a sign-in link invalid.
func (s *Server) signOutOperator(w http.ResponseWriter, r *http.Request) error {
	if _, err := s.readBody(w, r); err != nil {
		return err
	}
	if key := access.CredentialOf(r); key != "" && s.options.Operators != nil {
		if err := s.options.Operators.SignOut(key); err != nil {
			return err
		}
	}
	http.SetCookie(w, operatorCookie("", -time.Second))
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// operatorCookie returns the cookie that keeps a key in a browser for a time.
func operatorCookie(key string, lasts time.Duration) *http.Cookie {
	return &http.Cookie{
		Name: access.Cookie, Value: key, Path: "/", MaxAge: int(lasts / time.Second),
		Secure: true, HttpOnly: true, SameSite: http.SameSiteStrictMode,
	}
}
