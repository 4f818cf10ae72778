package guard

import (
	"net"
	"net/netip"
	"strings"
)

// IsLoopback reports whether a server that listens on addr, host and port, can be
// reached from this machine alone. An address without a host, or with a name other
// than localhost, is not counted as such: the meaning of a name can change.
func IsLoopback(addr string) bool {
	host := hostname(addr)
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

// hostname returns the host of host[:port], in lower case, without brackets and
// without the final dot of an absolute name.
func hostname(hostport string) string {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = strings.Trim(hostport, "[]")
	}
	return strings.TrimSuffix(strings.ToLower(host), ".")
}
