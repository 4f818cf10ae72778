package server

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"parley/cmd/parley/internal/operators"
	"parley/cmd/parley/internal/provider"
	"parley/cmd/parley/internal/secretfile"
	"parley/protocol/client"
	"parley/web"
)

// verifiesIdentities reports whether people can prove who they are.
func (c Config) verifiesIdentities() bool { return c.OIDC.Issuer != "" || c.Web.IdentityHeader != "" }

// openProvider sets the identity provider, if there is one. It logs a warning if the provider
// cannot be reached, which may be so for a while.
func (s *Server) openProvider(ctx context.Context, c *Config) error {
	c.Hub.VerifiesIdentities = c.verifiesIdentities()
	if c.OIDC.Issuer == "" {
		return nil
	}
	c.OIDC.Data, c.OIDC.Log = c.Data, s.log
	if file := c.OIDC.ClientSecretFile; file != "" {
		content, err := secretfile.Read(file)
		if err != nil {
			return fmt.Errorf("--oidc-client-secret-file: %w", err)
		}
		c.OIDC.ClientSecret = strings.TrimSpace(string(content))
	}
	if len(c.OIDC.AllowGroups)+len(c.OIDC.AllowDomains) == 0 {
		s.log.Warn("everyone with an account at " + c.OIDC.Issuer + " can start agents on this machine; see --oidc-allow-groups and --oidc-allow-domains")
	}
	p := provider.New(c.OIDC)
	_ = p.Discover(ctx)
	c.Web.Identities = p
	return nil
}

// firstOperator is the name of the key that the first sign-in link makes.
const firstOperator = "operator"

// signInLink returns a sign-in link for the first operator of a protected server, or an
// empty string if there are keys.
func (s *Server) signInLink(c Config) (string, error) {
	if !c.Web.IsProtected() || c.verifiesIdentities() {
		return "", nil
	}
	store := operators.Open(c.Data)
	keys, err := store.Keys()
	if err != nil || len(keys) > 0 {
		return "", err
	}
	code, err := store.AddCode(firstOperator)
	if err != nil {
		return "", err
	}
	return client.SignInLink{Server: cmp.Or(c.Hub.PublicURL, s.url), Code: code, Certificate: s.Pin()}.String(), nil
}

// SignInLink returns the link by which the first operator of a protected server signs in, or
// an empty string. It is valid once and for ten minutes.
func (s *Server) SignInLink() string { return s.signIn }

// isExposed reports whether other machines reach the server, as far as its settings tell.
func (c Config) isExposed() bool { return !web.IsLoopback(c.Web.Listen) }

// logAccess says who can use the server, where that may not be what the operator expects.
func (s *Server) logAccess() {
	switch {
	case s.isOpen && s.isExposed:
		s.log.Warn("everyone who can reach this server can start agents on this machine, because of --insecure-open")
	case s.isOpen:
		s.log.Info("every program on this machine can use the API without a key; --protected asks for one")
	case s.isExposed && !strings.HasPrefix(s.url, "https:"):
		s.log.Warn("the server does not use TLS: unless a proxy does, keys and links can be read on their way; see --tls-self-signed and --acme")
	}
}
