package provider

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"net/url"
	"slices"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"go.uber.org/zap"
	"golang.org/x/oauth2"

	"parley/protocol"
	"parley/web"
)

// transaction is a sign-in of a browser that is under way. The browser keeps it, sealed, so
// that the server keeps nothing for those who begin and do not finish.
type transaction struct {
	State    string    `json:"state"`
	Nonce    string    `json:"nonce"`
	Verifier string    `json:"verifier"` // of RFC 7636
	Callback string    `json:"callback"`
	Expires  time.Time `json:"expires"`
}

// Begin implements [web.Identities].
func (p *Provider) Begin(ctx context.Context, callback string) (redirect, sealed string, err error) {
	d, err := p.discover(ctx)
	if err != nil {
		return "", "", err
	}
	t := transaction{newSecret(), newSecret(), oauth2.GenerateVerifier(), callback, p.now().Add(web.SignInTakes)}
	encoded, err := json.Marshal(t)
	if err != nil {
		return "", "", err
	}
	config := d.oauth
	config.RedirectURL = callback
	options := []oauth2.AuthCodeOption{oidc.Nonce(t.Nonce), oauth2.S256ChallengeOption(t.Verifier)}
	if !slices.Contains(d.scopes, oidc.ScopeOfflineAccess) {
		options = append(options, oauth2.AccessTypeOffline) // which other providers ignore
	}
	return config.AuthCodeURL(t.State, options...), p.seal.seal(encoded), nil
}

// outcome is what a sign-in has come to. The browser keeps it, sealed, until its page asks.
type outcome struct {
	Credential string        `json:"credential,omitzero"`
	Code       protocol.Code `json:"code,omitzero"` // of the error if there is no credential
	Message    string        `json:"message,omitzero"`
	Expires    time.Time     `json:"expires"`
}

// Finish implements [web.Identities].
func (p *Provider) Finish(ctx context.Context, sealed string, answer url.Values) (string, error) {
	o := outcome{Expires: p.now().Add(web.SignInTakes)}
	var err error
	if o.Credential, err = p.finish(ctx, sealed, answer); err != nil {
		refused := protocol.AsError(err)
		if o.Code, o.Message = refused.Code, refused.Message; refused.Code == protocol.CodeInternal {
			p.log.Error("a sign-in failed", zap.Error(err))
		}
	}
	encoded, encodeErr := json.Marshal(o)
	if encodeErr != nil {
		return "", encodeErr
	}
	return p.seal.seal(encoded), err
}

// Collect implements [web.Identities].
func (p *Provider) Collect(sealed string) (credential string, err error) {
	var o outcome
	encoded, ok := p.seal.open(sealed)
	switch {
	case !ok || json.Unmarshal(encoded, &o) != nil || o.Credential == "" && o.Code == "" || !p.now().Before(o.Expires):
		return "", errNotBegun
	case o.Code != "":
		return "", protocol.Errorf(o.Code, "%s", o.Message)
	}
	return o.Credential, nil
}

// finish returns the credential of a browser to which the provider has answered.
func (p *Provider) finish(ctx context.Context, sealed string, answer url.Values) (credential string, err error) {
	var t transaction
	encoded, ok := p.seal.open(sealed)
	if !ok || json.Unmarshal(encoded, &t) != nil || t.Verifier == "" || !p.now().Before(t.Expires) {
		return "", errNotBegun
	}
	issuer, named := answer.Get("iss"), answer.Has("iss") // RFC 9207
	if subtle.ConstantTimeCompare([]byte(answer.Get("state")), []byte(t.State)) != 1 || named && issuer != p.options.Issuer {
		return "", errNotBegun
	}
	if reason := answer.Get("error"); reason != "" {
		p.log.Info("the identity provider refused a sign-in", zap.String("error", reason), zap.String("description", answer.Get("error_description")))
		return "", protocol.Errorf(protocol.CodeInvalidIdentity, "the identity provider did not sign you in (%.60q)", reason)
	}
	d, err := p.discover(ctx)
	if err != nil {
		return "", err
	}
	config := d.oauth
	config.RedirectURL = t.Callback
	tokens, err := config.Exchange(p.context(ctx), answer.Get("code"), oauth2.VerifierOption(t.Verifier))
	if err != nil {
		return "", p.exchangeError(err)
	}
	c, err := p.claimsOf(ctx, d, tokens, p.options.ClientID, true)
	if err != nil {
		return "", err
	}
	if subtle.ConstantTimeCompare([]byte(c.nonce), []byte(t.Nonce)) != 1 {
		return "", p.refuse("it is of another sign-in", nil)
	}
	proof, err := p.proof(c)
	if err != nil {
		return "", err
	}
	return p.newSession(proof, tokens.RefreshToken, false)
}

// Exchange implements [web.Identities].
func (p *Provider) Exchange(ctx context.Context, given web.ProviderTokens) (credential string, err error) {
	d, err := p.discover(ctx)
	if err != nil {
		return "", err
	}
	tokens := (&oauth2.Token{AccessToken: given.Access}).WithExtra(map[string]any{"id_token": given.ID})
	c, err := p.claimsOf(ctx, d, tokens, p.options.DeviceClientID, true)
	if err != nil {
		return "", err
	}
	proof, err := p.proof(c)
	if err != nil {
		return "", err
	}
	return p.newSession(proof, given.Refresh, true)
}

var errNotBegun = protocol.Errorf(protocol.CodeInvalidIdentity, "this sign-in was not begun in this browser, or took too long: sign in again")

// exchangeError returns the error for a client whose code or refresh token could not be
// exchanged.
func (p *Provider) exchangeError(err error) error {
	if refused, ok := errors.AsType[*oauth2.RetrieveError](err); ok {
		p.log.Warn("the identity provider gave no tokens", zap.String("error", refused.ErrorCode), zap.String("description", refused.ErrorDescription))
		return errInvalid
	}
	p.log.Warn("the identity provider could not be asked for tokens", zap.Error(err))
	return errUnavailable
}

// context returns a context for requests to the provider.
func (p *Provider) context(ctx context.Context) context.Context {
	return oidc.ClientContext(ctx, p.http)
}

// claimsOf returns the claims of the tokens that the provider has given to the server itself.
// What the ID token lacks is asked of the provider.
func (p *Provider) claimsOf(ctx context.Context, d *discovery, tokens *oauth2.Token, client string, first bool) (claims, error) {
	raw, ok := tokens.Extra("id_token").(string)
	if !ok && first {
		return claims{}, p.refuse("there is no ID token", nil)
	}
	c := claims{all: map[string]any{}, expires: tokens.Expiry}
	if ok {
		var err error
		if c, err = p.verify(ctx, raw); err != nil {
			return c, err
		}
		if !slices.Contains(c.audience, client) {
			return c, p.refuse("the ID token is for another client", nil)
		}
	}
	if ok && !p.lacks(c) || d.provider.UserInfoEndpoint() == "" || tokens.AccessToken == "" {
		return c, nil
	}
	info, err := d.provider.UserInfo(p.context(ctx), oauth2.StaticTokenSource(tokens))
	if _, unreachable := errors.AsType[unreachableError](err); unreachable {
		return c, errUnavailable
	} else if err != nil {
		return c, p.refuse("the provider says nothing about its owner", err)
	}
	var more map[string]any
	if err := info.Claims(&more); err != nil || ok && info.Subject != c.text("sub") {
		return c, p.refuse("the provider's information is about somebody else", err)
	}
	signed := c.all
	c.all = more
	maps.Copy(c.all, signed) // what is signed has precedence
	return c, nil
}

// lacks reports whether claims that the options name are missing.
func (p *Provider) lacks(c claims) bool {
	wanted := []string{p.options.UserClaim, p.options.NameClaim}
	if len(p.options.AllowGroups)+len(p.options.AdminGroups) > 0 {
		wanted = append(wanted, p.options.GroupsClaim)
	}
	if len(p.options.AllowDomains) > 0 {
		wanted = append(wanted, "email")
	}
	return slices.ContainsFunc(wanted, func(name string) bool { return c.find(name) == nil })
}

// newSecret returns 256 random bits as text.
func newSecret() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand crashes the program instead
	return base64.RawURLEncoding.EncodeToString(b[:])
}
