package form

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strings"

	"parley/protocol"
)

// Target returns the scheme and host of the page that a URL leads to, which is what people
// are asked about. It refuses a URL in which people, or their browsers, could read another
// host: one with a user name, a backslash, a character that is not printable ASCII, or a
// number for a host.
func Target(raw string) (string, error) {
	if len(raw) > protocol.MaxElicitationURL {
		return "", fmt.Errorf("the URL has %d bytes; the limit is %d", len(raw), protocol.MaxElicitationURL)
	}
	if strings.ContainsFunc(raw, func(r rune) bool { return r <= ' ' || r > '~' || r == '\\' }) {
		return "", errors.New("the URL has a character that is not allowed in URLs")
	}
	u, err := url.Parse(raw)
	switch {
	case err != nil:
		return "", errors.New("the URL is malformed")
	case u.Scheme != "https" && u.Scheme != "http":
		return "", errors.New("the URL must begin with https:// or http://")
	case u.User != nil:
		return "", errors.New("the URL has a user name, which can be mistaken for the host")
	case !isHost(u.Hostname()):
		return "", errors.New("the URL has no host name that can be shown")
	}
	return u.Scheme + "://" + strings.ToLower(u.Host), nil
}

// isHost reports whether every browser reads the same host in a name: an address of a
// network in its usual form, or a name of letters, digits, hyphens and dots whose last
// label is not a number, since browsers read such a name as an address.
func isHost(name string) bool {
	if _, err := netip.ParseAddr(name); err == nil {
		return !strings.Contains(name, "%")
	}
	labels := strings.Split(strings.TrimSuffix(name, "."), ".")
	for _, label := range labels {
		if label == "" || len(label) > 63 || strings.Trim(strings.ToLower(label), "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			return false
		}
	}
	last := labels[len(labels)-1]
	return len(name) <= 253 && (last[0] < '0' || last[0] > '9')
}
