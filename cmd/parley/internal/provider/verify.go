package provider

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.uber.org/zap"

	"parley/hub"
	"parley/protocol"
	"parley/web"
)

const (
	// skew is how much the clocks of the provider and the server may differ.
	skew = time.Minute
	// maxToken is the length of the longest token that is looked at.
	maxToken = 16 << 10
)

// Identify implements [web.Identities]: for the credential of a sign-in, and for a token of
// the provider.
func (p *Provider) Identify(ctx context.Context, credential string) (web.Proof, error) {
	if strings.HasPrefix(credential, web.SessionPrefix) {
		return p.identifySession(ctx, credential)
	}
	claims, err := p.verify(ctx, credential)
	if err != nil {
		return web.Proof{}, err
	}
	return p.proof(claims)
}

// verify returns the claims of a token that the provider has signed for this server, and that
// is valid now.
func (p *Provider) verify(ctx context.Context, token string) (claims, error) {
	if len(token) > maxToken || strings.Count(token, ".") != 2 {
		return claims{}, errInvalid
	}
	d, err := p.discover(ctx)
	if err != nil {
		return claims{}, err
	}
	var failure error
	verified, err := d.verifier.Verify(context.WithValue(ctx, failureKey{}, &failure), token)
	if err != nil {
		if failure != nil || ctx.Err() != nil {
			p.log.Warn("the identity provider's keys cannot be read", zap.Error(failure))
			return claims{}, errUnavailable
		}
		return claims{}, p.refuse("it is not signed by the provider", err)
	}
	c := claims{nonce: verified.Nonce, accessTokenHash: verified.AccessTokenHash, audience: verified.Audience}
	if err := verified.Claims(&c.all); err != nil {
		return claims{}, p.refuse("its claims are not an object", err)
	}
	return c, p.checkTimes(&c, verified.Expiry, verified.IssuedAt)
}

// refuse logs why a token does not count. The client, who may have made it up, is told no
// more than that.
func (p *Provider) refuse(why string, err error) error {
	p.log.Debug("refused a token of the identity provider: "+why, zap.Error(err))
	return errInvalid
}

// checkTimes checks the audience and the times of a token, and sets until when it counts.
func (p *Provider) checkTimes(c *claims, expiry, issued time.Time) error {
	now := p.now()
	notBefore, hasNotBefore := c.all["nbf"].(float64)
	_, isLogout := c.all["events"] // OpenID Connect Back-Channel Logout 1.0, section 2.4
	ours := func(audience string) bool {
		return audience == p.options.ClientID || audience == p.options.DeviceClientID || slices.Contains(p.options.Audiences, audience)
	}
	switch {
	case isLogout:
		return p.refuse("it is a logout token", nil)
	case !slices.ContainsFunc(c.audience, ours):
		return p.refuse(fmt.Sprintf("it is for %.200q", c.audience), nil)
	case expiry.IsZero() || !now.Before(expiry.Add(skew)):
		return p.refuse("it has expired", nil)
	case issued.After(now.Add(skew)):
		return p.refuse("it was issued in the future", nil)
	case hasNotBefore && time.Unix(int64(min(notBefore, 1<<40)), 0).After(now.Add(skew)):
		return p.refuse("it is not valid yet", nil)
	}
	c.expires = expiry.Add(skew)
	return nil
}

// claims are what the provider says of a person.
type claims struct {
	all      map[string]any
	audience []string
	expires  time.Time // until when they count

	nonce           string
	accessTokenHash string
}

// text returns a claim that is text; empty for none.
func (c claims) text(name string) string {
	s, _ := c.find(name).(string)
	return strings.TrimSpace(s)
}

// find returns a claim. A name with dots also finds a claim within others.
func (c claims) find(name string) any {
	if value, ok := c.all[name]; ok {
		return value
	}
	var value any = c.all
	for part := range strings.SplitSeq(name, ".") {
		within, _ := value.(map[string]any)
		value = within[part]
	}
	return value
}

// list returns a claim that is a list of texts, or one.
func (c claims) list(name string) (texts []string) {
	switch value := c.find(name).(type) {
	case string:
		return []string{value}
	case []any:
		for _, element := range value {
			if s, ok := element.(string); ok {
				texts = append(texts, s)
			}
		}
	}
	return texts
}

// verifiedEmail returns the person's address in lower case; empty for one that the provider
// has not verified.
func (c claims) verifiedEmail() string {
	if verified := c.all["email_verified"]; verified != true && verified != "true" {
		return ""
	}
	return strings.ToLower(c.text("email"))
}

// proof returns who the claims are about. Errors: IDENTITY_NOT_ALLOWED.
func (p *Provider) proof(c claims) (web.Proof, error) {
	subject := c.text("sub")
	if subject == "" {
		return web.Proof{}, p.refuse("it has no subject", nil)
	}
	user, err := p.userID(c)
	if err != nil {
		return web.Proof{}, err
	}
	if err := p.checkMembership(c); err != nil {
		return web.Proof{}, err
	}
	id := hub.Identity{Subject: p.options.Issuer + "\x00" + subject, UserID: user}
	if name := c.text(p.options.NameClaim); name != "" {
		shown := &name
		if err := protocol.NormalizeDisplayName(&shown); err == nil && shown != nil {
			id.Name = *shown
		}
	}
	admin := intersects(c.list(p.options.GroupsClaim), p.options.AdminGroups)
	return web.Proof{Identity: id, Admin: admin, Expires: c.expires}, nil
}

// userID returns the user id of a person.
func (p *Provider) userID(c claims) (string, error) {
	user := c.text(p.options.UserClaim)
	if p.options.UserClaim == "email" {
		if user = c.verifiedEmail(); user == "" {
			return "", notAllowed("the identity provider has not verified your e-mail address")
		}
	}
	if user == "" {
		return "", notAllowed("the identity provider does not say who you are: the claim %s is missing", p.options.UserClaim)
	}
	if err := protocol.NormalizeUserID(&user); err != nil {
		return "", notAllowed("what the identity provider calls you cannot be a user id: %v", protocol.AsError(err).Message)
	}
	return user, nil
}

// checkMembership returns why a person may not use the server; nil if the person may.
func (p *Provider) checkMembership(c claims) error {
	if allowed := p.options.AllowDomains; len(allowed) > 0 && !inDomain(p.options.Issuer, c, allowed) {
		return notAllowed("your account is not of an organization that may use this server")
	}
	if allowed := p.options.AllowGroups; len(allowed) > 0 && !intersects(c.list(p.options.GroupsClaim), allowed) {
		return notAllowed("you are in none of the groups that may use this server")
	}
	return nil
}

// inDomain reports whether a person belongs to one of the domains. Google says so in the
// claim hd: an address there can be of any domain whose mail the person receives.
func inDomain(issuer string, c claims, domains []string) bool {
	domain := strings.ToLower(c.text("hd"))
	if _, hosted := c.all["hd"]; !hosted && issuer != googleIssuer {
		email := c.verifiedEmail()
		domain = email[strings.LastIndexByte(email, '@')+1:]
	}
	return domain != "" && slices.ContainsFunc(domains, func(d string) bool { return strings.EqualFold(d, domain) })
}

func intersects(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
}

func notAllowed(format string, args ...any) error {
	return protocol.Errorf(protocol.CodeIdentityNotAllowed, format, args...)
}
