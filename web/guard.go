package web

import (
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
	origins []string // lower case, scheme://host[:port]
}

func newGuard(o Options) guard {
	g := guard{hosts: []string{"localhost"}}
	for _, host := range o.AllowHosts {
		g.hosts = append(g.hosts, hostname(host))
	}
	for _, origin := range o.AllowOrigins {
		g.origins = append(g.origins, strings.ToLower(strings.TrimSuffix(origin, "/")))
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
	if slices.Contains(g.hosts, host) {
		return nil
	}
	if ip, err := netip.ParseAddr(host); err == nil && (g.anyIP || ip.Unmap().IsLoopback()) {
		return nil
	}
	return protocol.Errorf(protocol.CodeOriginNotAllowed, "this server does not answer to the host %.80q", host)
}

// checkOrigin refuses pages that are neither the server's own nor listed.
// Clients that are no browsers send no Origin.
func (g guard) checkOrigin(r *http.Request) *protocol.Error {
	origin := r.Header.Get("Origin")
	if origin == "" {
		if site := r.Header.Get("Sec-Fetch-Site"); site == "" || site == "same-origin" || site == "none" {
			return nil
		}
	}
	if g.listedOrigin(origin) || sameHost(origin, r.Host) {
		return nil
	}
	return protocol.Errorf(protocol.CodeOriginNotAllowed, "pages of the origin %.80q may not do this", origin)
}

func (g guard) listedOrigin(origin string) bool {
	return slices.Contains(g.origins, strings.ToLower(origin))
}

// sameHost compares without the scheme, which a proxy that ends TLS changes.
func sameHost(origin, host string) bool {
	u, err := url.Parse(origin)
	return err == nil && u.Host != "" && strings.EqualFold(u.Host, host)
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
			"Authorization, Content-Type, Last-Event-ID, "+headerIdempotencyKey+", "+headerParticipant)
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
