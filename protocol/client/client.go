package client

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/google/uuid"

	"parley/protocol"
)

// noticesCapacity lets a burst pass a reader that is busy for a moment.
const noticesCapacity = 256

// Client is one participant's connection to a shared session. Its methods may
// be called from any goroutine.
type Client struct {
	// immutable
	link    Link
	o       Options
	joinID  string // one id for all attempts to join: it happens once
	calls   *calls
	stop    context.CancelFunc // ends run
	closing <-chan struct{}    // closed by stop

	notices chan Notice   // run sends and closes; when full, run waits and the connection with it
	greeted chan struct{} // run closes it with the first welcome
	done    chan struct{} // run closes it last

	// owned by run
	last       protocol.Cursor // the last event that was handed out
	presence   presence
	retryAfter int64 // what the last error of this connection asked for, in milliseconds

	// guarded by mu
	mu     sync.Mutex
	self   protocol.Participant // as last welcomed
	own    Link                 // the way back in, once welcomed
	cursor string               // of the last event that was handed out
	status Status
	err    error
}

// Open joins or comes back, and returns when the server has welcomed the
// client. ctx bounds that alone; afterwards the client lives until Close, or
// until the server sends it away. Errors: a *StopError that wraps the server's
// *protocol.Error, ctx.Err(), or that the server cannot be reached. Somebody
// has to receive from Notices from now on.
func Open(ctx context.Context, link Link, o Options) (*Client, error) {
	switch {
	case link.ParticipantID == "" && o.ReadOnly:
		return nil, errors.New("to read takes a participant's own link")
	case link.ParticipantID == "" && o.UserID == "":
		return nil, errors.New("to join takes a user id")
	}
	life, stop := context.WithCancel(context.Background())
	c := &Client{
		link:    link,
		o:       o.withDefaults(),
		joinID:  uuid.NewString(),
		calls:   newCalls(),
		stop:    stop,
		closing: life.Done(),
		notices: make(chan Notice, noticesCapacity),
		greeted: make(chan struct{}),
		done:    make(chan struct{}),
		cursor:  o.Cursor,
		own:     Link{Server: link.Server, Session: link.Session, ParticipantID: link.ParticipantID, Token: link.Token},
	}
	c.last, _ = protocol.ParseCursor(o.Cursor) // one that is none is answered with gap
	go c.run(life)
	select {
	case <-c.greeted:
		return c, nil
	case <-c.done:
		return nil, fmt.Errorf("open session: %w", c.Err())
	case <-ctx.Done():
		_ = c.Close()
		return nil, fmt.Errorf("open session: %w", ctx.Err())
	}
}

// Close disconnects, waits until nothing of the client runs any more, and
// returns nil. It does not leave the session: Own leads back in. Commands
// under way end with ErrClosed. It may be called more than once.
func (c *Client) Close() error {
	c.stop()
	<-c.done
	return nil
}

// Notices is where everything arrives, in order. But for the connection's
// states a Welcome is the first. It is closed when the client has ended; Err
// says why.
func (c *Client) Notices() <-chan Notice { return c.notices }

// Done is closed when the client has ended.
func (c *Client) Done() <-chan struct{} { return c.done }

// Err returns nil while the client lives, then ErrClosed or a *StopError.
func (c *Client) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// Status returns how the connection is now.
func (c *Client) Status() Status {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.status
}

// Self returns who the client is, as the last Welcome said.
func (c *Client) Self() protocol.Participant {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.self
}

// Own returns the participant's own link, a secret, to come back with.
func (c *Client) Own() Link {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.own
}

// Cursor returns the last event that was put into Notices, for Options.Cursor.
func (c *Client) Cursor() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.cursor
}
