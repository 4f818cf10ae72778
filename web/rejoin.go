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
		if forwardingHeaders[name] {
			return true
		}
		for _, prefix := range forwardingPrefixes {
			if strings.HasPrefix(name, prefix) {
				return true
			}
		}
	}
	return false
}

// forwardingHeaders are headers that proxies, tunnels and load balancers add, as
// net/http writes their names.
var forwardingHeaders = map[string]bool{
	"Forwarded":           true, // RFC 7239
	"Via":                 true, // RFC 9110, section 7.6.3
	"Cdn-Loop":            true, // RFC 8586
	"X-Real-Ip":           true,
	"X-Client-Ip":         true,
	"X-Cluster-Client-Ip": true,
	"X-Original-Host":     true,
	"X-Original-Url":      true,
	"X-Originating-Ip":    true,
	"True-Client-Ip":      true,
	"Fastly-Client-Ip":    true,
}

var forwardingPrefixes = []string{"X-Forwarded-", "X-Envoy-", "X-Appengine-", "Cf-", "Tailscale-", "Ngrok-", "Fly-"}
