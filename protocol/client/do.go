package client

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"parley/protocol"
)

// maxTries is how often the client sends a command that fails with a transient error.
const maxTries = 6

// Do sends any command except [protocol.Join] and [protocol.Resume], and waits for the
// answer. It sends the command again, under the same id, after a transient error of the
// server. Do may be called from any goroutine; at most 64 commands are in progress, and
// further calls wait.
//
// Errors: a [*protocol.Error] if the server refuses the command, a [*StopError] or
// [ErrClosed] if the client has ended, and the error of ctx, after which it is unknown
// whether the command took effect.
func (c *Client) Do(ctx context.Context, command protocol.Command) (*protocol.OKMessage, error) {
	id := uuid.NewString()
	line, err := protocol.EncodeRequest(protocol.Request{ID: id, Command: command})
	if err != nil {
		return nil, err
	}
	for try := 1; ; try++ {
		m, err := c.calls.do(ctx, c.done, id, line)
		if errors.Is(err, ErrClosed) {
			return nil, c.Err()
		}
		if err != nil {
			return nil, err
		}
		refused, ok := m.(*protocol.ErrorMessage)
		if !ok {
			return okOf(m), nil
		}
		e := refused.Error.Err()
		if !isTransient(e.Code) || try == maxTries {
			return nil, e
		}
		if !c.pause(ctx, max(e.RetryAfter, c.o.backoff(try-1))) {
			return nil, e
		}
	}
}

// isTransient reports whether the same command can succeed a moment later, so that the
// client repeats it without asking its user.
func isTransient(code protocol.Code) bool {
	return code == protocol.CodeRateLimited || code == protocol.CodeJournalUnavailable
}

func okOf(m protocol.ServerMessage) *protocol.OKMessage {
	if ok, isOK := m.(*protocol.OKMessage); isOK {
		return ok
	}
	return &protocol.OKMessage{Payload: []byte("{}")} // for a PongMessage
}

// pause waits. It returns false if ctx or the client ends first.
func (c *Client) pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
	case <-c.done:
	}
	return false
}
