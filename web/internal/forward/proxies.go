package forward

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"slices"
)

// Proxies are the networks of the proxies that are believed. It is immutable.
type Proxies []netip.Prefix

type sourceKey struct{}

// source is what a believed proxy has said of a request.
type source struct{ scheme string }

// Wrap returns a handler that passes requests on to next as their clients sent them:
// behind a believed proxy, RemoteAddr is the client's address, with port 0, and Host
// is the host that the client asked for.
func (p Proxies) Wrap(next http.Handler) http.Handler {
	if len(p) == 0 {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, p.original(r))
	})
}

// original returns the request as the client sent it to the first believed proxy, or
// r itself if it does not come from one.
func (p Proxies) original(r *http.Request) *http.Request {
	if !p.include(addrOf(r.RemoteAddr)) {
		return r
	}
	client := p.client(hopsOf(r.Header))
	from := source{scheme: client.scheme}
	if from.scheme == "" {
		from.scheme = ownScheme(r)
	}
	r = r.WithContext(context.WithValue(r.Context(), sourceKey{}, from))
	if client.addr.IsValid() {
		r.RemoteAddr = net.JoinHostPort(client.addr.String(), "0")
	}
	if client.host != "" {
		r.Host = client.host
	}
	return r
}

// client returns the last hop, in the order in which the request travelled, whose
// client is not a believed proxy: what was added before it, the client could have
// written itself. If all are believed, it returns the first.
func (p Proxies) client(hops []hop) hop {
	var client hop
	for _, h := range slices.Backward(hops) {
		if !h.addr.IsValid() && client.addr.IsValid() {
			break // the proxy hides its client, so the proxy stands for it
		}
		client = h
		if !p.include(h.addr) {
			break
		}
	}
	return client
}

func (p Proxies) include(addr netip.Addr) bool {
	return slices.ContainsFunc(p, func(network netip.Prefix) bool { return network.Contains(addr) })
}

// ByProxy reports whether a believed proxy has forwarded the request, whose connection
// then carries the requests of many clients.
func ByProxy(r *http.Request) bool {
	_, by := r.Context().Value(sourceKey{}).(source)
	return by
}

// IsTLS reports whether the client used TLS, to this server or to a believed proxy.
func IsTLS(r *http.Request) bool {
	if from, ok := r.Context().Value(sourceKey{}).(source); ok {
		return from.scheme == "https" || from.scheme == "wss"
	}
	return r.TLS != nil
}

func ownScheme(r *http.Request) string {
	if r.TLS != nil {
		return "https"
	}
	return "http"
}
