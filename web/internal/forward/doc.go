// Package forward finds out who a request is from when proxies have forwarded it.
//
// A proxy that is listed in [Proxies] is believed: its X-Forwarded-For, -Proto and
// -Host headers, or else its Forwarded header (RFC 7239), replace the address, scheme
// and host of the request. The headers of everyone else are ignored, since a client
// can write what it likes into them. [IsForwarded] reports whether a request went
// through any proxy, believed or not.
//
// Nothing here blocks or keeps state.
package forward
