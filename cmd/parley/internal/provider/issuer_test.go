package provider

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// testKey returns an RSA key that all tests share, since making one takes long.
var testKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

// issuer is an identity provider that signs whatever a test wants.
type issuer struct {
	t      testing.TB
	server *httptest.Server

	mu       sync.Mutex
	keys     map[string]crypto.Signer // by key id
	reads    int                      // of the keys
	broken   bool                     // every request fails
	grants   map[string]object        // claims of the ID token by code or refresh token
	info     object                   // answer of the userinfo endpoint
	rotates  bool                     // a refresh token counts once
	requests []url.Values             // for tokens
}

type object = map[string]any

func newIssuer(t testing.TB) *issuer {
	i := &issuer{t: t, keys: map[string]crypto.Signer{"first": testKey()}, grants: map[string]object{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", i.discovery)
	mux.HandleFunc("GET /keys", i.jwks)
	mux.HandleFunc("POST /token", i.token)
	mux.HandleFunc("GET /userinfo", func(w http.ResponseWriter, _ *http.Request) { i.answer(w, i.info) })
	i.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		i.mu.Lock()
		defer i.mu.Unlock()
		if i.broken {
			http.Error(w, "out of order", http.StatusBadGateway)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(i.server.Close)
	return i
}

func (i *issuer) answer(w http.ResponseWriter, body any) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(body); err != nil {
		i.t.Error(err)
	}
}

func (i *issuer) discovery(w http.ResponseWriter, _ *http.Request) {
	i.answer(w, object{
		"issuer": i.server.URL, "authorization_endpoint": i.server.URL + "/authorize", "token_endpoint": i.server.URL + "/token",
		"jwks_uri": i.server.URL + "/keys", "userinfo_endpoint": i.server.URL + "/userinfo",
		"id_token_signing_alg_values_supported": []string{"RS256", "HS256", "none"},
		"scopes_supported":                      []string{"openid", "profile", "email", "offline_access"},
	})
}

func (i *issuer) jwks(w http.ResponseWriter, _ *http.Request) {
	i.reads++
	set := jose.JSONWebKeySet{Keys: []jose.JSONWebKey{}}
	for id, key := range i.keys {
		set.Keys = append(set.Keys, jose.JSONWebKey{Key: key.Public(), KeyID: id, Use: "sig"})
	}
	i.answer(w, set)
}

func (i *issuer) token(w http.ResponseWriter, r *http.Request) {
	require.NoError(i.t, r.ParseForm())
	i.requests = append(i.requests, r.PostForm)
	grant := r.PostForm.Get("code") + r.PostForm.Get("refresh_token")
	claims, ok := i.grants[grant]
	if !ok {
		w.WriteHeader(http.StatusBadRequest)
		i.answer(w, object{"error": "invalid_grant"})
		return
	}
	refresh := "refresh"
	if i.rotates {
		delete(i.grants, grant)
		refresh = grant + "+"
	}
	i.grants[refresh] = claims
	answer := object{"access_token": "opaque", "token_type": "Bearer", "expires_in": 60, "refresh_token": refresh}
	if claims["sub"] != nil {
		answer["id_token"] = i.sign("first", claims)
	}
	i.answer(w, answer)
}

// change changes the issuer, which requests read at the same time.
func (i *issuer) change(do func()) {
	i.mu.Lock()
	defer i.mu.Unlock()
	do()
}

// claims returns the claims of a good token, with changes; nil removes one.
func (i *issuer) claims(changes object) object {
	now := time.Now().Unix()
	c := object{
		"iss": i.server.URL, "aud": "parley", "sub": "42", "iat": now, "exp": now + 600,
		"email": "Ann@Example.com", "email_verified": true, "name": "Ann Smith",
	}
	for name, value := range changes {
		if c[name] = value; value == nil {
			delete(c, name)
		}
	}
	return c
}

// sign signs claims with a key of the issuer. The caller holds mu, or nothing else runs.
func (i *issuer) sign(keyID string, claims object) string {
	return signWith(i.t, jose.SigningKey{Algorithm: jose.RS256, Key: i.keys[keyID]}, keyID, claims)
}

func signWith(t testing.TB, key jose.SigningKey, keyID string, claims object) string {
	t.Helper()
	signer, err := jose.NewSigner(key, new(jose.SignerOptions).WithHeader("kid", keyID))
	require.NoError(t, err)
	payload, err := json.Marshal(claims)
	require.NoError(t, err)
	signed, err := signer.Sign(payload)
	require.NoError(t, err)
	token, err := signed.CompactSerialize()
	require.NoError(t, err)
	return token
}

// unsigned returns a token with a header and without a signature.
func unsigned(t testing.TB, header, claims object) string {
	t.Helper()
	var parts [2]string
	for i, part := range []object{header, claims} {
		encoded, err := json.Marshal(part)
		require.NoError(t, err)
		parts[i] = base64.RawURLEncoding.EncodeToString(encoded)
	}
	return parts[0] + "." + parts[1] + "."
}

// newProvider returns a provider that believes the issuer.
func (i *issuer) newProvider(change ...func(*Options)) *Provider {
	o := Options{Issuer: i.server.URL, ClientID: "parley", Data: i.t.TempDir()}
	for _, c := range change {
		c(&o)
	}
	require.NoError(i.t, o.Check())
	p := New(o)
	i.t.Cleanup(p.http.CloseIdleConnections)
	i.t.Cleanup(p.http.Transport.(transport).next.CloseIdleConnections)
	return p
}
