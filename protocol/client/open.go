package client

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	"parley/protocol"
)

// open opens a connection over a WebSocket or, if the handshake fails, over plain HTTP.
func (c *Client) open(ctx context.Context, w *watchdog) (transport, *protocol.Welcome, error) {
	first := c.firstCommand()
	t, welcome, err := openSocket(ctx, c.link, c.o, first, w.restart)
	if _, ok := errors.AsType[*handshakeError](err); !ok || ctx.Err() != nil {
		return t, welcome, err
	}
	t, welcome, err = openStream(ctx, c.link, c.o, first, c.Own(), w.restart)
	if _, refused := errors.AsType[*refusal](err); refused || err == nil {
		return t, welcome, err
	}
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err // UnreachableError contains the address
	}
	return nil, nil, &UnreachableError{c.link.Server, err}
}

// UnreachableError says that there was no response of a server.
type UnreachableError struct {
	Server string // its address
	Cause  error
}

// Error names the server and the cause.
func (e *UnreachableError) Error() string {
	return fmt.Sprintf("cannot reach %s: %v", e.Server, e.Cause)
}

// Unwrap returns the cause.
func (e *UnreachableError) Unwrap() error { return e.Cause }
