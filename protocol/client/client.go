package client

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/google/uuid"

	"parley/protocol"
)

// noticesCapacity absorbs a burst while the reader is busy for a moment.
const noticesCapacity = 256

// Client is one participant's connection to a shared session. Its methods may be
// called from any goroutine.
type Client struct {
	// immutable
	link    Link
	o       Options
	joinID  string // the id of all attempts to join, so that the join takes effect once
	calls   *calls
	stop    context.CancelFunc // ends run
	closing <-chan struct{}    // closed by stop

	notices  chan Notice   // run sends and closes; capacity noticesCapacity; when full, run and the connection wait
	welcomed chan struct{} // run closes it at the first welcome
	done     chan struct{} // run closes it when the client has ended

	// owned by run
	last       protocol.Cursor // of the last event that was delivered
	presence   presence
	retryAfter int64 // of the last error on this connection, in milliseconds

	// guarded by mu
	mu     sync.Mutex
	self   protocol.Participant // from the last welcome
	own    Link                 // leads back in, once welcomed
	public string               // the server's address for links to others, from the last welcome; empty for none
	cursor string               // of the last event that was delivered
	status Status
	err    error
}

// Open joins or resumes, and returns when the server has welcomed the client. ctx
// bounds only Open; afterwards the client lives until [Client.Close], or until the
// server refuses it for good. From then on the program must receive from
// [Client.Notices].
//
// Errors: a [*StopError] that wraps the server's [*protocol.Error], the error of ctx, an
// error that says that the server cannot be reached, or one about incomplete options.
func Open(ctx context.Context, link Link, o Options) (*Client, error) {
	switch {
	case link.ParticipantID == "" && o.ReadOnly:
		return nil, errors.New("reading requires a participant's own link")
	case link.ParticipantID == "" && o.UserID == "":
		return nil, errors.New("joining requires a user id")
	}
	life, stop := context.WithCancel(context.Background())
	c := &Client{
		link:     link,
		o:        o.withDefaults(link),
		joinID:   uuid.NewString(),
		calls:    newCalls(),
		stop:     stop,
		closing:  life.Done(),
		notices:  make(chan Notice, noticesCapacity),
		welcomed: make(chan struct{}),
		done:     make(chan struct{}),
		cursor:   o.Cursor,
		own:      Link{Server: link.Server, Session: link.Session, ParticipantID: link.ParticipantID, Token: link.Token, Certificate: link.Certificate},
	}
	c.last, _ = protocol.ParseCursor(o.Cursor) // the server answers an invalid one with gap
	go c.run(life)
	select {
	case <-c.welcomed:
		return c, nil
	case <-c.done:
		return nil, fmt.Errorf("open session: %w", c.Err())
	case <-ctx.Done():
		_ = c.Close()
		return nil, fmt.Errorf("open session: %w", ctx.Err())
	}
}

// Close disconnects, waits until all goroutines of the client have ended, and returns
// nil. It does not end the participation: [Client.Own] leads back in. Commands in
// progress fail with [ErrClosed]. Close may be called more than once.
func (c *Client) Close() error {
	c.stop()
	<-c.done
	return nil
}

// Notices returns the channel that delivers everything, in order. The first notice
// other than a [Connection] is a [Welcome]. The channel is closed when the client has
// ended; [Client.Err] then returns the reason.
func (c *Client) Notices() <-chan Notice { return c.notices }

// Done returns a channel that is closed when the client has ended.
func (c *Client) Done() <-chan struct{} { return c.done }

// Err returns nil while the client lives, and then [ErrClosed] or a [*StopError].
func (c *Client) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// Status returns the current state of the connection.
func (c *Client) Status() Status {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.status
}

// Self returns the client's participant, as of the last [Welcome].
func (c *Client) Self() protocol.Participant {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.self
}

// Own returns the participant's own link, with which [Open] resumes. It is a secret.
func (c *Client) Own() Link {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.own
}

// Cursor returns the cursor of the last event that was sent to [Client.Notices], for
// [Options].Cursor.
func (c *Client) Cursor() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.cursor
}
