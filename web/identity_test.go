package web_test

import (
	"context"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub"
	"parley/protocol"
	"parley/web"
)

// identityProvider vouches for people in memory.
type identityProvider struct {
	mu     sync.Mutex
	people map[string]web.Proof // by credential
}

// The credentials of people. That of ann is a token of the provider by its looks, and those of
// others are tokens of a sign-in.
const (
	annToken = "h.ann.s"
	benToken = web.SessionPrefix + "ben"
	amyToken = web.SessionPrefix + "amy" // who administers the server
)

func newIdentityProvider() *identityProvider {
	p := &identityProvider{people: map[string]web.Proof{}}
	for token, name := range map[string]string{annToken: "ann", benToken: "ben", amyToken: "amy"} {
		p.people[token] = web.Proof{
			Identity: hub.Identity{Subject: "https://id.example\x00" + name, UserID: name + "@example.com", Name: "The real " + name},
			Admin:    token == amyToken,
		}
	}
	return p
}

func (p *identityProvider) Identify(_ context.Context, credential string) (web.Proof, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	proof, ok := p.people[credential]
	if !ok {
		return proof, protocol.Errorf(protocol.CodeInvalidIdentity, "sign in again")
	}
	return proof, nil
}

func (p *identityProvider) Provider() protocol.IdentityProvider {
	return protocol.IdentityProvider{Name: "Example", Issuer: "https://id.example", ClientID: "parley", Scopes: []string{"openid"}}
}

func (p *identityProvider) Begin(_ context.Context, callback string) (redirect, kept string, err error) {
	return "/?redirect_uri=" + url.QueryEscape(callback), "begun", nil
}

func (p *identityProvider) Finish(_ context.Context, kept string, answer url.Values) (string, error) {
	if kept != "begun" || answer.Get("code") != "CODE" {
		return "failed", protocol.Errorf(protocol.CodeInvalidIdentity, "sign in again")
	}
	return "finished", nil
}

func (p *identityProvider) Collect(kept string) (string, error) {
	if kept != "finished" {
		return "", protocol.Errorf(protocol.CodeInvalidIdentity, "sign in again")
	}
	return benToken, nil
}

func (p *identityProvider) Exchange(_ context.Context, tokens web.ProviderTokens) (string, error) {
	if tokens.ID != "id" {
		return "", protocol.Errorf(protocol.CodeInvalidIdentity, "sign in again")
	}
	return benToken, nil
}

func (p *identityProvider) SignOut(credential string) error {
	if credential != annToken { // a token of the provider cannot be taken back
		p.set(credential, time.Time{})
	}
	return nil
}

// set changes until when a credential is valid; zero makes it invalid.
func (p *identityProvider) set(credential string, expires time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	proof := p.people[credential]
	if proof.Expires = expires; expires.IsZero() {
		delete(p.people, credential)
		return
	}
	p.people[credential] = proof
}

// add makes a credential valid again.
func (p *identityProvider) add(credential string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.people[credential] = newIdentityProvider().people[credential]
}

// withIdentities is the setup of a server with a provider and an operator.
func withIdentities(p *identityProvider) func(*setup) {
	return func(s *setup) {
		s.hub.VerifiesIdentities = true
		s.web = web.Options{Listen: "127.0.0.1:7777", Operators: operatorKeys{"OPERATOR": "ann"}, Identities: p}
	}
}

func bearer(token string) []string { return []string{"Authorization", "Bearer " + token} }

// shareAs starts an agent and shares it as the caller with a token.
func shareAs(w *world, token string) (agent string, answer protocol.CreateAnswer) {
	w.t.Helper()
	w.key = token
	defer func() { w.key = "" }()
	agent = w.startAgent()
	w.call("POST", sharedAPI, object{"hostSessionId": agent, "mode": "prompt_with_approval", "hostUserId": "forged"}).ok(http.StatusCreated, &answer)
	return agent, answer
}

func TestIdentity_the_server_says_who_a_request_is_from(t *testing.T) {
	w := newWorld(t, withIdentities(newIdentityProvider()))
	var answer protocol.ServerAnswer
	w.call("GET", "/api/server", nil).ok(http.StatusOK, &answer)
	require.True(t, answer.Protected, "a provider protects a server on loopback too")
	require.Nil(t, answer.Identity)
	require.Equal(t, "Example", answer.Provider.Name)
	w.call("GET", "/api/server", nil, bearer(annToken)...).ok(http.StatusOK, &answer)
	require.Equal(t, "ann@example.com", answer.Identity.UserID)
	require.Equal(t, "The real ann", answer.Identity.Name)
	require.Nil(t, answer.Operator)
	var operator protocol.ServerAnswer
	w.call("GET", "/api/server", nil, bearer("OPERATOR")...).ok(http.StatusOK, &operator)
	require.Nil(t, operator.Identity)
	require.Equal(t, "ann", *operator.Operator)
}

func TestIdentity_people_use_only_what_they_have_created(t *testing.T) {
	w := newWorld(t, withIdentities(newIdentityProvider()))
	agent, made := shareAs(w, annToken)
	require.Equal(t, "ann@example.com", made.Session.HostUserID, "the body's user id is ignored")
	require.True(t, made.HostParticipant.Verified)
	for _, call := range []struct{ method, path string }{
		{"GET", "/api/sessions/" + agent},
		{"POST", "/api/sessions/" + agent + "/cancel"},
		{"DELETE", "/api/sessions/" + agent},
	} {
		w.call(call.method, call.path, nil, bearer(benToken)...).fails(protocol.CodeHostSessionNotFound)
	}
	share := object{"hostSessionId": agent, "hostUserId": "forged", "mode": "comment_only"}
	w.call("POST", sharedAPI, share, bearer(benToken)...).fails(protocol.CodeHostSessionNotFound)
	w.call("POST", "/api/sessions", object{"fork": agent}, bearer(benToken)...).fails(protocol.CodeHostSessionNotFound)
	w.call("GET", sharedAPI+"/"+made.Session.ID, nil, bearer(benToken)...).fails(protocol.CodeSessionNotFound)
	for _, own := range []string{annToken, amyToken, "OPERATOR"} {
		w.call("GET", "/api/sessions/"+agent, nil, bearer(own)...).ok(http.StatusOK, nil)
		w.call("GET", sharedAPI+"/"+made.Session.ID, nil, bearer(own)...).ok(http.StatusOK, nil)
	}
	for token, listed := range map[string]int{annToken: 1, benToken: 0, amyToken: 1, "OPERATOR": 1} {
		var shared struct{ Sessions []protocol.Session }
		w.call("GET", sharedAPI, nil, bearer(token)...).ok(http.StatusOK, &shared)
		require.Len(t, shared.Sessions, listed, token)
		var hosts struct{ Sessions []protocol.HostSession }
		w.call("GET", "/api/sessions", nil, bearer(token)...).ok(http.StatusOK, &hosts)
		require.Len(t, hosts.Sessions, listed, token)
	}
	w.call("POST", sharedAPI, share, append(bearer(annToken), "Idempotency-Key", "k")...).ok(http.StatusCreated, nil)

	// Whose the sessions are that an agent keeps, nobody knows.
	w.call("POST", "/api/agents/demo/sessions", nil, bearer(annToken)...).fails(protocol.CodeOwnerRequired)
	w.call("POST", "/api/sessions", object{"agent": "demo", "adopt": "x"}, bearer(annToken)...).fails(protocol.CodeOwnerRequired)
	w.call("POST", "/api/agents/demo/sessions", nil, bearer(amyToken)...).ok(http.StatusOK, nil)
}

// The same Idempotency-Key of two people names two agents.
func TestIdentity_keys_of_creations_belong_to_the_person(t *testing.T) {
	w := newWorld(t, withIdentities(newIdentityProvider()))
	ids := map[string]bool{}
	for _, token := range []string{annToken, benToken, annToken, "OPERATOR"} {
		var made protocol.HostSessionAnswer
		w.call("POST", "/api/sessions", object{"agent": "demo"}, append(bearer(token), "Idempotency-Key", "same")...).ok(http.StatusCreated, &made)
		ids[made.Session.ID] = true
	}
	require.Len(t, ids, 3)
}

func TestIdentity_bounds_the_agents_of_one_owner(t *testing.T) {
	w := newWorld(t, withIdentities(newIdentityProvider()), func(s *setup) { s.hub.MaxOwnAgents = 1 })
	start := func(token string) reply {
		return w.call("POST", "/api/sessions", object{"agent": "demo"}, bearer(token)...)
	}
	start(annToken).ok(http.StatusCreated, nil)
	start(annToken).fails(protocol.CodeTooManyAgents)
	start(benToken).ok(http.StatusCreated, nil)
	start("OPERATOR").ok(http.StatusCreated, nil)
	start("OPERATOR").fails(protocol.CodeTooManyAgents)
}

func TestIdentity_takes_the_place_of_a_participants_token(t *testing.T) {
	w := newWorld(t, withIdentities(newIdentityProvider()))
	_, made := shareAs(w, annToken)
	s := &session{w: w, ID: made.Session.ID, Invite: made.InviteToken, Host: personOf(made.HostParticipant)}
	say := func(headers ...string) reply {
		return w.call("POST", s.path("/messages"), object{"text": "hello"}, headers...)
	}
	id := []string{"Parley-Participant", s.Host.ID}
	say(append(bearer(annToken), id...)...).ok(http.StatusOK, nil)
	say(append(bearer(s.Host.Token), id...)...).fails(protocol.CodeUnauthorized)
	say(append(bearer(benToken), id...)...).fails(protocol.CodeInvalidParticipantToken)
	say(append(bearer(s.Host.Token), "Parley-Identity", annToken, id[0], id[1])...).ok(http.StatusOK, nil)
	say(append(bearer(s.Host.Token), "Parley-Identity", "h.wrong.s", id[0], id[1])...).fails(protocol.CodeInvalidIdentity)
	say(append(bearer("h.wrong.s"), id...)...).fails(protocol.CodeInvalidIdentity)
	cookie := append(bearer(s.Host.Token), "Cookie", "__Host-parley="+annToken)
	say(append(cookie, "Parley-Page", "1", id[0], id[1])...).ok(http.StatusOK, nil)
	say(append(cookie, id...)...).fails(protocol.CodeUnauthorized) // a page of another site has sent it
	w.call("POST", s.path("/messages"), object{"text": "hello", "participantId": s.Host.ID}, bearer(annToken)...).ok(http.StatusOK, nil)

	resume := commandLine("r", "resume", object{"participantId": s.Host.ID, "participantToken": s.Host.Token})
	for about, dial := range map[string]func() (*wsClient, *http.Response, error){
		"a header": func() (*wsClient, *http.Response, error) {
			return w.tryDial(s.ID, []string{protocol.Subprotocol}, bearer(annToken)...)
		},
		"a subprotocol": func() (*wsClient, *http.Response, error) {
			return w.tryDial(s.ID, []string{protocol.Subprotocol, "parley.bearer." + annToken})
		},
		"the cookie": func() (*wsClient, *http.Response, error) {
			return w.tryDial(s.ID, []string{protocol.Subprotocol}, "Cookie", "__Host-parley="+annToken, "Origin", w.url)
		},
	} {
		c, _, err := dial()
		require.NoError(t, err, about)
		require.Equal(t, protocol.Subprotocol, c.conn.Subprotocol())
		c.send(resume)
		require.Equal(t, s.Host.ID, c.welcome().Participant.ID, about)
	}
	c, _, err := w.tryDial(s.ID, []string{protocol.Subprotocol})
	require.NoError(t, err)
	c.send(resume)
	c.fails("r", protocol.CodeUnauthorized)
	c.closed(protocol.CloseBadCredentials)
	_, response, err := w.tryDial(s.ID, []string{protocol.Subprotocol, "parley.bearer.h.wrong.s"})
	require.Error(t, err)
	require.Equal(t, http.StatusUnauthorized, response.StatusCode)
}

// Whoever sends a proof that is no longer valid must not become a guest without noticing.
func TestIdentity_an_invalid_proof_is_never_ignored(t *testing.T) {
	w := newWorld(t, withIdentities(newIdentityProvider()))
	_, made := shareAs(w, annToken)
	join := object{"inviteToken": made.InviteToken, "userId": "zoe"}
	path := sharedAPI + "/" + made.Session.ID + "/join"
	for _, token := range []string{"h.old.s", web.SessionPrefix + "old"} {
		w.call("POST", path, join, bearer(token)...).fails(protocol.CodeInvalidIdentity)
	}
	stale := w.call("POST", path, join, "Cookie", "__Host-parley="+web.SessionPrefix+"old", "Parley-Page", "1")
	stale.fails(protocol.CodeInvalidIdentity)
	require.Contains(t, stale.header.Get("Set-Cookie"), "__Host-parley=; Path=/; Max-Age=0;", "the next request is a guest's")
	asked := w.call("GET", "/api/server", nil, "Cookie", "__Host-parley="+web.SessionPrefix+"old", "Parley-Page", "1").ok(http.StatusOK, nil)
	require.Contains(t, asked.header.Get("Set-Cookie"), "__Host-parley=; Path=/; Max-Age=0;")
	var answer protocol.JoinAnswer
	w.call("POST", path, join).ok(http.StatusOK, &answer)
	require.False(t, answer.Participant.Verified)
	w.call("POST", path, object{"inviteToken": "none", "userId": "forged"}, bearer(benToken)...).fails(protocol.CodeInvalidInviteToken)
	w.call("POST", path, object{"inviteToken": made.InviteToken, "userId": "forged"}, bearer(benToken)...).ok(http.StatusOK, &answer)
	require.Equal(t, "ben@example.com", answer.Participant.UserID)
	first := answer.Participant.ID
	w.call("POST", path, object{"inviteToken": "none", "userId": "forged"}, bearer(benToken)...).ok(http.StatusOK, &answer)
	require.Equal(t, first, answer.Participant.ID, "a person returns without a token")
}

func TestIdentity_is_checked_again_when_it_expires(t *testing.T) {
	people := newIdentityProvider()
	w := newWorld(t, withIdentities(people))
	_, made := shareAs(w, annToken)
	s := &session{w: w, ID: made.Session.ID, Host: personOf(made.HostParticipant)}
	people.set(annToken, time.Now().Add(100*time.Millisecond))
	connect := func() *wsClient {
		c := w.dial(s.ID, bearer(annToken)...)
		c.send(commandLine("r", "resume", object{"participantId": s.Host.ID, "participantToken": ""}))
		c.welcome()
		return c
	}
	lost := connect()
	stream := w.openStream(s.path("/stream?participantId="+s.Host.ID), bearer(annToken)...)
	require.Equal(t, http.StatusOK, stream.res.StatusCode)
	stays := w.dial(s.ID, bearer(amyToken)...) // whose proof does not expire
	people.set(annToken, time.Time{})
	lost.closed(protocol.CloseBadCredentials)
	for {
		if _, err := stream.lines.ReadString('\n'); err != nil {
			break // the stream has ended
		}
	}
	stays.send(commandLine("p", "ping", object{}))
	stays.next()

	people.add(annToken)
	people.set(annToken, time.Now().Add(100*time.Millisecond))
	kept := connect()
	people.set(annToken, time.Now().Add(time.Hour)) // it was extended meanwhile
	w.call("POST", s.path("/messages"), object{"text": "still here"}, append(bearer(annToken), "Parley-Participant", s.Host.ID)...).ok(http.StatusOK, nil)
	kept.send(commandLine("p", "ping", object{}))
	kept.answer()
}

// A header names a person only if a proxy that the server believes has sent it.
func TestIdentity_in_the_header_of_a_proxy(t *testing.T) {
	start := func(proxies ...string) *world {
		return newWorld(t, func(s *setup) {
			s.hub.VerifiesIdentities = true
			s.web = web.Options{Protected: true, IdentityHeader: "X-Forwarded-User", IdentityNameHeader: "X-Forwarded-Name"}
			for _, p := range proxies {
				s.web.TrustedProxies = append(s.web.TrustedProxies, netip.MustParsePrefix(p))
			}
		})
	}
	who := func(w *world, headers ...string) *protocol.IdentityAnswer {
		var answer protocol.ServerAnswer
		w.call("GET", "/api/server", nil, headers...).ok(http.StatusOK, &answer)
		return answer.Identity
	}
	behind := start("127.0.0.0/8")
	ann := []string{"X-Forwarded-For", "203.0.113.9", "X-Forwarded-User", "ann", "X-Forwarded-Name", "Ann Smith"}
	got := who(behind, ann...)
	require.Equal(t, []string{"ann", "Ann Smith"}, []string{got.UserID, got.Name})
	behind.call("GET", "/api/sessions", nil, ann...).ok(http.StatusOK, nil)
	require.Nil(t, who(behind))
	require.Nil(t, who(behind, "X_Forwarded_User", "ann"))
	require.Nil(t, who(behind, "X-Forwarded-User", ""))
	behind.call("GET", "/api/sessions", nil, "X-Forwarded-User", "a\u202eb").fails(protocol.CodeInvalidIdentity)

	elsewhere := start("192.0.2.0/24")
	require.Nil(t, who(elsewhere, ann...))
	elsewhere.call("GET", "/api/sessions", nil, ann...).fails(protocol.CodeUnauthorized)
	require.Nil(t, who(start(), ann...))
}

// A browser goes to the provider and back, and its page collects the credential: by HTTPS into
// a cookie that no script can read.
func TestIdentity_sign_in_of_a_browser(t *testing.T) {
	public, err := url.Parse("https://parley.example/team")
	require.NoError(t, err)
	for about, row := range map[string]struct {
		change   func(*setup)
		headers  []string
		callback string
		cookie   string // the name of that of the transaction
		attrs    string
	}{
		"by HTTP":             {func(*setup) {}, nil, "http://HOST/api/sign-in/callback", "parley-sign-in", "Path=/; Max-Age=600; HttpOnly; SameSite=Lax"},
		"by HTTPS":            {func(s *setup) { s.tls = true }, nil, "https://HOST/api/sign-in/callback", "__Host-parley-sign-in", "Path=/; Max-Age=600; HttpOnly; Secure; SameSite=Lax"},
		"below a public path": {func(s *setup) { s.web.PublicURL = public }, nil, "https://parley.example/team/api/sign-in/callback", "parley-sign-in", "Path=/; Max-Age=600; HttpOnly; SameSite=Lax"},
		"behind a proxy": {func(s *setup) { s.web.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} }, []string{"X-Forwarded-Proto", "https"},
			"https://HOST/api/sign-in/callback", "__Host-parley-sign-in", "Path=/; Max-Age=600; HttpOnly; Secure; SameSite=Lax"},
	} {
		t.Run(about, func(t *testing.T) {
			w := newWorld(t, withIdentities(newIdentityProvider()), row.change)
			w.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
			call := func(method, path string, body any, headers ...string) reply {
				return w.call(method, path, body, append(headers, row.headers...)...)
			}
			host := w.url[strings.Index(w.url, "//")+2:]
			begun := call("GET", "/api/sign-in/provider", nil)
			require.Equal(t, http.StatusSeeOther, begun.status)
			require.Equal(t, "/?redirect_uri="+url.QueryEscape(strings.ReplaceAll(row.callback, "HOST", host)), begun.header.Get("Location"))
			require.Equal(t, row.cookie+"=begun; "+row.attrs, begun.header.Get("Set-Cookie"))

			back := call("GET", "/api/sign-in/callback?code=CODE&state=s", nil, "Cookie", row.cookie+"=begun", "Sec-Fetch-Site", "cross-site")
			require.Equal(t, http.StatusSeeOther, back.status)
			require.Equal(t, "../../#signed-in", back.header.Get("Location"))
			require.Equal(t, row.cookie+"=finished; "+row.attrs, back.header.Get("Set-Cookie"))
			require.Equal(t, "no-store", back.header.Get("Cache-Control"))

			collect := object{"provider": true, "cookie": true}
			call("POST", "/api/sign-in", collect).fails(protocol.CodeInvalidIdentity)
			call("POST", "/api/sign-in", collect, "Cookie", row.cookie+"=begun").fails(protocol.CodeInvalidIdentity)
			call("POST", "/api/sign-in", collect, "Cookie", row.cookie+"=finished", "Origin", "https://evil.example").fails(protocol.CodeOriginNotAllowed)
			var answer protocol.OperatorSignInAnswer
			signed := call("POST", "/api/sign-in", collect, "Cookie", row.cookie+"=finished").ok(http.StatusOK, &answer)
			require.Equal(t, protocol.OperatorSignInAnswer{Name: "The real ben"}, answer)
			cookies := signed.header.Values("Set-Cookie")
			require.Contains(t, cookies[0], row.cookie+"=; Path=/; Max-Age=0;")
			require.Equal(t, "__Host-parley="+benToken+"; Path=/; Max-Age=7776000; HttpOnly; Secure; SameSite=Strict", cookies[1])
			call("POST", "/api/sign-in", object{"provider": true}, "Cookie", row.cookie+"=finished").ok(http.StatusOK, &answer)
			require.Equal(t, benToken, answer.Key, "for a page without a cookie")

			page := []string{"Cookie", "__Host-parley=" + benToken, "Parley-Page", "1"}
			call("GET", "/api/sessions", nil, page...).ok(http.StatusOK, nil)
			require.Equal(t, http.StatusNoContent, call("POST", "/api/sign-out", nil, page...).status)
			call("GET", "/api/sessions", nil, page...).fails(protocol.CodeInvalidIdentity)
		})
	}
	failed := newWorld(t, withIdentities(newIdentityProvider()))
	failed.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	back := failed.call("GET", "/api/sign-in/callback?code=wrong", nil, "Cookie", "parley-sign-in=begun")
	require.Equal(t, "../../#signed-in", back.header.Get("Location"), "the page learns why")
	require.Contains(t, back.header.Get("Set-Cookie"), "parley-sign-in=failed;")
}

func TestIdentity_sign_in_of_a_program(t *testing.T) {
	w := newWorld(t, withIdentities(newIdentityProvider()))
	var answer protocol.OperatorSignInAnswer
	w.call("POST", "/api/sign-in", object{"tokens": object{"idToken": "id", "refreshToken": "r"}}).ok(http.StatusOK, &answer)
	require.Equal(t, protocol.OperatorSignInAnswer{Name: "The real ben", Key: benToken}, answer)
	w.call("POST", "/api/sign-in", object{"tokens": object{"idToken": "x"}}).fails(protocol.CodeInvalidIdentity)
	protectedWorld(t, web.Options{Protected: true}).call("POST", "/api/sign-in", object{"tokens": object{"idToken": "id"}}).fails(protocol.CodeNotFound)
}
