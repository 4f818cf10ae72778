package web

import (
	"net/http"
	"strings"
)

// rejoins reports whether a join over REST may return a present guest who joined
// over REST, token included. By default only clients on this machine may do that: the join takes
// no more than the invite and a user id, which every participant can read.
func (s *Server) rejoins(r *http.Request) bool {
	if s.o.LegacyRejoin != nil {
		return *s.o.LegacyRejoin
	}
	return s.o.forThisMachine() && !isForwarded(r)
}

// forThisMachine reports whether no setting makes the server reachable from other
// machines. Every setting that does belongs here.
func (o Options) forThisMachine() bool {
	return IsLoopback(o.Listen) && len(o.AllowHosts) == 0 && len(o.AllowOrigins) == 0
}

// isForwarded reports whether a proxy has passed the request on. nginx, unless
// it is told otherwise, names itself in no header and speaks HTTP/1.0.
func isForwarded(r *http.Request) bool {
	if !r.ProtoAtLeast(1, 1) {
		return true
	}
	for name := range r.Header {
		// Names with underscores are what CGI-like gateways make of them.
		if isForwardingHeader(http.CanonicalHeaderKey(strings.ReplaceAll(name, "_", "-"))) {
			return true
		}
	}
	return false
}

// isForwardingHeader reports whether proxies, tunnels and load balancers add a
// header of that name. There is no complete list, so that every name counts that
// speaks of a client's address, of forwarding or of a proxy: a browser or a
// program on this machine sends none of those, except Proxy-Connection.
func isForwardingHeader(name string) bool {
	if forwardingHeaders[name] {
		return true
	}
	for _, part := range forwardingParts {
		if strings.Contains(name, part) {
			return true
		}
	}
	for _, prefix := range forwardingPrefixes {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// forwardingHeaders are headers of that kind whose names do not tell, as net/http
// writes them.
var forwardingHeaders = map[string]bool{
	"Via":                   true, // RFC 9110, section 7.6.3
	"X-Bluecoat-Via":        true,
	"Cdn-Loop":              true, // RFC 8586
	"X-Real-Ip":             true,
	"X-Proxyuser-Ip":        true,
	"X-Original-Host":       true,
	"X-Original-Url":        true,
	"X-Originating-Ip":      true,
	"X-Remote-Ip":           true,
	"X-Remote-Addr":         true,
	"X-Host":                true,
	"X-Request-Start":       true,
	"X-Cloud-Trace-Context": true,
}

var (
	// RFC 7239's Forwarded and X-Forwarded-For are among the first.
	forwardingParts = []string{"Forwarded", "Client-Ip", "Clientip", "X-Proxy-"}

	forwardingPrefixes = []string{
		"X-Envoy-", "X-Appengine-", "X-Amzn-", "X-Amz-Cf-", "X-Azure-", "X-Arr-", "X-Vercel-", "X-Nf-",
		"Akamai-", "Fastly-", "Cf-", "Tailscale-", "Ngrok-", "Fly-",
	}
)
