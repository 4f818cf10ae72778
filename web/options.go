package web

import (
	"cmp"
	"time"

	"go.uber.org/zap"

	"parley/protocol"
)

// Options are the settings of a Server. The zero value of a field means its
// default.
type Options struct {
	// Logger gets what operators need to know, and one line for each request
	// at debug level. None by default.
	Logger *zap.Logger

	// Listen is the address that the server listens on, host and port. Its host
	// is one that requests may name. Where it names every interface, any IP
	// address may stand in Host: only names can be rebound.
	Listen string
	// AllowHosts are further names that requests may give as Host, without a
	// port. Loopback names and addresses are always allowed.
	AllowHosts []string
	// AllowOrigins are the origins, such as https://chat.example.com, whose pages
	// may call the API beside the server's own.
	AllowOrigins []string

	// LegacyRejoin says whether POST …/join hands a guest's participant, token
	// included, to whoever joins with the invite under the same user id, as the
	// original API did. Nil leaves it to the server, which does so for requests
	// from this machine that no proxy has passed on, while it is not meant to be
	// reached from elsewhere.
	LegacyRejoin *bool

	// Limits on what clients send; protocol.DefaultLimits by default. They
	// should be those that the hub tells clients in its welcome.
	Limits protocol.Limits

	// Heartbeat is how often sockets are pinged and streams get a comment;
	// protocol.Heartbeat by default, which is what the welcome announces.
	Heartbeat time.Duration
	// FirstCommandTimeout is how long a socket may take to join or resume;
	// protocol.FirstCommandTimeout by default.
	FirstCommandTimeout time.Duration
	// WriteTimeout is how long one write to a client may take; 30 s by default.
	WriteTimeout time.Duration

	// CommandRate is how many commands a second one connection, or over plain
	// HTTP one participant, may send; 20 by default, negative for no limit.
	CommandRate float64
	// CommandBurst is how many may come at once; 60 by default.
	CommandBurst int

	// MaxInbound is how many bytes of long messages and bodies that are on their way
	// the server holds, for all clients together; 64 MiB by default.
	MaxInbound int

	// MaxUnfinished is how many connections of unknown clients may keep the server
	// waiting, by a request that is not whole or a socket that has not joined; 1,000
	// by default. As many may be idle.
	MaxUnfinished int
	// MaxOpen is how many connections there may be in all; 0 for no limit.
	MaxOpen int

	// JoinRate is how many people a second may join from one address that is not
	// this machine's, and how often credentials from there may be wrong; 10 by
	// default, negative for no limit.
	JoinRate float64
	// ReadRate is how many reads a second there may be without credentials from one
	// address that is not this machine's; 50 by default, negative for no limit. The
	// pages' files and the probes are not counted.
	ReadRate float64
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

func (o Options) withDefaults() Options {
	o.Logger = cmp.Or(o.Logger, zap.NewNop())
	o.Limits = cmp.Or(o.Limits, protocol.DefaultLimits)
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
