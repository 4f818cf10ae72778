package provider

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/protocol"
	"parley/web"
)

const callback = "https://parley.example.com/team/api/sign-in/callback"

// signIn is a browser that signs in.
type signIn struct {
	i    *issuer
	p    *Provider
	kept string
	sent url.Values // with which it came to the provider
}

func (i *issuer) begin(p *Provider) *signIn {
	i.t.Helper()
	redirect, kept, err := p.Begin(i.t.Context(), callback)
	require.NoError(i.t, err)
	u, err := url.Parse(redirect)
	require.NoError(i.t, err)
	require.Equal(i.t, "/authorize", u.Path)
	return &signIn{i, p, kept, u.Query()}
}

// grant makes the provider know a code, for whose ID token it has these claims.
func (s *signIn) grant(changes object) {
	claims := s.i.claims(changes)
	if _, set := changes["nonce"]; !set {
		claims["nonce"] = s.sent.Get("nonce")
	}
	s.i.change(func() { s.i.grants["CODE"] = claims })
}

func (s *signIn) finish(answer url.Values) (string, error) {
	outcome, _ := s.p.Finish(s.i.t.Context(), s.kept, answer)
	return s.p.Collect(outcome)
}

func (s *signIn) answer(changes ...string) url.Values {
	v := url.Values{"code": {"CODE"}, "state": {s.sent.Get("state")}}
	for n := 0; n < len(changes); n += 2 {
		v.Set(changes[n], changes[n+1])
	}
	return v
}

func TestSignIn_of_a_browser(t *testing.T) {
	i := newIssuer(t)
	p := i.newProvider()
	s := i.begin(p)
	require.Equal(t, "code", s.sent.Get("response_type"))
	require.Equal(t, "S256", s.sent.Get("code_challenge_method"))
	require.Equal(t, callback, s.sent.Get("redirect_uri"))
	for _, secret := range []string{"state", "nonce", "code_challenge"} {
		require.GreaterOrEqual(t, len(s.sent.Get(secret)), 43)
		require.NotContains(t, s.kept, s.sent.Get(secret), "it is sealed")
	}
	s.grant(nil)
	credential, err := s.finish(s.answer())
	require.NoError(t, err)
	require.NotEmpty(t, i.requests[0].Get("code_verifier"))
	require.NotContains(t, s.sent.Encode(), i.requests[0].Get("code_verifier"))
	proof, err := p.Identify(t.Context(), credential)
	require.NoError(t, err)
	require.Equal(t, "ann@example.com", proof.UserID)

	again := New(p.options) // after a restart
	proof, err = again.Identify(t.Context(), credential)
	require.NoError(t, err)
	require.Equal(t, "ann@example.com", proof.UserID)
	require.NoError(t, again.SignOut(credential))
	_, err = p.Identify(t.Context(), credential)
	require.Equal(t, protocol.CodeInvalidIdentity, protocol.AsError(err).Code)
}

// Each row is a way back from the provider that signs nobody in.
func TestSignIn_refuses_another_way_back(t *testing.T) {
	i := newIssuer(t)
	p := i.newProvider()
	for about, row := range map[string]struct {
		claims object
		change func(*signIn) url.Values
		code   protocol.Code
	}{
		"another state":                  {nil, func(s *signIn) url.Values { return s.answer("state", "x") }, protocol.CodeInvalidIdentity},
		"no state":                       {nil, func(*signIn) url.Values { return url.Values{"code": {"CODE"}} }, protocol.CodeInvalidIdentity},
		"another provider":               {nil, func(s *signIn) url.Values { return s.answer("iss", "https://evil.example") }, protocol.CodeInvalidIdentity},
		"another code":                   {nil, func(s *signIn) url.Values { return s.answer("code", "x") }, protocol.CodeInvalidIdentity},
		"a refusal":                      {nil, func(s *signIn) url.Values { return s.answer("error", "access_denied") }, protocol.CodeInvalidIdentity},
		"another nonce":                  {object{"nonce": "x"}, nil, protocol.CodeInvalidIdentity},
		"no nonce":                       {object{"nonce": nil}, nil, protocol.CodeInvalidIdentity},
		"no ID token":                    {object{"sub": nil}, nil, protocol.CodeInvalidIdentity},
		"an ID token for somebody else":  {object{"aud": "another"}, nil, protocol.CodeInvalidIdentity},
		"an address not verified":        {object{"email_verified": false}, nil, protocol.CodeIdentityNotAllowed},
		"a sign-in that another began":   {nil, func(s *signIn) url.Values { a := s.answer(); s.kept = i.begin(p).kept; return a }, protocol.CodeInvalidIdentity},
		"a sign-in that nobody began":    {nil, func(s *signIn) url.Values { a := s.answer(); s.kept = ""; return a }, protocol.CodeInvalidIdentity},
		"a sign-in of another server":    {nil, func(s *signIn) url.Values { a := s.answer(); s.p = i.newProvider(); return a }, protocol.CodeInvalidIdentity},
		"what another sign-in came to":   {nil, func(s *signIn) url.Values { a := s.answer(); s.kept, _ = s.p.Finish(t.Context(), "", nil); return a }, protocol.CodeInvalidIdentity},
		"something that the browser did": {nil, func(s *signIn) url.Values { a := s.answer(); s.kept = s.kept[:len(s.kept)-4] + "AAAA"; return a }, protocol.CodeInvalidIdentity},
	} {
		t.Run(about, func(t *testing.T) {
			s := i.begin(p)
			s.grant(row.claims)
			answer := s.answer()
			if row.change != nil {
				answer = row.change(s)
			}
			_, err := s.finish(answer)
			require.Equal(t, row.code, protocol.AsError(err).Code)
		})
	}
	t.Run("too late", func(t *testing.T) {
		late := i.newProvider()
		now := time.Now()
		late.now = func() time.Time { return now }
		s := i.begin(late)
		s.grant(nil)
		now = now.Add(web.SignInTakes)
		_, err := s.finish(s.answer())
		require.Equal(t, errNotBegun, err)
	})
	t.Run("collecting what was not finished", func(t *testing.T) {
		_, err := p.Collect(i.begin(p).kept)
		require.Equal(t, errNotBegun, err)
	})
	require.NoFileExists(t, p.sessions.dir)
}

// What the ID token lacks, the provider is asked for; what it has signed has precedence.
func TestSignIn_asks_for_claims_that_the_token_lacks(t *testing.T) {
	i := newIssuer(t)
	p := i.newProvider()
	for about, row := range map[string]struct {
		info object
		code protocol.Code
	}{
		"an address":                  {object{"sub": "42", "email": "ann@example.com", "email_verified": true}, ""},
		"an address not verified":     {object{"sub": "42", "email": "ann@example.com"}, protocol.CodeIdentityNotAllowed},
		"the address of another":      {object{"sub": "43", "email": "ben@example.com", "email_verified": true}, protocol.CodeInvalidIdentity},
		"another expiry and audience": {object{"sub": "42", "email": "ann@example.com", "email_verified": true, "aud": "x", "exp": 1}, ""},
	} {
		i.change(func() { i.info = row.info })
		s := i.begin(p)
		s.grant(object{"email": nil, "email_verified": nil})
		_, err := s.finish(s.answer())
		if row.code == "" {
			require.NoError(t, err, about)
			continue
		}
		require.Equal(t, row.code, protocol.AsError(err).Code, about)
	}
}

// A program signs in with the tokens that it has got for its user, which the server checks
// again with the client id of programs.
func TestExchange_the_tokens_of_a_program(t *testing.T) {
	i := newIssuer(t)
	p := i.newProvider(func(o *Options) { o.DeviceClientID, o.ClientSecret = "parley-cli", "secret" })
	now := time.Now()
	p.now = func() time.Time { return now }
	exchange := func(claims object) (string, error) {
		return p.Exchange(t.Context(), web.ProviderTokens{ID: i.sign("first", i.claims(claims)), Refresh: "r"})
	}
	_, err := exchange(nil)
	require.Equal(t, protocol.CodeInvalidIdentity, protocol.AsError(err).Code, "a token of the browsers' client")
	_, err = exchange(object{"aud": "parley-cli", "email_verified": false})
	require.Equal(t, protocol.CodeIdentityNotAllowed, protocol.AsError(err).Code)
	credential, err := exchange(object{"aud": "parley-cli"})
	require.NoError(t, err)
	now = now.Add(checkEvery)
	i.change(func() { i.grants["r"] = i.claims(object{"aud": "parley-cli", "exp": now.Add(time.Hour).Unix()}) })
	proof, err := p.Identify(t.Context(), credential)
	require.NoError(t, err)
	require.Equal(t, "ann@example.com", proof.UserID)
	require.Equal(t, "parley-cli", i.requests[0].Get("client_id"))
	require.Empty(t, i.requests[0].Get("client_secret"))
}

// signedIn returns the credential of somebody who has signed in, and a clock.
func signedIn(t *testing.T, i *issuer, p *Provider, claims object) (credential string, now *time.Time) {
	t.Helper()
	at := time.Now()
	p.now = func() time.Time { return at }
	s := i.begin(p)
	s.grant(claims)
	credential, err := s.finish(s.answer())
	require.NoError(t, err)
	return credential, &at
}

func TestSession_is_checked_when_it_expires(t *testing.T) {
	i := newIssuer(t)
	i.rotates = true
	p := i.newProvider()
	credential, now := signedIn(t, i, p, object{"exp": time.Now().Add(3 * time.Hour).Unix()})
	proof, err := p.Identify(t.Context(), credential)
	require.NoError(t, err)
	require.True(t, now.Add(checkEvery).Equal(proof.Expires), "every hour at least")
	asked := len(i.requests)

	// Many requests at once use a refresh token, which counts once, once.
	*now = now.Add(checkEvery)
	i.change(func() { i.grants["CODE+"] = i.claims(object{"name": "Ann Miller", "exp": now.Add(time.Hour).Unix()}) })
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			proof, err := p.Identify(t.Context(), credential)
			if err != nil || proof.Name != "Ann Miller" {
				t.Error(proof, err)
			}
		})
	}
	all.Wait()
	require.Len(t, i.requests, asked+1)

	// A provider that is out of order ends nothing.
	*now = now.Add(checkEvery)
	i.change(func() { i.broken = true })
	_, err = p.Identify(t.Context(), credential)
	require.Equal(t, protocol.CodeIdentityUnavailable, protocol.AsError(err).Code)
	i.change(func() { i.broken = false; i.grants["CODE++"] = i.claims(object{"exp": now.Add(time.Hour).Unix()}) })
	_, err = p.Identify(t.Context(), credential)
	require.NoError(t, err)

	// A provider that refuses ends it.
	*now = now.Add(checkEvery)
	i.change(func() { clear(i.grants) })
	for range 2 {
		_, err = p.Identify(t.Context(), credential)
		require.Equal(t, protocol.CodeInvalidIdentity, protocol.AsError(err).Code)
	}
	require.NoFileExists(t, p.sessions.path(credential))
}

func TestSession_ends(t *testing.T) {
	for about, row := range map[string]struct {
		now  object // claims at the next check
		code protocol.Code
	}{
		"for another person":     {object{"sub": "43"}, protocol.CodeInvalidIdentity},
		"out of the group":       {object{"groups": []string{"x"}}, protocol.CodeIdentityNotAllowed},
		"without a checked mail": {object{"email_verified": false}, protocol.CodeIdentityNotAllowed},
	} {
		t.Run(about, func(t *testing.T) {
			i := newIssuer(t)
			p := i.newProvider(func(o *Options) { o.AllowGroups = []string{"dev"} })
			credential, now := signedIn(t, i, p, object{"groups": []string{"dev"}})
			*now = now.Add(checkEvery)
			row.now["exp"] = now.Add(time.Hour).Unix()
			if row.now["groups"] == nil {
				row.now["groups"] = []string{"dev"}
			}
			i.change(func() { i.grants["refresh"] = i.claims(row.now) })
			_, err := p.Identify(t.Context(), credential)
			require.Equal(t, row.code, protocol.AsError(err).Code)
			require.NoFileExists(t, p.sessions.path(credential))
		})
	}
	t.Run("after thirty days", func(t *testing.T) {
		i := newIssuer(t)
		p := i.newProvider()
		credential, now := signedIn(t, i, p, nil)
		*now = now.Add(sessionLasts)
		_, err := p.Identify(t.Context(), credential)
		require.Equal(t, protocol.CodeInvalidIdentity, protocol.AsError(err).Code)
	})
}

func TestSession_its_file_gives_nothing_away(t *testing.T) {
	i := newIssuer(t)
	p := i.newProvider()
	credential, _ := signedIn(t, i, p, nil)
	entries, err := os.ReadDir(p.sessions.dir)
	require.NoError(t, err)
	require.Len(t, entries, 1)
	path := filepath.Join(p.sessions.dir, entries[0].Name())
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	for _, secret := range []string{credential, strings.TrimPrefix(credential, web.SessionPrefix), `"refresh":"refresh"`} {
		require.NotContains(t, path+string(content), secret)
	}
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode())
}

// FuzzIdentify checks that no token but one that the provider has signed proves anything.
func FuzzIdentify(f *testing.F) {
	i := newIssuer(f)
	p := i.newProvider()
	good := i.sign("first", i.claims(nil))
	for _, seed := range []string{
		"", ".", "..", "a.b.c", good, good + ".", "." + good, good[1:], strings.ToUpper(good), strings.Replace(good, ".", "..", 1),
		unsigned(f, object{"alg": "none"}, i.claims(nil)), unsigned(f, object{"alg": "RS256", "kid": "first", "crit": []string{"b64"}, "b64": false}, i.claims(nil)),
		`{"payload":"e30","signatures":[]}`, web.SessionPrefix, web.SessionPrefix + "x", web.SessionPrefix + "../../x", "parley_x",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, token string) {
		proof, err := p.Identify(t.Context(), token)
		if token == good {
			require.NoError(t, err)
			return
		}
		if err == nil && proof.Subject != i.server.URL+"\x0042" {
			t.Fatalf("%q proves %+v", token, proof)
		}
	})
}
