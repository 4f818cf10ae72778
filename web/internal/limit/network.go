package limit

import "net/netip"

// networkOf returns the network that counts as the one address of a client's host
// and port. For IPv6 it is the network of 64 bits, all of which belongs to one
// subscriber. It returns false for a peer without an IP address.
func networkOf(hostport string) (netip.Prefix, bool) {
	addr, err := netip.ParseAddrPort(hostport)
	if err != nil {
		return netip.Prefix{}, false
	}
	ip := addr.Addr().Unmap().WithZone("")
	bits := min(64, ip.BitLen())
	if ip.IsLoopback() {
		bits = ip.BitLen()
	}
	network, err := ip.Prefix(bits)
	return network, err == nil
}

// remoteNetwork is networkOf, but returns false for this machine's own addresses
// too.
func remoteNetwork(hostport string) (netip.Prefix, bool) {
	network, ok := networkOf(hostport)
	return network, ok && !network.Addr().IsLoopback()
}
