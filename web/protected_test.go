package web_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"parley/protocol"
	"parley/web"
)

// protectedWorld starts a server with one operator, and with these settings.
func protectedWorld(t *testing.T, o web.Options) *world {
	t.Helper()
	o.Operators = operatorKeys{"OPERATOR": "ann"}
	return newWorld(t, func(s *setup) { s.web = o })
}

// Every setting that lets other machines reach the server protects it, and so does a proxy
// of which the server knows nothing.
func TestProtected_whenever_others_can_reach_the_server(t *testing.T) {
	const loopback = "127.0.0.1:7777"
	for about, row := range map[string]struct {
		o         web.Options
		header    []string
		protected bool
	}{
		"on loopback":               {web.Options{Listen: loopback}, nil, false},
		"if asked to":               {web.Options{Listen: loopback, Protected: true}, nil, true},
		"beyond loopback":           {web.Options{Listen: "0.0.0.0:7777"}, nil, true},
		"with another name":         {web.Options{Listen: loopback, AllowHosts: []string{"parley.example"}}, nil, true},
		"with pages of others":      {web.Options{Listen: loopback, AllowOrigins: []string{"https://chat.example"}}, nil, true},
		"behind a tunnel":           {web.Options{Listen: loopback}, []string{"X-Forwarded-For", "203.0.113.9"}, true},
		"beyond loopback, but open": {web.Options{Listen: "0.0.0.0:7777", InsecureOpen: true}, nil, false},
		"behind a tunnel, but open": {web.Options{Listen: loopback, InsecureOpen: true}, []string{"Via", "1.1 tunnel"}, false},
	} {
		t.Run(about, func(t *testing.T) {
			w := protectedWorld(t, row.o)
			var answer protocol.ServerAnswer
			w.call("GET", "/api/server", nil, row.header...).ok(http.StatusOK, &answer)
			require.Equal(t, row.protected, answer.Protected)
			require.Nil(t, answer.Operator)
			listed := w.call("GET", sharedAPI, nil, row.header...)
			if !row.protected {
				listed.ok(http.StatusOK, nil)
				return
			}
			listed.fails(protocol.CodeUnauthorized)
			with := append(row.header, "Authorization", "Bearer OPERATOR")
			w.call("GET", sharedAPI, nil, with...).ok(http.StatusOK, nil)
			w.call("GET", "/api/server", nil, with...).ok(http.StatusOK, &answer)
			require.Equal(t, "ann", *answer.Operator)
		})
	}
}

// Half of a participant's credentials are none.
func TestProtected_reading_needs_whole_credentials(t *testing.T) {
	w := protectedWorld(t, web.Options{Protected: true})
	w.key = "OPERATOR"
	s := w.share(protocol.ModeCommentOnly)
	w.key = ""
	for _, headers := range [][]string{
		nil,
		{"Parley-Participant", s.Host.ID},
		{"Parley-Participant", s.Host.ID, "Authorization", "Basic " + s.Host.Token},
		{"Parley-Participant", s.Host.ID, "Authorization", "Bearer "},
		{"Parley-Participant", s.Host.ID, "Authorization", "Bearer OPERATOR"},
		{"Authorization", "Bearer " + s.Host.Token},
		{"Authorization", "Bearer " + s.Invite},
		{"Authorization", "Bearer"},
		{"Cookie", "__Host-parley=OPERATOR"},
		{"Cookie", "parley=OPERATOR", "Parley-Page", "1"},
	} {
		for _, path := range []string{"", "/participants", "/messages"} {
			r := w.call("GET", s.path(path), nil, headers...)
			require.GreaterOrEqual(t, r.status, 401, "%v: %s", headers, r.body)
			require.NotContains(t, string(r.body), "hana")
		}
	}
	for _, path := range []string{"", "/participants", "/messages"} {
		w.call("GET", s.path(path), nil, "Authorization", "Bearer OPERATOR").ok(http.StatusOK, nil)
	}
}

// The cookie of the web pages counts only if a page of this server sends the request.
func TestProtected_a_cookie_needs_a_sign_of_the_own_page(t *testing.T) {
	w := protectedWorld(t, web.Options{Protected: true})
	const cookie = "__Host-parley=OPERATOR"
	w.call("GET", sharedAPI, nil, "Cookie", cookie).fails(protocol.CodeUnauthorized)
	w.call("GET", sharedAPI, nil, "Cookie", cookie, "Parley-Page", "1").ok(http.StatusOK, nil)
	w.call("POST", "/api/sessions", object{"agent": "demo"}, "Cookie", cookie).fails(protocol.CodeUnauthorized)
	w.call("POST", "/api/sessions", object{"agent": "demo"}, "Cookie", cookie, "Parley-Page", "1", "Origin", "https://evil.example").
		fails(protocol.CodeOriginNotAllowed)
	w.call("GET", sharedAPI, nil, "Cookie", cookie, "Parley-Page", "1", "Authorization", "Bearer wrong").
		fails(protocol.CodeInvalidOperatorKey)

	// Pages of other origins may not set that header, even if they may call the API.
	listed := protectedWorld(t, web.Options{Protected: true, AllowOrigins: []string{"https://chat.example"}})
	preflight := listed.call("OPTIONS", sharedAPI, nil, "Origin", "https://chat.example", "Access-Control-Request-Method", "GET")
	require.NotContains(t, strings.ToLower(preflight.header.Get("Access-Control-Allow-Headers")), "parley-page")
}

func TestSignIn_by_a_link_is_possible_once_and_keeps_the_key_from_scripts(t *testing.T) {
	w := protectedWorld(t, web.Options{Protected: true})
	var answer protocol.OperatorSignInAnswer
	w.call("POST", "/api/sign-in", object{"code": "CODE"}).ok(http.StatusOK, &answer)
	require.Equal(t, protocol.OperatorSignInAnswer{Name: "ann", Key: "redeemed"}, answer)
	w.call("POST", "/api/sign-in", object{"code": "wrong"}).fails(protocol.CodeInvalidOperatorKey)

	r := w.call("POST", "/api/sign-in", object{"key": "OPERATOR", "cookie": true}).ok(http.StatusOK, nil)
	require.NotContains(t, string(r.body), "OPERATOR")
	require.Equal(t, "__Host-parley=OPERATOR; Path=/; Max-Age=7776000; HttpOnly; Secure; SameSite=Strict", r.header.Get("Set-Cookie"))

	r = w.call("POST", "/api/sign-out", nil, "Cookie", "__Host-parley=OPERATOR", "Parley-Page", "1")
	require.Equal(t, http.StatusNoContent, r.status)
	require.Contains(t, r.header.Get("Set-Cookie"), "__Host-parley=; Path=/; Max-Age=0;")

	w.call("POST", "/api/sign-in", object{}).fails(protocol.CodeInvalidRequest)
	w.call("POST", "/api/sign-in", object{"key": "a", "code": "b"}).fails(protocol.CodeInvalidRequest)
}

func TestSignIn_wrong_keys_are_limited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newBubble(t, func(s *setup) {
			s.remote, s.web = "192.0.2.7:4000", web.Options{Protected: true, JoinRate: 10, Operators: operatorKeys{"OPERATOR": "ann"}}
		})
		for range 10 {
			w.call("GET", sharedAPI, nil, "Authorization", "Bearer wrong").fails(protocol.CodeInvalidOperatorKey)
		}
		w.call("GET", sharedAPI, nil, "Authorization", "Bearer wrong").fails(protocol.CodeRateLimited)
		w.call("POST", "/api/sign-in", object{"code": "wrong"}).fails(protocol.CodeRateLimited)
		w.call("GET", sharedAPI, nil, "Authorization", "Bearer OPERATOR").ok(http.StatusOK, nil)
		w.stop()
	})
}

// The token of a present guest is not handed out under protection.
func TestProtected_rejoining_needs_a_token(t *testing.T) {
	w := protectedWorld(t, web.Options{Listen: "127.0.0.1:7777", Protected: true})
	w.key = "OPERATOR"
	requireRejoin(t, w, nil, false)
}
