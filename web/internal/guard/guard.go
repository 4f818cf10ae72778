package guard

import (
	"maps"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"parley/protocol"
)

// Options are the settings of a [Guard].
type Options struct {
	// Listen is the address that the server listens on, host and port. Requests may
	// name its host. If it names every interface, requests may name any IP address:
	// only names can be rebound.
	Listen string
	// PublicURL is the address at which clients reach the server, if that is another.
	// Requests may name its host, and its origin is that of the server's own pages.
	PublicURL *url.URL
	// AllowHosts are further host names, without port, that requests may name. Loopback
	// names and addresses are always allowed.
	AllowHosts []string
	// AllowOrigins are origins, such as https://chat.example.com, whose pages may call
	// the server, beside the server's own pages.
	AllowOrigins []string
	// AllowHeaders are the request headers that those pages may set.
	AllowHeaders []string
	// Refuse answers a request that is not allowed.
	Refuse func(http.ResponseWriter, *protocol.Error)
}

// Guard refuses requests that a browser sends for a page of another site.
type Guard struct {
	hosts   []string // lower case, without port
	anyIP   bool     // the server listens on every interface
	origins []string // of other pages, in the form of normalOrigin
	public  string   // the origin of PublicURL, in the form of normalOrigin; empty for none
	headers string
	refuse  func(http.ResponseWriter, *protocol.Error)
}

// New returns a Guard.
func New(o Options) Guard {
	g := Guard{hosts: []string{"localhost"}, headers: strings.Join(o.AllowHeaders, ", "), refuse: o.Refuse}
	for _, host := range o.AllowHosts {
		g.hosts = append(g.hosts, hostname(host))
	}
	for _, origin := range o.AllowOrigins {
		g.origins = append(g.origins, normalOrigin(origin))
	}
	if o.PublicURL != nil {
		g.hosts = append(g.hosts, hostname(o.PublicURL.Host))
		g.public = normalOrigin(o.PublicURL.Scheme + "://" + o.PublicURL.Host)
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

// Wrap returns a handler that passes allowed requests on to next, and sets the
// security headers of every response.
func (g Guard) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		maps.Copy(w.Header(), securityHeaders)
		if err := g.checkHost(r); err != nil {
			g.refuse(w, err)
			return
		}
		allowed := g.setCORS(w.Header(), r)
		if isPreflight(r) && allowed {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		if canChange(r) || isPreflight(r) {
			if err := g.checkOrigin(r); err != nil {
				g.refuse(w, err)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

// checkHost refuses hosts that are not this server's. The page of a site whose name
// was rebound to this address sends its own name in Host.
func (g Guard) checkHost(r *http.Request) *protocol.Error {
	host := hostname(r.Host)
	if g.isOwnHost(host) {
		return nil
	}
	return protocol.Errorf(protocol.CodeOriginNotAllowed,
		"this server does not answer to the host %.80q; --allow-host allows it", host)
}

// isOwnHost reports whether a host, in lower case, is one of this server's.
func (g Guard) isOwnHost(host string) bool {
	if slices.Contains(g.hosts, host) {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && (g.anyIP || ip.Unmap().IsLoopback())
}

// setCORS lets pages of an allowed origin read the response. It reports whether the
// request's origin is one.
func (g Guard) setCORS(h http.Header, r *http.Request) bool {
	if len(g.origins) == 0 {
		return false
	}
	h.Add("Vary", "Origin")
	origin := r.Header.Get("Origin")
	if origin == "" || !g.isAllowedOrigin(origin) {
		return false
	}
	h.Set("Access-Control-Allow-Origin", origin)
	h.Set("Access-Control-Expose-Headers", "Retry-After")
	if isPreflight(r) {
		h.Set("Access-Control-Allow-Methods", "GET, POST, DELETE")
		h.Set("Access-Control-Allow-Headers", g.headers)
		h.Set("Access-Control-Max-Age", "600")
	}
	return true
}

func isPreflight(r *http.Request) bool {
	return r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != ""
}

// canChange reports whether a request can change something. A WebSocket can, and
// CORS does not cover it.
func canChange(r *http.Request) bool {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return IsUpgrade(r)
	}
	return true
}

// IsUpgrade reports whether a request asks for a WebSocket.
func IsUpgrade(r *http.Request) bool {
	return strings.EqualFold(r.Header.Get("Upgrade"), "websocket")
}

// securityHeaders are the headers of every response. The web pages set a wider
// policy for themselves.
var securityHeaders = http.Header{
	"Content-Security-Policy": {"default-src 'none'; frame-ancestors 'none'"},
	"X-Content-Type-Options":  {"nosniff"},
	"X-Frame-Options":         {"DENY"}, // frame-ancestors for old browsers
	"Referrer-Policy":         {"no-referrer"},

	// Pages of other sites cannot embed what the server answers, nor keep a hold on its pages.
	"Cross-Origin-Opener-Policy":   {"same-origin"},
	"Cross-Origin-Resource-Policy": {"same-origin"},
}
