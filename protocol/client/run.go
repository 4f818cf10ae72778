package client

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"parley/protocol"
)

// run opens one connection after another until the client ends.
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
	default: // the channel is full; its end says the same
	}
}

// reconnect opens connections until the client ends, and returns the reason.
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
		if _, unreachable := errors.AsType[*UnreachableError](err); unreachable && !c.wasWelcomed() {
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

// connect opens one connection and serves it to its end. progress says whether the
// connection was of use, which resets the back-off.
func (c *Client) connect(ctx context.Context) (progress bool, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	w := newWatchdog(c.o.HandshakeTimeout, func() { cancel(errSilent) })
	defer w.stop()
	c.retryAfter = 0
	t, welcome, err := c.open(ctx, w)
	if err != nil {
		return false, causeOf(ctx, err)
	}
	since := time.Now()
	defer t.close()
	w.setLimit(2 * time.Duration(welcome.HeartbeatMS) * time.Millisecond)
	c.handleWelcome(welcome, t.kind())
	if t.kind() == EventStream {
		timer := time.AfterFunc(c.o.UpgradeAfter, func() { cancel(errUpgrade) })
		defer timer.Stop()
	}
	progress, err = c.serve(ctx, cancel, t, w)
	return progress || time.Since(since) > c.o.BackoffMax, causeOf(ctx, err)
}

// causeOf returns why the client gave the connection up, if it did, in place of the
// error that resulted from that.
func causeOf(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) {
		return cause
	}
	return err
}

// firstCommand returns the join or resume that begins a connection.
func (c *Client) firstCommand() protocol.Request {
	own := c.Own()
	if own.ParticipantID != "" {
		resume := &protocol.Resume{
			ParticipantID: own.ParticipantID, ParticipantToken: own.Token, Cursor: c.Cursor(), ReadOnly: c.o.ReadOnly, MaxDelayMS: c.maxDelay(),
		}
		if resume.Cursor == "" { // with a cursor, the events follow anyway
			resume.Recent = c.o.Recent
		}
		return protocol.Request{ID: uuid.NewString(), Command: resume}
	}
	join := &protocol.Join{InviteToken: c.link.Invite, UserID: c.o.UserID, Role: c.o.Role, Recent: c.o.Recent, MaxDelayMS: c.maxDelay()}
	if c.o.DisplayName != "" {
		join.DisplayName = &c.o.DisplayName
	}
	return protocol.Request{ID: c.joinID, Command: join}
}

// maxDelay returns the maxDelayMs of the option MaxDelay; nil for none.
func (c *Client) maxDelay() *int {
	if c.o.MaxDelay < 0 {
		return nil
	}
	return new(int(c.o.MaxDelay.Milliseconds()))
}

// handleWelcome stores a welcome and delivers it. After a resume without a gap the
// events report all changes except those of presence.
func (c *Client) handleWelcome(w *protocol.Welcome, t Transport) {
	resumed := w.Resume == protocol.ResumeOK && c.wasWelcomed()
	c.mu.Lock()
	c.self = w.Participant
	c.own.ParticipantID = w.Participant.ID
	c.public = w.PublicURL
	if token := w.Participant.AccessToken; token != nil {
		c.own.Token = *token
	}
	if w.Resume != protocol.ResumeOK {
		c.last, _ = protocol.ParseCursor(w.Cursor)
		c.cursor = w.Cursor
	}
	c.mu.Unlock()
	c.resetPresence(w)
	c.setStatus(Status{State: Online, Transport: t})
	if resumed {
		c.notify(Presence{w.Presence})
		return
	}
	c.notify(Welcome{*w})
	if !c.wasWelcomed() {
		close(c.welcomed)
	}
}

func (c *Client) wasWelcomed() bool {
	select {
	case <-c.welcomed:
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
	c.notify(Connection{s})
}

// notify sends a notice and waits while the channel is full, even if the connection has
// ended meanwhile, so that no notice is lost. It returns false once the client is
// closing, and from then on always, so that the notices have no gap.
func (c *Client) notify(n Notice) bool {
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
