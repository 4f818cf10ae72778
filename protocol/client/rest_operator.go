package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"parley/protocol"
)

// SignInLink leads an operator to a server. The part after the # is a secret.
type SignInLink struct {
	Server      string // the address without a final slash
	Code        string // valid once and for some minutes; empty if the link has none
	Certificate string // as in a [Link]
}

// ParseSignInLink parses SERVER/#k=CODE, also with &c=FINGERPRINT at the end, and the
// address of a server, also with #c=FINGERPRINT. Its errors never contain the secret part.
func ParseSignInLink(text string) (SignInLink, error) {
	bad := errors.New("a sign-in link looks like https://SERVER/#k=CODE, and the address of a server like https://SERVER")
	u, err := url.Parse(strings.TrimSpace(text))
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || (u.Scheme != "http" && u.Scheme != "https") {
		return SignInLink{}, bad
	}
	l := SignInLink{Server: u.Scheme + "://" + u.Host + strings.TrimRight(u.Path, "/")}
	for part := range strings.SplitSeq(u.Fragment, "&") {
		switch name, value, _ := strings.Cut(part, "="); {
		case part == "":
		case name == "k" && value != "":
			l.Code = value
		case name == "c" && u.Scheme == "https" && isPin(value):
			l.Certificate = value
		default:
			return SignInLink{}, bad
		}
	}
	return l, nil
}

// String returns the link as text, including the secret.
func (l SignInLink) String() string {
	text, separator := l.Server+"/", "#"
	if l.Code != "" {
		text, separator = text+"#k="+l.Code, "&"
	}
	if l.Certificate != "" {
		text += separator + "c=" + l.Certificate
	}
	return text
}

// Describe tells what the server asks for, and whether the Token of the options is an
// operator's.
func (s *Server) Describe(ctx context.Context) (answer protocol.ServerAnswer, err error) {
	return answer, s.do(ctx, request{name: "ask the server", method: http.MethodGet, path: []string{"server"}}, &answer)
}

// SignIn exchanges the code of a sign-in link for an operator's key, which is the Token of a
// server's options. The code is valid once, so after an error that is not a
// [*protocol.Error] it may be used up.
func (s *Server) SignIn(ctx context.Context, code string) (name, key string, err error) {
	var answer protocol.OperatorSignInAnswer
	err = s.do(ctx, request{
		name: "sign in", method: http.MethodPost, path: []string{"sign-in"}, body: map[string]string{"code": code},
	}, &answer)
	if err == nil && answer.Key == "" {
		err = fmt.Errorf("sign in: %w", errIncomplete)
	}
	return answer.Name, answer.Key, err
}

// IdentityTokens are what an identity provider gives to a program whose user has signed in.
type IdentityTokens struct {
	ID      string `json:"idToken"`
	Access  string `json:"accessToken,omitzero"`
	Refresh string `json:"refreshToken,omitzero"`
}

// SignInWith exchanges the tokens of the server's identity provider for a credential, which
// is the Token of a server's options and the Identity of a client's. The server keeps the
// refresh token, with which it checks from time to time whether the provider still knows the
// user.
func (s *Server) SignInWith(ctx context.Context, tokens IdentityTokens) (name, credential string, err error) {
	var answer protocol.OperatorSignInAnswer
	err = s.do(ctx, request{
		name: "sign in", method: http.MethodPost, path: []string{"sign-in"}, body: map[string]IdentityTokens{"tokens": tokens},
	}, &answer)
	if err == nil && answer.Key == "" {
		err = fmt.Errorf("sign in: %w", errIncomplete)
	}
	return answer.Name, answer.Key, err
}

// SignOut makes the Token of the options invalid if a sign-in link has made it.
func (s *Server) SignOut(ctx context.Context) error {
	return s.do(ctx, request{name: "sign out", method: http.MethodPost, path: []string{"sign-out"}}, nil)
}
