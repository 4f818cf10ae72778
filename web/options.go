package web

import (
	"cmp"
	"net/netip"
	"net/url"
	"time"

	"go.uber.org/zap"

	"parley/protocol"
	"parley/web/internal/guard"
)

// Options are the settings of a [Server]. The zero value of a field means its default.
type Options struct {
	// Logger logs what operators need to know, and one line for each request at debug
	// level. The default logs nothing.
	Logger *zap.Logger

	// Connectors serves the connectors of agents on other machines; nil for none.
	Connectors Connectors

	// Listen is the address that the server listens on, host and port. Requests may
	// name its host. If it names every interface, requests may name any IP address:
	// only names can be rebound.
	Listen string
	// PublicURL is the address at which clients reach the server, if that is another than
	// Listen: its scheme, host, port and path. Requests may name its host, its pages are the
	// server's own, and its path may begin the path of each request. Nil means none.
	PublicURL *url.URL
	// TrustedProxies are the networks of proxies whose forwarding headers the server
	// believes: then the limits of a client's address hold for the clients of the proxy.
	TrustedProxies []netip.Prefix
	// AllowHosts are further host names, without port, that requests may name. Loopback
	// names and addresses are always allowed.
	AllowHosts []string
	// AllowOrigins are origins, such as https://chat.example.com, whose pages may call
	// the API, beside the server's own pages.
	AllowOrigins []string

	// Protected asks every client for credentials: those of a participant to read a session,
	// and an operator's key to list sessions and to start agents. By default only requests
	// that a proxy has forwarded are under protection, unless the settings make the server
	// reachable from other machines.
	Protected bool
	// InsecureOpen asks nobody for credentials that the original API does not ask for.
	InsecureOpen bool
	// Operators has the keys of operators. Nil means that there are none.
	Operators Operators
	// Identities lets people sign in with an identity provider. Nil means that there is none.
	// A server with one is protected.
	Identities Identities
	// IdentityHeader is the header in which one of TrustedProxies names the user who has
	// signed in to it, and IdentityNameHeader the one with the user's display name. They are
	// ignored in all other requests. Empty means none.
	IdentityHeader, IdentityNameHeader string

	// StrictTransport reports whether browsers may be told to use only HTTPS for this
	// server from now on: whether they trust its certificate. The default is never. Only
	// requests over TLS are told so.
	StrictTransport func() bool

	// Certificate is the fingerprint of the server's certificate that links must contain,
	// because it is self-signed. It is empty if links need none.
	Certificate string

	// LegacyRejoin allows POST …/join to return a guest's participant, token included,
	// to a client that joins with the invite under the same user id, as the original API
	// did. By default the server allows it for requests from this machine that no proxy
	// has forwarded, unless its settings make it reachable from other machines.
	LegacyRejoin *bool

	// Limits bound what clients send. The default is what the hub announces in its
	// welcomes; others are for tests.
	Limits protocol.Limits

	// Heartbeat is the interval of pings to WebSockets and comments to streams. The
	// default is [protocol.Heartbeat], which the welcome announces.
	Heartbeat time.Duration
	// FirstCommandTimeout is how long a WebSocket may take to join or resume. The default
	// is [protocol.FirstCommandTimeout].
	FirstCommandTimeout time.Duration
	// WriteTimeout is how long one write to a client may take. The default is 30 s.
	WriteTimeout time.Duration

	// CommandRate is how many commands per second one participant may send, over all its
	// connections. The default is 20; a negative value means no limit.
	CommandRate float64
	// CommandBurst is how many commands may be sent at once. The default is 60.
	CommandBurst int

	// MaxInbound is the most bytes of unfinished messages and bodies that the server
	// holds for all clients together, short ones not counted. The default is 64 MiB.
	MaxInbound int

	// MaxUnfinished is the most connections of unknown clients that may keep the server
	// waiting, by a request that is not complete or a WebSocket that has not joined, and
	// also the most that may be idle. The default is 1,000.
	MaxUnfinished int
	// MaxOpen is the most connections in all; 0 means no limit.
	MaxOpen int

	// JoinRate is how many participants per second may join from one address of another
	// machine, and how many wrong credentials per second it may send. The default is 10;
	// a negative value means no limit.
	JoinRate float64
	// ReadRate is how many reads per second one address of another machine may make
	// without credentials. The files of the web pages and the probes are not counted. The
	// default is 50; a negative value means no limit.
	ReadRate float64
}

// IsProtected reports whether every request is under protection.
func (o Options) IsProtected() bool {
	return !o.InsecureOpen && (o.Protected || o.Identities != nil || !o.IsLocalOnly())
}

// IsLocalOnly reports whether no setting makes the server reachable from other
// machines. Every such setting must be listed here.
func (o Options) IsLocalOnly() bool {
	return guard.IsLoopback(o.Listen) && o.PublicURL == nil &&
		len(o.TrustedProxies) == 0 && len(o.AllowHosts) == 0 && len(o.AllowOrigins) == 0
}

const (
	defaultWriteTimeout  = 30 * time.Second
	defaultCommandRate   = 20
	defaultCommandBurst  = 60
	defaultJoinRate      = 10
	defaultReadRate      = 50
	defaultMaxInbound    = 64 << 20
	defaultMaxUnfinished = 1000
)

func (o Options) withDefaults(announced protocol.Limits) Options {
	o.Logger = cmp.Or(o.Logger, zap.NewNop())
	if o.StrictTransport == nil {
		o.StrictTransport = func() bool { return false }
	}
	o.Limits = cmp.Or(o.Limits, announced)
	o.Heartbeat = cmp.Or(o.Heartbeat, protocol.Heartbeat)
	o.FirstCommandTimeout = cmp.Or(o.FirstCommandTimeout, protocol.FirstCommandTimeout)
	o.WriteTimeout = cmp.Or(o.WriteTimeout, defaultWriteTimeout)
	o.CommandRate = cmp.Or(o.CommandRate, defaultCommandRate)
	o.CommandBurst = cmp.Or(o.CommandBurst, defaultCommandBurst)
	o.MaxInbound = cmp.Or(o.MaxInbound, defaultMaxInbound)
	o.MaxUnfinished = cmp.Or(o.MaxUnfinished, defaultMaxUnfinished)
	o.JoinRate = cmp.Or(o.JoinRate, defaultJoinRate)
	o.ReadRate = cmp.Or(o.ReadRate, defaultReadRate)
	return o
}
