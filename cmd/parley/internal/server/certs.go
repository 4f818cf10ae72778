package server

import (
	"net"

	"go.uber.org/zap"

	"parley/cmd/parley/internal/certs"
)

// openCerts opens the source of the server's certificate, or returns nil if the server
// does not use TLS.
func openCerts(c Config, log *zap.Logger) (*certs.Source, error) {
	o := c.TLS
	o.Data, o.Log = c.Data, log
	if host, _, err := net.SplitHostPort(c.Listen); err == nil {
		o.Hosts = append([]string{host}, c.Web.AllowHosts...)
	}
	if public := c.Web.PublicURL; public != nil {
		o.Hosts = append(o.Hosts, public.Hostname())
	}
	return certs.Open(o)
}

// urlOf returns the URL of a server that listens on an address.
func urlOf(c Config, address string) string {
	switch {
	case !c.TLS.IsSet():
		return "http://" + reachable(address)
	case len(c.TLS.ACMEHosts) > 0:
		if _, port, err := net.SplitHostPort(address); err == nil && port != "443" {
			return "https://" + net.JoinHostPort(c.TLS.ACMEHosts[0], port)
		}
		return "https://" + c.TLS.ACMEHosts[0]
	}
	return "https://" + reachable(address)
}

// reachable returns an address at which a server that listens on every interface can be
// reached: one of this machine's for other machines, if it has one.
func reachable(address string) string {
	host, port, err := net.SplitHostPort(address)
	if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsUnspecified() {
		return address
	}
	own, err := net.InterfaceAddrs()
	if err != nil {
		return net.JoinHostPort("127.0.0.1", port)
	}
	for _, a := range own {
		if network, ok := a.(*net.IPNet); ok && network.IP.To4() != nil && network.IP.IsGlobalUnicast() {
			return net.JoinHostPort(network.IP.String(), port)
		}
	}
	return net.JoinHostPort("127.0.0.1", port)
}
