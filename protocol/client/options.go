package client

import (
	"math/rand/v2"
	"net/http"
	"time"

	"parley/protocol"
)

// Options configure how a client joins and stays connected. The zero value of a field
// means its default. Only UserID is required, and only with an invite.
type Options struct {
	UserID      string        // of the person who joins
	DisplayName string        // the name that others see; the user id if empty
	Role        protocol.Role // protocol.RoleCollaborator if empty

	// ReadOnly opens a read-only connection with a participant's own link, which is
	// possible after leaving and after the session's end too. The server refuses all
	// commands except reads: with [protocol.CodeReadOnly] or, over plain HTTP, as it
	// refuses them to a participant who has left or in a session that has ended.
	ReadOnly bool

	// Identity proves to a server with verified people who the user is: a credential of a
	// sign-in, or a token of the server's identity provider. Empty to join as anybody can.
	Identity string

	Cursor string // resume after this event, from Client.Cursor of an earlier client
	Recent int    // how many of the newest events the first Welcome contains

	// MaxDelay lets the server gather events for at most this time, up to
	// [protocol.MaxDelay], and join the pieces of streamed texts: an agent's thousands of
	// pieces become a few hundred events, whose cursors are those of the last pieces. With
	// zero, only what arrives together is joined, and nothing waits. If it is negative,
	// each piece is an event, as in a session's archive; that takes about three times as
	// many bytes.
	MaxDelay time.Duration

	// HTTPClient makes all requests. It must not have a Timeout, which would end event
	// streams. The client closes its idle connections at the end. By default each
	// client has an HTTPClient of its own, with the transport of [NewTransport].
	HTTPClient *http.Client

	// BackoffBase and BackoffMax bound the random time before a new connection. The
	// bound is BackoffBase at first and doubles with each failure up to BackoffMax.
	// Defaults: 500 ms, 30 s.
	BackoffBase time.Duration
	BackoffMax  time.Duration

	// RateLimitPause is the time before a new connection after the server has closed
	// one for too many commands, if the server does not name a time. Default: 10 s.
	RateLimitPause time.Duration

	// HandshakeTimeout bounds the time until the welcome of a connection. The WebSocket
	// handshake has one half of it. Default: 20 s.
	HandshakeTimeout time.Duration

	// UpgradeAfter is how long the client uses the event stream before it tries the
	// WebSocket again. Default: 5 min.
	UpgradeAfter time.Duration

	// jitter returns a random duration from zero to the bound.
	jitter func(bound time.Duration) time.Duration
}

func (o Options) withDefaults(l Link) Options {
	setDefault(&o.BackoffBase, 500*time.Millisecond)
	setDefault(&o.BackoffMax, 30*time.Second)
	setDefault(&o.RateLimitPause, 10*time.Second)
	setDefault(&o.HandshakeTimeout, 20*time.Second)
	setDefault(&o.UpgradeAfter, 5*time.Minute)
	if o.jitter == nil {
		o.jitter = func(bound time.Duration) time.Duration { return rand.N(bound) }
	}
	if o.HTTPClient == nil {
		// A separate one, so that Close can close its idle connections.
		o.HTTPClient = &http.Client{Transport: NewTransport(l.Certificate)}
	}
	if o.Identity != "" {
		as := *o.HTTPClient
		as.Transport = identified{as.Transport, l.Server, o.Identity}
		o.HTTPClient = &as
	}
	return o
}

func setDefault(d *time.Duration, value time.Duration) {
	if *d <= 0 {
		*d = value
	}
}

// backoff returns the time to wait after a number of consecutive failures.
func (o Options) backoff(failures int) time.Duration {
	bound := o.BackoffBase
	for range failures {
		if bound >= o.BackoffMax {
			break
		}
		bound *= 2
	}
	return o.jitter(min(bound, o.BackoffMax))
}
