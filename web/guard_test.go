package web_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"parley/hub"
	"parley/hub/rules"
	"parley/protocol"
	"parley/web"
)

// edge is a server whose hub is not started, for requests that do not reach the hub.
func edge(o web.Options) http.Handler {
	o.InsecureOpen = true // another guard asks for keys
	return web.New(hub.New(nil, nil, rules.Key{}, hub.Options{}), o)
}

// request returns a request to a server on loopback.
func request(method, path string, body string, headers ...string) *http.Request {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Host = "127.0.0.1:7777"
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "Host" {
			r.Host = headers[i+1]
		}
		r.Header.Set(headers[i], headers[i+1])
	}
	return r
}

func serve(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func requireCode(t *testing.T, w *httptest.ResponseRecorder, code protocol.Code) {
	t.Helper()
	var body protocol.ErrorBody
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &body), w.Body.String())
	require.Equal(t, code, body.Code, w.Body.String())
	require.Equal(t, protocol.Catalogue[code].Status, w.Code)
	require.NotEmpty(t, body.Error)
	require.Equal(t, "application/json", w.Header().Get("Content-Type"))
}

func TestGuard_Host(t *testing.T) {
	tests := []struct {
		name    string
		options web.Options
		host    string
		refused bool
	}{
		{"localhost", web.Options{}, "localhost:7777", false},
		{"localhost in capitals", web.Options{}, "LOCALHOST", false},
		{"a loopback address", web.Options{}, "127.8.9.10:80", false},
		{"IPv6 loopback", web.Options{}, "[::1]:7777", false},
		{"IPv6 loopback without a port", web.Options{}, "[::1]", false},
		{"a name that was rebound", web.Options{}, "evil.example:7777", true},
		{"a name that begins as a good one does", web.Options{}, "localhost.evil.example", true},
		{"another address of the machine", web.Options{Listen: "127.0.0.1:7777"}, "192.0.2.7:7777", true},
		{"the address that is listened on", web.Options{Listen: "192.0.2.7:7777"}, "192.0.2.7:7777", false},
		{"an address, listening on all", web.Options{Listen: "0.0.0.0:7777"}, "192.0.2.7:7777", false},
		{"an address, listening on all of both families", web.Options{Listen: ":7777"}, "[2001:db8::1]:7777", false},
		{"a name, listening on all", web.Options{Listen: "[::]:7777"}, "evil.example", true},
		{"an allowed name", web.Options{AllowHosts: []string{"Parley.Example"}}, "parley.example:443", false},
		{"an allowed name with its dot", web.Options{AllowHosts: []string{"parley.example"}}, "parley.example.", false},
		{"no host at all", web.Options{}, "", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := request("GET", "/healthz", "")
			r.Host = tt.host
			w := serve(edge(tt.options), r)
			if tt.refused {
				requireCode(t, w, protocol.CodeOriginNotAllowed)
				return
			}
			require.Equal(t, http.StatusOK, w.Code)
		})
	}
}

// originTests are requests to a server on 127.0.0.1:7777 that allows
// https://chat.example.com.
var originTests = []struct {
	name    string
	headers []string
	refused bool
}{
	{"no browser", nil, false},
	{"the server's own page", []string{"Origin", "http://127.0.0.1:7777"}, false},
	{"its own page behind a proxy that ends TLS", []string{"Origin", "https://127.0.0.1:7777"}, false},
	{"a listed origin", []string{"Origin", "https://chat.example.com"}, false},
	{"the listed name on another port", []string{"Origin", "https://chat.example.com:8443"}, true},
	{"the listed name without TLS", []string{"Origin", "http://chat.example.com"}, true},
	{"the listed name with TLS's own port", []string{"Origin", "https://chat.example.com:443"}, false},
	{"the listed name with the port of plain HTTP", []string{"Origin", "https://chat.example.com:80"}, true},
	{"another origin", []string{"Origin", "https://evil.example"}, true},
	{"the same host on another port", []string{"Origin", "http://127.0.0.1:8000"}, true},
	{"a page without an origin", []string{"Origin", "null"}, true},
	{"a page without an origin that calls itself the same", []string{"Origin", "null", "Sec-Fetch-Site", "same-origin"}, true},
	{"Host without the port that TLS has by itself", []string{"Host", "localhost", "Origin", "https://localhost"}, false},
	{"Host with it", []string{"Host", "localhost:443", "Origin", "https://localhost"}, false},
	{"Host with the one that plain HTTP has", []string{"Host", "LOCALHOST:80", "Origin", "http://localhost"}, false},
	{"Host with that of the other scheme", []string{"Host", "localhost:80", "Origin", "https://localhost"}, true},
	{"Host with a dot at the end", []string{"Host", "localhost.:443", "Origin", "https://localhost"}, false},
	{"IPv6 with the port in Host alone", []string{"Host", "[::1]:80", "Origin", "http://[::1]"}, false},
	{"IPv6 without one in Host", []string{"Host", "[::1]", "Origin", "http://[::1]:7777"}, true},
	{"a page that its browser calls the same, behind a proxy with a Host of its own",
		[]string{"Origin", "http://127.0.0.1:8080", "Sec-Fetch-Site", "same-origin"}, false},
	{"a page of another port, as its browser says", []string{"Origin", "http://127.0.0.1:8080", "Sec-Fetch-Site", "same-site"}, true},
	{"a rebound page, behind a proxy with a Host of its own",
		[]string{"Origin", "http://evil.example", "Sec-Fetch-Site", "same-origin"}, true},
	{"a cross-site request without Origin", []string{"Sec-Fetch-Site", "cross-site"}, true},
	{"a same-origin request without Origin", []string{"Sec-Fetch-Site", "same-origin"}, false},
}

func TestGuard_Origin(t *testing.T) {
	listed := web.Options{AllowOrigins: []string{"https://chat.example.com/"}}
	for _, tt := range originTests {
		t.Run(tt.name, func(t *testing.T) {
			r := request("POST", "/api/sessions", "{", append(tt.headers, "Content-Type", "application/json")...)
			w := serve(edge(listed), r)
			if tt.refused {
				requireCode(t, w, protocol.CodeOriginNotAllowed)
				return
			}
			requireCode(t, w, protocol.CodeInvalidRequest) // it was allowed, and its body is not valid
		})
	}
	t.Run("a refusal names what was refused and the flag that allows it", func(t *testing.T) {
		w := serve(edge(listed), request("POST", "/api/sessions", "{}", "Origin", "https://talk.example"))
		requireCode(t, w, protocol.CodeOriginNotAllowed)
		require.Contains(t, w.Body.String(), "https://talk.example")
		require.Contains(t, w.Body.String(), "--allow-origin")
		w = serve(edge(listed), request("GET", "/healthz", "", "Host", "talk.example:7777"))
		requireCode(t, w, protocol.CodeOriginNotAllowed)
		require.Contains(t, w.Body.String(), "talk.example")
		require.Contains(t, w.Body.String(), "--allow-host")
	})
	t.Run("an origin may be listed with its default port", func(t *testing.T) {
		for _, origin := range []string{"https://chat.example.com:443", "HTTPS://Chat.Example.Com/", "https://chat.example.com:443/"} {
			h := edge(web.Options{AllowOrigins: []string{origin}})
			w := serve(h, request("GET", "/healthz", "", "Origin", "https://chat.example.com"))
			require.Equal(t, "https://chat.example.com", w.Header().Get("Access-Control-Allow-Origin"), origin)
		}
	})
	t.Run("a name that begins with the server's name", func(t *testing.T) {
		r := request("POST", "/api/sessions", "{", "Content-Type", "application/json", "Origin", "http://localhost.evil.example")
		r.Host = "localhost"
		requireCode(t, serve(edge(listed), r), protocol.CodeOriginNotAllowed)
	})
}

// The original API could be called by any web page.
func TestGuard_AnyWebPageMayCallTheOriginal(t *testing.T) {
	const listedOrigin = "https://chat.example.com"
	h := edge(web.Options{AllowOrigins: []string{listedOrigin}})
	preflight := func(origin string) *httptest.ResponseRecorder {
		return serve(h, request("OPTIONS", "/api/shared-sessions", "", "Origin", origin,
			"Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "content-type"))
	}
	t.Run("a page that is not listed is refused", func(t *testing.T) {
		w := preflight("https://evil.example")
		requireCode(t, w, protocol.CodeOriginNotAllowed)
		require.Empty(t, w.Header().Get("Access-Control-Allow-Origin"))
	})
	t.Run("a listed page is allowed", func(t *testing.T) {
		w := preflight(listedOrigin)
		require.Equal(t, http.StatusNoContent, w.Code)
		require.Equal(t, listedOrigin, w.Header().Get("Access-Control-Allow-Origin"))
		require.Contains(t, w.Header().Get("Access-Control-Allow-Methods"), "DELETE")
		for _, header := range []string{"Authorization", "Content-Type", "Idempotency-Key", "Last-Event-ID", "Parley-Participant", "Prefer"} {
			require.Contains(t, w.Header().Get("Access-Control-Allow-Headers"), header)
		}
		require.Empty(t, w.Header().Get("Access-Control-Allow-Credentials"))
	})
	t.Run("a listed page may read the answer", func(t *testing.T) {
		w := serve(h, request("GET", "/healthz", "", "Origin", listedOrigin))
		require.Equal(t, listedOrigin, w.Header().Get("Access-Control-Allow-Origin"))
		require.Equal(t, "Origin", w.Header().Get("Vary"))
	})
	t.Run("another page may not read it", func(t *testing.T) {
		w := serve(h, request("GET", "/healthz", "", "Origin", "https://evil.example"))
		require.Empty(t, w.Header().Get("Access-Control-Allow-Origin"))
		require.Equal(t, "Origin", w.Header().Get("Vary"))
	})
	t.Run("no page may read it if no origin is listed", func(t *testing.T) {
		w := serve(edge(web.Options{}), request("GET", "/healthz", "", "Origin", listedOrigin))
		require.Empty(t, w.Header().Get("Access-Control-Allow-Origin"))
	})
}

func TestGuard_SecurityHeaders(t *testing.T) {
	for _, path := range []string{"/", "/s/some-session", "/assets/none.js", "/healthz", "/api/nothing", "/api/shared-sessions/x/ws"} {
		t.Run(path, func(t *testing.T) {
			h := serve(edge(web.Options{}), request("GET", path, "")).Header()
			require.Equal(t, "nosniff", h.Get("X-Content-Type-Options"))
			require.Equal(t, "no-referrer", h.Get("Referrer-Policy"))
			require.Equal(t, "same-origin", h.Get("Cross-Origin-Opener-Policy"))
			require.Equal(t, "same-origin", h.Get("Cross-Origin-Resource-Policy"))
			policy := h.Get("Content-Security-Policy")
			require.Contains(t, policy, "default-src 'none'")
			require.Contains(t, policy, "frame-ancestors 'none'")
			require.NotContains(t, policy, "unsafe")
		})
	}
}

func TestBodies(t *testing.T) {
	h := edge(web.Options{Limits: protocol.Limits{FrameBytes: 1 << 10}})
	const json = "application/json"
	tests := []struct {
		name, contentType, body string
		code                    protocol.Code
	}{
		{"a form is refused", "application/x-www-form-urlencoded", `{"agent":"demo"}`, protocol.CodeInvalidRequest},
		{"plain text is refused", "text/plain", `{"agent":"demo"}`, protocol.CodeInvalidRequest},
		{"no type is refused", "", `{"agent":"demo"}`, protocol.CodeInvalidRequest},
		{"what is not JSON is refused", json, `agent=demo`, protocol.CodeInvalidRequest},
		{"half an object is refused", json, `{"agent":`, protocol.CodeInvalidRequest},
		{"two objects are refused", json, `{"agent":"demo"} {}`, protocol.CodeInvalidRequest},
		{"a list is refused", json, `[]`, protocol.CodeInvalidRequest},
		{"null is refused", json, `null`, protocol.CodeInvalidRequest},
		{"nothing is refused where something is required", json, ``, protocol.CodeInvalidRequest},
		{"another case is another member", json, `{"Agent":"demo"}`, protocol.CodeInvalidRequest},
		{"a wrong type is refused", json, `{"agent":7}`, protocol.CodeInvalidRequest},
		{"an unknown word is refused", json, `{"agent":"demo","permissions":"perhaps"}`, protocol.CodeInvalidRequest},
		{"Latin-1 is refused", json, "{\"agent\":\"caf\xe9\"}", protocol.CodeInvalidRequest},
		{"Latin-1 in a member that is unknown is refused", json, "{\"agent\":\"demo\",\"x\":\"caf\xe9\"}", protocol.CodeInvalidRequest},
		{"half of a surrogate pair is refused", json, `{"agent":"\ud83d"}`, protocol.CodeInvalidRequest},
		{"a body that is too large is refused", json, `{"agent":"` + strings.Repeat("x", 1<<10) + `"}`, protocol.CodeTooLarge},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			requireCode(t, serve(h, request("POST", "/api/sessions", tt.body, "Content-Type", tt.contentType)), tt.code)
		})
	}
}

func TestRoutes_Unknown(t *testing.T) {
	h := edge(web.Options{})
	t.Run("no such path", func(t *testing.T) {
		for _, path := range []string{"/nothing", "/api", "/api/shared-sessions/x/y/z", "/api/shared-sessions/x/join/", "/assets/none.js"} {
			requireCode(t, serve(h, request("GET", path, "")), protocol.CodeNotFound)
		}
	})
	t.Run("no such path, for a browser", func(t *testing.T) {
		const accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
		for path, root := range map[string]string{
			"/nothing": "./", "/nothing/": "../", "/s/some-session/more/": "../../../", "/s/": "../", "/assets/none.js": "../",
			"/a%2fb/c": "../", "/" + strings.Repeat("a/", 1000): "/",
		} {
			for _, method := range []string{"GET", "HEAD"} {
				w := serve(h, request(method, path, "", "Accept", accept))
				require.Equal(t, http.StatusNotFound, w.Code, path)
				require.Equal(t, "text/html; charset=utf-8", w.Header().Get("Content-Type"))
				if method == "HEAD" {
					continue // net/http omits its body
				}
				page := w.Body.String()
				require.Contains(t, page, "There is no such page")
				require.Contains(t, page, `<a href="`+root+`">`, path)
				sheet := regexp.MustCompile(`<link rel="stylesheet"[^>]*href="([^"]*)"`).FindStringSubmatch(page)
				require.NotNil(t, sheet)
				file := strings.TrimPrefix(sheet[1], root)
				require.Equal(t, http.StatusOK, serve(h, request("GET", "/"+file, "")).Code, file)
			}
		}
	})
	t.Run("the API has no pages", func(t *testing.T) {
		for _, path := range []string{"/api", "/api/nothing", "/api/shared-sessions/x/y/z"} {
			requireCode(t, serve(h, request("GET", path, "", "Accept", "text/html")), protocol.CodeNotFound)
		}
		requireCode(t, serve(h, request("POST", "/nothing", "", "Accept", "text/html")), protocol.CodeNotFound)
	})
	t.Run("no such method", func(t *testing.T) {
		w := serve(h, request("PUT", "/api/shared-sessions", ""))
		requireCode(t, w, protocol.CodeMethodNotAllowed)
		require.Equal(t, "GET, HEAD, POST", w.Header().Get("Allow"))
	})
	t.Run("HEAD is refused for responses without an end", func(t *testing.T) {
		for _, end := range []string{"stream", "events", "ws"} {
			w := serve(h, request("HEAD", "/api/shared-sessions/x/"+end, ""))
			assert.GreaterOrEqual(t, w.Code, 400, end)
		}
	})
}

func TestIsLoopback(t *testing.T) {
	for addr, want := range map[string]bool{
		"127.0.0.1:7777": true, "127.1.2.3:0": true, "[::1]:7777": true, "localhost:7777": true,
		"[::ffff:127.0.0.1]:1": true, "127.0.0.1": true, "::1": true,
		":7777": false, "0.0.0.0:7777": false, "[::]:7777": false, "192.0.2.1:7777": false,
		"localhost.example:7777": false, "": false,
	} {
		assert.Equal(t, want, web.IsLoopback(addr), "%q", addr)
	}
}
