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
		return "http://" + address
	case len(c.TLS.ACMEHosts) > 0:
		if _, port, err := net.SplitHostPort(address); err == nil && port != "443" {
			return "https://" + net.JoinHostPort(c.TLS.ACMEHosts[0], port)
		}
		return "https://" + c.TLS.ACMEHosts[0]
	}
	return "https://" + address
}
