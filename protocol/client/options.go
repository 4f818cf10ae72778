package client

import (
	"math/rand/v2"
	"net/http"
	"time"

	"parley/protocol"
)

// Options say how to join and how to stay connected. The zero value of a field
// means its default; UserID alone is required, and only with an invite.
type Options struct {
	UserID      string        // who joins
	DisplayName string        // what to call them; the user id if empty
	Role        protocol.Role // RoleCollaborator if empty

	// ReadOnly begins a connection that only reads, with one's own link: also
	// after leaving, and when the session is closed or has expired. Commands but
	// History are refused with READ_ONLY or what their session says.
	ReadOnly bool

	Cursor string // the last event seen in an earlier life, to resume from
	Recent int    // how many of the newest events the first Welcome shall carry

	// HTTPClient makes all requests. It has no Timeout, which would end event
	// streams. Its idle connections are closed when the client ends. By default
	// the client has one of its own.
	HTTPClient *http.Client

	// Lost connections are made again after a random time between zero and a
	// bound, which is BackoffBase at first, doubles with each failure, and is
	// BackoffMax in the end. Defaults: 500 ms, 30 s.
	BackoffBase time.Duration
	BackoffMax  time.Duration

	// RateLimitPause is how long to stay away after being sent away for too
	// many commands, where the server names no time. Default: 10 s.
	RateLimitPause time.Duration

	// HandshakeTimeout is how long a connection may take to be made, and to
	// welcome. Default: 20 s. The WebSocket's part of it is one half.
	HandshakeTimeout time.Duration

	// UpgradeAfter is how long to use the event stream before the WebSocket is
	// tried again. Default: 5 min.
	UpgradeAfter time.Duration

	// jitter draws from zero to the bound.
	jitter func(bound time.Duration) time.Duration
}

func (o Options) withDefaults() Options {
	setDefault(&o.BackoffBase, 500*time.Millisecond)
	setDefault(&o.BackoffMax, 30*time.Second)
	setDefault(&o.RateLimitPause, 10*time.Second)
	setDefault(&o.HandshakeTimeout, 20*time.Second)
	setDefault(&o.UpgradeAfter, 5*time.Minute)
	if o.jitter == nil {
		o.jitter = func(bound time.Duration) time.Duration { return rand.N(bound) }
	}
	if o.HTTPClient == nil {
		// One of its own, so that Close can end the idle connections.
		o.HTTPClient = &http.Client{Transport: http.DefaultTransport.(*http.Transport).Clone()}
	}
	return o
}

func setDefault(d *time.Duration, value time.Duration) {
	if *d <= 0 {
		*d = value
	}
}

// backoff returns how long to wait before the attempt after that many failures
// in a row.
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
