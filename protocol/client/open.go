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
		err = wrapped.Err // unreachableError contains the address
	}
	return nil, nil, &unreachableError{c.link.Server, err}
}

// unreachableError says that neither transport could reach the server.
type unreachableError struct {
	server string
	cause  error
}

// Error names the server and the cause.
func (e *unreachableError) Error() string {
	return fmt.Sprintf("cannot reach %s: %v", e.server, e.cause)
}

// Unwrap returns the cause.
func (e *unreachableError) Unwrap() error { return e.cause }
