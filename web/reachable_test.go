package web_test

import (
	"net/http"
	"net/netip"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/protocol"
	"parley/web"
)

func reachable(t *testing.T, public string) web.Options {
	t.Helper()
	u, err := url.Parse(public)
	require.NoError(t, err)
	return web.Options{InsecureOpen: true, PublicURL: u, TrustedProxies: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}}
}

func TestPublicURL(t *testing.T) {
	h := edge(reachable(t, "https://parley.example/team/room"))
	jsonType := []string{"Content-Type", "application/json"}
	t.Run("requests may name its host", func(t *testing.T) {
		require.Equal(t, http.StatusOK, serve(h, request("GET", "/healthz", "", "Host", "parley.example")).Code)
		requireCode(t, serve(h, request("GET", "/healthz", "", "Host", "evil.example")), protocol.CodeOriginNotAllowed)
	})
	t.Run("its pages are the server's own, whatever Host a proxy sends", func(t *testing.T) {
		own := append(jsonType, "Origin", "https://parley.example")
		requireCode(t, serve(h, request("POST", "/api/sessions", "{", own...)), protocol.CodeInvalidRequest)
		other := append(jsonType, "Origin", "https://parley.example:8443")
		requireCode(t, serve(h, request("POST", "/api/sessions", "{", other...)), protocol.CodeOriginNotAllowed)
	})
	t.Run("its path may begin the path of each request", func(t *testing.T) {
		for path, status := range map[string]int{
			"/team/room/healthz": http.StatusOK, "/healthz": http.StatusOK, "/team/room/": http.StatusOK,
			"/team/room/s/some-session": http.StatusOK, "/team/roomhealthz": http.StatusNotFound, "/team/": http.StatusNotFound,
			"/team/room/team/room/healthz": http.StatusNotFound,
		} {
			require.Equal(t, status, serve(h, request("GET", path, "")).Code, path)
		}
	})
	t.Run("its path without the slash leads to the path with it", func(t *testing.T) {
		w := serve(h, request("GET", "/team/room", ""))
		require.Equal(t, http.StatusPermanentRedirect, w.Code)
		require.Equal(t, "/team/room/", w.Header().Get("Location"))
	})
}

func TestTrustedProxies(t *testing.T) {
	h := edge(reachable(t, "https://parley.example"))
	from := func(proxy string, headers ...string) int {
		r := request("GET", "/healthz", "", headers...)
		r.RemoteAddr = proxy
		return serve(h, r).Code
	}
	t.Run("a believed proxy says which host was asked for", func(t *testing.T) {
		require.Equal(t, http.StatusOK, from("192.0.2.1:9", "Host", "upstream.internal", "X-Forwarded-Host", "parley.example"))
		require.Equal(t, http.StatusForbidden, from("192.0.2.1:9", "X-Forwarded-Host", "evil.example"))
	})
	t.Run("others are not believed", func(t *testing.T) {
		require.Equal(t, http.StatusForbidden, from("198.51.100.1:9", "Host", "upstream.internal", "X-Forwarded-Host", "parley.example"))
	})
}
