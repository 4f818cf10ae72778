package guard

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"parley/protocol"
)

// checkOrigin refuses pages that are neither the server's own nor of an allowed
// origin. Clients other than browsers send no Origin.
func (g Guard) checkOrigin(r *http.Request) *protocol.Error {
	origin, site := r.Header.Get("Origin"), r.Header.Get("Sec-Fetch-Site")
	if origin == "" && (site == "" || site == "same-origin" || site == "none") {
		return nil
	}
	if g.isAllowedOrigin(origin) || g.isPublicOrigin(origin) || isSameHost(origin, r.Host) || g.isSameOrigin(origin, site) {
		return nil
	}
	return protocol.Errorf(protocol.CodeOriginNotAllowed,
		"pages of the origin %.80q may not do this; --allow-origin allows them, and so does a proxy that passes Host on", origin)
}

func (g Guard) isAllowedOrigin(origin string) bool {
	return slices.Contains(g.origins, normalOrigin(origin))
}

// isPublicOrigin reports whether an origin is that of the server's own pages at its
// public URL. A proxy may replace the Host that the browser has sent.
func (g Guard) isPublicOrigin(origin string) bool {
	return g.public != "" && normalOrigin(origin) == g.public
}

// isSameOrigin trusts a browser's statement that the page has the origin to which
// the request was sent, if that origin is one of this server's. A proxy that puts its
// own name into Host makes it necessary. The page of a rebound site makes the same
// statement, but under its own name.
func (g Guard) isSameOrigin(origin, site string) bool {
	u, err := url.Parse(origin)
	return site == "same-origin" && err == nil && u.Host != "" && g.isOwnHost(hostname(u.Host))
}

// isSameHost reports whether a page's origin and the request's Host have the same
// name and port. The scheme, which a proxy that terminates TLS changes, matters only
// for the default port.
func isSameHost(origin, host string) bool {
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" || host == "" {
		return false
	}
	originName, originPort := splitPort(u.Host, u.Scheme)
	name, port := splitPort(host, u.Scheme)
	return name == originName && port == originPort
}

// normalOrigin returns an origin as browsers write it: in lower case, without the
// scheme's default port. A string that is not an origin is returned unchanged but for
// case.
func normalOrigin(origin string) string {
	origin = strings.ToLower(strings.TrimSuffix(origin, "/"))
	if u, err := url.Parse(origin); err == nil && u.Host != "" && u.Port() == defaultPort(u.Scheme) {
		return strings.TrimSuffix(origin, ":"+u.Port())
	}
	return origin
}

// splitPort returns a host's name, in lower case, and its port or the default port
// of the scheme.
func splitPort(hostport, scheme string) (name, port string) {
	u := url.URL{Host: hostport}
	return hostname(hostport), cmp.Or(u.Port(), defaultPort(scheme))
}

func defaultPort(scheme string) string {
	switch scheme {
	case "http", "ws":
		return "80"
	case "https", "wss":
		return "443"
	}
	return ""
}
