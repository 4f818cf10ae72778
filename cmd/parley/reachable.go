package main

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"parley/cmd/parley/internal/tunnel"
)

// checkPublicURL checks --public-url and passes it to the configuration.
func (s *settings) checkPublicURL() error {
	if s.publicURL == "" {
		return nil
	}
	u, err := url.Parse(strings.TrimRight(s.publicURL, "/"))
	if err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("--public-url: %q is not an address such as https://parley.example.com", s.publicURL)
	}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return fmt.Errorf("--public-url: %q has more than a scheme, a host, a port and a path", s.publicURL)
	}
	if first, _, _ := strings.Cut(strings.TrimPrefix(u.Path, "/"), "/"); slices.Contains(ownPaths, first) {
		return fmt.Errorf("--public-url: the path cannot begin with /%s, where the server has pages of its own", first)
	}
	if s.config.TLS.SelfSigned && u.Scheme != "https" {
		return fmt.Errorf("--public-url: with --tls-self-signed, clients of %q would expect the certificate; begin the address with https://", s.publicURL)
	}
	s.config.Web.PublicURL, s.config.Hub.PublicURL = u, u.String()
	return nil
}

// ownPaths are the first parts of the paths that the server itself serves. A public URL
// that began with one would be ambiguous, since a proxy may remove it or pass it on.
var ownPaths = []string{"api", "s", "assets", "healthz", "readyz"}

// checkProxies parses --trusted-proxies.
func (s *settings) checkProxies() error {
	for _, proxy := range s.proxies {
		network, err := parseNetwork(strings.TrimSpace(proxy))
		if err != nil {
			return fmt.Errorf("--trusted-proxies: %q is neither an IP address nor a network such as 10.0.0.0/8", proxy)
		}
		s.config.Web.TrustedProxies = append(s.config.Web.TrustedProxies, network)
	}
	return nil
}

// parseNetwork parses a network in CIDR notation or a single address.
func parseNetwork(text string) (netip.Prefix, error) {
	if addr, err := netip.ParseAddr(text); err == nil {
		return addr.Unmap().WithZone("").Prefix(addr.Unmap().BitLen())
	}
	network, err := netip.ParsePrefix(text)
	return network.Masked(), err
}

// checkTunnel parses --tunnel.
func (s *settings) checkTunnel() error {
	if s.tunnel == "" {
		return nil
	}
	if s.publicURL != "" {
		return errors.New("--tunnel gives the server its public URL; leave out --public-url")
	}
	program, err := tunnel.Parse(s.tunnel)
	if err != nil {
		return fmt.Errorf("--tunnel: %w", err)
	}
	s.program = &program
	return nil
}
