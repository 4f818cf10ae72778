package web

import (
	"cmp"
	"maps"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"parley/protocol"
)

// guard keeps out requests that a browser makes for a page from elsewhere. It
// is immutable.
type guard struct {
	hosts   []string // lower case, without port
	anyIP   bool     // the server listens on every interface
	origins []string // as normalOrigin has them
}

func newGuard(o Options) guard {
	g := guard{hosts: []string{"localhost"}}
	for _, host := range o.AllowHosts {
		g.hosts = append(g.hosts, hostname(host))
	}
	for _, origin := range o.AllowOrigins {
		g.origins = append(g.origins, normalOrigin(origin))
	}
	listen := hostname(o.Listen)
	if ip, err := netip.ParseAddr(listen); err == nil && ip.IsUnspecified() {
		g.anyIP = true
	} else if listen == "" {
		g.anyIP = o.Listen != "" // ":7777"
	} else {
		g.hosts = append(g.hosts, listen)
	}
	return g
}

// wrap lets through to next only what may come in, and sets the headers that
// every answer has.
func (g guard) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		maps.Copy(w.Header(), securityHeaders)
		if err := g.checkHost(r); err != nil {
			refuse(w, err)
			return
		}
		listed := g.setCORS(w.Header(), r)
		if isPreflight(r) && listed {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		if changes(r) || isPreflight(r) {
			if err := g.checkOrigin(r); err != nil {
				refuse(w, err)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

// checkHost refuses names that are not this server's: a page whose name was
// rebound to this address has its own name in Host.
func (g guard) checkHost(r *http.Request) *protocol.Error {
	host := hostname(r.Host)
	if g.named(host) {
		return nil
	}
	return protocol.Errorf(protocol.CodeOriginNotAllowed,
		"this server does not answer to the host %.80q; --allow-host lets it", host)
}

// named reports whether a host, in lower case, is one that this server answers
// to.
func (g guard) named(host string) bool {
	if slices.Contains(g.hosts, host) {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && (g.anyIP || ip.Unmap().IsLoopback())
}

// checkOrigin refuses pages that are neither the server's own nor listed.
// Clients that are no browsers send no Origin.
func (g guard) checkOrigin(r *http.Request) *protocol.Error {
	origin, site := r.Header.Get("Origin"), r.Header.Get("Sec-Fetch-Site")
	if origin == "" && (site == "" || site == "same-origin" || site == "none") {
		return nil
	}
	if g.listedOrigin(origin) || sameHost(origin, r.Host) || g.sameOrigin(origin, site) {
		return nil
	}
	return protocol.Errorf(protocol.CodeOriginNotAllowed,
		"pages of the origin %.80q may not do this; --allow-origin lets them, and behind a proxy so does handing Host on", origin)
}

func (g guard) listedOrigin(origin string) bool {
	return slices.Contains(g.origins, normalOrigin(origin))
}

// sameOrigin believes a browser that says that the page is of the very origin
// that it has sent the request to, and that is one of this server's names. It is
// so behind a proxy that puts a name and a port of its own in Host. A page whose
// name was rebound says the same, under its own name.
func (g guard) sameOrigin(origin, site string) bool {
	u, err := url.Parse(origin)
	return site == "same-origin" && err == nil && u.Host != "" && g.named(hostname(u.Host))
}

// sameHost reports whether a page's origin and the request's Host are of the same
// name and port. The scheme, which a proxy that ends TLS changes, only tells which
// port is meant where none is named.
func sameHost(origin, host string) bool {
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" || host == "" {
		return false
	}
	name, port := splitPort(u.Host, u.Scheme)
	itsName, itsPort := splitPort(host, u.Scheme)
	return name == itsName && port == itsPort
}

// normalOrigin writes an origin as browsers do: in lower case, without the
// scheme's own port. What is no origin stays as it is.
func normalOrigin(origin string) string {
	origin = strings.ToLower(strings.TrimSuffix(origin, "/"))
	if u, err := url.Parse(origin); err == nil && u.Host != "" && u.Port() == defaultPort(u.Scheme) {
		return strings.TrimSuffix(origin, ":"+u.Port())
	}
	return origin
}

// splitPort returns a host's name, in lower case, and its port, or that of the
// scheme.
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

// setCORS lets listed origins read the answer, and reports whether the
// request's is one.
func (g guard) setCORS(h http.Header, r *http.Request) bool {
	if len(g.origins) == 0 {
		return false
	}
	h.Add("Vary", "Origin")
	origin := r.Header.Get("Origin")
	if origin == "" || !g.listedOrigin(origin) {
		return false
	}
	h.Set("Access-Control-Allow-Origin", origin)
	h.Set("Access-Control-Expose-Headers", "Retry-After")
	if isPreflight(r) {
		h.Set("Access-Control-Allow-Methods", "GET, POST, DELETE")
		h.Set("Access-Control-Allow-Headers",
			"Authorization, Content-Type, Last-Event-ID, "+headerPrefer+", "+headerIdempotencyKey+", "+headerParticipant)
		h.Set("Access-Control-Max-Age", "600")
	}
	return true
}

func isPreflight(r *http.Request) bool {
	return r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != ""
}

// changes reports whether the request can change something. A socket can, and
// CORS does not cover it.
func changes(r *http.Request) bool {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return isUpgrade(r)
	}
	return true
}

func isUpgrade(r *http.Request) bool {
	return strings.EqualFold(r.Header.Get("Upgrade"), "websocket")
}

// securityHeaders are what every answer has; pages widen the policy for what is
// theirs.
var securityHeaders = http.Header{
	"Content-Security-Policy": {"default-src 'none'; frame-ancestors 'none'"},
	"X-Content-Type-Options":  {"nosniff"},
	"X-Frame-Options":         {"DENY"}, // frame-ancestors for old browsers
	"Referrer-Policy":         {"no-referrer"},
}
