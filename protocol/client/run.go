package client

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"parley/protocol"
)

// run is the client's life: one connection after another.
func (c *Client) run(ctx context.Context) {
	defer close(c.done)
	defer close(c.notices)
	defer c.o.HTTPClient.CloseIdleConnections()
	err := c.reconnect(ctx)
	c.mu.Lock()
	c.err = err
	c.status = Status{State: Ended, Err: err}
	c.mu.Unlock()
	select {
	case c.notices <- Connection{Status{State: Ended, Err: err}}:
	default: // nobody listens; the channel's end says it too
	}
}

// reconnect returns why there is no use, or ErrClosed.
func (c *Client) reconnect(ctx context.Context) error {
	for failures := 0; ; failures++ {
		c.setStatus(Status{State: Connecting})
		progress, err := c.connect(ctx)
		if ctx.Err() != nil {
			return ErrClosed
		}
		if progress {
			failures = 0
		}
		v := judge(err, c.rateLimitPause())
		if v.stop != nil {
			return v.stop
		}
		if _, unreachable := errors.AsType[*unreachableError](err); unreachable && !c.wasGreeted() {
			return err
		}
		if v.atOnce && (progress || errors.Is(err, errUpgrade)) {
			continue
		}
		wait := v.pause + c.o.backoff(failures)
		c.setStatus(Status{State: Waiting, Err: err, RetryIn: wait})
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return ErrClosed
		}
	}
}

// connect makes one connection, serves it to its end, and reports whether it
// was good for anything.
func (c *Client) connect(ctx context.Context) (progress bool, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	w := newWatch(c.o.HandshakeTimeout, func() { cancel(errSilent) })
	defer w.stop()
	c.retryAfter = 0
	t, welcome, err := c.open(ctx, w)
	if err != nil {
		return false, causeOf(ctx, err)
	}
	since := time.Now()
	defer t.close()
	w.expect(2 * time.Duration(welcome.HeartbeatMS) * time.Millisecond)
	c.welcomed(welcome, t.kind())
	if t.kind() == EventStream {
		timer := time.AfterFunc(c.o.UpgradeAfter, func() { cancel(errUpgrade) })
		defer timer.Stop()
	}
	progress, err = c.serve(ctx, cancel, t, w)
	return progress || time.Since(since) > c.o.BackoffMax, causeOf(ctx, err)
}

// causeOf prefers why the connection was given up to what broke thereby.
func causeOf(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) {
		return cause
	}
	return err
}

// hello is the first command of a connection.
func (c *Client) hello() protocol.Request {
	own := c.Own()
	if own.ParticipantID != "" {
		resume := &protocol.Resume{
			ParticipantID: own.ParticipantID, ParticipantToken: own.Token, Cursor: c.Cursor(), ReadOnly: c.o.ReadOnly,
		}
		if resume.Cursor == "" { // else the events follow by themselves
			resume.Recent = c.o.Recent
		}
		return protocol.Request{ID: uuid.NewString(), Command: resume}
	}
	join := &protocol.Join{InviteToken: c.link.Invite, UserID: c.o.UserID, Role: c.o.Role, Recent: c.o.Recent}
	if c.o.DisplayName != "" {
		join.DisplayName = &c.o.DisplayName
	}
	return protocol.Request{ID: c.joinID, Command: join}
}

// welcomed takes a welcome in and says so. After a resume without gap the
// events tell all that has changed but who is here.
func (c *Client) welcomed(w *protocol.Welcome, t Transport) {
	resumed := w.Resume == protocol.ResumeOK && c.wasGreeted()
	c.mu.Lock()
	c.self = w.Participant
	c.own.ParticipantID = w.Participant.ID
	if token := w.Participant.AccessToken; token != nil {
		c.own.Token = *token
	}
	if w.Resume != protocol.ResumeOK {
		c.last, _ = protocol.ParseCursor(w.Cursor)
		c.cursor = w.Cursor
	}
	c.mu.Unlock()
	c.welcomedPresence(w)
	c.setStatus(Status{State: Online, Transport: t})
	if resumed {
		c.tell(Presence{w.Presence})
		return
	}
	c.tell(Welcome{*w})
	if !c.wasGreeted() {
		close(c.greeted)
	}
}

func (c *Client) wasGreeted() bool {
	select {
	case <-c.greeted:
		return true
	default:
		return false
	}
}

func (c *Client) rateLimitPause() time.Duration {
	if c.retryAfter > 0 {
		return time.Duration(c.retryAfter) * time.Millisecond
	}
	return c.o.RateLimitPause
}

func (c *Client) setStatus(s Status) {
	c.mu.Lock()
	c.status = s
	c.mu.Unlock()
	c.tell(Connection{s})
}

// tell waits while the channel is full, also when the connection has ended
// meanwhile: nothing is dropped, and after Close nothing is told, so that what
// is told has no hole.
func (c *Client) tell(n Notice) bool {
	select {
	case <-c.closing:
		return false
	default:
	}
	select {
	case c.notices <- n:
		return true
	case <-c.closing:
		return false
	}
}

// unreachableError says that no way led to the server.
type unreachableError struct {
	server string
	cause  error
}

func (e *unreachableError) Error() string {
	return fmt.Sprintf("cannot reach %s: %v", e.server, e.cause)
}

func (e *unreachableError) Unwrap() error { return e.cause }
