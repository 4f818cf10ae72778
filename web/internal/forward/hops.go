package forward

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// hop is what one proxy says of a request that it has received. A field is zero if
// the proxy does not say.
type hop struct {
	addr   netip.Addr // of its client
	scheme string     // in lower case
	host   string     // as in a Host header
}

// maxHops is the most hops that are read, the last ones; requests with more are not
// from a sensible chain of proxies.
const maxHops = 32

// hopsOf returns what the proxies say in the order in which the request travelled.
// X-Forwarded headers have precedence, since most proxies write these, and many pass
// on a Forwarded header that a client has made up.
func hopsOf(h http.Header) []hop {
	addresses := elements(h.Values("X-Forwarded-For"))
	schemes, hosts := elements(h.Values("X-Forwarded-Proto")), elements(h.Values("X-Forwarded-Host"))
	if len(addresses)+len(schemes)+len(hosts) == 0 {
		return forwardedHops(elements(h.Values("Forwarded")))
	}
	hops := make([]hop, max(1, len(addresses)))
	for i := range hops {
		fromEnd := len(hops) - 1 - i
		if i < len(addresses) {
			hops[i].addr = addrOf(addresses[i])
		}
		hops[i].scheme = scheme(alongside(schemes, fromEnd))
		hops[i].host = host(alongside(hosts, fromEnd))
	}
	return hops
}

// alongside returns the element that belongs to a hop, by its place from the end. A
// list that is shorter, as of proxies that replace the header rather than add to it,
// has its first element for all earlier hops.
func alongside(list []string, fromEnd int) string {
	if len(list) == 0 {
		return ""
	}
	return list[max(0, len(list)-1-fromEnd)]
}

// forwardedHops parses the elements of a Forwarded header.
func forwardedHops(elements []string) []hop {
	hops := make([]hop, 0, len(elements))
	for _, element := range elements {
		var h hop
		for _, pair := range splitQuoted(element, ';') {
			name, value, _ := strings.Cut(pair, "=")
			value = unquote(strings.TrimSpace(value))
			switch strings.ToLower(strings.TrimSpace(name)) {
			case "for":
				h.addr = addrOf(value)
			case "proto":
				h.scheme = scheme(value)
			case "host":
				h.host = host(value)
			}
		}
		hops = append(hops, h)
	}
	return hops
}

// elements returns the last elements of a list that several header lines can hold.
func elements(lines []string) []string {
	var all []string
	for _, line := range lines {
		for _, element := range splitQuoted(line, ',') {
			if element = strings.TrimSpace(element); element != "" {
				all = append(all, element)
			}
		}
	}
	return all[max(0, len(all)-maxHops):]
}

// splitQuoted splits s at a separator that is not within a quoted string.
func splitQuoted(s string, separator byte) []string {
	var parts []string
	begin, quoted := 0, false
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '"':
			quoted = !quoted
		case s[i] == '\\' && quoted:
			i++ // the next byte is literal
		case s[i] == separator && !quoted:
			parts = append(parts, s[begin:i])
			begin = i + 1
		}
	}
	return append(parts, s[begin:])
}

// unquote returns the text of a quoted string, or s itself.
func unquote(s string) string {
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		return s
	}
	var b strings.Builder
	for i := 1; i < len(s)-1; i++ {
		if s[i] == '\\' && i+1 < len(s)-1 {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// addrOf returns the IP address of a host with or without a port, or the zero Addr.
func addrOf(hostport string) netip.Addr {
	name, _, err := net.SplitHostPort(hostport)
	if err != nil {
		name = strings.TrimSuffix(strings.TrimPrefix(hostport, "["), "]")
	}
	addr, err := netip.ParseAddr(name)
	if err != nil {
		return netip.Addr{}
	}
	return addr.Unmap().WithZone("")
}

func scheme(s string) string {
	s = strings.ToLower(s)
	if slices.Contains([]string{"http", "https", "ws", "wss"}, s) {
		return s
	}
	return ""
}

// host returns a host that can stand in a URL, or "".
func host(s string) string {
	u, err := url.Parse("//" + s)
	if err != nil || u.Host != s || strings.ContainsAny(s, "@ ") {
		return ""
	}
	return s
}
