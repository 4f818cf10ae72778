package forward

import (
	"net/http"
	"strings"
)

// IsForwarded reports whether a proxy has forwarded the request. By default, nginx
// adds no header that names it, and sends HTTP/1.0.
func IsForwarded(r *http.Request) bool {
	if !r.ProtoAtLeast(1, 1) {
		return true
	}
	for name := range r.Header {
		// Gateways like CGI write underscores.
		if isForwardingHeader(http.CanonicalHeaderKey(strings.ReplaceAll(name, "_", "-"))) {
			return true
		}
	}
	return false
}

// isForwardingHeader reports whether proxies, tunnels and load balancers add a
// header of that name. A complete list does not exist, so every name counts that
// refers to a client's address, to forwarding or to a proxy. Browsers and programs on
// this machine send no such header except Proxy-Connection.
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

// forwardingHeaders are forwarding headers whose names match no pattern below, in
// canonical form.
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
	// forwardingParts occur anywhere in a name. The first of them covers Forwarded of
	// RFC 7239 and X-Forwarded-For.
	forwardingParts = []string{"Forwarded", "Client-Ip", "Clientip", "X-Proxy-"}
	// forwardingPrefixes begin a name.
	forwardingPrefixes = []string{
		"X-Envoy-", "X-Appengine-", "X-Amzn-", "X-Amz-Cf-", "X-Azure-", "X-Arr-", "X-Vercel-", "X-Nf-",
		"Akamai-", "Fastly-", "Cf-", "Tailscale-", "Ngrok-", "Fly-",
	}
)
