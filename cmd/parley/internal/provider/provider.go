package provider

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"go.uber.org/zap"
	"golang.org/x/oauth2"
	"golang.org/x/sync/singleflight"

	"parley/protocol"
)

// Options are the settings of a [Provider].
type Options struct {
	Issuer         string   // the provider's URL
	ClientID       string   // of the server
	ClientSecret   string   // empty for a public client
	DeviceClientID string   // of programs that sign in by the device flow; empty for ClientID
	Audiences      []string // further audiences of tokens that count
	Name           string   // of the provider, for people; empty for the host of Issuer

	UserClaim   string // has the user id
	NameClaim   string // has the display name
	GroupsClaim string // has the groups

	AllowGroups  []string // one of which a person must be in; empty for all
	AllowDomains []string // one of which a person's address must be in; empty for all
	AdminGroups  []string // whose members administer the server

	ClientSecretFile string // has ClientSecret; read by the caller of [New]

	Data string      // the data directory
	Log  *zap.Logger // nil for none
}

// The defaults of [Options].
const (
	DefaultUserClaim   = "email"
	DefaultNameClaim   = "name"
	DefaultGroupsClaim = "groups"
)

// googleIssuer is a provider with whom everybody can have an account, and whose addresses are
// those of their owner's organization only with the claim hd.
const googleIssuer = "https://accounts.google.com"

// Check returns what is wrong with the options; nil for nothing. Its words are those of the
// flags.
func (o Options) Check() error {
	u, err := url.Parse(o.Issuer)
	switch {
	case err != nil || u.Host == "" || u.RawQuery != "" || u.Fragment != "":
		return fmt.Errorf("--oidc-issuer %q is not the URL of an identity provider, such as https://id.example.com", o.Issuer)
	case u.Scheme != "https" && !isLoopback(u):
		return errors.New("--oidc-issuer must begin with https://: the keys of the provider come from there")
	case o.ClientID == "":
		return errors.New("--oidc-client-id is missing: register this server with the identity provider, which names its client id")
	case o.Issuer == googleIssuer && len(o.AllowDomains)+len(o.AllowGroups) == 0:
		return errors.New("everybody can have an account with this provider, and could start agents: --oidc-allow-domains names whose accounts count")
	}
	return nil
}

func isLoopback(u *url.URL) bool {
	return u.Scheme == "http" && slices.Contains([]string{"localhost", "127.0.0.1", "::1"}, u.Hostname())
}

// Provider is an OpenID provider.
type Provider struct {
	// immutable
	options  Options
	log      *zap.Logger
	http     *http.Client
	sessions store
	seal     sealer
	now      func() time.Time
	checks   *singleflight.Group // of sign-ins, by their files

	found atomic.Pointer[discovery] // nil until the provider has answered

	// guarded by asking, which is held while the provider is asked
	asking  sync.Mutex
	askedAt time.Time // when it was asked in vain
}

// discovery is what the provider says of itself. It is immutable.
type discovery struct {
	provider *oidc.Provider
	verifier *oidc.IDTokenVerifier
	oauth    oauth2.Config
	scopes   []string
}

// New returns a provider. It need not be reachable yet.
func New(o Options) *Provider {
	o.Issuer = strings.TrimSpace(o.Issuer)
	o.UserClaim = cmp.Or(o.UserClaim, DefaultUserClaim)
	o.NameClaim = cmp.Or(o.NameClaim, DefaultNameClaim)
	o.GroupsClaim = cmp.Or(o.GroupsClaim, DefaultGroupsClaim)
	o.DeviceClientID = cmp.Or(o.DeviceClientID, o.ClientID)
	if o.Name == "" {
		if u, err := url.Parse(o.Issuer); err == nil {
			o.Name = u.Host
		}
	}
	if o.Log == nil {
		o.Log = zap.NewNop()
	}
	return &Provider{
		options:  o,
		log:      o.Log,
		http:     &http.Client{Timeout: requestTimeout, Transport: newTransport()},
		sessions: store{dir: filepath.Join(o.Data, Dir)},
		seal:     newSealer(),
		now:      time.Now,
		checks:   new(singleflight.Group),
	}
}

// Provider implements [web.Identities]. The scopes are those of which the provider is known
// to know.
func (p *Provider) Provider() protocol.IdentityProvider {
	described := protocol.IdentityProvider{
		Name: p.options.Name, Issuer: p.options.Issuer, ClientID: p.options.DeviceClientID, Scopes: requiredScopes,
	}
	if d := p.found.Load(); d != nil {
		described.Scopes = d.scopes
	}
	return described
}

// requiredScopes are the scopes that every provider knows.
var requiredScopes = []string{oidc.ScopeOpenID, "profile", "email"}

// optionalScopes are asked for if the provider announces them.
var optionalScopes = []string{oidc.ScopeOfflineAccess, "groups"}

// Discover asks the provider what it offers. It is called again by all that needs the answer.
func (p *Provider) Discover(ctx context.Context) error {
	_, err := p.discover(ctx)
	return err
}

// discover returns what the provider says of itself, and asks it if that is not known. The
// error is [errUnavailable] for clients.
func (p *Provider) discover(ctx context.Context) (*discovery, error) {
	if d := p.found.Load(); d != nil {
		return d, nil
	}
	p.asking.Lock()
	defer p.asking.Unlock()
	if d := p.found.Load(); d != nil {
		return d, nil
	}
	if p.now().Sub(p.askedAt) < askAgainAfter {
		return nil, errUnavailable
	}
	d, err := p.ask(ctx)
	if err != nil {
		p.askedAt = p.now()
		p.log.Warn("the identity provider cannot be asked who people are", zap.Error(err))
		return nil, errUnavailable
	}
	p.found.Store(d)
	return d, nil
}

// askAgainAfter is the time after which a provider that has not answered is asked again.
const askAgainAfter = 2 * time.Second

// ask asks the provider what it offers.
func (p *Provider) ask(ctx context.Context) (*discovery, error) {
	provider, err := oidc.NewProvider(oidc.ClientContext(ctx, p.http), p.options.Issuer)
	if err != nil {
		return nil, err
	}
	var announced struct {
		Scopes []string `json:"scopes_supported"`
		Keys   string   `json:"jwks_uri"`
	}
	if err := provider.Claims(&announced); err != nil {
		return nil, err
	}
	d := &discovery{provider: provider, scopes: slices.Clone(requiredScopes)}
	for _, scope := range optionalScopes {
		if slices.Contains(announced.Scopes, scope) {
			d.scopes = append(d.scopes, scope)
		}
	}
	d.verifier = oidc.NewVerifier(p.options.Issuer, p.newKeys(announced.Keys), &oidc.Config{
		SkipClientIDCheck:    true, // several audiences count
		SkipExpiryCheck:      true, // which knows no clock that is off
		SupportedSigningAlgs: keyPairAlgorithms,
	})
	d.oauth = oauth2.Config{ClientID: p.options.ClientID, ClientSecret: p.options.ClientSecret, Endpoint: provider.Endpoint(), Scopes: d.scopes}
	if p.options.ClientSecret == "" {
		d.oauth.Endpoint.AuthStyle = oauth2.AuthStyleInParams // there is no password to send
	}
	return d, nil
}

// keyPairAlgorithms are the signatures that only the provider can make.
var keyPairAlgorithms = []string{
	oidc.RS256, oidc.RS384, oidc.RS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.EdDSA,
}

// Errors for clients.
var (
	errUnavailable = protocol.Errorf(protocol.CodeIdentityUnavailable, "the identity provider cannot be reached now; try again in a moment")
	errInvalid     = protocol.Errorf(protocol.CodeInvalidIdentity, "the sign-in is not valid, or no longer: sign in again")
)
