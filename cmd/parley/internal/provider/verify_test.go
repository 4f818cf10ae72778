package provider

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"

	"parley/protocol"
)

func TestIdentify_a_token_of_the_provider(t *testing.T) {
	i := newIssuer(t)
	proof, err := i.newProvider().Identify(t.Context(), i.sign("first", i.claims(nil)))
	require.NoError(t, err)
	require.Equal(t, i.server.URL+"\x0042", proof.Subject)
	require.Equal(t, "ann@example.com", proof.UserID)
	require.Equal(t, "Ann Smith", proof.Name)
	require.False(t, proof.Admin)
	require.WithinDuration(t, time.Now().Add(10*time.Minute+skew), proof.Expires, 30*time.Second)
}

// Each row is a token that proves nothing.
func TestIdentify_refuses_other_tokens(t *testing.T) {
	i := newIssuer(t)
	p := i.newProvider()
	good := i.sign("first", i.claims(nil))
	signed := func(changes object) string { return i.sign("first", i.claims(changes)) }
	public, err := x509.MarshalPKIXPublicKey(&testKey().PublicKey)
	require.NoError(t, err)
	ownKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	now := time.Now().Unix()
	header, rest, _ := strings.Cut(good, ".")
	payload, signature, _ := strings.Cut(rest, ".")
	for about, token := range map[string]string{
		"nothing":                          "",
		"no token":                         "x",
		"parts that are no token":          "a.b.c",
		"another issuer":                   signed(object{"iss": "https://evil.example"}),
		"an issuer with a slash":           signed(object{"iss": i.server.URL + "/"}),
		"another audience":                 signed(object{"aud": "another"}),
		"several other audiences":          signed(object{"aud": []string{"one", "two"}}),
		"no audience":                      signed(object{"aud": nil}),
		"no subject":                       signed(object{"sub": nil}),
		"an empty subject":                 signed(object{"sub": " "}),
		"expired":                          signed(object{"exp": now - 61}),
		"no expiry":                        signed(object{"exp": nil}),
		"issued in the future":             signed(object{"iat": now + 300}),
		"not valid yet":                    signed(object{"nbf": now + 300}),
		"a logout token":                   signed(object{"events": object{"http://schemas.openid.net/event/backchannel-logout": object{}}}),
		"no signature":                     unsigned(t, object{"alg": "none"}, i.claims(nil)),
		"no signature, in capitals":        unsigned(t, object{"alg": "NONE"}, i.claims(nil)),
		"a signature that was removed":     header + "." + payload + ".",
		"another signature":                header + "." + payload + "." + strings.Repeat("A", len(signature)),
		"other claims under the signature": header + "." + strings.Split(unsigned(t, object{}, i.claims(object{"sub": "1"})), ".")[1] + "." + signature,
		"the public key as a secret":       signWith(t, jose.SigningKey{Algorithm: jose.HS256, Key: pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public})}, "first", i.claims(nil)),
		"the public key's bytes as secret": signWith(t, jose.SigningKey{Algorithm: jose.HS256, Key: public}, "first", i.claims(nil)),
		"the client id as a secret":        signWith(t, jose.SigningKey{Algorithm: jose.HS256, Key: []byte(strings.Repeat("parley", 8))}, "first", i.claims(nil)),
		"a key of its own":                 signWith(t, jose.SigningKey{Algorithm: jose.ES256, Key: ownKey}, "first", i.claims(nil)),
		"a key of its own in the header":   embedded(t, ownKey, i.claims(nil)),
		"too long":                         signed(object{"name": strings.Repeat("x", maxToken)}),
	} {
		_, err := p.Identify(t.Context(), token)
		require.Equal(t, protocol.CodeInvalidIdentity, protocol.AsError(err).Code, about)
		require.NotContains(t, err.Error(), "example.com", about)
	}
	_, err = p.Identify(t.Context(), good)
	require.NoError(t, err)
}

// embedded returns a token that brings its own key.
func embedded(t *testing.T, key *ecdsa.PrivateKey, claims object) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: key}, &jose.SignerOptions{EmbedJWK: true})
	require.NoError(t, err)
	signed, err := signer.Sign(fmt.Appendf(nil, `{"iss": %q, "aud": "parley", "sub": "42", "exp": %v, "iat": %v, "email": "a@b.c", "email_verified": true}`, claims["iss"], claims["exp"], claims["iat"]))
	require.NoError(t, err)
	token, err := signed.CompactSerialize()
	require.NoError(t, err)
	return token
}

func TestIdentify_tolerates_clocks_that_are_a_minute_off(t *testing.T) {
	i := newIssuer(t)
	p := i.newProvider()
	now := time.Now().Unix()
	for about, changes := range map[string]object{
		"expired a moment ago":           {"exp": now - 30},
		"issued in a moment":             {"iat": now + 30},
		"valid in a moment":              {"nbf": now + 30},
		"this server among others":       {"aud": []string{"another", "parley"}},
		"an address verified as text":    {"email_verified": "true"},
		"a name that cannot be shown":    {"name": "a\x1b[31m"},
		"a name that is not text":        {"name": 7},
		"a time that is not sensible":    {"nbf": -1e300},
		"claims that mean nothing to us": {"x": []any{1, nil, object{}}},
	} {
		_, err := p.Identify(t.Context(), i.sign("first", i.claims(changes)))
		require.NoError(t, err, about)
	}
}

func TestIdentify_who_is_let_in(t *testing.T) {
	i := newIssuer(t)
	for about, row := range map[string]struct {
		options func(*Options)
		claims  object
		user    string // empty if refused
		admin   bool
	}{
		"an address that is not verified":       {nil, object{"email_verified": false}, "", false},
		"an address of which that is not known": {nil, object{"email_verified": nil}, "", false},
		"no address":                            {nil, object{"email": nil}, "", false},
		"an address with a control character":   {nil, object{"email": "a\u202eb@example.com"}, "", false},
		"the subject":                           {func(o *Options) { o.UserClaim = "sub" }, object{"email": nil}, "42", false},
		"a user name":                           {func(o *Options) { o.UserClaim = "preferred_username" }, object{"preferred_username": " ann "}, "ann", false},
		"no user name":                          {func(o *Options) { o.UserClaim = "preferred_username" }, nil, "", false},
		"a group":                               {func(o *Options) { o.AllowGroups = []string{"dev", "ops"} }, object{"groups": []string{"x", "ops"}}, "ann@example.com", false},
		"a group as text":                       {func(o *Options) { o.AllowGroups = []string{"dev"} }, object{"groups": "dev"}, "ann@example.com", false},
		"another group":                         {func(o *Options) { o.AllowGroups = []string{"dev"} }, object{"groups": []string{"devops"}}, "", false},
		"no group":                              {func(o *Options) { o.AllowGroups = []string{"dev"} }, nil, "", false},
		"a group within another claim": {func(o *Options) { o.AllowGroups, o.GroupsClaim = []string{"dev"}, "realm_access.roles" },
			object{"realm_access": object{"roles": []string{"dev"}}}, "ann@example.com", false},
		"an administrator":      {func(o *Options) { o.AdminGroups = []string{"admins"} }, object{"groups": []string{"admins"}}, "ann@example.com", true},
		"no administrator":      {func(o *Options) { o.AdminGroups = []string{"admins"} }, object{"groups": []string{"dev"}}, "ann@example.com", false},
		"a domain":              {func(o *Options) { o.AllowDomains = []string{"EXAMPLE.com"} }, nil, "ann@example.com", false},
		"another domain":        {func(o *Options) { o.AllowDomains = []string{"ample.com"} }, nil, "", false},
		"a domain at its begin": {func(o *Options) { o.AllowDomains = []string{"example.com"} }, object{"email": `"x@example.com"@evil.example`}, "", false},
		"an unverified domain": {func(o *Options) { o.AllowDomains, o.UserClaim = []string{"example.com"}, "sub" },
			object{"email_verified": false}, "", false},
		"another hosted domain": {func(o *Options) { o.AllowDomains = []string{"example.com"} }, object{"hd": "evil.example"}, "", false},
		"a hosted domain":       {func(o *Options) { o.AllowDomains = []string{"corp.example"} }, object{"hd": "corp.example"}, "ann@example.com", false},
	} {
		t.Run(about, func(t *testing.T) {
			var changes []func(*Options)
			if row.options != nil {
				changes = append(changes, row.options)
			}
			proof, err := i.newProvider(changes...).Identify(t.Context(), i.sign("first", i.claims(row.claims)))
			if row.user == "" {
				require.Equal(t, protocol.CodeIdentityNotAllowed, protocol.AsError(err).Code)
				return
			}
			require.NoError(t, err)
			require.Equal(t, row.user, proof.UserID)
			require.Equal(t, row.admin, proof.Admin)
		})
	}
}

// An account of Google with an address of a domain need not be the domain's.
func TestInDomain_of_Google_needs_the_hosted_domain(t *testing.T) {
	c := claims{all: object{"email": "ann@example.com", "email_verified": true}}
	require.False(t, inDomain(googleIssuer, c, []string{"example.com"}))
	c.all["hd"] = "example.com"
	require.True(t, inDomain(googleIssuer, c, []string{"example.com"}))
	require.ErrorContains(t, Options{Issuer: googleIssuer, ClientID: "x"}.Check(), "--oidc-allow-domains")
}

func TestKeys_follow_those_of_the_provider(t *testing.T) {
	i := newIssuer(t)
	p := i.newProvider()
	now := time.Now()
	p.now = func() time.Time { return now }
	first := i.sign("first", i.claims(nil))
	_, err := p.Identify(t.Context(), first)
	require.NoError(t, err)

	_, second, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	i.change(func() { delete(i.keys, "first"); i.keys["second"] = second })
	token := signWith(t, jose.SigningKey{Algorithm: jose.EdDSA, Key: second}, "second", i.claims(nil))
	_, err = p.Identify(t.Context(), token)
	require.NoError(t, err, "a token with a new key")
	_, err = p.Identify(t.Context(), first)
	require.Equal(t, protocol.CodeInvalidIdentity, protocol.AsError(err).Code, "the key was withdrawn")

	// Made-up tokens do not make the server ask the provider again and again.
	reads := i.reads
	for n := range 50 {
		_, err := p.Identify(t.Context(), i.signAs(fmt.Sprint("made-up-", n)))
		require.Error(t, err)
	}
	require.LessOrEqual(t, i.reads-reads, keysAtOnce+1)
	_, err = p.Identify(t.Context(), token)
	require.NoError(t, err, "and known keys count meanwhile")
}

// signAs signs a good token under another key id.
func (i *issuer) signAs(keyID string) string {
	return signWith(i.t, jose.SigningKey{Algorithm: jose.RS256, Key: testKey()}, keyID, i.claims(nil))
}

func TestKeys_are_read_again_and_outlast_a_provider_that_is_out_of_order(t *testing.T) {
	i := newIssuer(t)
	p := i.newProvider()
	now := time.Now()
	p.now = func() time.Time { return now }
	token := i.sign("first", i.claims(object{"exp": now.Add(24 * time.Hour).Unix()}))
	code := func() protocol.Code {
		if _, err := p.Identify(t.Context(), token); err != nil {
			return protocol.AsError(err).Code
		}
		return ""
	}
	require.Empty(t, code())
	i.change(func() { i.broken = true })
	now = now.Add(keysLast + time.Second)
	require.Empty(t, code(), "the old keys count")
	now = now.Add(oldKeysLast)
	require.Equal(t, protocol.CodeIdentityUnavailable, code(), "but not for ever")
	i.change(func() { i.broken = false; i.keys = nil })
	now = now.Add(keysLast)
	require.Eventually(t, func() bool { return code() == protocol.CodeInvalidIdentity }, 30*time.Second, 200*time.Millisecond, "a key that was withdrawn ends")
}

func TestDiscover_a_provider_that_cannot_be_reached_is_asked_again(t *testing.T) {
	i := newIssuer(t)
	i.broken = true
	p := i.newProvider()
	now := time.Now()
	p.now = func() time.Time { return now }
	token := i.sign("first", i.claims(nil))
	_, err := p.Identify(t.Context(), token)
	require.Equal(t, protocol.CodeIdentityUnavailable, protocol.AsError(err).Code)
	i.change(func() { i.broken = false })
	now = now.Add(askAgainAfter)
	_, err = p.Identify(t.Context(), token)
	require.NoError(t, err)
	require.Equal(t, []string{"openid", "profile", "email", "offline_access"}, p.Provider().Scopes)
}

func TestCheck(t *testing.T) {
	for issuer, about := range map[string]string{
		"":                            "not the URL",
		"id.example.com":              "not the URL",
		"http://id.example.com":       "must begin with https",
		"https://id.example.com?x=1":  "not the URL",
		"ftp://id.example.com":        "must begin with https",
		"http://localhost.evil/":      "must begin with https",
		"https://accounts.google.com": "--oidc-allow-domains",
	} {
		require.ErrorContains(t, Options{Issuer: issuer, ClientID: "x"}.Check(), about, issuer)
	}
	require.NoError(t, Options{Issuer: "https://id.example.com/realms/x", ClientID: "x"}.Check())
	require.NoError(t, Options{Issuer: "http://localhost:9998", ClientID: "x"}.Check())
	require.ErrorContains(t, Options{Issuer: "https://id.example.com"}.Check(), "--oidc-client-id")
}
